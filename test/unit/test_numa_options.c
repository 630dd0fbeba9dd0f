/* SPDX-License-Identifier: MIT */
/*
 * Machines with nodes whose memory map the user changes: what each node has left, where
 * its tables lie, and that page structs made at once or later count the same.
 */
#include "acpi_machine.h"

#include <stdio.h>

struct node_want {
	int nid;
	u64 start, end; /* of its span; 0, 0: memoryless */
	unsigned long present;
	const char *fallback;
};

struct machine {
	const char *name;
	const char *options;
	struct ram nodes[6]; /* the node's share of the address space */
	int cpu_nodes;	     /* nodes 0 to this one less 1 have a CPU */
	struct node_want want[3];
	const char *log; /* a line about it, or NULL */
};

/* All have this RAM: 2 GB below the hole, 6 GB above it. */
static const struct e820_entry map[] = {
	{.addr = 0, .size = 0x9fc00, .type = E820_TYPE_RAM},
	{.addr = 0x9fc00, .size = 0x400, .type = E820_TYPE_RESERVED},
	{.addr = 0xf0000, .size = 0x10000, .type = E820_TYPE_RESERVED},
	{.addr = 0x100000, .size = 0x7fedf000, .type = E820_TYPE_RAM},
	{.addr = 0x7ffdf000, .size = 0x21000, .type = E820_TYPE_RESERVED},
	{.addr = SZ_4G, .size = 6UL * SZ_1G, .type = E820_TYPE_RAM},
};

#define LOW_END	  0x7ffdf000UL
#define LOW_PAGES (0x9e + 0x7fedf)
#define GB(n)	  ((u64)(n)*SZ_1G)
#define PAGES(n)  ((n)*262144UL)

/* clang-format off */
#define AT_4G  {{0, GB(2), 0}, {GB(4), GB(10), 1}}
#define NODE_0 {0, PAGE_SIZE, LOW_END, LOW_PAGES, "0 1 "}
/* clang-format on */

static const struct machine machines[] = {
	/* What Linux 6.1 made of the first three is known. */
	{"no option", "", AT_4G, 2, {NODE_0, {1, GB(4), GB(10), PAGES(6), "1 0 "}}, NULL},
	{"mem= before the second node",
	 "mem=3G",
	 AT_4G,
	 2,
	 {{0, PAGE_SIZE, LOW_END, LOW_PAGES, "0 "}, {1, 0, 0, 0, "1 0 "}},
	 "Built 2 zonelists, "},
	{"the second node's memory put aside",
	 "memmap=2G%8G-1+0xefffffff",
	 {{0, GB(2), 0}, {GB(4), GB(8), 0}, {GB(8), GB(10), 1}},
	 1,
	 {{0, PAGE_SIZE, GB(8), LOW_PAGES + PAGES(4), "0 "}, {1, 0, 0, 0, "1 0 "}},
	 "Built 1 zonelists, "},
	{"mem= inside the second node",
	 "mem=6G",
	 AT_4G,
	 2,
	 {NODE_0, {1, GB(4), GB(6), PAGES(2), "1 0 "}},
	 NULL},
	{"a reserved hole in the second node",
	 "memmap=512M$6G",
	 AT_4G,
	 2,
	 {NODE_0, {1, GB(4), GB(10), PAGES(6) - PAGES(1) / 2, "1 0 "}},
	 NULL},
	{"ACPI data and persistent memory in it",
	 "memmap=1G#5G,1G!9G",
	 AT_4G,
	 2,
	 {NODE_0, {1, GB(4), GB(9), PAGES(4), "1 0 "}},
	 NULL},
	{"a map of the user's own",
	 "memmap=exactmap memmap=639K@0 memmap=1G@1M memmap=1G@8G",
	 AT_4G,
	 2,
	 {{0, PAGE_SIZE, GB(1) + SZ_1M, 0x9e + PAGES(1), "0 1 "},
	  {1, GB(8), GB(9), PAGES(1), "1 0 "}},
	 NULL},
	{"a hole that no page boundary ends",
	 "memmap=4097$0x120000800",
	 AT_4G,
	 2,
	 {NODE_0, {1, GB(4), GB(10), PAGES(6) - 2, "1 0 "}},
	 NULL},
	{"kernelcore= and a hole in the movable node",
	 "kernelcore=3G memmap=1G$8G",
	 AT_4G,
	 2,
	 {NODE_0, {1, GB(4), GB(10), PAGES(5), "1 0 "}},
	 "  Node 1: 0x0000000140400000\n"},
};

static const struct machine *now;

static int say_nodes(void)
{
	for (int nid = 0; nid < now->cpu_nodes; nid++)
		assert_int_equal(numa_set_cpu_node(nid, nid), 0);
	for (const struct ram *r = now->nodes; r->end; r++)
		assert_int_equal(numa_add_memblk(r->nid, r->start, r->end), 0);
	return 0;
}

static struct numa_source source = {.name = "test", .init = say_nodes};

static void boot(const struct machine *m, const char *more_options)
{
	struct boot_info *info;
	char options[160];

	snprintf(options, sizeof(options), "%s %s", m->options, more_options);
	info = acpi_machine(map, ARRAY_SIZE(map), options);
	now = m;
	numa_register_source(&source);
	bad_options = 0;
	bring_up(info);
	assert_int_equal(bad_options, 0);
}

static void assert_node(const struct machine *m, const struct node_want *want)
{
	const pg_data_t *pgdat = NODE_DATA(want->nid);
	char line[128];

	if (pgdat->node_present_pages != want->present)
		fail_msg("%s: node %d has %lu pages, not %lu", m->name, want->nid,
			 pgdat->node_present_pages, want->present);
	if (want->end)
		snprintf(line, sizeof(line), "Initmem setup node %d [mem 0x%016llx-0x%016llx]\n",
			 want->nid, (unsigned long long)want->start,
			 (unsigned long long)want->end - 1);
	else
		snprintf(line, sizeof(line), "Initmem setup node %d as memoryless\n", want->nid);
	assert_in_log(line);
	snprintf(line, sizeof(line), "Fallback order for Node %d: %s\n", want->nid, want->fallback);
	assert_in_log(line);
}

static void nodes_keep_what_the_user_leaves_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		const struct machine *m = &machines[i];
		unsigned long present = 0;

		boot(m, "");
		for (const struct node_want *want = m->want; want->fallback; want++) {
			assert_node(m, want);
			present += want->present;
		}
		assert_int_equal(get_num_physpages(), present);
		if (m->log)
			assert_in_log(m->log);
		assert_int_equal(mm_verify_all(), 0);
		host_machine_exit();
	}
}

struct counts {
	unsigned long spanned, present, managed, memmap;
};

static void count_zones(struct counts *counts)
{
	struct zone *zone;

	for_each_zone (zone)
		*counts++ = (struct counts){
			zone->spanned_pages, zone->present_pages, zone_managed_pages(zone),
			(unsigned long)atomic_long_read(&zone->zone_pgdat->vm_stat[NR_MEMMAP])};
}

static void eager_and_lazy_page_structs_end_in_the_same_counts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		struct counts lazy[2 * MAX_NR_ZONES] = {0}, eager[2 * MAX_NR_ZONES] = {0};

		boot(&machines[i], "");
		memmap_make_all();
		count_zones(lazy);
		assert_int_equal(mm_verify_all(), 0);
		host_machine_exit();
		boot(&machines[i], "memmap_init=eager");
		count_zones(eager);
		assert_int_equal(mm_verify_all(), 0);
		host_machine_exit();
		if (memcmp(lazy, eager, sizeof(lazy)))
			fail_msg("%s", machines[i].name);
	}
}

/* ---- Where a node's tables lie ---------------------------------------------------- */

static int node_of(const void *table)
{
	return pfn_to_nid(virt_to_pfn(table));
}

/* The node itself where it has memory; above the DMA zone where it has some there. */
static void assert_tables_on_node(int nid)
{
	const pg_data_t *pgdat = NODE_DATA(nid);

	assert_int_equal(node_of(pgdat), nid);
	for (int list = 0; list < MAX_ZONELISTS; list++) {
		const void *refs = pgdat->node_zonelists[list]._zonerefs;

		assert_int_equal(node_of(refs), nid);
		assert_true(virt_to_pfn(refs) >= MAX_DMA_PFN);
	}
	assert_true(virt_to_pfn(pgdat) >= MAX_DMA_PFN);
}

static void tables_lie_on_their_own_node_above_the_dma_zone(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		int nid;

		boot(&machines[i], "");
		for_each_node_state (nid, N_MEMORY)
			assert_tables_on_node(nid);
		memmap_make_all();
		for (unsigned long nr = next_made_section(0); nr != ULONG_MAX;
		     nr = next_made_section(nr + 1))
			assert_int_equal(pfn_to_nid(__nr_to_section(nr)->memmap_pfn),
					 page_to_nid(pfn_to_page(section_nr_to_pfn(nr))));
		host_machine_exit();
	}
}

static void tables_of_a_node_without_memory_lie_on_another(void **state)
{
	(void)state;
	boot(&machines[1], "");
	assert_int_equal(node_of(NODE_DATA(1)), 0);
	assert_in_log("    NODE_DATA(1) on node 0\n");
	assert_ptr_equal(page_zone(alloc_pages_node(1, GFP_KERNEL, 0)), zone_of(0, ZONE_DMA32));
}

/* ---- Small nodes ------------------------------------------------------------------- */

/* Linux calls it memoryless, and its memory is in no list; here it is used. */
static void a_node_of_less_than_4_mb_is_set_up_late_and_not_lost(void **state)
{
	static const struct machine small = {
		.nodes = {{0, GB(2), 0}, {GB(4), GB(10) - SZ_2M, 1}, {GB(10) - SZ_2M, GB(10), 2}},
		.options = "",
		.cpu_nodes = 2,
	};
	static const struct machine large = {
		.nodes = {{0, GB(2), 0}, {GB(4), GB(10) - SZ_4M, 1}, {GB(10) - SZ_4M, GB(10), 2}},
		.options = "",
		.cpu_nodes = 2,
	};

	(void)state;
	boot(&small, "");
	assert_in_log("Initializing node 2 as memoryless\n");
	assert_int_equal(NODE_DATA(2)->node_present_pages, SZ_2M >> PAGE_SHIFT);
	assert_no_ram_is_lost();
	assert_int_equal(mm_verify_all(), 0);
	host_machine_exit();

	boot(&large, "");
	assert_not_in_log("Initializing node 2 as memoryless\n");
	assert_int_equal(NODE_DATA(2)->node_present_pages, SZ_4M >> PAGE_SHIFT);
	assert_no_ram_is_lost();
	assert_int_equal(mm_verify_all(), 0);
}

/* RAM where no node is: Linux doubts the nodes, not the user. */
static void memory_added_past_all_nodes_makes_one_node(void **state)
{
	static const struct machine more = {
		.nodes = {{0, GB(2), 0}, {GB(4), GB(6), 1}},
		.options = "memmap=exactmap,639K@0,1G@1M,1G@8G",
		.cpu_nodes = 2,
	};

	(void)state;
	boot(&more, "");
	assert_in_log("NUMA: nodes only cover 1024MB of your 2048MB e820 RAM. Not used.\n");
	assert_in_log("No NUMA configuration found\n");
	assert_int_equal(NODE_DATA(0)->node_present_pages, 0x9e + PAGES(2));
	assert_int_equal(mm_verify_all(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nodes_keep_what_the_user_leaves_them),
		cmocka_unit_test(eager_and_lazy_page_structs_end_in_the_same_counts),
		cmocka_unit_test(tables_lie_on_their_own_node_above_the_dma_zone),
		cmocka_unit_test_teardown(tables_of_a_node_without_memory_lie_on_another,
					  machine_down),
		cmocka_unit_test_teardown(a_node_of_less_than_4_mb_is_set_up_late_and_not_lost,
					  machine_down),
		cmocka_unit_test_teardown(memory_added_past_all_nodes_makes_one_node, machine_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
