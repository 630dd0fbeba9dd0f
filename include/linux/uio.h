/* SPDX-License-Identifier: MIT */
/*
 * Iterators over memory that lies in pieces: what a read fills, or a write takes.
 *
 *   kvec, bvec:  |██ done ██|░░|  |░░░░ count ░░░░|      iov_offset: in the first piece
 *                            ^ kvec, bvec: that piece, of nr_segs
 *   xarray:      xarray_start ──► iov_offset ──► count   pages of a mapping, by index
 *
 * Who copies moves the iterator on by what he copied; who takes that back reverts it.
 *
 * Owns:       nothing: neither pieces nor their array. dup_iter()'s copy is its caller's.
 * Invariants: count bytes are left, at most as many as the pieces have.
 * Lifetime:   its user's; the pages of an xarray are in it, and stay, for as long.
 * Locking:    none: an iterator is one user's at a time.
 * Units:      bytes.
 * Failure:    fewer bytes than were asked for; -errno of iov_iter_get_pages2(). To copy in the
 *             wrong direction is warned of, and nothing is copied.
 * Source:     Linux 6.1's uio.h and iov_iter.c. There are no processes, so there is no memory of
 *             theirs to iterate over, and no copy ends early for a fault; there are no pipes.
 */
#ifndef _LINUX_UIO_H
#define _LINUX_UIO_H

#include <linux/kernel.h>
#include <linux/mm_types.h>
#include <linux/thread_info.h>
#include <linux/types.h>

struct bio_vec;
struct xarray;

struct kvec {
	void *iov_base;
	size_t iov_len;
};

enum iter_type { /* Linux's numbers */
		 ITER_KVEC = 1,
		 ITER_BVEC = 2,
		 ITER_XARRAY = 4,
		 ITER_DISCARD = 5,
};

#define ITER_SOURCE 1 /* data comes from it: WRITE */
#define ITER_DEST   0 /* data goes there: READ */

struct iov_iter {
	u8 iter_type;
	bool data_source;
	size_t iov_offset;
	size_t count;
	union {
		const struct kvec *kvec;
		const struct bio_vec *bvec;
		struct xarray *xarray;
	};
	union {
		unsigned long nr_segs;
		loff_t xarray_start;
	};
};

/* ---- Making ------------------------------------------------------------------------------------ */

/* Over @nr_segs pieces, @count bytes of them. @direction: ITER_SOURCE or ITER_DEST. */
void iov_iter_kvec(struct iov_iter *i, unsigned int direction, const struct kvec *kvec,
		   unsigned long nr_segs, size_t count);
void iov_iter_bvec(struct iov_iter *i, unsigned int direction, const struct bio_vec *bvec,
		   unsigned long nr_segs, size_t count);

/* Over the pages of an xarray, each at its index: from byte @start on. */
void iov_iter_xarray(struct iov_iter *i, unsigned int direction, struct xarray *xarray,
		     loff_t start, size_t count);

/* A place for @count bytes that nobody wants. */
void iov_iter_discard(struct iov_iter *i, unsigned int direction, size_t count);

/*
 * *@new is *@old, with an array of its own, which is returned: kfree() of it. NULL: there is none
 * to be had, or @old has none.
 */
const void *dup_iter(struct iov_iter *new_iter, struct iov_iter *old, gfp_t flags);

/* ---- Asking ------------------------------------------------------------------------------------ */

static inline enum iter_type iov_iter_type(const struct iov_iter *i)
{
	return (enum iter_type)i->iter_type;
}

static inline bool iov_iter_is_kvec(const struct iov_iter *i)
{
	return iov_iter_type(i) == ITER_KVEC;
}

static inline bool iov_iter_is_bvec(const struct iov_iter *i)
{
	return iov_iter_type(i) == ITER_BVEC;
}

static inline bool iov_iter_is_xarray(const struct iov_iter *i)
{
	return iov_iter_type(i) == ITER_XARRAY;
}

static inline bool iov_iter_is_discard(const struct iov_iter *i)
{
	return iov_iter_type(i) == ITER_DISCARD;
}

/* None is of a process's memory, or a pipe's. */
static inline bool iter_is_iovec(const struct iov_iter *i)
{
	(void)i;
	return false;
}

static inline bool iter_is_ubuf(const struct iov_iter *i)
{
	(void)i;
	return false;
}

static inline bool user_backed_iter(const struct iov_iter *i)
{
	(void)i;
	return false;
}

static inline bool iov_iter_is_pipe(const struct iov_iter *i)
{
	(void)i;
	return false;
}

/* WRITE where data comes from it, else READ. */
static inline unsigned char iov_iter_rw(const struct iov_iter *i)
{
	return i->data_source ? WRITE : READ;
}

static inline size_t iov_iter_count(const struct iov_iter *i)
{
	return i->count;
}

/* What is left of the first piece. */
size_t iov_iter_single_seg_count(const struct iov_iter *i);

/* Addresses and lengths of what is left, or'ed. Has none of them bits of these masks? */
unsigned long iov_iter_alignment(const struct iov_iter *i);
bool iov_iter_is_aligned(const struct iov_iter *i, unsigned int addr_mask, unsigned int len_mask);

/* The pages that what is left lies in, at most @maxpages: one counts for each piece in it. */
int iov_iter_npages(const struct iov_iter *i, int maxpages);

/* ---- Moving ------------------------------------------------------------------------------------ */

/* @bytes on, or to the end. Back by as many as it was moved on before, not more. */
void iov_iter_advance(struct iov_iter *i, size_t bytes);
void iov_iter_revert(struct iov_iter *i, size_t bytes);

/* Not more than @count are left; as many as before that. */
static inline void iov_iter_truncate(struct iov_iter *i, u64 count)
{
	if (i->count > count)
		i->count = count;
}

static inline void iov_iter_reexpand(struct iov_iter *i, size_t count)
{
	i->count = count;
}

/* iov_iter_npages() of the first @max_bytes. */
static inline int iov_iter_npages_cap(struct iov_iter *i, int maxpages, size_t max_bytes)
{
	size_t count = iov_iter_count(i);
	int npages;

	iov_iter_truncate(i, max_bytes);
	npages = iov_iter_npages(i, maxpages);
	iov_iter_reexpand(i, count);
	return npages;
}

/* Where it is; and there again, after it was moved on. Of pieces only: kvec, bvec. */
struct iov_iter_state {
	size_t iov_offset;
	size_t count;
	unsigned long nr_segs;
};

static inline void iov_iter_save_state(struct iov_iter *iter, struct iov_iter_state *state)
{
	*state = (struct iov_iter_state){
		.iov_offset = iter->iov_offset, .count = iter->count, .nr_segs = iter->nr_segs};
}

void iov_iter_restore(struct iov_iter *i, struct iov_iter_state *state);

/* Bytes that are no memory: 0. */
static inline size_t fault_in_iov_iter_readable(const struct iov_iter *i, size_t bytes)
{
	(void)i, (void)bytes;
	return 0;
}

static inline size_t fault_in_iov_iter_writeable(const struct iov_iter *i, size_t bytes)
{
	(void)i, (void)bytes;
	return 0;
}

/* ---- Copying: how many bytes were ------------------------------------------------------------------ */

size_t _copy_to_iter(const void *addr, size_t bytes, struct iov_iter *i);
size_t _copy_from_iter(void *addr, size_t bytes, struct iov_iter *i);

/* Zeroes instead of data. */
size_t iov_iter_zero(size_t bytes, struct iov_iter *i);

/* The same of a page, or of a block's pages from @page on. The third one never waits. */
size_t copy_page_to_iter(struct page *page, size_t offset, size_t bytes, struct iov_iter *i);
size_t copy_page_from_iter(struct page *page, size_t offset, size_t bytes, struct iov_iter *i);
size_t copy_page_from_iter_atomic(struct page *page, unsigned int offset, size_t bytes,
				  struct iov_iter *i);

static inline size_t copy_folio_to_iter(struct folio *folio, size_t offset, size_t bytes,
					struct iov_iter *i)
{
	return copy_page_to_iter(&folio->page, offset, bytes, i);
}

static __always_inline __must_check size_t copy_to_iter(const void *addr, size_t bytes,
							struct iov_iter *i)
{
	return check_copy_size(addr, bytes, true) ? _copy_to_iter(addr, bytes, i) : 0;
}

static __always_inline __must_check size_t copy_from_iter(void *addr, size_t bytes,
							  struct iov_iter *i)
{
	return check_copy_size(addr, bytes, false) ? _copy_from_iter(addr, bytes, i) : 0;
}

/* All of them or none: false, and the iterator is where it was. */
static __always_inline __must_check bool copy_from_iter_full(void *addr, size_t bytes,
							     struct iov_iter *i)
{
	size_t copied = copy_from_iter(addr, bytes, i);

	if (likely(copied == bytes))
		return true;
	iov_iter_revert(i, copied);
	return false;
}

/* Ways of copying that are the usual one here: past the caches, and of memory with faults. */
#define _copy_from_iter_nocache(addr, bytes, i)	    _copy_from_iter(addr, bytes, i)
#define _copy_from_iter_flushcache(addr, bytes, i)  _copy_from_iter(addr, bytes, i)
#define _copy_mc_to_iter(addr, bytes, i)	    _copy_to_iter(addr, bytes, i)
#define copy_from_iter_nocache(addr, bytes, i)	    copy_from_iter(addr, bytes, i)
#define copy_from_iter_full_nocache(addr, bytes, i) copy_from_iter_full(addr, bytes, i)

/* ---- Pages --------------------------------------------------------------------------------------- */

/*
 * Up to @maxpages pages of what comes next, of at most @maxsize bytes, with a reference each; the
 * first byte is at *@start of the first page. The iterator is moved on by as many bytes as are
 * returned: of a bvec not past the piece at hand. -EFAULT: it has no pages (kvec, discard).
 */
ssize_t iov_iter_get_pages2(struct iov_iter *i, struct page **pages, size_t maxsize,
			    unsigned int maxpages, size_t *start);

/* The same into an array of its own: kvfree() of *@pages. -ENOMEM. NULL unless bytes are returned. */
ssize_t iov_iter_get_pages_alloc2(struct iov_iter *i, struct page ***pages, size_t maxsize,
				  size_t *start);

#endif /* _LINUX_UIO_H */
