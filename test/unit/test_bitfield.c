/* SPDX-License-Identifier: MIT */
/* Fields of words; indices that stay in bounds; small headers that programs expect. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <linux/bitfield.h>
#include <linux/bits.h>
#include <linux/kern_levels.h>
#include <linux/limits.h>
#include <linux/linkage.h>
#include <linux/nospec.h>
#include <linux/prefetch.h>
#include <linux/printk.h>
#include <linux/sizes.h>
#include <host/machine.h>

/*
 *   31      24      16       9    4      0
 *   |  KIND  |       |       |DEPTH|    ON|
 */
#define KIND  GENMASK(31, 24)
#define DEPTH GENMASK(9, 4)
#define ON    BIT(0)

static void a_field_is_read_where_it_was_put(void **state)
{
	u32 reg = (u32)(FIELD_PREP(KIND, 0xa5) | FIELD_PREP(DEPTH, 35) | FIELD_PREP(ON, 1));
	volatile u32 depth = 0x7f;

	(void)state;
	assert_int_equal(reg, 0xa5000231);
	assert_int_equal(FIELD_GET(KIND, reg), 0xa5);
	assert_int_equal(FIELD_GET(DEPTH, reg), 35);
	assert_int_equal(FIELD_GET(ON, reg), 1);
	assert_int_equal(FIELD_GET(DEPTH, ~reg), 28);
	/* The upper bits of what is not constant are lost. */
	assert_int_equal(FIELD_PREP(DEPTH, depth), 0x3f0);
	assert_int_equal(FIELD_MAX(DEPTH), 63);
	assert_int_equal(FIELD_MAX(KIND), 255);
	assert_true(FIELD_FIT(DEPTH, 63));
	assert_false(FIELD_FIT(DEPTH, 64));
	assert_false(FIELD_FIT(DEPTH, depth));
}

static void a_field_may_be_all_of_a_word_or_its_top_bit(void **state)
{
	u8 byte = 0x81;

	(void)state;
	assert_int_equal(FIELD_GET(GENMASK(7, 0), byte), 0x81);
	assert_int_equal(FIELD_GET(BIT(7), byte), 1);
	assert_true(FIELD_GET(GENMASK_ULL(63, 0), ~0ULL) == U64_MAX);
	assert_true(FIELD_PREP(BIT_ULL(63), 1) == 1ULL << 63);
	assert_true(FIELD_GET(BIT_ULL(63), 1ULL << 63) == 1);
	/* A mask with a sign. */
	assert_int_equal(FIELD_GET((int)0x80000000, 0x80000000u) & 1, 1);
}

static void masks_may_be_known_late(void **state)
{
	volatile u32 mask = 0x3f0;

	(void)state;
	assert_int_equal(field_prep(mask, 35), 0x230);
	assert_int_equal(field_get(mask, 0xa5000231), 35);
	mask = 0x80000000;
	assert_int_equal(field_prep(mask, 1), 0x80000000);
	assert_int_equal(field_get(mask, 0xffffffff), 1);
}

static void fields_have_the_order_of_their_types_bytes(void **state)
{
	__le16 le16 = le16_encode_bits(0x5a, 0x0ff0);
	__be32 be32 = be32_encode_bits(0xabc, 0x0000fff0);
	u32 word = 0xffffffff;
	u8 byte = 0;

	(void)state;
	assert_memory_equal(&le16, ((u8[]){0xa0, 0x05}), 2);
	assert_int_equal(le16_get_bits(le16, 0x0ff0), 0x5a);
	assert_memory_equal(&be32, ((u8[]){0, 0, 0xab, 0xc0}), 4);
	be32p_replace_bits(&be32, 0x12, 0xff000000);
	assert_memory_equal(&be32, ((u8[]){0x12, 0, 0xab, 0xc0}), 4);
	assert_int_equal(be32_get_bits(be32, 0xff000000), 0x12);
	assert_int_equal(u32_replace_bits(word, 0, 0xff00), 0xffff00ff);
	u32p_replace_bits(&word, 5, 0xf0);
	assert_int_equal(word, 0xffffff5f);
	assert_int_equal(u32_get_bits(word, 0xf0), 5);
	u8p_replace_bits(&byte, 3, 0xc0);
	assert_int_equal(byte, 0xc0);
	assert_true(u64_encode_bits(1, 1ULL << 63) == 1ULL << 63);
	assert_int_equal(be16_get_bits(cpu_to_be16(0x1234), 0x0f00), 2);
	assert_true(le64_get_bits(cpu_to_le64(0x1234), 0xf000) == 1);
	assert_int_equal(field_max(0x3f0), 63);
	assert_int_equal(field_multiplier(0x3f0), 16);
}

static void an_index_out_of_bounds_is_0(void **state)
{
	static const unsigned long size[] = {1, 2, 8, 4096, LONG_MAX};

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		unsigned long n = size[i];

		assert_true(array_index_nospec(0UL, n) == 0);
		assert_true(array_index_nospec(n - 1, n) == n - 1);
		assert_true(array_index_nospec(n, n) == 0);
		assert_true(array_index_nospec(n + 1, n) == 0);
		assert_true(array_index_nospec(ULONG_MAX, n) == 0);
		assert_true(array_index_mask_nospec(n - 1, n) == ULONG_MAX);
		assert_true(array_index_mask_nospec(n, n) == 0);
	}
	assert_int_equal(array_index_nospec((u8)3, 4), 3);
	assert_int_equal(array_index_nospec((u8)200, 4), 0);
	assert_int_equal(array_index_nospec(-1, 4), 0);
}

/* A hint about an address that is none does no harm. */
static void hints_never_fault(void **state)
{
	char bytes[PREFETCH_STRIDE * 3];

	(void)state;
	prefetch(NULL);
	prefetchw((void *)8);
	spin_lock_prefetch((void *)~0UL);
	prefetch_range(bytes, sizeof(bytes));
	prefetch_range((void *)SZ_4K, SZ_64K);
	prefetch_page_address(NULL);
}

static void levels_are_numbers_and_letters(void **state)
{
	(void)state;
	assert_int_equal(KERN_EMERG[0], KERN_SOH_ASCII);
	assert_int_equal(KERN_EMERG[1] - '0', LOGLEVEL_EMERG);
	assert_int_equal(KERN_ERR[1] - '0', LOGLEVEL_ERR);
	assert_int_equal(KERN_WARNING[1] - '0', LOGLEVEL_WARNING);
	assert_int_equal(KERN_DEBUG[1] - '0', LOGLEVEL_DEBUG);
	host_log_clear();
	printk(KERN_DEFAULT "of no level\n");
	printk(KERN_CRIT "of level %d\n", LOGLEVEL_CRIT);
	assert_true(host_log_contains("] of no level\n"));
	assert_true(host_log_contains("] of level 2\n"));
}

static u8 page_of_data[8] __page_aligned_data = {1};
static u8 page_of_bss[8] __page_aligned_bss;

static asmlinkage unsigned long low_bits(const void *p)
{
	return (unsigned long)p % PAGE_SIZE;
}

static void data_begins_at_a_page(void **state)
{
	(void)state;
	assert_int_equal(low_bits(page_of_data), 0);
	assert_int_equal(low_bits(page_of_bss), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_field_is_read_where_it_was_put),
		cmocka_unit_test(a_field_may_be_all_of_a_word_or_its_top_bit),
		cmocka_unit_test(masks_may_be_known_late),
		cmocka_unit_test(fields_have_the_order_of_their_types_bytes),
		cmocka_unit_test(an_index_out_of_bounds_is_0),
		cmocka_unit_test(hints_never_fault),
		cmocka_unit_test(levels_are_numbers_and_letters),
		cmocka_unit_test(data_begins_at_a_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
