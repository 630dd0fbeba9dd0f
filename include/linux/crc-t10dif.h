/* SPDX-License-Identifier: MIT */
/*
 * The sum that disks keep of a sector (T10 DIF): polynomial 0x8bb7, highest bit first, from 0 or
 * from @crc on. Source: Linux's crc_t10dif(), which may have the CPU's help.
 */
#ifndef _LINUX_CRC_T10DIF_H
#define _LINUX_CRC_T10DIF_H

#include <linux/types.h>

#define CRC_T10DIF_DIGEST_SIZE 2
#define CRC_T10DIF_BLOCK_SIZE  1
#define CRC_T10DIF_STRING      "crct10dif"

u16 crc_t10dif_generic(u16 crc, const unsigned char *buffer, size_t len);

static inline u16 crc_t10dif_update(u16 crc, const unsigned char *buffer, size_t len)
{
	return crc_t10dif_generic(crc, buffer, len);
}

static inline u16 crc_t10dif(const unsigned char *buffer, size_t len)
{
	return crc_t10dif_generic(0, buffer, len);
}

#endif /* _LINUX_CRC_T10DIF_H */
