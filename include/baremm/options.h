/* SPDX-License-Identifier: MIT */
/*
 * Options: words separated by blanks, `name` or `name=value`, with Linux's
 * names and syntax. A value may be quoted ("a b"); `--` ends the options.
 *
 * Owns:     the list of tables that units registered.
 * Lifetime: register_options() before parse_options(); values that a handler
 *           wants to keep it keeps itself.
 * Locking:  none; boot CPU only.
 * Failure:  an option that no table has, or whose handler refuses its value, is
 *           named in the log, counted in bad_options, and ignored.
 * Source:   Linux's parse_early_param(), next_arg().
 */
#ifndef _BAREMM_OPTIONS_H
#define _BAREMM_OPTIONS_H

#include <linux/types.h>

struct boot_option {
	const char *name;
	/* Takes the text after '=', or NULL where there is none. 0 or -errno. */
	int (*parse)(char *value);
};

/* @table stays where it is for ever. A name may be in several tables: all get it. */
void register_options(const struct boot_option *table, size_t nr);

/* Calls the handlers in the order of the words in @text. Returns bad_options. */
unsigned int parse_options(const char *text);

extern unsigned int bad_options;

/* The options that mm/ itself understands. */
void mm_register_options(void);

#endif /* _BAREMM_OPTIONS_H */
