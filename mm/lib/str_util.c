// SPDX-License-Identifier: MIT
/* String and memory functions that the C library does not have; ours in host builds, too. */
#include <linux/string.h>

#include <linux/bitops.h>
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kernel.h>

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

/* ---- Searches ---------------------------------------------------------------------------- */

void *memscan(void *s, int c, size_t n)
{
	void *found = memchr(s, c, n);

	return found ? found : (char *)s + n;
}

char *strnchrnul(const char *s, size_t count, int c)
{
	while (count-- && *s && *s != (char)c)
		s++;
	return (char *)(uintptr_t)s;
}

char *strnchr(const char *s, size_t count, int c)
{
	for (; count; count--, s++) {
		if (*s == (char)c)
			return (char *)(uintptr_t)s;
		if (!*s)
			break;
	}
	return NULL;
}

char *strnstr(const char *s, const char *what, size_t count)
{
	size_t len = strlen(what);

	for (; len <= count; s++, count--) {
		if (!memcmp(s, what, len))
			return (char *)(uintptr_t)s;
	}
	return NULL;
}

size_t memweight(const void *ptr, size_t bytes)
{
	const u8 *p = ptr;
	size_t weight = 0;

	while (bytes--)
		weight += hweight8(*p++);
	return weight;
}

bool sysfs_streq(const char *s1, const char *s2)
{
	while (*s1 && *s1 == *s2) {
		s1++;
		s2++;
	}
	if (*s1 == '\n' && !*s2)
		return !s1[1];
	if (*s2 == '\n' && !*s1)
		return !s2[1];
	return *s1 == *s2;
}

int match_string(const char *const *array, size_t n, const char *string)
{
	for (size_t i = 0; i < n && array[i]; i++)
		if (!strcmp(array[i], string))
			return (int)i;
	return -EINVAL;
}

int __sysfs_match_string(const char *const *array, size_t n, const char *s)
{
	for (size_t i = 0; i < n && array[i]; i++)
		if (sysfs_streq(array[i], s))
			return (int)i;
	return -EINVAL;
}

/* ---- Copies and changes ------------------------------------------------------------------- */

ssize_t strscpy_pad(char *dest, const char *src, size_t size)
{
	ssize_t len = strscpy(dest, src, size);

	if (len >= 0)
		memset(dest + len, 0, size - (size_t)len);
	return len;
}

size_t strlcpy(char *dest, const char *src, size_t size)
{
	size_t len = strlen(src), copied = min(len, size ? size - 1 : 0);

	if (size) {
		memcpy(dest, src, copied);
		dest[copied] = '\0';
	}
	return len;
}

size_t strlcat(char *dest, const char *src, size_t size)
{
	size_t len = strnlen(dest, size);

	return len + strlcpy(dest + len, src, size - len);
}

char *strreplace(char *s, char old, char new)
{
	for (; *s; s++)
		if (*s == old)
			*s = new;
	return s;
}

char *strim(char *s)
{
	size_t len = strlen(s);

	while (len && isspace(s[len - 1]))
		len--;
	s[len] = '\0';
	return skip_spaces(s);
}

void *memset16(u16 *s, u16 value, size_t n)
{
	for (size_t i = 0; i < n; i++)
		s[i] = value;
	return s;
}

void *memset32(u32 *s, u32 value, size_t n)
{
	for (size_t i = 0; i < n; i++)
		s[i] = value;
	return s;
}

void *memset64(u64 *s, u64 value, size_t n)
{
	for (size_t i = 0; i < n; i++)
		s[i] = value;
	return s;
}

void memcpy_and_pad(void *dest, size_t dest_len, const void *src, size_t count, int pad)
{
	count = min(count, dest_len);
	memcpy(dest, src, count);
	memset((char *)dest + count, pad, dest_len - count);
}

ssize_t memory_read_from_buffer(void *to, size_t count, loff_t *ppos, const void *from,
				size_t available)
{
	loff_t pos = *ppos;

	if (pos < 0)
		return -EINVAL;
	if ((size_t)pos >= available)
		return 0;
	count = min(count, available - (size_t)pos);
	memcpy(to, (const char *)from + pos, count);
	*ppos = pos + (loff_t)count;
	return (ssize_t)count;
}
