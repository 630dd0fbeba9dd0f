/* SPDX-License-Identifier: MIT */
/*
 * Searches in arrays of bits. Bits are counted from 0; an answer of @size means that there
 * is none. What lies past @size in the last word does not matter.
 */
#ifndef _LINUX_FIND_H
#define _LINUX_FIND_H

#include <linux/bitops.h>
#include <linux/types.h>

/* The first bit at @offset or above that is set; in both; in the first and not the second. */
unsigned long find_next_bit(const unsigned long *addr, unsigned long size, unsigned long offset);
unsigned long find_next_and_bit(const unsigned long *addr1, const unsigned long *addr2,
				unsigned long size, unsigned long offset);
unsigned long find_next_andnot_bit(const unsigned long *addr1, const unsigned long *addr2,
				   unsigned long size, unsigned long offset);
/* The same, clear. */
unsigned long find_next_zero_bit(const unsigned long *addr, unsigned long size,
				 unsigned long offset);

/* The last set bit. */
unsigned long find_last_bit(const unsigned long *addr, unsigned long size);

/* The @n-th set bit, @n from 0 on. */
unsigned long find_nth_bit(const unsigned long *addr, unsigned long size, unsigned long n);
unsigned long find_nth_and_bit(const unsigned long *addr1, const unsigned long *addr2,
			       unsigned long size, unsigned long n);
unsigned long find_nth_andnot_bit(const unsigned long *addr1, const unsigned long *addr2,
				  unsigned long size, unsigned long n);

/* The first group of eight bits at @offset or above that is not 0, and it in *@clump. */
unsigned long find_next_clump8(unsigned long *clump, const unsigned long *addr, unsigned long size,
			       unsigned long offset);
#define find_first_clump8(clump, bits, size) find_next_clump8(clump, bits, size, 0)

static inline unsigned long find_first_bit(const unsigned long *addr, unsigned long size)
{
	return find_next_bit(addr, size, 0);
}

static inline unsigned long find_first_zero_bit(const unsigned long *addr, unsigned long size)
{
	return find_next_zero_bit(addr, size, 0);
}

static inline unsigned long find_first_and_bit(const unsigned long *addr1,
					       const unsigned long *addr2, unsigned long size)
{
	return find_next_and_bit(addr1, addr2, size, 0);
}

/* From @offset on, then from the start: any set bit is found. */
static inline unsigned long find_next_bit_wrap(const unsigned long *addr, unsigned long size,
					       unsigned long offset)
{
	unsigned long bit = find_next_bit(addr, size, offset);

	if (bit < size)
		return bit;
	bit = find_next_bit(addr, offset, 0);
	return bit < offset ? bit : size;
}

static inline unsigned long find_next_and_bit_wrap(const unsigned long *addr1,
						   const unsigned long *addr2, unsigned long size,
						   unsigned long offset)
{
	unsigned long bit = find_next_and_bit(addr1, addr2, size, offset);

	if (bit < size)
		return bit;
	bit = find_next_and_bit(addr1, addr2, offset, 0);
	return bit < offset ? bit : size;
}

/* The next step of a round that began at @start; @size after its end. */
static inline unsigned long __for_each_wrap(const unsigned long *bitmap, unsigned long size,
					    unsigned long start, unsigned long n)
{
	unsigned long bit;

	if (n > start) {
		bit = find_next_bit(bitmap, size, n);
		if (bit < size)
			return bit;
		n = 0;
	}
	bit = find_next_bit(bitmap, start, n);
	return bit < start ? bit : size;
}

/* The bits of each byte are those of a word here: this machine is little-endian. */
#define find_next_bit_le(addr, size, offset)	  find_next_bit(addr, size, offset)
#define find_next_zero_bit_le(addr, size, offset) find_next_zero_bit(addr, size, offset)
#define find_first_zero_bit_le(addr, size)	  find_first_zero_bit(addr, size)

/* ---- Walks ------------------------------------------------------------------------------ */

#define __bit_below(bit, size) ((unsigned long)(bit) < (unsigned long)(size))
#define for_each_set_bit_from(bit, addr, size) \
	for (; (bit) = find_next_bit((addr), (size), (bit)), __bit_below(bit, size); (bit)++)
#define for_each_clear_bit_from(bit, addr, size) \
	for (; (bit) = find_next_zero_bit((addr), (size), (bit)), __bit_below(bit, size); (bit)++)
#define for_each_set_bit(bit, addr, size)                                                     \
	for ((bit) = 0; (bit) = find_next_bit((addr), (size), (bit)), __bit_below(bit, size); \
	     (bit)++)
#define for_each_clear_bit(bit, addr, size)                                                        \
	for ((bit) = 0; (bit) = find_next_zero_bit((addr), (size), (bit)), __bit_below(bit, size); \
	     (bit)++)
#define for_each_and_bit(bit, addr1, addr2, size)                                                \
	for ((bit) = 0;                                                                          \
	     (bit) = find_next_and_bit((addr1), (addr2), (size), (bit)), __bit_below(bit, size); \
	     (bit)++)
#define for_each_andnot_bit(bit, addr1, addr2, size)                                   \
	for ((bit) = 0; (bit) = find_next_andnot_bit((addr1), (addr2), (size), (bit)), \
	    __bit_below(bit, size);                                                    \
	     (bit)++)

/* Runs [b, e). */
#define for_each_set_bitrange_from(b, e, addr, size)                                    \
	for (; (b) = find_next_bit((addr), (size), (b)),                                \
	       (e) = find_next_zero_bit((addr), (size), (b) + 1), __bit_below(b, size); \
	     (b) = (e) + 1)
#define for_each_set_bitrange(b, e, addr, size)                                      \
	for ((b) = 0; (b) = find_next_bit((addr), (size), (b)),                      \
	    (e) = find_next_zero_bit((addr), (size), (b) + 1), __bit_below(b, size); \
	     (b) = (e) + 1)
#define for_each_clear_bitrange_from(b, e, addr, size)                             \
	for (; (b) = find_next_zero_bit((addr), (size), (b)),                      \
	       (e) = find_next_bit((addr), (size), (b) + 1), __bit_below(b, size); \
	     (b) = (e) + 1)
#define for_each_clear_bitrange(b, e, addr, size)                               \
	for ((b) = 0; (b) = find_next_zero_bit((addr), (size), (b)),            \
	    (e) = find_next_bit((addr), (size), (b) + 1), __bit_below(b, size); \
	     (b) = (e) + 1)

/* All set bits once, beginning at @start and going on from 0. */
#define for_each_set_bit_wrap(bit, addr, size, start)                                     \
	for ((bit) = find_next_bit_wrap((addr), (size), (start)); __bit_below(bit, size); \
	     (bit) = __for_each_wrap((addr), (size), (start), (bit) + 1))

#define for_each_set_clump8(start, clump, bits, size)                                         \
	for ((start) = find_first_clump8(&(clump), (bits), (size)); __bit_below(start, size); \
	     (start) = find_next_clump8(&(clump), (bits), (size), (start) + 8))

#endif /* _LINUX_FIND_H */
