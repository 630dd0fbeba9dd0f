// SPDX-License-Identifier: MIT
/*
 * Contiguous ranges of any length: isolated, emptied, and taken as they are. Contract:
 * linux/gfp.h. Source of the steps: Linux 6.1's alloc_contig_range() and
 * alloc_contig_pages().
 *
 *   sections that wait are made, with page structs elsewhere      section_range.c
 *   pageblocks are isolated: nobody gets their free pages         page_isolation.c
 *   per-CPU lists are drained, movable pages moved                migrate.c
 *   free huge pages replaced by others                            hugetlb.c
 *   what is then free as a whole is taken
 *   pageblocks become what they are to be
 */
#include <linux/gfp.h>

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/spinlock.h>
#include <linux/topology.h>

#include "hugetlb.h"
#include "internal.h"
#include "migrate.h"
#include "page_alloc.h"
#include "page_isolation.h"
#include "section_range.h"
#include "zone_extents.h"

/* Pages that are moved at once, and how often the range is gone through. */
#define CONTIG_BATCH  32
#define CONTIG_PASSES 5

/* ---- Emptying the range ------------------------------------------------------------ */

/*
 * Takes the next movable pages from their owners; @pos is left where to go on. The first
 * may begin below it.
 */
static void isolate_batch(unsigned long *pos, unsigned long end, struct list_head *pages)
{
	unsigned int nr = 0;

	while (*pos < end && nr < CONTIG_BATCH) {
		struct page *page = page_block_head(pfn_to_page(*pos));
		unsigned long next = page_to_pfn(page) + (1UL << page_alloc_order(page));

		if (!isolate_migratable_page(page, 0, pages)) {
			nr++;
			*pos = max(next, *pos + 1);
		} else {
			++*pos;
		}
	}
}

/* Gives owners another page for each of theirs in [start, end); returns those that stayed. */
static unsigned int migrate_range(unsigned long start, unsigned long end)
{
	struct migration_target_control target = {
		.nid = page_to_nid(pfn_to_page(start)),
		.gfp_mask = GFP_HIGHUSER_MOVABLE | __GFP_NOWARN,
	};
	unsigned int left = 0;
	LIST_HEAD(pages);

	while (start < end) {
		isolate_batch(&start, end, &pages);
		if (migrate_pages(&pages, alloc_migration_target, NULL, (unsigned long)&target,
				  MIGRATE_SYNC, MR_CONTIG_RANGE, NULL))
			left++;
		putback_movable_pages(&pages);
	}
	return left;
}

/* Pools of huge pages stay as large as they are, elsewhere. */
static void replace_huge_pages(unsigned long start, unsigned long end)
{
	while (start < end) {
		struct page *page = pfn_to_page(start), *head = compound_head(page);
		unsigned long next = start + 1;

		if (PageHugetlb(head)) {
			next = page_to_pfn(head) + compound_nr(head);
			isolate_or_dissolve_huge_page(head);
		}
		start = next;
	}
}

/* Owners may be busy for a moment: the range is gone through until nobody is. */
static void empty_range(unsigned long start, unsigned long end)
{
	for (int pass = 0; pass < CONTIG_PASSES && migrate_range(start, end); pass++)
		;
}

/* ---- Taking it ---------------------------------------------------------------------- */

/* Off the free lists, if all of it is on them. */
static int take_range(struct zone *zone, unsigned long start, unsigned long end)
{
	unsigned long flags;
	int err;

	spin_lock_irqsave(&zone->lock, flags);
	err = __test_pages_isolated(start, end);
	if (!err)
		take_isolated_range(zone, start, end);
	spin_unlock_irqrestore(&zone->lock, flags);
	return err;
}

/* Single pages, each its caller's. */
static void prep_range(unsigned long start, unsigned long end, gfp_t gfp)
{
	for (unsigned long pfn = start; pfn < end; pfn++) {
		prep_new_page(pfn_to_page(pfn), 0, (gfp & ~__GFP_RECLAIMABLE) | __GFP_MOVABLE);
	}
}

int alloc_contig_range(unsigned long start, unsigned long end, enum migratetype migratetype,
		       gfp_t gfp)
{
	struct zone *zone;
	int err;

	if (start >= end)
		return -EINVAL;
	err = section_make_range(start, end);
	if (err)
		return err;
	err = start_isolate_page_range(start, end, migratetype);
	if (err)
		return err;
	zone = page_zone(pfn_to_page(start));
	drain_all_pages(zone);
	replace_huge_pages(start, end);
	empty_range(start, end);
	err = take_range(zone, start, end);
	if (!err)
		prep_range(start, end, gfp);
	undo_isolate_page_range(start, end, migratetype);
	return err;
}

void free_contig_range(unsigned long pfn, unsigned long nr_pages)
{
	unsigned long in_use = 0;

	for (; nr_pages; nr_pages--, pfn++) {
		struct page *page = pfn_to_page(pfn);

		in_use += page_count(page) != 1;
		__free_page(page);
	}
	if (in_use)
		pr_warn("%lu pages are still in use!\n", in_use);
}

/* ---- Finding one --------------------------------------------------------------------- */

/* Every page is the zone's, made or not, and none of them reserved. */
static bool range_is_suitable(struct zone *zone, unsigned long start, unsigned long end)
{
	unsigned long pfn = start;

	while (pfn < end) {
		struct page *page = pfn_to_online_page(pfn);
		unsigned long next = section_nr_to_pfn(pfn_to_section_nr(pfn) + 1);

		if (!page && !pages_wait(zone, pfn, min(next, end)))
			return false;
		if (page && (page_zone(page) != zone || PageReserved(page)))
			return false;
		pfn = page ? pfn + 1 : next;
	}
	return true;
}

static struct page *alloc_contig_in_zone(struct zone *zone, unsigned long nr_pages, gfp_t gfp)
{
	unsigned long pfn = roundup(zone->zone_start_pfn, nr_pages);

	for (; pfn + nr_pages <= zone_end_pfn(zone); pfn += nr_pages)
		if (range_is_suitable(zone, pfn, pfn + nr_pages) &&
		    !alloc_contig_range(pfn, pfn + nr_pages, MIGRATE_MOVABLE, gfp))
			return pfn_to_page(pfn);
	return NULL;
}

struct page *alloc_contig_pages(unsigned long nr_pages, gfp_t gfp, int nid,
				const nodemask_t *nodemask)
{
	struct zoneref *z;
	struct zone *zone;

	if (nid == NUMA_NO_NODE)
		nid = numa_mem_id();
	if (!nr_pages || gfp_zone_bad(gfp) || (unsigned int)nid >= MAX_NUMNODES || !NODE_DATA(nid))
		return NULL;
	for_each_zone_zonelist_nodemask (zone, z, node_zonelist(nid, gfp), gfp_zone(gfp),
					 nodemask) {
		struct page *page = alloc_contig_in_zone(zone, nr_pages, gfp);

		if (page)
			return page;
	}
	return NULL;
}
