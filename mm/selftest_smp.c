/* SPDX-License-Identifier: MIT */
/*
 * Self-test of all allocators on all CPUs at once, under pressure.
 *
 * What is taken lies in slots that all CPUs share: a CPU takes hold of any slot, gives back
 * what is in it, mostly another CPU's, or puts something of its own there.
 *
 *   slots    [pages, CPU 2] [        ] [object, CPU 0] [held by CPU 3] [area, CPU 1] ...
 *
 * Meanwhile the same CPUs read and change a file that is larger than the memory that is
 * left (selftest_pressure.h). So kswapd and who allocates reclaim, and there are pages that can
 * be moved.
 *
 * A CPU works in slices, between which it does what else it is given, as being kswapd.
 */
#include "selftest.h"

#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <linux/vmstat.h>
#include <linux/workqueue.h>

#include "internal.h"
#include "selftest_file.h"
#include "selftest_pieces.h"
#include "selftest_pressure.h"

#define SLOTS_PER_CPU 48
#define STEPS_MAX     1000U /* of each CPU; times STEPS_FULL with selftest=full */
#define STEPS_ALL     3000U /* of all CPUs together */
#define STEPS_FULL    12
#define SLICE	      64U

/* What is made once and stays, tables and pools, is there after so many rounds. */
#define ROUNDS	   6
#define OPEN_TRIES 10 /* of the file: a share of allocations may fail by intent */

/* Pages of the file that are read one after the other, and how many there are. */
#define FILE_RUN  12
#define FILE_MOST 65536UL

struct slot {
	bool held; /* by a CPU, which alone may look at the piece */
	struct piece piece;
};

/* What a CPU has still to do. */
struct stress {
	struct work_struct work;
	unsigned int steps;
	u64 random;
};

static struct slot *slots;
static unsigned int nr_slots;
static atomic_t nr_faults, nr_failed;
static atomic64_t nr_freed, nr_foreign; /* pieces, and those of another CPU */

static u64 below(u64 *random, u64 end)
{
	return selftest_random(random) % end;
}

/* ---- On each CPU -------------------------------------------------------------------------- */

static void give_back(struct slot *slot)
{
	atomic64_inc(&nr_freed);
	if (slot->piece.cpu != (unsigned int)smp_processor_id())
		atomic64_inc(&nr_foreign);
	if (!piece_give(&slot->piece))
		atomic_inc(&nr_faults);
}

static void use_a_slot(u64 *random)
{
	struct slot *slot = &slots[below(random, nr_slots)];

	if (__atomic_exchange_n(&slot->held, true, __ATOMIC_ACQUIRE))
		return;
	if (slot->piece.kind)
		give_back(slot);
	else if (!piece_take(&slot->piece, random))
		atomic_inc(&nr_failed);
	__atomic_store_n(&slot->held, false, __ATOMIC_RELEASE);
}

/* Some pages of the file, of which the first is changed now and then. */
static void use_the_file(u64 *random)
{
	pgoff_t index = below(random, formula_pages() - FILE_RUN + 1);
	int err = 0;

	if (!below(random, 4) && !formula_change(index))
		err = -1;
	for (pgoff_t i = 0; i < FILE_RUN && err >= 0; i++) {
		err = formula_compare(index + i);
		if (err > 0)
			atomic_inc(&nr_faults);
	}
	if (err < 0)
		atomic_inc(&nr_failed);
}

static void step(struct stress *s)
{
	use_a_slot(&s->random);
	if (s->steps % 4 == 0)
		use_the_file(&s->random);
	if (s->steps % 256 == 0 && !pieces_disturb(&s->random))
		atomic_inc(&nr_faults);
	cond_resched();
}

/* A slice, after which come others; none is late to what else the CPU is given. */
static void stress(struct work_struct *work)
{
	struct stress *s = container_of(work, struct stress, work);

	for (unsigned int i = 0; i < SLICE && s->steps; i++, s->steps--)
		step(s);
	if (s->steps)
		schedule_work_on(smp_processor_id(), work);
}

static void stress_all(struct stress __percpu *all, unsigned int steps)
{
	unsigned int cpu;

	for_each_online_cpu (cpu) {
		struct stress *s = per_cpu_ptr(all, cpu);

		s->steps = steps;
		schedule_work_on((int)cpu, &s->work);
	}
	for_each_online_cpu (cpu)
		flush_work(&per_cpu_ptr(all, cpu)->work);
}

static void seed_all(struct stress __percpu *all)
{
	unsigned int cpu;

	for_each_online_cpu (cpu) {
		struct stress *s = per_cpu_ptr(all, cpu);

		INIT_WORK(&s->work, stress);
		s->random = selftest_seed + (u64)cpu * 0x9e3779b97f4a7c15ULL;
	}
}

/* ---- Little memory ------------------------------------------------------------------------- */

/* A file that is half as large again as what is left. */
static bool open_file(unsigned long left)
{
	unsigned long pages = clamp(left + left / 2, (unsigned long)FILE_RUN, FILE_MOST);

	for (int i = 0; i < OPEN_TRIES; i++)
		if (formula_open(pages, GFP_HIGHUSER_MOVABLE))
			return true;
	return false;
}

/* ---- Before and after ------------------------------------------------------------------------ */

/* A round of so many steps, after which nothing is out any more. */
static int run_round(struct stress __percpu *all, unsigned int steps)
{
	int faults = 0;

	if (open_file(pressure_begin())) {
		stress_all(all, steps);
		for (unsigned int i = 0; i < nr_slots; i++)
			if (slots[i].piece.kind)
				give_back(&slots[i]);
		faults = formula_verify() + (formula_close() != 0);
	} else {
		faults = selftest_no_memory("a file's versions");
	}
	pressure_end();
	vm_unmap_aliases();
	kmem_cache_shrink_all();
	return faults;
}

/*
 * The first rounds make what is made once and stays. A round that ends with the very free
 * blocks that it found ends them: a page that is lost, or somebody's, never comes to that.
 */
static int run_rounds(struct stress __percpu *all, struct free_snapshot *before,
		      struct free_snapshot *after)
{
	unsigned int steps = min(STEPS_MAX, STEPS_ALL / num_online_cpus());
	bool same = false;
	int faults = 0;

	if (selftest_full)
		steps *= STEPS_FULL;
	seed_all(all);
	free_snapshot_take(after);
	for (int round = 1; round <= ROUNDS && !same && !faults; round++) {
		swap(before, after);
		faults += run_round(all, steps);
		free_snapshot_take(after);
		same = free_snapshot_equal(before, after);
	}
	if (!same && !faults)
		faults += free_snapshot_compare(before, after);
	return faults;
}

static void report(unsigned long by_kswapd, unsigned long directly, unsigned long moved)
{
	selftest_note("%u CPUs: %lld pieces freed, %lld of them another CPU's, %d times no memory",
		      num_online_cpus(), (long long)atomic64_read(&nr_freed),
		      (long long)atomic64_read(&nr_foreign), atomic_read(&nr_failed));
	selftest_note("%lu pages reclaimed by kswapd, %lu by who waited for them, %lu moved",
		      vm_event(PGSTEAL_KSWAPD) - by_kswapd, vm_event(PGSTEAL_DIRECT) - directly,
		      vm_event(PGMIGRATE_SUCCESS) - moved);
}

static int test_smp_stress(void)
{
	unsigned long by_kswapd = vm_event(PGSTEAL_KSWAPD), directly = vm_event(PGSTEAL_DIRECT);
	unsigned long moved = vm_event(PGMIGRATE_SUCCESS);
	struct free_snapshot *before = free_snapshot_alloc(), *after = free_snapshot_alloc();
	struct stress __percpu *all = alloc_percpu(struct stress);
	int faults;

	nr_slots = SLOTS_PER_CPU * num_online_cpus();
	slots = kcalloc(nr_slots, sizeof(*slots), GFP_KERNEL);
	atomic_set(&nr_faults, 0);
	atomic_set(&nr_failed, 0);
	atomic64_set(&nr_freed, 0);
	atomic64_set(&nr_foreign, 0);
	if (before && after && all && slots && pieces_begin())
		faults = run_rounds(all, before, after);
	else
		faults = selftest_no_memory("slots and caches");
	report(by_kswapd, directly, moved);
	pieces_end();
	kfree(slots);
	free_percpu(all);
	free_snapshot_free(after);
	free_snapshot_free(before);
	return faults + atomic_read(&nr_faults);
}

const struct selftest smp_selftests[] = {
	{"smp_stress", test_smp_stress},
	{NULL, NULL},
};
