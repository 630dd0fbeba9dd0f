/* SPDX-License-Identifier: MIT */
/*
 * min(), max(), clamp(): each argument is evaluated once, and comparing two
 * different types is a compile-time warning, as on Linux. min_t() and max_t()
 * convert both first. Of constants they are constants, fit for an array's size.
 */
#ifndef _LINUX_MINMAX_H
#define _LINUX_MINMAX_H

#include <linux/const.h>
#include <linux/types.h>

#define __uniq_cat2(a, b) a##b
#define __uniq_cat(a, b)  __uniq_cat2(a, b)

/* 1, with a warning where the types differ. */
#define __cmp_typecheck(x, y) (!!(sizeof((__typeof__(x) *)1 == (__typeof__(y) *)1)))

#define __cmp_plain(x, y, op) ((x)op(y) ? (x) : (y))
#define __cmp_once(x, y, op, ux, uy)    \
	({                              \
		__typeof__(x) ux = (x); \
		__typeof__(y) uy = (y); \
		ux op uy ? ux : uy;     \
	})
#define __cmp(x, y, op)                                                                        \
	__builtin_choose_expr(__cmp_typecheck(x, y) && __is_constexpr(x) && __is_constexpr(y), \
			      __cmp_plain(x, y, op),                                           \
			      __cmp_once(x, y, op, __uniq_cat(__ux, __COUNTER__),              \
					 __uniq_cat(__uy, __COUNTER__)))

#define min(x, y)	    __cmp(x, y, <)
#define max(x, y)	    __cmp(x, y, >)
#define min3(x, y, z)	    min((__typeof__(x))min(x, y), z)
#define max3(x, y, z)	    max((__typeof__(x))max(x, y), z)
#define min_t(type, x, y)   min((type)(x), (type)(y))
#define max_t(type, x, y)   max((type)(x), (type)(y))
#define clamp(v, lo, hi)    min((__typeof__(v))max(v, lo), hi)
#define clamp_t(t, v, l, h) min_t(t, max_t(t, v, l), h)
#define clamp_val(v, l, h)  clamp_t(__typeof__(v), v, l, h)

/* The smaller of those that are not 0; 0 where both are. */
#define min_not_zero(x, y)                                                                  \
	({                                                                                  \
		__typeof__(x) __first = (x);                                                \
		__typeof__(y) __second = (y);                                               \
		__first == 0 ? __second : __second == 0 ? __first : min(__first, __second); \
	})

#define swap(a, b)                              \
	do {                                    \
		__typeof__(a) __swap_tmp = (a); \
		(a) = (b);                      \
		(b) = __swap_tmp;               \
	} while (0)

/* Is @val in [start, start + len)? */
static inline bool in_range64(u64 val, u64 start, u64 len)
{
	return val - start < len;
}

static inline bool in_range32(u32 val, u32 start, u32 len)
{
	return val - start < len;
}

#define in_range(val, start, len)                                   \
	(sizeof((start) | (len) | (val)) <= sizeof(u32)             \
		 ? in_range32((u32)(val), (u32)(start), (u32)(len)) \
		 : in_range64((u64)(val), (u64)(start), (u64)(len)))

/* Numbers that are known not to be below 0, of any types. */
#define umin(x, y) min((x) + 0u + 0ul + 0ull, (y) + 0u + 0ul + 0ull)
#define umax(x, y) max((x) + 0u + 0ul + 0ull, (y) + 0u + 0ul + 0ull)

/* For constants, also where no statement may stand. */
#define MIN(a, b)	  ((a) < (b) ? (a) : (b))
#define MAX(a, b)	  ((a) > (b) ? (a) : (b))
#define MIN_T(type, a, b) MIN((type)(a), (type)(b))
#define MAX_T(type, a, b) MAX((type)(a), (type)(b))

/* Of @len numbers, at least one. */
#define __of_array(op, array, len)                          \
	({                                                  \
		__typeof__(&(array)[0]) __a = (array);      \
		size_t __n = (len);                         \
		__typeof__(__a[0] + 0) __best = __a[--__n]; \
		while (__n--)                               \
			__best = op(__best, __a[__n]);      \
		__best;                                     \
	})
#define min_array(array, len) __of_array(min, array, len)
#define max_array(array, len) __of_array(max, array, len)

/* What comes with this header on Linux. */
#include <linux/build_bug.h>
#include <linux/compiler.h>

#endif /* _LINUX_MINMAX_H */
