// SPDX-License-Identifier: MIT
/*
 * From the early allocator to the page allocator: which sections must be made now, and which
 * may wait; then every free page goes to its zone. Contract: mem_init() in
 * linux/mmzone.h.
 *
 *   memory     |=====================================|        |==========|
 *   reserved        |#|                            |#|
 *   sections  [  made  ][  waits ][  waits ][ made ]  [ none ][made][wait]
 *
 * A section that is free as a whole, in one zone of one node, waits as part of an
 * extent. So does one, as an extent of its own, that has holes, or in which nothing was
 * taken but for the program and for tables of early allocators, if at least half of it is
 * free in one piece: nobody asks for these pages' structs. All others that hold memory are
 * made: page structs for holes, reserved and free pages alike, in memory taken early, inside
 * the section itself where there is room. Taking that memory can make another section partly
 * used, so the search for sections to make is repeated until it finds none.
 *
 * High memory (linux/highmem.h) differs in three ways: bootmem has no bits for it, page
 * tables of its sections' page structs lie below it, and its free pages are handed over
 * by highmem.c.
 *
 * Cost: in proportion to the number of ranges and of the sections made.
 */
#include <linux/cma.h>
#include <linux/errno.h>
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <baremm/boot_info.h>

#include "highmem.h"
#include "internal.h"
#include "page_alloc.h"
#include "section_free.h"
#include "shuffle.h"
#include "zone_extents.h"

bool memmap_init_eager;
atomic_long_t _totalram_pages;

/* Sections [start, end) with memory of @zone. */
struct section_run {
	unsigned long start;
	unsigned long end;
	struct zone *zone;
	bool waits;	    /* all of it free memory of that zone, but for */
	unsigned long used; /* pages; then it is one section */
};

typedef void (*section_run_fn)(const struct section_run *run, void *arg);

/* What the free memory of a section that is not free as a whole looks like. */
struct section_use {
	unsigned long nr;
	unsigned long free;	   /* pages */
	unsigned long longest;	   /* of these, in one piece */
	unsigned long first_piece; /* the pfn at which its first piece of memory starts */
	bool may_wait;
};

struct section_walk {
	section_run_fn fn;
	void *arg;
	struct section_use use; /* of the section asked for last */
};

static phys_addr_t __init section_phys(unsigned long nr)
{
	return PFN_PHYS(section_nr_to_pfn(nr));
}

static enum section_state __init section_state(unsigned long nr)
{
	const struct mem_section *ms = __nr_to_section(nr);

	return ms ? (enum section_state)ms->state : SECTION_UNMADE;
}

/* Pages [pos, end), memory of one node. */
static void __init add_use(struct section_use *use, int nid, unsigned long pos, unsigned long end)
{
	while (pos < end) {
		struct pfn_run used = {end, end};

		if (early_next_used(nid, pos, end, &used) && !early_is_table(used.start, used.end))
			use->may_wait = false;
		use->free += used.start - pos;
		use->longest = max(use->longest, used.start - pos);
		pos = used.end;
	}
}

static void __init find_use(struct section_use *use, unsigned long nr)
{
	unsigned long start = section_nr_to_pfn(nr), end = start + PAGES_PER_SECTION;
	const struct zone *zone;
	struct memory_piece piece;

	*use = (struct section_use){.nr = nr, .may_wait = true};
	memory_piece_first(&piece, memblock_first_above(&memblock.memory, PFN_PHYS(start)));
	while (piece.zone && piece.end <= start)
		memory_piece_next(&piece);
	zone = piece.zone;
	use->first_piece = piece.start;
	for (; piece.zone && piece.start < end; memory_piece_next(&piece)) {
		if (piece.zone != zone || piece.kept)
			use->may_wait = false;
		add_use(use, piece.zone->node, max(start, piece.start), min(end, piece.end));
	}
	if (section_state(nr) != SECTION_UNMADE || section_is_high(nr) ||
	    use->longest < PAGES_PER_SECTION / 2)
		use->may_wait = false;
}

/* Section @nr, which is not free as a whole, of a piece that starts at @piece_start. */
static void __init emit_used(struct section_walk *walk, struct zone *zone, unsigned long nr,
			     unsigned long piece_start)
{
	struct section_run run = {.start = nr, .end = nr + 1, .zone = zone};

	if (walk->use.nr != nr)
		find_use(&walk->use, nr);
	run.waits = walk->use.may_wait;
	run.used = PAGES_PER_SECTION - walk->use.free;
	if (!run.waits || walk->use.first_piece == piece_start)
		walk->fn(&run, walk->arg);
}

static void __init emit_used_run(struct section_walk *walk, struct zone *zone, unsigned long start,
				 unsigned long end, unsigned long piece_start)
{
	for (; start < end; start++)
		emit_used(walk, zone, start, piece_start);
}

static void __init emit_free_run(const struct section_walk *walk, struct zone *zone,
				 unsigned long start, unsigned long end)
{
	struct section_run run = {start, end, zone, true, 0};

	if (start < end)
		walk->fn(&run, walk->arg);
}

/* Sections [pos, end) are memory throughout; pages that are taken part the whole from the used. */
static void __init walk_full_sections(struct section_walk *walk, const struct memory_piece *piece,
				      unsigned long pos, unsigned long end)
{
	struct zone *zone = piece->zone;
	struct pfn_run used;

	while (pos < end) {
		unsigned long first, last;

		if (!early_next_used(zone->node, section_nr_to_pfn(pos), section_nr_to_pfn(end),
				     &used)) {
			emit_free_run(walk, zone, pos, end);
			return;
		}
		first = pfn_to_section_nr(used.start);
		last = pfn_to_section_nr(used.end - 1) + 1;
		emit_free_run(walk, zone, pos, first);
		emit_used_run(walk, zone, first, last, piece->start);
		pos = last;
	}
}

/*
 * Calls @fn for all sections with memory, up in addresses; one that several zones
 * or ranges share comes several times, unless it can wait. @fn changes no range.
 */
static void __init walk_sections(section_run_fn fn, void *arg)
{
	struct section_walk walk = {.fn = fn, .arg = arg, .use.nr = ULONG_MAX};
	struct memory_piece piece;

	for_each_memory_piece (&piece) {
		unsigned long first = pfn_to_section_nr(piece.start);
		unsigned long last = pfn_to_section_nr(piece.end - 1) + 1;
		unsigned long full = pfn_to_section_nr(SECTION_ALIGN_UP(piece.start));
		unsigned long full_end = pfn_to_section_nr(piece.end);

		if (piece.kept || full >= full_end) {
			emit_used_run(&walk, piece.zone, first, last, piece.start);
			continue;
		}
		emit_used_run(&walk, piece.zone, first, full, piece.start);
		walk_full_sections(&walk, &piece, full, full_end);
		emit_used_run(&walk, piece.zone, full_end, last, piece.start);
	}
}

/* ---- Memory for page structs ---------------------------------------------------- */

/* Sections to make, collected while the ranges must not change. */
struct todo {
	unsigned long nr[64];
	int nid[64];
	unsigned int count;
};

static void __init collect_section(const struct section_run *run, void *arg)
{
	struct todo *todo = arg;

	if (run->waits)
		return;
	for (unsigned long nr = run->start; nr < run->end; nr++) {
		bool seen = todo->count && todo->nr[todo->count - 1] == nr;

		if (todo->count == ARRAY_SIZE(todo->nr))
			return;
		if (seen || section_state(nr) != SECTION_UNMADE)
			continue;
		todo->nr[todo->count] = nr;
		todo->nid[todo->count] = run->zone->node;
		todo->count++;
	}
}

/* In the section itself, else on its node, else anywhere; 0 where there is no room. */
static phys_addr_t __init alloc_for_section(unsigned long pages, unsigned long nr, int nid)
{
	phys_addr_t pa = early_alloc_range(PFN_PHYS(pages), section_phys(nr), section_phys(nr + 1));

	return pa ? pa : early_alloc_pages(PFN_PHYS(pages), nid);
}

/*
 * Memory for page structs; and for page_ext, with the tables that map page structs behind
 * it. That is behind the page structs, but for high memory, where neither could be
 * reached. `memmap` or `ext` is 0 where there is no room.
 */
struct memmap_home {
	phys_addr_t memmap;
	phys_addr_t ext;
	phys_addr_t tables;
};

static struct memmap_home __init alloc_memmap(unsigned long nr, int nid)
{
	unsigned long more = page_ext_section_pages + SECTION_TABLE_PAGES;
	struct memmap_home home = {0, 0, 0};

	if (section_is_high(nr)) {
		home.memmap = alloc_for_section(SECTION_MEMMAP_PAGES, nr, nid);
		home.ext = home.memmap ? early_alloc_pages(PFN_PHYS(more), nid) : 0;
	} else {
		home.memmap = alloc_for_section(SECTION_MEMMAP_PAGES + more, nr, nid);
		home.ext = home.memmap ? home.memmap + PFN_PHYS(SECTION_MEMMAP_PAGES) : 0;
	}
	home.tables = home.ext + PFN_PHYS(page_ext_section_pages);
	return home;
}

/* Returns how many tables it took, or -errno. */
static int __init map_memmap(unsigned long nr, const struct memmap_home *home)
{
	phys_addr_t tables[SECTION_TABLE_PAGES];

	if (!home->ext)
		return -ENOMEM;
	for (unsigned long i = 0; i < SECTION_TABLE_PAGES; i++)
		tables[i] = home->tables + PFN_PHYS(i);
	return section_map_memmap(nr, PHYS_PFN(home->memmap), tables);
}

static void __init ensure_root(unsigned long nr, int nid)
{
	void *root;

	if (section_has_root(nr))
		return;
	root = early_alloc(PAGE_SIZE, nid);
	if (!root)
		panic("sparse: no memory for the entries of section %lu", nr);
	section_set_root(nr, root);
}

static void __init claim_section(unsigned long nr, int nid)
{
	struct memmap_home home;
	int tables;

	ensure_root(nr, nid);
	home = alloc_memmap(nr, nid);
	tables = map_memmap(nr, &home);
	if (tables < 0) {
		pr_err("sparse: no page structs for [mem %#018llx-%#018llx] (error %d), not used\n",
		       section_phys(nr), section_phys(nr + 1) - 1, tables);
		section_set_state(nr, SECTION_LOST);
		return;
	}
	early_free(home.tables + PFN_PHYS((unsigned long)tables),
		   PFN_PHYS(SECTION_TABLE_PAGES - (unsigned long)tables));
	section_set_memmap(nr, PHYS_PFN(home.memmap), PHYS_PFN(home.ext), tables);
	section_set_state(nr, SECTION_MAKING);
}

/* Returns how many sections it found. */
static unsigned int __init claim_sections(void)
{
	struct todo todo;

	todo.count = 0;
	walk_sections(collect_section, &todo);
	for (unsigned int i = 0; i < todo.count; i++)
		claim_section(todo.nr[i], todo.nid[i]);
	return todo.count;
}

/* ---- Extents ---------------------------------------------------------------------- */

static void __init count_extent(const struct section_run *run, void *arg)
{
	if (run->waits) {
		run->zone->max_extents++;
		++*(unsigned int *)arg;
	}
}

static unsigned int __init count_extents(void)
{
	unsigned int count = 0;
	struct zone *zone;

	for_each_zone (zone)
		zone->max_extents = 0;
	walk_sections(count_extent, &count);
	return count;
}

static void __init fill_extent(const struct section_run *run, void *arg)
{
	struct zone *zone = run->zone;
	struct zone_extent *extent;
	unsigned long pages;

	(void)arg;
	if (!run->waits)
		return;
	extent = &zone->extents[zone->nr_extents];
	*extent = (struct zone_extent){run->start, run->end, run->used};
	pages = extent_pages(extent);
	zone->nr_extents++;
	zone->nr_extent_pages += pages;
	__mod_zone_freepage_state(zone, (long)pages, MIGRATE_MOVABLE);
	adjust_zone_managed(zone, (long)pages);
}

/* Each zone's extents are a slice of @table, which has room for all of them, or NULL for none. */
static void __init fill_extents(struct zone_extent *table)
{
	struct zone *zone;

	for_each_zone (zone) {
		if (!zone->max_extents)
			continue;
		zone->extents = table;
		table += zone->max_extents;
	}
	walk_sections(fill_extent, NULL);
}

/*
 * Takes memory for page structs and for the extents, until that leaves no section
 * partly used that was free before. Returns the extents' table.
 */
static struct zone_extent *__init claim_memory(void)
{
	struct zone_extent *table = NULL;
	unsigned int room = 0, need;

	for (;;) {
		while (claim_sections())
			;
		need = count_extents();
		if (need <= room)
			return table;
		if (table)
			early_free(__pa(table), room * sizeof(*table));
		room = need + 16;
		table = early_alloc(room * sizeof(*table), first_node(node_online_map));
		if (!table)
			panic("sparse: no memory for %u extents of free sections", room);
	}
}

/* ---- Page structs of the sections made now ---------------------------------------- */

static void __init init_section_run(const struct section_run *run, void *arg)
{
	(void)arg;
	for (unsigned long nr = run->start; !run->waits && nr < run->end; nr++) {
		if (section_state(nr) != SECTION_MAKING)
			continue;
		init_section_pages(nr, early_next_used);
		section_set_state(nr, SECTION_MADE);
	}
}

/* The frames that hold page structs lie in sections made now, maybe another's. */
static void __init mark_memmap(unsigned long nr)
{
	const struct mem_section *ms = __nr_to_section(nr);
	unsigned long pfn = ms->memmap_pfn;
	int nid = page_to_nid(pfn_to_page(pfn));

	set_pages_reserved(pfn, pfn + SECTION_MEMMAP_PAGES, 1UL << PG_memmap);
	set_pages_reserved(ms->ext_pfn, ms->ext_pfn + page_ext_section_pages + ms->nr_table_pages,
			   1UL << PG_memmap);
	atomic_long_add(SECTION_MEMMAP_PAGES, &NODE_DATA(nid)->vm_stat[NR_MEMMAP]);
}

void __init prepare_handover(void)
{
	struct zone_extent *table;

	if (!early_open)
		return;
	bootmem_open_hotplug();
	memblock_clear_hotplug(0, PHYS_ADDR_MAX);
	table = claim_memory();
	early_close();
	walk_sections(init_section_run, NULL);
	for (unsigned long nr = next_made_section(0); nr != ULONG_MAX;
	     nr = next_made_section(nr + 1))
		mark_memmap(nr);
	fill_extents(table);
}

/* ---- Free pages ---------------------------------------------------------------------- */

void release_boot_pages(struct zone *zone, unsigned long start, unsigned long end)
{
	long pages = (long)(end - start);
	unsigned long flags;

	if (unlikely(data_race(page_hooks)))
		release_hook(start, end);
	adjust_zone_managed(zone, pages);
	spin_lock_irqsave(&zone->lock, flags);
	free_pages_range(zone, start, end);
	spin_unlock_irqrestore(&zone->lock, flags);
}

static bool can_release(unsigned long pfn)
{
	const struct page *page = pfn_to_online_page(pfn);

	return page && PageReserved(page) && !PageMemmap(page) && !PageHWPoison(page);
}

/* Pages of one section. If they cannot be released so, the section is made. */
static bool released_while_waiting(unsigned long start, unsigned long end)
{
	if (section_made(pfn_to_section_nr(start)))
		return false;
	if (!release_waiting_pages(start, end))
		return true;
	section_make_without(start);
	return false;
}

/* In runs of one zone: a page alone would cost as much as a run. */
void release_reserved_pages(unsigned long start, unsigned long end)
{
	for (unsigned long stop; start < end; start = stop) {
		struct zone *zone;

		stop = min(end, section_nr_to_pfn(pfn_to_section_nr(start) + 1));
		if (released_while_waiting(start, stop))
			continue;
		stop = start + 1;
		if (!can_release(start)) {
			pr_err("mm: page %#lx is not reserved memory, or bad, so it is not freed\n",
			       start);
			continue;
		}
		zone = page_zone(pfn_to_page(start));
		while (stop < end && can_release(stop) && page_zone(pfn_to_page(stop)) == zone)
			stop++;
		init_unused_pages(start, stop, zone);
		release_boot_pages(zone, start, stop);
	}
}

void free_reserved_page(struct page *page)
{
	unsigned long pfn = page_to_pfn(page);
	struct zone *zone;

	if (released_while_waiting(pfn, pfn + 1))
		return;
	zone = page_zone(page);
	init_unused_pages(pfn, pfn + 1, zone);
	release_boot_pages(zone, pfn, pfn + 1);
}

/* What of [pos, end), all memory of @zone, is not reserved. */
static void __init release_piece(struct zone *zone, unsigned long pos, unsigned long end)
{
	struct pfn_run used;

	for (; memblock_next_used(pos, end, &used); pos = used.end)
		if (pos < used.start)
			release_boot_pages(zone, pos, used.start);
	if (pos < end)
		release_boot_pages(zone, pos, end);
}

void section_memory(unsigned long nr,
		    void (*fn)(struct zone *zone, unsigned long start, unsigned long end))
{
	unsigned long start = section_nr_to_pfn(nr), end = start + PAGES_PER_SECTION;
	struct memory_piece piece;

	memory_piece_first(&piece, memblock_first_above(&memblock.memory, PFN_PHYS(start)));
	for (; piece.zone && piece.start < end; memory_piece_next(&piece)) {
		unsigned long s = max(start, piece.start), e = min(end, piece.end);

		if (s < e && !piece.kept)
			fn(piece.zone, s, e);
	}
}

void __init memblock_free_all(void)
{
	prepare_handover();
	for (unsigned long nr = next_made_section(0); nr != ULONG_MAX && !section_is_high(nr);
	     nr = next_made_section(nr + 1))
		section_memory(nr, release_piece);
}

void __init memblock_free_late(phys_addr_t base, phys_addr_t size)
{
	release_reserved_pages(PFN_UP(base), PFN_DOWN(base + size));
}

/* ---- The summary ------------------------------------------------------------------ */

/* Kilobytes of the program's own ranges of a type. */
static unsigned long __init own_kbytes(enum boot_range_type type)
{
	u64 bytes = 0;

	for (u32 i = 0; boot_info && i < boot_info->nr_ranges; i++)
		if (boot_info->ranges[i].type == type)
			bytes += boot_info->ranges[i].end - boot_info->ranges[i].start;
	return bytes >> 10;
}

/* Linux's line. The data's cleared part is not told apart. */
static void __init mem_init_print_info(void)
{
	unsigned long pages = get_num_physpages();

	pr_info("Memory: %luK/%luK available (%luK kernel code, %luK rwdata, %luK rodata, %luK "
		"init, %luK bss, %luK reserved, %luK cma-reserved",
		pages_to_kb(nr_free_pages()), pages_to_kb(pages), own_kbytes(BOOT_RANGE_TEXT),
		own_kbytes(BOOT_RANGE_DATA), own_kbytes(BOOT_RANGE_RODATA),
		own_kbytes(BOOT_RANGE_INIT_TEXT) + own_kbytes(BOOT_RANGE_INIT_DATA), 0UL,
		pages_to_kb(pages - totalram_pages() - totalcma_pages),
		pages_to_kb(totalcma_pages));
	if (have_highmem())
		pr_cont(", %luK highmem", pages_to_kb(totalhigh_pages()));
	pr_cont(")\n");
}

void __init mem_init(void)
{
	if (bootmem_active()) {
		WARN_ON(bootmem_verify());
		free_all_bootmem();
	} else {
		memblock_free_all();
	}
	set_highmem_pages_init();
	init_per_zone_wmark_min();
	if (memmap_init_eager)
		memmap_make_all();
	shuffle_free_memory();
	mem_init_print_info();
}
