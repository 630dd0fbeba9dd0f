/* SPDX-License-Identifier: MIT */
/* Integer mathematics: rounding, division, roots. */
#ifndef _LINUX_MATH_H
#define _LINUX_MATH_H

#include <linux/types.h>

/* Rounding to a power of two; roundup() and rounddown() take any divisor. */
#define __round_mask(x, y) ((__typeof__(x))((y)-1))
#define round_up(x, y)	   ((((x)-1) | __round_mask(x, y)) + 1)
#define round_down(x, y)   ((x) & ~__round_mask(x, y))
#define roundup(x, y)	   (((x) + ((y)-1)) / (y) * (y))
#define rounddown(x, y)	   ((x) - (x) % (y))

#define DIV_ROUND_UP(n, d)	     (((n) + (d)-1) / (d))
#define DIV_ROUND_DOWN_ULL(ll, d)    ((unsigned long long)(ll) / (d))
#define DIV_ROUND_UP_ULL(ll, d)	     DIV_ROUND_DOWN_ULL((unsigned long long)(ll) + (d)-1, (d))
#define DIV_ROUND_UP_SECTOR_T(ll, d) DIV_ROUND_UP_ULL(ll, d)

/* To the nearest, halves away from 0. An unsigned divisor wants a dividend that is not negative. */
#define DIV_ROUND_CLOSEST(x, divisor)                                                  \
	({                                                                             \
		__typeof__(x) __n = (x);                                               \
		__typeof__(divisor) __d = (divisor);                                   \
		bool __alike = (__typeof__(x))-1 > 0 || (__typeof__(divisor))-1 > 0 || \
			       (__n > 0) == (__d > 0);                                 \
		__alike ? (__n + __d / 2) / __d : (__n - __d / 2) / __d;               \
	})
#define DIV_ROUND_CLOSEST_ULL(x, divisor) ((unsigned long long)((x) + (divisor) / 2) / (divisor))

/* Divides @n, a variable, and gives the remainder. */
#define do_div(n, base)                          \
	({                                       \
		u32 __base = (base);             \
		u32 __rem = (u32)((n) % __base); \
		(n) /= __base;                   \
		__rem;                           \
	})
#define sector_div(a, b) do_div(a, b)

/* The distance from 0, in the signed type of @x's size. */
#define __abs_as(type, x)                   \
	({                                  \
		type __v = (type)(x);       \
		__v < 0 ? (type)-__v : __v; \
	})
/* clang-format off */
#define abs(x) _Generic((x),                                                  \
	long long: __abs_as(long long, x), unsigned long long: __abs_as(long long, x), \
	long: __abs_as(long, x), unsigned long: __abs_as(long, x),            \
	int: __abs_as(int, x), unsigned int: __abs_as(int, x),                \
	short: __abs_as(short, x), unsigned short: __abs_as(short, x),        \
	signed char: __abs_as(signed char, x), unsigned char: __abs_as(signed char, x), \
	char: __abs_as(signed char, x))
/* clang-format on */
#define abs_diff(a, b)                                         \
	({                                                     \
		__typeof__(a) __one = (a);                     \
		__typeof__(b) __two = (b);                     \
		__one > __two ? __one - __two : __two - __one; \
	})

/* A random number below 2^32 to one below @ep_ro, without a division. */
static inline u32 reciprocal_scale(u32 val, u32 ep_ro)
{
	return (u32)((u64)val * ep_ro >> 32);
}

/* @base to the power of @exp, as far as it fits. */
u64 int_pow(u64 base, unsigned int exp);

/* The largest n with n * n <= @x. */
unsigned long int_sqrt(unsigned long x);
static inline u32 int_sqrt64(u64 x)
{
	return (u32)int_sqrt((unsigned long)x);
}

/* @x * @n / @d, without overflow in the product where @n * @d does not. */
#define mult_frac(x, n, d)                      \
	({                                      \
		__typeof__(x) __x = (x);        \
		__typeof__(n) __m = (n);        \
		__typeof__(d) __by = (d);       \
		__typeof__(x) __q = __x / __by; \
		__typeof__(x) __r = __x % __by; \
		__q *__m + __r *__m / __by;     \
	})

#endif /* _LINUX_MATH_H */
