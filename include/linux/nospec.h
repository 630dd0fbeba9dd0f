/* SPDX-License-Identifier: MIT */
/*
 * Indices that a CPU may not use before it knows that they are in bounds.
 *
 *   if (index < size)                           what the CPU may guess,
 *           x = array[array_index_nospec(index, size)];     and then reads array[0]
 *
 * Owns:    nothing.
 * Locking: none; any context.
 * Units:   elements; both up to LONG_MAX.
 * Failure: an index out of bounds becomes 0.
 * Source:  Linux 6.1's nospec.h.
 */
#ifndef _LINUX_NOSPEC_H
#define _LINUX_NOSPEC_H

#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <asm/barrier.h>

/* All bits where @index < @size, else none; without a branch that could be guessed. */
static inline unsigned long array_index_mask_nospec(unsigned long index, unsigned long size)
{
	OPTIMIZER_HIDE_VAR(index);
	return -(~(index | (size - 1UL - index)) >> (BITS_PER_LONG - 1));
}

/* @index, or 0 where it is not below @size. */
#define array_index_nospec(index, size)                                              \
	({                                                                           \
		__typeof__(index) __nospec_index = (index);                          \
		__typeof__(size) __nospec_size = (size);                             \
                                                                                     \
		BUILD_BUG_ON(sizeof(__nospec_index) > sizeof(long));                 \
		BUILD_BUG_ON(sizeof(__nospec_size) > sizeof(long));                  \
		(__typeof__(__nospec_index))(__nospec_index &                        \
					     array_index_mask_nospec(                \
						     (unsigned long)__nospec_index,  \
						     (unsigned long)__nospec_size)); \
	})

#endif /* _LINUX_NOSPEC_H */
