// SPDX-License-Identifier: MIT
/*
 * memblock's iterators: what they yield, in which order, of which node and flags.
 */
#include "memblock_test.h"

#include <linux/mm.h>
#include <linux/mmzone.h>

#define MAX_FOUND 512

static struct span found[MAX_FOUND];
static int found_nid[MAX_FOUND];
static size_t nr_found;

static void note(phys_addr_t start, phys_addr_t end, int nid)
{
	assert_true(nr_found < MAX_FOUND);
	assert_true(start < end);
	found[nr_found] = (struct span){start - base, end - start};
	found_nid[nr_found++] = nid;
}

static void walk_free(int nid, enum memblock_flags flags)
{
	phys_addr_t start, end;
	int node;
	u64 i;

	nr_found = 0;
	for_each_free_mem_range (i, nid, flags, &start, &end, &node)
		note(start, end, node);
}

static void walk_free_reverse(int nid, enum memblock_flags flags)
{
	phys_addr_t start, end;
	int node;
	u64 i;

	nr_found = 0;
	for_each_free_mem_range_reverse (i, nid, flags, &start, &end, &node)
		note(start, end, node);
}

static void found_is(const struct span *want, size_t nr, bool reverse)
{
	assert_int_equal(nr_found, nr);
	for (size_t i = 0; i < nr; i++) {
		const struct span *f = &found[reverse ? nr - 1 - i : i];

		assert_int_equal(f->offset, want[i].offset);
		assert_int_equal(f->size, want[i].size);
	}
}

/* The free ranges of @nid that @flags permit are just these, both ways. */
#define free_is(nid, flags, ...)                          \
	do {                                              \
		const struct span want[] = {__VA_ARGS__}; \
                                                          \
		walk_free(nid, flags);                    \
		found_is(want, ARRAY_SIZE(want), false);  \
		walk_free_reverse(nid, flags);            \
		found_is(want, ARRAY_SIZE(want), true);   \
	} while (0)

#define nothing_is_free(nid, flags)            \
	do {                                   \
		walk_free(nid, flags);         \
		assert_int_equal(nr_found, 0); \
		walk_free_reverse(nid, flags); \
		assert_int_equal(nr_found, 0); \
	} while (0)

static void empty_tables_yield_nothing(void **state)
{
	phys_addr_t start, end;
	int pfn;
	u64 i;

	(void)state;
	nothing_is_free(NUMA_NO_NODE, MEMBLOCK_NONE);
	for_each_mem_range (i, &start, &end)
		fail();
	for_each_mem_range_rev (i, &start, &end)
		fail();
	for_each_reserved_mem_range (i, &start, &end)
		fail();
	for_each_mem_pfn_range (pfn, MAX_NUMNODES, NULL, NULL, NULL)
		fail();
	reserve(0, MB(1));
	nothing_is_free(NUMA_NO_NODE, MEMBLOCK_NONE);
}

/*
 *  memory    |=====|     |=====|
 *  free      |-----|     |-----|
 */
static void all_memory_is_free_where_nothing_is_reserved(void **state)
{
	(void)state;
	add(0, MB(2));
	add(MB(4), MB(2));
	free_is(NUMA_NO_NODE, MEMBLOCK_NONE, {0, MB(2)}, {MB(4), MB(2)});
}

/*
 *  memory      |==========|    |==========|    |=======|
 *  reserved  |####|    |#| |##########|     |##|       |####|
 *  free           |----| |-|          |---|    |-------|
 */
static void free_ranges_are_memory_less_reserved(void **state)
{
	(void)state;
	add(MB(2), MB(10));
	add(MB(16), MB(10));
	add(MB(30), MB(6));
	reserve(0, MB(4));
	reserve(MB(8), MB(1));
	reserve(MB(11) + KB(512), MB(10));
	reserve(MB(28), MB(2));
	reserve(MB(36), MB(2));
	free_is(NUMA_NO_NODE, MEMBLOCK_NONE, {MB(4), MB(4)}, {MB(9), MB(2) + KB(512)},
		{MB(21) + KB(512), MB(4) + KB(512)}, {MB(30), MB(6)});
}

/*
 *  memory      |==|   |==|   |==|
 *  reserved  |####################|
 */
static void one_reserved_range_can_cover_many_regions(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++)
		add(MB(4 * i) + KB(64), MB(1));
	reserve(0, MB(16));
	nothing_is_free(NUMA_NO_NODE, MEMBLOCK_NONE);
	add(MB(20), MB(1));
	free_is(NUMA_NO_NODE, MEMBLOCK_NONE, {MB(20), MB(1)});
}

/*
 *  memory    |====================|
 *  reserved  |##||##|  |##||##|     neighbours of different nodes leave no gap
 */
static void touching_reserved_regions_leave_no_empty_range(void **state)
{
	(void)state;
	add(0, MB(8));
	reserve(MB(1), MB(2));
	assert_int_equal(memblock_set_node(base + MB(1), MB(1), &memblock.reserved, 0), 0);
	assert_int_equal(memblock.reserved.cnt, 2);
	free_is(NUMA_NO_NODE, MEMBLOCK_NONE, {0, MB(1)}, {MB(3), MB(5)});
}

/*
 *  memory    | node 0 | node 1 | node 0 |
 *  reserved       |######|
 */
static void nodes_are_told_apart_though_they_touch(void **state)
{
	(void)state;
	add_node(0, MB(4), 0);
	add_node(MB(4), MB(4), 1);
	add_node(MB(8), MB(4), 0);
	reserve(MB(3), MB(2));
	free_is(NUMA_NO_NODE, MEMBLOCK_NONE, {0, MB(3)}, {MB(5), MB(3)}, {MB(8), MB(4)});
	assert_int_equal(found_nid[2], 0);
	assert_int_equal(found_nid[1], 1);
	free_is(0, MEMBLOCK_NONE, {0, MB(3)}, {MB(8), MB(4)});
	free_is(1, MEMBLOCK_NONE, {MB(5), MB(3)});
	nothing_is_free(2, MEMBLOCK_NONE);
}

/*
 *  memory    |   |nomap|   |driver|   |hotplug|   |
 */
static void flags_say_which_regions_are_wanted(void **state)
{
	(void)state;
	add(0, MB(2));
	assert_int_equal(memblock_add_node(base + MB(2), MB(2), 0, MEMBLOCK_NOMAP), 0);
	assert_int_equal(memblock_add_node(base + MB(4), MB(2), 0, MEMBLOCK_DRIVER_MANAGED), 0);
	assert_int_equal(memblock_add_node(base + MB(6), MB(2), 0, MEMBLOCK_HOTPLUG), 0);
	free_is(NUMA_NO_NODE, MEMBLOCK_NONE, {0, MB(2)}, {MB(6), MB(2)});
	free_is(NUMA_NO_NODE, MEMBLOCK_NOMAP, {0, MB(2)}, {MB(2), MB(2)}, {MB(6), MB(2)});
	free_is(NUMA_NO_NODE, MEMBLOCK_DRIVER_MANAGED, {0, MB(2)}, {MB(4), MB(2)}, {MB(6), MB(2)});
	nothing_is_free(NUMA_NO_NODE, MEMBLOCK_MIRROR);
	movable_node_enabled = true;
	free_is(NUMA_NO_NODE, MEMBLOCK_NONE, {0, MB(2)});
	free_is(NUMA_NO_NODE, MEMBLOCK_HOTPLUG, {0, MB(2)}, {MB(6), MB(2)});
}

/* Mapped memory, whoever manages it; NOMAP is not in it. */
static void mem_ranges_leave_out_nomap_alone(void **state)
{
	phys_addr_t start, end;
	u64 i;

	(void)state;
	add(0, MB(2));
	assert_int_equal(memblock_add_node(base + MB(2), MB(2), 0, MEMBLOCK_NOMAP), 0);
	assert_int_equal(memblock_add_node(base + MB(4), MB(2), 0, MEMBLOCK_DRIVER_MANAGED), 0);
	assert_int_equal(memblock_add_node(base + MB(6), MB(2), 0, MEMBLOCK_HOTPLUG), 0);
	reserve(0, MB(8));
	movable_node_enabled = true;
	nr_found = 0;
	for_each_mem_range (i, &start, &end)
		note(start, end, 0);
	found_is((struct span[]){{0, MB(2)}, {MB(4), MB(2)}, {MB(6), MB(2)}}, 3, false);
	nr_found = 0;
	for_each_mem_range_rev (i, &start, &end)
		note(start, end, 0);
	found_is((struct span[]){{0, MB(2)}, {MB(4), MB(2)}, {MB(6), MB(2)}}, 3, true);
}

static void reserved_ranges_come_in_order_in_memory_or_not(void **state)
{
	phys_addr_t start, end;
	u64 i;

	(void)state;
	add(0, MB(2));
	reserve(MB(8), 5);
	reserve(MB(1), MB(2));
	nr_found = 0;
	for_each_reserved_mem_range (i, &start, &end)
		note(start, end, 0);
	found_is((struct span[]){{MB(1), MB(2)}, {MB(8), 5}}, 2, false);
}

static void regions_are_walked_as_they_stand(void **state)
{
	struct memblock_region *rgn;
	unsigned long i, n = 0;

	(void)state;
	add(0, MB(1));
	add(MB(2), MB(1));
	reserve(MB(2), 7);
	for_each_mem_region (rgn)
		assert_ptr_equal(rgn, &memblock.memory.regions[n++]);
	assert_int_equal(n, 2);
	for_each_reserved_mem_region (rgn)
		assert_int_equal(rgn->size, 7);
	for_each_memblock_type (i, &memblock.memory, rgn)
		assert_int_equal(rgn->base - base, MB(2 * i));
	assert_int_equal(i, 2);
}

/*
 *  pages     .     .     .     .     .     .
 *  memory       |==|  |========|   |==========|
 *  found                 |-----|   (none)|---|
 */
static void pfn_ranges_are_whole_pages_and_skip_regions_without_one(void **state)
{
	unsigned long start, end, first = PHYS_PFN(base);
	int i, nid, n = 0;

	(void)state;
	add_node(100, KB(2), 0);
	add_node(KB(4) + 100, KB(8), 0);
	add_node(KB(16) - 1, KB(4), 1);
	add_node(KB(32), KB(8), 1);
	for_each_mem_pfn_range (i, MAX_NUMNODES, &start, &end, &nid) {
		assert_int_equal(start - first, n == 0 ? 2 : 8);
		assert_int_equal(end - first, n == 0 ? 3 : 10);
		assert_int_equal(nid, n);
		n++;
	}
	assert_int_equal(n, 2);
	for_each_mem_pfn_range (i, 1, &start, &end, NULL)
		assert_int_equal(start - first, 8);
	for_each_mem_pfn_range (i, 2, NULL, NULL, NULL)
		fail();
}

/* Both walks, and a scan byte by byte of what the tables say, on 300 fragments. */
static void long_tables_are_walked_completely_both_ways(void **state)
{
	size_t n = 0;

	(void)state;
	for (int i = 0; i < 100; i++)
		add_node(KB(64) * i, KB(64), i & 1);
	for (int i = 0; i < 120; i++)
		reserve(KB(48) * i + KB(4), KB(20));
	for (int up = 1; up >= 0; up--) {
		phys_addr_t sum = 0;

		if (up)
			walk_free(NUMA_NO_NODE, MEMBLOCK_NONE);
		else
			walk_free_reverse(NUMA_NO_NODE, MEMBLOCK_NONE);
		for (size_t i = 0; i < nr_found; i++) {
			sum += found[i].size;
			assert_false(
				memblock_is_region_reserved(base + found[i].offset, found[i].size));
			assert_true(
				memblock_is_region_memory(base + found[i].offset, found[i].size));
			if (i && up)
				assert_true(found[i].offset > found[i - 1].offset);
		}
		assert_int_equal(sum, KB(6400) - 120 * KB(20));
		if (!up)
			assert_int_equal(n, nr_found);
		n = nr_found;
	}
}

/*
 *  memory    |=========|         |=========|
 *  reserved     |##|
 *  zone           |-------------------|
 *  free            |----|        |----|
 */
static void free_pages_of_a_zone_are_what_both_have(void **state)
{
	struct zone zone = {.zone_start_pfn = PFN_DOWN(base + MB(1) + KB(512)),
			    .spanned_pages = PFN_DOWN(MB(8))};
	const unsigned long b = PFN_DOWN(base);
	unsigned long start, end,
		want[][2] = {{b + PFN_DOWN(MB(2)), b + PFN_DOWN(MB(4))},
			     {b + PFN_DOWN(MB(8)), b + PFN_DOWN(MB(9) + KB(512))}};
	size_t n = 0;
	u64 i;

	(void)state;
	for_each_free_mem_pfn_range_in_zone (i, &zone, &start, &end)
		fail();
	assert_int_equal(start, ULONG_MAX);
	assert_int_equal(end, 0);
	memblock_add_node(base, MB(4), 0, MEMBLOCK_NONE);
	memblock_add_node(base + MB(8), MB(4), 0, MEMBLOCK_NONE);
	reserve(MB(1), MB(1) - 1);
	for_each_free_mem_pfn_range_in_zone (i, &zone, &start, &end) {
		assert_true(n < ARRAY_SIZE(want));
		assert_int_equal(start, want[n][0]);
		assert_int_equal(end, want[n++][1]);
	}
	assert_int_equal(n, 2);
	i = 0;
	__next_mem_pfn_range_in_zone(&i, &zone, NULL, NULL);
	for_each_free_mem_pfn_range_in_zone_from(i, &zone, &start, &end) n++;
	assert_int_equal(n, 2 + 2);
	assert_int_equal(absent_pages_in_range(b, b + PFN_DOWN(MB(12))), PFN_DOWN(MB(4)));
	assert_int_equal(absent_pages_in_range(b + 1, b + 2), 0);
	assert_int_equal(absent_pages_in_range(b + PFN_DOWN(MB(5)), b + PFN_DOWN(MB(6))), 256);
}

/*
 *        0    1M   2M   3M   4M
 *  node  |0000|    |1111|1111|    and the hole: blocks of 2 MB hold one node, of 4 MB both
 */
static void nodes_are_told_apart_by_the_largest_block_that_will_do(void **state)
{
	(void)state;
	memblock_add_node(base, MB(1), 0, MEMBLOCK_NONE);
	assert_int_equal(node_map_pfn_alignment(), 0);
	memblock_add_node(base + MB(2), MB(2), 1, MEMBLOCK_NONE);
	assert_true(node_map_pfn_alignment() >= PFN_DOWN(IS_ALIGNED(base, SZ_4M) ? MB(2) : KB(64)));
	if (IS_ALIGNED(base, SZ_4M))
		assert_int_equal(node_map_pfn_alignment(), PFN_DOWN(MB(2)));
	memblock_add_node(base + MB(4), KB(4), 2, MEMBLOCK_NONE);
	memblock_add_node(base + MB(4) + KB(4), KB(4), 3, MEMBLOCK_NONE);
	assert_int_equal(node_map_pfn_alignment(), 1);
}

static void an_early_hash_table_goes_by_memory_and_limits(void **state)
{
	unsigned int shift, mask;
	u64 *table;

	(void)state;
	add(0, MB(32));
	host_log_clear();
	/* One entry for 2^16 bytes of 32 MB. */
	table = alloc_large_system_hash("Early", 8, 0, 16, HASH_EARLY | HASH_ZERO, &shift, &mask, 0,
					0);
	assert_int_equal(shift, 9);
	assert_int_equal(mask, 511);
	assert_true(host_log_contains(
		"Early hash table entries: 512 (order: 0, 4096 bytes, linear)\n"));
	for (int i = 0; i < 512; i++)
		assert_int_equal(table[i], 0);
	alloc_large_system_hash("Low", 8, 100, 0, HASH_EARLY, &shift, NULL, 2048, 4096);
	assert_int_equal(shift, 11);
	alloc_large_system_hash("High", 8, 1 << 20, 0, HASH_EARLY, &shift, NULL, 0, 4096);
	assert_int_equal(shift, 12);
	/* No table of 16 MB is free any more once the half of memory is taken. */
	reserve(MB(12), MB(18));
	alloc_large_system_hash("Less", SZ_1M, 16, 0, HASH_EARLY, &shift, &mask, 0, 16);
	assert_int_equal(shift, 3);
	assert_int_equal(mask, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AT_ALL_PLACES(empty_tables_yield_nothing),
		AT_ALL_PLACES(all_memory_is_free_where_nothing_is_reserved),
		AT_ALL_PLACES(free_ranges_are_memory_less_reserved),
		AT_ALL_PLACES(one_reserved_range_can_cover_many_regions),
		AT_ALL_PLACES(touching_reserved_regions_leave_no_empty_range),
		AT_ALL_PLACES(nodes_are_told_apart_though_they_touch),
		AT_ALL_PLACES(flags_say_which_regions_are_wanted),
		AT_ALL_PLACES(mem_ranges_leave_out_nomap_alone),
		AT_ALL_PLACES(reserved_ranges_come_in_order_in_memory_or_not),
		AT_ALL_PLACES(regions_are_walked_as_they_stand),
		AT_ALL_PLACES(pfn_ranges_are_whole_pages_and_skip_regions_without_one),
		AT_ALL_PLACES(free_pages_of_a_zone_are_what_both_have),
		AT_ALL_PLACES(nodes_are_told_apart_by_the_largest_block_that_will_do),
		AT_BACKED_PLACES(an_early_hash_table_goes_by_memory_and_limits),
		AT_ALL_PLACES(long_tables_are_walked_completely_both_ways),
	};

	return cmocka_run_group_tests_name("memblock: walks", tests, NULL, NULL);
}
