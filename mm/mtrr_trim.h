/* SPDX-License-Identifier: MIT */
/*
 * RAM that the firmware's range registers leave uncached is set aside: it works, and is a hundred
 * times slower than the rest.
 *
 * Owns:     nothing; e820's table is changed.
 * Lifetime: once the table has what the options made of it, before memblock has.
 * Locking:  none; boot CPU.
 * Failure:  where no RAM at all is write-back the registers are not believed, and a line says so.
 *           disable_mtrr_trim keeps all.
 * Source:   Linux 6.1's mtrr_trim_uncached_memory(), with its option and words. Linux looks at
 *           the ends of RAM, and only where the default is uncached; here all of it is judged.
 */
#ifndef _MM_MTRR_TRIM_H
#define _MM_MTRR_TRIM_H

#include <linux/types.h>

/* Handler of disable_mtrr_trim. 0 or -EINVAL. */
int disable_mtrr_trim_parse_option(char *value);

/* True where something was set aside. */
bool mtrr_trim_uncached_memory(void);

void mtrr_trim_reset(void);

#endif /* _MM_MTRR_TRIM_H */
