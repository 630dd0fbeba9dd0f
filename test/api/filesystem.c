// SPDX-License-Identifier: MIT
/* A file system whose files lie in memory of its own, and one whose files are pages alone. */
#include <linux/bvec.h>
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uio.h>
#include <linux/writeback.h>

struct memfs_inode {
	struct inode vfs_inode;
	char *blocks;
	loff_t room;
};

static struct memfs_inode *MEMFS_I(struct inode *inode)
{
	return container_of(inode, struct memfs_inode, vfs_inode);
}

static int memfs_read_folio(struct file *file, struct folio *folio)
{
	struct memfs_inode *mi = MEMFS_I(folio_inode(folio));
	struct iov_iter iter;
	struct bio_vec bvec;

	bvec_set_page(&bvec, folio_page(folio, 0), folio_size(folio), 0);
	iov_iter_bvec(&iter, ITER_DEST, &bvec, 1, folio_size(folio));
	if (copy_to_iter(mi->blocks + folio_pos(folio), folio_size(folio), &iter) !=
	    folio_size(folio)) {
		folio_set_error(folio);
		folio_unlock(folio);
		return -EIO;
	}
	folio_mark_uptodate(folio);
	folio_unlock(folio);
	if (file)
		file_accessed(file);
	return 0;
}

static int memfs_write_begin(struct file *file, struct address_space *mapping, loff_t pos,
			     unsigned len, struct page **pagep, void **fsdata)
{
	struct page *page;

	if (pos + len > MEMFS_I(mapping->host)->room)
		return -ENOSPC;
	page = grab_cache_page_write_begin(mapping, pos >> PAGE_SHIFT);
	if (!page)
		return -ENOMEM;
	if (!PageUptodate(page) && len != PAGE_SIZE) {
		unsigned from = pos & (PAGE_SIZE - 1);

		zero_user_segments(page, 0, from, from + len, PAGE_SIZE);
	}
	*fsdata = file->private_data;
	*pagep = page;
	return 0;
}

static int memfs_write_end(struct file *file, struct address_space *mapping, loff_t pos,
			   unsigned len, unsigned copied, struct page *page, void *fsdata)
{
	struct inode *inode = mapping->host;
	loff_t last_pos = pos + copied;

	if (copied < len && !PageUptodate(page))
		copied = 0;
	else
		SetPageUptodate(page);
	if (copied && last_pos > inode->i_size) {
		i_size_write(inode, last_pos);
		pagecache_isize_extended(inode, pos, last_pos);
	}
	set_page_dirty(page);
	unlock_page(page);
	put_page(page);
	return fsdata == file->private_data ? (int)copied : -EIO;
}

static ssize_t memfs_direct_IO(struct kiocb *iocb, struct iov_iter *iter)
{
	struct memfs_inode *mi = MEMFS_I(file_inode(iocb->ki_filp));
	size_t count = iov_iter_count(iter), start;
	struct page **pages;
	ssize_t got;

	if (!iov_iter_is_aligned(iter, 511, 511) || iter_is_iovec(iter))
		return -EINVAL;
	if (iov_iter_rw(iter) == WRITE)
		return copy_from_iter_full(mi->blocks + iocb->ki_pos, count, iter) ? (ssize_t)count
										   : -EIO;
	got = iov_iter_get_pages_alloc2(iter, &pages, count, &start);
	if (got < 0)
		return got;
	for (size_t i = 0; i < DIV_ROUND_UP(start + (size_t)got, PAGE_SIZE); i++)
		put_page(pages[i]);
	kvfree(pages);
	iov_iter_revert(iter, (size_t)got);
	return (ssize_t)copy_to_iter(mi->blocks + iocb->ki_pos, count, iter);
}

static bool memfs_is_partially_uptodate(struct folio *folio, size_t from, size_t count)
{
	return folio_test_checked(folio) && from + count <= i_blocksize(folio_inode(folio));
}

static sector_t memfs_bmap(struct address_space *mapping, sector_t block)
{
	return block << (mapping->host->i_blkbits - 9);
}

static void memfs_is_dirty_writeback(struct folio *folio, bool *dirty, bool *wb)
{
	*dirty = folio_test_dirty(folio);
	*wb = folio_test_private_2(folio);
}

static int memfs_swap_activate(struct swap_info_struct *sis, struct file *file, sector_t *span)
{
	*span = 0;
	return sis && file ? -EINVAL : 0;
}

const struct address_space_operations memfs_aops = {
	.read_folio = memfs_read_folio,
	.write_begin = memfs_write_begin,
	.write_end = memfs_write_end,
	.direct_IO = memfs_direct_IO,
	.is_partially_uptodate = memfs_is_partially_uptodate,
	.dirty_folio = noop_dirty_folio,
	.error_remove_page = generic_error_remove_page,
	.bmap = memfs_bmap,
	.is_dirty_writeback = memfs_is_dirty_writeback,
	.swap_activate = memfs_swap_activate,
};

/* A file that grows by whole blocks of memory, and one that is cut into pages again. */
int memfs_fill(struct inode *inode, pgoff_t index, unsigned int order);
int memfs_fill(struct inode *inode, pgoff_t index, unsigned int order)
{
	struct address_space *mapping = inode->i_mapping;
	struct folio *folio;
	sector_t block = 0;
	int err;

	mapping_set_large_folios(mapping);
	if (order > MAX_PAGECACHE_ORDER || !mapping_large_folio_support(mapping) ||
	    mapping_max_folio_size(mapping) < HPAGE_PMD_SIZE)
		return -EINVAL;
	folio = filemap_alloc_folio(mapping_gfp_mask(mapping), order);
	if (!folio)
		return -ENOMEM;
	err = filemap_add_folio(mapping, folio, round_down(index, 1UL << order), GFP_KERNEL);
	if (err)
		goto put;
	VM_BUG_ON_FOLIO(!folio_contains(folio, index), folio);
	folio_zero_range(folio, 0, folio_size(folio));
	folio_mark_uptodate(folio);
	folio_mark_dirty(folio);
	if (IS_ENABLED(CONFIG_TRANSPARENT_HUGEPAGE) && !folio_test_pmd_mappable(folio) &&
	    folio_test_large(folio) && can_split_folio(folio, NULL))
		err = split_huge_page(folio_file_page(folio, index));
	folio_unlock(folio);
	if (!err)
		err = bmap(inode, &block);
put:
	folio_put(folio);
	return err;
}

static ssize_t memfs_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	struct inode *inode = file_inode(iocb->ki_filp);
	ssize_t ret;

	if (iocb->ki_flags & IOCB_NOWAIT) {
		if (!inode_trylock(inode))
			return -EAGAIN;
	} else {
		inode_lock(inode);
	}
	ret = generic_write_checks(iocb, from);
	if (ret <= 0)
		goto unlock;
	ret = file_modified(iocb->ki_filp);
	if (ret)
		goto unlock;
	ret = generic_perform_write(iocb, from);
	if (ret > 0)
		iocb->ki_pos += ret;
unlock:
	inode_unlock(inode);
	return ret > 0 ? generic_write_sync(iocb, ret) : ret;
}

static int memfs_fsync(struct file *file, loff_t start, loff_t end, int datasync)
{
	int err = file_write_and_wait_range(file, start, end);

	return datasync ? err : err ?: file_check_and_advance_wb_err(file);
}

static int memfs_open(struct inode *inode, struct file *file)
{
	file->f_mode |= FMODE_NOWAIT | FMODE_BUF_WASYNC;
	file->private_data = inode->i_private;
	return 0;
}

const struct file_operations memfs_file_operations = {
	.llseek = generic_file_llseek,
	.read_iter = generic_file_read_iter,
	.write_iter = memfs_write_iter,
	.open = memfs_open,
	.fsync = memfs_fsync,
};

const struct file_operations ramfs_file_operations = {
	.read_iter = generic_file_read_iter,
	.write_iter = generic_file_write_iter,
	.fsync = noop_fsync,
	.llseek = generic_file_llseek,
	.open = generic_file_open,
};

void ramfs_get_inode(struct super_block *sb, struct inode *inode);
void ramfs_get_inode(struct super_block *sb, struct inode *inode)
{
	inode_init_once(inode);
	sb->s_maxbytes = MAX_LFS_FILESIZE;
	inode->i_sb = sb;
	inode->i_mapping->a_ops = &ram_aops;
	mapping_set_gfp_mask(inode->i_mapping, GFP_HIGHUSER);
	if (generic_check_addressable(inode->i_blkbits, 1ULL << 40))
		inode_nohighmem(inode);
	mapping_set_unevictable(inode->i_mapping);
}

int memfs_setsize(struct inode *inode, loff_t size);
int memfs_setsize(struct inode *inode, loff_t size)
{
	int err = inode_newsize_ok(inode, size);

	if (err)
		return err;
	inode_lock(inode);
	filemap_invalidate_lock(inode->i_mapping);
	truncate_setsize(inode, size);
	filemap_invalidate_unlock(inode->i_mapping);
	inode_unlock(inode);
	return balance_dirty_pages_ratelimited_flags(inode->i_mapping, BDP_ASYNC);
}

/* A backing file in pieces, as a loop device has it. */
ssize_t lo_rw(struct file *file, struct bio_vec *bvec, struct bvec_iter bi, loff_t pos,
	      bool writes);
ssize_t lo_rw(struct file *file, struct bio_vec *bvec, struct bvec_iter bi, loff_t pos, bool writes)
{
	struct bvec_iter iter;
	struct iov_iter i;
	struct bio_vec bv;
	ssize_t done, sum = 0;

	for_each_bvec(bv, bvec, iter, bi)
	{
		iov_iter_bvec(&i, writes ? ITER_SOURCE : ITER_DEST, &bv, 1, bv.bv_len);
		done = writes ? vfs_iter_write(file, &i, &pos, 0)
			      : vfs_iter_read(file, &i, &pos, 0);
		if (done < 0)
			return done;
		sum += done;
		if (done != bv.bv_len) {
			memzero_bvec(&bv);
			break;
		}
	}
	return sum;
}

/* A network's answer that is handed on in two pieces, and asked for again where it was cut. */
int recv_answer(struct iov_iter *to, struct page *page, void *header, size_t len);
int recv_answer(struct iov_iter *to, struct page *page, void *header, size_t len)
{
	struct iov_iter_state state;
	struct kvec kvec = {.iov_base = header, .iov_len = len};
	struct iov_iter from;

	iov_iter_save_state(to, &state);
	iov_iter_kvec(&from, ITER_SOURCE, &kvec, 1, len);
	if (!copy_from_iter_full(page_address(page), min(len, PAGE_SIZE), &from))
		return -EFAULT;
	if (copy_page_to_iter(page, 0, len, to) != len) {
		iov_iter_restore(to, &state);
		return -EAGAIN;
	}
	iov_iter_truncate(to, 512);
	iov_iter_zero(iov_iter_count(to) % 16, to);
	return iov_iter_npages(to, INT_MAX) + (int)iov_iter_single_seg_count(to);
}

loff_t read_config(struct file *file, char **text);
loff_t read_config(struct file *file, char **text)
{
	loff_t pos = 0, size = i_size_read(file_inode(file));
	ssize_t done;

	*text = kvmalloc(size + 1, GFP_KERNEL);
	if (!*text)
		return -ENOMEM;
	while (pos < size) {
		done = kernel_read(file, *text + pos, size - pos, &pos);
		if (done <= 0)
			break;
	}
	(*text)[pos] = '\0';
	return vfs_llseek(file, pos, SEEK_SET);
}
