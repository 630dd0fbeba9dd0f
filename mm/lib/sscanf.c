// SPDX-License-Identifier: MIT
/* Numbers and words out of text by a format. Contract: linux/kernel.h. */
#include <linux/kernel.h>

#include <linux/bitmap.h>
#include <linux/ctype.h>
#include <linux/string.h>

#define NUMBER_MAX 64 /* characters of a number that a width is given for */

struct conversion {
	bool store;  /* no '*' */
	int width;   /* 0: none given */
	char length; /* 'H' for hh, 'h', 'l', 'L' for ll and the like, or 0 */
	char kind;
};

/* va_list is an array type on some machines: a struct can be passed by address. */
struct targets {
	va_list ap;
};

static const char *read_conversion(const char *fmt, struct conversion *c)
{
	*c = (struct conversion){.store = *fmt != '*'};
	fmt += !c->store;
	for (; isdigit(*fmt); fmt++)
		c->width = c->width * 10 + (*fmt - '0');
	if (*fmt == 'h' || *fmt == 'l') {
		c->length = *fmt++;
		if (*fmt == c->length) {
			c->length = c->length == 'h' ? 'H' : 'L';
			fmt++;
		}
	} else if (*fmt && strchr("Lqjzt", *fmt)) {
		c->length = *fmt++ == 'L' ? 'L' : 'l';
	}
	c->kind = *fmt;
	return *fmt ? fmt + 1 : fmt;
}

/* ---- Text ------------------------------------------------------------------------------------ */

/* So many characters, without a terminator. NULL: there are fewer. */
static const char *scan_chars(const char *str, const struct conversion *c, struct targets *to)
{
	char *dest = c->store ? va_arg(to->ap, char *) : NULL;

	for (int left = max(c->width, 1); left > 0; left--, str++) {
		if (!*str)
			return NULL;
		if (dest)
			*dest++ = *str;
	}
	return str;
}

/* The characters that @accept says yes to, with a terminator. NULL: none. */
static const char *scan_word(const char *str, const struct conversion *c, struct targets *to,
			     const unsigned long *accept)
{
	char *dest = c->store ? va_arg(to->ap, char *) : NULL;
	int left = c->width ? c->width : INT_MAX;
	const char *start = str;

	for (; *str && left && test_bit((u8)*str, accept); str++, left--)
		if (dest)
			*dest++ = *str;
	if (dest)
		*dest = '\0';
	return str == start ? NULL : str;
}

/* The set between '[' and ']'; what follows it, NULL where it has no end. */
static const char *read_set(const char *fmt, unsigned long *set)
{
	bool invert = *fmt == '^', first = true;

	bitmap_zero(set, 256);
	for (fmt += invert; first || *fmt != ']'; fmt++, first = false) {
		if (!*fmt)
			return NULL;
		__set_bit((u8)*fmt, set);
	}
	if (invert)
		bitmap_complement(set, set, 256);
	return fmt + 1;
}

static void blackspace(unsigned long *set)
{
	bitmap_fill(set, 256);
	for (unsigned int ch = 0; ch < 128; ch++)
		if (isspace((int)ch))
			__clear_bit(ch, set);
}

/* ---- Numbers --------------------------------------------------------------------------------- */

static void store_number(const struct conversion *c, struct targets *to, unsigned long long value)
{
	switch (c->length) {
	case 'H':
		*va_arg(to->ap, u8 *) = (u8)value;
		break;
	case 'h':
		*va_arg(to->ap, u16 *) = (u16)value;
		break;
	case 'l':
		*va_arg(to->ap, unsigned long *) = (unsigned long)value;
		break;
	case 'L':
		*va_arg(to->ap, unsigned long long *) = value;
		break;
	default:
		*va_arg(to->ap, unsigned int *) = (unsigned int)value;
		break;
	}
}

static unsigned int base_of(char kind)
{
	switch (kind) {
	case 'i':
		return 0;
	case 'o':
		return 8;
	case 'x':
	case 'X':
		return 16;
	default:
		return 10;
	}
}

/* Is all that the width leaves a prefix, with the number behind it? Then that counts as 0. */
static bool is_prefix_alone(const char *str, const struct conversion *c, bool is_signed)
{
	unsigned int base = base_of(c->kind);
	int sign = is_signed && *str == '-';

	str += sign;
	return c->width == sign + 2 && str[0] == '0' && tolower(str[1]) == 'x' &&
	       (base == 16 || (base == 0 && isxdigit(str[2])));
}

static const char *scan_number(const char *str, const struct conversion *c, struct targets *to)
{
	bool is_signed = c->kind == 'd' || c->kind == 'i';
	char text[NUMBER_MAX + 1], *end;
	const char *from = str;
	unsigned long long value;

	if (is_prefix_alone(str, c, is_signed)) {
		if (c->store)
			store_number(c, to, 0);
		return str + c->width;
	}
	if (c->width) {
		strscpy(text, str, min_t(size_t, (size_t)c->width + 1, sizeof(text)));
		from = text;
	}
	if (is_signed)
		value = (unsigned long long)simple_strtoll(from, &end, base_of(c->kind));
	else
		value = simple_strtoull(from, &end, base_of(c->kind));
	if (end == from + (is_signed && *from == '-'))
		return NULL;
	if (c->store)
		store_number(c, to, value);
	return str + (end - from);
}

/* ---- The format --------------------------------------------------------------------------------- */

/* One conversion, whose kind is not 'n'. Where it ends in @str; NULL: it does not match. */
static const char *scan(const char *str, const char **fmt, const struct conversion *c,
			struct targets *to)
{
	DECLARE_BITMAP(set, 256);

	switch (c->kind) {
	case 'c':
		return scan_chars(str, c, to);
	case '[':
		*fmt = read_set(*fmt, set);
		return *fmt ? scan_word(str, c, to, set) : NULL;
	case 's':
		blackspace(set);
		return scan_word(skip_spaces(str), c, to, set);
	case 'd':
	case 'i':
	case 'u':
	case 'o':
	case 'x':
	case 'X':
		return scan_number(skip_spaces(str), c, to);
	default:
		return NULL;
	}
}

int vsscanf(const char *str, const char *fmt, va_list args)
{
	const char *start = str;
	struct targets to;
	int stored = 0;

	va_copy(to.ap, args);
	while (*fmt) {
		struct conversion c;

		if (isspace(*fmt)) {
			fmt = skip_spaces(fmt);
			str = skip_spaces(str);
			continue;
		}
		if (*fmt != '%' || fmt[1] == '%') {
			fmt += *fmt == '%';
			if (*fmt++ != *str++)
				break;
			continue;
		}
		fmt = read_conversion(fmt + 1, &c);
		if (c.kind == 'n') {
			store_number(&c, &to, (unsigned long long)(str - start));
			continue;
		}
		str = scan(str, &fmt, &c, &to);
		if (!str)
			break;
		stored += c.store;
	}
	va_end(to.ap);
	return stored;
}

int sscanf(const char *str, const char *fmt, ...)
{
	va_list args;
	int stored;

	va_start(args, fmt);
	stored = vsscanf(str, fmt, args);
	va_end(args);
	return stored;
}
