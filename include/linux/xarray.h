/* SPDX-License-Identifier: MIT */
/*
 * Sparse arrays of pointers, indexed by unsigned long: a tree of nodes with 64 slots.
 *
 *   xa_head ─► node, shift 6 ─┬─ [0] node, shift 0: entries 0 .. 63
 *                             └─ [2] node, shift 0: entries 128 .. 191
 *
 * Owns:       its nodes; never what the entries point at.
 * Invariants: a node has at least one entry below it. A node's bits say for each slot
 *             whether it is used, and whether something below it is marked; in an
 *             array with XA_FLAGS_ALLOC mark 0 says that an index below is free.
 * Lifetime:   from xa_init() to xa_destroy(), nodes from the slab allocator.
 * Locking:    xa_lock, taken here but for the forms with two underscores. Where nodes
 *             are allocated it is let go meanwhile.
 * Units:      indices.
 * Failure:    -errno, or as a pointer for which xa_is_err() is true, nothing changed.
 * Source:     Linux's include/linux/xarray.h, of which this is a part. Entries are
 *             pointers that are aligned to 4; NULL is no entry.
 */
#ifndef _LINUX_XARRAY_H
#define _LINUX_XARRAY_H

#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#define XA_CHUNK_SHIFT 6
#define XA_CHUNK_SIZE  (1UL << XA_CHUNK_SHIFT)
#define XA_CHUNK_MASK  (XA_CHUNK_SIZE - 1)

/* What finds and marks go by. */
typedef unsigned int xa_mark_t;
#define XA_MARK_0     0u
#define XA_MARK_1     1u
#define XA_PRESENT    2u
#define XA_NR_FILTERS 3
#define XA_FREE_MARK  XA_MARK_0

struct xa_node {
	u8 shift;  /* of the index, to the number of the slot */
	u8 offset; /* of this node in its parent */
	struct xa_node *parent;
	unsigned long bits[XA_NR_FILTERS]; /* a bit for each slot */
	void *slots[XA_CHUNK_SIZE];	   /* nodes, or entries where shift is 0 */
};

struct xarray {
	spinlock_t xa_lock;
	unsigned int xa_flags;
	struct xa_node *xa_head;
};

#define XA_FLAGS_ALLOC 1u /* for xa_alloc() */

#define XARRAY_INIT(name, flags)                                                     \
	{                                                                            \
		.xa_lock = __SPIN_LOCK_UNLOCKED((name).xa_lock), .xa_flags = (flags) \
	}
#define DEFINE_XARRAY_FLAGS(name, flags) struct xarray name = XARRAY_INIT(name, flags)
#define DEFINE_XARRAY(name)		 DEFINE_XARRAY_FLAGS(name, 0)
#define DEFINE_XARRAY_ALLOC(name)	 DEFINE_XARRAY_FLAGS(name, XA_FLAGS_ALLOC)

static inline void xa_init_flags(struct xarray *xa, unsigned int flags)
{
	*xa = (struct xarray)XARRAY_INIT(*xa, flags);
}

static inline void xa_init(struct xarray *xa)
{
	xa_init_flags(xa, 0);
}

#define xa_lock(xa)   spin_lock(&(xa)->xa_lock)
#define xa_unlock(xa) spin_unlock(&(xa)->xa_lock)

static inline bool xa_empty(const struct xarray *xa)
{
	return !READ_ONCE(xa->xa_head);
}

/* ---- Errors among pointers ------------------------------------------------------- */

#define XA_MAX_ERRNO 4095

static inline void *xa_mk_err(int err)
{
	return (void *)((unsigned long)err << 2 | 2);
}

static inline bool xa_is_err(const void *entry)
{
	return ((unsigned long)entry & 3) == 2 &&
	       (unsigned long)entry >= (unsigned long)xa_mk_err(-XA_MAX_ERRNO);
}

/* 0 where it is none. */
static inline int xa_err(const void *entry)
{
	return xa_is_err(entry) ? (int)((long)entry >> 2) : 0;
}

/* ---- Entries ----------------------------------------------------------------------- */

void *xa_load(struct xarray *xa, unsigned long index);

/* Puts @entry at @index, in place of what is there, which is returned. -ENOMEM. */
void *xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp);

/* The same where nothing is there; else -EBUSY. */
int xa_insert(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp);
int __xa_insert(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp);

/* Returns what was there. Never allocates. */
void *xa_erase(struct xarray *xa, unsigned long index);
void *__xa_erase(struct xarray *xa, unsigned long index);

/* @entry in place of what is there, marks as they are; @index must be used. */
void __xa_replace(struct xarray *xa, unsigned long index, void *entry);

/* Gives back all nodes: the entries are forgotten. */
void xa_destroy(struct xarray *xa);

struct xa_limit {
	u32 max;
	u32 min;
};
#define XA_LIMIT(_min, _max)                 \
	(struct xa_limit)                    \
	{                                    \
		.min = (_min), .max = (_max) \
	}
#define xa_limit_32b XA_LIMIT(0, UINT_MAX)

/* The lowest free index in @limit becomes @entry's, and *@id. -EBUSY: none is left; -ENOMEM. */
int xa_alloc(struct xarray *xa, u32 *id, void *entry, struct xa_limit limit, gfp_t gfp);

/* ---- Walks ---------------------------------------------------------------------------- */

/* The first entry from *@index to @max that @filter is true of; *@index is then its own. */
void *xa_find(struct xarray *xa, unsigned long *index, unsigned long max, xa_mark_t filter);
/* The same, behind *@index. */
void *xa_find_after(struct xarray *xa, unsigned long *index, unsigned long max, xa_mark_t filter);
void *__xa_find(struct xarray *xa, unsigned long *index, unsigned long max, xa_mark_t filter);

#define xa_for_each_marked(xa, index, entry, filter)                           \
	for (index = 0, entry = xa_find(xa, &index, ULONG_MAX, filter); entry; \
	     entry = xa_find_after(xa, &index, ULONG_MAX, filter))
#define xa_for_each(xa, index, entry) xa_for_each_marked(xa, index, entry, XA_PRESENT)

/* ---- Marks ----------------------------------------------------------------------------- */

/* Without effect where there is no entry. */
void xa_set_mark(struct xarray *xa, unsigned long index, xa_mark_t mark);
void xa_clear_mark(struct xarray *xa, unsigned long index, xa_mark_t mark);
bool xa_get_mark(struct xarray *xa, unsigned long index, xa_mark_t mark);

/* ---- Bring-up and checks ------------------------------------------------------------------ */

/* Makes the cache of nodes. panic() without memory. */
void xarray_init(void);

/* Checks links and bits of all nodes. Logs each fault, returns their number. */
int xa_verify(struct xarray *xa, const char *name);

#endif /* _LINUX_XARRAY_H */
