/* SPDX-License-Identifier: MIT */
/*
 * What a caller of the page allocator may rely on: pictures of the free areas, and a
 * model that keeps an owner for every page.
 */
#ifndef _TEST_PAGE_MODEL_H
#define _TEST_PAGE_MODEL_H

#include "zones_machine.h"

#include <stdlib.h>
#include <string.h>

/* 256 MB with the usual hole below 1 MB, and 128 MB above 4 GB. */
static inline int pc_machine(void **state)
{
	static const struct ram ram[] = {
		{0x1000, 0xa0000, 0}, {SZ_1M, SZ_256M, 0}, {SZ_4G, SZ_4G + SZ_128M, 0}, {0, 0, 0}};

	(void)state;
	machine_up(ram);
	zone_grow(zone_of(0, ZONE_NORMAL)); /* its one section, which boot left waiting */
	return 0;
}

/* ---- Pictures of the free areas ------------------------------------------------- */

/* One byte a page: 0, or the order of the free block that starts there, plus 1. */
struct picture {
	unsigned char *order;
	unsigned long free;
};

static inline struct picture take_picture(void)
{
	struct picture pic = {.order = calloc(max_pfn, 1)};
	struct zone *zone;

	drain_all_pages(NULL);
	for_each_zone (zone) {
		pic.free += zone_page_state(zone, NR_FREE_PAGES);
		for (unsigned int order = 0; order < NR_PAGE_ORDERS; order++)
			for (int type = 0; type < MIGRATE_TYPES; type++) {
				struct page *page;

				list_for_each_entry (page, &zone->free_area[order].free_list[type],
						     buddy_list)
					pic.order[page_to_pfn(page)] = (unsigned char)(order + 1);
			}
	}
	return pic;
}

static inline void assert_same_picture(struct picture before)
{
	struct picture now = take_picture();

	assert_int_equal(now.free, before.free);
	assert_memory_equal(now.order, before.order, max_pfn);
	free(now.order);
	free(before.order);
}

/* ---- The model ------------------------------------------------------------------- */

#define MODEL_BLOCKS 3000

struct model {
	unsigned char *owned; /* a byte a page: does a caller have it? */
	struct {
		struct page *page;
		unsigned int order;
	} block[MODEL_BLOCKS];
	unsigned int nr;
	unsigned long pages;
};

static const gfp_t model_gfps[] = {GFP_KERNEL,
				   GFP_HIGHUSER_MOVABLE,
				   GFP_KERNEL | __GFP_RECLAIMABLE,
				   GFP_KERNEL | GFP_DMA,
				   GFP_KERNEL | GFP_DMA32,
				   GFP_ATOMIC,
				   GFP_KERNEL | __GFP_COMP,
				   GFP_KERNEL | __GFP_MEMALLOC};

/* All sections are made, so that all free pages are on lists. */
static inline struct model *model_make(void)
{
	struct model *m = calloc(1, sizeof(*m));

	memmap_make_all();
	m->owned = calloc(max_pfn, 1);
	return m;
}

static inline void model_end(struct model *m)
{
	free(m->owned);
	free(m);
}

static inline void model_set(struct model *m, unsigned long pfn, unsigned int order, bool owned)
{
	assert_null(memchr(m->owned + pfn, owned ? 1 : 0, 1UL << order));
	memset(m->owned + pfn, owned, 1UL << order);
	m->pages += owned ? 1UL << order : -(1UL << order);
}

/* There is room for one more block. */
static inline void model_alloc(struct model *m, unsigned int order, gfp_t gfp)
{
	struct page *page = alloc_pages(gfp | __GFP_NOWARN, order);

	if (!page)
		return;
	assert_true(zone_idx(page_zone(page)) <= (int)gfp_zone(gfp));
	model_set(m, page_to_pfn(page), order, true);
	m->block[m->nr].page = page;
	m->block[m->nr++].order = order;
}

/* Block @i, by its last reference where @put. */
static inline void model_free(struct model *m, unsigned int i, bool put)
{
	struct page *page = m->block[i].page;
	unsigned int order = m->block[i].order;

	model_set(m, page_to_pfn(page), order, false);
	m->block[i] = m->block[--m->nr];
	if (put)
		put_page(page);
	else
		__free_pages(page, order);
}

#endif /* _TEST_PAGE_MODEL_H */
