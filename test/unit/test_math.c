/* SPDX-License-Identifier: MIT */
/* Bits of words, rounding, division, overflow, the smaller and the larger. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>

#include <linux/align.h>
#include <linux/bitops.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/overflow.h>

/* They bound arrays, and the compiler knows them. */
static void of_constants_they_are_constants(void **state)
{
	char array[max(3, 4)];

	static_assert(min(3, 4) == 3 && max(3, 4) == 4 && clamp(9, 1, 5) == 5);
	static_assert(min_t(u8, 256, 1) == 0 && max3(1, 9, 5) == 9);
	static_assert(ALIGN(5, 4) == 8 && ALIGN_DOWN(5, 4) == 4 && IS_ALIGNED(8, 4));
	static_assert(roundup(7, 5) == 10 && rounddown(7, 5) == 5 && DIV_ROUND_UP(7, 5) == 2);
	static_assert(GENMASK(7, 4) == 0xf0 && GENMASK_ULL(63, 60) == 0xfULL << 60);
	static_assert(order_base_2(5) == 3 && ilog2(5) == 2 && bits_per(8) == 4);
	static_assert(type_max(s8) == 127 && type_min(s8) == -128 && type_max(u64) == ~0ULL);
	(void)state;
	assert_int_equal(sizeof(array), 4);
}

static void arguments_are_evaluated_once(void **state)
{
	int a = 1, b = 5, evaluated = 0;

	(void)state;
	assert_int_equal(min((evaluated++, a), b), 1);
	assert_int_equal(max(a, (evaluated++, b)), 5);
	assert_int_equal(abs((evaluated++, -3)), 3);
	assert_int_equal(evaluated, 3);
	assert_int_equal(min_not_zero(0, b), 5);
	assert_int_equal(min_not_zero(a, b), 1);
	assert_int_equal(min_not_zero(a, 0), 1);
	assert_int_equal(clamp_val(b, 7, 9), 7);
	swap(a, b);
	assert_int_equal(a, 5);
	assert_true(in_range(5, 3, 3));
	assert_false(in_range(6, 3, 3));
	assert_false(in_range(2, 3, 3));
	assert_true(in_range(0x10000000000ULL, 1ULL << 40, 1));
}

static void distances_have_the_signed_type_of_their_size(void **state)
{
	(void)state;
	assert_int_equal(abs(-5), 5);
	assert_true(abs(-0x7fffffffffffLL) == 0x7fffffffffffLL);
	assert_true(abs(5U - 8U) == 3);
	assert_int_equal(abs((signed char)-100), 100);
	assert_int_equal(abs_diff(3U, 10U), 7);
}

static void divisions_round_as_asked(void **state)
{
	u64 n = 1000000000007ULL;

	(void)state;
	assert_int_equal(DIV_ROUND_CLOSEST(7, 2), 4);
	assert_int_equal(DIV_ROUND_CLOSEST(-7, 2), -4);
	assert_int_equal(DIV_ROUND_CLOSEST(7, -2), -4);
	assert_int_equal(DIV_ROUND_CLOSEST(-7, -2), 4);
	assert_int_equal(DIV_ROUND_CLOSEST(5U, 4U), 1);
	assert_int_equal(DIV_ROUND_CLOSEST_ULL(10ULL, 4), 3);
	assert_int_equal(DIV_S64_ROUND_CLOSEST(-7, 2), -4);
	assert_int_equal(DIV64_U64_ROUND_UP(7, 2), 4);
	assert_int_equal(do_div(n, 10), 7);
	assert_true(n == 100000000000ULL);
	assert_int_equal(mult_frac(~0ULL, 3ULL, 3ULL), ~0ULL);
	assert_int_equal(int_pow(3, 5), 243);
	assert_int_equal(int_pow(7, 0), 1);
	assert_int_equal(int_sqrt64(~0ULL), 0xffffffff);
	assert_int_equal(reciprocal_scale(0x80000000, 10), 5);
}

static void products_of_128_bits_are_divided(void **state)
{
	u64 rem;
	u32 rem32;

	(void)state;
	assert_true(mul_u64_u64_div_u64(~0ULL, ~0ULL, ~0ULL) == ~0ULL);
	assert_true(mul_u64_u64_div_u64(1ULL << 63, 6, 3) == 0);
	assert_true(mul_u64_u64_div_u64(0xfedcba9876543210ULL, 1000, 1001) ==
		    (u64)((unsigned __int128)0xfedcba9876543210ULL * 1000 / 1001));
	assert_true(mul_u64_u64_shr(~0ULL, ~0ULL, 64) == ~0ULL - 1);
	assert_true(mul_s64_u64_shr(-4, 1ULL << 63, 64) == (u64)-2);
	assert_true(div64_u64_rem(17, 5, &rem) == 3 && rem == 2);
	assert_true(div_u64_rem(17, 5, &rem32) == 3 && rem32 == 2);
	assert_true(div_s64(-17, 5) == -3 && div64_s64(-17, -5) == 3);
}

static void overflow_is_told_and_sizes_saturate(void **state)
{
	struct flexible {
		int n;
		u64 items[];
	} *p = NULL;
	DEFINE_FLEX(struct flexible, here, items, n, 3);
	DEFINE_RAW_FLEX(struct flexible, raw, items, 1);
	u8 u, __d;
	int i, __a = 3, __s = 2;
	s64 wide;

	(void)state;
	assert_true(check_add_overflow(200, 100, &u));
	assert_int_equal(u, 44);
	assert_false(check_add_overflow(200, 55, &u));
	assert_true(check_sub_overflow(1, 2, &u));
	assert_true(check_mul_overflow(1 << 20, 1 << 12, &i));
	assert_false(check_shl_overflow(1, 30, &i));
	assert_true(check_shl_overflow(1, 31, &i));
	assert_true(check_shl_overflow(1, 32, &i));
	assert_true(check_shl_overflow(1, -1, &i));
	assert_true(check_shl_overflow(-1, 1, &i));
	/* Whatever the caller's variables are called. */
	assert_false(check_shl_overflow(__a, __s, &__d));
	assert_int_equal(__d, 12);
	assert_false(check_shl_overflow(1U, 7, &u));
	assert_true(check_shl_overflow(3U, 7, &u));
	assert_false(check_shl_overflow(1ULL, 62, &wide));
	assert_true(size_mul(SIZE_MAX, 2) == SIZE_MAX);
	assert_true(size_add(SIZE_MAX, 1) == SIZE_MAX);
	assert_true(size_sub(1, 2) == SIZE_MAX);
	assert_true(size_sub(SIZE_MAX, 2) == SIZE_MAX);
	assert_int_equal(size_sub(5, 2), 3);
	assert_int_equal(array3_size(2, 3, 4), 24);
	assert_int_equal(struct_size(p, items, 3), 32);
	assert_true(struct_size(p, items, SIZE_MAX / 8) == SIZE_MAX);
	assert_int_equal(struct_size_t(struct flexible, items, 1), 16);
	assert_int_equal(flex_array_size(p, items, 3), 24);
	assert_int_equal(here->n, 3);
	assert_int_equal(here->items[2] + raw->items[0], 0);
	assert_int_equal(sizeof(here_u), struct_size(here, items, 3));
}

static void bits_of_words_are_found_and_moved(void **state)
{
	void (*const assign)(long nr, volatile unsigned long *addr, bool value) = assign_bit;
	void (*const __assign)(long nr, volatile unsigned long *addr, bool value) = __assign_bit;
	unsigned long word = 0xf0;

	(void)state;
	assert_int_equal(ffs(0), 0);
	assert_int_equal(ffs(0x10), 5);
	assert_int_equal(ffz(0xff), 8);
	assert_int_equal(fls(0), 0);
	assert_int_equal(fls_long(~0UL), 64);
	assert_int_equal(fns(0xf0, 2), 6);
	assert_int_equal(fns(0xf0, 4), 64);
	assert_int_equal(hweight8(0x1ff), 8);
	assert_int_equal(hweight16(0x1ffff), 16);
	assert_int_equal(hweight32(~0ULL), 32);
	assert_int_equal(rol8(0x81, 1), 0x03);
	assert_int_equal(ror16(1, 1), 0x8000);
	assert_int_equal(rol32(0x80000000, 33), 1);
	assert_true(ror64(1, 64) == 1 && rol64(1, 63) == 1ULL << 63);
	assert_int_equal(sign_extend32(0x80, 7), -128);
	assert_true(sign_extend64(0x7f, 7) == 127);
	assert_int_equal(get_count_order(0), -1);
	assert_int_equal(get_count_order(5), 3);
	assert_int_equal(get_count_order_long(1UL << 40), 40);
	assert_int_equal(get_bitmask_order(5), 3);
	assert_int_equal(set_mask_bits(&word, 0xff, 0x0a), 0xf0);
	assert_int_equal(word, 0x0a);
	assert_false(bit_clear_unless(&word, 0x8, 0x2));
	assert_true(bit_clear_unless(&word, 0x8, 0x1));
	assert_int_equal(word, 0x02);
	__change_bit(0, &word);
	assert_true(__test_and_change_bit(1, &word));
	change_bit(2, &word);
	assert_true(test_and_change_bit(0, &word));
	assert_int_equal(word, 4);
	assign(3, &word, true);
	__assign(2, &word, false);
	assert_int_equal(word, 8);
	assert_false(test_and_set_bit_lock(0, &word));
	assert_true(test_bit_acquire(0, &word));
	clear_bit_unlock(0, &word);
	assert_int_equal(word, 8);
}

static void powers_of_two_are_rounded_to(void **state)
{
	(void)state;
	assert_int_equal(roundup_pow_of_two(0), 1);
	assert_int_equal(roundup_pow_of_two(17), 32);
	assert_int_equal(roundup_pow_of_two(32), 32);
	assert_int_equal(rounddown_pow_of_two(33), 32);
	assert_true(is_power_of_2(64) && !is_power_of_2(0) && !is_power_of_2(6));
	for (unsigned long n = 1; n < 1000; n++)
		assert_int_equal(order_base_2(n), ilog2(roundup_pow_of_two(n)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_constants_they_are_constants),
		cmocka_unit_test(arguments_are_evaluated_once),
		cmocka_unit_test(distances_have_the_signed_type_of_their_size),
		cmocka_unit_test(divisions_round_as_asked),
		cmocka_unit_test(products_of_128_bits_are_divided),
		cmocka_unit_test(overflow_is_told_and_sizes_saturate),
		cmocka_unit_test(bits_of_words_are_found_and_moved),
		cmocka_unit_test(powers_of_two_are_rounded_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
