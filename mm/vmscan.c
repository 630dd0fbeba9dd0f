// SPDX-License-Identifier: MIT
/*
 * Reclaim of nodes: how much of which list, in rounds that take more each time, and
 * for an allocation that waits. Contract: vmscan.h. Single pages are shrink_list.c's,
 * the reclaim between the marks kswapd.c's.
 */
#include "vmscan.h"

#include <linux/compaction.h>
#include <linux/kernel.h>
#include <linux/math.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/vmstat.h>

#include "shrinker.h"

void __init vmscan_reset(void)
{
	memalloc_reset();
	shrinker_reset();
}

/* ---- How much -------------------------------------------------------------------------- */

unsigned long zone_reclaimable_pages(const struct zone *zone)
{
	return zone_page_state(zone, NR_ZONE_INACTIVE_FILE) +
	       zone_page_state(zone, NR_ZONE_ACTIVE_FILE);
}

/* Pages of a list that lie in zones up to @highest. */
static unsigned long lruvec_lru_size(const pg_data_t *pgdat, enum lru_list lru,
				     enum zone_type highest)
{
	unsigned long pages = 0;

	for (int zid = 0; zid <= (int)highest; zid++)
		pages += zone_page_state(&pgdat->node_zones[zid],
					 (enum zone_stat_item)(NR_ZONE_LRU_BASE + lru));
	return pages;
}

/*
 * Should active pages become inactive? On small nodes the lists are kept equal, on
 * larger ones the inactive one may be smaller: 1 in 3 at 1 GB, 1 in 10 at 10 GB.
 */
static bool inactive_is_low(const pg_data_t *pgdat)
{
	unsigned long inactive = node_page_state(pgdat, NR_INACTIVE_FILE);
	unsigned long active = node_page_state(pgdat, NR_ACTIVE_FILE);
	unsigned long gb = (inactive + active) >> (30 - PAGE_SHIFT);
	unsigned long ratio = gb ? int_sqrt(10 * gb) : 1;

	return inactive * ratio < active;
}

/* A share of the lists that files have; there is no swap to move other pages to. */
static void shrink_lruvec(pg_data_t *pgdat, struct scan_control *sc)
{
	unsigned long inactive =
		lruvec_lru_size(pgdat, LRU_INACTIVE_FILE, sc->reclaim_idx) >> sc->priority;
	unsigned long active =
		lruvec_lru_size(pgdat, LRU_ACTIVE_FILE, sc->reclaim_idx) >> sc->priority;
	unsigned long reclaimed = 0;

	sc->may_deactivate = inactive_is_low(pgdat);
	while (inactive || active) {
		unsigned long nr_inactive = min(inactive, SWAP_CLUSTER_MAX);
		unsigned long nr_active = min(active, SWAP_CLUSTER_MAX);

		if (nr_inactive)
			reclaimed += shrink_list(pgdat, LRU_INACTIVE_FILE, nr_inactive, sc);
		if (nr_active)
			shrink_list(pgdat, LRU_ACTIVE_FILE, nr_active, sc);
		inactive -= nr_inactive;
		active -= nr_active;
		/* The first round of an allocation takes its whole share, so that all age alike. */
		if (reclaimed >= sc->nr_to_reclaim &&
		    (sc->is_kswapd || sc->priority != DEF_PRIORITY))
			break;
	}
	sc->nr_reclaimed += reclaimed;
}

/* ---- Nodes --------------------------------------------------------------------------------- */

static long slab_pages(const pg_data_t *pgdat)
{
	return atomic_long_read(&pgdat->vm_stat[NR_SLAB_RECLAIMABLE]) +
	       atomic_long_read(&pgdat->vm_stat[NR_SLAB_UNRECLAIMABLE]);
}

/*
 * Shrinkers; and once they and the lists have been asked for a good part of what they
 * have, the slabs that they left empty. What shrinkers free beside slabs nobody counts:
 * it stands for one page, so that the caller looks again.
 */
static unsigned long shrink_slabs(pg_data_t *pgdat, struct scan_control *sc)
{
	long before = slab_pages(pgdat), freed;
	unsigned long objects = shrink_slab(sc->gfp_mask, pgdat->node_id, sc->priority);

	if (sc->priority == DEF_PRIORITY - 3 || sc->priority <= 1)
		kmem_cache_shrink_all();
	freed = max(before - slab_pages(pgdat), 0L);
	return objects ? max((unsigned long)freed, 1UL) : (unsigned long)freed;
}

/* For a large block: does the node have so much more that compaction could then work? */
static bool should_continue_reclaim(const pg_data_t *pgdat, unsigned long reclaimed,
				    const struct scan_control *sc)
{
	if (!sc->order || !reclaimed ||
	    (sc->order <= PAGE_ALLOC_COSTLY_ORDER && sc->priority >= DEF_PRIORITY - 2))
		return false;
	for (int i = 0; i <= (int)sc->reclaim_idx; i++) {
		const struct zone *zone = &pgdat->node_zones[i];

		if (managed_zone(zone) && zone_watermark_ok(zone, sc->order, min_wmark_pages(zone),
							    (int)sc->reclaim_idx, 0))
			return false;
	}
	return node_page_state(pgdat, NR_INACTIVE_FILE) > compact_gap(sc->order);
}

bool shrink_node(pg_data_t *pgdat, struct scan_control *sc)
{
	bool reclaimable = false;
	unsigned long before;

	do {
		before = sc->nr_reclaimed;
		shrink_lruvec(pgdat, sc);
		sc->nr_reclaimed += shrink_slabs(pgdat, sc);
		reclaimable |= sc->nr_reclaimed > before;
	} while (should_continue_reclaim(pgdat, sc->nr_reclaimed - before, sc));
	/* kswapd gave up on the node: it may try again. */
	if (reclaimable)
		WRITE_ONCE(pgdat->kswapd_failures, 0);
	return reclaimable;
}

/* ---- For an allocation ------------------------------------------------------------------------ */

/* Each node of the zones that the allocation may use, once. */
static void shrink_zones(const struct alloc_context *ac, struct scan_control *sc)
{
	struct zoneref *z = ac->preferred_zoneref;
	nodemask_t seen = {};
	struct zone *zone;

	for_next_zone_zonelist_nodemask(zone, z, ac->highest_zoneidx, ac->nodemask)
	{
		if (node_isset(zone->node, seen))
			continue;
		node_set(zone->node, seen);
		shrink_node(zone->zone_pgdat, sc);
	}
}

static unsigned long do_try_to_free_pages(const struct alloc_context *ac, struct scan_control *sc)
{
	for (; sc->priority >= 0; sc->priority--) {
		shrink_zones(ac, sc);
		if (sc->nr_reclaimed >= sc->nr_to_reclaim)
			break;
	}
	return sc->nr_reclaimed;
}

unsigned long try_to_free_pages(unsigned int order, gfp_t gfp, const struct alloc_context *ac)
{
	struct scan_control sc = {
		.nr_to_reclaim = SWAP_CLUSTER_MAX,
		.gfp_mask = gfp,
		.order = order,
		.priority = DEF_PRIORITY,
		.reclaim_idx = ac->highest_zoneidx,
		.may_writepage = true,
	};
	unsigned long reclaimed;
	unsigned int was;

	count_zid_vm_event(ALLOCSTALL, (int)ac->highest_zoneidx);
	was = memalloc_noreclaim_save();
	reclaimed = do_try_to_free_pages(ac, &sc);
	memalloc_noreclaim_restore(was);
	return reclaimed;
}
