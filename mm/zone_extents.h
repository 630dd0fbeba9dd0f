/* SPDX-License-Identifier: MIT */
/*
 * A zone's extents: sections that are free and not made yet. A section of which some pages
 * are taken or no memory has an entry of its own.
 *
 * Owns:       zone->extents[], by address, none empty; and the pages that hold them once
 *             bring-up's table has become too small.
 * Invariants: nr_extents <= max_extents. Their pages' number is the caller's to keep.
 * Lifetime:   from mem_init() on, which fills them.
 * Locking:    zone->lock is held, but where a function says that it takes it.
 * Units:      section numbers; pages where it says so.
 * Failure:    -errno, nothing changed.
 */
#ifndef _MM_ZONE_EXTENTS_H
#define _MM_ZONE_EXTENTS_H

#include <linux/compiler.h>
#include <linux/mmzone.h>

/*
 * Do pages [start, end) of one section wait in @zone's extents, all of them free? Takes
 * zone->lock: good for a search, since it may be otherwise as soon as this returns.
 */
bool pages_wait(struct zone *zone, unsigned long start, unsigned long end);

/* Pages of @e that are free. */
static inline unsigned long extent_pages(const struct zone_extent *e)
{
	return ((e->end - e->start) << PFN_SECTION_SHIFT) - e->used;
}

/* Sections that wait, and that are being made. Takes zone->lock. */
unsigned long waiting_sections(struct zone *zone);

/* Pages of sections that wait, or are being made. Without zone->lock a guess. */
static inline unsigned long zone_waiting_pages(const struct zone *zone)
{
	return data_race(zone->nr_extent_pages) + data_race(zone->nr_growing_pages);
}

/* The free blocks of @order that they come to, as large as can be. */
static inline unsigned long zone_waiting_blocks(const struct zone *zone, unsigned int order)
{
	unsigned long blocks = zone_waiting_pages(zone) >> order;

	return order == MAX_PAGE_ORDER ? blocks : blocks & 1;
}

/* Is more of them to be had, for all that is known? */
static inline bool zone_can_grow(const struct zone *zone)
{
	return zone_waiting_pages(zone) && !data_race(zone->growth_stuck);
}

/* The highest section leaves the extents of @zone, which has some. */
struct zone_extent extent_take_last(struct zone *zone);

/*
 * Takes out what one extent has of [taken->start, taken->end), the lowest, and says which
 * sections that is. -ENOENT: none has any; -ENOSPC: one would become two, and there is no
 * room.
 */
int extent_take_range(struct zone *zone, struct zone_extent *taken);

/*
 * Pages [start, end) of a section that waits, which were reserved, are free from now on.
 * -ENOENT: the section does not wait; -EINVAL: not all of them are reserved memory; -EBUSY:
 * other CPUs run, and memblock's tables must not change. Takes zone->lock.
 */
int release_waiting_pages(unsigned long start, unsigned long end);

/*
 * Moves them to pages of their own, with twice the room: for pages that nobody can wait for.
 * Takes zone->lock.
 */
int extents_double(struct zone *zone);

#endif /* _MM_ZONE_EXTENTS_H */
