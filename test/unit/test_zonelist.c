/* SPDX-License-Identifier: MIT */
/*
 * Zonelists: in which order nodes and zones are tried. Orders of nodes are those that
 * Linux 6.1 printed for the same distances.
 */
#include "zones_machine.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <baremm/options.h>

#define RAM_END         \
	{               \
		0, 0, 0 \
	}

#define MAX_NODES 8

static const struct ram *node_ranges;
static const unsigned char *node_distances;
static int nr_nodes;

static int say(void)
{
	for (int nid = 0; nid < nr_nodes; nid++)
		assert_int_equal(numa_add_node(nid), 0);
	for (const struct ram *r = node_ranges; r->end; r++)
		assert_int_equal(numa_add_memblk(r->nid, r->start, r->end), 0);
	for (int i = 0; node_distances && i < nr_nodes * nr_nodes; i++)
		numa_set_distance(i / nr_nodes, i % nr_nodes, node_distances[i]);
	return 0;
}

static struct numa_source source = {.name = "test", .init = say};

static void nodes_up(const struct ram *ram, int nr, const unsigned char *distances,
		     const char *options)
{
	machine_ram(ram);
	node_ranges = ram;
	nr_nodes = nr;
	node_distances = distances;
	numa_register_source(&source);
	mm_register_options();
	bad_options = 0;
	assert_int_equal(parse_options(options), 0);
	machine_zones();
}

/* "1:Normal 0:DMA32 0:DMA " */
static void assert_walk(const struct zonelist *list, enum zone_type highest,
			const nodemask_t *nodes, const char *expected)
{
	char text[256] = "";
	struct zoneref *z;
	struct zone *zone;

	for_each_zone_zonelist_nodemask (zone, z, list, highest, nodes) {
		size_t len = strlen(text);

		assert_ptr_equal(zonelist_zone(z), zone);
		assert_int_equal(zonelist_zone_idx(z), zone_idx(zone));
		assert_int_equal(zonelist_node_idx(z), zone->node);
		snprintf(text + len, sizeof(text) - len, "%d:%s ", zone->node, zone->name);
	}
	assert_string_equal(text, expected);
}

static void assert_list(int nid, const char *expected)
{
	assert_walk(&NODE_DATA(nid)->node_zonelists[ZONELIST_FALLBACK], ZONE_MOVABLE, NULL,
		    expected);
}

/* ---- The order of nodes ------------------------------------------------------------- */

static const struct {
	const char *name;
	int nr;
	unsigned int memoryless;			/* one bit for each node */
	unsigned char distances[MAX_NODES * MAX_NODES]; /* 0: the defaults */
	const char *orders[MAX_NODES];
} orders[] = {
	{"one node", 1, 0, {0}, {"0 "}},
	{"two nodes", 2, 0, {0}, {"0 1 ", "1 0 "}},
	{"three nodes", 3, 0, {0}, {"0 1 2 ", "1 2 0 ", "2 0 1 "}},
	{"four nodes", 4, 0, {0}, {"0 1 2 3 ", "1 2 3 0 ", "2 3 0 1 ", "3 0 1 2 "}},
	{"nobody falls back to a node without memory", 3, 1 << 1, {0}, {"0 2 ", "1 2 0 ", "2 0 "}},
	{"the last node has none", 3, 1 << 2, {0}, {"0 1 ", "1 0 ", "2 0 1 "}},
	{"nodes of persistent memory beside two sockets",
	 4,
	 1 << 2 | 1 << 3,
	 {10, 20, 13, 23, 20, 10, 23, 13, 13, 23, 10, 28, 23, 13, 28, 10},
	 {"0 1 ", "1 0 ", "2 0 1 ", "3 1 0 "}},
	{"two pairs",
	 4,
	 0,
	 {10, 16, 21, 31, 16, 10, 31, 21, 21, 31, 10, 16, 31, 21, 16, 10},
	 {"0 1 2 3 ", "1 0 3 2 ", "2 3 0 1 ", "3 2 1 0 "}},
	{"four nodes, all distances different",
	 4,
	 0,
	 {10, 20, 30, 40, 20, 10, 25, 15, 30, 25, 10, 12, 40, 15, 12, 10},
	 {"0 1 2 3 ", "1 3 0 2 ", "2 3 1 0 ", "3 2 1 0 "}},
	{"a ring of eight",
	 8,
	 0,
	 {10, 15, 20, 25, 30, 25, 20, 15, 15, 10, 15, 20, 25, 30, 25, 20, 20, 15, 10, 15, 20, 25,
	  30, 25, 25, 20, 15, 10, 15, 20, 25, 30, 30, 25, 20, 15, 10, 15, 20, 25, 25, 30, 25, 20,
	  15, 10, 15, 20, 20, 25, 30, 25, 20, 15, 10, 15, 15, 20, 25, 30, 25, 20, 15, 10},
	 {"0 1 7 2 6 3 5 4 ", "1 2 0 7 3 6 4 5 ", "2 3 1 4 0 5 7 6 ", "3 4 2 5 1 6 0 7 ",
	  "4 5 3 6 2 7 1 0 ", "5 6 4 7 3 0 2 1 ", "6 7 5 0 4 1 3 2 ", "7 0 6 1 5 2 4 3 "}},
};

/* 128 MB for each node that has memory, a gigabyte apart. */
static void one_range_a_node(struct ram *ram, int nr, unsigned int memoryless)
{
	for (int nid = 0; nid < nr; nid++)
		if (!(memoryless >> nid & 1))
			*ram++ = (struct ram){(u64)nid * SZ_1G + PAGE_SIZE,
					      (u64)nid * SZ_1G + SZ_128M, nid};
	*ram = (struct ram)RAM_END;
}

static void nodes_fall_back_in_linuxs_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(orders); i++) {
		struct ram ram[MAX_NODES + 1];

		one_range_a_node(ram, orders[i].nr, orders[i].memoryless);
		nodes_up(ram, orders[i].nr, *orders[i].distances ? orders[i].distances : NULL, "");
		for (int nid = 0; nid < orders[i].nr; nid++) {
			char line[80];

			snprintf(line, sizeof(line), "Fallback order for Node %d: %s\n", nid,
				 orders[i].orders[nid]);
			if (!host_log_contains(line))
				fail_msg("%s: not in the log: %s", orders[i].name, line);
		}
		host_machine_exit();
	}
}

/* ---- The order of zones --------------------------------------------------------------- */

/* Node 0 has 2 GB below the hole and 2 GB above it; node 1 has 4 GB more. */
static const struct ram two_nodes[] = {{0x1000, 0xa0000, 0},
				       {SZ_1M, SZ_2G, 0},
				       {SZ_4G, SZ_4G + SZ_2G, 0},
				       {SZ_4G + SZ_2G, 2 * SZ_4G + SZ_2G, 1},
				       RAM_END};

static void node_order_tries_all_of_a_node_first(void **state)
{
	static const char *const options[] = {"", "numa_zonelist_order=node",
					      "numa_zonelist_order=Node"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		nodes_up(two_nodes, 2, NULL, options[i]);
		assert_list(0, "0:Normal 0:DMA32 0:DMA 1:Normal ");
		assert_list(1, "1:Normal 0:Normal 0:DMA32 0:DMA ");
		assert_int_equal(policy_zone, ZONE_NORMAL);
		host_machine_exit();
	}
}

static void zone_order_tries_all_high_zones_first(void **state)
{
	(void)state;
	nodes_up(two_nodes, 2, NULL, "numa_zonelist_order=zone movablecore=1G");
	assert_list(0, "0:Movable 1:Movable 0:Normal 1:Normal 0:DMA32 0:DMA ");
	assert_list(1, "1:Movable 0:Movable 1:Normal 0:Normal 0:DMA32 0:DMA ");
	assert_int_equal(policy_zone, ZONE_NORMAL);
	mem_init();
	assert_int_equal(verify_all(), 0);
}

static void the_log_names_the_order_only_where_it_was_asked_for(void **state)
{
	static const struct {
		const char *options, *line;
	} cases[] = {
		{"", "Built 2 zonelists, mobility grouping on.  Total pages: "},
		{"numa_zonelist_order=n",
		 "Built 2 zonelists in Node order, mobility grouping on.  Total pages: "},
		{"numa_zonelist_order=Zone",
		 "Built 2 zonelists in Zone order, mobility grouping on.  Total pages: "},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		nodes_up(two_nodes, 2, NULL, cases[i].options);
		assert_true(host_log_contains(cases[i].line));
		host_machine_exit();
	}
}

/* What Linux chose before 3.16, by the share of DMA and DMA32. */
static void the_default_order_follows_the_share_of_low_memory(void **state)
{
	static const struct {
		struct ram ram[5];
		int nr;
		bool zone_order;
	} cases[] = {
		/* 2 of 8 GB are low, half of node 0. */
		{{{0x1000, SZ_2G, 0},
		  {SZ_4G, SZ_4G + SZ_2G, 0},
		  {SZ_4G + SZ_2G, 2 * SZ_4G + SZ_2G, 1},
		  RAM_END},
		 2,
		 true},
		/* More than half is low. */
		{{{0x1000, 3UL * SZ_1G, 0},
		  {SZ_4G, SZ_4G + SZ_1G, 0},
		  {SZ_4G + SZ_1G, SZ_4G + SZ_2G, 1},
		  RAM_END},
		 2,
		 false},
		/* Node 0 has low memory and no other. */
		{{{0x1000, SZ_2G, 0}, {SZ_4G, 3 * SZ_4G, 1}, RAM_END}, 2, false},
		/* Node 0 is over the average, and three quarters of it are low. */
		{{{0x1000, 3UL * SZ_1G, 0},
		  {SZ_4G, SZ_4G + SZ_1G, 0},
		  {SZ_4G + SZ_1G, SZ_4G + SZ_4G, 1},
		  RAM_END},
		 2,
		 false},
		/* The same share on a node that is small beside the others. */
		{{{0x1000, 3UL * SZ_1G, 0},
		  {SZ_4G, SZ_4G + SZ_1G, 0},
		  {SZ_4G + SZ_1G, 5 * SZ_4G, 1},
		  RAM_END},
		 2,
		 true},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		nodes_up(cases[i].ram, cases[i].nr, NULL, "numa_zonelist_order=default");
		if (host_log_contains("in Zone order") != cases[i].zone_order ||
		    host_log_contains("in Node order") == cases[i].zone_order)
			fail_msg("case %zu", i);
		host_machine_exit();
	}
}

static void other_orders_are_refused(void **state)
{
	static const char *const bad[] = {"", "x", "0", " node"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		char value[8];

		strcpy(value, bad[i]);
		assert_int_equal(numa_zonelist_order_parse_option(value), -EINVAL);
	}
	assert_int_equal(numa_zonelist_order_parse_option(NULL), -EINVAL);
}

static void this_nodes_list_holds_no_other_node(void **state)
{
	static const char *const options[] = {"", "numa_zonelist_order=zone"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		nodes_up(two_nodes, 2, NULL, options[i]);
		assert_walk(&NODE_DATA(0)->node_zonelists[ZONELIST_NOFALLBACK], ZONE_MOVABLE, NULL,
			    "0:Normal 0:DMA32 0:DMA ");
		assert_walk(&NODE_DATA(1)->node_zonelists[ZONELIST_NOFALLBACK], ZONE_MOVABLE, NULL,
			    "1:Normal ");
		host_machine_exit();
	}
}

/* ---- Walks ------------------------------------------------------------------------------- */

static void a_walk_leaves_out_higher_zones_and_other_nodes(void **state)
{
	const struct zonelist *list;
	nodemask_t mask = {};

	(void)state;
	nodes_up(two_nodes, 2, NULL, "movablecore=1G");
	list = &NODE_DATA(1)->node_zonelists[ZONELIST_FALLBACK];
	assert_walk(list, ZONE_MOVABLE, NULL,
		    "1:Movable 1:Normal 0:Movable 0:Normal 0:DMA32 0:DMA ");
	assert_walk(list, ZONE_NORMAL, NULL, "1:Normal 0:Normal 0:DMA32 0:DMA ");
	assert_walk(list, ZONE_DMA32, NULL, "0:DMA32 0:DMA ");
	assert_walk(list, ZONE_DMA, NULL, "0:DMA ");
	assert_walk(list, ZONE_MOVABLE, &mask, "");
	node_set(0, mask);
	assert_walk(list, ZONE_MOVABLE, &mask, "0:Movable 0:Normal 0:DMA32 0:DMA ");
	assert_walk(list, ZONE_NORMAL, &mask, "0:Normal 0:DMA32 0:DMA ");
	node_clear(0, mask);
	node_set(1, mask);
	assert_walk(list, ZONE_NORMAL, &mask, "1:Normal ");
	assert_walk(list, ZONE_DMA32, &mask, "");
}

static void a_walk_goes_on_from_a_kept_start(void **state)
{
	struct zoneref *preferred, *z;
	struct zone *zone;
	int nr = 0;

	(void)state;
	nodes_up(two_nodes, 2, NULL, "movablecore=1G");
	preferred = first_zones_zonelist(&NODE_DATA(1)->node_zonelists[ZONELIST_FALLBACK],
					 ZONE_NORMAL, NULL);
	assert_ptr_equal(zonelist_zone(preferred), zone_of(1, ZONE_NORMAL));
	for (int turn = 0; turn < 2; turn++) {
		z = preferred;
		for_next_zone_zonelist_nodemask(zone, z, ZONE_NORMAL, NULL) nr++;
	}
	assert_int_equal(nr, 2 * 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nodes_fall_back_in_linuxs_order),
		cmocka_unit_test(node_order_tries_all_of_a_node_first),
		cmocka_unit_test_teardown(zone_order_tries_all_high_zones_first, machine_down),
		cmocka_unit_test(the_log_names_the_order_only_where_it_was_asked_for),
		cmocka_unit_test(the_default_order_follows_the_share_of_low_memory),
		cmocka_unit_test(other_orders_are_refused),
		cmocka_unit_test(this_nodes_list_holds_no_other_node),
		cmocka_unit_test_teardown(a_walk_leaves_out_higher_zones_and_other_nodes,
					  machine_down),
		cmocka_unit_test_teardown(a_walk_goes_on_from_a_kept_start, machine_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
