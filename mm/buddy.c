// SPDX-License-Identifier: MIT
/*
 * Buddy allocator: the free pages of a zone as blocks of 1 << order pages.
 *
 * Owns:       zone->free_area[], and order and mark of each free block's first page;
 *             NR_FREE_PAGES and NR_FREE_CMA_PAGES, but for sections not made yet.
 * Invariants: a block of order n starts at a pfn divisible by 1 << n; two free
 *             buddies of one order and zone never stay apart below the maximum
 *             (but for pageblocks whose types do not mix); nr_free equals what the
 *             lists hold. A block lies in one section, so its page structs are all made.
 * Lifetime:   from free_area_init() on.
 * Locking:    the caller holds zone->lock.
 * Units:      pfn and pages; order is log2 of pages.
 * Failure:    NULL where no block is large enough, nothing changed.
 *
 * Buddies differ in one bit of their pfn: at order 2 the buddy of pfn 12 is 8, and
 * together they are pfn 8 at order 3.
 *
 * Migratetypes: blocks are listed by the mobility they are kept for. A type that
 * runs out takes from another one, see fallback.c; what movable pages may have of
 * a CMA area is decided here, as in Linux's __rmqueue().
 */
#include "buddy.h"

#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mmzone.h>

#include "internal.h"
#include "shuffle.h"
#include "zone_extents.h"

/* Zone and node of page->flags: equal for pages of one zone. */
#define PAGE_ZONE_ID(page) ((page)->flags >> ZONES_PGSHIFT)

/* ---- Lists --------------------------------------------------------------------- */

static __always_inline void add_to_free_list(struct page *page, struct zone *zone,
					     unsigned int order, enum migratetype type,
					     bool to_tail)
{
	struct free_area *area = &zone->free_area[order];

	data_race_write(page->slab_word, order); /* private; and no reference */
	__SetPageBuddy(page);
	if (to_tail)
		list_add_tail(&page->buddy_list, &area->free_list[type]);
	else
		list_add(&page->buddy_list, &area->free_list[type]);
	data_race_write(area->nr_free, area->nr_free + 1);
}

void move_to_free_list(struct zone *zone, struct page *page, enum migratetype from,
		       enum migratetype to)
{
	unsigned int order = buddy_order(page);

	list_move_tail(&page->buddy_list, &zone->free_area[order].free_list[to]);
	__mod_zone_freepage_state(zone, -(1L << order), from);
	__mod_zone_freepage_state(zone, 1L << order, to);
}

struct block_pages move_freepages_block(struct zone *zone, struct page *page, enum migratetype to)
{
	unsigned long start = ALIGN_DOWN(page_to_pfn(page), pageblock_nr_pages);
	unsigned long end = start + pageblock_nr_pages, zone_id = PAGE_ZONE_ID(page);
	enum migratetype from = get_pfnblock_migratetype(start);
	struct block_pages n = {0, 0};

	if (start < zone->zone_start_pfn)
		start = page_to_pfn(page);
	if (end > zone_end_pfn(zone))
		return n;
	while (start < end) {
		page = pfn_to_page(start++);
		if (!PageBuddy(page) || PAGE_ZONE_ID(page) != zone_id) {
			/* First pages alone have these, and the order. */
			if (data_race(page->flags) & (1UL << PG_lru | 1UL << PG_movable))
				n.movable += 1UL << page_alloc_order(page);
			continue;
		}
		move_to_free_list(zone, page, from, to);
		n.free += 1UL << buddy_order(page);
		start += (1UL << buddy_order(page)) - 1;
	}
	return n;
}

void change_pageblock_range(unsigned long pfn, unsigned int order, enum migratetype type)
{
	for (unsigned long end = pfn + (1UL << order); pfn < end; pfn += pageblock_nr_pages)
		set_pfnblock_migratetype(pfn, type);
}

/* ---- Freeing ------------------------------------------------------------------- */

static bool page_is_free_buddy(const struct page *page, const struct page *buddy,
			       unsigned int order)
{
	return PageBuddy(buddy) && buddy->priv32 == order &&
	       PAGE_ZONE_ID(buddy) == PAGE_ZONE_ID(page);
}

static bool pageblocks_merge(unsigned long pfn, unsigned long buddy_pfn)
{
	return migratetypes_merge(get_pfnblock_migratetype(pfn),
				  get_pfnblock_migratetype(buddy_pfn));
}

/* Since the block was handed out, one of its pageblocks may have become another type's. */
static bool pageblocks_differ(unsigned long pfn, unsigned int order)
{
	unsigned long end = pfn + (1UL << order);

	for (unsigned long next = pfn + pageblock_nr_pages; next < end; next += pageblock_nr_pages)
		if (!pageblocks_merge(pfn, next))
			return true;
	return false;
}

static void free_by_pageblock(struct zone *zone, unsigned long pfn, unsigned int order,
			      bool to_tail)
{
	unsigned long end = pfn + (1UL << order);

	for (; pfn < end; pfn += pageblock_nr_pages)
		__free_one_page(zone, pfn, pageblock_order, get_pfnblock_migratetype(pfn), to_tail);
}

static noinline void free_shuffled(struct zone *zone, struct page *page, unsigned int order,
				   enum migratetype type)
{
	add_to_free_list(page, zone, order, type, shuffle_pick_tail());
}

static __always_inline void free_here(struct zone *zone, struct page *page, unsigned int order,
				      enum migratetype type, bool to_tail)
{
	if (is_shuffle_order(order) && !to_tail)
		free_shuffled(zone, page, order, type);
	else
		add_to_free_list(page, zone, order, type, to_tail);
}

/* With its buddy, which is free, and so on. */
static noinline void free_merged(struct zone *zone, unsigned long pfn, unsigned int order,
				 enum migratetype type, bool to_tail)
{
	struct page *page = pfn_to_page(pfn);

	for (; order < MAX_PAGE_ORDER; order++) {
		unsigned long buddy_pfn = pfn ^ (1UL << order);
		struct page *buddy = pfn_to_page(buddy_pfn);

		if (!page_is_free_buddy(page, buddy, order))
			break;
		if (unlikely(order >= pageblock_order && !pageblocks_merge(pfn, buddy_pfn)))
			break;
		del_from_free_list(buddy, zone, order);
		page = pfn < buddy_pfn ? page : buddy;
		pfn &= buddy_pfn;
	}
	free_here(zone, page, order, type, to_tail);
}

/* Where nothing merges this saves no registers: what is rare is at the end of a jump. */
static __always_inline void free_one_block(struct zone *zone, unsigned long pfn, unsigned int order,
					   enum migratetype type, bool to_tail)
{
	struct page *page = pfn_to_page(pfn);

	__mod_zone_freepage_state(zone, 1L << order, type);
	if (order < MAX_PAGE_ORDER &&
	    page_is_free_buddy(page, pfn_to_page(pfn ^ (1UL << order)), order))
		free_merged(zone, pfn, order, type, to_tail);
	else
		free_here(zone, page, order, type, to_tail);
}

/* Some pageblocks of the zone do not mix with others. */
static noinline void free_large(struct zone *zone, unsigned long pfn, unsigned int order,
				enum migratetype type, bool to_tail)
{
	if (pageblocks_differ(pfn, order))
		free_by_pageblock(zone, pfn, order, to_tail);
	else
		free_one_block(zone, pfn, order, type, to_tail);
}

void __free_one_page(struct zone *zone, unsigned long pfn, unsigned int order,
		     enum migratetype type, bool to_tail)
{
	if (unlikely(order > pageblock_order && (zone->nr_isolate_pageblocks | zone->cma_pages |
						 zone->nr_reserved_highatomic)))
		free_large(zone, pfn, order, type, to_tail);
	else
		free_one_block(zone, pfn, order, type, to_tail);
}

void free_pages_range(struct zone *zone, unsigned long start, unsigned long end)
{
	while (start < end) {
		unsigned int order = start ? min((unsigned int)__ffs(start), MAX_PAGE_ORDER + 0U)
					   : MAX_PAGE_ORDER;

		while (1UL << order > end - start)
			order--;
		__free_one_page(zone, start, order, get_pfnblock_migratetype(start), true);
		start += 1UL << order;
	}
}

/* ---- Taking -------------------------------------------------------------------- */

/* Gives back the upper halves of a block of order @high until @low is left. */
static void expand(struct zone *zone, struct page *page, unsigned int low, unsigned int high,
		   enum migratetype type)
{
	while (high > low) {
		high--;
		add_to_free_list(page + (1UL << high), zone, high, type, false);
	}
}

struct page *__rmqueue_smallest(struct zone *zone, unsigned int order, enum migratetype type)
{
	for (unsigned int o = order; o < NR_PAGE_ORDERS; o++) {
		struct page *page = get_page_from_free_area(&zone->free_area[o], type);

		if (!page)
			continue;
		del_from_free_list(page, zone, o);
		expand(zone, page, order, o, type);
		__mod_zone_freepage_state(zone, -(1L << order), type);
		return page;
	}
	return NULL;
}

/* The first page of the free block that @pfn lies in, or NULL. */
static struct page *free_block_of(unsigned long pfn)
{
	for (unsigned int order = 0; order < NR_PAGE_ORDERS; order++) {
		struct page *head = pfn_to_page(ALIGN_DOWN(pfn, 1UL << order));

		if (PageBuddy(head) && data_race(head->priv32) >= order)
			return head;
	}
	return NULL;
}

bool is_free_buddy_page(struct page *page)
{
	return free_block_of(page_to_pfn(page));
}

/*
 * A block of order 3, and x the page that is taken:
 *
 *   before   |       3       |
 *   after    |   2   |0|x| 1 |
 */
bool take_page_off_buddy(struct zone *zone, unsigned long pfn)
{
	struct page *head = free_block_of(pfn), *page = pfn_to_page(pfn);
	enum migratetype type;
	unsigned int order;

	if (!head)
		return false;
	order = buddy_order(head);
	type = get_pfnblock_migratetype(page_to_pfn(head));
	del_from_free_list(head, zone, order);
	while (order-- > 0) {
		struct page *upper = head + (1UL << order);
		bool in_upper = page >= upper;

		add_to_free_list(in_upper ? head : upper, zone, order, type, false);
		head = in_upper ? upper : head;
	}
	__mod_zone_freepage_state(zone, -1, type);
	return true;
}

/* With most of what is free in CMA areas, they get their share before they are needed. */
static bool cma_is_most_of_free(const struct zone *zone)
{
	return zone_page_state(zone, NR_FREE_CMA_PAGES) > zone_page_state(zone, NR_FREE_PAGES) / 2;
}

/* The type's own lists had nothing: sections come first, then CMA, then the other types. */
static noinline struct page *rmqueue_elsewhere(struct zone *zone, unsigned int order,
					       enum migratetype type, unsigned int alloc_flags)
{
	struct page *page = NULL;

	if (zone_can_grow(zone))
		alloc_flags |= ALLOC_NOFRAGMENT;
	else if (alloc_flags & ALLOC_CMA)
		page = __rmqueue_smallest(zone, order, MIGRATE_CMA);
	if (!page && __rmqueue_fallback(zone, order, type, alloc_flags))
		page = __rmqueue_smallest(zone, order, type);
	return page;
}

struct page *__rmqueue(struct zone *zone, unsigned int order, enum migratetype type,
		       unsigned int alloc_flags)
{
	struct page *page;

	if ((alloc_flags & ALLOC_CMA) && cma_is_most_of_free(zone)) {
		page = __rmqueue_smallest(zone, order, MIGRATE_CMA);
		if (page)
			return page;
	}
	page = __rmqueue_smallest(zone, order, type);
	if (unlikely(!page))
		page = rmqueue_elsewhere(zone, order, type, alloc_flags);
	return page;
}
