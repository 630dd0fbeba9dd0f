/* SPDX-License-Identifier: MIT */
/*
 * Bytes the other way round: swab16() of a value, swab16p() of what a pointer points at,
 * swab16s() in place; the same for 32 and 64 bits.
 */
#ifndef _LINUX_SWAB_H
#define _LINUX_SWAB_H

#include <linux/types.h>

#define __SWAB(bits)                                          \
	static inline u##bits swab##bits(u##bits x)           \
	{                                                     \
		return __builtin_bswap##bits(x);              \
	}                                                     \
	static inline u##bits swab##bits##p(const u##bits *p) \
	{                                                     \
		return swab##bits(*p);                        \
	}                                                     \
	static inline void swab##bits##s(u##bits *p)          \
	{                                                     \
		*p = swab##bits(*p);                          \
	}
__SWAB(16)
__SWAB(32)
__SWAB(64)
#undef __SWAB

/* Halves exchanged; bytes within each half. */
static inline u32 swahw32(u32 x)
{
	return x << 16 | x >> 16;
}

static inline u32 swahb32(u32 x)
{
	return (x & 0x00ff00ff) << 8 | (x >> 8 & 0x00ff00ff);
}

static inline void swab16_array(u16 *buf, unsigned int words)
{
	while (words--)
		swab16s(buf++);
}

static inline void swab32_array(u32 *buf, unsigned int words)
{
	while (words--)
		swab32s(buf++);
}

static inline u32 swahw32p(const u32 *p)
{
	return swahw32(*p);
}

static inline u32 swahb32p(const u32 *p)
{
	return swahb32(*p);
}

static inline void swahw32s(u32 *p)
{
	*p = swahw32(*p);
}

static inline void swahb32s(u32 *p)
{
	*p = swahb32(*p);
}

static inline void swab64_array(u64 *buf, unsigned int words)
{
	while (words--)
		swab64s(buf++);
}

#endif /* _LINUX_SWAB_H */
