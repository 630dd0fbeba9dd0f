/* SPDX-License-Identifier: MIT */
/*
 * Atomic counters and exchanges with Linux's names.
 *
 *   atomic_t, atomic64_t, atomic_long_t   the same calls for each: atomic64_add() and so on
 *   xchg() cmpxchg() try_cmpxchg()        for plain variables of 1 to 8 bytes
 *
 * Order:      read and set are plain accesses that the compiler keeps whole. What returns
 *             nothing is atomic without ordering. What returns a value is fully ordered, or
 *             as its name says: _relaxed not at all, _acquire, _release. What turns out to
 *             change nothing (a compare that fails, add_unless) orders nothing on Linux;
 *             here it may.
 * Overflow:   counters wrap, as two's complement does.
 * Failure:    none.
 * Source:     Linux's Documentation/atomic_t.txt.
 */
#ifndef _LINUX_ATOMIC_H
#define _LINUX_ATOMIC_H

#include <linux/compiler.h>
#include <linux/types.h>
#include <asm/arch.h>
#include <asm/barrier.h>

#define ATOMIC_INIT(i) \
	{              \
		(i)    \
	}
#define ATOMIC64_INIT(i)    ATOMIC_INIT(i)
#define ATOMIC_LONG_INIT(i) ATOMIC_INIT(i)

/* name_op(i, v), name_op_return(i, v) and name_fetch_op(i, v), for what __atomic_*_op can. */
#define __ATOMIC_VOID(name, atype, type, op, builtin)                         \
	static inline void name##_##op(type i, atype *v)                      \
	{                                                                     \
		__atomic_fetch_##builtin(&v->counter, (i), __ATOMIC_RELAXED); \
	}
#define __ATOMIC_FETCH(name, atype, type, op, sfx, order)                \
	static inline type name##_fetch_##op##sfx(type i, atype *v)      \
	{                                                                \
		return (type)__atomic_fetch_##op(&v->counter, i, order); \
	}

/* All that comes in four orders. */
#define __ATOMIC_ORDERED(name, atype, type, sfx, order)                                 \
	static inline type name##_add_return##sfx(type i, atype *v)                     \
	{                                                                               \
		return (type)__atomic_add_fetch(&v->counter, i, order);                 \
	}                                                                               \
	static inline type name##_sub_return##sfx(type i, atype *v)                     \
	{                                                                               \
		return (type)__atomic_sub_fetch(&v->counter, i, order);                 \
	}                                                                               \
	static inline type name##_inc_return##sfx(atype *v)                             \
	{                                                                               \
		return (type)__atomic_add_fetch(&v->counter, 1, order);                 \
	}                                                                               \
	static inline type name##_dec_return##sfx(atype *v)                             \
	{                                                                               \
		return (type)__atomic_sub_fetch(&v->counter, 1, order);                 \
	}                                                                               \
	__ATOMIC_FETCH(name, atype, type, add, sfx, order)                              \
	__ATOMIC_FETCH(name, atype, type, sub, sfx, order)                              \
	__ATOMIC_FETCH(name, atype, type, and, sfx, order)                              \
	__ATOMIC_FETCH(name, atype, type, or, sfx, order)                               \
	__ATOMIC_FETCH(name, atype, type, xor, sfx, order)                              \
	static inline type name##_fetch_inc##sfx(atype *v)                              \
	{                                                                               \
		return name##_fetch_add##sfx(1, v);                                     \
	}                                                                               \
	static inline type name##_fetch_dec##sfx(atype *v)                              \
	{                                                                               \
		return name##_fetch_sub##sfx(1, v);                                     \
	}                                                                               \
	static inline type name##_fetch_andnot##sfx(type i, atype *v)                   \
	{                                                                               \
		return name##_fetch_and##sfx(~i, v);                                    \
	}                                                                               \
	static inline type name##_xchg##sfx(atype *v, type new_value)                   \
	{                                                                               \
		return (type)__atomic_exchange_n(&v->counter, new_value, order);        \
	}                                                                               \
	/* The value that was found: @old where @new_value took its place. */           \
	static inline type name##_cmpxchg##sfx(atype *v, type old, type new_value)      \
	{                                                                               \
		return (type)cmpxchg##sfx(&v->counter, old, new_value);                 \
	}                                                                               \
	/* Did it? If not, *@old is what was found. */                                  \
	static inline bool name##_try_cmpxchg##sfx(atype *v, type *old, type new_value) \
	{                                                                               \
		type found = name##_cmpxchg##sfx(v, *old, new_value);                   \
		bool same = found == *old;                                              \
                                                                                        \
		if (!same)                                                              \
			*old = found;                                                   \
		return same;                                                            \
	}

/* What is made of these: tests of the new value, and changes under a condition. */
#define __ATOMIC_DERIVED(name, atype, type)                                                   \
	static inline bool name##_sub_and_test(type i, atype *v)                              \
	{                                                                                     \
		return name##_sub_return(i, v) == 0;                                          \
	}                                                                                     \
	static inline bool name##_dec_and_test(atype *v)                                      \
	{                                                                                     \
		return name##_sub_return(1, v) == 0;                                          \
	}                                                                                     \
	static inline bool name##_inc_and_test(atype *v)                                      \
	{                                                                                     \
		return name##_add_return(1, v) == 0;                                          \
	}                                                                                     \
	static inline bool name##_add_negative(type i, atype *v)                              \
	{                                                                                     \
		return name##_add_return(i, v) < 0;                                           \
	}                                                                                     \
	/* Adds @a unless the value is @u; what it was. */                                    \
	static inline type name##_fetch_add_unless(atype *v, type a, type u)                  \
	{                                                                                     \
		type found = name##_read(v);                                                  \
                                                                                              \
		while (found != u && !name##_try_cmpxchg(v, &found, __ATOMIC_SUM(found, a)))  \
			;                                                                     \
		return found;                                                                 \
	}                                                                                     \
	static inline bool name##_add_unless(atype *v, type a, type u)                        \
	{                                                                                     \
		return name##_fetch_add_unless(v, a, u) != u;                                 \
	}                                                                                     \
	static inline bool name##_inc_not_zero(atype *v)                                      \
	{                                                                                     \
		return name##_add_unless(v, 1, 0);                                            \
	}                                                                                     \
	static inline bool name##_inc_unless_negative(atype *v)                               \
	{                                                                                     \
		type found = name##_read(v);                                                  \
                                                                                              \
		while (found >= 0 && !name##_try_cmpxchg(v, &found, __ATOMIC_SUM(found, 1)))  \
			;                                                                     \
		return found >= 0;                                                            \
	}                                                                                     \
	static inline bool name##_dec_unless_positive(atype *v)                               \
	{                                                                                     \
		type found = name##_read(v);                                                  \
                                                                                              \
		while (found <= 0 && !name##_try_cmpxchg(v, &found, __ATOMIC_SUM(found, -1))) \
			;                                                                     \
		return found <= 0;                                                            \
	}                                                                                     \
	/* Takes 1 off unless that is below 0; the value less 1 either way. */                \
	static inline type name##_dec_if_positive(atype *v)                                   \
	{                                                                                     \
		type found = name##_read(v);                                                  \
                                                                                              \
		while (found > 0 && !name##_try_cmpxchg(v, &found, found - 1))                \
			;                                                                     \
		return __ATOMIC_SUM(found, -1);                                               \
	}

/* A sum that wraps. */
#define __ATOMIC_SUM(a, b)                                  \
	({                                                  \
		__typeof__(a) __sum;                        \
		(void)__builtin_add_overflow(a, b, &__sum); \
		__sum;                                      \
	})

#define __ATOMIC_OPS(name, atype, type)                                 \
	static inline type name##_read(const atype *v)                  \
	{                                                               \
		return (type)READ_ONCE(v->counter);                     \
	}                                                               \
	static inline type name##_read_acquire(const atype *v)          \
	{                                                               \
		return (type)smp_load_acquire(&v->counter);             \
	}                                                               \
	static inline void name##_set(atype *v, type i)                 \
	{                                                               \
		WRITE_ONCE(v->counter, i);                              \
	}                                                               \
	static inline void name##_set_release(atype *v, type i)         \
	{                                                               \
		smp_store_release(&v->counter, i);                      \
	}                                                               \
	__ATOMIC_VOID(name, atype, type, add, add)                      \
	__ATOMIC_VOID(name, atype, type, sub, sub)                      \
	__ATOMIC_VOID(name, atype, type, and, and)                      \
	__ATOMIC_VOID(name, atype, type, or, or)                        \
	__ATOMIC_VOID(name, atype, type, xor, xor)                      \
	static inline void name##_andnot(type i, atype *v)              \
	{                                                               \
		name##_and(~i, v);                                      \
	}                                                               \
	static inline void name##_inc(atype *v)                         \
	{                                                               \
		name##_add(1, v);                                       \
	}                                                               \
	static inline void name##_dec(atype *v)                         \
	{                                                               \
		name##_sub(1, v);                                       \
	}                                                               \
	__ATOMIC_ORDERED(name, atype, type, , __ATOMIC_SEQ_CST)         \
	__ATOMIC_ORDERED(name, atype, type, _acquire, __ATOMIC_ACQUIRE) \
	__ATOMIC_ORDERED(name, atype, type, _release, __ATOMIC_RELEASE) \
	__ATOMIC_ORDERED(name, atype, type, _relaxed, __ATOMIC_RELAXED) \
	__ATOMIC_DERIVED(name, atype, type)

/* ---- Plain variables ------------------------------------------------------------------- */

/* *@ptr becomes @v; what it was. */
#define xchg(ptr, v)	     __atomic_exchange_n(ptr, v, __ATOMIC_SEQ_CST)
#define xchg_acquire(ptr, v) __atomic_exchange_n(ptr, v, __ATOMIC_ACQUIRE)
#define xchg_release(ptr, v) __atomic_exchange_n(ptr, v, __ATOMIC_RELEASE)
#define xchg_relaxed(ptr, v) __atomic_exchange_n(ptr, v, __ATOMIC_RELAXED)

/* A compare that fails stores nothing, so it has nothing to release. */
#define __cmpxchg(ptr, o, n, order, fail)                                          \
	({                                                                         \
		__typeof__(*(ptr)) __found = (o);                                  \
		__atomic_compare_exchange_n(ptr, &__found, n, false, order, fail); \
		__found;                                                           \
	})
/* *@ptr becomes @n where it was @o; what it was. */
#define cmpxchg(ptr, o, n)	   __cmpxchg(ptr, o, n, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)
#define cmpxchg_acquire(ptr, o, n) __cmpxchg(ptr, o, n, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE)
#define cmpxchg_release(ptr, o, n) __cmpxchg(ptr, o, n, __ATOMIC_RELEASE, __ATOMIC_RELAXED)
#define cmpxchg_relaxed(ptr, o, n) __cmpxchg(ptr, o, n, __ATOMIC_RELAXED, __ATOMIC_RELAXED)
#define cmpxchg_local(ptr, o, n)   cmpxchg_relaxed(ptr, o, n)
#define sync_cmpxchg(ptr, o, n)	   cmpxchg(ptr, o, n)

#define cmpxchg64(ptr, o, n)	     cmpxchg(ptr, o, n)
#define cmpxchg64_acquire(ptr, o, n) cmpxchg_acquire(ptr, o, n)
#define cmpxchg64_release(ptr, o, n) cmpxchg_release(ptr, o, n)
#define cmpxchg64_relaxed(ptr, o, n) cmpxchg_relaxed(ptr, o, n)
#define cmpxchg64_local(ptr, o, n)   cmpxchg_local(ptr, o, n)

/* The same; was it? If not, *@oldp is what it was. */
#define __try_cmpxchg(ptr, oldp, n, order, fail) \
	__atomic_compare_exchange_n(ptr, oldp, n, false, order, fail)
#define try_cmpxchg(ptr, oldp, n) __try_cmpxchg(ptr, oldp, n, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)
#define try_cmpxchg_acquire(ptr, oldp, n) \
	__try_cmpxchg(ptr, oldp, n, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE)
#define try_cmpxchg_release(ptr, oldp, n) \
	__try_cmpxchg(ptr, oldp, n, __ATOMIC_RELEASE, __ATOMIC_RELAXED)
#define try_cmpxchg_relaxed(ptr, oldp, n) \
	__try_cmpxchg(ptr, oldp, n, __ATOMIC_RELAXED, __ATOMIC_RELAXED)
#define try_cmpxchg64(ptr, oldp, n) try_cmpxchg(ptr, oldp, n)

/* ---- Counters ------------------------------------------------------------------------------ */

__ATOMIC_OPS(atomic, atomic_t, int)
__ATOMIC_OPS(atomic64, atomic64_t, s64)
__ATOMIC_OPS(atomic_long, atomic_long_t, long)
#undef __ATOMIC_OPS
#undef __ATOMIC_ORDERED
#undef __ATOMIC_DERIVED
#undef __ATOMIC_FETCH
#undef __ATOMIC_VOID

/* Until @c, which knows the value as VAL, is true of the counter; the value. */
#define atomic_cond_read_acquire(v, c)	 smp_cond_load_acquire(&(v)->counter, c)
#define atomic_cond_read_relaxed(v, c)	 smp_cond_load_relaxed(&(v)->counter, c)
#define atomic64_cond_read_acquire(v, c) smp_cond_load_acquire(&(v)->counter, c)
#define atomic64_cond_read_relaxed(v, c) smp_cond_load_relaxed(&(v)->counter, c)

#endif /* _LINUX_ATOMIC_H */
