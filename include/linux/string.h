/* SPDX-License-Identifier: MIT */
/*
 * Memory and string functions. In the image they are ours (mm/lib/string.c), in
 * host builds the C library's; strscpy() and the like are always ours.
 * Contracts: C11 7.24, and Linux's for the names that C does not have.
 */
#ifndef _LINUX_STRING_H
#define _LINUX_STRING_H

#include <stdarg.h>
#include <linux/array_size.h>
#include <linux/compiler.h>
#include <linux/kstrtox.h>
#include <linux/stddef.h>
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
char *strcpy(char *dest, const char *src);
char *strncpy(char *dest, const char *src, size_t n);
char *stpcpy(char *dest, const char *src); /* where the copy ends */
char *strcat(char *dest, const char *src);
char *strncat(char *dest, const char *src, size_t n);
size_t strspn(const char *s, const char *accept);
size_t strcspn(const char *s, const char *reject);
char *strpbrk(const char *s, const char *accept);
char *strsep(char **s, const char *delimiters);
int strcasecmp(const char *a, const char *b);
int strncasecmp(const char *a, const char *b, size_t n);
int bcmp(const void *a, const void *b, size_t n);

/* ---- Searches: where it ends, without a match, or NULL ---------------------------------- */

char *strchrnul(const char *s, int c);
char *strnchrnul(const char *s, size_t count, int c);
/* In the first @count characters. */
char *strnchr(const char *s, size_t count, int c);
char *strnstr(const char *s, const char *what, size_t count);
/* Past the end of the area where there is none. */
void *memscan(void *s, int c, size_t n);

/* The first byte of @s that is not @c, or NULL. */
void *memchr_inv(const void *s, int c, size_t n);
static inline bool mem_is_zero(const void *s, size_t n)
{
	return !memchr_inv(s, 0, n);
}

/* Bits that are set in @bytes bytes. */
size_t memweight(const void *ptr, size_t bytes);

/* Does @str begin with @prefix? The second tells the prefix's length, or 0. */
static inline bool strstarts(const char *str, const char *prefix)
{
	return strncmp(str, prefix, strlen(prefix)) == 0;
}

static inline size_t str_has_prefix(const char *str, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(str, prefix, len) == 0 ? len : 0;
}

/* Alike but for one newline at the end? */
bool sysfs_streq(const char *s1, const char *s2);

/* Where @string is in @array, whose @n entries end at a NULL; -EINVAL. @n of -1: only there. */
int match_string(const char *const *array, size_t n, const char *string);
int __sysfs_match_string(const char *const *array, size_t n, const char *s);
#define sysfs_match_string(a, s) __sysfs_match_string(a, ARRAY_SIZE(a), s)

/* What follows the last '/'. */
static inline const char *kbasename(const char *path)
{
	const char *tail = strrchr(path, '/');

	return tail ? tail + 1 : path;
}

/* ---- Copies and changes ------------------------------------------------------------------- */

/*
 * Copies at most @size - 1 bytes and terminates. Returns the length copied, or
 * -E2BIG where @src did not fit (the copy is then cut, and terminated).
 */
ssize_t strscpy(char *dest, const char *src, size_t size);

/* The same, and the rest of @dest is zeroes. */
ssize_t strscpy_pad(char *dest, const char *src, size_t size);

/*
 * Of old: strlcpy() returns the length of @src, whatever was copied; strlcat() that of both
 * together. strscpy() reads no more than it copies.
 */
size_t strlcpy(char *dest, const char *src, size_t size);
size_t strlcat(char *dest, const char *src, size_t size);

/* Each @old becomes @new; the end of @s. */
char *strreplace(char *s, char old, char new);

/* @s less white space at both ends; what is at its end is cut off in place. */
char *strim(char *s);
#define strstrip(s) strim(s)

/* @n words of @value. */
void *memset16(u16 *s, u16 value, size_t n);
void *memset32(u32 *s, u32 value, size_t n);
void *memset64(u64 *s, u64 value, size_t n);

static inline void *memset_l(unsigned long *p, unsigned long value, size_t n)
{
	return memset64((u64 *)p, value, n);
}

static inline void *memset_p(void **p, void *value, size_t n)
{
	return memset64((u64 *)(void *)p, (unsigned long)value, n);
}

/* memcpy() without looking at the size of @dst: why that is right, is not looked at either. */
#define unsafe_memcpy(dst, src, bytes, justification) memcpy(dst, src, bytes)

/* @dest_len bytes: @count of @src, then @pad; or as many as fit. */
void memcpy_and_pad(void *dest, size_t dest_len, const void *src, size_t count, int pad);

/* Text into an array that need not be terminated, its rest zeroes, or @pad. */
#define strtomem_pad(dest, src, pad)                                                            \
	do {                                                                                    \
		const char *__from = (src);                                                     \
		memcpy_and_pad(dest, sizeof(dest), __from, strnlen(__from, sizeof(dest)), pad); \
	} while (0)
#define strtomem(dest, src)                                          \
	do {                                                         \
		const char *__from = (src);                          \
		memcpy(dest, __from, strnlen(__from, sizeof(dest))); \
	} while (0)

/* *@obj from behind @member on, and from @member on, to its end. */
#define memset_after(obj, v, member)                                     \
	({                                                               \
		u8 *__obj = (u8 *)(obj);                                 \
		size_t __from = offsetofend(__typeof__(*(obj)), member); \
		memset(__obj + __from, v, sizeof(*(obj)) - __from);      \
	})
#define memset_startat(obj, v, member)                                \
	({                                                            \
		u8 *__obj = (u8 *)(obj);                              \
		size_t __from = offsetof(__typeof__(*(obj)), member); \
		memset(__obj + __from, v, sizeof(*(obj)) - __from);   \
	})
#define memcpy_flushcache(dest, src, n) memcpy(dest, src, n)

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

/* A copy that may be shared, so it is const; only kfree_const() frees it. */
const char *kstrdup_const(const char *s, gfp_t gfp);
void kfree_const(const void *x);

/* The words of @str, in an array that ends with NULL; their number in *@argcp, if not NULL. */
char **argv_split(gfp_t gfp, const char *str, int *argcp);
void argv_free(char **argv);

/* Pointers of @a and @b, both of which end with NULL, as one array of kmalloc()'s. */
void **__memcat_p(void **a, void **b);
#define memcat_p(a, b)                                                         \
	((__typeof__(*(a)) *)__memcat_p((void **)(uintptr_t)(const void *)(a), \
					(void **)(uintptr_t)(const void *)(b)))

/* The first character of @s that is no white space. */
char *skip_spaces(const char *s);

/*
 * Reads up to @count bytes at *@ppos of the @available ones at @from, and moves *@ppos past
 * them. How many; 0 at the end, -EINVAL for a place below 0.
 */
ssize_t memory_read_from_buffer(void *to, size_t count, loff_t *ppos, const void *from,
				size_t available);

/*
 * Keeps what @fmt and its arguments say for later, in @size words at @bin_buf, which are this
 * program's own: how many it takes; what does not fit is cut off. bstr_printf(), with the same
 * @fmt, gives it as vsnprintf() would have. Here it is text at once: it takes a word for each four
 * characters, where Linux keeps what the arguments are.
 */
int vbin_printf(u32 *bin_buf, size_t size, const char *fmt, va_list args) __printf(3, 0);
int bprintf(u32 *bin_buf, size_t size, const char *fmt, ...) __printf(3, 4);
int bstr_printf(char *buf, size_t size, const char *fmt, const u32 *bin_buf) __printf(3, 0);

/* What comes with this header on Linux. */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/overflow.h>

#endif /* _LINUX_STRING_H */
