// SPDX-License-Identifier: MIT
/* Writing files through the page cache, and past it. Contract: linux/fs_rw.h. */
#include <linux/fs.h>

#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/pagemap.h>
#include <linux/printk.h>
#include <linux/writeback.h>

#include "file_rw.h"

/* ---- Checks ---------------------------------------------------------------------------------------- */

int generic_write_check_limits(struct file *file, loff_t pos, loff_t *count)
{
	loff_t most = inode_maxbytes(file->f_mapping->host);

	if (pos >= most)
		return -EFBIG;
	*count = min(*count, most - pos);
	return 0;
}

int generic_write_checks_count(struct kiocb *iocb, loff_t *count)
{
	struct file *file = iocb->ki_filp;

	if (!*count)
		return 0;
	if (iocb->ki_flags & IOCB_APPEND)
		iocb->ki_pos = i_size_read(file->f_mapping->host);
	if ((iocb->ki_flags & IOCB_NOWAIT) && !(iocb->ki_flags & IOCB_DIRECT) &&
	    !(file->f_mode & FMODE_BUF_WASYNC))
		return -EINVAL;
	return generic_write_check_limits(file, iocb->ki_pos, count);
}

ssize_t generic_write_checks(struct kiocb *iocb, struct iov_iter *from)
{
	loff_t count = (loff_t)iov_iter_count(from);
	int err = generic_write_checks_count(iocb, &count);

	if (err)
		return err;
	iov_iter_truncate(from, (u64)count);
	return (ssize_t)iov_iter_count(from);
}

int inode_newsize_ok(const struct inode *inode, loff_t offset)
{
	if (offset < 0)
		return -EINVAL;
	if (offset > i_size_read(inode) && offset > inode_maxbytes(inode))
		return -EFBIG;
	return 0;
}

/* ---- Through the cache ------------------------------------------------------------------------------- */

/*
 * Of one page, *@bytes. What write_end() takes; where that is less the iterator goes back to it. 0:
 * what was copied, *@bytes then, were too few; it takes them where it is told so before.
 */
static long write_part(struct kiocb *iocb, struct iov_iter *iter, loff_t pos, size_t *bytes)
{
	struct file *file = iocb->ki_filp;
	struct address_space *mapping = file->f_mapping;
	unsigned int len = (unsigned int)*bytes;
	struct page *page;
	void *fsdata = NULL;
	size_t copied;
	long taken;

	taken = mapping->a_ops->write_begin(file, mapping, pos, len, &page, &fsdata);
	if (taken < 0)
		return taken;
	copied = copy_page_from_iter_atomic(page, (unsigned int)offset_in_page(pos), len, iter);
	taken = mapping->a_ops->write_end(file, mapping, pos, len, (unsigned int)copied, page,
					  fsdata);
	iov_iter_revert(iter, copied - (size_t)max(taken, 0L));
	/* What is not there now will never be: no process's memory has to be paged in. */
	if (!taken && (!copied || copied == len))
		return -EFAULT;
	*bytes = copied;
	return taken;
}

ssize_t generic_perform_write(struct kiocb *iocb, struct iov_iter *iter)
{
	loff_t pos = iocb->ki_pos;
	size_t bytes = 0;
	long taken = 1;

	while (iov_iter_count(iter)) {
		/* After a part that was not taken a smaller one. */
		if (taken)
			bytes = min(PAGE_SIZE - offset_in_page(pos), iov_iter_count(iter));
		taken = write_part(iocb, iter, pos, &bytes);
		if (taken < 0)
			break;
		pos += taken;
		balance_dirty_pages_ratelimited(iocb->ki_filp->f_mapping);
	}
	return pos > iocb->ki_pos ? pos - iocb->ki_pos : min(taken, 0L);
}

/* ---- Past the cache ------------------------------------------------------------------------------------ */

static pgoff_t last_index(loff_t pos, size_t count)
{
	return ((pgoff_t)pos + count - 1) >> PAGE_SHIFT;
}

int kiocb_invalidate_pages(struct kiocb *iocb, size_t count)
{
	struct address_space *mapping = iocb->ki_filp->f_mapping;
	loff_t pos = iocb->ki_pos, end = pos + (loff_t)count - 1;
	int err;

	if (iocb->ki_flags & IOCB_NOWAIT) {
		if (filemap_range_has_page(mapping, pos, end))
			return -EAGAIN;
	} else {
		err = filemap_write_and_wait_range(mapping, pos, end);
		if (err)
			return err;
	}
	return invalidate_inode_pages2_range(mapping, (pgoff_t)pos >> PAGE_SHIFT,
					     last_index(pos, count));
}

void kiocb_invalidate_post_direct_write(struct kiocb *iocb, size_t count)
{
	struct address_space *mapping = iocb->ki_filp->f_mapping;
	pgoff_t first = (pgoff_t)iocb->ki_pos >> PAGE_SHIFT;

	if (!mapping->nrpages)
		return;
	if (!invalidate_inode_pages2_range(mapping, first, last_index(iocb->ki_pos, count)))
		return;
	/* Who reads it is told by its file; there is nobody else to tell. */
	mapping_set_error(mapping, -EIO);
	pr_crit("Page cache invalidation failure on direct I/O.  Possible data corruption due to "
		"collision with buffered I/O!\n");
}

ssize_t generic_file_direct_write(struct kiocb *iocb, struct iov_iter *from)
{
	struct address_space *mapping = iocb->ki_filp->f_mapping;
	struct inode *inode = mapping->host;
	size_t count = iov_iter_count(from);
	ssize_t written;

	written = kiocb_invalidate_pages(iocb, count);
	if (written)
		return written == -EBUSY ? 0 : written;
	written = mapping->a_ops->direct_IO(iocb, from);
	/* Pages that were read meanwhile have what was there before. */
	kiocb_invalidate_post_direct_write(iocb, count);
	if (written > 0) {
		iocb->ki_pos += written;
		count -= (size_t)written;
		if (iocb->ki_pos > i_size_read(inode))
			i_size_write(inode, iocb->ki_pos);
	}
	if (written != -EIOCBQUEUED)
		iov_iter_revert(from, count - iov_iter_count(from));
	return written;
}

ssize_t direct_write_fallback(struct kiocb *iocb, struct iov_iter *iter, ssize_t direct_written,
			      ssize_t buffered_written)
{
	struct address_space *mapping = iocb->ki_filp->f_mapping;
	loff_t pos = iocb->ki_pos - buffered_written, end = iocb->ki_pos - 1;
	int err;

	(void)iter;
	if (buffered_written < 0)
		return direct_written ?: buffered_written;
	err = filemap_write_and_wait_range(mapping, pos, end);
	if (err)
		return direct_written ?: err;
	invalidate_mapping_pages(mapping, (pgoff_t)pos >> PAGE_SHIFT, (pgoff_t)end >> PAGE_SHIFT);
	return direct_written + buffered_written;
}

/* ---- All of it -------------------------------------------------------------------------------------------- */

ssize_t __generic_file_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	ssize_t direct = 0, buffered;
	loff_t pos;
	int err = file_modified(iocb->ki_filp);

	if (err)
		return err;
	if (iocb->ki_flags & IOCB_DIRECT) {
		direct = generic_file_direct_write(iocb, from);
		if (direct < 0 || !iov_iter_count(from))
			return direct;
	}
	pos = iocb->ki_pos;
	buffered = generic_perform_write(iocb, from);
	if (buffered > 0)
		iocb->ki_pos += buffered;
	if (!(iocb->ki_flags & IOCB_DIRECT) || buffered == 0)
		return direct + buffered;
	/* As if it had been written directly: it is not left in the cache. */
	buffered = direct_write_fallback(iocb, from, direct, buffered);
	if (buffered <= direct)
		iocb->ki_pos = pos;
	return buffered;
}

ssize_t generic_file_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	struct inode *inode = iocb->ki_filp->f_mapping->host;
	ssize_t written;

	inode_lock(inode);
	written = generic_write_checks(iocb, from);
	if (written > 0)
		written = __generic_file_write_iter(iocb, from);
	inode_unlock(inode);
	return written > 0 ? generic_write_sync(iocb, written) : written;
}
