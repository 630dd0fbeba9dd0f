/* SPDX-License-Identifier: MIT */
/* The watch over memory below 1 MB that firmware writes to. */
#include "badpage_machine.h"

#include <linux/errno.h>

#include "../../mm/low_memory.h"

#define RAM SZ_64M

static u64 *low(phys_addr_t pa)
{
	return (u64 *)(host_ram_base + pa);
}

/* Writes to @pa, and says whether that is found. */
static bool watched(phys_addr_t pa)
{
	*low(pa) = 0x5a;
	return check_for_bios_corruption() == 1;
}

static void low_memory_is_left_alone_without_the_option(void **state)
{
	(void)state;
	bring_up(RAM, "");
	assert_false(watched(0x2000));
	assert_int_equal(*low(0x2000), 0x5a);
	assert_false(host_log_contains("low memory corruption"));
}

static void first_64_kb_but_page_0_are_watched(void **state)
{
	(void)state;
	bring_up(RAM, "memory_corruption_check=1");
	assert_true(host_log_contains("Scanning 1 areas for low memory corruption"));
	assert_false(host_log_contains("Corrupted"));
	assert_int_equal(mm_verify_all(), 0);
	assert_true(watched(PAGE_SIZE) && watched(SZ_64K - 8));
	assert_false(watched(SZ_64K));
}

static void word_that_changes_is_reported_once(void **state)
{
	(void)state;
	bring_up(RAM, "memory_corruption_check=1");
	*low(0x2008) = 0x5a;
	*low(SZ_64K - 8) = 1ULL << 56;
	assert_int_equal(mm_verify_all(), 2);
	assert_true(host_log_contains("(2008 phys) = 0000005a"));
	assert_true(host_log_contains("(fff8 phys) = 100000000000000"));
	assert_true(host_log_contains("Memory corruption detected in low memory: 2 words"));
	assert_int_equal(mm_verify_all(), 0);
}

static void size_is_an_option(void **state)
{
	(void)state;
	bring_up(RAM, "memory_corruption_check=1 memory_corruption_check_size=512K");
	assert_true(watched(SZ_512K - 8));
	assert_false(watched(SZ_512K));
}

static void what_is_in_use_is_not_watched(void **state)
{
	static const struct boot_range ranges[] = {
		{0x5000, 0x6800, BOOT_RANGE_TEXT},
		{0x9000, 0xa000, BOOT_RANGE_BOOT_SERVICES},
	};
	struct boot_info *info = machine_options(RAM, "memory_corruption_check=1");

	(void)state;
	info->ranges = ranges;
	info->nr_ranges = ARRAY_SIZE(ranges);
	info->trampoline = 0xc000;
	mm_bring_up(info);
	assert_true(host_log_contains("Scanning 3 areas for low memory corruption"));
	assert_false(watched(0x5000) || watched(0x6ff8) || watched(0xc000));
	assert_true(watched(0x4ff8) && watched(0x7000) && watched(0x9000) && watched(0xd000));
}

static void bad_values_are_refused(void **state)
{
	static const char *const sizes[] = {"", "x", "64Kx", "2M"};
	char text[8];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		strcpy(text, sizes[i]);
		assert_int_equal(memory_corruption_check_size_parse_option(text), -EINVAL);
	}
	assert_int_equal(memory_corruption_check_size_parse_option(NULL), -EINVAL);
	assert_int_equal(memory_corruption_check_parse_option(NULL), -EINVAL);
	strcpy(text, "maybe");
	assert_int_equal(memory_corruption_check_parse_option(text), -EINVAL);
}

#define TEST(name) cmocka_unit_test_teardown(name, machine_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(low_memory_is_left_alone_without_the_option),
		TEST(first_64_kb_but_page_0_are_watched),
		TEST(word_that_changes_is_reported_once),
		TEST(size_is_an_option),
		TEST(what_is_in_use_is_not_watched),
		TEST(bad_values_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
