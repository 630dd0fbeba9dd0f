// SPDX-License-Identifier: MIT
/*
 * Taking sections out of a zone's extents, at their ends or in their middle. Contract:
 * zone_extents.h.
 */
#include "zone_extents.h"

#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "highmem.h"
#include "internal.h"
#include "section_free.h"

/* Index of the extent that holds section @nr, or of the first one above it. */
static unsigned int extent_at(const struct zone *zone, unsigned long nr)
{
	unsigned int i = 0;

	while (i < zone->nr_extents && zone->extents[i].end <= nr)
		i++;
	return i;
}

/* The extent that has section @nr, or NULL. */
static struct zone_extent *extent_of(const struct zone *zone, unsigned long nr)
{
	unsigned int i = extent_at(zone, nr);

	return i < zone->nr_extents && zone->extents[i].start <= nr ? &zone->extents[i] : NULL;
}

bool pages_wait(struct zone *zone, unsigned long start, unsigned long end)
{
	const struct zone_extent *e;
	unsigned long flags;
	bool wait;

	spin_lock_irqsave(&zone->lock, flags);
	e = extent_of(zone, pfn_to_section_nr(start));
	wait = e && (!e->used || count_free_pages(start, end) == end - start);
	spin_unlock_irqrestore(&zone->lock, flags);
	return wait;
}

unsigned long waiting_sections(struct zone *zone)
{
	unsigned long nr, flags;

	spin_lock_irqsave(&zone->lock, flags);
	nr = DIV_ROUND_UP(zone->nr_growing_pages, PAGES_PER_SECTION);
	for (unsigned int i = 0; i < zone->nr_extents; i++)
		nr += zone->extents[i].end - zone->extents[i].start;
	spin_unlock_irqrestore(&zone->lock, flags);
	return nr;
}

struct zone_extent extent_take_last(struct zone *zone)
{
	struct zone_extent *last = &zone->extents[zone->nr_extents - 1];
	struct zone_extent taken = {last->end - 1, last->end, last->used};

	last->end--;
	if (last->start == last->end)
		zone->nr_extents--;
	return taken;
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
		e[1] = (struct zone_extent){end, e->end, 0};
		e->end = start;
		zone->nr_extents++;
	}
	return 0;
}

int extent_take_range(struct zone *zone, struct zone_extent *taken)
{
	unsigned int at = extent_at(zone, taken->start);
	struct zone_extent *e, part;
	int err;

	if (at == zone->nr_extents || zone->extents[at].start >= taken->end)
		return -ENOENT;
	e = &zone->extents[at];
	part = (struct zone_extent){max(taken->start, e->start), min(taken->end, e->end), e->used};
	err = extent_cut(zone, e, part.start, part.end);
	if (!err)
		*taken = part;
	return err;
}

/* Of @e's section. */
static int release_in(struct zone *zone, struct zone_extent *e, unsigned long start,
		      unsigned long end)
{
	phys_addr_t base = PFN_PHYS(start), size = PFN_PHYS(end - start);
	unsigned long pages = end - start;
	int err;

	if (num_online_cpus() > 1)
		return -EBUSY;
	if (count_free_pages(start, end) || !memblock_is_region_memory(base, size))
		return -EINVAL;
	err = memblock_remove_range(&memblock.reserved, base, size);
	if (err)
		return err;
	e->used -= pages;
	data_race_write(zone->nr_extent_pages, zone->nr_extent_pages + pages);
	__mod_zone_freepage_state(zone, (long)pages, MIGRATE_MOVABLE);
	adjust_zone_managed(zone, (long)pages);
	return 0;
}

int release_waiting_pages(unsigned long start, unsigned long end)
{
	struct zone *zone;
	int err = -ENOENT;

	for_each_populated_zone (zone) {
		struct zone_extent *e;
		unsigned long flags;

		spin_lock_irqsave(&zone->lock, flags);
		e = extent_of(zone, pfn_to_section_nr(start));
		if (e)
			err = release_in(zone, e, start, end);
		spin_unlock_irqrestore(&zone->lock, flags);
		if (err != -ENOENT)
			break;
	}
	return err;
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
		old = pfn_to_online_page(PHYS_PFN(__pa(zone->extents)));
		memcpy(page_address(page), zone->extents,
		       zone->nr_extents * sizeof(*zone->extents));
		zone->extents = page_address(page);
		zone->max_extents = max;
	}
	spin_unlock_irqrestore(&zone->lock, flags);
	if (old && !PageReserved(old))
		__free_pages(old, page_alloc_order(old));
	return 0;
}
