/* SPDX-License-Identifier: MIT */
/* The LRU lists: what the page allocator needs of them. */
#ifndef _MM_SWAP_H
#define _MM_SWAP_H

#include <linux/mm_types.h>
#include <linux/page-flags.h>

/*
 * Drops a reference to a page that is on a list, and has no other: takes it off and
 * frees it. One that is still locked is named in the log, and stays.
 */
void put_lru_page(struct page *page);

#endif /* _MM_SWAP_H */
