// SPDX-License-Identifier: MIT
/*
 * Reading files through the page cache. Contract: linux/fs_rw.h.
 *
 *   ki_pos ──► [up to date][up to date][not yet]      a batch of folios: copied up to what is not
 *                                       ^ waited for, or read, where it is the first
 */
#include <linux/fs.h>

#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/pagemap.h>
#include <linux/pagevec.h>
#include <linux/swap.h>
#include <linux/wait.h>

#include "../filemap.h"
#include "../page_wait.h"
#include "file_rw.h"

/* ---- Pages to read from -------------------------------------------------------------------------- */

/*
 * Those side by side from @index to @last, up to one that is not up to date, or is marked. The
 * index behind them.
 */
static pgoff_t find_batch(struct address_space *mapping, pgoff_t index, pgoff_t last,
			  struct folio_batch *fbatch)
{
	struct folio *folio;

	while (index <= last && (folio = find_get_next_folio(mapping, &index, index, XA_PRESENT)))
		if (!folio_batch_add(fbatch, folio) || !folio_test_uptodate(folio) ||
		    folio_test_readahead(folio) || !index)
			break;
	return index;
}

/* Fills the locked folio, and waits for it. */
static int fill_folio(struct file *file, struct address_space *mapping, struct folio *folio)
{
	int err;

	folio_clear_error(folio);
	err = mapping->a_ops->read_folio(file, folio);
	if (err)
		return err;
	folio_wait_locked(folio);
	if (folio_test_uptodate(folio))
		return 0;
	/* Where reads fail fewer pages are tried at once. */
	file->f_ra.ra_pages /= 4;
	return -EIO;
}

/* A folio of one page at @index where readahead made none. AOP_TRUNCATED_PAGE: somebody else did. */
static int make_folio(struct file *file, struct address_space *mapping, pgoff_t index,
		      struct folio_batch *fbatch)
{
	struct folio *folio = filemap_alloc_folio(mapping_gfp_mask(mapping), 0);
	int err;

	if (!folio)
		return -ENOMEM;
	filemap_invalidate_lock_shared(mapping);
	err = filemap_add_folio(mapping, folio, index, mapping_gfp_constraint(mapping, GFP_KERNEL));
	if (err == -EEXIST)
		err = AOP_TRUNCATED_PAGE;
	if (!err)
		err = fill_folio(file, mapping, folio);
	filemap_invalidate_unlock_shared(mapping);
	if (err)
		folio_put(folio);
	else
		folio_batch_add(fbatch, folio);
	return err;
}

/* Locks the folio, or has @wait told when that can be tried again: -EIOCBQUEUED. */
static int lock_or_queue(struct folio *folio, struct wait_page_queue *wait)
{
	struct wait_queue_head *wq = page_waitqueue(&folio->page);
	unsigned long flags;
	bool locked;

	wait->folio = folio;
	wait->bit_nr = PG_locked;
	spin_lock_irqsave(&wq->lock, flags);
	SetPageWaiters(&folio->page);
	locked = folio_trylock(folio);
	if (!locked)
		__add_wait_queue_entry_tail(wq, &wait->wait);
	spin_unlock_irqrestore(&wq->lock, flags);
	return locked ? 0 : -EIOCBQUEUED;
}

/* AOP_TRUNCATED_PAGE: it is locked, and to be waited for. */
static int lock_to_update(struct kiocb *iocb, struct folio *folio)
{
	if (folio_trylock(folio))
		return 0;
	if (iocb->ki_flags & (IOCB_NOWAIT | IOCB_NOIO))
		return -EAGAIN;
	if (iocb->ki_flags & IOCB_WAITQ)
		return lock_or_queue(folio, iocb->ki_waitq);
	return AOP_TRUNCATED_PAGE;
}

/* Is there all that is wanted of the locked folio? */
static bool has_wanted_part(const struct kiocb *iocb, struct address_space *mapping, size_t count,
			    struct folio *folio)
{
	loff_t from = iocb->ki_pos, start = folio_pos(folio);

	if (folio_test_uptodate(folio))
		return true;
	if (!mapping->a_ops->is_partially_uptodate || mapping->host->i_blkbits >= PAGE_SHIFT)
		return false;
	if (start > from)
		count -= (size_t)(start - from);
	from = max(from - start, 0L);
	count = min(count, folio_size(folio) - (size_t)from);
	return mapping->a_ops->is_partially_uptodate(folio, (size_t)from, count);
}

/* With the folio locked, which is not then. */
static int update_locked(struct kiocb *iocb, struct address_space *mapping, size_t count,
			 struct folio *folio)
{
	int err = 0;

	if (folio_mapping(folio) != mapping)
		err = AOP_TRUNCATED_PAGE;
	else if (!has_wanted_part(iocb, mapping, count, folio))
		err = iocb->ki_flags & (IOCB_NOIO | IOCB_NOWAIT | IOCB_WAITQ) ? -EAGAIN : 1;
	if (err == 1)
		return fill_folio(iocb->ki_filp, mapping, folio);
	folio_unlock(folio);
	return err;
}

/* Has a folio that is not up to date filled. 0, AOP_TRUNCATED_PAGE to look again, or -errno. */
static int update_folio(struct kiocb *iocb, struct address_space *mapping, size_t count,
			struct folio *folio)
{
	int err;

	if (!(iocb->ki_flags & IOCB_NOWAIT))
		filemap_invalidate_lock_shared(mapping);
	else if (!filemap_invalidate_trylock_shared(mapping))
		return -EAGAIN;
	err = lock_to_update(iocb, folio);
	if (!err)
		err = update_locked(iocb, mapping, count, folio);
	filemap_invalidate_unlock_shared(mapping);
	if (err == AOP_TRUNCATED_PAGE)
		folio_wait_locked(folio);
	return err;
}

/* The last one of a batch that ends before @next, which is why it ended. */
static int finish_folio(struct kiocb *iocb, struct address_space *mapping, size_t count,
			struct folio_batch *fbatch, pgoff_t next, pgoff_t last)
{
	struct folio *folio = fbatch->folios[folio_batch_count(fbatch) - 1];
	struct file *file = iocb->ki_filp;
	/* It may have left the mapping, and have no index, by now. */
	pgoff_t index = next - folio_nr_pages(folio);

	if (folio_test_readahead(folio)) {
		if (iocb->ki_flags & IOCB_NOIO)
			return -EAGAIN;
		page_cache_async_readahead(mapping, &file->f_ra, file, folio, index,
					   last + 1 - index);
	}
	if (folio_test_uptodate(folio))
		return 0;
	/* What is there is given first. */
	if ((iocb->ki_flags & IOCB_WAITQ) && folio_batch_count(fbatch) > 1)
		iocb->ki_flags |= IOCB_NOWAIT;
	return update_folio(iocb, mapping, count, folio);
}

/* Pages from ki_pos on, with references. 0, and at least one; AOP_TRUNCATED_PAGE or -errno. */
static int get_batch(struct kiocb *iocb, struct address_space *mapping, size_t count,
		     struct folio_batch *fbatch)
{
	pgoff_t index = (pgoff_t)iocb->ki_pos >> PAGE_SHIFT;
	pgoff_t last = ((pgoff_t)iocb->ki_pos + count - 1) >> PAGE_SHIFT;
	struct file *file = iocb->ki_filp;
	pgoff_t next;
	int err;

	next = find_batch(mapping, index, last, fbatch);
	if (!folio_batch_count(fbatch)) {
		if (iocb->ki_flags & IOCB_NOIO)
			return -EAGAIN;
		page_cache_sync_readahead(mapping, &file->f_ra, file, index, last + 1 - index);
		next = find_batch(mapping, index, last, fbatch);
	}
	if (!folio_batch_count(fbatch)) {
		if (iocb->ki_flags & (IOCB_NOWAIT | IOCB_WAITQ))
			return -EAGAIN;
		return make_folio(file, mapping, index, fbatch);
	}
	err = finish_folio(iocb, mapping, count, fbatch, next, last);
	if (!err)
		return 0;
	folio_put(fbatch->folios[--fbatch->nr]);
	return folio_batch_count(fbatch) ? 0 : err;
}

/* ---- Copying --------------------------------------------------------------------------------------- */

static bool in_same_folio(loff_t pos, loff_t other, const struct folio *folio)
{
	return pos >> folio_shift(folio) == other >> folio_shift(folio);
}

/* What these folios have from ki_pos to @end. 0 or -EFAULT. */
static int copy_batch(struct kiocb *iocb, struct iov_iter *iter, struct folio_batch *fbatch,
		      loff_t end, ssize_t *copied)
{
	struct file_ra_state *ra = &iocb->ki_filp->f_ra;

	for (unsigned int i = 0; i < folio_batch_count(fbatch) && iocb->ki_pos < end; i++) {
		struct folio *folio = fbatch->folios[i];
		size_t offset = offset_in_folio(folio, iocb->ki_pos);
		size_t bytes = min((size_t)(end - iocb->ki_pos), folio_size(folio) - offset), done;

		/* One that is read in small parts is used once. */
		if (i || !in_same_folio(iocb->ki_pos, ra->prev_pos - 1, folio))
			folio_mark_accessed(folio);
		done = copy_folio_to_iter(folio, offset, bytes, iter);
		iocb->ki_pos += (loff_t)done;
		*copied += (ssize_t)done;
		ra->prev_pos = iocb->ki_pos;
		if (done < bytes)
			return -EFAULT;
	}
	return 0;
}

ssize_t filemap_read(struct kiocb *iocb, struct iov_iter *iter, ssize_t already_read)
{
	struct address_space *mapping = iocb->ki_filp->f_mapping;
	struct inode *inode = mapping->host;
	struct folio_batch fbatch;
	int err = 0;

	if (iocb->ki_pos >= inode_maxbytes(inode))
		return 0;
	iov_iter_truncate(iter, (u64)(inode_maxbytes(inode) - iocb->ki_pos));
	folio_batch_init(&fbatch);
	while (iov_iter_count(iter) && iocb->ki_pos < i_size_read(inode) && !err) {
		loff_t end;

		/* What is there is given before it is waited for more. */
		if ((iocb->ki_flags & IOCB_WAITQ) && already_read)
			iocb->ki_flags |= IOCB_NOWAIT;
		err = get_batch(iocb, mapping, iov_iter_count(iter), &fbatch);
		if (err == AOP_TRUNCATED_PAGE) {
			err = 0;
			continue;
		}
		/* The size is looked at after the pages: what a truncation clears is not data. */
		end = min(i_size_read(inode), iocb->ki_pos + (loff_t)iov_iter_count(iter));
		if (!err)
			err = copy_batch(iocb, iter, &fbatch, end, &already_read);
		folio_batch_release(&fbatch);
	}
	file_accessed(iocb->ki_filp);
	return already_read ?: err;
}

/* ---- Past the cache -------------------------------------------------------------------------------- */

/* What is dirty of the range is written first. */
static int write_before_direct_read(struct kiocb *iocb, size_t count)
{
	struct address_space *mapping = iocb->ki_filp->f_mapping;
	loff_t end = iocb->ki_pos + (loff_t)count - 1;

	if (!(iocb->ki_flags & IOCB_NOWAIT))
		return filemap_write_and_wait_range(mapping, iocb->ki_pos, end);
	return filemap_range_needs_writeback(mapping, iocb->ki_pos, end) ? -EAGAIN : 0;
}

ssize_t generic_file_read_iter(struct kiocb *iocb, struct iov_iter *iter)
{
	struct address_space *mapping = iocb->ki_filp->f_mapping;
	size_t count = iov_iter_count(iter);
	ssize_t done;

	if (!count)
		return 0;
	if (!(iocb->ki_flags & IOCB_DIRECT))
		return filemap_read(iocb, iter, 0);
	done = write_before_direct_read(iocb, count);
	if (done < 0)
		return done;
	file_accessed(iocb->ki_filp);
	done = mapping->a_ops->direct_IO(iocb, iter);
	if (done >= 0) {
		iocb->ki_pos += done;
		count -= (size_t)done;
	}
	if (done != -EIOCBQUEUED)
		iov_iter_revert(iter, count - iov_iter_count(iter));
	if (done < 0 || !count || iocb->ki_pos >= i_size_read(mapping->host))
		return done;
	/* It stopped at a hole, or what it cannot read. */
	return filemap_read(iocb, iter, done);
}
