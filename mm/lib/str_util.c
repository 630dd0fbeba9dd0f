/* SPDX-License-Identifier: MIT */
/* String and memory functions that the C library does not have; ours in host builds, too. */
#include <linux/string.h>
#include <linux/ctype.h>
#include <linux/errno.h>

void *memchr_inv(const void *s, int c, size_t n)
{
	const u8 *p = s;
	u64 word = (u8)c * 0x0101010101010101ULL;
	u64 have;

	/* Whole words first: this is how megabytes of poison are checked. */
	for (; n >= sizeof(have); n -= sizeof(have), p += sizeof(have)) {
		__builtin_memcpy(&have, p, sizeof(have));
		if (have != word)
			break;
	}
	for (; n; n--, p++)
		if (*p != (u8)c)
			return (void *)(uintptr_t)p;
	return NULL;
}

ssize_t strscpy(char *dest, const char *src, size_t size)
{
	size_t len;

	if (size == 0)
		return -E2BIG;
	for (len = 0; len < size - 1 && src[len]; len++)
		dest[len] = src[len];
	dest[len] = '\0';
	return src[len] ? -E2BIG : (ssize_t)len;
}

char *skip_spaces(const char *s)
{
	while (isspace(*s))
		s++;
	return (char *)(uintptr_t)s;
}
