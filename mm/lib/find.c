// SPDX-License-Identifier: MIT
/* Searches in arrays of bits. Contract: linux/find.h. */
#include <linux/find.h>

#include <linux/bitmap.h>

/*
 * The first bit at @offset or above of what EXPRESSION says of word i. A macro, so that each
 * search is a loop of its own with nothing to decide inside.
 */
#define FIND_NEXT(EXPRESSION, size, offset)                                                   \
	({                                                                                    \
		unsigned long __size = (size), __offset = (offset), __at = __size;            \
		if (__offset < __size) {                                                      \
			unsigned long i = BIT_WORD(__offset), __last = BIT_WORD(__size - 1);  \
			unsigned long __word = (EXPRESSION)&BITMAP_FIRST_WORD_MASK(__offset); \
			while (!__word && i < __last) {                                       \
				i++;                                                          \
				__word = (EXPRESSION);                                        \
			}                                                                     \
			if (__word && i * BITS_PER_LONG + __ffs(__word) < __size)             \
				__at = i * BITS_PER_LONG + __ffs(__word);                     \
		}                                                                             \
		__at;                                                                         \
	})

unsigned long _find_next_bit(const unsigned long *addr, unsigned long size, unsigned long offset)
{
	return FIND_NEXT(data_race(addr[i]), size, offset);
}

unsigned long _find_next_zero_bit(const unsigned long *addr, unsigned long size,
				  unsigned long offset)
{
	return FIND_NEXT(~data_race(addr[i]), size, offset);
}

unsigned long _find_next_and_bit(const unsigned long *addr1, const unsigned long *addr2,
				 unsigned long size, unsigned long offset)
{
	return FIND_NEXT(data_race(addr1[i]) & data_race(addr2[i]), size, offset);
}

unsigned long _find_next_andnot_bit(const unsigned long *addr1, const unsigned long *addr2,
				    unsigned long size, unsigned long offset)
{
	return FIND_NEXT(data_race(addr1[i]) & ~data_race(addr2[i]), size, offset);
}

unsigned long _find_last_bit(const unsigned long *addr, unsigned long size)
{
	for (unsigned long i = BITS_TO_LONGS(size); i-- > 0;) {
		unsigned long word = data_race(addr[i]);

		if (i == BIT_WORD(size))
			word &= BITMAP_LAST_WORD_MASK(size);
		if (word)
			return i * BITS_PER_LONG + __fls(word);
	}
	return size;
}

/* Words are counted until the one that has it. */
#define FIND_NTH(EXPRESSION, size, n)                                                          \
	({                                                                                     \
		unsigned long __left = (n), __pos = (size);                                    \
		for (unsigned long i = 0; i < BITS_TO_LONGS(size); i++) {                      \
			unsigned long __word = (EXPRESSION);                                   \
			unsigned long __weight;                                                \
			if (i == BIT_WORD(size))                                               \
				__word &= BITMAP_LAST_WORD_MASK(size);                         \
			__weight = hweight_long(__word);                                       \
			if (__left < __weight) {                                               \
				__pos = i * BITS_PER_LONG + fns(__word, (unsigned int)__left); \
				break;                                                         \
			}                                                                      \
			__left -= __weight;                                                    \
		}                                                                              \
		__pos;                                                                         \
	})

unsigned long __find_nth_bit(const unsigned long *addr, unsigned long size, unsigned long n)
{
	return FIND_NTH(data_race(addr[i]), size, n);
}

unsigned long __find_nth_and_bit(const unsigned long *addr1, const unsigned long *addr2,
				 unsigned long size, unsigned long n)
{
	return FIND_NTH(data_race(addr1[i]) & data_race(addr2[i]), size, n);
}

unsigned long __find_nth_andnot_bit(const unsigned long *addr1, const unsigned long *addr2,
				    unsigned long size, unsigned long n)
{
	return FIND_NTH(data_race(addr1[i]) & ~data_race(addr2[i]), size, n);
}

unsigned long find_next_clump8(unsigned long *clump, const unsigned long *addr, unsigned long size,
			       unsigned long offset)
{
	offset = find_next_bit(addr, size, offset);
	if (offset == size)
		return size;
	offset = round_down(offset, 8UL);
	*clump = bitmap_get_value8(addr, offset);
	return offset;
}
