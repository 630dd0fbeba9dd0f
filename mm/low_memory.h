/* SPDX-License-Identifier: MIT */
/*
 * memory_corruption_check=1: the memory below 1 MB, which firmware writes to behind everybody's
 * back and nobody gets, is filled and looked at again.
 *
 * Owns:       the pages below memory_corruption_check_size= that are memory, not page 0 and not
 *             in use: reserved like all of the low megabyte, and zero.
 * Invariants: none of them is the program's, nor the page that other CPUs start in.
 * Lifetime:   from the moment when the firmware needs nothing of it any more.
 * Locking:    none; the boot CPU, between other work.
 * Failure:    a word that changed is an error in the log, and a fault of mm_verify_all().
 * Source:     Linux 6.1's arch/x86/kernel/check.c, with its options and lines. Linux looks once a
 *             minute; here it is whenever everything is verified.
 */
#ifndef _MM_LOW_MEMORY_H
#define _MM_LOW_MEMORY_H

struct boot_info;

/* Handlers of memory_corruption_check= and memory_corruption_check_size=. 0 or -EINVAL. */
int memory_corruption_check_parse_option(char *value);
int memory_corruption_check_size_parse_option(char *value);

/* Writes ones, then zeros, to what is to be watched, and reads both back. */
void setup_bios_corruption_check(const struct boot_info *info);

/* Looks at all of it; words that changed, which are zero again. */
int check_for_bios_corruption(void);

/* Back to the state at program start, for hosts that bring up several machines. */
void bios_corruption_reset(void);

#endif /* _MM_LOW_MEMORY_H */
