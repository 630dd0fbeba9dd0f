// SPDX-License-Identifier: MIT
/*
 * kswapd: reclaim ahead of need. A node is asked for when an allocation has found no
 * zone above its low mark, and is left when one zone that would do is above its high
 * mark. Contract: vmscan.h.
 *
 *   free ──────╮              ╭──── high: kswapd ends
 *              ╰──────╮    ╭──╯
 *   low: it is woken ··╰──╯
 *
 * Who runs it: the node's CPU for it (node_daemon.h), if it has nothing else to do; else
 * kswapd_poll(), where an allocation that may wait went through the slow path and has its
 * block, and between one self-test and the next. A run ends early where other work waits
 * for the CPU; the next one goes on at the priority at which it ended.
 */
#include "vmscan.h"

#include <linux/compaction.h>
#include <linux/kernel.h>
#include <linux/sched/mm.h>
#include <linux/vmstat.h>
#include <linux/workqueue.h>

#include "compaction.h"
#include "node_daemon.h"

/* ---- Marks ----------------------------------------------------------------------------- */

/* Has a zone that would do for @highest so much that kswapd may rest? */
static bool pgdat_balanced(const pg_data_t *pgdat, unsigned int order, int highest)
{
	bool managed = false;

	for (int i = 0; i <= highest; i++) {
		const struct zone *zone = &pgdat->node_zones[i];

		if (!managed_zone(zone))
			continue;
		managed = true;
		if (zone_watermark_ok(zone, order, high_wmark_pages(zone), highest, 0))
			return true;
	}
	return !managed;
}

/* Pages that kswapd is to reclaim since marks of zones up to @highest are boosted. */
static unsigned long boosts_of(const pg_data_t *pgdat, int highest)
{
	unsigned long sum = 0;

	for (int i = 0; i <= highest; i++)
		sum += READ_ONCE(pgdat->node_zones[i].watermark_boost);
	return sum;
}

/* ---- A run ---------------------------------------------------------------------------------- */

/* One round at sc->priority. True if it scanned as much as was to be reclaimed. */
static bool kswapd_shrink_node(pg_data_t *pgdat, struct scan_control *sc)
{
	sc->nr_to_reclaim = 0;
	for (int i = 0; i <= (int)sc->reclaim_idx; i++)
		if (managed_zone(&pgdat->node_zones[i]))
			sc->nr_to_reclaim +=
				max(high_wmark_pages(&pgdat->node_zones[i]), SWAP_CLUSTER_MAX);
	sc->nr_scanned = 0;
	shrink_node(pgdat, sc);
	/* So much is free now that a block of the order is compaction's business. */
	if (sc->order && sc->nr_reclaimed >= 2UL << sc->order)
		sc->order = 0;
	return sc->nr_scanned >= sc->nr_to_reclaim;
}

/*
 * Rounds, each harder than the last where it did not help, until the node is balanced.
 * False: they are not at their end, but the CPU has other work.
 */
static bool kswapd_rounds(pg_data_t *pgdat, struct scan_control *sc, unsigned long boost)
{
	while (sc->priority >= 1) {
		bool balanced = pgdat_balanced(pgdat, sc->order, (int)sc->reclaim_idx);
		unsigned long before = sc->nr_reclaimed, reclaimed;
		bool harder;

		/* A boost is only worth a look at what is easy to have. */
		if (!balanced)
			boost = 0;
		if (balanced && !boost)
			break;
		sc->may_writepage = !boost;
		harder = !kswapd_shrink_node(pgdat, sc);
		reclaimed = sc->nr_reclaimed - before;
		boost -= min(boost, reclaimed);
		if (balanced && (!reclaimed || sc->priority == DEF_PRIORITY - 2))
			break;
		if (harder || !reclaimed)
			sc->priority--;
		if (sc->priority >= 1 && !boost && more_work_waits())
			return false;
	}
	return true;
}

/* CPUs keep fewer pages at hand while some are looked for. */
static void set_reclaim_active(pg_data_t *pgdat, int highest, bool active)
{
	for (int i = 0; i <= highest; i++) {
		struct zone *zone = &pgdat->node_zones[i];

		if (!managed_zone(zone))
			continue;
		if (active)
			set_bit(ZONE_RECLAIM_ACTIVE, &zone->flags);
		else
			clear_bit(ZONE_RECLAIM_ACTIVE, &zone->flags);
	}
}

/* False: there is more to do. */
static bool balance_pgdat(pg_data_t *pgdat, unsigned int order, enum zone_type highest,
			  unsigned long boost)
{
	struct scan_control sc = {
		.gfp_mask = GFP_KERNEL,
		.order = order,
		.priority = pgdat->kswapd_priority,
		.reclaim_idx = highest,
		.is_kswapd = true,
	};
	unsigned int was = begin_kswapd();
	bool done;

	count_vm_event(PAGEOUTRUN);
	set_reclaim_active(pgdat, (int)highest, true);
	done = kswapd_rounds(pgdat, &sc, boost);
	set_reclaim_active(pgdat, (int)highest, false);
	if (sc.priority < 1 && !sc.nr_reclaimed)
		WRITE_ONCE(pgdat->kswapd_failures, READ_ONCE(pgdat->kswapd_failures) + 1);
	pgdat->kswapd_priority = done ? DEF_PRIORITY : sc.priority;
	end_kswapd(was);
	/* It sleeps next: what compaction found no use in may be of use by now. */
	if (done)
		reset_isolation_suitable(pgdat);
	return done;
}

/* ---- Who asks, and who answers ------------------------------------------------------------------ */

static void kswapd_do_work(pg_data_t *pgdat);

static void kswapd(struct work_struct *work)
{
	pg_data_t *pgdat = container_of(work, pg_data_t, kswapd.work);

	node_daemon_run(&pgdat->kswapd, pgdat, kswapd_do_work);
}

void kswapd_init_node(pg_data_t *pgdat)
{
	node_daemon_init(&pgdat->kswapd, kswapd);
	pgdat->kswapd_order = 0;
	pgdat->kswapd_boost = 0;
	pgdat->kswapd_priority = DEF_PRIORITY;
}

/* What several ask for together is the largest of it. */
static void request(pg_data_t *pgdat, unsigned int order, enum zone_type highest,
		    unsigned long boost)
{
	unsigned long flags;

	spin_lock_irqsave(&pgdat->kswapd.lock, flags);
	pgdat->kswapd_boost = max(pgdat->kswapd_boost, boost);
	if (pgdat->kswapd_order < (int)order)
		WRITE_ONCE(pgdat->kswapd_order, (int)order);
	if (!pgdat->kswapd.wanted || pgdat->kswapd_highest_zoneidx < highest)
		WRITE_ONCE(pgdat->kswapd_highest_zoneidx, highest);
	node_daemon_ask(&pgdat->kswapd);
	spin_unlock_irqrestore(&pgdat->kswapd.lock, flags);
	node_daemon_wake(&pgdat->kswapd);
}

void wakeup_kswapd(struct zone *zone, gfp_t gfp, unsigned int order, enum zone_type highest_zoneidx)
{
	pg_data_t *pgdat = zone->zone_pgdat;
	unsigned long boost = boosts_of(pgdat, (int)highest_zoneidx);

	if (!managed_zone(zone))
		return;
	if (READ_ONCE(pgdat->kswapd_failures) >= MAX_RECLAIM_RETRIES ||
	    (!boost && pgdat_balanced(pgdat, order, (int)highest_zoneidx))) {
		/* Who may not compact himself leaves that to others. */
		if (!(gfp & __GFP_DIRECT_RECLAIM))
			wakeup_kcompactd(pgdat, order, highest_zoneidx);
		return;
	}
	request(pgdat, order, highest_zoneidx, boost);
}

/* Takes the request, if there is one, and does it; compaction has the rest. */
static void kswapd_do_work(pg_data_t *pgdat)
{
	enum zone_type highest;
	unsigned long flags, boost;
	unsigned int order;
	bool wanted;

	spin_lock_irqsave(&pgdat->kswapd.lock, flags);
	wanted = node_daemon_take(&pgdat->kswapd);
	order = (unsigned int)pgdat->kswapd_order;
	highest = pgdat->kswapd_highest_zoneidx;
	boost = pgdat->kswapd_boost;
	pgdat->kswapd_order = 0;
	pgdat->kswapd_boost = 0;
	spin_unlock_irqrestore(&pgdat->kswapd.lock, flags);
	if (!wanted)
		return;
	if (balance_pgdat(pgdat, order, highest, boost))
		wakeup_kcompactd(pgdat, order, highest);
	else
		request(pgdat, order, highest, 0);
}

void kswapd_poll(void)
{
	pg_data_t *pgdat;

	if (current_is_reclaiming())
		return;
	for_each_online_pgdat (pgdat) {
		node_daemon_poll(&pgdat->kswapd, pgdat, kswapd_do_work);
		kcompactd_poll(pgdat);
	}
}

void kswapd_settle(void)
{
	pg_data_t *pgdat;
	bool waited;

	/* What a node's kswapd frees, it may ask kcompactd or another node for more. */
	do {
		waited = false;
		kswapd_poll();
		for_each_online_pgdat (pgdat) {
			waited |= flush_work(&pgdat->kswapd.work);
			waited |= flush_work(&pgdat->kcompactd.work);
		}
	} while (waited);
}
