// SPDX-License-Identifier: MIT
/*
 * Formatted output into a buffer. A conversion is read into a struct spec, then
 * printed by its kind; every character goes through out_char(), which counts all of
 * them and stores those that fit. What %p may be followed by: vsnprintf_pointer.c.
 */
#include "vsnprintf.h"

#include <linux/ctype.h>
#include <linux/string.h>

/* va_list is an array type on some machines: a struct can be passed by address. */
struct args {
	va_list ap;
};

void out_char(struct out *out, char c)
{
	if (out->len < out->size)
		out->buf[out->len] = c;
	out->len++;
}

static void pad(struct out *out, char c, int n)
{
	for (; n > 0; n--)
		out_char(out, c);
}

void out_text(struct out *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		out_char(out, text[i]);
}

/* @text in a field: blanks before it, or after it with '-'. */
void out_field(struct out *out, const char *text, size_t len, const struct spec *spec)
{
	int blanks = spec->width - (int)len;

	if (!(spec->flags & LEFT))
		pad(out, ' ', blanks);
	out_text(out, text, len);
	if (spec->flags & LEFT)
		pad(out, ' ', blanks);
}

void out_string(struct out *out, const char *s, const struct spec *spec)
{
	const char *bad = bad_pointer(s);

	if (bad)
		s = bad;
	out_field(out, s, spec->precision < 0 ? strlen(s) : strnlen(s, (size_t)spec->precision),
		  spec);
}

static unsigned int base_of(char conversion)
{
	switch (conversion) {
	case 'o':
		return 8;
	case 'x':
	case 'X':
	case 'p':
		return 16;
	default:
		return 10;
	}
}

/* The digits of @value, last first; returns how many. */
static int make_digits(char *digits, unsigned long long value, unsigned int base, bool upper)
{
	const char *set = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	int n = 0;

	for (; value; value /= base)
		digits[n++] = set[value % base];
	return n;
}

/*
 *  |<-------- width -------->|
 *  blanks prefix zeros digits blanks
 *
 * Linux's ways where they are not those of C: 0 has a digit at any precision, an octal prefix is
 * no digit of the precision, and zeros go as far as the width also where there is a precision.
 */
void out_number(struct out *out, unsigned long long value, bool negative, const struct spec *spec)
{
	char digits[24];
	char prefix[3]; /* a sign, 0, x */
	unsigned int base = base_of(spec->conversion);
	int nr_prefix = 0, zeros, blanks;
	int nr_digits = make_digits(digits, value, base, spec->flags & UPPER);
	int least = max(spec->precision, 1);

	if (negative)
		prefix[nr_prefix++] = '-';
	else if (spec->flags & PLUS)
		prefix[nr_prefix++] = '+';
	else if (spec->flags & SPACE)
		prefix[nr_prefix++] = ' ';
	if (spec->flags & ALT && base == 16) {
		prefix[nr_prefix++] = '0';
		prefix[nr_prefix++] = spec->flags & UPPER ? 'X' : 'x';
	}
	if (spec->flags & ALT && base == 8 && value)
		prefix[nr_prefix++] = '0';

	if (spec->flags & ZERO && !(spec->flags & LEFT))
		least = max(least, spec->width - nr_prefix);
	zeros = max(least - nr_digits, 0);
	blanks = spec->width - nr_prefix - zeros - nr_digits;

	if (!(spec->flags & LEFT))
		pad(out, ' ', blanks);
	out_text(out, prefix, (size_t)nr_prefix);
	pad(out, '0', zeros);
	while (nr_digits)
		out_char(out, digits[--nr_digits]);
	if (spec->flags & LEFT)
		pad(out, ' ', blanks);
}

static void put_signed(struct out *out, struct args *args, struct spec *spec)
{
	long long value;

	switch (spec->length) {
	case LEN_LLONG:
		value = va_arg(args->ap, long long);
		break;
	case LEN_LONG:
		value = va_arg(args->ap, long);
		break;
	case LEN_SHORT:
		value = (short)va_arg(args->ap, int);
		break;
	case LEN_CHAR:
		value = (s8)va_arg(args->ap, int); /* NOLINT(bugprone-signed-char-misuse): %hhd */
		break;
	default:
		value = va_arg(args->ap, int);
		break;
	}
	out_number(out, value < 0 ? 0 - (unsigned long long)value : (unsigned long long)value,
		   value < 0, spec);
}

static void put_unsigned(struct out *out, struct args *args, struct spec *spec)
{
	unsigned long long value;

	switch (spec->length) {
	case LEN_LLONG:
		value = va_arg(args->ap, unsigned long long);
		break;
	case LEN_LONG:
		value = va_arg(args->ap, unsigned long);
		break;
	case LEN_SHORT:
		value = (unsigned short)va_arg(args->ap, unsigned int);
		break;
	case LEN_CHAR:
		value = (unsigned char)va_arg(args->ap, unsigned int);
		break;
	default:
		value = va_arg(args->ap, unsigned int);
		break;
	}
	spec->flags &= ~(unsigned int)(PLUS | SPACE);
	out_number(out, value, false, spec);
}

void out_hex(struct out *out, unsigned long long value, int digits)
{
	struct spec hex = {.width = 0, .precision = digits, .conversion = 'x'};

	out_number(out, value, false, &hex);
}

/* Digits, or '*' for an argument. */
static const char *read_count(const char *fmt, struct args *args, int *count)
{
	if (*fmt == '*') {
		*count = va_arg(args->ap, int);
		return fmt + 1;
	}
	for (*count = 0; isdigit(*fmt); fmt++)
		*count = *count * 10 + (*fmt - '0');
	return fmt;
}

static const char *read_flags(const char *fmt, unsigned int *flags)
{
	for (;; fmt++) {
		switch (*fmt) {
		case '-':
			*flags |= LEFT;
			break;
		case '+':
			*flags |= PLUS;
			break;
		case ' ':
			*flags |= SPACE;
			break;
		case '#':
			*flags |= ALT;
			break;
		case '0':
			*flags |= ZERO;
			break;
		default:
			return fmt;
		}
	}
}

/* j, t and z are all long. */
static_assert(sizeof(size_t) == sizeof(long) && sizeof(intmax_t) == sizeof(long));

static const char *read_length(const char *fmt, enum length *length)
{
	*length = LEN_INT;
	switch (*fmt) {
	case 'h':
		*length = fmt[1] == 'h' ? LEN_CHAR : LEN_SHORT;
		return fmt + (*length == LEN_CHAR ? 2 : 1);
	case 'l':
		*length = fmt[1] == 'l' ? LEN_LLONG : LEN_LONG;
		return fmt + (*length == LEN_LLONG ? 2 : 1);
	case 'L':
	case 'q':
		*length = LEN_LLONG;
		return fmt + 1;
	case 'j':
	case 't':
	case 'z':
		*length = LEN_LONG;
		return fmt + 1;
	default:
		return fmt;
	}
}

/* Reads what stands between '%' and the conversion character, and that. */
static const char *read_spec(const char *fmt, struct args *args, struct spec *spec)
{
	*spec = (struct spec){.precision = -1};
	fmt = read_flags(fmt, &spec->flags);
	fmt = read_count(fmt, args, &spec->width);
	if (spec->width < 0) {
		spec->flags |= LEFT;
		spec->width = -spec->width;
	}
	if (*fmt == '.') {
		/* As in Linux, other than in C: a point alone says nothing, and less than 0 is 0. */
		fmt++;
		if (isdigit(*fmt) || *fmt == '*') {
			fmt = read_count(fmt, args, &spec->precision);
			spec->precision = max(spec->precision, 0);
		}
	}
	fmt = read_length(fmt, &spec->length);
	spec->conversion = *fmt;
	return *fmt ? fmt + 1 : fmt;
}

/* Prints one conversion, @fmt being past its '%'; returns what follows it. */
static const char *put_conversion(struct out *out, const char *fmt, struct args *args)
{
	struct spec spec;
	const char *end = read_spec(fmt, args, &spec);
	char c;

	switch (spec.conversion) {
	case 'd':
	case 'i':
		put_signed(out, args, &spec);
		break;
	case 'X':
		spec.flags |= UPPER;
		put_unsigned(out, args, &spec);
		break;
	case 'u':
	case 'o':
	case 'x':
		put_unsigned(out, args, &spec);
		break;
	case 'c':
		c = (char)va_arg(args->ap, int);
		out_field(out, &c, 1, &spec);
		break;
	case 's':
		out_string(out, va_arg(args->ap, const char *), &spec);
		break;
	case 'p':
		end += out_pointer(out, end, va_arg(args->ap, const void *), &spec);
		break;
	case '%':
		out_char(out, '%');
		break;
	default: /* not a conversion of ours: show the text that stands there */
		out_char(out, '%');
		out_text(out, fmt, (size_t)(end - fmt));
		break;
	}
	return end;
}

int vsnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
	struct out out = {buf, size, 0};
	struct args copy;

	va_copy(copy.ap, args);
	while (*fmt) {
		if (*fmt == '%')
			fmt = put_conversion(&out, fmt + 1, &copy);
		else
			out_char(&out, *fmt++);
	}
	va_end(copy.ap);
	if (size)
		buf[min(out.len, size - 1)] = '\0';
	return (int)out.len;
}

int snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(buf, size, fmt, args);
	va_end(args);
	return len;
}

int vsprintf(char *buf, const char *fmt, va_list args)
{
	return vsnprintf(buf, INT_MAX, fmt, args);
}

int sprintf(char *buf, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsprintf(buf, fmt, args);
	va_end(args);
	return len;
}

int vscnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
	int len = vsnprintf(buf, size, fmt, args);

	if (size == 0)
		return 0;
	return (size_t)len < size ? len : (int)size - 1;
}

int scnprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vscnprintf(buf, size, fmt, args);
	va_end(args);
	return len;
}

int num_to_str(char *buf, int size, unsigned long long num, unsigned int width)
{
	char text[24];
	int len = snprintf(text, sizeof(text), "%*llu", (int)min(width, 20U), num);

	if (len > size || width > (unsigned int)max(size, 0))
		return 0;
	memcpy(buf, text, (size_t)len);
	return len;
}
