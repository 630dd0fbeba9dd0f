/* SPDX-License-Identifier: MIT */
/*
 * Pictures of the free areas, and patterns in memory: how a self-test knows that
 * everything came back, and that what it read is what it wrote.
 */
#include "selftest.h"

#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

#include "vmscan.h"

struct zone_snapshot {
	const struct zone *zone;
	unsigned long nr_free[NR_PAGE_ORDERS];
	u64 hash[NR_PAGE_ORDERS];
	unsigned long extent_pages;
	unsigned long used_pages;
};

struct free_snapshot {
	unsigned int nr_zones;
	struct zone_snapshot zones[];
};

static unsigned int populated_zones(void)
{
	unsigned int nr = 0;
	struct zone *zone;

	for_each_populated_zone (zone)
		nr++;
	return nr;
}

/* Splitmix64's finaliser: sums of its values tell sets of pfns apart. */
static u64 hash_pfn(u64 x)
{
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
	return x ^ x >> 31;
}

struct free_snapshot *free_snapshot_alloc(void)
{
	unsigned int nr = populated_zones();
	struct free_snapshot *snap =
		kzalloc(sizeof(*snap) + nr * sizeof(snap->zones[0]), GFP_KERNEL);

	if (snap)
		snap->nr_zones = nr;
	return snap;
}

void free_snapshot_free(struct free_snapshot *snap)
{
	kfree(snap);
}

static void zone_snapshot_take(struct zone_snapshot *snap, struct zone *zone)
{
	unsigned long flags;

	memset(snap, 0, sizeof(*snap));
	snap->zone = zone;
	spin_lock_irqsave(&zone->lock, flags);
	snap->extent_pages = zone->nr_extent_pages;
	snap->used_pages = zone_managed_pages(zone) - zone_page_state(zone, NR_FREE_PAGES);
	for (unsigned int order = 0; order < NR_PAGE_ORDERS; order++) {
		for (int type = 0; type < MIGRATE_TYPES; type++) {
			struct page *page;

			list_for_each_entry (page, &zone->free_area[order].free_list[type],
					     buddy_list) {
				snap->nr_free[order]++;
				snap->hash[order] += hash_pfn(page_to_pfn(page));
			}
		}
	}
	spin_unlock_irqrestore(&zone->lock, flags);
}

static long shrink_here(void *arg)
{
	(void)arg;
	kmem_cache_shrink_all();
	return 0;
}

/* What other CPUs do in the background has an end, and they hold nothing of their own. */
static void settle_cpus(void)
{
	unsigned int cpu;

	kswapd_settle();
	vm_unmap_aliases();
	for_each_online_cpu (cpu)
		work_on_cpu((int)cpu, shrink_here, NULL);
}

void free_snapshot_take(struct free_snapshot *snap)
{
	struct zone_snapshot *zs = snap->zones;
	struct zone *zone;

	if (num_online_cpus() > 1)
		settle_cpus();
	drain_all_pages(NULL);
	for_each_populated_zone (zone)
		zone_snapshot_take(zs++, zone);
}

static bool same_blocks(const struct zone_snapshot *b, const struct zone_snapshot *a,
			unsigned int order)
{
	return b->nr_free[order] == a->nr_free[order] && b->hash[order] == a->hash[order];
}

bool free_snapshot_equal(const struct free_snapshot *before, const struct free_snapshot *after)
{
	for (unsigned int i = 0; i < before->nr_zones; i++)
		for (unsigned int order = 0; order < NR_PAGE_ORDERS; order++)
			if (!same_blocks(&before->zones[i], &after->zones[i], order))
				return false;
	return !free_snapshot_grown(before, after);
}

int free_snapshot_compare(const struct free_snapshot *before, const struct free_snapshot *after)
{
	int faults = 0;

	for (unsigned int i = 0; i < before->nr_zones; i++) {
		const struct zone_snapshot *b = &before->zones[i], *a = &after->zones[i];

		for (unsigned int order = 0; order < NR_PAGE_ORDERS; order++) {
			if (same_blocks(b, a, order))
				continue;
			faults++;
			selftest_note(
				"node %d zone %s order %u: %lu free blocks before, %lu after%s",
				b->zone->node, b->zone->name, order, b->nr_free[order],
				a->nr_free[order],
				b->nr_free[order] == a->nr_free[order] ? ", others" : "");
		}
	}
	return faults;
}

int free_snapshot_left(const struct free_snapshot *before, const struct free_snapshot *after,
		       bool report)
{
	int zones = 0;

	for (unsigned int i = 0; i < before->nr_zones; i++) {
		const struct zone_snapshot *b = &before->zones[i], *a = &after->zones[i];

		if (b->used_pages == a->used_pages)
			continue;
		zones++;
		if (report)
			selftest_note("node %d zone %s: %lu pages in use before, %lu after",
				      b->zone->node, b->zone->name, b->used_pages, a->used_pages);
	}
	return zones;
}

/* Sections that were made since have other free blocks: only what is in use can be equal. */
int free_snapshot_came_back(const struct free_snapshot *before, const struct free_snapshot *after)
{
	if (!selftest_faults_injected() || !free_snapshot_grown(before, after))
		return free_snapshot_compare(before, after);
	return free_snapshot_left(before, after, true);
}

unsigned long free_snapshot_used(const struct free_snapshot *snap)
{
	unsigned long pages = 0;

	for (unsigned int i = 0; i < snap->nr_zones; i++)
		pages += snap->zones[i].used_pages;
	return pages;
}

bool free_snapshot_grown(const struct free_snapshot *before, const struct free_snapshot *after)
{
	for (unsigned int i = 0; i < before->nr_zones; i++)
		if (before->zones[i].extent_pages != after->zones[i].extent_pages)
			return true;
	return false;
}

/* The value at @p is the one at the start plus the step for each word before it. */
static u64 pattern_start(const void *p, u64 seed)
{
	return hash_pfn((unsigned long)p ^ seed);
}

#define PATTERN_STEP 0x9e3779b97f4a7c15ULL

/* All RAM passes here: an emulator takes three times as long for a loop across two pages of code. */
#define IN_ONE_PAGE __aligned(128)

IN_ONE_PAGE void pattern_fill(void *start, size_t size, u64 seed)
{
	u64 value = pattern_start(start, seed);
	u64 *word = start;
	size_t n = size / sizeof(*word);

	for (size_t i = 0; i < n; i++, value += PATTERN_STEP)
		word[i] = value;
	memset(word + n, (u8)value, size % sizeof(*word));
}

IN_ONE_PAGE int pattern_check(const void *start, size_t size, u64 seed)
{
	u64 value = pattern_start(start, seed);
	const u64 *word = start;
	size_t n = size / sizeof(*word);
	u64 wrong = 0;

	for (size_t i = 0; i < n; i++, value += PATTERN_STEP)
		wrong |= word[i] ^ value;
	for (size_t i = n * sizeof(*word); i < size; i++)
		wrong |= ((const u8 *)start)[i] ^ (u8)value;
	return wrong != 0;
}

/* ---- Blocks of pages --------------------------------------------------------- */

/*
 * Calls @fn for the block as a whole, or where it has no address of its own for each page
 * of it, whose seed is then its own, too: they all get the same address. Stops where @fn
 * returns non-zero, and returns that.
 */
static int for_block(struct page *page, size_t size, u64 seed,
		     int (*fn)(void *start, size_t size, u64 seed))
{
	int ret = 0;

	if (page_is_direct(page))
		return fn(page_address(page), size, seed);
	for (size_t done = 0; done < size && !ret; done += PAGE_SIZE, page++) {
		void *start = kmap_local_page(page);

		ret = fn(start, PAGE_SIZE, seed + page_to_pfn(page));
		kunmap_local(start);
	}
	return ret;
}

static int fill_part(void *start, size_t size, u64 seed)
{
	pattern_fill(start, size, seed);
	return 0;
}

static int check_part(void *start, size_t size, u64 seed)
{
	return pattern_check(start, size, seed);
}

static int part_not_zero(void *start, size_t size, u64 seed)
{
	(void)seed;
	return memchr_inv(start, 0, size) != NULL;
}

void page_pattern_fill(struct page *page, size_t size, u64 seed)
{
	for_block(page, size, seed, fill_part);
}

int page_pattern_check(struct page *page, size_t size, u64 seed)
{
	return for_block(page, size, seed, check_part);
}

bool page_is_zero(struct page *page, size_t size)
{
	return !for_block(page, size, 0, part_not_zero);
}
