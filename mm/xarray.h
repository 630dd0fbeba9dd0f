/* SPDX-License-Identifier: MIT */
/*
 * Inside of sparse arrays: nodes in slots, places in the tree, and how stores are prepared.
 * Contract of all else: linux/xarray.h.
 *
 * Locking: xa_lock, but for xa_look_at() and xa_look_for(), which see to it themselves that
 *          what they return was there.
 */
#ifndef _MM_XARRAY_H
#define _MM_XARRAY_H

#include <linux/rcupdate.h>
#include <linux/xarray.h>

/* ---- What a slot holds ---------------------------------------------------------------------- */

/* Below all pointers. */
static inline bool xa_is_sibling(const void *entry)
{
	return unlikely((unsigned long)entry < (unsigned long)xa_mk_internal(XA_CHUNK_SIZE)) &&
	       xa_is_internal(entry);
}

/* No slot holds an error. */
static inline bool xa_is_node(const void *entry)
{
	return xa_is_internal(entry) && (unsigned long)entry > 4096;
}

static inline struct xa_node *xa_to_node(const void *entry)
{
	return (struct xa_node *)((unsigned long)entry - 2);
}

static inline void *xa_mk_node(const struct xa_node *node)
{
	return (void *)((unsigned long)node | 2);
}

/* At the bottom there are no nodes: what looks like one is a pointer that is not aligned to 4. */
static inline bool xa_leads_down(const struct xa_node *node, const void *entry)
{
	return xa_is_node(entry) && node->shift;
}

static inline unsigned int xa_slot_of(const struct xa_node *node, unsigned long index)
{
	return index >> node->shift & XA_CHUNK_MASK;
}

static inline bool xa_is_alloc(const struct xarray *xa)
{
	return xa->xa_flags & XA_FLAGS_TRACK_FREE;
}

/* The bits that @filter goes by. */
static inline unsigned long *xa_bits(struct xa_node *node, xa_mark_t filter)
{
	return filter == XA_PRESENT ? &node->present : &node->marks[filter];
}

/* The slots behind @slot that are tied to it. */
unsigned int xa_nr_siblings(const struct xa_node *node, unsigned int slot);

/* ---- Places ------------------------------------------------------------------------------------ */

/* @entry is in slot @slot of @node, or the slot is empty. No @node: past the array's end. */
struct xa_spot {
	struct xa_node *node;
	unsigned int slot;
	void *entry;
	unsigned int shift; /* of the node */
};

/* The last index that the slot of @at, and those tied to it, are for: on the way to @index. */
unsigned long xa_spot_last(const struct xa_spot *at, unsigned long index);

/* Where @index is; with the lock held, or not. Then also xa_spot_last(), where asked for. */
void xa_look_at(struct xarray *xa, unsigned long index, struct xa_spot *at, unsigned long *last);
void xa_spot_at(const struct xarray *xa, unsigned long index, struct xa_spot *at);

/* The first from *@index to @most that has @filter; *@index is then its own. */
bool xa_spot_find(const struct xarray *xa, unsigned long *index, unsigned long most,
		  xa_mark_t filter, struct xa_spot *at);
bool xa_look_for(struct xarray *xa, unsigned long *index, unsigned long most, xa_mark_t filter,
		 struct xa_spot *at, unsigned long *last);

/* The lowest index from @min on that is free, be the tree high enough for it or not. */
unsigned long xa_first_free(const struct xarray *xa, unsigned long min, struct xa_spot *at);

/* The bit of a slot becomes @set, and with it what the parents say. */
void xa_change_bit(struct xa_node *node, unsigned int slot, xa_mark_t filter, bool set);

/* The last index of what the state stores. */
static inline unsigned long xas_range_end(const struct xa_state *xas)
{
	return (((xas->xa_index >> xas->xa_shift) + xas->xa_sibs + 1) << xas->xa_shift) - 1;
}

/* ---- Stores ------------------------------------------------------------------------------------- */

/*
 * Sees to it that xas_put() has all nodes that it needs. -EAGAIN: the lock was let go for it,
 * and all may have changed; -ENOMEM.
 */
int xas_ready(struct xa_state *xas, gfp_t gfp);

/* @entry, not NULL, into the state's range: xas_ready() was 0. What was at its index. */
void *xas_put(struct xa_state *xas, void *entry);

/* @entry, not NULL, at the place of a single index, which is there: what was. */
void *xa_put_at(struct xarray *xa, const struct xa_spot *at, void *entry);

/* Is it there? */
static inline bool xa_spot_is_there(const struct xa_spot *at)
{
	return at->entry || (at->node && !at->shift);
}

/* Empties the slot of @at, and those tied to it. */
void xa_clear_at(struct xarray *xa, const struct xa_spot *at);

/* Empties all slots that have something of the state's range. What was at its index. */
void *xas_clear(struct xa_state *xas);

/* The nodes from the root to the slot for the state's index, made where they are missing. */
void xas_make(struct xa_state *xas);

/* One of the state's nodes, which xas_fill() put there: empty, with nothing above it. */
struct xa_node *xas_take_node(struct xa_state *xas, u8 shift);

/* @node and all that it holds can be seen from now on. */
void xa_link_node(struct xa_node *parent, unsigned int slot, struct xa_node *node);

static inline void xa_set_slot(struct xa_node *node, unsigned int slot, void *entry)
{
	rcu_assign_pointer(node->slots[slot], entry);
}

/* How many of them are missing, at most; puts as many and more into the state. 0 or -ENOMEM. */
unsigned int xas_nodes_missing(const struct xa_state *xas);
int xas_fill(struct xa_state *xas, unsigned int nr, gfp_t gfp);

#endif /* _MM_XARRAY_H */
