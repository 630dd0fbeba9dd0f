/* SPDX-License-Identifier: MIT */
/* Sums, names, and numbers in the forms that devices and disks have them in. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <linux/array_size.h>
#include <linux/bcd.h>
#include <linux/bitrev.h>
#include <linux/circ_buf.h>
#include <linux/crc-ccitt.h>
#include <linux/crc-itu-t.h>
#include <linux/crc-t10dif.h>
#include <linux/crc16.h>
#include <linux/crc32.h>
#include <linux/crc32c.h>
#include <linux/crc4.h>
#include <linux/crc64.h>
#include <linux/crc7.h>
#include <linux/crc8.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/packing.h>
#include <linux/prime_numbers.h>
#include <linux/reciprocal_div.h>
#include <linux/uuid.h>
#include <host/machine.h>

/* What catalogues of these sums give for each. */
static const u8 check[] = "123456789";

/* ---- Sums --------------------------------------------------------------------------------- */

static void small_sums_are_those_of_the_catalogues(void **state)
{
	DECLARE_CRC8_TABLE(msb);
	DECLARE_CRC8_TABLE(lsb);
	u8 block[10], sum;

	(void)state;
	assert_int_equal(crc4(0, 1, 4), 7);
	assert_int_equal(crc4(0, 0xf8, 4), 1);
	assert_int_equal(crc4(0, 0xf, 4), 3);
	assert_int_equal(crc4(0, 0x12345678, 29), crc4(crc4(0, 0x1234, 16), 0x5678, 16));
	assert_int_equal(crc4(0, ~0ULL, 64), crc4(crc4(0, ~0ULL, 32), ~0ULL, 32));
	assert_int_equal(crc7_be(0, check, 9), 0x75 << 1);
	crc8_populate_msb(msb, 0x07);
	crc8_populate_lsb(lsb, 0x8c);
	assert_int_equal(crc8(msb, check, 9, 0), 0xf4);
	assert_int_equal(crc8(lsb, check, 9, 0), 0xa1);
	memcpy(block, check, 9);
	sum = crc8(msb, block, 9, CRC8_INIT_VALUE);
	block[9] = (u8)~sum;
	assert_int_equal(crc8(msb, block, 10, CRC8_INIT_VALUE), CRC8_GOOD_VALUE(msb));
}

static void sums_of_16_bits_are_those_of_the_catalogues(void **state)
{
	(void)state;
	assert_int_equal(crc16(0, check, 9), 0xbb3d);
	assert_int_equal(crc_ccitt(0, check, 9), 0x2189);
	assert_int_equal(crc_ccitt(0xffff, check, 9), 0x6f91);
	assert_int_equal(crc_ccitt_false(0xffff, check, 9), 0x29b1);
	assert_int_equal(crc_itu_t(0, check, 9), 0x31c3);
	assert_int_equal(crc_t10dif(check, 9), 0xd0db);
	assert_int_equal(crc_t10dif_update(crc_t10dif(check, 4), check + 4, 5), 0xd0db);
}

static void large_sums_are_those_of_the_catalogues(void **state)
{
	(void)state;
	assert_int_equal(~crc32(~0U, check, 9), 0xcbf43926);
	assert_int_equal(~crc32_be(~0U, check, 9), 0xfc891918);
	assert_int_equal(~crc32c(~0U, check, 9), 0xe3069283);
	assert_int_equal(ether_crc(9, check), bitrev32(~0xcbf43926));
	assert_int_equal(ether_crc_le(9, check), ~0xcbf43926);
	assert_true(crc64_be(0, check, 9) == 0x6c40df5f0b497347);
	assert_true(crc64_rocksoft(check, 9) == 0xae8b14860a799888);
	assert_true(crc64_rocksoft_update(crc64_rocksoft(check, 2), check + 2, 7) ==
		    0xae8b14860a799888);
}

static void sums_of_two_blocks_make_the_sum_of_both(void **state)
{
	static u8 zeros[1000];

	(void)state;
	for (size_t len = 0; len <= sizeof(zeros); len += 37) {
		assert_int_equal(crc32_le_shift(0x12345678, len), crc32_le(0x12345678, zeros, len));
		assert_int_equal(__crc32c_le_shift(0x12345678, len),
				 __crc32c_le(0x12345678, zeros, len));
	}
	for (size_t first = 0; first <= 9; first++) {
		u32 one = crc32_le(~0U, check, first), two = crc32_le(0, check + first, 9 - first);

		assert_int_equal(~crc32_le_combine(one, two, 9 - first), 0xcbf43926);
		one = __crc32c_le(~0U, check, first);
		two = __crc32c_le(0, check + first, 9 - first);
		assert_int_equal(~__crc32c_le_combine(one, two, 9 - first), 0xe3069283);
	}
}

/* ---- Numbers ------------------------------------------------------------------------------- */

static void bits_are_turned_round(void **state)
{
	(void)state;
	for (int i = 0; i < 256; i++)
		for (int bit = 0; bit < 8; bit++)
			assert_int_equal(bitrev8((u8)i) >> (7 - bit) & 1, i >> bit & 1);
	assert_int_equal(bitrev16(0x8001), 0x8001);
	assert_int_equal(bitrev16(0x1234), 0x2c48);
	assert_int_equal(bitrev32(0x12345678), 0x1e6a2c48);
	assert_int_equal(bitrev8x4(0x12345678), 0x482c6a1e);
}

static void decimal_digits_share_a_byte(void **state)
{
	volatile unsigned int n = 59;

	(void)state;
	assert_int_equal(bcd2bin(0x59), 59);
	assert_int_equal(bin2bcd(59), 0x59);
	for (n = 0; n < 100; n++)
		assert_int_equal(bcd2bin(bin2bcd(n)), n);
	assert_int_equal(bin2bcd(n - 1), 0x99);
}

static void a_division_is_a_multiplication(void **state)
{
	static const u32 numbers[] = {1,   2,	    3,		5,	    7,		10,
				      641, 0x10001, 0x7fffffff, 0x80000000, 0x80000001, ~0U};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		u32 d = numbers[i];
		struct reciprocal_value r = reciprocal_value(d);

		for (size_t j = 0; j < ARRAY_SIZE(numbers); j++) {
			u32 a = numbers[j], multiple = ~0U / d * d;

			assert_int_equal(reciprocal_divide(a, r), a / d);
			assert_int_equal(reciprocal_divide(multiple, r), multiple / d);
			assert_int_equal(reciprocal_divide(multiple - 1, r), (multiple - 1) / d);
		}
	}
}

/* As a program would that was made for numbers of @prec bits. */
static u32 divide_adv(u32 a, struct reciprocal_value_adv r)
{
	unsigned __int128 m = r.m | (r.is_wide_m ? 1ULL << 32 : 0);

	return (u32)(a * m >> (32 + r.sh));
}

static void a_program_divides_by_what_is_known_when_it_is_made(void **state)
{
	static const u32 numbers[] = {1,  2,  3,   5,	    7,		10,
				      14, 28, 641, 0x10001, 0x7fffffff, 1u << 31};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		u32 d = numbers[i], twos = (u32)__ffs(d), odd = d >> twos;
		struct reciprocal_value_adv r = reciprocal_value_adv(d, 32),
					    s = reciprocal_value_adv(odd, (u8)(32 - twos));

		assert_int_equal(r.exp, fls(d - 1));
		for (size_t j = 0; j < ARRAY_SIZE(numbers); j++) {
			u32 a = numbers[j], multiple = ~0U / d * d;

			assert_int_equal(divide_adv(a, r), a / d);
			assert_int_equal(divide_adv(multiple, r), multiple / d);
			assert_int_equal(divide_adv(multiple - 1, r), (multiple - 1) / d);
			assert_int_equal(divide_adv((multiple - 1) >> twos, s), (multiple - 1) / d);
		}
	}
	/* Known of division by 7: it needs 33 bits, and by 14, once halved, 32. */
	assert_true(reciprocal_value_adv(7, 32).is_wide_m);
	assert_false(reciprocal_value_adv(7, 31).is_wide_m);
	assert_false(reciprocal_value_adv(10, 32).is_wide_m);
}

static void primes_are_those_of_the_sieve(void **state)
{
	static bool composite[10000];
	unsigned long prime, last = 2, nr = 0;

	(void)state;
	for (unsigned long i = 2; i < ARRAY_SIZE(composite); i++)
		for (unsigned long j = 2 * i; j < ARRAY_SIZE(composite); j += i)
			composite[j] = true;
	for (unsigned long i = 2; i < ARRAY_SIZE(composite); i++)
		assert_int_equal(is_prime_number(i), !composite[i]);
	assert_false(is_prime_number(0) || is_prime_number(1));
	for_each_prime_number(prime, 9999)
	{
		assert_false(composite[prime]);
		assert_true(prime == 2 || prime > last);
		last = prime;
		nr++;
	}
	assert_int_equal(nr, 1229);
	nr = 0;
	for_each_prime_number_from(prime, 90, 100) nr = nr * 1000 + prime;
	assert_int_equal(nr, 90097);
}

/* Numbers that other tests take for primes: of Carmichael, and pseudoprimes to many bases. */
static void large_numbers_are_told_from_primes(void **state)
{
	static const unsigned long composites[] = {561,
						   41041,
						   3215031751,
						   3825123056546413051,
						   4294967297,
						   4294967295ul * 3,
						   18446744073709551615ul,
						   18446744030759878681ul,
						   318665857834031151ul};
	static const unsigned long primes[] = {2147483647, 4294967291, 4294967311,
					       2305843009213693951, 18446744073709551557ul};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(composites); i++)
		assert_false(is_prime_number(composites[i]));
	for (size_t i = 0; i < ARRAY_SIZE(primes); i++)
		assert_true(is_prime_number(primes[i]));
	assert_int_equal(next_prime_number(4294967291), 4294967311);
	assert_int_equal(next_prime_number(18446744073709551556ul), 18446744073709551557ul);
	assert_int_equal(next_prime_number(18446744073709551557ul), ULONG_MAX);
	assert_int_equal(next_prime_number(ULONG_MAX), ULONG_MAX);
}

/* ---- Rings ----------------------------------------------------------------------------------- */

static void a_ring_has_one_place_that_stays_free(void **state)
{
	struct circ_buf ring = {.head = 0, .tail = 0};

	(void)state;
	for (ring.tail = 0; ring.tail < 8; ring.tail++)
		for (ring.head = 0; ring.head < 8; ring.head++) {
			int there = (ring.head + 8 - ring.tail) % 8;

			assert_int_equal(CIRC_CNT(ring.head, ring.tail, 8), there);
			assert_int_equal(CIRC_SPACE(ring.head, ring.tail, 8), 7 - there);
			assert_int_equal(CIRC_CNT_TO_END(ring.head, ring.tail, 8),
					 min(there, 8 - ring.tail));
			assert_int_equal(CIRC_SPACE_TO_END(ring.head, ring.tail, 8),
					 min(7 - there, 8 - ring.head));
		}
}

/* ---- Foreign layouts ------------------------------------------------------------------------- */

/* Bytes of the number, by where they lie. */
static void the_quirks_say_where_each_byte_lies(void **state)
{
	static const struct {
		u8 quirks;
		size_t len;
		u8 order[8];
	} layouts[] = {
		{0, 8, {7, 6, 5, 4, 3, 2, 1, 0}},
		{QUIRK_LITTLE_ENDIAN, 8, {4, 5, 6, 7, 0, 1, 2, 3}},
		{QUIRK_LSW32_IS_FIRST, 8, {3, 2, 1, 0, 7, 6, 5, 4}},
		{QUIRK_LITTLE_ENDIAN | QUIRK_LSW32_IS_FIRST, 8, {0, 1, 2, 3, 4, 5, 6, 7}},
		{0, 6, {5, 4, 3, 2, 1, 0}},
		{QUIRK_LITTLE_ENDIAN, 6, {4, 5, 0, 1, 2, 3}},
		{QUIRK_LSW32_IS_FIRST, 6, {3, 2, 1, 0, 5, 4}},
		{QUIRK_LITTLE_ENDIAN | QUIRK_LSW32_IS_FIRST, 6, {0, 1, 2, 3, 4, 5}},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(layouts); i++) {
		u64 value = 0x0706050403020100ULL & (~0ULL >> (64 - 8 * layouts[i].len)), back = 0;
		int top = (int)(8 * layouts[i].len) - 1;
		u8 buf[8] = {0};

		assert_int_equal(
			packing(buf, &value, top, 0, layouts[i].len, PACK, layouts[i].quirks), 0);
		assert_memory_equal(buf, layouts[i].order, layouts[i].len);
		assert_int_equal(
			packing(buf, &back, top, 0, layouts[i].len, UNPACK, layouts[i].quirks), 0);
		assert_true(back == value);
	}
}

static void a_field_is_written_and_its_neighbours_stay(void **state)
{
	static const u8 ones[16] = {[0 ... 15] = 0xff};

	(void)state;
	for (u8 quirks = 0; quirks < 8; quirks++)
		for (int end = 0; end < 128; end += 5)
			for (int start = end; start < 128 && start < end + 64; start += 7) {
				u64 zero = 0, all = ~0ULL >> (63 - (start - end)), got;
				u8 buf[16];
				int bits = 0;

				memcpy(buf, ones, sizeof(buf));
				assert_int_equal(packing(buf, &zero, start, end, 16, PACK, quirks),
						 0);
				for (int i = 0; i < 16; i++)
					bits += __builtin_popcount(buf[i]);
				assert_int_equal(bits, 128 - (start - end + 1));
				packing(buf, &got, start, end, 16, UNPACK, quirks);
				assert_true(got == 0);
				packing(buf, &all, start, end, 16, PACK, quirks);
				assert_memory_equal(buf, ones, sizeof(buf));
			}
}

static void the_bits_of_each_byte_may_be_turned_round(void **state)
{
	u8 buf[2] = {0};
	u64 value = 0x5;

	(void)state;
	assert_int_equal(packing(buf, &value, 10, 8, 2, PACK, QUIRK_MSB_ON_THE_RIGHT), 0);
	assert_int_equal(buf[0], 0xa0);
	assert_int_equal(buf[1], 0);
}

static void fields_that_there_are_not_are_refused(void **state)
{
	u8 buf[16] = {1};
	u64 value = 4;

	(void)state;
	assert_int_equal(packing(buf, &value, 3, 4, 16, PACK, 0), -EINVAL);
	assert_int_equal(packing(buf, &value, 128, 120, 16, PACK, 0), -EINVAL);
	assert_int_equal(packing(buf, &value, 3, -1, 16, PACK, 0), -EINVAL);
	assert_int_equal(packing(buf, &value, 64, 0, 16, UNPACK, 0), -ERANGE);
	assert_int_equal(packing(buf, &value, 1, 0, 16, PACK, 0), -ERANGE);
	assert_int_equal(buf[0], 1);
	assert_int_equal(value, 4);
	assert_int_equal(packing(buf, &value, 2, 0, 16, PACK, 0), 0);
}

/* ---- Names ------------------------------------------------------------------------------------- */

static void names_are_read_as_they_are_written(void **state)
{
	static const char text[] = "00112233-4455-6677-8899-AABBccddeeff, and more";
	char line[80];
	uuid_t uuid, same = UUID_INIT(0x00112233, 0x4455, 0x6677, 0x88, 0x99, 0xaa, 0xbb, 0xcc,
				      0xdd, 0xee, 0xff);
	guid_t guid, other = GUID_INIT(0x00112233, 0x4455, 0x6677, 0x88, 0x99, 0xaa, 0xbb, 0xcc,
				       0xdd, 0xee, 0xff);
	u8 raw[UUID_SIZE];

	(void)state;
	assert_int_equal(uuid_parse(text, &uuid), 0);
	assert_int_equal(guid_parse(text, &guid), 0);
	assert_true(uuid_equal(&uuid, &same) && guid_equal(&guid, &other));
	for (int i = 0; i < UUID_SIZE; i++) {
		assert_int_equal(uuid.b[i], 0x11 * i);
		assert_int_equal(uuid.b[uuid_index[i]], guid.b[guid_index[i]]);
	}
	scnprintf(line, sizeof(line), "%pU %pUL", &uuid, &guid);
	assert_string_equal(line, "00112233-4455-6677-8899-aabbccddeeff "
				  "00112233-4455-6677-8899-AABBCCDDEEFF");
	export_guid(raw, &guid);
	import_guid(&other, raw);
	guid_copy(&guid, &other);
	assert_int_equal(uuid_le_cmp(guid, other), 0);
	assert_false(uuid_is_null(&uuid) || guid_is_null(&guid));
	import_uuid(&uuid, uuid_null.b);
	assert_true(uuid_is_null(&uuid));
}

static void what_is_no_name_is_refused(void **state)
{
	static const char *const bad[] = {"",
					  "00112233-4455-6677-8899-aabbccddeef",
					  "00112233-4455-6677-8899-aabbccddeefg",
					  "0011223-34455-6677-8899-aabbccddeeff",
					  "001122334455-6677-8899-aabbccddeeffff",
					  "{0112233-4455-6677-8899-aabbccddeeff"};
	uuid_t uuid = {{1}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_false(uuid_is_valid(bad[i]));
		assert_int_equal(uuid_parse(bad[i], &uuid), -EINVAL);
	}
	assert_int_equal(uuid.b[0], 1);
}

static void names_that_are_made_differ_and_say_so(void **state)
{
	uuid_t one, two;
	guid_t guid;

	(void)state;
	uuid_gen(&one);
	generate_random_uuid(two.b);
	assert_false(uuid_equal(&one, &two));
	assert_int_equal(one.b[6] >> 4, 4);
	assert_int_equal(one.b[8] >> 6, 2);
	guid_gen(&guid);
	assert_int_equal(guid.b[7] >> 4, 4);
	assert_int_equal(guid.b[8] >> 6, 2);
	generate_random_guid(guid.b);
	assert_int_equal(guid.b[7] >> 4, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(small_sums_are_those_of_the_catalogues),
		cmocka_unit_test(sums_of_16_bits_are_those_of_the_catalogues),
		cmocka_unit_test(large_sums_are_those_of_the_catalogues),
		cmocka_unit_test(sums_of_two_blocks_make_the_sum_of_both),
		cmocka_unit_test(bits_are_turned_round),
		cmocka_unit_test(decimal_digits_share_a_byte),
		cmocka_unit_test(a_division_is_a_multiplication),
		cmocka_unit_test(a_program_divides_by_what_is_known_when_it_is_made),
		cmocka_unit_test(primes_are_those_of_the_sieve),
		cmocka_unit_test(large_numbers_are_told_from_primes),
		cmocka_unit_test(a_ring_has_one_place_that_stays_free),
		cmocka_unit_test(the_quirks_say_where_each_byte_lies),
		cmocka_unit_test(a_field_is_written_and_its_neighbours_stay),
		cmocka_unit_test(the_bits_of_each_byte_may_be_turned_round),
		cmocka_unit_test(fields_that_there_are_not_are_refused),
		cmocka_unit_test(names_are_read_as_they_are_written),
		cmocka_unit_test(what_is_no_name_is_refused),
		cmocka_unit_test(names_that_are_made_differ_and_say_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
