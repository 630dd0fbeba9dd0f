// SPDX-License-Identifier: MIT
/*
 * memblock's short forms of allocation, and its questions: is this memory, is it
 * reserved, which node has it, how much is there.
 */
#include "memblock_test.h"

#define SIZE KB(4)

static phys_addr_t place_of(void *ptr)
{
	memory_is_zeroed(ptr, SIZE);
	return __pa(ptr) - base;
}

/*
 *  memory  |        .           |
 *                  from
 */
static void alloc_from_lies_above_the_address(void **state)
{
	(void)state;
	add(0, MB(16));
	assert_int_equal(place_of(memblock_alloc_from(SIZE, SIZE, base + MB(4))),
			 by_direction(MB(16) - SIZE, MB(4)));
}

/*
 *  memory  |          |          .
 *                                from: nothing above it, so it is given up
 */
static void alloc_from_above_memory_falls_back_below(void **state)
{
	(void)state;
	add(0, MB(4));
	assert_int_equal(place_of(memblock_alloc_from(SIZE, SIZE, base + MB(8))),
			 by_direction(MB(4) - SIZE, 0));
}

/*
 *  memory     |        |#####|     all above `from` is taken
 *                      from
 */
static void alloc_from_falls_back_where_the_rest_is_full(void **state)
{
	(void)state;
	add(0, MB(4));
	reserve(MB(2), MB(2));
	assert_int_equal(place_of(memblock_alloc_from(SIZE, SIZE, base + MB(2))),
			 by_direction(MB(2) - SIZE, 0));
}

/*
 *  memory  |  2 MB   .                |
 *                  4 GiB
 */
static void alloc_low_stays_below_4_gib(void **state)
{
	struct e820_entry ram = {.addr = SZ_4G - SZ_2M, .size = SZ_4M, .type = E820_TYPE_RAM};

	(void)state;
	host_machine_exit();
	host_machine_init(&ram, 1, NULL);
	for (int up = 0; up < 2; up++) {
		memblock_reset();
		memblock_set_bottom_up(up);
		assert_int_equal(memblock_add(ram.addr, ram.size), 0);
		/* As on Linux the limit is the last byte below 4 GiB. */
		assert_int_equal(__pa(memblock_alloc_low(SIZE, SIZE)),
				 up ? SZ_4G - SZ_2M : SZ_4G - 2 * SIZE);
		assert_null(memblock_alloc_low(SZ_2M, SIZE));
		assert_int_equal(__pa(memblock_alloc(SZ_2M, SZ_2M)), SZ_4G);
	}
}

static void alloc_node_prefers_the_node(void **state)
{
	(void)state;
	add_node(0, MB(4), 0);
	add_node(MB(4), MB(4), 1);
	assert_int_equal(place_of(memblock_alloc_node(SIZE, SIZE, 0)),
			 by_direction(MB(4) - SIZE, 0));
	assert_int_equal(place_of(memblock_alloc_node(SIZE, SIZE, 1)),
			 by_direction(MB(8) - SIZE, MB(4)));
	assert_int_equal(place_of(memblock_alloc_node(SIZE, SIZE, 2)),
			 by_direction(MB(8) - 2 * SIZE, SIZE));
}

static void addresses_are_memory_from_the_first_byte_to_the_last(void **state)
{
	(void)state;
	assert_false(memblock_is_memory(base));
	add(MB(1), MB(1));
	add(MB(4), MB(1));
	assert_false(memblock_is_memory(base + MB(1) - 1));
	assert_true(memblock_is_memory(base + MB(1)));
	assert_true(memblock_is_memory(base + MB(2) - 1));
	assert_false(memblock_is_memory(base + MB(2)));
	assert_true(memblock_is_memory(base + MB(4)));
	assert_false(memblock_is_memory(base + MB(5)));
	assert_false(memblock_is_memory(0));
	assert_false(memblock_is_memory(PHYS_ADDR_MAX));
}

static void addresses_are_reserved_from_the_first_byte_to_the_last(void **state)
{
	(void)state;
	assert_false(memblock_is_reserved(base));
	reserve(MB(1), 3);
	assert_false(memblock_is_reserved(base + MB(1) - 1));
	assert_true(memblock_is_reserved(base + MB(1)));
	assert_true(memblock_is_reserved(base + MB(1) + 2));
	assert_false(memblock_is_reserved(base + MB(1) + 3));
}

static void nomap_memory_is_memory_but_not_mapped(void **state)
{
	(void)state;
	add(0, MB(4));
	assert_int_equal(memblock_mark_nomap(base + MB(1), MB(1)), 0);
	assert_true(memblock_is_memory(base + MB(1)));
	assert_false(memblock_is_map_memory(base + MB(1)));
	assert_true(memblock_is_map_memory(base + MB(2)));
	assert_false(memblock_is_map_memory(base + MB(4)));
}

/*
 *  memory   |--------|  |--------|
 */
static void region_memory_wants_one_region_that_holds_all(void **state)
{
	(void)state;
	add(MB(1), MB(1));
	add(MB(3), MB(1));
	assert_true(memblock_is_region_memory(base + MB(1), MB(1)));
	assert_true(memblock_is_region_memory(base + MB(1) + 5, 10));
	assert_false(memblock_is_region_memory(base + MB(1), MB(1) + 1));
	assert_false(memblock_is_region_memory(base + MB(1) - 1, 2));
	assert_false(memblock_is_region_memory(base + MB(1), MB(3)));
	assert_false(memblock_is_region_memory(base + MB(1), PHYS_ADDR_MAX));
}

/*
 *  reserved    |####|     |####|
 */
static void region_reserved_wants_any_byte(void **state)
{
	(void)state;
	assert_false(memblock_is_region_reserved(base, MB(8)));
	reserve(MB(1), MB(1));
	reserve(MB(4), MB(1));
	assert_false(memblock_is_region_reserved(base, MB(1)));
	assert_true(memblock_is_region_reserved(base, MB(1) + 1));
	assert_true(memblock_is_region_reserved(base + MB(2) - 1, 1));
	assert_false(memblock_is_region_reserved(base + MB(2), MB(2)));
	assert_true(memblock_is_region_reserved(base + MB(2), PHYS_ADDR_MAX));
	assert_true(memblock_is_region_reserved(base, MB(16)));
	assert_false(memblock_is_region_reserved(base + MB(5), PHYS_ADDR_MAX));
}

static void overlap_is_asked_of_either_table(void **state)
{
	(void)state;
	add(MB(1), MB(1));
	assert_true(memblock_overlaps_region(&memblock.memory, base, MB(2)));
	assert_false(memblock_overlaps_region(&memblock.memory, base, MB(1)));
	assert_false(memblock_overlaps_region(&memblock.reserved, base, MB(2)));
}

/*
 *  memory     |--- node 3 ---|    |-- node 5 --|
 */
static void search_by_pfn_gives_node_and_pages_of_the_region(void **state)
{
	unsigned long start = 1, end = 2;

	(void)state;
	add_node(MB(1), MB(2), 3);
	add_node(MB(4), MB(1), 5);
	assert_int_equal(memblock_search_pfn_nid(PHYS_PFN(base + MB(2)), &start, &end), 3);
	assert_int_equal(start, PHYS_PFN(base + MB(1)));
	assert_int_equal(end, PHYS_PFN(base + MB(3)));
	assert_int_equal(memblock_search_pfn_nid(PHYS_PFN(base + MB(4)), &start, &end), 5);
	assert_int_equal(start, PHYS_PFN(base + MB(4)));
	start = 1;
	end = 2;
	assert_int_equal(memblock_search_pfn_nid(PHYS_PFN(base + MB(3)), &start, &end),
			 NUMA_NO_NODE);
	assert_int_equal(start, 1);
	assert_int_equal(end, 2);
}

static void sizes_and_ends_follow_the_tables(void **state)
{
	(void)state;
	assert_int_equal(memblock_phys_mem_size(), 0);
	assert_int_equal(memblock_start_of_DRAM(), 0);
	assert_int_equal(memblock_end_of_DRAM(), 0);
	add(MB(1), MB(1));
	add(MB(4), MB(2));
	reserve(MB(4), 100);
	assert_int_equal(memblock_phys_mem_size(), MB(3));
	assert_int_equal(memblock_reserved_size(), 100);
	assert_int_equal(memblock_start_of_DRAM(), base + MB(1));
	assert_int_equal(memblock_end_of_DRAM(), base + MB(6));
}

/* A part of a page is no page of memory, but a page that is reserved. */
static void pages_of_regions_round_in_for_memory_and_out_for_reserved(void **state)
{
	const struct memblock_region r = {.base = KB(4) + 1, .size = KB(8)};

	(void)state;
	assert_int_equal(memblock_region_memory_base_pfn(&r), 2);
	assert_int_equal(memblock_region_memory_end_pfn(&r), 3);
	assert_int_equal(memblock_region_reserved_base_pfn(&r), 1);
	assert_int_equal(memblock_region_reserved_end_pfn(&r), 4);
}

/* 100 regions of 8 KB, 16 KB apart: each is found, and the gaps are not. */
static void lookups_find_every_region_of_a_long_table(void **state)
{
	(void)state;
	for (int i = 0; i < 100; i++)
		add_node(KB(16) * i, KB(8), i % 4);
	for (int i = 0; i < 100; i++) {
		phys_addr_t at = base + KB(16) * i;
		unsigned long start, end;

		assert_true(memblock_is_region_memory(at, KB(8)));
		assert_false(memblock_is_memory(at + KB(8)));
		assert_false(memblock_is_memory(at - 1));
		assert_int_equal(memblock_search_pfn_nid(PHYS_PFN(at + KB(4)), &start, &end),
				 i % 4);
		assert_int_equal(end - start, 2);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AT_BACKED_PLACES(alloc_from_lies_above_the_address),
		AT_BACKED_PLACES(alloc_from_above_memory_falls_back_below),
		AT_BACKED_PLACES(alloc_from_falls_back_where_the_rest_is_full),
		ANYWHERE(alloc_low_stays_below_4_gib),
		AT_BACKED_PLACES(alloc_node_prefers_the_node),
		AT_ALL_PLACES(addresses_are_memory_from_the_first_byte_to_the_last),
		AT_ALL_PLACES(addresses_are_reserved_from_the_first_byte_to_the_last),
		AT_ALL_PLACES(nomap_memory_is_memory_but_not_mapped),
		AT_ALL_PLACES(region_memory_wants_one_region_that_holds_all),
		AT_ALL_PLACES(region_reserved_wants_any_byte),
		AT_ALL_PLACES(overlap_is_asked_of_either_table),
		AT_ALL_PLACES(search_by_pfn_gives_node_and_pages_of_the_region),
		AT_ALL_PLACES(sizes_and_ends_follow_the_tables),
		ANYWHERE(pages_of_regions_round_in_for_memory_and_out_for_reserved),
		AT_ALL_PLACES(lookups_find_every_region_of_a_long_table),
	};

	return cmocka_run_group_tests_name("memblock: helpers and questions", tests, NULL, NULL);
}
