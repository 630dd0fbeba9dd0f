// SPDX-License-Identifier: MIT
/* Bytes as text. Contract: linux/printk.h. */
#include <linux/printk.h>

#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/string.h>

#define ROW_MAX 32

/* The number that @size bytes at @p are on this machine. */
static unsigned long long group_value(const u8 *p, size_t size)
{
	unsigned long long value = 0;

	memcpy(&value, p, size);
	return value;
}

static size_t put_groups(char *line, size_t size, const u8 *row, size_t len, size_t group)
{
	size_t used = 0;

	for (size_t i = 0; i + group <= len; i += group)
		used += (size_t)scnprintf(line + used, size - used, "%s%0*llx", i ? " " : "",
					  (int)(2 * group), group_value(row + i, group));
	return used;
}

static void put_ascii(char *line, size_t size, const u8 *row, size_t len)
{
	for (size_t i = 0; i < len && i + 1 < size; i++, *line = '\0')
		*line++ = row[i] >= 0x20 && row[i] < 0x7f ? (char)row[i] : '.';
}

/* Text of one row; with @ascii behind a column that all rows have at one place. */
static void row_text(char *line, size_t size, const u8 *row, size_t len, size_t row_size,
		     size_t group, bool ascii)
{
	size_t used = put_groups(line, size, row, len, group);
	size_t column = row_size * 2 + row_size / group + 1;

	if (!ascii)
		return;
	used += (size_t)scnprintf(line + used, size - used, "%*s", (int)(column - used), "");
	put_ascii(line + used, size - used, row, len);
}

static size_t row_size_of(int rowsize)
{
	return rowsize == 32 ? 32 : 16;
}

static size_t group_of(int groupsize, size_t len)
{
	bool fits = groupsize > 0 && is_power_of_2((unsigned long)groupsize) && groupsize <= 8 &&
		    !(len % (size_t)groupsize);

	return fits ? (size_t)groupsize : 1;
}

int hex_dump_to_buffer(const void *buf, size_t len, int rowsize, int groupsize, char *linebuf,
		       size_t linebuflen, bool ascii)
{
	size_t row_size = row_size_of(rowsize);
	char line[ROW_MAX * 4 + 8] = "";

	len = min(len, row_size);
	row_text(line, sizeof(line), buf, len, row_size, group_of(groupsize, len), ascii && len);
	strscpy(linebuf, line, linebuflen);
	return (int)strlen(line);
}

void print_hex_dump(const char *level, const char *prefix_str, int prefix_type, int rowsize,
		    int groupsize, const void *buf, size_t len, bool ascii)
{
	size_t row_size = row_size_of(rowsize), group = group_of(groupsize, len);
	const u8 *row = buf;
	char line[ROW_MAX * 4 + 8];

	for (size_t at = 0; at < len; at += row_size) {
		row_text(line, sizeof(line), row + at, min(row_size, len - at), row_size, group,
			 ascii);
		if (prefix_type == DUMP_PREFIX_ADDRESS)
			printk("%s%s%px: %s\n", level, prefix_str, (const void *)(row + at), line);
		else if (prefix_type == DUMP_PREFIX_OFFSET)
			printk("%s%s%.8zx: %s\n", level, prefix_str, at, line);
		else
			printk("%s%s%s\n", level, prefix_str, line);
	}
}
