/* SPDX-License-Identifier: MIT */
/*
 * min(), max(), clamp(): each argument is evaluated once, and comparing two
 * different types is a compile-time warning, as on Linux. min_t() and max_t()
 * convert both first.
 */
#ifndef _LINUX_MINMAX_H
#define _LINUX_MINMAX_H

#define __cmp_once(x, y, op, ux, uy)    \
	({                              \
		__typeof__(x) ux = (x); \
		__typeof__(y) uy = (y); \
		(void)(&ux == &uy);     \
		ux op uy ? ux : uy;     \
	})
#define __uniq_cat2(a, b) a##b
#define __uniq_cat(a, b)  __uniq_cat2(a, b)
#define __cmp(x, y, op) \
	__cmp_once(x, y, op, __uniq_cat(__ux, __COUNTER__), __uniq_cat(__uy, __COUNTER__))

#define min(x, y)	    __cmp(x, y, <)
#define max(x, y)	    __cmp(x, y, >)
#define min3(x, y, z)	    min((__typeof__(x))min(x, y), z)
#define max3(x, y, z)	    max((__typeof__(x))max(x, y), z)
#define min_t(type, x, y)   min((type)(x), (type)(y))
#define max_t(type, x, y)   max((type)(x), (type)(y))
#define clamp(v, lo, hi)    min((__typeof__(v))max(v, lo), hi)
#define clamp_t(t, v, l, h) min_t(t, max_t(t, v, l), h)
#define swap(a, b)                              \
	do {                                    \
		__typeof__(a) __swap_tmp = (a); \
		(a) = (b);                      \
		(b) = __swap_tmp;               \
	} while (0)

#endif /* _LINUX_MINMAX_H */
