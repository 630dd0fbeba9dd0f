// SPDX-License-Identifier: MIT
/*
 * Dropping pages of the page cache: those that nobody uses, or all of a range.
 * Contract: linux/pagemap.h.
 */
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "filemap.h"

/* Drops @page, to which the caller has a reference, if nobody else uses it. */
static bool invalidate_page(struct address_space *mapping, struct page *page)
{
	bool dropped = false;

	if (!trylock_page(page))
		return false;
	if (page_mapping(page) == mapping)
		dropped = remove_mapping(mapping, page_folio(page));
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
		delete_from_page_cache(page);
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
