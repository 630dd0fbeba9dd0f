// SPDX-License-Identifier: MIT
/* A file system that reads and writes by itself, and tells its files what went wrong. */
#include <linux/errseq.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/page_ref.h>
#include <linux/pagemap.h>
#include <linux/writeback.h>

static int read_folio(struct file *file, struct folio *folio)
{
	struct inode *inode = file ? file_inode(file) : folio_inode(folio);

	if (folio_pos(folio) < i_size_read(inode))
		folio_mark_uptodate(folio);
	folio_unlock(folio);
	return 0;
}

static int writepage(struct page *page, struct writeback_control *wbc)
{
	if (wbc->sync_mode == WB_SYNC_NONE && !wbc->for_reclaim) {
		redirty_page_for_writepage(wbc, page);
		unlock_page(page);
		return 0;
	}
	set_page_writeback(page);
	unlock_page(page);
	page_endio(page, true, 0);
	return 0;
}

static int write_cached(struct page *page, struct writeback_control *wbc, void *data)
{
	struct address_space *mapping = data;
	int err = writepage(page, wbc);

	mapping_set_error(mapping, err);
	return err;
}

static int writepages(struct address_space *mapping, struct writeback_control *wbc)
{
	if (mapping_use_writeback_tags(mapping))
		return write_cache_pages(mapping, wbc, write_cached, mapping);
	return generic_writepages(mapping, wbc);
}

static void readahead(struct readahead_control *rac)
{
	struct page *pages[8];
	unsigned int nr;

	readahead_expand(rac, readahead_pos(rac) & ~(loff_t)0xffff, readahead_length(rac));
	while ((nr = readahead_page_batch(rac, pages)))
		for (unsigned int i = 0; i < nr; i++) {
			page_endio(pages[i], false, readahead_batch_length(rac) ? 0 : -EIO);
			put_page(pages[i]);
		}
}

int writer_read(struct file *file, pgoff_t index, unsigned long nr);
int writer_read(struct file *file, pgoff_t index, unsigned long nr)
{
	struct address_space *mapping = file->f_mapping;
	struct folio *folio = filemap_get_folio(mapping, index);

	if (!folio)
		page_cache_sync_readahead(mapping, &file->f_ra, file, index, nr);
	else if (folio_test_readahead(folio))
		page_cache_async_readahead(mapping, &file->f_ra, file, folio, index, nr);
	if (folio)
		folio_put(folio);
	folio = read_mapping_folio(mapping, index, file);
	if (IS_ERR(folio))
		return PTR_ERR_OR_ZERO(folio);
	file->f_ra.prev_pos = folio_pos(folio);
	folio_put(folio);
	return 0;
}

const struct address_space_operations writer_aops;
const struct address_space_operations writer_aops = {
	.read_folio = read_folio,
	.writepage = writepage,
	.writepages = writepages,
	.dirty_folio = filemap_dirty_folio,
	.readahead = readahead,
};

int writer_fsync(struct file *file, loff_t start, loff_t end);
int writer_fsync(struct file *file, loff_t start, loff_t end)
{
	struct writeback_control wbc = {.sync_mode = WB_SYNC_ALL,
					.nr_to_write = LONG_MAX,
					.range_start = start,
					.range_end = end};
	errseq_t since = filemap_sample_wb_err(file->f_mapping);
	int err;

	if (!filemap_range_needs_writeback(file->f_mapping, start, end))
		return file_check_and_advance_wb_err(file);
	err = filemap_fdatawrite_wbc(file->f_mapping, &wbc);
	err = err ?: file_write_and_wait_range(file, start, end);
	return err ?: filemap_check_wb_err(file->f_mapping, since);
}

int writer_setattr(struct inode *inode, loff_t size);
int writer_setattr(struct inode *inode, loff_t size)
{
	loff_t old = i_size_read(inode);

	if (size > old)
		pagecache_isize_extended(inode, old, size);
	truncate_setsize(inode, size);
	truncate_pagecache_range(inode, size, old);
	return (int)dir_pages(inode) + (int)i_blocksize(inode);
}

loff_t writer_llseek(struct file *file, loff_t offset, int whence);
loff_t writer_llseek(struct file *file, loff_t offset, int whence)
{
	struct inode *inode = file_inode(file);

	return mapping_seek_hole_data(inode->i_mapping, offset, i_size_read(inode), whence);
}

int writer_mkwrite(struct inode *inode, struct page *page);
int writer_mkwrite(struct inode *inode, struct page *page)
{
	int len = page_mkwrite_check_truncate(page, inode);

	if (len < 0)
		return len;
	if (page_ref_count(page) > 1 && i_blocks_per_page(inode, page) > 1)
		return write_one_page(page);
	__set_page_dirty_nobuffers(page);
	balance_dirty_pages_ratelimited(inode->i_mapping);
	cancel_dirty_page(page);
	return generic_error_remove_page(inode->i_mapping, page);
}
