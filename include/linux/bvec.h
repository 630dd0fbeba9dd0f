/* SPDX-License-Identifier: MIT */
/*
 * Parts of pages, side by side in an array: what a device reads or writes at once.
 *
 *   bio_vec:  bv_page ─► |  bv_offset  |████ bv_len, over as many pages as it takes ████|
 *
 * Owns:       nothing: neither pages nor arrays.
 * Invariants: a part that is longer than its page goes on in the page structs behind it.
 * Lifetime:   its user's.
 * Locking:    none: who walks has an iterator of his own.
 * Units:      bytes; bi_sector: 512 bytes.
 * Failure:    to advance past the end is warned of, and ends there.
 * Source:     Linux 6.1's bvec.h.
 */
#ifndef _LINUX_BVEC_H
#define _LINUX_BVEC_H

#include <linux/bug.h>
#include <linux/highmem.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/types.h>

struct bio_vec {
	struct page *bv_page;
	unsigned int bv_len;
	unsigned int bv_offset; /* from bv_page's start, also past its end */
};

static inline void bvec_set_page(struct bio_vec *bv, struct page *page, unsigned int len,
				 unsigned int offset)
{
	*bv = (struct bio_vec){.bv_page = page, .bv_len = len, .bv_offset = offset};
}

/* ---- From a place on, so many bytes ---------------------------------------------------------- */

struct bvec_iter {
	sector_t bi_sector;	   /* where it lies on the device: the user's */
	unsigned int bi_size;	   /* what is left */
	unsigned int bi_idx;	   /* the part */
	unsigned int bi_bvec_done; /* what of it is done */
};

#define __bvec_iter_bvec(bvec, iter) (&(bvec)[(iter).bi_idx])

/* What is left of the part at hand, over several pages. */
#define mp_bvec_iter_page(bvec, iter) (__bvec_iter_bvec(bvec, iter)->bv_page)
#define mp_bvec_iter_len(bvec, iter) \
	min((iter).bi_size, __bvec_iter_bvec(bvec, iter)->bv_len - (iter).bi_bvec_done)
#define mp_bvec_iter_offset(bvec, iter) \
	(__bvec_iter_bvec(bvec, iter)->bv_offset + (iter).bi_bvec_done)
#define mp_bvec_iter_page_idx(bvec, iter) (mp_bvec_iter_offset(bvec, iter) / PAGE_SIZE)
#define mp_bvec_iter_bvec(bvec, iter)                         \
	((struct bio_vec){                                    \
		.bv_page = mp_bvec_iter_page(bvec, iter),     \
		.bv_len = mp_bvec_iter_len(bvec, iter),       \
		.bv_offset = mp_bvec_iter_offset(bvec, iter), \
	})

/* The same up to the end of the first of these pages. */
#define bvec_iter_offset(bvec, iter) ((unsigned int)(mp_bvec_iter_offset(bvec, iter) % PAGE_SIZE))
#define bvec_iter_len(bvec, iter) \
	min_t(unsigned int, mp_bvec_iter_len(bvec, iter), PAGE_SIZE - bvec_iter_offset(bvec, iter))
#define bvec_iter_page(bvec, iter) \
	(mp_bvec_iter_page(bvec, iter) + mp_bvec_iter_page_idx(bvec, iter))
#define bvec_iter_bvec(bvec, iter)                         \
	((struct bio_vec){                                 \
		.bv_page = bvec_iter_page(bvec, iter),     \
		.bv_len = bvec_iter_len(bvec, iter),       \
		.bv_offset = bvec_iter_offset(bvec, iter), \
	})

/* @bytes further; false, and at the end, where there are not so many. */
static inline bool bvec_iter_advance(const struct bio_vec *bv, struct bvec_iter *iter,
				     unsigned int bytes)
{
	if (WARN_ONCE(bytes > iter->bi_size, "Attempted to advance past end of bvec iter\n")) {
		iter->bi_size = 0;
		return false;
	}
	iter->bi_size -= bytes;
	bytes += iter->bi_bvec_done;
	for (; bytes && bytes >= bv[iter->bi_idx].bv_len; iter->bi_idx++)
		bytes -= bv[iter->bi_idx].bv_len;
	iter->bi_bvec_done = bytes;
	return true;
}

/* The same with @bytes that the part at hand has. */
static inline void bvec_iter_advance_single(const struct bio_vec *bv, struct bvec_iter *iter,
					    unsigned int bytes)
{
	iter->bi_size -= bytes;
	iter->bi_bvec_done += bytes;
	if (iter->bi_bvec_done == bv[iter->bi_idx].bv_len) {
		iter->bi_bvec_done = 0;
		iter->bi_idx++;
	}
}

/* @bvl is one after the other, each in one page, from @start to the end of its bi_size. */
#define for_each_bvec(bvl, bio_vec, iter, start)                                           \
	for (iter = (start); (iter).bi_size && ((bvl) = bvec_iter_bvec(bio_vec, iter), 1); \
	     bvec_iter_advance_single(bio_vec, &(iter), (bvl).bv_len))

/* ---- All of an array ------------------------------------------------------------------------- */

struct bvec_iter_all {
	struct bio_vec bv;
	int idx;
	unsigned int done;
};

#define BVEC_ITER_ALL_INIT           \
	((struct bvec_iter){         \
		.bi_size = UINT_MAX, \
	})

static inline struct bio_vec *bvec_init_iter_all(struct bvec_iter_all *iter_all)
{
	iter_all->done = 0;
	iter_all->idx = 0;
	return &iter_all->bv;
}

/* iter_all->bv is the next page of @bvec, the part at iter_all->idx; that goes on at its end. */
static inline void bvec_advance(const struct bio_vec *bvec, struct bvec_iter_all *iter_all)
{
	struct bio_vec *bv = &iter_all->bv;

	if (iter_all->done) {
		bv->bv_page++;
		bv->bv_offset = 0;
	} else {
		bv->bv_page = bvec->bv_page + bvec->bv_offset / PAGE_SIZE;
		bv->bv_offset = bvec->bv_offset % PAGE_SIZE;
	}
	bv->bv_len = min_t(unsigned int, PAGE_SIZE - bv->bv_offset, bvec->bv_len - iter_all->done);
	iter_all->done += bv->bv_len;
	if (iter_all->done == bvec->bv_len) {
		iter_all->idx++;
		iter_all->done = 0;
	}
}

/* ---- Contents of parts in one page ----------------------------------------------------------- */

/* Until kunmap_local(). */
static inline void *bvec_kmap_local(struct bio_vec *bvec)
{
	return (char *)kmap_local_page(bvec->bv_page) + bvec->bv_offset;
}

static inline void memcpy_from_bvec(char *to, struct bio_vec *bvec)
{
	memcpy_from_page(to, bvec->bv_page, bvec->bv_offset, bvec->bv_len);
}

static inline void memcpy_to_bvec(struct bio_vec *bvec, const char *from)
{
	memcpy_to_page(bvec->bv_page, bvec->bv_offset, from, bvec->bv_len);
}

static inline void memzero_bvec(struct bio_vec *bvec)
{
	memzero_page(bvec->bv_page, bvec->bv_offset, bvec->bv_len);
}

/* Of a page that the direct map has. */
static inline void *bvec_virt(struct bio_vec *bvec)
{
	WARN_ON_ONCE(PageHighMem(bvec->bv_page));
	return (char *)page_address(bvec->bv_page) + bvec->bv_offset;
}

#endif /* _LINUX_BVEC_H */
