/* SPDX-License-Identifier: MIT */
/*
 * Atomic counters with Linux's names: read and set are plain accesses that the
 * compiler keeps whole; add, inc and dec are atomic without ordering; the forms
 * that return a value are fully ordered.
 */
#ifndef _LINUX_ATOMIC_H
#define _LINUX_ATOMIC_H

#include <linux/compiler.h>
#include <linux/types.h>

#define ATOMIC_INIT(i) \
	{              \
		(i)    \
	}
#define ATOMIC_LONG_INIT(i) \
	{                   \
		(i)         \
	}

#define __ATOMIC_OPS(name, atype, type)                                                            \
	static inline type name##_read(const atype *v)                                             \
	{                                                                                          \
		return READ_ONCE(v->counter);                                                      \
	}                                                                                          \
	static inline void name##_set(atype *v, type i)                                            \
	{                                                                                          \
		WRITE_ONCE(v->counter, i);                                                         \
	}                                                                                          \
	static inline void name##_add(type i, atype *v)                                            \
	{                                                                                          \
		__atomic_fetch_add(&v->counter, i, __ATOMIC_RELAXED);                              \
	}                                                                                          \
	static inline void name##_sub(type i, atype *v)                                            \
	{                                                                                          \
		__atomic_fetch_sub(&v->counter, i, __ATOMIC_RELAXED);                              \
	}                                                                                          \
	static inline void name##_inc(atype *v)                                                    \
	{                                                                                          \
		name##_add(1, v);                                                                  \
	}                                                                                          \
	static inline void name##_dec(atype *v)                                                    \
	{                                                                                          \
		name##_sub(1, v);                                                                  \
	}                                                                                          \
	static inline type name##_add_return(type i, atype *v)                                     \
	{                                                                                          \
		return __atomic_add_fetch(&v->counter, i, __ATOMIC_SEQ_CST);                       \
	}                                                                                          \
	static inline type name##_sub_return(type i, atype *v)                                     \
	{                                                                                          \
		return __atomic_sub_fetch(&v->counter, i, __ATOMIC_SEQ_CST);                       \
	}                                                                                          \
	static inline bool name##_dec_and_test(atype *v)                                           \
	{                                                                                          \
		return name##_sub_return(1, v) == 0;                                               \
	}                                                                                          \
	static inline type name##_inc_return(atype *v)                                             \
	{                                                                                          \
		return name##_add_return(1, v);                                                    \
	}                                                                                          \
	static inline type name##_cmpxchg(atype *v, type old, type new_value)                      \
	{                                                                                          \
		__atomic_compare_exchange_n(&v->counter, &old, new_value, false, __ATOMIC_SEQ_CST, \
					    __ATOMIC_SEQ_CST);                                     \
		return old;                                                                        \
	}

__ATOMIC_OPS(atomic, atomic_t, int)
__ATOMIC_OPS(atomic64, atomic64_t, s64)
__ATOMIC_OPS(__atomic_long, atomic_long_t, s64)
#undef __ATOMIC_OPS

/* A long is 64 bits wide wherever this is compiled; Linux's type is long. */
#define atomic_long_read(v)	     ((long)__atomic_long_read(v))
#define atomic_long_set(v, i)	     __atomic_long_set(v, i)
#define atomic_long_add(i, v)	     __atomic_long_add(i, v)
#define atomic_long_sub(i, v)	     __atomic_long_sub(i, v)
#define atomic_long_inc(v)	     __atomic_long_inc(v)
#define atomic_long_dec(v)	     __atomic_long_dec(v)
#define atomic_long_add_return(i, v) ((long)__atomic_long_add_return(i, v))
#define atomic_long_sub_return(i, v) ((long)__atomic_long_sub_return(i, v))
#define atomic_long_cmpxchg(v, o, n) ((long)__atomic_long_cmpxchg(v, o, n))

#endif /* _LINUX_ATOMIC_H */
