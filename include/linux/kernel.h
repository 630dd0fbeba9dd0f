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
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/types.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define container_of(ptr, type, member)                                                            \
	({                                                                                         \
		const volatile void *__mptr = (ptr);                                               \
		(type *)((uintptr_t)__mptr - offsetof(type, member));                              \
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
 * floating point, plus Linux's %p extensions: %pS %ps (a code address, with and
 * without offset), %pa %pap (phys_addr_t by reference), %pR-like ranges are
 * not among them. Errors: an unknown conversion is printed as it stands.
 */
int vsnprintf(char *buf, size_t size, const char *fmt, va_list args) __printf(3, 0);
int snprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);
int vscnprintf(char *buf, size_t size, const char *fmt, va_list args) __printf(3, 0);
int scnprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);

/*
 * Number parsing with Linux's contracts (lib/kstrtox.c, lib/cmdline.c).
 * memparse(): a number in C notation, then K, M, G, T, P or E; *@retptr is the
 * first character not used. simple_strtoull(): the same without a suffix.
 */
unsigned long long memparse(const char *ptr, char **retptr);
unsigned long long simple_strtoull(const char *cp, char **endp, unsigned int base);
int kstrtoull(const char *s, unsigned int base, unsigned long long *res);

#endif /* _LINUX_KERNEL_H */
