/* SPDX-License-Identifier: MIT */
/* Numbers and truth values from text. */
#include <linux/kstrtox.h>
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kernel.h>

/* The value of a digit in any base up to 16; 255 where it is none. */
static unsigned int digit_value(char c)
{
	if (isdigit(c))
		return (unsigned int)(c - '0');
	if (isxdigit(c))
		return (unsigned int)(tolower(c) - 'a') + 10;
	return 255;
}

/* Finds the base that a prefix asks for, and the first digit. */
static const char *skip_prefix(const char *s, unsigned int *base)
{
	bool hex = s[0] == '0' && tolower(s[1]) == 'x' && isxdigit(s[2]);

	if (*base == 0)
		*base = hex ? 16 : s[0] == '0' ? 8 : 10;
	return hex && *base == 16 ? s + 2 : s;
}

/* Reads digits; returns the first character that is none. */
static const char *read_digits(const char *s, unsigned int base, unsigned long long *res,
			       bool *overflow)
{
	unsigned long long value = 0, scaled;

	*overflow = false;
	for (; digit_value(*s) < base; s++) {
		*overflow |= __builtin_mul_overflow(value, base, &scaled);
		*overflow |= __builtin_add_overflow(scaled, digit_value(*s), &value);
	}
	*res = value;
	return s;
}

unsigned long long simple_strtoull(const char *cp, char **endp, unsigned int base)
{
	unsigned long long value;
	bool overflow;
	const char *digits = skip_prefix(cp, &base);
	const char *end = read_digits(digits, base, &value, &overflow);

	if (endp)
		*endp = (char *)(uintptr_t)(end == digits ? cp : end);
	return value;
}

long long simple_strtoll(const char *cp, char **endp, unsigned int base)
{
	if (*cp != '-')
		return (long long)simple_strtoull(cp, endp, base);
	return (long long)(0 - simple_strtoull(cp + 1, endp, base));
}

unsigned long simple_strtoul(const char *cp, char **endp, unsigned int base)
{
	return (unsigned long)simple_strtoull(cp, endp, base);
}

long simple_strtol(const char *cp, char **endp, unsigned int base)
{
	return (long)simple_strtoll(cp, endp, base);
}

unsigned long long memparse(const char *ptr, char **retptr)
{
	static const char suffixes[] = "kmgtpe";
	char *end;
	unsigned long long value = simple_strtoull(ptr, &end, 0);

	for (unsigned int i = 0; end != ptr && suffixes[i]; i++) {
		if (tolower(*end) == suffixes[i]) {
			value <<= 10 * (i + 1);
			end++;
			break;
		}
	}
	if (retptr)
		*retptr = end;
	return value;
}

int kstrtoull(const char *s, unsigned int base, unsigned long long *res)
{
	unsigned long long value;
	bool overflow;
	const char *digits, *end;

	if (*s == '+')
		s++;
	digits = skip_prefix(s, &base);
	end = read_digits(digits, base, &value, &overflow);
	if (overflow)
		return -ERANGE;
	if (end == digits)
		return -EINVAL;
	if (*end == '\n')
		end++;
	if (*end)
		return -EINVAL;
	*res = value;
	return 0;
}

int kstrtoll(const char *s, unsigned int base, long long *res)
{
	const unsigned long long max = ~0ULL >> 1;
	bool negative = *s == '-';
	unsigned long long value;
	int err;

	if (negative && s[1] == '+')
		return -EINVAL;
	err = kstrtoull(negative ? s + 1 : s, base, &value);
	if (err)
		return err;
	if (value > max + negative)
		return -ERANGE;
	*res = (long long)(negative ? 0 - value : value);
	return 0;
}

int kstrtoul(const char *s, unsigned int base, unsigned long *res)
{
	unsigned long long value;
	int err = kstrtoull(s, base, &value);

	if (!err)
		*res = (unsigned long)value;
	return err;
}

int kstrtol(const char *s, unsigned int base, long *res)
{
	long long value;
	int err = kstrtoll(s, base, &value);

	if (!err)
		*res = (long)value;
	return err;
}

/* Those of fewer bits: what the wide ones give, if it fits. */
#define KSTRTO_NARROW(name, type, wide, read)                 \
	int name(const char *s, unsigned int base, type *res) \
	{                                                     \
		wide value;                                   \
		int err = read(s, base, &value);              \
                                                              \
		if (!err && value != (wide)(type)value)       \
			err = -ERANGE;                        \
		if (!err)                                     \
			*res = (type)value;                   \
		return err;                                   \
	}

KSTRTO_NARROW(kstrtouint, unsigned int, unsigned long long, kstrtoull)
KSTRTO_NARROW(kstrtoint, int, long long, kstrtoll)
KSTRTO_NARROW(kstrtou16, u16, unsigned long long, kstrtoull)
KSTRTO_NARROW(kstrtos16, s16, long long, kstrtoll)
KSTRTO_NARROW(kstrtou8, u8, unsigned long long, kstrtoull)
KSTRTO_NARROW(kstrtos8, s8, long long, kstrtoll)

int kstrtobool(const char *s, bool *res)
{
	if (!s)
		return -EINVAL;
	switch (tolower(s[0])) {
	case 'y':
	case 't':
	case '1':
		*res = true;
		return 0;
	case 'n':
	case 'f':
	case '0':
		*res = false;
		return 0;
	case 'o':
		if (tolower(s[1]) != 'n' && tolower(s[1]) != 'f')
			return -EINVAL;
		*res = tolower(s[1]) == 'n';
		return 0;
	default:
		return -EINVAL;
	}
}
