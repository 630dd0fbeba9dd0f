/* SPDX-License-Identifier: MIT */
/*
 * Machines that are brought up once, and are for each input as they were then: see
 * host/snapshot.h for what that costs.
 *
 *   input   run 1 on machine 0 | run 2 on machine 2 | run 3 on machine 0 | ...
 *   before  made, kept           made, kept           gone to
 *   after   brought back         brought back         brought back
 *
 * Pages on the zones' free lists hold what freeing them left there, so that they are as they
 * should be; all others are brought back with what lies in them.
 */
#ifndef _TEST_FUZZ_FUZZ_MACHINE_H
#define _TEST_FUZZ_FUZZ_MACHINE_H

#include "fuzz.h"

#include <host/snapshot.h>
#include <linux/gfp.h>
#include <linux/mmzone.h>

/* The machine that is up, of those that were made; NULL: not yet kept. */
static struct host_snapshot *fuzz_machine;

/* By pfn: on a free list. As large as the largest machine has pages. */
static struct {
	bool *pages;
	unsigned long nr;
} fuzz_free;

static inline void fuzz_mark_free(const struct page *page, unsigned int order)
{
	unsigned long pfn = page_to_pfn(page);

	fuzz_check(pfn + (1UL << order) <= fuzz_free.nr);
	memset(fuzz_free.pages + pfn, true, 1UL << order);
}

static inline void fuzz_mark_zone_free(const struct zone *zone)
{
	struct page *page;

	for (unsigned int order = 0; order < NR_PAGE_ORDERS; order++)
		for (int type = 0; type < MIGRATE_TYPES; type++)
			list_for_each_entry (page, &zone->free_area[order].free_list[type],
					     buddy_list)
				fuzz_mark_free(page, order);
}

/* Finds out what is on the free lists. */
static inline void fuzz_look_for_free_pages(void)
{
	struct zone *zone;

	drain_all_pages(NULL);
	if (fuzz_free.nr < max_pfn) {
		free(fuzz_free.pages);
		fuzz_free.nr = max_pfn;
		fuzz_free.pages = calloc(fuzz_free.nr, sizeof(bool));
	}
	for_each_populated_zone (zone) {
		memset(fuzz_free.pages + zone->zone_start_pfn, false, zone->spanned_pages);
		fuzz_mark_zone_free(zone);
	}
}

static inline bool fuzz_page_in_use(unsigned long pfn)
{
	return pfn >= fuzz_free.nr || !fuzz_free.pages[pfn];
}

/*
 * Machine @snapshot for an input, as @make brought it up when it was first wanted: that one
 * finds no machine, and leaves one.
 */
static inline void fuzz_machine_begin(struct host_snapshot **snapshot, void (*make)(void))
{
	if (!*snapshot) {
		if (fuzz_machine)
			host_machine_leave();
		make();
		fuzz_look_for_free_pages();
		*snapshot = host_snapshot_take(fuzz_page_in_use);
	} else if (*snapshot != fuzz_machine) {
		host_snapshot_go_to(*snapshot);
	}
	fuzz_machine = *snapshot;
}

/* The input had its run. */
static inline void fuzz_machine_end(void)
{
	fuzz_look_for_free_pages();
	host_snapshot_restore(fuzz_machine);
}

#endif /* _TEST_FUZZ_FUZZ_MACHINE_H */
