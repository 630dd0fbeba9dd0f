/* SPDX-License-Identifier: MIT */
/* Waits until a register says what is wanted. */
#include "slab_machine.h"

#include <linux/errno.h>
#include <linux/iopoll.h>
#include <linux/ktime.h>

static int reads;

/* Comes to @step in as many reads. */
static int count_up(int step)
{
	return reads++ + step;
}

static void what_is_there_is_read_once(void **state)
{
	u32 reg = 0x80, val = 0;
	int n;

	(void)state;
	assert_int_equal(readl_poll_timeout((void __iomem *)&reg, val, val & 0x80, 10, 1000), 0);
	assert_int_equal(val, 0x80);
	reads = 0;
	assert_int_equal(read_poll_timeout(count_up, n, n == 5, 0, 0, false, 5), 0);
	assert_int_equal(reads, 1);
	assert_int_equal(read_poll_timeout_atomic(count_up, n, n >= 20, 1, 0, false, 0), 0);
	assert_int_equal(n, 20);
	assert_int_equal(reads, 21);
}

static void it_is_read_again_when_the_time_is_over(void **state)
{
	u64 reg = 0, val = 1, begin = ktime_get_ns();
	u8 byte = 0, low = 1;
	int n;

	(void)state;
	assert_int_equal(readq_poll_timeout_atomic((void __iomem *)&reg, val, val, 1, 50),
			 -ETIMEDOUT);
	assert_int_equal(val, 0);
	assert_true(ktime_get_ns() - begin >= 50 * NSEC_PER_USEC);
	assert_int_equal(readb_relaxed_poll_timeout((void __iomem *)&byte, low, low, 5, 20),
			 -ETIMEDOUT);
	assert_int_equal(low, 0);
	/* The one that was wanted may be the last. */
	reads = 0;
	assert_int_equal(read_poll_timeout_atomic(count_up, n, n == 1, 100, 1, false, 0), 0);
	assert_int_equal(reads, 2);
	begin = ktime_get_ns();
	assert_int_equal(read_poll_timeout(count_up, n, true, 400, 0, true, 0), 0);
	assert_true(ktime_get_ns() - begin >= 100 * NSEC_PER_USEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		slab_test(what_is_there_is_read_once),
		slab_test(it_is_read_again_when_the_time_is_over),
	};

	return cmocka_run_group_tests_name("iopoll", tests, NULL, NULL);
}
