// SPDX-License-Identifier: MIT
/*
 * Dirty folios of the page cache: counting, marking and writing them. Contracts:
 * linux/pagemap.h, linux/writeback.h.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/swap.h>
#include <linux/vmstat.h>
#include <linux/writeback.h>

#include "filemap.h"

/* ---- Dirty --------------------------------------------------------------------------- */

static void count_pending(struct folio *folio, enum node_stat_item item, long delta)
{
	struct zone *zone = folio_zone(folio);

	mod_node_page_state(zone->zone_pgdat, item, delta);
	mod_zone_page_state(zone, NR_ZONE_WRITE_PENDING, delta);
}

bool set_page_dirty(struct page *page)
{
	struct folio *folio = page_folio(page);
	struct address_space *mapping = folio_mapping(folio);

	VM_BUG_ON(!folio_test_locked(folio));
	if (!mapping)
		return false;
	if (mapping->a_ops && mapping->a_ops->dirty_folio)
		return mapping->a_ops->dirty_folio(mapping, folio);
	return filemap_dirty_folio(mapping, folio);
}

bool filemap_dirty_folio(struct address_space *mapping, struct folio *folio)
{
	const struct page_entry *entry = page_cache_entry(&folio->page);
	long nr = folio_nr_pages(folio);

	if (!entry || entry->mapping != mapping || folio_test_set_dirty(folio))
		return false;
	count_pending(folio, NR_FILE_DIRTY, nr);
	mod_node_page_state(folio_pgdat(folio), NR_DIRTIED, nr);
	xa_set_mark(&mapping->i_pages, entry->index, PAGECACHE_TAG_DIRTY);
	return true;
}

bool noop_dirty_folio(struct address_space *mapping, struct folio *folio)
{
	(void)mapping;
	return !folio_test_set_dirty(folio);
}

void folio_uncount_dirty(struct folio *folio)
{
	count_pending(folio, NR_FILE_DIRTY, -folio_nr_pages(folio));
}

bool folio_clear_dirty_for_io(struct folio *folio)
{
	const struct page_entry *entry = page_cache_entry(&folio->page);

	VM_BUG_ON(!folio_test_locked(folio));
	if (!entry || !folio_test_clear_dirty(folio))
		return false;
	/* noop_dirty_folio() sets the flag alone. */
	if (!xa_get_mark(&entry->mapping->i_pages, entry->index, PAGECACHE_TAG_DIRTY))
		return true;
	folio_uncount_dirty(folio);
	xa_clear_mark(&entry->mapping->i_pages, entry->index, PAGECACHE_TAG_DIRTY);
	return true;
}

void folio_cancel_dirty(struct folio *folio)
{
	folio_clear_dirty_for_io(folio);
}

/* ---- Writing ----------------------------------------------------------------------------- */

bool __folio_start_writeback(struct folio *folio, bool keep_write)
{
	const struct page_entry *entry = page_cache_entry(&folio->page);

	VM_BUG_ON(!folio_test_locked(folio) || !entry);
	if (folio_test_set_writeback(folio))
		return true;
	count_pending(folio, NR_WRITEBACK, folio_nr_pages(folio));
	xa_set_mark(&entry->mapping->i_pages, entry->index, PAGECACHE_TAG_WRITEBACK);
	if (!keep_write && mapping_tagged(entry->mapping, PAGECACHE_TAG_TOWRITE))
		xa_clear_mark(&entry->mapping->i_pages, entry->index, PAGECACHE_TAG_TOWRITE);
	return false;
}

/* Folios that reclaim waits for go to where it will find them first. */
void folio_end_writeback(struct folio *folio)
{
	const struct page_entry *entry = page_cache_entry(&folio->page);
	long nr = folio_nr_pages(folio);

	VM_BUG_ON(!folio_test_writeback(folio));
	folio_get(folio);
	if (folio_test_clear_reclaim(folio))
		rotate_reclaimable_page(&folio->page);
	if (entry)
		xa_clear_mark(&entry->mapping->i_pages, entry->index, PAGECACHE_TAG_WRITEBACK);
	count_pending(folio, NR_WRITEBACK, -nr);
	mod_node_page_state(folio_pgdat(folio), NR_WRITTEN, nr);
	folio_writeback_done(folio);
	folio_put(folio);
}

void tag_pages_for_writeback(struct address_space *mapping, pgoff_t start, pgoff_t end)
{
	XA_STATE(xas, &mapping->i_pages, start);
	void *folio;

	xas_lock(&xas);
	xas_for_each_marked(&xas, folio, end, PAGECACHE_TAG_DIRTY)
		xas_set_mark(&xas, PAGECACHE_TAG_TOWRITE);
	xas_unlock(&xas);
}

/* One that its owner does not want written yet stays dirty. */
static int write_folio(struct address_space *mapping, struct folio *folio,
		       struct writeback_control *wbc, writepage_t writepage, void *data)
{
	int err = 0;

	folio_lock(folio);
	if (wbc->sync_mode != WB_SYNC_NONE)
		folio_wait_writeback(folio);
	if (folio_mapping(folio) == mapping && !folio_test_writeback(folio) &&
	    folio_clear_dirty_for_io(folio)) {
		err = writepage(&folio->page, wbc, data);
		wbc->nr_to_write--;
		if (err != AOP_WRITEPAGE_ACTIVATE)
			return err;
		folio_mark_dirty(folio);
		err = 0;
	}
	folio_unlock(folio);
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
	struct folio *folio;
	int err = 0;

	if (all || wbc->tagged_writepages) {
		tag_pages_for_writeback(mapping, index, end);
		tag = PAGECACHE_TAG_TOWRITE;
	}
	while (!done && index <= end && (folio = find_get_next_folio(mapping, &index, end, tag))) {
		int failed = write_folio(mapping, folio, wbc, writepage, data);

		err = err ? err : failed;
		folio_put(folio);
		done = !index || (!all && (failed || wbc->nr_to_write <= 0));
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
	struct folio *folio;

	while ((folio = find_get_next_folio(mapping, &index, ULONG_MAX, PAGECACHE_TAG_WRITEBACK))) {
		folio_wait_writeback(folio);
		folio_put(folio);
		if (!index)
			break;
	}
	lost = filemap_check_errors(mapping);
	return err ? err : lost;
}
