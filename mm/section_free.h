/* SPDX-License-Identifier: MIT */
/*
 * What of a section is free while it has no page structs that could tell: memory that is
 * in no range of memblock.reserved.
 *
 * Owns:       nothing.
 * Invariants: a section that waits changes in release_waiting_pages() alone.
 * Lifetime:   from free_area_init() on; early allocators may still be asked.
 * Locking:    none here: memblock's tables change while one CPU runs, and not later.
 * Units:      pfn.
 * Failure:    false, or 0 pages.
 */
#ifndef _MM_SECTION_FREE_H
#define _MM_SECTION_FREE_H

#include <linux/types.h>

#include "internal.h"

/* The first pages of [pos, end) that are taken, where all of it is memory of node @nid. */
typedef bool (*next_used_fn)(int nid, unsigned long pos, unsigned long end, struct pfn_run *run);

/* By memblock's tables, which hold what any early allocator gave to sections that wait. */
bool reserved_next_used(int nid, unsigned long pos, unsigned long end, struct pfn_run *run);

/* The first free pages of [pos, end), all in one range of memory. False: none is. */
bool next_free_run(unsigned long pos, unsigned long end, next_used_fn next_used,
		   struct pfn_run *run);

/* How many pages of [pos, end) are free, by memblock's tables. */
unsigned long count_free_pages(unsigned long pos, unsigned long end);

/*
 * Page structs for all of section @nr, just mapped: free pages are nobody's, all others
 * reserved. A hole's pages are of the zone that follows it, or of the last zone.
 */
void init_section_pages(unsigned long nr, next_used_fn next_used);

#endif /* _MM_SECTION_FREE_H */
