/* SPDX-License-Identifier: MIT */
/* Two decimal digits in a byte, four bits each: 0x59 is 59. Source: Linux's bcd.h. */
#ifndef _LINUX_BCD_H
#define _LINUX_BCD_H

#include <linux/compiler.h>

#define const_bcd2bin(x) (((x)&0x0f) + ((x) >> 4) * 10)
#define const_bin2bcd(x) ((((x) / 10) << 4) + (x) % 10)

static inline __attribute_const__ unsigned int _bcd2bin(unsigned char val)
{
	return (val & 0x0fU) + (val >> 4) * 10U;
}

static inline __attribute_const__ unsigned char _bin2bcd(unsigned int val)
{
	return (unsigned char)((val / 10 << 4) + val % 10);
}

#define bcd2bin(x) \
	(__builtin_constant_p(x) ? (unsigned int)const_bcd2bin(x) : _bcd2bin((unsigned char)(x)))
#define bin2bcd(x) \
	(__builtin_constant_p(x) ? (unsigned char)const_bin2bcd(x) : _bin2bcd((unsigned int)(x)))

#endif /* _LINUX_BCD_H */
