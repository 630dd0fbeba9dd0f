// SPDX-License-Identifier: MIT
/*
 * Pageblocks kept for atomic callers of more than one page, who cannot wait until
 * somebody makes room: the first that such a caller got a block of, and more, up to
 * a hundredth of the zone and one. They go back when memory runs short.
 *
 * Owns:       zone->nr_reserved_highatomic, and who becomes MIGRATE_HIGHATOMIC.
 * Invariants: what lies on a list of MIGRATE_HIGHATOMIC is in such pageblocks, and of these
 *             nr_reserved_highatomic counts all pages: a block of several pageblocks makes
 *             and unmakes all of them. (In 6.1 the first alone, which leaves the others'
 *             pages on a list that nobody unreserves; mended in 6.10.)
 * Locking:    takes zone->lock.
 * Source:     Linux 6.1's reserve_highatomic_pageblock() and
 *             unreserve_highatomic_pageblock().
 */
#include "buddy.h"

#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/spinlock.h>

#include "internal.h"
#include "page_alloc.h"

static bool highatomic_is_full(const struct zone *zone)
{
	return READ_ONCE(zone->nr_reserved_highatomic) >=
	       zone_managed_pages(zone) / 100 + pageblock_nr_pages;
}

/* Of a pageblock at the zone's edge not all free pages could change lists. */
static bool may_be_reserved(const struct zone *zone, unsigned long pfn)
{
	unsigned long start = ALIGN_DOWN(pfn, pageblock_nr_pages);

	return zone_spans_pfn(zone, start) &&
	       zone_spans_pfn(zone, start + pageblock_nr_pages - 1) &&
	       migratetype_is_mergeable(get_pfnblock_migratetype(pfn));
}

void reserve_highatomic_pageblock(struct page *page, unsigned int order, struct zone *zone)
{
	unsigned long flags, pfn = page_to_pfn(page);

	if (highatomic_is_full(zone))
		return;
	spin_lock_irqsave(&zone->lock, flags);
	if (!highatomic_is_full(zone) && may_be_reserved(zone, pfn)) {
		WRITE_ONCE(zone->nr_reserved_highatomic,
			   zone->nr_reserved_highatomic + max(pageblock_nr_pages, 1UL << order));
		zone_update_margin(zone);
		move_freepages_block(zone, page, MIGRATE_HIGHATOMIC);
		change_pageblock_range(pfn, order, MIGRATE_HIGHATOMIC);
	}
	spin_unlock_irqrestore(&zone->lock, flags);
}

/* The first pageblocks with a free block become @type's; the pages that gives it. */
static unsigned long unreserve_one(struct zone *zone, enum migratetype type)
{
	for (unsigned int order = 0; order < NR_PAGE_ORDERS; order++) {
		struct page *page =
			get_page_from_free_area(&zone->free_area[order], MIGRATE_HIGHATOMIC);
		unsigned long pages;

		if (!page)
			continue;
		WRITE_ONCE(zone->nr_reserved_highatomic,
			   zone->nr_reserved_highatomic - max(pageblock_nr_pages, 1UL << order));
		zone_update_margin(zone);
		pages = move_freepages_block(zone, page, type).free;
		change_pageblock_range(page_to_pfn(page), order, type);
		if (pages)
			return pages;
	}
	return 0;
}

bool unreserve_highatomic_pageblock(const struct alloc_context *ac, bool force)
{
	struct zoneref *z = ac->preferred_zoneref;
	struct zone *zone;

	for_next_zone_zonelist_nodemask(zone, z, ac->highest_zoneidx, ac->nodemask)
	{
		unsigned long flags, pages;

		if (READ_ONCE(zone->nr_reserved_highatomic) <= (force ? 0 : pageblock_nr_pages))
			continue;
		spin_lock_irqsave(&zone->lock, flags);
		pages = unreserve_one(zone, ac->type);
		spin_unlock_irqrestore(&zone->lock, flags);
		if (pages)
			return true;
	}
	return false;
}
