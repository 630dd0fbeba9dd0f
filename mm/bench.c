// SPDX-License-Identifier: MIT
/*
 * Measuring an allocator: which operations, how often, and the cost of one. Calls
 * nothing but the functions it is given, so it runs before bring-up too.
 */
#include <baremm/bench.h>

#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <baremm/arch.h>

#define RUNS	    9
#define MAX_ORDER   10
#define BIG_ORDER   7 /* from here on 16 blocks are enough: 64 of the largest are 256 MB */
#define CACHE_BYTES 128
#define BULK_PAGES  512

static const unsigned int object_bytes[] = {8, 32, 64, 96, 192, 256, 512, 1024, 2048, 4096, 8192};

struct bench {
	const bench_fn *allocator;
	struct bench_result *results;
	unsigned int nr;
};

static bool empty_loop(unsigned int arg, unsigned int n)
{
	(void)arg;
	for (unsigned int i = 0; i < n; i++)
		barrier();
	return true;
}

/* The cycles of one run of @n operations. */
struct cost {
	u64 best, worst;
};

/* Firmware's interrupts (SMIs) take their time whenever they like: the worst case tells. */
static bool cost_of_runs(bench_fn run, unsigned int arg, unsigned int n, struct cost *cost)
{
	*cost = (struct cost){.best = ~0ULL};
	for (int i = 0; i < RUNS; i++) {
		unsigned long flags = arch_local_irq_save();
		u64 start = arch_cycles();
		bool done = run(arg, n);
		u64 cycles = arch_cycles() - start;

		arch_local_irq_restore(flags);
		if (!done)
			return false;
		cost->best = min(cost->best, cycles);
		cost->worst = max(cost->worst, cycles);
	}
	return true;
}

/* Measures @n operations of a kind, as `PREFIXarg`, those of kilobytes as `PREFIXargk`. */
static void measure(struct bench *bench, const char *prefix, enum bench_kind kind, unsigned int arg,
		    unsigned int n)
{
	struct bench_result *result = &bench->results[bench->nr];
	struct cost cost, empty;

	if (!bench->allocator[kind])
		return;
	snprintf(result->name, sizeof(result->name), "%s%u%s", prefix, arg,
		 kind == BENCH_VMALLOC_PAIR ? "k" : "");
	cost_of_runs(empty_loop, 0, n, &empty);
	if (!cost_of_runs(bench->allocator[kind], arg, n, &cost)) {
		pr_warn("bench: %s: no memory for %u operations\n", result->name, n);
		return;
	}
	result->hundredths = (cost.best - min(cost.best, empty.best)) * 100 / n;
	result->worst_hundredths = (cost.worst - min(cost.worst, empty.best)) * 100 / n;
	bench->nr++;
}

static void measure_pages(struct bench *bench)
{
	for (unsigned int order = 0; order <= MAX_ORDER; order++) {
		unsigned int n = order < BIG_ORDER ? 64 : 16;

		measure(bench, "page_pair_order", BENCH_PAGE_PAIR, order, n);
		measure(bench, "page_batch_order", BENCH_PAGE_BATCH, order, n);
	}
	measure(bench, "page_batch1024_order", BENCH_PAGE_BATCH, 0, BENCH_BATCH_MAX);
	measure(bench, "page_zero_order", BENCH_PAGE_ZERO, 0, 1024);
	measure(bench, "page_bulk", BENCH_PAGE_BULK, BULK_PAGES, BULK_PAGES);
}

static void measure_objects(struct bench *bench)
{
	for (size_t i = 0; i < ARRAY_SIZE(object_bytes); i++) {
		measure(bench, "kmalloc_pair_", BENCH_OBJECT_PAIR, object_bytes[i], 1024);
		measure(bench, "kmalloc_batch1024_", BENCH_OBJECT_BATCH, object_bytes[i],
			BENCH_BATCH_MAX);
	}
	measure(bench, "cache_pair_", BENCH_CACHE_PAIR, CACHE_BYTES, 1024);
	measure(bench, "cache_batch1024_", BENCH_CACHE_BATCH, CACHE_BYTES, BENCH_BATCH_MAX);
	measure(bench, "cache_bulk1024_", BENCH_CACHE_BULK, CACHE_BYTES, BENCH_BATCH_MAX);
}

/* So many that each run pays for a flush of what is freed. */
static void measure_areas(struct bench *bench)
{
	measure(bench, "vmalloc_pair_", BENCH_VMALLOC_PAIR, 16, 2048);
}

unsigned int bench_run(const bench_fn allocator[NR_BENCH_KINDS], struct bench_result *results)
{
	struct bench bench = {.allocator = allocator, .results = results};

	measure_pages(&bench);
	measure_objects(&bench);
	measure_areas(&bench);
	return bench.nr;
}
