/* SPDX-License-Identifier: MIT */
/* Operations on several CPUs at once, measured. Contract: bench_scaling.h. */
#include "bench_scaling.h"

#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <baremm/arch.h>

#define CPUS_MAX  8
#define BATCH_MAX 32
#define ROUNDS	  64 /* of each CPU */
#define RUNS	  2  /* the best one counts */

/* Fails rather than wait: who waits measures others. */
#define SCALING_GFP (GFP_KERNEL & ~__GFP_DIRECT_RECLAIM)

struct operation {
	const char *name;
	/* Takes @n blocks of @arg, then gives them back; false: no memory. NULL: does nothing. */
	bool (*run)(unsigned int arg, unsigned int n);
	unsigned int arg, n;
};

/* One run, of all CPUs together. */
static struct {
	const struct operation *op;
	struct work_struct works[CPUS_MAX];
	atomic_t ready, left, failed;
	bool go, done;
	u64 end; /* arch_cycles() when the last one was done */
	atomic64_t locks, spins;
} run;

static struct kmem_cache *cache;

/* ---- Operations ------------------------------------------------------------------------- */

static bool take_pages(unsigned int order, unsigned int n)
{
	struct page *taken[BATCH_MAX];
	unsigned int nr;

	for (nr = 0; nr < n; nr++) {
		taken[nr] = alloc_pages(SCALING_GFP, order);
		if (!taken[nr])
			break;
	}
	for (unsigned int i = 0; i < nr; i++)
		__free_pages(taken[i], order);
	return nr == n;
}

static bool take_objects(unsigned int bytes, unsigned int n)
{
	void *taken[BATCH_MAX];
	unsigned int nr;

	for (nr = 0; nr < n; nr++) {
		taken[nr] = kmalloc(bytes, SCALING_GFP);
		if (!taken[nr])
			break;
	}
	for (unsigned int i = 0; i < nr; i++)
		kfree(taken[i]);
	return nr == n;
}

static bool take_from_cache(unsigned int bytes, unsigned int n)
{
	void *taken[BATCH_MAX];
	unsigned int nr;

	(void)bytes;
	for (nr = 0; nr < n; nr++) {
		taken[nr] = kmem_cache_alloc(cache, SCALING_GFP);
		if (!taken[nr])
			break;
	}
	for (unsigned int i = 0; i < nr; i++)
		kmem_cache_free(cache, taken[i]);
	return nr == n;
}

static const struct operation nothing = {.n = 1};

/* The last one has no lists of a CPU's own: what a lock costs is to be seen beside the rest. */
static const struct operation operations[] = {
	{"page_pair_order0", take_pages, 0, 1},
	{"page_batch32_order0", take_pages, 0, 32},
	{"page_pair_order3", take_pages, 3, 1},
	{"kmalloc_pair_64", take_objects, 64, 1},
	{"kmalloc_batch32_64", take_objects, 64, 32},
	{"kmalloc_pair_1024", take_objects, 1024, 1},
	{"cache_pair_128", take_from_cache, 128, 1},
	{"cache_batch32_128", take_from_cache, 128, 32},
	{"page_pair_order10", take_pages, 10, 1},
};

/* ---- A CPU's part ----------------------------------------------------------------------- */

static void do_rounds(void)
{
	const struct operation *op = run.op;

	for (unsigned int i = 0; i < ROUNDS; i++) {
		if (op->run && !op->run(op->arg, op->n))
			atomic_inc(&run.failed);
		cpu_relax(); /* the next CPU's turn */
	}
}

/* Until another CPU sets @flag, and then interrupts this one. */
static void rest_until(const bool *flag)
{
	while (!__atomic_load_n(flag, __ATOMIC_ACQUIRE)) {
		unsigned long flags;

		cond_resched();
		flags = arch_local_irq_save();
		if (!__atomic_load_n(flag, __ATOMIC_ACQUIRE) && !smp_is_asked())
			arch_cpu_idle();
		arch_local_irq_restore(flags);
	}
}

static void do_measured_rounds(void)
{
	struct spin_counts before = *spin_counts(), after;

	do_rounds();
	if (atomic_dec_and_test(&run.left)) {
		run.end = arch_cycles();
		__atomic_store_n(&run.done, true, __ATOMIC_RELEASE);
		if (smp_processor_id())
			arch_send_call_ipi(0);
	}
	after = *spin_counts();
	atomic64_add((s64)(after.taken - before.taken), &run.locks);
	atomic64_add((s64)(after.spins - before.spins), &run.spins);
}

static void take_part(struct work_struct *work)
{
	(void)work;
	do_rounds();
	atomic_inc(&run.ready);
	rest_until(&run.go);
	do_measured_rounds();
}

/* ---- The boot CPU's ----------------------------------------------------------------------- */

static void wake_all(unsigned int cpus)
{
	__atomic_store_n(&run.go, true, __ATOMIC_RELEASE);
	for (unsigned int cpu = 1; cpu < cpus; cpu++)
		arch_send_call_ipi(cpu);
}

/* CPUs 0 to @cpus - 1 do @op; what the counter says it took. */
static u64 run_on_cpus(const struct operation *op, unsigned int cpus)
{
	u64 start;

	run.op = op;
	run.go = run.done = false;
	atomic_set(&run.ready, 0);
	atomic_set(&run.left, (int)cpus);
	atomic64_set(&run.locks, 0);
	atomic64_set(&run.spins, 0);
	for (unsigned int cpu = 1; cpu < cpus; cpu++) {
		INIT_WORK(&run.works[cpu], take_part);
		schedule_work_on((int)cpu, &run.works[cpu]);
	}
	do_rounds();
	while ((unsigned int)atomic_read(&run.ready) < cpus - 1) {
		cond_resched();
		cpu_relax();
	}
	start = arch_cycles();
	wake_all(cpus);
	do_measured_rounds();
	rest_until(&run.done);
	for (unsigned int cpu = 1; cpu < cpus; cpu++)
		flush_work(&run.works[cpu]);
	return run.end - start;
}

static u64 best_of_runs(const struct operation *op, unsigned int cpus)
{
	u64 best = ~0ULL;

	for (unsigned int i = 0; i < RUNS; i++)
		best = min(best, run_on_cpus(op, cpus));
	return best;
}

static void log_figure(const struct operation *op, unsigned int cpus, const char *what, u64 total)
{
	u64 hundredths = total * 100 / ((u64)ROUNDS * op->n * cpus);

	pr_info("bench %s_cpus%u%s %llu.%02llu\n", op->name, cpus, what, hundredths / 100,
		hundredths % 100);
}

/* Counting makes locks slow, so it is not done while the time is taken. */
static void measure(const struct operation *op, unsigned int cpus)
{
	u64 empty = best_of_runs(&nothing, cpus), cycles;

	atomic_set(&run.failed, 0);
	cycles = best_of_runs(op, cpus);
	spin_watch_set(SPIN_WATCH_COUNT, true);
	run_on_cpus(op, cpus);
	spin_watch_set(SPIN_WATCH_COUNT, false);
	if (atomic_read(&run.failed)) {
		pr_warn("bench: %s on %u CPUs: no memory for %d of its operations\n", op->name,
			cpus, atomic_read(&run.failed));
		return;
	}
	log_figure(op, cpus, "", cycles - min(cycles, empty));
	log_figure(op, cpus, "_locks", (u64)atomic64_read(&run.locks));
	log_figure(op, cpus, "_spins", (u64)atomic64_read(&run.spins));
}

/* CPUs have numbers without gaps but for those that did not start. */
static unsigned int cpus_in_a_row(void)
{
	unsigned int nr = 0;

	while (nr < nr_cpu_ids && cpu_online(nr))
		nr++;
	return nr;
}

void bench_scaling(void)
{
	unsigned int present = cpus_in_a_row();

	cache = kmem_cache_create("bench", 128, 0, SLAB_HWCACHE_ALIGN, NULL);
	if (!cache) {
		pr_err("bench: no memory for a cache, nothing is measured\n");
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(operations); i++)
		for (unsigned int cpus = 1; cpus <= min(present, CPUS_MAX + 0U); cpus *= 2)
			measure(&operations[i], cpus);
	kmem_cache_destroy(cache);
}
