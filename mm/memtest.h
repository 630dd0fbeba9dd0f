/* SPDX-License-Identifier: MIT */
/*
 * memtest=N: writes N patterns to all free memory, one after the other, reads each
 * back, and reserves the pages that did not keep it; on all CPUs, each its own node's.
 *
 * Owns:       nothing; the memory is free before and after.
 * Invariants: the last pattern is 0, so that tested memory is zero.
 * Lifetime:   while memblock hands out memory and knows which node's it is, and before that
 *             allocator gives nodes any.
 * Locking:    none: the boot CPU calls; memtest_cpus.h says what the others do.
 * Failure:    a page that cannot be reserved is an error in the log, and a warning
 *             that spoils the verdict.
 * Source:     Linux 6.1's early_memtest(), with its patterns, their order and its lines.
 */
#ifndef _MM_MEMTEST_H
#define _MM_MEMTEST_H

#include <linux/types.h>

#define MEMTEST_PATTERNS 17

/* Handler of memtest=N; memtest alone is all patterns once. 0 or -EINVAL. */
int memtest_parse_option(char *value);

/* Tests what is free in [start, end), if the option asks for it. */
void early_memtest(phys_addr_t start, phys_addr_t end);

/* Back to the state at program start, for hosts that bring up several machines. */
void memtest_reset(void);

#endif /* _MM_MEMTEST_H */
