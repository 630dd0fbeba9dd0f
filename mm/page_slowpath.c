// SPDX-License-Identifier: MIT
/*
 * The slow path of page allocation: no zone has a block above its low mark.
 *
 *   wake kswapd ─► a walk to the min marks, or below for callers with a claim to the
 *   reserves ─► compaction and reclaim, if the caller may wait ─► again, as long as there
 *   is progress ─► whoever asked to be told (linux/oom.h), and again ─► the report, and NULL
 *
 * On Linux the end is the OOM killer's; here is no process to kill, so it is the
 * caller's: NULL. Who cannot bear that (__GFP_NOFAIL) tries for ever while other CPUs
 * may free something, and panics with the report where there are none.
 * Rules: Linux 6.1's __alloc_pages_slowpath().
 */
#include <linux/compaction.h>
#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/notifier.h>
#include <linux/oom.h>
#include <linux/sched/mm.h>
#include <baremm/panic.h>

#include "compaction.h"
#include "internal.h"
#include "page_alloc.h"
#include "show_mem.h"
#include "vmscan.h"

/* Rounds of compaction that moved something, but made no block. */
#define MAX_COMPACT_RETRIES 16

/* An allocation in the slow path. */
struct attempt {
	gfp_t gfp;
	unsigned int order;
	const struct alloc_context *ac;
	unsigned int alloc_flags;
	int no_progress_loops; /* rounds of reclaim one after the other that freed nothing */
	int compact_retries;
	enum compact_priority compact_priority;
	enum compact_result compact_result;
};

static bool is_costly(const struct attempt *a)
{
	return a->order > PAGE_ALLOC_COSTLY_ORDER;
}

/* May the caller take what is left, whatever the marks say? */
static bool may_use_all(gfp_t gfp)
{
	if (gfp & __GFP_NOMEMALLOC)
		return false;
	return (gfp & __GFP_MEMALLOC) || current_is_reclaiming();
}

/* How far @gfp may go when the low marks are reached. */
static unsigned int gfp_to_alloc_flags(gfp_t gfp)
{
	unsigned int alloc_flags = ALLOC_WMARK_MIN | cma_alloc_flag(gfp_migratetype(gfp));

	if (gfp & __GFP_KSWAPD_RECLAIM)
		alloc_flags |= ALLOC_KSWAPD;
	if (may_use_all(gfp))
		return (alloc_flags & ~(unsigned int)ALLOC_WMARK_MASK) | ALLOC_NO_WATERMARKS;
	if (gfp & __GFP_HIGH)
		alloc_flags |= ALLOC_HIGH;
	if ((gfp & __GFP_ATOMIC) && !(gfp & __GFP_NOMEMALLOC))
		alloc_flags |= ALLOC_HARDER;
	return alloc_flags;
}

static struct page *try_zones(const struct attempt *a, unsigned int alloc_flags)
{
	return get_page_from_freelist(a->order, alloc_flags, a->ac);
}

/* ---- kswapd --------------------------------------------------------------------------- */

static void wake_all_kswapds(const struct attempt *a)
{
	struct zoneref *z = a->ac->preferred_zoneref;
	struct zone *zone;

	for_next_zone_zonelist_nodemask(zone, z, a->ac->highest_zoneidx, a->ac->nodemask)
		wakeup_kswapd(zone, a->gfp, a->order, a->ac->highest_zoneidx);
}

/* May this CPU be kswapd for a while? Only where reclaim takes no lock twice. */
static bool may_be_kswapd(gfp_t gfp)
{
	const gfp_t all = __GFP_DIRECT_RECLAIM | __GFP_IO | __GFP_FS;

	return (gfp & all) == all && !current_is_reclaiming();
}

/*
 * Wakes kswapd. What zones' marks are boosted by becomes its order: until it has run,
 * what is free may else be out of reach for no reason.
 */
static void start_kswapd(const struct attempt *a)
{
	if (!(a->alloc_flags & ALLOC_KSWAPD))
		return;
	wake_all_kswapds(a);
	end_watermark_boosts(a->ac);
}

/* ---- Reclaim ---------------------------------------------------------------------------- */

/*
 * Reclaims, and tries again; a second time with what HighAtomic and CPUs keep given back.
 * *@progress: the pages reclaimed.
 */
static struct page *direct_reclaim(const struct attempt *a, unsigned long *progress)
{
	struct page *page;

	*progress = try_to_free_pages(a->order, a->gfp, a->ac);
	page = try_zones(a, a->alloc_flags);
	if (page)
		return page;
	unreserve_highatomic_pageblock(a->ac, false);
	drain_all_pages(NULL);
	return try_zones(a, a->alloc_flags);
}

/* Would a zone have a block if all that can be reclaimed of it were? */
static bool reclaim_might_help(const struct attempt *a)
{
	struct zoneref *z = a->ac->preferred_zoneref;
	struct zone *zone;

	for_next_zone_zonelist_nodemask(zone, z, a->ac->highest_zoneidx, a->ac->nodemask)
	{
		unsigned long available =
			zone_page_state(zone, NR_FREE_PAGES) + zone_reclaimable_pages(zone);

		if (__zone_watermark_ok(zone, a->order, min_wmark_pages(zone),
					(int)a->ac->highest_zoneidx, a->alloc_flags,
					(long)available))
			return true;
	}
	return false;
}

/* After a round of reclaim that gave no block: is another one worth it? */
static bool should_reclaim_retry(struct attempt *a, unsigned long progress)
{
	if (progress && !is_costly(a))
		a->no_progress_loops = 0;
	else
		a->no_progress_loops++;
	if (a->no_progress_loops > MAX_RECLAIM_RETRIES)
		return unreserve_highatomic_pageblock(a->ac, true);
	return reclaim_might_help(a);
}

/* ---- Compaction --------------------------------------------------------------------------- */

/* Moves pages to make a block, and tries again. */
static struct page *direct_compact(struct attempt *a, enum compact_priority priority)
{
	return alloc_pages_direct_compact(a->gfp, a->order, a->alloc_flags, a->ac, priority,
					  &a->compact_result);
}

/*
 * Before memory is reclaimed for a block that moving may make: large ones, and those
 * for which pageblocks of others would be broken up. *@fail: no more is to be done.
 */
static struct page *compact_first(struct attempt *a, bool *fail)
{
	struct page *page;

	*fail = false;
	if (!is_costly(a) && (!a->order || a->ac->type == MIGRATE_MOVABLE))
		return NULL;
	page = direct_compact(a, INIT_COMPACT_PRIORITY);
	if (page || !is_costly(a) || !(a->gfp & __GFP_NORETRY))
		return page;
	*fail = a->compact_result == COMPACT_SKIPPED || a->compact_result == COMPACT_DEFERRED;
	a->compact_priority = INIT_COMPACT_PRIORITY;
	return NULL;
}

/* Compaction found too little free memory to begin: could there be enough? */
static bool compaction_could_start(const struct attempt *a)
{
	struct zoneref *z = a->ac->preferred_zoneref;
	struct zone *zone;

	for_next_zone_zonelist_nodemask(zone, z, a->ac->highest_zoneidx, a->ac->nodemask)
	{
		unsigned long available = zone_page_state(zone, NR_FREE_PAGES) +
					  zone_reclaimable_pages(zone) / a->order;

		if (__zone_watermark_ok(zone, 0, low_wmark_pages(zone) + compact_gap(a->order),
					(int)a->ac->highest_zoneidx, a->alloc_flags,
					(long)available))
			return true;
	}
	return false;
}

/* After a round that freed pages, but gave no block: may compaction make one, or try harder? */
static bool should_compact_retry(struct attempt *a)
{
	enum compact_priority last =
		is_costly(a) ? MIN_COMPACT_COSTLY_PRIORITY : MIN_COMPACT_PRIORITY;
	int most = is_costly(a) ? MAX_COMPACT_RETRIES / 4 : MAX_COMPACT_RETRIES;
	bool again;

	if (!a->order)
		return false;
	switch (a->compact_result) {
	case COMPACT_SKIPPED:
		again = compaction_could_start(a);
		break;
	case COMPACT_SUCCESS:
		again = true;
		break;
	default:
		again = false;
	}
	if (again && a->compact_retries++ < most)
		return true;
	if (a->compact_priority <= last)
		return false;
	a->compact_priority--;
	a->compact_retries = 0;
	return true;
}

/* ---- Whoever else has memory ------------------------------------------------------------------ */

static BLOCKING_NOTIFIER_HEAD(oom_notify_list);

int register_oom_notifier(struct notifier_block *nb)
{
	return blocking_notifier_chain_register(&oom_notify_list, nb);
}

int unregister_oom_notifier(struct notifier_block *nb)
{
	return blocking_notifier_chain_unregister(&oom_notify_list, nb);
}

/* Has anybody given memory back? Not asked for what is refused easily, as on Linux. */
static bool ask_oom_notifiers(struct attempt *a)
{
	unsigned long freed = 0;

	if (is_costly(a) || (a->gfp & (__GFP_RETRY_MAYFAIL | __GFP_THISNODE)) ||
	    a->ac->highest_zoneidx < ZONE_NORMAL)
		return false;
	blocking_notifier_call_chain(&oom_notify_list, 0, &freed);
	if (!freed)
		return false;
	a->no_progress_loops = 0;
	return true;
}

/* Callers who may wait: rounds of reclaim and compaction until there is a block, or no hope. */
static struct page *reclaim_rounds(struct attempt *a)
{
	for (;;) {
		unsigned long progress;
		struct page *page = direct_reclaim(a, &progress);

		if (!page)
			page = direct_compact(a, a->compact_priority);
		if (page || (a->gfp & __GFP_NORETRY))
			return page;
		if (is_costly(a) && !(a->gfp & __GFP_RETRY_MAYFAIL))
			return NULL;
		if (!should_reclaim_retry(a, progress) && (!progress || !should_compact_retry(a)) &&
		    !ask_oom_notifiers(a))
			return NULL;
		start_kswapd(a);
	}
}

static struct page *compact_and_reclaim(struct attempt *a)
{
	bool fail;
	struct page *page = compact_first(a, &fail);

	return page || fail ? page : reclaim_rounds(a);
}

/* ---- The end ------------------------------------------------------------------------------- */

/* Blocks that must not fail: below all marks, too, and for ever if that can help. */
static struct page *try_for_ever(struct attempt *a)
{
	for (;;) {
		struct page *page = try_zones(a, a->alloc_flags | ALLOC_HARDER);

		if (!page && num_online_cpus() == 1)
			page = try_zones(a, ALLOC_NO_WATERMARKS | (a->alloc_flags & ALLOC_CMA));
		if (page)
			return page;
		if (num_online_cpus() == 1) {
			report_alloc_failure(a->gfp, a->ac->nodemask,
					     "page allocation failure: order:%u", a->order);
			panic("page allocation: order:%u, mode:%#x may not fail, but no memory is "
			      "left",
			      a->order, a->gfp);
		}
		cpu_relax();
		a->no_progress_loops = 0;
		page = reclaim_rounds(a);
		if (page)
			return page;
	}
}

static struct page *give_up(struct attempt *a)
{
	if ((a->gfp & __GFP_NOFAIL) && !WARN_ON_ONCE(!(a->gfp & __GFP_DIRECT_RECLAIM)))
		return try_for_ever(a);
	count_event(&page_alloc_stats.failed);
	warn_alloc(a->gfp, a->ac->nodemask, "page allocation failure: order:%u", a->order);
	return NULL;
}

/* Who may wait has no claim to what is kept for those who may not. */
static gfp_t without_contradiction(gfp_t gfp)
{
	const gfp_t both = __GFP_ATOMIC | __GFP_DIRECT_RECLAIM;

	return WARN_ON_ONCE((gfp & both) == both) ? gfp & ~__GFP_ATOMIC : gfp;
}

gfp_t gfp_allowed_mask __read_mostly = __GFP_BITS_MASK;

struct page *alloc_pages_slowpath(gfp_t allowed, unsigned int order, const struct alloc_context *ac)
{
	gfp_t gfp = without_contradiction(current_gfp_context(allowed & gfp_allowed_mask));
	struct attempt a = {
		.gfp = gfp,
		.order = order,
		.ac = ac,
		.alloc_flags = gfp_to_alloc_flags(gfp),
		.compact_priority = DEF_COMPACT_PRIORITY,
		.compact_result = COMPACT_SKIPPED,
	};
	struct page *page;

	start_kswapd(&a);
	page = try_zones(&a, a.alloc_flags);
	/* Who reclaims already is not helped by reclaim. */
	if (!page && (gfp & __GFP_DIRECT_RECLAIM) && !current_is_reclaiming())
		page = compact_and_reclaim(&a);
	if (!page)
		page = give_up(&a);
	if (page && (a.alloc_flags & ALLOC_NO_WATERMARKS))
		set_page_pfmemalloc(page);
	if (page && may_be_kswapd(gfp))
		kswapd_poll();
	return page;
}
