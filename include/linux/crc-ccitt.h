/* SPDX-License-Identifier: MIT */
/*
 * The sum of x^16 + x^12 + x^5 + 1, lowest bit first; the _false forms highest bit first, as is
 * often taken for it (linux/crc-itu-t.h). @crc: the sum so far. Source: Linux's crc_ccitt().
 */
#ifndef _LINUX_CRC_CCITT_H
#define _LINUX_CRC_CCITT_H

#include <linux/types.h>

extern const u16 crc_ccitt_table[256];
extern const u16 crc_ccitt_false_table[256];

static inline u16 crc_ccitt_byte(u16 crc, const u8 c)
{
	return (u16)(crc >> 8 ^ crc_ccitt_table[(crc ^ c) & 0xff]);
}

static inline u16 crc_ccitt_false_byte(u16 crc, const u8 c)
{
	return (u16)(crc << 8 ^ crc_ccitt_false_table[crc >> 8 ^ c]);
}

u16 crc_ccitt(u16 crc, const u8 *buffer, size_t len);
u16 crc_ccitt_false(u16 crc, const u8 *buffer, size_t len);

#endif /* _LINUX_CRC_CCITT_H */
