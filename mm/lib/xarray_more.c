// SPDX-License-Identifier: MIT
/* Calls of sparse arrays that are needed now and then. Contract: linux/xarray.h. */
#include <linux/xarray.h>

#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/seq_file.h>

#include "../xarray.h"

static void *visible(void *entry)
{
	return xa_is_zero(entry) ? NULL : entry;
}

void *__xa_cmpxchg(struct xarray *xa, unsigned long index, void *old, void *entry, gfp_t gfp)
{
	XA_STATE(xas, xa, index);
	struct xa_spot at;
	int err = 0;

	if (WARN_ON(xa_is_advanced(entry)))
		return xa_mk_err(-EINVAL);
	do {
		xa_spot_at(xa, index, &at);
		if (at.entry == old)
			err = entry ? xas_ready(&xas, gfp) : 0;
	} while (err == -EAGAIN);
	if (!err && at.entry == old) {
		if (entry)
			xas_put(&xas, entry);
		else
			xas_clear(&xas);
	}
	xas_destroy(&xas);
	return err ? xa_mk_err(err) : visible(at.entry);
}

void *xa_cmpxchg(struct xarray *xa, unsigned long index, void *old, void *entry, gfp_t gfp)
{
	void *found;

	xa_lock(xa);
	found = __xa_cmpxchg(xa, index, old, entry, gfp);
	xa_unlock(xa);
	return found;
}

/* ---- Ranges ---------------------------------------------------------------------------------- */

/* The largest part of [@first, @last] that slots of one node can hold, from @first on. */
static void set_range(struct xa_state *xas, unsigned long first, unsigned long last)
{
	unsigned int shift = 0, slot, most;

	xas_set(xas, first);
	while (shift < BITS_PER_LONG - XA_CHUNK_SHIFT &&
	       !(first & ((XA_CHUNK_SIZE << shift) - 1)) &&
	       last - first >= (XA_CHUNK_SIZE << shift) - 1)
		shift += XA_CHUNK_SHIFT;
	slot = first >> shift & XA_CHUNK_MASK;
	most = XA_CHUNK_MASK - slot;
	/* Slots that are all in; the last index may be the end of all indices. */
	if (((last - first + 1) >> shift) && ((last - first + 1) >> shift) - 1 < most)
		most = (unsigned int)((last - first + 1) >> shift) - 1;
	xas->xa_shift = (unsigned char)shift;
	xas->xa_sibs = (unsigned char)most;
}

void *xa_store_range(struct xarray *xa, unsigned long first, unsigned long last, void *entry,
		     gfp_t gfp)
{
	XA_STATE(xas, xa, first);
	unsigned long size;
	int err = 0;

	if (WARN_ON(xa_is_internal(entry)) || last < first)
		return xa_mk_err(-EINVAL);
	xa_lock(xa);
	do {
		set_range(&xas, first, last);
		do {
			err = entry ? xas_ready(&xas, gfp) : 0;
		} while (err == -EAGAIN);
		if (err)
			break;
		if (entry)
			xas_put(&xas, entry);
		else
			xas_clear(&xas);
		size = (xas.xa_sibs + 1UL) << xas.xa_shift;
		first += size;
	} while (first && first <= last);
	xa_unlock(xa);
	xas_destroy(&xas);
	return err ? xa_mk_err(err) : NULL;
}

int xa_get_order(struct xarray *xa, unsigned long index)
{
	XA_STATE(xas, xa, index);
	int order;

	xa_lock(xa);
	order = xas_load(&xas) ? xas_get_order(&xas) : 0;
	xa_unlock(xa);
	return order;
}

unsigned int xa_extract(struct xarray *xa, void **dst, unsigned long start, unsigned long max,
			unsigned int n, xa_mark_t filter)
{
	unsigned long index;
	unsigned int nr = 0;
	void *entry;

	if (!n)
		return 0;
	__xa_for_each(xa, index, entry, start, max, filter)
	{
		dst[nr++] = entry;
		if (nr == n)
			break;
	}
	return nr;
}

/* ---- Indices in turn --------------------------------------------------------------------------- */

int __xa_alloc_cyclic(struct xarray *xa, u32 *id, void *entry, struct xa_limit limit, u32 *next,
		      gfp_t gfp)
{
	u32 min = limit.min;
	int err, wrapped = 0;

	limit.min = max(min, *next);
	err = __xa_alloc(xa, id, entry, limit, gfp);
	if (!err && xa->xa_flags & XA_FLAGS_ALLOC_WRAPPED) {
		xa->xa_flags &= ~XA_FLAGS_ALLOC_WRAPPED;
		wrapped = 1;
	}
	if (err == -EBUSY && limit.min > min) {
		limit.min = min;
		err = __xa_alloc(xa, id, entry, limit, gfp);
		wrapped = 1;
	}
	if (err)
		return err;
	*next = *id + 1;
	if (!*next)
		xa->xa_flags |= XA_FLAGS_ALLOC_WRAPPED;
	return wrapped;
}

int xa_alloc_cyclic(struct xarray *xa, u32 *id, void *entry, struct xa_limit limit, u32 *next,
		    gfp_t gfp)
{
	int err;

	xa_lock(xa);
	err = __xa_alloc_cyclic(xa, id, entry, limit, next, gfp);
	xa_unlock(xa);
	return err;
}

/* ---- Showing ----------------------------------------------------------------------------------- */

void xa_show(const struct xarray *xa, struct seq_file *m)
{
	const struct xa_node *node = xa->xa_head;
	unsigned int slot = 0;

	seq_printf(m, "xarray: head %px flags %x marks %d %d %d\n", (const void *)node,
		   xa->xa_flags, xa_marked(xa, 0), xa_marked(xa, 1), xa_marked(xa, 2));
	while (node) {
		if (!slot)
			seq_printf(m,
				   "node %px parent %px offset %u shift %u present %lx marks %lx "
				   "%lx %lx\n",
				   (const void *)node, (const void *)node->parent, node->offset,
				   node->shift, node->present, node->marks[0], node->marks[1],
				   node->marks[2]);
		while (slot < XA_CHUNK_SIZE && !xa_leads_down(node, node->slots[slot]))
			slot++;
		if (slot < XA_CHUNK_SIZE) {
			node = xa_to_node(node->slots[slot]);
			slot = 0;
			continue;
		}
		slot = node->offset + 1u;
		node = node->parent;
	}
}

void xa_dump(const struct xarray *xa)
{
	xa_show(xa, &seq_console);
}
