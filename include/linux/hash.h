/* SPDX-License-Identifier: MIT */
/*
 * Numbers into buckets: multiplied by 2^n divided by the golden ratio, of which the upper
 * bits are the number of one of 2^@bits buckets. Keys that are near come far apart.
 */
#ifndef _LINUX_HASH_H
#define _LINUX_HASH_H

#include <linux/types.h>

#define GOLDEN_RATIO_32	   0x61C88647
#define GOLDEN_RATIO_64	   0x61C8864680B583EBull
#define GOLDEN_RATIO_PRIME GOLDEN_RATIO_64

static inline u32 __hash_32(u32 val)
{
	return val * GOLDEN_RATIO_32;
}

static inline u32 hash_32(u32 val, unsigned int bits)
{
	return __hash_32(val) >> (32 - bits);
}

static inline u32 hash_64(u64 val, unsigned int bits)
{
	return (u32)(val * GOLDEN_RATIO_64 >> (64 - bits));
}

#define hash_long(val, bits) hash_64(val, bits)

static inline u32 hash_ptr(const void *ptr, unsigned int bits)
{
	return hash_64((unsigned long)ptr, bits);
}

/* All of a pointer's bits in 32. */
static inline u32 hash32_ptr(const void *ptr)
{
	u64 val = (unsigned long)ptr;

	return (u32)val ^ (u32)(val >> 32);
}

#define __hash_32_generic(val)	   __hash_32(val)
#define hash_64_generic(val, bits) hash_64(val, bits)

/* What comes with this header on Linux. */
#include <linux/compiler.h>

#endif /* _LINUX_HASH_H */
