// SPDX-License-Identifier: MIT
/*
 * Compaction: whether a zone should be compacted, a run over it, and who asks for one.
 * Contract: linux/compaction.h; the scanners are compact_scan.c's.
 */
#include <linux/compaction.h>

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/vmstat.h>

#include "compaction.h"
#include "internal.h"
#include "page_alloc.h"
#include "vmscan.h"

/* At most 1 << it tries are left out. */
#define COMPACT_MAX_DEFER_SHIFT 6

/* ---- Deferral -------------------------------------------------------------------- */

void defer_compaction(struct zone *zone, int order)
{
	zone->compact_considered = 0;
	if (zone->compact_defer_shift < COMPACT_MAX_DEFER_SHIFT)
		zone->compact_defer_shift++;
	zone->compact_order_failed = min(zone->compact_order_failed, order);
}

bool compaction_deferred(struct zone *zone, int order)
{
	unsigned int limit = 1U << zone->compact_defer_shift;

	if (order < zone->compact_order_failed)
		return false;
	if (++zone->compact_considered >= limit) {
		zone->compact_considered = limit;
		return false;
	}
	return true;
}

void compaction_defer_reset(struct zone *zone, int order, bool alloc_success)
{
	if (alloc_success) {
		zone->compact_considered = 0;
		zone->compact_defer_shift = 0;
	}
	if (order >= zone->compact_order_failed)
		zone->compact_order_failed = order + 1;
}

/* Is this the try after the longest time of leaving out? Then hints are stale. */
static bool compaction_restarting(const struct zone *zone, int order)
{
	return order >= zone->compact_order_failed &&
	       zone->compact_defer_shift == COMPACT_MAX_DEFER_SHIFT &&
	       zone->compact_considered >= 1U << zone->compact_defer_shift;
}

/* ---- Is it worth it? ---------------------------------------------------------------- */

/* Room for the pages on their way: each exists twice for a moment. */
static bool has_room_to_move(const struct zone *zone, unsigned int order, int highest_zoneidx)
{
	unsigned long mark =
		order > PAGE_ALLOC_COSTLY_ORDER ? low_wmark_pages(zone) : min_wmark_pages(zone);

	return zone_watermark_ok(zone, 0, mark + compact_gap(order), highest_zoneidx, ALLOC_CMA);
}

enum compact_result compaction_suitable(struct zone *zone, int order, unsigned int alloc_flags,
					int highest_zoneidx)
{
	unsigned long mark = zone->_watermark[alloc_flags & ALLOC_WMARK_MASK];
	int index;

	if (is_via_compact_memory(order))
		return COMPACT_CONTINUE;
	if (zone_watermark_ok(zone, (unsigned int)order, mark + READ_ONCE(zone->watermark_boost),
			      highest_zoneidx, alloc_flags))
		return COMPACT_SUCCESS;
	if (!has_room_to_move(zone, (unsigned int)order, highest_zoneidx))
		return COMPACT_SKIPPED;
	if (order <= PAGE_ALLOC_COSTLY_ORDER)
		return COMPACT_CONTINUE;
	index = fragmentation_index(zone, (unsigned int)order);
	return index >= 0 && index <= (int)sysctl_extfrag_threshold ? COMPACT_SKIPPED
								    : COMPACT_CONTINUE;
}

/* May a caller of @type have a block on the list of @from? A pageblock's half or more. */
static bool may_take(enum migratetype type, enum migratetype from, unsigned int order)
{
	return from == type || order >= pageblock_order / 2 || type != MIGRATE_MOVABLE;
}

static bool suitable_block_free(const struct compact_control *cc)
{
	for (unsigned int o = (unsigned int)cc->order; o < NR_PAGE_ORDERS; o++) {
		const struct list_head *lists = cc->zone->free_area[o].free_list;

		for (int type = 0; type < MIGRATE_PCPTYPES; type++)
			if (may_take(cc->migratetype, (enum migratetype)type, o) &&
			    !list_empty(&lists[type]))
				return true;
		if (cc->migratetype == MIGRATE_MOVABLE && !list_empty(&lists[MIGRATE_CMA]))
			return true;
	}
	return false;
}

/* COMPACT_CONTINUE, or how the run ends. */
static enum compact_result compact_finished(const struct compact_control *cc)
{
	if (compact_scanners_met(cc)) {
		reset_cached_positions(cc->zone);
		if (cc->direct_compaction)
			WRITE_ONCE(cc->zone->compact_blockskip_flush, true);
		return cc->whole_zone ? COMPACT_COMPLETE : COMPACT_PARTIAL_SKIPPED;
	}
	if (is_via_compact_memory(cc->order))
		return COMPACT_CONTINUE;
	/* What was begun is finished, so that the pageblock is of use to others. */
	if (!IS_ALIGNED(cc->migrate_pfn, pageblock_nr_pages))
		return COMPACT_CONTINUE;
	return suitable_block_free(cc) ? COMPACT_SUCCESS : COMPACT_CONTINUE;
}

/* ---- A run --------------------------------------------------------------------------- */

/* For migrate_pages(): a free block as large as @page's, and one that was not needed. */
static struct page *compaction_alloc(struct page *page, unsigned long private)
{
	struct compact_control *cc = (struct compact_control *)private;
	unsigned int order = page_alloc_order(page);
	struct page *target = take_freepage(cc, order);

	if (!target) {
		isolate_freepages(cc, order);
		target = take_freepage(cc, order);
	}
	if (target)
		prep_new_page(target, order, __GFP_MOVABLE | (PageHead(page) ? __GFP_COMP : 0));
	return target;
}

static void compaction_free(struct page *page, unsigned long private)
{
	unsigned int order = page_alloc_order(page);

	if (put_page_testzero(page) && free_pages_prepare(page, order))
		add_freepage((struct compact_control *)private, page, order);
}

/* Moves what is isolated; COMPACT_CONTENDED where there is nowhere to move it. */
static enum compact_result migrate_isolated(struct compact_control *cc)
{
	int left = migrate_pages(&cc->migratepages, compaction_alloc, compaction_free,
				 (unsigned long)cc, cc->mode, MR_COMPACTION, NULL);

	if (left)
		putback_movable_pages(&cc->migratepages);
	cc->nr_migratepages = 0;
	return left == -ENOMEM && !compact_scanners_met(cc) ? COMPACT_CONTENDED : COMPACT_CONTINUE;
}

/*
 * Pages that were moved away went to this CPU's lists, where they do not merge. Once the
 * migrate scanner has left the block that is asked for, they go on to the free areas.
 */
static void drain_moved(struct compact_control *cc)
{
	unsigned int order =
		is_via_compact_memory(cc->order) ? pageblock_order : (unsigned int)cc->order;

	if (cc->last_migrated_pfn &&
	    cc->last_migrated_pfn < ALIGN_DOWN(cc->migrate_pfn, 1UL << order)) {
		drain_local_pages(cc->zone);
		cc->last_migrated_pfn = 0;
	}
}

/* Where the last run ended, if that is in the zone; else, and for a whole run, its ends. */
static void set_scanners(struct compact_control *cc)
{
	struct zone *zone = cc->zone;
	bool sync = cc->mode != MIGRATE_ASYNC;

	if (cc->whole_zone || !zone_spans_pfn(zone, zone->compact_cached_free_pfn) ||
	    !zone_spans_pfn(zone, zone->compact_cached_migrate_pfn[sync]))
		reset_cached_positions(zone);
	cc->migrate_pfn = zone->compact_cached_migrate_pfn[sync];
	cc->free_pfn = zone->compact_cached_free_pfn;
	if (cc->migrate_pfn <= zone->zone_start_pfn)
		cc->whole_zone = true;
}

static enum compact_result compact_zone_locked(struct compact_control *cc)
{
	enum compact_result ret =
		compaction_suitable(cc->zone, cc->order, cc->alloc_flags, cc->highest_zoneidx);

	if (ret != COMPACT_CONTINUE)
		return ret;
	if (compaction_restarting(cc->zone, cc->order))
		__reset_isolation_suitable(cc->zone);
	set_scanners(cc);
	while (ret == COMPACT_CONTINUE) {
		unsigned long start = cc->migrate_pfn;

		if (isolate_migratepages(cc)) {
			ret = migrate_isolated(cc);
			cc->last_migrated_pfn = cc->last_migrated_pfn ?: start;
		}
		drain_moved(cc);
		if (ret == COMPACT_CONTINUE)
			ret = compact_finished(cc);
	}
	if (cc->nr_freepages) {
		unsigned long pfn = ALIGN_DOWN(release_freepages(cc), pageblock_nr_pages);

		cc->zone->compact_cached_free_pfn = max(cc->zone->compact_cached_free_pfn, pfn);
	}
	drain_local_pages(cc->zone);
	count_vm_events(COMPACTMIGRATE_SCANNED, (long)cc->total_migrate_scanned);
	count_vm_events(COMPACTFREE_SCANNED, (long)cc->total_free_scanned);
	return ret;
}

/* An owner who allocates while it moves a page does not get here again: the lock is held. */
enum compact_result compact_zone(struct compact_control *cc)
{
	enum compact_result ret;

	if (!spin_trylock(&cc->zone->compact_lock))
		return COMPACT_CONTENDED;
	INIT_LIST_HEAD(&cc->migratepages);
	for (unsigned int order = 0; order < NR_PAGE_ORDERS; order++)
		INIT_LIST_HEAD(&cc->freepages[order]);
	cc->migratetype = gfp_migratetype(cc->gfp_mask);
	ret = compact_zone_locked(cc);
	spin_unlock(&cc->zone->compact_lock);
	return ret;
}

enum compact_result compact_zone_order(struct zone *zone, unsigned int order, gfp_t gfp,
				       enum compact_priority prio, unsigned int alloc_flags,
				       int highest_zoneidx)
{
	bool all = prio == MIN_COMPACT_PRIORITY;
	struct compact_control cc = {
		.zone = zone,
		.order = (int)order,
		.gfp_mask = gfp,
		.mode = prio == COMPACT_PRIO_ASYNC ? MIGRATE_ASYNC : MIGRATE_SYNC_LIGHT,
		.alloc_flags = alloc_flags,
		.highest_zoneidx = highest_zoneidx,
		.direct_compaction = true,
		.whole_zone = all,
		.ignore_skip_hint = all,
		.ignore_block_suitable = all,
	};

	return compact_zone(&cc);
}

/* ---- Who asks -------------------------------------------------------------------------- */

/* One zone, and what it means for the next time. */
static enum compact_result compact_zone_deferrably(struct zone *zone, unsigned int order, gfp_t gfp,
						   enum compact_priority prio,
						   unsigned int alloc_flags, int highest_zoneidx)
{
	enum compact_result ret;

	if (prio > MIN_COMPACT_PRIORITY && compaction_deferred(zone, (int)order))
		return COMPACT_DEFERRED;
	ret = compact_zone_order(zone, order, gfp, prio, alloc_flags, highest_zoneidx);
	if (ret == COMPACT_SUCCESS)
		compaction_defer_reset(zone, (int)order, false);
	else if (prio != COMPACT_PRIO_ASYNC &&
		 (ret == COMPACT_COMPLETE || ret == COMPACT_PARTIAL_SKIPPED))
		defer_compaction(zone, (int)order);
	return ret;
}

enum compact_result try_to_compact_pages(gfp_t gfp, unsigned int order, unsigned int alloc_flags,
					 const struct alloc_context *ac, enum compact_priority prio,
					 struct page **page)
{
	enum compact_result best = COMPACT_SKIPPED;
	struct zoneref *z = ac->preferred_zoneref;
	struct zone *zone;

	*page = NULL;
	if (!(gfp & __GFP_IO))
		return COMPACT_SKIPPED;
	for_next_zone_zonelist_nodemask(zone, z, ac->highest_zoneidx, ac->nodemask)
	{
		best = max(best, compact_zone_deferrably(zone, order, gfp, prio, alloc_flags,
							 (int)ac->highest_zoneidx));
		if (best == COMPACT_SUCCESS)
			break;
	}
	return best;
}

struct page *alloc_pages_direct_compact(gfp_t gfp, unsigned int order, unsigned int alloc_flags,
					const struct alloc_context *ac, enum compact_priority prio,
					enum compact_result *result)
{
	struct page *page;
	unsigned int was;

	*result = COMPACT_SKIPPED;
	if (!order)
		return NULL;
	was = memalloc_noreclaim_save();
	*result = try_to_compact_pages(gfp, order, alloc_flags, ac, prio, &page);
	memalloc_noreclaim_restore(was);
	if (*result == COMPACT_SKIPPED || *result == COMPACT_DEFERRED)
		return NULL;
	count_vm_event(COMPACTSTALL);
	page = get_page_from_freelist(order, alloc_flags, ac);
	if (page) {
		struct zone *zone = page_zone(page);

		WRITE_ONCE(zone->compact_blockskip_flush, false);
		compaction_defer_reset(zone, (int)order, true);
	}
	count_vm_event(page ? COMPACTSUCCESS : COMPACTFAIL);
	return page;
}

void compact_node(int nid)
{
	pg_data_t *pgdat = NODE_DATA(nid);

	for (int i = 0; i < MAX_NR_ZONES; i++) {
		struct compact_control cc = {
			.zone = &pgdat->node_zones[i],
			.order = -1,
			.gfp_mask = GFP_KERNEL,
			.mode = MIGRATE_SYNC,
			.whole_zone = true,
			.ignore_skip_hint = true,
		};

		if (populated_zone(cc.zone))
			compact_zone(&cc);
	}
}

void compact_nodes(void)
{
	pg_data_t *pgdat;

	for_each_online_pgdat (pgdat)
		compact_node(pgdat->node_id);
}
