// SPDX-License-Identifier: MIT
/* Files that are nowhere but in the page cache, and small help for file systems. Contract: linux/fs_rw.h. */
#include <linux/fs.h>

#include <linux/errno.h>
#include <linux/highmem.h>
#include <linux/pagemap.h>

static int simple_read_folio(struct file *file, struct folio *folio)
{
	(void)file;
	folio_zero_range(folio, 0, folio_size(folio));
	folio_mark_uptodate(folio);
	folio_unlock(folio);
	return 0;
}

int simple_write_begin(struct file *file, struct address_space *mapping, loff_t pos,
		       unsigned int len, struct page **pagep, void **fsdata)
{
	unsigned int from = (unsigned int)offset_in_page(pos);
	struct page *page = grab_cache_page_write_begin(mapping, (pgoff_t)pos >> PAGE_SHIFT);

	(void)file, (void)fsdata;
	if (!page)
		return -ENOMEM;
	*pagep = page;
	if (!PageUptodate(page) && len != PAGE_SIZE)
		zero_user_segments(page, 0, from, from + len, PAGE_SIZE);
	return 0;
}

static int simple_write_end(struct file *file, struct address_space *mapping, loff_t pos,
			    unsigned int len, unsigned int copied, struct page *page, void *fsdata)
{
	struct inode *inode = mapping->host;

	(void)file, (void)fsdata;
	/* What was not copied is as if it had not been there. */
	if (!PageUptodate(page)) {
		if (copied < len)
			zero_user(page, (unsigned int)offset_in_page(pos) + copied, len - copied);
		SetPageUptodate(page);
	}
	/* The inode's lock is held. */
	if (pos + copied > inode->i_size)
		i_size_write(inode, pos + copied);
	set_page_dirty(page);
	unlock_page(page);
	put_page(page);
	return (int)copied;
}

const struct address_space_operations ram_aops = {
	.read_folio = simple_read_folio,
	.write_begin = simple_write_begin,
	.write_end = simple_write_end,
	.dirty_folio = noop_dirty_folio,
};

int generic_check_addressable(unsigned int blocksize_bits, u64 num_blocks)
{
	const unsigned int sector_bits = 9;

	if (!num_blocks)
		return 0;
	if (blocksize_bits < sector_bits || blocksize_bits > PAGE_SHIFT)
		return -EINVAL;
	/* Indices of pages are as long as numbers of sectors. */
	return num_blocks - 1 > U64_MAX >> (blocksize_bits - sector_bits) ? -EFBIG : 0;
}

int noop_fsync(struct file *file, loff_t start, loff_t end, int datasync)
{
	(void)file, (void)start, (void)end, (void)datasync;
	return 0;
}

ssize_t noop_direct_IO(struct kiocb *iocb, struct iov_iter *iter)
{
	(void)iocb, (void)iter;
	return -EINVAL;
}
