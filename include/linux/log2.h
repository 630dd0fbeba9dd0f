/* SPDX-License-Identifier: MIT */
/*
 * Logarithms to base two and their rounding. The argument is never 0. Of constants they are
 * constants.
 */
#ifndef _LINUX_LOG2_H
#define _LINUX_LOG2_H

#include <linux/compiler.h>
#include <linux/const.h>
#include <linux/types.h>

/* The largest n with 1 << n <= @n. */
#define ilog2(n)       ((int)(63 - __builtin_clzll((unsigned long long)(n))))
#define const_ilog2(n) ilog2(n)

static inline bool is_power_of_2(unsigned long n)
{
	return n != 0 && (n & (n - 1)) == 0;
}

#define rounddown_pow_of_two(n) (1UL << ilog2(n))
#define roundup_pow_of_two(n)                                     \
	({                                                        \
		unsigned long __pow = (n);                        \
		__pow <= 1 ? 1UL : 1UL << (ilog2(__pow - 1) + 1); \
	})

static inline int __order_base_2(unsigned long n)
{
	return n <= 1 ? 0 : ilog2(n - 1) + 1;
}
#define order_base_2(n)                                                                        \
	__builtin_choose_expr(__is_constexpr(n),                                               \
			      (unsigned long)(n) <= 1                                          \
				      ? 0                                                      \
				      : 64 - __builtin_clzll(((unsigned long long)(n)-1) | 1), \
			      __order_base_2(n))

/* The bits that @n needs: 1 for 0 and for 1. */
#define bits_per(n) ((unsigned long)(n) <= 1 ? 1 : ilog2(n) + 1)

#define __roundup_pow_of_two(n)	  roundup_pow_of_two(n)
#define __rounddown_pow_of_two(n) rounddown_pow_of_two(n)
#define __ilog2_u32(n)		  ilog2((u32)(n))
#define __ilog2_u64(n)		  ilog2((u64)(n))
#define __bits_per(n)		  bits_per(n)

/* What comes with this header on Linux. */
#include <linux/bitops.h>

#endif /* _LINUX_LOG2_H */
