// SPDX-License-Identifier: MIT
/*
 * Sections of a range, made with page structs that lie elsewhere. Contract:
 * section_range.h.
 *
 *   range      |  8  |  9  | 10  |        wait in an extent [2, 20)
 *   extents  [2, 8)             [11, 20)  claimed: nobody grows into the range
 *   section 31 ... |m8|m9|m10| ...        a megabyte each, like any unmovable block
 *
 * All of the range is claimed before the first page is asked for, since that may make
 * the zone grow.
 */
#include "section_range.h"

#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/spinlock.h>
#include <baremm/arch.h>

#include "internal.h"
#include "page_alloc.h"
#include "ram_probe.h"
#include "shuffle.h"
#include "zone_extents.h"

/* The pages must be there now, and whoever asks can do without. */
#define DONOR_GFP (GFP_NOWAIT | __GFP_NOWARN)

/* ---- Claiming --------------------------------------------------------------------- */

/* Sections that are no extent's any more. */
struct claim {
	struct zone *zone;
	struct zone_extent sections;
};

/* What of [start, end) waits in one extent of @zone. -ENOENT: nothing. */
static int claim_in_zone(struct zone *zone, unsigned long start, unsigned long end,
			 struct claim *claim)
{
	struct zone_extent taken = {start, end, 0};
	unsigned long flags;
	int err;

	spin_lock_irqsave(&zone->lock, flags);
	err = extent_take_range(zone, &taken);
	if (!err) {
		unsigned long pages = extent_pages(&taken);

		data_race_write(zone->nr_extent_pages, zone->nr_extent_pages - pages);
		__mod_zone_freepage_state(zone, -(long)pages, MIGRATE_MOVABLE);
	}
	spin_unlock_irqrestore(&zone->lock, flags);
	*claim = (struct claim){zone, taken};
	return err;
}

static int claim_next(unsigned long start, unsigned long end, struct claim *claim)
{
	struct zone *zone;

	for_each_populated_zone (zone) {
		int err;

		do
			err = claim_in_zone(zone, start, end, claim);
		while (err == -ENOSPC && !(err = extents_double(zone)));
		if (err != -ENOENT)
			return err;
	}
	return -ENOENT;
}

/* ---- Pages for page structs --------------------------------------------------------- */

/* The pages that a section made here needs; NULL for those that are not needed. */
struct donor {
	struct page *memmap;
	struct page *table[SECTION_TABLE_PAGES];
	struct page *root;
};

static bool page_in_range(const struct page *page, unsigned int order, unsigned long start,
			  unsigned long end)
{
	unsigned long pfn = page_to_pfn(page);

	return pfn < end && pfn + (1UL << order) > start;
}

/* @nr pages outside pages [start, end), each with its reference; on @nid where there are any. */
static struct page *alloc_outside(int nid, unsigned long nr, unsigned long start, unsigned long end)
{
	unsigned int order = (unsigned int)order_base_2(nr);
	struct page *page, *in, *next;
	LIST_HEAD(inside);

	while ((page = alloc_pages_node(nid, DONOR_GFP, order)) &&
	       page_in_range(page, order, start, end))
		list_add(&page->lru, &inside);
	list_for_each_entry_safe (in, next, &inside, lru)
		__free_pages(in, order);
	if (page && order)
		split_new_page(page, order);
	for (unsigned long i = nr; page && i < 1UL << order; i++)
		__free_page(page + i);
	return page;
}

/* Those that are page structs, tables or a root by now are reserved, and not there. */
static void donor_free(struct donor *donor)
{
	for (unsigned long i = 0; donor->memmap && i < section_meta_pages(); i++)
		__free_page(donor->memmap + i);
	for (int i = 0; i < SECTION_TABLE_PAGES; i++)
		if (donor->table[i])
			__free_page(donor->table[i]);
	if (donor->root)
		__free_page(donor->root);
}

/* For section @nr, outside pages [start, end). */
static int donor_alloc(struct donor *donor, unsigned long nr, int nid, unsigned long start,
		       unsigned long end)
{
	bool complete;

	*donor = (struct donor){.memmap = alloc_outside(nid, section_meta_pages(), start, end)};
	complete = donor->memmap != NULL;
	for (int i = 0; complete && i < SECTION_TABLE_PAGES; i++) {
		donor->table[i] = alloc_outside(nid, 1, start, end);
		complete = donor->table[i] != NULL;
	}
	if (complete && !section_has_root(nr)) {
		donor->root = alloc_outside(nid, 1, start, end);
		complete = donor->root != NULL;
	}
	if (complete)
		return 0;
	donor_free(donor);
	return -ENOMEM;
}

/* ---- Making ------------------------------------------------------------------------- */

static void donate_tables(struct donor *donor, int nr)
{
	for (int i = 0; i < nr; i++) {
		donate_to_memmap(donor->table[i], 1);
		donor->table[i] = NULL;
	}
}

/* Gives section @nr page structs in @donor's pages; what of these is left is still @donor's. */
static int make_elsewhere(const struct zone *zone, unsigned long nr, struct donor *donor)
{
	unsigned long start = section_nr_to_pfn(nr), memmap_pfn = page_to_pfn(donor->memmap);
	phys_addr_t tables[SECTION_TABLE_PAGES];
	int used;

	for (int i = 0; i < SECTION_TABLE_PAGES; i++)
		tables[i] = page_to_phys(donor->table[i]);
	used = section_map_memmap(nr, memmap_pfn, tables);
	if (used < 0)
		return used;
	donate_tables(donor, used);
	if (donor->root && section_add_root(nr, page_to_pfn(donor->root))) {
		donate_to_memmap(donor->root, 1);
		donor->root = NULL;
	}
	donate_to_memmap(donor->memmap, section_meta_pages());
	section_set_memmap(nr, memmap_pfn, memmap_pfn + SECTION_MEMMAP_PAGES, 0);
	atomic_long_add(SECTION_MEMMAP_PAGES,
			&page_zone(donor->memmap)->zone_pgdat->vm_stat[NR_MEMMAP]);
	donor->memmap = NULL;
	init_unused_pages(start, start + PAGES_PER_SECTION, zone);
	section_set_state(nr, SECTION_MADE);
	return 0;
}

/* All pages of a section made elsewhere are free from now on. */
static void release_section(struct zone *zone, unsigned long nr)
{
	unsigned long start = section_nr_to_pfn(nr), end = start + PAGES_PER_SECTION, flags;

	if (unlikely(data_race(page_hooks)))
		release_hook(start, end);
	spin_lock_irqsave(&zone->lock, flags);
	free_pages_range(zone, start, end);
	if (data_race(page_hooks) & PAGE_HOOK_SHUFFLE)
		shuffle_range(zone, start, end);
	spin_unlock_irqrestore(&zone->lock, flags);
}

static int make_claimed(const struct claim *claim, unsigned long nr, unsigned long start,
			unsigned long end)
{
	unsigned long pfn = section_nr_to_pfn(nr);
	struct donor donor;
	int err;

	if (!ram_is_there(pfn, pfn + PAGES_PER_SECTION))
		return -EIO;
	err = donor_alloc(&donor, nr, claim->zone->node, start, end);
	if (err)
		return err;
	err = make_elsewhere(claim->zone, nr, &donor);
	donor_free(&donor);
	if (!err)
		release_section(claim->zone, nr);
	return err;
}

/*
 * Nobody's extents hold them any more: what cannot be made as wished is made as usual. So is
 * a section with pages that are taken, which is of no use as part of a range.
 */
static int make_claims(const struct claim *claims, unsigned int nr_claims, unsigned long start,
		       unsigned long end)
{
	int err = 0;

	for (unsigned int i = 0; i < nr_claims; i++) {
		const struct zone_extent *e = &claims[i].sections;

		for (unsigned long nr = e->start; nr < e->end; nr++) {
			if (!err && !e->used)
				err = make_claimed(&claims[i], nr, start, end);
			if (err || e->used)
				section_make_claimed(claims[i].zone, nr, e->used);
		}
	}
	return err;
}

/* Runs of sections that are claimed at once: more than a gigabyte can have. */
#define MAX_CLAIMS 16

int section_make_range(unsigned long start_pfn, unsigned long end_pfn)
{
	unsigned long start = pfn_to_section_nr(start_pfn);
	unsigned long end = pfn_to_section_nr(end_pfn - 1) + 1;
	struct claim claims[MAX_CLAIMS];
	unsigned int nr;
	int err = 0;

	do {
		for (nr = 0; nr < MAX_CLAIMS; nr++) {
			err = claim_next(start, end, &claims[nr]);
			if (err)
				break;
		}
		err = make_claims(claims, nr, start_pfn, end_pfn) ?: err;
	} while (!err);
	return err == -ENOENT ? 0 : err;
}
