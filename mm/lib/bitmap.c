/* SPDX-License-Identifier: MIT */
/* Bits in arrays of unsigned long: whatever works on more than one word. */
#include <linux/bitmap.h>

/* The bits of word @word that lie in [@start, @end), as a mask. */
static unsigned long range_mask(unsigned long word, unsigned long start, unsigned long end)
{
	unsigned long mask = ~0UL;

	if (word == BIT_WORD(start))
		mask <<= start % BITS_PER_LONG;
	if (word == BIT_WORD(end))
		mask &= BIT_MASK(end) - 1;
	return mask;
}

void bitmap_set(unsigned long *map, unsigned int nr, unsigned int len)
{
	unsigned long end = (unsigned long)nr + len;

	for (unsigned long i = BIT_WORD(nr); i < BITS_TO_LONGS(end); i++)
		map[i] |= range_mask(i, nr, end);
}

void bitmap_clear(unsigned long *map, unsigned int nr, unsigned int len)
{
	unsigned long end = (unsigned long)nr + len;

	for (unsigned long i = BIT_WORD(nr); i < BITS_TO_LONGS(end); i++)
		map[i] &= ~range_mask(i, nr, end);
}

unsigned int bitmap_weight(const unsigned long *map, unsigned int nbits)
{
	unsigned int weight = 0;

	for (unsigned long i = 0; i < BITS_TO_LONGS((unsigned long)nbits); i++)
		weight += hweight_long(map[i] & range_mask(i, 0, nbits));
	return weight;
}

bool bitmap_empty(const unsigned long *map, unsigned int nbits)
{
	return find_first_bit(map, nbits) == nbits;
}

bool bitmap_full(const unsigned long *map, unsigned int nbits)
{
	return find_first_zero_bit(map, nbits) == nbits;
}

/* The first bit at @offset or above that is set in (word ^ @invert). */
static unsigned long find_next(const unsigned long *addr, unsigned long size, unsigned long offset,
			       unsigned long invert)
{
	for (unsigned long i = BIT_WORD(offset); offset < size && i < BITS_TO_LONGS(size); i++) {
		unsigned long word = (addr[i] ^ invert) & range_mask(i, offset, size);

		if (word)
			return i * BITS_PER_LONG + __ffs(word);
	}
	return size;
}

unsigned long find_next_bit(const unsigned long *addr, unsigned long size, unsigned long offset)
{
	return find_next(addr, size, offset, 0);
}

unsigned long find_next_zero_bit(const unsigned long *addr, unsigned long size,
				 unsigned long offset)
{
	return find_next(addr, size, offset, ~0UL);
}

unsigned long bitmap_find_next_zero_area_off(const unsigned long *map, unsigned long size,
					     unsigned long start, unsigned int nr,
					     unsigned long align_mask, unsigned long align_offset)
{
	for (;;) {
		unsigned long first = find_next_zero_bit(map, size, start), set;

		first = ((first + align_offset + align_mask) & ~align_mask) - align_offset;
		if (first > size || nr > size - first)
			return size + 1;
		set = find_next_bit(map, first + nr, first);
		if (set == first + nr)
			return first;
		start = set + 1;
	}
}

unsigned long find_last_bit(const unsigned long *addr, unsigned long size)
{
	for (unsigned long i = BITS_TO_LONGS(size); i-- > 0;) {
		unsigned long word = addr[i] & range_mask(i, 0, size);

		if (word)
			return i * BITS_PER_LONG + __fls(word);
	}
	return size;
}
