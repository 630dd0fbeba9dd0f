// SPDX-License-Identifier: MIT
/*
 * Which migratetype takes from which when its own lists are empty, how much of a
 * pageblock goes with it, and when that raises the zone's watermarks. Contract: buddy.h.
 *
 *                takes from, best first     its pages spoil
 *   Unmovable    Reclaimable, Movable       a pageblock for good
 *   Reclaimable  Unmovable, Movable         it for long
 *   Movable      Reclaimable, Unmovable     nothing: they can be moved
 *
 * The largest block of the other type is taken, so that the next pages find room
 * beside it. With it comes the whole pageblock, where half of it is free or holds what
 * the type would put there. A movable page that cannot have the pageblock takes the
 * smallest block instead: it spoils nothing, and the large ones stay whole. HighAtomic,
 * CMA and isolated pageblocks are nobody's to take.
 *
 * Source of the rules: Linux 6.1's __rmqueue_fallback(), can_steal_fallback(),
 * steal_suitable_fallback() and boost_watermark().
 */
#include "buddy.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/list.h>
#include <linux/math.h>
#include <linux/mm.h>
#include <linux/mmzone.h>

#include "internal.h"
#include "page_alloc.h"

static const enum migratetype fallbacks[MIGRATE_PCPTYPES][2] = {
	[MIGRATE_UNMOVABLE] = {MIGRATE_RECLAIMABLE, MIGRATE_MOVABLE},
	[MIGRATE_MOVABLE] = {MIGRATE_RECLAIMABLE, MIGRATE_UNMOVABLE},
	[MIGRATE_RECLAIMABLE] = {MIGRATE_UNMOVABLE, MIGRATE_MOVABLE},
};

/* How far marks are raised, in 1/10000 of the high mark; 0: not at all. Linux's default. */
#define WATERMARK_BOOST_FACTOR 15000
static int watermark_boost_factor = WATERMARK_BOOST_FACTOR;

/* Is the pageblock worth having, and not just the block? */
static bool can_steal_fallback(unsigned int order, enum migratetype type)
{
	return order >= pageblock_order / 2 || type == MIGRATE_RECLAIMABLE ||
	       type == MIGRATE_UNMOVABLE || page_group_by_mobility_disabled;
}

/* Whose blocks of this order @type may take; MIGRATE_TYPES where there are none. */
static enum migratetype find_suitable_fallback(const struct free_area *area, enum migratetype type)
{
	for (size_t i = 0; area->nr_free && i < ARRAY_SIZE(fallbacks[0]); i++)
		if (!list_empty(&area->free_list[fallbacks[type][i]]))
			return fallbacks[type][i];
	return MIGRATE_TYPES;
}

bool boost_watermark(struct zone *zone)
{
	unsigned long most;

	if (!watermark_boost_factor)
		return false;
	/* In a small zone that would only make memory run out. */
	if (4 * pageblock_nr_pages > zone_managed_pages(zone))
		return false;
	most = mult_frac(zone->_watermark[WMARK_HIGH], (unsigned long)watermark_boost_factor,
			 10000);
	if (!most) /* the marks are not set yet */
		return false;
	most = max(most, pageblock_nr_pages);
	WRITE_ONCE(zone->watermark_boost, min(zone->watermark_boost + pageblock_nr_pages, most));
	zone_update_margin(zone);
	return true;
}

void end_watermark_boosts(const struct alloc_context *ac)
{
	struct zoneref *z = ac->preferred_zoneref;
	struct zone *zone;

	for_next_zone_zonelist_nodemask(zone, z, ac->highest_zoneidx, ac->nodemask)
	{
		unsigned long flags;

		if (!READ_ONCE(zone->watermark_boost))
			continue;
		spin_lock_irqsave(&zone->lock, flags);
		WRITE_ONCE(zone->watermark_boost, 0);
		zone_update_margin(zone);
		spin_unlock_irqrestore(&zone->lock, flags);
	}
}

/* Takes the pageblock's free blocks, and the pageblock if it suits. False: it cannot be had. */
static bool steal_pageblock(struct zone *zone, struct page *page, enum migratetype type)
{
	unsigned long pfn = page_to_pfn(page), alike = 0;
	enum migratetype old = get_pfnblock_migratetype(pfn);
	struct block_pages n = move_freepages_block(zone, page, type);

	if (!n.free)
		return false;
	/* Of two types that cannot move, nobody knows which one a page is. */
	if (type == MIGRATE_MOVABLE)
		alike = n.movable;
	else if (old == MIGRATE_MOVABLE)
		alike = pageblock_nr_pages - (n.free + n.movable);
	if (n.free + alike >= pageblock_nr_pages / 2 || page_group_by_mobility_disabled)
		set_pfnblock_migratetype(pfn, type);
	return true;
}

/* @page heads a free block of another type, which @type is to have. */
static void steal_suitable_fallback(struct zone *zone, struct page *page, enum migratetype type,
				    bool whole_block)
{
	unsigned long pfn = page_to_pfn(page);
	unsigned int order = buddy_order(page);
	enum migratetype old = get_pfnblock_migratetype(pfn);

	if (old == MIGRATE_HIGHATOMIC) {
		move_to_free_list(zone, page, old, type);
		return;
	}
	if (order >= pageblock_order) {
		change_pageblock_range(pfn, order, type);
		move_to_free_list(zone, page, old, type);
		return;
	}
	boost_watermark(zone); /* kswapd hears of it from whom the raised marks stop */
	if (!whole_block || !steal_pageblock(zone, page, type))
		move_to_free_list(zone, page, old, type);
}

/* The smallest block that any other type has: there is one. */
static void steal_smallest(struct zone *zone, unsigned int order, enum migratetype type)
{
	for (unsigned int o = order; o < NR_PAGE_ORDERS; o++) {
		const struct free_area *area = &zone->free_area[o];
		enum migratetype from = find_suitable_fallback(area, type);

		if (from == MIGRATE_TYPES)
			continue;
		steal_suitable_fallback(zone, get_page_from_free_area(area, from), type,
					can_steal_fallback(o, type));
		return;
	}
}

bool __rmqueue_fallback(struct zone *zone, unsigned int order, enum migratetype type,
			unsigned int alloc_flags)
{
	unsigned int least = order;

	if (alloc_flags & ALLOC_NOFRAGMENT)
		least = max(order, (unsigned int)pageblock_order);
	for (unsigned int o = NR_PAGE_ORDERS; o-- > least;) {
		const struct free_area *area = &zone->free_area[o];
		enum migratetype from = find_suitable_fallback(area, type);
		bool steal = can_steal_fallback(o, type);

		if (from == MIGRATE_TYPES)
			continue;
		if (!steal && type == MIGRATE_MOVABLE && o > order)
			steal_smallest(zone, order, type);
		else
			steal_suitable_fallback(zone, get_page_from_free_area(area, from), type,
						steal);
		return true;
	}
	return false;
}

/* ---- The option -------------------------------------------------------------------- */

int __init watermark_boost_factor_parse_option(char *value)
{
	int factor, err = value ? kstrtoint(value, 0, &factor) : -EINVAL;

	if (err || factor < 0)
		return -EINVAL;
	watermark_boost_factor = factor;
	return 0;
}

void __init fallback_reset(void)
{
	watermark_boost_factor = WATERMARK_BOOST_FACTOR;
}
