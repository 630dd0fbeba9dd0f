// SPDX-License-Identifier: MIT
/* Files by their operations: reads, writes, places, fsync. Contract: linux/fs_rw.h. */
#include <linux/fs.h>

#include <linux/kernel.h>
#include <linux/minmax.h>

#include "file_rw.h"

/* ---- Reads and writes ------------------------------------------------------------------------------ */

/*
 * By read_iter or write_iter, as the iterator's direction says. Without @pos: at byte 0; else it
 * becomes the kiocb's.
 */
static ssize_t call_iter(struct file *file, struct iov_iter *iter, loff_t *pos, rwf_t flags)
{
	bool writes = iov_iter_rw(iter) == WRITE;
	struct kiocb kiocb;
	ssize_t done;
	int err;

	if (!(file->f_mode & (writes ? FMODE_WRITE : FMODE_READ)))
		return -EBADF;
	if (!file->f_op || !(writes ? file->f_op->write_iter : file->f_op->read_iter))
		return -EINVAL;
	if (pos && *pos < 0)
		return -EINVAL;
	iov_iter_truncate(iter, MAX_RW_COUNT);
	init_sync_kiocb(&kiocb, file);
	err = kiocb_set_rw_flags(&kiocb, flags);
	if (err)
		return err;
	kiocb.ki_pos = pos ? *pos : 0;
	done = writes ? call_write_iter(file, &kiocb, iter) : call_read_iter(file, &kiocb, iter);
	if (pos)
		*pos = kiocb.ki_pos;
	return done;
}

ssize_t vfs_iter_read(struct file *file, struct iov_iter *iter, loff_t *ppos, rwf_t flags)
{
	return iov_iter_rw(iter) == READ ? call_iter(file, iter, ppos, flags) : -EINVAL;
}

ssize_t vfs_iter_write(struct file *file, struct iov_iter *iter, loff_t *ppos, rwf_t flags)
{
	return iov_iter_rw(iter) == WRITE ? call_iter(file, iter, ppos, flags) : -EINVAL;
}

/* @pos moves on by what was read or written, and else stays. */
static ssize_t call_kvec(struct file *file, struct iov_iter *iter, loff_t *pos)
{
	loff_t at = pos ? *pos : 0;
	ssize_t done = call_iter(file, iter, &at, 0);

	if (pos && done > 0)
		*pos = at;
	return done;
}

ssize_t kernel_read(struct file *file, void *buf, size_t count, loff_t *pos)
{
	struct kvec vec = {.iov_base = buf, .iov_len = count};
	struct iov_iter iter;

	if (WARN_ON_ONCE(!(file->f_mode & FMODE_READ)))
		return -EINVAL;
	iov_iter_kvec(&iter, ITER_DEST, &vec, 1, count);
	return call_kvec(file, &iter, pos);
}

ssize_t kernel_write(struct file *file, const void *buf, size_t count, loff_t *pos)
{
	struct kvec vec = {.iov_base = (void *)(unsigned long)buf, .iov_len = count};
	struct iov_iter iter;

	iov_iter_kvec(&iter, ITER_SOURCE, &vec, 1, count);
	return call_kvec(file, &iter, pos);
}

int vfs_fsync_range(struct file *file, loff_t start, loff_t end, int datasync)
{
	if (!file->f_op || !file->f_op->fsync)
		return -EINVAL;
	return file->f_op->fsync(file, start, end, datasync);
}

int vfs_fsync(struct file *file, int datasync)
{
	return vfs_fsync_range(file, 0, LLONG_MAX, datasync);
}

/* ---- Places ------------------------------------------------------------------------------------------ */

loff_t vfs_llseek(struct file *file, loff_t offset, int whence)
{
	if (!(file->f_mode & FMODE_LSEEK) || !file->f_op || !file->f_op->llseek)
		return -ESPIPE;
	return file->f_op->llseek(file, offset, whence);
}

loff_t vfs_setpos(struct file *file, loff_t offset, loff_t maxsize)
{
	if (offset < 0 || offset > maxsize)
		return -EINVAL;
	file->f_pos = offset;
	return offset;
}

loff_t generic_file_llseek_size(struct file *file, loff_t offset, int whence, loff_t maxsize,
				loff_t eof)
{
	loff_t base = 0;

	switch (whence) {
	case SEEK_CUR:
		if (!offset)
			return file->f_pos;
		base = file->f_pos;
		break;
	case SEEK_END:
		base = eof;
		break;
	case SEEK_DATA:
	case SEEK_HOLE:
		if (offset < 0 || offset >= eof)
			return -ENXIO;
		if (whence == SEEK_HOLE)
			offset = eof;
		break;
	default:
		break;
	}
	/* What is past all that is wraps to below 0. */
	return vfs_setpos(file, (loff_t)((u64)base + (u64)offset), maxsize);
}

loff_t generic_file_llseek(struct file *file, loff_t offset, int whence)
{
	struct inode *inode = file->f_mapping->host;

	return generic_file_llseek_size(file, offset, whence, inode_maxbytes(inode),
					i_size_read(inode));
}

loff_t fixed_size_llseek(struct file *file, loff_t offset, int whence, loff_t size)
{
	switch (whence) {
	case SEEK_SET:
	case SEEK_CUR:
	case SEEK_END:
		return generic_file_llseek_size(file, offset, whence, size, size);
	default:
		return -EINVAL;
	}
}

loff_t noop_llseek(struct file *file, loff_t offset, int whence)
{
	(void)offset, (void)whence;
	return file->f_pos;
}

/* ---- Two mappings ------------------------------------------------------------------------------------ */

void filemap_invalidate_lock_two(struct address_space *mapping1, struct address_space *mapping2)
{
	if (mapping1 > mapping2)
		swap(mapping1, mapping2);
	if (mapping1)
		filemap_invalidate_lock(mapping1);
	if (mapping2 && mapping2 != mapping1)
		filemap_invalidate_lock(mapping2);
}

void filemap_invalidate_unlock_two(struct address_space *mapping1, struct address_space *mapping2)
{
	if (mapping1)
		filemap_invalidate_unlock(mapping1);
	if (mapping2 && mapping2 != mapping1)
		filemap_invalidate_unlock(mapping2);
}
