/* SPDX-License-Identifier: MIT */
/*
 * Sparse arrays of pointers, indexed by unsigned long: a tree of nodes with 64 slots.
 *
 *   xa_head ─► node, shift 6 ─┬─ [0] node, shift 0: entries 0 .. 63
 *                             ├─ [2] node, shift 0: entries 128 .. 191
 *                             └─ [4] entry, [5] sibling of [4]: one for 256 .. 383
 *
 * An entry is a pointer aligned to 4, or a number (xa_mk_value()). NULL is none. At a single
 * index (order 0) pointers may have any alignment.
 * XA_ZERO_ENTRY keeps an index busy and reads as NULL. An entry of order n, made by
 * XA_STATE_ORDER() or xa_store_range(), is that of 2^n indices, tied together: what is stored
 * at one of them, or some, or erased there, changes all.
 *
 * Owns:       its nodes; never what the entries point at.
 * Invariants: a node has at least one entry below it, but for those of xas_create_range().
 *             Its bits say for each slot whether it is used, and whether something below it
 *             is marked; in an array with XA_FLAGS_ALLOC mark 0 says that an index below is
 *             free. Of tied slots the first carries the marks, the others name it.
 * Lifetime:   from xa_init() to xa_destroy(), nodes from the slab allocator.
 * Locking:    xa_lock, taken here for changes but for the forms with two underscores and
 *             xas_*(), whose caller has it. Where nodes are allocated it is let go meanwhile.
 *             What only looks takes no lock, and may be called with it held. xas_load() and
 *             finds with an xa_state: xa_lock or rcu_read_lock(). Where an array has
 *             XA_FLAGS_OTHER_LOCK a lock of the user's keeps changes apart, and xas_*() make them.
 * Units:      indices.
 * Failure:    -errno, or as a pointer for which xa_is_err() is true, nothing changed.
 * Source:     Linux's Documentation/core-api/xarray.rst and include/linux/xarray.h. Nodes
 *             are not for users: xas_set_update() keeps what it is given, and has no effect.
 */
#ifndef _LINUX_XARRAY_H
#define _LINUX_XARRAY_H

#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/xarray_entry.h>

#define XA_CHUNK_SHIFT 6
#define XA_CHUNK_SIZE  (1UL << XA_CHUNK_SHIFT)
#define XA_CHUNK_MASK  (XA_CHUNK_SIZE - 1)
#define XA_MAX_MARKS   3

/* What finds go by: entries that carry a mark, or all. */
typedef unsigned int xa_mark_t;
#define XA_MARK_0    0u
#define XA_MARK_1    1u
#define XA_MARK_2    2u
#define XA_MARK_MAX  XA_MARK_2
#define XA_FREE_MARK XA_MARK_0
#define XA_PRESENT   8u

struct xa_node {
	u8 shift;     /* of the index, to the number of the slot */
	u8 offset;    /* of this node in its parent */
	bool created; /* by xas_create_range(): may have nothing below it */
	struct xa_node *parent;
	struct xarray *array;
	unsigned long present;		   /* a bit for each slot that is not NULL */
	unsigned long marks[XA_MAX_MARKS]; /* and for each with something marked */
	void *slots[XA_CHUNK_SIZE];
};

struct xarray {
	spinlock_t xa_lock;
	unsigned int xa_flags;
	unsigned int xa_seq; /* goes up before a node is freed: who looked meanwhile looks again */
	struct xa_node *xa_head;
};

#define XA_FLAGS_LOCK_IRQ      1u
#define XA_FLAGS_LOCK_BH       2u
#define XA_FLAGS_TRACK_FREE    4u
#define XA_FLAGS_ZERO_BUSY     8u /* xa_alloc() never gives index 0 */
#define XA_FLAGS_ALLOC_WRAPPED 16u
#define XA_FLAGS_ACCOUNT       32u
#define XA_FLAGS_ALLOC	       XA_FLAGS_TRACK_FREE
#define XA_FLAGS_ALLOC1	       (XA_FLAGS_TRACK_FREE | XA_FLAGS_ZERO_BUSY)
/* Not Linux's: who changes the array need not have xa_lock (idr.h, radix-tree.h). */
#define XA_FLAGS_OTHER_LOCK 0x80000000u

#define XARRAY_INIT(name, flags)                                                         \
	{                                                                                \
		.xa_lock = __SPIN_LOCK_UNLOCKED_RANK(LOCK_RANK_LRU), .xa_flags = (flags) \
	}
#define DEFINE_XARRAY_FLAGS(name, flags) struct xarray name = XARRAY_INIT(name, flags)
#define DEFINE_XARRAY(name)		 DEFINE_XARRAY_FLAGS(name, 0)
#define DEFINE_XARRAY_ALLOC(name)	 DEFINE_XARRAY_FLAGS(name, XA_FLAGS_ALLOC)
#define DEFINE_XARRAY_ALLOC1(name)	 DEFINE_XARRAY_FLAGS(name, XA_FLAGS_ALLOC1)

static inline void xa_init_flags(struct xarray *xa, unsigned int flags)
{
	*xa = (struct xarray)XARRAY_INIT(*xa, flags);
}

static inline void xa_init(struct xarray *xa)
{
	xa_init_flags(xa, 0);
}

#define xa_trylock(xa)				    spin_trylock(&(xa)->xa_lock)
#define xa_lock(xa)				    spin_lock(&(xa)->xa_lock)
#define xa_unlock(xa)				    spin_unlock(&(xa)->xa_lock)
#define xa_lock_nested(xa, subclass)		    spin_lock(&(xa)->xa_lock)
#define xa_lock_bh_nested(xa, subclass)		    spin_lock_bh(&(xa)->xa_lock)
#define xa_lock_irq_nested(xa, subclass)	    spin_lock_irq(&(xa)->xa_lock)
#define xa_lock_irqsave_nested(xa, flags, subclass) spin_lock_irqsave(&(xa)->xa_lock, flags)
#define xa_lock_bh(xa)				    spin_lock_bh(&(xa)->xa_lock)
#define xa_unlock_bh(xa)			    spin_unlock_bh(&(xa)->xa_lock)
#define xa_lock_irq(xa)				    spin_lock_irq(&(xa)->xa_lock)
#define xa_unlock_irq(xa)			    spin_unlock_irq(&(xa)->xa_lock)
#define xa_lock_irqsave(xa, flags)		    spin_lock_irqsave(&(xa)->xa_lock, flags)
#define xa_unlock_irqrestore(xa, flags)		    spin_unlock_irqrestore(&(xa)->xa_lock, flags)

static inline bool xa_empty(const struct xarray *xa)
{
	return !READ_ONCE(xa->xa_head);
}

/* Has any entry @mark? */
bool xa_marked(const struct xarray *xa, xa_mark_t mark);

/* ---- Entries ----------------------------------------------------------------------- */

void *xa_load(struct xarray *xa, unsigned long index);

/* Puts @entry at @index, in place of what is there, which is returned. -ENOMEM. */
void *xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp);
void *__xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp);

/* The same where nothing is there, nor reserved; else -EBUSY. */
int xa_insert(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp);
int __xa_insert(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp);

/* The same where @old is there. What was there. */
void *xa_cmpxchg(struct xarray *xa, unsigned long index, void *old, void *entry, gfp_t gfp);
void *__xa_cmpxchg(struct xarray *xa, unsigned long index, void *old, void *entry, gfp_t gfp);

/* Returns what was there. Never allocates. */
void *xa_erase(struct xarray *xa, unsigned long index);
void *__xa_erase(struct xarray *xa, unsigned long index);

/* @entry in place of what is there, marks as they are; @index must be used. */
void __xa_replace(struct xarray *xa, unsigned long index, void *entry);

/* One entry for all of [@first, @last]. NULL, or an error. */
void *xa_store_range(struct xarray *xa, unsigned long first, unsigned long last, void *entry,
		     gfp_t gfp);

/* The order of what is tied together at @index; 0 where nothing is. */
int xa_get_order(struct xarray *xa, unsigned long index);

/* Keeps memory for @index: a store there needs none. 0 or -ENOMEM. And lets it go. */
static inline __must_check int xa_reserve(struct xarray *xa, unsigned long index, gfp_t gfp)
{
	return xa_err(xa_cmpxchg(xa, index, NULL, XA_ZERO_ENTRY, gfp));
}

static inline void xa_release(struct xarray *xa, unsigned long index)
{
	xa_cmpxchg(xa, index, XA_ZERO_ENTRY, NULL, 0);
}

/* Up to @n entries of [@start, @max] that @filter is true of, into @dst. How many. */
unsigned int xa_extract(struct xarray *xa, void **dst, unsigned long start, unsigned long max,
			unsigned int n, xa_mark_t filter);

/* Gives back all nodes: the entries are forgotten. */
void xa_destroy(struct xarray *xa);

/* ---- Indices for those who need one ---------------------------------------------------- */

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
#define xa_limit_31b XA_LIMIT(0, INT_MAX)
#define xa_limit_16b XA_LIMIT(0, USHRT_MAX)

/*
 * The lowest free index in @limit becomes @entry's, and *@id. -EBUSY: none is left; -ENOMEM;
 * -EINVAL: the array has no XA_FLAGS_ALLOC.
 */
int xa_alloc(struct xarray *xa, u32 *id, void *entry, struct xa_limit limit, gfp_t gfp);
int __xa_alloc(struct xarray *xa, u32 *id, void *entry, struct xa_limit limit, gfp_t gfp);

/* The next from *@next on, which moves; 1 where the search began anew at the lowest. */
int xa_alloc_cyclic(struct xarray *xa, u32 *id, void *entry, struct xa_limit limit, u32 *next,
		    gfp_t gfp);
int __xa_alloc_cyclic(struct xarray *xa, u32 *id, void *entry, struct xa_limit limit, u32 *next,
		      gfp_t gfp);

/* ---- Walks ---------------------------------------------------------------------------- */

/* The first entry from *@index to @max that @filter is true of; *@index is then its own. */
void *xa_find(struct xarray *xa, unsigned long *index, unsigned long max, xa_mark_t filter);
/* The same, behind *@index. */
void *xa_find_after(struct xarray *xa, unsigned long *index, unsigned long max, xa_mark_t filter);

#define __xa_for_each(xa, index, entry, start, last, filter)                    \
	for (index = (start), entry = xa_find(xa, &index, last, filter); entry; \
	     entry = xa_find_after(xa, &index, last, filter))
#define xa_for_each_range(xa, index, entry, start, last) \
	__xa_for_each(xa, index, entry, start, last, XA_PRESENT)
#define xa_for_each_start(xa, index, entry, start) \
	__xa_for_each(xa, index, entry, start, ULONG_MAX, XA_PRESENT)
#define xa_for_each(xa, index, entry) __xa_for_each(xa, index, entry, 0, ULONG_MAX, XA_PRESENT)
#define xa_for_each_marked(xa, index, entry, filter) \
	__xa_for_each(xa, index, entry, 0, ULONG_MAX, filter)

/* ---- Marks ----------------------------------------------------------------------------- */

/* Without effect where there is no entry. */
void xa_set_mark(struct xarray *xa, unsigned long index, xa_mark_t mark);
void xa_clear_mark(struct xarray *xa, unsigned long index, xa_mark_t mark);
void __xa_set_mark(struct xarray *xa, unsigned long index, xa_mark_t mark);
void __xa_clear_mark(struct xarray *xa, unsigned long index, xa_mark_t mark);
bool xa_get_mark(struct xarray *xa, unsigned long index, xa_mark_t mark);

/* ---- Bring-up and checks ------------------------------------------------------------------ */

/* Makes the cache of nodes. panic() without memory. */
void xarray_init(void);

/* Checks links and bits of all nodes. Logs each fault, returns their number. */
int xa_verify(struct xarray *xa, const char *name);

struct seq_file;

/* One line for each node: where it is, what it holds. With the lock held, or nobody else there. */
void xa_show(const struct xarray *xa, struct seq_file *m);

/* The same to the consoles. */
void xa_dump(const struct xarray *xa);

/* ---- The same with interrupts off while the lock is held -------------------------------------- */

/* clang-format off */
#define __XA_LOCKED(form, ret, call, params, args)                         \
	static inline ret xa_##call##_##form params                        \
	{                                                                  \
		ret __ret;                                                 \
		xa_lock_##form(xa);                                        \
		__ret = __xa_##call args;                                  \
		xa_unlock_##form(xa);                                      \
		return __ret;                                              \
	}
#define __XA_FORMS(form)                                                                       \
	__XA_LOCKED(form, void *, store,                                                       \
		    (struct xarray *xa, unsigned long index, void *entry, gfp_t gfp),          \
		    (xa, index, entry, gfp))                                                   \
	__XA_LOCKED(form, void *, erase, (struct xarray *xa, unsigned long index), (xa, index)) \
	__XA_LOCKED(form, int, insert,                                                         \
		    (struct xarray *xa, unsigned long index, void *entry, gfp_t gfp),          \
		    (xa, index, entry, gfp))                                                   \
	__XA_LOCKED(form, void *, cmpxchg,                                                     \
		    (struct xarray *xa, unsigned long index, void *old, void *entry, gfp_t gfp), \
		    (xa, index, old, entry, gfp))                                              \
	__XA_LOCKED(form, int, alloc,                                                          \
		    (struct xarray *xa, u32 *id, void *entry, struct xa_limit limit, gfp_t gfp), \
		    (xa, id, entry, limit, gfp))                                               \
	__XA_LOCKED(form, int, alloc_cyclic,                                                   \
		    (struct xarray *xa, u32 *id, void *entry, struct xa_limit limit, u32 *next, \
		     gfp_t gfp),                                                               \
		    (xa, id, entry, limit, next, gfp))                                         \
	static inline __must_check int xa_reserve_##form(struct xarray *xa,                    \
							 unsigned long index, gfp_t gfp)       \
	{                                                                                      \
		return xa_err(xa_cmpxchg_##form(xa, index, NULL, XA_ZERO_ENTRY, gfp));         \
	}
/* clang-format on */
__XA_FORMS(bh)
__XA_FORMS(irq)
#undef __XA_FORMS
#undef __XA_LOCKED

#include <linux/xarray_state.h>

/* What comes with this header on Linux. */
#include <linux/rcupdate.h>
#include <linux/sched/mm.h>

#endif /* _LINUX_XARRAY_H */
