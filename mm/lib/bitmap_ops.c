// SPDX-License-Identifier: MIT
/* Whole maps of bits: what is done word by word, and from set to set. Contract: linux/bitmap.h. */
#include <linux/bitmap.h>

#include <linux/string.h>

/* ---- Word by word ----------------------------------------------------------------------- */

/* Word @i of @word, less what lies past @nbits. */
static unsigned long inside(unsigned long word, unsigned int i, unsigned int nbits)
{
	return i == BIT_WORD(nbits) ? word & BITMAP_LAST_WORD_MASK(nbits) : word;
}

#define for_each_word(i, nbits) \
	for (unsigned int i = 0; i < BITS_TO_LONGS((unsigned long)(nbits)); i++)

bool __bitmap_and(unsigned long *dst, const unsigned long *src1, const unsigned long *src2,
		  unsigned int nbits)
{
	unsigned long any = 0;

	for_each_word (i, nbits)
		any |= dst[i] = inside(src1[i] & src2[i], i, nbits);
	return any;
}

void __bitmap_or(unsigned long *dst, const unsigned long *src1, const unsigned long *src2,
		 unsigned int nbits)
{
	for_each_word (i, nbits)
		dst[i] = src1[i] | src2[i];
}

void __bitmap_xor(unsigned long *dst, const unsigned long *src1, const unsigned long *src2,
		  unsigned int nbits)
{
	for_each_word (i, nbits)
		dst[i] = src1[i] ^ src2[i];
}

bool __bitmap_andnot(unsigned long *dst, const unsigned long *src1, const unsigned long *src2,
		     unsigned int nbits)
{
	unsigned long any = 0;

	for_each_word (i, nbits)
		any |= dst[i] = inside(src1[i] & ~src2[i], i, nbits);
	return any;
}

void __bitmap_complement(unsigned long *dst, const unsigned long *src, unsigned int nbits)
{
	for_each_word (i, nbits)
		dst[i] = ~src[i];
}

void __bitmap_replace(unsigned long *dst, const unsigned long *old, const unsigned long *new,
		      const unsigned long *mask, unsigned int nbits)
{
	for_each_word (i, nbits)
		dst[i] = (old[i] & ~mask[i]) | (new[i] & mask[i]);
}

void bitmap_copy_clear_tail(unsigned long *dst, const unsigned long *src, unsigned int nbits)
{
	for_each_word (i, nbits)
		dst[i] = inside(src[i], i, nbits);
}

bool __bitmap_equal(const unsigned long *src1, const unsigned long *src2, unsigned int nbits)
{
	for_each_word (i, nbits)
		if (inside(src1[i] ^ src2[i], i, nbits))
			return false;
	return true;
}

bool __bitmap_or_equal(const unsigned long *src1, const unsigned long *src2,
		       const unsigned long *src3, unsigned int nbits)
{
	for_each_word (i, nbits)
		if (inside((src1[i] | src2[i]) ^ src3[i], i, nbits))
			return false;
	return true;
}

bool __bitmap_intersects(const unsigned long *src1, const unsigned long *src2, unsigned int nbits)
{
	return find_next_and_bit(src1, src2, nbits, 0) < nbits;
}

bool __bitmap_subset(const unsigned long *src1, const unsigned long *src2, unsigned int nbits)
{
	return find_next_andnot_bit(src1, src2, nbits, 0) == nbits;
}

unsigned int __bitmap_weight_and(const unsigned long *src1, const unsigned long *src2,
				 unsigned int nbits)
{
	unsigned int weight = 0;

	for_each_word (i, nbits)
		weight += (unsigned int)hweight_long(inside(src1[i] & src2[i], i, nbits));
	return weight;
}

/* ---- Shifts ------------------------------------------------------------------------------ */

/* The 64 bits of @map that begin at bit @at; past @nbits there are zeroes. */
static unsigned long word_at(const unsigned long *map, unsigned long at, unsigned int nbits)
{
	unsigned long i = BIT_WORD(at), shift = at % BITS_PER_LONG, words = BITS_TO_LONGS(nbits);
	unsigned long low = i < words ? inside(map[i], (unsigned int)i, nbits) : 0;
	unsigned long high = i + 1 < words ? inside(map[i + 1], (unsigned int)i + 1, nbits) : 0;

	return shift ? low >> shift | high << (BITS_PER_LONG - shift) : low;
}

void __bitmap_shift_right(unsigned long *dst, const unsigned long *src, unsigned int shift,
			  unsigned int nbits)
{
	for_each_word (i, nbits)
		dst[i] = word_at(src, (unsigned long)i * BITS_PER_LONG + shift, nbits);
}

/* From the last word to the first, so that @dst may be @src. */
void __bitmap_shift_left(unsigned long *dst, const unsigned long *src, unsigned int shift,
			 unsigned int nbits)
{
	for (unsigned long i = BITS_TO_LONGS((unsigned long)nbits); i-- > 0;) {
		unsigned long first = i * BITS_PER_LONG;

		if (first >= shift)
			dst[i] = word_at(src, first - shift, nbits);
		else if (shift - first < BITS_PER_LONG)
			dst[i] = word_at(src, 0, nbits) << (shift - first);
		else
			dst[i] = 0;
	}
}

/* Words above the cut move; of the word that it begins in the low bits stay. */
void bitmap_cut(unsigned long *dst, const unsigned long *src, unsigned int first, unsigned int cut,
		unsigned int nbits)
{
	/* What lies past @nbits in the last word comes down, too, as on Linux. */
	unsigned int whole = (unsigned int)BITS_TO_LONGS(nbits) * BITS_PER_LONG;
	unsigned long keep = src[BIT_WORD(first)] & (BIT_MASK(first) - 1);

	for_each_word (i, nbits) {
		if (i < BIT_WORD(first))
			dst[i] = src[i];
		else
			dst[i] = word_at(src, (unsigned long)i * BITS_PER_LONG + cut, whole);
	}
	dst[BIT_WORD(first)] = (dst[BIT_WORD(first)] & ~(BIT_MASK(first) - 1)) | keep;
}

/* ---- One set onto another -------------------------------------------------------------- */

/* How many bits of @map are set below @pos; -1 where @pos itself is not. */
static int place_in(const unsigned long *map, unsigned int pos, unsigned int nbits)
{
	if (pos >= nbits || !test_bit(pos, map))
		return -1;
	return (int)bitmap_weight(map, pos);
}

int bitmap_bitremap(int oldbit, const unsigned long *old, const unsigned long *new, int bits)
{
	unsigned int nbits = (unsigned int)bits, weight = bitmap_weight(new, nbits);
	int place = place_in(old, (unsigned int)oldbit, nbits);

	if (place < 0 || !weight)
		return oldbit;
	return (int)find_nth_bit(new, nbits, (unsigned int)place % weight);
}

void bitmap_remap(unsigned long *dst, const unsigned long *src, const unsigned long *old,
		  const unsigned long *new, unsigned int nbits)
{
	unsigned long bit;

	if (dst == src)
		return;
	bitmap_zero(dst, nbits);
	for_each_set_bit (bit, src, nbits)
		__set_bit((unsigned long)bitmap_bitremap((int)bit, old, new, (int)nbits), dst);
}

void bitmap_onto(unsigned long *dst, const unsigned long *orig, const unsigned long *relmap,
		 unsigned int bits)
{
	unsigned int n = 0;
	unsigned long bit;

	if (dst == orig)
		return;
	bitmap_zero(dst, bits);
	for_each_set_bit (bit, relmap, bits)
		if (test_bit(n++, orig))
			__set_bit(bit, dst);
}

void bitmap_fold(unsigned long *dst, const unsigned long *orig, unsigned int sz, unsigned int nbits)
{
	unsigned long bit;

	if (dst == orig)
		return;
	bitmap_zero(dst, nbits);
	for_each_set_bit (bit, orig, nbits)
		__set_bit(bit % sz, dst);
}

/* ---- Arrays of other words ----------------------------------------------------------------- */

void bitmap_from_arr32(unsigned long *bitmap, const u32 *buf, unsigned int nbits)
{
	unsigned int words = DIV_ROUND_UP(nbits, 32);

	for (unsigned int i = 0; i < words; i += 2)
		bitmap[i / 2] = buf[i] | (i + 1 < words ? (unsigned long)buf[i + 1] << 32 : 0);
	if (nbits % BITS_PER_LONG)
		bitmap[BIT_WORD(nbits)] &= BITMAP_LAST_WORD_MASK(nbits);
}

void bitmap_to_arr32(u32 *buf, const unsigned long *bitmap, unsigned int nbits)
{
	unsigned int words = DIV_ROUND_UP(nbits, 32);

	for (unsigned int i = 0; i < words; i++)
		buf[i] = (u32)(inside(bitmap[i / 2], i / 2, nbits) >> (i % 2 * 32));
}

void bitmap_from_arr64(unsigned long *bitmap, const u64 *buf, unsigned int nbits)
{
	for_each_word (i, nbits)
		bitmap[i] = inside((unsigned long)buf[i], i, nbits);
}

void bitmap_to_arr64(u64 *buf, const unsigned long *bitmap, unsigned int nbits)
{
	for_each_word (i, nbits)
		buf[i] = inside(bitmap[i], i, nbits);
}
