/* SPDX-License-Identifier: MIT */
/*
 * The sum of x^4 + x^2 + x + 1 over the low @bits bits of @x, from the highest on; they are
 * filled up to a multiple of 4 with zeros above. @c: the sum so far. Source: Linux's crc4().
 */
#ifndef _LINUX_CRC4_H
#define _LINUX_CRC4_H

#include <linux/types.h>

u8 crc4(u8 c, u64 x, int bits);

#endif /* _LINUX_CRC4_H */
