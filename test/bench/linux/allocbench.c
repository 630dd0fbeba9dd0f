// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * The operations of the bench option on Linux's allocators, as a module: the same
 * loops, the same number of operations, measured the same way (baremm/bench.h).
 */
#include <linux/gfp.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <asm/msr.h>

#define RUNS  9
#define BATCH 1024
#define GFP   (GFP_KERNEL & ~__GFP_DIRECT_RECLAIM)

typedef bool (*bench_fn)(unsigned int arg, unsigned int n);

static void *taken[BATCH];
static struct kmem_cache *cache;

static bool empty_loop(unsigned int arg, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		barrier();
	return true;
}

static bool pages_one_by_one(unsigned int order, unsigned int n, gfp_t gfp)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		struct page *page = alloc_pages(gfp, order);

		if (!page)
			return false;
		__free_pages(page, order);
	}
	return true;
}

static bool page_pairs(unsigned int order, unsigned int n)
{
	return pages_one_by_one(order, n, GFP);
}

static bool page_zeroed_pairs(unsigned int order, unsigned int n)
{
	return pages_one_by_one(order, n, GFP_NOWAIT | __GFP_ZERO);
}

static bool page_batch(unsigned int order, unsigned int n)
{
	unsigned int nr, i;

	for (nr = 0; nr < n; nr++) {
		taken[nr] = alloc_pages(GFP, order);
		if (!taken[nr])
			break;
	}
	for (i = 0; i < nr; i++)
		__free_pages(taken[i], order);
	return nr == n;
}

static bool object_pairs(unsigned int bytes, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		void *object = kmalloc(bytes, GFP_NOWAIT);

		if (!object)
			return false;
		kfree(object);
	}
	return true;
}

static bool object_batch(unsigned int bytes, unsigned int n)
{
	unsigned int nr, i;

	for (nr = 0; nr < n; nr++) {
		taken[nr] = kmalloc(bytes, GFP_NOWAIT);
		if (!taken[nr])
			break;
	}
	for (i = 0; i < nr; i++)
		kfree(taken[i]);
	return nr == n;
}

static bool cache_pairs(unsigned int bytes, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		void *object = kmem_cache_alloc(cache, GFP_NOWAIT);

		if (!object)
			return false;
		kmem_cache_free(cache, object);
	}
	return true;
}

static bool cache_batch(unsigned int bytes, unsigned int n)
{
	unsigned int nr, i;

	for (nr = 0; nr < n; nr++) {
		taken[nr] = kmem_cache_alloc(cache, GFP_NOWAIT);
		if (!taken[nr])
			break;
	}
	for (i = 0; i < nr; i++)
		kmem_cache_free(cache, taken[i]);
	return nr == n;
}

static u64 best_of_runs(bench_fn run, unsigned int arg, unsigned int n)
{
	u64 best = ~0ULL;
	int i;

	for (i = 0; i < RUNS; i++) {
		unsigned long flags;
		u64 cycles;
		bool done;

		local_irq_save(flags);
		cycles = rdtsc_ordered();
		done = run(arg, n);
		cycles = rdtsc_ordered() - cycles;
		local_irq_restore(flags);
		if (!done)
			return 0;
		best = min(best, cycles);
	}
	return best;
}

static void measure(const char *prefix, bench_fn run, unsigned int arg, unsigned int n)
{
	u64 empty = best_of_runs(empty_loop, 0, n), cycles = best_of_runs(run, arg, n);

	if (cycles < empty)
		pr_warn("allocbench: %s%u: no memory for %u operations\n", prefix, arg, n);
	else
		pr_info("bench %s%u %llu.%02llu\n", prefix, arg, (cycles - empty) / n,
			(cycles - empty) * 100 / n % 100);
}

static int __init allocbench_init(void)
{
	static const unsigned int bytes[] = {8, 32, 64, 96, 192, 256, 512, 1024, 2048, 4096, 8192};
	unsigned int order, i;

	cache = kmem_cache_create("allocbench", 128, 0, SLAB_HWCACHE_ALIGN, NULL);
	if (!cache)
		return -ENOMEM;
	for (order = 0; order <= 10; order++) {
		unsigned int n = order < 7 ? 64 : 16;

		measure("page_pair_order", page_pairs, order, n);
		measure("page_batch_order", page_batch, order, n);
	}
	measure("page_batch1024_order", page_batch, 0, BATCH);
	measure("page_zero_order", page_zeroed_pairs, 0, 1024);
	for (i = 0; i < ARRAY_SIZE(bytes); i++) {
		measure("kmalloc_pair_", object_pairs, bytes[i], 1024);
		measure("kmalloc_batch1024_", object_batch, bytes[i], BATCH);
	}
	measure("cache_pair_", cache_pairs, 128, 1024);
	measure("cache_batch1024_", cache_batch, 128, BATCH);
	kmem_cache_destroy(cache);
	return 0;
}

static void __exit allocbench_exit(void)
{
}

module_init(allocbench_init);
module_exit(allocbench_exit);
MODULE_DESCRIPTION("Costs of page and object allocation");
MODULE_LICENSE("Dual MIT/GPL");
