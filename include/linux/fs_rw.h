/* SPDX-License-Identifier: MIT */
/*
 * Reading and writing files through the page cache, and past it.
 *
 *   kernel_read()    read_iter    generic_file_read_iter() ──► filemap_read() ──► read_folio
 *   kernel_write() ► write_iter ► generic_file_write_iter() ─► generic_perform_write()
 *                                   └► __generic_file_write_iter()  └► write_begin, write_end
 *                                        └► IOCB_DIRECT: generic_file_direct_write() ─► direct_IO
 *
 * A file system sets file_operations, mostly these generic ones, and its mapping's
 * address_space_operations (linux/fs.h).
 *
 * Owns:       nothing; a kiocb is its user's until the read or write has ended.
 * Invariants: nothing is read past i_size; write_end() moves it.
 * Lifetime:   from pagecache_init() on. The mapping has a host and a_ops, the file its f_ra
 *             from file_ra_state_init().
 * Locking:    who writes has inode_lock(), but for the calls that take it themselves; who reads
 *             needs none. A file's f_pos and f_ra are one user's at a time.
 * Units:      bytes.
 * Failure:    -errno where nothing was read or written, else how many bytes were.
 * Source:     Linux 6.1's fs.h, filemap.c, read_write.c, libfs.c. A file may be as large as its
 *             inode's i_sb says, without O_LARGEFILE; there are no processes with limits of their
 *             own, no times and rights that a write changes, and no signals.
 */
#ifndef _LINUX_FS_RW_H
#define _LINUX_FS_RW_H

#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/uio.h>

struct module;
struct wait_page_queue;

/* Of f_mode. */
#define FMODE_READ	  0x1U
#define FMODE_WRITE	  0x2U
#define FMODE_LSEEK	  0x4U
#define FMODE_PREAD	  0x8U
#define FMODE_PWRITE	  0x10U
#define FMODE_RANDOM	  0x1000U  /* read here and there: nothing is read ahead */
#define FMODE_CAN_READ	  0x20000U /* f_op has read_iter */
#define FMODE_CAN_WRITE	  0x40000U /* f_op has write_iter */
#define FMODE_CAN_ODIRECT 0x400000U
#define FMODE_NOWAIT	  0x8000000U  /* RWF_NOWAIT may be asked for */
#define FMODE_BUF_RASYNC  0x40000000U /* reads honour IOCB_WAITQ */
#define FMODE_BUF_WASYNC  0x80000000U /* buffered writes honour IOCB_NOWAIT */

/* What one read or write is told beyond its kiocb. */
typedef int rwf_t;

#define RWF_HIPRI     0x1
#define RWF_DSYNC     0x2
#define RWF_SYNC      0x4
#define RWF_NOWAIT    0x8
#define RWF_APPEND    0x10
#define RWF_SUPPORTED (RWF_HIPRI | RWF_DSYNC | RWF_SYNC | RWF_NOWAIT | RWF_APPEND)

/* The same in ki_flags, */
#define IOCB_HIPRI  RWF_HIPRI
#define IOCB_DSYNC  RWF_DSYNC  /* what was written is written back, too */
#define IOCB_SYNC   RWF_SYNC   /* with DSYNC: and what tells of it */
#define IOCB_NOWAIT RWF_NOWAIT /* -EAGAIN rather than to wait */
#define IOCB_APPEND RWF_APPEND /* at i_size, wherever ki_pos is */
/* and others. */
#define IOCB_EVENTFD	 (1 << 16)
#define IOCB_DIRECT	 (1 << 17) /* past the cache */
#define IOCB_WRITE	 (1 << 18)
#define IOCB_WAITQ	 (1 << 19) /* -EIOCBQUEUED rather than to wait: ki_waitq is told */
#define IOCB_NOIO	 (1 << 20) /* -EAGAIN rather than to read what is not cached */
#define IOCB_ALLOC_CACHE (1 << 21)
#define IOCB_AIO_RW	 (1 << 23)

/* One read or write. */
struct kiocb {
	struct file *ki_filp;
	loff_t ki_pos; /* moved on by what was read or written */
	void (*ki_complete)(struct kiocb *iocb, long ret); /* NULL: the caller waits */
	void *private;
	int ki_flags; /* IOCB_* */
	u16 ki_ioprio;
	struct wait_page_queue *ki_waitq; /* linux/pagemap_wait.h, its function set */
};

struct file_operations {
	struct module *owner; /* nobody looks at it */
	loff_t (*llseek)(struct file *file, loff_t offset, int whence);
	ssize_t (*read_iter)(struct kiocb *iocb, struct iov_iter *to);
	ssize_t (*write_iter)(struct kiocb *iocb, struct iov_iter *from);
	int (*open)(struct inode *inode, struct file *file);
	int (*release)(struct inode *inode, struct file *file);
	/* Writes back what is dirty from @start to @end, the last byte, and waits for it. */
	int (*fsync)(struct file *file, loff_t start, loff_t end, int datasync);
};

/* ---- Making a kiocb ---------------------------------------------------------------------------- */

/* What a file's f_flags mean for each of its kiocbs: who opens it sets f_iocb_flags to this. */
static inline int iocb_flags(struct file *file)
{
	int flags = 0;

	if (file->f_flags & O_APPEND)
		flags |= IOCB_APPEND;
	if (file->f_flags & O_DIRECT)
		flags |= IOCB_DIRECT;
	if (file->f_flags & O_DSYNC)
		flags |= IOCB_DSYNC;
	if (file->f_flags & __O_SYNC)
		flags |= IOCB_SYNC;
	return flags;
}

/* One that waits, at byte 0. */
static inline void init_sync_kiocb(struct kiocb *kiocb, struct file *filp)
{
	*kiocb = (struct kiocb){.ki_filp = filp, .ki_flags = filp->f_iocb_flags};
}

static inline void kiocb_clone(struct kiocb *kiocb, struct kiocb *kiocb_src, struct file *filp)
{
	*kiocb = (struct kiocb){.ki_filp = filp,
				.ki_flags = kiocb_src->ki_flags,
				.ki_ioprio = kiocb_src->ki_ioprio,
				.ki_pos = kiocb_src->ki_pos};
}

static inline bool is_sync_kiocb(struct kiocb *kiocb)
{
	return !kiocb->ki_complete;
}

/* Adds what @flags mean. 0, or -EOPNOTSUPP. */
static inline int kiocb_set_rw_flags(struct kiocb *ki, rwf_t flags)
{
	BUILD_BUG_ON(RWF_SUPPORTED & IOCB_EVENTFD);
	if (flags & ~RWF_SUPPORTED)
		return -EOPNOTSUPP;
	if ((flags & RWF_NOWAIT) && !(ki->ki_filp->f_mode & FMODE_NOWAIT))
		return -EOPNOTSUPP;
	ki->ki_flags |= flags;
	if (flags & RWF_NOWAIT)
		ki->ki_flags |= IOCB_NOIO;
	if (flags & RWF_SYNC)
		ki->ki_flags |= IOCB_DSYNC;
	return 0;
}

/* ---- Reading -------------------------------------------------------------------------------------- */

/*
 * Copies what is cached from ki_pos on, and reads what is not, up to i_size or the end of @to.
 * @already_read is added to what is returned. 0: at the end of the file. Where nothing was read:
 * -EAGAIN and -EIOCBQUEUED as ki_flags say, -ENOMEM, -EFAULT, -EIO or read_folio()'s.
 */
ssize_t filemap_read(struct kiocb *iocb, struct iov_iter *iter, ssize_t already_read);

/* The same, for read_iter. With IOCB_DIRECT by direct_IO(), and what that leaves as above. */
ssize_t generic_file_read_iter(struct kiocb *iocb, struct iov_iter *iter);

/* ---- Writing -------------------------------------------------------------------------------------- */

/*
 * Where may this write go, and how much of it? IOCB_APPEND sets ki_pos; *@count, or the iterator,
 * is cut at what i_sb permits. The bytes, 0 for the second form; -EFBIG: none; -EINVAL: this kind
 * of write cannot but wait.
 */
ssize_t generic_write_checks(struct kiocb *iocb, struct iov_iter *from);
int generic_write_checks_count(struct kiocb *iocb, loff_t *count);
int generic_write_check_limits(struct file *file, loff_t pos, loff_t *count);

/*
 * Writes into the cache, page by page, between write_begin() and write_end(). ki_pos stays: the
 * caller moves it on. How many bytes, or the error of the first page.
 */
ssize_t generic_perform_write(struct kiocb *iocb, struct iov_iter *iter);

/*
 * Writes by direct_IO(), and drops what is cached of that before and after. 0 where something
 * that is cached cannot be dropped: to be written through the cache.
 */
ssize_t generic_file_direct_write(struct kiocb *iocb, struct iov_iter *from);

/*
 * Its two halves: 0, -EAGAIN (IOCB_NOWAIT), -EBUSY or an error of writing back; and what was read
 * into the cache meanwhile.
 */
int kiocb_invalidate_pages(struct kiocb *iocb, size_t count);
void kiocb_invalidate_post_direct_write(struct kiocb *iocb, size_t count);

/*
 * A direct write of @direct_written bytes left some, which were written through the cache, and
 * end at ki_pos: @buffered_written, or an error. Writes them back, and drops them. The sum.
 */
ssize_t direct_write_fallback(struct kiocb *iocb, struct iov_iter *iter, ssize_t direct_written,
			      ssize_t buffered_written);

/* The one or the other, as ki_flags say; ki_pos moves on. Checked and locked by the caller. */
ssize_t __generic_file_write_iter(struct kiocb *iocb, struct iov_iter *from);

/* All of it, for write_iter: the inode's lock, checks, the write, generic_write_sync(). */
ssize_t generic_file_write_iter(struct kiocb *iocb, struct iov_iter *from);

/* Before i_size becomes @offset. -EINVAL: it is below 0; -EFBIG: it grows past what i_sb permits. */
int inode_newsize_ok(const struct inode *inode, loff_t offset);

/* f_op->fsync() of a part, of all. -EINVAL: there is none. */
int vfs_fsync_range(struct file *file, loff_t start, loff_t end, int datasync);
int vfs_fsync(struct file *file, int datasync);

static inline bool iocb_is_dsync(const struct kiocb *iocb)
{
	return (iocb->ki_flags & IOCB_DSYNC) || IS_SYNC(iocb->ki_filp->f_mapping->host);
}

/* After @count bytes were written up to ki_pos. @count, or the error of writing them back. */
static inline ssize_t generic_write_sync(struct kiocb *iocb, ssize_t count)
{
	int err = 0;

	if (iocb_is_dsync(iocb))
		err = vfs_fsync_range(iocb->ki_filp, iocb->ki_pos - count, iocb->ki_pos - 1,
				      !(iocb->ki_flags & IOCB_SYNC));
	return err ?: count;
}

/* Inodes have no times and no rights. */
static inline void file_accessed(struct file *file)
{
	(void)file;
}

static inline int file_update_time(struct file *file)
{
	(void)file;
	return 0;
}

static inline int file_remove_privs(struct file *file)
{
	(void)file;
	return 0;
}

static inline int file_modified(struct file *file)
{
	return file_remove_privs(file) ?: file_update_time(file);
}

static inline int kiocb_modified(struct kiocb *iocb)
{
	return file_modified(iocb->ki_filp);
}

/* ---- By a file's operations ------------------------------------------------------------------------- */

static inline ssize_t call_read_iter(struct file *file, struct kiocb *kio, struct iov_iter *iter)
{
	return file->f_op->read_iter(kio, iter);
}

static inline ssize_t call_write_iter(struct file *file, struct kiocb *kio, struct iov_iter *iter)
{
	return file->f_op->write_iter(kio, iter);
}

/*
 * Reads or writes up to @count bytes at *@pos, which moves on; NULL: at byte 0. -EBADF: f_mode does
 * not permit to write; -EINVAL: to read, or f_op does not have it, or *@pos is below 0.
 */
ssize_t kernel_read(struct file *file, void *buf, size_t count, loff_t *pos);
ssize_t kernel_write(struct file *file, const void *buf, size_t count, loff_t *pos);

/* The same of an iterator, but for -EBADF where f_mode does not permit to read. */
ssize_t vfs_iter_read(struct file *file, struct iov_iter *iter, loff_t *ppos, rwf_t flags);
ssize_t vfs_iter_write(struct file *file, struct iov_iter *iter, loff_t *ppos, rwf_t flags);

/* f_op->llseek(): the new place. -ESPIPE: there is none. */
loff_t vfs_llseek(struct file *file, loff_t offset, int whence);

#define no_llseek NULL

/* f_pos becomes @offset. -EINVAL: below 0, or past @maxsize. */
loff_t vfs_setpos(struct file *file, loff_t offset, loff_t maxsize);

/*
 * For llseek: from the start, f_pos or the end, at @eof; SEEK_DATA and SEEK_HOLE take all but the
 * end for data. -ENXIO: these from the end on. The second form's end is i_size; the last one's
 * f_pos stays.
 */
loff_t generic_file_llseek_size(struct file *file, loff_t offset, int whence, loff_t maxsize,
				loff_t eof);
loff_t generic_file_llseek(struct file *file, loff_t offset, int whence);
loff_t fixed_size_llseek(struct file *file, loff_t offset, int whence, loff_t size);
loff_t noop_llseek(struct file *file, loff_t offset, int whence);

/* ---- Files that are nowhere but in the cache -------------------------------------------------------- */

/*
 * Reads are zeroes, writes stay. For mappings that are mapping_set_unevictable(): their pages
 * are dirty, and neither counted as such nor written.
 */
extern const struct address_space_operations ram_aops;

/* write_begin of these: a page that is not up to date is cleared but for what will be written. */
int simple_write_begin(struct file *file, struct address_space *mapping, loff_t pos,
		       unsigned int len, struct page **pagep, void **fsdata);

/* Can a file system of so many blocks be told in sectors, and be cached? -EFBIG; -EINVAL: their size. */
int generic_check_addressable(unsigned int blocksize_bits, u64 num_blocks);

/* For open: each file may be large. */
static inline int generic_file_open(struct inode *inode, struct file *filp)
{
	(void)inode, (void)filp;
	return 0;
}

/* fsync of these: 0. direct_IO of who has none, and opens files with O_DIRECT: -EINVAL. */
int noop_fsync(struct file *file, loff_t start, loff_t end, int datasync);
ssize_t noop_direct_IO(struct kiocb *iocb, struct iov_iter *iter);

#endif /* _LINUX_FS_RW_H */
