// SPDX-License-Identifier: MIT
/*
 * Dropping pages of the page cache: those that nobody uses, or all of a range.
 * Contract: linux/pagemap.h.
 */
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "filemap.h"

/* ---- Private data --------------------------------------------------------------------------- */

bool folio_needs_release(struct folio *folio)
{
	struct address_space *mapping = folio_mapping(folio);

	return folio_has_private(folio) || (mapping && mapping_release_always(mapping));
}

bool filemap_release_folio(struct folio *folio, gfp_t gfp)
{
	struct address_space *mapping = folio_mapping(folio);

	VM_BUG_ON(!folio_test_locked(folio));
	if (!folio_needs_release(folio))
		return true;
	if (folio_test_writeback(folio))
		return false;
	return mapping && mapping->a_ops && mapping->a_ops->release_folio &&
	       mapping->a_ops->release_folio(folio, gfp);
}

void folio_invalidate(struct folio *folio, size_t offset, size_t length)
{
	const struct address_space_operations *a_ops = folio_mapping(folio)->a_ops;

	if (a_ops && a_ops->invalidate_folio)
		a_ops->invalidate_folio(folio, offset, length);
}

void truncate_locked_page(struct page *page)
{
	struct folio *folio = page_folio(page);

	if (folio_needs_release(folio))
		folio_invalidate(folio, 0, folio_size(folio));
	ClearPageMappedToDisk(page);
	delete_from_page_cache(page);
}

/* ---- Ranges ----------------------------------------------------------------------------------- */

long mapping_evict_folio(struct address_space *mapping, struct folio *folio)
{
	if (folio_test_dirty(folio) || folio_test_writeback(folio))
		return 0;
	/* The caller's, and what is expected. */
	if (folio_ref_count(folio) > 1 + folio_nr_pages(folio) + folio_has_private(folio))
		return 0;
	return filemap_release_folio(folio, 0) ? remove_mapping(mapping, folio) : 0;
}

/* Drops @page, to which the caller has a reference, if nobody else uses it. */
static bool invalidate_page(struct address_space *mapping, struct page *page)
{
	bool dropped = false;

	if (!trylock_page(page))
		return false;
	if (page_mapping(page) == mapping)
		dropped = mapping_evict_folio(mapping, page_folio(page));
	unlock_page(page);
	return dropped;
}

unsigned long invalidate_mapping_pages(struct address_space *mapping, pgoff_t start, pgoff_t end)
{
	unsigned long dropped = 0;
	struct page *page;

	while (start <= end && (page = find_get_next_page(mapping, &start, end, XA_PRESENT))) {
		dropped += invalidate_page(mapping, page);
		put_page(page);
		if (!++start)
			break;
	}
	return dropped;
}

/* Readers keep the page until they put it; nobody finds it in the mapping any more. */
static void truncate_page(struct address_space *mapping, struct page *page)
{
	lock_page(page);
	wait_on_page_writeback(page);
	if (page_mapping(page) == mapping)
		truncate_locked_page(page);
	unlock_page(page);
}

/* Clears the bytes [from, to) of the page at @index, if there is one. */
static void clear_part(struct address_space *mapping, pgoff_t index, size_t from, size_t to)
{
	struct page *page = find_lock_page(mapping, index);

	if (!page)
		return;
	wait_on_page_writeback(page);
	memzero_page(page, from, to - from);
	if (folio_needs_release(page_folio(page)))
		folio_invalidate(page_folio(page), from, to - from);
	unlock_page(page);
	put_page(page);
}

/*
 *   |----page----|----page----|----page----|
 *          |lstart                 lend|
 *          |clear|  drop      |clear   |
 */
void truncate_inode_pages_range(struct address_space *mapping, loff_t lstart, loff_t lend)
{
	pgoff_t index = PFN_UP((unsigned long)lstart);
	pgoff_t end = lend < 0 ? ULONG_MAX : ((unsigned long)lend + 1) >> PAGE_SHIFT;
	size_t head = offset_in_page(lstart), tail = offset_in_page(lend + 1);
	struct page *page;

	if (lend >= 0 && lend < lstart)
		return;
	if (head)
		clear_part(mapping, index - 1, head, index > end ? tail : PAGE_SIZE);
	if (tail && index <= end)
		clear_part(mapping, end, 0, tail);
	while (index < end && (page = find_get_next_page(mapping, &index, end - 1, XA_PRESENT))) {
		truncate_page(mapping, page);
		put_page(page);
		index++;
	}
}

void truncate_inode_pages(struct address_space *mapping, loff_t lstart)
{
	truncate_inode_pages_range(mapping, lstart, -1);
}
