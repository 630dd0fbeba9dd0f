/* SPDX-License-Identifier: MIT */
/*
 * Isolation: free pages of a range that nobody may have, until whoever wants the range
 * has all of it.
 *
 * Owns:       MIGRATE_ISOLATE as the type of pageblocks, and their number by zone.
 * Invariants: free pages of an isolated pageblock are on lists of MIGRATE_ISOLATE and
 *             count in no NR_FREE_*; pages freed in it go there. A free block is
 *             isolated as a whole or not at all.
 * Lifetime:   from mem_init() on. Sections that wait have no pageblocks: who wants a
 *             range of them calls section_make_range() first.
 * Locking:    takes zone->lock, a pageblock at a time. Ranges of two callers may not
 *             overlap: the second one gets -EBUSY.
 * Units:      pfn; ranges grow to whole pageblocks.
 * Failure:    -EBUSY or -errno, nothing isolated.
 * Source:     Linux 6.1's mm/page_isolation.c.
 */
#ifndef _MM_PAGE_ISOLATION_H
#define _MM_PAGE_ISOLATION_H

#include <linux/mmzone.h>

/*
 * Isolates the pageblocks of [start, end), which lie in one zone. @migratetype:
 * MIGRATE_CMA for who owns the CMA area the range is in, MIGRATE_MOVABLE for others.
 * -EBUSY: a page in the range can neither be had nor moved, or it is isolated already;
 * -EINVAL: it is empty, in two zones, or has no page structs.
 */
int start_isolate_page_range(unsigned long start_pfn, unsigned long end_pfn,
			     enum migratetype migratetype);

/* Makes them @migratetype's, and their free pages anybody's again. */
void undo_isolate_page_range(unsigned long start_pfn, unsigned long end_pfn,
			     enum migratetype migratetype);

/* 0 where all of [start, end) is isolated and free, else -EBUSY. */
int test_pages_isolated(unsigned long start_pfn, unsigned long end_pfn);
int __test_pages_isolated(unsigned long start_pfn,
			  unsigned long end_pfn); /* locked by the caller */

/*
 * The first page of [start, end), all of one zone, that nobody can move: reserved, or
 * in use without PG_movable or an LRU list; NULL where there is none.
 */
struct page *has_unmovable_pages(unsigned long start_pfn, unsigned long end_pfn,
				 enum migratetype migratetype);

/*
 * Takes [start, end), isolated and free, off the lists; parts of free blocks outside
 * the range stay. With zone->lock held.
 */
void take_isolated_range(struct zone *zone, unsigned long start_pfn, unsigned long end_pfn);

#endif /* _MM_PAGE_ISOLATION_H */
