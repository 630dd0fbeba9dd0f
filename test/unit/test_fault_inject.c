/* SPDX-License-Identifier: MIT */
/*
 * Fault injection: which attempts fail, and that nothing is lost by it.
 */
#include "faults.h"
#include "zones_machine.h"

#include <linux/errno.h>
#include <linux/fault-inject.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <baremm/options.h>
#include <pthread.h>

#include "../../mm/fault_inject.h"
#include "../../mm/slab.h"

static const struct ram ram[] = {{SZ_1M, SZ_64M, 0}, {0, 0, 0}};

static int machine(void **state)
{
	(void)state;
	machine_up(ram);
	fault_inject_reset();
	bad_options = 0;
	return 0;
}

static int machine_end(void **state)
{
	fault_inject_reset();
	return machine_down(state);
}

/* The options, and whether all of them were understood. */
static bool options(const char *text)
{
	bad_options = 0;
	mm_register_options();
	parse_options(text);
	return !bad_options;
}

static unsigned int failures_of(unsigned int attempts, gfp_t gfp, unsigned int order)
{
	unsigned int failed = 0;

	for (unsigned int i = 0; i < attempts; i++) {
		struct page *page = alloc_pages(gfp, order);

		failed += !page;
		if (page)
			__free_pages(page, order);
	}
	return failed;
}

/* ---- Attributes -------------------------------------------------------------------- */

static void attributes_are_read_as_linux_reads_them(void **state)
{
	struct fault_attr attr = FAULT_ATTR_INITIALIZER;

	(void)state;
	assert_int_equal(setup_fault_attr(&attr, "3,50,100,-1"), 1);
	assert_int_equal(attr.interval, 3);
	assert_int_equal(attr.probability, 50);
	assert_int_equal(atomic_read(&attr.space), 100);
	assert_int_equal(atomic_read(&attr.times), -1);
}

static void attributes_that_cannot_be_read_change_nothing(void **state)
{
	const char *const bad[] = {"",
				   "1",
				   "1,2,3",
				   "1,2,3,4,5",
				   "1,x,3,4",
				   "1,,3,4",
				   "-1,2,3,4",
				   "1,2,-3,4",
				   "1,2,3,-2",
				   "1,2,3,",
				   "1 ,2,3,4",
				   "1,2,3,4000000000",
				   "1,2,3,0000000000000000000000001"};
	const struct fault_attr fresh = FAULT_ATTR_INITIALIZER;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct fault_attr attr = fresh;

		assert_int_equal(setup_fault_attr(&attr, bad[i]), 0);
		assert_memory_equal(&attr, &fresh, sizeof(attr));
	}
	assert_int_equal(host_log_count("FAULT_INJECTION: failed to parse arguments"),
			 ARRAY_SIZE(bad));
}

static struct fault_attr attr_of(const char *text)
{
	struct fault_attr attr = FAULT_ATTR_INITIALIZER;

	assert_int_equal(setup_fault_attr(&attr, text), 1);
	attr.verbose = 0;
	return attr;
}

static void a_fault_is_had_in_silence_where_that_is_asked_for(void **state)
{
	DECLARE_FAULT_ATTR(quiet);

	(void)state;
	assert_int_equal(setup_fault_attr(&quiet, "1,100,0,2"), 1);
	host_log_clear();
	assert_true(should_fail_ex(&quiet, 1, FAULT_NOWARN));
	assert_string_equal(host_log(), "");
	assert_true(should_fail_ex(&quiet, 1, 0));
	assert_true(host_log_contains("quiet"));
	assert_false(should_fail_ex(&quiet, 1, 0));
	assert_int_equal(PTR_ERR(fault_create_debugfs_attr("quiet", NULL, &quiet)), -ENODEV);
}

static void faults_come_at_the_interval_after_the_space_so_many_times(void **state)
{
	struct fault_attr attr = attr_of("3,100,10,2");
	unsigned int at[4] = {}, nr = 0;

	(void)state;
	for (unsigned int i = 1; i <= 40; i++)
		if (should_fail(&attr, 2))
			at[nr++] = i;
	/* Space 10 lasts for five attempts at 2: only what is above the size is used. */
	assert_int_equal(nr, 2);
	assert_int_equal(at[0], 4 + 3);
	assert_int_equal(at[1], 4 + 6);
	assert_int_equal(atomic_read(&attr.times), 0);
	assert_int_equal(atomic_long_read(&attr.faults), 2);
}

static void no_times_or_no_probability_is_no_fault(void **state)
{
	struct fault_attr never = attr_of("1,0,0,-1"), used_up = attr_of("1,100,0,0");

	(void)state;
	for (int i = 0; i < 100; i++)
		assert_false(should_fail(&never, 1) || should_fail(&used_up, 1));
	assert_int_equal(fault_inject_count(), 0);
}

static void a_share_of_attempts_fails_and_the_seed_repeats_it(void **state)
{
	bool first[4000];
	unsigned int failed = 0;

	(void)state;
	for (int run = 0; run < 3; run++) {
		struct fault_attr attr = attr_of("1,30,0,-1");
		unsigned int same = 0;

		fault_inject_seed(run == 2 ? 99 : 17);
		for (size_t i = 0; i < ARRAY_SIZE(first); i++) {
			bool fails = should_fail(&attr, 1);

			if (!run)
				first[i] = fails;
			failed += !run && fails;
			same += first[i] == fails;
		}
		assert_int_equal(same == ARRAY_SIZE(first), run < 2);
	}
	assert_in_range(failed, 1200 - 150, 1200 + 150);
}

static void a_fault_is_said_as_linux_says_it(void **state)
{
	struct fault_attr attr = attr_of("1,100,0,-1");

	(void)state;
	assert_true(should_fail(&attr, 1));
	assert_int_equal(host_log_count("FAULT_INJECTION"), 0);
	attr.verbose = 1;
	assert_true(should_fail(&attr, 1));
	assert_true(host_log_contains("FAULT_INJECTION: forcing a failure."));
	assert_true(
		host_log_contains("name (null), interval 1, probability 100, space 0, times -1"));
	assert_int_equal(host_log_count("Call Trace:"), 0);
	attr.verbose = 2;
	for (int i = 0; i < 100; i++)
		assert_true(should_fail(&attr, 1));
	assert_in_range(host_log_count("Call Trace:"), 10, 30);
	assert_int_equal(host_log_count("more failures are forced, but not shown"), 1);
	assert_int_equal(fault_inject_count(), 102);
}

/* ---- The n-th ---------------------------------------------------------------------- */

static void only_the_nth_attempt_fails_of_whatever_kind(void **state)
{
	struct fault_attr a = attr_of("1,0,0,0"), b = attr_of("1,0,0,0");

	(void)state;
	for (unsigned long nth = 1; nth < 10; nth++) {
		fault_inject_set_nth(nth);
		for (unsigned long i = 1; i < 20; i++) {
			assert_int_equal(should_fail(i % 2 ? &a : &b, 1), i == nth);
			assert_int_equal(fault_inject_nth_left(), i < nth ? nth - i : 0);
		}
	}
}

static void while_the_nth_is_counted_nothing_else_fails(void **state)
{
	struct fault_attr always = attr_of("1,100,0,-1");

	(void)state;
	fault_inject_set_nth(3);
	assert_false(should_fail(&always, 1));
	assert_false(should_fail(&always, 1));
	assert_true(should_fail(&always, 1));
	assert_int_equal(fault_inject_nth_left(), 0);
	assert_true(should_fail(&always, 1));
}

/* ---- Several CPUs ------------------------------------------------------------------ */

#define CPUS	 4
#define ATTEMPTS 20000

static struct fault_attr shared;

static void *attempt(void *arg)
{
	unsigned long *failed = arg;

	host_set_cpu((int)*failed);
	*failed = 0;
	for (int i = 0; i < ATTEMPTS; i++)
		*failed += should_fail(&shared, 1);
	return NULL;
}

static unsigned long failures_of_all_cpus(void)
{
	unsigned long failed[CPUS], sum = 0;
	pthread_t threads[CPUS];

	for (unsigned long i = 0; i < CPUS; i++) {
		failed[i] = i;
		assert_int_equal(pthread_create(&threads[i], NULL, attempt, &failed[i]), 0);
	}
	for (int i = 0; i < CPUS; i++) {
		pthread_join(threads[i], NULL);
		sum += failed[i];
	}
	return sum;
}

static void cpus_share_the_times_the_interval_and_the_nth(void **state)
{
	(void)state;
	shared = attr_of("1,100,0,777");
	assert_int_equal(failures_of_all_cpus(), 777);
	shared = attr_of("10,100,0,-1");
	assert_int_equal(failures_of_all_cpus(), CPUS * ATTEMPTS / 10);
	shared = attr_of("1,0,0,0");
	fault_inject_set_nth(CPUS * ATTEMPTS / 2);
	assert_int_equal(failures_of_all_cpus(), 1);
	assert_int_equal(fault_inject_nth_left(), 0);
}

/* ---- Pages ------------------------------------------------------------------------- */

static void without_options_no_page_fails(void **state)
{
	(void)state;
	fault_inject_arm();
	assert_false(fault_inject_armed);
	assert_int_equal(page_hooks, 0);
	assert_int_equal(failures_of(1000, GFP_KERNEL, 1), 0);
	assert_int_equal(host_log_count("FAULT_INJECTION"), 0);
}

static void by_default_only_blocks_for_those_who_cannot_wait_fail(void **state)
{
	(void)state;
	assert_true(options("fail_page_alloc=1,100,0,-1 fail_page_alloc.verbose=0"));
	assert_int_equal(failures_of(10, GFP_NOWAIT, 1), 0);
	fault_inject_arm();
	assert_true(fault_inject_armed);
	assert_int_equal(failures_of(10, GFP_NOWAIT, 1), 10);
	assert_int_equal(failures_of(10, GFP_NOWAIT, 0), 0);
	assert_int_equal(failures_of(10, GFP_KERNEL, 1), 0);
	assert_int_equal(failures_of(10, GFP_NOWAIT | __GFP_HIGHMEM, 1), 0);
	assert_true(options("fail_page_alloc.ignore-gfp-wait=0"));
	assert_int_equal(failures_of(10, GFP_KERNEL, 1), 10);
	assert_true(options("fail_page_alloc.ignore-gfp-highmem=n"));
	assert_int_equal(failures_of(10, GFP_HIGHUSER, 1), 10);
	assert_true(options("fail_page_alloc.min-order=3"));
	assert_int_equal(failures_of(10, GFP_KERNEL, 2), 0);
	assert_int_equal(failures_of(10, GFP_KERNEL, 3), 10);
	fault_inject_disarm();
	assert_int_equal(failures_of(10, GFP_KERNEL, 3), 0);
	assert_int_equal(verify_all(), 0);
}

static void space_and_size_are_counted_in_pages(void **state)
{
	(void)state;
	assert_true(options("fail_page_alloc=1,100,64,-1" ALL_PAGES));
	fault_inject_arm();
	assert_int_equal(failures_of(7, GFP_KERNEL, 3), 0);
	assert_int_equal(failures_of(1, GFP_KERNEL, 3), 1);
}

static void what_may_not_fail_does_not(void **state)
{
	(void)state;
	assert_true(options("fail_page_alloc=1,100,0,-1 fail-nth=1" ALL_PAGES));
	fault_inject_arm();
	assert_int_equal(failures_of(100, GFP_KERNEL | __GFP_NOFAIL, 0), 0);
	assert_int_equal(fault_inject_nth_left(), 1);
	assert_int_equal(failures_of(100, GFP_KERNEL, 0), 100);
}

static void what_a_filter_spares_is_not_counted_for_the_nth(void **state)
{
	(void)state;
	assert_true(options("fail-nth=3 fail_page_alloc.verbose=0 fail_page_alloc.min-order=2"));
	fault_inject_arm();
	/* Too small, may wait, may use high memory. */
	assert_int_equal(failures_of(10, GFP_ATOMIC, 1), 0);
	assert_int_equal(failures_of(10, GFP_KERNEL, 2), 0);
	assert_int_equal(failures_of(10, GFP_NOWAIT | __GFP_HIGHMEM, 2), 0);
	assert_int_equal(fault_inject_nth_left(), 3);
	assert_int_equal(failures_of(2, GFP_ATOMIC, 2), 0);
	assert_int_equal(failures_of(1, GFP_ATOMIC, 2), 1);
	assert_int_equal(failures_of(10, GFP_ATOMIC, 2), 0);
}

static void every_way_to_a_page_can_fail_and_nothing_is_lost(void **state)
{
	unsigned long free;

	(void)state;
	assert_true(options("fail_page_alloc=1,100,0,-1" ALL_PAGES));
	memmap_make_all();
	free = all_free_pages();
	fault_inject_arm();
	assert_null(alloc_page(GFP_KERNEL));
	assert_null(alloc_pages_node(0, GFP_KERNEL, 3));
	assert_null(zone_alloc_pages(zone_of(0, ZONE_DMA32), 0, GFP_KERNEL));
	assert_int_equal(__get_free_pages(GFP_KERNEL, 2), 0);
	assert_int_equal(get_zeroed_page(GFP_KERNEL), 0);
	assert_null(alloc_pages_exact(5 * PAGE_SIZE, GFP_KERNEL));
	assert_int_equal(fault_inject_count(), 6);
	assert_int_equal(all_free_pages(), free);
	fault_inject_disarm();
	assert_true(host_log_contains("FAULT_INJECTION: disarmed after 6 failures"));
	assert_int_equal(verify_all(), 0);
}

static void the_seed_is_said_and_can_be_given(void **state)
{
	(void)state;
	assert_true(options("fail_page_alloc=1,50,0,-1 fail-seed=0x1234" ALL_PAGES));
	fault_inject_arm();
	assert_true(host_log_contains("FAULT_INJECTION: armed, fail-nth 0, seed 0x1234"));
}

/* ---- Slab objects ------------------------------------------------------------------ */

static void objects_fail_by_their_own_attributes(void **state)
{
	struct kmem_cache *plain, *marked;

	(void)state;
	kmem_cache_init();
	plain = kmem_cache_create("plain", 64, 0, 0, NULL);
	marked = kmem_cache_create("marked", 64, 0, SLAB_FAILSLAB, NULL);
	assert_true(options("failslab=1,100,0,-1 failslab.verbose=0"));
	assert_int_equal(should_failslab(plain, GFP_NOWAIT), 0);
	fault_inject_arm();
	assert_int_equal(should_failslab(plain, GFP_NOWAIT), -ENOMEM);
	assert_int_equal(should_failslab(plain, GFP_KERNEL), 0);
	assert_true(options("failslab.ignore-gfp-wait=0 failslab.cache-filter=1"));
	assert_int_equal(should_failslab(marked, GFP_KERNEL), -ENOMEM);
	assert_int_equal(should_failslab(plain, GFP_KERNEL), 0);
	assert_int_equal(should_failslab(marked, GFP_KERNEL | __GFP_NOFAIL), 0);
	assert_int_equal(failures_of(10, GFP_NOWAIT, 1), 0);
	fault_inject_disarm();
	assert_int_equal(should_failslab(marked, GFP_KERNEL), 0);
}

static void options_without_a_right_value_are_refused(void **state)
{
	const char *const bad[] = {"fail_page_alloc",
				   "fail_page_alloc=1,2",
				   "fail_page_alloc.min-order=x",
				   "fail_page_alloc.ignore-gfp-wait",
				   "failslab=",
				   "failslab.cache-filter=2x",
				   "fail-nth",
				   "fail-nth=-",
				   "fail-seed="};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_false(options(bad[i]));
	fault_inject_arm();
	assert_false(fault_inject_armed);
}

#define ON_MACHINE(test) cmocka_unit_test_setup_teardown(test, machine, machine_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_MACHINE(attributes_are_read_as_linux_reads_them),
		ON_MACHINE(attributes_that_cannot_be_read_change_nothing),
		ON_MACHINE(a_fault_is_had_in_silence_where_that_is_asked_for),
		ON_MACHINE(faults_come_at_the_interval_after_the_space_so_many_times),
		ON_MACHINE(no_times_or_no_probability_is_no_fault),
		ON_MACHINE(a_share_of_attempts_fails_and_the_seed_repeats_it),
		ON_MACHINE(a_fault_is_said_as_linux_says_it),
		ON_MACHINE(only_the_nth_attempt_fails_of_whatever_kind),
		ON_MACHINE(while_the_nth_is_counted_nothing_else_fails),
		ON_MACHINE(cpus_share_the_times_the_interval_and_the_nth),
		ON_MACHINE(without_options_no_page_fails),
		ON_MACHINE(by_default_only_blocks_for_those_who_cannot_wait_fail),
		ON_MACHINE(space_and_size_are_counted_in_pages),
		ON_MACHINE(what_may_not_fail_does_not),
		ON_MACHINE(what_a_filter_spares_is_not_counted_for_the_nth),
		ON_MACHINE(every_way_to_a_page_can_fail_and_nothing_is_lost),
		ON_MACHINE(the_seed_is_said_and_can_be_given),
		ON_MACHINE(objects_fail_by_their_own_attributes),
		ON_MACHINE(options_without_a_right_value_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
