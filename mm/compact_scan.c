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
#include <linux/swap.h>
#include <linux/vmstat.h>

#include "buddy.h"
#include "internal.h"
#include "memory_failure.h"
#include "migrate.h"
#include "page_alloc.h"

/* ---- Hints --------------------------------------------------------------------------- */

static bool isolation_suitable(const struct compact_control *cc, unsigned long pfn)
{
	return cc->ignore_skip_hint || !get_pfnblock_skip(pfn);
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

/* Pages that one block has from @page on, as far as one can tell. */
static unsigned long pages_to_skip(const struct page *page)
{
	unsigned long order = 0;

	if (PageBuddy(page))
		order = READ_ONCE(page->priv32);
	else if (PageMovable(page) || PageSlab(page))
		order = page_alloc_order(page);
	else if (PageHead(page))
		order = READ_ONCE(page[1].compound_order);
	/* Nothing holds the block: what was read may be of its next life. */
	return order <= MAX_PAGE_ORDER ? 1UL << order : 1;
}

/* As large as what is asked for, or as a pageblock: nothing is gained. */
static bool skip_isolation_on_order(unsigned int order, int target_order)
{
	return (!is_via_compact_memory(target_order) && (int)order >= target_order) ||
	       order >= pageblock_order;
}

/* Takes @page, if it is a first page, from its owner if that is worth it, and may be done. */
static void isolate_page(struct compact_control *cc, struct page *page, isolate_mode_t mode)
{
	unsigned int order = page_alloc_order(page);

	if (page_zone(page) != cc->zone ||
	    !(data_race(page->flags) & (1UL << PG_movable | 1UL << PG_lru)) ||
	    skip_isolation_on_order(order, cc->order) ||
	    isolate_migratable_page(page, mode, &cc->migratepages))
		return;
	cc->nr_migratepages += 1U << order;
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
		isolate_page(cc, page, mode);
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
			set_pfnblock_skip(pfn);
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
	if (PageBuddy(page) && READ_ONCE(page->priv32) >= pageblock_order)
		return false;
	return cc->ignore_block_suitable || is_migrate_movable(type);
}

void add_freepage(struct compact_control *cc, struct page *page, unsigned int order)
{
	list_add(&page->lru, &cc->freepages[order]);
	cc->nr_freepages += 1U << order;
}

/* The lowest of these orders that there is a block of; NR_PAGE_ORDERS: there is none. */
static unsigned int freepage_order(const struct compact_control *cc, unsigned int order)
{
	while (order < NR_PAGE_ORDERS && list_empty(&cc->freepages[order]))
		order++;
	return order;
}

/* The lower half of it, and so on, while the upper ones stay. */
static struct page *cut_freepage(struct compact_control *cc, unsigned int order)
{
	unsigned int has = freepage_order(cc, order);
	struct page *page;

	if (has == NR_PAGE_ORDERS)
		return NULL;
	page = list_first_entry(&cc->freepages[has], struct page, lru);
	list_del(&page->lru);
	while (has-- > order)
		list_add(&page[1UL << has].lru, &cc->freepages[has]);
	cc->nr_freepages -= 1U << order;
	return page;
}

/* A page may turn out to be bad when its block is on no list but these. */
struct page *take_freepage(struct compact_control *cc, unsigned int order)
{
	struct page *page = cut_freepage(cc, order);

	for (; page && block_is_bad(page, order); page = cut_freepage(cc, order))
		free_block(page, order);
	return page;
}

/* Moves the free block to cc->freepages. False where too little would be left. */
static bool take_free_block(struct compact_control *cc, struct page *page)
{
	unsigned int order = page->priv32;
	unsigned long mark = min_wmark_pages(cc->zone) + (1UL << order);

	if (!zone_watermark_ok(cc->zone, 0, mark, 0, ALLOC_CMA))
		return false;
	del_free_block(cc->zone, page, get_pfnblock_migratetype(page_to_pfn(page)));
	add_freepage(cc, page, order);
	return true;
}

/*
 * Single pages may be all that is found for long. They are of use to others that are moved,
 * but not to those who allocate meanwhile: there are never many more than these.
 */
#define COMPACT_FREE_MAX (4U * pageblock_nr_pages)

static bool needs_freepages(const struct compact_control *cc, unsigned int order)
{
	return cc->nr_freepages < cc->nr_migratepages ||
	       (freepage_order(cc, order) == NR_PAGE_ORDERS && cc->nr_freepages < COMPACT_FREE_MAX);
}

/* Walks [pfn, end) of a pageblock until there are enough; where it stopped. */
static unsigned long isolate_freepages_block(struct compact_control *cc, unsigned long pfn,
					     unsigned long end, unsigned int order)
{
	unsigned int before = cc->nr_freepages;
	struct zone *zone = cc->zone;
	unsigned long flags;

	spin_lock_irqsave(&zone->lock, flags);
	while (pfn < end && needs_freepages(cc, order)) {
		struct page *page = pfn_to_page(pfn);
		unsigned long pages = pages_to_skip(page);

		cc->total_free_scanned++;
		if (PageBuddy(page) && page_zone(page) == zone && !take_free_block(cc, page))
			break;
		pfn += pages;
	}
	spin_unlock_irqrestore(&zone->lock, flags);
	count_vm_events(COMPACTISOLATED, cc->nr_freepages - before);
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

void isolate_freepages(struct compact_control *cc, unsigned int order)
{
	unsigned long low = pageblock_end_pfn(cc->migrate_pfn), pfn = cc->free_pfn;

	while (needs_freepages(cc, order) && pfn >= low) {
		unsigned long start = pageblock_start_pfn(pfn);
		unsigned long end = min(start + pageblock_nr_pages, zone_end_pfn(cc->zone));
		unsigned long lower = lower_pageblock(start);

		if (target_suitable(cc, start)) {
			pfn = isolate_freepages_block(cc, pfn, end, order);
			if (pfn < end)
				break;
			set_pfnblock_skip(start);
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

	for (unsigned int order = 0; order < NR_PAGE_ORDERS; order++) {
		list_for_each_entry_safe (page, next, &cc->freepages[order], lru) {
			high = max(high, page_to_pfn(page));
			free_block(page, order);
		}
		INIT_LIST_HEAD(&cc->freepages[order]);
	}
	cc->nr_freepages = 0;
	return high;
}
