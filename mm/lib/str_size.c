// SPDX-License-Identifier: MIT
/* A number of bytes with its unit. Contract: linux/string_helpers.h. */
#include <linux/string_helpers.h>

#include <linux/array_size.h>
#include <linux/kernel.h>

/* A number of 128 bits, the lowest word first: blocks by their size. */
struct bytes {
	u32 word[4];
};

static struct bytes product(u64 a, u64 b)
{
	unsigned __int128 value = (unsigned __int128)a * b;
	struct bytes bytes;

	for (int i = 0; i < 4; i++)
		bytes.word[i] = (u32)(value >> 32 * i);
	return bytes;
}

static bool is_below(const struct bytes *bytes, u32 limit)
{
	return bytes->word[0] < limit && !bytes->word[1] && !bytes->word[2] && !bytes->word[3];
}

/* Divides *@bytes; what is left over. */
static u32 divide(struct bytes *bytes, u32 by)
{
	u64 rest = 0;

	for (int i = 3; i >= 0; i--) {
		rest = rest << 32 | bytes->word[i];
		bytes->word[i] = (u32)(rest / by);
		rest %= by;
	}
	return (u32)rest;
}

void string_get_size(u64 size, u64 blk_size, enum string_size_units units, char *buf, int len)
{
	static const char *const names[][9] = {
		[STRING_UNITS_10] = {"B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"},
		[STRING_UNITS_2] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"},
	};
	u32 by = units == STRING_UNITS_2 ? 1024 : 1000, rest = 0, whole, tens;
	struct bytes bytes = product(size, blk_size);
	unsigned int unit = 0, digits;

	for (; !is_below(&bytes, by); unit++)
		rest = divide(&bytes, by);
	whole = bytes.word[0];
	digits = !whole || whole >= 100 ? 0 : whole >= 10 ? 1 : 2;
	tens = digits == 2 ? 100 : digits ? 10 : 1;
	/* Thousandths, rounded to the digits that are shown; 9.996 becomes 10.00. */
	rest = (rest * 1000 / by + 500 / tens) * tens / 1000;
	whole += rest / tens;
	if (digits)
		snprintf(buf, (size_t)len, "%u.%0*u %s", whole, (int)digits, rest % tens,
			 unit < ARRAY_SIZE(names[0]) ? names[units][unit] : "UNK");
	else
		snprintf(buf, (size_t)len, "%u %s", whole,
			 unit < ARRAY_SIZE(names[0]) ? names[units][unit] : "UNK");
}
