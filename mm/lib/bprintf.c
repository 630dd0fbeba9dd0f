// SPDX-License-Identifier: MIT
/* Formatted text that is kept for later. Contract: linux/string.h. */
#include <linux/string.h>

#include <linux/kernel.h>
#include <linux/seq_file.h>

int vbin_printf(u32 *bin_buf, size_t size, const char *fmt, va_list args)
{
	int len = vsnprintf((char *)bin_buf, size * sizeof(*bin_buf), fmt, args);

	return DIV_ROUND_UP(len + 1, (int)sizeof(*bin_buf));
}

int bprintf(u32 *bin_buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int words;

	va_start(args, fmt);
	words = vbin_printf(bin_buf, size, fmt, args);
	va_end(args);
	return words;
}

int bstr_printf(char *buf, size_t size, const char *fmt, const u32 *bin_buf)
{
	const char *text = (const char *)bin_buf;
	size_t len = strlen(text);

	(void)fmt;
	if (size) {
		size_t fits = min(len, size - 1);

		memcpy(buf, text, fits);
		buf[fits] = '\0';
	}
	return (int)len;
}

void seq_bprintf(struct seq_file *m, const char *f, const u32 *binary)
{
	(void)f;
	seq_puts(m, (const char *)binary);
}
