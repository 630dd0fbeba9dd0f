/* SPDX-License-Identifier: MIT */
/*
 * Small helpers that nearly every file uses, under the names Linux's
 * linux/kernel.h offers them.
 */
#ifndef _LINUX_KERNEL_H
#define _LINUX_KERNEL_H

#include <stdarg.h>
#include <linux/align.h>
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/kstrtox.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/types.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define container_of(ptr, type, member)                               \
	({                                                            \
		const volatile void *__mptr = (ptr);                  \
		(type *)((uintptr_t)__mptr - offsetof(type, member)); \
	})

#define DIV_ROUND_UP(n, d) (((n) + (d)-1) / (d))

/* Rounding to a power of two; roundup() and rounddown() take any divisor. */
#define __round_mask(x, y) ((__typeof__(x))((y)-1))
#define round_up(x, y)	   ((((x)-1) | __round_mask(x, y)) + 1)
#define round_down(x, y)   ((x) & ~__round_mask(x, y))
#define roundup(x, y)	   (((x) + ((y)-1)) / (y) * (y))
#define rounddown(x, y)	   ((x) - (x) % (y))

#define upper_32_bits(n) ((u32)((n) >> 32))
#define lower_32_bits(n) ((u32)((n)&0xffffffff))

#ifndef UINT_MAX
#define UINT_MAX (~0U)
#endif
#ifndef INT_MAX
#define INT_MAX ((int)(~0U >> 1))
#endif
#ifndef ULONG_MAX
#define ULONG_MAX (~0UL)
#endif
#ifndef LONG_MAX
#define LONG_MAX ((long)(~0UL >> 1))
#endif
#ifndef ULLONG_MAX
#define ULLONG_MAX (~0ULL)
#endif
#define PHYS_ADDR_MAX (~(phys_addr_t)0)

/*
 * Formatted output into a buffer of @size bytes, always terminated where
 * @size is not 0. vsnprintf() and snprintf() return the length the text would
 * have had, the scnprintf() forms what was written. Conversions are C99's less
 * floating point and %n, plus of Linux's extensions:
 *   %p %px      16 hexadecimal digits
 *   %pS %ps %pB a code address by name: with offset and size, the name alone, or
 *               with offset for an address that a call returns to
 *   %pa %pap %pad phys_addr_t or dma_addr_t by reference, as 0x%016llx
 *   %pGg %pGp   gfp_t or page->flags by reference, as words
 * As in Linux, %#x gives 0 its prefix, too: 0x0. Errors: an unknown conversion
 * is printed as it stands.
 */
int vsnprintf(char *buf, size_t size, const char *fmt, va_list args) __printf(3, 0);
int snprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);
int vscnprintf(char *buf, size_t size, const char *fmt, va_list args) __printf(3, 0);
int scnprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);

#endif /* _LINUX_KERNEL_H */
