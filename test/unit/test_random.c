/* SPDX-License-Identifier: MIT */
/* Random numbers, numbers that look random, and hashes with a key. */
#include "percpu_machine.h"

#include <linux/prandom.h>
#include <linux/random.h>
#include <linux/siphash.h>

/* ---- Random ------------------------------------------------------------------------------ */

static void bytes_are_written_up_to_the_length_and_no_further(void **state)
{
	u8 buf[40], seen[sizeof(buf)];

	(void)state;
	for (size_t len = 0; len < 32; len++) {
		memset(seen, 0, sizeof(seen));
		for (int round = 0; round < 64; round++) {
			memset(buf, 0, sizeof(buf));
			get_random_bytes(buf, len);
			for (size_t i = 0; i < sizeof(buf); i++)
				seen[i] |= buf[i];
		}
		for (size_t i = 0; i < sizeof(buf); i++)
			assert_int_equal(!!seen[i], i < len);
	}
}

static void each_bit_of_each_width_is_random(void **state)
{
	u64 ones[6] = {0}, zeros[6] = {0};
	const u64 all[6] = {U8_MAX, U16_MAX, U32_MAX, U64_MAX, U64_MAX, CANARY_MASK};

	(void)state;
	for (int i = 0; i < 100; i++) {
		u64 now[6] = {get_random_u8(),	get_random_u16(),  get_random_u32(),
			      get_random_u64(), get_random_long(), get_random_canary()};

		for (int j = 0; j < 6; j++) {
			ones[j] |= now[j];
			zeros[j] |= ~now[j];
		}
	}
	for (int j = 0; j < 6; j++) {
		assert_int_equal(ones[j], all[j]);
		assert_int_equal(zeros[j], U64_MAX);
	}
}

static void numbers_below_a_bound_are_evenly_spread(void **state)
{
	unsigned int seen[6] = {0};

	(void)state;
	for (int i = 0; i < 60000; i++) {
		u32 number = get_random_u32_below(6);

		assert_in_range(number, 0, 5);
		seen[number]++;
	}
	for (int i = 0; i < 6; i++)
		assert_in_range(seen[i], 9500, 10500);
	assert_int_equal(get_random_u32_below(1), 0);
	/* A quarter of all products is one too many: with them every third number came twice. */
	memset(seen, 0, sizeof(seen));
	for (int i = 0; i < 30000; i++)
		seen[get_random_u32_below(3U << 30) % 3]++;
	for (int i = 0; i < 3; i++)
		assert_in_range(seen[i], 9500, 10500);
}

static void bounds_belong_to_ranges_as_documented(void **state)
{
	u32 seen = 0, bits = 0;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		seen |= 1U << get_random_u32_inclusive(3, 6);
		assert_in_range(get_random_u32_above(U32_MAX - 2), U32_MAX - 1, U32_MAX);
		assert_in_range(prandom_u32_max(10), 0, 9);
		bits |= get_random_u32_inclusive(0, U32_MAX);
	}
	assert_int_equal(seen, 0x78);
	assert_int_equal(bits, U32_MAX);
}

static void nobody_waits(void **state)
{
	u8 bytes[64] = {0}, none[64] = {0};
	unsigned long number = 0;
	u64 wide = 0;
	u32 low;
	u16 two;
	u8 one;

	(void)state;
	assert_true(rng_is_initialized());
	assert_int_equal(wait_for_random_bytes(), 0);
	assert_int_equal(get_random_bytes_wait(bytes, sizeof(bytes)), 0);
	assert_memory_not_equal(bytes, none, sizeof(bytes));
	for (int i = 0; i < 64; i++) {
		assert_int_equal(get_random_long_wait(&number), 0);
		assert_int_equal(get_random_u64_wait(&low), 0);
		wide |= number;
	}
	assert_int_equal(wide, U64_MAX);
	assert_int_equal(get_random_u32_wait(&low), 0);
	assert_int_equal(get_random_u16_wait(&two), 0);
	assert_int_equal(get_random_u8_wait(&one), 0);
	assert_int_equal(register_random_vmfork_notifier(NULL), 0);
	assert_int_equal(unregister_random_vmfork_notifier(NULL), 0);
}

static u64 number_from(u64 seed)
{
	host_srandom(seed);
	return get_random_u64();
}

static void what_devices_give_changes_all_numbers(void **state)
{
	u64 before = number_from(1), after;

	(void)state;
	assert_int_equal(number_from(1), before);
	add_device_randomness("00:16:3e:00:00:01", 17);
	after = number_from(1);
	assert_int_not_equal(after, before);
	add_hwgenerator_randomness(&after, sizeof(after), 64);
	assert_int_not_equal(number_from(1), after);
	after = number_from(1);
	add_bootloader_randomness(NULL, 0);
	assert_int_not_equal(number_from(1), after);
}

/* ---- Looks random -------------------------------------------------------------------------- */

/* GSL's way from one seed to a taus113 that has run in. */
static struct rnd_state taus113(u32 seed)
{
	struct rnd_state s;

	s.s1 = __seed(69069 * seed, 2);
	s.s2 = __seed(69069 * s.s1, 8);
	s.s3 = __seed(69069 * s.s2, 16);
	s.s4 = __seed(69069 * s.s3, 128);
	for (int i = 0; i < 10; i++)
		prandom_u32_state(&s);
	return s;
}

static void numbers_are_those_of_gsl(void **state)
{
	static const struct {
		u32 seed, nth, number;
	} known[] = {
		{1, 1, 3484351685},	      {2, 1, 2623130059},
		{3, 1, 3125133893},	      {4, 1, 984847254},
		{931557656, 959, 2975593782}, {601730776, 723, 1776162651},
		{1961302714, 845, 841962572}, {407983964, 921, 728767059},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		struct rnd_state s = taus113(known[i].seed);

		for (u32 n = 1; n < known[i].nth; n++)
			prandom_u32_state(&s);
		assert_int_equal(prandom_u32_state(&s), known[i].number);
	}
}

static void bytes_are_the_numbers_lowest_first(void **state)
{
	struct rnd_state s, t;
	u8 bytes[8];
	u32 word;

	(void)state;
	prandom_seed_state(&s, 77);
	t = s;
	bytes[7] = 0xa5;
	prandom_bytes_state(&s, bytes, 7);
	word = prandom_u32_state(&t);
	assert_memory_equal(bytes, &word, 4);
	word = prandom_u32_state(&t);
	assert_memory_equal(bytes + 4, &word, 3);
	assert_int_equal(bytes[7], 0xa5);
	assert_memory_equal(&s, &t, sizeof(s));
}

static void a_seed_makes_a_state_that_moves(void **state)
{
	struct rnd_state s;

	(void)state;
	prandom_seed_state(&s, 0);
	assert_memory_equal(&s, (&(struct rnd_state){2, 8, 16, 128}), sizeof(s));
	prandom_seed_state(&s, 0x100000001ULL);
	assert_memory_equal(&s, (&(struct rnd_state){1 << 10, 1 << 10, 1 << 10, 1 << 10}),
			    sizeof(s));
	prandom_seed_state(&s, 127);
	assert_int_equal(s.s4, (127 << 10 ^ 127));
	assert_int_equal(next_pseudo_random32(0), 1013904223);
	assert_int_equal(next_pseudo_random32(1013904223), 1196435762);
}

static DEFINE_PER_CPU(struct rnd_state, each);

static void each_cpu_gets_a_seed_of_its_own(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++)
		assert_int_equal(prandom_init_once(&each), 1 - i);
	for (int cpu = 0; cpu < 4; cpu++) {
		struct rnd_state *s = per_cpu_ptr(&each, cpu);

		assert_true(s->s1 > 1 && s->s2 > 7 && s->s3 > 15 && s->s4 > 127);
		for (int other = 0; other < cpu; other++)
			assert_memory_not_equal(s, per_cpu_ptr(&each, other), sizeof(*s));
	}
}

/* ---- Hashes with a key ----------------------------------------------------------------------- */

/* The authors' key for their published values: 0, 1, 2, ... as bytes; so is what is hashed. */
static const siphash_key_t key = {{0x0706050403020100, 0x0f0e0d0c0b0a0908}};
static const hsiphash_key_t hkey = {{0x0706050403020100, 0x0f0e0d0c0b0a0908}};

static const struct {
	size_t len;
	u64 sip24;
	u32 sip13;
} hashes[] = {
	{0, 0x726fdb47dd0e0e31, 0x050fc4dc},  {1, 0x74f839c593dc67fd, 0x7d57ca93},
	{2, 0x0d6c8009d9a94f5a, 0x4dc7d44d},  {3, 0x85676696d7fb7e2d, 0xe7ddf7fb},
	{4, 0xcf2794e0277187b7, 0x88d38328},  {7, 0xab0200f58b01d137, 0x9bb11140},
	{8, 0x93f5f5799a932462, 0x8d299a8e},  {12, 0x751e8fbc860ee5fb, 0x57b4d9a2},
	{15, 0xa129ca6149be45e5, 0x2a519956}, {16, 0x3f2acc7f57c29bdb, 0x7d908b66},
	{24, 0xb8ad50c6f649af94, 0x67349c8c}, {32, 0x7127512f72f27cce, 0x16a7b60d},
	{63, 0x958a324ceb064572, 0xb7bbb3a8},
};

static u64 sip24(size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(hashes); i++)
		if (hashes[i].len == len)
			return hashes[i].sip24;
	return 0;
}

static u32 sip13(size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(hashes); i++)
		if (hashes[i].len == len)
			return hashes[i].sip13;
	return 0;
}

static void hashes_of_bytes_are_the_published_ones(void **state)
{
	u8 at[8 + 64];

	(void)state;
	for (size_t off = 0; off < 8; off++) {
		for (u8 i = 0; i < 64; i++)
			at[off + i] = i;
		for (size_t i = 0; i < ARRAY_SIZE(hashes); i++) {
			assert_int_equal(siphash(at + off, hashes[i].len, &key), hashes[i].sip24);
			assert_int_equal(hsiphash(at + off, hashes[i].len, &hkey), hashes[i].sip13);
		}
	}
}

static void words_count_as_their_bytes(void **state)
{
	const u64 a = 0x0706050403020100, b = 0x0f0e0d0c0b0a0908;
	const u64 c = 0x1716151413121110, d = 0x1f1e1d1c1b1a1918;
	const u32 e = 0x03020100, f = 0x07060504, g = 0x0b0a0908, h = 0x0f0e0d0c;

	(void)state;
	assert_int_equal(siphash_1u64(a, &key), sip24(8));
	assert_int_equal(siphash_2u64(a, b, &key), sip24(16));
	assert_int_equal(siphash_3u64(a, b, c, &key), sip24(24));
	assert_int_equal(siphash_4u64(a, b, c, d, &key), sip24(32));
	assert_int_equal(siphash_1u32(e, &key), sip24(4));
	assert_int_equal(siphash_2u32(e, f, &key), sip24(8));
	assert_int_equal(siphash_3u32(e, f, g, &key), sip24(12));
	assert_int_equal(siphash_4u32(e, f, g, h, &key), sip24(16));
	assert_int_equal(hsiphash_1u32(e, &hkey), sip13(4));
	assert_int_equal(hsiphash_2u32(e, f, &hkey), sip13(8));
	assert_int_equal(hsiphash_3u32(e, f, g, &hkey), sip13(12));
	assert_int_equal(hsiphash_4u32(e, f, g, h, &hkey), sip13(16));
}

static void another_key_makes_another_hash(void **state)
{
	const siphash_key_t none = {{0, 0}}, first = {{1, 0}}, second = {{0, 1}};

	(void)state;
	assert_true(siphash_key_is_zero(&none));
	assert_false(siphash_key_is_zero(&first));
	assert_false(siphash_key_is_zero(&second));
	assert_int_not_equal(siphash_1u64(5, &none), siphash_1u64(5, &first));
	assert_int_not_equal(siphash_1u64(5, &second), siphash_1u64(5, &first));
}

/* HalfSipHash-1-3 of nothing with the key 0, 1, 2, ... */
static void the_half_permutation_is_halfsiphashs(void **state)
{
	u32 v0 = HSIPHASH_CONST_0 ^ 0x03020100, v1 = HSIPHASH_CONST_1 ^ 0x07060504;
	u32 v2 = HSIPHASH_CONST_2 ^ 0x03020100, v3 = HSIPHASH_CONST_3 ^ 0x07060504;

	(void)state;
	HSIPHASH_PERMUTATION(v0, v1, v2, v3);
	v2 ^= 0xff;
	for (int i = 0; i < 3; i++)
		HSIPHASH_PERMUTATION(v0, v1, v2, v3);
	assert_int_equal(v1 ^ v3, 0x5814c896);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_are_written_up_to_the_length_and_no_further),
		cmocka_unit_test(each_bit_of_each_width_is_random),
		cmocka_unit_test(numbers_below_a_bound_are_evenly_spread),
		cmocka_unit_test(bounds_belong_to_ranges_as_documented),
		cmocka_unit_test(nobody_waits),
		cmocka_unit_test(what_devices_give_changes_all_numbers),
		cmocka_unit_test(numbers_are_those_of_gsl),
		cmocka_unit_test(bytes_are_the_numbers_lowest_first),
		cmocka_unit_test(a_seed_makes_a_state_that_moves),
		test_on(four_cpus, each_cpu_gets_a_seed_of_its_own),
		cmocka_unit_test(hashes_of_bytes_are_the_published_ones),
		cmocka_unit_test(words_count_as_their_bytes),
		cmocka_unit_test(another_key_makes_another_hash),
		cmocka_unit_test(the_half_permutation_is_halfsiphashs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
