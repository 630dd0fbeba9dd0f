// SPDX-License-Identifier: MIT
/* What lies under an iterator: pages, pieces, alignment. Contract: linux/uio.h. */
#include <linux/uio.h>

#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/xarray.h>

#include "iov_iter.h"

const void *dup_iter(struct iov_iter *new_iter, struct iov_iter *old, gfp_t flags)
{
	*new_iter = *old;
	if (iov_iter_is_bvec(old))
		return new_iter->bvec =
			       kmemdup(old->bvec, old->nr_segs * sizeof(*old->bvec), flags);
	if (iov_iter_is_kvec(old))
		return new_iter->kvec =
			       kmemdup(old->kvec, old->nr_segs * sizeof(*old->kvec), flags);
	return NULL;
}

/* ---- What is left, piece by piece ----------------------------------------------------------- */

struct span {
	unsigned long n, start;
	size_t len, left; /* of the piece, of all from it on */
};

/* The next piece that is not empty: the first one for a span that is all zeroes. */
static bool next_span(const struct iov_iter *i, struct span *span)
{
	size_t skip = 0;

	if (!span->len) {
		span->left = i->count;
		skip = i->iov_offset;
	} else {
		span->left -= span->len;
		span->n++;
	}
	for (; span->left; span->n++, skip = 0) {
		size_t len = iter_seg_len(i, span->n);

		if (len <= skip)
			continue;
		span->start = iter_seg_start(i, span->n) + skip;
		span->len = min(len - skip, span->left);
		return true;
	}
	return false;
}

size_t iov_iter_single_seg_count(const struct iov_iter *i)
{
	if (!iter_has_segs(i) || i->nr_segs <= 1)
		return i->count;
	return min(i->count, iter_seg_len(i, 0) - i->iov_offset);
}

unsigned long iov_iter_alignment(const struct iov_iter *i)
{
	struct span span = {0};
	unsigned long bits = 0;

	if (iov_iter_is_xarray(i))
		return ((unsigned long)i->xarray_start + i->iov_offset) | i->count;
	if (!iter_has_segs(i))
		return 0;
	while (next_span(i, &span))
		bits |= span.start | span.len;
	return bits;
}

bool iov_iter_is_aligned(const struct iov_iter *i, unsigned int addr_mask, unsigned int len_mask)
{
	struct span span = {0};

	if (iov_iter_is_xarray(i))
		return !(((unsigned long)i->xarray_start + i->iov_offset) & addr_mask) &&
		       !(i->count & len_mask);
	if (!iter_has_segs(i))
		return true;
	while (next_span(i, &span))
		if ((span.start & addr_mask) || (span.len & len_mask))
			return false;
	return true;
}

static unsigned long pages_of(unsigned long start, size_t len)
{
	return DIV_ROUND_UP(offset_in_page(start) + len, PAGE_SIZE);
}

int iov_iter_npages(const struct iov_iter *i, int maxpages)
{
	unsigned long npages = 0, max = (unsigned long)max_t(int, maxpages, 0);
	struct span span = {0};

	if (iov_iter_is_xarray(i) && i->count)
		npages = pages_of((unsigned long)i->xarray_start + i->iov_offset, i->count);
	while (iter_has_segs(i) && npages < max && next_span(i, &span))
		npages += pages_of(span.start, span.len);
	return (int)min(npages, max);
}

/* ---- Pages with references ---------------------------------------------------------------------- */

/* The @n-th page from the iterator's place on, with a reference; NULL: there is none. */
static struct page *take_page(const struct iov_iter *i, unsigned long offset, unsigned long n)
{
	struct page *page;

	if (iov_iter_is_bvec(i))
		page = nth_page(i->bvec->bv_page, offset / PAGE_SIZE + n);
	else
		page = xa_load(i->xarray, offset / PAGE_SIZE + n);
	if (!page || xa_is_value(page))
		return NULL;
	get_page(page);
	return page;
}

static ssize_t take_pages(struct iov_iter *i, struct page ***pages, size_t maxsize,
			  unsigned long maxpages, size_t *start)
{
	unsigned long nr, n = 0, offset = i->iov_offset;

	maxsize = min3(maxsize, i->count, (size_t)MAX_RW_COUNT);
	if (!maxsize)
		return 0;
	if (!iov_iter_is_bvec(i) && !iov_iter_is_xarray(i))
		return -EFAULT;
	iov_iter_advance(i, 0);
	if (iov_iter_is_bvec(i)) {
		maxsize = min(maxsize, i->bvec->bv_len - i->iov_offset);
		offset = i->bvec->bv_offset + i->iov_offset;
	} else {
		offset += (unsigned long)i->xarray_start;
	}
	*start = offset_in_page(offset);
	nr = min(pages_of(offset, maxsize), maxpages);
	if (!*pages)
		*pages = kvmalloc_array(nr, sizeof(**pages), GFP_KERNEL);
	if (!*pages)
		return -ENOMEM;
	while (n < nr && ((*pages)[n] = take_page(i, offset, n)))
		n++;
	if (!n)
		return 0;
	maxsize = min(maxsize, n * PAGE_SIZE - *start);
	iov_iter_advance(i, maxsize);
	return (ssize_t)maxsize;
}

ssize_t iov_iter_get_pages2(struct iov_iter *i, struct page **pages, size_t maxsize,
			    unsigned int maxpages, size_t *start)
{
	if (!maxpages)
		return 0;
	BUG_ON(!pages);
	return take_pages(i, &pages, maxsize, maxpages, start);
}

ssize_t iov_iter_get_pages_alloc2(struct iov_iter *i, struct page ***pages, size_t maxsize,
				  size_t *start)
{
	ssize_t len;

	*pages = NULL;
	len = take_pages(i, pages, maxsize, ULONG_MAX, start);
	if (len <= 0) {
		kvfree(*pages);
		*pages = NULL;
	}
	return len;
}
