/* SPDX-License-Identifier: MIT */
/* One pass over the text for each of the ways in which it may be encoded. */
#include "log_decode.h"

#include <stdbool.h>
#include <string.h>

/* No tag that is looked for is longer, with all its attributes. */
#define MAX_TAG 200

/* ---- Files of Windows -------------------------------------------------------------- */

/* UTF-16 with a byte order mark. What is not ASCII becomes a question mark. */
static size_t decode_utf16(char *text, size_t len)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t low, to = 0;

	if (len < 2 || !((p[0] == 0xff && p[1] == 0xfe) || (p[0] == 0xfe && p[1] == 0xff)))
		return len;
	low = p[0] == 0xff ? 0 : 1;
	for (size_t i = 2; i + 1 < len; i += 2) {
		bool ascii = p[i + 1 - low] == 0 && p[i + low] < 0x80;

		text[to++] = ascii ? text[i + low] : '?';
	}
	return to;
}

static void decode_line_ends(char *text, size_t len)
{
	if (memchr(text, '\n', len))
		return;
	for (size_t i = 0; i < len; i++)
		if (text[i] == '\r')
			text[i] = '\n';
}

/* ---- Mail -------------------------------------------------------------------------- */

/* Of upper case, as the RFC asks for. */
static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Bytes of the line end at @i, carriage returns with it; 0: there is none. */
static size_t line_end(const char *text, size_t i, size_t len)
{
	size_t at = i;

	while (at < len && text[at] == '\r')
		at++;
	return at < len && text[at] == '\n' ? at + 1 - i : 0;
}

static bool escapes_byte(const char *text, size_t i, size_t len)
{
	return i + 2 < len && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0;
}

/*
 * There each '=' is written as "=3D", and one at the end of a line joins it to the
 * next. Text as it is has them before letters and numbers, as in "mem=64M".
 */
static bool is_quoted_printable(const char *text, size_t len)
{
	size_t for_it = 0, against = 0;

	for (size_t i = 0; i < len; i++) {
		if (text[i] != '=')
			continue;
		if (line_end(text, i + 1, len) || (i + 2 < len && !memcmp(text + i, "=3D", 3)))
			for_it++;
		else if (!escapes_byte(text, i, len))
			against++;
	}
	return for_it > against;
}

static size_t decode_quoted_printable(char *text, size_t len)
{
	size_t to = 0;

	if (!is_quoted_printable(text, len))
		return len;
	for (size_t i = 0; i < len; i++) {
		size_t end = text[i] == '=' ? line_end(text, i + 1, len) : 0;

		if (end) {
			i += end;
		} else if (text[i] == '=' && escapes_byte(text, i, len)) {
			text[to++] = (char)(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
			i += 2;
		} else {
			text[to++] = text[i];
		}
	}
	return to;
}

/* ---- Web pages --------------------------------------------------------------------- */

struct token {
	const char *text;
	char means; /* 0: nothing */
};

/* The non-breaking space is in UTF-8, as is the byte order mark. */
static const struct token entities[] = {{"&gt;", '>'},	     {"&lt;", '<'},   {"&amp;", '&'},
					{"&quot;", '"'},     {"&#39;", '\''}, {"&#x27;", '\''},
					{"&nbsp;", ' '},     {"&#160;", ' '}, {"\xc2\xa0", ' '},
					{"\xef\xbb\xbf", 0}, {NULL, 0}};

static const struct token tags[] = {
	{"br", '\n'}, {"p", '\n'}, {"pre", '\n'}, {"div", '\n'},	{"li", '\n'}, {"tr", '\n'},
	{"code", 0},  {"span", 0}, {"tt", 0},	  {"samp", 0},		{"td", 0},    {"a", 0},
	{"b", 0},     {"i", 0},	   {"font", 0},	  {"blockquote", '\n'}, {NULL, 0}};

/* Bytes of the entity at @text, and in *@means what it is; 0: it is none. */
static size_t entity_at(const char *text, size_t len, char *means)
{
	for (const struct token *e = entities; e->text; e++) {
		size_t n = strlen(e->text);

		if (n <= len && memcmp(text, e->text, n) == 0) {
			*means = e->means;
			return n;
		}
	}
	return 0;
}

/* The same of a tag: "<br />", "</code>", "<a href=…>". */
static size_t tag_at(const char *text, size_t len, char *means)
{
	size_t start = len > 1 && text[1] == '/' ? 2 : 1, n = start, end;

	while (n < len && text[n] >= 'a' && text[n] <= 'z')
		n++;
	for (end = n; end < len && end < MAX_TAG && text[end] != '>'; end++)
		if (text[end] == '\n' || text[end] == '<')
			return 0;
	if (end == len || text[end] != '>' || (end > n && text[n] != ' ' && text[n] != '/'))
		return 0;
	for (const struct token *t = tags; t->text; t++)
		if (strlen(t->text) == n - start && memcmp(t->text, text + start, n - start) == 0) {
			*means = t->means;
			return end + 1;
		}
	return 0;
}

static size_t decode_html(char *text, size_t len)
{
	size_t to = 0;

	for (size_t i = 0; i < len;) {
		char means = 0;
		size_t n = text[i] == '<' ? tag_at(text + i, len - i, &means)
					  : entity_at(text + i, len - i, &means);

		if (!n)
			means = text[i];
		if (!n || means)
			text[to++] = means;
		i += n ? n : 1;
	}
	return to;
}

size_t log_decode(char *text, size_t len)
{
	len = decode_utf16(text, len);
	decode_line_ends(text, len);
	len = decode_quoted_printable(text, len);
	return decode_html(text, len);
}
