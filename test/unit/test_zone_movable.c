/* SPDX-License-Identifier: MIT */
/*
 * Where ZONE_MOVABLE starts, and what that leaves to the other zones: what Linux 6.1
 * made of the same machines and options, then cases of our own.
 */
#include "zone_movable_machine.h"

struct zone_want {
	int nid;
	enum zone_type type;
	unsigned long spanned, present;
};

struct hole_want {
	int nid;
	enum zone_type type;
	unsigned long pages;
};

struct machine {
	const char *name;
	const char *option;
	enum zone_type policy;
	struct ram ram[12];
	struct share nodes[5];	  /* none: the dummy node */
	u64 movable[4];		  /* start on each node, 0: none */
	struct zone_want want[9]; /* all zones that have pages */
	struct hole_want holes[4];
};

static const struct machine machines[] = {
	{"kernelcore-512m",
	 "kernelcore=512M",
	 ZONE_DMA32,
	 {{0x1000, 0x9f000, 0}, {0x100000, 0x3ffdf000, 0}, RAM_END},
	 {NO_NODES},
	 {[0] = 0x20400000},
	 {{0, ZONE_DMA, 4095, 3998},
	  {0, ZONE_DMA32, 128000, 128000},
	  {0, ZONE_MOVABLE, 130015, 130015}},
	 {{0, ZONE_DMA, 98}, {0, ZONE_MOVABLE, 33}}},
	{"kernelcore-50pct",
	 "kernelcore=50%",
	 ZONE_DMA32,
	 {{0x1000, 0x9f000, 0}, {0x100000, 0x3ffdf000, 0}, RAM_END},
	 {NO_NODES},
	 {[0] = 0x20400000},
	 {{0, ZONE_DMA, 4095, 3998},
	  {0, ZONE_DMA32, 128000, 128000},
	  {0, ZONE_MOVABLE, 130015, 130015}},
	 {{0, ZONE_DMA, 98}, {0, ZONE_MOVABLE, 33}}},
	{"kernelcore-7m",
	 "kernelcore=7M",
	 ZONE_DMA32,
	 {{0x1000, 0x9f000, 0}, {0x100000, 0x7ffdf000, 0}, {0x100000000, 0x280000000, 0}, RAM_END},
	 {NO_NODES},
	 {[0] = 0x100000000},
	 {{0, ZONE_DMA, 4095, 3998},
	  {0, ZONE_DMA32, 1044480, 520159},
	  {0, ZONE_MOVABLE, 1572864, 1572864}},
	 {{0, ZONE_DMA, 98}, {0, ZONE_MOVABLE, 33}}},
	{"kernelcore-all",
	 "kernelcore=4G",
	 ZONE_DMA32,
	 {{0x1000, 0x9f000, 0}, {0x100000, 0x3ffdf000, 0}, RAM_END},
	 {NO_NODES},
	 {0},
	 {{0, ZONE_DMA, 4095, 3998}, {0, ZONE_DMA32, 258015, 258015}},
	 {{0, ZONE_DMA, 98}, {0, ZONE_DMA32, 33}}},
	{"movablecore-30pct-8g",
	 "movablecore=30%",
	 ZONE_NORMAL,
	 {{0x1000, 0x9f000, 0}, {0x100000, 0x7ffdf000, 0}, {0x100000000, 0x280000000, 0}, RAM_END},
	 {NO_NODES},
	 {[0] = 0x1e6400000},
	 {{0, ZONE_DMA, 4095, 3998},
	  {0, ZONE_DMA32, 1044480, 520159},
	  {0, ZONE_NORMAL, 943104, 943104},
	  {0, ZONE_MOVABLE, 629760, 629760}},
	 {{0, ZONE_DMA, 98}, {0, ZONE_NORMAL, 33}}},
	{"movablecore-3g-8g",
	 "movablecore=3000M",
	 ZONE_NORMAL,
	 {{0x1000, 0x9f000, 0}, {0x100000, 0x7ffdf000, 0}, {0x100000000, 0x280000000, 0}, RAM_END},
	 {NO_NODES},
	 {[0] = 0x1c4800000},
	 {{0, ZONE_DMA, 4095, 3998},
	  {0, ZONE_DMA32, 1044480, 520159},
	  {0, ZONE_NORMAL, 804864, 804864},
	  {0, ZONE_MOVABLE, 768000, 768000}},
	 {{0, ZONE_DMA, 98}, {0, ZONE_NORMAL, 33}}},
	{"kernelcore-odd",
	 "kernelcore=1234567K",
	 ZONE_DMA32,
	 {{0x1000, 0x9f000, 0}, {0x100000, 0x7ffdf000, 0}, {0x100000000, 0x280000000, 0}, RAM_END},
	 {NO_NODES},
	 {[0] = 0x100000000},
	 {{0, ZONE_DMA, 4095, 3998},
	  {0, ZONE_DMA32, 1044480, 520159},
	  {0, ZONE_MOVABLE, 1572864, 1572864}},
	 {{0, ZONE_DMA, 98}, {0, ZONE_MOVABLE, 33}}},
	{"kernelcore-1g-2node",
	 "kernelcore=1G",
	 ZONE_DMA32,
	 {{0x1000, 0x9f000, 0},
	  {0x100000, 0x7ffdf000, 0},
	  {0x100000000, 0x180000000, 0},
	  {0x180000000, 0x280000000, 0},
	  RAM_END},
	 {{0x0, 0xa0000, 0, false},
	  {0x100000, 0x80000000, 0, false},
	  {0x100000000, 0x180000000, 0, false},
	  {0x180000000, 0x280000000, 1, false}},
	 {[0] = 0x100000000, [1] = 0x180000000},
	 {{0, ZONE_DMA, 4095, 3998},
	  {0, ZONE_DMA32, 1044480, 520159},
	  {0, ZONE_MOVABLE, 524288, 524288},
	  {1, ZONE_MOVABLE, 1048576, 1048576}},
	 {{0, ZONE_DMA, 98}, {0, ZONE_MOVABLE, 33}}},
	{"movablecore-3g-2node-uneven",
	 "movablecore=3G",
	 ZONE_NORMAL,
	 {{0x1000, 0x9f000, 0}, {0x100000, 0x7ffdf000, 0}, {0x100000000, 0x280000000, 0}, RAM_END},
	 {{0x0, 0x80000000, 0, false}, {0x100000000, 0x280000000, 1, false}},
	 {[1] = 0x1c0000000},
	 {{0, ZONE_DMA, 4095, 3998},
	  {0, ZONE_DMA32, 520159, 520159},
	  {1, ZONE_NORMAL, 786432, 786432},
	  {1, ZONE_MOVABLE, 786432, 786432}},
	 {{0, ZONE_DMA, 98}, {1, ZONE_NORMAL, 33}}},
	{"kernelcore-2g-4node",
	 "kernelcore=2G",
	 ZONE_NORMAL,
	 {{0x1000, 0x9f000, 0},
	  {0x100000, 0x7ffdf000, 0},
	  {0x100000000, 0x180000000, 0},
	  {0x180000000, 0x1c0000000, 0},
	  {0x1c0000000, 0x280000000, 0},
	  RAM_END},
	 {{0x0, 0x80000000, 0, false},
	  {0x100000000, 0x180000000, 1, false},
	  {0x180000000, 0x1c0000000, 2, false},
	  {0x1c0000000, 0x280000000, 3, false}},
	 {[1] = 0x100400000, [2] = 0x180400000, [3] = 0x1c0400000},
	 {{0, ZONE_DMA, 4095, 3998},
	  {0, ZONE_DMA32, 520159, 520159},
	  {1, ZONE_NORMAL, 1024, 1024},
	  {1, ZONE_MOVABLE, 523264, 523264},
	  {2, ZONE_NORMAL, 1024, 1024},
	  {2, ZONE_MOVABLE, 261120, 261120},
	  {3, ZONE_NORMAL, 1024, 1024},
	  {3, ZONE_MOVABLE, 785408, 785408}},
	 {{0, ZONE_DMA, 98}, {1, ZONE_NORMAL, 33}}},
	{"movable-node-all-hotplug",
	 "movable_node",
	 ZONE_DMA32,
	 {{0x1000, 0x9f000, 0}, {0x100000, 0x7ffdf000, 0}, {0x100000000, 0x180000000, 0}, RAM_END},
	 {{0x0, 0x80000000, 0, false}, {0x100000000, 0x180000000, 1, true}},
	 {[1] = 0x100000000},
	 {{0, ZONE_DMA, 4095, 3998},
	  {0, ZONE_DMA32, 520159, 520159},
	  {1, ZONE_MOVABLE, 524288, 524288}},
	 {{0, ZONE_DMA, 98}, {1, ZONE_MOVABLE, 33}}},
	{"hotplug-no-movable-node",
	 "",
	 ZONE_NORMAL,
	 {{0x1000, 0x9f000, 0},
	  {0x100000, 0x7ffdf000, 0},
	  {0x100000000, 0x180000000, 0},
	  {0x180000000, 0x280000000, 0},
	  RAM_END},
	 {{0x0, 0x80000000, 0, false},
	  {0x100000000, 0x180000000, 0, false},
	  {0x180000000, 0x280000000, 1, true}},
	 {0},
	 {{0, ZONE_DMA, 4095, 3998},
	  {0, ZONE_DMA32, 1044480, 520159},
	  {0, ZONE_NORMAL, 524288, 524288},
	  {1, ZONE_NORMAL, 1048576, 1048576}},
	 {{0, ZONE_DMA, 98}, {0, ZONE_NORMAL, 33}}},
	{"kernelcore-1g",
	 "kernelcore=1G",
	 ZONE_DMA32,
	 {{0x1000, 0xa0000, 0},
	  {0x100000, 0x800000, 0},
	  {0x808000, 0x80b000, 0},
	  {0x80c000, 0x810000, 0},
	  {0x900000, 0x7eeb7000, 0},
	  {0x7ef78000, 0x7f8ed000, 0},
	  {0x7fbff000, 0x7ff58000, 0},
	  {0x100000000, 0x180000000, 0},
	  RAM_END},
	 {NO_NODES},
	 {[0] = 0x100000000},
	 {{0, ZONE_DMA, 4095, 3750},
	  {0, ZONE_DMA32, 1044480, 519045},
	  {0, ZONE_MOVABLE, 524288, 524288}},
	 {{0, ZONE_DMA, 346}, {0, ZONE_DMA32, 979}, {0, ZONE_MOVABLE, 168}}},
	{"movablecore-512m-numa2",
	 "movablecore=512M",
	 ZONE_NORMAL,
	 {{0x1000, 0xa0000, 0},
	  {0x100000, 0x800000, 0},
	  {0x808000, 0x80b000, 0},
	  {0x80c000, 0x810000, 0},
	  {0x900000, 0x40000000, 0},
	  {0x40000000, 0x7eea1000, 0},
	  {0x7ef62000, 0x7f8ed000, 0},
	  {0x7fbff000, 0x7ff50000, 0},
	  {0x100000000, 0x180000000, 0},
	  RAM_END},
	 {{0x0, 0xa0000, 0, false},
	  {0x100000, 0x40000000, 0, false},
	  {0x40000000, 0x80000000, 1, false},
	  {0x100000000, 0x180000000, 1, false}},
	 {[1] = 0x160000000},
	 {{0, ZONE_DMA, 4095, 3750},
	  {0, ZONE_DMA32, 258048, 258048},
	  {1, ZONE_DMA32, 786432, 260989},
	  {1, ZONE_NORMAL, 393216, 393216},
	  {1, ZONE_MOVABLE, 131072, 131072}},
	 {{0, ZONE_DMA, 346}, {1, ZONE_DMA32, 979}, {1, ZONE_NORMAL, 176}}},

};

/* ---- Bringing one up ------------------------------------------------------------- */

static void machine_boot(const struct machine *m)
{
	machine_start(m->ram, m->nodes, m->option);
	machine_zones();
	mem_init();
}

static unsigned long logged_hole(int nid, enum zone_type type)
{
	unsigned long sum = 0, pages;
	const char *at = host_log();
	char prefix[64];

	snprintf(prefix, sizeof(prefix), "On node %d, zone %s: ", nid, zone_names[type]);
	while ((at = strstr(at, prefix))) {
		at += strlen(prefix);
		assert_int_equal(sscanf(at, "%lu pages in unavailable ranges", &pages), 1);
		sum += pages;
	}
	return sum;
}

/* ---- Linux's machines --------------------------------------------------------------- */

static void zone_movable_starts_where_linux_starts_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		const struct machine *m = &machines[i];

		machine_boot(m);
		for (int nid = 0; nid < 4; nid++) {
			char line[64];

			if (PFN_PHYS(zone_movable_pfn[nid]) != m->movable[nid])
				fail_msg("%s: node %d starts at %#lx", m->name, nid,
					 zone_movable_pfn[nid] << PAGE_SHIFT);
			snprintf(line, sizeof(line), "  Node %d: 0x%016llx\n", nid,
				 (unsigned long long)m->movable[nid]);
			assert_int_equal(host_log_contains(line), !!m->movable[nid]);
		}
		host_machine_exit();
	}
}

static void zones_hold_what_linuxs_hold(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		const struct machine *m = &machines[i];
		unsigned long pages = 0;

		machine_boot(m);
		for (const struct zone_want *w = m->want; w->present; w++) {
			const struct zone *zone = zone_of(w->nid, w->type);

			if (zone->spanned_pages != w->spanned || zone->present_pages != w->present)
				fail_msg("%s: node %d %s spans %lu, has %lu", m->name, w->nid,
					 zone->name, zone->spanned_pages, zone->present_pages);
			pages += w->present;
		}
		assert_int_equal(get_num_physpages(), pages);
		for (const struct hole_want *h = m->holes; h->pages; h++)
			assert_int_equal(logged_hole(h->nid, h->type), h->pages);
		assert_int_equal(policy_zone, m->policy);
		assert_int_equal(verify_all(), 0);
		host_machine_exit();
	}
}

static void only_movable_pages_come_from_zone_movable(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		int nid;

		machine_boot(&machines[i]);
		for_each_node_state (nid, N_MEMORY) {
			struct page *movable = alloc_pages_node(nid, GFP_HIGHUSER_MOVABLE, 0);
			struct page *high = alloc_pages_node(nid, GFP_HIGHUSER, 0);
			struct page *kernel = alloc_pages_node(nid, GFP_KERNEL, 0);

			if (zone_movable_pfn[nid])
				assert_ptr_equal(page_zone(movable), zone_of(nid, ZONE_MOVABLE));
			assert_int_not_equal(page_zonenum(high), ZONE_MOVABLE);
			assert_int_not_equal(page_zonenum(kernel), ZONE_MOVABLE);
		}
		host_machine_exit();
	}
}

/* Sums over all zones that both ways of making page structs must agree in. */
struct counts {
	unsigned long spanned, present, managed, free, memmap;
};

static void count_zones(struct counts *counts)
{
	struct zone *zone;
	int nid, i = 0;

	for_each_zone (zone) {
		counts[i].spanned = zone->spanned_pages;
		counts[i].present = zone->present_pages;
		counts[i].managed = zone_managed_pages(zone);
		counts[i++].free = zone_page_state(zone, NR_FREE_PAGES);
	}
	for_each_online_node (nid)
		counts[i++].memmap =
			(unsigned long)atomic_long_read(&NODE_DATA(nid)->vm_stat[NR_MEMMAP]);
}

static void eager_and_lazy_page_structs_end_in_the_same_counts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		struct counts lazy[32] = {0}, eager[32] = {0};

		machine_boot(&machines[i]);
		memmap_make_all();
		count_zones(lazy);
		host_machine_exit();

		machine_start(machines[i].ram, machines[i].nodes, machines[i].option);
		memmap_init_eager = true;
		machine_zones();
		mem_init();
		count_zones(eager);
		assert_int_equal(verify_all(), 0);
		host_machine_exit();
		assert_memory_equal(lazy, eager, sizeof(lazy));
	}
}

/* ---- Edges ----------------------------------------------------------------------------- */

static void movable_node_starts_at_the_lowest_range_that_may_be_unplugged(void **state)
{
	static const struct share nodes[] = {{0, SZ_4G + SZ_2G, 0, false},
					     {SZ_4G + SZ_2G, SZ_4G + SZ_2G + SZ_1G, 1, false},
					     {SZ_4G + SZ_2G + SZ_1G, 2 * SZ_4G, 1, true},
					     NO_NODES};

	(void)state;
	machine_start(pc_ram, nodes, "movable_node");
	machine_zones();
	mem_init();
	assert_int_equal(zone_movable_pfn[0], 0);
	assert_int_equal(zone_movable_pfn[1], PHYS_PFN(SZ_4G + SZ_2G + SZ_1G));
	assert_int_equal(zone_of(1, ZONE_NORMAL)->present_pages, PHYS_PFN(SZ_1G));
	assert_int_equal(zone_of(1, ZONE_MOVABLE)->present_pages, PHYS_PFN(SZ_1G));
	assert_int_equal(verify_all(), 0);
}

/* All but the last 2 MB of memory: its start would round up to the node's end. */
static void zone_movable_is_not_made_where_it_would_start_at_the_nodes_end(void **state)
{
	(void)state;
	machine_start(pc_ram, no_nodes, "kernelcore=6290944K");
	machine_zones();
	assert_int_equal(zone_movable_pfn[0], 0);
	assert_false(host_log_contains("  Node 0:"));
	assert_int_equal(zone_of(0, ZONE_NORMAL)->spanned_pages, PHYS_PFN(SZ_4G));
}

/*
 * 97 pages below 1 MB are no memory. movablecore= leaves exactly that much of the
 * highest zone; kernelcore= takes 97 pages more of it, which are rounded up to 4 MB.
 */
static void the_larger_kernelcore_of_two_options_counts(void **state)
{
	static const struct {
		const char *options;
		u64 movable;
	} cases[] = {{"kernelcore=4G movablecore=1G", SZ_1G},
		     {"movablecore=2G kernelcore=5G", SZ_1G - SZ_4M}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		machine_start(pc_ram, no_nodes, cases[i].options);
		machine_zones();
		assert_int_equal(zone_of(0, ZONE_MOVABLE)->present_pages,
				 PHYS_PFN(cases[i].movable));
		host_machine_exit();
	}
}

static void movablecore_over_all_memory_makes_no_zone(void **state)
{
	static const char *const options[] = {
		"movablecore=100%", "movablecore=1T", "movablecore=18446744073709551615",
		"kernelcore=100%",  "kernelcore=0",   "movablecore=0%"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		machine_start(pc_ram, no_nodes, options[i]);
		machine_zones();
		assert_int_equal(zone_movable_pfn[0], 0);
		assert_int_equal(zone_of(0, ZONE_MOVABLE)->spanned_pages, 0);
		host_machine_exit();
	}
}

static void values_that_are_neither_size_nor_percentage_are_refused(void **state)
{
	static const char *const bad[] = {"",	 "%",	    "101%",    "50%%",	"1Gx",
					  "big", "mirror ", "mirrors", "-512M", "12 %"};

	(void)state;
	machine_start(pc_ram, no_nodes, "kernelcore=3G");
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		char value[16];

		strcpy(value, bad[i]);
		assert_int_equal(kernelcore_parse_option(value), -EINVAL);
		assert_int_equal(movablecore_parse_option(value), -EINVAL);
	}
	assert_int_equal(kernelcore_parse_option(NULL), -EINVAL);
	assert_int_equal(movablecore_parse_option(NULL), -EINVAL);
	machine_zones();
	assert_int_equal(zone_movable_pfn[0], PHYS_PFN(SZ_4G + SZ_1G + SZ_4M));
}

/* ---- Random machines ----------------------------------------------------------------- */

/* Nodes in turn, each of some GB, with holes of up to 64 MB; ends with an empty range. */
static void random_ram(struct ram *ram, struct share *nodes, int nr_nodes)
{
	u64 at = SZ_2G;

	*ram++ = (struct ram){0x1000, 0xa0000, 0};
	*ram++ = (struct ram){SZ_1M, at, 0};
	for (int nid = 0; nid < nr_nodes; nid++) {
		u64 size = (u64)(rand() % 1024 + 4) * SZ_2M;

		at += (u64)(rand() % 32) * SZ_2M;
		if (rand() % 3 == 0)
			at = max(at, SZ_4G);
		*ram++ = (struct ram){at, at + size, nid};
		at += size;
		nodes[nid] = (struct share){nid ? nodes[nid - 1].end : 0, at, nid, false};
	}
	*ram = (struct ram)RAM_END;
	nodes[nr_nodes] = (struct share)NO_NODES;
}

/* Neither more nor less than asked for, but for starts that are rounded up. */
static void random_machines_keep_the_kernelcore_asked_for(void **state)
{
	(void)state;
	srand((unsigned int)host_test_seed("zone_movable"));
	for (int turn = 0; turn < 60; turn++) {
		unsigned long nr_nodes = (unsigned long)rand() % 6 + 1;
		unsigned long low = 0, kernel = 0, asked, total, movable = 0;
		struct share nodes[7];
		struct ram ram[10];
		char option[48];
		int nid;

		random_ram(ram, nodes, (int)nr_nodes);
		asked = (unsigned long)(rand() % 8192) * 256;
		snprintf(option, sizeof(option), "kernelcore=%luK", asked * 4);
		machine_start(ram, nodes, option);
		machine_zones();
		total = PHYS_PFN(memblock_phys_mem_size());
		mem_init();
		for_each_node (nid) {
			low += zone_of(nid, ZONE_DMA)->present_pages;
			low += zone_of(nid, ZONE_DMA32)->present_pages;
			kernel += zone_of(nid, ZONE_NORMAL)->present_pages;
			movable += zone_of(nid, ZONE_MOVABLE)->present_pages;
		}
		kernel += low;
		assert_int_equal(kernel + movable, total);
		if (!asked || asked >= total)
			assert_int_equal(movable, 0);
		else
			assert_true(kernel + nr_nodes >= asked);
		if (asked && asked < total && policy_zone == ZONE_NORMAL)
			assert_true(kernel <= max(asked, low) + nr_nodes * MAX_ORDER_NR_PAGES);
		assert_int_equal(verify_all(), 0);
		host_machine_exit();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zone_movable_starts_where_linux_starts_it),
		cmocka_unit_test(zones_hold_what_linuxs_hold),
		cmocka_unit_test(only_movable_pages_come_from_zone_movable),
		cmocka_unit_test(eager_and_lazy_page_structs_end_in_the_same_counts),
		cmocka_unit_test_teardown(
			movable_node_starts_at_the_lowest_range_that_may_be_unplugged,
			machine_down),
		cmocka_unit_test_teardown(
			zone_movable_is_not_made_where_it_would_start_at_the_nodes_end,
			machine_down),
		cmocka_unit_test(the_larger_kernelcore_of_two_options_counts),
		cmocka_unit_test(movablecore_over_all_memory_makes_no_zone),
		cmocka_unit_test_teardown(values_that_are_neither_size_nor_percentage_are_refused,
					  machine_down),
		cmocka_unit_test(random_machines_keep_the_kernelcore_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
