/* SPDX-License-Identifier: MIT */
/*
 * Counters that one CPU writes and every CPU may read: usually per CPU, as in
 *
 *   static DEFINE_PER_CPU(local_t, hits) = LOCAL_INIT(0);
 *   local_inc(&get_cpu_var(hits)), put_cpu_var(hits);
 *
 * Invariants: a change is whole for an interrupt on its CPU, and for who reads elsewhere.
 * Lifetime:   any.
 * Locking:    the writer stays on its CPU, the only one that writes. Nothing here orders other
 *             memory, also where a value is returned: that is all that atomic_long_t has more.
 * Units:      counts; they wrap.
 * Failure:    none.
 * Source:     Linux's Documentation/core-api/local_ops.rst.
 * Weakness:   made of atomic operations, so a change costs what one of atomic_long_t costs.
 */
#ifndef _ASM_LOCAL_H
#define _ASM_LOCAL_H

#include <linux/atomic.h>
#include <linux/percpu.h>

typedef struct {
	atomic_long_t a;
} local_t;

#define LOCAL_INIT(i)               \
	{                           \
		ATOMIC_LONG_INIT(i) \
	}
#define local_read(l)	atomic_long_read(&(l)->a)
#define local_set(l, i) atomic_long_set(&(l)->a, (i))

static inline void local_inc(local_t *l)
{
	atomic_long_inc(&l->a);
}

static inline void local_dec(local_t *l)
{
	atomic_long_dec(&l->a);
}

static inline void local_add(long i, local_t *l)
{
	atomic_long_add(i, &l->a);
}

static inline void local_sub(long i, local_t *l)
{
	atomic_long_sub(i, &l->a);
}

/* The new value, and whether it is 0 or negative. */
static inline long local_add_return(long i, local_t *l)
{
	return atomic_long_add_return_relaxed(i, &l->a);
}

static inline long local_sub_return(long i, local_t *l)
{
	return atomic_long_sub_return_relaxed(i, &l->a);
}
#define local_inc_return(l) local_add_return(1, l)
#define local_dec_return(l) local_sub_return(1, l)

static inline bool local_sub_and_test(long i, local_t *l)
{
	return local_sub_return(i, l) == 0;
}

static inline bool local_dec_and_test(local_t *l)
{
	return local_dec_return(l) == 0;
}

static inline bool local_inc_and_test(local_t *l)
{
	return local_inc_return(l) == 0;
}

static inline bool local_add_negative(long i, local_t *l)
{
	return local_add_return(i, l) < 0;
}

/* The value that was there. */
#define local_xchg(l, n)       atomic_long_xchg_relaxed(&(l)->a, (n))
#define local_cmpxchg(l, o, n) atomic_long_cmpxchg_relaxed(&(l)->a, (o), (n))

/* Adds @i unless the value is @u: did it? */
#define local_add_unless(l, i, u) atomic_long_add_unless(&(l)->a, (i), (u))
#define local_inc_not_zero(l)	  local_add_unless(l, 1, 0)

/* For who keeps interrupts of its CPU out itself. */
#define __local_inc(l)	  local_inc(l)
#define __local_dec(l)	  local_dec(l)
#define __local_add(i, l) local_add((i), (l))
#define __local_sub(i, l) local_sub((i), (l))

#endif /* _ASM_LOCAL_H */
