/* SPDX-License-Identifier: MIT */
/*
 * Division by a number that is divided by often, as a multiplication: made once by
 * reciprocal_value(), exact for every a of 32 bits. @d of 0 has none.
 *
 * Source: Linux's reciprocal_div.h, after Granlund and Montgomery, Division by Invariant
 *         Integers using Multiplication, figure 4.1.
 */
#ifndef _LINUX_RECIPROCAL_DIV_H
#define _LINUX_RECIPROCAL_DIV_H

#include <linux/types.h>

struct reciprocal_value {
	u32 m;	     /* 2^(32 + sh1 + sh2) / d, less 2^32, and a bit more */
	u8 sh1, sh2; /* ceil(log2(d)) in two parts */
};

struct reciprocal_value reciprocal_value(u32 d);

static inline u32 reciprocal_divide(u32 a, struct reciprocal_value R)
{
	u32 t = (u32)(((u64)a * R.m) >> 32);

	return (t + ((a - t) >> R.sh1)) >> R.sh2;
}

/*
 * For those who make a program that divides numbers of @prec bits by @d, 1 to 1 << 31, which
 * needs fewer steps so: figure 4.2 of the paper. The quotient is (n * @m) >> (32 + @sh);
 * with @is_wide_m, @m has a bit more than it shows, 1 << 32, and @sh is at least 1.
 */
struct reciprocal_value_adv {
	u32 m;
	u8 sh, exp; /* exp: ceil(log2(@d)) */
	bool is_wide_m;
};
struct reciprocal_value_adv reciprocal_value_adv(u32 d, u8 prec);

#endif /* _LINUX_RECIPROCAL_DIV_H */
