// SPDX-License-Identifier: MIT
/* The advanced calls of sparse arrays. Contract: linux/xarray_state.h. */
#include <linux/xarray.h>

#include <linux/bug.h>
#include <linux/errno.h>

#include "../xarray.h"

/* The state is at @at, or past the array. */
static void *settle(struct xa_state *xas, const struct xa_spot *at, unsigned long last)
{
	xas->xa_node = at->node ? at->node : XAS_BOUNDS;
	xas->xa_offset = (unsigned char)at->slot;
	xas->xa_last = last;
	return at->entry;
}

void *xas_load(struct xa_state *xas)
{
	unsigned long last;
	struct xa_spot at;

	if (xas_error(xas))
		return NULL;
	xa_look_at(xas->xa, xas->xa_index, &at, &last);
	return settle(xas, &at, last);
}

void *xas_reload(struct xa_state *xas)
{
	struct xa_spot at;

	xa_look_at(xas->xa, xas->xa_index, &at, NULL);
	return at.entry;
}

int xas_get_order(struct xa_state *xas)
{
	unsigned int slots;

	if (!xas_is_node(xas))
		return 0;
	slots = xa_nr_siblings(xas->xa_node, xas->xa_offset) + 1;
	return xas->xa_node->shift + fls(slots) - 1;
}

/* ---- Storing --------------------------------------------------------------------------------- */

void *xas_store(struct xa_state *xas, void *entry)
{
	void *old;

	if (xas_error(xas))
		return NULL;
	if (!entry)
		return xas_clear(xas);
	xas->xa_missing = (unsigned char)xas_nodes_missing(xas);
	/* With the lock held, nothing that waits, or wakes up who would want it. */
	if (xas_fill(xas, xas->xa_missing, __GFP_NOWARN)) {
		xas_set_err(xas, -ENOMEM);
		return NULL;
	}
	old = xas_put(xas, entry);
	xas_destroy(xas);
	return old;
}

bool xas_nomem(struct xa_state *xas, gfp_t gfp)
{
	if (xas_error(xas) != -ENOMEM || xas_fill(xas, xas->xa_missing, gfp)) {
		xas_destroy(xas);
		return false;
	}
	xas_reset(xas);
	return true;
}

/* The nodes of shift 0 for the range of @xas, one after the other, each by a store's way. */
void xas_create_range(struct xa_state *xas)
{
	unsigned long first = xas->xa_index, last = xas_range_end(xas);
	XA_STATE(one, xas->xa, first);

	if (xas_error(xas))
		return;
	one.xa_alloc = xas->xa_alloc;
	xas->xa_alloc = NULL;
	for (;;) {
		xas->xa_missing = (unsigned char)xas_nodes_missing(&one);
		if (xas_fill(&one, xas->xa_missing, __GFP_NOWARN)) {
			xas->xa_alloc = one.xa_alloc;
			xas_set_err(xas, -ENOMEM);
			return;
		}
		xas_make(&one);
		for (struct xa_node *node = one.xa_node; node && !node->created;
		     node = node->parent)
			node->created = true;
		if (last - one.xa_index < XA_CHUNK_SIZE)
			break;
		xas_set(&one, one.xa_index + XA_CHUNK_SIZE);
	}
	xas_destroy(&one);
	xas->xa_shift = xas->xa_sibs = 0;
	xas_set(xas, first);
}

/* ---- Marks ----------------------------------------------------------------------------------- */

bool xas_get_mark(const struct xa_state *xas, xa_mark_t mark)
{
	if (!xas_is_node(xas))
		return false;
	return *xa_bits(xas->xa_node, mark) >> xas->xa_offset & 1;
}

void xas_set_mark(const struct xa_state *xas, xa_mark_t mark)
{
	if (xas_is_node(xas))
		xa_change_bit(xas->xa_node, xas->xa_offset, mark, true);
}

void xas_clear_mark(const struct xa_state *xas, xa_mark_t mark)
{
	if (xas_is_node(xas))
		xa_change_bit(xas->xa_node, xas->xa_offset, mark, false);
}

void xas_init_marks(const struct xa_state *xas)
{
	for (xa_mark_t i = 0; i < XA_MAX_MARKS; i++)
		if (xa_is_alloc(xas->xa) && i == XA_FREE_MARK)
			xas_set_mark(xas, i);
		else
			xas_clear_mark(xas, i);
}

/* ---- Walks ----------------------------------------------------------------------------------- */

static void *past_the_end(struct xa_state *xas)
{
	xas->xa_node = XAS_BOUNDS;
	return NULL;
}

/* Nothing up to @most: at the index behind it or, if the array does not reach that far, its end. */
static void *not_found(struct xa_state *xas, unsigned long most)
{
	const struct xa_node *head = READ_ONCE(xas->xa->xa_head);
	unsigned int bits = head ? READ_ONCE(head->shift) + XA_CHUNK_SHIFT : 0;

	if (bits >= BITS_PER_LONG || most >> bits == 0) {
		if (most == ULONG_MAX)
			return past_the_end(xas);
		if (xas->xa_index <= most)
			xas->xa_index = most + 1;
		xas_reset(xas);
		return NULL;
	}
	if (head)
		xas->xa_index = max(xas->xa_index, 1UL << bits);
	return past_the_end(xas);
}

static void *find(struct xa_state *xas, unsigned long most, xa_mark_t filter)
{
	unsigned long last;
	struct xa_spot at;

	if (xas_error(xas) || (xas->xa_node == XAS_BOUNDS && filter == XA_PRESENT))
		return NULL;
	if (xas_is_node(xas)) {
		if (xas->xa_last == ULONG_MAX)
			return past_the_end(xas);
		xas->xa_index = xas->xa_last + 1;
	}
	if (xas->xa_index > most) {
		xas_reset(xas);
		return NULL;
	}
	if (!xa_look_for(xas->xa, &xas->xa_index, most, filter, &at, &last))
		return not_found(xas, most);
	return settle(xas, &at, last);
}

void *xas_find(struct xa_state *xas, unsigned long most)
{
	return find(xas, most, XA_PRESENT);
}

void *xas_find_marked(struct xa_state *xas, unsigned long most, xa_mark_t mark)
{
	return find(xas, most, mark);
}

void *xas_find_conflict(struct xa_state *xas)
{
	unsigned long last = xas_range_end(xas);
	unsigned long index = xas->xa_index, behind;
	struct xa_spot at;

	if (xas_error(xas))
		return NULL;
	if (xas_is_node(xas))
		index = xas->xa_last + 1;
	if (index > last || index < xas->xa_index ||
	    !xa_look_for(xas->xa, &index, last, XA_PRESENT, &at, &behind)) {
		xas_reset(xas);
		return NULL;
	}
	return settle(xas, &at, behind);
}

void xas_pause(struct xa_state *xas)
{
	if (!xas_is_node(xas))
		return;
	if (xas->xa_last == ULONG_MAX) {
		past_the_end(xas);
		return;
	}
	xas_set(xas, xas->xa_last + 1);
}

void *xas_next(struct xa_state *xas)
{
	if (xas_error(xas))
		return NULL;
	if (xas->xa_node != XAS_RESTART)
		xas->xa_index++;
	return xas_load(xas);
}

void *xas_prev(struct xa_state *xas)
{
	if (xas_error(xas))
		return NULL;
	if (xas->xa_node != XAS_RESTART)
		xas->xa_index--;
	return xas_load(xas);
}
