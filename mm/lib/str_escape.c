// SPDX-License-Identifier: MIT
/* Text with escapes. Contract: linux/string_helpers.h. */
#include <linux/string_helpers.h>

#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/slab.h>

/* A letter behind the backslash at the place of what it stands for. */
struct letters {
	const char *bytes, *names;
};

static const struct letters space = {"\f\n\r\t\v", "fnrtv"};
static const struct letters special = {"\"\\\a\033", "\"\\ae"};

/* ---- From escapes ---------------------------------------------------------------------------- */

/* Digits of @base (a power of two) at *@src, @most of them, which moves past; -1: none. */
static int take_digits(const char **src, unsigned int base, unsigned int most)
{
	unsigned int value = 0, nr = 0;
	int digit;

	/* A third octal digit only where the byte has room for it. */
	while (nr < most && value * base < 256 && (digit = hex_to_bin((unsigned char)**src)) >= 0 &&
	       (unsigned int)digit < base) {
		value = value * base + (unsigned int)digit;
		(*src)++;
		nr++;
	}
	return nr ? (int)value : -1;
}

static int take_letter(const char **src, const struct letters *letters)
{
	const char *at = strchr(letters->names, **src);

	if (!at)
		return -1;
	(*src)++;
	return (unsigned char)letters->bytes[at - letters->names];
}

/* What the escape behind a backslash at *@src stands for; -1: it is none of @flags. */
static int take_escape(const char **src, unsigned int flags)
{
	const char *digits = *src + 1;
	int value = -1;

	if (flags & UNESCAPE_SPACE)
		value = take_letter(src, &space);
	if (value < 0 && flags & UNESCAPE_OCTAL)
		value = take_digits(src, 8, 3);
	if (value < 0 && flags & UNESCAPE_HEX && **src == 'x') {
		value = take_digits(&digits, 16, 2);
		if (value >= 0)
			*src = digits;
	}
	if (value < 0 && flags & UNESCAPE_SPECIAL)
		value = take_letter(src, &special);
	return value;
}

int string_unescape(char *src, char *dst, size_t size, unsigned int flags)
{
	const char *in = src;
	size_t room = size ? size : SIZE_MAX, len = 0;

	while (*in && len + 1 < room) {
		/* An escape that is none needs room for both its characters. */
		if (in[0] == '\\' && in[1] && len + 2 < room) {
			int value;

			in++;
			value = take_escape(&in, flags);
			if (value >= 0) {
				dst[len++] = (char)value;
				continue;
			}
			dst[len++] = '\\';
		}
		dst[len++] = *in++;
	}
	dst[len] = '\0';
	return (int)len;
}

/* ---- To escapes ------------------------------------------------------------------------------ */

struct text {
	char *at;
	size_t size, len;
};

static void put(struct text *out, char c)
{
	if (out->len < out->size)
		out->at[out->len] = c;
	out->len++;
}

static void put_escape(struct text *out, const char *text)
{
	put(out, '\\');
	while (*text)
		put(out, *text++);
}

static bool put_letter(struct text *out, char c, const struct letters *letters)
{
	const char *at = c ? strchr(letters->bytes, c) : NULL;

	if (at)
		put_escape(out, (const char[]){letters->names[at - letters->bytes], '\0'});
	return at;
}

/* Does @c stay for its class? */
static bool stays(unsigned char c, unsigned int flags)
{
	return (flags & ESCAPE_NAP && isascii(c) && isprint(c)) ||
	       (flags & ESCAPE_NP && isprint(c)) || (flags & ESCAPE_NA && isascii(c));
}

static void put_byte(struct text *out, char c, unsigned int flags)
{
	char digits[4];

	if (flags & ESCAPE_SPACE && put_letter(out, c, &space))
		return;
	if (flags & ESCAPE_SPECIAL && put_letter(out, c, &special))
		return;
	if (flags & ESCAPE_NULL && !c) {
		put_escape(out, "0");
	} else if (flags & (ESCAPE_OCTAL | ESCAPE_HEX)) {
		snprintf(digits, sizeof(digits), flags & ESCAPE_OCTAL ? "%03o" : "x%02x",
			 (unsigned char)c);
		put_escape(out, digits);
	} else {
		put(out, c);
	}
}

int string_escape_mem(const char *src, size_t isz, char *dst, size_t osz, unsigned int flags,
		      const char *only)
{
	struct text out = {.at = dst, .size = osz};
	bool chosen = only && *only, append = chosen && flags & ESCAPE_APPEND;

	for (size_t i = 0; i < isz; i++) {
		bool named = chosen && (!src[i] || strchr(only, src[i]));

		if (chosen && !append && !named)
			put(&out, src[i]);
		else if (!(append && named) && stays((unsigned char)src[i], flags))
			put(&out, src[i]);
		else
			put_byte(&out, src[i], flags);
	}
	return (int)out.len;
}

char *kstrdup_quotable(const char *src, gfp_t gfp)
{
	static const char unfit[] = "\f\n\r\t\v\a\033\\\"";
	size_t len;
	char *copy;

	if (!src)
		return NULL;
	len = (size_t)string_escape_mem(src, strlen(src), NULL, 0, ESCAPE_HEX, unfit);
	copy = kmalloc(len + 1, gfp);
	if (!copy)
		return NULL;
	string_escape_mem(src, strlen(src), copy, len, ESCAPE_HEX, unfit);
	copy[len] = '\0';
	return copy;
}
