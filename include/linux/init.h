/* SPDX-License-Identifier: MIT */
/*
 * What is used until the allocators are up, and given back then.
 *
 * Owns:       the sections that these words (linux/compiler.h) place things in:
 *             __init       a function
 *             __initdata   a variable with a value; __initconst: a constant
 *             __initbss    a variable that starts as zeros, which no file has to hold
 *             __ref, __refdata   a function or variable that stays, yet refers to such: it
 *             does so only while they are there. Nothing else that stays may: each link
 *             of the image looks for that (test/sections-check.py).
 *             Code of efi/ is __init without saying so, but for main.c's.
 * Invariants: what does not stay is at its address until free_initmem(); from then on
 *             nothing is there, and who goes there faults.
 * Lifetime:   free_initmem(): once, at the end of bring-up. What is called later is not
 *             __init, on no architecture.
 * Locking:    none: one CPU brings up.
 * Units:      bytes.
 * Failure:    none. On a host nothing is given back: it brings up one machine after another.
 */
#ifndef _LINUX_INIT_H
#define _LINUX_INIT_H

#include <linux/compiler.h>
#include <linux/types.h>

struct boot_info;
struct boot_range;

/*
 * Gives @info's ranges of these sections to the page allocator, and says how much that is,
 * as Linux does. A range that cannot be unmapped stays as it is, with a message.
 */
void initmem_free(const struct boot_info *info);

/* The same for the machine that was brought up. */
void free_initmem(void);

/* Is it such a range, and given back? */
bool initmem_is_free(const struct boot_range *range);

/* Bytes given back. */
unsigned long initmem_freed(void);

/* Back to the state at program start, for hosts that bring up several machines. */
void initmem_reset(void);

#endif /* _LINUX_INIT_H */
