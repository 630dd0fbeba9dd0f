/* SPDX-License-Identifier: MIT */
/* Castagnoli's sum under the name of Linux's library: __crc32c_le() of linux/crc32.h. */
#ifndef _LINUX_CRC32C_H
#define _LINUX_CRC32C_H

#include <linux/crc32.h>

static inline u32 crc32c(u32 crc, const void *address, unsigned int length)
{
	return __crc32c_le(crc, address, length);
}
#define crc32c_le crc32c

/* Who computes it. */
static inline const char *crc32c_impl(void)
{
	return "crc32c-generic";
}

#endif /* _LINUX_CRC32C_H */
