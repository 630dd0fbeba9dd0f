/* SPDX-License-Identifier: MIT */
/*
 * Writing back what is dirty in the page cache: what is asked for, and walks that do it.
 *
 * Owns:       PAGECACHE_TAG_TOWRITE.
 * Invariants: a page is written by one at a time, locked, and not while it is being written.
 * Lifetime:   from pagecache_init() on.
 * Locking:    none held: pages are locked here, and their writer unlocks them.
 * Units:      ranges are bytes, range_end the last one; nr_to_write counts pages.
 * Failure:    -errno of the writer's; what he did not write is dirty still.
 * Source:     Linux 6.1's writeback.h. There are no threads that write, and no devices that are
 *             busy: who dirties too much does it himself, and reclaim.
 */
#ifndef _LINUX_WRITEBACK_H
#define _LINUX_WRITEBACK_H

#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/pagemap.h>

enum writeback_sync_modes {
	WB_SYNC_NONE, /* what can be, now */
	WB_SYNC_ALL,  /* all of it: the caller waits for the end */
};

struct writeback_control {
	long nr_to_write;   /* goes down with each page */
	long pages_skipped; /* made dirty again by their writer */
	loff_t range_start;
	loff_t range_end; /* 0 with range_cyclic */
	enum writeback_sync_modes sync_mode;
	unsigned int for_kupdate : 1;
	unsigned int for_background : 1;
	unsigned int tagged_writepages : 1; /* only what was dirty when it began */
	unsigned int for_reclaim : 1;	    /* memory is short: what it takes is the reserves' */
	unsigned int range_cyclic : 1;	    /* from where the last one ended, and around */
	unsigned int for_sync : 1;
};

/*
 * a_ops->dirty_folio() of the cache itself: @folio, locked and in @mapping, is dirty, counted and
 * found by PAGECACHE_TAG_DIRTY. True if it was clean.
 */
bool filemap_dirty_folio(struct address_space *mapping, struct folio *folio);

/* Gives each page that is dirty from @start to @end PAGECACHE_TAG_TOWRITE. */
void tag_pages_for_writeback(struct address_space *mapping, pgoff_t start, pgoff_t end);

typedef int (*writepage_t)(struct page *page, struct writeback_control *wbc, void *data);

/*
 * Calls @writepage for each dirty page of the range, locked and clean, as a_ops->writepage()
 * is called. WB_SYNC_ALL: all that were dirty at first, waiting for those that are being
 * written, with errors too; else until nr_to_write are, or an error. The first error, or 0.
 */
int write_cache_pages(struct address_space *mapping, struct writeback_control *wbc,
		      writepage_t writepage, void *data);

/* The same with a_ops->writepage(), whose errors are the mapping's. 0 where there is none. */
int generic_writepages(struct address_space *mapping, struct writeback_control *wbc);

/* a_ops->writepages(), or that. */
int do_writepages(struct address_space *mapping, struct writeback_control *wbc);

/* What of memory that could be free may be dirty before who dirties it has to write. */
#define VM_DIRTY_RATIO 20 /* percent: Linux's vm.dirty_ratio */

/*
 * Called by who dirties pages of @mapping, with none of them locked: where more is dirty or being
 * written than may be, he writes as much of it as there is too much.
 */
void balance_dirty_pages_ratelimited(struct address_space *mapping);

/* The same; with BDP_ASYNC -EAGAIN instead of writing, else 0. */
#define BDP_ASYNC 0x0001
int balance_dirty_pages_ratelimited_flags(struct address_space *mapping, unsigned int flags);

/* @folio, which was counted as written to (NR_DIRTIED), will be once more: that is the same write. */
void folio_account_redirty(struct folio *folio);

static inline void account_page_redirty(struct page *page)
{
	folio_account_redirty(page_folio(page));
}

/* For a writer who does not write @folio now: it is dirty again, and counted as skipped. */
bool folio_redirty_for_writepage(struct writeback_control *wbc, struct folio *folio);

static inline bool redirty_page_for_writepage(struct writeback_control *wbc, struct page *page)
{
	return folio_redirty_for_writepage(wbc, page_folio(page));
}

/* What comes with this header on Linux. */
#include <linux/sched.h>

#endif /* _LINUX_WRITEBACK_H */
