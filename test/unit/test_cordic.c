/* SPDX-License-Identifier: MIT */
/* Cosines and sines: those that Linux gives, and that they belong together. */
#include "slab_machine.h"

#include <linux/cordic.h>

static void known_angles(void **state)
{
	static const struct {
		s32 theta, i, q;
	} rows[] = {
		{0, 65541, 0},	      {30, 56759, 32769},   {45, 46342, 46341},
		{90, 3, 65536},	      {135, -46342, 46342}, {180, -65541, 0},
		{-60, 32768, -56759}, {270, 0, -65538},	    {450, 3, 65536},
	};

	(void)state;
	for (unsigned int n = 0; n < sizeof(rows) / sizeof(rows[0]); n++) {
		struct cordic_iq at = cordic_calc_iq(rows[n].theta);

		assert_int_equal(at.i, rows[n].i);
		assert_int_equal(at.q, rows[n].q);
	}
}

static void all_lie_on_the_circle(void **state)
{
	const s64 square = (s64)1 << 32;

	(void)state;
	for (s32 theta = -32768; theta < 32768; theta++) {
		struct cordic_iq at = cordic_calc_iq(theta);
		s64 off = (s64)at.i * at.i + (s64)at.q * at.q - square;

		assert_in_range(off + square / 2048, 0, square / 1024);
	}
}

static void numbers_are_rounded(void **state)
{
	(void)state;
	assert_int_equal(CORDIC_FIXED(-3), -3 * 65536);
	assert_int_equal(CORDIC_FLOAT(CORDIC_FIXED(7)), 7);
	assert_int_equal(CORDIC_FLOAT(32767), 0);
	assert_int_equal(CORDIC_FLOAT(32768), 1);
	assert_int_equal(CORDIC_FLOAT(-32767), 0);
	assert_int_equal(CORDIC_FLOAT(-32768), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_angles),
		cmocka_unit_test(all_lie_on_the_circle),
		cmocka_unit_test(numbers_are_rounded),
	};

	return cmocka_run_group_tests_name("cordic", tests, NULL, NULL);
}
