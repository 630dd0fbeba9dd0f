/* SPDX-License-Identifier: MIT */
/* Modules: how they begin and end; time that passes. */
#include "slab_machine.h"

#include <linux/delay.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/timex.h>

static int begun, ended, level = 3;
module_param(level, int, 0444);

static int begin(void)
{
	begun += level;
	return -7;
}

static void end(void)
{
	ended++;
}

int exported(void);
int exported(void)
{
	return begun;
}
EXPORT_SYMBOL(exported);
EXPORT_SYMBOL_GPL(exported);

module_init(begin);
module_exit(end);
MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("a test");

static void a_module_begins_and_ends_by_its_functions(void **state)
{
	(void)state;
	assert_int_equal(init_module(), -7);
	assert_int_equal(exported(), 3);
	cleanup_module();
	assert_int_equal(ended, 1);
	assert_true(try_module_get(THIS_MODULE));
	module_put(THIS_MODULE);
}

static void spans_of_time_are_nanoseconds(void **state)
{
	(void)state;
	assert_int_equal(ktime_set(2, 5), 2000000005);
	assert_int_equal(ktime_set(KTIME_MAX, 0), KTIME_MAX);
	assert_int_equal(ktime_to_us(ktime_set(1, 999)), 1000000);
	assert_int_equal(ktime_to_ms(ms_to_ktime(17)), 17);
	assert_int_equal(ktime_add_us(5, 2), 2005);
	assert_int_equal(ktime_sub_ms(ms_to_ktime(3), 1), 2000000);
	assert_int_equal(ktime_us_delta(9000, 2000), 7);
	assert_int_equal(ktime_add_safe(KTIME_MAX, 1), KTIME_MAX);
	assert_int_equal(ktime_add_safe(1, 2), 3);
	assert_int_equal(ktime_add_safe(10, -5), KTIME_MAX); /* as on Linux */
	assert_int_equal(ktime_divns(1000, 3), 333);
	assert_true(ktime_before(1, 2) && ktime_after(2, 1) && !ktime_compare(2, 2));
	assert_int_equal(ktime_compare(1, 2), -1);
}

static void who_waits_waits_at_least_so_long(void **state)
{
	ktime_t start = ktime_get(), then;
	cycles_t cycles = get_cycles();

	(void)state;
	udelay(50);
	assert_true(get_cycles() > cycles);
	then = ktime_get();
	assert_true(ktime_us_delta(then, start) >= 50);
	usleep_range(20, 30);
	assert_true(ktime_us_delta(ktime_get(), then) >= 20);
	then = ktime_get();
	mdelay(1);
	assert_int_equal(msleep_interruptible(1), 0);
	ndelay(100);
	fsleep(1);
	assert_true(ktime_ms_delta(ktime_get(), then) >= 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_module_begins_and_ends_by_its_functions),
		cmocka_unit_test(spans_of_time_are_nanoseconds),
		cmocka_unit_test_setup_teardown(who_waits_waits_at_least_so_long, make_machine,
						end_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
