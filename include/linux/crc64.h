/* SPDX-License-Identifier: MIT */
/*
 * Sums of 64 bits: ECMA-182's highest bit first, as bcache has it; Rocksoft's lowest bit first
 * and inverted at both ends, as NVMe has it. @crc: the sum so far, 0 at first.
 *
 * Cost:   eight steps a byte, without a table.
 * Source: Linux's crc64.h, where crc64_rocksoft() may have the CPU's help.
 */
#ifndef _LINUX_CRC64_H
#define _LINUX_CRC64_H

#include <linux/compiler.h>
#include <linux/types.h>

#define CRC64_ROCKSOFT_STRING "crc64-rocksoft"

u64 __pure crc64_be(u64 crc, const void *p, size_t len);
u64 __pure crc64_rocksoft_generic(u64 crc, const void *p, size_t len);

static inline u64 crc64_rocksoft_update(u64 crc, const unsigned char *buffer, size_t len)
{
	return crc64_rocksoft_generic(crc, buffer, len);
}

static inline u64 crc64_rocksoft(const unsigned char *buffer, size_t len)
{
	return crc64_rocksoft_generic(0, buffer, len);
}

#endif /* _LINUX_CRC64_H */
