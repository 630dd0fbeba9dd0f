// SPDX-License-Identifier: MIT
/*
 * Compaction's two scanners over a zone's pageblocks: up for movable pages, down for
 * free ones. Contract: mm/compaction.h.
 *
 * They walk page structs, so they pass over sections not made. A pageblock that was
 * walked to its end is marked, and not looked at again until hints are forgotten: by the
 * one scanner if it had nothing to move, by the other since its free pages are taken.
 */
#include "compaction.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/vmstat.h>

#include "buddy.h"
#include "internal.h"
#include "page_alloc.h"

static unsigned long pageblock_start_pfn(unsigned long pfn)
{
	return ALIGN_DOWN(pfn, pageblock_nr_pages);
}

static unsigned long pageblock_end_pfn(unsigned long pfn)
{
	return ALIGN(pfn + 1, pageblock_nr_pages);
}

/* ---- Hints --------------------------------------------------------------------------- */

/* May movable pages be put into pageblocks of @type? */
static bool is_migrate_movable(enum migratetype type)
{
	return type == MIGRATE_MOVABLE || is_migrate_cma(type);
}

static bool isolation_suitable(const struct compact_control *cc, unsigned long pfn)
{
	return cc->ignore_skip_hint || !get_pageblock_skip(pfn);
}

void reset_cached_positions(struct zone *zone)
{
	zone->compact_cached_migrate_pfn[0] = zone->zone_start_pfn;
	zone->compact_cached_migrate_pfn[1] = zone->zone_start_pfn;
	zone->compact_cached_free_pfn = pageblock_start_pfn(zone_end_pfn(zone) - 1);
}

/* A section may be shared: hints of another zone's pageblocks in it are forgotten, too. */
void __reset_isolation_suitable(struct zone *zone)
{
	unsigned long nr = next_made_section(pfn_to_section_nr(zone->zone_start_pfn));

	WRITE_ONCE(zone->compact_blockskip_flush, false);
	for (; nr != ULONG_MAX && section_nr_to_pfn(nr) < zone_end_pfn(zone);
	     nr = next_made_section(nr + 1))
		section_clear_skip(nr);
	reset_cached_positions(zone);
}

void reset_isolation_suitable(pg_data_t *pgdat)
{
	for (int i = 0; i < MAX_NR_ZONES; i++) {
		struct zone *zone = &pgdat->node_zones[i];

		if (!populated_zone(zone) || !READ_ONCE(zone->compact_blockskip_flush))
			continue;
		/* A CPU that compacts it now has use for them, and asks again. */
		if (!spin_trylock(&zone->compact_lock))
			continue;
		__reset_isolation_suitable(zone);
		spin_unlock(&zone->compact_lock);
	}
}

/* Everything below @end has been looked at. An asynchronous run leaves more behind. */
static void update_cached_migrate(const struct compact_control *cc, unsigned long end)
{
	unsigned long *cached = cc->zone->compact_cached_migrate_pfn;

	cached[0] = max(cached[0], end);
	if (cc->mode != MIGRATE_ASYNC)
		cached[1] = max(cached[1], end);
}

static void update_cached_free(const struct compact_control *cc, unsigned long pfn)
{
	cc->zone->compact_cached_free_pfn = min(cc->zone->compact_cached_free_pfn, pfn);
}

/* ---- What to move ---------------------------------------------------------------------- */

/* Pages to pass over from @page on, which is no single page somebody could move. */
static unsigned long pages_to_skip(const struct page *page)
{
	unsigned long order = 0;

	if (PageBuddy(page))
		order = READ_ONCE(page->private);
	else if (PageHead(page))
		order = READ_ONCE(page[1].compound_order);
	/* Nothing holds the block: what was read may be of its next life. */
	return order <= MAX_PAGE_ORDER ? 1UL << order : 1;
}

/* Walks [pfn, end) of one section until migratepages is full; where it stopped. */
static unsigned long isolate_migratepages_block(struct compact_control *cc, unsigned long pfn,
						unsigned long end)
{
	isolate_mode_t mode = cc->mode == MIGRATE_SYNC ? 0 : ISOLATE_ASYNC_MIGRATE;
	unsigned int before = cc->nr_migratepages;

	while (pfn < end && cc->nr_migratepages < COMPACT_CLUSTER_MAX) {
		struct page *page = pfn_to_page(pfn);

		cc->total_migrate_scanned++;
		if (page_zone(page) == cc->zone && (PageMovable(page) || PageLRU(page)) &&
		    !isolate_migratable_page(page, mode))
			cc->migratepages[cc->nr_migratepages++] = page;
		pfn += pages_to_skip(page);
	}
	count_vm_events(COMPACTISOLATED, cc->nr_migratepages - before);
	return min(pfn, end);
}

/* Asynchronous runs leave pageblocks alone that would not become of use to the caller. */
static bool suitable_migration_source(const struct compact_control *cc, unsigned long pfn)
{
	enum migratetype type = get_pfnblock_migratetype(pfn);

	if (cc->mode != MIGRATE_ASYNC || !cc->direct_compaction)
		return true;
	if (cc->migratetype == MIGRATE_MOVABLE)
		return is_migrate_movable(type);
	return type == cc->migratetype;
}

/* The first page at @pfn or above that is worth a look; past cc->free_pfn: none. */
static unsigned long next_migrate_source(const struct compact_control *cc, unsigned long pfn)
{
	while (pageblock_end_pfn(pfn) <= cc->free_pfn) {
		unsigned long nr = next_made_section(pfn_to_section_nr(pfn));

		if (nr == ULONG_MAX)
			return cc->free_pfn;
		pfn = max(pfn, section_nr_to_pfn(nr));
		if (pfn >= cc->free_pfn ||
		    (isolation_suitable(cc, pfn) && suitable_migration_source(cc, pfn)))
			return pfn;
		pfn = pageblock_end_pfn(pfn);
	}
	return pfn;
}

/* One pageblock at a time, so that the caller sees whether that was enough. */
bool isolate_migratepages(struct compact_control *cc)
{
	unsigned long pfn = next_migrate_source(cc, cc->migrate_pfn);
	unsigned long end = pageblock_end_pfn(pfn);
	bool whole = pfn == max(pageblock_start_pfn(pfn), cc->zone->zone_start_pfn);

	cc->migrate_pfn = pfn;
	if (end > cc->free_pfn)
		return false;
	cc->migrate_pfn = isolate_migratepages_block(cc, pfn, end);
	if (cc->migrate_pfn == end) {
		if (!cc->nr_migratepages && whole)
			set_pageblock_skip(pfn);
		update_cached_migrate(cc, end);
	}
	return cc->nr_migratepages;
}

void isolate_migratepages_range(struct compact_control *cc, unsigned long start, unsigned long end)
{
	cc->migrate_pfn = isolate_migratepages_block(cc, start, end);
}

/* ---- Where to ----------------------------------------------------------------------------- */

static bool suitable_migration_target(const struct compact_control *cc, unsigned long pfn)
{
	enum migratetype type = get_pfnblock_migratetype(pfn);
	const struct page *page = pfn_to_page(pfn);

	/* Somebody is about to take all of it. */
	if (is_migrate_isolate(type))
		return false;
	/* A large block is what compaction is for. */
	if (PageBuddy(page) && READ_ONCE(page->private) >= pageblock_order)
		return false;
	return cc->ignore_block_suitable || is_migrate_movable(type);
}

/* Takes the free block off its list. False where too little would be left. */
static bool take_free_block(struct zone *zone, struct page *page, struct list_head *blocks)
{
	unsigned int order = page->private;
	unsigned long mark = min_wmark_pages(zone) + (1UL << order);

	if (!zone_watermark_ok(zone, 0, mark, 0, ALLOC_CMA))
		return false;
	del_free_block(zone, page, get_pfnblock_migratetype(page_to_pfn(page)));
	page->private = order;
	list_add_tail(&page->lru, blocks);
	return true;
}

/* Single pages of @blocks, taken off the free areas, for cc->freepages; their number. */
static unsigned int split_free_blocks(struct compact_control *cc, struct list_head *blocks)
{
	struct page *page, *next;
	unsigned int nr = 0;

	list_for_each_entry_safe (page, next, blocks, lru) {
		unsigned int order = page->private;

		prep_new_page(page, order, __GFP_MOVABLE);
		if (order)
			split_page(page, order);
		for (unsigned int i = 0; i < 1U << order; i++)
			list_add_tail(&page[i].lru, &cc->freepages);
		nr += 1U << order;
	}
	return nr;
}

/* Walks [pfn, end) of a pageblock until there are enough; where it stopped. */
static unsigned long isolate_freepages_block(struct compact_control *cc, unsigned long pfn,
					     unsigned long end)
{
	unsigned int nr = cc->nr_freepages;
	struct zone *zone = cc->zone;
	unsigned long flags;
	LIST_HEAD(blocks);

	spin_lock_irqsave(&zone->lock, flags);
	while (pfn < end && nr < cc->nr_migratepages) {
		struct page *page = pfn_to_page(pfn);
		unsigned long pages = pages_to_skip(page);

		cc->total_free_scanned++;
		if (PageBuddy(page) && page_zone(page) == zone) {
			if (!take_free_block(zone, page, &blocks))
				break;
			nr += (unsigned int)pages;
		}
		pfn += pages;
	}
	spin_unlock_irqrestore(&zone->lock, flags);
	nr = split_free_blocks(cc, &blocks);
	cc->nr_freepages += nr;
	count_vm_events(COMPACTISOLATED, nr);
	return min(pfn, end);
}

/* The pageblock below the one that starts at @pfn, of a made section; 0: there is none. */
static unsigned long lower_pageblock(unsigned long pfn)
{
	unsigned long nr;

	if (!pfn)
		return 0;
	pfn -= pageblock_nr_pages;
	nr = prev_made_section(pfn_to_section_nr(pfn));
	return nr == ULONG_MAX ? 0 : min(pfn, section_nr_to_pfn(nr + 1) - pageblock_nr_pages);
}

static bool target_suitable(const struct compact_control *cc, unsigned long start)
{
	return section_made(pfn_to_section_nr(start)) && suitable_migration_target(cc, start) &&
	       isolation_suitable(cc, start);
}

void isolate_freepages(struct compact_control *cc)
{
	unsigned long low = pageblock_end_pfn(cc->migrate_pfn), pfn = cc->free_pfn;

	while (cc->nr_freepages < cc->nr_migratepages && pfn >= low) {
		unsigned long start = pageblock_start_pfn(pfn);
		unsigned long end = min(start + pageblock_nr_pages, zone_end_pfn(cc->zone));
		unsigned long lower = lower_pageblock(start);

		if (target_suitable(cc, start)) {
			pfn = isolate_freepages_block(cc, pfn, end);
			if (pfn < end)
				break;
			set_pageblock_skip(start);
			update_cached_free(cc, lower);
		}
		pfn = lower;
	}
	cc->free_pfn = pfn;
}

unsigned long release_freepages(struct compact_control *cc)
{
	unsigned long high = 0;
	struct page *page, *next;

	list_for_each_entry_safe (page, next, &cc->freepages, lru) {
		high = max(high, page_to_pfn(page));
		__free_page(page);
	}
	INIT_LIST_HEAD(&cc->freepages);
	cc->nr_freepages = 0;
	return high;
}
