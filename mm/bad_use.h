/* SPDX-License-Identifier: MIT */
/*
 * Bad pages that somebody holds for others, in parts or for a while: what gives them up.
 *
 *   slab                 hands out nothing any more, and goes with its last object  slab_bad.c
 *   cached               the cache forgets it, and reads it again; what was written to it and
 *                        is stored nowhere is lost, and filemap_write_and_wait() says so
 *   huge page in a pool  another one takes its place, if there is one; one that is in use goes
 *                        when it is freed                                           hugetlb.c
 *   per-CPU memory       its chunk hands out nothing any more, and goes with its last area
 *                                                                                    percpu.c
 *   anything else        its owner has all of it, and frees it one day
 *
 * Owns:       nothing.
 * Invariants: none.
 * Lifetime:   from mem_init() on.
 * Locking:    with no lock held, where a CPU may poll; cached pages also under mf_lock.
 * Units:      pages.
 * Failure:    false: not now; see each.
 */
#ifndef _MM_BAD_USE_H
#define _MM_BAD_USE_H

#include <linux/mm_types.h>

/* Sees to the owned bad @page. False: it is to be tried again at the next poll; never so @wait. */
bool bad_use_end(struct page *page, bool wait);

/* What the page cache does about a bad page. */
enum bad_cached {
	BAD_CACHED_FREE, /* nobody has it any more */
	BAD_CACHED_OUT,	 /* it is forgotten; somebody reads from it still */
	BAD_CACHED_BUSY, /* it is locked, or being written */
	BAD_CACHED_KEPT, /* it is in no mapping, or that keeps it */
};
enum bad_cached bad_cached_drop(struct page *page);

#endif /* _MM_BAD_USE_H */
