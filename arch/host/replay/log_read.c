/* SPDX-License-Identifier: MIT */
/* Cleaning lines and joining wrapped ones; the patterns that lines are held against. */
#include "log_read.h"

#include <stdlib.h>
#include <string.h>

#include "log_decode.h"

/* A line shorter than this was not wrapped: no terminal or mailer is so narrow. */
#define MIN_WRAP_WIDTH 56

/* No prefix of a logger is longer. */
#define MAX_PREFIX 120

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static int hex_digit(char c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static char *skip_blanks(char *p)
{
	while (is_blank(*p))
		p++;
	return p;
}

/* ---- What stands before the message ---------------------------------------------- */

/* "> ", ">> ", "| " of a mail or a web page; also several. */
static char *skip_quoting(char *p)
{
	for (;;) {
		p = skip_blanks(p);
		if (*p != '>' && *p != '|')
			return p;
		p++;
	}
}

/* "<6>" */
static char *skip_level(char *p)
{
	char *q = p;

	if (*q++ != '<')
		return p;
	while (is_digit(*q))
		q++;
	return q > p + 1 && *q == '>' ? skip_blanks(q + 1) : p;
}

static bool starts_with_day(const char *p)
{
	static const char days[] = "MonTueWedThuFriSatSun";

	for (const char *day = days; *day; day += 3)
		if (strncmp(p, day, 3) == 0 && p[3] == ' ')
			return true;
	return false;
}

/* The text in brackets at @p is a time or a caller: "[    0.000000]", "[    T0]", "[Mon Nov …]". */
static bool is_time(const char *p, const char *end)
{
	const char *q = p + 1;

	if (starts_with_day(q))
		return true;
	while (q < end && is_blank(*q))
		q++;
	if (q < end && (*q == 'T' || *q == 'C'))
		q++;
	if (q == end)
		return false;
	for (; q < end; q++)
		if (!is_digit(*q) && *q != '.' && *q != '+' && *q != '<' && *q != '>' &&
		    !is_blank(*q))
			return false;
	return true;
}

/* Any number of times in brackets; *@timed is set where there was one. */
static char *skip_times(char *p, bool *timed)
{
	while (*p == '[') {
		char *end = strchr(p, ']');

		if (!end || end - p > 40 || !is_time(p, end))
			break;
		p = skip_blanks(end + 1);
		*timed = true;
	}
	return p;
}

/* "kern  :info  : " of dmesg -x. */
static char *skip_facility(char *p)
{
	static const char *const facilities[] = {"kern", "user", "daemon", "syslog"};

	for (size_t i = 0; i < sizeof(facilities) / sizeof(*facilities); i++) {
		size_t len = strlen(facilities[i]);
		char *colon, *second;

		if (strncmp(p, facilities[i], len) != 0)
			continue;
		colon = skip_blanks(p + len);
		if (*colon != ':')
			continue;
		second = strchr(colon + 1, ':');
		if (second && second - colon < 12)
			return skip_blanks(second + 1);
	}
	return p;
}

/* After the name of a logger at @p: "kernel: ", "klogd[1]: "; NULL: it is none. */
static char *after_logger(char *p)
{
	static const char *const names[] = {"kernel", "vmunix", "klogd"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		char *q = p + strlen(names[i]);

		if (strncmp(p, names[i], strlen(names[i])) != 0)
			continue;
		if (*q == '[') {
			for (q++; is_digit(*q); q++)
				;
			if (*q++ != ']')
				return NULL;
		}
		return q[0] == ':' && q[1] == ' ' ? skip_blanks(q + 1) : NULL;
	}
	return NULL;
}

/* "Nov 21 10:00:00 host kernel: ", "2022-11-21T10:00:00+01:00 host kernel: " */
static char *skip_journal(char *p, bool *timed)
{
	for (char *q = p; *q && q - p <= MAX_PREFIX; q++) {
		char *after = q == p || is_blank(q[-1]) ? after_logger(q) : NULL;

		if (after) {
			*timed = true;
			return after;
		}
	}
	return p;
}

/* "2022-11-21T10:00:00,123456+01:00 " of dmesg --time-format iso. */
static char *skip_iso_time(char *p, bool *timed)
{
	static const char form[] = "0000-00-00T00:00:00";
	char *q = p;

	for (const char *f = form; *f; f++, q++)
		if (*f == '0' ? !is_digit(*q) : *f != *q)
			return p;
	while (is_digit(*q) || (*q && strchr(",.:+-Z", *q)))
		q++;
	if (!is_blank(*q))
		return p;
	*timed = true;
	return skip_blanks(q);
}

/* "6,123,0,-;" of /dev/kmsg: level, number, time, flags, maybe more. */
static char *skip_record(char *p, bool *timed)
{
	char *q = p;

	for (int field = 0; field < 3; field++) {
		char *start = q;

		while (is_digit(*q))
			q++;
		if (q == start || *q++ != ',')
			return p;
	}
	q += strcspn(q, ";");
	if (*q != ';' || q - p > MAX_PREFIX)
		return p;
	*timed = true;
	return skip_blanks(q + 1);
}

/* "[    0.000000]": a time as the kernel prints it, to microseconds. */
static bool is_kernel_time(const char *p)
{
	const char *dot;

	if (*p++ != '[')
		return false;
	while (*p == ' ')
		p++;
	dot = p + strspn(p, "0123456789");
	return dot > p && *dot == '.' && strspn(dot + 1, "0123456789") == 6 && dot[7] == ']';
}

/* Whatever stands before that time: a line's number, a file's name, a clock, a list's dash. */
static char *skip_to_time(char *p)
{
	for (char *q = p; *q && q - p <= MAX_PREFIX; q++)
		if (is_kernel_time(q))
			return q;
	return p;
}

static char *skip_prefixes(char *p, bool *timed)
{
	char *start;

	*timed = false;
	p = skip_to_time(skip_quoting(p));
	do {
		start = p;
		p = skip_level(p);
		p = skip_facility(p);
		p = skip_iso_time(p, timed);
		p = skip_record(p, timed);
		p = skip_times(p, timed);
		p = skip_journal(p, timed);
	} while (p != start);
	return p;
}

/* ---- Lines -------------------------------------------------------------------------- */

/* The byte after an escape sequence such as ESC [ 0 ; 32 m. */
static const char *skip_escape(const char *p)
{
	if (*++p != '[')
		return p;
	for (p++; *p && !(*p >= '@' && *p <= '~'); p++)
		;
	return *p ? p + 1 : p;
}

/* Takes out escapes and control characters, and blanks and a closing quote at the end. */
static void clean_bytes(char *line)
{
	char *to = line;

	for (const char *p = line; *p;) {
		if (*p == '\x1b') {
			p = skip_escape(p);
			continue;
		}
		if ((unsigned char)*p >= 0x20 || *p == '\t')
			*to++ = *p;
		p++;
	}
	while (to > line && (is_blank(to[-1]) || to[-1] == '`'))
		to--;
	*to = '\0';
}

/* Cleans the next raw line that is not empty then. */
static struct log_part read_ahead(struct log_reader *reader)
{
	while (reader->next < reader->end) {
		struct log_part part = {.text = reader->next};
		char *stop = memchr(part.text, '\n', (size_t)(reader->end - part.text));

		if (!stop)
			stop = reader->end;
		for (char *p = part.text; p < stop; p++)
			if (*p == '\0')
				*p = ' ';
		*stop = '\0';
		reader->next = stop + 1;
		while (stop > part.text && stop[-1] == '\r')
			*--stop = '\0';
		part.width = (size_t)(stop - part.text);
		part.trails = part.width && is_blank(stop[-1]);
		part.indents = is_blank(*part.text);
		clean_bytes(part.text);
		part.text = skip_prefixes(part.text, &part.timed);
		if (*part.text)
			return part;
	}
	return (struct log_part){0};
}

static bool start_reading(struct log_reader *reader, const char *text, size_t len)
{
	*reader = (struct log_reader){0};
	reader->text = malloc(len + 1);
	if (!reader->text)
		return false;
	if (len)
		memcpy(reader->text, text, len);
	len = log_decode(reader->text, len);
	reader->text[len] = '\0';
	reader->next = reader->text;
	reader->end = reader->text + len;
	reader->ahead = read_ahead(reader);
	return true;
}

/* A dump or a table that somebody pasted below the log has no times either. */
static bool starts_section(const char *line)
{
	static const char *const starts[] = {"===", "Node ", "node ", "available:", "#", "$"};

	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++)
		if (strncmp(line, starts[i], strlen(starts[i])) == 0)
			return true;
	return false;
}

/*
 * In a log with times a line without one, after a long line with one, is what did
 * not fit there.
 */
static bool goes_on(const struct log_reader *reader)
{
	return reader->ahead.text && reader->line.timed && !reader->ahead.timed &&
	       reader->line.width >= MIN_WRAP_WIDTH && !starts_section(reader->ahead.text);
}

/* The width of all lines that go on, if it is one: a mailer's are of many. */
static bool find_glue_width(const char *text, size_t len, size_t *width)
{
	struct log_reader reader;
	size_t least = (size_t)-1, most = 0;

	if (!start_reading(&reader, text, len))
		return false;
	while (log_reader_next(&reader)) {
		size_t first = reader.first_width;

		if (!reader.nr_joined)
			continue;
		reader.nr_joined = 0;
		least = first < least ? first : least;
		most = first > most ? first : most;
	}
	*width = least == most ? most : 0;
	log_reader_exit(&reader);
	return true;
}

bool log_reader_init(struct log_reader *reader, const char *text, size_t len)
{
	size_t width;

	if (!find_glue_width(text, len, &width) || !start_reading(reader, text, len))
		return false;
	reader->glue_width = width;
	return true;
}

void log_reader_exit(struct log_reader *reader)
{
	free(reader->text);
	*reader = (struct log_reader){0};
}

/* It lies behind in the same copy, at least one byte apart. */
void log_reader_join(struct log_reader *reader)
{
	size_t len = strlen(reader->ahead.text);
	bool blank = reader->line.trails || reader->ahead.indents;
	bool glued = reader->glue_width && reader->line.width == reader->glue_width;

	*reader->line_end++ = glued && !blank ? LOG_GLUE : LOG_WRAP;
	memmove(reader->line_end, reader->ahead.text, len + 1);
	reader->line_end += len;
	reader->line.width = reader->ahead.width;
	reader->line.trails = reader->ahead.trails;
	reader->nr_joined++;
	reader->ahead = read_ahead(reader);
}

char *log_reader_next(struct log_reader *reader)
{
	reader->line = reader->ahead;
	if (!reader->line.text)
		return NULL;
	reader->first_width = reader->line.width;
	reader->line_end = reader->line.text + strlen(reader->line.text);
	reader->ahead = read_ahead(reader);
	while (goes_on(reader))
		log_reader_join(reader);
	return reader->line.text;
}

const char *log_reader_peek(const struct log_reader *reader)
{
	return reader->ahead.text;
}

/* ---- Patterns ------------------------------------------------------------------------ */

static const char *skip_any_blank(const char *p)
{
	while (is_blank(*p) || *p == LOG_WRAP || *p == LOG_GLUE)
		p++;
	return p;
}

static const char *skip_wrap(const char *p)
{
	while (*p == LOG_WRAP || *p == LOG_GLUE)
		p++;
	return p;
}

static void add_value(struct log_match *match, unsigned long long value)
{
	if (match->nr < LOG_MATCH_VALUES)
		match->value[match->nr++] = value;
}

/* A number in @base, maybe broken; NULL where there is none. */
static const char *match_number(const char *p, int base, struct log_match *match)
{
	unsigned long long value = 0;
	unsigned int digits = 0;

	p = skip_wrap(p);
	if (base == 16 && p[0] == '0' && (p[1] == 'x' || p[1] == 'X'))
		p += 2;
	for (;; p++) {
		int digit;

		p = skip_wrap(p);
		digit = hex_digit(*p);
		if (digit < 0 || digit >= base)
			break;
		match->overflow |= value > (~0ULL - (unsigned int)digit) / (unsigned int)base;
		value = value * (unsigned int)base + (unsigned int)digit;
		digits++;
	}
	if (!digits)
		return NULL;
	add_value(match, value);
	return p;
}

static bool is_word_char(char c)
{
	return is_digit(c) || c == '_' || c == '-' || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z');
}

static const char *match_word(const char *p, struct log_match *match)
{
	p = skip_any_blank(p);
	match->word = p;
	while (is_word_char(*p))
		p++;
	match->word_len = (size_t)(p - match->word);
	return match->word_len ? p : NULL;
}

/* What %x and its like find at @p. NULL: not there. */
static const char *match_item(const char *p, char item, struct log_match *match)
{
	switch (item) {
	case 'x':
		return match_number(p, 16, match);
	case 'd':
		return match_number(skip_any_blank(p), 10, match);
	case 'w':
		return match_word(p, match);
	case 's':
		match->word = skip_any_blank(p);
		match->word_len = strlen(match->word);
		return match->word + match->word_len;
	}
	return NULL;
}

/*
 * Matches as far as it goes. True for the whole pattern; else *@ended tells whether
 * the line ended before anything was wrong.
 */
static bool match_far(const char *p, const char *pattern, struct log_match *match, bool *ended)
{
	*match = (struct log_match){0};
	*ended = false;
	for (; *pattern; pattern++) {
		const char *after;

		if (*pattern == ' ') {
			after = skip_any_blank(p);
		} else if (*pattern == '%') {
			after = match_item(p, *++pattern, match);
		} else {
			p = skip_wrap(p);
			after = *p == *pattern ? p + 1 : NULL;
		}
		if (!after) {
			*ended = *skip_any_blank(p) == '\0';
			return false;
		}
		p = after;
	}
	return !match->overflow;
}

bool log_match(const char *line, const char *pattern, struct log_match *match)
{
	bool ended;

	return match_far(line, pattern, match, &ended);
}

bool log_match_start(const char *line, const char *pattern)
{
	struct log_match match;
	bool ended;

	return match_far(line, pattern, &match, &ended) || ended;
}
