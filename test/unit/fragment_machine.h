/* SPDX-License-Identifier: MIT */
/*
 * A machine whose zones can be fragmented on purpose: half of their pages are movable,
 * here and there, and their owner knows what is in each.
 */
#ifndef _TEST_FRAGMENT_MACHINE_H
#define _TEST_FRAGMENT_MACHINE_H

#include "movable_owner.h"

#include <linux/vmstat.h>

#include "../../mm/compaction.h"

/* A DMA zone that shares its section with DMA32, and two sections above 4 GB. */
static const struct ram ram[] = {
	{0x1000, 0xa0000, 0}, {SZ_1M, SZ_256M, 0}, {SZ_4G, SZ_4G + SZ_256M, 0}, {0, 0, 0}};

static inline int machine(void **state)
{
	(void)state;
	machine_up(ram);
	no_pages_at_hand();
	srand(1);
	return 0;
}

static inline int machine_end(void **state)
{
	owner_check_all();
	owner_exit();
	assert_int_equal(verify_all(), 0);
	return machine_down(state);
}

/* ---- Fragmenting a zone ------------------------------------------------------------ */

/* Gives every free page of the zone to the owner, in blocks of orders up to @order. */
static inline void take_zone_in_blocks(struct zone *zone, unsigned int order)
{
	unsigned long handle = 0;

	owner_init(zone_managed_pages(zone));
	for (;;) {
		unsigned int one = order ? (unsigned int)(rand() >> 8) % (order + 1) : 0;
		gfp_t compound = order && rand() >> 9 & 1 ? __GFP_COMP : 0;
		struct page *page = zone_alloc_pages(zone, one, GFP_HIGHUSER_MOVABLE | compound);

		page = page ?: zone_alloc_pages(zone, 0, GFP_HIGHUSER_MOVABLE);
		if (!page)
			break;
		owner_add(page, handle++);
	}
	assert_int_equal(zone_page_state(zone, NR_FREE_PAGES), 0);
	owner.nr = handle;
}

static inline void take_zone(struct zone *zone)
{
	take_zone_in_blocks(zone, 0);
}

/* About half of its pages are free then, here and there. */
static inline void fragment_zone_in_blocks(struct zone *zone, unsigned int order)
{
	take_zone_in_blocks(zone, order);
	for (unsigned long i = 0; i < owner.nr; i++)
		if (rand() >> 12 & 1)
			owner_drop(i);
	drain_all_pages(zone);
}

static inline void fragment_zone(struct zone *zone)
{
	fragment_zone_in_blocks(zone, 0);
}

/* Blocks of @order that the zone has, in larger ones, too. */
static inline unsigned long blocks_of(const struct zone *zone, unsigned int order)
{
	unsigned long nr = 0;

	for (unsigned int o = order; o < NR_PAGE_ORDERS; o++)
		nr += zone->free_area[o].nr_free << (o - order);
	return nr;
}

#endif /* _TEST_FRAGMENT_MACHINE_H */
