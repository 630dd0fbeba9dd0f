/* SPDX-License-Identifier: MIT */
/* Parts of all events: what periods do to them, and where one may not be more than some part. */
#include "percpu_machine.h"

#include <linux/flex_proportions.h>

static struct fprop_global all;
static struct fprop_local_percpu kinds[2];
static struct fprop_local_single single = INIT_FPROP_LOCAL_SINGLE(single);

static int machine(void **state)
{
	(void)state;
	percpu_machine_make(SZ_64M, 1, 1);
	assert_int_equal(fprop_global_init(&all, GFP_KERNEL), 0);
	for (int n = 0; n < 2; n++)
		assert_int_equal(fprop_local_init_percpu(&kinds[n], GFP_KERNEL), 0);
	return fprop_local_init_single(&single);
}

static int machine_end(void **state)
{
	(void)state;
	for (int n = 0; n < 2; n++)
		fprop_local_destroy_percpu(&kinds[n]);
	fprop_local_destroy_single(&single);
	fprop_global_destroy(&all);
	percpu_reset();
	slab_machine_end();
	return 0;
}

static void is_part(int kind, unsigned long part, unsigned long of)
{
	unsigned long numerator, denominator;

	fprop_fraction_percpu(&all, &kinds[kind], &numerator, &denominator);
	assert_int_equal(numerator, part);
	assert_int_equal(denominator, of);
}

static void is_single(unsigned long part, unsigned long of)
{
	unsigned long numerator, denominator;

	fprop_fraction_single(&all, &single, &numerator, &denominator);
	assert_int_equal(numerator, part);
	assert_int_equal(denominator, of);
}

static void periods_halve_all_counts(void **state)
{
	(void)state;
	is_part(0, 0, 1);
	is_single(0, 1);
	assert_false(fprop_new_period(&all, 1));
	assert_int_equal(all.period, 0);
	__fprop_add_percpu(&all, &kinds[0], 6000);
	__fprop_add_percpu(&all, &kinds[1], 1999);
	is_part(0, 6000, 8000);
	assert_true(fprop_new_period(&all, 2));
	is_part(0, 1500, 2000);
	__fprop_add_percpu(&all, &kinds[0], 500);
	is_part(0, 2000, 2500);
	is_part(1, 499, 2500);
	assert_true(fprop_new_period(&all, 64));
	is_part(0, 0, 1);
	is_part(1, 0, 1);
	assert_int_equal(all.period, 66);
	assert_false(fprop_new_period(&all, 1));
}

static void a_count_of_one_cpu_ages_too(void **state)
{
	(void)state;
	__fprop_add_percpu(&all, &kinds[0], 7999);
	for (int n = 0; n < 1000; n++)
		fprop_inc_single(&all, &single);
	assert_int_equal(single.events, 1000);
	assert_true(fprop_new_period(&all, 1));
	is_single(500, 4500);
	assert_true(fprop_new_period(&all, 70));
	is_single(0, 1);
}

/* The common count lags behind what this CPU has counted: the part is all then. */
static void a_part_is_never_more_than_all(void **state)
{
	(void)state;
	for (int n = 0; n < 17; n++)
		fprop_inc_single(&all, &single);
	is_single(17, 17);
	fprop_inc_percpu(&all, &kinds[1]);
	assert_int_equal(percpu_counter_sum(&kinds[1].events), 1);
	assert_int_equal(percpu_counter_sum(&all.events), 19);
}

static void no_more_than_a_largest_part(void **state)
{
	const int half = FPROP_FRAC_BASE / 2;

	(void)state;
	__fprop_add_percpu(&all, &kinds[1], 3999);
	__fprop_add_percpu_max(&all, &kinds[0], half, 1000);
	is_part(0, 1000, 5000);
	__fprop_add_percpu_max(&all, &kinds[0], half, 50000);
	is_part(0, 4000, 8000);
	__fprop_add_percpu_max(&all, &kinds[0], half, 500);
	is_part(0, 4000, 8000);
	__fprop_add_percpu_max(&all, &kinds[0], FPROP_FRAC_BASE, 1000);
	is_part(0, 5000, 9000);
	__fprop_add_percpu_max(&all, &kinds[0], half, 500);
	is_part(0, 5000, 9000);
}

#define on(fn) cmocka_unit_test_setup_teardown(fn, machine, machine_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		on(periods_halve_all_counts),
		on(a_count_of_one_cpu_ages_too),
		on(a_part_is_never_more_than_all),
		on(no_more_than_a_largest_part),
	};

	return cmocka_run_group_tests_name("flex_proportions", tests, NULL, NULL);
}
