// SPDX-License-Identifier: MIT
/* Hexadecimal digits to bytes and back. Contract: linux/kernel.h. */
#include <linux/kernel.h>

#include <linux/ctype.h>
#include <linux/errno.h>

const char hex_asc[] = "0123456789abcdef";
const char hex_asc_upper[] = "0123456789ABCDEF";

int hex_to_bin(unsigned char ch)
{
	if (isdigit(ch))
		return ch - '0';
	return isxdigit(ch) ? tolower(ch) - 'a' + 10 : -1;
}

int hex2bin(u8 *dst, const char *src, size_t count)
{
	for (; count; count--, src += 2) {
		int high = hex_to_bin((unsigned char)src[0]);
		int low = high < 0 ? -1 : hex_to_bin((unsigned char)src[1]);

		if (low < 0)
			return -EINVAL;
		*dst++ = (u8)(high << 4 | low);
	}
	return 0;
}

char *bin2hex(char *dst, const void *src, size_t count)
{
	const u8 *from = src;

	while (count--)
		dst = hex_byte_pack(dst, *from++);
	return dst;
}
