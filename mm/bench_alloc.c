// SPDX-License-Identifier: MIT
/*
 * The bench option: the operations of mm/'s own allocators, and what is logged.
 *
 *   bench           what bring-up cost, the firmware's allocators, mm/'s own
 *   bench=mm        not the firmware's, which takes longest
 *   bench=bringup   what bring-up cost alone
 *   bench=scaling   mm/'s own on several CPUs at once, alone
 */
#include <baremm/bench.h>

#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <baremm/boot_info.h>

#include "bench_scaling.h"
#include "internal.h"
#include "numa_bench.h"

/* Fails rather than wait, as the reference on Linux asks. */
#define BENCH_GFP (GFP_KERNEL & ~__GFP_DIRECT_RECLAIM)

static bool wanted, wanted_allocators, wanted_scaling;
static u64 bring_up_cycles;
static unsigned long bring_up_share; /* of RAM that was free at its end, as mm_free_share() */

static void *taken[BENCH_BATCH_MAX];
static struct kmem_cache *cache; /* of 128-byte objects, while they are measured */

int __init bench_parse_option(char *value)
{
	static const char *const values[] = {"mm", "bringup", "scaling"};
	int which = value ? match_string(values, ARRAY_SIZE(values), value) : 0;

	if (which < 0)
		return -EINVAL;
	wanted = which < 2;
	wanted_allocators = which == 0;
	wanted_scaling = which == 2;
	return 0;
}

void __init bench_reset(void)
{
	wanted = wanted_allocators = wanted_scaling = false;
	bring_up_cycles = 0;
	bring_up_share = 0;
	numa_bench_reset();
}

void bench_bring_up_done(u64 cycles)
{
	if (!wanted)
		return;
	bring_up_cycles = cycles;
	bring_up_share = mm_free_share();
}

/* ---- Operations ------------------------------------------------------------------ */

static bool page_pairs(unsigned int order, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		struct page *page = alloc_pages(BENCH_GFP, order);

		if (!page)
			return false;
		__free_pages(page, order);
	}
	return true;
}

static bool page_batch(unsigned int order, unsigned int n)
{
	unsigned int nr;

	for (nr = 0; nr < n; nr++) {
		taken[nr] = alloc_pages(BENCH_GFP, order);
		if (!taken[nr])
			break;
	}
	for (unsigned int i = 0; i < nr; i++)
		__free_pages(taken[i], order);
	return nr == n;
}

static bool page_zeroed_pairs(unsigned int order, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		struct page *page = alloc_pages(GFP_NOWAIT | __GFP_ZERO, order);

		if (!page)
			return false;
		__free_pages(page, order);
	}
	return true;
}

static bool page_bulk(unsigned int pages, unsigned int n)
{
	struct page **array = (struct page **)taken;
	unsigned long nr;

	(void)pages;
	memset(taken, 0, sizeof(taken));
	nr = alloc_pages_bulk_array(GFP_NOWAIT, n, array);
	for (unsigned int i = 0; i < n; i++)
		if (array[i])
			__free_page(array[i]);
	return nr == n;
}

static bool object_pairs(unsigned int bytes, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		void *object = kmalloc(bytes, GFP_NOWAIT);

		if (!object)
			return false;
		kfree(object);
	}
	return true;
}

static bool object_batch(unsigned int bytes, unsigned int n)
{
	unsigned int nr;

	for (nr = 0; nr < n; nr++) {
		taken[nr] = kmalloc(bytes, GFP_NOWAIT);
		if (!taken[nr])
			break;
	}
	for (unsigned int i = 0; i < nr; i++)
		kfree(taken[i]);
	return nr == n;
}

static bool cache_pairs(unsigned int bytes, unsigned int n)
{
	(void)bytes;
	for (unsigned int i = 0; i < n; i++) {
		void *object = kmem_cache_alloc(cache, GFP_NOWAIT);

		if (!object)
			return false;
		kmem_cache_free(cache, object);
	}
	return true;
}

static bool cache_batch(unsigned int bytes, unsigned int n)
{
	unsigned int nr;

	(void)bytes;
	for (nr = 0; nr < n; nr++) {
		taken[nr] = kmem_cache_alloc(cache, GFP_NOWAIT);
		if (!taken[nr])
			break;
	}
	for (unsigned int i = 0; i < nr; i++)
		kmem_cache_free(cache, taken[i]);
	return nr == n;
}

static bool cache_bulk(unsigned int bytes, unsigned int n)
{
	int nr = kmem_cache_alloc_bulk(cache, GFP_NOWAIT, n, taken);

	(void)bytes;
	kmem_cache_free_bulk(cache, (size_t)nr, taken);
	return nr == (int)n;
}

static bool area_pairs(unsigned int kilobytes, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		void *area = vmalloc((unsigned long)kilobytes << 10);

		if (!area)
			return false;
		vfree(area);
	}
	return true;
}

static const bench_fn own_allocators[NR_BENCH_KINDS] = {
	[BENCH_PAGE_PAIR] = page_pairs,	       [BENCH_PAGE_BATCH] = page_batch,
	[BENCH_PAGE_ZERO] = page_zeroed_pairs, [BENCH_PAGE_BULK] = page_bulk,
	[BENCH_OBJECT_PAIR] = object_pairs,    [BENCH_OBJECT_BATCH] = object_batch,
	[BENCH_CACHE_PAIR] = cache_pairs,      [BENCH_CACHE_BATCH] = cache_batch,
	[BENCH_CACHE_BULK] = cache_bulk,       [BENCH_VMALLOC_PAIR] = area_pairs,
};

const bench_fn *mm_bench_open(void)
{
	cache = kmem_cache_create("bench", 128, 0, SLAB_HWCACHE_ALIGN, NULL);
	if (!cache)
		pr_err("bench: no memory for a cache, nothing is measured\n");
	return cache ? own_allocators : NULL;
}

void mm_bench_close(void)
{
	kmem_cache_destroy(cache);
}

/* ---- The log --------------------------------------------------------------------- */

static void log_results(const char *whose, const struct bench_result *results, unsigned int nr)
{
	for (unsigned int i = 0; i < nr; i++)
		pr_info("bench %s%s %llu.%02llu (to %llu.%02llu)\n", whose, results[i].name,
			results[i].hundredths / 100, results[i].hundredths % 100,
			results[i].worst_hundredths / 100, results[i].worst_hundredths % 100);
}

static void run_own_allocators(void)
{
	static struct bench_result results[BENCH_RESULTS_MAX];
	const bench_fn *allocator = mm_bench_open();

	if (!allocator)
		return;
	log_results("", results, bench_run(allocator, results));
	mm_bench_close();
}

void mm_bench(const struct boot_info *info)
{
	numa_bench();
	if (wanted_scaling)
		bench_scaling();
	if (!wanted)
		return;
	pr_info("bench bringup %llu\n", bring_up_cycles);
	pr_info("bench free_share %lu.%02lu\n", bring_up_share / 100, bring_up_share % 100);
	log_results("firmware ", info->bench, info->nr_bench);
	if (wanted_allocators)
		run_own_allocators();
}
