/* SPDX-License-Identifier: MIT */
/*
 * Compaction: free blocks made large again by moving what lies between them.
 *
 *   zone   | m . m . U m . . | m . . m m . . m | . . . . . . . . | . m . . . . . . |
 *            migrate scanner ─►                                  ◄─ free scanner
 *   then   | . . . . U . . . | . . . . . . . . | . . . m m m m m | m m m m m . . . |
 *
 * One scanner goes up and takes movable pages (m) from their owners, the other comes
 * down and takes free pages (.) for them, until they meet or the block that was asked
 * for is there. Pages of others (U) stay.
 *
 * Owns:       of a zone where the scanners go on, which pageblocks they skip (a bit of
 *             each pageblock), and how long compaction is put off after failures.
 * Invariants: no page is lost or gained; only made sections are looked at, and none is
 *             made. While a zone has sections not made yet there are free blocks of
 *             all orders, and nothing to be done for an allocation.
 * Lifetime:   from mem_init() on.
 * Locking:    no lock held, or one that owners of movable pages need. A zone is
 *             compacted by one CPU at a time; another one finds it contended.
 * Units:      order is log2 of pages.
 * Failure:    enum compact_result; whatever it is, the zone is sound.
 * Source:     Linux 6.1's compaction.h and mm/compaction.c: names, order of results,
 *             thresholds and deferral.
 */
#ifndef _LINUX_COMPACTION_H
#define _LINUX_COMPACTION_H

#include <linux/gfp.h>
#include <linux/mmzone.h>

/* How much an allocation tries; the fewer, the more. */
enum compact_priority {
	COMPACT_PRIO_SYNC_FULL, /* whole zone, no hints, no deferral */
	MIN_COMPACT_PRIORITY = COMPACT_PRIO_SYNC_FULL,
	COMPACT_PRIO_SYNC_LIGHT,
	MIN_COMPACT_COSTLY_PRIORITY = COMPACT_PRIO_SYNC_LIGHT,
	DEF_COMPACT_PRIORITY = COMPACT_PRIO_SYNC_LIGHT,
	COMPACT_PRIO_ASYNC,
	INIT_COMPACT_PRIORITY = COMPACT_PRIO_ASYNC
};

/* The later, the nearer to a block: of several zones the last one counts. */
enum compact_result {
	COMPACT_NOT_SUITABLE_ZONE, /* lack of memory, not fragmentation, is what it has */
	COMPACT_SKIPPED,	   /* not started: too little is free, or it may not */
	COMPACT_DEFERRED,	   /* not started: it failed lately */
	COMPACT_NO_SUITABLE_PAGE,
	COMPACT_CONTINUE,
	COMPACT_COMPLETE,	 /* the whole zone, and no block */
	COMPACT_PARTIAL_SKIPPED, /* part of the zone, and no block */
	COMPACT_CONTENDED,	 /* ended early: no free page, or another CPU is at it */
	COMPACT_SUCCESS		 /* there is a block */
};

/* Room that moving pages needs beside the watermark. */
static inline unsigned long compact_gap(unsigned int order)
{
	return 2UL << order;
}

struct alloc_context;

/*
 * Compacts the zones of @ac for a block of @order, from @prio's first to the one where
 * there is one. The best result. COMPACT_SKIPPED without __GFP_IO, as on Linux, where *@page may
 * be that block at once; here it is always NULL, and the block is in its zone.
 */
enum compact_result try_to_compact_pages(gfp_t gfp, unsigned int order, unsigned int alloc_flags,
					 const struct alloc_context *ac, enum compact_priority prio,
					 struct page **page);

/*
 * Should @zone be compacted for an allocation? COMPACT_SUCCESS: it has a block;
 * COMPACT_SKIPPED: no; COMPACT_CONTINUE: yes. @order -1 stands for all orders.
 */
enum compact_result compaction_suitable(struct zone *zone, int order, unsigned int alloc_flags,
					int highest_zoneidx);

/* All zones of a node, or of all nodes, as far as it goes: /proc/sys/vm/compact_memory. */
void compact_node(int nid);
void compact_nodes(void);

/*
 * After a failure the next 1 << compact_defer_shift tries for that order or a higher one
 * are left out, twice as many each time up to 64; a block of it handed out ends that.
 */
void compaction_defer_reset(struct zone *zone, int order, bool alloc_success);

/* From now on pageblocks where nothing was found are looked at again. */
void reset_isolation_suitable(pg_data_t *pgdat);

/* ---- How fragmented is a zone? ------------------------------------------------ */

/*
 * Why a block of @order is not there, in thousandths: towards 0 for want of memory,
 * towards 1000 since it lies in pieces; -1000: there is one.
 */
int fragmentation_index(struct zone *zone, unsigned int order);

/* Percent of the zone's free pages that lie in blocks below @order. */
unsigned int extfrag_for_order(struct zone *zone, unsigned int order);

struct seq_file;

/* Linux's debugfs files of these names; the second in thousandths of the free pages. */
void extfrag_index_show(struct seq_file *m);
void unusable_index_show(struct seq_file *m);

/*
 * For each zone and order: the free blocks, how many of that order could be had from
 * them, and the index.
 */
void fragmentation_show(struct seq_file *m);

/* What results say, as callers ask. */
static inline bool compaction_made_progress(enum compact_result result)
{
	return result == COMPACT_SUCCESS;
}

/* It looked at all, and there is no block. */
static inline bool compaction_failed(enum compact_result result)
{
	return result == COMPACT_COMPLETE;
}

/* Pages have to be freed before it is of use. */
static inline bool compaction_needs_reclaim(enum compact_result result)
{
	return result == COMPACT_SKIPPED;
}

/* It was not tried, or not to its end: another time it may work. */
static inline bool compaction_withdrawn(enum compact_result result)
{
	return result == COMPACT_DEFERRED || result == COMPACT_CONTENDED ||
	       result == COMPACT_PARTIAL_SKIPPED;
}

#endif /* _LINUX_COMPACTION_H */
