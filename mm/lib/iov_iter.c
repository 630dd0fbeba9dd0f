// SPDX-License-Identifier: MIT
/* Iterators over memory in pieces: making, moving and copying. Contract: linux/uio.h. */
#include <linux/uio.h>

#include <linux/bvec.h>
#include <linux/fs.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/xarray.h>

#include "iov_iter.h"

/* ---- Making ---------------------------------------------------------------------------------- */

static void iter_init(struct iov_iter *i, enum iter_type type, unsigned int direction, size_t count)
{
	WARN_ON(direction & ~(READ | WRITE));
	*i = (struct iov_iter){
		.iter_type = type, .data_source = direction == ITER_SOURCE, .count = count};
}

void iov_iter_kvec(struct iov_iter *i, unsigned int direction, const struct kvec *kvec,
		   unsigned long nr_segs, size_t count)
{
	iter_init(i, ITER_KVEC, direction, count);
	i->kvec = kvec;
	i->nr_segs = nr_segs;
}

void iov_iter_bvec(struct iov_iter *i, unsigned int direction, const struct bio_vec *bvec,
		   unsigned long nr_segs, size_t count)
{
	iter_init(i, ITER_BVEC, direction, count);
	i->bvec = bvec;
	i->nr_segs = nr_segs;
}

void iov_iter_xarray(struct iov_iter *i, unsigned int direction, struct xarray *xarray,
		     loff_t start, size_t count)
{
	iter_init(i, ITER_XARRAY, direction, count);
	i->xarray = xarray;
	i->xarray_start = start;
}

void iov_iter_discard(struct iov_iter *i, unsigned int direction, size_t count)
{
	BUG_ON(direction != ITER_DEST);
	iter_init(i, ITER_DISCARD, direction, count);
}

/* ---- Moving ------------------------------------------------------------------------------------ */

/* The piece at hand becomes the @n-th from it. */
static void skip_segs(struct iov_iter *i, long n)
{
	if (iov_iter_is_bvec(i))
		i->bvec += n;
	else
		i->kvec += n;
	i->nr_segs -= (unsigned long)n;
}

void iov_iter_advance(struct iov_iter *i, size_t bytes)
{
	bytes = min(bytes, i->count);
	if (!i->count)
		return;
	i->count -= bytes;
	if (iov_iter_is_discard(i))
		return;
	i->iov_offset += bytes;
	if (!iter_has_segs(i))
		return;
	while (i->nr_segs && i->iov_offset >= iter_seg_len(i, 0)) {
		i->iov_offset -= iter_seg_len(i, 0);
		skip_segs(i, 1);
	}
}

void iov_iter_revert(struct iov_iter *i, size_t bytes)
{
	if (WARN_ON(bytes > MAX_RW_COUNT))
		return;
	i->count += bytes;
	if (iov_iter_is_discard(i))
		return;
	/* Pages before its start are not the iterator's. */
	BUG_ON(bytes > i->iov_offset && !iter_has_segs(i));
	while (bytes > i->iov_offset) {
		bytes -= i->iov_offset;
		skip_segs(i, -1);
		i->iov_offset = iter_seg_len(i, 0);
	}
	i->iov_offset -= bytes;
}

void iov_iter_restore(struct iov_iter *i, struct iov_iter_state *state)
{
	if (WARN_ON_ONCE(!iter_has_segs(i)))
		return;
	skip_segs(i, (long)(i->nr_segs - state->nr_segs));
	i->iov_offset = state->iov_offset;
	i->count = state->count;
}

/* ---- Copying ------------------------------------------------------------------------------------- */

/* What lies side by side at the iterator's place. */
struct piece {
	void *addr;
	size_t len;
	bool mapped; /* a page's: kunmap_local(addr) */
};

static void map_piece(struct piece *piece, struct page *page, size_t offset)
{
	page = nth_page(page, offset / PAGE_SIZE);
	offset = offset_in_page(offset);
	piece->addr = (char *)kmap_local_page(page) + offset;
	piece->len = PAGE_SIZE - offset;
	piece->mapped = true;
}

/* False: there is none. */
static bool find_piece(const struct iov_iter *i, struct piece *piece)
{
	loff_t pos = i->xarray_start + (loff_t)i->iov_offset;
	struct page *page;

	switch (iov_iter_type(i)) {
	case ITER_KVEC:
		piece->addr = (char *)i->kvec->iov_base + i->iov_offset;
		piece->len = i->kvec->iov_len - i->iov_offset;
		piece->mapped = false;
		return true;
	case ITER_BVEC:
		map_piece(piece, i->bvec->bv_page, i->bvec->bv_offset + i->iov_offset);
		piece->len = min(piece->len, i->bvec->bv_len - i->iov_offset);
		return true;
	default:
		page = xa_load(i->xarray, (unsigned long)pos / PAGE_SIZE);
		if (WARN_ON_ONCE(!page || xa_is_value(page)))
			return false;
		map_piece(piece, page, offset_in_page(pos));
		return true;
	}
}

enum copy { COPY_TO_ITER, COPY_FROM_ITER, ZERO_ITER };

/* Moves the iterator on by what it copies to or from @flat. */
static size_t copy_iter(struct iov_iter *i, size_t bytes, enum copy what, char *flat)
{
	size_t done = 0;
	struct piece piece;

	bytes = min(bytes, i->count);
	if (iov_iter_is_discard(i)) {
		iov_iter_advance(i, bytes);
		return bytes;
	}
	/* Not at the end of a piece, or at an empty one. */
	iov_iter_advance(i, 0);
	while (done < bytes && find_piece(i, &piece)) {
		piece.len = min(piece.len, bytes - done);
		if (what == COPY_TO_ITER)
			memcpy(piece.addr, flat + done, piece.len);
		else if (what == COPY_FROM_ITER)
			memcpy(flat + done, piece.addr, piece.len);
		else
			memset(piece.addr, 0, piece.len);
		if (piece.mapped)
			kunmap_local(piece.addr);
		iov_iter_advance(i, piece.len);
		done += piece.len;
	}
	return done;
}

size_t _copy_to_iter(const void *addr, size_t bytes, struct iov_iter *i)
{
	if (WARN_ON_ONCE(i->data_source))
		return 0;
	return copy_iter(i, bytes, COPY_TO_ITER, (char *)(unsigned long)addr);
}

size_t _copy_from_iter(void *addr, size_t bytes, struct iov_iter *i)
{
	if (WARN_ON_ONCE(!i->data_source))
		return 0;
	return copy_iter(i, bytes, COPY_FROM_ITER, addr);
}

size_t iov_iter_zero(size_t bytes, struct iov_iter *i)
{
	return copy_iter(i, bytes, ZERO_ITER, NULL);
}

/* ---- Copying pages ----------------------------------------------------------------------------------- */

/* Are they all of one block? */
static bool is_in_block(const struct page *page, size_t offset, size_t bytes)
{
	struct page *head = compound_head((struct page *)(unsigned long)page);
	size_t size = page_size(head) - ((size_t)(page - head) << PAGE_SHIFT);

	return offset <= size && bytes <= size - offset;
}

static size_t copy_pages(struct page *page, size_t offset, size_t bytes, struct iov_iter *i,
			 enum copy what)
{
	size_t done = 0, copied = 1;

	if (WARN_ON(!is_in_block(page, offset, bytes)))
		return 0;
	while (done < bytes && copied) {
		struct piece piece;

		map_piece(&piece, page, offset + done);
		piece.len = min(piece.len, bytes - done);
		copied = copy_iter(i, piece.len, what, piece.addr);
		kunmap_local(piece.addr);
		done += copied;
	}
	return done;
}

size_t copy_page_to_iter(struct page *page, size_t offset, size_t bytes, struct iov_iter *i)
{
	if (WARN_ON_ONCE(i->data_source))
		return 0;
	return copy_pages(page, offset, bytes, i, COPY_TO_ITER);
}

size_t copy_page_from_iter(struct page *page, size_t offset, size_t bytes, struct iov_iter *i)
{
	if (WARN_ON_ONCE(!i->data_source))
		return 0;
	return copy_pages(page, offset, bytes, i, COPY_FROM_ITER);
}

size_t copy_page_from_iter_atomic(struct page *page, unsigned int offset, size_t bytes,
				  struct iov_iter *i)
{
	return copy_page_from_iter(page, offset, bytes, i);
}
