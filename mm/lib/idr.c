// SPDX-License-Identifier: MIT
/* Numbers for things, on sparse arrays. Contract: linux/idr.h. */
#include <linux/idr.h>

#include <linux/bitmap.h>
#include <linux/bug.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/printk.h>
#include <linux/slab.h>

#include "../xarray.h"

/* ---- Numbers with things ----------------------------------------------------------------------- */

/* One of the array's own entries, which lie below all pointers. */
static bool xa_is_no_pointer(const void *ptr)
{
	return xa_is_internal(ptr) && !xa_is_node(ptr);
}

/* @ptr as the array keeps it: NULL is something, too. */
static void *kept(void *ptr)
{
	return ptr ? ptr : XA_ZERO_ENTRY;
}

int idr_alloc_u32(struct idr *idr, void *ptr, u32 *nextid, unsigned long max, gfp_t gfp)
{
	unsigned long base = idr->idr_base, min = *nextid < base ? 0 : *nextid - base;
	XA_STATE(xas, &idr->idr_rt, 0);
	struct xa_spot at;

	if (WARN_ON_ONCE(xa_is_no_pointer(ptr)))
		return -EINVAL;
	do {
		xas_set(&xas, xa_first_free(&idr->idr_rt, min, &at));
		if (max < base || xas.xa_index > max - base) {
			xas_destroy(&xas);
			return -ENOSPC;
		}
		*nextid = (u32)(xas.xa_index + base);
		xas_store(&xas, kept(ptr));
	} while (xas_nomem(&xas, gfp));
	if (xas_error(&xas))
		xas_destroy(&xas);
	return xas_error(&xas);
}

int idr_alloc(struct idr *idr, void *ptr, int start, int end, gfp_t gfp)
{
	u32 id = (u32)start;
	int err;

	if (WARN_ON_ONCE(start < 0))
		return -EINVAL;
	err = idr_alloc_u32(idr, ptr, &id, end > 0 ? (unsigned long)end - 1 : INT_MAX, gfp);
	return err ? err : (int)id;
}

int idr_alloc_cyclic(struct idr *idr, void *ptr, int start, int end, gfp_t gfp)
{
	unsigned long max = end > 0 ? (unsigned long)end - 1 : INT_MAX;
	u32 from = (u32)start, id = idr->idr_next;
	int err;

	if (WARN_ON_ONCE(start < 0))
		return -EINVAL;
	if ((int)id < start)
		id = from;
	err = id > max ? -ENOSPC : idr_alloc_u32(idr, ptr, &id, max, gfp);
	if (err == -ENOSPC && id > from) {
		id = from;
		err = idr_alloc_u32(idr, ptr, &id, max, gfp);
	}
	if (err)
		return err;
	idr->idr_next = id + 1;
	return (int)id;
}

void *idr_find(const struct idr *idr, unsigned long id)
{
	return xa_load((struct xarray *)(unsigned long)&idr->idr_rt, id - idr->idr_base);
}

void *idr_remove(struct idr *idr, unsigned long id)
{
	XA_STATE(xas, &idr->idr_rt, id - idr->idr_base);
	void *old = xas_clear(&xas);

	return xa_is_zero(old) ? NULL : old;
}

void *idr_replace(struct idr *idr, void *ptr, unsigned long id)
{
	XA_STATE(xas, &idr->idr_rt, id - idr->idr_base);
	void *old = xas_load(&xas);

	if (WARN_ON_ONCE(xa_is_no_pointer(ptr)))
		return ERR_PTR(-EINVAL);
	if (!old)
		return ERR_PTR(-ENOENT);
	xas_put(&xas, kept(ptr));
	return xa_is_zero(old) ? NULL : old;
}

void idr_destroy(struct idr *idr)
{
	xa_destroy(&idr->idr_rt);
}

void *idr_get_next_ul(struct idr *idr, unsigned long *nextid)
{
	unsigned long base = idr->idr_base, index = *nextid < base ? 0 : *nextid - base;
	void *ptr = xa_find(&idr->idr_rt, &index, ULONG_MAX, XA_PRESENT);

	if (ptr)
		*nextid = index + base;
	return ptr;
}

void *idr_get_next(struct idr *idr, int *nextid)
{
	unsigned long id = (unsigned long)*nextid;
	void *ptr = idr_get_next_ul(idr, &id);

	if (WARN_ON_ONCE(ptr && id > INT_MAX))
		return NULL;
	if (ptr)
		*nextid = (int)id;
	return ptr;
}

int idr_for_each(const struct idr *idr, int (*fn)(int id, void *p, void *data), void *data)
{
	struct idr *all = (struct idr *)(unsigned long)idr;
	int id, err = 0;
	void *p;

	idr_for_each_entry(all, p, id)
	{
		err = fn(id, p, data);
		if (err || id == INT_MAX)
			break;
	}
	return err;
}

/* ---- Numbers alone --------------------------------------------------------------------------------- */

/* The first bitmap from that of @min on with a free bit, which may not be there yet. */
static unsigned long first_chunk(struct ida *ida, unsigned int *min)
{
	unsigned long chunk = *min / IDA_BITMAP_BITS;

	for (;; chunk++, *min = (unsigned int)(chunk * IDA_BITMAP_BITS)) {
		const struct ida_bitmap *b = xa_load(&ida->xa, chunk);

		if (!b || find_next_zero_bit(b->bitmap, IDA_BITMAP_BITS, *min % IDA_BITMAP_BITS) <
				  IDA_BITMAP_BITS)
			return chunk;
		if (chunk == UINT_MAX / IDA_BITMAP_BITS)
			return ULONG_MAX;
	}
}

/* A number of bitmap @chunk, whose bitmap is made of *@spare if it is not there. */
static int take_from(struct ida *ida, unsigned long chunk, unsigned int min, unsigned int max,
		     struct ida_bitmap **spare, gfp_t gfp)
{
	struct ida_bitmap *b = xa_load(&ida->xa, chunk);
	unsigned long bit;
	int err;

	if (!b) {
		if (!*spare)
			return -EAGAIN;
		if (chunk * IDA_BITMAP_BITS > max || min > max)
			return -ENOSPC;
		err = __xa_insert(&ida->xa, chunk, *spare, gfp);
		if (err)
			return err == -EBUSY ? -EAGAIN : err;
		b = *spare;
		*spare = NULL;
	}
	bit = find_next_zero_bit(b->bitmap, IDA_BITMAP_BITS, min % IDA_BITMAP_BITS);
	if (bit == IDA_BITMAP_BITS)
		return -EAGAIN;
	if (chunk * IDA_BITMAP_BITS + bit > max)
		return -ENOSPC;
	__set_bit(bit, b->bitmap);
	return (int)(chunk * IDA_BITMAP_BITS + bit);
}

int ida_alloc_range(struct ida *ida, unsigned int min, unsigned int max, gfp_t gfp)
{
	struct ida_bitmap *spare = NULL;
	unsigned long chunk;
	unsigned int from;
	int id;

	if ((int)min < 0)
		return -ENOSPC;
	if ((int)max < 0)
		max = INT_MAX;
	for (;;) {
		xa_lock(&ida->xa);
		from = min;
		chunk = first_chunk(ida, &from);
		id = chunk == ULONG_MAX || from > max
			     ? -ENOSPC
			     : take_from(ida, chunk, from, max, &spare, gfp);
		xa_unlock(&ida->xa);
		if (id != -EAGAIN)
			break;
		if (!spare)
			spare = kzalloc(sizeof(*spare), gfp);
		if (!spare)
			return -ENOMEM;
	}
	kfree(spare);
	return id;
}

void ida_free(struct ida *ida, unsigned int id)
{
	unsigned long chunk = id / IDA_BITMAP_BITS;
	struct ida_bitmap *b, *empty = NULL;
	bool had = false;

	if ((int)id < 0)
		return;
	xa_lock(&ida->xa);
	b = xa_load(&ida->xa, chunk);
	if (b)
		had = __test_and_clear_bit(id % IDA_BITMAP_BITS, b->bitmap);
	if (had && bitmap_empty(b->bitmap, IDA_BITMAP_BITS))
		empty = __xa_erase(&ida->xa, chunk);
	xa_unlock(&ida->xa);
	WARN(!had, "ida_free called for id=%u which is not allocated.", id);
	kfree(empty);
}

void ida_destroy(struct ida *ida)
{
	unsigned long chunk;
	void *b;

	xa_for_each(&ida->xa, chunk, b) kfree(b);
	xa_destroy(&ida->xa);
}

/* ---- Checks ------------------------------------------------------------------------------------- */

int idr_verify(struct idr *idr)
{
	return xa_verify(&idr->idr_rt, "idr");
}

int ida_verify(struct ida *ida)
{
	int faults = xa_verify(&ida->xa, "ida");
	const struct ida_bitmap *b;
	unsigned long chunk;

	xa_for_each(&ida->xa, chunk, b)
	{
		if (!bitmap_empty(b->bitmap, IDA_BITMAP_BITS))
			continue;
		pr_err("ida: the block at %lu has no number in use\n", chunk * IDA_BITMAP_BITS);
		faults++;
	}
	return faults;
}
