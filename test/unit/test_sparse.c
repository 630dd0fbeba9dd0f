/* SPDX-License-Identifier: MIT */
/*
 * Sections: which are made at the hand-over, what waits, how zones grow, and that
 * none of it can be seen in the counts.
 */
#include "zones_machine.h"

#include <linux/errno.h>
#include <linux/seq_file.h>
#include <stdlib.h>
#include <string.h>

#define RAM_END         \
	{               \
		0, 0, 0 \
	}
#define SECTION_BYTES (1ULL << SECTION_SIZE_BITS)

static unsigned long made_sections(void)
{
	unsigned long count = 0;

	for (unsigned long nr = next_made_section(0); nr != ULONG_MAX;
	     nr = next_made_section(nr + 1))
		count++;
	return count;
}

static unsigned long extent_pages(void)
{
	unsigned long pages = 0;
	struct zone *zone;

	for_each_zone (zone)
		pages += zone->nr_extent_pages;
	return pages;
}

/* 2 GB, a hole to 4 GB, and 2 GB: 32 sections. */
static const struct ram plain[] = {
	{0x1000, 0xa0000, 0}, {SZ_1M, SZ_2G, 0}, {SZ_4G, SZ_4G + SZ_2G, 0}, RAM_END};

static void only_sections_that_are_shared_or_in_use_are_made(void **state)
{
	(void)state;
	machine_up(plain);
	/* The lowest, for its two zones; not the highest, where boot's tables lie. */
	assert_int_equal(made_sections(), 1);
	assert_true(section_made(0));
	assert_int_equal(pfn_to_section_nr(virt_to_pfn(NODE_DATA(0))),
			 pfn_to_section_nr(max_pfn - 1));
	assert_in_range(extent_pages(), 30 * PAGES_PER_SECTION, 31 * PAGES_PER_SECTION - 1);
	assert_int_equal(verify_all(), 0);
}

/* What is taken of it, and a hole, is nobody's when it is made; all else is free. */
static void a_section_with_tables_keeps_them_when_it_is_made(void **state)
{
	struct zone *zone;
	struct page *page;
	unsigned long managed, free;

	(void)state;
	machine_up(plain);
	zone = zone_of(0, ZONE_NORMAL);
	managed = zone_managed_pages(zone);
	free = zone_page_state(zone, NR_FREE_PAGES);
	assert_int_equal(zone->extents[zone->nr_extents - 1].used,
			 zone->present_pages - zone_managed_pages(zone));
	assert_int_equal(zone_grow(zone), 0);
	page = virt_to_page(NODE_DATA(0));
	assert_ptr_equal(pfn_to_online_page(page_to_pfn(page)), page);
	assert_true(PageReserved(page));
	assert_int_equal(managed - zone_managed_pages(zone), SECTION_MEMMAP_PAGES);
	assert_int_equal(free - zone_page_state(zone, NR_FREE_PAGES), SECTION_MEMMAP_PAGES);
	assert_int_equal(verify_all(), 0);
}

/* A table of boot's that is not needed any more. */
static void pages_can_be_given_back_while_their_section_waits(void **state)
{
	unsigned long managed, made, first, used;
	struct zone_extent *extent;
	phys_addr_t table;
	struct zone *zone;

	(void)state;
	machine_ram(plain);
	machine_zones();
	table = early_alloc_phys(4 * PAGE_SIZE, 0);
	first = PHYS_PFN(table);
	mem_init();
	zone = zone_of(0, ZONE_NORMAL);
	managed = zone_managed_pages(zone);
	made = made_sections();
	extent = &zone->extents[zone->nr_extents - 1];
	used = extent->used;
	release_reserved_pages(first + 1, first + 3);
	assert_int_equal(extent->used, used - 2);
	assert_int_equal(zone_managed_pages(zone), managed + 2);
	assert_int_equal(made_sections(), made);
	assert_int_equal(verify_all(), 0);
	/* Not twice, and nothing that is free. The section is made to see that. */
	release_reserved_pages(first + 1, first + 2);
	assert_true(host_log_contains("is not reserved memory"));
	assert_int_equal(zone_managed_pages(zone), managed + 2 - SECTION_MEMMAP_PAGES);
	assert_true(PageReserved(pfn_to_page(first)));
	assert_false(PageReserved(pfn_to_page(first + 1)));
	assert_int_equal(verify_all(), 0);
}

/* Holes at both ends and in the middle, half of it free in one piece. */
static void a_section_with_holes_waits_where_it_is_one_zones(void **state)
{
	static const struct ram holes[] = {{0x1000, 0xa0000, 0},
					   {SZ_1M, SECTION_BYTES - SZ_1M, 0},
					   {SECTION_BYTES + SZ_1M, SECTION_BYTES + SZ_8M, 0},
					   {SECTION_BYTES + SZ_16M, 2 * SECTION_BYTES - 0x5000, 0},
					   RAM_END};
	unsigned long used;
	struct zone *zone;

	(void)state;
	machine_ram(holes);
	memblock_reserve(SZ_32M, SZ_1M); /* boot's tables go beside it */
	machine_zones();
	mem_init();
	zone = zone_of(0, ZONE_DMA32);
	assert_int_equal(made_sections(), 1);
	assert_int_equal(zone->nr_extents, 1);
	used = PHYS_PFN(SZ_1M + SZ_8M + 0x5000);
	assert_int_equal(zone->extents[0].used, used);
	assert_int_equal(zone->nr_extent_pages, PAGES_PER_SECTION - used);
	assert_true(pfn_valid(PHYS_PFN(SECTION_BYTES)));
	assert_int_equal(pfn_to_nid(PHYS_PFN(2 * SECTION_BYTES) - 1), 0);
	assert_int_equal(verify_all(), 0);
	memmap_make_all();
	assert_true(PageReserved(pfn_to_page(PHYS_PFN(SECTION_BYTES))));
	assert_true(PageReserved(pfn_to_page(PHYS_PFN(2 * SECTION_BYTES) - 1)));
	assert_int_equal(verify_all(), 0);
}

/* Node data and tables lie beside what is reserved, not at the top of memory. */
static void boot_tables_do_not_break_into_a_free_section(void **state)
{
	(void)state;
	machine_ram(plain);
	memblock_reserve(9 * SECTION_BYTES + SZ_16M, SZ_1M);
	machine_zones();
	mem_init();
	assert_int_equal(made_sections(), 2);
	assert_true(section_made(9));
	assert_int_equal(pfn_to_section_nr(virt_to_pfn(NODE_DATA(0))), 9);
	assert_int_equal(verify_all(), 0);
}

/* Where the used section has no room, another one is broken into. */
static void boot_tables_find_room_beside_a_full_section(void **state)
{
	(void)state;
	machine_ram(plain);
	memblock_reserve(9 * SECTION_BYTES, SECTION_BYTES);
	machine_zones();
	mem_init();
	assert_int_equal(made_sections(), 3);
	assert_int_equal(verify_all(), 0);
}

/* The node's lower zone has a made section with room; the preferred one has none made. */
static void setting_up_allocators_makes_no_section_where_one_has_room(void **state)
{
	struct page *early, *later;

	(void)state;
	machine_ram(plain);
	memblock_reserve(9 * SECTION_BYTES + SZ_16M, SZ_1M);
	machine_zones();
	mem_init();
	made_sections_first = true;
	early = alloc_pages(GFP_KERNEL, 0);
	made_sections_first = false;
	assert_non_null(early);
	assert_ptr_equal(page_zone(early), zone_of(0, ZONE_DMA32));
	assert_int_equal(made_sections(), 2);
	later = alloc_pages(GFP_KERNEL, 0);
	assert_non_null(later);
	assert_ptr_equal(page_zone(later), zone_of(0, ZONE_NORMAL));
	assert_int_equal(made_sections(), 3);
	__free_page(early);
	__free_page(later);
	assert_int_equal(verify_all(), 0);
}

static void setting_up_allocators_makes_a_section_where_none_has_room(void **state)
{
	struct page *block;

	(void)state;
	machine_up(plain);
	made_sections_first = true;
	block = alloc_pages_node(0, GFP_KERNEL | __GFP_THISNODE, MAX_PAGE_ORDER);
	for (int i = 0; block && i < 80; i++)
		block = alloc_pages_node(0, GFP_KERNEL | __GFP_THISNODE, MAX_PAGE_ORDER);
	made_sections_first = false;
	assert_non_null(block);
	assert_true(made_sections() > 2);
}

static void pages_that_wait_count_as_free_and_managed(void **state)
{
	const struct zone *dma32;

	(void)state;
	machine_up(plain);
	dma32 = zone_of(0, ZONE_DMA32);
	assert_int_equal(dma32->nr_extent_pages, 15 * PAGES_PER_SECTION);
	assert_int_equal(zone_page_state(dma32, NR_FREE_PAGES), zone_managed_pages(dma32));
	/* All but the page structs and page tables of its one made section. */
	assert_in_range(dma32->present_pages - zone_managed_pages(dma32), SECTION_MEMMAP_PAGES,
			SECTION_MEMMAP_PAGES + 8);
}

static void what_is_reserved_is_made_and_what_is_between_waits(void **state)
{
	(void)state;
	machine_ram(plain);
	memblock_reserve(3 * SECTION_BYTES + 5, 1);
	memblock_reserve(5 * SECTION_BYTES, 2 * SECTION_BYTES);
	machine_zones();
	mem_init();
	assert_true(section_made(3));
	assert_false(section_made(4));
	assert_true(section_made(5));
	assert_true(section_made(6));
	assert_false(section_made(7));
	assert_true(PageReserved(pfn_to_page(section_nr_to_pfn(3))));
	assert_false(PageReserved(pfn_to_page(section_nr_to_pfn(3) + 1)));
	assert_true(PageReserved(pfn_to_page(section_nr_to_pfn(6) + 77)));
	/* A section without room keeps its page structs elsewhere. */
	assert_int_not_equal(pfn_to_section_nr(__nr_to_section(5)->memmap_pfn), 5);
	assert_int_equal(verify_all(), 0);
}

/* Taking page structs out of the next section makes that one partly used, and so on. */
static void sections_without_room_do_not_leave_others_half_used(void **state)
{
	(void)state;
	machine_ram(plain);
	memblock_reserve(SECTION_BYTES, 14 * SECTION_BYTES);
	memblock_reserve(SZ_4G, 14 * SECTION_BYTES);
	machine_zones();
	mem_init();
	assert_int_equal(verify_all(), 0);
	for (unsigned long nr = next_made_section(0); nr != ULONG_MAX;
	     nr = next_made_section(nr + 1)) {
		unsigned long pfn = __nr_to_section(nr)->memmap_pfn;

		assert_true(section_made(pfn_to_section_nr(pfn)));
		assert_true(PageReserved(pfn_to_page(pfn)));
		assert_true(PageMemmap(pfn_to_page(pfn + SECTION_MEMMAP_PAGES - 1)));
	}
}

/* ---- Questions about pages ---------------------------------------------------- */

static void pfns_of_holes_and_unmade_sections_are_told_apart(void **state)
{
	const unsigned long hole = 0xa0, far_hole = PHYS_PFN(SZ_2G), waiting = PHYS_PFN(SZ_1G);

	(void)state;
	machine_up(plain);
	/* A hole in a made section has a reserved page struct of the zone above it. */
	assert_true(pfn_valid(hole));
	assert_non_null(pfn_to_online_page(hole));
	assert_true(PageReserved(pfn_to_page(hole)));
	assert_ptr_equal(page_zone(pfn_to_page(hole)), zone_of(0, ZONE_DMA));
	assert_int_equal(page_ref_count(pfn_to_page(hole)), 1);
	/* A hole without memory around has none. */
	assert_false(pfn_valid(far_hole));
	assert_null(pfn_to_online_page(far_hole));
	assert_int_equal(pfn_to_nid(far_hole), NUMA_NO_NODE);
	/* A section that waits is memory, but nobody may read its page structs. */
	assert_true(pfn_valid(waiting));
	assert_null(pfn_to_online_page(waiting));
	assert_int_equal(pfn_to_nid(waiting), 0);
	assert_false(pfn_valid(max_pfn));
	assert_false(pfn_valid(~0UL));
	assert_null(pfn_to_online_page(~0UL));
	assert_int_equal(page_to_pfn(pfn_to_page(12345)), 12345);
}

/* Nodes that meet in the middle of section 8, zones in that of section 40. */
static const struct ram shared_nodes[] = {
	{0, SZ_1G + 0x3456000, 0}, {SZ_1G + 0x3456000, SZ_4G + SZ_2G, 1}, RAM_END};

static int say_shared(void)
{
	for (const struct ram *r = shared_nodes; r->end; r++)
		numa_add_memblk(r->nid, r->start, r->end);
	return 0;
}

static void a_section_shared_by_nodes_is_made_and_each_page_is_its_nodes(void **state)
{
	static struct numa_source source = {.name = "shared", .init = say_shared};
	const unsigned long edge = PHYS_PFN(SZ_1G + 0x3456000);
	struct zone *low, *high;

	(void)state;
	machine_ram(plain);
	numa_register_source(&source);
	machine_zones();
	mem_init();
	low = zone_of(0, ZONE_DMA32);
	high = zone_of(1, ZONE_DMA32);
	assert_true(section_made(pfn_to_section_nr(edge)));
	assert_ptr_equal(page_zone(pfn_to_page(edge - 1)), low);
	assert_ptr_equal(page_zone(pfn_to_page(edge)), high);
	assert_int_equal(zone_end_pfn(low), edge);
	assert_int_equal(high->zone_start_pfn, edge);
	assert_int_equal(verify_all(), 0);
	/* Nobody merges across the edge. */
	memmap_make_all();
	assert_int_equal(verify_all(), 0);
}

static void a_section_shared_by_zones_is_made(void **state)
{
	const unsigned long start = PHYS_PFN(SZ_4G + SZ_1G + 4 * SZ_1M);
	unsigned long max_zone_pfns[MAX_NR_ZONES] = {MAX_DMA_PFN, MAX_DMA32_PFN};

	(void)state;
	machine_ram(plain);
	max_zone_pfns[ZONE_NORMAL] = max_pfn;
	zone_movable_pfn[0] = start;
	initmem_init();
	free_area_init(max_zone_pfns);
	build_all_zonelists(NULL);
	mem_init();
	assert_true(section_made(pfn_to_section_nr(start)));
	assert_ptr_equal(page_zone(pfn_to_page(start - 1)), zone_of(0, ZONE_NORMAL));
	assert_ptr_equal(page_zone(pfn_to_page(start)), zone_of(0, ZONE_MOVABLE));
	assert_int_equal(verify_all(), 0);
}

static void nomap_memory_is_present_but_never_free(void **state)
{
	const phys_addr_t start = 4 * SECTION_BYTES, size = SZ_4M;

	(void)state;
	machine_ram(plain);
	memblock_mark_nomap(start, size);
	machine_zones();
	mem_init();
	assert_true(section_made(4));
	for (unsigned long pfn = PHYS_PFN(start); pfn < PHYS_PFN(start + size); pfn++)
		assert_true(PageReserved(pfn_to_page(pfn)));
	assert_false(PageReserved(pfn_to_page(PHYS_PFN(start + size))));
	assert_int_equal(verify_all(), 0);
}

static void driver_managed_memory_is_left_to_its_driver(void **state)
{
	const phys_addr_t start = 4 * SECTION_BYTES, size = SZ_4M;

	(void)state;
	machine_ram(plain);
	memblock_remove(start, size);
	memblock_add_node(start, size, MAX_NUMNODES, MEMBLOCK_DRIVER_MANAGED);
	machine_zones();
	mem_init();
	assert_true(PageReserved(pfn_to_page(PHYS_PFN(start))));
	assert_true(PageReserved(pfn_to_page(PHYS_PFN(start + size) - 1)));
	assert_false(PageReserved(pfn_to_page(PHYS_PFN(start + size))));
	assert_int_equal(verify_all(), 0);
}

/* ---- Growing --------------------------------------------------------------------- */

static void a_zone_grows_by_one_section_when_its_free_areas_run_dry(void **state)
{
	struct zone *zone;
	unsigned long waiting, managed;
	struct page *page;

	(void)state;
	machine_up(plain);
	zone = zone_of(0, ZONE_NORMAL);
	assert_int_equal(zone_grow(zone), 0); /* the highest, which has boot's tables */
	waiting = zone->nr_extent_pages;
	managed = zone_managed_pages(zone);
	do
		page = zone_alloc_pages(zone, MAX_PAGE_ORDER, GFP_KERNEL);
	while (page && zone->nr_extent_pages == waiting);
	assert_non_null(page);
	assert_int_equal(zone->nr_extent_pages, waiting - PAGES_PER_SECTION);
	/* Its page structs lie in its own first pages; on the host no tables are needed. */
	assert_int_equal(zone_managed_pages(zone), managed - SECTION_MEMMAP_PAGES);
	assert_true(section_made(pfn_to_section_nr(page_to_pfn(page))));
	assert_int_equal(__nr_to_section(pfn_to_section_nr(page_to_pfn(page)))->memmap_pfn,
			 SECTION_ALIGN_DOWN(page_to_pfn(page)));
	assert_int_equal(verify_all(), 0);
}

static void a_table_root_that_is_missing_comes_from_the_section(void **state)
{
	/* 16 GB on: sections whose entries are in roots of their own. */
	static const struct ram ram[] = {
		{0x1000, 0xa0000, 0}, {SZ_1M, SZ_1G, 0}, {SZ_4G, SZ_64G, 0}, RAM_END};
	unsigned long before;
	struct zone *zone;

	(void)state;
	machine_up(ram);
	zone = zone_of(0, ZONE_NORMAL);
	before = zone_managed_pages(zone);
	memmap_make_all();
	assert_int_equal(extent_pages(), 0);
	/* Seven roots of 8 GB. */
	assert_int_equal(before - zone_managed_pages(zone),
			 PHYS_PFN(SZ_64G - SZ_4G) / PAGES_PER_SECTION * SECTION_MEMMAP_PAGES + 7);
	assert_int_equal(verify_all(), 0);
}

static void counts(char *text, size_t size)
{
	struct seq_file m;
	struct seq_text sb;

	seq_text_init(&m, &sb, text, size);
	zoneinfo_show(&m);
	buddyinfo_show(&m);
	pagetypeinfo_show(&m);
	assert_int_equal(sb.dropped, 0);
}

/* What a row of buddyinfo comes to. */
static unsigned long pages_of_blocks(const char *row)
{
	unsigned long pages = 0;
	char *at = (char *)row;

	for (unsigned int order = 0; order < NR_PAGE_ORDERS; order++)
		pages += strtoul(at, &at, 10) << order;
	return pages;
}

static void blocks_that_are_shown_hold_all_free_pages(void **state)
{
	static const char row[] = "Node 0, zone   Normal ";
	static char text[4096];
	const struct zone *zone;
	struct seq_text sb;
	struct seq_file m;

	(void)state;
	machine_up(plain);
	zone = zone_of(0, ZONE_NORMAL);
	/* Boot's tables lie in it. */
	assert_int_not_equal(zone->nr_extent_pages % (1UL << MAX_PAGE_ORDER), 0);
	seq_text_init(&m, &sb, text, sizeof(text));
	buddyinfo_show(&m);
	assert_int_equal(pages_of_blocks(strstr(text, row) + strlen(row)),
			 zone_page_state(zone, NR_FREE_PAGES));
}

static void eager_and_lazy_boots_end_in_the_same_counts(void **state)
{
	static char lazy[65536], eager[65536], option[] = "eager";

	(void)state;
	machine_up(plain);
	memmap_make_all();
	assert_int_equal(verify_all(), 0);
	counts(lazy, sizeof(lazy));
	host_machine_exit();

	machine_ram(plain);
	assert_int_equal(memmap_init_parse_option(option), 0);
	machine_zones();
	mem_init();
	assert_int_equal(extent_pages(), 0);
	assert_int_equal(made_sections(), 32);
	counts(eager, sizeof(eager));
	assert_string_equal(lazy, eager);
}

static void dumps_show_what_waits_as_movable_blocks_and_make_nothing(void **state)
{
	static char text[65536];
	unsigned long made;

	(void)state;
	machine_up(plain);
	made = made_sections();
	counts(text, sizeof(text));
	assert_non_null(strstr(text, "Node 0, zone   Normal            0         1024 "));
	assert_int_equal(verify_all(), 0);
	assert_int_equal(made_sections(), made);
}

static void options_that_mean_nothing_are_refused(void **state)
{
	char lazy[] = "lazy", other[] = "soon", four[] = "4", big[] = "999";

	(void)state;
	machine_ram(plain);
	assert_int_equal(memmap_init_parse_option(NULL), -EINVAL);
	assert_int_equal(memmap_init_parse_option(other), -EINVAL);
	assert_int_equal(memmap_init_parse_option(lazy), 0);
	assert_false(memmap_init_eager);
	assert_int_equal(mminit_loglevel_parse_option(big), -EINVAL);
	assert_int_equal(mminit_loglevel_parse_option(other), -EINVAL);
	assert_int_equal(mminit_loglevel_parse_option(NULL), -EINVAL);
	assert_int_equal(mminit_loglevel_parse_option(four), 0);
	assert_int_equal(mminit_loglevel, 4);
}

/* ---- Large machines ---------------------------------------------------------------- */

static const u64 TB = 1ULL << 40;

static int say_eight_nodes(void)
{
	numa_add_memblk(0, 0, 2 * TB);
	for (int nid = 1; nid < 8; nid++)
		numa_add_memblk(nid, (u64)nid * 2 * TB, (u64)(nid + 1) * 2 * TB);
	return 0;
}

static void sixteen_terabytes_on_eight_nodes_touch_little_memory(void **state)
{
	static struct numa_source source = {.name = "eight", .init = say_eight_nodes};
	const struct ram ram[] = {
		{0x1000, 0xa0000, 0}, {SZ_1M, SZ_2G, 0}, {SZ_4G, 16 * TB, 0}, RAM_END};
	unsigned long present;

	(void)state;
	machine_ram(ram);
	numa_register_source(&source);
	machine_zones();
	mem_init();
	present = get_num_physpages();
	assert_int_equal(num_online_nodes(), 8);
	/* At most two sections a node. */
	assert_true(made_sections() <= 16);
	assert_true(host_ram_used() < 24 * SZ_1M);
	assert_true(present - nr_free_pages() < present / 100000);
	assert_int_equal(verify_all(), 0);
	for (int nid = 0; nid < 8; nid++) {
		struct page *page = alloc_pages_node(nid, GFP_KERNEL | __GFP_THISNODE, 10);

		assert_int_equal(page_to_nid(page), nid);
		__free_pages(page, 10);
	}
	assert_int_equal(verify_all(), 0);
}

/* Holes of a page in a machine of 2 GB, one each @step bytes. */
static void machine_with_holes(u64 step)
{
	static const struct ram ram[] = {{0x1000, 0xa0000, 0}, {SZ_1M, SZ_2G, 0}, RAM_END};

	machine_ram(ram);
	for (phys_addr_t at = SZ_1M; at < SZ_2G; at += step)
		assert_int_equal(memblock_remove(at + step / 2, PAGE_SIZE), 0);
}

static void many_small_holes_are_all_accounted_for(void **state)
{
	unsigned long present = 0;
	struct zone *zone;

	(void)state;
	machine_with_holes(SZ_4M);
	for (phys_addr_t at = SZ_1M; at < SZ_2G; at += 3 * SZ_4M)
		assert_int_equal(memblock_reserve(at, PAGE_SIZE + 1), 0);
	machine_zones();
	mem_init();
	assert_int_equal(made_sections(), 16);
	for_each_zone (zone)
		present += zone->present_pages;
	assert_int_equal(present, 159 + PHYS_PFN(SZ_2G - SZ_1M) - 512);
	assert_int_equal(verify_all(), 0);
}

/* No megabyte in one piece for page structs: the memory is left alone, and said to be. */
static void sections_without_page_structs_are_given_up_with_a_message(void **state)
{
	(void)state;
	machine_with_holes(SZ_1M);
	memblock_add(SZ_1M, 7 * SZ_1M);
	machine_zones();
	mem_init();
	assert_in_range(made_sections(), 1, 8);
	assert_int_equal(made_sections() + host_log_count("sparse: no page structs for [mem "), 16);
	assert_true(zone_page_state(zone_of(0, ZONE_DMA32), NR_FREE_PAGES) > 0);
	assert_null(pfn_to_online_page(PHYS_PFN(14 * SECTION_BYTES)));
	assert_int_equal(verify_all(), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, machine_down)
	const struct CMUnitTest tests[] = {
		TEST(only_sections_that_are_shared_or_in_use_are_made),
		TEST(a_section_with_tables_keeps_them_when_it_is_made),
		TEST(pages_can_be_given_back_while_their_section_waits),
		TEST(a_section_with_holes_waits_where_it_is_one_zones),
		TEST(boot_tables_do_not_break_into_a_free_section),
		TEST(boot_tables_find_room_beside_a_full_section),
		TEST(setting_up_allocators_makes_no_section_where_one_has_room),
		TEST(setting_up_allocators_makes_a_section_where_none_has_room),
		TEST(pages_that_wait_count_as_free_and_managed),
		TEST(what_is_reserved_is_made_and_what_is_between_waits),
		TEST(sections_without_room_do_not_leave_others_half_used),
		TEST(pfns_of_holes_and_unmade_sections_are_told_apart),
		TEST(a_section_shared_by_nodes_is_made_and_each_page_is_its_nodes),
		TEST(a_section_shared_by_zones_is_made),
		TEST(nomap_memory_is_present_but_never_free),
		TEST(driver_managed_memory_is_left_to_its_driver),
		TEST(a_zone_grows_by_one_section_when_its_free_areas_run_dry),
		TEST(a_table_root_that_is_missing_comes_from_the_section),
		TEST(blocks_that_are_shown_hold_all_free_pages),
		TEST(eager_and_lazy_boots_end_in_the_same_counts),
		TEST(dumps_show_what_waits_as_movable_blocks_and_make_nothing),
		TEST(options_that_mean_nothing_are_refused),
		TEST(sixteen_terabytes_on_eight_nodes_touch_little_memory),
		TEST(many_small_holes_are_all_accounted_for),
		TEST(sections_without_page_structs_are_given_up_with_a_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
