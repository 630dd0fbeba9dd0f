/* SPDX-License-Identifier: MIT */
/* The addresses of areas: many of them, found fast, and against a model. */
#include "vmalloc_machine.h"

#define MANY	     100000
#define MODEL_PAGES  512
#define MODEL_AREAS  64
#define MODEL_ROUNDS 20000

static unsigned int depth_of(const struct rb_node *node)
{
	return node ? 1 + max(depth_of(node->rb_left), depth_of(node->rb_right)) : 0;
}

static void many_areas_lie_in_shallow_trees(void **state)
{
	static struct vm_struct *areas[MANY];

	(void)state;
	for (unsigned int i = 0; i < MANY; i++)
		areas[i] = get_vm_area(PAGE_SIZE, VM_MAP);
	/* At most 2 * log2(n + 1). */
	assert_true(depth_of(vmap_busy_root.rb_node) <= 34);
	for (unsigned int i = 0; i < MANY; i += 2)
		free_vm_area(areas[i]);
	vm_unmap_aliases();
	assert_true(depth_of(vmap_free_root.rb_node) <= 32);
	assert_int_equal(vmap_verify(), 0);
	/* None of the 50,000 gaps is large enough; the lowest that is comes first. */
	areas[0] = get_vm_area(2 * PAGE_SIZE, VM_MAP);
	assert_true((unsigned long)areas[0]->addr > (unsigned long)areas[MANY - 1]->addr);
	areas[2] = get_vm_area(PAGE_SIZE, VM_MAP);
	assert_ptr_equal(areas[2]->addr, (void *)VMALLOC_START);
	assert_ptr_equal(find_vm_area((char *)areas[MANY - 1]->addr + 5), areas[MANY - 1]);
	free_vm_area(areas[0]);
	free_vm_area(areas[2]);
	for (unsigned int i = 1; i < MANY; i += 2)
		free_vm_area(areas[i]);
	vm_unmap_aliases();
	/* All in one piece again. */
	assert_int_equal(depth_of(vmap_free_root.rb_node), 1);
}

static void alignment_is_kept_and_costs_no_space(void **state)
{
	struct vm_struct *page = get_vm_area(PAGE_SIZE, VM_MAP);
	struct vm_struct *io = get_vm_area(SZ_1M, VM_IOREMAP), *next;

	(void)state;
	assert_int_equal((unsigned long)io->addr % SZ_1M, 0);
	next = get_vm_area(PAGE_SIZE, VM_MAP | VM_NO_GUARD);
	assert_ptr_equal(next->addr, (char *)page->addr + 2 * PAGE_SIZE);
	assert_int_equal(get_vm_area_size(next), PAGE_SIZE);
	free_vm_area(page);
	free_vm_area(io);
	free_vm_area(next);
}

/*
 * A window of pages, each free or an area's. The model takes the lowest that fits; what
 * is freed it may take again only after a purge.
 */
static u8 used[MODEL_PAGES];

static long model_take(unsigned int pages)
{
	for (unsigned int at = 0, run = 0; at < MODEL_PAGES; at++) {
		run = used[at] ? 0 : run + 1;
		if (run == pages) {
			memset(&used[at + 1 - pages], 1, pages);
			return at + 1 - pages;
		}
	}
	return -1;
}

static void model_purge(void)
{
	for (unsigned int at = 0; at < MODEL_PAGES; at++)
		used[at] = used[at] == 2 ? 0 : used[at];
}

static void random_areas_match_the_model(void **state)
{
	const unsigned long start = VMALLOC_START + SZ_16M;
	struct vm_struct *areas[MODEL_AREAS] = {};

	(void)state;
	host_test_seed("vmap_area");
	memset(used, 0, sizeof(used));
	for (unsigned int round = 0; round < MODEL_ROUNDS; round++) {
		unsigned int i = arch_random() % MODEL_AREAS;
		unsigned int pages = 2 + arch_random() % 24;
		long at;

		if (areas[i]) {
			at = (long)((unsigned long)areas[i]->addr - start) >> PAGE_SHIFT;
			memset(&used[at], 2, areas[i]->size >> PAGE_SHIFT);
			free_vm_area(areas[i]);
			areas[i] = NULL;
			continue;
		}
		areas[i] = __get_vm_area_caller((pages - 1) * PAGE_SIZE, VM_MAP, start,
						start + MODEL_PAGES * PAGE_SIZE, NULL);
		at = model_take(pages);
		if (at < 0) {
			model_purge();
			at = model_take(pages);
		}
		assert_int_equal(areas[i] != NULL, at >= 0);
		if (areas[i])
			assert_ptr_equal(areas[i]->addr, (void *)(start + at * PAGE_SIZE));
		if (round % 256 == 0)
			assert_int_equal(vmap_verify(), 0);
	}
	for (unsigned int i = 0; i < MODEL_AREAS; i++)
		if (areas[i])
			free_vm_area(areas[i]);
}

/* Each is broken in turn, found, and mended. */
static void verify_finds_what_is_broken(void **state)
{
	struct vm_struct *area = get_vm_area(PAGE_SIZE, VM_MAP);
	struct vmap_area *free = va_of(vmap_free_root.rb_node);
	struct page *page = alloc_page(GFP_KERNEL);
	char *p = vmalloc(SZ_16K);
	struct vm_struct *vm = find_vm_area(p);

	(void)state;
	assert_int_equal(vmap_verify(), 0);
	free->subtree_max_size--;
	assert_int_equal(vmap_verify(), 1);
	free->subtree_max_size++;
	vmap_lazy_pages++;
	assert_int_equal(vmap_verify(), 1);
	vmap_lazy_pages--;
	arch_map((unsigned long)area->addr + PAGE_SIZE, page_to_phys(page), PAGE_SIZE, 0);
	assert_int_equal(vmap_verify(), 1);
	arch_unmap((unsigned long)area->addr + PAGE_SIZE, PAGE_SIZE);
	arch_map(VMALLOC_START + SZ_1G, page_to_phys(page), PAGE_SIZE, 0);
	assert_int_equal(vmap_verify(), 1);
	assert_true(host_log_contains("and is no area"));
	arch_unmap(VMALLOC_START + SZ_1G, PAGE_SIZE);
	swap(vm->pages[0], vm->pages[1]);
	assert_int_equal(vmap_verify(), 2);
	swap(vm->pages[0], vm->pages[1]);
	vfree(p);
	free_vm_area(area);
	__free_page(page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		vmalloc_test(many_areas_lie_in_shallow_trees),
		vmalloc_test(alignment_is_kept_and_costs_no_space),
		vmalloc_test(random_areas_match_the_model),
		vmalloc_test(verify_finds_what_is_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
