/* SPDX-License-Identifier: MIT */
/*
 * The operations of the bench option natively: over arch/host/ with mm/'s allocators, or
 * with the process's malloc, whichever library that is.
 *
 *   bench-host mm|malloc ROUNDS
 *
 * Prints a line for each operation, `NAME NS NS ...`: nanoseconds of one operation in
 * each round, where a round is the best of several runs. Blocks of pages are aligned to
 * a page with both.
 */
#include <baremm/arch.h>
#include <baremm/bench.h>
#include <baremm/bringup.h>
#include <host/machine.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_ROUNDS  64
#define MAX_RESULTS (BENCH_RESULTS_MAX + 8)

static double samples[MAX_RESULTS][MAX_ROUNDS];
static char names[MAX_RESULTS][BENCH_NAME_MAX];
static unsigned int nr_results;

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* Cycles of arch_cycles() in a nanosecond. */
static double cycles_per_ns(void)
{
	double start_ns = now_ns(), ns;
	u64 start = arch_cycles();

	do
		ns = now_ns() - start_ns;
	while (ns < 50e6);
	return (double)(arch_cycles() - start) / ns;
}

static void add_sample(const char *name, unsigned int round, double ns)
{
	unsigned int i = 0;

	while (i < nr_results && strcmp(names[i], name))
		i++;
	if (i == MAX_RESULTS) {
		fprintf(stderr, "bench-host: no room for %s\n", name);
		exit(1);
	}
	if (i == nr_results)
		snprintf(names[nr_results++], BENCH_NAME_MAX, "%s", name);
	samples[i][round] = ns;
}

/* ---- The process's malloc ---------------------------------------------------------- */

static void *blocks[BENCH_BATCH_MAX];

static void *take_block(unsigned int order)
{
	return aligned_alloc(PAGE_SIZE, PAGE_SIZE << order);
}

static bool block_pairs(unsigned int order, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		void *block = take_block(order);

		if (!block)
			return false;
		free(block);
	}
	return true;
}

static bool zeroed_block_pairs(unsigned int order, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		void *block = take_block(order);

		if (!block)
			return false;
		memset(block, 0, PAGE_SIZE << order);
		free(block);
	}
	return true;
}

static bool object_pairs(unsigned int bytes, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		void *object = malloc(bytes);

		if (!object)
			return false;
		free(object);
	}
	return true;
}

static bool free_batch(unsigned int nr, unsigned int n)
{
	for (unsigned int i = 0; i < nr; i++)
		free(blocks[i]);
	return nr == n;
}

static bool block_batch(unsigned int order, unsigned int n)
{
	unsigned int nr;

	for (nr = 0; nr < n && (blocks[nr] = take_block(order)); nr++)
		;
	return free_batch(nr, n);
}

static bool page_batch(unsigned int pages, unsigned int n)
{
	(void)pages;
	return block_batch(0, n);
}

static bool object_batch(unsigned int bytes, unsigned int n)
{
	unsigned int nr;

	for (nr = 0; nr < n && (blocks[nr] = malloc(bytes)); nr++)
		;
	return free_batch(nr, n);
}

/* For many at once there is no other call: they are taken one by one. */
static const bench_fn malloc_allocator[NR_BENCH_KINDS] = {
	[BENCH_PAGE_PAIR] = block_pairs,	[BENCH_PAGE_BATCH] = block_batch,
	[BENCH_PAGE_ZERO] = zeroed_block_pairs, [BENCH_PAGE_BULK] = page_batch,
	[BENCH_OBJECT_PAIR] = object_pairs,	[BENCH_OBJECT_BATCH] = object_batch,
	[BENCH_CACHE_PAIR] = object_pairs,	[BENCH_CACHE_BATCH] = object_batch,
	[BENCH_CACHE_BULK] = object_batch,
};

/* ---- Mixed sizes and lifetimes ------------------------------------------------------- */

#define MIXED_STEPS (1 << 16)
#define MIXED_RUNS  5

/* What the steps do: an object of so many bytes takes the place of that of the slot. */
static struct step {
	unsigned short slot, bytes;
} steps[MIXED_STEPS];

/* Half of the slots live short, since most steps go to a few of them. */
static void make_steps(unsigned int slots, unsigned int most_bytes)
{
	u64 x = 0x9e3779b97f4a7c15ULL;
	unsigned int classes = 0;

	while (16U << classes < most_bytes)
		classes++;
	for (unsigned int i = 0; i < MIXED_STEPS; i++) {
		unsigned int low;

		x ^= x << 13, x ^= x >> 7, x ^= x << 17;
		low = 8U << (x >> 8) % (classes + 1);
		steps[i].bytes = (unsigned short)(low + 1 + (x >> 16) % low);
		steps[i].slot = (unsigned short)((x >> 40) % (x & 1 ? slots : slots / 64));
	}
}

/* One body for both, so that neither is called through a pointer. */
#define MIXED_RUN(name, take, give)                                   \
	static bool name(unsigned int slots, unsigned int n)          \
	{                                                             \
		static void *object[4096];                            \
		bool done = true;                                     \
                                                                      \
		for (unsigned int i = 0; i < n && done; i++) {        \
			void **slot = &object[steps[i].slot];         \
                                                                      \
			if (*slot)                                    \
				give(*slot);                          \
			*slot = take(steps[i].bytes);                 \
			done = *slot;                                 \
			if (done)                                     \
				*(volatile unsigned char *)*slot = 1; \
		}                                                     \
		for (unsigned int i = 0; i < slots; i++) {            \
			if (object[i])                                \
				give(object[i]);                      \
			object[i] = NULL;                             \
		}                                                     \
		return done;                                          \
	}

#define take_kmalloc(bytes) kmalloc(bytes, GFP_KERNEL)
MIXED_RUN(mixed_malloc, malloc, free)
MIXED_RUN(mixed_kmalloc, take_kmalloc, kfree)

static void measure_mixed(bench_fn run, unsigned int round, double per_ns)
{
	static const struct {
		const char *name;
		unsigned int slots, most_bytes;
	} mixes[] = {
		{"mixed_8_512", 4096, 512},
		{"mixed_8_8192", 4096, 8192},
		{"mixed_8_1024_few", 256, 1024},
	};

	const size_t nr = sizeof(mixes) / sizeof(mixes[0]);
	double sum = 0;

	for (size_t i = 0; i < nr; i++) {
		u64 best = ~0ULL;

		make_steps(mixes[i].slots, mixes[i].most_bytes);
		for (int j = 0; j < MIXED_RUNS; j++) {
			u64 start = arch_cycles(), cycles;

			if (!run(mixes[i].slots, MIXED_STEPS)) {
				fprintf(stderr, "bench-host: no memory for %s\n", mixes[i].name);
				exit(1);
			}
			cycles = arch_cycles() - start;
			best = cycles < best ? cycles : best;
		}
		add_sample(mixes[i].name, round, (double)best / MIXED_STEPS / per_ns);
		sum += (double)best / MIXED_STEPS / per_ns;
	}
	add_sample("mixed_mean", round, sum / (double)nr);
}

/* ---- Rounds ------------------------------------------------------------------------------ */

static void measure(const bench_fn *allocator, bench_fn mixed, unsigned int rounds)
{
	static struct bench_result results[BENCH_RESULTS_MAX];
	double per_ns = cycles_per_ns();

	for (unsigned int round = 0; round < rounds; round++) {
		unsigned int nr = bench_run(allocator, results);

		for (unsigned int i = 0; i < nr; i++)
			add_sample(results[i].name, round,
				   (double)results[i].hundredths / 100 / per_ns);
		measure_mixed(mixed, round, per_ns);
	}
}

static void measure_mm(unsigned int rounds)
{
	const bench_fn *allocator;

	mm_bring_up(host_machine_pc(SZ_1G, NULL));
	allocator = mm_bench_open();
	if (!allocator) {
		fputs(host_log(), stderr);
		exit(1);
	}
	measure(allocator, mixed_kmalloc, rounds);
}

int main(int argc, char **argv)
{
	unsigned int rounds = argc == 3 ? (unsigned int)strtoul(argv[2], NULL, 10) : 0;
	bool own = argc == 3 && !strcmp(argv[1], "mm");

	if (!rounds || rounds > MAX_ROUNDS || (!own && strcmp(argv[1], "malloc"))) {
		fprintf(stderr, "usage: bench-host mm|malloc ROUNDS (at most %d)\n", MAX_ROUNDS);
		return 2;
	}
	if (own)
		measure_mm(rounds);
	else
		measure(malloc_allocator, mixed_malloc, rounds);
	for (unsigned int i = 0; i < nr_results; i++) {
		printf("%s", names[i]);
		for (unsigned int round = 0; round < rounds; round++)
			printf(" %.2f", samples[i][round]);
		printf("\n");
	}
	return 0;
}
