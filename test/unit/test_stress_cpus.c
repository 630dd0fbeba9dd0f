/* SPDX-License-Identifier: MIT */
/*
 * The guest's self-test of all allocators on all CPUs at once, with threads as CPUs. Built
 * twice: the second time ThreadSanitizer says where two CPUs reach the same word without an
 * order between them.
 */
#include "whole_machine.h"

#include <stdio.h>
#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/mmzone.h>
#include <linux/sizes.h>
#include <linux/smp.h>
#include <linux/vmstat.h>

#include "tsan.h"

#include "../../mm/wait.h"

#define CPUS 4

static void stress(u64 ram, const char *more)
{
	char options[256];

	snprintf(options, sizeof(options), "selftest=smp_stress %s", more);
	nr_cpu_ids = CPUS;
	wait_reset();
	whole_machine(host_machine_pc(ram, options));
	assert_int_equal(bad_options, 0);
	smp_init();
	assert_int_equal(num_online_cpus(), CPUS);
	if (mm_selftest() || mm_verify_all()) {
		fputs(host_log(), stderr);
		fail();
	}
	host_cpus_stop();
}

static int machine_end(void **state)
{
	(void)state;
	host_cpus_stop();
	mm_reset();
	host_machine_exit();
	nr_cpu_ids = 1;
	return 0;
}

static void all_cpus_use_all_allocators_under_pressure(void **state)
{
	(void)state;
	host_test_seed(__func__);
	stress(SZ_128M, "");
	assert_true(vm_event(PGSTEAL_KSWAPD) + vm_event(PGSTEAL_DIRECT) > 0);
}

static void the_same_on_a_machine_with_16_gb(void **state)
{
	(void)state;
	host_test_seed(__func__);
	stress(SZ_16G, "");
	assert_true(vm_event(PGSTEAL_KSWAPD) + vm_event(PGSTEAL_DIRECT) > 0);
}

static void the_same_on_eight_nodes_of_4_gb(void **state)
{
	(void)state;
	host_test_seed(__func__);
	stress(SZ_32G, "numa=fake=8");
	assert_true(vm_event(PGSTEAL_KSWAPD) + vm_event(PGSTEAL_DIRECT) > 0);
}

static void the_same_on_two_nodes_with_a_cma_area(void **state)
{
	(void)state;
	host_test_seed(__func__);
	stress(SZ_128M, "numa=fake=2 cma=8M");
	assert_int_equal(num_online_nodes(), 2);
	assert_true(vm_event(PGMIGRATE_SUCCESS) > 0);
}

static void the_same_while_allocations_fail(void **state)
{
	(void)state;
	host_test_seed(__func__);
	stress(SZ_128M, "cma=8M fail_page_alloc=1,2,3000,-1 failslab=1,2,1000000,-1 "
			"fail_page_alloc.verbose=0 failslab.verbose=0 "
			"fail_page_alloc.ignore-gfp-wait=0 failslab.ignore-gfp-wait=0");
	assert_false(host_log_contains("SKIP"));
}

int main(void)
{
#define test(name) cmocka_unit_test_teardown(name, machine_end)
	const struct CMUnitTest tests[] = {
		test(all_cpus_use_all_allocators_under_pressure),
		test(the_same_on_a_machine_with_16_gb),
		test(the_same_on_eight_nodes_of_4_gb),
		test(the_same_on_two_nodes_with_a_cma_area),
		test(the_same_while_allocations_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
