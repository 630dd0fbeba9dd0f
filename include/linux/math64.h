/* SPDX-License-Identifier: MIT */
/* Divisions and products of 64 bits, under the names they have for 32-bit machines' sake. */
#ifndef _LINUX_MATH64_H
#define _LINUX_MATH64_H

#include <linux/math.h>
#include <linux/types.h>

static inline u64 div_u64_rem(u64 dividend, u32 divisor, u32 *remainder)
{
	*remainder = (u32)(dividend % divisor);
	return dividend / divisor;
}

static inline s64 div_s64_rem(s64 dividend, s32 divisor, s32 *remainder)
{
	*remainder = (s32)(dividend % divisor);
	return dividend / divisor;
}

static inline u64 div64_u64_rem(u64 dividend, u64 divisor, u64 *remainder)
{
	*remainder = dividend % divisor;
	return dividend / divisor;
}

static inline u64 div64_u64(u64 dividend, u64 divisor)
{
	return dividend / divisor;
}

static inline s64 div64_s64(s64 dividend, s64 divisor)
{
	return dividend / divisor;
}

static inline u64 div_u64(u64 dividend, u32 divisor)
{
	return dividend / divisor;
}

static inline s64 div_s64(s64 dividend, s32 divisor)
{
	return dividend / divisor;
}

#define div64_long(x, y) div64_s64((x), (y))
#define div64_ul(x, y)	 div64_u64((x), (y))

/* For quotients that are known to be small. */
static inline u32 iter_div_u64_rem(u64 dividend, u32 divisor, u64 *remainder)
{
	*remainder = dividend % divisor;
	return (u32)(dividend / divisor);
}

static inline u64 mul_u32_u32(u32 a, u32 b)
{
	return (u64)a * b;
}

/* The product has all its bits before it is shifted. */
static inline u64 mul_u64_u32_shr(u64 a, u32 mul, unsigned int shift)
{
	return (u64)((unsigned __int128)a * mul >> shift);
}

static inline u64 mul_u64_u64_shr(u64 a, u64 mul, unsigned int shift)
{
	return (u64)((unsigned __int128)a * mul >> shift);
}

static inline u64 mul_s64_u64_shr(s64 a, u64 b, unsigned int shift)
{
	u64 product = mul_u64_u64_shr(a < 0 ? 0 - (u64)a : (u64)a, b, shift);

	return a < 0 ? 0 - product : product;
}

/* (@a * @mul) / @div, the product of 96 or 128 bits; the quotient fits 64. */
u64 mul_u64_u64_div_u64(u64 a, u64 mul, u64 div);

static inline u64 mul_u64_u32_div(u64 a, u32 mul, u32 div)
{
	return mul_u64_u64_div_u64(a, mul, div);
}

#define DIV64_U64_ROUND_UP(ll, d)                 \
	({                                        \
		u64 __up = (d);                   \
		div64_u64((ll) + __up - 1, __up); \
	})
#define DIV64_U64_ROUND_CLOSEST(dividend, divisor)          \
	({                                                  \
		u64 __near = (divisor);                     \
		div64_u64((dividend) + __near / 2, __near); \
	})
#define DIV_U64_ROUND_CLOSEST(dividend, divisor)               \
	({                                                     \
		u32 __near = (divisor);                        \
		div_u64((u64)(dividend) + __near / 2, __near); \
	})
#define DIV_S64_ROUND_CLOSEST(dividend, divisor)                                            \
	({                                                                                  \
		s64 __num = (dividend);                                                     \
		s32 __den = (divisor);                                                      \
		div_s64((__num > 0) == (__den > 0) ? __num + __den / 2 : __num - __den / 2, \
			__den);                                                             \
	})

#endif /* _LINUX_MATH64_H */
