/* SPDX-License-Identifier: MIT */
/*
 * Both generations of early allocators, machine by machine: boots with memblock and with
 * bootmem must give the page allocator the same pages, in the same blocks and extents.
 */
#include "bootmem_machine.h"

#include <linux/memory_hotplug.h>
#include <stdlib.h>
#include <string.h>

#define RAM_END         \
	{               \
		0, 0, 0 \
	}
#define MB(n) ((u64)(n) << 20)
#define TB(n) ((u64)(n) << 40)

struct machine {
	const struct ram *ram;
	const struct ram *nodes;    /* NULL: one */
	const struct ram *reserved; /* NULL: nothing */
};

static bool machine_is_up;

/* One machine after the other; the last one is there for a test to look at. */
static void machine_gone(void)
{
	if (machine_is_up)
		host_machine_exit();
	machine_is_up = false;
}

static int last_machine_down(void **state)
{
	(void)state;
	machine_gone();
	return 0;
}

static void boot(const struct machine *m, bool bootmem)
{
	machine_gone();
	machine_is_up = true;
	machine_with_nodes(m->ram, m->nodes, bootmem);
	for (const struct ram *r = m->reserved; r && r->end; r++)
		memblock_reserve(r->start, r->end - r->start);
	machine_zones();
	assert_int_equal(bootmem_active(), bootmem);
	mem_init();
	assert_false(bootmem_active());
	assert_int_equal(verify_all(), 0);
}

/* ---- What the page allocator has ------------------------------------------------------- */

/* A free block, or an extent's sections. */
struct block {
	unsigned long start; /* pfn */
	unsigned long pages;
	const struct zone *zone;
};

struct snapshot {
	struct block blocks[8192];
	size_t nr;
	unsigned long managed, free, total;
};

static struct snapshot of_memblock, of_bootmem;

static void add(struct snapshot *s, unsigned long start, unsigned long pages, int zone)
{
	assert_true(s->nr < ARRAY_SIZE(s->blocks));
	s->blocks[s->nr++] =
		(struct block){start, pages, (const struct zone *)(uintptr_t)(zone + 1)};
}

static int by_start(const void *a, const void *b)
{
	const struct block *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

static void add_zone(struct snapshot *s, const struct zone *zone)
{
	int id = zone->node * MAX_NR_ZONES + zone_idx(zone);
	struct page *page;

	for (unsigned int i = 0; i < zone->nr_extents; i++)
		add(s, section_nr_to_pfn(zone->extents[i].start),
		    (zone->extents[i].end - zone->extents[i].start) << PFN_SECTION_SHIFT, id);
	for (unsigned int order = 0; order < NR_PAGE_ORDERS; order++)
		for (int type = 0; type < MIGRATE_TYPES; type++)
			list_for_each_entry (page, &zone->free_area[order].free_list[type], lru)
				add(s, page_to_pfn(page), 1UL << order, id);
	s->managed += zone_managed_pages(zone);
	s->free += zone_page_state(zone, NR_FREE_PAGES);
}

static void take_snapshot(struct snapshot *s)
{
	struct zone *zone;

	memset(s, 0, sizeof(*s));
	for_each_populated_zone (zone)
		add_zone(s, zone);
	s->total = totalram_pages();
	qsort(s->blocks, s->nr, sizeof(s->blocks[0]), by_start);
}

static void snapshots_are_equal(void)
{
	for (size_t i = 0; i < min(of_memblock.nr, of_bootmem.nr); i++) {
		assert_int_equal(of_memblock.blocks[i].start, of_bootmem.blocks[i].start);
		assert_int_equal(of_memblock.blocks[i].pages, of_bootmem.blocks[i].pages);
		assert_ptr_equal(of_memblock.blocks[i].zone, of_bootmem.blocks[i].zone);
	}
	assert_int_equal(of_memblock.nr, of_bootmem.nr);
	assert_int_equal(of_memblock.free, of_bootmem.free);
	assert_int_equal(of_memblock.managed, of_bootmem.managed);
	assert_int_equal(of_memblock.total, of_bootmem.total);
}

static void boots_are_equal(const struct machine *m)
{
	boot(m, false);
	take_snapshot(&of_memblock);
	boot(m, true);
	take_snapshot(&of_bootmem);
	snapshots_are_equal();
}

/* ---- Machines --------------------------------------------------------------------------- */

static const struct ram pc_ram[] = {
	{0x1000, 0xa0000, 0}, {MB(1), SZ_2G, 0}, {SZ_4G, SZ_4G + SZ_2G, 0}, RAM_END};

static void a_plain_pc(void **state)
{
	static const struct ram low[] = {{0, MB(1), 0}, {MB(2), MB(4), 0}, RAM_END};
	const struct machine m = {pc_ram, NULL, low};

	(void)state;
	boots_are_equal(&m);
}

static void memory_with_page_0(void **state)
{
	static const struct ram ram[] = {{0, MB(512), 0}, RAM_END};
	const struct machine m = {ram, NULL, NULL};

	(void)state;
	boots_are_equal(&m);
}

static void holes_and_ends_at_odd_pages(void **state)
{
	static const struct ram ram[] = {{0x1000, 0xa0000, 0},
					 {MB(1), MB(700) + 0x3000, 0},
					 {MB(700) + 0x5000, MB(1000) + 0x1000, 0},
					 {MB(1100), MB(1100) + 0x7000, 0},
					 {MB(1111), MB(1500) + 0xff000, 0},
					 RAM_END};
	const struct machine m = {ram, NULL, NULL};

	(void)state;
	boots_are_equal(&m);
}

static void reservations_at_odd_bytes(void **state)
{
	static const struct ram reserved[] = {{0, MB(1), 0},
					      {MB(20) + 5, MB(20) + 6, 0},
					      {MB(300) + 4095, MB(300) + 4097, 0},
					      {MB(700) - 1, MB(900) + 1, 0},
					      {SZ_2G - 77, SZ_2G, 0},
					      {SZ_4G + SZ_2G - 5000, SZ_4G + SZ_2G - 10, 0},
					      RAM_END};
	const struct machine m = {pc_ram, NULL, reserved};

	(void)state;
	boots_are_equal(&m);
}

static void several_nodes(void **state)
{
	static const struct ram nodes[] = {{0, SZ_1G, 0},
					   {SZ_1G, SZ_2G, 1},
					   {SZ_4G, SZ_4G + SZ_1G, 2},
					   {SZ_4G + SZ_1G, SZ_4G + SZ_2G, 3},
					   RAM_END};
	const struct machine m = {pc_ram, nodes, NULL};

	(void)state;
	boots_are_equal(&m);
}

/* Parts of nodes, a whole node, reservations at odd bytes; bootmem has bits for none of it. */
static void memory_above_the_direct_map(void **state)
{
	static const struct ram nodes[] = {{0, SZ_1G, 0},
					   {SZ_1G, SZ_2G, 1},
					   {SZ_4G, SZ_4G + MB(1000), 0},
					   {SZ_4G + MB(1000), SZ_4G + SZ_2G, 2},
					   RAM_END};
	static const struct ram reserved[] = {{0, MB(1), 0},
					      {MB(1000) + 5, MB(1100) + 6, 0},
					      {MB(1300) + 4095, MB(1300) + 4097, 0},
					      {SZ_4G + MB(900) - 1, SZ_4G + MB(900) + 1, 0},
					      {SZ_4G + SZ_2G - 5000, SZ_4G + SZ_2G - 10, 0},
					      RAM_END};
	static const u64 room[] = {SZ_256M, SZ_1G, MB(1152), SZ_4G, SZ_4G + SZ_1G};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(room); i++) {
		const struct machine one = {pc_ram, NULL, reserved},
				     many = {pc_ram, nodes, reserved};

		machine_direct_map = room[i];
		boots_are_equal(&one);
		assert_true(have_highmem());
		boots_are_equal(&many);
		assert_int_equal(get_num_physpages(), memblock_phys_mem_size() >> PAGE_SHIFT);
	}
	machine_direct_map = ~0ULL;
}

static void nodes_in_turns_that_meet_inside_sections(void **state)
{
	static const struct ram nodes[] = {{0, MB(333), 0},
					   {MB(333), MB(777), 1},
					   {MB(777), SZ_2G, 0},
					   {SZ_4G, SZ_4G + SZ_2G, 1},
					   RAM_END};
	const struct machine m = {pc_ram, nodes, NULL};

	(void)state;
	boots_are_equal(&m);
}

/* Too small for page structs of their own, or for a node of their own. */
static void tiny_nodes(void **state)
{
	static const struct ram ram[] = {{0x1000, 0xa0000, 0},
					 {MB(1), SZ_1G, 0},
					 {SZ_2G, SZ_2G + MB(6), 0},
					 {SZ_2G + MB(128), SZ_2G + MB(129), 0},
					 {SZ_2G + MB(256), SZ_2G + MB(256) + 0x1000, 0},
					 RAM_END};
	static const struct ram nodes[] = {{0, SZ_1G, 0},
					   {SZ_2G, SZ_2G + MB(6), 1},
					   {SZ_2G + MB(128), SZ_2G + MB(129), 2},
					   {SZ_2G + MB(256), SZ_2G + MB(256) + 0x1000, 3},
					   RAM_END};
	const struct machine m = {ram, nodes, NULL};

	(void)state;
	boots_are_equal(&m);
}

/* Page structs go into the last 260 pages of a section, where the node's bitmap lies. */
static void a_bitmap_makes_way_for_page_structs(void **state)
{
	static const struct ram ram[] = {{0x1000, 0xa0000, 0},
					 {MB(1), MB(700), 0},
					 {SZ_1G - 260 * PAGE_SIZE, SZ_2G, 0},
					 RAM_END};
	static const struct ram nodes[] = {{0, MB(900), 0}, {MB(900), SZ_2G, 1}, RAM_END};
	const struct machine m = {ram, nodes, NULL};

	(void)state;
	boots_are_equal(&m);
}

static void a_node_without_memory(void **state)
{
	static const struct ram nodes[] = {
		{0, SZ_1G, 0}, {SZ_2G, SZ_4G, 1}, {SZ_1G, SZ_2G, 2}, {SZ_4G, SZ_8G, 3}, RAM_END};
	const struct machine m = {pc_ram, nodes, NULL};

	(void)state;
	boots_are_equal(&m);
}

/* A node's bitmap takes 64 MB here: sections that nothing else touches stay whole. */
static void a_node_of_two_terabytes(void **state)
{
	static const struct ram ram[] = {
		{0x1000, 0xa0000, 0}, {MB(1), SZ_2G, 0}, {SZ_4G, TB(2), 0}, RAM_END};
	const struct machine m = {ram, NULL, NULL};

	(void)state;
	boots_are_equal(&m);
}

static void memmap_init_eager_on_bitmaps(void **state)
{
	const struct machine m = {pc_ram, NULL, NULL};
	unsigned long managed = 0;

	(void)state;
	for (int bootmem = 0; bootmem < 2; bootmem++) {
		boot(&m, bootmem);
		memmap_make_all();
		assert_int_equal(verify_all(), 0);
		assert_true(!managed || managed == totalram_pages());
		managed = totalram_pages();
	}
}

static int say_hot_pluggable(void)
{
	numa_add_memblk(0, 0, SZ_4G);
	numa_add_memblk(1, SZ_4G, SZ_4G + SZ_2G);
	return memblock_mark_hotplug(SZ_4G, SZ_2G);
}

/* Memory that could be unplugged holds no tables, and is handed over all the same. */
static void hot_pluggable_memory_with_movable_node(void **state)
{
	static struct numa_source source = {.name = "hot", .init = say_hot_pluggable};

	(void)state;
	for (int bootmem = 0; bootmem < 2; bootmem++) {
		machine_gone();
		machine_is_up = true;
		machine_with_nodes(pc_ram, NULL, bootmem);
		numa_register_source(&source);
		movable_node_enabled = true;
		machine_zones();
		assert_true(__pa(NODE_DATA(1)) < SZ_4G);
		assert_true(__pa(early_alloc(1, 1)) < SZ_4G);
		mem_init();
		assert_int_equal(verify_all(), 0);
		take_snapshot(bootmem ? &of_bootmem : &of_memblock);
	}
	snapshots_are_equal();
}

static void memory_that_nobody_gets(void **state)
{
	const phys_addr_t nomap = MB(300), managed = SZ_4G + MB(900), size = MB(5);

	(void)state;
	for (int bootmem = 0; bootmem < 2; bootmem++) {
		machine_gone();
		machine_is_up = true;
		machine_with_nodes(pc_ram, NULL, bootmem);
		memblock_mark_nomap(nomap, size);
		memblock_remove(managed, size);
		memblock_add_node(managed, size, MAX_NUMNODES, MEMBLOCK_DRIVER_MANAGED);
		machine_zones();
		mem_init();
		assert_int_equal(verify_all(), 0);
		assert_true(PageReserved(phys_to_page(nomap)));
		assert_true(PageReserved(phys_to_page(managed + size - 1)));
		take_snapshot(bootmem ? &of_bootmem : &of_memblock);
	}
	snapshots_are_equal();
}

/* ---- Random machines ----------------------------------------------------------------------- */

static u64 below(u64 limit)
{
	/* cppcheck-suppress zerodiv */
	return arch_random() % limit;
}

/* Pieces of RAM with holes between, all in whole pages. */
static void random_ram(struct ram *ram)
{
	u64 at = MB(1);
	int i = 1, nr = 2 + (int)below(6);

	ram[0] = (struct ram){0x1000, 0xa0000, 0};
	for (; i < nr; i++) {
		ram[i].start = at;
		ram[i].end = at + MB(64) + PAGE_SIZE * below(PHYS_PFN(MB(900)));
		at = ram[i].end +
		     (below(2) ? PAGE_SIZE * (1 + below(PHYS_PFN(MB(300)))) : PAGE_SIZE);
	}
	ram[i] = (struct ram)RAM_END;
}

/* The address space in up to four parts, in turns for up to three nodes. */
static void random_nodes(struct ram *nodes, const struct ram *ram)
{
	u64 end = 0, at = 0;
	int i = 0;

	for (const struct ram *r = ram; r->end; r++)
		end = r->end;
	for (; i < 3; i++) {
		nodes[i] = (struct ram){at, at + MB(64) + PAGE_SIZE * below(PHYS_PFN(end / 3)),
					(int)below(3)};
		at = nodes[i].end;
	}
	nodes[i++] = (struct ram){at, max(end, at + MB(64)), 0};
	nodes[i] = (struct ram)RAM_END;
}

static void random_reservations(struct ram *reserved, const struct ram *ram)
{
	int pieces = 0, i = 0, nr = (int)below(12);

	while (ram[pieces].end)
		pieces++;
	for (; i < nr; i++) {
		const struct ram *in = &ram[1 + below((u64)pieces - 1)];

		reserved[i].start = in->start + below(in->end - in->start - 1);
		reserved[i].end = min(in->end, reserved[i].start + 1 + below(MB(3)));
	}
	reserved[i] = (struct ram)RAM_END;
}

static void random_machines(void **state)
{
	struct ram ram[MAX_RAM], nodes[MAX_RAM], reserved[MAX_RAM];
	const struct machine m = {ram, nodes, reserved};

	(void)state;
	host_test_seed(__func__);
	for (int i = 0; i < 20; i++) {
		random_ram(ram);
		random_nodes(nodes, ram);
		random_reservations(reserved, ram);
		boots_are_equal(&m);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, last_machine_down)
	const struct CMUnitTest tests[] = {
		TEST(a_plain_pc),
		TEST(memory_with_page_0),
		TEST(holes_and_ends_at_odd_pages),
		TEST(reservations_at_odd_bytes),
		TEST(several_nodes),
		TEST(memory_above_the_direct_map),
		TEST(nodes_in_turns_that_meet_inside_sections),
		TEST(tiny_nodes),
		TEST(a_bitmap_makes_way_for_page_structs),
		TEST(a_node_without_memory),
		TEST(a_node_of_two_terabytes),
		TEST(memmap_init_eager_on_bitmaps),
		TEST(hot_pluggable_memory_with_movable_node),
		TEST(memory_that_nobody_gets),
		TEST(random_machines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
