/* SPDX-License-Identifier: MIT */
/*
 * A file on a disk of bytes in the host's memory, whose operations fail as a test asks, for tests
 * of reads and writes.
 */
#ifndef _TEST_DISK_FILE_H
#define _TEST_DISK_FILE_H

#include "cache_machine.h"

#include <linux/fs.h>
#include <linux/uio.h>
#include <linux/writeback.h>

#define DISK_BYTES (64 * PAGE_SIZE)

static struct disk {
	struct inode inode;
	struct file file;
	u8 data[DISK_BYTES];
	pgoff_t bad_index;	/* cannot be read: -1, none */
	loff_t room;		/* write_begin: -ENOSPC from here on */
	bool keep_reads;	/* they end with end_reads() */
	bool wants_all;		/* write_end takes no short copy */
	unsigned int truncated; /* so many read_folio() look for another page */
	size_t direct_most;	/* what one direct_IO() does */
	int direct_error, fsync_error, write_error;
	unsigned int reads, batches, begins, directs, fsyncs;
	loff_t fsync_start, fsync_end;
	int fsync_datasync;
	bool locked; /* the inode, as write_begin() was called */
	struct page *reading[32];
	unsigned int nr_reading;
} disk;

static void end_read(struct page *page)
{
	pgoff_t index = page_index(page);

	__atomic_fetch_add(&disk.reads, 1, __ATOMIC_RELAXED);
	if (index != disk.bad_index)
		memcpy(page_address(page), disk.data + index * PAGE_SIZE, page_size(page));
	page_endio(page, false, index == disk.bad_index ? -EIO : 0);
}

static inline void end_reads(void)
{
	while (disk.nr_reading)
		end_read(disk.reading[--disk.nr_reading]);
}

static int disk_read_folio(struct file *file, struct folio *folio)
{
	(void)file;
	if (disk.truncated) {
		disk.truncated--;
		folio_unlock(folio);
		return AOP_TRUNCATED_PAGE;
	}
	if (disk.keep_reads)
		disk.reading[disk.nr_reading++] = &folio->page;
	else
		end_read(&folio->page);
	return 0;
}

static void disk_readahead(struct readahead_control *rac)
{
	struct folio *folio;

	assert_true(rwsem_is_locked(&rac->mapping->invalidate_lock));
	__atomic_fetch_add(&disk.batches, 1, __ATOMIC_RELAXED);
	while ((folio = readahead_folio(rac)))
		disk_read_folio(rac->file, folio);
}

static int disk_writepage(struct page *page, struct writeback_control *wbc)
{
	(void)wbc;
	if (disk.write_error) {
		unlock_page(page);
		return disk.write_error;
	}
	set_page_writeback(page);
	memcpy(disk.data + page_offset(page), page_address(page), page_size(page));
	unlock_page(page);
	end_page_writeback(page);
	return 0;
}

static int disk_write_begin(struct file *file, struct address_space *mapping, loff_t pos,
			    unsigned int len, struct page **pagep, void **fsdata)
{
	struct page *page;

	__atomic_fetch_add(&disk.begins, 1, __ATOMIC_RELAXED);
	__atomic_store_n(&disk.locked, inode_is_locked(mapping->host), __ATOMIC_RELAXED);
	assert_true(len && offset_in_page(pos) + len <= PAGE_SIZE);
	if (pos + len > disk.room)
		return -ENOSPC;
	for (;;) {
		page = grab_cache_page_write_begin(mapping, (pgoff_t)pos >> PAGE_SHIFT);
		if (!page)
			return -ENOMEM;
		if (PageUptodate(page) || len == PAGE_SIZE || disk.wants_all)
			break;
		unlock_page(page);
		put_page(page);
		/* Somebody may drop it again. */
		page = read_mapping_page(mapping, (pgoff_t)pos >> PAGE_SHIFT, file);
		if (IS_ERR(page))
			return (int)PTR_ERR(page);
		put_page(page);
	}
	*fsdata = page;
	*pagep = page;
	return 0;
}

static int disk_write_end(struct file *file, struct address_space *mapping, loff_t pos,
			  unsigned int len, unsigned int copied, struct page *page, void *fsdata)
{
	(void)file;
	assert_ptr_equal(fsdata, page);
	assert_true(PageLocked(page));
	if (disk.wants_all && copied < len && !PageUptodate(page))
		copied = 0;
	if (copied) {
		SetPageUptodate(page);
		set_page_dirty(page);
	}
	if (pos + copied > i_size_read(mapping->host))
		i_size_write(mapping->host, pos + copied);
	unlock_page(page);
	put_page(page);
	return (int)copied;
}

static ssize_t disk_direct_IO(struct kiocb *iocb, struct iov_iter *iter)
{
	size_t count = min(iov_iter_count(iter), disk.direct_most);
	u8 *at = disk.data + iocb->ki_pos;

	disk.directs++;
	if (disk.direct_error) {
		iov_iter_advance(iter, count);
		return disk.direct_error;
	}
	if (iov_iter_rw(iter) == WRITE)
		return (ssize_t)_copy_from_iter(at, count, iter);
	count = min(count, (size_t)max(i_size_read(&disk.inode) - iocb->ki_pos, 0L));
	return (ssize_t)_copy_to_iter(at, count, iter);
}

static int disk_fsync(struct file *file, loff_t start, loff_t end, int datasync)
{
	disk.fsyncs++;
	disk.fsync_start = start;
	disk.fsync_end = end;
	disk.fsync_datasync = datasync;
	return disk.fsync_error ?: file_write_and_wait_range(file, start, end);
}

static const struct address_space_operations disk_aops = {
	.read_folio = disk_read_folio,
	.readahead = disk_readahead,
	.writepage = disk_writepage,
	.write_begin = disk_write_begin,
	.write_end = disk_write_end,
	.direct_IO = disk_direct_IO,
};

static const struct file_operations disk_fops = {
	.llseek = generic_file_llseek,
	.read_iter = generic_file_read_iter,
	.write_iter = generic_file_write_iter,
	.fsync = disk_fsync,
};

/* A file of @size bytes, each of which tells where it is. */
static inline void disk_open(loff_t size)
{
	disk = (struct disk){
		.bad_index = (pgoff_t)-1, .room = DISK_BYTES, .direct_most = DISK_BYTES};
	for (loff_t i = 0; i < size; i++)
		disk.data[i] = (u8)(i * 7 + (i >> PAGE_SHIFT));
	inode_init_once(&disk.inode);
	disk.inode.i_data.a_ops = &disk_aops;
	i_size_write(&disk.inode, size);
	disk.file = (struct file){.f_mapping = disk.inode.i_mapping,
				  .f_inode = &disk.inode,
				  .f_op = &disk_fops,
				  .f_mode = FMODE_READ | FMODE_WRITE | FMODE_LSEEK};
	file_ra_state_init(&disk.file.f_ra, disk.file.f_mapping);
}

static inline void disk_close(void)
{
	assert_false(inode_is_locked(&disk.inode));
	assert_false(rwsem_is_locked(&disk.inode.i_data.invalidate_lock));
	assert_int_equal(mapping_verify(&disk.inode.i_data), 0);
	truncate_inode_pages_final(&disk.inode.i_data);
	assert_int_equal(disk.inode.i_data.nrpages, 0);
	assert_int_equal(global_node_page_state(NR_FILE_DIRTY), 0);
}

/* Writes what is dirty, and drops all. */
static inline void disk_drop(void)
{
	assert_int_equal(filemap_write_and_wait(&disk.inode.i_data), 0);
	assert_int_equal(invalidate_inode_pages2(&disk.inode.i_data), 0);
}

/* One read or write of @len bytes at @pos by flags; what is returned. */
static inline ssize_t disk_io(unsigned int direction, void *buf, size_t len, loff_t pos, int flags)
{
	struct kvec vec = {.iov_base = buf, .iov_len = len};
	struct iov_iter iter;
	struct kiocb kiocb;
	ssize_t done;

	init_sync_kiocb(&kiocb, &disk.file);
	kiocb.ki_pos = pos;
	kiocb.ki_flags |= flags;
	iov_iter_kvec(&iter, direction, &vec, 1, len);
	done = direction == ITER_SOURCE ? call_write_iter(&disk.file, &kiocb, &iter)
					: call_read_iter(&disk.file, &kiocb, &iter);
	if (!(kiocb.ki_flags & IOCB_APPEND) && !disk.fsync_error)
		assert_int_equal(kiocb.ki_pos, pos + max(done, 0L));
	return done;
}

static inline int disk_machine(void **state)
{
	cache_machine(state);
	disk_open(10 * PAGE_SIZE + 123);
	return 0;
}

static inline int disk_machine_end(void **state)
{
	disk_close();
	return cache_machine_end(state);
}

#endif /* _TEST_DISK_FILE_H */
