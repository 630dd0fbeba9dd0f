/* SPDX-License-Identifier: MIT */
/*
 * Nodes and zones of machines that Linux 6.1 was booted on: what each zone spans
 * and holds, and the lines about it, must be Linux's.
 */
#include "zones_machine.h"

#include <stdio.h>
#include <string.h>

/* What OVMF leaves below 16 MB on all of them. */
#define LOW_RAM                                                                 \
	{0x1000, 0xa0000, 0}, {0x100000, 0x800000, 0}, {0x808000, 0x80b000, 0}, \
	{                                                                       \
		0x80c000, 0x810000, 0                                           \
	}
#define RAM_END         \
	{               \
		0, 0, 0 \
	}

struct zone_want {
	unsigned long start_pfn, spanned, present;
};

struct machine {
	const char *name;
	struct ram ram[16];
	struct zone_want want[3]; /* DMA, DMA32, Normal */
	unsigned long unavailable[3];
};

static const struct machine machines[] = {
	{"m256-q35",
	 {LOW_RAM,
	  {0x900000, 0xeeb7000, 0},
	  {0xef78000, 0xf8ed000, 0},
	  {0xfbff000, 0xff58000, 0},
	  RAM_END},
	 {{1, 4095, 3750}, {4096, 61272, 60293}, {0, 0, 0}},
	 {346, 193 + 786 + 168, 0}},
	{"m512-q35",
	 {LOW_RAM,
	  {0x900000, 0x1eeb7000, 0},
	  {0x1ef78000, 0x1f8ed000, 0},
	  {0x1fbff000, 0x1ff58000, 0},
	  RAM_END},
	 {{1, 4095, 3750}, {4096, 126808, 125829}, {0, 0, 0}},
	 {346, 193 + 786 + 168, 0}},
	{"m1g-pc",
	 {LOW_RAM,
	  {0x900000, 0x3eebb000, 0},
	  {0x3ef7c000, 0x3f8ed000, 0},
	  {0x3fbff000, 0x3ff58000, 0},
	  RAM_END},
	 {{1, 4095, 3750}, {4096, 257880, 256901}, {0, 0, 0}},
	 {346, 193 + 786 + 168, 0}},
	{"m4g-q35",
	 {LOW_RAM,
	  {0x900000, 0x7eeb7000, 0},
	  {0x7ef78000, 0x7f8ed000, 0},
	  {0x7fbff000, 0x7ff58000, 0},
	  {0x100000000, 0x180000000, 0},
	  RAM_END},
	 {{1, 4095, 3750}, {4096, 1044480, 519045}, {1048576, 524288, 524288}},
	 {346, 193 + 786, 168}},
	{"m6g-pc",
	 {LOW_RAM,
	  {0x900000, 0xbeebb000, 0},
	  {0xbef7c000, 0xbf8ed000, 0},
	  {0xbfbff000, 0xbff58000, 0},
	  {0x100000000, 0x1c0000000, 0},
	  RAM_END},
	 {{1, 4095, 3750}, {4096, 1044480, 781189}, {1048576, 786432, 786432}},
	 {346, 193 + 786, 168}},
	{"m64g-q35",
	 {LOW_RAM,
	  {0x900000, 0x7eeb7000, 0},
	  {0x7ef78000, 0x7f8ed000, 0},
	  {0x7fbff000, 0x7ff58000, 0},
	  {0x100000000, 0x1080000000, 0},
	  RAM_END},
	 {{1, 4095, 3750}, {4096, 1044480, 519045}, {1048576, 16252928, 16252928}},
	 {346, 193 + 786, 168}},
	{"mem-2g",
	 {LOW_RAM,
	  {0x900000, 0x7eeb7000, 0},
	  {0x7ef78000, 0x7f8ed000, 0},
	  {0x7fbff000, 0x7ff58000, 0},
	  RAM_END},
	 {{1, 4095, 3750}, {4096, 520024, 519045}, {0, 0, 0}},
	 {346, 193 + 786 + 168, 0}},
	{"memmap-hole",
	 {LOW_RAM,
	  {0x900000, 0x40000000, 0},
	  {0x44000000, 0x7eeb7000, 0},
	  {0x7ef78000, 0x7f8ed000, 0},
	  {0x7fbff000, 0x7ff58000, 0},
	  RAM_END},
	 {{1, 4095, 3750}, {4096, 520024, 502661}, {0, 0, 0}},
	 {346, 16384 + 193 + 786 + 168, 0}},
};

static const struct machine *machine(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++)
		if (!strcmp(machines[i].name, name))
			return &machines[i];
	fail();
	return NULL;
}

/* The sum of N over the lines "On node 0, zone @zone: N pages in unavailable ranges". */
static unsigned long logged_unavailable(const char *zone)
{
	unsigned long sum = 0;
	char prefix[64];
	const char *at = host_log();

	snprintf(prefix, sizeof(prefix), "On node 0, zone %s: ", zone);
	while ((at = strstr(at, prefix))) {
		unsigned long pages;

		at += strlen(prefix);
		assert_int_equal(sscanf(at, "%lu pages in unavailable ranges", &pages), 1);
		sum += pages;
	}
	return sum;
}

static void spanned_present_and_unavailable_pages_are_linuxs(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		const struct machine *m = &machines[i];

		machine_up(m->ram);
		for (int type = ZONE_DMA; type <= ZONE_NORMAL; type++) {
			const struct zone *zone = zone_of(0, (enum zone_type)type);

			assert_int_equal(zone->zone_start_pfn, m->want[type].start_pfn);
			assert_int_equal(zone->spanned_pages, m->want[type].spanned);
			assert_int_equal(zone->present_pages, m->want[type].present);
			assert_int_equal(logged_unavailable(zone->name), m->unavailable[type]);
		}
		assert_int_equal(zone_of(0, ZONE_MOVABLE)->spanned_pages, 0);
		assert_int_equal(zone_of(0, ZONE_DEVICE)->spanned_pages, 0);
		assert_int_equal(verify_all(), 0);
		host_machine_exit();
	}
}

static void the_log_is_linuxs_line_for_line(void **state)
{
	static const char *const lines[] = {
		"No NUMA configuration found\n",
		"Faking a node at [mem 0x0000000000000000-0x000000017fffffff]\n",
		"NODE_DATA(0) allocated [mem 0x17",
		"Zone ranges:\n",
		"  DMA      [mem 0x0000000000001000-0x0000000000ffffff]\n",
		"  DMA32    [mem 0x0000000001000000-0x00000000ffffffff]\n",
		"  Normal   [mem 0x0000000100000000-0x000000017fffffff]\n",
		"  Device   empty\n",
		"Movable zone start for each node\n",
		"Early memory node ranges\n",
		"  node   0: [mem 0x0000000000001000-0x000000000009ffff]\n",
		"  node   0: [mem 0x000000000080c000-0x000000000080ffff]\n",
		"  node   0: [mem 0x0000000100000000-0x000000017fffffff]\n",
		"mminit::pageflags_layout_nodezoneid Node/Zone ID: 64 -> 51\n",
		"Initmem setup node 0 [mem 0x0000000000001000-0x000000017fffffff]\n",
		"mminit::memmap_init Initialising map node 0 zone 0 pfns 1 -> 4096\n",
		"mminit::memmap_init Initialising map node 0 zone 1 pfns 4096 -> 1048576\n",
		"mminit::memmap_init Initialising map node 0 zone 2 pfns 1048576 -> 1572864\n",
		"On node 0, zone DMA: 1 pages in unavailable ranges\n",
		"On node 0, zone DMA: 96 pages in unavailable ranges\n",
		"On node 0, zone DMA: 8 pages in unavailable ranges\n",
		"On node 0, zone DMA: 1 pages in unavailable ranges\n",
		"On node 0, zone DMA: 240 pages in unavailable ranges\n",
		"On node 0, zone DMA32: 193 pages in unavailable ranges\n",
		"On node 0, zone DMA32: 786 pages in unavailable ranges\n",
		"On node 0, zone Normal: 168 pages in unavailable ranges\n",
		"Fallback order for Node 0: 0 \n",
		"mminit::zonelist general 0:DMA = 0:DMA \n",
		"mminit::zonelist general 0:DMA32 = 0:DMA32 0:DMA \n",
		"mminit::zonelist general 0:Normal = 0:Normal 0:DMA32 0:DMA \n",
		"mminit::zonelist thisnode 0:DMA = 0:DMA \n",
		"mminit::zonelist thisnode 0:DMA32 = 0:DMA32 0:DMA \n",
		"mminit::zonelist thisnode 0:Normal = 0:Normal 0:DMA32 0:DMA \n",
		"Built 1 zonelists, mobility grouping on.  Total pages: ",
		"Policy zone: Normal\n",
		"Memory: ",
		"K/4188332K available (0K kernel code, 0K rwdata, 0K rodata, 0K init, 0K bss, ",
		"K reserved, 0K cma-reserved)\n",
	};
	const char *at;

	(void)state;
	machine_ram(machine("m4g-q35")->ram);
	mminit_loglevel = 4;
	machine_zones();
	mem_init();
	at = host_log();
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		const char *found = strstr(at, lines[i]);

		if (!found)
			fail_msg("not in the log, or not in its place: %s", lines[i]);
		/* cppcheck-suppress nullPointerArithmeticRedundantCheck */
		at = found + strlen(lines[i]);
	}
}

static void mminit_lines_come_only_when_asked_for(void **state)
{
	(void)state;
	machine_up(machine("m512-q35")->ram);
	assert_false(host_log_contains("mminit::"));
	assert_true(host_log_contains("  Normal   empty\n"));
	assert_true(host_log_contains("Policy zone: DMA32\n"));
}

static void reserved_pages_below_16_mb_do_not_count_in_total_pages(void **state)
{
	unsigned long total, reserved = 1951;
	const char *line;

	(void)state;
	machine_up(machine("m4g-q35")->ram);
	line = strstr(host_log(), "Total pages: ");
	assert_int_equal(sscanf(line, "Total pages: %lu", &total), 1);
	host_machine_exit();

	machine_ram(machine("m4g-q35")->ram);
	memblock_reserve(0x100000, 0x700000);
	memblock_reserve(0x900000, PFN_PHYS(reserved - 0x700));
	machine_zones();
	line = strstr(host_log(), "Total pages: ");
	assert_int_equal(sscanf(line, "Total pages: %lu", &reserved), 1);
	assert_int_equal(total - reserved, 1951);
}

static void memmap_pages_follow_present_pages_where_holes_are_large(void **state)
{
	(void)state;
	/* 4095 is more than 3750 and a sixteenth of it; 3984 is not. */
	assert_int_equal(calc_memmap_pages(4095, 3750), PFN_UP(3750 * sizeof(struct page)));
	assert_int_equal(calc_memmap_pages(3984, 3750), PFN_UP(3984 * sizeof(struct page)));
	assert_int_equal(calc_memmap_pages(0, 0), 0);
}

/* 2.5 of Linux's 512-page blocks for each type is where grouping begins to pay. */
static void mobility_grouping_is_off_on_small_machines(void **state)
{
	static const struct ram small[] = {{0x1000, 0xa0000, 0}, {SZ_1M, 10 * SZ_1M, 0}, RAM_END};
	static const struct ram large[] = {{0x1000, 0xa0000, 0}, {SZ_1M, 12 * SZ_1M, 0}, RAM_END};
	struct page *page;

	(void)state;
	machine_up(small);
	assert_true(page_group_by_mobility_disabled);
	assert_true(host_log_contains("mobility grouping off."));
	assert_int_equal(gfp_migratetype(GFP_HIGHUSER_MOVABLE), MIGRATE_UNMOVABLE);
	page = alloc_page(GFP_HIGHUSER_MOVABLE);
	assert_non_null(page);
	__free_page(page);
	assert_int_equal(verify_all(), 0);
	host_machine_exit();

	machine_up(large);
	assert_false(page_group_by_mobility_disabled);
	assert_true(host_log_contains("mobility grouping on."));
}

static void a_pfn_belongs_to_a_node_before_there_are_page_structs(void **state)
{
	(void)state;
	machine_ram(machine("m4g-q35")->ram);
	initmem_init();
	assert_int_equal(memblock_set_node(SZ_4G, SZ_1G, &memblock.memory, 1), 0);
	assert_int_equal(early_pfn_to_nid(PHYS_PFN(SZ_1M)), 0);
	assert_int_equal(early_pfn_to_nid(PHYS_PFN(SZ_4G)), 1);
	assert_int_equal(early_pfn_to_nid(PHYS_PFN(SZ_4G) + 1000), 1);
	/* What is no memory is the first node's. */
	assert_int_equal(early_pfn_to_nid(PHYS_PFN(SZ_4G) - 1), first_online_node);
	assert_int_equal(early_pfn_to_nid(ULONG_MAX), first_online_node);
}

static void zones_are_cut_at_the_start_of_zone_movable(void **state)
{
	const unsigned long start = PHYS_PFN(0x140000000);
	unsigned long max_zone_pfns[MAX_NR_ZONES] = {MAX_DMA_PFN, MAX_DMA32_PFN};

	(void)state;
	machine_ram(machine("m4g-q35")->ram);
	max_zone_pfns[ZONE_NORMAL] = max_pfn;
	zone_movable_pfn[0] = start;
	initmem_init();
	free_area_init(max_zone_pfns);
	build_all_zonelists(NULL);
	mem_init();
	assert_true(host_log_contains("  Node 0: 0x0000000140000000\n"));
	assert_int_equal(zone_end_pfn(zone_of(0, ZONE_NORMAL)), start);
	assert_int_equal(zone_of(0, ZONE_MOVABLE)->zone_start_pfn, start);
	assert_int_equal(zone_of(0, ZONE_MOVABLE)->spanned_pages, max_pfn - start);
	assert_int_equal(policy_zone, ZONE_NORMAL);
	assert_int_equal(logged_unavailable("Normal"), 168);
	assert_ptr_equal(page_zone(alloc_page(GFP_HIGHUSER_MOVABLE)), zone_of(0, ZONE_MOVABLE));
	assert_ptr_equal(page_zone(alloc_page(GFP_KERNEL)), zone_of(0, ZONE_NORMAL));
	assert_int_equal(verify_all(), 0);
}

static void all_memory_in_zone_movable_leaves_normal_empty(void **state)
{
	unsigned long max_zone_pfns[MAX_NR_ZONES] = {MAX_DMA_PFN, MAX_DMA32_PFN};

	(void)state;
	machine_ram(machine("m4g-q35")->ram);
	max_zone_pfns[ZONE_NORMAL] = max_pfn;
	zone_movable_pfn[0] = MAX_DMA32_PFN;
	initmem_init();
	free_area_init(max_zone_pfns);
	build_all_zonelists(NULL);
	mem_init();
	assert_int_equal(zone_of(0, ZONE_NORMAL)->spanned_pages, 0);
	assert_int_equal(zone_of(0, ZONE_MOVABLE)->spanned_pages, 524288);
	assert_int_equal(logged_unavailable("Movable"), 168);
	assert_true(host_log_contains("Policy zone: DMA32\n"));
	assert_int_equal(verify_all(), 0);
}

static void nodes_start_with_empty_lru_lists(void **state)
{
	pg_data_t *pgdat;
	int lru;

	(void)state;
	machine_up(machine("m4g-q35")->ram);
	pgdat = NODE_DATA(0);
	for_each_evictable_lru(lru) assert_true(list_empty(&pgdat->__lruvec.lists[lru]));
	for (int i = NR_LRU_BASE; i <= NR_UNEVICTABLE; i++)
		assert_int_equal(pgdat->vm_stat[i].counter, 0);
	for (int i = NR_ZONE_LRU_BASE; i < NR_VM_ZONE_STAT_ITEMS; i++)
		assert_int_equal(zone_page_state(zone_of(0, ZONE_NORMAL), (enum zone_stat_item)i),
				 0);
	assert_int_equal(pgdat->kswapd_order, 0);
	assert_int_equal(pgdat->kswapd_failures, 0);
	assert_int_equal(lruvec_verify(pgdat), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spanned_present_and_unavailable_pages_are_linuxs),
		cmocka_unit_test_teardown(the_log_is_linuxs_line_for_line, machine_down),
		cmocka_unit_test_teardown(mminit_lines_come_only_when_asked_for, machine_down),
		cmocka_unit_test_teardown(reserved_pages_below_16_mb_do_not_count_in_total_pages,
					  machine_down),
		cmocka_unit_test(memmap_pages_follow_present_pages_where_holes_are_large),
		cmocka_unit_test_teardown(mobility_grouping_is_off_on_small_machines, machine_down),
		cmocka_unit_test_teardown(nodes_start_with_empty_lru_lists, machine_down),
		cmocka_unit_test_teardown(zones_are_cut_at_the_start_of_zone_movable, machine_down),
		cmocka_unit_test_teardown(a_pfn_belongs_to_a_node_before_there_are_page_structs,
					  machine_down),
		cmocka_unit_test_teardown(all_memory_in_zone_movable_leaves_normal_empty,
					  machine_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
