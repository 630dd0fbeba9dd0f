// SPDX-License-Identifier: MIT
/* What a writer of the page cache's pages calls. Contracts: linux/writeback.h, linux/pagemap.h. */
#include <linux/writeback.h>

#include <linux/mm.h>
#include <linux/vmstat.h>

#include "../filemap.h"

void folio_account_redirty(struct folio *folio)
{
	mod_node_page_state(folio_pgdat(folio), NR_DIRTIED, -folio_nr_pages(folio));
}

bool folio_redirty_for_writepage(struct writeback_control *wbc, struct folio *folio)
{
	struct address_space *mapping = folio_mapping(folio);
	bool was_clean;

	wbc->pages_skipped++;
	was_clean = mapping && filemap_dirty_folio(mapping, folio);
	if (was_clean)
		folio_account_redirty(folio);
	return was_clean;
}

int __set_page_dirty_nobuffers(struct page *page)
{
	return filemap_dirty_folio(page_mapping(page), page_folio(page));
}

/* Pages that hold no contents, or those of files. */
static unsigned long dirtyable_pages(void)
{
	return nr_free_pages() + global_node_page_state(NR_INACTIVE_FILE) +
	       global_node_page_state(NR_ACTIVE_FILE);
}

int balance_dirty_pages_ratelimited_flags(struct address_space *mapping, unsigned int flags)
{
	unsigned long most = dirtyable_pages() / 100 * VM_DIRTY_RATIO;
	unsigned long dirty =
		global_node_page_state(NR_FILE_DIRTY) + global_node_page_state(NR_WRITEBACK);
	struct writeback_control wbc = {.range_cyclic = 1, .sync_mode = WB_SYNC_NONE};

	if (dirty <= most)
		return 0;
	if (flags & BDP_ASYNC)
		return -EAGAIN;
	wbc.nr_to_write = (long)(dirty - most);
	do_writepages(mapping, &wbc);
	return 0;
}

void balance_dirty_pages_ratelimited(struct address_space *mapping)
{
	balance_dirty_pages_ratelimited_flags(mapping, 0);
}

int folio_write_one(struct folio *folio)
{
	struct writeback_control wbc = {.nr_to_write = 1, .sync_mode = WB_SYNC_ALL};
	struct address_space *mapping = folio_mapping(folio);
	int err;

	folio_wait_writeback(folio);
	if (!folio_clear_dirty_for_io(folio)) {
		folio_unlock(folio);
		return filemap_check_errors(mapping);
	}
	folio_get(folio);
	err = mapping->a_ops->writepage(&folio->page, &wbc);
	if (!err)
		folio_wait_writeback(folio);
	folio_put(folio);
	return err ?: filemap_check_errors(mapping);
}

void page_endio(struct page *page, bool is_write, int err)
{
	if (!is_write) {
		if (!err) {
			SetPageUptodate(page);
		} else {
			ClearPageUptodate(page);
			SetPageError(page);
		}
		unlock_page(page);
		return;
	}
	if (err) {
		struct address_space *mapping = page_mapping(page);

		SetPageError(page);
		if (mapping)
			mapping_set_error(mapping, err);
	}
	end_page_writeback(page);
}

bool filemap_range_has_writeback(struct address_space *mapping, loff_t start_byte, loff_t end_byte)
{
	pgoff_t index = (pgoff_t)start_byte >> PAGE_SHIFT, last = (pgoff_t)end_byte >> PAGE_SHIFT;
	bool busy = false;
	struct folio *folio;

	if (end_byte < start_byte)
		return false;
	while (!busy && index <= last &&
	       (folio = find_get_next_folio(mapping, &index, last, XA_PRESENT))) {
		busy = folio_test_dirty(folio) || folio_test_locked(folio) ||
		       folio_test_writeback(folio);
		folio_put(folio);
		if (!index)
			break;
	}
	return busy;
}
