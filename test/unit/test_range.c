/* SPDX-License-Identifier: MIT */
/* Lists of ranges: linux/range.h, against a set of numbers. */
#include <linux/array_size.h>
#include <linux/range.h>
#include <host/machine.h>
#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct range ranges[8];

static int clear(void **state)
{
	memset(ranges, 0, sizeof(ranges));
	host_log_clear();
	return state == NULL;
}

static void assert_range(const struct range *range, u64 start, u64 end)
{
	assert_int_equal(range->start, start);
	assert_int_equal(range->end, end);
}

static void a_range_is_added_behind_the_others(void **state)
{
	(void)state;
	assert_int_equal(add_range(ranges, 2, 0, 4, 8), 1);
	assert_int_equal(add_range(ranges, 2, 1, 6, 9), 2);
	assert_range(&ranges[0], 4, 8);
	assert_range(&ranges[1], 6, 9);
	/* No room, and nothing to add. */
	assert_int_equal(add_range(ranges, 2, 2, 20, 30), 2);
	assert_int_equal(add_range(ranges, 8, 2, 5, 5), 2);
	assert_int_equal(add_range(ranges, 8, 2, 6, 5), 2);
	assert_range(&ranges[2], 0, 0);
	assert_int_equal(range_len(&(struct range){4, 7}), 4);
	assert_true(cap_resource(5) == 5 && cap_resource(~0ULL) == MAX_RESOURCE);
}

/*  |--a--|   |--b--|       |--c--|
 *           touches a, overlaps b: one range, c stays
 */
static void a_range_is_joined_with_those_it_meets(void **state)
{
	int nr = 0;

	(void)state;
	nr = add_range_with_merge(ranges, 3, nr, 10, 20);
	nr = add_range_with_merge(ranges, 3, nr, 30, 40);
	nr = add_range_with_merge(ranges, 3, nr, 60, 70);
	assert_int_equal(nr, 3);
	assert_int_equal(add_range_with_merge(ranges, 3, nr, 80, 90), 3);
	nr = add_range_with_merge(ranges, 3, nr, 20, 35);
	assert_int_equal(nr, 2);
	assert_range(&ranges[0], 60, 70);
	assert_range(&ranges[1], 10, 40);
	assert_range(&ranges[2], 0, 0);
	assert_int_equal(add_range_with_merge(ranges, 3, nr, 5, 5), 2);
}

static void a_range_is_cut_out_of_all(void **state)
{
	(void)state;
	add_range(ranges, 8, 0, 10, 20);
	add_range(ranges, 8, 1, 18, 30);
	add_range(ranges, 8, 2, 40, 50);
	add_range(ranges, 8, 3, 0, 100);
	subtract_range(ranges, 8, 15, 25);
	assert_range(&ranges[0], 10, 15);
	assert_range(&ranges[1], 25, 30);
	assert_range(&ranges[2], 40, 50);
	assert_range(&ranges[3], 0, 15);
	assert_range(&ranges[4], 25, 100);
	subtract_range(ranges, 8, 40, 50);
	assert_range(&ranges[2], 50, 100);
	assert_range(&ranges[4], 25, 40);
	subtract_range(ranges, 8, 7, 7);
	assert_range(&ranges[3], 0, 15);
}

static void a_rest_without_a_slot_is_lost_and_said(void **state)
{
	(void)state;
	add_range(ranges, 1, 0, 10, 40);
	subtract_range(ranges, 1, 20, 30);
	assert_range(&ranges[0], 10, 20);
	assert_true(host_log_contains("subtract_range: run out of slot in ranges\n"));
}

static void used_slots_come_first_and_in_order(void **state)
{
	(void)state;
	ranges[1] = (struct range){50, 60};
	ranges[4] = (struct range){10, 20};
	ranges[7] = (struct range){30, 40};
	assert_int_equal(clean_sort_range(ranges, 8), 3);
	assert_range(&ranges[0], 10, 20);
	assert_range(&ranges[1], 30, 40);
	assert_range(&ranges[2], 50, 60);
	for (int i = 3; i < 8; i++)
		assert_range(&ranges[i], 0, 0);
	ranges[0].start = 55;
	sort_range(ranges, 3);
	assert_range(&ranges[2], 55, 20);
	assert_int_equal(clean_sort_range(&ranges[3], 5), 0);
}

/* Whatever is added and cut out, the ranges hold what a set of numbers holds. */
static void ranges_hold_what_a_set_holds(void **state)
{
	static struct range many[128];
	bool set[64] = {};
	int nr = 0;

	(void)state;
	memset(many, 0, sizeof(many));
	for (int step = 0; step < 3000; step++) {
		unsigned int start = (unsigned int)rand() % 64;
		unsigned int end = start + (unsigned int)rand() % (65 - start);
		bool add = rand() % 2;

		if (add)
			nr = add_range_with_merge(many, ARRAY_SIZE(many), nr, start, end);
		else
			subtract_range(many, ARRAY_SIZE(many), start, end);
		for (unsigned int i = start; i < end; i++)
			set[i] = add;
		nr = clean_sort_range(many, ARRAY_SIZE(many));
		for (unsigned int i = 0; i < 64; i++) {
			int holders = 0;

			for (int r = 0; r < nr; r++)
				holders += many[r].start <= i && i < many[r].end;
			assert_int_equal(holders, set[i]);
		}
	}
}

int main(void)
{
#define test(name) cmocka_unit_test_setup(name, clear)
	const struct CMUnitTest tests[] = {
		test(a_range_is_added_behind_the_others),
		test(a_range_is_joined_with_those_it_meets),
		test(a_range_is_cut_out_of_all),
		test(a_rest_without_a_slot_is_lost_and_said),
		test(used_slots_come_first_and_in_order),
		test(ranges_hold_what_a_set_holds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
