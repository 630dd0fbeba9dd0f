/* SPDX-License-Identifier: MIT */
/*
 * The C library's memory and string functions, for the image: host builds take
 * the C library's own. The bulk functions move eight bytes at a time, eight words
 * in a turn; x86 and every 64-bit machine worth the name loads unaligned words.
 */
#include <linux/string.h>

/*
 * A compiler that finds a loop which copies or fills would replace it by a call of
 * memcpy() or memset(): by a call of itself. Clang does not in freestanding code.
 */
#ifndef __clang__
#pragma GCC optimize("no-tree-loop-distribute-patterns")
#endif

/* A word at any address that may alias any object. */
typedef u64 __attribute__((__may_alias__, __aligned__(1))) word_t;

#define WORD	   sizeof(word_t)
#define BLOCK	   (8 * WORD)
#define EVERY_BYTE 0x0101010101010101ULL

void *memcpy(void *dest, const void *src, size_t n)
{
	char *d = dest;
	const char *s = src;

	for (; n >= BLOCK; n -= BLOCK, d += BLOCK, s += BLOCK) {
		const word_t *from = (const word_t *)s;
		word_t *to = (word_t *)d;

		to[0] = from[0];
		to[1] = from[1];
		to[2] = from[2];
		to[3] = from[3];
		to[4] = from[4];
		to[5] = from[5];
		to[6] = from[6];
		to[7] = from[7];
	}
	for (; n >= WORD; n -= WORD, d += WORD, s += WORD)
		*(word_t *)d = *(const word_t *)s;
	for (; n; n--)
		*d++ = *s++;
	return dest;
}

/* From the last byte to the first, for a destination that lies above its source. */
static void copy_backwards(char *dest, const char *src, size_t n)
{
	for (; n % WORD; n--)
		dest[n - 1] = src[n - 1];
	for (; n; n -= WORD)
		*(word_t *)(dest + n - WORD) = *(const word_t *)(src + n - WORD);
}

/* From the first byte to the last, word by word: each is read before it is overwritten. */
static void copy_forwards(char *dest, const char *src, size_t n)
{
	for (; n >= WORD; n -= WORD, dest += WORD, src += WORD)
		*(word_t *)dest = *(const word_t *)src;
	for (; n; n--)
		*dest++ = *src++;
}

void *memmove(void *dest, const void *src, size_t n)
{
	uintptr_t distance = (uintptr_t)dest - (uintptr_t)src;

	if (distance >= n && -distance >= n)
		memcpy(dest, src, n);
	else if (distance < n)
		copy_backwards(dest, src, n);
	else
		copy_forwards(dest, src, n);
	return dest;
}

void *memset(void *s, int c, size_t n)
{
	u64 word = (u8)c * EVERY_BYTE;
	char *p = s;

	for (; n >= BLOCK; n -= BLOCK, p += BLOCK) {
		word_t *to = (word_t *)p;

		to[0] = word;
		to[1] = word;
		to[2] = word;
		to[3] = word;
		to[4] = word;
		to[5] = word;
		to[6] = word;
		to[7] = word;
	}
	for (; n >= WORD; n -= WORD, p += WORD)
		*(word_t *)p = word;
	for (; n; n--)
		*p++ = (char)c;
	return s;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const u8 *x = a;
	const u8 *y = b;

	for (; n >= WORD && *(const word_t *)x == *(const word_t *)y; n -= WORD) {
		x += WORD;
		y += WORD;
	}
	for (; n; n--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}

void *memchr(const void *s, int c, size_t n)
{
	const u8 *p = s;

	for (; n; n--, p++)
		if (*p == (u8)c)
			return (void *)(uintptr_t)p;
	return NULL;
}

size_t strlen(const char *s)
{
	const char *p = s;

	while (*p)
		p++;
	return (size_t)(p - s);
}

size_t strnlen(const char *s, size_t max)
{
	size_t n = 0;

	while (n < max && s[n])
		n++;
	return n;
}

int strcmp(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return (u8)*a - (u8)*b;
}

int strncmp(const char *a, const char *b, size_t n)
{
	for (; n; n--, a++, b++) {
		if (*a != *b)
			return (u8)*a - (u8)*b;
		if (!*a)
			break;
	}
	return 0;
}

char *strchr(const char *s, int c)
{
	for (;; s++) {
		if (*s == (char)c)
			return (char *)(uintptr_t)s;
		if (!*s)
			return NULL;
	}
}

char *strrchr(const char *s, int c)
{
	const char *last = NULL;

	do {
		if (*s == (char)c)
			last = s;
	} while (*s++);
	return (char *)(uintptr_t)last;
}

char *strstr(const char *s, const char *what)
{
	size_t len = strlen(what);

	for (; strncmp(s, what, len); s++)
		if (!*s)
			return NULL;
	return (char *)(uintptr_t)s;
}

/* ---- Copies of text ---------------------------------------------------------------------- */

char *strcpy(char *dest, const char *src)
{
	memcpy(dest, src, strlen(src) + 1);
	return dest;
}

char *strncpy(char *dest, const char *src, size_t n)
{
	size_t len = strnlen(src, n);

	memcpy(dest, src, len);
	memset(dest + len, 0, n - len);
	return dest;
}

char *strcat(char *dest, const char *src)
{
	strcpy(dest + strlen(dest), src);
	return dest;
}

char *strncat(char *dest, const char *src, size_t n)
{
	char *end = dest + strlen(dest);
	size_t len = strnlen(src, n);

	memcpy(end, src, len);
	end[len] = '\0';
	return dest;
}

/* ---- Sets of characters ------------------------------------------------------------------- */

/* How many characters of @s, from the first on, are in @set, or are not. */
static size_t span(const char *s, const char *set, bool in)
{
	size_t len = 0;

	while (s[len] && (strchr(set, s[len]) != NULL) == in)
		len++;
	return len;
}

size_t strspn(const char *s, const char *accept)
{
	return span(s, accept, true);
}

size_t strcspn(const char *s, const char *reject)
{
	return span(s, reject, false);
}

char *strpbrk(const char *s, const char *accept)
{
	s += strcspn(s, accept);
	return *s ? (char *)(uintptr_t)s : NULL;
}

char *strsep(char **s, const char *delimiters)
{
	char *word = *s, *end;

	if (!word)
		return NULL;
	end = strpbrk(word, delimiters);
	*s = end ? end + 1 : NULL;
	if (end)
		*end = '\0';
	return word;
}

char *strchrnul(const char *s, int c)
{
	while (*s && *s != (char)c)
		s++;
	return (char *)(uintptr_t)s;
}

/* ---- Comparisons --------------------------------------------------------------------------- */

/* linux/ctype.h's tolower(), which in tests the C library has, too. */
static int lower(char c)
{
	u8 b = (u8)c;
	bool upper = (b >= 'A' && b <= 'Z') || (b >= 0xc0 && b <= 0xde && b != 0xd7);

	return upper ? b + ('a' - 'A') : b;
}

int strncasecmp(const char *a, const char *b, size_t n)
{
	for (; n; n--, a++, b++) {
		int order = lower(*a) - lower(*b);

		if (order || !*a)
			return order;
	}
	return 0;
}

int strcasecmp(const char *a, const char *b)
{
	return strncasecmp(a, b, (size_t)-1);
}

int bcmp(const void *a, const void *b, size_t n)
{
	return memcmp(a, b, n);
}
