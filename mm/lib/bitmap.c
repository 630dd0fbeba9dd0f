/* SPDX-License-Identifier: MIT */
/* Runs of bits in maps. Contract: linux/bitmap.h. */
#include <linux/bitmap.h>

#include <linux/errno.h>
#include <linux/slab.h>

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

void __bitmap_set(unsigned long *map, unsigned int nr, int len)
{
	unsigned long end = (unsigned long)nr + (unsigned int)len;

	for (unsigned long i = BIT_WORD(nr); i < BITS_TO_LONGS(end); i++)
		map[i] |= range_mask(i, nr, end);
}

void __bitmap_clear(unsigned long *map, unsigned int nr, int len)
{
	unsigned long end = (unsigned long)nr + (unsigned int)len;

	for (unsigned long i = BIT_WORD(nr); i < BITS_TO_LONGS(end); i++)
		map[i] &= ~range_mask(i, nr, end);
}

unsigned int __bitmap_weight(const unsigned long *map, unsigned int nbits)
{
	unsigned int weight = 0;

	for (unsigned long i = 0; i < BITS_TO_LONGS((unsigned long)nbits); i++)
		weight += (unsigned int)hweight_long(map[i] & range_mask(i, 0, nbits));
	return weight;
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

/* ---- Regions: aligned runs of a power of two bits --------------------------------------- */

int bitmap_allocate_region(unsigned long *bitmap, unsigned int pos, int order)
{
	unsigned int len = 1U << order;

	if (find_next_bit(bitmap, pos + len, pos) < pos + len)
		return -EBUSY;
	bitmap_set(bitmap, pos, len);
	return 0;
}

int bitmap_find_free_region(unsigned long *bitmap, unsigned int bits, int order)
{
	unsigned long len = 1UL << order, pos;

	pos = bitmap_find_next_zero_area(bitmap, bits, 0, (unsigned int)len, len - 1);
	if (pos >= bits)
		return -ENOMEM;
	bitmap_set(bitmap, (unsigned int)pos, (unsigned int)len);
	return (int)pos;
}

void bitmap_release_region(unsigned long *bitmap, unsigned int pos, int order)
{
	bitmap_clear(bitmap, pos, 1U << order);
}

/* ---- Memory --------------------------------------------------------------------------------- */

unsigned long *bitmap_alloc_node(unsigned int nbits, gfp_t flags, int node)
{
	return kmalloc_array_node(BITS_TO_LONGS((unsigned long)nbits), sizeof(long), flags, node);
}

unsigned long *bitmap_zalloc_node(unsigned int nbits, gfp_t flags, int node)
{
	return bitmap_alloc_node(nbits, flags | __GFP_ZERO, node);
}

unsigned long *bitmap_alloc(unsigned int nbits, gfp_t flags)
{
	return kmalloc_array(BITS_TO_LONGS((unsigned long)nbits), sizeof(long), flags);
}

unsigned long *bitmap_zalloc(unsigned int nbits, gfp_t flags)
{
	return bitmap_alloc(nbits, flags | __GFP_ZERO);
}

void bitmap_free(const unsigned long *bitmap)
{
	kfree(bitmap);
}
