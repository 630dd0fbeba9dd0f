// SPDX-License-Identifier: MIT
/* Names that match a pattern. Contract: linux/glob.h. */
#include <linux/glob.h>

/* Where the class that begins behind [ ends, and whether @c is in it; NULL: it has no end. */
static const char *match_class(const char *pat, char c, bool *in)
{
	bool others = *pat == '!', found = false;
	const char *first = pat + others;

	/* A ] that comes first is one of them. */
	for (pat = first; *pat && (*pat != ']' || pat == first); pat++) {
		u8 low = (u8)*pat, high = low;

		if (pat[1] == '-' && pat[2] && pat[2] != ']') {
			high = (u8)pat[2];
			pat += 2;
		}
		found |= low <= (u8)c && (u8)c <= high;
	}
	*in = found != others;
	return *pat ? pat + 1 : NULL;
}

/* What @pat begins with takes @c: where it goes on; NULL: it does not. */
static const char *match_one(const char *pat, char c)
{
	const char *end;
	bool in;

	switch (*pat) {
	case '?':
		return pat + 1;
	case '[':
		end = match_class(pat + 1, c, &in);
		if (end)
			return in ? end : NULL;
		break;
	case '\\':
		pat++;
		break;
	default:
		break;
	}
	return *pat == c ? pat + 1 : NULL;
}

/* Where it does not go on, the last * takes one character more: those before it are right. */
bool glob_match(char const *pat, char const *str)
{
	const char *behind_star = NULL, *from = NULL;

	while (*str) {
		const char *next = *pat == '*' || !*pat ? NULL : match_one(pat, *str);

		if (*pat == '*') {
			behind_star = ++pat;
			from = str;
		} else if (next) {
			pat = next;
			str++;
		} else if (behind_star) {
			pat = behind_star;
			str = ++from;
		} else {
			return false;
		}
	}
	while (*pat == '*')
		pat++;
	return !*pat;
}
