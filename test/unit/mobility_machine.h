/* SPDX-License-Identifier: MIT */
/*
 * A machine whose ZONE_DMA32 is taken as a whole: tests say which pages are free, and of
 * which type their pageblocks are.
 */
#ifndef _TEST_MOBILITY_MACHINE_H
#define _TEST_MOBILITY_MACHINE_H

#include "zones_machine.h"

#include <linux/errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../mm/buddy.h"
#include "../../mm/page_isolation.h"

/* One section: 16 MB of DMA, 48 MB of DMA32. */
static const struct ram ram[] = {{0x1000, 0xa0000, 0}, {SZ_1M, SZ_64M, 0}, {0, 0, 0}};

static struct zone *zone;

/* All of DMA32 is taken; the order-10 blocks, for the tests to free parts of. */
#define MAX_BLOCKS 16
static struct page *block[MAX_BLOCKS];
static unsigned int nr_blocks;

static inline int full_zone(void **state)
{
	struct page *page;

	(void)state;
	machine_up(ram);
	memmap_make_all();
	zone = zone_of(0, ZONE_DMA32);
	no_pages_at_hand();
	for (nr_blocks = 0; nr_blocks < MAX_BLOCKS; nr_blocks++) {
		block[nr_blocks] = zone_alloc_pages(zone, MAX_PAGE_ORDER, GFP_HIGHUSER_MOVABLE);
		if (!block[nr_blocks])
			break;
		split_page(block[nr_blocks], MAX_PAGE_ORDER);
	}
	assert_true(nr_blocks >= 8 && nr_blocks < MAX_BLOCKS);
	do
		page = zone_alloc_pages(zone, 0, GFP_HIGHUSER_MOVABLE);
	while (page);
	assert_int_equal(zone_page_state(zone, NR_FREE_PAGES), 0);
	return 0;
}

static inline void set_type(struct page *page, enum migratetype type)
{
	set_pfnblock_migratetype(page_to_pfn(page), type);
}

static inline enum migratetype type_of(const struct page *page)
{
	return get_pfnblock_migratetype(page_to_pfn(page));
}

/* Pages [0, @nr) of @page are freed, in a pageblock that is @type's. */
static inline void give(struct page *page, enum migratetype type, unsigned long nr)
{
	for (unsigned long i = 0; i < nr; i += pageblock_nr_pages)
		set_type(page + i, type);
	for (unsigned long i = 0; i < nr; i++)
		__free_page(page + i);
}

static inline struct page *take(unsigned int order, enum migratetype type, unsigned int alloc_flags)
{
	struct page *page;

	spin_lock(&zone->lock);
	page = __rmqueue(zone, order, type, alloc_flags);
	spin_unlock(&zone->lock);
	return page;
}

#endif /* _TEST_MOBILITY_MACHINE_H */
