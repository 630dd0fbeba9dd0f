// SPDX-License-Identifier: MIT
/*
 * The page cache as file systems ask for it: pages by flags, in handfuls, and parts of a
 * mapping. Contract: linux/pagemap.h.
 */
#include <linux/pagemap.h>

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/pagevec.h>
#include <linux/swap.h>
#include <linux/vmstat.h>
#include <linux/writeback.h>

#include "../filemap.h"
#include "../page_wait.h"

/* ---- One page ------------------------------------------------------------------------------ */

/* Locks @page, of which the caller has a reference, where that is asked for; NULL: not now. */
static struct page *lock_found(struct page *page, int fgp_flags)
{
	if (!(fgp_flags & FGP_LOCK))
		return page;
	if (!(fgp_flags & FGP_NOWAIT)) {
		lock_page(page);
		return page;
	}
	if (trylock_page(page))
		return page;
	put_page(page);
	return NULL;
}

static struct page *make_page(struct address_space *mapping, pgoff_t index, int fgp_flags,
			      gfp_t gfp)
{
	struct page *page;

	if ((fgp_flags & FGP_WRITE) && mapping->a_ops)
		gfp |= __GFP_WRITE;
	if (fgp_flags & FGP_NOFS)
		gfp &= ~__GFP_FS;
	if (fgp_flags & FGP_NOWAIT)
		gfp = (gfp & ~GFP_KERNEL) | GFP_NOWAIT | __GFP_NOWARN;
	page = find_or_create_page(mapping, index, gfp);
	if (page && !(fgp_flags & FGP_LOCK))
		unlock_page(page);
	return page;
}

struct page *pagecache_get_page(struct address_space *mapping, pgoff_t index, int fgp_flags,
				gfp_t gfp)
{
	for (;;) {
		struct page *page = find_get_page(mapping, index);

		if (!page)
			break;
		page = lock_found(page, fgp_flags);
		if (!page)
			return NULL;
		/* It may have left the cache before it was locked. */
		if (!(fgp_flags & FGP_LOCK) || page_mapping(page) == mapping) {
			if (fgp_flags & FGP_ACCESSED)
				mark_page_accessed(page);
			return page;
		}
		unlock_page(page);
		put_page(page);
	}
	return fgp_flags & FGP_CREAT ? make_page(mapping, index, fgp_flags, gfp) : NULL;
}

/* ---- Handfuls --------------------------------------------------------------------------------- */

static unsigned int get_folios(struct address_space *mapping, pgoff_t *start, pgoff_t end,
			       xa_mark_t tag, bool contig, struct folio_batch *fbatch)
{
	while (*start <= end && fbatch_space(fbatch)) {
		pgoff_t index = *start;
		struct page *page = find_get_next_page(mapping, &index, contig ? index : end, tag);

		if (!page) {
			if (!contig)
				*start = end + 1 ?: end;
			break;
		}
		folio_batch_add(fbatch, page_folio(page));
		*start = index + 1 ?: index;
		if (index == (pgoff_t)-1)
			break;
	}
	return folio_batch_count(fbatch);
}

unsigned int filemap_get_folios(struct address_space *mapping, pgoff_t *start, pgoff_t end,
				struct folio_batch *fbatch)
{
	return get_folios(mapping, start, end, XA_PRESENT, false, fbatch);
}

unsigned int filemap_get_folios_contig(struct address_space *mapping, pgoff_t *start, pgoff_t end,
				       struct folio_batch *fbatch)
{
	return get_folios(mapping, start, end, XA_PRESENT, true, fbatch);
}

unsigned int filemap_get_folios_tag(struct address_space *mapping, pgoff_t *start, pgoff_t end,
				    xa_mark_t tag, struct folio_batch *fbatch)
{
	return get_folios(mapping, start, end, tag, false, fbatch);
}

static bool is_missing(struct address_space *mapping, pgoff_t index)
{
	void *entry = xa_load(&mapping->i_pages, index);

	return !entry || xa_is_value(entry);
}

pgoff_t page_cache_next_miss(struct address_space *mapping, pgoff_t index, unsigned long max_scan)
{
	for (; max_scan && !is_missing(mapping, index); max_scan--)
		if (!++index)
			break;
	return index;
}

pgoff_t page_cache_prev_miss(struct address_space *mapping, pgoff_t index, unsigned long max_scan)
{
	for (; max_scan && !is_missing(mapping, index); max_scan--)
		if (!index--)
			break;
	return index;
}

int set_page_dirty_lock(struct page *page)
{
	bool was_clean;

	lock_page(page);
	was_clean = set_page_dirty(page);
	unlock_page(page);
	return was_clean;
}

void folio_end_private_2(struct folio *folio)
{
	clear_page_bit(&folio->page, PG_private_2);
	folio_put(folio);
}

struct page *read_cache_page_gfp(struct address_space *mapping, pgoff_t index, gfp_t gfp)
{
	struct page *page = find_or_create_page(mapping, index, gfp), *read;

	if (!page)
		return ERR_PTR(-ENOMEM);
	unlock_page(page);
	read = read_cache_page(mapping, index, NULL, NULL);
	put_page(page);
	return read;
}

unsigned int find_get_pages_range_tag(struct address_space *mapping, pgoff_t *index, pgoff_t end,
				      xa_mark_t tag, unsigned int nr_pages, struct page **pages)
{
	unsigned int nr = 0;

	while (nr < nr_pages && *index <= end) {
		pages[nr] = find_get_next_page(mapping, index, end, tag);
		if (!pages[nr]) {
			*index = end + 1 ?: end;
			break;
		}
		nr++;
		if (!++*index) {
			*index = (pgoff_t)-1;
			break;
		}
	}
	return nr;
}

/* ---- Parts ------------------------------------------------------------------------------------- */

/* Calls @func for each page with @tag of bytes @start to @end. The first error, or 0. */
static int for_pages(struct address_space *mapping, loff_t start, loff_t end, xa_mark_t tag,
		     int (*func)(struct address_space *mapping, struct page *page))
{
	pgoff_t index = (pgoff_t)start >> PAGE_SHIFT, last = (pgoff_t)end >> PAGE_SHIFT;
	struct page *page;
	int err = 0;

	while (index <= last && (page = find_get_next_page(mapping, &index, last, tag))) {
		int failed = func(mapping, page);

		err = err ?: failed;
		put_page(page);
		index++;
	}
	return err;
}

static int wait_one(struct address_space *mapping, struct page *page)
{
	(void)mapping;
	wait_on_page_writeback(page);
	return 0;
}

int filemap_fdatawrite_wbc(struct address_space *mapping, struct writeback_control *wbc)
{
	return mapping_tagged(mapping, PAGECACHE_TAG_DIRTY) ? do_writepages(mapping, wbc) : 0;
}

static int write_range(struct address_space *mapping, loff_t start, loff_t end,
		       enum writeback_sync_modes mode)
{
	struct writeback_control wbc = {
		.nr_to_write = LONG_MAX, .range_start = start, .range_end = end, .sync_mode = mode};

	return filemap_fdatawrite_wbc(mapping, &wbc);
}

int filemap_fdatawrite_range(struct address_space *mapping, loff_t start, loff_t end)
{
	return write_range(mapping, start, end, WB_SYNC_ALL);
}

int filemap_flush(struct address_space *mapping)
{
	return write_range(mapping, 0, LLONG_MAX, WB_SYNC_NONE);
}

int filemap_fdatawait_range(struct address_space *mapping, loff_t start, loff_t end)
{
	for_pages(mapping, start, end, PAGECACHE_TAG_WRITEBACK, wait_one);
	return filemap_check_errors(mapping);
}

int filemap_fdatawait_range_keep_errors(struct address_space *mapping, loff_t start_byte,
					loff_t end_byte)
{
	for_pages(mapping, start_byte, end_byte, PAGECACHE_TAG_WRITEBACK, wait_one);
	if (test_bit(AS_EIO, &mapping->flags))
		return -EIO;
	return test_bit(AS_ENOSPC, &mapping->flags) ? -ENOSPC : 0;
}

int filemap_write_and_wait_range(struct address_space *mapping, loff_t lstart, loff_t lend)
{
	int err = filemap_fdatawrite_range(mapping, lstart, lend);
	int lost = filemap_fdatawait_range(mapping, lstart, lend);

	return err ?: lost;
}

bool filemap_range_has_page(struct address_space *mapping, loff_t start, loff_t end)
{
	pgoff_t index = (pgoff_t)start >> PAGE_SHIFT, last = (pgoff_t)end >> PAGE_SHIFT;

	return end >= start && xa_find(&mapping->i_pages, &index, last, XA_PRESENT);
}

/* The locked page, whoever uses it. */
static int drop_clean(struct page *page)
{
	if (!filemap_release_folio(page_folio(page), GFP_KERNEL) || PageDirty(page))
		return -EBUSY;
	delete_from_page_cache(page);
	return 0;
}

/* 0, -EBUSY, or the error of who was asked to write it. */
static int drop_one(struct address_space *mapping, struct page *page)
{
	int err = 0;

	lock_page(page);
	wait_on_page_writeback(page);
	if (page_mapping(page) == mapping) {
		if (PageDirty(page) && mapping->a_ops && mapping->a_ops->launder_folio)
			err = mapping->a_ops->launder_folio(page_folio(page));
		err = err ?: drop_clean(page);
	}
	unlock_page(page);
	return err;
}

int invalidate_inode_pages2_range(struct address_space *mapping, pgoff_t start, pgoff_t end)
{
	loff_t last = end > (LLONG_MAX >> PAGE_SHIFT) ? LLONG_MAX
						      : (loff_t)(end << PAGE_SHIFT | ~PAGE_MASK);

	return for_pages(mapping, (loff_t)(start << PAGE_SHIFT), last, XA_PRESENT, drop_one);
}

long invalidate_inode_page(struct page *page)
{
	struct address_space *mapping = page_mapping(page);

	return mapping ? mapping_evict_folio(mapping, page_folio(page)) : 0;
}

/* ---- Other pages --------------------------------------------------------------------------------- */

void replace_page_cache_page(struct page *old, struct page *new_page)
{
	const struct page_entry *entry = page_cache_entry(old);
	struct address_space *mapping;
	pgoff_t index;

	VM_BUG_ON(!PageLocked(old) || !PageLocked(new_page) || !entry || page_mapping(new_page));
	VM_BUG_ON(PageDirty(old) || PageWriteback(old));
	mapping = entry->mapping;
	index = entry->index;
	/* What does not fit into @old stays in its entry. */
	if (page_private(old) > UINT_MAX)
		page_entry_must_make(new_page);
	get_page(new_page);
	xa_lock(&mapping->i_pages);
	__xa_replace(&mapping->i_pages, index, new_page);
	page_entry_move(old, new_page);
	mod_node_page_state(page_pgdat(old), NR_FILE_PAGES, -1);
	mod_node_page_state(page_pgdat(new_page), NR_FILE_PAGES, 1);
	xa_unlock(&mapping->i_pages);
	if (mapping->a_ops && mapping->a_ops->free_folio)
		mapping->a_ops->free_folio(page_folio(old));
	put_page(old);
}

void folio_add_wait_queue(struct folio *folio, struct wait_queue_entry *waiter)
{
	struct wait_queue_head *wq = page_waitqueue(&folio->page);
	unsigned long flags;

	spin_lock_irqsave(&wq->lock, flags);
	__add_wait_queue_entry_tail(wq, waiter);
	SetPageWaiters(&folio->page);
	spin_unlock_irqrestore(&wq->lock, flags);
}
