/* SPDX-License-Identifier: MIT */
/* The LRU lists: what the page allocator needs of them. */
#ifndef _MM_SWAP_H
#define _MM_SWAP_H

#include <linux/mm_types.h>
#include <linux/page-flags.h>

/* Marks of pages that are reclaim's to look at, and that it may have a reference to. */
#define PAGE_FLAGS_LRU (1UL << PG_lru | 1UL << PG_lru_isolated)

/*
 * Drops a reference to a page with one of these. If it is the last, takes it off its
 * list and frees it; one that is still locked is named in the log, and stays.
 */
void put_lru_page(struct page *page);

#endif /* _MM_SWAP_H */
