/* SPDX-License-Identifier: MIT */
/*
 * The sum of x^16 + x^15 + x^2 + 1, lowest bit first. @crc: the sum so far. Source: Linux's
 * crc16().
 */
#ifndef _LINUX_CRC16_H
#define _LINUX_CRC16_H

#include <linux/types.h>

extern const u16 crc16_table[256];

static inline u16 crc16_byte(u16 crc, const u8 data)
{
	return (u16)(crc >> 8 ^ crc16_table[(crc ^ data) & 0xff]);
}

u16 crc16(u16 crc, const u8 *buffer, size_t len);

#endif /* _LINUX_CRC16_H */
