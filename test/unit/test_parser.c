/* SPDX-License-Identifier: MIT */
/* Options in a table of patterns, the numbers in them, and names with wildcards. */
#include "percpu_machine.h"

#include <linux/errno.h>
#include <linux/parser.h>
#include <linux/slab.h>
#include <linux/string.h>

static int machine(void **state)
{
	(void)state;
	percpu_machine_make(SZ_64M, 1, 1);
	return 0;
}

static int machine_end(void **state)
{
	(void)state;
	assert_int_equal(kmem_cache_verify_all(), 0);
	percpu_reset();
	slab_machine_end();
	return 0;
}

enum { SIZE, MODE, MASK, NAME, SHORT, NONE_WIDE, RANGE, FOUR, PERCENT, UNKNOWN_KIND, FLAG, ERROR };

static const match_table_t options = {
	{SIZE, "size=%d"},
	{MODE, "mode=%o"},
	{MASK, "mask=%x"},
	{NAME, "name=%s"},
	{SHORT, "two=%2s-end"},
	{NONE_WIDE, "zero=%0sx"},
	{RANGE, "%u-%u:%s"},
	{FOUR, "four=%d,%d,%d,%d"},
	{PERCENT, "%%full=%u%%"},
	{UNKNOWN_KIND, "%k"},
	{FLAG, "ro"},
	{ERROR, NULL},
};

static void the_first_pattern_that_is_the_text(void **state)
{
	static const struct {
		const char *text;
		int token;
		const char *args[MAX_OPT_ARGS];
	} rows[] = {
		{"ro", FLAG, {}},
		{"rom", ERROR, {}},
		{"r", ERROR, {}},
		{"", ERROR, {}},
		{"k", ERROR, {}},
		{"size=-0x1f", SIZE, {"-0x1f"}},
		{"size=", ERROR, {}},
		{"size=-", SIZE, {"-"}},
		{"size=-k", ERROR, {}},
		{"size=12k", ERROR, {}},
		{"mode=755", MODE, {"755"}},
		{"mode=79", ERROR, {}},
		{"mask=fF", MASK, {"fF"}},
		{"name=a b=%", NAME, {"a b=%"}},
		{"name=", ERROR, {}},
		{"two=ab-end", SHORT, {"ab"}},
		{"two=abc-end", ERROR, {}},
		{"zero=x", NONE_WIDE, {""}},
		{"10-20:rest", RANGE, {"10", "20", "rest"}},
		{"10--20:rest", ERROR, {}},
		{"four=1,2,3,4", ERROR, {}},
		{"%full=80%", PERCENT, {"80"}},
		{"%full=80", ERROR, {}},
	};

	(void)state;
	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		substring_t args[MAX_OPT_ARGS] = {};
		char text[32], arg[32];

		strscpy(text, rows[i].text, sizeof(text));
		if (match_token(text, options, args) != rows[i].token)
			fail_msg("%s", rows[i].text);
		for (int n = 0; n < MAX_OPT_ARGS && rows[i].args[n]; n++) {
			assert_int_equal(match_strlcpy(arg, &args[n], sizeof(arg)),
					 strlen(rows[i].args[n]));
			assert_string_equal(arg, rows[i].args[n]);
		}
	}
}

static substring_t part_of(char *text)
{
	return (substring_t){.from = text, .to = text + strlen(text)};
}

enum { INT, UINT, U64, OCTAL, HEX };

/* What the reader of @kind gives for @text; -4 in *value where it is left alone. */
static int read_as(int kind, const char *text, s64 *value)
{
	int number = -4, err;
	unsigned int positive = -4U;
	u64 wide = -4ULL;
	char copy[32];
	substring_t s;

	strscpy(copy, text, sizeof(copy));
	s = part_of(copy);
	if (kind == UINT) {
		err = match_uint(&s, &positive);
		*value = (int)positive;
	} else if (kind == U64) {
		err = match_u64(&s, &wide);
		*value = (s64)wide;
	} else {
		err = (kind == INT     ? match_int
		       : kind == OCTAL ? match_octal
				       : match_hex)(&s, &number);
		*value = number;
	}
	return err;
}

static void numbers_of_arguments(void **state)
{
	static const struct {
		int kind;
		const char *text;
		int err;
		s64 value;
	} rows[] = {
		{INT, "-12", 0, -12},
		{INT, "0x10", 0, 16},
		{INT, "010", 0, 8},
		{INT, "5 apples", 0, 5},
		{INT, "2147483647", 0, 2147483647},
		{INT, "2147483648", -ERANGE, -4},
		{INT, "-2147483649", -ERANGE, -4},
		{INT, "", -EINVAL, -4},
		{INT, "x", -EINVAL, -4},
		{UINT, "010", 0, 10},
		{UINT, "4294967295", 0, -1},
		{UINT, "4294967296", -ERANGE, -4},
		{UINT, "-1", -EINVAL, -4},
		{UINT, "5 apples", -EINVAL, -4},
		{U64, "0xffffffffffffffff", 0, -1},
		{U64, "18446744073709551616", -ERANGE, -4},
		{U64, "", -EINVAL, -4},
		{OCTAL, "755", 0, 0755},
		{OCTAL, "8", -EINVAL, -4},
		{HEX, "ff", 0, 255},
		{HEX, "0xff", 0, 255},
		{HEX, "80000000", -ERANGE, -4},
	};

	(void)state;
	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		s64 value;
		int err = read_as(rows[i].kind, rows[i].text, &value);

		if (err != rows[i].err || value != rows[i].value)
			fail_msg("row %u, %s: %d, %lld", i, rows[i].text, err, (long long)value);
	}
}

static void a_part_is_copied(void **state)
{
	char text[] = "abcdef", copy[4] = "zzz", *dup;
	substring_t s = {.from = text + 1, .to = text + 5};

	(void)state;
	assert_int_equal(match_strlcpy(copy, &s, 0), 4);
	assert_string_equal(copy, "zzz");
	assert_int_equal(match_strlcpy(copy, &s, sizeof(copy)), 4);
	assert_string_equal(copy, "bcd");
	dup = match_strdup(&s);
	assert_string_equal(dup, "bcde");
	kfree(dup);
}

static void names_with_wildcards(void **state)
{
	static const struct {
		const char *pattern, *text;
		bool same;
	} rows[] = {
		{"", "", true},		{"", "a", false},	    {"*", "", true},
		{"*", "abc", true},	{"?", "", false},	    {"a?c", "abc", true},
		{"a?c", "ac", false},	{"a*c", "abcbc", true},	    {"a*bc", "abcb", false},
		{"*.c", "a.c.c", true}, {"a*b*c", "axbyczc", true}, {"abc", "ab", false},
		{"ab", "abc", false},	{"a*", "a", true},	    {"a**", "a", false},
		{"a**", "ab", true},	{"[a]", "a", false},
	};

	(void)state;
	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (match_wildcard(rows[i].pattern, rows[i].text) != rows[i].same)
			fail_msg("%s %s", rows[i].pattern, rows[i].text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_pattern_that_is_the_text),
		cmocka_unit_test(numbers_of_arguments),
		cmocka_unit_test(a_part_is_copied),
		cmocka_unit_test(names_with_wildcards),
	};

	return cmocka_run_group_tests_name("parser", tests, machine, machine_end);
}
