/* SPDX-License-Identifier: MIT */
/*
 * Where a dump writes its text: one form for the consoles, for host tests that
 * compare it, and for files. Dumps take a struct seq_file as Linux's /proc
 * files do, and print nothing else.
 */
#ifndef _LINUX_SEQ_FILE_H
#define _LINUX_SEQ_FILE_H

#include <stdarg.h>
#include <linux/compiler.h>
#include <linux/types.h>

struct seq_file {
	/* Takes @len bytes of text. Never NULL. */
	void (*write)(struct seq_file *m, const char *text, size_t len);
	void *private; /* the writer's */
};

void seq_printf(struct seq_file *m, const char *fmt, ...) __printf(2, 3);
void seq_puts(struct seq_file *m, const char *s);
void seq_putc(struct seq_file *m, char c);
void seq_vprintf(struct seq_file *m, const char *fmt, va_list args) __printf(2, 0);
int seq_write(struct seq_file *m, const void *data, size_t len); /* 0 */

/*
 * @num after @delimiter, which may be NULL; the second form with blanks before it, to @width
 * characters, the last one in hex with zeroes.
 */
void seq_put_decimal_ull(struct seq_file *m, const char *delimiter, unsigned long long num);
void seq_put_decimal_ull_width(struct seq_file *m, const char *delimiter, unsigned long long num,
			       unsigned int width);
void seq_put_decimal_ll(struct seq_file *m, const char *delimiter, long long num);
void seq_put_hex_ll(struct seq_file *m, const char *delimiter, unsigned long long v,
		    unsigned int width);

/*
 * Text with escapes: @flags and @esc are string_escape_mem()'s (linux/string_helpers.h); the last
 * form writes the bytes of @esc in octal.
 */
void seq_escape_mem(struct seq_file *m, const char *src, size_t len, unsigned int flags,
		    const char *esc);
void seq_escape_str(struct seq_file *m, const char *src, unsigned int flags, const char *esc);
void seq_escape(struct seq_file *m, const char *s, const char *esc);

/* Lines as of print_hex_dump() (linux/printk.h). */
void seq_hex_dump(struct seq_file *m, const char *prefix_str, int prefix_type, int rowsize,
		  int groupsize, const void *buf, size_t len, bool ascii);

/* For reports that are dumps, too: to @m, or to the log at @level where @m is NULL. */
void seq_or_log_printf(struct seq_file *m, const char *level, const char *fmt, ...) __printf(3, 4);

/* Writes to all consoles and the log ring, without times or levels. */
extern struct seq_file seq_console;

/*
 * A seq_file that fills a buffer: @m->private points at struct seq_text. Text
 * past the end is dropped and counted; the buffer is always terminated. (Linux's
 * linux/seq_buf.h is for who puts a text together himself.)
 */
struct seq_text {
	char *buf;
	size_t size;
	size_t len;	/* bytes written, without the terminator */
	size_t dropped; /* bytes that found no room */
};

void seq_text_init(struct seq_file *m, struct seq_text *sb, char *buf, size_t size);

#endif /* _LINUX_SEQ_FILE_H */
