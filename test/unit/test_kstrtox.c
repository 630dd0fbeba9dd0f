/* SPDX-License-Identifier: MIT */
/* Numbers and truth values from text. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>

static void memparse_reads_every_suffix_in_either_case(void **state)
{
	static const struct {
		const char *text;
		u64 value;
	} cases[] = {
		{"1", 1},	    {"010", 8},		{"0x10", 16},		{"1k", 1ULL << 10},
		{"2K", 2ULL << 10}, {"3M", 3ULL << 20}, {"4g", 4ULL << 30},	{"5T", 5ULL << 40},
		{"6P", 6ULL << 50}, {"7e", 7ULL << 60}, {"0x40M", 64ULL << 20}, {"0", 0},
	};
	char *end;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_true(memparse(cases[i].text, &end) == cases[i].value);
		assert_string_equal(end, "");
	}
}

static void memparse_stops_at_what_it_does_not_know(void **state)
{
	static const char text[] = "64M$0x1000";
	char *end;

	(void)state;
	assert_int_equal(memparse(text, &end), 64 << 20);
	assert_ptr_equal(end, text + 3);
	assert_int_equal(memparse("12x", NULL), 12);
}

static void memparse_of_no_number_uses_nothing(void **state)
{
	static const char text[] = "Kilo";
	char *end;

	(void)state;
	assert_int_equal(memparse(text, &end), 0);
	assert_ptr_equal(end, text);
}

static void simple_strtoull_takes_a_base_or_finds_it(void **state)
{
	char *end;

	(void)state;
	assert_int_equal(simple_strtoull("ff", NULL, 16), 255);
	assert_int_equal(simple_strtoull("0xff", NULL, 16), 255);
	assert_int_equal(simple_strtoull("0xff", NULL, 0), 255);
	assert_int_equal(simple_strtoull("0777", NULL, 0), 511);
	assert_int_equal(simple_strtoull("777", NULL, 8), 511);
	assert_int_equal(simple_strtoull("129", &end, 0), 129);
	assert_int_equal(simple_strtoull("129", &end, 8), 10);
	assert_string_equal(end, "9");
	assert_int_equal(simple_strtoull("0x", &end, 0), 0);
	assert_string_equal(end, "x");
}

static void kstrtoull_wants_the_whole_text(void **state)
{
	unsigned long long value = 99;

	(void)state;
	assert_int_equal(kstrtoull("12\n", 0, &value), 0);
	assert_int_equal(value, 12);
	assert_int_equal(kstrtoull("+12", 0, &value), 0);
	assert_int_equal(kstrtoull("12 ", 0, &value), -EINVAL);
	assert_int_equal(kstrtoull("12\n\n", 0, &value), -EINVAL);
	assert_int_equal(kstrtoull("", 0, &value), -EINVAL);
	assert_int_equal(kstrtoull("-1", 0, &value), -EINVAL);
	assert_int_equal(kstrtoull("0x", 0, &value), -EINVAL);
	/* There is no digit above f, in no base. */
	assert_int_equal(kstrtoull("z", 36, &value), -EINVAL);
	assert_int_equal(value, 12);
}

static void numbers_that_do_not_fit_are_out_of_range(void **state)
{
	unsigned long long u64_value = 0;
	long long s64_value = 0;
	unsigned int u32_value = 0;
	int s32_value = 0;

	(void)state;
	assert_int_equal(kstrtoull("18446744073709551615", 10, &u64_value), 0);
	assert_true(u64_value == ~0ULL);
	assert_int_equal(kstrtoull("18446744073709551616", 10, &u64_value), -ERANGE);
	assert_int_equal(kstrtoull("0x10000000000000000", 0, &u64_value), -ERANGE);
	assert_int_equal(kstrtoll("-9223372036854775808", 10, &s64_value), 0);
	assert_true(s64_value == -0x7fffffffffffffffLL - 1);
	assert_int_equal(kstrtoll("9223372036854775808", 10, &s64_value), -ERANGE);
	assert_int_equal(kstrtoll("-9223372036854775809", 10, &s64_value), -ERANGE);
	assert_int_equal(kstrtouint("4294967295", 10, &u32_value), 0);
	assert_int_equal(kstrtouint("4294967296", 10, &u32_value), -ERANGE);
	assert_int_equal(kstrtoint("-2147483648", 10, &s32_value), 0);
	assert_int_equal(s32_value, -2147483647 - 1);
	assert_int_equal(kstrtoint("2147483648", 10, &s32_value), -ERANGE);
	assert_int_equal(kstrtoll("-+1", 10, &s64_value), -EINVAL);
}

static void kstrtobool_takes_linux_spellings(void **state)
{
	static const char *const yes[] = {"y", "Y", "yes", "1", "on", "ON", "true", "T"};
	static const char *const no[] = {"n", "N", "no", "0", "off", "OFF", "false", "F"};
	bool value;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(yes); i++) {
		value = false;
		assert_int_equal(kstrtobool(yes[i], &value), 0);
		assert_true(value);
		assert_int_equal(kstrtobool(no[i], &value), 0);
		assert_false(value);
	}
	assert_int_equal(kstrtobool("o", &value), -EINVAL);
	assert_int_equal(kstrtobool("", &value), -EINVAL);
	assert_int_equal(kstrtobool("2", &value), -EINVAL);
	assert_int_equal(kstrtobool(NULL, &value), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memparse_reads_every_suffix_in_either_case),
		cmocka_unit_test(memparse_stops_at_what_it_does_not_know),
		cmocka_unit_test(memparse_of_no_number_uses_nothing),
		cmocka_unit_test(simple_strtoull_takes_a_base_or_finds_it),
		cmocka_unit_test(kstrtoull_wants_the_whole_text),
		cmocka_unit_test(numbers_that_do_not_fit_are_out_of_range),
		cmocka_unit_test(kstrtobool_takes_linux_spellings),
	};

	return cmocka_run_group_tests_name("kstrtox", tests, NULL, NULL);
}
