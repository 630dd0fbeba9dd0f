/* SPDX-License-Identifier: MIT */
/*
 * Text that is put together in a buffer of the caller's, and knows when that is too small.
 *
 *   | text ... | free ... |
 *   0         len        size       len > size: it has overflowed
 *
 * Owns:       nothing.
 * Invariants: len <= size, or size + 1 after what did not fit. What did not fit is not there
 *             at all, and of what comes after it nothing.
 * Locking:    the caller's.
 * Units:      bytes. The text ends with a zero once seq_buf_terminate() was called, or
 *             seq_buf_str().
 * Failure:    -1 and the mark of an overflow.
 * Source:     Linux's include/linux/seq_buf.h: the same names and meaning.
 */
#ifndef _LINUX_SEQ_BUF_H
#define _LINUX_SEQ_BUF_H

#include <stdarg.h>
#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/minmax.h>
#include <linux/types.h>

struct seq_file;

struct seq_buf {
	char *buffer;
	size_t size;
	size_t len;
	loff_t readpos; /* of who hands the text out in pieces */
};

static inline void seq_buf_clear(struct seq_buf *s)
{
	s->len = 0;
	s->readpos = 0;
	if (s->size)
		s->buffer[0] = '\0';
}

static inline void seq_buf_init(struct seq_buf *s, char *buf, unsigned int size)
{
	s->buffer = buf;
	s->size = size;
	seq_buf_clear(s);
}

static inline bool seq_buf_has_overflowed(struct seq_buf *s)
{
	return s->len > s->size;
}

static inline void seq_buf_set_overflow(struct seq_buf *s)
{
	s->len = s->size + 1;
}

static inline unsigned int seq_buf_buffer_left(struct seq_buf *s)
{
	return seq_buf_has_overflowed(s) ? 0 : (unsigned int)(s->size - s->len);
}

static inline unsigned int seq_buf_used(struct seq_buf *s)
{
	return (unsigned int)min(s->len, s->size);
}

/* Ends the text with a zero, which takes its last byte where there is no room. */
static inline void seq_buf_terminate(struct seq_buf *s)
{
	if (WARN_ON(s->size == 0))
		return;
	s->buffer[seq_buf_buffer_left(s) ? s->len : s->size - 1] = '\0';
}

/* The same, and the text. "" where there is no buffer. */
static inline const char *seq_buf_str(struct seq_buf *s)
{
	if (WARN_ON(s->size == 0))
		return "";
	seq_buf_terminate(s);
	return s->buffer;
}

/* What is free, for who writes there himself: its size, 0 for none. */
static inline size_t seq_buf_get_buf(struct seq_buf *s, char **bufp)
{
	size_t left = seq_buf_buffer_left(s);

	*bufp = left ? s->buffer + s->len : NULL;
	return left;
}

/* He wrote @num bytes; below 0: it was too little room. */
static inline void seq_buf_commit(struct seq_buf *s, int num)
{
	if (num < 0) {
		seq_buf_set_overflow(s);
		return;
	}
	BUG_ON(s->len + (size_t)num > s->size);
	s->len += (size_t)num;
}

/* Each 0, or -1 where it did not fit. */
int seq_buf_printf(struct seq_buf *s, const char *fmt, ...) __printf(2, 3);
int seq_buf_vprintf(struct seq_buf *s, const char *fmt, va_list args) __printf(2, 0);
int seq_buf_puts(struct seq_buf *s, const char *str);
int seq_buf_putc(struct seq_buf *s, unsigned char c);
int seq_buf_putmem(struct seq_buf *s, const void *mem, unsigned int len);

/* Words of 8 bytes in hex, highest digit first, a blank after each. */
int seq_buf_putmem_hex(struct seq_buf *s, const void *mem, unsigned int len);

/* Lines as of print_hex_dump() (linux/printk.h). */
int seq_buf_hex_dump(struct seq_buf *s, const char *prefix_str, int prefix_type, int rowsize,
		     int groupsize, const void *buf, size_t len, bool ascii);

/* The text to @m; 0. */
int seq_buf_print_seq(struct seq_file *m, struct seq_buf *s);

/* The text to the log, a message a line, each after the level @lvl (KERN_INFO). */
void seq_buf_do_printk(struct seq_buf *s, const char *lvl);

/* What comes with this header on Linux. */
#include <linux/fs.h>

#endif /* _LINUX_SEQ_BUF_H */
