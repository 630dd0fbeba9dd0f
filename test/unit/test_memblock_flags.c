// SPDX-License-Identifier: MIT
/*
 * Flags and nodes of parts of memory: how regions split and merge for them, and
 * what they mean to allocations.
 */
#include "memblock_test.h"

#define SIZE KB(4)

static const struct mark {
	enum memblock_flags flag;
	int (*set)(phys_addr_t addr, phys_addr_t size);
	int (*clear)(phys_addr_t addr, phys_addr_t size);
} marks[] = {
	{MEMBLOCK_HOTPLUG, memblock_mark_hotplug, memblock_clear_hotplug},
	{MEMBLOCK_NOMAP, memblock_mark_nomap, memblock_clear_nomap},
};

#define for_each_mark(m) for (const struct mark *m = marks; m < marks + ARRAY_SIZE(marks); m++)

static enum memblock_flags flags_of(unsigned long i)
{
	return memblock.memory.regions[i].flags;
}

/*
 *  before  |===================|
 *  mark          |-----|
 *  after   |====||#####||======|
 *  clear           |-----------|
 *  after   |====||#||==========|
 */
static void marking_a_part_splits_and_clearing_it_merges(void **state)
{
	(void)state;
	for_each_mark(m)
	{
		add(0, MB(8));
		assert_int_equal(m->set(base + MB(2), MB(3)), 0);
		memory_is({0, MB(2)}, {MB(2), MB(3)}, {MB(5), MB(3)});
		assert_int_equal(flags_of(0), MEMBLOCK_NONE);
		assert_int_equal(flags_of(1), m->flag);
		assert_int_equal(flags_of(2), MEMBLOCK_NONE);
		assert_int_equal(m->clear(base + MB(3), MB(8)), 0);
		memory_is({0, MB(2)}, {MB(2), MB(1)}, {MB(3), MB(5)});
		assert_int_equal(m->clear(0, PHYS_ADDR_MAX), 0);
		memory_is({0, MB(8)});
	}
}

/*
 *  |=====|     |=====|     |=====|
 *     |--------------------|          only memory is marked, never the holes
 */
static void marking_over_holes_marks_memory_alone(void **state)
{
	(void)state;
	for_each_mark(m)
	{
		add(0, MB(2));
		add(MB(4), MB(2));
		add(MB(8), MB(2));
		assert_int_equal(m->set(base + MB(1), MB(7)), 0);
		memory_is({0, MB(1)}, {MB(1), MB(1)}, {MB(4), MB(2)}, {MB(8), MB(2)});
		assert_int_equal(flags_of(1), m->flag);
		assert_int_equal(flags_of(2), m->flag);
		assert_int_equal(flags_of(3), MEMBLOCK_NONE);
		assert_int_equal(memblock_remove(0, PHYS_ADDR_MAX), 0);
	}
}

static void marking_what_is_not_memory_changes_nothing(void **state)
{
	(void)state;
	for_each_mark(m)
	{
		assert_int_equal(m->set(base, MB(1)), 0);
		table_is_empty(&memblock.memory);
		add(0, MB(1));
		assert_int_equal(m->set(base + MB(1), MB(1)), 0);
		assert_int_equal(m->set(base, 0), 0);
		memory_is({0, MB(1)});
		assert_int_equal(flags_of(0), MEMBLOCK_NONE);
		assert_int_equal(memblock_remove(0, PHYS_ADDR_MAX), 0);
	}
}

static void marks_are_told_apart(void **state)
{
	(void)state;
	add(0, MB(8));
	assert_int_equal(memblock_mark_hotplug(base, MB(4)), 0);
	assert_int_equal(memblock_mark_nomap(base + MB(2), MB(4)), 0);
	memory_is({0, MB(2)}, {MB(2), MB(2)}, {MB(4), MB(2)}, {MB(6), MB(2)});
	assert_true(memblock_is_hotpluggable(&memblock.memory.regions[1]));
	assert_true(memblock_is_nomap(&memblock.memory.regions[1]));
	assert_int_equal(memblock_clear_nomap(base, MB(8)), 0);
	memory_is({0, MB(4)}, {MB(4), MB(4)});
	assert_int_equal(flags_of(0), MEMBLOCK_HOTPLUG);
}

/* A table without room for the split parts stays as it was. */
static void marking_in_a_full_table_fails_and_changes_nothing(void **state)
{
	(void)state;
	for (int i = 0; i < 128; i++)
		add(KB(32) * i, KB(16));
	for_each_mark(m)
	{
		assert_int_equal(m->set(base + KB(4), KB(4)), -ENOMEM);
		assert_int_equal(memblock.memory.cnt, 128);
		assert_int_equal(flags_of(0), MEMBLOCK_NONE);
		assert_int_equal(memblock_verify(), 0);
		/* No split, no need of room. */
		assert_int_equal(m->set(base, KB(16)), 0);
		assert_int_equal(flags_of(0), m->flag);
		assert_int_equal(m->clear(base, KB(16)), 0);
	}
	assert_int_equal(memblock_set_node(base + KB(4), KB(4), &memblock.memory, 1), -ENOMEM);
	assert_int_equal(memblock.memory.regions[0].nid, MAX_NUMNODES);
	assert_int_equal(memblock_verify(), 0);
}

/*
 *  memory  |   NOMAP   |   free   |   NOMAP   |
 */
static void nomap_memory_is_never_handed_out(void **state)
{
	(void)state;
	add(0, MB(12));
	assert_int_equal(memblock_mark_nomap(base, MB(4)), 0);
	assert_int_equal(memblock_mark_nomap(base + MB(8), MB(4)), 0);
	assert_int_equal(memblock_phys_alloc(MB(4), SIZE), base + MB(4));
	assert_int_equal(memblock_phys_alloc(1, 1), 0);
}

static void driver_managed_memory_is_never_handed_out(void **state)
{
	(void)state;
	assert_int_equal(memblock_add_node(base, MB(4), 0, MEMBLOCK_DRIVER_MANAGED), 0);
	assert_int_equal(memblock_phys_alloc(1, 1), 0);
	assert_true(memblock_is_map_memory(base));
}

/*
 *  memory  | hotplug |  plain  | hotplug |     with movable_node: plain alone
 */
static void hotpluggable_memory_is_used_unless_movable_node_is_on(void **state)
{
	(void)state;
	add(0, MB(12));
	assert_int_equal(memblock_mark_hotplug(base, MB(4)), 0);
	assert_int_equal(memblock_mark_hotplug(base + MB(8), MB(4)), 0);
	assert_int_equal(memblock_phys_alloc(MB(1), SIZE) - base, by_direction(MB(11), 0));
	movable_node_enabled = true;
	assert_int_equal(memblock_phys_alloc(MB(4), SIZE), base + MB(4));
	assert_int_equal(memblock_phys_alloc(1, 1), 0);
}

static void mirror_marks_nothing_without_kernelcore_mirror(void **state)
{
	(void)state;
	add(0, MB(4));
	assert_int_equal(memblock_mark_mirror(base, MB(2)), 0);
	memory_is({0, MB(4)});
	assert_false(memblock_has_mirror());
}

/*
 *  memory  |  plain  |## mirror ##|  plain  |
 */
static void mirrored_memory_is_used_first_and_a_warning_ends_that(void **state)
{
	(void)state;
	mirrored_kernelcore = true;
	add(0, MB(12));
	assert_int_equal(memblock_mark_mirror(base + MB(4), MB(4)), 0);
	assert_true(memblock_has_mirror());
	memory_is({0, MB(4)}, {MB(4), MB(4)}, {MB(8), MB(4)});
	assert_int_equal(memblock_phys_alloc(MB(3), SIZE) - base, by_direction(MB(5), MB(4)));
	assert_false(host_log_contains("mirrored memory"));
	assert_int_equal(memblock_phys_alloc(MB(2), SIZE) - base, by_direction(MB(10), 0));
	assert_true(host_log_contains(
		"Could not allocate 0x0000000000200000 bytes of mirrored memory"));
	/* What is left of the mirror is used still. */
	assert_int_equal(memblock_phys_alloc(MB(1), SIZE) - base, by_direction(MB(4), MB(7)));
	assert_int_equal(host_log_count("mirrored memory"), 1);
}

static void find_in_range_gives_up_the_mirror_with_a_warning(void **state)
{
	(void)state;
	mirrored_kernelcore = true;
	add(0, MB(4));
	assert_int_equal(memblock_mark_mirror(base, MB(1)), 0);
	assert_int_equal(memblock_find_in_range(base, base + MB(4), MB(2), SIZE) - base,
			 by_direction(MB(2), MB(1)));
	assert_int_equal(host_log_count("mirrored memory"), 1);
}

/* The node that was asked for has none: another node's mirror before its plain memory. */
static void mirror_of_another_node_comes_before_plain_memory(void **state)
{
	(void)state;
	mirrored_kernelcore = true;
	add_node(0, MB(4), 0);
	add_node(MB(4), MB(4), 1);
	assert_int_equal(memblock_mark_mirror(base + MB(5), MB(1)), 0);
	assert_int_equal(memblock_alloc_range_nid(SIZE, SIZE, 0, 0, 0, false) - base,
			 by_direction(MB(6) - SIZE, MB(5)));
	assert_int_equal(memblock_alloc_range_nid(SIZE, SIZE, 0, 0, 0, true) - base,
			 by_direction(MB(4) - SIZE, 0));
}

/*
 *  memory  |--------------------------|
 *  nodes       |---1---|---2---|
 */
static void set_node_splits_by_node_and_merges_equal_ones(void **state)
{
	struct memblock_type *type = &memblock.memory;

	(void)state;
	add(0, MB(8));
	assert_int_equal(memblock_set_node(base + MB(1), MB(2), type, 1), 0);
	assert_int_equal(memblock_set_node(base + MB(3), MB(2), type, 2), 0);
	memory_is({0, MB(1)}, {MB(1), MB(2)}, {MB(3), MB(2)}, {MB(5), MB(3)});
	assert_int_equal(memblock_get_region_node(&type->regions[0]), MAX_NUMNODES);
	assert_int_equal(memblock_get_region_node(&type->regions[1]), 1);
	assert_int_equal(memblock_get_region_node(&type->regions[2]), 2);
	assert_int_equal(memblock_set_node(base + MB(3), MB(2), type, 1), 0);
	memory_is({0, MB(1)}, {MB(1), MB(4)}, {MB(5), MB(3)});
	assert_int_equal(memblock_set_node(0, PHYS_ADDR_MAX, type, 0), 0);
	memory_is({0, MB(8)});
}

static void set_node_works_on_reserved_ranges(void **state)
{
	(void)state;
	reserve(0, MB(2));
	reserve(MB(4), MB(2));
	assert_int_equal(memblock_set_node(base + MB(1), MB(4), &memblock.reserved, 7), 0);
	reserved_is({0, MB(1)}, {MB(1), MB(1)}, {MB(4), MB(1)}, {MB(5), MB(1)});
	assert_int_equal(memblock.reserved.regions[1].nid, 7);
	assert_int_equal(memblock.reserved.regions[2].nid, 7);
	assert_int_equal(memblock.reserved.regions[3].nid, MAX_NUMNODES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AT_ALL_PLACES(marking_a_part_splits_and_clearing_it_merges),
		AT_ALL_PLACES(marking_over_holes_marks_memory_alone),
		AT_ALL_PLACES(marking_what_is_not_memory_changes_nothing),
		AT_ALL_PLACES(marks_are_told_apart),
		AT_ALL_PLACES(marking_in_a_full_table_fails_and_changes_nothing),
		AT_ALL_PLACES(nomap_memory_is_never_handed_out),
		AT_ALL_PLACES(driver_managed_memory_is_never_handed_out),
		AT_ALL_PLACES(hotpluggable_memory_is_used_unless_movable_node_is_on),
		AT_ALL_PLACES(mirror_marks_nothing_without_kernelcore_mirror),
		AT_ALL_PLACES(mirrored_memory_is_used_first_and_a_warning_ends_that),
		AT_ALL_PLACES(find_in_range_gives_up_the_mirror_with_a_warning),
		AT_ALL_PLACES(mirror_of_another_node_comes_before_plain_memory),
		AT_ALL_PLACES(set_node_splits_by_node_and_merges_equal_ones),
		AT_ALL_PLACES(set_node_works_on_reserved_ranges),
	};

	return cmocka_run_group_tests_name("memblock: flags and nodes", tests, NULL, NULL);
}
