// SPDX-License-Identifier: MIT
/*
 * Pageblocks taken out of circulation, one at a time, and put back. Contract:
 * page_isolation.h.
 *
 *   range              [----------------------)
 *   pageblocks   |    x    |    x    |    x    |    isolated
 *   free block             |---- order 10 -----|    first cut at the pageblock's edge
 */
#include "page_isolation.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/spinlock.h>

#include "buddy.h"
#include "hugetlb.h"
#include "internal.h"

/* ---- Finding --------------------------------------------------------------------- */

/* The first page of the free block, of @least or above, that @pfn lies in; NULL. */
static struct page *free_block_around(unsigned long pfn, unsigned int least)
{
	for (unsigned int order = least; order < NR_PAGE_ORDERS; order++) {
		struct page *head = pfn_to_page(ALIGN_DOWN(pfn, 1UL << order));

		if (PageBuddy(head) && buddy_order(head) >= order)
			return head;
	}
	return NULL;
}

/* Of huge pages those that are free give way to others of their pool. */
static bool page_can_move(const struct page *page)
{
	return PageLRU(page) || PageMovable(page) || huge_page_is_replaceable(page);
}

struct page *has_unmovable_pages(unsigned long start_pfn, unsigned long end_pfn,
				 enum migratetype migratetype)
{
	for (unsigned long pfn = start_pfn; pfn < end_pfn; pfn++) {
		struct page *page = pfn_to_page(pfn);

		/* Who owns the area may have what others put there; nobody else may. */
		if (get_pfnblock_migratetype(pfn) == MIGRATE_CMA) {
			if (migratetype != MIGRATE_CMA)
				return page;
			continue;
		}
		if (PageReserved(page))
			return page;
		/* What is in this zone must be movable, whatever it looks like now. */
		if (zone_idx(page_zone(page)) == ZONE_MOVABLE)
			continue;
		if (PageCompound(page)) {
			const struct page *head = compound_head(page);

			if (!page_can_move(head))
				return page;
			pfn = page_to_pfn(head) + compound_nr(head) - 1;
		} else if (!page_ref_count(page)) {
			pfn += PageBuddy(page) ? (1UL << buddy_order(page)) - 1 : 0;
		} else if (!page_can_move(page)) {
			return page;
		}
	}
	return NULL;
}

/* ---- A pageblock ------------------------------------------------------------------ */

/* The free blocks of a pageblock, all within it, move to the lists of @to. */
static void refile_free_blocks(struct zone *zone, unsigned long pfn, enum migratetype from,
			       enum migratetype to)
{
	unsigned long end = pfn + pageblock_nr_pages;

	while (pfn < end) {
		struct page *page = pfn_to_page(pfn);
		unsigned int order = 0;

		if (PageBuddy(page) && page_zone(page) == zone) {
			order = buddy_order(page);
			del_free_block(zone, page, from);
			__free_one_page(zone, pfn, order, to, false);
		}
		pfn += 1UL << order;
	}
}

/* Its free pages change lists with it. A block that is larger is cut at its edges. */
static void change_pageblock(struct zone *zone, unsigned long pfn, enum migratetype to)
{
	struct page *head = free_block_around(pfn, pageblock_order + 1);
	enum migratetype from = get_pfnblock_migratetype(pfn);
	unsigned long head_pfn;
	unsigned int order;

	if (!head || page_zone(head) != zone) {
		set_pfnblock_migratetype(pfn, to);
		refile_free_blocks(zone, pfn, from, to);
		return;
	}
	head_pfn = page_to_pfn(head);
	order = buddy_order(head);
	del_free_block(zone, head, from);
	set_pfnblock_migratetype(pfn, to);
	__free_one_page(zone, head_pfn, order, get_pfnblock_migratetype(head_pfn), false);
}

/* The part of [start, end) in this pageblock must be free or movable. */
static int isolate_pageblock(struct zone *zone, unsigned long pfn, unsigned long start,
			     unsigned long end, enum migratetype migratetype)
{
	unsigned long flags;
	int err = -EBUSY;

	spin_lock_irqsave(&zone->lock, flags);
	if (get_pfnblock_migratetype(pfn) != MIGRATE_ISOLATE &&
	    !has_unmovable_pages(max(pfn, start), min(pfn + pageblock_nr_pages, end),
				 migratetype)) {
		zone->nr_isolate_pageblocks++; /* first: frees must look at types from now on */
		if (get_pfnblock_migratetype(pfn) == MIGRATE_HIGHATOMIC) {
			WRITE_ONCE(zone->nr_reserved_highatomic,
				   zone->nr_reserved_highatomic -
					   pageblock_nr_pages); /* it ends as another */
			zone_update_margin(zone);
		}
		change_pageblock(zone, pfn, MIGRATE_ISOLATE);
		err = 0;
	}
	spin_unlock_irqrestore(&zone->lock, flags);
	return err;
}

static void unisolate_pageblock(struct zone *zone, unsigned long pfn, enum migratetype migratetype)
{
	unsigned long flags;

	spin_lock_irqsave(&zone->lock, flags);
	if (get_pfnblock_migratetype(pfn) == MIGRATE_ISOLATE) {
		change_pageblock(zone, pfn, migratetype);
		zone->nr_isolate_pageblocks--;
	}
	spin_unlock_irqrestore(&zone->lock, flags);
}

/* ---- A range ---------------------------------------------------------------------- */

/* The zone that all of [start, end) lies in, every page with a page struct; NULL. */
static struct zone *zone_of_range(unsigned long start, unsigned long end)
{
	struct zone *zone = NULL;

	for (unsigned long pfn = start; pfn < end; pfn++) {
		struct page *page = pfn_to_online_page(pfn);

		if (!page || (zone && page_zone(page) != zone))
			return NULL;
		zone = page_zone(page);
	}
	return zone;
}

int start_isolate_page_range(unsigned long start_pfn, unsigned long end_pfn,
			     enum migratetype migratetype)
{
	unsigned long pfn = ALIGN_DOWN(start_pfn, pageblock_nr_pages);
	struct zone *zone = start_pfn < end_pfn ? zone_of_range(start_pfn, end_pfn) : NULL;
	unsigned long first = pfn;
	int err = 0;

	if (!zone)
		return -EINVAL;
	for (; pfn < end_pfn && !err; pfn += pageblock_nr_pages)
		err = isolate_pageblock(zone, pfn, start_pfn, end_pfn, migratetype);
	/* The pageblock that failed may be another caller's. */
	if (err && pfn - pageblock_nr_pages > first)
		undo_isolate_page_range(first, pfn - pageblock_nr_pages, migratetype);
	return err;
}

void undo_isolate_page_range(unsigned long start_pfn, unsigned long end_pfn,
			     enum migratetype migratetype)
{
	unsigned long pfn = ALIGN_DOWN(start_pfn, pageblock_nr_pages);

	for (; pfn < end_pfn; pfn += pageblock_nr_pages)
		unisolate_pageblock(page_zone(pfn_to_page(max(pfn, start_pfn))), pfn, migratetype);
}

int __test_pages_isolated(unsigned long pfn, unsigned long end)
{
	while (pfn < end) {
		const struct page *head = free_block_around(pfn, 0);

		if (!head || get_pfnblock_migratetype(pfn) != MIGRATE_ISOLATE)
			return -EBUSY;
		pfn = page_to_pfn(head) + (1UL << buddy_order(head));
	}
	return 0;
}

int test_pages_isolated(unsigned long start_pfn, unsigned long end_pfn)
{
	struct zone *zone = page_zone(pfn_to_page(start_pfn));
	unsigned long flags;
	int err;

	spin_lock_irqsave(&zone->lock, flags);
	err = __test_pages_isolated(start_pfn, end_pfn);
	spin_unlock_irqrestore(&zone->lock, flags);
	return err;
}

void take_isolated_range(struct zone *zone, unsigned long start_pfn, unsigned long end_pfn)
{
	unsigned long pfn = start_pfn;

	while (pfn < end_pfn) {
		struct page *head = free_block_around(pfn, 0);
		unsigned long first, next;

		BUG_ON(!head);
		first = page_to_pfn(head);
		next = first + (1UL << buddy_order(head));
		del_free_block(zone, head, MIGRATE_ISOLATE);
		if (first < start_pfn)
			free_pages_range(zone, first, start_pfn);
		if (next > end_pfn)
			free_pages_range(zone, end_pfn, next);
		pfn = next;
	}
}
