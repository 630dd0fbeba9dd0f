/* SPDX-License-Identifier: MIT */
/*
 * Hashes with a key, by Aumasson and Bernstein: who does not know the key cannot choose what
 * falls together. siphash*() is SipHash-2-4; hsiphash*() is quicker and weaker, for hash tables
 * alone: SipHash-1-3, of which the lower 32 bits.
 *
 *   key ──► v0 v1 v2 v3 ◄── 8 bytes, 1 or 2 rounds, 8 bytes, ... ──► 3 or 4 rounds ──► v0^v1^v2^v3
 *
 * Units:   bytes. Words count as their bytes, lowest first: siphash_2u32(a, b) is siphash() of
 *          these eight bytes. @data may lie at any address.
 * Locking: none.
 * Failure: none.
 * Source:  Linux's siphash.h, whose values on 64-bit machines these are; SipHash: a fast
 *          short-input PRF (2012).
 */
#ifndef _LINUX_SIPHASH_H
#define _LINUX_SIPHASH_H

#include <linux/bitops.h>
#include <linux/kernel.h>
#include <linux/types.h>

#define SIPHASH_ALIGNMENT  __alignof__(u64)
#define HSIPHASH_ALIGNMENT __alignof__(unsigned long)

typedef struct {
	u64 key[2]; /* random: get_random_bytes() */
} siphash_key_t;

typedef struct {
	unsigned long key[2];
} hsiphash_key_t;

#define siphash_aligned_key_t siphash_key_t __aligned(16)

static inline bool siphash_key_is_zero(const siphash_key_t *key)
{
	return !key->key[0] && !key->key[1];
}

u64 siphash(const void *data, size_t len, const siphash_key_t *key);
u64 siphash_1u64(u64 a, const siphash_key_t *key);
u64 siphash_2u64(u64 a, u64 b, const siphash_key_t *key);
u64 siphash_3u64(u64 a, u64 b, u64 c, const siphash_key_t *key);
u64 siphash_4u64(u64 a, u64 b, u64 c, u64 d, const siphash_key_t *key);
u64 siphash_1u32(u32 a, const siphash_key_t *key);
u64 siphash_2u32(u32 a, u32 b, const siphash_key_t *key);
u64 siphash_3u32(u32 a, u32 b, u32 c, const siphash_key_t *key);
u64 siphash_4u32(u32 a, u32 b, u32 c, u32 d, const siphash_key_t *key);

u32 hsiphash(const void *data, size_t len, const hsiphash_key_t *key);
u32 hsiphash_1u32(u32 a, const hsiphash_key_t *key);
u32 hsiphash_2u32(u32 a, u32 b, const hsiphash_key_t *key);
u32 hsiphash_3u32(u32 a, u32 b, u32 c, const hsiphash_key_t *key);
u32 hsiphash_4u32(u32 a, u32 b, u32 c, u32 d, const hsiphash_key_t *key);

/* ---- One round, for who makes something else of it ----------------------------------- */

/* @y comes to depend on @x, and the sum of both stands in @x. */
#define __sip_add(rol, x, y, by) ((x) += (y), (y) = rol((y), by) ^ (x))
#define __sip_round(rol, half, a, b, c, d, by1, by2, by3, by4)                       \
	(__sip_add(rol, a, b, by1), (a) = rol((a), half), __sip_add(rol, c, d, by2), \
	 __sip_add(rol, a, d, by3), __sip_add(rol, c, b, by4), (c) = rol((c), half))

#define SIPHASH_PERMUTATION(a, b, c, d)	 __sip_round(rol64, 32, a, b, c, d, 13, 16, 21, 17)
#define HSIPHASH_PERMUTATION(a, b, c, d) __sip_round(rol32, 16, a, b, c, d, 5, 8, 7, 13)

/* What v0 to v3 start from, before the key: "somepseudorandomlygeneratedbytes". */
#define SIPHASH_CONST_0	 0x736f6d6570736575ULL
#define SIPHASH_CONST_1	 0x646f72616e646f6dULL
#define SIPHASH_CONST_2	 0x6c7967656e657261ULL
#define SIPHASH_CONST_3	 0x7465646279746573ULL
#define HSIPHASH_CONST_0 0U
#define HSIPHASH_CONST_1 0U
#define HSIPHASH_CONST_2 0x6c796765U
#define HSIPHASH_CONST_3 0x74656462U

#endif /* _LINUX_SIPHASH_H */
