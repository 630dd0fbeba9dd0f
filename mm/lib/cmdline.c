// SPDX-License-Identifier: MIT
/* Integers and words of command lines. Contract: linux/kernel.h. */
#include <linux/kernel.h>

#include <linux/ctype.h>
#include <linux/string.h>

int get_option(char **str, int *pint)
{
	char *start = *str, *end;
	int value;

	if (!start || !*start)
		return 0;
	value = (int)simple_strtoll(start, &end, 0);
	/* A '-' alone is read, and is no number. */
	if (end == start + (*start == '-')) {
		*str = end;
		return 0;
	}
	if (pint)
		*pint = value;
	*str = end;
	if (*end == ',') {
		*str = end + 1;
		return 2;
	}
	return *end == '-' ? 3 : 1;
}

/* What of the range from @first to @last the table takes; all of it where @nints is 0. */
static void put_range(int *ints, int *n, int nints, int first, int last)
{
	for (; first <= last && (!nints || *n + 1 < nints); first++, ++*n)
		if (nints)
			ints[*n + 1] = first;
}

char *get_options(const char *str, int nints, int *ints)
{
	char *at = (char *)(uintptr_t)str;
	int n = 0;

	while (!nints || n + 1 < nints) {
		int first, last, more = get_option(&at, &first);

		if (!more)
			break;
		/* Of a range that is none its start is in the table, but not counted. */
		if (nints)
			ints[n + 1] = first;
		last = first;
		if (more == 3) {
			char *upper = ++at;

			more = get_option(&at, &last);
			if (!more || more == 3 || last < first) {
				at = upper;
				break;
			}
		}
		put_range(ints, &n, nints, first, last);
		if (more == 1)
			break;
	}
	ints[0] = n;
	return at;
}

bool parse_option_str(const char *str, const char *option)
{
	size_t len = strlen(option);

	while (*str) {
		if (!strncmp(str, option, len) && (!str[len] || str[len] == ','))
			return true;
		str = strchrnul(str, ',');
		if (*str)
			str++;
	}
	return false;
}

/*
 * Where the word ends that begins at @s: blanks between quotes belong to it. Its first character
 * is part of its name, an '=', too.
 */
static char *end_of_word(char *s, char **equals)
{
	const char *name = s + (*s == '"');
	bool quoted = false;

	for (*equals = NULL; *s && (quoted || !isspace(*s)); s++) {
		if (*s == '"')
			quoted = !quoted;
		if (*s == '=' && s > name && !*equals)
			*equals = s;
	}
	return s;
}

/* Takes the quotes off both ends of [s, *end). */
static char *unquote(char *s, char *end)
{
	if (*s != '"')
		return s;
	if (end > s + 1 && end[-1] == '"')
		end[-1] = '\0';
	return s + 1;
}

char *next_arg(char *args, char **param, char **val)
{
	char *equals, *end, *word = args;
	bool quoted = *word == '"';

	end = end_of_word(word, &equals);
	args = *end ? end + 1 : end;
	*end = '\0';
	*val = NULL;
	if (equals) {
		*equals = '\0';
		*val = unquote(equals + 1, end);
		if (quoted && end[-1] == '"')
			end[-1] = '\0';
	}
	*param = quoted ? unquote(word, equals ? equals : end) : word;
	return skip_spaces(args);
}
