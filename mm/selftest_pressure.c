/* SPDX-License-Identifier: MIT */
/* Little memory on a machine of any size. Contract: selftest_pressure.h. */
#include "selftest_pressure.h"

#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "internal.h"
#include "vmscan.h"

#define HOG_MOST      PHYS_PFN(SZ_2G)
#define LEFT	      PHYS_PFN(SZ_8M) /* of a node or zone, */
#define LEFT_LEAST    PHYS_PFN(SZ_2M) /* or less of a zone, as there are so many that all have */
#define LEFT_OF_ALL   PHYS_PFN(SZ_32M)
#define HOG_TRIES     8 /* of an order */
#define HOG_ORDER_MIN 8

static LIST_HEAD(hog);
/* What they were before they were raised, of each populated zone; NULL: they are not. */
static struct marks {
	unsigned long of[NR_WMARK];
} * raised;

/* ---- Blocks ----------------------------------------------------------------------------- */

static unsigned long free_pages_of(int nid)
{
	unsigned long free = 0;

	for (int i = 0; i < MAX_NR_ZONES; i++)
		free += zone_page_state(&NODE_DATA(nid)->node_zones[i], NR_FREE_PAGES);
	return free;
}

/* The sections that zones had not made are made for them. */
static void take_hog_of(int nid, unsigned int order)
{
	const gfp_t gfp = GFP_KERNEL | __GFP_THISNODE | __GFP_NOWARN | __GFP_NORETRY;
	int failed = 0; /* faults may be injected */

	while (failed < HOG_TRIES && free_pages_of(nid) > LEFT + (1UL << order)) {
		struct page *page = alloc_pages_node(nid, gfp, order);

		if (page) {
			set_page_private(page, order);
			list_add(&page->lru, &hog);
		} else {
			failed++;
		}
	}
}

static unsigned long take_hog(void)
{
	int nid;

	for_each_node_state (nid, N_MEMORY)
		for (unsigned int order = MAX_PAGE_ORDER; order >= HOG_ORDER_MIN; order--)
			take_hog_of(nid, order);
	return nr_free_pages();
}

static void give_hog(void)
{
	struct page *page, *next;

	list_for_each_entry_safe (page, next, &hog, lru)
		__free_pages(page, (unsigned int)page_private(page));
	INIT_LIST_HEAD(&hog);
}

/* ---- Marks ------------------------------------------------------------------------------ */

static void set_marks(struct zone *zone, const unsigned long *marks)
{
	memcpy(zone->_watermark, marks, sizeof(zone->_watermark));
	zone_update_margin(zone);
}

/*
 * Leaves @left pages of @zone, whose marks were those @before; less where it has no more. What
 * lies in CMA areas is for movable pages alone, and is left to them.
 */
static unsigned long raise_marks_of(struct zone *zone, unsigned long left, struct marks *before)
{
	unsigned long flags, min;

	spin_lock_irqsave(&zone->lock, flags);
	memcpy(before->of, zone->_watermark, sizeof(before->of));
	min = zone_page_state(zone, NR_FREE_PAGES) - zone_page_state(zone, NR_FREE_CMA_PAGES);
	min -= min(min, left);
	if (min > high_wmark_pages(zone))
		set_marks(zone, (unsigned long[NR_WMARK]){min, min + left / 8, min + left / 4});
	else
		left = 0;
	spin_unlock_irqrestore(&zone->lock, flags);
	return left;
}

static void lower_marks_of(struct zone *zone, const struct marks *before)
{
	unsigned long flags;

	spin_lock_irqsave(&zone->lock, flags);
	set_marks(zone, before->of);
	spin_unlock_irqrestore(&zone->lock, flags);
}

static unsigned long raise_marks(void)
{
	unsigned long left = 0, each;
	struct marks *marks;
	struct zone *zone;
	unsigned int nr = 0;

	for_each_populated_zone (zone)
		nr++;
	raised = marks = kcalloc(nr, sizeof(*marks), GFP_KERNEL);
	if (!marks)
		return nr_free_pages();
	/* NOLINTNEXTLINE(clang-analyzer-core.DivideZero): zones are there. */
	each = clamp(LEFT_OF_ALL / nr, LEFT_LEAST, LEFT);
	for_each_populated_zone (zone)
		left += raise_marks_of(zone, each, marks++);
	return left;
}

static void lower_marks(void)
{
	const struct marks *marks = raised;
	struct zone *zone;

	if (!marks)
		return;
	for_each_populated_zone (zone)
		lower_marks_of(zone, marks++);
	kfree(raised);
	raised = NULL;
}

/* ---- Either ----------------------------------------------------------------------------- */

unsigned long pressure_begin(void)
{
	kswapd_settle();
	return totalram_pages() <= HOG_MOST ? take_hog() : raise_marks();
}

void pressure_end(void)
{
	kswapd_settle();
	give_hog();
	lower_marks();
}
