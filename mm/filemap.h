/* SPDX-License-Identifier: MIT */
/* The page cache: what its files share. */
#ifndef _MM_FILEMAP_H
#define _MM_FILEMAP_H

#include <linux/pagemap.h>

#include "page_entry.h"

/* The entry of a page that the caller has locked, its head's; NULL where it is in no mapping. */
const struct page_entry *page_cache_entry(const struct page *page);

/*
 * The first folio that has an index from *@index to @end, and @tag, with a reference. *@index is
 * then the first one behind it: 0 where there is none.
 */
struct folio *find_get_next_folio(struct address_space *mapping, pgoff_t *index, pgoff_t end,
				  xa_mark_t tag);

/* Has it private data, or is its owner to be asked all the same? */
bool folio_needs_release(struct folio *folio);

/* The locked folio goes out of its mapping, whoever uses it; its private data are invalidated. */
void truncate_locked_folio(struct folio *folio);

/*
 * The locked folio, to which the caller has a reference, goes out of @mapping if it is clean,
 * nobody else uses it, and its private data are released. Returns its pages, or 0.
 */
long mapping_evict_folio(struct address_space *mapping, struct folio *folio);

/* Wakes who waits for the end of the folio's writeback. */
void folio_writeback_done(struct folio *folio);

/* The folio's pages are the page cache's, with 1, or no more, with -1. */
void folio_count_cached(struct folio *folio, long sign);

/* The folio, which is in a mapping, is counted as dirty and not yet written no more. */
void folio_uncount_dirty(struct folio *folio);

/* Back to the state at program start, for hosts that bring up several machines. */
void pagecache_reset(void);

#endif /* _MM_FILEMAP_H */
