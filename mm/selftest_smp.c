/* SPDX-License-Identifier: MIT */
/*
 * Self-test of all allocators on all CPUs at once.
 *
 * What is taken lies in slots that all CPUs share: a CPU takes hold of any slot, frees
 * what is in it, mostly another CPU's, or puts something of its own there. Each piece bears
 * its owner's mark, which follows from the CPU and a running number, and is looked at
 * before the piece is freed.
 *
 *   slots    [pages, CPU 2] [        ] [object, CPU 0] [held by CPU 3] [area, CPU 1] ...
 */
#include "selftest.h"

#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>
#include <baremm/arch.h>

#define SLOTS_PER_CPU 48
#define STEPS_MAX     1500U /* of each CPU; times STEPS_FULL with selftest=full */
#define STEPS_ALL     6000U /* of all CPUs together */
#define STEPS_FULL    16

/* What is made once and stays, tables and pools, is there after so many rounds. */
#define ROUNDS 5

#define MARK_HEAD 256UL
#define MARK_TAIL 64UL

#define SMP_GFP (GFP_KERNEL | __GFP_NOWARN)

enum kind { NOTHING, PAGES, OBJECT, KMALLOC, AREA, PERCPU };

struct slot {
	bool held; /* by a CPU, which alone may look at the rest */
	enum kind kind;
	unsigned int cpu;   /* whose piece it is */
	unsigned int order; /* PAGES; OBJECT: which cache */
	size_t size;
	u64 number;
	void *at;
};

static struct slot *slots;
static unsigned int nr_slots, steps_each;
static atomic_t nr_faults, nr_failed;
static atomic64_t nr_freed, nr_foreign; /* pieces, and those of another CPU */

static const unsigned int object_sizes[] = {8, 24, 64, 72, 192, 512, 1000, 4096};
static struct kmem_cache *caches[ARRAY_SIZE(object_sizes)];

static u64 below(u64 *state, u64 end)
{
	return selftest_random(state) % end;
}

/* ---- Marks -------------------------------------------------------------------------- */

static u64 mark_of(const struct slot *slot)
{
	return (u64)slot->cpu << 48 ^ slot->number;
}

static size_t tail_of(const struct slot *slot)
{
	return ALIGN_DOWN(slot->size - MARK_TAIL, sizeof(u64));
}

/* The start, and the end where that is another part. */
static void mark(const struct slot *slot, char *at)
{
	pattern_fill(at, min(slot->size, MARK_HEAD), mark_of(slot));
	if (slot->size >= MARK_HEAD + MARK_TAIL)
		pattern_fill(at + tail_of(slot), MARK_TAIL, mark_of(slot));
}

static bool mark_is_lost(const struct slot *slot, const char *at)
{
	if (pattern_check(at, min(slot->size, MARK_HEAD), mark_of(slot)))
		return true;
	return slot->size >= MARK_HEAD + MARK_TAIL &&
	       pattern_check(at + tail_of(slot), MARK_TAIL, mark_of(slot));
}

/* Of per-CPU memory every CPU's copy is marked. */
static void mark_all(const struct slot *slot)
{
	unsigned int cpu;

	if (slot->kind != PERCPU) {
		mark(slot, slot->at);
		return;
	}
	for_each_online_cpu (cpu)
		mark(slot, per_cpu_ptr((char __percpu *)slot->at, cpu));
}

static void check_all(const struct slot *slot)
{
	unsigned int cpu;
	bool lost = false;

	if (slot->kind != PERCPU)
		lost = mark_is_lost(slot, slot->at);
	else
		for_each_online_cpu (cpu)
			lost |= mark_is_lost(slot, per_cpu_ptr((char __percpu *)slot->at, cpu));
	if (lost && atomic_inc_return(&nr_faults) < 10)
		selftest_note("CPU %d: kind %d, %zu bytes at %px lost the mark of CPU %u",
			      smp_processor_id(), slot->kind, slot->size, slot->at, slot->cpu);
}

/* ---- Taking and giving back ------------------------------------------------------------- */

/* Small blocks mostly, all orders now and then. */
static unsigned int random_order(u64 *state)
{
	return (unsigned int)below(state, below(state, 16) ? 4 : NR_PAGE_ORDERS);
}

static void take_pages(struct slot *slot, u64 *state)
{
	struct page *page;

	slot->order = random_order(state);
	slot->size = PAGE_SIZE << slot->order;
	page = alloc_pages(SMP_GFP, slot->order);
	slot->at = page ? page_address(page) : NULL;
}

static void take_object(struct slot *slot, u64 *state)
{
	slot->order = (unsigned int)below(state, ARRAY_SIZE(caches));
	slot->size = object_sizes[slot->order];
	slot->at = kmem_cache_alloc(caches[slot->order], SMP_GFP);
}

static void take_something(struct slot *slot, u64 *state)
{
	slot->kind =
		PAGES + (enum kind)(below(state, 64) < 60 ? below(state, 3) : 3 + below(state, 2));
	slot->size = 1 + below(state, 9000);
	switch (slot->kind) {
	case PAGES:
		take_pages(slot, state);
		break;
	case OBJECT:
		take_object(slot, state);
		break;
	case KMALLOC:
		slot->at = kmalloc(slot->size, SMP_GFP);
		break;
	case AREA:
		slot->at = __vmalloc(slot->size, SMP_GFP);
		break;
	default:
		slot->size = 8 * (1 + below(state, 64));
		slot->at = __alloc_percpu_gfp(slot->size, 8, SMP_GFP);
	}
}

static void give_back(struct slot *slot)
{
	check_all(slot);
	atomic64_inc(&nr_freed);
	if (slot->cpu != (unsigned int)smp_processor_id())
		atomic64_inc(&nr_foreign);
	switch (slot->kind) {
	case PAGES:
		free_pages((unsigned long)slot->at, slot->order);
		break;
	case OBJECT:
		kmem_cache_free(caches[slot->order], slot->at);
		break;
	case KMALLOC:
		kfree(slot->at);
		break;
	case AREA:
		vfree(slot->at);
		break;
	default:
		free_percpu(slot->at);
	}
	slot->kind = NOTHING;
}

static void fill(struct slot *slot, u64 *state)
{
	slot->cpu = (unsigned int)smp_processor_id();
	slot->number = selftest_random(state);
	take_something(slot, state);
	if (slot->at) {
		mark_all(slot);
	} else {
		slot->kind = NOTHING;
		atomic_inc(&nr_failed);
	}
}

/* A cache lives and ends while others do. */
static void use_a_cache(u64 *state)
{
	size_t size = 8 + 8 * below(state, 100);
	struct kmem_cache *s =
		kmem_cache_create("smp_stress-own", (unsigned int)size, 0, SLAB_NO_MERGE, NULL);
	void *objects[16];

	if (!s)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(objects); i++)
		objects[i] = kmem_cache_alloc(s, SMP_GFP);
	for (size_t i = 0; i < ARRAY_SIZE(objects); i++)
		if (objects[i])
			kmem_cache_free(s, objects[i]);
	kmem_cache_destroy(s);
}

/* What reaches into what other CPUs hold. */
static void disturb(u64 *state)
{
	switch (below(state, 4)) {
	case 0:
		drain_all_pages(NULL);
		break;
	case 1:
		kmem_cache_shrink(caches[below(state, ARRAY_SIZE(caches))]);
		break;
	case 2:
		vm_unmap_aliases();
		break;
	default:
		use_a_cache(state);
	}
}

/* ---- On each CPU -------------------------------------------------------------------------- */

static void step(u64 *state)
{
	struct slot *slot = &slots[below(state, nr_slots)];

	if (__atomic_exchange_n(&slot->held, true, __ATOMIC_ACQUIRE))
		return;
	if (slot->kind == NOTHING)
		fill(slot, state);
	else
		give_back(slot);
	__atomic_store_n(&slot->held, false, __ATOMIC_RELEASE);
}

static void stress(struct work_struct *work)
{
	u64 state = selftest_seed + (u64)smp_processor_id() * 0x9e3779b97f4a7c15ULL;

	(void)work;
	for (unsigned int i = 0; i < steps_each; i++) {
		step(&state);
		if (i % 256 == 255)
			disturb(&state);
		cond_resched();
	}
}

/* ---- Before and after ------------------------------------------------------------------------ */

static void destroy_caches(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(caches); i++) {
		kmem_cache_destroy(caches[i]);
		caches[i] = NULL;
	}
}

static bool create_caches(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(caches); i++) {
		caches[i] =
			kmem_cache_create("smp_stress", object_sizes[i], 0, SLAB_NO_MERGE, NULL);
		if (!caches[i])
			return false;
	}
	return true;
}

/* A round of so many steps, after which nothing is out any more. */
static int run_round(unsigned int steps)
{
	int err;

	steps_each = steps;
	err = schedule_on_each_cpu(stress);
	for (unsigned int i = 0; i < nr_slots; i++)
		if (slots[i].kind != NOTHING)
			give_back(&slots[i]);
	vm_unmap_aliases();
	kmem_cache_shrink_all();
	return err ? selftest_no_memory("work for each CPU") : 0;
}

/*
 * A round that leaves no more pages in use than it found ends them; what is lost in each
 * round never comes to that. Not the same pages, nor of the same nodes: objects that
 * allocators keep for themselves lie in other slabs now.
 */
static int run_rounds(struct free_snapshot *before, struct free_snapshot *after)
{
	unsigned int steps = min(STEPS_MAX, STEPS_ALL / num_online_cpus());
	bool more = true;
	int faults = 0;

	if (selftest_full)
		steps *= STEPS_FULL;
	free_snapshot_take(after);
	for (int round = 1; round <= ROUNDS && more && !faults; round++) {
		swap(before, after);
		faults += run_round(steps);
		free_snapshot_take(after);
		more = free_snapshot_used(after) > free_snapshot_used(before);
	}
	if (more)
		faults += free_snapshot_left(before, after, true);
	selftest_note("%u CPUs: %lld pieces freed, %lld of them another CPU's, %d times no memory",
		      num_online_cpus(), (long long)atomic64_read(&nr_freed),
		      (long long)atomic64_read(&nr_foreign), atomic_read(&nr_failed));
	return faults;
}

static int test_smp_stress(void)
{
	struct free_snapshot *before = free_snapshot_alloc(), *after = free_snapshot_alloc();
	int faults;

	nr_slots = SLOTS_PER_CPU * num_online_cpus();
	slots = kcalloc(nr_slots, sizeof(*slots), GFP_KERNEL);
	atomic_set(&nr_faults, 0);
	atomic_set(&nr_failed, 0);
	atomic64_set(&nr_freed, 0);
	atomic64_set(&nr_foreign, 0);
	if (before && after && slots && create_caches())
		faults = run_rounds(before, after);
	else
		faults = selftest_no_memory("slots and caches");
	destroy_caches();
	kfree(slots);
	free_snapshot_free(after);
	free_snapshot_free(before);
	return faults + atomic_read(&nr_faults);
}

const struct selftest smp_selftests[] = {
	{"smp_stress", test_smp_stress},
	{NULL, NULL},
};
