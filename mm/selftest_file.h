/* SPDX-License-Identifier: MIT */
/*
 * A file for self-tests of the page cache that takes next to no memory of its own: a page's
 * words follow from its index and a version, and a table of versions is all that is ever
 * written.
 *
 * Owns:       one file at a time, its mappings and its table.
 * Invariants: the newest version of a page is in the cache, or else was written.
 * Lifetime:   from formula_open() to formula_close().
 * Locking:    formula_compare() and formula_change() may be called by several CPUs at once,
 *             whatever reclaim and compaction do meanwhile.
 * Units:      pages.
 * Failure:    -errno or false; nothing changed.
 */
#ifndef _MM_SELFTEST_FILE_H
#define _MM_SELFTEST_FILE_H

#include <linux/gfp.h>
#include <linux/types.h>

/* @nr pages of version 0, which are cached in memory by @gfp. */
bool formula_open(unsigned long nr, gfp_t gfp);

/* Drops what is cached, written or not. How many pages were written with other contents. */
unsigned long formula_close(void);

/* Makes the next version of a page, in the cache alone. False without memory. */
bool formula_change(pgoff_t index);

/* Reads the page, and compares it with its newest version. -ENOMEM, or the faults. */
int formula_compare(pgoff_t index);

unsigned long formula_pages(void);  /* of the file */
unsigned long formula_cached(void); /* of them in memory */

/* Looks at mappings and cache, when nobody uses them; how many faults there are. */
int formula_verify(void);

#endif /* _MM_SELFTEST_FILE_H */
