/* SPDX-License-Identifier: MIT */
/*
 * Bytes as letters, six bits in each: RFC 4648's alphabet (A-Z a-z 0-9 + /), without padding.
 *
 * Units:   bytes and characters; BASE64_CHARS(n) for n bytes. No terminator is written.
 * Locking: none; any context.
 * Failure: -1 from base64_decode() of what no encoder makes: other characters, bits that are left
 *          over and set.
 * Source:  Linux 6.1's base64.h.
 */
#ifndef _LINUX_BASE64_H
#define _LINUX_BASE64_H

#include <linux/math.h>
#include <linux/types.h>

#define BASE64_CHARS(nbytes) DIV_ROUND_UP((nbytes)*4, 3)

/* How many characters, or bytes, @dst got. */
int base64_encode(const u8 *src, int len, char *dst);
int base64_decode(const char *src, int len, u8 *dst);

#endif /* _LINUX_BASE64_H */
