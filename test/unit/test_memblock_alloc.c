// SPDX-License-Identifier: MIT
/*
 * memblock_alloc() and memblock_phys_alloc(): where an allocation comes to lie,
 * what is reserved then, what it holds, and when there is none.
 */
#include "memblock_test.h"

#define SIZE KB(4)

/* Allocates, checks that what is reserved begins there, and returns the offset. */
static phys_addr_t alloc_at(phys_addr_t size, phys_addr_t align)
{
	void *ptr = memblock_alloc(size, align);

	memory_is_zeroed(ptr, size);
	assert_true(memblock_is_region_reserved(__pa(ptr), size));
	return __pa(ptr) - base;
}

/*
 *  memory  |                    |
 *  taken   |BU|              |TD|
 */
static void allocation_lies_at_the_end_of_memory_in_the_direction(void **state)
{
	(void)state;
	add(0, WINDOW);
	assert_int_equal(alloc_at(SIZE, SMP_CACHE_BYTES), by_direction(WINDOW - SIZE, 0));
	reserved_is({by_direction(WINDOW - SIZE, 0), SIZE});
}

/*
 *  memory  |                        |
 *  taken   |1 |2 |            |2 |1 |    32 bytes at every 64th address
 */
static void allocations_stay_apart_where_alignment_asks_for_it(void **state)
{
	(void)state;
	add(0, WINDOW);
	alloc_at(32, 64);
	assert_int_equal(alloc_at(32, 64), by_direction(WINDOW - 128, 64));
	reserved_is({by_direction(WINDOW - 128, 0), 32}, {by_direction(WINDOW - 64, 64), 32});
}

/*  taken  |1|2|3|   or   |3|2|1|  */
static void neighbouring_allocations_merge_into_one_region(void **state)
{
	(void)state;
	add(0, WINDOW);
	for (int i = 0; i < 3; i++)
		alloc_at(SIZE, SIZE);
	reserved_is({by_direction(WINDOW - 3 * SIZE, 0), 3 * SIZE});
}

/*
 *  memory    |                 |    begins and ends off the alignment
 *  aligned  .     .     .     .     .
 *  taken          |BU|  |TD|
 */
static void allocation_starts_at_a_multiple_of_its_alignment(void **state)
{
	(void)state;
	add(KB(12), MB(1));
	assert_int_equal(alloc_at(SIZE + 24, KB(64)), by_direction(MB(1), KB(64)));
}

static void size_that_is_no_multiple_of_the_alignment_is_reserved_exactly(void **state)
{
	(void)state;
	add(0, MB(1));
	assert_int_equal(alloc_at(100, 64), by_direction(MB(1) - 128, 0));
	reserved_is({by_direction(MB(1) - 128, 0), 100});
}

static void alignment_0_stands_for_64(void **state)
{
	(void)state;
	add(0, MB(1));
	assert_int_equal(alloc_at(100, 0), by_direction(MB(1) - 128, 0));
}

static void alignment_of_1_is_honoured(void **state)
{
	(void)state;
	add(0, MB(1));
	assert_int_equal(alloc_at(3, 1), by_direction(MB(1) - 3, 0));
	assert_int_equal(alloc_at(3, 1), by_direction(MB(1) - 6, 3));
	reserved_is({by_direction(MB(1) - 6, 0), 6});
}

static void alignment_that_is_no_power_of_two_is_refused_with_a_message(void **state)
{
	(void)state;
	add(0, MB(1));
	assert_null(memblock_alloc(SIZE, 96));
	assert_true(host_log_contains("not a power of two"));
	table_is_empty(&memblock.reserved);
}

/*
 *  memory     |              |
 *  reserved            |#####|     TD goes below it, and merges
 *             |###|                BU goes above it
 */
static void allocation_goes_beside_what_is_reserved_and_merges(void **state)
{
	phys_addr_t taken = by_direction(MB(3), 0);

	(void)state;
	add(0, MB(4));
	reserve(taken, MB(1));
	assert_int_equal(alloc_at(SIZE, SMP_CACHE_BYTES), by_direction(MB(3) - SIZE, MB(1)));
	reserved_is({by_direction(MB(3) - SIZE, 0), MB(1) + SIZE});
}

/*
 *  memory     |                        |
 *  reserved    ####### .    . #########    the gap is just large enough
 */
static void gap_of_exactly_the_size_is_filled(void **state)
{
	(void)state;
	add(0, MB(4));
	reserve(0, MB(2));
	reserve(MB(2) + SIZE, MB(2) - SIZE);
	assert_int_equal(alloc_at(SIZE, SIZE), MB(2));
	reserved_is({0, MB(4)});
	assert_null(memblock_alloc(SIZE, SIZE));
}

/*
 *  memory     |                        |
 *  reserved   ##  ####### small ### ####     first gap that fits wins
 */
static void gaps_that_are_too_small_are_passed_over(void **state)
{
	(void)state;
	add(0, MB(16));
	for (int i = 0; i < 16; i += 2)
		reserve(MB(i), MB(1) + (i != 8 ? MB(1) - SIZE : 0));
	assert_int_equal(alloc_at(MB(1), SIZE), MB(9));
}

/*
 *  memory    |-----|       |-----|       |-----|
 *  aligned  .        .     .        .        .       only one begins with a multiple
 */
static void gap_too_small_after_alignment_is_passed_over(void **state)
{
	(void)state;
	add(KB(4), KB(16));  /* holds 12 KB, but not at a multiple of 32 KB */
	add(KB(64), KB(16)); /* does */
	add(KB(100), KB(16));
	assert_int_equal(alloc_at(KB(12), KB(32)), KB(64));
}

/*
 *  memory  |====| |====| |====|
 */
static void full_regions_lead_on_to_the_next(void **state)
{
	(void)state;
	add(0, MB(1));
	add(MB(2), MB(1));
	add(MB(4), MB(1));
	assert_int_equal(alloc_at(MB(1), SIZE), by_direction(MB(4), 0));
	assert_int_equal(alloc_at(MB(1), SIZE), MB(2));
	assert_int_equal(alloc_at(MB(1), SIZE), by_direction(0, MB(4)));
	assert_null(memblock_alloc(1, 1));
	reserved_is({0, MB(1)}, {MB(2), MB(1)}, {MB(4), MB(1)});
}

/* Two regions of different nodes touch: a range across both is not one range. */
static void allocation_does_not_reach_over_the_edge_of_a_region(void **state)
{
	(void)state;
	add_node(0, MB(1), 0);
	add_node(MB(1), MB(1), 1);
	assert_null(memblock_alloc(MB(1) + SIZE, SIZE));
	table_is_empty(&memblock.reserved);
}

static void no_memory_gives_null_and_reserves_nothing(void **state)
{
	(void)state;
	assert_null(memblock_alloc(SIZE, SIZE));
	assert_int_equal(memblock_phys_alloc(SIZE, SIZE), 0);
	table_is_empty(&memblock.reserved);
}

static void too_large_a_size_gives_null_and_reserves_nothing(void **state)
{
	(void)state;
	add(0, MB(1));
	assert_null(memblock_alloc(MB(1) + 1, 1));
	assert_null(memblock_alloc(PHYS_ADDR_MAX, 1));
	table_is_empty(&memblock.reserved);
	assert_int_equal(alloc_at(MB(1), 1), 0);
}

static void all_reserved_gives_null(void **state)
{
	(void)state;
	add(0, MB(1));
	reserve(0, MB(2));
	assert_null(memblock_alloc(1, 1));
	reserved_is({0, MB(2)});
}

static void memory_is_zeroed_again_after_it_was_freed(void **state)
{
	void *ptr;

	(void)state;
	add(0, MB(1));
	ptr = memblock_alloc(SIZE, SIZE);
	memory_is_zeroed(ptr, SIZE);
	memblock_free(ptr, SIZE);
	table_is_empty(&memblock.reserved);
	assert_ptr_equal(memblock_alloc(SIZE, SIZE), ptr);
	memory_is_zeroed(ptr, SIZE);
}

static void raw_memory_is_left_as_it_was(void **state)
{
	unsigned char *ptr;

	(void)state;
	add(0, MB(1));
	ptr = memblock_alloc(SIZE, SIZE);
	memory_is_zeroed(ptr, SIZE);
	memblock_free(ptr, SIZE);
	assert_ptr_equal(memblock_alloc_raw(SIZE, SIZE), ptr);
	assert_int_equal(ptr[0], 0x5a);
	assert_int_equal(ptr[SIZE - 1], 0x5a);
}

static void freeing_null_does_nothing(void **state)
{
	(void)state;
	reserve(0, MB(1));
	memblock_free(NULL, SIZE);
	reserved_is({0, MB(1)});
}

/* As on Linux: an address comes back, and nothing is taken. */
static void size_0_reserves_nothing(void **state)
{
	(void)state;
	add(0, MB(1));
	assert_non_null(memblock_alloc(0, 64));
	table_is_empty(&memblock.reserved);
}

/*
 *  memory  |                 .            |
 *                            ^ current_limit
 */
static void current_limit_bounds_allocations_that_name_no_limit(void **state)
{
	(void)state;
	add(0, MB(8));
	memblock_set_current_limit(base + MB(4));
	assert_int_equal(memblock_get_current_limit(), base + MB(4));
	assert_int_equal(alloc_at(MB(1), SIZE), by_direction(MB(3), 0));
	assert_null(memblock_alloc(MB(4), SIZE));
	assert_non_null(memblock_alloc(MB(3), SIZE));
	assert_null(memblock_alloc(1, 1));
	reserved_is({0, MB(4)});
}

static void phys_alloc_range_may_go_above_the_current_limit(void **state)
{
	(void)state;
	add(0, MB(8));
	memblock_set_current_limit(base + MB(4));
	assert_int_equal(
		memblock_phys_alloc_range(MB(1), SIZE, base + MB(4), MEMBLOCK_ALLOC_ANYWHERE) -
			base,
		by_direction(MB(7), MB(4)));
	assert_int_equal(
		memblock_phys_alloc_range(MB(1), SIZE, base + MB(4), MEMBLOCK_ALLOC_ACCESSIBLE), 0);
}

/*
 *  memory  |  page 0  |  page 1  |
 *                     |##########|
 */
static void page_0_is_never_handed_out(void **state)
{
	(void)state;
	for (int up = 0; up < 2; up++) {
		memblock_set_bottom_up(up);
		assert_int_equal(memblock_add(0, 2 * PAGE_SIZE), 0);
		assert_int_equal(memblock_phys_alloc(PAGE_SIZE, 1), PAGE_SIZE);
		assert_int_equal(memblock_phys_alloc(1, 1), 0);
		assert_int_equal(memblock_phys_alloc_range(1, 1, 0, PAGE_SIZE), 0);
		assert_int_equal(memblock_phys_free(PAGE_SIZE, PAGE_SIZE), 0);
	}
}

/* The last page of the address space ends one byte early, so no page fits there. */
static void memory_up_to_the_last_address_is_usable(void **state)
{
	(void)state;
	for (int up = 0; up < 2; up++) {
		memblock_set_bottom_up(up);
		assert_int_equal(memblock_add(PHYS_ADDR_MAX - KB(8) + 1, KB(8)), 0);
		assert_int_equal(memblock_phys_alloc(KB(4), KB(4)), PHYS_ADDR_MAX - KB(8) + 1);
		assert_int_equal(memblock_phys_alloc(KB(4), KB(4)), 0);
		/* Rounding up to this alignment would wrap to 0. */
		assert_int_equal(memblock_phys_alloc(1, KB(16)), 0);
		assert_int_equal(memblock_phys_free(0, PHYS_ADDR_MAX), 0);
	}
}

static void find_in_range_reserves_nothing(void **state)
{
	phys_addr_t want = by_direction(MB(3), MB(1));

	(void)state;
	add(0, MB(8));
	for (int i = 0; i < 2; i++)
		assert_int_equal(memblock_find_in_range(base + MB(1), base + MB(4), MB(1), SIZE) -
					 base,
				 want);
	assert_int_equal(memblock_find_in_range(base + MB(1), base + MB(4), MB(4), SIZE), 0);
	table_is_empty(&memblock.reserved);
}

/*
 *  memory  |   start.......end   |       the range, and nothing outside it
 */
static void phys_alloc_range_stays_in_its_range(void **state)
{
	(void)state;
	add(0, MB(8));
	for (int i = 0; i < 3; i++)
		assert_int_equal(
			memblock_phys_alloc_range(MB(1), SIZE, base + MB(2), base + MB(5)) - base,
			by_direction(MB(4 - i), MB(2 + i)));
	assert_int_equal(memblock_phys_alloc_range(1, 1, base + MB(2), base + MB(5)), 0);
	reserved_is({MB(2), MB(3)});
}

static void range_that_is_empty_or_upside_down_gives_nothing(void **state)
{
	(void)state;
	add(0, MB(8));
	assert_int_equal(memblock_phys_alloc_range(1, 1, base + MB(2), base + MB(2)), 0);
	assert_int_equal(memblock_phys_alloc_range(1, 1, base + MB(4), base + MB(2)), 0);
	table_is_empty(&memblock.reserved);
}

static void nothing_is_handed_out_after_close(void **state)
{
	(void)state;
	add(0, MB(8));
	reserve(MB(1), MB(1));
	memblock_close();
	assert_null(memblock_alloc(SIZE, SIZE));
	assert_int_equal(memblock_phys_alloc(SIZE, SIZE), 0);
	assert_int_equal(memblock_find_in_range(base, base + MB(8), SIZE, SIZE), 0);
	assert_true(host_log_contains("belongs to another allocator now"));
	assert_true(memblock_is_memory(base + MB(1)));
	assert_int_equal(memblock_phys_free(base + MB(1), MB(1)), 0);
	table_is_empty(&memblock.reserved);
}

/* 200 page-sized allocations from 100 separate free pages each way: all, then none. */
static void fragmented_memory_is_used_to_the_last_piece(void **state)
{
	unsigned int taken = 0;

	(void)state;
	add(0, MB(1));
	for (int i = 0; i < 100; i++)
		reserve(KB(8) * i, KB(4));
	while (memblock_alloc(KB(4), KB(4)))
		taken++;
	assert_int_equal(taken, 256 - 100);
	reserved_is({0, MB(1)});
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AT_BACKED_PLACES(allocation_lies_at_the_end_of_memory_in_the_direction),
		AT_BACKED_PLACES(allocations_stay_apart_where_alignment_asks_for_it),
		AT_BACKED_PLACES(neighbouring_allocations_merge_into_one_region),
		AT_BACKED_PLACES(allocation_starts_at_a_multiple_of_its_alignment),
		AT_BACKED_PLACES(size_that_is_no_multiple_of_the_alignment_is_reserved_exactly),
		AT_BACKED_PLACES(alignment_0_stands_for_64),
		AT_BACKED_PLACES(alignment_of_1_is_honoured),
		AT_BACKED_PLACES(alignment_that_is_no_power_of_two_is_refused_with_a_message),
		AT_BACKED_PLACES(allocation_goes_beside_what_is_reserved_and_merges),
		AT_BACKED_PLACES(gap_of_exactly_the_size_is_filled),
		AT_BACKED_PLACES(gaps_that_are_too_small_are_passed_over),
		AT_BACKED_PLACES(gap_too_small_after_alignment_is_passed_over),
		AT_BACKED_PLACES(full_regions_lead_on_to_the_next),
		AT_BACKED_PLACES(allocation_does_not_reach_over_the_edge_of_a_region),
		AT_BACKED_PLACES(no_memory_gives_null_and_reserves_nothing),
		AT_BACKED_PLACES(too_large_a_size_gives_null_and_reserves_nothing),
		AT_BACKED_PLACES(all_reserved_gives_null),
		AT_BACKED_PLACES(memory_is_zeroed_again_after_it_was_freed),
		AT_BACKED_PLACES(raw_memory_is_left_as_it_was),
		AT_ALL_PLACES(freeing_null_does_nothing),
		AT_BACKED_PLACES(size_0_reserves_nothing),
		AT_BACKED_PLACES(current_limit_bounds_allocations_that_name_no_limit),
		AT_ALL_PLACES(phys_alloc_range_may_go_above_the_current_limit),
		ANYWHERE(page_0_is_never_handed_out),
		ANYWHERE(memory_up_to_the_last_address_is_usable),
		AT_ALL_PLACES(find_in_range_reserves_nothing),
		AT_ALL_PLACES(phys_alloc_range_stays_in_its_range),
		AT_ALL_PLACES(range_that_is_empty_or_upside_down_gives_nothing),
		AT_ALL_PLACES(nothing_is_handed_out_after_close),
		AT_BACKED_PLACES(fragmented_memory_is_used_to_the_last_piece),
	};

	return cmocka_run_group_tests_name("memblock: alloc", tests, NULL, NULL);
}
