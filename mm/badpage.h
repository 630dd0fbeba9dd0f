/* SPDX-License-Identifier: MIT */
/*
 * Memory that is known to be faulty before there are page structs: what badpage=
 * names, and what memtest= finds.
 *
 * Owns:       the ranges of badpage=; the flag MEMBLOCK_HWPOISON in memblock.reserved.
 * Invariants: what is noted is whole pages, reserved, and so nobody's; the sections
 *             that hold it are made at the hand-over, since something in them is
 *             reserved, and its pages are PG_hwpoison from mem_init() on.
 * Lifetime:   while memblock is open; memory_failure() (linux/mm.h) is for later.
 * Locking:    none: boot CPU alone.
 * Units:      bytes and physical addresses.
 * Failure:    -errno with a message, nothing changed.
 */
#ifndef _MM_BADPAGE_H
#define _MM_BADPAGE_H

#include <linux/types.h>

/*
 * Handler of badpage=ADDR[-ADDR][,...]: the pages at an address, or from one to the
 * other with both. -EINVAL; -ENOSPC where there are more ranges than the table holds.
 */
int badpage_parse_option(char *value);

/* How many ranges were given: so many regions reserving them may add. */
unsigned int badpage_count(void);

/*
 * Reserves what the option named. What is taken already stays its owner's; @say
 * tells so in the log. May be called again, after memory was given back.
 */
void badpage_reserve(bool say);

/* Reserves the whole pages that [start, end) touches, as faulty. 0 or -ENOMEM. */
int bad_memory_reserve(phys_addr_t start, phys_addr_t end);

/* Was the page reserved as faulty? */
bool bad_memory_known(unsigned long pfn);

/* Page structs are there: marks and counts the pages reserved as faulty. */
void bad_memory_mark_pages(void);

/* Back to the state at program start, for hosts that bring up several machines. */
void badpage_reset(void);

#endif /* _MM_BADPAGE_H */
