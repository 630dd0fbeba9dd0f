/* SPDX-License-Identifier: MIT */
/*
 * Options of the form name=value, found in a table of patterns: %d, %u, %o, %x stand for a number,
 * %s for all that follows, %Ns for at most N characters of it, %% for a percent sign.
 *
 * Owns:    nothing: a substring_t points into the text that was looked at.
 * Locking: none. What allocates (match_strdup() and the readers of numbers) may sleep.
 * Failure: -EINVAL: no number; -ERANGE: out of the type; -ENOMEM; then *result is as it was.
 * Source:  Linux 6.1's parser.h.
 */
#ifndef _LINUX_PARSER_H
#define _LINUX_PARSER_H

#include <linux/types.h>

struct match_token {
	int token;
	const char *pattern; /* NULL ends the table and matches all */
};

typedef struct match_token match_table_t[];

/* A pattern with more arguments than these does not match. */
enum { MAX_OPT_ARGS = 3 };

/* From @from to before @to. */
typedef struct {
	char *from;
	char *to;
} substring_t;

/*
 * The token of the first pattern that is @s as a whole, that of the last row where none is.
 * @args has room for MAX_OPT_ARGS; those of a pattern that failed may have been written to it.
 * Numbers have C's prefixes with %d and %u, and may have a minus sign with %d alone.
 */
int match_token(char *s, const match_table_t table, substring_t args[]);

/*
 * A number at the beginning of @s, whatever follows it: in the base of its prefix, in base 8, in
 * base 16. It may have a minus sign.
 */
int match_int(substring_t *s, int *result);
int match_octal(substring_t *s, int *result);
int match_hex(substring_t *s, int *result);

/* A number that is all of @s: in base 10; in the base of its prefix. */
int match_uint(substring_t *s, unsigned int *result);
int match_u64(substring_t *s, u64 *result);

/* Is @str as a whole @pattern, where * stands for any characters and ? for one? */
bool match_wildcard(const char *pattern, const char *str);

/* At most @size - 1 characters and the end; nothing where @size is 0. The length of @src. */
size_t match_strlcpy(char *dest, const substring_t *src, size_t size);

/* A copy, for kfree(); NULL where there is no memory. */
char *match_strdup(const substring_t *s);

#endif /* _LINUX_PARSER_H */
