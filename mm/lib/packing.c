// SPDX-License-Identifier: MIT
/* Fields of foreign layouts. Contract: linux/packing.h. */
#include <linux/packing.h>

#include <linux/bitrev.h>
#include <linux/errno.h>
#include <linux/minmax.h>

/* Where the number's byte @n, counted from its lowest, lies in a buffer of @len bytes. */
static size_t place_of(size_t n, size_t len, u8 quirks)
{
	size_t group = n / 4 * 4, size = min((size_t)4, len - group), in = n - group;
	size_t start = quirks & QUIRK_LSW32_IS_FIRST ? group : len - group - size;

	return start + (quirks & QUIRK_LITTLE_ENDIAN ? in : size - 1 - in);
}

int packing(void *pbuf, u64 *uval, int startbit, int endbit, size_t pbuflen, enum packing_op op,
	    u8 quirks)
{
	int width = startbit - endbit + 1;
	u64 value = 0;

	if (endbit < 0 || startbit < endbit || (size_t)startbit >= 8 * pbuflen)
		return -EINVAL;
	if (width > 64 || (op == PACK && width < 64 && *uval >> width))
		return -ERANGE;
	for (int n = endbit / 8; n <= startbit / 8; n++) {
		u8 *byte = (u8 *)pbuf + place_of((size_t)n, pbuflen, quirks);
		u8 now = quirks & QUIRK_MSB_ON_THE_RIGHT ? bitrev8(*byte) : *byte;
		int low = max(endbit, n * 8), high = min(startbit, n * 8 + 7);
		u8 mask = (u8)GENMASK(high - n * 8, low - n * 8);
		int in_value = low - endbit, in_byte = low - n * 8;

		if (op == UNPACK) {
			value |= (u64)((now & mask) >> in_byte) << in_value;
			continue;
		}
		now = (u8)((now & ~mask) | ((*uval >> in_value << in_byte) & mask));
		*byte = quirks & QUIRK_MSB_ON_THE_RIGHT ? bitrev8(now) : now;
	}
	if (op == UNPACK)
		*uval = value;
	return 0;
}
