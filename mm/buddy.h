/* SPDX-License-Identifier: MIT */
/*
 * What the files that know the free areas share: the lists themselves (buddy.c), who
 * may take from whom (fallback.c), what is kept for atomic callers (highatomic.c), and
 * what is taken out of circulation (page_isolation.c).
 *
 * Owns:       nothing; zone->free_area[] is buddy.c's.
 * Invariants: NR_FREE_PAGES and NR_FREE_CMA_PAGES follow the lists with every step
 *             here; blocks on a list of MIGRATE_ISOLATE count in neither.
 * Lifetime:   from free_area_init() on.
 * Locking:    the caller holds zone->lock.
 * Units:      pfn and pages; order is log2 of pages.
 * Failure:    NULL, false or 0, nothing changed.
 */
#ifndef _MM_BUDDY_H
#define _MM_BUDDY_H

#include <linux/list.h>
#include <linux/mmzone.h>

#include "internal.h"

/* May free blocks of pageblocks of these types become one? */
static inline bool migratetypes_merge(enum migratetype a, enum migratetype b)
{
	return a == b || (migratetype_is_mergeable(a) && migratetype_is_mergeable(b));
}

static inline struct page *get_page_from_free_area(const struct free_area *area,
						   enum migratetype type)
{
	const struct list_head *list = &area->free_list[type];

	return list_empty(list) ? NULL : list_first_entry(list, struct page, buddy_list);
}

static inline unsigned int buddy_order(const struct page *page)
{
	return page->priv32;
}

/* Off the list that it is on; its pages are counted as before. */
static inline void del_from_free_list(struct page *page, struct zone *zone, unsigned int order)
{
	__list_del_entry(&page->buddy_list);
	__ClearPageBuddy(page);
	data_race_write(page->buddy_list.next, NULL);
	page->buddy_list.prev = NULL;
	data_race_write(page->priv32, 0);
	data_race_write(zone->free_area[order].nr_free, zone->free_area[order].nr_free - 1);
}

/* Takes a block off the lists of @type, whatever its place in them. */
static inline void del_free_block(struct zone *zone, struct page *page, enum migratetype type)
{
	unsigned int order = buddy_order(page);

	del_from_free_list(page, zone, order);
	__mod_zone_freepage_state(zone, -(1L << order), type);
}

/* From the lists of @from to the tail of those of @to. */
void move_to_free_list(struct zone *zone, struct page *page, enum migratetype from,
		       enum migratetype to);

/* The smallest block of @order or above on the lists of @type, cut down to @order. */
struct page *__rmqueue_smallest(struct zone *zone, unsigned int order, enum migratetype type);

/*
 * Takes the free page @pfn, whose section is made, out of the middle of whatever free
 * block holds it; the rest of the block stays free. False: it is not in a free area.
 */
bool take_page_off_buddy(struct zone *zone, unsigned long pfn);

/* What the pages of a pageblock are, by count. */
struct block_pages {
	unsigned long free;
	unsigned long movable; /* in use, but their owner can move them */
};

/*
 * Moves the free blocks of the pageblock of @page, which lie on lists of @from, to those
 * of @to. Nothing is moved where the zone ends inside the pageblock; where it begins
 * there, what lies below @page is left alone.
 */
struct block_pages move_freepages_block(struct zone *zone, struct page *page, enum migratetype to);

/* The pageblocks of a block of @order become @type's: one at the least. Its pages stay. */
void change_pageblock_range(unsigned long pfn, unsigned int order, enum migratetype type);

/* Makes a block of @order or above @type's, as Linux does. False where no other type has one. */
bool __rmqueue_fallback(struct zone *zone, unsigned int order, enum migratetype type,
			unsigned int alloc_flags);

/* Raises the zone's marks, so that reclaim makes room before types mix again. */
bool boost_watermark(struct zone *zone);

#endif /* _MM_BUDDY_H */
