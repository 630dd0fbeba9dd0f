// SPDX-License-Identifier: MIT
/*
 * Watermarks, reserves and per-CPU list sizes: Linux 6.1's formulas, and setting
 * them for every zone. Contract: mm/internal.h.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/log2.h>
#include <linux/math.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/sizes.h>

#include "internal.h"
#include "zone_extents.h"

/* Distance between the marks, in 1/10000 of a zone: Linux's default and limits. */
#define WATERMARK_SCALE_FACTOR	   10
#define WATERMARK_SCALE_FACTOR_MAX 3000

/* A zone keeps 1/ratio of what callers could have from the zones above; 0: nothing. */
static const unsigned long lowmem_reserve_ratio[MAX_NR_ZONES] = {
	[ZONE_DMA] = 256,
	[ZONE_DMA32] = 256,
	[ZONE_NORMAL] = 32,
};

/* Percent of a node's pages: unmapped page cache, and slab, that reclaim leaves. */
#define MIN_UNMAPPED_RATIO 1
#define MIN_SLAB_RATIO	   5

/* What a zone of high memory keeps at least and at most; the first is Linux's SWAP_CLUSTER_MAX. */
#define HIGHMEM_MIN_LEAST 32UL
#define HIGHMEM_MIN_MOST  128UL

/* Other CPUs are not up yet. */
#define CPUS_AT_BOOT 1

unsigned long min_free_kbytes = 1024;
static long user_min_free_kbytes = -1; /* what an option says; -1: nothing */
static unsigned long watermark_scale_factor = WATERMARK_SCALE_FACTOR;
unsigned long totalreserve_pages;

/* ---- Formulas ------------------------------------------------------------------ */

/* Grows with the root: 1 GB keeps 4 MB, 64 GB 32 MB, and nobody more than 256 MB. */
unsigned long calc_min_free_kbytes(unsigned long lowmem_kbytes)
{
	return clamp(int_sqrt(lowmem_kbytes * 16), 128UL, 262144UL);
}

/* The zone's part of the reserve, as its part of @lowmem_pages, which may not hold it. */
static unsigned long min_share(unsigned long min_kbytes, unsigned long managed,
			       unsigned long lowmem_pages)
{
	/* An int in kilobytes is 2^29 pages: no overflow for zones up to 2^35, 128 TB. */
	unsigned long share = (min_kbytes >> (PAGE_SHIFT - 10)) * managed;

	return lowmem_pages ? share / lowmem_pages : 0;
}

static struct zone_marks marks_above(unsigned long min_pages, unsigned long share,
				     unsigned long managed)
{
	unsigned long step = max(share >> 2, mult_frac(managed, watermark_scale_factor, 10000));

	return (struct zone_marks){min_pages, min_pages + step, min_pages + 2 * step};
}

struct zone_marks calc_zone_marks(unsigned long min_kbytes, unsigned long managed,
				  unsigned long lowmem_pages)
{
	unsigned long share = min_share(min_kbytes, managed, lowmem_pages);

	return marks_above(share, share, managed);
}

struct zone_marks calc_highmem_marks(unsigned long min_kbytes, unsigned long managed,
				     unsigned long lowmem_pages)
{
	return marks_above(clamp(managed / 1024, HIGHMEM_MIN_LEAST, HIGHMEM_MIN_MOST),
			   min_share(min_kbytes, managed, lowmem_pages), managed);
}

void calc_lowmem_reserve(const unsigned long managed[MAX_NR_ZONES],
			 long reserve[MAX_NR_ZONES][MAX_NR_ZONES])
{
	for (int i = 0; i < MAX_NR_ZONES; i++) {
		unsigned long ratio = managed[i] ? lowmem_reserve_ratio[i] : 0, above = 0;

		for (int j = 0; j <= i; j++)
			reserve[i][j] = 0;
		for (int j = i + 1; j < MAX_NR_ZONES; j++) {
			above += managed[j];
			reserve[i][j] = ratio ? (long)(above / ratio) : 0;
		}
	}
}

/* About a thousandth of the zone and at most 1 MB, a quarter of it, as 2^n - 1. */
unsigned long calc_pageset_batch(unsigned long managed)
{
	unsigned long batch = min(managed >> 10, SZ_1M / PAGE_SIZE) / 4;

	batch = max(batch, 1UL);
	batch = rounddown_pow_of_two(batch + batch / 2) - 1;
	return max(batch, 1UL);
}

/* The pages up to the low mark, divided among the CPUs of the node. */
unsigned long calc_pageset_high(unsigned long low_mark, unsigned long batch, unsigned int cpus)
{
	return max(low_mark / max(cpus, 1U), batch << 2);
}

/* ---- Setting them ---------------------------------------------------------------- */

static unsigned long lowmem_pages(void)
{
	unsigned long pages = 0;
	struct zone *zone;

	for_each_zone (zone)
		if (!is_highmem(zone))
			pages += zone_managed_pages(zone);
	return pages;
}

static struct zone_marks zone_marks(const struct zone *zone, unsigned long lowmem)
{
	unsigned long managed = zone_managed_pages(zone);

	return have_highmem() && is_highmem(zone)
		       ? calc_highmem_marks(min_free_kbytes, managed, lowmem)
		       : calc_zone_marks(min_free_kbytes, managed, lowmem);
}

static void zone_set_marks(struct zone *zone, unsigned long lowmem)
{
	unsigned long managed = zone_managed_pages(zone);
	struct zone_marks marks = zone_marks(zone, lowmem);
	unsigned long flags;

	spin_lock_irqsave(&zone->lock, flags);
	zone->_watermark[WMARK_MIN] = marks.min;
	zone->_watermark[WMARK_LOW] = marks.low;
	zone->_watermark[WMARK_HIGH] = marks.high;
	zone->watermark_boost = 0;
	zone_update_margin(zone);
	zone->pageset_batch = (int)calc_pageset_batch(managed);
	zone->pageset_high =
		(int)calc_pageset_high(marks.low, (unsigned long)zone->pageset_batch, CPUS_AT_BOOT);
	spin_unlock_irqrestore(&zone->lock, flags);
}

static void node_set_reserves(pg_data_t *pgdat)
{
	long reserve[MAX_NR_ZONES][MAX_NR_ZONES];
	unsigned long managed[MAX_NR_ZONES], all = 0;

	for (int i = 0; i < MAX_NR_ZONES; i++) {
		managed[i] = zone_managed_pages(&pgdat->node_zones[i]);
		all += managed[i];
	}
	calc_lowmem_reserve(managed, reserve);
	for (int i = 0; i < MAX_NR_ZONES; i++)
		for (int j = 0; j < MAX_NR_ZONES; j++)
			pgdat->node_zones[i].lowmem_reserve[j] = reserve[i][j];
	pgdat->min_unmapped_pages = pgdat->min_slab_pages = 0;
	for (int i = 0; all && i < MAX_NR_ZONES; i++) {
		pgdat->min_unmapped_pages += managed[i] * MIN_UNMAPPED_RATIO / 100;
		pgdat->min_slab_pages += managed[i] * MIN_SLAB_RATIO / 100;
	}
}

/* What ordinary callers never get of a node: the high marks and the largest reserve. */
static void node_set_totalreserve(pg_data_t *pgdat)
{
	pgdat->totalreserve_pages = 0;
	for (int i = 0; i < MAX_NR_ZONES; i++) {
		const struct zone *zone = &pgdat->node_zones[i];
		unsigned long most = 0;

		for (int j = i; j < MAX_NR_ZONES; j++)
			most = max(most, (unsigned long)zone->lowmem_reserve[j]);
		pgdat->totalreserve_pages +=
			min(most + high_wmark_pages(zone), zone_managed_pages(zone));
	}
	totalreserve_pages += pgdat->totalreserve_pages;
}

/* More than there is would leave nothing for anybody. */
static void __init choose_min_free_kbytes(unsigned long lowmem)
{
	unsigned long user = (unsigned long)user_min_free_kbytes, most = pages_to_kb(lowmem) / 2;

	min_free_kbytes = calc_min_free_kbytes(pages_to_kb(nr_free_buffer_pages()));
	if (user_min_free_kbytes < 0)
		return;
	if (user > most)
		pr_warn("min_free_kbytes=%lu is over half of all %lu KB, using %lu\n", user,
			pages_to_kb(lowmem), most);
	min_free_kbytes = min(user, most);
}

void __init init_per_zone_wmark_min(void)
{
	unsigned long lowmem;
	pg_data_t *pgdat;
	struct zone *zone;

	lowmem = lowmem_pages();
	choose_min_free_kbytes(lowmem);
	for_each_zone (zone)
		zone_set_marks(zone, lowmem);
	totalreserve_pages = 0;
	for_each_online_pgdat (pgdat) {
		node_set_reserves(pgdat);
		node_set_totalreserve(pgdat);
	}
}

/* ---- Options ---------------------------------------------------------------------- */

int __init min_free_kbytes_parse_option(char *value)
{
	int kbytes, err = value ? kstrtoint(value, 0, &kbytes) : -EINVAL;

	if (err || kbytes < 0)
		return -EINVAL;
	user_min_free_kbytes = kbytes;
	return 0;
}

int __init watermark_scale_factor_parse_option(char *value)
{
	unsigned int factor;
	int err = value ? kstrtouint(value, 0, &factor) : -EINVAL;

	if (err || !factor || factor > WATERMARK_SCALE_FACTOR_MAX)
		return -EINVAL;
	watermark_scale_factor = factor;
	return 0;
}

void __init watermark_reset(void)
{
	user_min_free_kbytes = -1;
	watermark_scale_factor = WATERMARK_SCALE_FACTOR;
}

/* ---- Checking --------------------------------------------------------------------- */

/* Free pages that the caller could not have: a block's last one is reached only by all. */
static long unusable_free(const struct zone *zone, unsigned int order, unsigned int alloc_flags)
{
	long unusable = (1L << order) - 1;

	if (!(alloc_flags & ALLOC_HARDER))
		unusable += (long)READ_ONCE(zone->nr_reserved_highatomic);
	if (!(alloc_flags & ALLOC_CMA))
		unusable += (long)zone_page_state(zone, NR_FREE_CMA_PAGES);
	return unusable;
}

static bool block_available(const struct zone *zone, unsigned int order, unsigned int alloc_flags)
{
	if (zone_can_grow(zone))
		return true;
	for (unsigned int o = order; o < NR_PAGE_ORDERS; o++) {
		const struct free_area *area = &zone->free_area[o];

		if (!data_race(area->nr_free))
			continue;
		for (int type = 0; type < MIGRATE_PCPTYPES; type++)
			if (!list_empty(&area->free_list[type]))
				return true;
		if ((alloc_flags & ALLOC_CMA) && !list_empty(&area->free_list[MIGRATE_CMA]))
			return true;
		if ((alloc_flags & ALLOC_HARDER) &&
		    !list_empty(&area->free_list[MIGRATE_HIGHATOMIC]))
			return true;
	}
	return false;
}

bool zone_has_block(const struct zone *zone, unsigned int order)
{
	return block_available(zone, order, 0);
}

bool __zone_watermark_ok(const struct zone *zone, unsigned int order, unsigned long mark,
			 int highest_zoneidx, unsigned int alloc_flags, long free)
{
	long least = (long)mark;

	if (alloc_flags & ALLOC_HIGH)
		least -= least / 2;
	if (alloc_flags & ALLOC_HARDER)
		least -= least / 4;
	if (free - unusable_free(zone, order, alloc_flags) <=
	    least + zone->lowmem_reserve[highest_zoneidx])
		return false;
	return !order || block_available(zone, order, alloc_flags);
}

bool zone_watermark_ok(const struct zone *zone, unsigned int order, unsigned long mark,
		       int highest_zoneidx, unsigned int alloc_flags)
{
	return __zone_watermark_ok(zone, order, mark, highest_zoneidx, alloc_flags,
				   (long)zone_page_state(zone, NR_FREE_PAGES));
}
