/* SPDX-License-Identifier: MIT */
/*
 * Numbers and truth values from text, with Linux's contracts (lib/kstrtox.c,
 * lib/cmdline.c).
 *
 * The kstrto family wants the whole text to be a number, but for one newline at
 * its end; *@res is written on success only. -EINVAL: not a number; -ERANGE: it
 * does not fit. Base 0 means C notation: 0x is hexadecimal, 0 octal; the highest is 16.
 */
#ifndef _LINUX_KSTRTOX_H
#define _LINUX_KSTRTOX_H

#include <linux/compiler.h>
#include <linux/types.h>

int kstrtoull(const char *s, unsigned int base, unsigned long long *res) __must_check;
int kstrtoll(const char *s, unsigned int base, long long *res) __must_check;
int kstrtoul(const char *s, unsigned int base, unsigned long *res) __must_check;
int kstrtouint(const char *s, unsigned int base, unsigned int *res) __must_check;
int kstrtoint(const char *s, unsigned int base, int *res) __must_check;
int kstrtol(const char *s, unsigned int base, long *res) __must_check;
int kstrtou16(const char *s, unsigned int base, u16 *res) __must_check;
int kstrtos16(const char *s, unsigned int base, s16 *res) __must_check;
int kstrtou8(const char *s, unsigned int base, u8 *res) __must_check;
int kstrtos8(const char *s, unsigned int base, s8 *res) __must_check;

static inline int __must_check kstrtou64(const char *s, unsigned int base, u64 *res)
{
	return kstrtoull(s, base, res);
}

static inline int __must_check kstrtos64(const char *s, unsigned int base, s64 *res)
{
	return kstrtoll(s, base, res);
}

static inline int __must_check kstrtou32(const char *s, unsigned int base, u32 *res)
{
	return kstrtouint(s, base, res);
}

static inline int __must_check kstrtos32(const char *s, unsigned int base, s32 *res)
{
	return kstrtoint(s, base, res);
}

/* Is @s one of the spellings of true or false that Linux takes? 0 or -EINVAL. */
int kstrtobool(const char *s, bool *res) __must_check;
static inline int __must_check strtobool(const char *s, bool *res)
{
	return kstrtobool(s, res);
}

/*
 * A number as long as digits last; *@endp is the first character not used. No
 * digits give 0 and *@endp == @cp, but that the last two use a '-' also where none follow; a
 * number that does not fit wraps, as on Linux.
 */
unsigned long long simple_strtoull(const char *cp, char **endp, unsigned int base);
long long simple_strtoll(const char *cp, char **endp, unsigned int base);
unsigned long simple_strtoul(const char *cp, char **endp, unsigned int base);
long simple_strtol(const char *cp, char **endp, unsigned int base);

/* The same in C notation, then one of K, M, G, T, P, E in either case. */
unsigned long long memparse(const char *ptr, char **retptr);

#endif /* _LINUX_KSTRTOX_H */
