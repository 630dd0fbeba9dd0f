/* SPDX-License-Identifier: MIT */
/* Bit operations: all of them are in linux/bitmap.h. */
#ifndef _LINUX_BITS_H
#define _LINUX_BITS_H

#include <linux/bitmap.h>

#endif /* _LINUX_BITS_H */
