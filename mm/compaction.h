/* SPDX-License-Identifier: MIT */
/*
 * Compaction, inside mm/: a run over a zone, and its two scanners. Contract of the
 * whole: linux/compaction.h.
 */
#ifndef _MM_COMPACTION_H
#define _MM_COMPACTION_H

#include <linux/compaction.h>
#include <linux/list.h>
#include <linux/migrate.h>

struct alloc_context;

/* Where fragmentation_index() at most says that memory is what lacks. */
extern unsigned int sysctl_extfrag_threshold;

/*
 * A run. The caller sets the zone and what is asked for; the rest is 0 at the start, and
 * after compact_zone() holds no page.
 */
struct compact_control {
	struct zone *zone;
	int order; /* -1: as far as it goes */
	gfp_t gfp_mask;
	unsigned int alloc_flags;
	int highest_zoneidx;
	enum migrate_mode mode;
	bool ignore_skip_hint;	    /* looks into every pageblock */
	bool ignore_block_suitable; /* moves pages into all kinds of pageblocks */
	bool direct_compaction;	    /* an allocation waits for it */

	enum migratetype migratetype;
	bool whole_zone;	   /* from end to end, not from where the last run ended */
	unsigned long migrate_pfn; /* where the scanners go on */
	unsigned long free_pfn;
	unsigned long last_migrated_pfn; /* below are freed pages on per-CPU lists; 0: none */
	struct list_head migratepages;	 /* isolated blocks of all orders */
	unsigned int nr_migratepages;	 /* pages of order 0 in them */
	struct list_head freepages[NR_PAGE_ORDERS]; /* blocks that nobody refers to */
	unsigned int nr_freepages;		    /* pages of order 0 in them */
	unsigned long total_migrate_scanned;
	unsigned long total_free_scanned;
};

/* @order of a run that no allocation asked for. */
static inline bool is_via_compact_memory(int order)
{
	return order == -1;
}

enum compact_result compact_zone(struct compact_control *cc);

/* compact_zone() for an allocation. */
enum compact_result compact_zone_order(struct zone *zone, unsigned int order, gfp_t gfp,
				       enum compact_priority prio, unsigned int alloc_flags,
				       int highest_zoneidx);

/* ---- Scanners ----------------------------------------------------------------------- */

/*
 * Fills cc->migratepages from the next pageblock at cc->migrate_pfn that is worth a look;
 * false where that had none, or the scanners meet first.
 */
bool isolate_migratepages(struct compact_control *cc);

/*
 * The same for [start, end), whose sections are made, whatever its pageblocks are: until
 * migratepages, which the caller has initialised, is full; cc->migrate_pfn is where to go on.
 */
void isolate_migratepages_range(struct compact_control *cc, unsigned long start, unsigned long end);

/*
 * More cc->freepages from below cc->free_pfn, if there are any above cc->migrate_pfn: as
 * many as are to be moved, and among them a block of @order or above.
 */
void isolate_freepages(struct compact_control *cc, unsigned int order);

/* A block of @order of cc->freepages, off their lists, or NULL; and back to them. */
struct page *take_freepage(struct compact_control *cc, unsigned int order);
void add_freepage(struct compact_control *cc, struct page *page, unsigned int order);

/* Gives back what cc->freepages has; the highest pfn, or 0. */
unsigned long release_freepages(struct compact_control *cc);

/* Do the scanners meet? In one pageblock they would move pages in circles. */
static inline bool compact_scanners_met(const struct compact_control *cc)
{
	return cc->free_pfn >> pageblock_order <= cc->migrate_pfn >> pageblock_order;
}

/* Both scanners start from the zone's ends again. */
void reset_cached_positions(struct zone *zone);

/* All pageblocks of @zone are worth a look. */
void __reset_isolation_suitable(struct zone *zone);

/* ---- Direct compaction --------------------------------------------------------------- */

/*
 * An allocation's slow path: compacts, and tries for the block. NULL, with *@result,
 * where that did not give one.
 */
struct page *alloc_pages_direct_compact(gfp_t gfp, unsigned int order, unsigned int alloc_flags,
					const struct alloc_context *ac, enum compact_priority prio,
					enum compact_result *result);

/* ---- kcompactd (kcompactd.c) ---------------------------------------------------------- */

/* Asks for a block of @order in @pgdat's zones up to that one, if compaction may make it. */
void wakeup_kcompactd(pg_data_t *pgdat, unsigned int order, enum zone_type highest_zoneidx);

/* Its part of kswapd_poll(). */
void kcompactd_poll(pg_data_t *pgdat);

void kcompactd_init_node(pg_data_t *pgdat);

/* See linux/compaction.h: after a failure, and whether this try is left out. */
void defer_compaction(struct zone *zone, int order);
bool compaction_deferred(struct zone *zone, int order);

/* A line of the log for each zone: how many of its blocks could be a huge page. */
void fragmentation_report(void);

/* Option extfrag_threshold=. 0 or -EINVAL. */
int extfrag_threshold_parse_option(char *value);

/* Back to the state at program start, for hosts that bring up several machines. */
void compaction_reset(void);

#endif /* _MM_COMPACTION_H */
