/* SPDX-License-Identifier: MIT */
/*
 * Reclaim: taking pages from those who can do without them.
 *
 *   allocation ─► slow path ─┬─ wakeup_kswapd() ···► kswapd: up to the high marks
 *                            └─ try_to_free_pages(): 32 pages, at once
 *   both ─► shrink_node() ─┬─ LRU lists: inactive tails dropped or written, active aged
 *                          ├─ shrinkers
 *                          └─ empty slabs
 *
 * Owns:       which pages are isolated from LRU lists for it, and kswapd's part of each
 *             node: order, zone, failures, and whether it is wanted.
 * Invariants: a CPU that reclaims does not begin to again: what it allocates meanwhile
 *             comes out of the reserves.
 * Lifetime:   from free_area_init() on; kswapd_reset() before.
 * Locking:    no lock held that reclaim takes: page locks are only tried, of the others
 *             mapping, shrinker and slab locks are taken. So only callers with
 *             __GFP_DIRECT_RECLAIM get here.
 * Units:      pages.
 * Failure:    0 pages reclaimed.
 * Source:     Linux 6.1's mm/vmscan.c: priorities, shares, clusters, marks and counters.
 *             There is no swap, so anonymous pages stay; and no thread that writes dirty
 *             pages, so reclaim does, also for an allocation that waits.
 */
#ifndef _MM_VMSCAN_H
#define _MM_VMSCAN_H

#include <linux/mmzone.h>
#include <linux/swap.h>

#include "page_alloc.h"

/* One run of reclaim. */
struct scan_control {
	unsigned long nr_to_reclaim;
	gfp_t gfp_mask;
	unsigned int order;
	int priority;
	enum zone_type reclaim_idx; /* pages of higher zones do not help */
	bool may_writepage;
	bool is_kswapd;
	bool may_deactivate;
	unsigned long nr_scanned;
	unsigned long nr_reclaimed;
};

/* ---- Direct reclaim ---------------------------------------------------------------- */

/* Reclaims for an allocation; the pages that came free anywhere, 0 for no progress at all. */
unsigned long try_to_free_pages(unsigned int order, gfp_t gfp, const struct alloc_context *ac);

/* Is this CPU in a scope of memalloc_noreclaim_save() (linux/sched/mm.h), as who reclaims is? */
bool current_is_reclaiming(void);

/* The scope of kswapd's work: reclaim, of which current_is_kswapd() says whose it is. */
unsigned int begin_kswapd(void);
void end_kswapd(unsigned int was);

/* No CPU is in a scope (memalloc.c). */
void memalloc_reset(void);

/* What could be reclaimed of a zone at the most. */
unsigned long zone_reclaimable_pages(const struct zone *zone);

/* One node at one priority; true if anything was reclaimed. */
bool shrink_node(pg_data_t *pgdat, struct scan_control *sc);

/* ---- Pages (shrink_list.c) ------------------------------------------------------------ */

/* Scans @nr_to_scan pages of a list from its end; the pages reclaimed. */
unsigned long shrink_list(pg_data_t *pgdat, enum lru_list lru, unsigned long nr_to_scan,
			  struct scan_control *sc);

/* ---- kswapd (kswapd.c) ---------------------------------------------------------------- */

/*
 * kswapd's and kcompactd's work for nodes whose CPU for it has none, or is busy, as far as
 * it is asked for. Called where the slow path has found a block for a caller who may wait,
 * and by whoever has time. Without effect on a CPU that reclaims.
 */
void kswapd_poll(void);

/* Returns when no node's CPU does such work, unless it is asked for anew meanwhile. */
void kswapd_settle(void);

/* A node's part of it: not wanted, nobody waiting. */
void kswapd_init_node(pg_data_t *pgdat);

/* No CPU reclaims, for hosts that bring up several machines. */
void vmscan_reset(void);

#endif /* _MM_VMSCAN_H */
