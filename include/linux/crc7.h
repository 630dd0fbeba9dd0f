/* SPDX-License-Identifier: MIT */
/*
 * The sum of x^7 + x^3 + 1, in the upper seven bits of a byte. @crc: the sum so far, 0 at
 * first. Source: Linux's crc7_be().
 */
#ifndef _LINUX_CRC7_H
#define _LINUX_CRC7_H

#include <linux/types.h>

extern const u8 crc7_be_syndrome_table[256];

static inline u8 crc7_be_byte(u8 crc, u8 data)
{
	return crc7_be_syndrome_table[crc ^ data];
}

u8 crc7_be(u8 crc, const u8 *buffer, size_t len);

#endif /* _LINUX_CRC7_H */
