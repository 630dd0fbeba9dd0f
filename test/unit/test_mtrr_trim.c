/* SPDX-License-Identifier: MIT */
/* RAM that range registers leave uncached, on a PC of 4 GB with half of it above 4 GB. */
#include "badpage_machine.h"

#include <linux/errno.h>
#include <linux/memblock.h>

#include "../../mm/mtrr_trim.h"

#define MASK(size) (0xfffffffff000ULL & -(u64)(size))

/* All but what lies from 4.5 GB on is write-back. */
static struct arch_mtrrs mtrrs;

static int setup(void **state)
{
	(void)state;
	mtrrs = (struct arch_mtrrs){
		.enabled = true,
		.default_type = ARCH_MTRR_UC,
		.nr = 3,
		.var = {{0, MASK(SZ_2G), ARCH_MTRR_WB},
			{SZ_2G, MASK(SZ_1G), ARCH_MTRR_WB},
			{4ULL * SZ_1G, MASK(SZ_512M), ARCH_MTRR_WB}},
	};
	return 0;
}

static void bring_up_with_mtrrs(const char *options)
{
	struct boot_info *info = machine_options(4ULL * SZ_1G, options);

	host_mtrrs = &mtrrs;
	mm_bring_up(info);
	assert_int_equal(mm_verify_all(), 0);
}

static void uncached_memory_is_set_aside(void **state)
{
	(void)state;
	bring_up_with_mtrrs("");
	assert_true(host_log_contains("e820: update [mem 0x120000000-0x17fffffff] usable ==> "
				      "reserved"));
	assert_true(
		host_log_contains("CPU MTRRs don't cover all of memory, losing 1536MB of RAM."));
	assert_int_equal(memblock_end_of_DRAM(), 4ULL * SZ_1G + SZ_512M);
}

static void hole_in_the_middle_is_set_aside(void **state)
{
	(void)state;
	mtrrs.default_type = ARCH_MTRR_WB;
	mtrrs.nr = 1;
	mtrrs.var[0] = (struct arch_mtrr){SZ_256M, MASK(SZ_16M), ARCH_MTRR_UC};
	bring_up_with_mtrrs("");
	assert_true(host_log_contains("losing 16MB of RAM"));
	assert_false(memblock_is_memory(SZ_256M) || memblock_is_memory(SZ_256M + SZ_16M - 1));
	assert_true(memblock_is_memory(SZ_256M - 1) && memblock_is_memory(SZ_256M + SZ_16M));
}

static void registers_that_cache_nothing_are_not_believed(void **state)
{
	(void)state;
	mtrrs.nr = 0;
	bring_up_with_mtrrs("");
	assert_true(host_log_contains("strange, no RAM is write-back"));
	assert_int_equal(memblock_end_of_DRAM(), 6ULL * SZ_1G);
}

static void option_keeps_all(void **state)
{
	char value[] = "x";

	(void)state;
	bring_up_with_mtrrs("disable_mtrr_trim");
	assert_false(host_log_contains("losing"));
	assert_int_equal(memblock_end_of_DRAM(), 6ULL * SZ_1G);
	assert_int_equal(disable_mtrr_trim_parse_option(value), -EINVAL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, machine_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(uncached_memory_is_set_aside),
		TEST(hole_in_the_middle_is_set_aside),
		TEST(registers_that_cache_nothing_are_not_believed),
		TEST(option_keeps_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
