// SPDX-License-Identifier: MIT
/*
 * Taking sections out of a zone's extents, at their ends or in their middle. Contract:
 * zone_extents.h.
 */
#include "zone_extents.h"

#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "internal.h"

/* Index of the extent that holds section @nr, or of the first one above it. */
static unsigned int extent_at(const struct zone *zone, unsigned long nr)
{
	unsigned int i = 0;

	while (i < zone->nr_extents && zone->extents[i].end <= nr)
		i++;
	return i;
}

bool section_waits(const struct zone *zone, unsigned long nr)
{
	unsigned int i = extent_at(zone, nr);

	return i < zone->nr_extents && zone->extents[i].start <= nr;
}

/* Sections [start, end) leave @e, which has them: it shrinks, vanishes, or becomes two. */
static int extent_cut(struct zone *zone, struct zone_extent *e, unsigned long start,
		      unsigned long end)
{
	size_t above = (size_t)(&zone->extents[zone->nr_extents] - (e + 1));

	if (e->start == start && e->end == end) {
		memmove(e, e + 1, above * sizeof(*e));
		zone->nr_extents--;
	} else if (e->start == start) {
		e->start = end;
	} else if (e->end == end) {
		e->end = start;
	} else {
		if (zone->nr_extents == zone->max_extents)
			return -ENOSPC;
		memmove(e + 2, e + 1, above * sizeof(*e));
		e[1] = (struct zone_extent){end, e->end};
		e->end = start;
		zone->nr_extents++;
	}
	return 0;
}

int extent_take_range(struct zone *zone, unsigned long *start, unsigned long *end)
{
	unsigned int at = extent_at(zone, *start);
	unsigned long first, last;
	struct zone_extent *e;
	int err;

	if (at == zone->nr_extents || zone->extents[at].start >= *end)
		return -ENOENT;
	e = &zone->extents[at];
	first = max(*start, e->start);
	last = min(*end, e->end);
	err = extent_cut(zone, e, first, last);
	if (err)
		return err;
	*start = first;
	*end = last;
	return 0;
}

/* The table of bring-up stays reserved: other zones have parts of it. */
int extents_double(struct zone *zone)
{
	unsigned int max = 2 * zone->max_extents, order = get_order(max * sizeof(*zone->extents));
	struct page *page = alloc_pages_node(zone->node, GFP_NOWAIT | __GFP_NOWARN, order), *old;
	unsigned long flags;

	if (!page)
		return -ENOMEM;
	spin_lock_irqsave(&zone->lock, flags);
	old = page; /* another CPU may have been first */
	if (zone->max_extents < max) {
		old = virt_to_page(zone->extents);
		memcpy(page_address(page), zone->extents,
		       zone->nr_extents * sizeof(*zone->extents));
		zone->extents = page_address(page);
		zone->max_extents = max;
	}
	spin_unlock_irqrestore(&zone->lock, flags);
	if (!PageReserved(old))
		__free_pages(old, page_alloc_order(old));
	return 0;
}
