/* SPDX-License-Identifier: MIT */
/*
 * What an entry of a sparse array is: part of linux/xarray.h.
 *
 *   ...00  a pointer, or NULL         ...1  a number, one bit shorter than a long
 *   ...10  the array's own: a sibling (below 64), XA_RETRY_ENTRY, XA_ZERO_ENTRY, an error
 *          (as small negative numbers), a node (all else)
 */
#ifndef _LINUX_XARRAY_ENTRY_H
#define _LINUX_XARRAY_ENTRY_H

#include <linux/bits.h>
#include <linux/err.h>
#include <linux/types.h>

/* ---- Numbers, and pointers with tags ------------------------------------------------------ */

#define BITS_PER_XA_VALUE (BITS_PER_LONG - 1)

static inline void *xa_mk_value(unsigned long v)
{
	return (void *)(v << 1 | 1);
}

static inline unsigned long xa_to_value(const void *entry)
{
	return (unsigned long)entry >> 1;
}

static inline bool xa_is_value(const void *entry)
{
	return (unsigned long)entry & 1;
}

/* A pointer aligned to 4 with a @tag of 0, 1 or 3. Those with 1 and 3 look like numbers. */
static inline void *xa_tag_pointer(void *p, unsigned long tag)
{
	return (void *)((unsigned long)p | tag);
}

static inline void *xa_untag_pointer(void *entry)
{
	return (void *)((unsigned long)entry & ~3UL);
}

static inline unsigned int xa_pointer_tag(void *entry)
{
	return (unsigned long)entry & 3;
}

/* ---- The array's own ------------------------------------------------------------------------ */

static inline void *xa_mk_internal(unsigned long v)
{
	return (void *)(v << 2 | 2);
}

static inline unsigned long xa_to_internal(const void *entry)
{
	return (unsigned long)entry >> 2;
}

static inline bool xa_is_internal(const void *entry)
{
	return ((unsigned long)entry & 3) == 2;
}

#define XA_RETRY_ENTRY xa_mk_internal(256)
#define XA_ZERO_ENTRY  xa_mk_internal(257)

static inline bool xa_is_zero(const void *entry)
{
	return entry == XA_ZERO_ENTRY;
}

static inline bool xa_is_retry(const void *entry)
{
	return entry == XA_RETRY_ENTRY;
}

static inline bool xa_is_err(const void *entry)
{
	return xa_is_internal(entry) &&
	       (unsigned long)entry >= (unsigned long)xa_mk_internal(-(unsigned long)MAX_ERRNO);
}

/* 0 where it is none. */
static inline int xa_err(const void *entry)
{
	return xa_is_err(entry) ? (int)((long)entry >> 2) : 0;
}

static inline void *xa_mk_err(int err)
{
	return xa_mk_internal((unsigned long)(long)err);
}

/* Not for who only uses entries. */
static inline bool xa_is_advanced(const void *entry)
{
	return xa_is_internal(entry) && (unsigned long)entry <= (unsigned long)XA_RETRY_ENTRY;
}

#endif /* _LINUX_XARRAY_ENTRY_H */
