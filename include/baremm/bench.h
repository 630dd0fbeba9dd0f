/* SPDX-License-Identifier: MIT */
/*
 * The bench option: what allocators cost, one operation at a time.
 *
 * Owns:       the list of operations and how one is measured. Whoever has an
 *             allocator (mm/ its own, efi/ the firmware's) gives the functions.
 * Invariants: a result is the best of nine runs with interrupts off, and the worst of
 *             them beside it, less a loop that does nothing, divided by the operations
 *             of a run. Operations give back all that they take.
 * Lifetime:   bench_run() any time; mm_bench() from mm_bring_up()'s return on.
 * Locking:    none; the boot CPU alone.
 * Units:      hundredths of arch_cycles() an operation. Where QEMU counts
 *             (-icount shift=N) 2^N cycles are a guest instruction.
 * Failure:    an operation that gets no memory is named in the log, and has no
 *             result.
 */
#ifndef _BAREMM_BENCH_H
#define _BAREMM_BENCH_H

#include <linux/types.h>

struct boot_info;

/*
 * Does @n operations; @arg is an order or an object's bytes. False where memory is
 * not enough; what was taken is given back then too.
 */
typedef bool (*bench_fn)(unsigned int arg, unsigned int n);

/* Pairs: each block is freed before the next is taken. Batches: all, then all. */
enum bench_kind {
	BENCH_PAGE_PAIR, /* @arg: order */
	BENCH_PAGE_BATCH,
	BENCH_PAGE_ZERO,   /* a pair whose block is zeroed */
	BENCH_PAGE_BULK,   /* all at once, then freed one by one */
	BENCH_OBJECT_PAIR, /* @arg: bytes */
	BENCH_OBJECT_BATCH,
	BENCH_CACHE_PAIR, /* @arg: bytes of the cache's objects */
	BENCH_CACHE_BATCH,
	BENCH_CACHE_BULK,   /* a batch in two calls */
	BENCH_VMALLOC_PAIR, /* @arg: kilobytes */
	NR_BENCH_KINDS
};

/* The most operations that a batch is asked for. */
#define BENCH_BATCH_MAX 1024

#define BENCH_NAME_MAX 32

struct bench_result {
	char name[BENCH_NAME_MAX];
	u64 hundredths, worst_hundredths;
};

/* The most results that a bench_run() has. */
#define BENCH_RESULTS_MAX 64

/*
 * Measures every operation that @allocator has a function for (NULL: none) into
 * @results, an array of BENCH_RESULTS_MAX. Returns their number.
 */
unsigned int bench_run(const bench_fn allocator[NR_BENCH_KINDS], struct bench_result *results);

/*
 * mm/'s own allocators, for a bench_run() until mm_bench_close(). NULL, with a message:
 * no memory.
 */
const bench_fn *mm_bench_open(void);
void mm_bench_close(void);

/*
 * With the option `bench`: logs `bench NAME VALUE` for what bring-up cost (cycles
 * from the e820 table to slab ready, less what printk() took) and left free (per
 * cent), `bench NAME VALUE (to WORST)` for mm/'s own allocators, and the same with
 * `firmware` before the name for what @info holds of the firmware's; with
 * `bench=scaling`, what mm/bench_scaling.h says alone. Without it, nothing.
 */
void mm_bench(const struct boot_info *info);

#endif /* _BAREMM_BENCH_H */
