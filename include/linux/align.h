/* SPDX-License-Identifier: MIT */
/* Rounding to powers of two. The second argument is a power of two. */
#ifndef _LINUX_ALIGN_H
#define _LINUX_ALIGN_H

#include <linux/const.h>

#define __ALIGN_KERNEL_MASK(x, mask) (((x) + (mask)) & ~(mask))
#define __ALIGN_KERNEL(x, a)	     __ALIGN_KERNEL_MASK(x, (__typeof__(x))(a)-1)
#define __ALIGN_MASK(x, mask)	     __ALIGN_KERNEL_MASK(x, mask)
#define ALIGN(x, a)		     __ALIGN_KERNEL(x, a)
#define ALIGN_DOWN(x, a)	     ((x) & ~((__typeof__(x))(a)-1))
#define IS_ALIGNED(x, a)	     (((x) & ((__typeof__(x))(a)-1)) == 0)
#define PTR_ALIGN(p, a)		     ((__typeof__(p))ALIGN((unsigned long)(p), (a)))
#define PTR_ALIGN_DOWN(p, a)	     ((__typeof__(p))ALIGN_DOWN((unsigned long)(p), (a)))

#endif /* _LINUX_ALIGN_H */
