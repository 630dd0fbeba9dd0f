/* SPDX-License-Identifier: MIT */
/*
 * Sets of small numbers: bits in arrays of unsigned long, with the names of Linux's
 * bitmap.h.
 *
 * Owns:       nothing; bitmap_alloc() gives memory of kmalloc()'s.
 * Invariants: what lies past @nbits in the last word may hold anything: it is not looked
 *             at, and after an operation that writes a whole map it is not defined.
 * Lifetime:   any; bitmap_alloc() from kmem_cache_init() on.
 * Locking:    the caller's: nothing here is atomic.
 * Units:      bits. Where @nbits is a constant of up to 64 there is no call, and what is
 *             constant of the rest the compiler computes.
 * Failure:    -errno where text is read, NULL without memory; -ENOMEM where no region is
 *             free.
 * Source:     Linux 6.1's bitmap.h.
 */
#ifndef _LINUX_BITMAP_H
#define _LINUX_BITMAP_H

#include <linux/align.h>
#include <linux/bitops.h>
#include <linux/find.h>
#include <linux/kernel.h>
#include <linux/types.h>

#define BITMAP_FIRST_WORD_MASK(start) (~0UL << ((start) & (BITS_PER_LONG - 1)))
#define BITMAP_LAST_WORD_MASK(nbits)  (~0UL >> (-(nbits) & (BITS_PER_LONG - 1)))
#define BITMAP_FROM_U64(n)	      ((unsigned long)(n))
#define bitmap_size(nbits)	      (ALIGN((size_t)(nbits), BITS_PER_LONG) / BITS_PER_BYTE)

/* Sets and clears of whole bytes. */
#define BITMAP_MEM_ALIGNMENT 8
#define BITMAP_MEM_MASK	     (BITMAP_MEM_ALIGNMENT - 1)

/* ---- Memory --------------------------------------------------------------------------- */

unsigned long *bitmap_alloc(unsigned int nbits, gfp_t flags);
unsigned long *bitmap_zalloc(unsigned int nbits, gfp_t flags);
unsigned long *bitmap_alloc_node(unsigned int nbits, gfp_t flags, int node);
unsigned long *bitmap_zalloc_node(unsigned int nbits, gfp_t flags, int node);
void bitmap_free(const unsigned long *bitmap);

/* ---- Whole maps ------------------------------------------------------------------------ */

static inline void bitmap_zero(unsigned long *dst, unsigned int nbits)
{
	for (unsigned int i = 0; i < BITS_TO_LONGS(nbits); i++)
		dst[i] = 0;
}

static inline void bitmap_fill(unsigned long *dst, unsigned int nbits)
{
	for (unsigned int i = 0; i < BITS_TO_LONGS(nbits); i++)
		dst[i] = ~0UL;
}

static inline void bitmap_copy(unsigned long *dst, const unsigned long *src, unsigned int nbits)
{
	for (unsigned int i = 0; i < BITS_TO_LONGS(nbits); i++)
		dst[i] = src[i];
}
#define bitmap_copy_le(dst, src, nbits) bitmap_copy(dst, src, nbits)

/* The same, and what lies past @nbits is clear. */
void bitmap_copy_clear_tail(unsigned long *dst, const unsigned long *src, unsigned int nbits);

/* The first @count bits of @from; those up to @size are clear. */
static inline void bitmap_copy_and_extend(unsigned long *to, const unsigned long *from,
					  unsigned int count, unsigned int size)
{
	bitmap_copy_clear_tail(to, from, count);
	for (unsigned int i = BITS_TO_LONGS(count); i < BITS_TO_LONGS(size); i++)
		to[i] = 0;
}

/* The forms for maps of any size; the contract is that of those without underscores. */
bool __bitmap_and(unsigned long *dst, const unsigned long *src1, const unsigned long *src2,
		  unsigned int nbits);
void __bitmap_or(unsigned long *dst, const unsigned long *src1, const unsigned long *src2,
		 unsigned int nbits);
void __bitmap_xor(unsigned long *dst, const unsigned long *src1, const unsigned long *src2,
		  unsigned int nbits);
bool __bitmap_andnot(unsigned long *dst, const unsigned long *src1, const unsigned long *src2,
		     unsigned int nbits);
void __bitmap_complement(unsigned long *dst, const unsigned long *src, unsigned int nbits);
void __bitmap_replace(unsigned long *dst, const unsigned long *old, const unsigned long *new,
		      const unsigned long *mask, unsigned int nbits);
void __bitmap_shift_right(unsigned long *dst, const unsigned long *src, unsigned int shift,
			  unsigned int nbits);
void __bitmap_shift_left(unsigned long *dst, const unsigned long *src, unsigned int shift,
			 unsigned int nbits);
bool __bitmap_equal(const unsigned long *src1, const unsigned long *src2, unsigned int nbits);
bool __bitmap_or_equal(const unsigned long *src1, const unsigned long *src2,
		       const unsigned long *src3, unsigned int nbits);
bool __bitmap_intersects(const unsigned long *src1, const unsigned long *src2, unsigned int nbits);
bool __bitmap_subset(const unsigned long *src1, const unsigned long *src2, unsigned int nbits);
unsigned int __bitmap_weight(const unsigned long *map, unsigned int nbits);
unsigned int __bitmap_weight_and(const unsigned long *src1, const unsigned long *src2,
				 unsigned int nbits);
void __bitmap_set(unsigned long *map, unsigned int nr, int len);
void __bitmap_clear(unsigned long *map, unsigned int nr, int len);

/* The bit-wise operations; those that return a value: is a bit set in the result? */
static __always_inline bool bitmap_and(unsigned long *dst, const unsigned long *src1,
				       const unsigned long *src2, unsigned int nbits)
{
	if (small_const_nbits(nbits))
		return (*dst = *src1 & *src2 & BITMAP_LAST_WORD_MASK(nbits)) != 0;
	return __bitmap_and(dst, src1, src2, nbits);
}

static __always_inline void bitmap_or(unsigned long *dst, const unsigned long *src1,
				      const unsigned long *src2, unsigned int nbits)
{
	if (small_const_nbits(nbits))
		*dst = *src1 | *src2;
	else
		__bitmap_or(dst, src1, src2, nbits);
}

static __always_inline void bitmap_xor(unsigned long *dst, const unsigned long *src1,
				       const unsigned long *src2, unsigned int nbits)
{
	if (small_const_nbits(nbits))
		*dst = *src1 ^ *src2;
	else
		__bitmap_xor(dst, src1, src2, nbits);
}

static __always_inline bool bitmap_andnot(unsigned long *dst, const unsigned long *src1,
					  const unsigned long *src2, unsigned int nbits)
{
	if (small_const_nbits(nbits))
		return (*dst = *src1 & ~*src2 & BITMAP_LAST_WORD_MASK(nbits)) != 0;
	return __bitmap_andnot(dst, src1, src2, nbits);
}

static __always_inline void bitmap_complement(unsigned long *dst, const unsigned long *src,
					      unsigned int nbits)
{
	if (small_const_nbits(nbits))
		*dst = ~*src;
	else
		__bitmap_complement(dst, src, nbits);
}

/* @new where @mask is set, else @old. */
static __always_inline void bitmap_replace(unsigned long *dst, const unsigned long *old,
					   const unsigned long *new, const unsigned long *mask,
					   unsigned int nbits)
{
	if (small_const_nbits(nbits))
		*dst = (*old & ~*mask) | (*new &*mask);
	else
		__bitmap_replace(dst, old, new, mask, nbits);
}

/* Towards bit 0, towards the last bit; zeroes come in. */
static __always_inline void bitmap_shift_right(unsigned long *dst, const unsigned long *src,
					       unsigned int shift, unsigned int nbits)
{
	if (small_const_nbits(nbits))
		*dst = shift < nbits ? (*src & BITMAP_LAST_WORD_MASK(nbits)) >> shift : 0;
	else
		__bitmap_shift_right(dst, src, shift, nbits);
}

static __always_inline void bitmap_shift_left(unsigned long *dst, const unsigned long *src,
					      unsigned int shift, unsigned int nbits)
{
	if (small_const_nbits(nbits))
		*dst = shift < nbits ? *src << shift & BITMAP_LAST_WORD_MASK(nbits) : 0;
	else
		__bitmap_shift_left(dst, src, shift, nbits);
}

/* Takes bits [first, first + cut) out: those above move down, zeroes come in. */
void bitmap_cut(unsigned long *dst, const unsigned long *src, unsigned int first, unsigned int cut,
		unsigned int nbits);

static __always_inline bool bitmap_equal(const unsigned long *src1, const unsigned long *src2,
					 unsigned int nbits)
{
	if (small_const_nbits(nbits))
		return !((*src1 ^ *src2) & BITMAP_LAST_WORD_MASK(nbits));
	return __bitmap_equal(src1, src2, nbits);
}

/* Is @src3 what the others are together? */
static __always_inline bool bitmap_or_equal(const unsigned long *src1, const unsigned long *src2,
					    const unsigned long *src3, unsigned int nbits)
{
	if (small_const_nbits(nbits))
		return !(((*src1 | *src2) ^ *src3) & BITMAP_LAST_WORD_MASK(nbits));
	return __bitmap_or_equal(src1, src2, src3, nbits);
}

static __always_inline bool bitmap_intersects(const unsigned long *src1, const unsigned long *src2,
					      unsigned int nbits)
{
	if (small_const_nbits(nbits))
		return *src1 & *src2 & BITMAP_LAST_WORD_MASK(nbits);
	return __bitmap_intersects(src1, src2, nbits);
}

/* Are all bits of @src1 in @src2? */
static __always_inline bool bitmap_subset(const unsigned long *src1, const unsigned long *src2,
					  unsigned int nbits)
{
	if (small_const_nbits(nbits))
		return !(*src1 & ~*src2 & BITMAP_LAST_WORD_MASK(nbits));
	return __bitmap_subset(src1, src2, nbits);
}

static __always_inline bool bitmap_empty(const unsigned long *map, unsigned int nbits)
{
	if (small_const_nbits(nbits))
		return !(*map & BITMAP_LAST_WORD_MASK(nbits));
	return find_first_bit(map, nbits) == nbits;
}

static __always_inline bool bitmap_full(const unsigned long *map, unsigned int nbits)
{
	if (small_const_nbits(nbits))
		return !(~*map & BITMAP_LAST_WORD_MASK(nbits));
	return find_first_zero_bit(map, nbits) == nbits;
}

static __always_inline unsigned int bitmap_weight(const unsigned long *map, unsigned int nbits)
{
	if (small_const_nbits(nbits))
		return (unsigned int)hweight_long(*map & BITMAP_LAST_WORD_MASK(nbits));
	return __bitmap_weight(map, nbits);
}

static __always_inline unsigned long
bitmap_weight_and(const unsigned long *src1, const unsigned long *src2, unsigned int nbits)
{
	if (small_const_nbits(nbits))
		return hweight_long(*src1 & *src2 & BITMAP_LAST_WORD_MASK(nbits));
	return __bitmap_weight_and(src1, src2, nbits);
}

/* ---- Runs ------------------------------------------------------------------------------- */

/* Bits @nr .. @nr + @len - 1. */
static __always_inline void bitmap_set(unsigned long *map, unsigned int nr, unsigned int len)
{
	if (__builtin_constant_p(nr + len) && small_const_nbits(len) && nr < BITS_PER_LONG &&
	    len <= BITS_PER_LONG - nr)
		*map |= BITMAP_LAST_WORD_MASK(len) << nr;
	else
		__bitmap_set(map, nr, (int)len);
}

static __always_inline void bitmap_clear(unsigned long *map, unsigned int nr, unsigned int len)
{
	if (__builtin_constant_p(nr + len) && small_const_nbits(len) && nr < BITS_PER_LONG &&
	    len <= BITS_PER_LONG - nr)
		*map &= ~(BITMAP_LAST_WORD_MASK(len) << nr);
	else
		__bitmap_clear(map, nr, (int)len);
}

/*
 * The first of @nr clear bits side by side at @start or above, such that its number plus
 * @align_offset has the bits of @align_mask, which is 2^n - 1, clear. Past @size: none.
 */
unsigned long bitmap_find_next_zero_area_off(const unsigned long *map, unsigned long size,
					     unsigned long start, unsigned int nr,
					     unsigned long align_mask, unsigned long align_offset);

static inline unsigned long bitmap_find_next_zero_area(const unsigned long *map, unsigned long size,
						       unsigned long start, unsigned int nr,
						       unsigned long align_mask)
{
	return bitmap_find_next_zero_area_off(map, size, start, nr, align_mask, 0);
}

/* Runs of 2^@order bits, aligned: finds and takes one, takes one at @pos, gives it back. */
int bitmap_find_free_region(unsigned long *bitmap, unsigned int bits, int order);
int bitmap_allocate_region(unsigned long *bitmap, unsigned int pos, int order);
void bitmap_release_region(unsigned long *bitmap, unsigned int pos, int order);

/* The next run of set bits from *@rs on: [*rs, *re). */
static inline void bitmap_next_set_region(const unsigned long *bitmap, unsigned int *rs,
					  unsigned int *re, unsigned int end)
{
	*rs = (unsigned int)find_next_bit(bitmap, end, *rs);
	*re = (unsigned int)find_next_zero_bit(bitmap, end, *rs + 1);
}

/* ---- One set onto another ------------------------------------------------------------------ */

/*
 * The n-th bit of @old goes where the n-th of @new is, in a circle; bits that are not in
 * @old stay. bitmap_bitremap() does it for one bit.
 */
void bitmap_remap(unsigned long *dst, const unsigned long *src, const unsigned long *old,
		  const unsigned long *new, unsigned int nbits);
int bitmap_bitremap(int oldbit, const unsigned long *old, const unsigned long *new, int bits);

/* Bit n of @orig is the n-th set bit of @relmap. */
void bitmap_onto(unsigned long *dst, const unsigned long *orig, const unsigned long *relmap,
		 unsigned int bits);

/* Bit n becomes bit n modulo @sz. */
void bitmap_fold(unsigned long *dst, const unsigned long *orig, unsigned int sz,
		 unsigned int nbits);

/* ---- Text ----------------------------------------------------------------------------------- */

/*
 * Lists such as "0,3-5,8-31:2/4" (of each group of 4 the first 2), "all", "N" the last bit;
 * words of 32 bits as numbers of base 16 with commas, the highest first. Both end at a newline,
 * too. 0, or -EINVAL,
 * -ERANGE (a bit past the end), -EOVERFLOW (a number too large), and the map is then
 * undefined.
 */
int bitmap_parselist(const char *buf, unsigned long *maskp, int nmaskbits);
int bitmap_parse(const char *buf, unsigned int buflen, unsigned long *maskp, int nmaskbits);

/* Text of a set in a page: a list or such words, with a newline. Its length. */
int bitmap_print_to_pagebuf(bool list, char *buf, const unsigned long *maskp, int nmaskbits);

/* Bytes [off, off + count) of such text, with newline and terminator; how many there were, or -ENOMEM. */
int bitmap_print_bitmask_to_buf(char *buf, const unsigned long *maskp, int nmaskbits, loff_t off,
				size_t count);
int bitmap_print_list_to_buf(char *buf, const unsigned long *maskp, int nmaskbits, loff_t off,
			     size_t count);

/* ---- Arrays of other words ------------------------------------------------------------------ */

void bitmap_from_arr32(unsigned long *bitmap, const u32 *buf, unsigned int nbits);
void bitmap_to_arr32(u32 *buf, const unsigned long *bitmap, unsigned int nbits);
void bitmap_from_arr64(unsigned long *bitmap, const u64 *buf, unsigned int nbits);
void bitmap_to_arr64(u64 *buf, const unsigned long *bitmap, unsigned int nbits);

static inline void bitmap_from_u64(unsigned long *dst, u64 mask)
{
	dst[0] = (unsigned long)mask;
}

/* Eight bits at a multiple of eight. */
static inline unsigned long bitmap_get_value8(const unsigned long *map, unsigned long start)
{
	return map[BIT_WORD(start)] >> start % BITS_PER_LONG & 0xff;
}

static inline void bitmap_set_value8(unsigned long *map, unsigned long value, unsigned long start)
{
	unsigned long *word = &map[BIT_WORD(start)];

	*word = (*word & ~(0xffUL << start % BITS_PER_LONG)) | value << start % BITS_PER_LONG;
}

struct device;

/* The same until the device goes. */
unsigned long *devm_bitmap_alloc(struct device *dev, unsigned int nbits, gfp_t flags);
unsigned long *devm_bitmap_zalloc(struct device *dev, unsigned int nbits, gfp_t flags);

/* What comes with this header on Linux. */
#include <linux/string.h>

#endif /* _LINUX_BITMAP_H */
