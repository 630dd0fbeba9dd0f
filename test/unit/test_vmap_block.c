/* SPDX-License-Identifier: MIT */
/* Mappings that live shortly: vm_map_ram() in blocks of addresses that CPUs have. */
#include "vmalloc_machine.h"

#include <linux/seq_file.h>

#include "../../mm/vmap_block.h"

#define MAX_PAGES (VMAP_MAX_ALLOC + 1)

static struct page *pages[MAX_PAGES];

static int setup(void **state)
{
	nr_cpu_ids = 4;
	make_vmalloc_machine(state);
	for (unsigned int i = 0; i < MAX_PAGES; i++)
		pages[i] = alloc_page(GFP_KERNEL);
	return 0;
}

static int teardown(void **state)
{
	for (unsigned int i = 0; i < MAX_PAGES; i++)
		__free_page(pages[i]);
	return end_vmalloc_machine(state);
}

static char *map(unsigned int count)
{
	char *p = vm_map_ram(pages, count, NUMA_NO_NODE);

	assert_non_null(p);
	for (unsigned int i = 0; i < count; i++)
		assert_ptr_equal(vmalloc_to_page(p + i * PAGE_SIZE), pages[i]);
	assert_int_equal(vmalloc_to_pfn(p + count * PAGE_SIZE), 0);
	return p;
}

static unsigned int nr_busy(void)
{
	unsigned int nr = 0;

	for (struct rb_node *node = rb_first(&vmap_busy_root); node; node = rb_next(node))
		nr++;
	return nr;
}

/*   |0|1|2|guard|0|guard|0|1|guard|  one block, one search */
static void mappings_of_a_cpu_lie_side_by_side_in_a_block(void **state)
{
	char *first = map(3), *second, *third;
	unsigned long steps = vmap_search_steps;

	(void)state;
	second = map(1);
	third = map(2);
	assert_int_equal((unsigned long)first % VMAP_BLOCK_BYTES, 0);
	assert_ptr_equal(second, first + 4 * PAGE_SIZE);
	assert_ptr_equal(third, second + 2 * PAGE_SIZE);
	assert_int_equal(vmap_search_steps, steps);
	assert_int_equal(nr_busy(), 1);
	assert_int_equal(vmap_verify(), 0);
	vm_unmap_ram(second, 1);
	assert_int_equal(vmalloc_to_pfn(second), 0);
	vm_unmap_ram(first, 3);
	vm_unmap_ram(third, 2);
	assert_int_equal(vmalloc_stats.bad_free, 0);
}

static void each_cpu_has_a_block_and_any_gives_back(void **state)
{
	char *mappings[4];

	(void)state;
	for (unsigned int cpu = 0; cpu < 4; cpu++) {
		host_set_cpu(cpu);
		mappings[cpu] = map(2);
		assert_int_equal((unsigned long)mappings[cpu] % VMAP_BLOCK_BYTES, 0);
	}
	assert_int_equal(nr_busy(), 4);
	for (unsigned int cpu = 0; cpu < 4; cpu++) {
		host_set_cpu(3 - cpu);
		vm_unmap_ram(mappings[cpu], 2);
	}
	assert_int_equal(vmalloc_stats.bad_free, 0);
	vm_unmap_aliases();
	assert_int_equal(nr_busy(), 0);
}

static void what_is_too_large_for_a_block_has_its_own_area(void **state)
{
	char *largest = map(VMAP_MAX_ALLOC), *larger = map(VMAP_MAX_ALLOC + 1);

	(void)state;
	assert_int_equal(nr_busy(), 2);
	assert_true(larger < largest || larger >= largest + VMAP_BLOCK_BYTES);
	vm_unmap_ram(larger, VMAP_MAX_ALLOC + 1);
	assert_int_equal(nr_busy(), 1);
	vm_unmap_ram(largest, VMAP_MAX_ALLOC);
}

/* 15 mappings of 64 pages and a guard page fill a block but for 49 pages. */
static void a_full_block_goes_with_its_last_mapping(void **state)
{
	char *mappings[15], *next;

	(void)state;
	for (int i = 0; i < 15; i++)
		mappings[i] = map(VMAP_MAX_ALLOC);
	assert_int_equal(nr_busy(), 1);
	next = map(49);
	assert_int_equal(nr_busy(), 2);
	for (int i = 0; i < 15; i++) {
		assert_int_equal(nr_busy(), 2);
		vm_unmap_ram(mappings[14 - i], VMAP_MAX_ALLOC);
	}
	assert_int_equal(nr_busy(), 1);
	assert_int_equal(vmap_lazy_pages, VMAP_BLOCK_PAGES);
	vm_unmap_ram(next, 49);
}

static void addresses_of_a_block_do_not_come_again_before_its_flush(void **state)
{
	unsigned long before = host_tlb_flushes;
	char *first = map(1), *p = first;

	(void)state;
	vm_unmap_ram(p, 1);
	for (int i = 1; i < VMAP_BLOCK_PAGES / 2; i++) {
		p = map(1);
		assert_ptr_equal(p, first + 2 * i * PAGE_SIZE);
		vm_unmap_ram(p, 1);
	}
	/* The block is used up: one flush is for all of it, when there are more. */
	assert_int_equal(host_tlb_flushes, before);
	vm_unmap_aliases();
	assert_int_equal(host_tlb_flushes, before + 1);
	assert_ptr_equal(map(1), first);
	vm_unmap_ram(first, 1);
}

static void what_was_given_back_in_a_block_is_flushed_though_the_block_lives(void **state)
{
	char *stays = map(1), *goes = map(1);
	unsigned long before = host_tlb_flushes;

	(void)state;
	vm_unmap_aliases();
	assert_int_equal(host_tlb_flushes, before);
	vm_unmap_ram(goes, 1);
	vm_unmap_aliases();
	assert_int_equal(host_tlb_flushes, before + 1);
	vm_unmap_aliases();
	assert_int_equal(host_tlb_flushes, before + 1);
	assert_ptr_equal(vmalloc_to_page(stays), pages[0]);
	vm_unmap_ram(stays, 1);
}

static void what_is_no_mapping_of_the_block_is_refused(void **state)
{
	char *p = map(3), *q = map(2);
	const struct {
		char *at;
		unsigned int count;
	} wrong[] = {
		{p, 2},
		{p, 4},
		{p, 0},
		{p, 6},
		{p + PAGE_SIZE, 2},
		{p + 1, 3},
		{p + 3 * PAGE_SIZE, 1},
		{q + SZ_1M, 1},
		{p - PAGE_SIZE, 3},
		{p, VMAP_MAX_ALLOC + 1},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		vm_unmap_ram(wrong[i].at, wrong[i].count);
		assert_int_equal(vmalloc_stats.bad_free, i + 1);
		assert_int_equal(vmap_verify(), 0);
	}
	vm_unmap_ram(p, 3);
	vm_unmap_ram(p, 3);
	assert_int_equal(vmalloc_stats.bad_free, ARRAY_SIZE(wrong) + 1);
	vm_unmap_ram(q, 2);
}

static void verify_finds_a_page_too_few_and_one_too_many(void **state)
{
	char *p = map(3);
	unsigned long behind = (unsigned long)p + SZ_1M;

	(void)state;
	assert_int_equal(vmap_verify(), 0);
	arch_map(behind, page_to_phys(pages[0]), PAGE_SIZE, ARCH_MAP_WRITE);
	assert_int_equal(vmap_verify(), 1);
	arch_unmap(behind, PAGE_SIZE);
	arch_unmap((unsigned long)p, PAGE_SIZE);
	assert_int_equal(vmap_verify(), 1);
	arch_map((unsigned long)p, page_to_phys(pages[0]), PAGE_SIZE, ARCH_MAP_WRITE);
	vm_unmap_ram(p, 3);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(mappings_of_a_cpu_lie_side_by_side_in_a_block),
		TEST(each_cpu_has_a_block_and_any_gives_back),
		TEST(what_is_too_large_for_a_block_has_its_own_area),
		TEST(a_full_block_goes_with_its_last_mapping),
		TEST(addresses_of_a_block_do_not_come_again_before_its_flush),
		TEST(what_was_given_back_in_a_block_is_flushed_though_the_block_lives),
		TEST(what_is_no_mapping_of_the_block_is_refused),
		TEST(verify_finds_a_page_too_few_and_one_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
