/* SPDX-License-Identifier: MIT */
/*
 * Every self-test with every one of its allocations failing in turn: it ends, passes or is
 * skipped, leaves all structures sound, and gives back all memory.
 *
 * The n-th allocation fails, for n from 1 on until a run has no n-th. Runs with many are
 * gone through in steps of chance from some n on; the seed is printed, and BAREMM_SEED
 * repeats it.
 */
#include "whole_machine.h"

#include <linux/fault-inject.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mmzone.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <linux/vmstat.h>
#include <baremm/arch.h>
#include <baremm/panic.h>

#include "faults.h"

#include "../../mm/fault_inject.h"
#include "../../mm/internal.h"
#include "../../mm/selftest.h"
#include "../../mm/slab.h"

/* Tests with more allocations than this are gone through in steps, from FEW on. */
#define MANY 1500
#define FEW  40

static void options(const char *fmt, unsigned long n)
{
	char text[64];

	scnprintf(text, sizeof(text), fmt, n);
	bad_options = 0;
	parse_options(text);
	assert_int_equal(bad_options, 0);
}

static void bring_up(const char *more)
{
	whole_machine(host_machine_pc(SZ_16M + SZ_4M, more));
	memmap_make_all();
}

static int machine_end(void **state)
{
	(void)state;
	mm_reset();
	host_machine_exit();
	return 0;
}

/* Which slabs objects lie in is chance; how many there are of them is not. */
struct use {
	unsigned long pages; /* in no slab */
	unsigned long objects;
};

/* Once every slab is given back, or is one of its node. */
static unsigned long live_objects(struct kmem_cache *s)
{
	unsigned long nr = 0;
	struct kmem_cache_node *n;
	struct slab *slab;
	int nid;

	kmem_cache_shrink(s);
	for_each_kmem_cache_node (s, nid, n) {
		nr += slab_node_objects(s, n);
		list_for_each_entry (slab, &n->partial, list)
			nr -= slab->objects - (unsigned int)slab->inuse;
	}
	return nr;
}

static struct use now_used(void)
{
	unsigned long slab_pages;
	struct use use = {0, 0};
	struct kmem_cache *s;
	struct zone *zone;

	/* Areas that are free, but not yet flushed, hold records. */
	vm_unmap_aliases();
	list_for_each_entry (s, &slab_caches, list)
		use.objects += live_objects(s);
	drain_all_pages(NULL);
	for_each_populated_zone (zone)
		use.pages += zone_managed_pages(zone) - zone_page_state(zone, NR_FREE_PAGES);
	slab_pages = global_node_page_state(NR_SLAB_RECLAIMABLE) +
		     global_node_page_state(NR_SLAB_UNRECLAIMABLE) -
		     (unsigned long)atomic_long_read(&kmalloc_large_pages);
	use.pages -= slab_pages;
	return use;
}

/* Runs the self-tests that were chosen, and looks at what they left behind. */
static void run_soundly(const struct use *before, unsigned long n)
{
	int failed = mm_selftest();
	struct use use = now_used();
	bool same = use.pages == before->pages && use.objects == before->objects;

	if (failed || mm_verify_all() || warn_count || !same)
		print_error("allocation %lu: %d failed, %u warnings, %lu pages and %lu objects in "
			    "use, not %lu and %lu\n%s",
			    n, failed, warn_count, use.pages, use.objects, before->pages,
			    before->objects, host_log());
	assert_int_equal(failed, 0);
	assert_int_equal(mm_verify_all(), 0);
	assert_int_equal(warn_count, 0);
	assert_true(same);
}

/* True if there was an @nth allocation to fail. */
static bool nth_fails(const struct use *used, unsigned long nth)
{
	unsigned long before = fault_inject_count();

	host_log_clear();
	options("fail-nth=%lu", nth);
	fault_inject_arm();
	run_soundly(used, nth);
	return fault_inject_count() != before;
}

/* Steps are half of what was gone so far at the most. */
static unsigned long next_n(unsigned long n, bool many)
{
	return many && n >= FEW ? n + 1 + arch_random() % (n / 2) : n + 1;
}

static void every_allocation_of_a_self_test_may_fail(void **state)
{
	const char *name = *state;
	unsigned long n = 1;
	struct use used;
	char option[256];
	bool many;

	host_test_seed(name);
	scnprintf(option, sizeof(option), "selftest=full,%s" ALL_PAGES ALL_OBJECTS, name);
	bring_up(option);
	/* What is made once and kept is made by a run without faults. */
	assert_int_equal(mm_selftest(), 0);
	used = now_used();
	run_soundly(&used, 0);
	many = nth_fails(&used, MANY);
	while (nth_fails(&used, n))
		n = next_n(n, many);
	print_message("%s: %s%lu allocations\n", name, many ? "fewer than " : "", many ? n : n - 1);
}

static void a_share_of_all_allocations_may_fail(void **state)
{
	static const unsigned int shares[] = {1, 10, 50, 100};
	struct use used;

	(void)state;
	host_test_seed("a_share_of_all_allocations_may_fail");
	bring_up("selftest=full" ALL_PAGES ALL_OBJECTS);
	assert_int_equal(mm_selftest(), 0);
	used = now_used();
	for (size_t i = 0; i < ARRAY_SIZE(shares); i++) {
		unsigned long before = fault_inject_count();

		host_log_clear();
		options("fail_page_alloc=1,%lu,0,-1", shares[i]);
		options("failslab=1,%lu,0,-1", shares[i]);
		fault_inject_arm();
		run_soundly(&used, shares[i]);
		assert_true(fault_inject_count() > before);
	}
}

static void a_test_without_memory_is_skipped_only_if_faults_were_injected(void **state)
{
	(void)state;
	bring_up("selftest=full,pages" ALL_PAGES ALL_OBJECTS);
	options("fail-nth=%lu", 1);
	fault_inject_arm();
	assert_int_equal(mm_selftest(), 0);
	assert_true(host_log_contains("ok 1 pages # SKIP no memory for the test's own tables"));
	/* The same without a fault: all memory is gone. */
	for (unsigned int order = NR_PAGE_ORDERS; order-- > 0;)
		while (alloc_pages(GFP_KERNEL | __GFP_MEMALLOC | __GFP_NOWARN, order))
			;
	assert_int_equal(mm_selftest(), 1);
	assert_true(host_log_contains("no memory for the test's own tables\nnot ok 1 pages"));
}

#define TESTS_MAX 64

int main(void)
{
	static struct CMUnitTest tests[TESTS_MAX] = {
		cmocka_unit_test_teardown(a_share_of_all_allocations_may_fail, machine_end),
		cmocka_unit_test_teardown(
			a_test_without_memory_is_skipped_only_if_faults_were_injected, machine_end),
	};
	const struct selftest *test;
	size_t nr = 2;

	for (unsigned int i = 0; (test = selftest_get(i)) && nr < TESTS_MAX; i++)
		tests[nr++] = (struct CMUnitTest){
			.name = test->name,
			.test_func = every_allocation_of_a_self_test_may_fail,
			.teardown_func = machine_end,
			.initial_state = (void *)(uintptr_t)test->name,
		};
	return _cmocka_run_group_tests("self-tests", tests, nr, NULL, NULL);
}
