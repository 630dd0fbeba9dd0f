/* SPDX-License-Identifier: MIT */
/*
 * Shuffled free lists (page_alloc.shuffle=1): which block comes next cannot be guessed,
 * and neighbours in the free lists share no line of a memory-side cache.
 *
 * Owns:       nothing; the order of the free lists of blocks of SHUFFLE_ORDER.
 * Invariants: which blocks are free, and on whose list, does not change.
 * Locking:    the caller holds zone->lock; shuffle_free_memory() takes it.
 * Cost:       none where it is off but for blocks of SHUFFLE_ORDER that are freed.
 * Weakness:   not cryptographic; smaller blocks come as their larger ones do.
 * Source:     Linux 6.1's mm/shuffle.c, with sections shuffled when they are made.
 */
#ifndef _MM_SHUFFLE_H
#define _MM_SHUFFLE_H

#include <linux/mmzone.h>
#include <linux/types.h>

#include "page_alloc.h"

#define SHUFFLE_ORDER MAX_PAGE_ORDER

static inline bool is_shuffle_order(unsigned int order)
{
	return unlikely(order >= SHUFFLE_ORDER) && (data_race(page_hooks) & PAGE_HOOK_SHUFFLE);
}

/* Shall a block that was freed go to the end of its list? */
bool shuffle_pick_tail(void);

/*
 * Each free block of SHUFFLE_ORDER in [start, end) of @zone changes places with another
 * one there. Sections that are not made are passed over.
 */
void shuffle_range(struct zone *zone, unsigned long start, unsigned long end);

/* All zones, if the option asks for it: the boot's memory has been released. */
void shuffle_free_memory(void);

/* Handler of page_alloc.shuffle=. 0 or -EINVAL. */
int shuffle_parse_option(char *value);

#endif /* _MM_SHUFFLE_H */
