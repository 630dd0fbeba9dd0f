// SPDX-License-Identifier: MIT
/*
 * Hashes of byte strings and words. Contract: linux/jhash.h.
 *
 * Three words of state take in three words of the key at a time, a round after each
 * three; the last one to three words, or up to twelve bytes, end it.
 */
#include <linux/jhash.h>

/* Up to @n bytes as a word, the first one lowest; missing ones are 0. */
static u32 word_of(const u8 *bytes, u32 n)
{
	u32 word = 0;

	for (u32 i = 0; i < n && i < 4; i++)
		word |= (u32)bytes[i] << i * 8;
	return word;
}

u32 jhash(const void *key, u32 length, u32 initval)
{
	const u8 *k = key;
	u32 a, b, c;

	a = b = c = JHASH_INITVAL + length + initval;
	for (; length > 12; length -= 12, k += 12) {
		a += word_of(k, 4);
		b += word_of(k + 4, 4);
		c += word_of(k + 8, 4);
		__jhash_mix(a, b, c);
	}
	if (!length)
		return c;
	a += word_of(k, length);
	if (length > 4)
		b += word_of(k + 4, length - 4);
	if (length > 8)
		c += word_of(k + 8, length - 8);
	__jhash_final(a, b, c);
	return c;
}

u32 jhash2(const u32 *k, u32 length, u32 initval)
{
	u32 a, b, c;

	a = b = c = JHASH_INITVAL + (length << 2) + initval;
	for (; length > 3; length -= 3, k += 3) {
		a += k[0];
		b += k[1];
		c += k[2];
		__jhash_mix(a, b, c);
	}
	if (!length)
		return c;
	a += k[0];
	if (length > 1)
		b += k[1];
	if (length > 2)
		c += k[2];
	__jhash_final(a, b, c);
	return c;
}
