// SPDX-License-Identifier: MIT
/* Sums of 16 bits. Contracts: linux/crc16.h, crc-ccitt.h, crc-itu-t.h, crc-t10dif.h. */
#include <linux/crc16.h>
#include <linux/crc-ccitt.h>
#include <linux/crc-itu-t.h>
#include <linux/crc-t10dif.h>

#include "crc_table.h"

CRC_LSB_BITS(ansi, 0xa001);
CRC_LSB_BITS(ccitt, 0x8408);
CRC_MSB_BITS(itu, 0x1021, 0x8000);
CRC_MSB_BITS(t10, 0x8bb7, 0x8000);

const u16 crc16_table[256] = CRC_ENTRIES(ansi);
const u16 crc_ccitt_table[256] = CRC_ENTRIES(ccitt);
const u16 crc_ccitt_false_table[256] = CRC_ENTRIES(itu);
const u16 crc_itu_t_table[256] = CRC_ENTRIES(itu);
static const u16 t10_table[256] = CRC_ENTRIES(t10);

u16 crc16(u16 crc, const u8 *buffer, size_t len)
{
	while (len--)
		crc = crc16_byte(crc, *buffer++);
	return crc;
}

u16 crc_ccitt(u16 crc, const u8 *buffer, size_t len)
{
	while (len--)
		crc = crc_ccitt_byte(crc, *buffer++);
	return crc;
}

u16 crc_ccitt_false(u16 crc, const u8 *buffer, size_t len)
{
	while (len--)
		crc = crc_ccitt_false_byte(crc, *buffer++);
	return crc;
}

u16 crc_itu_t(u16 crc, const u8 *buffer, size_t len)
{
	while (len--)
		crc = crc_itu_t_byte(crc, *buffer++);
	return crc;
}

u16 crc_t10dif_generic(u16 crc, const unsigned char *buffer, size_t len)
{
	while (len--)
		crc = (u16)(crc << 8 ^ t10_table[(crc >> 8 ^ *buffer++) & 0xff]);
	return crc;
}
