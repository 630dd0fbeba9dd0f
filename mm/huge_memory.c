// SPDX-License-Identifier: MIT
/*
 * A folio of the page cache becomes single pages. Contract: linux/huge_mm.h.
 *
 *   references   before          frozen   after, with the caller's page p
 *   head         n + 1 caller    0        1 cache (+ 1 caller if p)
 *   each tail    0               0        1 cache (+ 1 caller if p)
 *
 * While they are frozen the mapping's lock is held: nobody finds the folio there, and who comes by
 * the LRU list gets no reference.
 */
#include <linux/huge_mm.h>

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/swap.h>
#include <linux/vmstat.h>
#include <linux/xarray.h>

#include "filemap.h"
#include "internal.h"
#include "pcp.h"

/* Flags that each page has of the folio's. */
#define SPLIT_FLAGS                                                                        \
	(1UL << PG_locked | 1UL << PG_referenced | 1UL << PG_uptodate | 1UL << PG_dirty |  \
	 1UL << PG_lru | 1UL << PG_active | 1UL << PG_swapbacked | 1UL << PG_unevictable | \
	 1UL << PG_lru_isolated | 1UL << PG_workingset)

bool can_split_folio(struct folio *folio, int *pextra_pins)
{
	int pins = (int)folio_nr_pages(folio);

	if (pextra_pins)
		*pextra_pins = pins;
	return folio_ref_count(folio) == pins + 1;
}

/* ---- What each page needs -------------------------------------------------------------------- */

static void drop_entries(struct folio *folio, long nr)
{
	while (--nr > 0)
		if (PageEntry(folio_page(folio, nr)))
			page_entry_unmap(folio_page(folio, nr));
}

/* An entry for each page: the head has one. 0 or -ENOMEM. */
static int make_entries(struct folio *folio, gfp_t gfp)
{
	for (long i = 1; i < folio_nr_pages(folio); i++) {
		struct page *page = folio_page(folio, i);

		/* What a block's other pages have there is of an earlier life. */
		if (!PageEntry(page))
			WRITE_ONCE(page->priv32, 0);
		if (page_entry_make(page, gfp)) {
			drop_entries(folio, i);
			return -ENOMEM;
		}
	}
	return 0;
}

/* ---- Splitting: with the mapping's lock and references frozen -------------------------------- */

/* Into the list behind @head, or to @list; its links then say no more that it is a tail. */
static void list_tail(struct page *head, struct page *tail, struct list_head *list)
{
	if (list)
		list_add_tail(&tail->lru, list);
	else if (folio_test_lru((struct folio *)head) && page_lru(head) != LRU_UNEVICTABLE)
		list_add_tail(&tail->lru, &head->lru);
	else
		tail->lru = (struct list_head){NULL, NULL};
}

/* The last thing that changes is the reference: who finds the page sees all. */
static void split_tail(struct page *head, struct page *tail, struct list_head *list)
{
	const unsigned long kept = 1UL << PG_entry;

	page_set_flags(tail, page_block_flags(tail, 0, page_pcptype(head)) | (tail->flags & kept) |
				     (READ_ONCE(head->flags) & SPLIT_FLAGS));
	list_tail(head, tail, list);
	/* The cache's, and ours; and that of who finds it in @list. */
	page_ref_unfreeze(tail, list ? 3 : 2);
}

static void split_pages(struct folio *folio, struct address_space *mapping, struct xa_state *xas,
			struct list_head *list)
{
	struct lruvec *lruvec = page_lruvec(&folio->page);
	pgoff_t index = folio_index(folio);
	long nr = folio_nr_pages(folio);
	unsigned long flags;

	xas_split(xas, folio, folio_order(folio));
	if (folio_test_pmd_mappable(folio))
		mod_node_page_state(folio_pgdat(folio), NR_FILE_THPS, -nr);
	/* The lists count the same pages as before. */
	spin_lock_irqsave(&lruvec->lru_lock, flags);
	for (long i = nr - 1; i > 0; i--) {
		struct page *tail = folio_page(folio, i);

		page_entry_map(tail, mapping, index + (pgoff_t)i);
		split_tail(&folio->page, tail, list);
		__xa_replace(&mapping->i_pages, index + (pgoff_t)i, tail);
	}
	__atomic_fetch_and(&folio->flags, ~(PAGE_ORDER_MASK | 1UL << PG_head), __ATOMIC_RELEASE);
	spin_unlock_irqrestore(&lruvec->lru_lock, flags);
	folio_ref_unfreeze(folio, 2);
}

/* 0, or -EAGAIN where somebody has a reference. */
static int split_frozen(struct folio *folio, struct address_space *mapping, struct xa_state *xas,
			struct list_head *list)
{
	int pins, err = -EAGAIN;

	if (!can_split_folio(folio, &pins))
		return -EAGAIN;
	xas_lock(xas);
	if (folio_ref_freeze(folio, pins + 1)) {
		split_pages(folio, mapping, xas, list);
		err = 0;
	}
	xas_unlock(xas);
	return err;
}

/* ---- Afterwards -------------------------------------------------------------------------------- */

/* Pages past the end of the inode leave the cache; all but @page are unlocked and put. */
static void release_parts(struct page *head, long nr, struct page *page,
			  const struct address_space *mapping)
{
	pgoff_t end = mapping->host ? PFN_UP((unsigned long)i_size_read(mapping->host)) : ULONG_MAX;

	for (long i = nr - 1; i > 0; i--)
		if (page_index(head + i) >= end)
			filemap_remove_folio(page_folio(head + i));
	for (long i = 0; i < nr; i++) {
		if (head + i == page)
			continue;
		unlock_page(head + i);
		put_page(head + i);
	}
}

int split_huge_page_to_list(struct page *page, struct list_head *list)
{
	struct folio *folio = page_folio(page);
	struct address_space *mapping = folio_mapping(folio);
	XA_STATE(xas, NULL, folio_index(folio));
	unsigned int order = folio_order(folio);
	long nr = folio_nr_pages(folio);
	gfp_t gfp;
	int err;

	VM_BUG_ON(!folio_test_locked(folio) || !folio_test_large(folio));
	if (folio_test_writeback(folio) || !mapping)
		return -EBUSY;
	gfp = mapping_gfp_mask(mapping) & GFP_RECLAIM_MASK;
	if (!filemap_release_folio(folio, gfp))
		return -EBUSY;
	err = make_entries(folio, gfp);
	if (err)
		return err;
	xas.xa = &mapping->i_pages;
	xas_split_alloc(&xas, folio, order, gfp);
	err = xas_error(&xas) ?: split_frozen(folio, mapping, &xas, list);
	xas_destroy(&xas);
	if (err) {
		drop_entries(folio, nr);
		return err;
	}
	if (data_race(page_hooks))
		split_hook(&folio->page, order);
	release_parts(&folio->page, nr, page, mapping);
	return 0;
}
