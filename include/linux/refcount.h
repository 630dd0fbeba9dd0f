/* SPDX-License-Identifier: MIT */
/*
 * Reference counts that do not wrap: a count that would is stuck at REFCOUNT_SATURATED, so
 * that what it counts leaks instead of being used after it was freed.
 *
 *   0 ... REFCOUNT_MAX          counts
 *   below 0, SATURATED's half   stuck; each operation sets it back to the middle
 *
 * Order:      taking a reference orders nothing. Giving one back is a release, and where it
 *             was the last, an acquire, too: what its holders did comes before its end.
 * Locking:    none; any context.
 * Failure:    one warning in Linux's words, the first time that each misuse is met, and the
 *             count is stuck.
 * Source:     Linux's Documentation/core-api/refcount-vs-atomic.rst and refcount.h.
 */
#ifndef _LINUX_REFCOUNT_H
#define _LINUX_REFCOUNT_H

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/limits.h>
#include <linux/spinlock.h>
#include <linux/types.h>

typedef struct refcount_struct {
	atomic_t refs;
} refcount_t;

#define REFCOUNT_INIT(n)               \
	{                              \
		.refs = ATOMIC_INIT(n) \
	}
#define REFCOUNT_MAX	   INT_MAX
#define REFCOUNT_SATURATED (INT_MIN / 2)

enum refcount_saturation_type {
	REFCOUNT_ADD_NOT_ZERO_OVF,
	REFCOUNT_ADD_OVF,
	REFCOUNT_ADD_UAF,
	REFCOUNT_SUB_UAF,
	REFCOUNT_DEC_LEAK,
};

/* Sticks @r, and says why, once for each @t. */
void refcount_warn_saturate(refcount_t *r, enum refcount_saturation_type t);

static inline void refcount_set(refcount_t *r, int n)
{
	atomic_set(&r->refs, n);
}

static inline unsigned int refcount_read(const refcount_t *r)
{
	return (unsigned int)atomic_read(&r->refs);
}

/* ---- Taking -------------------------------------------------------------------------------- */

/* The __ forms tell in *@oldp, where not NULL, what the count was. */
static inline __must_check bool __refcount_add_not_zero(int i, refcount_t *r, int *oldp)
{
	int old = atomic_read(&r->refs);

	while (old && !atomic_try_cmpxchg_relaxed(&r->refs, &old, __ATOMIC_SUM(old, i)))
		;
	if (oldp)
		*oldp = old;
	if (unlikely(old < 0 || __ATOMIC_SUM(old, i) < 0))
		refcount_warn_saturate(r, REFCOUNT_ADD_NOT_ZERO_OVF);
	return old;
}

/* False, and nothing is done, where the count is 0. */
static inline __must_check bool refcount_add_not_zero(int i, refcount_t *r)
{
	return __refcount_add_not_zero(i, r, NULL);
}

static inline void __refcount_add(int i, refcount_t *r, int *oldp)
{
	int old = atomic_fetch_add_relaxed(i, &r->refs);

	if (oldp)
		*oldp = old;
	if (unlikely(!old))
		refcount_warn_saturate(r, REFCOUNT_ADD_UAF);
	else if (unlikely(old < 0 || __ATOMIC_SUM(old, i) < 0))
		refcount_warn_saturate(r, REFCOUNT_ADD_OVF);
}

static inline void refcount_add(int i, refcount_t *r)
{
	__refcount_add(i, r, NULL);
}

static inline __must_check bool __refcount_inc_not_zero(refcount_t *r, int *oldp)
{
	return __refcount_add_not_zero(1, r, oldp);
}

static inline __must_check bool refcount_inc_not_zero(refcount_t *r)
{
	return refcount_add_not_zero(1, r);
}

static inline void __refcount_inc(refcount_t *r, int *oldp)
{
	__refcount_add(1, r, oldp);
}

static inline void refcount_inc(refcount_t *r)
{
	refcount_add(1, r);
}

/* ---- Giving back ------------------------------------------------------------------------------ */

/* Was it the last? */
static inline __must_check bool __refcount_sub_and_test(int i, refcount_t *r, int *oldp)
{
	int old = atomic_fetch_sub_release(i, &r->refs);

	if (oldp)
		*oldp = old;
	if (old == i) {
		smp_acquire__after_ctrl_dep();
		return true;
	}
	if (unlikely(old < 0 || old < i))
		refcount_warn_saturate(r, REFCOUNT_SUB_UAF);
	return false;
}

static inline __must_check bool refcount_sub_and_test(int i, refcount_t *r)
{
	return __refcount_sub_and_test(i, r, NULL);
}

static inline __must_check bool __refcount_dec_and_test(refcount_t *r, int *oldp)
{
	return __refcount_sub_and_test(1, r, oldp);
}

static inline __must_check bool refcount_dec_and_test(refcount_t *r)
{
	return refcount_sub_and_test(1, r);
}

/* Where it cannot be the last. */
static inline void __refcount_dec(refcount_t *r, int *oldp)
{
	int old = atomic_fetch_sub_release(1, &r->refs);

	if (oldp)
		*oldp = old;
	if (unlikely(old <= 1))
		refcount_warn_saturate(r, REFCOUNT_DEC_LEAK);
}

static inline void refcount_dec(refcount_t *r)
{
	__refcount_dec(r, NULL);
}

/* Gives it back only if it is the last; only if it is not. Did it? */
__must_check bool refcount_dec_if_one(refcount_t *r);
__must_check bool refcount_dec_not_one(refcount_t *r);

/* Gives one back; where it was the last, true, and @lock is held. */
__must_check bool refcount_dec_and_lock(refcount_t *r, spinlock_t *lock);
__must_check bool refcount_dec_and_lock_irqsave(refcount_t *r, spinlock_t *lock,
						unsigned long *flags);

struct mutex;

/* One less. Where that is 0: true, with @lock held; only then is it taken. */
bool __must_check refcount_dec_and_mutex_lock(refcount_t *r, struct mutex *lock);

#endif /* _LINUX_REFCOUNT_H */
