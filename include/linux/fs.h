/* SPDX-License-Identifier: MIT */
/*
 * Files as far as the page cache knows them: mappings and their operations. There is no file
 * system: an inode and a file are their user's, who sets the fields that he needs.
 *
 * Owns:       nothing; a mapping's pages are the cache's (linux/pagemap.h).
 * Invariants: what is not set is 0. An inode's i_mapping leads to its i_data, or to that of
 *             another one.
 * Lifetime:   its user's, who truncates a mapping before it goes.
 * Locking:    i_size and what its user adds are for its user to lock.
 * Units:      i_size, positions: bytes. Indices: pages.
 * Failure:    of operations: -errno.
 * Source:     Linux 6.1's fs.h and vfs.rst: the fields and operations that the cache looks at.
 */
#ifndef _LINUX_FS_H
#define _LINUX_FS_H

#include <linux/errseq.h>
#include <linux/gfp.h>
#include <linux/migrate_mode.h>
#include <linux/mm_types.h>
#include <linux/rwsem.h>
#include <linux/seqlock.h>
#include <linux/types.h>
#include <linux/xarray.h>

typedef unsigned long pgoff_t;

struct file;
struct file_operations;
struct inode;
struct iov_iter;
struct kiocb;
struct page;
struct readahead_control;
struct swap_info_struct;
struct writeback_control;
struct address_space;

/* Those that are NULL are not asked, or the cache's own is used. */
struct address_space_operations {
	/*
	 * Writes the locked page, which was dirty until now, and unlocks it. If the write
	 * goes on after that, between set_page_writeback() before and end_page_writeback()
	 * at its end. 0, -errno, or AOP_WRITEPAGE_ACTIVATE; contents not written are made
	 * dirty again first. NULL: reclaim leaves what is dirty.
	 */
	int (*writepage)(struct page *page, struct writeback_control *wbc);

	/*
	 * Fills the locked folio from where its contents lie, sets PG_uptodate if that
	 * went well, and unlocks it, now or later. 0 or -errno.
	 */
	int (*read_folio)(struct file *file, struct folio *folio);

	/* Writes dirty pages of the range that @wbc says: see write_cache_pages(). */
	int (*writepages)(struct address_space *mapping, struct writeback_control *wbc);

	/* The locked folio was written to; true if it was clean. Calls filemap_dirty_folio(). */
	bool (*dirty_folio)(struct address_space *mapping, struct folio *folio);

	/*
	 * @len bytes from @offset on of the locked folio, which has private data, are to be
	 * forgotten; the folio itself if that is all of it: then the data must go, too.
	 */
	void (*invalidate_folio)(struct folio *folio, size_t offset, size_t len);

	/*
	 * The locked folio, which has private data, is clean and would be dropped: true if the
	 * data are detached now. @gfp: what it may wait for.
	 */
	bool (*release_folio)(struct folio *folio, gfp_t gfp);

	/* The locked folio has left the cache, its mapping may be gone. Must not wait. */
	void (*free_folio)(struct folio *folio);

	/*
	 * @dst takes the place of @src, both locked: calls folio_migrate_mapping() or what calls
	 * it (linux/migrate.h), and moves the private data. With MIGRATE_ASYNC it must not wait.
	 * 0; -EAGAIN: it may work in a moment; -errno. NULL: as migrate_folio() does it, if
	 * release_folio() lets the data go.
	 */
	int (*migrate_folio)(struct address_space *mapping, struct folio *dst, struct folio *src,
			     enum migrate_mode mode);

	/* Writes the locked folio, which is dirty and is to be dropped, and leaves it locked. */
	int (*launder_folio)(struct folio *folio);

	/* Reads what readahead_folio() gives, and unlocks each: linux/pagemap.h. */
	void (*readahead)(struct readahead_control *rac);

	/*
	 * Before @len bytes are written at @pos, which lie in one page: *@pagep is that page, of
	 * whatever folio, locked and with a reference, and up to date where they are not all of
	 * it. *@fsdata is for write_end(). 0 or -errno.
	 */
	int (*write_begin)(struct file *file, struct address_space *mapping, loff_t pos,
			   unsigned int len, struct page **pagep, void **fsdata);

	/*
	 * After @copied of them were, always: makes the page dirty, unlocks and puts it, and
	 * moves i_size. How many of the bytes it takes, 0 where they were too few, or -errno.
	 */
	int (*write_end)(struct file *file, struct address_space *mapping, loff_t pos,
			 unsigned int len, unsigned int copied, struct page *page, void *fsdata);

	/* Reads or writes (iov_iter_rw()) at ki_pos past the cache. Bytes or -errno. */
	ssize_t (*direct_IO)(struct kiocb *iocb, struct iov_iter *iter);

	/* Is this part of a folio up to date, of blocks that are smaller? */
	bool (*is_partially_uptodate)(struct folio *folio, size_t from, size_t count);

	/*
	 * The locked page is bad memory, and to be forgotten: generic_error_remove_page() (linux/mm.h)
	 * is one. 0, or -errno: it is kept. NULL: it is truncated.
	 */
	int (*error_remove_page)(struct address_space *mapping, struct page *page);

	/* Where block @block of the inode lies: for bmap() alone. */
	sector_t (*bmap)(struct address_space *mapping, sector_t block);

	/*
	 * Asked by nobody: there is no swap, and reclaim, which would choose between waiting and
	 * waking others who write, has nobody to wake.
	 */
	int (*swap_activate)(struct swap_info_struct *sis, struct file *file, sector_t *span);
	void (*swap_deactivate)(struct file *file);
	int (*swap_rw)(struct kiocb *iocb, struct iov_iter *iter);
	void (*is_dirty_writeback)(struct folio *folio, bool *dirty, bool *wb);
};

struct address_space {
	struct inode *host; /* NULL: none */
	struct xarray i_pages;
	struct rw_semaphore invalidate_lock; /* filemap_invalidate_lock() */
	unsigned long nrpages;		     /* under i_pages' lock */
	const struct address_space_operations *a_ops;
	gfp_t gfp_mask;		       /* for its pages */
	unsigned long flags;	       /* enum mapping_flags */
	unsigned long writeback_index; /* where writing in turns goes on */
	errseq_t wb_err;
	void *private_data;
};

/* Marks in i_pages. */
#define PAGECACHE_TAG_DIRTY	XA_MARK_0
#define PAGECACHE_TAG_WRITEBACK XA_MARK_1
#define PAGECACHE_TAG_TOWRITE	XA_MARK_2 /* dirty when a write of all began */

static inline bool mapping_tagged(struct address_space *mapping, xa_mark_t tag)
{
	return xa_marked(&mapping->i_pages, tag);
}

/* Places are told from the start, from where one is, from the end; what is looked for. */
#define SEEK_SET  0
#define SEEK_CUR  1
#define SEEK_END  2
#define SEEK_DATA 3
#define SEEK_HOLE 4

#define MAX_LFS_FILESIZE ((loff_t)LLONG_MAX)
#define MAX_RW_COUNT	 (INT_MAX & PAGE_MASK) /* the most bytes at once */

struct super_block {
	loff_t s_maxbytes; /* of one file: MAX_LFS_FILESIZE at the most */
	void *s_fs_info;
};

struct inode {
	struct address_space *i_mapping;
	struct address_space i_data;
	struct rw_semaphore i_rwsem; /* inode_lock(): who writes has it */
	struct super_block *i_sb;    /* NULL: nothing bounds its size */
	loff_t i_size;
	unsigned int i_flags; /* S_* */
	u8 i_blkbits;	      /* log2 of its blocks' bytes */
	void *i_private;
};

#define S_SYNC	       (1 << 0) /* what is written is written back at once */
#define IS_SYNC(inode) ((inode)->i_flags & S_SYNC)

/* Its mapping becomes i_data, empty, with pages as blocks, and everything else 0. */
void inode_init_once(struct inode *inode);

static inline loff_t i_size_read(const struct inode *inode)
{
	return READ_ONCE(inode->i_size);
}

static inline void i_size_write(struct inode *inode, loff_t i_size)
{
	WRITE_ONCE(inode->i_size, i_size);
}

static inline unsigned int i_blocksize(const struct inode *inode)
{
	return 1U << inode->i_blkbits;
}

/* Its pages have an address for ever. */
static inline void inode_nohighmem(struct inode *inode)
{
	inode->i_mapping->gfp_mask = GFP_USER;
}

/* How one reader of a file goes about it. */
struct file_ra_state {
	pgoff_t start;		 /* of what was asked for last */
	unsigned int size;	 /* of that, pages */
	unsigned int async_size; /* with so many left the next are asked for */
	unsigned int ra_pages;	 /* the most at once; 0: none are read ahead */
	unsigned int mmap_miss;
	loff_t prev_pos; /* where the last read ended; -1: none was */
};

struct file {
	struct address_space *f_mapping;
	struct inode *f_inode;
	const struct file_operations *f_op; /* linux/fs_rw.h, as the next three */
	unsigned int f_flags;		    /* O_* */
	fmode_t f_mode;			    /* FMODE_* */
	int f_iocb_flags;		    /* iocb_flags(), for each kiocb */
	loff_t f_pos;
	struct file_ra_state f_ra;
	errseq_t f_wb_err; /* the last error that it was told of: filemap_sample_wb_err() */
	void *private_data;
};

static inline struct inode *file_inode(const struct file *file)
{
	return file->f_inode;
}

/* Where block *@block of @inode lies, in its place: 0, none is there. -EINVAL: it is not known. */
int bmap(struct inode *inode, sector_t *block);

/* Is it a page that @ra has asked for? */
static inline int ra_has_index(struct file_ra_state *ra, pgoff_t index)
{
	return index >= ra->start && index < ra->start + ra->size;
}

/* The error that a write ended with since @file was told last, or 0; it is told now. */
int file_check_and_advance_wb_err(struct file *file);

/*
 * Writes what is dirty from @lstart to @lend, the last byte, and waits for it; the second form
 * only waits. 0, or the error that @file has not been told of. file->f_lock on Linux: one at
 * a time.
 */
int file_write_and_wait_range(struct file *file, loff_t lstart, loff_t lend);
int file_fdatawait_range(struct file *file, loff_t lstart, loff_t lend);

/* ---- Locks ---------------------------------------------------------------------------------- */

static inline void inode_lock(struct inode *inode)
{
	down_write(&inode->i_rwsem);
}

static inline void inode_unlock(struct inode *inode)
{
	up_write(&inode->i_rwsem);
}

static inline void inode_lock_shared(struct inode *inode)
{
	down_read(&inode->i_rwsem);
}

static inline void inode_unlock_shared(struct inode *inode)
{
	up_read(&inode->i_rwsem);
}

static inline int inode_trylock(struct inode *inode)
{
	return down_write_trylock(&inode->i_rwsem);
}

static inline int inode_trylock_shared(struct inode *inode)
{
	return down_read_trylock(&inode->i_rwsem);
}

static inline int inode_is_locked(struct inode *inode)
{
	return rwsem_is_locked(&inode->i_rwsem);
}

#define inode_lock_nested(inode, subclass)	  inode_lock(inode)
#define inode_lock_shared_nested(inode, subclass) inode_lock_shared(inode)

/*
 * Who has it keeps pages from being read into the cache, while he drops some and changes where
 * their contents lie; who reads into the cache shares it. Taken after inode_lock(), before page
 * locks.
 */
static inline void filemap_invalidate_lock(struct address_space *mapping)
{
	down_write(&mapping->invalidate_lock);
}

static inline void filemap_invalidate_unlock(struct address_space *mapping)
{
	up_write(&mapping->invalidate_lock);
}

static inline void filemap_invalidate_lock_shared(struct address_space *mapping)
{
	down_read(&mapping->invalidate_lock);
}

static inline int filemap_invalidate_trylock_shared(struct address_space *mapping)
{
	return down_read_trylock(&mapping->invalidate_lock);
}

static inline void filemap_invalidate_unlock_shared(struct address_space *mapping)
{
	up_read(&mapping->invalidate_lock);
}

/* Of two, in an order that is the same for everybody; either may be NULL, or both the same. */
void filemap_invalidate_lock_two(struct address_space *mapping1, struct address_space *mapping2);
void filemap_invalidate_unlock_two(struct address_space *mapping1, struct address_space *mapping2);

#include <linux/fs_rw.h>

/* What comes with this header on Linux. */
#include <linux/ratelimit.h>
#include <asm/byteorder.h>
#include <linux/cache.h>
#include <linux/init.h>
#include <linux/list_lru.h>
#include <linux/llist.h>
#include <linux/lockdep.h>
#include <linux/migrate_mode.h>
#include <linux/mutex.h>
#include <linux/radix-tree.h>
#include <linux/rbtree.h>
#include <linux/rwsem.h>
#include <linux/shrinker.h>
#include <linux/slab.h>
#include <linux/uuid.h>

#endif /* _LINUX_FS_H */
