// SPDX-License-Identifier: MIT
/*
 * Buddy allocator: the free pages of a zone as blocks of 1 << order pages.
 *
 * Owns:       zone->free_area[], and order and mark of each free block's first page.
 * Invariants: a block of order n starts at a pfn divisible by 1 << n; two free
 *             buddies of one order and zone never stay apart below the maximum
 *             (but for an isolated pageblock's); nr_free equals what the lists hold.
 *             A block lies in one section, so its page structs are all made.
 * Lifetime:   from free_area_init() on.
 * Locking:    the caller holds zone->lock.
 * Units:      pfn and pages; order is log2 of pages.
 * Failure:    NULL where no block is large enough, nothing changed.
 *
 * Buddies differ in one bit of their pfn: at order 2 the buddy of pfn 12 is 8, and
 * together they are pfn 8 at order 3.
 *
 * Migratetypes: blocks are listed by the mobility they are kept for. A type that
 * runs out takes the largest block of another type, and with it, where most of its
 * pageblock is free or alike, the whole pageblock, so that pages of one mobility
 * stay together. Source of these rules: Linux's __rmqueue_fallback().
 */
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mmzone.h>

#include "internal.h"

/* Whom a type takes from when its own lists are empty, best first. */
static const enum migratetype fallbacks[MIGRATE_PCPTYPES][2] = {
	[MIGRATE_UNMOVABLE] = {MIGRATE_RECLAIMABLE, MIGRATE_MOVABLE},
	[MIGRATE_MOVABLE] = {MIGRATE_RECLAIMABLE, MIGRATE_UNMOVABLE},
	[MIGRATE_RECLAIMABLE] = {MIGRATE_UNMOVABLE, MIGRATE_MOVABLE},
};

/* Zone and node of page->flags: equal for pages of one zone. */
#define PAGE_ZONE_ID(page) ((page)->flags >> ZONES_PGSHIFT)

/* ---- Lists --------------------------------------------------------------------- */

static void add_to_free_list(struct page *page, struct zone *zone, unsigned int order,
			     enum migratetype type, bool to_tail)
{
	struct free_area *area = &zone->free_area[order];

	page->slab_word = order; /* private; and no reference */
	__SetPageBuddy(page);
	if (to_tail)
		list_add_tail(&page->buddy_list, &area->free_list[type]);
	else
		list_add(&page->buddy_list, &area->free_list[type]);
	area->nr_free++;
}

static void del_from_free_list(struct page *page, struct zone *zone, unsigned int order)
{
	__list_del_entry(&page->buddy_list);
	__ClearPageBuddy(page);
	page->buddy_list.next = NULL;
	page->buddy_list.prev = NULL;
	page->private = 0;
	zone->free_area[order].nr_free--;
}

static void move_to_free_list(struct page *page, struct zone *zone, unsigned int order,
			      enum migratetype type)
{
	list_move_tail(&page->buddy_list, &zone->free_area[order].free_list[type]);
}

static struct page *first_free(const struct free_area *area, enum migratetype type)
{
	const struct list_head *list = &area->free_list[type];

	return list_empty(list) ? NULL : list_first_entry(list, struct page, buddy_list);
}

/* ---- Freeing ------------------------------------------------------------------- */

static bool page_is_free_buddy(const struct page *page, const struct page *buddy,
			       unsigned int order)
{
	return PageBuddy(buddy) && buddy->private == order &&
	       PAGE_ZONE_ID(buddy) == PAGE_ZONE_ID(page);
}

/* Blocks above a pageblock's size: an isolated one does not merge with one that is not. */
static bool isolation_differs(unsigned long pfn, unsigned long buddy_pfn)
{
	return (get_pfnblock_migratetype(pfn) == MIGRATE_ISOLATE) !=
	       (get_pfnblock_migratetype(buddy_pfn) == MIGRATE_ISOLATE);
}

void __free_one_page(struct zone *zone, unsigned long pfn, unsigned int order,
		     enum migratetype type, bool to_tail)
{
	struct page *page = pfn_to_page(pfn);

	for (; order < MAX_PAGE_ORDER; order++) {
		unsigned long buddy_pfn = pfn ^ (1UL << order);
		struct page *buddy = pfn_to_page(buddy_pfn);

		if (!page_is_free_buddy(page, buddy, order))
			break;
		if (unlikely(order >= pageblock_order && isolation_differs(pfn, buddy_pfn)))
			break;
		del_from_free_list(buddy, zone, order);
		page = pfn < buddy_pfn ? page : buddy;
		pfn &= buddy_pfn;
	}
	add_to_free_list(page, zone, order, type, to_tail);
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

static struct page *rmqueue_smallest(struct zone *zone, unsigned int order, enum migratetype type)
{
	for (unsigned int o = order; o < NR_PAGE_ORDERS; o++) {
		struct page *page = first_free(&zone->free_area[o], type);

		if (!page)
			continue;
		del_from_free_list(page, zone, o);
		expand(zone, page, order, o, type);
		return page;
	}
	return NULL;
}

/* ---- Taking from other types ----------------------------------------------------- */

/* Is the pageblock worth having, and not just the block? */
static bool can_steal(unsigned int order, enum migratetype type)
{
	return order >= pageblock_order / 2 || type == MIGRATE_RECLAIMABLE ||
	       type == MIGRATE_UNMOVABLE || page_group_by_mobility_disabled;
}

/* Whose blocks of @order @type may take; MIGRATE_TYPES where there are none. */
static enum migratetype find_suitable_fallback(const struct free_area *area, enum migratetype type)
{
	for (size_t i = 0; i < ARRAY_SIZE(fallbacks[0]); i++)
		if (!list_empty(&area->free_list[fallbacks[type][i]]))
			return fallbacks[type][i];
	return MIGRATE_TYPES;
}

static void set_pageblocks(unsigned long pfn, unsigned int order, enum migratetype type)
{
	for (unsigned long end = pfn + (1UL << order); pfn < end; pfn += pageblock_nr_pages)
		set_pfnblock_migratetype(pfn, type);
}

/* What the pages of a pageblock are, by count. */
struct block_pages {
	unsigned long free;
	unsigned long movable;
};

/*
 * Moves the free blocks of a pageblock to @type's lists. Pages of other zones
 * that share the pageblock are passed over.
 */
static struct block_pages move_freepages_block(struct zone *zone, unsigned long block_pfn,
					       enum migratetype type)
{
	struct page *page = pfn_to_page(block_pfn), *end = page + pageblock_nr_pages;
	unsigned long zone_id =
		(unsigned long)zone->node << ZONES_SHIFT | (unsigned long)zone_idx(zone);
	struct block_pages n = {0, 0};

	while (page < end) {
		unsigned int order;

		if (!PageBuddy(page) || PAGE_ZONE_ID(page) != zone_id) {
			n.movable += PageLRU(page) || PageMovable(page);
			page++;
			continue;
		}
		order = page->private;
		move_to_free_list(page, zone, order, type);
		n.free += 1UL << order;
		page += 1UL << order;
	}
	return n;
}

/*
 * @page heads a free block of another type. Its pageblock changes hands if half of
 * it is free or holds what @type would put there; otherwise the block alone does.
 */
static void steal_suitable_fallback(struct zone *zone, struct page *page, unsigned int order,
				    enum migratetype type, bool whole_block)
{
	unsigned long pfn = page_to_pfn(page), alike = 0;
	enum migratetype old = get_pfnblock_migratetype(pfn);
	struct block_pages n;

	if (order >= pageblock_order) {
		set_pageblocks(pfn, order, type);
		move_to_free_list(page, zone, order, type);
		return;
	}
	if (!whole_block) {
		move_to_free_list(page, zone, order, type);
		return;
	}
	n = move_freepages_block(zone, ALIGN_DOWN(pfn, pageblock_nr_pages), type);
	if (type == MIGRATE_MOVABLE)
		alike = n.movable;
	else if (old == MIGRATE_MOVABLE)
		alike = pageblock_nr_pages - (n.free + n.movable);
	if (n.free + alike >= 1UL << (pageblock_order - 1) || page_group_by_mobility_disabled)
		set_pfnblock_migratetype(pfn, type);
}

/* A movable page had better take a small block than break up another type's large one. */
static bool steal_smallest(struct zone *zone, unsigned int order, enum migratetype type)
{
	for (unsigned int o = order; o < NR_PAGE_ORDERS; o++) {
		struct free_area *area = &zone->free_area[o];
		enum migratetype from = find_suitable_fallback(area, type);

		if (from == MIGRATE_TYPES)
			continue;
		steal_suitable_fallback(zone, first_free(area, from), o, type, can_steal(o, type));
		return true;
	}
	return false;
}

/* Makes a block of @order or above @type's. False where no other type has one. */
static bool rmqueue_fallback(struct zone *zone, unsigned int order, enum migratetype type,
			     bool whole_blocks)
{
	unsigned int least = whole_blocks ? max(order, (unsigned int)pageblock_order) : order;

	for (unsigned int o = NR_PAGE_ORDERS; o-- > least;) {
		struct free_area *area = &zone->free_area[o];
		enum migratetype from = find_suitable_fallback(area, type);
		bool steal = can_steal(o, type);

		if (from == MIGRATE_TYPES)
			continue;
		if (!steal && type == MIGRATE_MOVABLE && o > order)
			return steal_smallest(zone, order, type);
		steal_suitable_fallback(zone, first_free(area, from), o, type, steal);
		return true;
	}
	return false;
}

struct page *__rmqueue(struct zone *zone, unsigned int order, enum migratetype type,
		       bool whole_blocks)
{
	struct page *page = rmqueue_smallest(zone, order, type);

	if (unlikely(!page) && rmqueue_fallback(zone, order, type, whole_blocks))
		page = rmqueue_smallest(zone, order, type);
	return page;
}
