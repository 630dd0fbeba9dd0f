/* SPDX-License-Identifier: MIT */
/*
 * The lines of a boot log, freed from what people, loggers and mail put around
 * them: carriage returns, colours, `> ` quoting, `<6>` levels, times in brackets and
 * what stands before them, journal, /dev/kmsg and `dmesg -x` prefixes, and what
 * log_decode.h undoes. Lines that were wrapped are joined again.
 *
 * Owns:       a copy of the text; the lines lie in it.
 * Invariants: a line is terminated, has no byte below 0x20 but LOG_WRAP, and does
 *             not start or end with a blank.
 * Locking:    none; any number of readers may live at once.
 * Failure:    none but lack of memory: whatever the bytes are, they are lines.
 */
#ifndef _REPLAY_LOG_READ_H
#define _REPLAY_LOG_READ_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Stand in a joined line where it was broken: at a blank, as mailers do, or maybe
 * within a word; or surely within a word, where a terminal broke all lines at one
 * width. log_match() takes both for a blank or for nothing.
 */
#define LOG_WRAP '\x1f'
#define LOG_GLUE '\x1e'

/* A part of a line as it stood in the log. */
struct log_part {
	char *text;   /* cleaned; NULL at the end */
	bool timed;   /* it had a time */
	bool indents; /* it started with a blank */
	bool trails;  /* it ended with one */
	size_t width; /* characters in the log */
};

struct log_reader {
	char *text;	      /* a copy */
	char *next;	      /* what was not read yet */
	char *end;	      /* of the copy */
	struct log_part line; /* what log_reader_next() returned, with its last part's ends */
	char *line_end;	      /* its terminator */
	struct log_part ahead;
	size_t first_width;	 /* of its first part */
	size_t glue_width;	 /* of lines that a terminal broke; 0: none did */
	unsigned long nr_joined; /* parts that were joined to the line before */
};

/* False where memory is short. */
bool log_reader_init(struct log_reader *reader, const char *text, size_t len);
void log_reader_exit(struct log_reader *reader);

/* The next line, or NULL at the end; valid until the reader goes on. */
char *log_reader_next(struct log_reader *reader);

/* The line after it, or NULL; and that one joined to it. There must be one. */
const char *log_reader_peek(const struct log_reader *reader);
void log_reader_join(struct log_reader *reader);

/* What log_match() found. */
#define LOG_MATCH_VALUES 6
struct log_match {
	unsigned long long value[LOG_MATCH_VALUES]; /* %x and %d, in order */
	unsigned int nr;
	const char *word; /* %w or %s, the last one; not terminated */
	size_t word_len;
	bool overflow; /* a number did not fit: the line is not to be trusted */
};

/*
 * Does @line start with @pattern? A blank stands for any number of blanks, also
 * none; %x is a hexadecimal number, with or without 0x; %d a decimal one; %w a
 * word of letters, digits, '_' and '-'; %s the rest of the line. All else is itself.
 */
bool log_match(const char *line, const char *pattern, struct log_match *match);

/* Could @line be the first part of a line that matches? True for the whole, too. */
bool log_match_start(const char *line, const char *pattern);

#endif /* _REPLAY_LOG_READ_H */
