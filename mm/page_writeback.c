// SPDX-License-Identifier: MIT
/*
 * Dirty pages of the page cache: counting, marking and writing them. Contract:
 * linux/pagemap.h.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/swap.h>
#include <linux/vmstat.h>

#include "filemap.h"

/* ---- Dirty --------------------------------------------------------------------------- */

static void count_pending(struct page *page, enum node_stat_item item, long delta)
{
	struct zone *zone = page_zone(page);

	mod_node_page_state(zone->zone_pgdat, item, delta);
	mod_zone_page_state(zone, NR_ZONE_WRITE_PENDING, delta);
}

bool set_page_dirty(struct page *page)
{
	const struct cache_entry *entry = page_cache_entry(page);

	VM_BUG_ON(!PageLocked(page));
	if (!entry || TestSetPageDirty(page))
		return false;
	count_pending(page, NR_FILE_DIRTY, 1);
	mod_node_page_state(page_zone(page)->zone_pgdat, NR_DIRTIED, 1);
	xa_set_mark(&entry->mapping->i_pages, entry->index, PAGECACHE_TAG_DIRTY);
	return true;
}

bool clear_page_dirty_for_io(struct page *page)
{
	const struct cache_entry *entry = page_cache_entry(page);

	VM_BUG_ON(!PageLocked(page));
	if (!entry || !TestClearPageDirty(page))
		return false;
	count_pending(page, NR_FILE_DIRTY, -1);
	xa_clear_mark(&entry->mapping->i_pages, entry->index, PAGECACHE_TAG_DIRTY);
	return true;
}

void cancel_dirty_page(struct page *page)
{
	clear_page_dirty_for_io(page);
}

/* ---- Writing ----------------------------------------------------------------------------- */

void set_page_writeback(struct page *page)
{
	const struct cache_entry *entry = page_cache_entry(page);

	VM_BUG_ON(!PageLocked(page) || !entry);
	if (TestSetPageWriteback(page))
		return;
	count_pending(page, NR_WRITEBACK, 1);
	xa_set_mark(&entry->mapping->i_pages, entry->index, PAGECACHE_TAG_WRITEBACK);
}

/* Pages that reclaim waits for go to where it will find them first. */
void end_page_writeback(struct page *page)
{
	const struct cache_entry *entry = page_cache_entry(page);

	VM_BUG_ON(!PageWriteback(page));
	get_page(page);
	if (TestClearPageReclaim(page))
		rotate_reclaimable_page(page);
	if (entry)
		xa_clear_mark(&entry->mapping->i_pages, entry->index, PAGECACHE_TAG_WRITEBACK);
	count_pending(page, NR_WRITEBACK, -1);
	mod_node_page_state(page_zone(page)->zone_pgdat, NR_WRITTEN, 1);
	page_writeback_done(page);
	put_page(page);
}

int filemap_write_page(struct address_space *mapping, struct page *page,
		       struct writeback_control *wbc)
{
	int err;

	lock_page(page);
	wait_on_page_writeback(page);
	if (page_mapping(page) != mapping || !clear_page_dirty_for_io(page)) {
		unlock_page(page);
		return 0;
	}
	err = mapping->a_ops->writepage(page, wbc);
	if (err != AOP_WRITEPAGE_ACTIVATE)
		return err;
	set_page_dirty(page);
	unlock_page(page);
	return -EAGAIN;
}

static int write_dirty_pages(struct address_space *mapping)
{
	struct writeback_control wbc = {.nr_to_write = LONG_MAX, .wait = true};
	pgoff_t index = 0;
	struct page *page;
	int err = 0;

	while ((page = find_get_next_page(mapping, &index, ULONG_MAX, PAGECACHE_TAG_DIRTY))) {
		int failed = filemap_write_page(mapping, page, &wbc);

		err = err ? err : failed;
		put_page(page);
		if (!++index)
			break;
	}
	return err;
}

int filemap_check_errors(struct address_space *mapping)
{
	int err = 0;

	if (test_and_clear_bit(AS_ENOSPC, &mapping->flags))
		err = -ENOSPC;
	if (test_and_clear_bit(AS_EIO, &mapping->flags))
		err = -EIO;
	return err;
}

int filemap_write_and_wait(struct address_space *mapping)
{
	int err = write_dirty_pages(mapping), lost;
	pgoff_t index = 0;
	struct page *page;

	while ((page = find_get_next_page(mapping, &index, ULONG_MAX, PAGECACHE_TAG_WRITEBACK))) {
		wait_on_page_writeback(page);
		put_page(page);
		if (!++index)
			break;
	}
	lost = filemap_check_errors(mapping);
	return err ? err : lost;
}
