// SPDX-License-Identifier: MIT
/*
 * Less memory than there is: trimming to pages, mem= and caps.
 */
#include "memblock_test.h"

/*
 *  pages     .     .     .     .     .     .
 *  before       |==|  |========|  |===========|
 *  after                 |=====|     |=====|
 */
static void trim_rounds_inwards_and_drops_what_holds_no_page(void **state)
{
	phys_addr_t size = KB(2) + KB(6) + KB(9);

	(void)state;
	add(100, KB(2));
	add(KB(6), KB(6));
	add(KB(13), KB(9));
	memblock_trim_memory(KB(4));
	assert_int_equal(memblock.memory.cnt, 2);
	assert_int_equal(memblock.memory.regions[0].base - base, KB(8));
	assert_int_equal(memblock.memory.regions[0].size, KB(4));
	assert_int_equal(memblock.memory.regions[1].base - base, KB(16));
	assert_int_equal(memblock.memory.regions[1].size, KB(4));
	/* As on Linux: the bytes cut off regions that stay are counted on. */
	assert_int_equal(memblock_phys_mem_size(), size - KB(2));
	assert_int_equal(memblock_verify(), 0);
	/* And what is lost is said: 2 KB, 2 KB, 3 KB and 2 KB. */
	assert_true(host_log_contains("memblock: 9216 bytes of memory are no part of 4096 "));
}

static void trim_leaves_aligned_memory_alone(void **state)
{
	(void)state;
	add(0, MB(2));
	add(MB(4), MB(2));
	memblock_trim_memory(KB(4));
	memory_is({0, MB(2)}, {MB(4), MB(2)});
	memblock_trim_memory(1);
	memory_is({0, MB(2)}, {MB(4), MB(2)});
	assert_string_equal(host_log(), "");
}

static void trim_may_leave_no_memory_at_all(void **state)
{
	(void)state;
	memblock_trim_memory(KB(4));
	table_is_empty(&memblock.memory);
	add(1, KB(4));
	add(KB(9), KB(2));
	memblock_trim_memory(KB(4));
	table_is_empty(&memblock.memory);
	add(0, MB(1));
	memory_is({0, MB(1)});
}

/* Rounding up what begins in the last page of all must not wrap to page 0. */
static void trim_drops_a_region_in_the_last_page(void **state)
{
	(void)state;
	assert_int_equal(memblock_add(PHYS_ADDR_MAX - 100, 100), 0);
	memblock_trim_memory(KB(4));
	table_is_empty(&memblock.memory);
}

static void totals_are_right_again_once_trimmed_memory_is_gone(void **state)
{
	(void)state;
	add(1, MB(1));
	memblock_trim_memory(KB(4));
	assert_int_equal(memblock_verify(), 0);
	assert_int_equal(memblock_remove(0, PHYS_ADDR_MAX), 0);
	table_is_empty(&memblock.memory);
	add(0, MB(1));
	memory_is({0, MB(1)});
}

/*
 *  memory    |==2==|    |==2==|    |==2==|      the first 3 MB of it
 *  reserved    |##|        |##|      |##########|
 *  after     |==2==|    |=1|
 *                          ^ nothing from here on
 */
static void memory_limit_counts_memory_and_not_holes(void **state)
{
	(void)state;
	add(0, MB(2));
	add(MB(4), MB(2));
	add(MB(8), MB(2));
	reserve(KB(512), MB(1));
	reserve(MB(4) + KB(512), MB(1));
	reserve(MB(9), MB(8));
	memblock_enforce_memory_limit(MB(3));
	memory_is({0, MB(2)}, {MB(4), MB(1)});
	reserved_is({KB(512), MB(1)}, {MB(4) + KB(512), KB(512)});
}

static void memory_limit_at_the_end_of_a_region_keeps_it_whole(void **state)
{
	(void)state;
	add(0, MB(2));
	add(MB(4), MB(2));
	memblock_enforce_memory_limit(MB(2));
	memory_is({0, MB(2)});
}

static void memory_limit_of_0_or_above_all_memory_changes_nothing(void **state)
{
	(void)state;
	memblock_enforce_memory_limit(MB(1));
	table_is_empty(&memblock.memory);
	add(0, MB(2));
	reserve(MB(8), MB(1));
	memblock_enforce_memory_limit(0);
	memblock_enforce_memory_limit(MB(3));
	memblock_mem_limit_remove_map(0);
	memblock_mem_limit_remove_map(MB(3));
	memory_is({0, MB(2)});
	reserved_is({MB(8), MB(1)});
}

/*
 *  memory    |==========|   |==========|   |==NOMAP==|
 *  cap             |-----------|
 *  after           |====|   |==|           |==NOMAP==|
 */
static void cap_keeps_its_range_and_nomap_regions(void **state)
{
	(void)state;
	add(0, MB(4));
	add(MB(6), MB(4));
	add(MB(12), MB(2));
	assert_int_equal(memblock_mark_nomap(base + MB(12), MB(2)), 0);
	reserve(MB(1), MB(2));
	reserve(MB(7), MB(8));
	memblock_cap_memory_range(base + MB(2), MB(6));
	memory_is({MB(2), MB(2)}, {MB(6), MB(2)}, {MB(12), MB(2)});
	reserved_is({MB(2), MB(1)}, {MB(7), MB(1)});
}

/* A NOMAP region across the edge stays one region. */
static void cap_does_not_split_a_nomap_region(void **state)
{
	(void)state;
	add(0, MB(8));
	assert_int_equal(memblock_mark_nomap(base + MB(2), MB(4)), 0);
	memblock_cap_memory_range(base, MB(4));
	memory_is({0, MB(2)}, {MB(2), MB(4)});
}

static void cap_to_a_range_without_memory_removes_all(void **state)
{
	(void)state;
	add(0, MB(2));
	add(MB(4), MB(2));
	memblock_cap_memory_range(base + MB(2), MB(2));
	table_is_empty(&memblock.memory);
}

static void cap_that_finds_the_table_full_changes_nothing_and_says_so(void **state)
{
	(void)state;
	for (int i = 0; i < 128; i++)
		add(KB(32) * i, KB(16));
	memblock_cap_memory_range(base + KB(4), MB(1));
	assert_int_equal(memblock.memory.cnt, 128);
	assert_int_equal(memblock_phys_mem_size(), 128 * KB(16));
	assert_true(host_log_contains("memory table full (128) splitting [mem 0x"));
	assert_int_equal(memblock_verify(), 0);
}

static void cap_of_size_0_changes_nothing(void **state)
{
	(void)state;
	add(0, MB(2));
	memblock_cap_memory_range(base, 0);
	memory_is({0, MB(2)});
}

static void cap_before_there_is_memory_says_so(void **state)
{
	(void)state;
	reserve(0, MB(1));
	memblock_cap_memory_range(base + MB(4), MB(1));
	assert_true(host_log_contains("memblock_cap_memory_range: No memory registered yet"));
	reserved_is({0, MB(1)});
}

static void limit_with_remove_map_keeps_nomap_above_it(void **state)
{
	(void)state;
	add(0, MB(4));
	add(MB(6), MB(2));
	assert_int_equal(memblock_mark_nomap(base + MB(6), MB(1)), 0);
	memblock_mem_limit_remove_map(MB(3));
	memory_is({0, MB(3)}, {MB(6), MB(1)});
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AT_ALL_PLACES(trim_rounds_inwards_and_drops_what_holds_no_page),
		AT_ALL_PLACES(trim_leaves_aligned_memory_alone),
		AT_ALL_PLACES(trim_may_leave_no_memory_at_all),
		ANYWHERE(trim_drops_a_region_in_the_last_page),
		AT_ALL_PLACES(totals_are_right_again_once_trimmed_memory_is_gone),
		AT_ALL_PLACES(memory_limit_counts_memory_and_not_holes),
		AT_ALL_PLACES(memory_limit_at_the_end_of_a_region_keeps_it_whole),
		AT_ALL_PLACES(memory_limit_of_0_or_above_all_memory_changes_nothing),
		AT_ALL_PLACES(cap_keeps_its_range_and_nomap_regions),
		AT_ALL_PLACES(cap_does_not_split_a_nomap_region),
		AT_ALL_PLACES(cap_to_a_range_without_memory_removes_all),
		AT_ALL_PLACES(cap_that_finds_the_table_full_changes_nothing_and_says_so),
		AT_ALL_PLACES(cap_of_size_0_changes_nothing),
		AT_ALL_PLACES(cap_before_there_is_memory_says_so),
		AT_ALL_PLACES(limit_with_remove_map_keeps_nomap_above_it),
	};

	return cmocka_run_group_tests_name("memblock: limits", tests, NULL, NULL);
}
