/* SPDX-License-Identifier: MIT */
/* The addresses of areas: many of them, found fast, and against a model. */
#include "vmalloc_machine.h"

#define MANY	     100000
#define MERGED	     256
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
	/* Down the tree, once along where the search begins, and once for the room itself. */
	for (unsigned long start = VMALLOC_START; start < (unsigned long)areas[MANY - 1]->addr;
	     start += SZ_16M) {
		unsigned long before = vmap_search_steps;
		struct vm_struct *large =
			__get_vm_area_caller(SZ_64K, VM_MAP, start, VMALLOC_END + 1, NULL);

		assert_true(vmap_search_steps - before <= 3 * 32);
		free_vm_area(large);
	}
	free_vm_area(areas[0]);
	free_vm_area(areas[2]);
	for (unsigned int i = 1; i < MANY; i += 2)
		free_vm_area(areas[i]);
	vm_unmap_aliases();
	/* All in one piece again. */
	assert_int_equal(depth_of(vmap_free_root.rb_node), 1);
}

/* Holes of all sizes close one by one, so that the tree turns at every place that it can. */
static void the_largest_is_known_at_each_place_whatever_merges(void **state)
{
	static struct vm_struct *areas[MERGED];
	u32 x = 1;

	(void)state;
	for (unsigned int round = 0; round < 20; round++) {
		for (unsigned int i = 0; i < MERGED; i++) {
			x = x * 1664525 + 1013904223;
			areas[i] = get_vm_area((1 + (x >> 24) % 32) * PAGE_SIZE, VM_MAP);
		}
		for (unsigned int left = MERGED; left; left--) {
			x = x * 1664525 + 1013904223;
			swap(areas[(x >> 8) % left], areas[left - 1]);
			free_vm_area(areas[left - 1]);
			vm_unmap_aliases();
			assert_int_equal(vmap_verify(), 0);
		}
	}
}

static unsigned int nr_pooled(void)
{
	unsigned int nr = 0;
	struct vmap_area *va;

	for (unsigned int i = 0; i < VMAP_POOL_PAGES; i++)
		list_for_each_entry (va, &vmap_pools[i], list)
			nr++;
	return nr;
}

static void what_a_purge_frees_is_taken_again_without_a_search(void **state)
{
	struct vm_struct *areas[10], *again[10];
	unsigned long steps;
	void *addrs[10];

	(void)state;
	for (int i = 0; i < 10; i++)
		areas[i] = get_vm_area(i < 8 ? SZ_16K : SZ_1M, VM_MAP);
	for (int i = 0; i < 10; i++) {
		addrs[i] = areas[i]->addr;
		free_vm_area(areas[i]);
	}
	purge_vmap_areas(false);
	/* The large ones do not wait there. */
	assert_int_equal(nr_pooled(), 8);
	assert_int_equal(vmap_verify(), 0);
	steps = vmap_search_steps;
	for (int i = 0; i < 8; i++) {
		again[i] = get_vm_area(SZ_16K, VM_MAP);
		assert_ptr_equal(again[i]->addr, addrs[i]);
	}
	assert_int_equal(vmap_search_steps, steps);
	for (int i = 0; i < 8; i++)
		free_vm_area(again[i]);
}

static void what_waits_in_a_pool_in_vain_is_merged_at_the_next_purge(void **state)
{
	struct vm_struct *first = get_vm_area(SZ_16K, VM_MAP), *next;

	(void)state;
	free_vm_area(first);
	purge_vmap_areas(false);
	assert_int_equal(nr_pooled(), 1);
	next = get_vm_area(SZ_8K, VM_MAP);
	free_vm_area(next);
	purge_vmap_areas(false);
	assert_int_equal(nr_pooled(), 1);
	assert_true(list_empty(vmap_pool(SZ_16K + PAGE_SIZE)));
	vm_unmap_aliases();
	assert_int_equal(nr_pooled(), 0);
	assert_int_equal(depth_of(vmap_free_root.rb_node), 1);
	assert_false(purge_vmap_areas(true));
}

static void what_waits_in_a_pool_is_there_for_others_who_need_the_room(void **state)
{
	const unsigned long start = VMALLOC_START;
	struct vm_struct *area = get_vm_area(SZ_16K, VM_MAP);

	(void)state;
	assert_ptr_equal(area->addr, (void *)start);
	free_vm_area(area);
	purge_vmap_areas(false);
	area = __get_vm_area_caller(SZ_8K, VM_MAP, start, start + SZ_16K, NULL);
	assert_ptr_equal(area->addr, (void *)start);
	assert_int_equal(nr_pooled(), 0);
	free_vm_area(area);
}

/*
 *   |busy|      free      |busy|       just as large as asked for, and aligned
 *       start           start + 16 MB
 */
static void a_window_that_just_fits_is_found(void **state)
{
	const unsigned long start = VMALLOC_START + SZ_16M, end = start + SZ_16M;
	struct vm_struct *below, *above, *area;

	(void)state;
	below = __get_vm_area_caller(PAGE_SIZE, VM_MAP, start - SZ_8K, start, NULL);
	above = __get_vm_area_caller(PAGE_SIZE, VM_MAP, end, end + SZ_8K, NULL);
	area = __get_vm_area_node(SZ_16M, SZ_16M, VM_MAP | VM_NO_GUARD, start - SZ_4K, end + SZ_4K,
				  NUMA_NO_NODE, GFP_KERNEL, NULL);
	assert_non_null(area);
	assert_ptr_equal(area->addr, (void *)start);
	free_vm_area(below);
	free_vm_area(above);
	free_vm_area(area);
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
	free_vm_area(get_vm_area(SZ_8K, VM_MAP));
	purge_vmap_areas(false);
	list_move(vmap_pool(SZ_8K + PAGE_SIZE)->next, &vmap_pools[0]);
	assert_int_equal(vmap_verify(), 1);
	list_move(vmap_pools[0].next, vmap_pool(SZ_8K + PAGE_SIZE));
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
		vmalloc_test(the_largest_is_known_at_each_place_whatever_merges),
		vmalloc_test(what_a_purge_frees_is_taken_again_without_a_search),
		vmalloc_test(what_waits_in_a_pool_in_vain_is_merged_at_the_next_purge),
		vmalloc_test(what_waits_in_a_pool_is_there_for_others_who_need_the_room),
		vmalloc_test(a_window_that_just_fits_is_found),
		vmalloc_test(alignment_is_kept_and_costs_no_space),
		vmalloc_test(random_areas_match_the_model),
		vmalloc_test(verify_finds_what_is_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
