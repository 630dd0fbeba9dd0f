/* SPDX-License-Identifier: MIT */
/*
 * The advanced half of linux/xarray.h: a place in an array, to which calls refer.
 *
 *   XA_STATE(xas, &array, 17);
 *
 *   do {
 *           xas_lock(&xas);
 *           xas_store(&xas, entry);
 *           xas_unlock(&xas);
 *   } while (xas_nomem(&xas, GFP_KERNEL));
 *
 * An error, once there, makes all calls do nothing until xas_set() or xas_reset().
 */
#ifndef _LINUX_XARRAY_STATE_H
#define _LINUX_XARRAY_STATE_H

#include <linux/xarray.h>

struct list_lru;

typedef void (*xa_update_node_t)(struct xa_node *node);

struct xa_state {
	struct xarray *xa;
	unsigned long xa_index;
	unsigned char xa_shift;	  /* what is stored is as large as a slot of such a node, */
	unsigned char xa_sibs;	  /* and so many more */
	unsigned char xa_offset;  /* of the slot that was found, */
	unsigned char xa_missing; /* nodes that the last store would have needed */
	struct xa_node *xa_node;  /* in this node; or NULL, or one of those below, or an error */
	struct xa_node *xa_alloc; /* nodes for the next store */
	xa_update_node_t xa_update;
	struct list_lru *xa_lru;
	unsigned long xa_last; /* the last index of what was found */
};

#define XA_ERROR(errno) ((struct xa_node *)((unsigned long)(errno) << 2 | 2UL))
#define XAS_BOUNDS	((struct xa_node *)1UL) /* past the end of the array */
#define XAS_RESTART	((struct xa_node *)3UL) /* not walked yet */

#define __XA_STATE(array, index, shift, sibs)                                               \
	{                                                                                   \
		.xa = (array), .xa_index = (index), .xa_shift = (shift), .xa_sibs = (sibs), \
		.xa_node = XAS_RESTART                                                      \
	}
#define XA_STATE(name, array, index) struct xa_state name = __XA_STATE(array, index, 0, 0)
#define XA_STATE_ORDER(name, array, index, order)                                     \
	struct xa_state name = __XA_STATE(                                            \
		array, (order) < BITS_PER_LONG ? ((index) >> (order)) << (order) : 0, \
		(order) - (order) % XA_CHUNK_SHIFT, (1U << ((order) % XA_CHUNK_SHIFT)) - 1)

#define xas_marked(xas, mark)		  xa_marked((xas)->xa, (mark))
#define xas_trylock(xas)		  xa_trylock((xas)->xa)
#define xas_lock(xas)			  xa_lock((xas)->xa)
#define xas_unlock(xas)			  xa_unlock((xas)->xa)
#define xas_lock_bh(xas)		  xa_lock_bh((xas)->xa)
#define xas_unlock_bh(xas)		  xa_unlock_bh((xas)->xa)
#define xas_lock_irq(xas)		  xa_lock_irq((xas)->xa)
#define xas_unlock_irq(xas)		  xa_unlock_irq((xas)->xa)
#define xas_lock_irqsave(xas, flags)	  xa_lock_irqsave((xas)->xa, flags)
#define xas_unlock_irqrestore(xas, flags) xa_unlock_irqrestore((xas)->xa, flags)

/* ---- What state it is in -------------------------------------------------------------------- */

static inline int xas_error(const struct xa_state *xas)
{
	return xa_err(xas->xa_node);
}

static inline void xas_set_err(struct xa_state *xas, long err)
{
	xas->xa_node = XA_ERROR(err);
}

static inline bool xas_invalid(const struct xa_state *xas)
{
	return (unsigned long)xas->xa_node & 3;
}

static inline bool xas_valid(const struct xa_state *xas)
{
	return !xas_invalid(xas);
}

static inline bool xas_is_node(const struct xa_state *xas)
{
	return xas_valid(xas) && xas->xa_node;
}

static inline void xas_reset(struct xa_state *xas)
{
	xas->xa_node = XAS_RESTART;
}

/* Is @entry none that a user knows? Then on to the next. */
static inline bool xas_retry(struct xa_state *xas, const void *entry)
{
	if (xa_is_zero(entry))
		return true;
	if (!xa_is_retry(entry))
		return false;
	xas_reset(xas);
	return true;
}

static inline void xas_set(struct xa_state *xas, unsigned long index)
{
	xas->xa_index = index;
	xas->xa_node = XAS_RESTART;
}

static inline void xas_set_order(struct xa_state *xas, unsigned long index, unsigned int order)
{
	xas_set(xas, order < BITS_PER_LONG ? index >> order << order : 0);
	xas->xa_shift = (unsigned char)(order - order % XA_CHUNK_SHIFT);
	xas->xa_sibs = (unsigned char)((1U << order % XA_CHUNK_SHIFT) - 1);
}

/* To another index of the same node's entry, without a walk. */
static inline void xas_advance(struct xa_state *xas, unsigned long index)
{
	xas_set(xas, index);
}

static inline void xas_set_update(struct xa_state *xas, xa_update_node_t update)
{
	xas->xa_update = update;
}

static inline void xas_set_lru(struct xa_state *xas, struct list_lru *lru)
{
	xas->xa_lru = lru;
}

/* ---- Entries ------------------------------------------------------------------------------------ */

void *xas_load(struct xa_state *xas);

/* What is there now, at the place that was found. */
void *xas_reload(struct xa_state *xas);

/* What was there. -ENOMEM as the state's error. NULL erases. */
void *xas_store(struct xa_state *xas, void *entry);

/* Allocates what the last store lacked: true, it may be tried again. Else all is freed. */
bool xas_nomem(struct xa_state *xas, gfp_t gfp);
void xas_destroy(struct xa_state *xas);

/* The order of what was found. */
int xas_get_order(struct xa_state *xas);

/*
 * Makes room for an entry at each index of the state's range, and goes to the first. With an
 * error in the state it does nothing.
 */
void xas_create_range(struct xa_state *xas);

/*
 * Turns the entry of @order at the state's index into ones of the state's order, with @entry
 * and the marks that it had. Memory for it is allocated before, without the lock. Who reads
 * without the lock meanwhile finds the old entry or the new ones, and the marks.
 */
void xas_split_alloc(struct xa_state *xas, void *entry, unsigned int order, gfp_t gfp);
void xas_split(struct xa_state *xas, void *entry, unsigned int order);

/* ---- Marks --------------------------------------------------------------------------------------- */

bool xas_get_mark(const struct xa_state *xas, xa_mark_t mark);
void xas_set_mark(const struct xa_state *xas, xa_mark_t mark);
void xas_clear_mark(const struct xa_state *xas, xa_mark_t mark);
void xas_init_marks(const struct xa_state *xas);

/* ---- Walks --------------------------------------------------------------------------------------- */

/*
 * The entry at the state's index or behind it up to @max; if it was walked, the next. Without one,
 * a search with a higher @max goes on behind @max; where the array ends before it, the state is at
 * the first index that is not in the array, for xas_store(), and xas_find() finds nothing more.
 */
void *xas_find(struct xa_state *xas, unsigned long max);
void *xas_find_marked(struct xa_state *xas, unsigned long max, xa_mark_t mark);

/* The next that the state's range has something of; the state's place stays. */
void *xas_find_conflict(struct xa_state *xas);

/* Ends a walk for a while, in which the lock may be let go; it goes on behind the entry. */
void xas_pause(struct xa_state *xas);

/* The entry at the next index, or the one before; from the end to the other end. */
void *xas_next(struct xa_state *xas);
void *xas_prev(struct xa_state *xas);

static inline void *xas_next_entry(struct xa_state *xas, unsigned long max)
{
	return xas_find(xas, max);
}

static inline void *xas_next_marked(struct xa_state *xas, unsigned long max, xa_mark_t mark)
{
	return xas_find_marked(xas, max, mark);
}

#define xas_for_each(xas, entry, max) \
	for (entry = xas_find(xas, max); entry; entry = xas_next_entry(xas, max))
#define xas_for_each_marked(xas, entry, max, mark)           \
	for (entry = xas_find_marked(xas, max, mark); entry; \
	     entry = xas_next_marked(xas, max, mark))
#define xas_for_each_conflict(xas, entry) while ((entry = xas_find_conflict(xas)))

#endif /* _LINUX_XARRAY_STATE_H */
