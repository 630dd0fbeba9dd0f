/* SPDX-License-Identifier: MIT */
/* Iterators over memory in pieces: what their files share. */
#ifndef _MM_LIB_IOV_ITER_H
#define _MM_LIB_IOV_ITER_H

#include <linux/bvec.h>
#include <linux/uio.h>

/* Is it over an array of pieces? */
static inline bool iter_has_segs(const struct iov_iter *i)
{
	return iov_iter_is_kvec(i) || iov_iter_is_bvec(i);
}

/* The length of the @n-th piece from the one at hand on. */
static inline size_t iter_seg_len(const struct iov_iter *i, unsigned long n)
{
	return iov_iter_is_bvec(i) ? i->bvec[n].bv_len : i->kvec[n].iov_len;
}

/* Its address; of a bvec where it begins, from the start of its pages. */
static inline unsigned long iter_seg_start(const struct iov_iter *i, unsigned long n)
{
	return iov_iter_is_bvec(i) ? i->bvec[n].bv_offset : (unsigned long)i->kvec[n].iov_base;
}

#endif /* _MM_LIB_IOV_ITER_H */
