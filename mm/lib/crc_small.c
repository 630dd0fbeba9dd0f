// SPDX-License-Identifier: MIT
/* Sums of 4, 7 and 8 bits; bits turned round. Contracts: linux/crc4.h, crc7.h, crc8.h, bitrev.h. */
#include <linux/bitrev.h>
#include <linux/crc4.h>
#include <linux/crc7.h>
#include <linux/crc8.h>

#include "crc_table.h"

u8 crc4(u8 c, u64 x, int bits)
{
	int left = (bits + 3) & ~3;

	if (bits < 64)
		x &= (1ULL << bits) - 1;
	for (c &= 0xf; left; left -= 4) {
		c ^= x >> (left - 4) & 0xf;
		for (int i = 0; i < 4; i++)
			c = CRC_MSB(c, 0x7, 0x8);
	}
	return c;
}

CRC_MSB_BITS(crc7, 0x09 << 1, 0x80);
const u8 crc7_be_syndrome_table[256] = CRC_ENTRIES(crc7);

u8 crc7_be(u8 crc, const u8 *buffer, size_t len)
{
	while (len--)
		crc = crc7_be_byte(crc, *buffer++);
	return crc;
}

void crc8_populate_msb(u8 table[CRC8_TABLE_SIZE], u8 polynomial)
{
	for (int i = 0; i < CRC8_TABLE_SIZE; i++) {
		table[i] = (u8)i;
		for (int bit = 0; bit < 8; bit++)
			table[i] = CRC_MSB(table[i], polynomial, 0x80);
	}
}

void crc8_populate_lsb(u8 table[CRC8_TABLE_SIZE], u8 polynomial)
{
	for (int i = 0; i < CRC8_TABLE_SIZE; i++) {
		table[i] = (u8)i;
		for (int bit = 0; bit < 8; bit++)
			table[i] = CRC_LSB(table[i], polynomial);
	}
}

u8 crc8(const u8 table[CRC8_TABLE_SIZE], const u8 *pdata, size_t nbytes, u8 crc)
{
	while (nbytes--)
		crc = table[crc ^ *pdata++];
	return crc;
}

/* A byte turned round is the sum of its bits turned round, as a sum's entry is. */
enum {
	rev_0 = 128,
	rev_1 = 64,
	rev_2 = 32,
	rev_3 = 16,
	rev_4 = 8,
	rev_5 = 4,
	rev_6 = 2,
	rev_7 = 1
};
const u8 byte_rev_table[256] = CRC_ENTRIES(rev);
