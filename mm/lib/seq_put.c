// SPDX-License-Identifier: MIT
/* Numbers, text with escapes and bytes to where dumps write. Contract: linux/seq_file.h. */
#include <linux/seq_file.h>

#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <linux/string_helpers.h>

static void put_delimiter(struct seq_file *m, const char *delimiter)
{
	if (delimiter && *delimiter)
		seq_puts(m, delimiter);
}

void seq_put_decimal_ull_width(struct seq_file *m, const char *delimiter, unsigned long long num,
			       unsigned int width)
{
	put_delimiter(m, delimiter);
	seq_printf(m, "%*llu", (int)width, num);
}

void seq_put_decimal_ull(struct seq_file *m, const char *delimiter, unsigned long long num)
{
	seq_put_decimal_ull_width(m, delimiter, num, 0);
}

void seq_put_decimal_ll(struct seq_file *m, const char *delimiter, long long num)
{
	put_delimiter(m, delimiter);
	seq_printf(m, "%lld", num);
}

void seq_put_hex_ll(struct seq_file *m, const char *delimiter, unsigned long long v,
		    unsigned int width)
{
	put_delimiter(m, delimiter);
	seq_printf(m, "%0*llx", (int)width, v);
}

/* What a byte is written as depends on nothing but the byte. */
void seq_escape_mem(struct seq_file *m, const char *src, size_t len, unsigned int flags,
		    const char *esc)
{
	char text[sizeof("\\377")];

	for (size_t i = 0; i < len; i++)
		seq_write(m, text,
			  (size_t)string_escape_mem(src + i, 1, text, sizeof(text), flags, esc));
}

void seq_escape_str(struct seq_file *m, const char *src, unsigned int flags, const char *esc)
{
	seq_escape_mem(m, src, strlen(src), flags, esc);
}

void seq_escape(struct seq_file *m, const char *s, const char *esc)
{
	seq_escape_str(m, s, ESCAPE_OCTAL, esc);
}

void seq_hex_dump(struct seq_file *m, const char *prefix_str, int prefix_type, int rowsize,
		  int groupsize, const void *buf, size_t len, bool ascii)
{
	const char *bytes = buf;

	if (rowsize != 16 && rowsize != 32)
		rowsize = 16;
	for (size_t at = 0; at < len; at += (size_t)rowsize) {
		char line[32 * 3 + 2 + 32 + 1];

		hex_dump_to_buffer(bytes + at, min(len - at, (size_t)rowsize), rowsize, groupsize,
				   line, sizeof(line), ascii);
		if (prefix_type == DUMP_PREFIX_ADDRESS)
			seq_printf(m, "%s%p: %s\n", prefix_str, (const void *)(bytes + at), line);
		else if (prefix_type == DUMP_PREFIX_OFFSET)
			seq_printf(m, "%s%.8zx: %s\n", prefix_str, at, line);
		else
			seq_printf(m, "%s%s\n", prefix_str, line);
	}
}

void seq_pad(struct seq_file *m, char c)
{
	while (m->count < m->pad_until)
		seq_putc(m, ' ');
	if (c)
		seq_putc(m, c);
}

void seq_show_option(struct seq_file *m, const char *name, const char *value)
{
	seq_putc(m, ',');
	seq_escape(m, name, ",= \t\n\\");
	if (!value)
		return;
	seq_putc(m, '=');
	seq_escape(m, value, ", \t\n\\");
}

char *mangle_path(char *s, const char *p, const char *esc)
{
	while (s <= p) {
		unsigned char c = (unsigned char)*p++;

		if (!c)
			return s;
		if (!strchr(esc, c)) {
			*s++ = (char)c;
		} else if (s + 4 > p) {
			break;
		} else {
			*s++ = '\\';
			*s++ = (char)('0' + (c >> 6));
			*s++ = (char)('0' + (c >> 3 & 7));
			*s++ = (char)('0' + (c & 7));
		}
	}
	return NULL;
}
