// SPDX-License-Identifier: MIT
/*
 * Large entries of sparse arrays, split into smaller ones. Contract: linux/xarray_state.h.
 *
 *   order 8 to 7     order 8 to 0
 *   E 0 0 0          E 0 0 0         a node's slots; 0: tied to slot 0
 *   E 0 E 2          E 0 0 n         from the last on, as then no tie leads to what is new
 *                    E 0 n n
 *                    n n n n         n: nodes of 64 entries each, that were filled before
 *
 * So who reads without the lock finds an entry in each slot, and at each index, all the time.
 */
#include <linux/xarray.h>

#include <linux/bug.h>
#include <linux/errno.h>

#include "../xarray.h"

/* The shift of the node that has an entry of @order, and how many slots that takes. */
static unsigned int shift_of(unsigned int order)
{
	return order - order % XA_CHUNK_SHIFT;
}

static unsigned int slots_of(unsigned int order)
{
	return 1U << order % XA_CHUNK_SHIFT;
}

/* The nodes below the slots of an entry of @order. */
static unsigned int split_nodes(const struct xa_state *xas, unsigned int order)
{
	unsigned int nr = 0, slots = slots_of(order);

	for (unsigned int shift = shift_of(order); shift > xas->xa_shift;
	     shift -= XA_CHUNK_SHIFT, slots *= XA_CHUNK_SIZE)
		nr += slots;
	return nr;
}

void xas_split_alloc(struct xa_state *xas, void *entry, unsigned int order, gfp_t gfp)
{
	(void)entry;
	/* One level at a time. */
	if (WARN_ON(xas->xa_shift + 2 * XA_CHUNK_SHIFT < (int)order) ||
	    xas_fill(xas, split_nodes(xas, order), gfp)) {
		xas_destroy(xas);
		xas_set_err(xas, -ENOMEM);
	}
}

/* ---- Entries and nodes instead of what is in slots --------------------------------------- */

/* Before what has them can be seen. */
static void give_marks(struct xa_node *node, unsigned int slot, unsigned int marks)
{
	for (xa_mark_t i = 0; i < XA_MAX_MARKS; i++)
		if (marks >> i & 1)
			xa_change_bit(node, slot, i, true);
}

/* Entries of @each slots into those from @first on, up to before @end. */
static void put_entries(struct xa_node *node, unsigned int first, unsigned int end,
			unsigned int each, void *entry, unsigned int marks)
{
	for (unsigned int head = end; head > first;) {
		head -= each;
		give_marks(node, head, marks);
		xa_set_slot(node, head, entry);
		for (unsigned int slot = head + 1; slot < head + each; slot++)
			xa_set_slot(node, slot, xa_mk_internal(head));
	}
}

static void put_nodes(struct xa_state *xas, struct xa_node *parent, unsigned int first,
		      unsigned int end, void *entry, unsigned int marks);

/* Slots @first to before @end, by nodes below them where they are larger than the state's. */
static void put_parts(struct xa_state *xas, struct xa_node *node, unsigned int first,
		      unsigned int end, void *entry, unsigned int marks)
{
	if (node->shift == xas->xa_shift)
		put_entries(node, first, end, xas->xa_sibs + 1U, entry, marks);
	else
		put_nodes(xas, node, first, end, entry, marks);
}

static void put_nodes(struct xa_state *xas, struct xa_node *parent, unsigned int first,
		      unsigned int end, void *entry, unsigned int marks)
{
	for (unsigned int slot = end; slot-- > first;) {
		struct xa_node *node = xas_take_node(xas, (u8)(parent->shift - XA_CHUNK_SHIFT));

		WRITE_ONCE(node->present, ~0UL);
		for (xa_mark_t i = 0; i < XA_MAX_MARKS; i++)
			WRITE_ONCE(node->marks[i], 0);
		put_parts(xas, node, 0, XA_CHUNK_SIZE, entry, marks);
		give_marks(parent, slot, marks);
		xa_link_node(parent, slot, node);
	}
}

void xas_split(struct xa_state *xas, void *entry, unsigned int order)
{
	unsigned int marks = 0;
	struct xa_spot at;

	if (xas_error(xas))
		return;
	xa_spot_at(xas->xa, xas->xa_index, &at);
	if (WARN_ON(!at.entry || at.shift != shift_of(order)) ||
	    WARN_ON(xas_fill(xas, split_nodes(xas, order), __GFP_NOWARN)))
		return;
	for (xa_mark_t i = 0; i < XA_MAX_MARKS; i++)
		marks |= (unsigned int)(*xa_bits(at.node, i) >> at.slot & 1) << i;
	put_parts(xas, at.node, at.slot, at.slot + slots_of(order), entry, marks);
	xas_destroy(xas);
	xas_reset(xas);
}
