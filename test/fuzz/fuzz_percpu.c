// SPDX-License-Identifier: MIT
/*
 * Per-CPU memory: the input's bytes as calls of a few CPUs, against a list of what was handed
 * out and the mark that each area carries on each CPU. Allocations fail now and then; calls
 * that are mistakes must be counted, and change nothing.
 *
 *   input   | operation, what it is given | ...
 */
#define ZONES_EARLY() percpu_early()
#define ZONES_LATE()  percpu_late()
static void percpu_early(void);
static void percpu_late(void);
#include "fuzz_zones.h"

#include <linux/fault-inject.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/string.h>
#include "../../mm/page_alloc.h"
#include "../../mm/percpu.h"

#define MAX_STEPS    64
#define VERIFY_EVERY 32
#define CPUS	     4
#define AREAS	     96

static struct area {
	void __percpu *ptr;
	size_t size;
	u8 mark;
} areas[AREAS];

static u64 nr_areas;
static u8 next_mark;

static void percpu_early(void)
{
	nr_cpu_ids = CPUS;
	setup_per_cpu_areas();
}

static void percpu_late(void)
{
	kmem_cache_init();
	page_hooks |= PAGE_HOOK_FAIL_ALLOC;
	fault_inject_armed = true;
}

static struct area *take_area_number(void)
{
	return &areas[fuzz_u8() % AREAS];
}

static void mark(struct area *a)
{
	a->mark = next_mark++ | 1;
	for (unsigned int cpu = 0; cpu < CPUS; cpu++)
		memset(per_cpu_ptr(a->ptr, cpu), a->mark ^ (u8)(cpu << 1), a->size);
}

static bool is_whole(const struct area *a, u8 first)
{
	for (unsigned int cpu = 0; cpu < CPUS; cpu++) {
		u8 byte = first ? first ^ (u8)(cpu << 1) : 0;

		if (!fuzz_all_are(per_cpu_ptr(a->ptr, cpu), byte, a->size))
			return false;
	}
	return true;
}

/* Mostly small; now and then pages, up to what is the most, and past it. */
static size_t take_size(void)
{
	u16 raw = fuzz_u16();

	return raw & 0x8000 ? raw * 5 % (PCPU_MIN_UNIT_SIZE + 64) : raw & 0x1ff;
}

/* ---- Right calls ------------------------------------------------------------------------ */

static void op_alloc(struct area *a)
{
	size_t size = take_size(), align = 1UL << fuzz_u8() % 14;
	gfp_t gfp = fuzz_u8() % 3 ? GFP_KERNEL : GFP_ATOMIC;

	if (a->ptr)
		return;
	a->ptr = __alloc_percpu_gfp(size, align, gfp | __GFP_NOWARN);
	fuzz_check(!a->ptr || (size && size <= PCPU_MIN_UNIT_SIZE && align <= PAGE_SIZE));
	if (!a->ptr)
		return;
	nr_areas++;
	a->size = size;
	fuzz_check((unsigned long)per_cpu_ptr(a->ptr, CPUS - 1) % align == 0);
	fuzz_check(pcpu_alloc_size(a->ptr) == ALIGN(size, PCPU_MIN_ALLOC_SIZE));
	fuzz_check(is_whole(a, 0));
	mark(a);
}

static void op_free(struct area *a)
{
	if (!a->ptr)
		return;
	fuzz_check(is_whole(a, a->mark));
	free_percpu(a->ptr);
	a->ptr = NULL;
	nr_areas--;
}

static void op_write(struct area *a)
{
	host_set_cpu(fuzz_u8() % CPUS);
	if (!a->ptr)
		return;
	fuzz_check(is_whole(a, a->mark));
	fuzz_check((u8 *)this_cpu_ptr(a->ptr) == (u8 *)per_cpu_ptr(a->ptr, smp_processor_id()));
	for (unsigned int cpu = 0; cpu < CPUS; cpu++) {
		u8 *at = per_cpu_ptr(a->ptr, cpu);
		phys_addr_t phys = per_cpu_ptr_to_phys(at);

		/* The direct map shows the same bytes. */
		fuzz_check(phys && *(u8 *)__va(phys) == *at);
	}
	mark(a);
}

static void op_free_unused(struct area *a)
{
	(void)a;
	pcpu_free_unused();
}

/* ---- No memory ------------------------------------------------------------------------------ */

/* One of the next allocations of a page or an object has none. */
static void op_no_memory(struct area *a)
{
	(void)a;
	fault_inject_set_nth(1 + fuzz_u8() % 40);
}

/* ---- Mistakes --------------------------------------------------------------------------------- */

static void op_misuse(struct area *a)
{
	u64 bad = pcpu_stats.bad_free;
	size_t into = fuzz_u8();
	void __percpu *ptr;

	if (!a->ptr)
		return;
	ptr = (char __percpu *)a->ptr +
	      (into % a->size ? into % a->size : PCPU_MIN_UNIT_SIZE * 999);
	fuzz_check(pcpu_alloc_size(ptr) == 0);
	free_percpu(ptr);
	fuzz_check(pcpu_stats.bad_free == bad + 1);
	fuzz_check(is_whole(a, a->mark));
}

/* ---- The run -------------------------------------------------------------------------------------- */

static void step(void)
{
	static void (*const ops[])(struct area * a) = {
		op_alloc, op_alloc, op_alloc, op_alloc,	      op_alloc,	    op_free,   op_free,
		op_free,  op_write, op_write, op_free_unused, op_no_memory, op_misuse,
	};
	u8 op = fuzz_u8();

	ops[op % ARRAY_SIZE(ops)](take_area_number());
	fuzz_check(pcpu_stats.nr_cur_alloc == nr_areas);
}

static void run(void *arg)
{
	unsigned long pages;

	(void)arg;
	pages = pcpu_nr_pages();
	for (int i = 0; fuzz_in.left && i < MAX_STEPS; i++) {
		step();
		if (i % VERIFY_EVERY == VERIFY_EVERY - 1)
			fuzz_check(percpu_verify() == 0);
	}
	fuzz_check(percpu_verify() == 0);
	fault_inject_set_nth(0);
	for (int i = 0; i < AREAS; i++)
		op_free(&areas[i]);
	pcpu_free_unused();
	fuzz_check(percpu_verify() == 0);
	fuzz_check(pcpu_stats.nr_chunks == 1 && pcpu_nr_pages() == pages);
	fuzz_check(verify_all() == 0);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	fuzz_start(data, size);
	zones_begin();
	memset(areas, 0, sizeof(areas));
	nr_areas = 0;
	next_mark = 1;
	fuzz_run(run, NULL);
	zones_end();
	return 0;
}

/* Areas of growing sizes, then all else in turn. */
static size_t fuzz_seed(unsigned int i, u8 *data)
{
	size_t len = 0;

	for (unsigned int n = 0; n < 50; n++) {
		data[len++] = (u8)(n < 25 ? 0 : n * (i + 1));
		data[len++] = (u8)(n * 5);
		data[len++] = (u8)(n * 37);
		data[len++] = (u8)(i & 1 ? 0x80 + n : n / 8);
		data[len++] = (u8)(n % 13);
		data[len++] = (u8)(n + i);
	}
	return i < 8 ? len : 0;
}
