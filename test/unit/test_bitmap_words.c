/* SPDX-License-Identifier: MIT */
/* Maps whose size is a constant of a word at most: the same as those of any size. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <baremm/arch.h>
#include <host/machine.h>
#include <linux/bitmap.h>

#define ROUNDS 400

/* What lies inside of @nbits. */
static unsigned long inside(unsigned long word, unsigned int nbits)
{
	return word & BITMAP_LAST_WORD_MASK(nbits);
}

static unsigned long a, b, c;

/* Sparse, dense, or all of one kind. */
static unsigned long some_word(void)
{
	unsigned long x = arch_random(), y = arch_random(), z = arch_random();

	switch (arch_random() % 4) {
	case 0:
		return x & y & z;
	case 1:
		return x | y;
	case 2:
		return x % 2 ? ~0UL : 0;
	default:
		return x;
	}
}

/* Of an operation on the maps @args: the result, and what it returns. */
#define SAME_MAP(N, op, args...)                                  \
	do {                                                      \
		unsigned long __x = some_word(), __y = __x;       \
		bitmap_##op(&__x, args, N);                       \
		__bitmap_##op(&__y, args, nbits);                 \
		assert_int_equal(inside(__x, N), inside(__y, N)); \
	} while (0)
#define SAME_ANSWER(N, op, args...)                                                             \
	do {                                                                                    \
		unsigned long __x, __y;                                                         \
		assert_int_equal(bitmap_##op(&__x, args, N), __bitmap_##op(&__y, args, nbits)); \
		assert_int_equal(inside(__x, N), inside(__y, N));                               \
	} while (0)
#define SAME(inlined, called) assert_int_equal((unsigned long)(inlined), (unsigned long)(called))

#define CHECK_SIZE(N)                                                                              \
	static void check_##N(void)                                                                \
	{                                                                                          \
		volatile unsigned int any_size = (N);                                              \
		unsigned int nbits = any_size, n = (unsigned int)(arch_random() % ((N) + 2));      \
                                                                                                   \
		SAME_ANSWER(N, and, &a, &b);                                                       \
		SAME_ANSWER(N, andnot, &a, &b);                                                    \
		SAME_MAP(N, or, &a, &b);                                                           \
		SAME_MAP(N, xor, &a, &b);                                                          \
		SAME_MAP(N, complement, &a);                                                       \
		SAME_MAP(N, replace, &a, &b, &c);                                                  \
		if (n < (N)) {                                                                     \
			SAME_MAP(N, shift_right, &a, n);                                           \
			SAME_MAP(N, shift_left, &a, n);                                            \
		}                                                                                  \
		SAME(bitmap_equal(&a, &b, N), __bitmap_equal(&a, &b, nbits));                      \
		SAME(bitmap_or_equal(&a, &b, &c, N), __bitmap_or_equal(&a, &b, &c, nbits));        \
		SAME(bitmap_intersects(&a, &b, N), __bitmap_intersects(&a, &b, nbits));            \
		SAME(bitmap_subset(&a, &b, N), __bitmap_subset(&a, &b, nbits));                    \
		SAME(bitmap_weight(&a, N), __bitmap_weight(&a, nbits));                            \
		SAME(bitmap_weight_and(&a, &b, N), __bitmap_weight_and(&a, &b, nbits));            \
		SAME(bitmap_empty(&a, N), __bitmap_weight(&a, nbits) == 0);                        \
		SAME(bitmap_full(&a, N), __bitmap_weight(&a, nbits) == (N));                       \
		SAME(find_next_bit(&a, N, n), _find_next_bit(&a, nbits, n));                       \
		SAME(find_next_zero_bit(&a, N, n), _find_next_zero_bit(&a, nbits, n));             \
		SAME(find_next_and_bit(&a, &b, N, n), _find_next_and_bit(&a, &b, nbits, n));       \
		SAME(find_next_andnot_bit(&a, &b, N, n), _find_next_andnot_bit(&a, &b, nbits, n)); \
		SAME(find_last_bit(&a, N), _find_last_bit(&a, nbits));                             \
		SAME(find_nth_bit(&a, N, n), __find_nth_bit(&a, nbits, n));                        \
		SAME(find_nth_and_bit(&a, &b, N, n), __find_nth_and_bit(&a, &b, nbits, n));        \
		SAME(find_nth_andnot_bit(&a, &b, N, n), __find_nth_andnot_bit(&a, &b, nbits, n));  \
	}
CHECK_SIZE(1)
CHECK_SIZE(2)
CHECK_SIZE(31)
CHECK_SIZE(40)
CHECK_SIZE(63)
CHECK_SIZE(64)

static void constant_sizes_are_as_any(void **state)
{
	(void)state;
	host_test_seed("constant_sizes_are_as_any");
	for (int round = 0; round < ROUNDS; round++) {
		a = some_word();
		b = arch_random() % 4 ? some_word() : a & some_word();
		c = arch_random() % 4 ? some_word() : a | b;
		check_1();
		check_2();
		check_31();
		check_40();
		check_63();
		check_64();
	}
}

static void runs_of_constant_place_and_length(void **state)
{
	DECLARE_BITMAP(map, 128) = {0, 0};

	(void)state;
	bitmap_set(map, 0, 64);
	assert_true(map[0] == ~0UL && map[1] == 0);
	bitmap_clear(map, 60, 4);
	assert_true(map[0] == ~0UL >> 4 && map[1] == 0);
	bitmap_set(map, 60, 8);
	assert_true(map[0] == ~0UL && map[1] == 0xf);
	bitmap_clear(map, 0, 65);
	assert_true(map[0] == 0 && map[1] == 0xe);
	bitmap_clear(map, 65, 0);
	assert_int_equal(map[1], 0xe);
	bitmap_set(map, 127, 1);
	assert_int_equal(map[1], 0xe | 1UL << 63);
}

static void copies_are_extended_with_zeroes(void **state)
{
	unsigned long from[2] = {~0UL, ~0UL}, to[3] = {~0UL, ~0UL, ~0UL};

	(void)state;
	bitmap_copy_and_extend(to, from, 70, 130);
	assert_true(to[0] == ~0UL && to[1] == 0x3f && to[2] == 0);
	bitmap_copy_le(to, to + 1, 64);
	assert_int_equal(to[0], 0x3f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(constant_sizes_are_as_any),
		cmocka_unit_test(runs_of_constant_place_and_length),
		cmocka_unit_test(copies_are_extended_with_zeroes),
	};

	return cmocka_run_group_tests_name("bitmap_words", tests, NULL, NULL);
}
