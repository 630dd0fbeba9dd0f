/* SPDX-License-Identifier: MIT */
/*
 * Memory and string functions. In the image they are ours (mm/lib/string.c), in
 * host builds the C library's; strscpy() and the like are always ours.
 * Contracts: C11 7.24, and Linux's for the names that C does not have.
 */
#ifndef _LINUX_STRING_H
#define _LINUX_STRING_H

#include <linux/compiler.h>
#include <linux/kstrtox.h>
#include <linux/types.h>

void *memcpy(void *dest, const void *src, size_t n);
void *memmove(void *dest, const void *src, size_t n);
void *memset(void *s, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
void *memchr(const void *s, int c, size_t n);
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t max);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
char *strchr(const char *s, int c);
char *strrchr(const char *s, int c);
char *strstr(const char *s, const char *what);

/* The first byte of @s that is not @c, or NULL. */
void *memchr_inv(const void *s, int c, size_t n);

/*
 * Copies at most @size - 1 bytes and terminates. Returns the length copied, or
 * -E2BIG where @src did not fit (the copy is then cut, and terminated).
 */
ssize_t strscpy(char *dest, const char *src, size_t size);

/* memset() that no compiler leaves out: for what nobody may read any more. */
static inline void memzero_explicit(void *s, size_t n)
{
	memset(s, 0, n);
	__asm__ __volatile__("" : : "r"(s) : "memory");
}

/*
 * Copies in blocks of kmalloc(), for kfree(); NULL without memory, or for NULL.
 * kstrndup() copies at most @max characters, kmemdup_nul() just @len bytes; both
 * then terminate.
 */
void *kmemdup(const void *src, size_t len, gfp_t gfp);
char *kmemdup_nul(const char *s, size_t len, gfp_t gfp);
char *kstrdup(const char *s, gfp_t gfp) __malloc;
char *kstrndup(const char *s, size_t max, gfp_t gfp);

/* The first character of @s that is no white space. */
char *skip_spaces(const char *s);

#endif /* _LINUX_STRING_H */
