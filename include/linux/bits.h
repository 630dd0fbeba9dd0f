/* SPDX-License-Identifier: MIT */
/* Bits and runs of bits in words. */
#ifndef _LINUX_BITS_H
#define _LINUX_BITS_H

#include <linux/build_bug.h>
#include <linux/const.h>

#define BITS_PER_BYTE	   8
#define BITS_PER_LONG	   64
#define BITS_PER_LONG_LONG 64

#define BIT(nr)		 (1UL << (nr))
#define BIT_ULL(nr)	 (1ULL << (nr))
#define BIT_MASK(nr)	 (1UL << ((nr) % BITS_PER_LONG))
#define BIT_WORD(nr)	 ((nr) / BITS_PER_LONG)
#define BIT_ULL_MASK(nr) (1ULL << ((nr) % BITS_PER_LONG_LONG))
#define BIT_ULL_WORD(nr) ((nr) / BITS_PER_LONG_LONG)

/* Is it known to the compiler, and fits in a word? Maps of so few bits are computed there. */
#define small_const_nbits(nbits) \
	(__builtin_constant_p(nbits) && (nbits) <= BITS_PER_LONG && (nbits) > 0)

/* Bits @h to @l, both included. Constants the wrong way round do not compile. */
#define GENMASK_INPUT_CHECK(h, l)                                                      \
	BUILD_BUG_ON_ZERO(__builtin_choose_expr(__is_constexpr((long)(l) > (long)(h)), \
						(long)(l) > (long)(h), 0))
#define __GENMASK(h, l)	    ((~0UL << (l)) & (~0UL >> (BITS_PER_LONG - 1 - (h))))
#define __GENMASK_ULL(h, l) ((~0ULL << (l)) & (~0ULL >> (BITS_PER_LONG_LONG - 1 - (h))))
#define GENMASK(h, l)	    ((unsigned long)GENMASK_INPUT_CHECK(h, l) + __GENMASK(h, l))
#define GENMASK_ULL(h, l)   ((unsigned long long)GENMASK_INPUT_CHECK(h, l) + __GENMASK_ULL(h, l))

#endif /* _LINUX_BITS_H */
