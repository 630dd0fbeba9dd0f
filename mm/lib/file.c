// SPDX-License-Identifier: MIT
/* Files and inodes as the page cache's users see them. Contracts: linux/fs.h, linux/mm.h. */
#include <linux/fs.h>

#include <linux/align.h>
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/pagemap.h>

#include "../filemap.h"

void inode_init_once(struct inode *inode)
{
	*inode = (struct inode){.i_blkbits = PAGE_SHIFT};
	init_rwsem(&inode->i_rwsem);
	address_space_init_once(&inode->i_data);
	inode->i_data.host = inode;
	inode->i_mapping = &inode->i_data;
}

int bmap(struct inode *inode, sector_t *block)
{
	struct address_space *mapping = inode->i_mapping;

	if (!mapping->a_ops || !mapping->a_ops->bmap)
		return -EINVAL;
	*block = mapping->a_ops->bmap(mapping, *block);
	return 0;
}

/* ---- What a file is told of ---------------------------------------------------------------- */

int file_check_and_advance_wb_err(struct file *file)
{
	struct address_space *mapping = file->f_mapping;
	int err = errseq_check_and_advance(&mapping->wb_err, &file->f_wb_err);

	/* Who has no mark of his own is not told a second time. */
	clear_bit(AS_EIO, &mapping->flags);
	clear_bit(AS_ENOSPC, &mapping->flags);
	return err;
}

int file_fdatawait_range(struct file *file, loff_t lstart, loff_t lend)
{
	filemap_fdatawait_range_keep_errors(file->f_mapping, lstart, lend);
	return file_check_and_advance_wb_err(file);
}

int file_write_and_wait_range(struct file *file, loff_t lstart, loff_t lend)
{
	int err = 0, lost;

	if (lend < lstart)
		return 0;
	if (file->f_mapping->nrpages) {
		err = filemap_fdatawrite_range(file->f_mapping, lstart, lend);
		filemap_fdatawait_range_keep_errors(file->f_mapping, lstart, lend);
	}
	lost = file_check_and_advance_wb_err(file);
	return err ?: lost;
}

/* ---- Ends of files ----------------------------------------------------------------------------- */

void truncate_pagecache(struct inode *inode, loff_t newsize)
{
	truncate_inode_pages(inode->i_mapping, newsize);
}

void truncate_setsize(struct inode *inode, loff_t newsize)
{
	i_size_write(inode, newsize);
	truncate_pagecache(inode, newsize);
}

void truncate_pagecache_range(struct inode *inode, loff_t lstart, loff_t lend)
{
	truncate_inode_pages_range(inode->i_mapping, lstart, lend);
}

int generic_error_remove_page(struct address_space *mapping, struct page *page)
{
	if (!mapping)
		return -EINVAL;
	if (page_mapping(page) != mapping)
		return -EIO;
	wait_on_page_writeback(page);
	truncate_locked_folio(page_folio(page));
	return 0;
}

ssize_t folio_mkwrite_check_truncate(struct folio *folio, struct inode *inode)
{
	loff_t left = i_size_read(inode) - folio_pos(folio);

	if (folio_mapping(folio) != inode->i_mapping || left <= 0)
		return -EFAULT;
	return min(left, (loff_t)folio_size(folio));
}

/* ---- Data and holes ------------------------------------------------------------------------------ */

static bool holds_data(struct address_space *mapping, pgoff_t index)
{
	struct page *page = find_get_page(mapping, index);
	bool data = page && PageUptodate(page);

	if (page)
		put_page(page);
	return data;
}

loff_t mapping_seek_hole_data(struct address_space *mapping, loff_t start, loff_t end, int whence)
{
	bool wanted = whence == SEEK_DATA;

	if (end <= start)
		return -ENXIO;
	for (loff_t pos = start; pos < end; pos = ALIGN(pos + 1, (loff_t)PAGE_SIZE)) {
		pgoff_t index = (pgoff_t)pos >> PAGE_SHIFT;

		if (wanted && !xa_find(&mapping->i_pages, &index, ULONG_MAX, XA_PRESENT))
			break;
		pos = max(pos, (loff_t)(index << PAGE_SHIFT));
		if (pos < end && holds_data(mapping, index) == wanted)
			return pos;
	}
	return wanted ? -ENXIO : end;
}
