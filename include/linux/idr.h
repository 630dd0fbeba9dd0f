/* SPDX-License-Identifier: MIT */
/*
 * Small numbers for things: an IDR finds the thing by its number, an IDA only gives numbers.
 *
 *   id = idr_alloc(&idr, thing, 1, 0, GFP_KERNEL)     thing = idr_find(&idr, id)
 *   id = ida_alloc(&ida, GFP_KERNEL)                  ida_free(&ida, id)
 *
 * Owns:       the nodes of its array, and an IDA's bitmaps; never the things.
 * Invariants: the lowest free number is given, but by the cyclic form. A NULL that was
 *             allocated keeps its number, and is found as NULL. Other pointers may have any
 *             alignment.
 * Lifetime:   from idr_init() or ida_init() to idr_destroy() or ida_destroy(), which leaves
 *             it empty and good for use.
 * Locking:    IDR: the caller's, as to changes; idr_lock() may be it. Looking up and walking
 *             need none. IDA: its own.
 * Units:      ids are 0 to INT_MAX, with the _u32 and _ul forms to UINT_MAX and ULONG_MAX.
 * Failure:    -ENOMEM, -ENOSPC (no number is left in the range), -EINVAL; nothing changed.
 *             Freeing a number that is free is warned of.
 * Source:     Linux's Documentation/core-api/idr.rst and idr.h.
 */
#ifndef _LINUX_IDR_H
#define _LINUX_IDR_H

#include <linux/gfp.h>
#include <linux/xarray.h>

/* ---- Numbers with things -------------------------------------------------------------------- */

struct idr {
	struct xarray idr_rt;
	unsigned int idr_base; /* the lowest number */
	unsigned int idr_next; /* where the cyclic form goes on */
};

#define IDR_INIT_BASE(name, base)                                                           \
	{                                                                                   \
		.idr_rt = XARRAY_INIT((name).idr_rt, XA_FLAGS_ALLOC | XA_FLAGS_OTHER_LOCK), \
		.idr_base = (base), .idr_next = 0                                           \
	}
#define IDR_INIT(name)	 IDR_INIT_BASE(name, 0)
#define DEFINE_IDR(name) struct idr name = IDR_INIT(name)

static inline void idr_init_base(struct idr *idr, int base)
{
	*idr = (struct idr)IDR_INIT_BASE(*idr, (unsigned int)base);
}

static inline void idr_init(struct idr *idr)
{
	idr_init_base(idr, 0);
}

static inline bool idr_is_empty(const struct idr *idr)
{
	return xa_empty(&idr->idr_rt);
}

static inline unsigned int idr_get_cursor(const struct idr *idr)
{
	return READ_ONCE(idr->idr_next);
}

static inline void idr_set_cursor(struct idr *idr, unsigned int val)
{
	WRITE_ONCE(idr->idr_next, val);
}

#define idr_lock(idr)		      xa_lock(&(idr)->idr_rt)
#define idr_unlock(idr)		      xa_unlock(&(idr)->idr_rt)
#define idr_lock_bh(idr)	      xa_lock_bh(&(idr)->idr_rt)
#define idr_unlock_bh(idr)	      xa_unlock_bh(&(idr)->idr_rt)
#define idr_lock_irq(idr)	      xa_lock_irq(&(idr)->idr_rt)
#define idr_unlock_irq(idr)	      xa_unlock_irq(&(idr)->idr_rt)
#define idr_lock_irqsave(idr, flags)  xa_lock_irqsave(&(idr)->idr_rt, flags)
#define idr_unlock_irqrestore(idr, f) xa_unlock_irqrestore(&(idr)->idr_rt, f)

/* Linux keeps nodes back for what follows; here allocating finds what it needs. */
static inline void idr_preload(gfp_t gfp)
{
	(void)gfp;
}

static inline void idr_preload_end(void)
{
}

/* A number of [@start, @end), without an end where that is 0 or less. */
int idr_alloc(struct idr *idr, void *ptr, int start, int end, gfp_t gfp);

/* The next after that given last, from @end on anew at @start. */
int idr_alloc_cyclic(struct idr *idr, void *ptr, int start, int end, gfp_t gfp);

/* The lowest of [*@nextid, @max] into *@nextid, before @ptr can be found. */
int __must_check idr_alloc_u32(struct idr *idr, void *ptr, u32 *nextid, unsigned long max,
			       gfp_t gfp);

void *idr_find(const struct idr *idr, unsigned long id);

/* What had the number; NULL: nothing. */
void *idr_remove(struct idr *idr, unsigned long id);

/* @ptr in its place, which is returned; as a pointer -ENOENT where the number is free. */
void *idr_replace(struct idr *idr, void *ptr, unsigned long id);

void idr_destroy(struct idr *idr);

/* Calls @fn for each, until it returns other than 0; that. */
int idr_for_each(const struct idr *idr, int (*fn)(int id, void *p, void *data), void *data);

/* The first from *@nextid on, which becomes its number; NULL. */
void *idr_get_next(struct idr *idr, int *nextid);
void *idr_get_next_ul(struct idr *idr, unsigned long *nextid);

#define idr_for_each_entry(idr, entry, id) \
	for (id = 0; ((entry) = idr_get_next(idr, &(id))) != NULL; id += 1U)
#define idr_for_each_entry_ul(idr, entry, tmp, id)                                                \
	for (tmp = 0, id = 0; ((entry) = tmp <= id ? idr_get_next_ul(idr, &(id)) : NULL) != NULL; \
	     tmp = id, ++id)
#define idr_for_each_entry_continue(idr, entry, id)       \
	for ((entry) = idr_get_next((idr), &(id)); entry; \
	     ++id, (entry) = idr_get_next((idr), &(id)))
#define idr_for_each_entry_continue_ul(idr, entry, tmp, id)                                \
	for (tmp = id; ((entry) = tmp <= id ? idr_get_next_ul(idr, &(id)) : NULL) != NULL; \
	     tmp = id, ++id)

/* ---- Numbers alone ---------------------------------------------------------------------------- */

/* A bitmap is for so many. */
#define IDA_CHUNK_SIZE	 128
#define IDA_BITMAP_LONGS (IDA_CHUNK_SIZE / sizeof(long))
#define IDA_BITMAP_BITS	 (IDA_BITMAP_LONGS * sizeof(long) * 8)

struct ida_bitmap {
	unsigned long bitmap[IDA_BITMAP_LONGS];
};

/* Bitmaps by their numbers. */
struct ida {
	struct xarray xa;
};

#define IDA_INIT_FLAGS 0
#define IDA_INIT(name)                                       \
	{                                                    \
		.xa = XARRAY_INIT((name).xa, IDA_INIT_FLAGS) \
	}
#define DEFINE_IDA(name) struct ida name = IDA_INIT(name)

static inline void ida_init(struct ida *ida)
{
	xa_init_flags(&ida->xa, IDA_INIT_FLAGS);
}

static inline bool ida_is_empty(const struct ida *ida)
{
	return xa_empty(&ida->xa);
}

/* The lowest that is free of [@min, @max]. Passes over full bitmaps one by one. */
int ida_alloc_range(struct ida *ida, unsigned int min, unsigned int max, gfp_t gfp);
void ida_free(struct ida *ida, unsigned int id);
void ida_destroy(struct ida *ida);

static inline int ida_alloc(struct ida *ida, gfp_t gfp)
{
	return ida_alloc_range(ida, 0, ~0U, gfp);
}

static inline int ida_alloc_min(struct ida *ida, unsigned int min, gfp_t gfp)
{
	return ida_alloc_range(ida, min, ~0U, gfp);
}

static inline int ida_alloc_max(struct ida *ida, unsigned int max, gfp_t gfp)
{
	return ida_alloc_range(ida, 0, max, gfp);
}

/* Linux's older names. */
#define ida_simple_get(ida, start, end, gfp) ida_alloc_range(ida, start, (end)-1, gfp)
#define ida_simple_remove(ida, id)	     ida_free(ida, id)

/*
 * Is the array that has the numbers sound (xa_verify()), and is each block of an ida's in use?
 * Logs each fault, returns their number. xa_show() shows idr_rt, and an ida's xa.
 */
int idr_verify(struct idr *idr);
int ida_verify(struct ida *ida);

/* What comes with this header on Linux. */
#include <linux/percpu.h>
#include <linux/radix-tree.h>

#endif /* _LINUX_IDR_H */
