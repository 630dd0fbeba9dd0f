/* SPDX-License-Identifier: MIT */
/* Text in a buffer that knows when it is too small. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include <host/machine.h>
/* A host's C library has functions of these names, of which the compiler knows. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#include <linux/ctype.h>
#pragma GCC diagnostic pop
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/seq_buf.h>
#include <linux/seq_file.h>
#include <linux/string_helpers.h>

static struct seq_buf s;
static char buf[32];

static int make(void **state)
{
	(void)state;
	memset(buf, '#', sizeof(buf));
	seq_buf_init(&s, buf, sizeof(buf));
	return 0;
}

static void text_is_put_together(void **state)
{
	(void)state;
	assert_string_equal(seq_buf_str(&s), "");
	assert_int_equal(seq_buf_printf(&s, "%d pages", 5), 0);
	assert_int_equal(seq_buf_putc(&s, ','), 0);
	assert_int_equal(seq_buf_puts(&s, " all"), 0);
	assert_int_equal(seq_buf_putmem(&s, " free", 5), 0);
	assert_int_equal(seq_buf_used(&s), 17);
	assert_int_equal(seq_buf_buffer_left(&s), 15);
	assert_string_equal(seq_buf_str(&s), "5 pages, all free");
	seq_buf_clear(&s);
	assert_int_equal(seq_buf_putmem_hex(&s, "\x01\x02\x03\x04\x05\x06\x07\x08\x09", 9), 0);
	assert_string_equal(seq_buf_str(&s), "0807060504030201 09 ");
}

static void what_does_not_fit_is_not_there_and_nothing_follows(void **state)
{
	(void)state;
	assert_int_equal(seq_buf_puts(&s, "0123456789012345678901234567"), 0);
	assert_false(seq_buf_has_overflowed(&s));
	/* Three bytes and a zero would fit, these and a zero do not. */
	assert_int_equal(seq_buf_puts(&s, "abcd"), -1);
	assert_true(seq_buf_has_overflowed(&s));
	assert_int_equal(seq_buf_putc(&s, 'x'), -1);
	assert_int_equal(seq_buf_printf(&s, "x"), -1);
	assert_int_equal(seq_buf_putmem(&s, "x", 1), -1);
	assert_int_equal(seq_buf_putmem_hex(&s, "x", 1), -1);
	assert_int_equal(seq_buf_buffer_left(&s), 0);
	assert_int_equal(seq_buf_used(&s), sizeof(buf));
}

static void the_last_byte_is_for_the_zero(void **state)
{
	(void)state;
	assert_int_equal(seq_buf_putmem(&s, "01234567890123456789012345678901", 32), 0);
	assert_false(seq_buf_has_overflowed(&s));
	assert_int_equal(strlen(seq_buf_str(&s)), 31);
}

static void its_user_may_write_by_himself(void **state)
{
	char *at;

	(void)state;
	seq_buf_puts(&s, "ab");
	assert_int_equal(seq_buf_get_buf(&s, &at), 30);
	assert_ptr_equal(at, buf + 2);
	memcpy(at, "cd", 2);
	seq_buf_commit(&s, 2);
	assert_string_equal(seq_buf_str(&s), "abcd");
	seq_buf_commit(&s, -1);
	assert_true(seq_buf_has_overflowed(&s));
	assert_int_equal(seq_buf_get_buf(&s, &at), 0);
	assert_null(at);
}

static void it_goes_to_dumps_and_to_the_log(void **state)
{
	struct seq_text text;
	struct seq_file m;
	char out[64];

	(void)state;
	seq_text_init(&m, &text, out, sizeof(out));
	seq_buf_puts(&s, "one\ntwo\nthree");
	assert_int_equal(seq_buf_print_seq(&m, &s), 0);
	assert_string_equal(out, "one\ntwo\nthree");
	host_log_clear();
	seq_buf_do_printk(&s, KERN_INFO);
	assert_int_equal(host_log_count("\n"), 3);
	assert_true(host_log_contains("] two\n"));
	assert_true(host_log_contains("] three\n"));
}

static void bytes_are_dumped_in_lines(void **state)
{
	char large[256];
	u8 bytes[20];

	(void)state;
	for (unsigned int i = 0; i < sizeof(bytes); i++)
		bytes[i] = (u8)('A' + i);
	seq_buf_init(&s, large, sizeof(large));
	assert_int_equal(
		seq_buf_hex_dump(&s, "p ", DUMP_PREFIX_OFFSET, 16, 1, bytes, sizeof(bytes), true),
		0);
	assert_string_equal(
		seq_buf_str(&s),
		"p 00000000: 41 42 43 44 45 46 47 48 49 4a 4b 4c 4d 4e 4f 50  ABCDEFGHIJKLMNOP\n"
		"p 00000010: 51 52 53 54                                      QRST\n");
	seq_buf_init(&s, large, 60);
	assert_int_equal(seq_buf_hex_dump(&s, "", DUMP_PREFIX_NONE, 32, 4, bytes, 20, false), 0);
	assert_string_equal(seq_buf_str(&s), "44434241 48474645 4c4b4a49 504f4e4d 54535251\n");
	assert_int_equal(seq_buf_hex_dump(&s, "", DUMP_PREFIX_NONE, 32, 4, bytes, 20, false), -1);
}

static void numbers_are_put_after_a_delimiter(void **state)
{
	struct seq_text text;
	struct seq_file m;
	char out[160];

	(void)state;
	seq_text_init(&m, &text, out, sizeof(out));
	seq_put_decimal_ull(&m, NULL, 0);
	seq_put_decimal_ull(&m, "", 7);
	seq_put_decimal_ull(&m, " ", ULLONG_MAX);
	seq_put_decimal_ull_width(&m, "kB: ", 1234, 8);
	seq_put_decimal_ull_width(&m, ",", 123456, 3);
	seq_put_decimal_ll(&m, ";", LLONG_MIN);
	seq_put_decimal_ll(&m, ";", 5);
	assert_string_equal(out, "07 18446744073709551615kB:     1234,123456"
				 ";-9223372036854775808;5");
	seq_text_init(&m, &text, out, sizeof(out));
	seq_put_hex_ll(&m, NULL, 0, 0);
	seq_put_hex_ll(&m, "-", 0xabc, 8);
	seq_put_hex_ll(&m, "-", ULLONG_MAX, 2);
	assert_string_equal(out, "0-00000abc-ffffffffffffffff");
}

static void what_disturbs_is_put_as_an_escape(void **state)
{
	struct seq_text text;
	struct seq_file m;
	char out[160];

	(void)state;
	seq_text_init(&m, &text, out, sizeof(out));
	seq_escape(&m, "a b\tc\\d\n", " \t\n\\");
	assert_string_equal(out, "a\\040b\\011c\\134d\\012");
	seq_text_init(&m, &text, out, sizeof(out));
	seq_escape_mem(&m, "x\0\n\001", 4, ESCAPE_ANY_NP, NULL);
	assert_string_equal(out, "x\\0\\n\\001");
	seq_text_init(&m, &text, out, sizeof(out));
	seq_escape_str(&m, "a\"b", ESCAPE_HEX, "\"");
	assert_string_equal(out, "a\\x22b");
	seq_text_init(&m, &text, out, sizeof(out));
	seq_hex_dump(&m, "> ", DUMP_PREFIX_OFFSET, 16, 1, "0123456789abcdefXY", 18, true);
	assert_string_equal(
		out,
		"> 00000000: 30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66  0123456789abcdef\n"
		"> 00000010: 58 59                                            XY\n");
	seq_text_init(&m, &text, out, sizeof(out));
	seq_hex_dump(&m, "", DUMP_PREFIX_NONE, 32, 4, "ABCDEFGH", 8, false);
	assert_string_equal(out, "44434241 48474645\n");
}

#define buf_test(f) cmocka_unit_test_setup(f, make)

int main(void)
{
	const struct CMUnitTest tests[] = {
		buf_test(text_is_put_together),
		buf_test(what_does_not_fit_is_not_there_and_nothing_follows),
		buf_test(the_last_byte_is_for_the_zero),
		buf_test(its_user_may_write_by_himself),
		buf_test(it_goes_to_dumps_and_to_the_log),
		buf_test(bytes_are_dumped_in_lines),
		buf_test(numbers_are_put_after_a_delimiter),
		buf_test(what_disturbs_is_put_as_an_escape),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
