/* SPDX-License-Identifier: MIT */
/*
 * Formatted output: what the conversions of vsnprintf() share.
 *
 * Owns:       nothing. A struct out counts every character; it stores those that fit.
 * Invariants: none.
 * Lifetime:   a call of vsnprintf().
 * Locking:    none: all is the caller's.
 * Units:      characters.
 * Failure:    none; what cannot be read is shown as a word in parentheses.
 */
#ifndef _MM_LIB_VSNPRINTF_H
#define _MM_LIB_VSNPRINTF_H

#include <linux/kernel.h>
#include <linux/types.h>

struct out {
	char *buf;
	size_t size; /* room in buf, with the terminator */
	size_t len;  /* characters so far, whether they fitted or not */
};

enum { LEFT = 1, PLUS = 2, SPACE = 4, ALT = 8, ZERO = 16, UPPER = 32 };

enum length { LEN_INT, LEN_CHAR, LEN_SHORT, LEN_LONG, LEN_LLONG };

struct spec {
	unsigned int flags;
	int width;
	int precision; /* -1: none given */
	enum length length;
	char conversion;
};

void out_char(struct out *out, char c);
void out_text(struct out *out, const char *text, size_t len);

/* @text in a field: blanks before it, or after it with '-'. The second cuts at the precision. */
void out_field(struct out *out, const char *text, size_t len, const struct spec *spec);
void out_string(struct out *out, const char *s, const struct spec *spec);

void out_number(struct out *out, unsigned long long value, bool negative, const struct spec *spec);

/* Base 16, with @digits digits at least. */
void out_hex(struct out *out, unsigned long long value, int digits);

/* What stands for a pointer that nobody may read; NULL where @ptr is none of these. */
const char *bad_pointer(const void *ptr);

/*
 * What %p and the characters behind it, @ext, make of @ptr. How many of them belong to it.
 */
size_t out_pointer(struct out *out, const char *ext, const void *ptr, struct spec *spec);

/* For programs that ask whether %p shows addresses: it does. */
extern bool no_hash_pointers;

#endif /* _MM_LIB_VSNPRINTF_H */
