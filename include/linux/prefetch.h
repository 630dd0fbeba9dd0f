/* SPDX-License-Identifier: MIT */
/*
 * Hints that memory will be used soon: the CPU may fetch its cache line meanwhile.
 *
 * Owns:    nothing.
 * Locking: none; any context. Any address will do, NULL too: a hint never faults.
 * Units:   bytes.
 * Failure: none.
 * Source:  Linux 6.1's prefetch.h.
 */
#ifndef _LINUX_PREFETCH_H
#define _LINUX_PREFETCH_H

#include <linux/cache.h>
#include <linux/types.h>

/* What prefetch_range() steps by, which Linux sets ahead of where data is used. */
#define PREFETCH_STRIDE (4 * L1_CACHE_BYTES)

/* The line at @x, to be read; to be written; that of a lock, to be taken. */
#define prefetch(x)	      __builtin_prefetch(x)
#define prefetchw(x)	      __builtin_prefetch(x, 1)
#define spin_lock_prefetch(x) prefetchw(x)

/* A line in each PREFETCH_STRIDE of [@addr, @addr + @len). */
static inline void prefetch_range(void *addr, size_t len)
{
	for (size_t at = 0; at < len; at += PREFETCH_STRIDE)
		prefetch((char *)addr + at);
}

struct page;

/* Where page_address() looks: nowhere, it computes. */
static inline void prefetch_page_address(struct page *page)
{
	(void)page;
}

#endif /* _LINUX_PREFETCH_H */
