// SPDX-License-Identifier: MIT
/*
 * Dirty pages of the page cache: counting, marking and writing them. Contracts:
 * linux/pagemap.h, linux/writeback.h.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/swap.h>
#include <linux/vmstat.h>
#include <linux/writeback.h>

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
	struct address_space *mapping = page_mapping(page);

	VM_BUG_ON(!PageLocked(page));
	if (!mapping)
		return false;
	if (mapping->a_ops && mapping->a_ops->dirty_folio)
		return mapping->a_ops->dirty_folio(mapping, page_folio(page));
	return filemap_dirty_folio(mapping, page_folio(page));
}

bool filemap_dirty_folio(struct address_space *mapping, struct folio *folio)
{
	struct page *page = &folio->page;
	const struct page_entry *entry = page_cache_entry(page);

	if (!entry || entry->mapping != mapping || TestSetPageDirty(page))
		return false;
	count_pending(page, NR_FILE_DIRTY, 1);
	mod_node_page_state(page_zone(page)->zone_pgdat, NR_DIRTIED, 1);
	xa_set_mark(&mapping->i_pages, entry->index, PAGECACHE_TAG_DIRTY);
	return true;
}

bool noop_dirty_folio(struct address_space *mapping, struct folio *folio)
{
	(void)mapping;
	return !TestSetPageDirty(&folio->page);
}

bool clear_page_dirty_for_io(struct page *page)
{
	const struct page_entry *entry = page_cache_entry(page);

	VM_BUG_ON(!PageLocked(page));
	if (!entry || !TestClearPageDirty(page))
		return false;
	/* noop_dirty_folio() sets the flag alone. */
	if (!xa_get_mark(&entry->mapping->i_pages, entry->index, PAGECACHE_TAG_DIRTY))
		return true;
	count_pending(page, NR_FILE_DIRTY, -1);
	xa_clear_mark(&entry->mapping->i_pages, entry->index, PAGECACHE_TAG_DIRTY);
	return true;
}

void folio_cancel_dirty(struct folio *folio)
{
	clear_page_dirty_for_io(&folio->page);
}

/* ---- Writing ----------------------------------------------------------------------------- */

bool __folio_start_writeback(struct folio *folio, bool keep_write)
{
	struct page *page = &folio->page;
	const struct page_entry *entry = page_cache_entry(page);

	VM_BUG_ON(!PageLocked(page) || !entry);
	if (TestSetPageWriteback(page))
		return true;
	count_pending(page, NR_WRITEBACK, 1);
	xa_set_mark(&entry->mapping->i_pages, entry->index, PAGECACHE_TAG_WRITEBACK);
	if (!keep_write && mapping_tagged(entry->mapping, PAGECACHE_TAG_TOWRITE))
		xa_clear_mark(&entry->mapping->i_pages, entry->index, PAGECACHE_TAG_TOWRITE);
	return false;
}

/* Pages that reclaim waits for go to where it will find them first. */
void end_page_writeback(struct page *page)
{
	const struct page_entry *entry = page_cache_entry(page);

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

void tag_pages_for_writeback(struct address_space *mapping, pgoff_t start, pgoff_t end)
{
	struct xarray *pages = &mapping->i_pages;

	while (start <= end && xa_find(pages, &start, end, PAGECACHE_TAG_DIRTY)) {
		xa_set_mark(pages, start, PAGECACHE_TAG_TOWRITE);
		if (!++start)
			break;
	}
}

/* One that its owner keeps for now stays dirty. */
static int write_page(struct address_space *mapping, struct page *page,
		      struct writeback_control *wbc, writepage_t writepage, void *data)
{
	int err = 0;

	lock_page(page);
	if (wbc->sync_mode != WB_SYNC_NONE)
		wait_on_page_writeback(page);
	if (page_mapping(page) == mapping && !PageWriteback(page) &&
	    clear_page_dirty_for_io(page)) {
		err = writepage(page, wbc, data);
		wbc->nr_to_write--;
		if (err != AOP_WRITEPAGE_ACTIVATE)
			return err;
		set_page_dirty(page);
		err = 0;
	}
	unlock_page(page);
	return err;
}

int write_cache_pages(struct address_space *mapping, struct writeback_control *wbc,
		      writepage_t writepage, void *data)
{
	bool all = wbc->sync_mode == WB_SYNC_ALL, done = false;
	pgoff_t index = wbc->range_cyclic ? mapping->writeback_index
					  : (pgoff_t)wbc->range_start >> PAGE_SHIFT;
	pgoff_t end = wbc->range_cyclic ? ULONG_MAX : (pgoff_t)wbc->range_end >> PAGE_SHIFT;
	xa_mark_t tag = PAGECACHE_TAG_DIRTY;
	struct page *page;
	int err = 0;

	if (all || wbc->tagged_writepages) {
		tag_pages_for_writeback(mapping, index, end);
		tag = PAGECACHE_TAG_TOWRITE;
	}
	while (!done && index <= end && (page = find_get_next_page(mapping, &index, end, tag))) {
		int failed = write_page(mapping, page, wbc, writepage, data);

		err = err ? err : failed;
		put_page(page);
		done = !++index || (!all && (failed || wbc->nr_to_write <= 0));
	}
	if (wbc->range_cyclic)
		mapping->writeback_index = done ? index : 0;
	return err;
}

static int write_by_mapping(struct page *page, struct writeback_control *wbc, void *mapping)
{
	const struct address_space_operations *a_ops = ((struct address_space *)mapping)->a_ops;
	int err = a_ops->writepage(page, wbc);

	mapping_set_error(mapping, err == AOP_WRITEPAGE_ACTIVATE ? 0 : err);
	return err;
}

int do_writepages(struct address_space *mapping, struct writeback_control *wbc)
{
	if (wbc->nr_to_write <= 0 || !mapping->a_ops)
		return 0;
	if (mapping->a_ops->writepages)
		return mapping->a_ops->writepages(mapping, wbc);
	return generic_writepages(mapping, wbc);
}

int generic_writepages(struct address_space *mapping, struct writeback_control *wbc)
{
	if (!mapping->a_ops->writepage)
		return 0;
	return write_cache_pages(mapping, wbc, write_by_mapping, mapping);
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
	struct writeback_control wbc = {
		.nr_to_write = LONG_MAX, .range_end = LLONG_MAX, .sync_mode = WB_SYNC_ALL};
	int err = do_writepages(mapping, &wbc), lost;
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
