/* SPDX-License-Identifier: MIT */
/* The page cache: what its files share. */
#ifndef _MM_FILEMAP_H
#define _MM_FILEMAP_H

#include <linux/pagemap.h>

/* What a page's key leads to. */
struct cache_entry {
	struct address_space *mapping;
	pgoff_t index;
	struct page *page;
};

/* The entry of a page that the caller has locked; NULL where it is in no mapping. */
struct cache_entry *page_cache_entry(const struct page *page);

/* Wakes who waits for the end of the page's writeback. */
void page_writeback_done(struct page *page);

/* Back to the state at program start, for hosts that bring up several machines. */
void pagecache_reset(void);

#endif /* _MM_FILEMAP_H */
