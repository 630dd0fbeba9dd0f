/* SPDX-License-Identifier: MIT */
/*
 * A zone's extents: sections that are free as a whole and not made yet.
 *
 * Owns:       zone->extents[], by address, none empty, no two that touch at the start;
 *             and the pages that hold them once bring-up's table has become too small.
 * Invariants: nr_extents <= max_extents. Their pages' number is the caller's to keep.
 * Lifetime:   from mem_init() on, which fills them.
 * Locking:    zone->lock is held, but for extents_double(), which takes it.
 * Units:      section numbers.
 * Failure:    -errno, nothing changed.
 */
#ifndef _MM_ZONE_EXTENTS_H
#define _MM_ZONE_EXTENTS_H

#include <linux/mmzone.h>

/* Does the section wait in @zone's extents? Without zone->lock a guess, good for a search. */
bool section_waits(const struct zone *zone, unsigned long nr);

/*
 * Takes out what one extent has of [*start, *end), the lowest, and says which sections
 * that is. -ENOENT: none has any; -ENOSPC: one would become two, and there is no room.
 */
int extent_take_range(struct zone *zone, unsigned long *start, unsigned long *end);

/* Moves them to pages of their own, with twice the room: for pages that nobody can wait for. */
int extents_double(struct zone *zone);

#endif /* _MM_ZONE_EXTENTS_H */
