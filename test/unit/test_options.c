/* SPDX-License-Identifier: MIT */
/* Words, quotes, tables, and what becomes of options that nobody wants. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include <baremm/arch.h>
#include <baremm/options.h>
#include <baremm/panic.h>
#include <host/machine.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/memblock.h>

#include "../../mm/internal.h"
#include "../../mm/vmap.h"

/* What the handlers were given: "a=1;b;" */
static char given[1000];

static int note(const char *name, const char *value)
{
	size_t len = strlen(given);

	snprintf(given + len, sizeof(given) - len, "%s%s%s;", name, value ? "=" : "",
		 value ? value : "");
	return value && strcmp(value, "bad") == 0 ? -EINVAL : 0;
}

static int take_a(char *value)
{
	return note("a", value);
}

static int take_b(char *value)
{
	return note("b", value);
}

static int take_a_too(char *value)
{
	return note("A", value);
}

static int take_long_name(char *value)
{
	return note("long_name", value);
}

static const struct boot_option first[] = {
	{"a", take_a}, {"b", take_b}, {"long_name", take_long_name}};
static const struct boot_option second[] = {{"a2", take_a_too}, {"b", take_a_too}};

static int reset(void **state)
{
	(void)state;
	given[0] = '\0';
	bad_options = 0;
	warn_count = 0;
	console_loglevel = 8;
	host_log_clear();
	e820_forget_options();
	return 0;
}

static void words_are_separated_by_any_blanks(void **state)
{
	(void)state;
	assert_int_equal(parse_options("  a=1\tlong_name\n\n a=2 "), 0);
	assert_string_equal(given, "a=1;long_name;a=2;");
}

static void no_text_is_no_option(void **state)
{
	(void)state;
	assert_int_equal(parse_options(""), 0);
	assert_int_equal(parse_options(" \n"), 0);
	assert_string_equal(given, "");
}

static void an_empty_value_differs_from_none(void **state)
{
	(void)state;
	assert_int_equal(parse_options("a a="), 0);
	assert_string_equal(given, "a;a=;");
}

static void quotes_hold_a_value_together(void **state)
{
	(void)state;
	assert_int_equal(parse_options("a=\"x y\" \"a=p q\" a=\"open to the end"), 0);
	assert_string_equal(given, "a=x y;a=p q;a=open to the end;");
}

static void a_value_may_hold_equal_signs(void **state)
{
	(void)state;
	assert_int_equal(parse_options("a=b=c"), 0);
	assert_string_equal(given, "a=b=c;");
}

static void dash_and_underscore_are_the_same_in_names(void **state)
{
	(void)state;
	assert_int_equal(parse_options("long-name=x-y long_name"), 0);
	assert_string_equal(given, "long_name=x-y;long_name;");
}

static void two_dashes_end_the_options(void **state)
{
	(void)state;
	assert_int_equal(parse_options("a -- b nonsense"), 0);
	assert_string_equal(given, "a;");
}

static void a_name_in_two_tables_goes_to_both(void **state)
{
	(void)state;
	assert_int_equal(parse_options("b=1"), 0);
	assert_string_equal(given, "b=1;A=1;");
}

static void an_unknown_option_is_named_counted_and_ignored(void **state)
{
	(void)state;
	assert_int_equal(parse_options("a nonsense=7 lon a2x"), 3);
	assert_int_equal(bad_options, 3);
	assert_true(host_log_contains("] Unknown option \"nonsense=7\", ignored\n"));
	assert_true(host_log_contains("] Unknown option \"lon\", ignored\n"));
	assert_string_equal(given, "a;");
	assert_int_equal(warn_count, 0);
}

static void a_refused_value_is_named_and_counted(void **state)
{
	(void)state;
	assert_int_equal(parse_options("a=bad a=good"), 1);
	assert_true(host_log_contains("] Malformed option 'a=bad'\n"));
	assert_string_equal(given, "a=bad;a=good;");
}

static void a_word_too_long_is_counted_and_the_next_is_read(void **state)
{
	static char text[6000];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	memcpy(text + 5000, " a=1 ", 5);
	text[5005] = '\0';
	assert_int_equal(parse_options(text), 1);
	assert_true(host_log_contains("a word of 5000 characters is too long"));
	assert_string_equal(given, "a=1;");
}

static void a_table_registered_twice_is_used_once(void **state)
{
	(void)state;
	register_options(first, ARRAY_SIZE(first));
	parse_options("a");
	assert_string_equal(given, "a;");
}

static void loglevel_and_quiet_set_what_consoles_show(void **state)
{
	(void)state;
	assert_int_equal(parse_options("quiet"), 0);
	assert_int_equal(console_loglevel, 4);
	assert_int_equal(parse_options("loglevel=6"), 0);
	assert_int_equal(console_loglevel, 6);
	console_loglevel = 8;
	assert_int_equal(parse_options("loglevel=x loglevel loglevel=-1 quiet=1"), 4);
	assert_int_equal(console_loglevel, 8);
}

static void memblock_debug_is_an_option(void **state)
{
	(void)state;
	memblock_debug = false;
	assert_int_equal(parse_options("memblock=debug"), 0);
	assert_true(memblock_debug);
	memblock_debug = false;
}

static void each_unit_gets_its_options(void **state)
{
	(void)state;
	assert_int_equal(parse_options("mminit_loglevel=4 memmap_init=eager init_on_alloc=1"), 0);
	assert_int_equal(mminit_loglevel, 4);
	assert_true(memmap_init_eager);
	assert_true(init_on_alloc);
	assert_int_equal(parse_options("mminit-loglevel=x memmap_init=late init_on_alloc"), 3);
	assert_int_equal(parse_options("mminit_loglevel=0 memmap_init=lazy init_on_alloc=0"), 3);
}

static void options_of_linux_that_change_little_here_are_known(void **state)
{
	(void)state;
	assert_int_equal(parse_options("no_hash_pointers percpu_alloc=embed hardened_usercopy=on "
				       "nohugeiomap nohugevmalloc stack_depot_disable=0"),
			 0);
	assert_int_equal(parse_options("percpu_alloc percpu_alloc=both hardened_usercopy "
				       "hardened_usercopy=x nohugeiomap=1 nohugevmalloc=1 "
				       "stack_depot_disable stack_depot_disable=x"),
			 8);
	vm_area_reset();
	ioremap_reset();
}

static void memory_options_without_sense_are_refused(void **state)
{
	static const char *const bad[] = {
		"mem",
		"mem=",
		"mem=x",
		"mem=0",
		"mem=1G@2G",
		"mem=exactmap",
		"memmap",
		"memmap=",
		"memmap=@1G",
		"memmap=1G@",
		"memmap=1G?2G",
		"memmap=1G@2G.",
		"memmap=1G%",
		"memmap=1G%2G-1x",
		"memmap=1G$1G,,2G@4G",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		char want[100];

		reset(NULL);
		assert_int_equal(parse_options(bad[i]), 1);
		snprintf(want, sizeof(want), "Malformed option '%s'\n", bad[i]);
		assert_true(host_log_contains(want));
	}
}

#define test(f) cmocka_unit_test_setup(f, reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(words_are_separated_by_any_blanks),
		test(no_text_is_no_option),
		test(an_empty_value_differs_from_none),
		test(quotes_hold_a_value_together),
		test(a_value_may_hold_equal_signs),
		test(dash_and_underscore_are_the_same_in_names),
		test(two_dashes_end_the_options),
		test(a_name_in_two_tables_goes_to_both),
		test(an_unknown_option_is_named_counted_and_ignored),
		test(a_refused_value_is_named_and_counted),
		test(a_word_too_long_is_counted_and_the_next_is_read),
		test(a_table_registered_twice_is_used_once),
		test(loglevel_and_quiet_set_what_consoles_show),
		test(memblock_debug_is_an_option),
		test(each_unit_gets_its_options),
		test(options_of_linux_that_change_little_here_are_known),
		test(memory_options_without_sense_are_refused),
	};

	register_options(first, ARRAY_SIZE(first));
	register_options(second, ARRAY_SIZE(second));
	mm_register_options();
	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
