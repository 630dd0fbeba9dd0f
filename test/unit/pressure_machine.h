/* SPDX-License-Identifier: MIT */
/*
 * Machines for the tests of memory pressure: those with a page cache, one file in it,
 * and all sections made, so that the memory there is shows in the counts.
 */
#ifndef _TEST_PRESSURE_MACHINE_H
#define _TEST_PRESSURE_MACHINE_H

#include "cache_machine.h"

#include "../../mm/vmscan.h"

#define QUIET (GFP_KERNEL | __GFP_NOWARN)

static struct test_file file;

static inline int open_file(void **state)
{
	cache_machine(state);
	memmap_make_all();
	test_file_open(&file);
	return 0;
}

static inline int open_file_two_cpus(void **state)
{
	(void)state;
	cache_machine_make(SZ_64M, 1, 2);
	memmap_make_all();
	test_file_open(&file);
	return 0;
}

static inline int open_file_two_nodes(void **state)
{
	cache_machine_two_nodes(state);
	memmap_make_all();
	test_file_open(&file);
	return 0;
}

static inline int close_file(void **state)
{
	assert_int_equal(mapping_verify(&file.mapping), 0);
	test_file_close(&file);
	assert_int_equal(global_node_page_state(NR_ISOLATED_FILE), 0);
	assert_int_equal(page_alloc_stats.free_flags, 0);
	return cache_machine_end(state);
}

/* Pages by @gfp until there are no more. */
static inline unsigned long take_all(struct list_head *taken, gfp_t gfp)
{
	unsigned long pages = 0;
	struct page *page;

	while ((page = alloc_page(gfp))) {
		list_add(&page->lru, taken);
		pages++;
	}
	return pages;
}

static inline void free_all(struct list_head *taken)
{
	while (!list_empty(taken)) {
		struct page *page = list_first_entry(taken, struct page, lru);

		list_del(&page->lru);
		__free_page(page);
	}
}

/* Reclaims @pages pages for an allocation of @gfp from node @nid, as the slow path does. */
static inline unsigned long reclaim(gfp_t gfp, int nid)
{
	struct alloc_context ac = {.highest_zoneidx = gfp_zone(gfp)};

	ac.preferred_zoneref = first_zones_zonelist(node_zonelist(nid, gfp | __GFP_THISNODE),
						    ac.highest_zoneidx, NULL);
	return try_to_free_pages(0, gfp, &ac);
}

#endif /* _TEST_PRESSURE_MACHINE_H */
