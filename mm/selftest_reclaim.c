/* SPDX-License-Identifier: MIT */
/*
 * Self-tests of memory pressure on the machine's own RAM: with all of it in a page
 * cache every page can be had all the same, and every page of the cache is read again
 * as it was written; with nothing to reclaim the end is NULL, and nothing is lost.
 */
#include "selftest.h"

#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/vmstat.h>

#include "internal.h"
#include "selftest_file.h"

/* Machines up to this size are tested as a whole, others in ZONE_DMA. */
#define QUICK_PAGES PHYS_PFN(SZ_256M)
#define FULL_PAGES  PHYS_PFN(SZ_1G)

/* Of three pages one is changed. */
#define CHANGED_STEP 3

/* ---- All memory --------------------------------------------------------------------------- */

/* Where the pressure is: everywhere, or where it takes no time. */
static gfp_t pressure_gfp(void)
{
	unsigned long most = selftest_full ? FULL_PAGES : QUICK_PAGES;

	return get_num_physpages() <= most ? GFP_HIGHUSER_MOVABLE : GFP_KERNEL | GFP_DMA;
}

static unsigned long take_pages(struct list_head *taken, gfp_t gfp)
{
	unsigned long pages = 0;
	struct page *page;

	for (; (page = alloc_page(gfp | __GFP_NOWARN)); pages++)
		list_add(&page->lru, taken);
	return pages;
}

static void give_back(struct list_head *taken)
{
	while (!list_empty(taken)) {
		struct page *page = list_first_entry(taken, struct page, lru);

		list_del(&page->lru);
		__free_page(page);
	}
}

/* What can be had when nothing is cached; zones make their sections on the way. */
static unsigned long measure(gfp_t gfp)
{
	unsigned long pages;
	LIST_HEAD(taken);

	pages = take_pages(&taken, gfp);
	give_back(&taken);
	kmem_cache_shrink_all();
	return pages;
}

/* ---- A cache that holds it ------------------------------------------------------------------ */

/* Reads or changes all of the file: more than there is memory. Faults, or -ENOMEM. */
static int fill_cache(void)
{
	int faults = 0;

	for (pgoff_t i = 0; i < formula_pages() && faults >= 0; i++) {
		if (i % CHANGED_STEP)
			faults = formula_compare(i);
		else if (!formula_change(i))
			faults = -ENOMEM;
	}
	return faults;
}

static int check_contents(void)
{
	int faults = 0, err = 0;

	for (pgoff_t i = 0; i < formula_pages() && err >= 0; i++) {
		err = formula_compare(i);
		faults += err > 0;
	}
	return err < 0 ? err : faults;
}

/* All that could be had without the cache can be had with it. */
static int take_from_cache(unsigned long measured, gfp_t gfp)
{
	unsigned long cached = formula_cached(), taken;
	unsigned long by_kswapd = vm_event(PGSTEAL_KSWAPD), directly = vm_event(PGSTEAL_DIRECT);
	LIST_HEAD(list);
	int faults;

	taken = take_pages(&list, gfp);
	selftest_note("%lu pages cached; %lu of %lu pages taken, %lu stay cached", cached, taken,
		      measured, formula_cached());
	selftest_note("%lu pages reclaimed by kswapd, %lu by who waited for them",
		      vm_event(PGSTEAL_KSWAPD) - by_kswapd, vm_event(PGSTEAL_DIRECT) - directly);
	/* Reclaim may end with less than its cluster of 32 on each side. */
	faults = taken + measured / 64 + 64 < measured || formula_cached() > 64;
	give_back(&list);
	return selftest_faults_injected() ? 0 : faults;
}

static int press_cache(unsigned long measured, gfp_t gfp)
{
	int faults = fill_cache(), wrong;

	if (faults >= 0)
		faults += take_from_cache(measured, gfp);
	wrong = faults < 0 ? 0 : check_contents();
	if (faults < 0 || wrong < 0)
		faults = selftest_no_memory("a page cache");
	else
		faults += wrong;
	return faults + (formula_verify() != 0);
}

static int close_file(void)
{
	unsigned long lost = formula_close();

	if (lost)
		selftest_note("%lu pages were written with other contents", lost);
	return lost != 0;
}

static int test_reclaim_cache(void)
{
	struct free_snapshot *before = free_snapshot_alloc(), *after = free_snapshot_alloc();
	gfp_t gfp = pressure_gfp();
	unsigned long measured = measure(gfp);
	int faults;

	if (before && after)
		free_snapshot_take(before);
	if (before && after && formula_open(measured + measured / 16 + 1, gfp)) {
		faults = press_cache(measured, gfp);
		faults += close_file();
		kmem_cache_shrink_all();
		free_snapshot_take(after);
		faults += free_snapshot_came_back(before, after);
	} else {
		faults = selftest_no_memory("the test's own tables");
	}
	free_snapshot_free(before);
	free_snapshot_free(after);
	return faults;
}

/* ---- Nothing to reclaim ------------------------------------------------------------------------ */

/* One allocation more than there is memory, whose report is in the log. */
static int fail_once(gfp_t gfp)
{
	unsigned long failed = page_alloc_stats.failed;
	struct page *page = alloc_page(gfp);

	if (page) {
		selftest_note("a page came after the last one");
		__free_page(page);
	} else if (page_alloc_stats.failed == failed + 1) {
		return 0;
	}
	return !selftest_faults_injected();
}

static int test_reclaim_nothing(void)
{
	struct free_snapshot *before = free_snapshot_alloc(), *after = free_snapshot_alloc();
	gfp_t gfp = pressure_gfp();
	int faults = 0;
	LIST_HEAD(taken);

	if (before && after) {
		measure(gfp);
		free_snapshot_take(before);
		take_pages(&taken, gfp);
		faults += fail_once(gfp);
		give_back(&taken);
		free_snapshot_take(after);
		faults += free_snapshot_came_back(before, after);
	} else {
		faults = selftest_no_memory("the test's own tables");
	}
	free_snapshot_free(before);
	free_snapshot_free(after);
	return faults;
}

const struct selftest reclaim_selftests[] = {
	{"reclaim_cache", test_reclaim_cache},
	{"reclaim_nothing", test_reclaim_nothing},
	{NULL, NULL},
};
