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
 * extent. All others that hold memory are made: page structs for holes, reserved
 * and free pages alike, in memory taken early, inside the section itself where
 * there is room. Taking that memory can make another section partly used, so the
 * search for sections to make is repeated until it finds none.
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
#include "shuffle.h"

bool memmap_init_eager;
atomic_long_t _totalram_pages;

/* Sections [start, end) with memory of @zone. */
struct section_run {
	unsigned long start;
	unsigned long end;
	struct zone *zone;
	bool whole; /* all of it free memory of that zone: it can wait */
};

typedef void (*section_run_fn)(const struct section_run *run, void *arg);

struct section_walk {
	section_run_fn fn;
	void *arg;
};

static void __init emit_run(const struct section_walk *walk, struct zone *zone, unsigned long start,
			    unsigned long end, bool whole)
{
	struct section_run run = {start, end, zone, whole};

	if (start < end)
		walk->fn(&run, walk->arg);
}

static phys_addr_t __init section_phys(unsigned long nr)
{
	return PFN_PHYS(section_nr_to_pfn(nr));
}

/* Sections [pos, end) are memory throughout; pages that are taken part the whole from the used. */
static void __init walk_full_sections(const struct section_walk *walk, struct zone *zone,
				      unsigned long pos, unsigned long end)
{
	struct pfn_run used;

	while (pos < end) {
		unsigned long first, last;

		if (!early_next_used(zone->node, section_nr_to_pfn(pos), section_nr_to_pfn(end),
				     &used)) {
			emit_run(walk, zone, pos, end, true);
			return;
		}
		first = pfn_to_section_nr(used.start);
		last = pfn_to_section_nr(used.end - 1) + 1;
		emit_run(walk, zone, pos, first, true);
		emit_run(walk, zone, first, last, false);
		pos = last;
	}
}

/*
 * Calls @fn for all sections with memory, up in addresses; one that several zones
 * or ranges share comes several times, and is never whole. @fn changes no range.
 */
static void __init walk_sections(section_run_fn fn, void *arg)
{
	struct section_walk walk = {fn, arg};
	struct memory_piece piece;

	for_each_memory_piece (&piece) {
		unsigned long first = pfn_to_section_nr(piece.start);
		unsigned long last = pfn_to_section_nr(piece.end - 1) + 1;
		unsigned long full = pfn_to_section_nr(SECTION_ALIGN_UP(piece.start));
		unsigned long full_end = pfn_to_section_nr(piece.end);

		if (piece.kept || full >= full_end) {
			emit_run(&walk, piece.zone, first, last, false);
			continue;
		}
		emit_run(&walk, piece.zone, first, full, false);
		walk_full_sections(&walk, piece.zone, full, full_end);
		emit_run(&walk, piece.zone, full_end, last, false);
	}
}

/* ---- Memory for page structs ---------------------------------------------------- */

/* Sections to make, collected while the ranges must not change. */
struct todo {
	unsigned long nr[64];
	int nid[64];
	unsigned int count;
};

static enum section_state __init section_state(unsigned long nr)
{
	const struct mem_section *ms = __nr_to_section(nr);

	return ms ? (enum section_state)ms->state : SECTION_UNMADE;
}

static void __init collect_section(const struct section_run *run, void *arg)
{
	struct todo *todo = arg;

	if (run->whole)
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

	return pa ? pa : early_alloc_phys(PFN_PHYS(pages), nid);
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
		home.ext = home.memmap ? early_alloc_phys(PFN_PHYS(more), nid) : 0;
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
	if (run->whole) {
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
	unsigned long pages = (run->end - run->start) << PFN_SECTION_SHIFT;

	(void)arg;
	if (!run->whole)
		return;
	zone->extents[zone->nr_extents++] = (struct zone_extent){run->start, run->end};
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

/* Pages [pos, end), all memory of @zone. */
static void __init init_memory_pages(unsigned long pos, unsigned long end, const struct zone *zone)
{
	struct pfn_run used;

	for (; early_next_used(zone->node, pos, end, &used); pos = used.end) {
		init_unused_pages(pos, used.start, zone);
		init_reserved_pages(used.start, used.end, zone);
	}
	init_unused_pages(pos, end, zone);
}

/* A hole's pages are of the zone that follows it, or of the last zone. */
static void __init init_section_pages(unsigned long nr)
{
	unsigned long pos = section_nr_to_pfn(nr), end = pos + PAGES_PER_SECTION;
	struct memory_piece piece;

	memory_piece_first(&piece, memblock_first_above(&memblock.memory, section_phys(nr)));
	while (pos < end) {
		unsigned long stop = end;

		while (piece.zone && piece.end <= pos)
			memory_piece_next(&piece);
		if (!piece.zone) {
			init_reserved_pages(pos, end, last_populated_zone());
		} else if (piece.start > pos || piece.kept) {
			stop = min(end, piece.start > pos ? piece.start : piece.end);
			init_reserved_pages(pos, stop, piece.zone);
		} else {
			stop = min(end, piece.end);
			init_memory_pages(pos, stop, piece.zone);
		}
		pos = stop;
	}
}

static void __init init_section_run(const struct section_run *run, void *arg)
{
	(void)arg;
	for (unsigned long nr = run->start; !run->whole && nr < run->end; nr++) {
		if (section_state(nr) != SECTION_MAKING)
			continue;
		init_section_pages(nr);
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

/* In runs of one zone: a page alone would cost as much as a run. */
void release_reserved_pages(unsigned long start, unsigned long end)
{
	for (unsigned long stop; start < end; start = stop) {
		struct zone *zone;

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
	struct zone *zone = page_zone(page);

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
