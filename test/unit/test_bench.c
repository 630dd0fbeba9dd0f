/* SPDX-License-Identifier: MIT */
/* The bench option on a simulated machine: what it logs, and what it leaves behind. */
#include "whole_machine.h"

#include <string.h>

#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <baremm/bench.h>
#include <baremm/boot_info.h>

static struct boot_info *bring_up(u64 ram, const char *options)
{
	return whole_machine(host_machine_pc(ram, options));
}

static void without_the_option_nothing_is_logged(void **state)
{
	(void)state;
	mm_bench(bring_up(SZ_1G, NULL));
	assert_false(host_log_contains("bench "));
	host_machine_exit();
}

static void each_operation_has_a_figure_and_gives_back_what_it_took(void **state)
{
	struct boot_info *info = bring_up(SZ_1G, "bench");

	(void)state;
	mm_bench(info);
	assert_true(host_log_contains("bench bringup "));
	assert_true(host_log_contains("bench free_share 9"));
	assert_true(host_log_contains("bench page_pair_order0 "));
	assert_true(host_log_contains("bench page_batch_order10 "));
	assert_true(host_log_contains("bench page_batch1024_order0 "));
	assert_true(host_log_contains("bench page_zero_order0 "));
	assert_true(host_log_contains("bench kmalloc_pair_8 "));
	assert_true(host_log_contains("bench kmalloc_batch1024_8192 "));
	assert_true(host_log_contains("bench cache_pair_128 "));
	assert_true(host_log_contains("bench cache_batch1024_128 "));
	assert_false(host_log_contains("no memory"));
	assert_int_equal(mm_verify_all(), 0);
	host_machine_exit();
}

static void bring_up_alone_measures_no_allocator(void **state)
{
	(void)state;
	mm_bench(bring_up(SZ_256M, "bench=bringup"));
	assert_true(host_log_contains("bench bringup "));
	assert_false(host_log_contains("bench page_pair_order0 "));
	host_machine_exit();
}

static void the_firmwares_figures_come_from_the_record(void **state)
{
	static const struct bench_result result = {
		.name = "page_pair_order0", .hundredths = 1234, .worst_hundredths = 5602};
	struct boot_info *info = bring_up(SZ_256M, "bench=bringup");

	(void)state;
	info->bench = &result;
	info->nr_bench = 1;
	mm_bench(info);
	assert_true(host_log_contains("bench firmware page_pair_order0 12.34 (to 56.02)"));
	host_machine_exit();
}

static void a_word_that_is_not_known_is_refused(void **state)
{
	(void)state;
	mm_bench(bring_up(SZ_256M, "bench=everything"));
	assert_int_equal(bad_options, 1);
	assert_false(host_log_contains("bench bringup "));
	host_machine_exit();
}

static void an_operation_without_memory_has_no_figure(void **state)
{
	struct boot_info *info = bring_up(SZ_64M, "bench");

	(void)state;
	mm_bench(info);
	assert_true(host_log_contains("bench: page_batch_order10: no memory for 16 operations"));
	assert_false(host_log_contains("bench page_batch_order10 "));
	assert_true(host_log_contains("bench page_pair_order0 "));
	assert_int_equal(mm_verify_all(), 0);
	host_machine_exit();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_the_option_nothing_is_logged),
		cmocka_unit_test(each_operation_has_a_figure_and_gives_back_what_it_took),
		cmocka_unit_test(bring_up_alone_measures_no_allocator),
		cmocka_unit_test(the_firmwares_figures_come_from_the_record),
		cmocka_unit_test(a_word_that_is_not_known_is_refused),
		cmocka_unit_test(an_operation_without_memory_has_no_figure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
