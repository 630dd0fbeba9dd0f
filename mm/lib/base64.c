// SPDX-License-Identifier: MIT
/* Bytes as letters. Contract: linux/base64.h. */
#include <linux/base64.h>

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int base64_encode(const u8 *src, int len, char *dst)
{
	unsigned int bits = 0, word = 0;
	char *at = dst;

	for (int i = 0; i < len; i++) {
		word = word << 8 | src[i];
		for (bits += 8; bits >= 6;) {
			bits -= 6;
			*at++ = letters[word >> bits & 63];
		}
	}
	if (bits)
		*at++ = letters[word << (6 - bits) & 63];
	return (int)(at - dst);
}

/* -1: none of them. */
static int value_of(char c)
{
	for (int i = 0; i < 64; i++)
		if (letters[i] == c)
			return i;
	return -1;
}

int base64_decode(const char *src, int len, u8 *dst)
{
	unsigned int bits = 0, word = 0;
	u8 *at = dst;

	for (int i = 0; i < len; i++) {
		int value = value_of(src[i]);

		if (value < 0)
			return -1;
		word = word << 6 | (unsigned int)value;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			*at++ = (u8)(word >> bits);
		}
	}
	return word & ((1U << bits) - 1) ? -1 : (int)(at - dst);
}
