// SPDX-License-Identifier: MIT
/* Text in a buffer. Contract: linux/seq_buf.h. */
#include <linux/seq_buf.h>

#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/seq_file.h>
#include <linux/string.h>

static int overflowed(struct seq_buf *s)
{
	seq_buf_set_overflow(s);
	return -1;
}

int seq_buf_vprintf(struct seq_buf *s, const char *fmt, va_list args)
{
	int len;

	if (s->len >= s->size)
		return overflowed(s);
	len = vsnprintf(s->buffer + s->len, s->size - s->len, fmt, args);
	if (s->len + (size_t)len >= s->size)
		return overflowed(s);
	s->len += (size_t)len;
	return 0;
}

int seq_buf_printf(struct seq_buf *s, const char *fmt, ...)
{
	va_list args;
	int err;

	va_start(args, fmt);
	err = seq_buf_vprintf(s, fmt, args);
	va_end(args);
	return err;
}

int seq_buf_puts(struct seq_buf *s, const char *str)
{
	size_t len = strlen(str);

	/* The zero has its place, too, and the next text takes it. */
	if (s->len + len + 1 > s->size)
		return overflowed(s);
	memcpy(s->buffer + s->len, str, len + 1);
	s->len += len;
	return 0;
}

int seq_buf_putc(struct seq_buf *s, unsigned char c)
{
	if (s->len + 1 > s->size)
		return overflowed(s);
	s->buffer[s->len++] = (char)c;
	return 0;
}

int seq_buf_putmem(struct seq_buf *s, const void *mem, unsigned int len)
{
	if (s->len + len > s->size)
		return overflowed(s);
	memcpy(s->buffer + s->len, mem, len);
	s->len += len;
	return 0;
}

int seq_buf_putmem_hex(struct seq_buf *s, const void *mem, unsigned int len)
{
	const u8 *bytes = mem;

	while (len) {
		unsigned int word = min(len, 8U);
		char text[2 * 8 + 1];

		for (unsigned int i = 0; i < word; i++)
			hex_byte_pack(text + 2 * i, bytes[word - 1 - i]);
		text[2 * word] = ' ';
		if (seq_buf_putmem(s, text, 2 * word + 1))
			return -1;
		bytes += word;
		len -= word;
	}
	return 0;
}

int seq_buf_hex_dump(struct seq_buf *s, const char *prefix_str, int prefix_type, int rowsize,
		     int groupsize, const void *buf, size_t len, bool ascii)
{
	const char *bytes = buf;

	if (rowsize != 16 && rowsize != 32)
		rowsize = 16;
	for (size_t at = 0; at < len; at += (size_t)rowsize) {
		char line[32 * 3 + 2 + 32 + 1];
		int err;

		hex_dump_to_buffer(bytes + at, min(len - at, (size_t)rowsize), rowsize, groupsize,
				   line, sizeof(line), ascii);
		if (prefix_type == DUMP_PREFIX_ADDRESS)
			err = seq_buf_printf(s, "%s%p: %s\n", prefix_str,
					     (const void *)(bytes + at), line);
		else if (prefix_type == DUMP_PREFIX_OFFSET)
			err = seq_buf_printf(s, "%s%.8x: %s\n", prefix_str, (unsigned int)at, line);
		else
			err = seq_buf_printf(s, "%s%s\n", prefix_str, line);
		if (err)
			return err;
	}
	return 0;
}

int seq_buf_print_seq(struct seq_file *m, struct seq_buf *s)
{
	seq_write(m, s->buffer, seq_buf_used(s));
	return 0;
}

void seq_buf_do_printk(struct seq_buf *s, const char *lvl)
{
	const char *line, *end;

	if (!s->size || !s->len)
		return;
	seq_buf_terminate(s);
	for (line = s->buffer; (end = strchr(line, '\n')); line = end + 1)
		printk("%s%.*s\n", lvl, (int)(end - line), line);
	if (line < s->buffer + s->len && *line)
		printk("%s%s\n", lvl, line);
}
