// SPDX-License-Identifier: MIT
/*
 * Adding to memblock's two tables and taking out of them. memory and reserved
 * follow the same rules, so that each case runs on both.
 */
#include "memblock_test.h"
#include <string.h>

/* The two pairs of functions under one form. */
static const struct pair {
	struct memblock_type *type;
	int (*put)(phys_addr_t addr, phys_addr_t size);
	int (*take)(phys_addr_t addr, phys_addr_t size);
} pairs[] = {
	{&memblock.memory, memblock_add, memblock_remove},
	{&memblock.reserved, memblock_reserve, memblock_phys_free},
};

static void put(const struct pair *p, phys_addr_t offset, phys_addr_t size)
{
	assert_int_equal(p->put(base + offset, size), 0);
}

static void take(const struct pair *p, phys_addr_t offset, phys_addr_t size)
{
	assert_int_equal(p->take(base + offset, size), 0);
}

#define for_each_pair(p) for (const struct pair *p = pairs; p < pairs + 2; p++)

static void tables_start_empty_with_linux_sizes_and_names(void **state)
{
	(void)state;
	assert_int_equal(memblock.memory.max, 128);
	assert_int_equal(memblock.reserved.max, 128);
	assert_string_equal(memblock.memory.name, "memory");
	assert_string_equal(memblock.reserved.name, "reserved");
	assert_int_equal(memblock.current_limit, MEMBLOCK_ALLOC_ANYWHERE);
	assert_false(memblock.bottom_up);
	table_is_empty(&memblock.memory);
	table_is_empty(&memblock.reserved);
}

/*  |--1--|  */
static void first_range_takes_the_empty_entry(void **state)
{
	(void)state;
	for_each_pair(p)
	{
		put(p, MB(1), MB(2));
		table_is(p->type, {MB(1), MB(2)});
		assert_int_equal(p->type->regions[0].nid, MAX_NUMNODES);
		assert_int_equal(p->type->regions[0].flags, MEMBLOCK_NONE);
	}
}

/*
 *  node 1, hot-pluggable     |------|
 */
static void node_and_flags_are_kept(void **state)
{
	(void)state;
	assert_int_equal(memblock_add_node(base, MB(4), 1, MEMBLOCK_HOTPLUG), 0);
	memory_is({0, MB(4)});
	assert_int_equal(memblock.memory.regions[0].nid, 1);
	assert_int_equal(memblock.memory.regions[0].flags, MEMBLOCK_HOTPLUG);
}

/*  |--1--|     |--2--|   and the other way round  */
static void ranges_apart_stay_apart_and_sorted(void **state)
{
	(void)state;
	for_each_pair(p)
	{
		put(p, MB(8), MB(2));
		put(p, MB(1), MB(3));
		put(p, MB(16), MB(1));
		table_is(p->type, {MB(1), MB(3)}, {MB(8), MB(2)}, {MB(16), MB(1)});
	}
}

/*
 *      |----1----|
 *  |---2---|
 */
static void overlapping_range_below_extends_downwards(void **state)
{
	(void)state;
	for_each_pair(p)
	{
		put(p, MB(4), MB(4));
		put(p, MB(2), MB(3));
		table_is(p->type, {MB(2), MB(6)});
	}
}

/*
 *  |----1----|
 *        |----2----|
 */
static void overlapping_range_above_extends_upwards(void **state)
{
	(void)state;
	for_each_pair(p)
	{
		put(p, MB(4), MB(4));
		put(p, MB(6), MB(4));
		table_is(p->type, {MB(4), MB(6)});
	}
}

/*
 *  |------1------|
 *     |--2--|
 */
static void range_within_another_changes_nothing(void **state)
{
	(void)state;
	for_each_pair(p)
	{
		put(p, MB(4), MB(8));
		put(p, MB(6), MB(2));
		put(p, MB(4), MB(2));
		put(p, MB(10), MB(2));
		table_is(p->type, {MB(4), MB(8)});
	}
}

/*
 *     |--1--|   |--2--|   |--3--|
 *  |--------------4----------------|
 */
static void range_over_many_swallows_them_all(void **state)
{
	(void)state;
	for_each_pair(p)
	{
		put(p, MB(4), MB(1));
		put(p, MB(8), MB(1));
		put(p, MB(12), MB(1));
		put(p, MB(2), MB(20));
		table_is(p->type, {MB(2), MB(20)});
	}
}

static void the_same_range_twice_is_one(void **state)
{
	(void)state;
	for_each_pair(p)
	{
		put(p, MB(4), MB(4));
		put(p, MB(4), MB(4));
		table_is(p->type, {MB(4), MB(4)});
	}
}

/*  |--1--|--3--|--2--|  */
static void range_that_closes_a_gap_merges_both_sides(void **state)
{
	(void)state;
	for_each_pair(p)
	{
		put(p, MB(4), MB(2));
		put(p, MB(8), MB(2));
		put(p, MB(6), MB(2));
		table_is(p->type, {MB(4), MB(6)});
	}
}

/*
 *  |--1--|     |--2--|      a byte is a gap as good as any
 *        |-3-|
 */
static void ranges_one_byte_apart_do_not_merge(void **state)
{
	(void)state;
	for_each_pair(p)
	{
		put(p, MB(4), MB(1));
		put(p, MB(8), MB(1));
		put(p, MB(5), MB(3) - 1);
		table_is(p->type, {MB(4), MB(4) - 1}, {MB(8), MB(1)});
	}
}

/*
 *  node 0 |----|    touching, but not the same
 *  node 1      |----|
 */
static void touching_memory_of_two_nodes_stays_apart(void **state)
{
	(void)state;
	add_node(MB(4), MB(4), 0);
	add_node(MB(8), MB(4), 1);
	memory_is({MB(4), MB(4)}, {MB(8), MB(4)});
}

/*
 *  node 0     |----|
 *  node 1  |---------|      the old part stays with its node
 */
static void old_part_of_an_overlap_keeps_its_node_and_a_message_says_so(void **state)
{
	(void)state;
	add_node(MB(4), MB(4), 0);
	add_node(MB(2), MB(8), 1);
	memory_is({MB(2), MB(2)}, {MB(4), MB(4)}, {MB(8), MB(2)});
	assert_int_equal(memblock.memory.regions[0].nid, 1);
	assert_int_equal(memblock.memory.regions[1].nid, 0);
	assert_int_equal(memblock.memory.regions[2].nid, 1);
	assert_true(host_log_contains("stays on node 0"));
}

static void size_0_is_no_error_and_changes_nothing(void **state)
{
	(void)state;
	for_each_pair(p)
	{
		put(p, MB(4), 0);
		table_is_empty(p->type);
		take(p, MB(4), 0);
		put(p, MB(4), MB(4));
		put(p, MB(6), 0);
		take(p, MB(6), 0);
		table_is(p->type, {MB(4), MB(4)});
	}
}

/*
 *                    |---------------> wraps: cut at PHYS_ADDR_MAX
 */
static void size_that_wraps_is_cut_at_the_top(void **state)
{
	(void)state;
	base = 0;
	for_each_pair(p)
	{
		put(p, PHYS_ADDR_MAX - MB(1), MB(2));
		table_is(p->type, {PHYS_ADDR_MAX - MB(1), MB(1)});
		put(p, PHYS_ADDR_MAX - MB(4), PHYS_ADDR_MAX);
		table_is(p->type, {PHYS_ADDR_MAX - MB(4), MB(4)});
		take(p, PHYS_ADDR_MAX - MB(1), PHYS_ADDR_MAX);
		table_is(p->type, {PHYS_ADDR_MAX - MB(4), MB(3)});
		take(p, 0, PHYS_ADDR_MAX);
		table_is_empty(p->type);
	}
}

/*
 *  |--1--|  |--2--|  |--3--|
 *           |-----|             out
 */
static void removing_an_exact_region_leaves_the_others(void **state)
{
	(void)state;
	for_each_pair(p)
	{
		put(p, MB(2), MB(2));
		put(p, MB(6), MB(2));
		put(p, MB(10), MB(2));
		take(p, MB(6), MB(2));
		table_is(p->type, {MB(2), MB(2)}, {MB(10), MB(2)});
	}
}

/*  |--1--|       |~~~~~|   out: nothing is there  */
static void removing_what_is_not_there_changes_nothing(void **state)
{
	(void)state;
	for_each_pair(p)
	{
		take(p, MB(1), MB(1));
		table_is_empty(p->type);
		put(p, MB(4), MB(4));
		take(p, MB(8), MB(4));
		take(p, MB(2), MB(2));
		table_is(p->type, {MB(4), MB(4)});
	}
}

/*
 *     |------1------|
 *  |~~~~~|       |~~~~~|   out
 */
static void removing_over_an_edge_cuts_the_region(void **state)
{
	(void)state;
	for_each_pair(p)
	{
		put(p, MB(4), MB(8));
		take(p, MB(2), MB(4));
		take(p, MB(10), MB(4));
		table_is(p->type, {MB(6), MB(4)});
	}
}

/*
 *  |------1------|
 *     |~~~~~|        out: two are left
 */
static void removing_from_the_middle_splits_the_region(void **state)
{
	(void)state;
	for_each_pair(p)
	{
		put(p, MB(4), MB(8));
		take(p, MB(6), MB(4));
		table_is(p->type, {MB(4), MB(2)}, {MB(10), MB(2)});
	}
}

/*
 *  |--1--|  |--2--|  |--3--|  |--4--|
 *      |~~~~~~~~~~~~~~~~~~~~~~~~|       out
 */
static void removing_over_many_cuts_the_outer_ones(void **state)
{
	(void)state;
	for_each_pair(p)
	{
		for (int i = 0; i < 4; i++)
			put(p, MB(4 * i), MB(2));
		take(p, MB(1), MB(12));
		table_is(p->type, {0, MB(1)}, {MB(13), MB(1)});
	}
}

static void removing_the_last_region_leaves_an_empty_table(void **state)
{
	(void)state;
	for_each_pair(p)
	{
		put(p, MB(4), MB(8));
		take(p, MB(4), MB(8));
		table_is_empty(p->type);
		assert_int_equal(p->type->regions[0].nid, MAX_NUMNODES);
		put(p, MB(1), MB(1));
		table_is(p->type, {MB(1), MB(1)});
	}
}

/*
 *  memory     |----------|
 *  reserved        |----------|    one does not know of the other
 */
static void reserved_ranges_need_no_memory_under_them(void **state)
{
	(void)state;
	add(MB(4), MB(8));
	reserve(MB(8), MB(8));
	memory_is({MB(4), MB(8)});
	reserved_is({MB(8), MB(8)});
}

/* A table of 128 that may not grow takes 128 ranges and refuses the next. */
static void full_table_refuses_one_more_and_names_it(void **state)
{
	struct memblock_region before[128];

	(void)state;
	for_each_pair(p)
	{
		host_log_clear();
		for (int i = 0; i < 128; i++)
			put(p, MB(0) + KB(16) * i, KB(4));
		memcpy(before, p->type->regions, sizeof(before));
		assert_int_equal(p->put(base + MB(32), KB(4)), -ENOMEM);
		assert_true(host_log_contains("table full (128) adding [mem 0x"));
		assert_int_equal(p->type->cnt, 128);
		assert_memory_equal(before, p->type->regions, sizeof(before));
		assert_int_equal(memblock_verify(), 0);
	}
}

/* Taking out a whole region needs no entry, splitting one at both ends two more. */
static void full_table_gives_back_whole_regions_but_cannot_split(void **state)
{
	(void)state;
	for_each_pair(p)
	{
		for (int i = 0; i < 128; i++)
			put(p, KB(32) * i, KB(16));
		assert_int_equal(p->take(base + KB(4), KB(4)), -ENOMEM);
		assert_int_equal(p->type->cnt, 128);
		assert_int_equal(memblock_verify(), 0);
		take(p, 0, KB(16));
		assert_int_equal(p->type->cnt, 127);
		assert_int_equal(p->take(base + KB(64 + 4), KB(4)), -ENOMEM);
		take(p, KB(64), KB(4));
		assert_int_equal(p->type->cnt, 127);
		take(p, KB(32), KB(16));
		assert_int_equal(p->type->cnt, 126);
		take(p, KB(64 + 8), KB(4));
		assert_int_equal(p->type->cnt, 127);
		assert_int_equal(memblock_verify(), 0);
	}
}

/* What a test written for Linux does between its cases. */
static void tables_reset_by_hand_work_again(void **state)
{
	(void)state;
	add(MB(1), MB(4));
	reserve(MB(2), MB(1));
	memset(memblock.memory.regions, 0, memblock.memory.cnt * sizeof(struct memblock_region));
	memblock.memory.cnt = 1;
	memblock.memory.max = INIT_MEMBLOCK_REGIONS;
	memblock.memory.total_size = 0;
	memset(memblock.reserved.regions, 0,
	       memblock.reserved.cnt * sizeof(struct memblock_region));
	memblock.reserved.cnt = 1;
	memblock.reserved.max = INIT_MEMBLOCK_RESERVED_REGIONS;
	memblock.reserved.total_size = 0;
	table_is_empty(&memblock.memory);
	table_is_empty(&memblock.reserved);
	add(MB(8), MB(4));
	reserve(MB(9), MB(1));
	memory_is({MB(8), MB(4)});
	reserved_is({MB(9), MB(1)});
}

/* Since Linux 6.9 an empty table has cnt 0, and tests written for it reset to that. */
static void tables_reset_to_cnt_0_work_again(void **state)
{
	(void)state;
	for_each_pair(p)
	{
		put(p, MB(1), MB(4));
		memset(p->type->regions, 0, sizeof(struct memblock_region));
		p->type->cnt = 0;
		p->type->total_size = 0;
		take(p, 0, MB(1));
		put(p, MB(8), MB(4));
		table_is(p->type, {MB(8), MB(4)});
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ANYWHERE(tables_start_empty_with_linux_sizes_and_names),
		AT_ALL_PLACES(first_range_takes_the_empty_entry),
		AT_ALL_PLACES(node_and_flags_are_kept),
		AT_ALL_PLACES(ranges_apart_stay_apart_and_sorted),
		AT_ALL_PLACES(overlapping_range_below_extends_downwards),
		AT_ALL_PLACES(overlapping_range_above_extends_upwards),
		AT_ALL_PLACES(range_within_another_changes_nothing),
		AT_ALL_PLACES(range_over_many_swallows_them_all),
		AT_ALL_PLACES(the_same_range_twice_is_one),
		AT_ALL_PLACES(range_that_closes_a_gap_merges_both_sides),
		AT_ALL_PLACES(ranges_one_byte_apart_do_not_merge),
		AT_ALL_PLACES(touching_memory_of_two_nodes_stays_apart),
		AT_ALL_PLACES(old_part_of_an_overlap_keeps_its_node_and_a_message_says_so),
		AT_ALL_PLACES(size_0_is_no_error_and_changes_nothing),
		ANYWHERE(size_that_wraps_is_cut_at_the_top),
		AT_ALL_PLACES(removing_an_exact_region_leaves_the_others),
		AT_ALL_PLACES(removing_what_is_not_there_changes_nothing),
		AT_ALL_PLACES(removing_over_an_edge_cuts_the_region),
		AT_ALL_PLACES(removing_from_the_middle_splits_the_region),
		AT_ALL_PLACES(removing_over_many_cuts_the_outer_ones),
		AT_ALL_PLACES(removing_the_last_region_leaves_an_empty_table),
		AT_ALL_PLACES(reserved_ranges_need_no_memory_under_them),
		AT_ALL_PLACES(full_table_refuses_one_more_and_names_it),
		AT_ALL_PLACES(full_table_gives_back_whole_regions_but_cannot_split),
		AT_ALL_PLACES(tables_reset_by_hand_work_again),
		AT_ALL_PLACES(tables_reset_to_cnt_0_work_again),
	};

	return cmocka_run_group_tests_name("memblock: add and remove", tests, NULL, NULL);
}
