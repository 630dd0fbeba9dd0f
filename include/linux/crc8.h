/* SPDX-License-Identifier: MIT */
/*
 * Sums of eight bits of a polynomial of the user's, by a table that he fills once: highest bit
 * first, or lowest first, then the polynomial is written the same way round. A block with
 * its inverted sum behind it sums to CRC8_GOOD_VALUE().
 *
 * Locking: none; the table is its user's.
 * Source:  Linux's crc8.h.
 */
#ifndef _LINUX_CRC8_H
#define _LINUX_CRC8_H

#include <linux/types.h>

#define CRC8_INIT_VALUE	       0xFF
#define CRC8_GOOD_VALUE(table) (table[0xFF])
#define CRC8_TABLE_SIZE	       256

#define DECLARE_CRC8_TABLE(table) static u8 table[CRC8_TABLE_SIZE]

void crc8_populate_msb(u8 table[CRC8_TABLE_SIZE], u8 polynomial);
void crc8_populate_lsb(u8 table[CRC8_TABLE_SIZE], u8 polynomial);

/* @crc: the sum so far, CRC8_INIT_VALUE at first. */
u8 crc8(const u8 table[CRC8_TABLE_SIZE], const u8 *pdata, size_t nbytes, u8 crc);

#endif /* _LINUX_CRC8_H */
