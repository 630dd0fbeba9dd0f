// SPDX-License-Identifier: MIT
/*
 * Dropping folios of the page cache: those that nobody uses, or all of a range.
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

void truncate_locked_folio(struct folio *folio)
{
	if (folio_needs_release(folio))
		folio_invalidate(folio, 0, folio_size(folio));
	folio_clear_mappedtodisk(folio);
	filemap_remove_folio(folio);
}

/* ---- What nobody uses ------------------------------------------------------------------------- */

long mapping_evict_folio(struct address_space *mapping, struct folio *folio)
{
	if (folio_test_dirty(folio) || folio_test_writeback(folio))
		return 0;
	/* The caller's, and what is expected. */
	if (folio_ref_count(folio) > 1 + folio_nr_pages(folio) + folio_has_private(folio))
		return 0;
	return filemap_release_folio(folio, 0) ? remove_mapping(mapping, folio) : 0;
}

/* Has the folio, which is in a mapping, pages from @start to @end alone? */
static bool is_within(struct folio *folio, pgoff_t start, pgoff_t end)
{
	return folio_index(folio) >= start && folio_next_index(folio) - 1 <= end;
}

/* Drops @folio, to which the caller has a reference, if nobody else uses it. How many pages. */
static unsigned long invalidate_folio(struct address_space *mapping, struct folio *folio,
				      pgoff_t start, pgoff_t end)
{
	long dropped = 0;

	if (!folio_trylock(folio))
		return 0;
	if (folio_mapping(folio) == mapping && is_within(folio, start, end))
		dropped = mapping_evict_folio(mapping, folio);
	folio_unlock(folio);
	return (unsigned long)dropped;
}

unsigned long invalidate_mapping_pages(struct address_space *mapping, pgoff_t start, pgoff_t end)
{
	unsigned long dropped = 0;
	pgoff_t index = start;
	struct folio *folio;

	while (index <= end && (folio = find_get_next_folio(mapping, &index, end, XA_PRESENT))) {
		dropped += invalidate_folio(mapping, folio, start, end);
		folio_put(folio);
		if (!index)
			break;
	}
	return dropped;
}

/* ---- All of a range --------------------------------------------------------------------------- */

/* Readers keep the folio until they put it; nobody finds it in the mapping any more. */
static void truncate_folio(struct address_space *mapping, struct folio *folio)
{
	folio_lock(folio);
	folio_wait_writeback(folio);
	if (folio_mapping(folio) == mapping)
		truncate_locked_folio(folio);
	folio_unlock(folio);
}

/* The first byte after @lend, the last one; where that is -1, after all. */
static u64 end_of(loff_t lend)
{
	return lend < 0 ? (u64)LLONG_MAX + 1 : (u64)lend + 1;
}

/*
 * What of the locked folio, which is in a mapping, lies in [start, end), bytes, is gone or zero.
 * False: it is as large as it was, and what is dirty of it keeps it.
 */
static bool truncate_part(struct folio *folio, u64 start, u64 end)
{
	u64 pos = (u64)folio_pos(folio);
	size_t size = folio_size(folio);
	size_t from = start > pos ? start - pos : 0, to = min(end - pos, (u64)size);

	folio_wait_writeback(folio);
	if (to - from == size) {
		truncate_locked_folio(folio);
		return true;
	}
	folio_zero_range(folio, from, to - from);
	if (folio_needs_release(folio))
		folio_invalidate(folio, from, to - from);
	if (!folio_test_large(folio) || !split_folio(folio))
		return true;
	if (folio_test_dirty(folio))
		return false;
	truncate_locked_folio(folio);
	return true;
}

/* Pages [first, end) of a mapping that are to be dropped as a whole. */
struct page_range {
	pgoff_t first, end;
};

/*
 * The folio that the page at @index is in, if there is one, which [start, end) has bytes of: where
 * it stays as large as it is, none of its pages are in @whole then. Returns what follows it.
 */
static pgoff_t truncate_edge(struct address_space *mapping, pgoff_t index, u64 start, u64 end,
			     struct page_range *whole)
{
	struct folio *folio = filemap_lock_folio(mapping, index);
	pgoff_t next;

	if (!folio)
		return index + 1;
	next = folio_next_index(folio);
	if (!truncate_part(folio, start, end)) {
		if (folio_contains(folio, whole->first - 1))
			whole->first = folio_next_index(folio);
		if (folio_contains(folio, whole->end))
			whole->end = folio_index(folio);
	}
	folio_unlock(folio);
	folio_put(folio);
	return next;
}

/*
 *   |----folio----|----folio----|----folio----|
 *          |lstart                  lend|
 *          |clear |  drop       |clear  |
 */
void truncate_inode_pages_range(struct address_space *mapping, loff_t lstart, loff_t lend)
{
	u64 start = (u64)lstart, end = end_of(lend);
	struct page_range whole = {PFN_UP(start), end >> PAGE_SHIFT};
	struct folio *folio;
	pgoff_t index;

	if (end <= start)
		return;
	if (lend < 0)
		whole.end = ULONG_MAX;
	index = truncate_edge(mapping, start >> PAGE_SHIFT, start, end, &whole);
	if (lend >= 0 && index <= (end - 1) >> PAGE_SHIFT)
		truncate_edge(mapping, (end - 1) >> PAGE_SHIFT, start, end, &whole);
	index = whole.first;
	while (index < whole.end &&
	       (folio = find_get_next_folio(mapping, &index, whole.end - 1, XA_PRESENT))) {
		truncate_folio(mapping, folio);
		folio_put(folio);
		if (!index)
			break;
	}
}

void truncate_inode_pages(struct address_space *mapping, loff_t lstart)
{
	truncate_inode_pages_range(mapping, lstart, -1);
}

void truncate_inode_pages_final(struct address_space *mapping)
{
	set_bit(AS_EXITING, &mapping->flags);
	truncate_inode_pages(mapping, 0);
}
