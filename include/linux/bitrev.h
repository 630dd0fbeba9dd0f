/* SPDX-License-Identifier: MIT */
/*
 * The bits of a number the other way round: bit 0 becomes the highest; of bitrev8x4() those of
 * each byte. Source: Linux's bitrev.h.
 */
#ifndef _LINUX_BITREV_H
#define _LINUX_BITREV_H

#include <linux/types.h>

extern const u8 byte_rev_table[256];

static inline u8 bitrev8(u8 byte)
{
	return byte_rev_table[byte];
}

static inline u16 bitrev16(u16 x)
{
	return (u16)(bitrev8(x & 0xff) << 8 | bitrev8(x >> 8));
}

static inline u32 bitrev32(u32 x)
{
	return (u32)bitrev16(x & 0xffff) << 16 | bitrev16(x >> 16);
}

static inline u32 bitrev8x4(u32 x)
{
	return bitrev32(__builtin_bswap32(x));
}

#endif /* _LINUX_BITREV_H */
