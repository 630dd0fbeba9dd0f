/* SPDX-License-Identifier: MIT */
/* Text with escapes, sizes for people, classes of characters. */
#include "slab_machine.h"

/* A host's C library has functions of these names, of which the compiler knows. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#include <linux/ctype.h>
#include <linux/device.h>
#pragma GCC diagnostic pop
#include <linux/string_helpers.h>

static void sizes_have_three_digits_and_a_unit(void **state)
{
	static const struct {
		u64 size, block;
		const char *ten, *two;
	} rows[] = {
		{0, 4096, "0 B", "0 B"},
		{5, 1, "5.00 B", "5.00 B"},
		{512, 1, "512 B", "512 B"},
		{1100, 1, "1.10 kB", "1.07 KiB"},
		{999999, 1, "1000 kB", "977 KiB"},
		{16384, 512, "8.39 MB", "8.00 MiB"},
		{8192, 4096, "33.6 MB", "32.0 MiB"},
		{1000, 1000000000, "1.00 TB", "931 GiB"},
		{~0ULL, 4096, "75.6 ZB", "64.0 ZiB"},
		{~0ULL, ~0ULL, "340 UNK", "256 UNK"},
	};
	char text[16];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		string_get_size(rows[i].size, rows[i].block, STRING_UNITS_10, text, sizeof(text));
		assert_string_equal(text, rows[i].ten);
		string_get_size(rows[i].size, rows[i].block, STRING_UNITS_2, text, sizeof(text));
		assert_string_equal(text, rows[i].two);
	}
	string_get_size(16384, 512, STRING_UNITS_10, text, 5);
	assert_string_equal(text, "8.39");
}

static void escapes_become_what_they_stand_for(void **state)
{
	static const struct {
		unsigned int flags;
		const char *from, *to;
	} rows[] = {
		{UNESCAPE_SPACE, "a\\n\\t\\v\\r\\fb\\\\", "a\n\t\v\r\fb\\\\"},
		{UNESCAPE_OCTAL, "\\1\\40\\1234\\400\\8", "\001 S4\0400\\8"},
		{UNESCAPE_HEX, "\\x1\\x41B\\xz\\xff", "\001AB\\xz\377"},
		{UNESCAPE_SPECIAL, "\\\"\\\\\\a\\e\\n", "\"\\\a\033\\n"},
		{UNESCAPE_ANY, "\\n\\101\\x42\\\\\\q\\", "\nAB\\\\q\\"},
		{0, "\\n", "\\n"},
	};
	char text[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		strcpy(text, rows[i].from);
		assert_int_equal(string_unescape_inplace(text, rows[i].flags), strlen(rows[i].to));
		assert_string_equal(text, rows[i].to);
	}
	strcpy(text, "ab\\ncd");
	assert_int_equal(string_unescape_any(text, text + 32, 4), 3);
	assert_string_equal(text + 32, "ab\\");
	assert_int_equal(string_unescape_any(text, text + 32, 5), 4);
	assert_string_equal(text + 32, "ab\nc");
}

static void bytes_become_the_escapes_that_are_asked_for(void **state)
{
	static const struct {
		unsigned int flags;
		const char *only, *to;
	} rows[] = {
		{0, NULL, "a\n\"\033\001\xe9"},
		{ESCAPE_SPACE, NULL, "a\\n\"\033\001\xe9"},
		{ESCAPE_SPECIAL, NULL, "a\n\\\"\\e\001\xe9"},
		{ESCAPE_ANY, NULL, "\\141\\n\\\"\\e\\001\\351"},
		{ESCAPE_ANY_NP, NULL, "a\\n\"\\e\\001\xe9"},
		{ESCAPE_HEX | ESCAPE_NAP, NULL, "a\\x0a\"\\x1b\\x01\\xe9"},
		{ESCAPE_OCTAL | ESCAPE_NA, NULL, "a\n\"\033\001\\351"},
		{ESCAPE_HEX, "a\n", "\\x61\\x0a\"\033\001\xe9"},
		{ESCAPE_HEX | ESCAPE_NP | ESCAPE_APPEND, "\"", "a\\x0a\\x22\\x1b\\x01\xe9"},
	};
	static const char from[] = "a\n\"\033\001\xe9";
	char text[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int len = string_escape_str(from, text, sizeof(text), rows[i].flags, rows[i].only);

		assert_int_equal(len, strlen(rows[i].to));
		assert_memory_equal(text, rows[i].to, len);
		/* What has no room is counted, and not written. */
		memset(text, '#', sizeof(text));
		assert_int_equal(string_escape_str(from, text, 3, rows[i].flags, rows[i].only),
				 len);
		assert_memory_equal(text, rows[i].to, 3);
		assert_int_equal(text[3], '#');
	}
	assert_int_equal(string_escape_mem("\0", 1, text, 9, ESCAPE_NULL, NULL), 2);
	assert_memory_equal(text, "\\0", 2);
}

static void a_zero_is_among_the_named_bytes(void **state)
{
	static const char from[] = {'a', '\0', 'b'};
	char text[16];

	(void)state;
	assert_int_equal(string_escape_mem(from, 3, text, sizeof(text), ESCAPE_NULL, "xyz"), 4);
	assert_memory_equal(text, "a\\0b", 4);
	assert_int_equal(string_escape_mem(from, 3, text, sizeof(text), ESCAPE_HEX, "b"), 9);
	assert_memory_equal(text, "a\\x00\\x62", 9);
	/* One that may stay for its class does not, where those are escaped all the same. */
	assert_int_equal(string_escape_mem(from, 3, text, sizeof(text),
					   ESCAPE_NA | ESCAPE_HEX | ESCAPE_APPEND, "b"),
			 9);
	assert_memory_equal(text, "a\\x00\\x62", 9);
}

static void copies_that_are_quoted_can_be_turned_back(void **state)
{
	static const char from[] = "one\ttwo\n\"three\" \\\033";
	char *copy;

	(void)state;
	copy = kstrdup_quotable(from, GFP_KERNEL);
	assert_string_equal(copy, "one\\x09two\\x0a\\x22three\\x22 \\x5c\\x1b");
	string_unescape_any_inplace(copy);
	assert_string_equal(copy, from);
	kfree(copy);
	assert_null(kstrdup_quotable(NULL, GFP_KERNEL));
}

static void arrays_of_names_are_made_and_freed(void **state)
{
	char **names = kasprintf_strarray(GFP_KERNEL, "line", 12);
	struct device dev = {0};
	char upper[8], lower[8];

	(void)state;
	assert_string_equal(names[0], "line-0");
	assert_string_equal(names[11], "line-11");
	assert_null(names[12]);
	string_upper(upper, names[11]);
	string_lower(lower, upper);
	assert_string_equal(upper, "LINE-11");
	assert_string_equal(lower, names[11]);
	kfree_strarray(names, 12);
	kfree_strarray(NULL, 3);
	names = devm_kasprintf_strarray(&dev, "pin", 3);
	assert_string_equal(names[2], "pin-2");
	assert_null(names[3]);
	devres_release_all(&dev);
	assert_string_equal(str_yes_no(true), "yes");
	assert_string_equal(str_enabled_disabled(false), "disabled");
}

/* Each byte is of the classes that its row says, and turns into the other case and back. */
static void classes_are_those_of_ascii_and_latin_1(void **state)
{
	(void)state;
	for (int c = 0; c < 256; c++) {
		bool upper = (c >= 'A' && c <= 'Z') || (c >= 0xc0 && c <= 0xde && c != 0xd7);
		bool lower = (c >= 'a' && c <= 'z') || (c >= 0xdf && c != 0xf7);

		assert_int_equal(isupper(c), upper);
		assert_int_equal(islower((char)c), lower);
		assert_int_equal(isprint(c), (c >= 0x20 && c < 0x7f) || c >= 0xa0);
		assert_int_equal(iscntrl(c), c < 0x20 || c == 0x7f);
		assert_int_equal(isprint(c), isgraph(c) || c == ' ' || c == 0xa0);
		assert_int_equal(isgraph(c), isalnum(c) || ispunct(c));
		assert_int_equal(isascii(c), c < 0x80);
		assert_int_equal(tolower(c), upper ? c + 32 : c);
		assert_int_equal(toupper(c), lower ? c - 32 : c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_have_three_digits_and_a_unit),
		cmocka_unit_test(escapes_become_what_they_stand_for),
		cmocka_unit_test(bytes_become_the_escapes_that_are_asked_for),
		cmocka_unit_test(a_zero_is_among_the_named_bytes),
		slab_test(copies_that_are_quoted_can_be_turned_back),
		slab_test(arrays_of_names_are_made_and_freed),
		cmocka_unit_test(classes_are_those_of_ascii_and_latin_1),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
