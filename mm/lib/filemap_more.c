// SPDX-License-Identifier: MIT
/*
 * The page cache as file systems ask for it: folios by flags, in handfuls, and parts of a
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

/* ---- One folio ----------------------------------------------------------------------------- */

/* Locks @folio, of which the caller has a reference, where that is asked for; NULL: not now. */
static struct folio *lock_found(struct folio *folio, int fgp_flags)
{
	if (!(fgp_flags & FGP_LOCK))
		return folio;
	if (!(fgp_flags & FGP_NOWAIT)) {
		folio_lock(folio);
		return folio;
	}
	if (folio_trylock(folio))
		return folio;
	folio_put(folio);
	return NULL;
}

/* A new one of one page, locked. ERR_PTR(): -EEXIST, there is one by now. */
static struct folio *make_folio(struct address_space *mapping, pgoff_t index, int fgp_flags,
				gfp_t gfp)
{
	struct folio *folio;
	int err;

	if ((fgp_flags & FGP_WRITE) && mapping->a_ops)
		gfp |= __GFP_WRITE;
	if (fgp_flags & FGP_NOFS)
		gfp &= ~__GFP_FS;
	if (fgp_flags & FGP_NOWAIT)
		gfp = (gfp & ~GFP_KERNEL) | GFP_NOWAIT | __GFP_NOWARN;
	folio = filemap_alloc_folio(gfp, 0);
	if (!folio)
		return ERR_PTR(-ENOMEM);
	if (fgp_flags & FGP_ACCESSED)
		__folio_set_referenced(folio);
	err = filemap_add_folio(mapping, folio, index, gfp);
	if (!err)
		return folio;
	folio_put(folio);
	return ERR_PTR(err);
}

/* A locked folio is where it was found; else the caller's lock and reference are given back. */
static bool is_still_there(struct address_space *mapping, struct folio *folio, pgoff_t index,
			   int fgp_flags)
{
	if (!(fgp_flags & FGP_LOCK) ||
	    (folio_mapping(folio) == mapping && folio_contains(folio, index)))
		return true;
	folio_unlock(folio);
	folio_put(folio);
	return false;
}

struct folio *__filemap_get_folio(struct address_space *mapping, pgoff_t index, int fgp_flags,
				  gfp_t gfp)
{
	for (;;) {
		pgoff_t next = index;
		struct folio *folio = find_get_next_folio(mapping, &next, index, XA_PRESENT);

		if (folio) {
			folio = lock_found(folio, fgp_flags);
			/* It may have left the cache before it was locked. */
			if (folio && !is_still_there(mapping, folio, index, fgp_flags))
				continue;
			if (folio && (fgp_flags & FGP_ACCESSED))
				folio_mark_accessed(folio);
			return folio;
		}
		if (!(fgp_flags & FGP_CREAT))
			return NULL;
		folio = make_folio(mapping, index, fgp_flags, gfp);
		if (folio == ERR_PTR(-EEXIST))
			continue;
		if (IS_ERR(folio))
			return NULL;
		if (!(fgp_flags & FGP_LOCK))
			folio_unlock(folio);
		return folio;
	}
}

struct page *pagecache_get_page(struct address_space *mapping, pgoff_t index, int fgp_flags,
				gfp_t gfp)
{
	struct folio *folio = __filemap_get_folio(mapping, index, fgp_flags, gfp);

	if (!folio || (fgp_flags & FGP_HEAD))
		return (struct page *)folio;
	return folio_file_page(folio, index);
}

/* ---- Handfuls --------------------------------------------------------------------------------- */

/* Where a search of [.., @end] goes on that found all there is. */
static pgoff_t behind(pgoff_t end)
{
	return end + 1 ?: end;
}

static unsigned int get_folios(struct address_space *mapping, pgoff_t *start, pgoff_t end,
			       xa_mark_t tag, struct folio_batch *fbatch)
{
	pgoff_t next = *start;
	struct folio *folio;

	while (next <= end && (folio = find_get_next_folio(mapping, &next, end, tag))) {
		*start = next ?: (pgoff_t)-1;
		if (!folio_batch_add(fbatch, folio))
			return folio_batch_count(fbatch);
		if (!next)
			break;
	}
	*start = behind(end);
	return folio_batch_count(fbatch);
}

unsigned int filemap_get_folios(struct address_space *mapping, pgoff_t *start, pgoff_t end,
				struct folio_batch *fbatch)
{
	return get_folios(mapping, start, end, XA_PRESENT, fbatch);
}

unsigned int filemap_get_folios_contig(struct address_space *mapping, pgoff_t *start, pgoff_t end,
				       struct folio_batch *fbatch)
{
	pgoff_t next = *start;
	struct folio *folio;

	while (next <= end && (folio = find_get_next_folio(mapping, &next, next, XA_PRESENT))) {
		*start = next ?: (pgoff_t)-1;
		if (!folio_batch_add(fbatch, folio) || !next)
			break;
	}
	return folio_batch_count(fbatch);
}

unsigned int filemap_get_folios_tag(struct address_space *mapping, pgoff_t *start, pgoff_t end,
				    xa_mark_t tag, struct folio_batch *fbatch)
{
	return get_folios(mapping, start, end, tag, fbatch);
}

unsigned int find_get_pages_range_tag(struct address_space *mapping, pgoff_t *index, pgoff_t end,
				      xa_mark_t tag, unsigned int nr_pages, struct page **pages)
{
	pgoff_t next = *index;
	struct folio *folio;
	unsigned int nr = 0;

	while (nr < nr_pages && next <= end &&
	       (folio = find_get_next_folio(mapping, &next, end, tag))) {
		pages[nr++] = &folio->page;
		*index = next ?: (pgoff_t)-1;
		if (!next)
			break;
	}
	if (nr < nr_pages)
		*index = behind(end);
	return nr;
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
	struct page *page = pagecache_get_page(mapping, index, FGP_LOCK | FGP_CREAT, gfp), *read;

	if (!page)
		return ERR_PTR(-ENOMEM);
	unlock_page(page);
	read = read_cache_page(mapping, index, NULL, NULL);
	put_page(page);
	return read;
}

/* ---- Parts ------------------------------------------------------------------------------------- */

/* Calls @func for each folio with @tag of bytes @start to @end. The first error, or 0. */
static int for_folios(struct address_space *mapping, loff_t start, loff_t end, xa_mark_t tag,
		      int (*func)(struct address_space *mapping, struct folio *folio))
{
	pgoff_t index = (pgoff_t)start >> PAGE_SHIFT, last = (pgoff_t)end >> PAGE_SHIFT;
	struct folio *folio;
	int err = 0;

	while (index <= last && (folio = find_get_next_folio(mapping, &index, last, tag))) {
		int failed = func(mapping, folio);

		err = err ?: failed;
		folio_put(folio);
		if (!index)
			break;
	}
	return err;
}

static int wait_one(struct address_space *mapping, struct folio *folio)
{
	(void)mapping;
	folio_wait_writeback(folio);
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
	for_folios(mapping, start, end, PAGECACHE_TAG_WRITEBACK, wait_one);
	return filemap_check_errors(mapping);
}

int filemap_fdatawait_range_keep_errors(struct address_space *mapping, loff_t start_byte,
					loff_t end_byte)
{
	for_folios(mapping, start_byte, end_byte, PAGECACHE_TAG_WRITEBACK, wait_one);
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

/* The locked folio, whoever uses it. */
static int drop_clean(struct folio *folio)
{
	if (!filemap_release_folio(folio, GFP_KERNEL) || folio_test_dirty(folio))
		return -EBUSY;
	filemap_remove_folio(folio);
	return 0;
}

/* 0, -EBUSY, or the error of who was asked to write it. */
static int drop_one(struct address_space *mapping, struct folio *folio)
{
	int err = 0;

	folio_lock(folio);
	folio_wait_writeback(folio);
	if (folio_mapping(folio) == mapping) {
		if (folio_test_dirty(folio) && mapping->a_ops && mapping->a_ops->launder_folio)
			err = mapping->a_ops->launder_folio(folio);
		err = err ?: drop_clean(folio);
	}
	folio_unlock(folio);
	return err;
}

int invalidate_inode_pages2_range(struct address_space *mapping, pgoff_t start, pgoff_t end)
{
	loff_t last = end > (LLONG_MAX >> PAGE_SHIFT) ? LLONG_MAX
						      : (loff_t)(end << PAGE_SHIFT | ~PAGE_MASK);

	return for_folios(mapping, (loff_t)(start << PAGE_SHIFT), last, XA_PRESENT, drop_one);
}

long invalidate_inode_page(struct page *page)
{
	struct address_space *mapping = page_mapping(page);

	return mapping ? mapping_evict_folio(mapping, page_folio(page)) : 0;
}

/* ---- Other pages --------------------------------------------------------------------------------- */

void replace_page_cache_folio(struct folio *old, struct folio *new_folio)
{
	const struct page_entry *entry = page_cache_entry(&old->page);
	long nr = folio_nr_pages(old);
	struct address_space *mapping;
	pgoff_t index;

	VM_BUG_ON(!folio_test_locked(old) || !folio_test_locked(new_folio) || !entry ||
		  folio_mapping(new_folio) || folio_nr_pages(new_folio) != nr);
	VM_BUG_ON(folio_test_dirty(old) || folio_test_writeback(old));
	mapping = entry->mapping;
	index = entry->index;
	/* A block's first page keeps its entry, as does what has a wide private value. */
	if (nr > 1 || page_private(&old->page) > UINT_MAX)
		page_entry_must_make(&new_folio->page);
	folio_ref_add(new_folio, (int)nr);
	xa_lock(&mapping->i_pages);
	__xa_replace(&mapping->i_pages, index, new_folio);
	page_entry_move(&old->page, &new_folio->page);
	folio_count_cached(old, -1);
	folio_count_cached(new_folio, 1);
	xa_unlock(&mapping->i_pages);
	if (mapping->a_ops && mapping->a_ops->free_folio)
		mapping->a_ops->free_folio(old);
	folio_put_refs(old, (int)nr);
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
