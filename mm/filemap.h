/* SPDX-License-Identifier: MIT */
/* The page cache: what its files share. */
#ifndef _MM_FILEMAP_H
#define _MM_FILEMAP_H

#include <linux/pagemap.h>

#include "page_entry.h"

/* The entry of a page that the caller has locked; NULL where it is in no mapping. */
const struct page_entry *page_cache_entry(const struct page *page);

/* Has it private data, or is its owner to be asked all the same? */
bool folio_needs_release(struct folio *folio);

/* The locked page goes out of its mapping, whoever uses it; its private data are invalidated. */
void truncate_locked_page(struct page *page);

/*
 * The locked folio, to which the caller has a reference, goes out of @mapping if it is clean,
 * nobody else uses it, and its private data are released. Returns its pages, or 0.
 */
long mapping_evict_folio(struct address_space *mapping, struct folio *folio);

/* Wakes who waits for the end of the page's writeback. */
void page_writeback_done(struct page *page);

/* Back to the state at program start, for hosts that bring up several machines. */
void pagecache_reset(void);

#endif /* _MM_FILEMAP_H */
