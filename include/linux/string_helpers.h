/* SPDX-License-Identifier: MIT */
/*
 * Sizes for people, and text with what cannot be printed written as escapes, and back.
 *
 * Locking:    none.
 * Units:      bytes; what a buffer has room for counts its terminator, where there is one.
 * Failure:    as each says.
 * Source:     Linux 6.1's string_helpers.h and the kernel-doc of its functions.
 */
#ifndef _LINUX_STRING_HELPERS_H
#define _LINUX_STRING_HELPERS_H

#include <linux/bits.h>
#include <linux/ctype.h>
#include <linux/string.h>
#include <linux/types.h>

/* ---- Sizes --------------------------------------------------------------------------------- */

enum string_size_units {
	STRING_UNITS_10, /* kB, MB, powers of 1000 */
	STRING_UNITS_2,	 /* KiB, MiB, powers of 1024 */
};

/* @size blocks of @blk_size bytes, three digits and the unit: "8.39 MB", "512 B". */
void string_get_size(u64 size, u64 blk_size, enum string_size_units units, char *buf, int len);

/* ---- From escapes ---------------------------------------------------------------------------- */

#define UNESCAPE_SPACE	  BIT(0) /* \f \n \r \t \v */
#define UNESCAPE_OCTAL	  BIT(1) /* \1 to \377 */
#define UNESCAPE_HEX	  BIT(2) /* \x1 to \xff */
#define UNESCAPE_SPECIAL  BIT(3) /* \" \\ \a \e */
#define UNESCAPE_ANY	  (UNESCAPE_SPACE | UNESCAPE_OCTAL | UNESCAPE_HEX | UNESCAPE_SPECIAL)
#define UNESCAPE_ALL_MASK GENMASK(3, 0)

/*
 * @src with the escapes of @flags as what they stand for; others stay. @dst, which may be
 * @src, has room for @size bytes (0: enough for any); its text is terminated. The length.
 */
int string_unescape(char *src, char *dst, size_t size, unsigned int flags);

static inline int string_unescape_inplace(char *buf, unsigned int flags)
{
	return string_unescape(buf, buf, 0, flags);
}

static inline int string_unescape_any(char *src, char *dst, size_t size)
{
	return string_unescape(src, dst, size, UNESCAPE_ANY);
}

static inline int string_unescape_any_inplace(char *buf)
{
	return string_unescape_any(buf, buf, 0);
}

/* ---- To escapes ------------------------------------------------------------------------------ */

/* What is written as which escape; the first that fits, OCTAL and HEX last. */
#define ESCAPE_SPACE   BIT(0) /* \f \n \r \t \v */
#define ESCAPE_SPECIAL BIT(1) /* \" \\ \a \e */
#define ESCAPE_NULL    BIT(2) /* \0 */
#define ESCAPE_OCTAL   BIT(3) /* \ooo, any byte */
#define ESCAPE_ANY     (ESCAPE_SPACE | ESCAPE_OCTAL | ESCAPE_SPECIAL | ESCAPE_NULL)
#define ESCAPE_HEX     BIT(5) /* \xhh, any byte */

/* What stays as it is: what is printable; ASCII; both. */
#define ESCAPE_NP     BIT(4)
#define ESCAPE_ANY_NP (ESCAPE_ANY | ESCAPE_NP)
#define ESCAPE_NA     BIT(6)
#define ESCAPE_NAP    BIT(7)

/* @only names bytes that are escaped in spite of these, and not all that may be. */
#define ESCAPE_APPEND	BIT(8)
#define ESCAPE_ALL_MASK GENMASK(8, 0)

/*
 * The @isz bytes at @src with escapes into @dst, as far as @osz bytes go, not terminated.
 * The length that all of it has. @only, where not NULL or empty: the bytes to
 * escape, to which NUL always belongs.
 */
int string_escape_mem(const char *src, size_t isz, char *dst, size_t osz, unsigned int flags,
		      const char *only);

static inline int string_escape_mem_any_np(const char *src, size_t isz, char *dst, size_t osz,
					   const char *only)
{
	return string_escape_mem(src, isz, dst, osz, ESCAPE_ANY_NP, only);
}

static inline int string_escape_str(const char *src, char *dst, size_t sz, unsigned int flags,
				    const char *only)
{
	return string_escape_mem(src, strlen(src), dst, sz, flags, only);
}

static inline int string_escape_str_any_np(const char *src, char *dst, size_t sz, const char *only)
{
	return string_escape_str(src, dst, sz, ESCAPE_ANY_NP, only);
}

/* A copy in which nothing can disturb a line of a log; NULL without memory, or for NULL. */
char *kstrdup_quotable(const char *src, gfp_t gfp);

/* ---- Capitals, arrays, words -------------------------------------------------------------------- */

static inline void string_upper(char *dst, const char *src)
{
	do {
		*dst++ = (char)toupper(*src);
	} while (*src++);
}

static inline void string_lower(char *dst, const char *src)
{
	do {
		*dst++ = (char)tolower(*src);
	} while (*src++);
}

/* @n texts, "@prefix-0" and on; NULL without memory. */
char **kasprintf_strarray(gfp_t gfp, const char *prefix, size_t n);

struct device;

/* The same, freed with what @dev manages; ERR_PTR(-ENOMEM) without memory. */
char **devm_kasprintf_strarray(struct device *dev, const char *prefix, size_t n);
void kfree_strarray(char **array, size_t n);

static inline const char *str_yes_no(bool v)
{
	return v ? "yes" : "no";
}

static inline const char *str_on_off(bool v)
{
	return v ? "on" : "off";
}

static inline const char *str_enable_disable(bool v)
{
	return v ? "enable" : "disable";
}

static inline const char *str_enabled_disabled(bool v)
{
	return v ? "enabled" : "disabled";
}

static inline const char *str_read_write(bool v)
{
	return v ? "read" : "write";
}

#endif /* _LINUX_STRING_HELPERS_H */
