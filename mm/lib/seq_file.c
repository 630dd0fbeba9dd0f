/* SPDX-License-Identifier: MIT */
/* Where dumps write: the consoles, or a buffer. */
#include <linux/seq_file.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <baremm/console.h>

int seq_write(struct seq_file *m, const void *data, size_t len)
{
	m->count += len;
	m->write(m, data, len);
	return 0;
}

void seq_puts(struct seq_file *m, const char *s)
{
	seq_write(m, s, strlen(s));
}

void seq_putc(struct seq_file *m, char c)
{
	seq_write(m, &c, 1);
}

void seq_vprintf(struct seq_file *m, const char *fmt, va_list args)
{
	char text[LOG_LINE_MAX];
	int len = vsnprintf(text, sizeof(text), fmt, args);

	seq_write(m, text, min((size_t)len, sizeof(text) - 1));
	if ((size_t)len >= sizeof(text))
		seq_puts(m, "...\n");
}

void seq_printf(struct seq_file *m, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	seq_vprintf(m, fmt, args);
	va_end(args);
}

void seq_or_log_printf(struct seq_file *m, const char *level, const char *fmt, ...)
{
	char line[LOG_LINE_MAX];
	va_list args;

	va_start(args, fmt);
	vscnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	if (m)
		seq_puts(m, line);
	else
		printk("%s%s", level, line);
}

static void write_consoles(struct seq_file *m, const char *text, size_t len)
{
	(void)m;
	console_write_raw(text, len);
}

struct seq_file seq_console = {.write = write_consoles};

static void write_buf(struct seq_file *m, const char *text, size_t len)
{
	struct seq_text *sb = m->writer;
	size_t room = sb->size ? sb->size - 1 - sb->len : 0;
	size_t fits = min(len, room);

	sb->dropped += len - fits;
	m->overflowed |= fits < len;
	if (!fits)
		return;
	memcpy(sb->buf + sb->len, text, fits);
	sb->len += fits;
	sb->buf[sb->len] = '\0';
}

void seq_text_init(struct seq_file *m, struct seq_text *sb, char *buf, size_t size)
{
	*sb = (struct seq_text){.buf = buf, .size = size};
	*m = (struct seq_file){.write = write_buf, .writer = sb};
	if (size)
		buf[0] = '\0';
}
