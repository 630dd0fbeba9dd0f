/* SPDX-License-Identifier: MIT */
/*
 * Nodes from a source: ranges, distances, zonelists, and what is done with sources
 * that cannot be believed. Expected orders are those of Linux 6.1 on the same nodes.
 */
#include "zones_machine.h"
#include <linux/vmstat.h>

#include <linux/errno.h>

#define RAM_END         \
	{               \
		0, 0, 0 \
	}

/* A source that says what a test put here. */
static struct {
	const struct ram *ranges;
	int nr_nodes; /* named, with or without memory */
	const unsigned char *distances;
	int nr_cpus; /* placed, one on each node */
	int err;
} says;

static int say(void)
{
	for (int nid = 0; nid < says.nr_nodes; nid++)
		assert_int_equal(numa_add_node(nid), 0);
	for (const struct ram *r = says.ranges; r->end; r++)
		assert_int_equal(numa_add_memblk(r->nid, r->start, r->end), 0);
	for (int i = 0; says.distances && i < says.nr_nodes * says.nr_nodes; i++)
		numa_set_distance(i / says.nr_nodes, i % says.nr_nodes, says.distances[i]);
	for (int cpu = 0; cpu < says.nr_cpus; cpu++)
		assert_int_equal(numa_set_cpu_node(cpu, cpu), 0);
	return says.err;
}

static struct numa_source test_source = {.name = "test", .init = say};

static void machine_nodes(const struct ram *ram, const struct ram *nodes, int nr_nodes,
			  const unsigned char *distances)
{
	machine_ram(ram);
	says.ranges = nodes;
	says.nr_nodes = nr_nodes;
	says.distances = distances;
	says.nr_cpus = 0;
	says.err = 0;
	numa_register_source(&test_source);
}

static void assert_log(const char *text)
{
	if (!host_log_contains(text))
		fail_msg("not in the log: %s", text);
}

/* 1 GB on node 0, 3 GB on node 1, around the hole below 4 GB. */
static const struct ram two_node_ram[] = {
	{0x1000, 0xa0000, 0},	     {0x100000, 0x800000, 0},	    {0x808000, 0x80b000, 0},
	{0x80c000, 0x810000, 0},     {0x900000, 0x7ee8b000, 0},	    {0x7ef4c000, 0x7f8ed000, 0},
	{0x7fbff000, 0x7ff40000, 0}, {0x100000000, 0x180000000, 0}, RAM_END,
};
static const struct ram two_nodes[] = {
	{0, 0xa0000, 0},
	{0x100000, 0x40000000, 0},
	{0x40000000, 0x80000000, 1},
	{0x100000000, 0x180000000, 1},
	RAM_END,
};

static void two_nodes_have_linuxs_zones_and_zonelists(void **state)
{
	static const unsigned char distances[] = {10, 21, 21, 10};

	(void)state;
	machine_nodes(two_node_ram, two_nodes, 2, distances);
	mminit_loglevel = 4;
	machine_zones();
	mem_init();
	assert_int_equal(zone_of(0, ZONE_DMA)->present_pages, 3750);
	assert_int_equal(zone_of(0, ZONE_DMA32)->spanned_pages, 258048);
	assert_int_equal(zone_of(0, ZONE_DMA32)->present_pages, 258048);
	assert_int_equal(zone_of(1, ZONE_DMA32)->spanned_pages, 786432);
	assert_int_equal(zone_of(1, ZONE_DMA32)->present_pages, 260973);
	assert_int_equal(zone_of(1, ZONE_NORMAL)->spanned_pages, 524288);
	assert_log("NODE_DATA(0) allocated [mem 0x3ff");
	assert_log("NODE_DATA(1) allocated [mem 0x17f");
	assert_log("  node   0: [mem 0x0000000000900000-0x000000003fffffff]\n");
	assert_log("  node   1: [mem 0x0000000040000000-0x000000007ee8afff]\n");
	assert_log("Initmem setup node 1 [mem 0x0000000040000000-0x000000017fffffff]\n");
	assert_log("On node 1, zone DMA32: 193 pages in unavailable ranges\n");
	assert_log("On node 1, zone Normal: 192 pages in unavailable ranges\n");
	assert_log("Fallback order for Node 0: 0 1 \n");
	assert_log("Fallback order for Node 1: 1 0 \n");
	assert_log("mminit::zonelist general 0:DMA32 = 0:DMA32 0:DMA 1:DMA32 \n");
	assert_log("mminit::zonelist general 1:Normal = 1:Normal 1:DMA32 0:DMA32 0:DMA \n");
	assert_log("mminit::zonelist thisnode 1:Normal = 1:Normal 1:DMA32 \n");
	assert_log("Built 2 zonelists, mobility grouping on.  Total pages: ");
	assert_int_equal(verify_all(), 0);
}

/* Four nodes of 2 GB; the hole below 4 GB pushes the last one up. */
static const struct ram four_node_ram[] = {
	{0x1000, 0xa0000, 0},
	{0x100000, 0x80000000, 0},
	{0x100000000, 0x280000000, 0},
	RAM_END,
};
static const struct ram four_nodes[] = {
	{0, 0x80000000, 0},
	{0x100000000, 0x180000000, 1},
	{0x180000000, 0x200000000, 2},
	{0x200000000, 0x280000000, 3},
	RAM_END,
};

static void nearer_nodes_come_first(void **state)
{
	static const unsigned char distances[] = {10, 16, 21, 31, 16, 10, 31, 21,
						  21, 31, 10, 16, 31, 21, 16, 10};

	(void)state;
	machine_nodes(four_node_ram, four_nodes, 4, distances);
	mminit_loglevel = 4;
	machine_zones();
	assert_log("Fallback order for Node 0: 0 1 2 3 \n");
	assert_log("Fallback order for Node 1: 1 0 3 2 \n");
	assert_log("Fallback order for Node 2: 2 3 0 1 \n");
	assert_log("Fallback order for Node 3: 3 2 1 0 \n");
	assert_log(
		"mminit::zonelist general 1:Normal = 1:Normal 0:DMA32 0:DMA 3:Normal 2:Normal \n");
	assert_log("Built 4 zonelists");
}

static void ties_in_distance_go_round(void **state)
{
	(void)state;
	machine_nodes(four_node_ram, four_nodes, 4, NULL);
	machine_zones();
	assert_log("Fallback order for Node 0: 0 1 2 3 \n");
	assert_log("Fallback order for Node 1: 1 2 3 0 \n");
	assert_log("Fallback order for Node 2: 2 3 0 1 \n");
	assert_log("Fallback order for Node 3: 3 0 1 2 \n");
}

static void a_memoryless_node_has_a_list_but_is_in_nobodys(void **state)
{
	static const struct ram nodes[] = {
		{0, 0x80000000, 0}, {0x100000000, 0x280000000, 2}, RAM_END};
	struct page *page;

	(void)state;
	machine_nodes(four_node_ram, nodes, 3, NULL);
	machine_zones();
	mem_init();
	assert_log("Initializing node 1 as memoryless\n");
	assert_log("Initmem setup node 1 as memoryless\n");
	assert_log("Fallback order for Node 0: 0 2 \n");
	assert_log("Fallback order for Node 1: 1 2 0 \n");
	assert_log("Fallback order for Node 2: 2 0 \n");
	assert_false(node_state(1, N_MEMORY));
	page = alloc_pages_node(1, GFP_KERNEL, 0);
	assert_int_equal(page_to_nid(page), 2);
	__free_page(page);
	assert_null(alloc_pages_node(1, GFP_KERNEL | __GFP_THISNODE | __GFP_NOWARN, 0));
	assert_int_equal(verify_all(), 0);
}

static void assert_counts(const struct zone *zone, const unsigned long counts[])
{
	for (int item = 0; item < NR_VM_NUMA_EVENT_ITEMS; item++)
		if (zone_numa_event_state(zone, (enum numa_stat_item)item) != counts[item])
			fail_msg("%s of node %d: %lu, not %lu", numa_stat_names[item], zone->node,
				 zone_numa_event_state(zone, (enum numa_stat_item)item),
				 counts[item]);
}

/* What they take there hits, as the nearest node is what they want, but is another's. */
static void cpus_of_a_memoryless_node_have_lists_of_the_nearest(void **state)
{
	static const struct ram nodes[] = {
		{0, 0x80000000, 0}, {0x100000000, 0x280000000, 2}, RAM_END};
	static const unsigned long none[NR_VM_NUMA_EVENT_ITEMS];
	static const unsigned long four_hits[NR_VM_NUMA_EVENT_ITEMS] = {
		[NUMA_HIT] = 4, [NUMA_OTHER] = 4};
	struct zone *zone;
	struct page *page;

	(void)state;
	nr_cpu_ids = 3;
	machine_nodes(four_node_ram, nodes, 3, NULL);
	says.nr_cpus = 3;
	machine_zones();
	mem_init();
	zone = zone_of(2, ZONE_NORMAL);
	assert_counts(zone, none);
	host_set_cpu(1);
	assert_int_equal(numa_node_id(), 1);
	for (unsigned int order = 0; order < 2; order++) {
		page = alloc_pages(GFP_KERNEL, order);
		assert_ptr_equal(page_zone(page), zone);
		__free_pages(page, order);
		assert_ptr_equal(alloc_pages(GFP_KERNEL, order), page);
		__free_pages(page, order);
	}
	assert_ptr_equal(raw_cpu_read(page_cpu.alloc_lists)[GFP_KERNEL & PCP_GFP_MASK]->zone, zone);
	assert_true(pcp_count(zone, 1) >= 3);
	assert_int_equal(pcp_count(zone, 2), 0);
	assert_counts(zone, four_hits);
	assert_null(alloc_page(GFP_KERNEL | __GFP_THISNODE | __GFP_NOWARN));
	assert_counts(zone, four_hits);
	host_set_cpu(0);
	drain_all_pages(NULL);
	assert_int_equal(verify_all(), 0);
	nr_cpu_ids = 1;
}

static void allocations_stay_on_the_nodes_asked_for(void **state)
{
	nodemask_t only_2 = {};

	(void)state;
	machine_nodes(four_node_ram, four_nodes, 4, NULL);
	machine_zones();
	mem_init();
	node_set(2, only_2);
	for (int nid = 0; nid < 4; nid++) {
		struct page *page = alloc_pages_node(nid, GFP_KERNEL, 3);
		struct page *masked = __alloc_pages(GFP_KERNEL, 0, nid, &only_2);

		assert_int_equal(page_to_nid(page), nid);
		assert_int_equal(page_to_nid(masked), 2);
		__free_pages(page, 3);
		__free_page(masked);
	}
	/* A mask leaves only node 2 to be preferred: nobody missed what it wanted. */
	assert_int_equal(zone_numa_event_state(zone_of(2, ZONE_NORMAL), NUMA_HIT), 5);
	assert_int_equal(zone_numa_event_state(zone_of(2, ZONE_NORMAL), NUMA_OTHER), 5);
	assert_int_equal(zone_numa_event_state(zone_of(1, ZONE_NORMAL), NUMA_FOREIGN), 0);
	/* Four of order 3, and four of one page, each where it was wanted. */
	assert_int_equal(global_numa_event_state(NUMA_HIT), 8);
	assert_int_equal(sum_zone_numa_event_state(2, NUMA_HIT), 5);
	__count_numa_event(zone_of(1, ZONE_NORMAL), NUMA_INTERLEAVE_HIT);
	__count_numa_events(zone_of(3, ZONE_NORMAL), NUMA_INTERLEAVE_HIT, 2);
	assert_int_equal(global_numa_event_state(NUMA_INTERLEAVE_HIT), 3);
	assert_int_equal(verify_all(), 0);
}

static void this_node_only_fails_when_the_node_is_full(void **state)
{
	unsigned long taken = 0;
	struct page *page;

	(void)state;
	machine_nodes(four_node_ram, four_nodes, 4, NULL);
	machine_zones();
	mem_init();
	assert_int_equal(numa_map_to_online_node(NUMA_NO_NODE), NUMA_NO_NODE);
	assert_int_equal(numa_map_to_online_node(2), 2);
	assert_true(node_online(numa_map_to_online_node(MAX_NUMNODES - 1)));
	while ((page = alloc_pages_node(3, GFP_KERNEL | __GFP_THISNODE | __GFP_NOWARN, 10))) {
		assert_int_equal(page_to_nid(page), 3);
		taken++;
	}
	assert_true(taken > 480);
	page = alloc_pages_node(3, GFP_KERNEL, 10);
	assert_int_not_equal(page_to_nid(page), 3);
	assert_int_equal(zone_numa_event_state(page_zone(page), NUMA_MISS), 1);
	assert_int_equal(zone_numa_event_state(zone_of(3, ZONE_NORMAL), NUMA_FOREIGN), 1);
}

static void page_structs_and_node_data_lie_on_their_node(void **state)
{
	(void)state;
	machine_nodes(four_node_ram, four_nodes, 4, NULL);
	machine_zones();
	mem_init();
	memmap_make_all();
	for (unsigned long nr = next_made_section(0); nr != ULONG_MAX;
	     nr = next_made_section(nr + 1)) {
		unsigned long pfn = __nr_to_section(nr)->memmap_pfn;

		assert_int_equal(pfn_to_nid(pfn), pfn_to_nid(section_nr_to_pfn(nr)));
		assert_true(PageMemmap(pfn_to_page(pfn)));
	}
	for (int nid = 0; nid < 4; nid++)
		assert_int_equal(pfn_to_nid(virt_to_pfn(NODE_DATA(nid))), nid);
}

/* ---- Sources that cannot be believed ----------------------------------------- */

static void expect_dummy_node(const char *why)
{
	machine_zones();
	mem_init();
	assert_log(why);
	assert_log("No NUMA configuration found\n");
	assert_int_equal(num_online_nodes(), 1);
	assert_int_equal(NODE_DATA(0)->node_present_pages, get_num_physpages());
	assert_int_equal(verify_all(), 0);
}

static void nodes_that_overlap_are_refused(void **state)
{
	static const struct ram nodes[] = {
		{0, 0x80000000, 0}, {0x7fff0000, 0x280000000, 1}, RAM_END};

	(void)state;
	machine_nodes(four_node_ram, nodes, 2, NULL);
	expect_dummy_node("node 0 [mem 0x00000000-0x7fffffff] overlaps with node 1 [mem "
			  "0x7fff0000-0x27fffffff]\n");
}

/* The node's second range ends first: the overlap is with the first one. */
static void an_overlap_hidden_behind_a_short_range_is_found(void **state)
{
	static const struct ram nodes[] = {{0, 0x200000000, 0},
					   {0x10000000, 0x20000000, 0},
					   {0x180000000, 0x280000000, 1},
					   RAM_END};

	(void)state;
	machine_nodes(four_node_ram, nodes, 2, NULL);
	expect_dummy_node("overlaps with node 1");
	assert_log("overlaps with itself");
}

static void a_source_that_misses_a_megabyte_is_refused(void **state)
{
	static const struct ram nodes[] = {
		{0, 0x80000000, 0}, {0x100000000, 0x27ff00000, 1}, RAM_END};

	(void)state;
	machine_nodes(four_node_ram, nodes, 2, NULL);
	expect_dummy_node("NUMA: nodes only cover ");
}

static void less_than_a_megabyte_goes_to_the_neighbour(void **state)
{
	static const struct ram nodes[] = {{0x2000, 0x80000000, 0},
					   {0x100000000, 0x200000000, 1},
					   {0x200010000, 0x280000000, 2},
					   RAM_END};

	(void)state;
	machine_nodes(four_node_ram, nodes, 3, NULL);
	machine_zones();
	mem_init();
	assert_log(
		"NUMA: no node claims [mem 0x0000000000001000-0x0000000000001fff], using node 0\n");
	assert_log(
		"NUMA: no node claims [mem 0x0000000200000000-0x000000020000ffff], using node 1\n");
	assert_int_equal(num_online_nodes(), 3);
	assert_int_equal(pfn_to_nid(PHYS_PFN(0x200000000)), 1);
	assert_int_equal(pfn_to_nid(PHYS_PFN(0x200010000)), 2);
	assert_int_equal(zone_of(2, ZONE_NORMAL)->zone_start_pfn, PHYS_PFN(0x200010000));
	assert_int_equal(verify_all(), 0);
}

static void a_source_that_fails_leaves_nothing_behind(void **state)
{
	static const unsigned char distances[] = {10, 30, 30, 10};

	(void)state;
	machine_nodes(four_node_ram, two_nodes, 2, distances);
	says.err = -EINVAL;
	expect_dummy_node("NUMA: test gives no nodes (error -22)\n");
	assert_int_equal(node_distance(0, 1), REMOTE_DISTANCE);
	assert_false(node_isset(1, node_possible_map));
}

static int say_nothing(void)
{
	return -ENODEV;
}

static void a_second_source_is_asked_when_the_first_fails(void **state)
{
	static struct numa_source silent = {.name = "silent", .init = say_nothing};

	(void)state;
	machine_nodes(four_node_ram, four_nodes, 4, NULL);
	numa_reset();
	numa_register_source(&silent);
	numa_register_source(&test_source);
	machine_zones();
	assert_log("NUMA: silent gives no nodes (error -19)\n");
	assert_int_equal(num_online_nodes(), 4);
	assert_false(host_log_contains("No NUMA configuration found"));
}

static void ranges_past_the_end_of_ram_are_cut(void **state)
{
	static const struct ram nodes[] = {{0, 0x80000000, 0},
					   {0x100000000, 0x8000000000, 1},
					   {0x8000000000, 0x10000000000, 2},
					   RAM_END};

	(void)state;
	machine_nodes(four_node_ram, nodes, 3, NULL);
	machine_zones();
	mem_init();
	assert_log("Initmem setup node 1 [mem 0x0000000100000000-0x000000027fffffff]\n");
	assert_log("Initmem setup node 2 as memoryless\n");
	assert_int_equal(verify_all(), 0);
}

/* As on Linux it gets its pgdat late; here its memory is used all the same. */
static void a_node_under_4_mb_keeps_its_memory(void **state)
{
	static const struct ram nodes[] = {{0, 0x80000000, 0},
					   {0x100000000, 0x27fe00000, 1},
					   {0x27fe00000, 0x280000000, 2},
					   RAM_END};

	(void)state;
	machine_nodes(four_node_ram, nodes, 3, NULL);
	machine_zones();
	mem_init();
	assert_log("Initializing node 2 as memoryless\n");
	assert_int_equal(zone_of(2, ZONE_NORMAL)->present_pages, 512);
	assert_true(zone_page_state(zone_of(2, ZONE_NORMAL), NR_FREE_PAGES) > 200);
	assert_int_equal(verify_all(), 0);
}

static void bad_ranges_nodes_and_distances_are_refused(void **state)
{
	(void)state;
	machine_ram(four_node_ram);
	assert_int_equal(numa_add_memblk(0, 0x2000, 0x1000), -EINVAL);
	assert_int_equal(numa_add_memblk(-1, 0x1000, 0x2000), -EINVAL);
	assert_int_equal(numa_add_memblk(MAX_NUMNODES, 0x1000, 0x2000), -EINVAL);
	assert_int_equal(numa_add_memblk(0, 0x1000, 0x1000), 0);
	assert_int_equal(numa_add_node(MAX_NUMNODES), -EINVAL);
	assert_int_equal(numa_add_node(1), 0);
	assert_int_equal(numa_set_distance(0, 2, 20), -EINVAL);
	assert_int_equal(numa_set_distance(0, 1, 10), 0); /* parts of one node */
	assert_int_equal(numa_set_distance(0, 1, 9), -EINVAL);
	assert_int_equal(numa_set_distance(0, 0, 11), -EINVAL);
	assert_int_equal(numa_set_distance(0, 1, 256), -EINVAL);
	assert_int_equal(numa_set_distance(0, 1, 255), 0);
	assert_int_equal(node_distance(0, 1), 255);
	assert_int_equal(node_distance(1, 0), REMOTE_DISTANCE);
	assert_int_equal(node_distance(5, 5), LOCAL_DISTANCE);
}

static void more_ranges_than_there_is_room_for_are_refused(void **state)
{
	(void)state;
	machine_ram(four_node_ram);
	for (u64 i = 0; i < NR_NODE_MEMBLKS; i++)
		assert_int_equal(numa_add_memblk(0, (2 * i) << 20, (2 * i + 1) << 20), 0);
	assert_int_equal(numa_add_memblk(0, 1ULL << 40, 2ULL << 40), -ENOSPC);
	assert_log("too many memblk ranges (2048) adding node 0");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, machine_down)
	const struct CMUnitTest tests[] = {
		TEST(two_nodes_have_linuxs_zones_and_zonelists),
		TEST(nearer_nodes_come_first),
		TEST(ties_in_distance_go_round),
		TEST(a_memoryless_node_has_a_list_but_is_in_nobodys),
		TEST(cpus_of_a_memoryless_node_have_lists_of_the_nearest),
		TEST(allocations_stay_on_the_nodes_asked_for),
		TEST(this_node_only_fails_when_the_node_is_full),
		TEST(page_structs_and_node_data_lie_on_their_node),
		TEST(nodes_that_overlap_are_refused),
		TEST(an_overlap_hidden_behind_a_short_range_is_found),
		TEST(a_source_that_misses_a_megabyte_is_refused),
		TEST(less_than_a_megabyte_goes_to_the_neighbour),
		TEST(a_source_that_fails_leaves_nothing_behind),
		TEST(a_second_source_is_asked_when_the_first_fails),
		TEST(ranges_past_the_end_of_ram_are_cut),
		TEST(a_node_under_4_mb_keeps_its_memory),
		TEST(bad_ranges_nodes_and_distances_are_refused),
		TEST(more_ranges_than_there_is_room_for_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
