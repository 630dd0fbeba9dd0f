// SPDX-License-Identifier: MIT
/* Sums of 32 and of 64 bits. Contracts: linux/crc32.h, linux/crc64.h. */
#include <linux/crc32.h>
#include <linux/crc32poly.h>
#include <linux/crc64.h>

#include "crc_table.h"

#define CRC64_ECMA_POLY	    0x42F0E1EBA9EA3693ULL /* highest bit first */
#define CRC64_ROCKSOFT_POLY 0x9A6C9329AC4BC9B5ULL /* lowest bit first */

static u32 sum_lsb(u32 crc, const u8 *p, size_t len, u32 poly)
{
	while (len--) {
		crc ^= *p++;
		for (int bit = 0; bit < 8; bit++)
			crc = CRC_LSB(crc, poly);
	}
	return crc;
}

u32 crc32_le(u32 crc, const unsigned char *p, size_t len)
{
	return sum_lsb(crc, p, len, CRC32_POLY_LE);
}

u32 __crc32c_le(u32 crc, const unsigned char *p, size_t len)
{
	return sum_lsb(crc, p, len, CRC32C_POLY_LE);
}

u32 crc32_be(u32 crc, const unsigned char *p, size_t len)
{
	while (len--) {
		crc ^= (u32)*p++ << 24;
		for (int bit = 0; bit < 8; bit++)
			crc = crc << 1 ^ (crc >> 31 ? CRC32_POLY_BE : 0);
	}
	return crc;
}

/* ---- Shifts ---------------------------------------------------------------------------------- */

/* The product of two polynomials modulo that of the sum; bit 31 is the factor of x^0. */
static u32 multiply(u32 a, u32 b, u32 poly)
{
	u32 product = 0;

	for (; a; a <<= 1) {
		if (a >> 31)
			product ^= b;
		b = CRC_LSB(b, poly);
	}
	return product;
}

/*
 * @len bytes of zero multiply a sum by x^(8 * @len): the product of x^8, x^16, x^32, ... that the
 * bits of @len name.
 */
static u32 shift(u32 crc, size_t len, u32 poly)
{
	u32 power = 1U << (31 - 8);

	for (; len; len >>= 1) {
		if (len & 1)
			crc = multiply(power, crc, poly);
		power = multiply(power, power, poly);
	}
	return crc;
}

u32 crc32_le_shift(u32 crc, size_t len)
{
	return shift(crc, len, CRC32_POLY_LE);
}

u32 __crc32c_le_shift(u32 crc, size_t len)
{
	return shift(crc, len, CRC32C_POLY_LE);
}

/* ---- 64 bits ----------------------------------------------------------------------------------- */

u64 crc64_be(u64 crc, const void *p, size_t len)
{
	const u8 *at = p;

	while (len--) {
		crc ^= (u64)*at++ << 56;
		for (int bit = 0; bit < 8; bit++)
			crc = crc << 1 ^ (crc >> 63 ? CRC64_ECMA_POLY : 0);
	}
	return crc;
}

u64 crc64_rocksoft_generic(u64 crc, const void *p, size_t len)
{
	const u8 *at = p;

	for (crc = ~crc; len--;) {
		crc ^= *at++;
		for (int bit = 0; bit < 8; bit++)
			crc = CRC_LSB(crc, CRC64_ROCKSOFT_POLY);
	}
	return ~crc;
}
