// SPDX-License-Identifier: MIT
/* Maps of a word at most, of which the compiler leaves nothing: a call that stays is an error. */
#include <linux/bitmap.h>
#include <linux/bitops.h>
#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/find.h>

#ifdef __OPTIMIZE__
#define KNOWN(value, is)                                        \
	do {                                                    \
		unsigned long __value = (unsigned long)(value); \
		BUILD_BUG_ON(!__builtin_constant_p(__value));   \
		BUILD_BUG_ON(__value != (is));                  \
	} while (0)
#else
#define KNOWN(value, is) ((void)((unsigned long)(value) == (is)))
#endif

int api_folding(void);
int api_folding(void)
{
	DECLARE_BITMAP(map, BITS_PER_LONG);
	DECLARE_BITMAP(other, 40);
	unsigned long word = 0;

	bitmap_clear(map, 0, BITS_PER_LONG);
	if (!test_bit(7, map))
		bitmap_set(map, 5, 3);
	KNOWN(bitmap_weight(map, 20), 3);
	KNOWN(bitmap_empty(map, 5), 1);
	KNOWN(bitmap_full(map, 64), 0);
	KNOWN(find_first_bit(map, 64), 5);
	KNOWN(find_last_bit(map, 64), 7);
	KNOWN(find_next_bit(map, 64, 8), 64);
	KNOWN(find_next_zero_bit(map, 64, 6), 8);
	KNOWN(find_first_zero_bit(map, 64), 0);

	__set_bit(20, &word);
	__change_bit(31, &word);
	__clear_bit(20, &word);
	bitmap_shift_right(&word, &word, 11, BITS_PER_LONG);
	KNOWN(test_bit(20, &word), 1);
	KNOWN(test_bit(18, &word), 0);
	bitmap_shift_left(&word, &word, 1, 40);
	KNOWN(word, BIT(21));

	bitmap_fill(other, 40);
	KNOWN(bitmap_subset(map, other, 40), 1);
	KNOWN(bitmap_intersects(map, &word, 40), 0);
	KNOWN(bitmap_weight_and(map, other, 7), 2);
	KNOWN(bitmap_andnot(other, other, map, 40), 1);
	KNOWN(bitmap_or_equal(other, map, other, 5), 1);
	bitmap_complement(other, other, 40);
	KNOWN(bitmap_equal(other, map, 40), 1);
	bitmap_xor(other, other, map, 40);
	KNOWN(bitmap_empty(other, 40), 1);
	bitmap_or(other, map, &word, 40);
	KNOWN(find_next_and_bit(other, &word, 40, 0), 21);
	KNOWN(find_next_andnot_bit(other, map, 40, 0), 21);
	bitmap_replace(other, map, &word, map, 40);
	KNOWN(other[0], 0);
	KNOWN(word & GENMASK(14, 8), 0);
	return 0;
}
