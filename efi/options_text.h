/* SPDX-License-Identifier: MIT */
/*
 * The options' text: what a shell, a boot entry or baremm.cfg says, made into
 * one line of words separated by blanks. Pure functions of bytes: they call no
 * firmware and run in the host tests too.
 *
 * Owns:       nothing; the caller owns the buffers.
 * Invariants: the result is terminated, and holds printable ASCII alone: other
 *             characters become '?', white space becomes single blanks.
 * Lifetime:   any time.
 * Locking:    none; no state.
 * Units:      bytes, also for UTF-16 input.
 * Failure:    see each function; none of them reads past its input or writes
 *             past its output.
 */
#ifndef _EFI_OPTIONS_TEXT_H
#define _EFI_OPTIONS_TEXT_H

#include <linux/types.h>

/*
 * Decodes the load options of an image: UTF-16 that ends at a NUL or with the
 * bytes; plain ASCII is taken too, as some loaders pass it. A shell's command
 * line starts with the program's name, a boot entry's does not: the first word
 * is left out if it ends in ".efi" or is @image_name (any case, with any path
 * before it and with or without ".efi"; NULL: not known).
 *
 * Returns the length of @out. -EINVAL where the bytes are no text (device
 * paths and other binary data occur): @out is empty. -E2BIG where @out was too
 * small: it holds the words that fit.
 */
int options_from_load_options(char *out, size_t size, const void *data, size_t bytes,
			      const char *image_name);

/*
 * Decodes baremm.cfg: ASCII or UTF-8, or UTF-16 with a byte order mark, as the
 * UEFI shell's editor writes it. A word that starts with '#' opens a comment up
 * to the end of the line (so that memmap=64M#1G is none). Returns as above.
 */
int options_from_cfg(char *out, size_t size, const void *data, size_t bytes);

/*
 * The name of the file at the end of @path, a UTF-16 path of @chars characters,
 * in ASCII; and the length of the path up to and with the last backslash.
 */
size_t options_split_path(const u16 *path, size_t chars, char *name, size_t size);

/*
 * Copies what follows @prefix in the last word of @options that starts with it;
 * false where there is none or it does not fit. For what has to be known before
 * the options are parsed.
 */
bool options_find(const char *options, const char *prefix, char *value, size_t size);

/* Has any efi= of @options the word @word in its list? As on Linux, they add up. */
bool options_efi_has(const char *options, const char *word);

#endif /* _EFI_OPTIONS_TEXT_H */
