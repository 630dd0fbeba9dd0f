/* SPDX-License-Identifier: MIT */
/*
 * Searches in arrays of bits. Bits are counted from 0; an answer of @size means that there
 * is none. What lies past @size in the last word does not matter.
 */
#ifndef _LINUX_FIND_H
#define _LINUX_FIND_H

#include <linux/bitops.h>
#include <linux/types.h>

/* The forms for any size; the contract is that of those below. */
unsigned long _find_next_bit(const unsigned long *addr, unsigned long size, unsigned long offset);
unsigned long _find_next_and_bit(const unsigned long *addr1, const unsigned long *addr2,
				 unsigned long size, unsigned long offset);
unsigned long _find_next_andnot_bit(const unsigned long *addr1, const unsigned long *addr2,
				    unsigned long size, unsigned long offset);
unsigned long _find_next_zero_bit(const unsigned long *addr, unsigned long size,
				  unsigned long offset);
unsigned long _find_last_bit(const unsigned long *addr, unsigned long size);
unsigned long __find_nth_bit(const unsigned long *addr, unsigned long size, unsigned long n);
unsigned long __find_nth_and_bit(const unsigned long *addr1, const unsigned long *addr2,
				 unsigned long size, unsigned long n);
unsigned long __find_nth_andnot_bit(const unsigned long *addr1, const unsigned long *addr2,
				    unsigned long size, unsigned long n);

/* Bits of @word in [@offset, @size), all within a word; the first, the last, the @n-th of them. */
static __always_inline unsigned long __bits_between(unsigned long word, unsigned long size,
						    unsigned long offset)
{
	return offset < size ? word & (~0UL << offset) & (~0UL >> (BITS_PER_LONG - size)) : 0;
}

static __always_inline unsigned long __first_of(unsigned long bits, unsigned long size)
{
	return bits ? __ffs(bits) : size;
}

static __always_inline unsigned long __nth_of(unsigned long bits, unsigned long size,
					      unsigned long n)
{
	return n < hweight_long(bits) ? fns(bits, (unsigned int)n) : size;
}

/* The first bit at @offset or above that is set; in both; in the first and not the second. */
static __always_inline unsigned long find_next_bit(const unsigned long *addr, unsigned long size,
						   unsigned long offset)
{
	if (small_const_nbits(size))
		return __first_of(__bits_between(*addr, size, offset), size);
	return _find_next_bit(addr, size, offset);
}

static __always_inline unsigned long find_next_and_bit(const unsigned long *addr1,
						       const unsigned long *addr2,
						       unsigned long size, unsigned long offset)
{
	if (small_const_nbits(size))
		return __first_of(__bits_between(*addr1 & *addr2, size, offset), size);
	return _find_next_and_bit(addr1, addr2, size, offset);
}

static __always_inline unsigned long find_next_andnot_bit(const unsigned long *addr1,
							  const unsigned long *addr2,
							  unsigned long size, unsigned long offset)
{
	if (small_const_nbits(size))
		return __first_of(__bits_between(*addr1 & ~*addr2, size, offset), size);
	return _find_next_andnot_bit(addr1, addr2, size, offset);
}

/* The same, clear. */
static __always_inline unsigned long find_next_zero_bit(const unsigned long *addr,
							unsigned long size, unsigned long offset)
{
	if (small_const_nbits(size))
		return __first_of(__bits_between(~*addr, size, offset), size);
	return _find_next_zero_bit(addr, size, offset);
}

/* The last set bit. */
static __always_inline unsigned long find_last_bit(const unsigned long *addr, unsigned long size)
{
	if (small_const_nbits(size)) {
		unsigned long bits = __bits_between(*addr, size, 0);

		return bits ? __fls(bits) : size;
	}
	return _find_last_bit(addr, size);
}

/* The @n-th set bit, @n from 0 on. */
static __always_inline unsigned long find_nth_bit(const unsigned long *addr, unsigned long size,
						  unsigned long n)
{
	if (small_const_nbits(size))
		return __nth_of(__bits_between(*addr, size, 0), size, n);
	return __find_nth_bit(addr, size, n);
}

static __always_inline unsigned long find_nth_and_bit(const unsigned long *addr1,
						      const unsigned long *addr2,
						      unsigned long size, unsigned long n)
{
	if (small_const_nbits(size))
		return __nth_of(__bits_between(*addr1 & *addr2, size, 0), size, n);
	return __find_nth_and_bit(addr1, addr2, size, n);
}

static __always_inline unsigned long find_nth_andnot_bit(const unsigned long *addr1,
							 const unsigned long *addr2,
							 unsigned long size, unsigned long n)
{
	if (small_const_nbits(size))
		return __nth_of(__bits_between(*addr1 & ~*addr2, size, 0), size, n);
	return __find_nth_andnot_bit(addr1, addr2, size, n);
}

/* The first group of eight bits at @offset or above that is not 0, and it in *@clump. */
unsigned long find_next_clump8(unsigned long *clump, const unsigned long *addr, unsigned long size,
			       unsigned long offset);
#define find_first_clump8(clump, bits, size) find_next_clump8(clump, bits, size, 0)

static __always_inline unsigned long find_first_bit(const unsigned long *addr, unsigned long size)
{
	return find_next_bit(addr, size, 0);
}

static __always_inline unsigned long find_first_zero_bit(const unsigned long *addr,
							 unsigned long size)
{
	return find_next_zero_bit(addr, size, 0);
}

static __always_inline unsigned long
find_first_and_bit(const unsigned long *addr1, const unsigned long *addr2, unsigned long size)
{
	return find_next_and_bit(addr1, addr2, size, 0);
}

/* From @offset on, then from the start: any set bit is found. */
static __always_inline unsigned long find_next_bit_wrap(const unsigned long *addr,
							unsigned long size, unsigned long offset)
{
	unsigned long bit = find_next_bit(addr, size, offset);

	if (bit < size)
		return bit;
	bit = find_next_bit(addr, offset, 0);
	return bit < offset ? bit : size;
}

static __always_inline unsigned long find_next_and_bit_wrap(const unsigned long *addr1,
							    const unsigned long *addr2,
							    unsigned long size,
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
