// SPDX-License-Identifier: MIT
/* Options in a table of patterns. Contract: linux/parser.h. */
#include <linux/parser.h>

#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kstrtox.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/string.h>

/* Where the argument of @kind that @s begins with ends; @s itself: there is none. */
static char *argument_end(char *s, char kind, size_t longest)
{
	char *end = s;

	switch (kind) {
	case 's':
		return s + min(strlen(s), longest);
	case 'd':
		simple_strtol(s, &end, 0);
		break;
	case 'u':
		simple_strtoul(s, &end, 0);
		break;
	case 'o':
		simple_strtoul(s, &end, 8);
		break;
	case 'x':
		simple_strtoul(s, &end, 16);
		break;
	default:
		break;
	}
	return end;
}

static bool match_pattern(char *s, const char *pattern, substring_t args[])
{
	int found = 0;

	while (*pattern) {
		size_t longest = SIZE_MAX;
		char *width_end;

		if (*pattern != '%' || pattern[1] == '%') {
			pattern += *pattern == '%';
			if (*s++ != *pattern++)
				return false;
			continue;
		}
		pattern++;
		if (isdigit(*pattern)) {
			longest = simple_strtoul(pattern, &width_end, 10);
			pattern = width_end;
		}
		if (found == MAX_OPT_ARGS)
			return false;
		args[found].from = s;
		args[found].to = argument_end(s, *pattern, longest);
		/* An argument of no width is one, where there is something. */
		if (*pattern == 's' ? !*s : args[found].to == s)
			return false;
		s = args[found++].to;
		pattern++;
	}
	return !*s;
}

int match_token(char *s, const match_table_t table, substring_t args[])
{
	const struct match_token *row = table;

	while (row->pattern && !match_pattern(s, row->pattern, args))
		row++;
	return row->token;
}

static int match_number(const substring_t *s, unsigned int base, int *result)
{
	char *text = match_strdup(s), *end;
	int err = 0;
	long number;

	if (!text)
		return -ENOMEM;
	number = simple_strtol(text, &end, base);
	if (end == text)
		err = -EINVAL;
	else if (number < INT_MIN || number > INT_MAX)
		err = -ERANGE;
	else
		*result = (int)number;
	kfree(text);
	return err;
}

int match_int(substring_t *s, int *result)
{
	return match_number(s, 0, result);
}

int match_octal(substring_t *s, int *result)
{
	return match_number(s, 8, result);
}

int match_hex(substring_t *s, int *result)
{
	return match_number(s, 16, result);
}

int match_uint(substring_t *s, unsigned int *result)
{
	char *text = match_strdup(s);
	int err = text ? kstrtouint(text, 10, result) : -ENOMEM;

	kfree(text);
	return err;
}

int match_u64(substring_t *s, u64 *result)
{
	char *text = match_strdup(s);
	int err = text ? kstrtou64(text, 0, result) : -ENOMEM;

	kfree(text);
	return err;
}

/*
 * A star takes nothing at first, and one character more each time that what is behind it does not
 * go on. As on Linux a second star at the end stands for one that @str would have to have.
 */
bool match_wildcard(const char *pattern, const char *str)
{
	const char *behind_star = NULL, *from = NULL;

	while (*str) {
		if (*pattern == '*') {
			behind_star = ++pattern;
			from = str;
			if (!*pattern)
				return true;
		} else if (*pattern && (*pattern == '?' || *pattern == *str)) {
			pattern++;
			str++;
		} else if (behind_star) {
			pattern = behind_star;
			str = ++from;
		} else {
			return false;
		}
	}
	pattern += *pattern == '*';
	return !*pattern;
}

size_t match_strlcpy(char *dest, const substring_t *src, size_t size)
{
	size_t len = src->to - src->from;

	if (size) {
		size_t copied = min(len, size - 1);

		memcpy(dest, src->from, copied);
		dest[copied] = '\0';
	}
	return len;
}

char *match_strdup(const substring_t *s)
{
	return kmemdup_nul(s->from, s->to - s->from, GFP_KERNEL);
}
