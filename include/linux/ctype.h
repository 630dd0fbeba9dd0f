/* SPDX-License-Identifier: MIT */
/*
 * Classes of characters: ASCII and, above it, Latin-1's as Linux has them. No locale; of an
 * int the lowest byte is looked at.
 *
 *   0x00-0x1f, 0x7f  control        0x80-0x9f  none
 *   0xa0  space                     0xa1-0xbf, 0xd7, 0xf7  punctuation
 *   0xc0-0xde  upper case           0xdf-0xff  lower case
 */
#ifndef _LINUX_CTYPE_H
#define _LINUX_CTYPE_H

#include <linux/types.h>

#define isascii(c) ((u8)(c) < 0x80)
#define toascii(c) ((c)&0x7f)

static inline int isdigit(int c)
{
	return (u8)c >= '0' && (u8)c <= '9';
}

static inline int isodigit(int c)
{
	return (u8)c >= '0' && (u8)c <= '7';
}

static inline int isupper(int c)
{
	u8 b = (u8)c;

	return (b >= 'A' && b <= 'Z') || (b >= 0xc0 && b <= 0xde && b != 0xd7);
}

static inline int islower(int c)
{
	u8 b = (u8)c;

	return (b >= 'a' && b <= 'z') || (b >= 0xdf && b != 0xf7);
}

static inline int isalpha(int c)
{
	return isupper(c) || islower(c);
}

static inline int isalnum(int c)
{
	return isalpha(c) || isdigit(c);
}

static inline int isxdigit(int c)
{
	u8 b = (u8)c;

	return isdigit(c) || (b >= 'a' && b <= 'f') || (b >= 'A' && b <= 'F');
}

static inline int isspace(int c)
{
	u8 b = (u8)c;

	return b == ' ' || (b >= '\t' && b <= '\r') || b == 0xa0;
}

static inline int iscntrl(int c)
{
	return (u8)c < ' ' || (u8)c == 0x7f;
}

static inline int isprint(int c)
{
	u8 b = (u8)c;

	return (b >= ' ' && b <= '~') || b >= 0xa0;
}

static inline int isgraph(int c)
{
	return isprint(c) && !isspace(c);
}

static inline int ispunct(int c)
{
	return isgraph(c) && !isalnum(c);
}

static inline int tolower(int c)
{
	return isupper(c) ? (u8)(c + ('a' - 'A')) : (u8)c;
}

static inline int toupper(int c)
{
	return islower(c) ? (u8)(c - ('a' - 'A')) : (u8)c;
}

/* Of letters alone. */
static inline char _tolower(const char c)
{
	return (unsigned char)(c | 0x20);
}
#define __tolower(c) ((unsigned char)tolower(c))
#define __toupper(c) ((unsigned char)toupper(c))

/* What comes with this header on Linux. */
#include <linux/compiler.h>

#endif /* _LINUX_CTYPE_H */
