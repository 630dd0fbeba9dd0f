// SPDX-License-Identifier: MIT
/*
 * Zones that grow by section: taking a section off an extent and making it the
 * buddy allocator's. Its page structs lie in its own first pages, so on its own
 * node, and need no memory that might not be there:
 *
 *   section   0          256     256+t  +r
 *             | memmap   | tables| root | free, in the largest blocks       |
 *             page structs  t<=4   r: 0 or 1, a root of the section table
 *             (and page_ext, where options ask for it: then the rest lies further up)
 *
 * Where some of its pages are taken, or are a hole, all this lies in its first free pages that
 * have the room.
 *
 * A section of high memory (linux/highmem.h) holds its page structs alone: the rest must
 * have an address, so it lies in pages of lower zones, as Linux's does. They are taken
 * before the section is, since there may be none.
 *
 * Locking: the section leaves the extents under zone->lock; it is made without the
 *          lock, since that takes some 200,000 instructions and the page tables'
 *          lock; its pages enter the free areas under the lock again. Who finds the
 *          free areas empty meanwhile waits for nr_growing_pages to become 0.
 */
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "highmem.h"
#include "internal.h"
#include "page_alloc.h"
#include "ram_probe.h"
#include "section_free.h"
#include "shuffle.h"
#include "zone_extents.h"

/* Roots of the section table are shared by zones. Innermost but for the page tables'. */
static DEFINE_SPINLOCK_RANK(section_root_lock, LOCK_RANK_LEAF);

/* One section on its way from the extents to the free areas. */
struct growth {
	unsigned long nr;
	unsigned long pages; /* that count as free */
};

static struct growth growth_of(const struct zone_extent *section)
{
	return (struct growth){section->start, extent_pages(section)};
}

/* With zone->lock held. */
static void growth_begin(struct zone *zone, const struct growth *growth)
{
	data_race_write(zone->nr_extent_pages, zone->nr_extent_pages - growth->pages);
	data_race_write(zone->nr_growing_pages, zone->nr_growing_pages + growth->pages);
}

/* Takes the highest section off the extents; -ENOENT where there is none. With zone->lock held. */
static int extent_take(struct zone *zone, struct growth *growth)
{
	struct zone_extent taken;

	if (!zone->nr_extents)
		return zone->nr_growing_pages ? -EAGAIN : -ENOENT;
	taken = extent_take_last(zone);
	*growth = growth_of(&taken);
	growth_begin(zone, growth);
	return 0;
}

/* Takes section @nr off the extents. -ENOENT: none of the zone's has it; -ENOSPC. */
static int extent_take_section(struct zone *zone, unsigned long nr, struct growth *growth)
{
	struct zone_extent taken = {nr, nr + 1, 0};
	unsigned long flags;
	int err;

	spin_lock_irqsave(&zone->lock, flags);
	err = extent_take_range(zone, &taken);
	if (!err) {
		*growth = growth_of(&taken);
		growth_begin(zone, growth);
	}
	spin_unlock_irqrestore(&zone->lock, flags);
	return err;
}

unsigned long section_add_root(unsigned long nr, unsigned long pfn)
{
	unsigned long flags, used = 0;

	spin_lock_irqsave(&section_root_lock, flags);
	if (!section_has_root(nr)) {
		section_set_root(nr, __va(PFN_PHYS(pfn)));
		used = 1;
	}
	spin_unlock_irqrestore(&section_root_lock, flags);
	return used;
}

/* ---- Low memory for a section of high memory ---------------------------------------- */

/* Not from the reserves, and with nothing reclaimed: a section more is not worth it. */
#define LOW_PAGES_GFP __GFP_NOWARN

struct low_pages {
	struct page *ext; /* page_ext's, in one piece; NULL: not taken, or used */
	struct page *table[SECTION_TABLE_PAGES]; /* the same */
	struct page *root;
};

static void low_pages_free(struct low_pages *low)
{
	for (unsigned long i = 0; low->ext && i < page_ext_section_pages; i++)
		__free_page(low->ext + i);
	for (int i = 0; i < SECTION_TABLE_PAGES; i++)
		if (low->table[i])
			__free_page(low->table[i]);
	if (low->root)
		__free_page(low->root);
	*low = (struct low_pages){};
}

/* Pages without __GFP_HIGHMEM are never high, so this does not come back here. */
static int low_pages_take(struct low_pages *low, int nid, gfp_t gfp)
{
	bool all = true;

	if (page_ext_section_pages) {
		void *ext = alloc_pages_exact_nid(nid, page_ext_section_pages << PAGE_SHIFT, gfp);

		low->ext = ext ? virt_to_page(ext) : NULL;
		all = ext;
	}
	for (int i = 0; all && i < SECTION_TABLE_PAGES; i++)
		all = (low->table[i] = alloc_pages_node(nid, gfp, 0));
	if (all)
		all = (low->root = alloc_pages_node(nid, gfp, 0));
	if (all)
		return 0;
	low_pages_free(low);
	return -ENOMEM;
}

/* All but the tables past the first @tables, and a root that is not needed, stay. */
static void low_pages_use(struct low_pages *low, int tables, bool root)
{
	if (low->ext)
		donate_to_memmap(low->ext, page_ext_section_pages);
	low->ext = NULL;
	for (int i = 0; i < SECTION_TABLE_PAGES && i < tables; i++) {
		donate_to_memmap(low->table[i], 1);
		low->table[i] = NULL;
	}
	if (root) {
		donate_to_memmap(low->root, 1);
		low->root = NULL;
	}
}

/* ---- One section ---------------------------------------------------------------------- */

/* Where a section's own pages lie, and the root page if it has one. */
struct own_pages {
	unsigned long start; /* pfn: page structs, then page tables */
	unsigned long tables_end;
	unsigned long root;
	unsigned long root_end;
	unsigned long bad; /* a page that they are not; ULONG_MAX where there is none */
};

/* How many they are at most. */
#define SECTION_OWN_PAGES (section_meta_pages() + SECTION_TABLE_PAGES + 1)

/* Maps page structs, at own->start, by means of the section's own pages. */
static int section_map(unsigned long nr, struct own_pages *own)
{
	phys_addr_t table_pages[SECTION_TABLE_PAGES];
	int tables;

	section_tables_behind_memmap(own->start, table_pages);
	tables = section_map_memmap(nr, own->start, table_pages);
	if (tables < 0)
		return tables;
	own->tables_end = own->start + section_meta_pages() + (unsigned long)tables;
	own->root = own->start + section_meta_pages() + SECTION_TABLE_PAGES;
	own->root_end = own->root + section_add_root(nr, own->root);
	section_set_memmap(nr, own->start, own->start + SECTION_MEMMAP_PAGES, tables);
	return 0;
}

/* The same with pages of low memory. */
static int section_map_high(unsigned long nr, struct low_pages *low, struct own_pages *own)
{
	unsigned long ext_pfn = low->ext ? page_to_pfn(low->ext) : 0;
	phys_addr_t table_pages[SECTION_TABLE_PAGES];
	int tables;

	for (int i = 0; i < SECTION_TABLE_PAGES; i++)
		table_pages[i] = page_to_phys(low->table[i]);
	tables = section_map_memmap(nr, own->start, table_pages);
	if (tables < 0)
		return tables;
	low_pages_use(low, tables, section_add_root(nr, page_to_pfn(low->root)));
	own->tables_end = own->root = own->root_end = own->start + SECTION_MEMMAP_PAGES;
	section_set_memmap(nr, own->start, ext_pfn, 0);
	return 0;
}

/* Makes page structs for the whole section, at own->start; -errno from the page tables. */
static int section_make(const struct zone *zone, const struct growth *growth, struct own_pages *own,
			struct low_pages *low)
{
	unsigned long nr = growth->nr, start = section_nr_to_pfn(nr);
	int err = section_is_high(nr) ? section_map_high(nr, low, own) : section_map(nr, own);

	if (err)
		return err;
	if (growth->pages == PAGES_PER_SECTION)
		init_unused_pages(start, start + PAGES_PER_SECTION, zone);
	else
		init_section_pages(nr, reserved_next_used);
	set_pages_reserved(own->start, own->tables_end, 1UL << PG_memmap);
	set_pages_reserved(own->root, own->root_end, 1UL << PG_memmap);
	section_set_state(nr, SECTION_MADE);
	return 0;
}

/*
 * The section taken off @zone's extents is on the free lists, but for @lost pages.
 * With zone->lock held.
 */
static void extent_settle(struct zone *zone, const struct growth *growth, unsigned long lost)
{
	data_race_write(zone->nr_growing_pages, zone->nr_growing_pages - growth->pages);
	__mod_zone_freepage_state(zone, -(long)growth->pages, MIGRATE_MOVABLE);
	adjust_zone_managed(zone, -(long)lost);
}

/* For pages of the section that will be free; what is bad is not touched. */
static void hook_released(struct zone *zone, const struct own_pages *own, unsigned long start,
			  unsigned long end)
{
	(void)zone;
	if (start <= own->bad && own->bad < end) {
		release_hook(start, own->bad);
		start = own->bad + 1;
	}
	release_hook(start, end);
}

static void free_released(struct zone *zone, const struct own_pages *own, unsigned long start,
			  unsigned long end)
{
	(void)own;
	free_pages_range(zone, start, end);
}

typedef void (*released_fn)(struct zone *zone, const struct own_pages *own, unsigned long start,
			    unsigned long end);

/* What of [start, end), free pages, is not the section's own. */
static void for_released_of(struct zone *zone, const struct own_pages *own, unsigned long start,
			    unsigned long end, released_fn fn)
{
	if (own->start < start || own->start >= end) {
		fn(zone, own, start, end);
		return;
	}
	fn(zone, own, start, own->start);
	fn(zone, own, own->tables_end, own->root);
	fn(zone, own, own->root_end, end);
}

static void for_released(struct zone *zone, const struct growth *growth,
			 const struct own_pages *own, released_fn fn)
{
	unsigned long pos = section_nr_to_pfn(growth->nr), end = pos + PAGES_PER_SECTION;
	struct pfn_run run;

	if (growth->pages == PAGES_PER_SECTION) {
		for_released_of(zone, own, pos, end, fn);
		return;
	}
	for (; next_free_run(pos, end, reserved_next_used, &run); pos = run.end)
		for_released_of(zone, own, run.start, run.end, fn);
}

static void extent_release(struct zone *zone, const struct growth *growth,
			   const struct own_pages *own)
{
	unsigned long start = section_nr_to_pfn(growth->nr), flags;
	unsigned long used = own->tables_end - own->start + (own->root_end - own->root);

	if (unlikely(data_race(page_hooks)))
		for_released(zone, growth, own, hook_released);
	atomic_long_add(SECTION_MEMMAP_PAGES, &zone->zone_pgdat->vm_stat[NR_MEMMAP]);
	spin_lock_irqsave(&zone->lock, flags);
	for_released(zone, growth, own, free_released);
	extent_settle(zone, growth, used);
	if (data_race(page_hooks) & PAGE_HOOK_SHUFFLE)
		shuffle_range(zone, start, start + PAGES_PER_SECTION);
	spin_unlock_irqrestore(&zone->lock, flags);
}

/* Without page structs its memory cannot be used: the section is given up. */
static void extent_lose(struct zone *zone, const struct growth *growth, int err)
{
	phys_addr_t start = PFN_PHYS(section_nr_to_pfn(growth->nr));
	unsigned long flags;

	pr_err("sparse: %s [mem %#018llx-%#018llx] (error %d), not used\n",
	       err == -EIO ? "nothing keeps what is written to" : "cannot map page structs of",
	       start, start + PFN_PHYS(PAGES_PER_SECTION) - 1, err);
	spin_lock_irqsave(&zone->lock, flags);
	extent_settle(zone, growth, growth->pages);
	spin_unlock_irqrestore(&zone->lock, flags);
}

/* The start of [start, end), unless @bad_pfn is too near to it. ULONG_MAX: there is no room. */
static unsigned long own_start_in(unsigned long start, unsigned long end, unsigned long bad_pfn)
{
	if (bad_pfn - start < SECTION_OWN_PAGES)
		start = ALIGN(bad_pfn + 1, pageblock_nr_pages);
	return start + SECTION_OWN_PAGES <= end ? start : ULONG_MAX;
}

/* The same for a section: half of one that waits is free in one piece, so there is room. */
static unsigned long own_start(const struct growth *growth, unsigned long bad_pfn)
{
	unsigned long pos = section_nr_to_pfn(growth->nr), end = pos + PAGES_PER_SECTION;
	unsigned long start = ULONG_MAX;
	struct pfn_run run;

	if (growth->pages == PAGES_PER_SECTION)
		return own_start_in(pos, end, bad_pfn);
	for (; start == ULONG_MAX && next_free_run(pos, end, reserved_next_used, &run);
	     pos = run.end)
		start = own_start_in(run.start, run.end, bad_pfn);
	return start;
}

/* What is free of it. */
static bool section_is_there(const struct growth *growth)
{
	unsigned long pos = section_nr_to_pfn(growth->nr), end = pos + PAGES_PER_SECTION;
	struct pfn_run run;

	if (growth->pages == PAGES_PER_SECTION)
		return ram_is_there(pos, end);
	for (; next_free_run(pos, end, reserved_next_used, &run); pos = run.end)
		if (!ram_is_there(run.start, run.end))
			return false;
	return true;
}

/* The section was taken off the extents. */
static int grow_by(struct zone *zone, const struct growth *growth, unsigned long bad_pfn,
		   struct low_pages *low)
{
	struct own_pages own = {.start = own_start(growth, bad_pfn), .bad = bad_pfn};
	int err = own.start == ULONG_MAX ? -ENOSPC : 0;

	if (!err)
		err = section_is_there(growth) ? section_make(zone, growth, &own, low) : -EIO;

	if (err)
		extent_lose(zone, growth, err);
	else
		extent_release(zone, growth, &own);
	return err;
}

/* Are there sections to make, past the direct map, or maybe there? */
static bool needs_low_pages(struct zone *zone)
{
	unsigned long flags;
	bool has_extents;

	if (zone_end_pfn(zone) <= highstart_pfn)
		return false;
	spin_lock_irqsave(&zone->lock, flags);
	has_extents = zone->nr_extents;
	spin_unlock_irqrestore(&zone->lock, flags);
	return has_extents;
}

/* A zone of movable pages can lie on both sides of the limit: pages may be taken in vain. */
int zone_grow(struct zone *zone)
{
	struct low_pages low = {};
	struct growth growth;
	unsigned long flags;
	int err = 0;

	if (needs_low_pages(zone))
		err = low_pages_take(&low, zone->node, LOW_PAGES_GFP);
	data_race_write(zone->growth_stuck, err == -ENOMEM);
	if (err)
		return err;
	spin_lock_irqsave(&zone->lock, flags);
	err = extent_take(zone, &growth);
	spin_unlock_irqrestore(&zone->lock, flags);
	if (!err)
		grow_by(zone, &growth, ULONG_MAX, &low);
	low_pages_free(&low);
	return err;
}

static int make_without(unsigned long bad_pfn, struct low_pages *low)
{
	unsigned long nr = pfn_to_section_nr(bad_pfn);
	struct zone *zone;

	for_each_populated_zone (zone) {
		struct growth growth;
		int err;

		do
			err = extent_take_section(zone, nr, &growth);
		while (err == -ENOSPC && !(err = extents_double(zone)));
		if (err != -ENOENT)
			return err ? err : grow_by(zone, &growth, bad_pfn, low);
	}
	return -ENOENT;
}

int section_make_without(unsigned long bad_pfn)
{
	struct low_pages low = {};
	int err = 0;

	if (bad_pfn >= highstart_pfn)
		err = low_pages_take(&low, NUMA_NO_NODE, LOW_PAGES_GFP);
	if (!err)
		err = make_without(bad_pfn, &low);
	low_pages_free(&low);
	return err;
}

/* No extent has it any more: for a section of high memory the reserves are dug into. */
void section_make_claimed(struct zone *zone, unsigned long nr, unsigned long used)
{
	struct growth growth = {nr, PAGES_PER_SECTION - used};
	struct low_pages low = {};
	unsigned long flags;
	int err = 0;

	if (section_is_high(nr))
		err = low_pages_take(&low, zone->node, LOW_PAGES_GFP | __GFP_MEMALLOC);
	spin_lock_irqsave(&zone->lock, flags);
	data_race_write(zone->nr_growing_pages, zone->nr_growing_pages + growth.pages);
	__mod_zone_freepage_state(zone, (long)growth.pages, MIGRATE_MOVABLE);
	spin_unlock_irqrestore(&zone->lock, flags);
	if (err)
		extent_lose(zone, &growth, err);
	else
		grow_by(zone, &growth, ULONG_MAX, &low);
	low_pages_free(&low);
}

static void grow_whole(struct zone *zone)
{
	int err;

	do {
		err = zone_grow(zone);
		if (err == -EAGAIN)
			cpu_relax();
	} while (!err || err == -EAGAIN);
	if (err == -ENOMEM)
		pr_warn("sparse: node %d zone %s: %luK wait for low memory for page tables\n",
			zone->node, zone->name, pages_to_kb(zone->nr_extent_pages));
}

void memmap_make_all(void)
{
	struct zone *zone;

	for_each_populated_zone (zone)
		grow_whole(zone);
}
