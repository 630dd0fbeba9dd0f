/* SPDX-License-Identifier: MIT */
/*
 * Hashes of byte strings and of words, by Bob Jenkins' lookup3: quick, well spread, and
 * nothing against who chooses the keys.
 *
 * Units:   jhash() counts bytes, jhash2() words of 32 bits. Bytes are read as a
 *          little-endian machine does, so that a hash is the same on all.
 * Failure: none.
 * Source:  Linux's include/linux/jhash.h, whose names and values these keep, and Bob
 *          Jenkins' lookup3.c (public domain).
 */
#ifndef _LINUX_JHASH_H
#define _LINUX_JHASH_H

#include <linux/bitops.h>
#include <linux/types.h>

/* For tables of a power of two many buckets. */
#define jhash_size(n) ((u32)1 << (n))
#define jhash_mask(n) (jhash_size(n) - 1)

#define JHASH_INITVAL 0xdeadbeef

/* One round: each of the three words comes to depend on all; it can be undone. */
#define __jhash_mix(a, b, c)           \
	do {                           \
		(a) -= (c);            \
		(a) ^= rol32((c), 4);  \
		(c) += (b);            \
		(b) -= (a);            \
		(b) ^= rol32((a), 6);  \
		(a) += (c);            \
		(c) -= (b);            \
		(c) ^= rol32((b), 8);  \
		(b) += (a);            \
		(a) -= (c);            \
		(a) ^= rol32((c), 16); \
		(c) += (b);            \
		(b) -= (a);            \
		(b) ^= rol32((a), 19); \
		(a) += (c);            \
		(c) -= (b);            \
		(c) ^= rol32((b), 4);  \
		(b) += (a);            \
	} while (0)

/* The last one: each bit of @c comes to depend on all of the three. */
#define __jhash_final(a, b, c)         \
	do {                           \
		(c) ^= (b);            \
		(c) -= rol32((b), 14); \
		(a) ^= (c);            \
		(a) -= rol32((c), 11); \
		(b) ^= (a);            \
		(b) -= rol32((a), 25); \
		(c) ^= (b);            \
		(c) -= rol32((b), 16); \
		(a) ^= (c);            \
		(a) -= rol32((c), 4);  \
		(b) ^= (a);            \
		(b) -= rol32((a), 14); \
		(c) ^= (b);            \
		(c) -= rol32((b), 24); \
	} while (0)

/* @length bytes at @key; another @initval makes another hash of the same key. */
u32 jhash(const void *key, u32 length, u32 initval);

/* @length words at @k. */
u32 jhash2(const u32 *k, u32 length, u32 initval);

static inline u32 __jhash_nwords(u32 a, u32 b, u32 c, u32 initval)
{
	a += initval;
	b += initval;
	c += initval;
	__jhash_final(a, b, c);
	return c;
}

static inline u32 jhash_3words(u32 a, u32 b, u32 c, u32 initval)
{
	return __jhash_nwords(a, b, c, initval + JHASH_INITVAL + (3 << 2));
}

static inline u32 jhash_2words(u32 a, u32 b, u32 initval)
{
	return __jhash_nwords(a, b, 0, initval + JHASH_INITVAL + (2 << 2));
}

static inline u32 jhash_1word(u32 a, u32 initval)
{
	return __jhash_nwords(a, 0, 0, initval + JHASH_INITVAL + (1 << 2));
}

#endif /* _LINUX_JHASH_H */
