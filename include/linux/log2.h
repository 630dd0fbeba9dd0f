/* SPDX-License-Identifier: MIT */
/* Logarithms to base two and their rounding. The argument is never 0. */
#ifndef _LINUX_LOG2_H
#define _LINUX_LOG2_H

#include <linux/compiler.h>
#include <linux/types.h>

/* The largest n with 1 << n <= @n. */
#define ilog2(n) ((int)(63 - __builtin_clzll((unsigned long long)(n))))

static inline bool is_power_of_2(unsigned long n)
{
	return n != 0 && (n & (n - 1)) == 0;
}

static inline unsigned long rounddown_pow_of_two(unsigned long n)
{
	return 1UL << ilog2(n);
}

static inline unsigned long roundup_pow_of_two(unsigned long n)
{
	return n <= 1 ? 1 : 1UL << (ilog2(n - 1) + 1);
}

static inline int order_base_2(unsigned long n)
{
	return n <= 1 ? 0 : ilog2(n - 1) + 1;
}

#endif /* _LINUX_LOG2_H */
