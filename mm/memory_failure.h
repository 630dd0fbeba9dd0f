/* SPDX-License-Identifier: MIT */
/*
 * What the page allocator asks of memory_failure.c; for everybody else linux/mm.h.
 *
 * Owns:       PG_hwpoison of pages that are the allocator's; the queue of failures.
 * Invariants: PAGE_HOOK_HWPOISON is set while a page that somebody owns is bad, or
 *             a failure is queued; so no bad page is freed, and nothing is allocated
 *             while one is waiting, without this file being asked.
 * Lifetime:   from mem_init() on.
 * Locking:    a lock of its own, outermost of mm/'s. The queue takes none.
 * Units:      pfn and order.
 * Failure:    none here.
 */
#ifndef _MM_MEMORY_FAILURE_H
#define _MM_MEMORY_FAILURE_H

#include <linux/mm_types.h>

/*
 * @page is freed, and nobody refers to it. Where there are bad pages in it they are
 * kept out, the rest is freed, and true is returned.
 */
bool free_around_bad_pages(struct page *page, unsigned int order);

/* Is a page of the block bad? The block is in use, or on no list. */
bool block_is_bad(const struct page *page, unsigned int order);

/* Was there an error that nobody simulated? No page is said to be good again since then. */
bool memory_failure_was_real(void);

/* Back to the state at program start, for hosts that bring up several machines. */
void memory_failure_reset(void);

#endif /* _MM_MEMORY_FAILURE_H */
