/* SPDX-License-Identifier: MIT */
/* Places in sorted arrays of numbers, and of pointers in a whole. Source: Linux's util_macros.h. */
#ifndef _LINUX_UTIL_MACROS_H
#define _LINUX_UTIL_MACROS_H

#include <linux/math.h>

#define __find_closest(x, a, n, op)                                                             \
	({                                                                                      \
		__typeof__(*(a)) __x = (x);                                                     \
		int __at = 0, __last = (int)(n)-1;                                              \
		while (__at < __last && __x op DIV_ROUND_CLOSEST((a)[__at] + (a)[__at + 1], 2)) \
			__at++;                                                                 \
		__at;                                                                           \
	})

/* The place of what is nearest to @x in @a, of which the @n elements go up; or down. */
#define find_closest(x, a, n)		 __find_closest(x, a, n, >)
#define find_closest_descending(x, a, n) __find_closest(x, a, n, <)

/* Does @ptr point into @var? */
#define is_insidevar(ptr, var) ((uintptr_t)(ptr) - (uintptr_t) & (var) < sizeof(var))

#endif /* _LINUX_UTIL_MACROS_H */
