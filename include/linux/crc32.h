/* SPDX-License-Identifier: MIT */
/*
 * The sum of Ethernet, and Castagnoli's (__crc32c_le()); _le lowest bit first, _be highest.
 * Nothing is inverted: who wants what other programs call CRC-32 starts with ~0, and inverts
 * the end.
 *
 * Units:  bytes. @crc: the sum so far.
 * Cost:   eight steps a byte, without a table.
 * Source: Linux's crc32.h.
 */
#ifndef _LINUX_CRC32_H
#define _LINUX_CRC32_H

#include <linux/bitrev.h>
#include <linux/compiler.h>
#include <linux/types.h>

u32 __pure crc32_le(u32 crc, const unsigned char *p, size_t len);
u32 __pure crc32_be(u32 crc, const unsigned char *p, size_t len);
u32 __pure __crc32c_le(u32 crc, const unsigned char *p, size_t len);

/* The sum that @crc becomes by @len bytes of zero, in a time that grows with log2 of @len. */
u32 __attribute_const__ crc32_le_shift(u32 crc, size_t len);
u32 __attribute_const__ __crc32c_le_shift(u32 crc, size_t len);

/* Of two blocks, the second of @len2 bytes, from the sum of each, the second's from 0 on. */
static inline u32 crc32_le_combine(u32 crc1, u32 crc2, size_t len2)
{
	return crc32_le_shift(crc1, len2) ^ crc2;
}

static inline u32 __crc32c_le_combine(u32 crc1, u32 crc2, size_t len2)
{
	return __crc32c_le_shift(crc1, len2) ^ crc2;
}

#define crc32(seed, data, length)  crc32_le(seed, (const unsigned char *)(data), length)
#define ether_crc(length, data)	   bitrev32(crc32_le(~0U, data, length))
#define ether_crc_le(length, data) crc32_le(~0U, data, length)

#endif /* _LINUX_CRC32_H */
