/* SPDX-License-Identifier: MIT */
/*
 * The sum of x^16 + x^12 + x^5 + 1, highest bit first. @crc: the sum so far. Source: Linux's
 * crc_itu_t().
 */
#ifndef _LINUX_CRC_ITU_T_H
#define _LINUX_CRC_ITU_T_H

#include <linux/types.h>

extern const u16 crc_itu_t_table[256];

static inline u16 crc_itu_t_byte(u16 crc, const u8 data)
{
	return (u16)(crc << 8 ^ crc_itu_t_table[(crc >> 8 ^ data) & 0xff]);
}

u16 crc_itu_t(u16 crc, const u8 *buffer, size_t len);

#endif /* _LINUX_CRC_ITU_T_H */
