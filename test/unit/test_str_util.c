/* SPDX-License-Identifier: MIT */
/* String functions that C does not have, numbers and words out of text, bytes as digits. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

/* The names that ours have in host builds. */
int mm_sscanf(const char *str, const char *fmt, ...);
int mm_sprintf(char *buf, const char *fmt, ...);

/* ---- Searches ---------------------------------------------------------------------------- */

static void bounded_searches_stop_at_the_bound(void **state)
{
	char text[] = "abcabc";

	(void)state;
	assert_ptr_equal(strnchr(text, 3, 'c'), text + 2);
	assert_null(strnchr(text, 2, 'c'));
	assert_ptr_equal(strnchr(text, 7, '\0'), text + 6);
	assert_null(strnchr(text, 20, 'x'));
	assert_ptr_equal(strnchrnul(text, 20, 'x'), text + 6);
	assert_ptr_equal(strnchrnul(text, 2, 'c'), text + 2);
	assert_ptr_equal(strnstr(text, "ca", 4), text + 2);
	assert_null(strnstr(text, "ca", 3));
	assert_ptr_equal(strnstr(text, "", 0), text);
	assert_ptr_equal(memscan(text, 'b', 6), text + 1);
	assert_ptr_equal(memscan(text, 'x', 6), text + 6);
}

static void prefixes_and_lines_are_compared(void **state)
{
	(void)state;
	assert_true(strstarts("prefix", "pre"));
	assert_false(strstarts("pr", "pre"));
	assert_int_equal(str_has_prefix("prefix", "pre"), 3);
	assert_int_equal(str_has_prefix("prefix", "fix"), 0);
	assert_true(sysfs_streq("on", "on\n"));
	assert_true(sysfs_streq("on\n", "on"));
	assert_true(sysfs_streq("on\n", "on\n"));
	assert_false(sysfs_streq("on", "on\n\n"));
	assert_false(sysfs_streq("on", "off"));
	assert_string_equal(kbasename("/a/b/c.h"), "c.h");
	assert_string_equal(kbasename("c.h"), "c.h");
}

static void words_are_found_in_tables(void **state)
{
	static const char *const words[] = {"never", "always", NULL, "hidden"};

	(void)state;
	assert_int_equal(match_string(words, (size_t)-1, "always"), 1);
	assert_int_equal(match_string(words, 1, "always"), -EINVAL);
	assert_int_equal(match_string(words, 4, "hidden"), -EINVAL);
	assert_int_equal(match_string(words, 4, "always\n"), -EINVAL);
	assert_int_equal(sysfs_match_string(words, "always\n"), 1);
}

/* ---- Copies and changes ------------------------------------------------------------------- */

static void copies_are_cut_padded_and_measured(void **state)
{
	char buf[8], text[20] = "long";

	(void)state;
	memset(buf, '#', sizeof(buf));
	assert_int_equal(strscpy_pad(buf, "ab", sizeof(buf)), 2);
	assert_memory_equal(buf, "ab\0\0\0\0\0\0", 8);
	assert_int_equal(strscpy_pad(buf, "abcdefghi", 4), -E2BIG);
	assert_string_equal(buf, "abc");
	assert_int_equal(strlcpy(buf, "0123456789", sizeof(buf)), 10);
	assert_string_equal(buf, "0123456");
	assert_int_equal(strlcpy(buf, "01", 0), 2);
	strlcpy(buf, "01", sizeof(buf));
	assert_int_equal(strlcat(buf, "2345678", sizeof(buf)), 9);
	assert_string_equal(buf, "0123456");
	memcpy_and_pad(buf, 6, "xyz", 3, '.');
	assert_memory_equal(buf, "xyz...6", 8);
	memcpy_and_pad(buf, 2, "123", 3, '.');
	assert_memory_equal(buf, "12z...6", 8);
	strtomem_pad(buf, text, '-');
	assert_memory_equal(buf, "long----", 8);
	strtomem(buf, "0123456789");
	assert_memory_equal(buf, "01234567", 8);
}

static void text_is_changed_in_place(void **state)
{
	char text[] = " a-b-c \t\n", blanks[] = "  ", empty[] = "";

	(void)state;
	assert_string_equal(strim(text), "a-b-c");
	/* One terminator: what was blank behind it stays. */
	assert_memory_equal(text, " a-b-c\0\t\n", sizeof(text));
	assert_ptr_equal(strreplace(text, '-', '_'), text + 6);
	assert_string_equal(text, " a_b_c");
	assert_string_equal(strstrip(blanks), "");
	assert_string_equal(strim(empty), "");
}

static void words_fill_memory(void **state)
{
	struct {
		u32 head, middle, tail;
	} o = {1, 2, 3};
	u16 small[3];
	u32 medium[3];
	u64 large[3];
	unsigned long longs[2];
	void *pointers[2];

	(void)state;
	memset16(small, 0x1234, 3);
	memset32(medium, 0x12345678, 3);
	memset64(large, 0x123456789abcdefULL, 3);
	memset_l(longs, 5, 2);
	memset_p(pointers, &o, 2);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(small[i], 0x1234);
		assert_int_equal(medium[i], 0x12345678);
		assert_int_equal(large[i], 0x123456789abcdefULL);
	}
	assert_int_equal(longs[1], 5);
	assert_ptr_equal(pointers[1], &o);
	memset_after(&o, 0, middle);
	assert_int_equal(o.middle, 2);
	assert_int_equal(o.tail, 0);
	memset_startat(&o, 0xff, middle);
	assert_int_equal(o.head, 1);
	assert_int_equal(o.middle, 0xffffffff);
	assert_int_equal(memweight(&o, sizeof(o)), 65);
	assert_false(mem_is_zero(&o, sizeof(o)));
	assert_true(mem_is_zero(&o, 0));
}

/* ---- Numbers -------------------------------------------------------------------------------- */

static void narrow_numbers_are_bounded(void **state)
{
	u8 u = 7;
	s8 s = 7;
	u16 u2;
	s16 s2;
	long l;
	char *end;

	(void)state;
	assert_int_equal(kstrtou8("255\n", 10, &u), 0);
	assert_int_equal(u, 255);
	assert_int_equal(kstrtou8("256", 10, &u), -ERANGE);
	assert_int_equal(u, 255);
	assert_int_equal(kstrtos8("-128", 10, &s), 0);
	assert_int_equal(s, -128);
	assert_int_equal(kstrtos8("128", 10, &s), -ERANGE);
	assert_int_equal(kstrtos8("-129", 10, &s), -ERANGE);
	assert_int_equal(kstrtou16("0xffff", 0, &u2), 0);
	assert_int_equal(kstrtou16("65536", 0, &u2), -ERANGE);
	assert_int_equal(kstrtos16("-32768", 0, &s2), 0);
	assert_int_equal(kstrtos16("x", 0, &s2), -EINVAL);
	assert_int_equal(kstrtol("-9223372036854775808", 0, &l), 0);
	assert_true(l == -0x7fffffffffffffffL - 1);
	assert_int_equal(simple_strtol("-12z", &end, 0), -12);
	assert_string_equal(end, "z");
	assert_int_equal(simple_strtoll("-x", &end, 0), 0);
	assert_string_equal(end, "x");
	assert_int_equal(simple_strtoul("0x1fq", &end, 16), 0x1f);
}

static void scanf_reads_numbers_words_and_sets(void **state)
{
	char word[16], set[16], c[3] = "##";
	unsigned char byte;
	unsigned long long big;
	int i, j, used;
	long l;

	(void)state;
	assert_int_equal(mm_sscanf("12 -0x10,7", "%d %i,%ld", &i, &j, &l), 3);
	assert_int_equal(i, 12);
	assert_int_equal(j, -16);
	assert_int_equal(l, 7);
	assert_int_equal(mm_sscanf("ff:300 k", "%llx:%hhu %c", &big, &byte, c), 3);
	assert_int_equal(big, 0xff);
	assert_int_equal(byte, 300 & 0xff);
	assert_memory_equal(c, "k#", 2);
	assert_int_equal(mm_sscanf("123456", "%3d%n%2c", &i, &used, c), 2);
	assert_int_equal(i, 123);
	assert_int_equal(used, 3);
	assert_memory_equal(c, "45#", 2);
	assert_int_equal(mm_sscanf("  name=a-b.c", " %4s=%[a-]%*c%s", word, set, c), 3);
	assert_string_equal(word, "name");
	assert_string_equal(set, "a-");
	assert_string_equal(c, ".c");
	/* A width that ends in the prefix. */
	assert_int_equal(mm_sscanf("0xa7", "%2x%x", &i, &j), 2);
	assert_true(i == 0 && j == 0xa7);
	assert_int_equal(mm_sscanf("abc]", "%[^]]", set), 1);
	assert_string_equal(set, "abc");
}

static void scanf_stops_where_text_and_format_differ(void **state)
{
	int i = 5, j = 5;

	(void)state;
	assert_int_equal(mm_sscanf("7 x", "%d %d", &i, &j), 1);
	assert_int_equal(j, 5);
	assert_int_equal(mm_sscanf("", "%d", &i), 0);
	assert_int_equal(mm_sscanf("5%6", "%d%%%d", &i, &j), 2);
	assert_int_equal(mm_sscanf("a", "b%d", &i), 0);
	assert_int_equal(mm_sscanf("ab", "%3c", (char[4]){0}), 0);
	assert_int_equal(mm_sscanf("x", "%[", (char[4]){0}), 0);
}

static void numbers_fill_their_width(void **state)
{
	char buf[8] = "#######", text[40];

	(void)state;
	assert_int_equal(num_to_str(buf, 8, 42, 0), 2);
	assert_memory_equal(buf, "42###", 5);
	assert_int_equal(num_to_str(buf, 8, 42, 5), 5);
	assert_memory_equal(buf, "   42##", 7);
	assert_int_equal(num_to_str(buf, 1, 42, 0), 0);
	assert_int_equal(num_to_str(buf, 4, 42, 5), 0);
	assert_int_equal(mm_sprintf(text, "%d-%s", 1, "two"), 5);
	assert_string_equal(text, "1-two");
}

static void bytes_become_digits_and_back(void **state)
{
	u8 bytes[3];
	char text[8] = "#######";

	(void)state;
	assert_int_equal(hex2bin(bytes, "00fFa5", 3), 0);
	assert_memory_equal(bytes, "\x00\xff\xa5", 3);
	assert_int_equal(hex2bin(bytes, "0g", 1), -EINVAL);
	assert_ptr_equal(bin2hex(text, bytes, 3), text + 6);
	assert_memory_equal(text, "00ffa5#", 7);
	hex_byte_pack_upper(text, 0xab);
	assert_memory_equal(text, "AB", 2);
	assert_int_equal(hex_to_bin('F'), 15);
	assert_int_equal(hex_to_bin('g'), -1);
	assert_int_equal(hex_to_bin(' '), -1);
}

static void rows_of_bytes_are_dumped_into_buffers(void **state)
{
	const char data[] = "0123456789abcdefX";
	char line[80];

	(void)state;
	assert_int_equal(hex_dump_to_buffer(data, 17, 16, 1, line, sizeof(line), true), 65);
	assert_string_equal(line,
			    "30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66  0123456789abcdef");
	assert_int_equal(hex_dump_to_buffer(data, 4, 16, 4, line, sizeof(line), false), 8);
	assert_string_equal(line, "33323130");
	assert_int_equal(hex_dump_to_buffer(data, 3, 16, 2, line, 5, false), 8);
	assert_string_equal(line, "30 3");
	assert_int_equal(hex_dump_to_buffer(data, 0, 16, 1, line, sizeof(line), true), 0);
	assert_string_equal(line, "");
}

/* ---- Command lines ------------------------------------------------------------------------------ */

static void integers_of_options_are_read_with_ranges(void **state)
{
	char text[] = "5,-3x", *at = text;
	int value, ints[6];

	(void)state;
	assert_int_equal(get_option(&at, &value), 2);
	assert_int_equal(value, 5);
	assert_int_equal(get_option(&at, &value), 1);
	assert_int_equal(value, -3);
	assert_string_equal(at, "x");
	assert_int_equal(get_option(&at, &value), 0);
	assert_string_equal(get_options("1,3-5,9z", 6, ints), "z");
	assert_memory_equal(ints, ((int[]){5, 1, 3, 4, 5, 9}), sizeof(ints));
	get_options("1-100", 6, ints);
	assert_memory_equal(ints, ((int[]){5, 1, 2, 3, 4, 5}), sizeof(ints));
	get_options("1,3-5,9", 0, ints);
	assert_int_equal(ints[0], 5);
	at = text;
	text[0] = '-';
	assert_int_equal(get_option(&at, &value), 0);
	assert_ptr_equal(at, text + 1);
	/* What is no range ends the list before its second number. */
	assert_string_equal(get_options("7-3", 6, ints), "3");
	assert_int_equal(ints[0], 0);
	assert_string_equal(get_options("2,7-3,4", 6, ints), "3,4");
	assert_int_equal(ints[0], 1);
	assert_string_equal(get_options("7-x", 6, ints), "x");
}

static void words_of_a_command_line_are_taken_one_by_one(void **state)
{
	char text[] = "quiet mem=2G x=\"a b\"  \"y=c d\" last", *rest = text, *param, *val;

	(void)state;
	rest = next_arg(rest, &param, &val);
	assert_string_equal(param, "quiet");
	assert_null(val);
	rest = next_arg(rest, &param, &val);
	assert_string_equal(param, "mem");
	assert_string_equal(val, "2G");
	rest = next_arg(rest, &param, &val);
	assert_string_equal(param, "x");
	assert_string_equal(val, "a b");
	rest = next_arg(rest, &param, &val);
	assert_string_equal(param, "y");
	assert_string_equal(val, "c d");
	rest = next_arg(rest, &param, &val);
	assert_string_equal(param, "last");
	assert_string_equal(rest, "");
	rest = strcpy(text, "=a=b \"=c d\"");
	rest = next_arg(rest, &param, &val);
	assert_string_equal(param, "=a");
	assert_string_equal(val, "b");
	rest = next_arg(rest, &param, &val);
	assert_string_equal(param, "=c d");
	assert_null(val);
	assert_true(parse_option_str("force,on", "on"));
	assert_false(parse_option_str("force,once", "on"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bounded_searches_stop_at_the_bound),
		cmocka_unit_test(prefixes_and_lines_are_compared),
		cmocka_unit_test(words_are_found_in_tables),
		cmocka_unit_test(copies_are_cut_padded_and_measured),
		cmocka_unit_test(text_is_changed_in_place),
		cmocka_unit_test(words_fill_memory),
		cmocka_unit_test(narrow_numbers_are_bounded),
		cmocka_unit_test(scanf_reads_numbers_words_and_sets),
		cmocka_unit_test(scanf_stops_where_text_and_format_differ),
		cmocka_unit_test(numbers_fill_their_width),
		cmocka_unit_test(bytes_become_digits_and_back),
		cmocka_unit_test(rows_of_bytes_are_dumped_into_buffers),
		cmocka_unit_test(integers_of_options_are_read_with_ranges),
		cmocka_unit_test(words_of_a_command_line_are_taken_one_by_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
