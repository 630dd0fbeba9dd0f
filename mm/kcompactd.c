// SPDX-License-Identifier: MIT
/*
 * kcompactd: compaction ahead of need. A node is asked for an order when kswapd has freed
 * pages for it, or when somebody who may not wait did not find it. Contract: compaction.h.
 *
 * Who runs it: as kswapd, the node's CPU for it if it has time, else kswapd_poll(). A run
 * ends between two zones where other work waits for the CPU.
 * Source of the rules: Linux 6.1's kcompactd_do_work() and wakeup_kcompactd().
 */
#include "compaction.h"

#include <linux/kernel.h>
#include <linux/sched/mm.h>
#include <linux/vmstat.h>
#include <linux/workqueue.h>

#include "internal.h"
#include "node_daemon.h"
#include "vmscan.h"

/* What a node is asked for. */
struct request {
	int order;
	enum zone_type highest_zoneidx;
};

static void kcompactd_do_work(pg_data_t *pgdat);

static void kcompactd(struct work_struct *work)
{
	pg_data_t *pgdat = container_of(work, pg_data_t, kcompactd.work);

	node_daemon_run(&pgdat->kcompactd, pgdat, kcompactd_do_work);
}

void kcompactd_init_node(pg_data_t *pgdat)
{
	node_daemon_init(&pgdat->kcompactd, kcompactd);
	pgdat->kcompactd_max_order = 0;
	pgdat->kcompactd_highest_zoneidx = MAX_NR_ZONES - 1;
}

static bool zone_is_suitable(struct zone *zone, const struct request *r)
{
	return populated_zone(zone) &&
	       compaction_suitable(zone, r->order, 0, (int)r->highest_zoneidx) == COMPACT_CONTINUE;
}

static bool node_is_suitable(pg_data_t *pgdat, const struct request *r)
{
	for (int i = 0; i <= (int)r->highest_zoneidx; i++)
		if (zone_is_suitable(&pgdat->node_zones[i], r))
			return true;
	return false;
}

static void compact_for(struct zone *zone, const struct request *r)
{
	struct compact_control cc = {
		.zone = zone,
		.order = r->order,
		.gfp_mask = GFP_KERNEL,
		.highest_zoneidx = (int)r->highest_zoneidx,
		.mode = MIGRATE_SYNC_LIGHT,
	};
	enum compact_result ret = compact_zone(&cc);

	if (ret == COMPACT_SUCCESS) {
		compaction_defer_reset(zone, r->order, false);
	} else if (ret == COMPACT_PARTIAL_SKIPPED || ret == COMPACT_COMPLETE) {
		/* What CPUs hold may be what a block lacks. */
		drain_all_pages(zone);
		defer_compaction(zone, r->order);
	}
	count_vm_events(KCOMPACTD_MIGRATE_SCANNED, (long)cc.total_migrate_scanned);
	count_vm_events(KCOMPACTD_FREE_SCANNED, (long)cc.total_free_scanned);
}

static bool take_request(pg_data_t *pgdat, struct request *r)
{
	unsigned long flags;
	bool wanted;

	spin_lock_irqsave(&pgdat->kcompactd.lock, flags);
	wanted = node_daemon_take(&pgdat->kcompactd);
	*r = (struct request){pgdat->kcompactd_max_order, pgdat->kcompactd_highest_zoneidx};
	pgdat->kcompactd_max_order = 0;
	pgdat->kcompactd_highest_zoneidx = MAX_NR_ZONES - 1;
	spin_unlock_irqrestore(&pgdat->kcompactd.lock, flags);
	return wanted;
}

/* Of several requests the largest order, and the zones that all of them can use. */
static void add_request(pg_data_t *pgdat, struct request *r)
{
	unsigned long flags;

	spin_lock_irqsave(&pgdat->kcompactd.lock, flags);
	r->order = max(pgdat->kcompactd_max_order, r->order);
	r->highest_zoneidx = min(pgdat->kcompactd_highest_zoneidx, r->highest_zoneidx);
	pgdat->kcompactd_max_order = r->order;
	pgdat->kcompactd_highest_zoneidx = r->highest_zoneidx;
	spin_unlock_irqrestore(&pgdat->kcompactd.lock, flags);
}

/* Asks for it if some zone has the pages it takes. */
static void ask_for(pg_data_t *pgdat, struct request *r)
{
	unsigned long flags;

	add_request(pgdat, r);
	if (!node_is_suitable(pgdat, r))
		return;
	spin_lock_irqsave(&pgdat->kcompactd.lock, flags);
	node_daemon_ask(&pgdat->kcompactd);
	spin_unlock_irqrestore(&pgdat->kcompactd.lock, flags);
	node_daemon_wake(&pgdat->kcompactd);
}

static void kcompactd_do_work(pg_data_t *pgdat)
{
	struct request r;
	unsigned int was;

	if (!take_request(pgdat, &r))
		return;
	count_vm_event(KCOMPACTD_WAKE);
	was = memalloc_noreclaim_save();
	for (int i = 0; i <= (int)r.highest_zoneidx; i++) {
		struct zone *zone = &pgdat->node_zones[i];

		if (!populated_zone(zone) || compaction_deferred(zone, r.order) ||
		    !zone_is_suitable(zone, &r))
			continue;
		compact_for(zone, &r);
		if (i < (int)r.highest_zoneidx && more_work_waits()) {
			/* What is compacted by now has a block, or is deferred. */
			ask_for(pgdat, &r);
			break;
		}
	}
	memalloc_noreclaim_restore(was);
}

void wakeup_kcompactd(pg_data_t *pgdat, unsigned int order, enum zone_type highest_zoneidx)
{
	struct request r = {(int)order, highest_zoneidx};

	if (order)
		ask_for(pgdat, &r);
}

void kcompactd_poll(pg_data_t *pgdat)
{
	node_daemon_poll(&pgdat->kcompactd, pgdat, kcompactd_do_work);
}
