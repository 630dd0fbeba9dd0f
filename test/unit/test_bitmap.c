/* SPDX-License-Identifier: MIT */
/* Bits in arrays, beside an array of bool. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include <baremm/arch.h>
#include <host/machine.h>
#include <linux/bitmap.h>
#include <linux/log2.h>

#define NBITS 300

static void single_bits_are_set_tested_and_cleared(void **state)
{
	DECLARE_BITMAP(map, NBITS);

	(void)state;
	bitmap_zero(map, NBITS);
	for (unsigned long nr = 0; nr < NBITS; nr += 13) {
		assert_false(__test_and_set_bit(nr, map));
		assert_true(__test_and_set_bit(nr, map));
		assert_true(test_bit(nr, map));
		assert_false(test_bit(nr + 1, map));
		assert_true(__test_and_clear_bit(nr, map));
		assert_false(__test_and_clear_bit(nr, map));
		set_bit(nr, map);
		assert_true(test_bit(nr, map));
		clear_bit(nr, map);
	}
	assert_true(bitmap_empty(map, NBITS));
}

static void searches_end_at_the_size(void **state)
{
	unsigned long map[2] = {0, 1UL << 63};

	(void)state;
	assert_int_equal(find_first_bit(map, 127), 127);
	assert_int_equal(find_first_bit(map, 128), 127);
	assert_int_equal(find_next_bit(map, 128, 128), 128);
	assert_int_equal(find_last_bit(map, 127), 127);
	assert_int_equal(find_last_bit(map, 128), 127);
	assert_int_equal(find_first_bit(map, 0), 0);
	map[0] = map[1] = ~0UL;
	assert_int_equal(find_first_zero_bit(map, 70), 70);
	assert_int_equal(bitmap_weight(map, 70), 70);
	assert_true(bitmap_full(map, 128));
}

static void random_ranges_agree_with_a_plain_array(void **state)
{
	DECLARE_BITMAP(map, NBITS);
	bool model[NBITS] = {false};

	(void)state;
	host_test_seed("random_ranges_agree_with_a_plain_array");
	bitmap_zero(map, NBITS);
	for (int round = 0; round < 20000; round++) {
		unsigned int nr = arch_random() % NBITS, len = arch_random() % (NBITS - nr + 1);
		unsigned int size = arch_random() % (NBITS + 1), from = arch_random() % NBITS;
		unsigned int set = size, zero = size, last = size, weight = 0;
		bool on = arch_random() % 2;

		(on ? bitmap_set : bitmap_clear)(map, nr, len);
		memset(model + nr, on, len);
		for (unsigned int i = size; i-- > 0;) {
			weight += model[i];
			if (model[i] && last == size)
				last = i;
			if (i >= from && model[i])
				set = i;
			if (i >= from && !model[i])
				zero = i;
		}
		assert_int_equal(find_next_bit(map, size, from), set);
		assert_int_equal(find_next_zero_bit(map, size, from), zero);
		assert_int_equal(find_last_bit(map, size), last);
		assert_int_equal(bitmap_weight(map, size), weight);
		assert_int_equal(bitmap_empty(map, size), weight == 0);
		assert_int_equal(bitmap_full(map, size), weight == size);
	}
}

/* The lowest place that suits, found by trying each. */
static void areas_of_clear_bits_agree_with_a_plain_search(void **state)
{
	DECLARE_BITMAP(map, NBITS);

	(void)state;
	for (int round = 0; round < 5000; round++) {
		unsigned int nr = 1 + (unsigned int)(arch_random() % 40);
		unsigned long size = arch_random() % (NBITS + 1), start = arch_random() % NBITS, at;
		unsigned long mask = (1UL << arch_random() % 5) - 1, offset = arch_random() % 16;

		bitmap_zero(map, NBITS);
		for (int i = 0; i < 8; i++)
			bitmap_set(map, (unsigned int)(arch_random() % (NBITS - 20)),
				   (unsigned int)(arch_random() % 20));
		for (at = start; at + nr <= size; at++)
			if (!((at + offset) & mask) && find_next_bit(map, at + nr, at) == at + nr)
				break;
		if (at + nr <= size)
			assert_int_equal(
				bitmap_find_next_zero_area_off(map, size, start, nr, mask, offset),
				at);
		else
			assert_true(bitmap_find_next_zero_area_off(map, size, start, nr, mask,
								   offset) > size);
	}
}

static void for_each_set_bit_visits_all_in_order(void **state)
{
	unsigned long map[2] = {1UL << 3 | 1UL << 63, 1UL << 0 | 1UL << 40};
	const unsigned long want[] = {3, 63, 64, 104};
	unsigned long bit, n = 0;

	(void)state;
	for_each_set_bit (bit, map, 128)
		assert_int_equal(bit, want[n++]);
	assert_int_equal(n, 4);
}

static void word_helpers_count_from_the_right_end(void **state)
{
	(void)state;
	assert_int_equal(fls64(0), 0);
	assert_int_equal(fls64(1ULL << 63), 64);
	assert_int_equal(fls(0x80), 8);
	assert_int_equal(__ffs(0x80), 7);
	assert_int_equal(__fls(0xff), 7);
	assert_int_equal(hweight_long(0), 0);
	assert_int_equal(hweight_long(~0UL), 64);
	assert_int_equal(hweight_long(0x8000000000000001UL), 2);
	assert_int_equal(ilog2(4096), 12);
	assert_int_equal(ilog2(4097), 12);
	assert_int_equal(roundup_pow_of_two(4097), 8192);
	assert_int_equal(rounddown_pow_of_two(8191), 4096);
	assert_int_equal(order_base_2(1), 0);
	assert_int_equal(order_base_2(5), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(single_bits_are_set_tested_and_cleared),
		cmocka_unit_test(searches_end_at_the_size),
		cmocka_unit_test(random_ranges_agree_with_a_plain_array),
		cmocka_unit_test(areas_of_clear_bits_agree_with_a_plain_search),
		cmocka_unit_test(for_each_set_bit_visits_all_in_order),
		cmocka_unit_test(word_helpers_count_from_the_right_end),
	};

	return cmocka_run_group_tests_name("bitmap", tests, NULL, NULL);
}
