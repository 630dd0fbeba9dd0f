/* SPDX-License-Identifier: MIT */
/*
 * What editors, mail and web pages do to the bytes of a log, undone: UTF-16, line
 * ends of a lone carriage return, quoted-printable (RFC 2045, section 6.7), HTML.
 *
 * Owns:       nothing.
 * Invariants: what is decoded is never longer; text that none of it was done to
 *             stays as it is.
 * Locking:    none.
 * Units:      bytes.
 * Failure:    none: what cannot be decoded stays.
 */
#ifndef _REPLAY_LOG_DECODE_H
#define _REPLAY_LOG_DECODE_H

#include <stddef.h>

/* Decodes @text where it lies, and returns its length. */
size_t log_decode(char *text, size_t len);

#endif /* _REPLAY_LOG_DECODE_H */
