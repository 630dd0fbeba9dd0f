/* SPDX-License-Identifier: MIT */
/*
 * What a page frame number tells, for every kind of it: is there a frame, has it a page
 * struct that can be read, whose is it. Each machine is asked with the sections that its
 * boot made, and once more with all of them made.
 */
#include "zones_machine.h"

#include <linux/errno.h>

#include "../../mm/badpage.h"
#include "../../mm/page_isolation.h"

#define SECTION	     (1ULL << SECTION_SIZE_BITS)
#define SECTIONS(nr) ((u64)(nr)*SECTION)

enum kind {
	MEMORY,	      /* of a made section */
	RESERVED,     /* the same, and nobody's to have */
	BAD,	      /* the same, and faulty */
	HOLE,	      /* no memory, in a made section */
	WAITS,	      /* memory of a section that is not made */
	WAITING_HOLE, /* no memory, in a section that is not made */
	NONE,	      /* neither memory nor a page struct */
};

struct row {
	const char *what;
	unsigned long pfn;
	enum kind kind;
	int nid;
	enum zone_type zone;
};

static unsigned long made_sections(void)
{
	unsigned long count = 0;

	for (unsigned long nr = next_made_section(0); nr != ULONG_MAX;
	     nr = next_made_section(nr + 1))
		count++;
	return count;
}

/* ---- Asking ---------------------------------------------------------------------- */

/* The page struct is there: it tells what the row says. A section keeps page structs in itself. */
static bool page_is_right(const struct row *row, enum kind kind)
{
	struct page *page = pfn_to_online_page(row->pfn);

	return page && page == pfn_to_page(row->pfn) && page_to_pfn(page) == row->pfn &&
	       page_to_nid(page) == row->nid && page_zonenum(page) == row->zone &&
	       page_zone(page) == zone_of(row->nid, row->zone) &&
	       (row->kind == WAITS || PageReserved(page) == (kind != MEMORY)) &&
	       PageHWPoison(page) == (kind == BAD);
}

static bool row_is_right(const struct row *row, enum kind kind)
{
	bool online = kind != WAITS && kind != WAITING_HOLE && kind != NONE;

	if (page_to_pfn(pfn_to_page(row->pfn)) != row->pfn)
		return false;
	if (pfn_valid(row->pfn) != (kind != NONE) || pfn_to_nid(row->pfn) != row->nid)
		return false;
	return online ? page_is_right(row, kind) : !pfn_to_online_page(row->pfn);
}

/* What pages are once all sections are made. */
static enum kind kind_made(enum kind kind)
{
	return kind == WAITS ? MEMORY : kind == WAITING_HOLE ? HOLE : kind;
}

static void ask(const struct row *rows, size_t nr, bool all_made)
{
	unsigned long made = made_sections();

	for (size_t i = 0; i < nr; i++) {
		enum kind kind = all_made ? kind_made(rows[i].kind) : rows[i].kind;

		if (!row_is_right(&rows[i], kind))
			fail_msg("%s (pfn %#lx)%s", rows[i].what, rows[i].pfn,
				 all_made ? ", all made" : "");
	}
	assert_int_equal(made_sections(), made);
}

static void ask_twice(const struct row *rows, size_t nr)
{
	ask(rows, nr, false);
	assert_int_equal(verify_all(), 0);
	memmap_make_all();
	ask(rows, nr, true);
	assert_int_equal(verify_all(), 0);
}

/* ---- A PC of two nodes -------------------------------------------------------------- */

#define HOLE_IN_SECTION SECTIONS(3) + SZ_8M
#define HOLE_END	(HOLE_IN_SECTION + SZ_1M)
#define NODE_EDGE	(SECTIONS(16) + 0x3456000ULL)
#define MOVABLE_EDGE	(SZ_4G + SECTIONS(4) + SZ_4M)
#define RAM_LAST	(SZ_4G + SECTIONS(8) + SZ_32M)
#define WINDOW_END	(SZ_4G + SECTIONS(16))
#define BAD_PAGE	(SECTIONS(5) + 0x1234000ULL)
#define ISOLATED	(SECTIONS(5) + SZ_32M)

static const struct ram pc[] = {{0, 0xa0000, 0},
				{SZ_1M, HOLE_IN_SECTION, 0},
				{HOLE_END, SECTIONS(8), 0},
				{SECTIONS(12), SECTIONS(24), 0},
				{SZ_4G, RAM_LAST, 1},
				{0, 0, 0}};

static int pc_nodes(void)
{
	numa_add_memblk(0, 0, NODE_EDGE);
	numa_add_memblk(1, NODE_EDGE, SZ_4G);
	return numa_add_memblk(1, SZ_4G, WINDOW_END); /* with room to plug memory in */
}

static void pc_up(void)
{
	static struct numa_source source = {.name = "test_pfn", .init = pc_nodes};
	unsigned long limits[MAX_NR_ZONES] = {MAX_DMA_PFN, MAX_DMA32_PFN};

	machine_ram(pc);
	memblock_reserve(0, SZ_1M);
	bad_memory_reserve(BAD_PAGE, BAD_PAGE + 1);
	numa_register_source(&source);
	initmem_init();
	limits[ZONE_NORMAL] = max_pfn;
	zone_movable_pfn[1] = PHYS_PFN(MOVABLE_EDGE);
	free_area_init(limits);
	build_all_zonelists(NULL);
	mem_init();
	bad_memory_mark_pages();
}

static const struct row pc_rows[] = {
	{"page 0", 0, RESERVED, 0, ZONE_DMA},
	{"low memory", 0x9f, RESERVED, 0, ZONE_DMA},
	{"first page of the hole below 1 MB", 0xa0, HOLE, 0, ZONE_DMA},
	{"last page of the hole below 1 MB", 0xff, HOLE, 0, ZONE_DMA},
	{"last page of DMA", MAX_DMA_PFN - 1, MEMORY, 0, ZONE_DMA},
	{"first page of DMA32, in the same section", MAX_DMA_PFN, MEMORY, 0, ZONE_DMA32},
	{"last page before a hole in a section", PHYS_PFN(HOLE_IN_SECTION) - 1, WAITS, 0,
	 ZONE_DMA32},
	{"first page of it", PHYS_PFN(HOLE_IN_SECTION), WAITING_HOLE, 0, ZONE_DMA32},
	{"last page of it", PHYS_PFN(HOLE_END) - 1, WAITING_HOLE, 0, ZONE_DMA32},
	{"first page after it", PHYS_PFN(HOLE_END), WAITS, 0, ZONE_DMA32},
	{"section that waits", PHYS_PFN(SECTIONS(1)), WAITS, 0, ZONE_DMA32},
	{"bad page", PHYS_PFN(BAD_PAGE), BAD, 0, ZONE_DMA32},
	{"page beside it", PHYS_PFN(BAD_PAGE) + 1, MEMORY, 0, ZONE_DMA32},
	{"page to isolate", PHYS_PFN(ISOLATED), MEMORY, 0, ZONE_DMA32},
	{"last page before a hole of sections", PHYS_PFN(SECTIONS(8)) - 1, WAITS, 0, ZONE_DMA32},
	{"first page of it", PHYS_PFN(SECTIONS(8)), NONE, NUMA_NO_NODE, 0},
	{"last page of it", PHYS_PFN(SECTIONS(12)) - 1, NONE, NUMA_NO_NODE, 0},
	{"first page after it", PHYS_PFN(SECTIONS(12)), WAITS, 0, ZONE_DMA32},
	{"first page of a section that two nodes share", PHYS_PFN(SECTIONS(16)), MEMORY, 0,
	 ZONE_DMA32},
	{"last page of the lower node", PHYS_PFN(NODE_EDGE) - 1, MEMORY, 0, ZONE_DMA32},
	{"first page of the upper node", PHYS_PFN(NODE_EDGE), MEMORY, 1, ZONE_DMA32},
	{"last page of their section", PHYS_PFN(SECTIONS(17)) - 1, MEMORY, 1, ZONE_DMA32},
	{"first section of the upper node alone", PHYS_PFN(SECTIONS(17)), WAITS, 1, ZONE_DMA32},
	{"last page below the hole to 4 GB", PHYS_PFN(SECTIONS(24)) - 1, WAITS, 1, ZONE_DMA32},
	{"last page below 4 GB", MAX_DMA32_PFN - 1, NONE, NUMA_NO_NODE, 0},
	{"first page of Normal", MAX_DMA32_PFN, WAITS, 1, ZONE_NORMAL},
	{"last page of Normal", PHYS_PFN(MOVABLE_EDGE) - 1, MEMORY, 1, ZONE_NORMAL},
	{"first page of Movable, in the same section", PHYS_PFN(MOVABLE_EDGE), MEMORY, 1,
	 ZONE_MOVABLE},
	{"section of Movable alone", PHYS_PFN(SZ_4G + SECTIONS(5)), WAITS, 1, ZONE_MOVABLE},
	{"first page of a section that ends early", PHYS_PFN(SZ_4G + SECTIONS(8)), MEMORY, 1,
	 ZONE_MOVABLE},
	{"first page past the end, in that section", PHYS_PFN(RAM_LAST), HOLE, 1, ZONE_MOVABLE},
	{"last page of that section", PHYS_PFN(SZ_4G + SECTIONS(9)) - 1, HOLE, 1, ZONE_MOVABLE},
	{"first section of the hot-plug window", PHYS_PFN(SZ_4G + SECTIONS(9)), NONE, NUMA_NO_NODE,
	 0},
	{"last page of the hot-plug window", PHYS_PFN(WINDOW_END) - 1, NONE, NUMA_NO_NODE, 0},
	{"page past the hot-plug window", PHYS_PFN(WINDOW_END), NONE, NUMA_NO_NODE, 0},
	{"last page of the memmap", MAX_MEMMAP_PFN - 1, NONE, NUMA_NO_NODE, 0},
	{"page past the memmap", MAX_MEMMAP_PFN, NONE, NUMA_NO_NODE, 0},
};

static void every_kind_of_page_of_a_pc_is_what_it_is(void **state)
{
	(void)state;
	pc_up();
	ask_twice(pc_rows, ARRAY_SIZE(pc_rows));
}

/* Its bytes, were they counted in 64 bits, would be those of a page that there is. */
static void numbers_past_every_address_are_no_pages(void **state)
{
	static const unsigned long pfns[] = {1UL << 52, (1UL << 52) + MAX_DMA_PFN, 1UL << 63, ~0UL};
	unsigned long start, end;

	(void)state;
	pc_up();
	for (size_t i = 0; i < ARRAY_SIZE(pfns); i++) {
		assert_false(pfn_valid(pfns[i]));
		assert_null(pfn_to_online_page(pfns[i]));
		assert_int_equal(pfn_to_nid(pfns[i]), NUMA_NO_NODE);
		assert_int_equal(memblock_search_pfn_nid(pfns[i], &start, &end), NUMA_NO_NODE);
	}
}

static void an_isolated_page_is_its_zones_as_before(void **state)
{
	const unsigned long pfn = PHYS_PFN(ISOLATED);

	(void)state;
	pc_up();
	assert_int_equal(start_isolate_page_range(pfn, pfn + pageblock_nr_pages, 0), 0);
	assert_int_equal(get_pfnblock_migratetype(pfn), MIGRATE_ISOLATE);
	ask(pc_rows, ARRAY_SIZE(pc_rows), false);
}

/* Another CPU makes the section now, or nobody could; each page of it. */
static void pages_of_a_section_half_made_or_lost_cannot_be_read(void **state)
{
	const unsigned long nr = 2, first = section_nr_to_pfn(nr);

	(void)state;
	pc_up();
	assert_false(section_made(nr));
	for (unsigned long pfn = first; pfn < first + PAGES_PER_SECTION; pfn += 4095) {
		struct row row = {"half made", pfn, WAITS, 0, ZONE_DMA32};

		section_set_state(nr, SECTION_MAKING);
		ask(&row, 1, false);
		section_set_state(nr, SECTION_LOST);
		assert_false(pfn_valid(pfn));
		assert_null(pfn_to_online_page(pfn));
		assert_int_equal(pfn_to_nid(pfn), 0);
		section_set_state(nr, SECTION_UNMADE);
		ask(&row, 1, false);
	}
}

/* RAM by bytes: what is no whole page of one range is nobody's. */
static void parts_of_pages_are_no_pages(void **state)
{
	static const struct ram ram[] = {{0, SECTIONS(2), 0},
					 {SECTIONS(4) + 0x800, SECTIONS(4) + 0xc00, 0},
					 {SECTIONS(5), SECTIONS(5) + 0x400, 0},
					 {0, 0, 0}};
	static const struct row rows[] = {
		{"whole page", PHYS_PFN(SECTIONS(1)), WAITS, 0, ZONE_DMA32},
		{"end of a page", PHYS_PFN(SECTIONS(4)), NONE, NUMA_NO_NODE, 0},
		{"start of a page", PHYS_PFN(SECTIONS(5)), NONE, NUMA_NO_NODE, 0},
	};

	(void)state;
	machine_ram(ram);
	memblock_reserve(0, SZ_1M);
	machine_zones();
	mem_init();
	ask_twice(rows, ARRAY_SIZE(rows));
}

/* ---- A model, for all pages -------------------------------------------------------- */

/* What pfn of the PC is, with every section made, from its table alone. */
static struct row model(unsigned long pfn)
{
	unsigned long first = SECTION_ALIGN_DOWN(pfn), end = first + PAGES_PER_SECTION;
	struct row row = {"page", pfn, NONE, NUMA_NO_NODE, 0};

	for (const struct ram *r = pc; r->end; r++) {
		if (PHYS_PFN(r->end) <= first || PHYS_PFN(r->start) >= end)
			continue;
		if (PHYS_PFN(r->start) <= pfn && pfn < PHYS_PFN(r->end))
			row.kind = MEMORY;
		else if (row.kind == NONE)
			row.kind = HOLE;
	}
	if (row.kind == NONE)
		return row;
	row.nid = pfn >= PHYS_PFN(NODE_EDGE);
	row.zone = pfn < MAX_DMA_PFN		  ? ZONE_DMA
		   : pfn < MAX_DMA32_PFN	  ? ZONE_DMA32
		   : pfn < PHYS_PFN(MOVABLE_EDGE) ? ZONE_NORMAL
						  : ZONE_MOVABLE;
	return row;
}

/* Memory that the boot took is reserved, too; the rows above know which is not. */
static void check_model(unsigned long pfn)
{
	struct row row = model(pfn);

	if (row.kind == MEMORY && PageReserved(pfn_to_page(pfn)))
		row.kind = PageHWPoison(pfn_to_page(pfn)) ? BAD : RESERVED;
	if (!row_is_right(&row, row.kind))
		fail_msg("pfn %#lx is not what the model says", pfn);
}

static void all_pages_are_as_a_model_says(void **state)
{
	const unsigned long end = PHYS_PFN(WINDOW_END);
	unsigned long pfn = 0;

	(void)state;
	pc_up();
	memmap_make_all();
	for (; pfn < end; pfn += 61)
		check_model(pfn);
	for (pfn = 0; pfn < end; pfn += pageblock_nr_pages) {
		check_model(pfn);
		check_model(pfn + pageblock_nr_pages - 1);
	}
}

/* ---- High memory ------------------------------------------------------------------- */

#define HIGH_START (SZ_4G + SECTIONS(2))

static void first_and_last_pages_of_high_memory_are_its_own(void **state)
{
	static const struct ram ram[] = {
		{0, SZ_1G, 0}, {SZ_4G, SZ_4G + SECTIONS(4) + SZ_2M, 0}, {0, 0, 0}};
	static const struct row rows[] = {
		{"last section of the direct map", PHYS_PFN(HIGH_START) - 1, WAITS, 0, ZONE_NORMAL},
		{"first high page", PHYS_PFN(HIGH_START), WAITS, 0, ZONE_HIGHMEM},
		{"reserved high page", PHYS_PFN(HIGH_START + SECTION), RESERVED, 0, ZONE_HIGHMEM},
		{"high page beside it", PHYS_PFN(HIGH_START + SECTION) + 2, MEMORY, 0,
		 ZONE_HIGHMEM},
		{"high page of a section that ends early", PHYS_PFN(SZ_4G + SECTIONS(4)), MEMORY, 0,
		 ZONE_HIGHMEM},
		{"page past high memory, in that section", PHYS_PFN(SZ_4G + SECTIONS(4) + SZ_2M),
		 HOLE, 0, ZONE_HIGHMEM},
		{"section past high memory", PHYS_PFN(SZ_4G + SECTIONS(5)), NONE, NUMA_NO_NODE, 0},
	};

	(void)state;
	machine_direct_map = HIGH_START;
	machine_ram(ram);
	machine_direct_map = ~0ULL;
	memblock_reserve(0, SZ_1M);
	memblock_reserve(HIGH_START + SECTION, SZ_4K);
	machine_zones();
	mem_init();
	ask_twice(rows, ARRAY_SIZE(rows));
}

/* ---- Zones that overlap ------------------------------------------------------------ */

#define MIRROR_LOW  (SZ_4G + SZ_64M)
#define MIRROR_HIGH (SZ_4G + SECTIONS(2) + SZ_32M)

/* kernelcore=mirror: mirrored memory is Normal on either side of what is Movable. */
static void pages_of_zones_that_overlap_are_told_apart(void **state)
{
	static const struct ram ram[] = {{0, SZ_2G, 0}, {SZ_4G, SZ_4G + SECTIONS(8), 0}, {0, 0, 0}};
	static const struct row rows[] = {
		{"first mirrored page", PHYS_PFN(SZ_4G), MEMORY, 0, ZONE_NORMAL},
		{"last mirrored page", PHYS_PFN(MIRROR_LOW) - 1, MEMORY, 0, ZONE_NORMAL},
		{"first page of Movable, in the same section", PHYS_PFN(MIRROR_LOW), MEMORY, 0,
		 ZONE_MOVABLE},
		{"section of Movable", PHYS_PFN(SZ_4G + SECTION), WAITS, 0, ZONE_MOVABLE},
		{"Movable below a mirrored range", PHYS_PFN(MIRROR_HIGH) - 1, MEMORY, 0,
		 ZONE_MOVABLE},
		{"mirrored range in it", PHYS_PFN(MIRROR_HIGH), MEMORY, 0, ZONE_NORMAL},
		{"last page of that range, which holds page structs",
		 PHYS_PFN(MIRROR_HIGH + SZ_32M) - 1, RESERVED, 0, ZONE_NORMAL},
		{"Movable above it", PHYS_PFN(MIRROR_HIGH + SZ_32M), MEMORY, 0, ZONE_MOVABLE},
	};
	char option[] = "mirror";

	(void)state;
	machine_ram(ram);
	assert_int_equal(kernelcore_parse_option(option), 0);
	memblock_reserve(0, SZ_1M);
	memblock_mark_mirror(0, MIRROR_LOW);
	memblock_mark_mirror(MIRROR_HIGH, SZ_32M);
	machine_zones();
	mem_init();
	ask_twice(rows, ARRAY_SIZE(rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(every_kind_of_page_of_a_pc_is_what_it_is, machine_down),
		cmocka_unit_test_teardown(numbers_past_every_address_are_no_pages, machine_down),
		cmocka_unit_test_teardown(an_isolated_page_is_its_zones_as_before, machine_down),
		cmocka_unit_test_teardown(pages_of_a_section_half_made_or_lost_cannot_be_read,
					  machine_down),
		cmocka_unit_test_teardown(parts_of_pages_are_no_pages, machine_down),
		cmocka_unit_test_teardown(all_pages_are_as_a_model_says, machine_down),
		cmocka_unit_test_teardown(first_and_last_pages_of_high_memory_are_its_own,
					  machine_down),
		cmocka_unit_test_teardown(pages_of_zones_that_overlap_are_told_apart, machine_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
