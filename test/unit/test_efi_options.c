/* SPDX-License-Identifier: MIT */
/* From load options and baremm.cfg to one line of words. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <linux/errno.h>
#include "efi/options_text.h"

static char out[256];

/* UTF-16 of ASCII; returns the bytes, without a terminator. */
static size_t widen(u16 *to, const char *from)
{
	size_t i;

	for (i = 0; from[i]; i++)
		to[i] = (unsigned char)from[i];
	return 2 * i;
}

static int load_options(const char *text, const char *name)
{
	u16 wide[256];
	size_t bytes = widen(wide, text);
	u16 *exact = malloc(bytes + 1); /* so that the sanitizer sees the end */
	int len;

	memcpy(exact, wide, bytes);
	len = options_from_load_options(out, sizeof(out), exact, bytes, name);
	free(exact);
	return len;
}

static int cfg(const char *text, size_t bytes)
{
	char *exact = malloc(bytes + 1);
	int len;

	memcpy(exact, text, bytes);
	len = options_from_cfg(out, sizeof(out), exact, bytes);
	free(exact);
	return len;
}

#define CFG(text) cfg(text, sizeof(text) - 1)

static void boot_entry_options_are_taken_as_they_are(void **state)
{
	(void)state;
	assert_int_equal(load_options("mem=2G efi=debug", "BOOTX64.EFI"), 16);
	assert_string_equal(out, "mem=2G efi=debug");
}

static void program_name_that_a_shell_passes_is_left_out(void **state)
{
	static const char *const lines[] = {
		"BOOTX64.EFI mem=2G",
		"bootx64.efi  mem=2G ",
		"fs0:\\EFI\\BOOT\\BOOTX64.EFI mem=2G",
		"\"fs0:\\my dir\\BOOTX64.EFI\" mem=2G",
		" .\\other.efi\tmem=2G",
		"bootx64 mem=2G",
		"FS1:\\EFI\\BOOT\\BootX64 mem=2G",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		assert_int_equal(load_options(lines[i], "BOOTX64.EFI"), 6);
		assert_string_equal(out, "mem=2G");
	}
}

static void first_word_that_is_no_program_name_stays(void **state)
{
	static const char *const lines[] = {"bootx64x mem=2G", "bootx6 mem=2G", ".efi=1 mem=2G",
					    "efi mem=2G", "bootx64=1 mem=2G"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		load_options(lines[i], "BOOTX64.EFI");
		assert_string_equal(out, lines[i]);
	}
	load_options("bootx64 mem=2G", NULL);
	assert_string_equal(out, "bootx64 mem=2G");
}

static void name_alone_gives_no_options(void **state)
{
	(void)state;
	assert_int_equal(load_options("BOOTX64.EFI", "BOOTX64.EFI"), 0);
	assert_string_equal(out, "");
	assert_int_equal(load_options("", "BOOTX64.EFI"), 0);
}

static void load_options_end_at_a_nul_or_with_the_bytes(void **state)
{
	u16 wide[] = {'m', 'e', 'm', '=', '1', 0, 'x', 'y'};

	(void)state;
	assert_int_equal(options_from_load_options(out, sizeof(out), wide, sizeof(wide), NULL), 5);
	assert_string_equal(out, "mem=1");
	/* An odd number of bytes: the half character is none. */
	assert_int_equal(options_from_load_options(out, sizeof(out), wide, 9, NULL), 4);
	assert_string_equal(out, "mem=");
	assert_int_equal(options_from_load_options(out, sizeof(out), wide, 1, NULL), 0);
}

static void ascii_load_options_are_understood(void **state)
{
	(void)state;
	assert_int_equal(options_from_load_options(out, sizeof(out), "mem=1G\0junk", 11, NULL), 6);
	assert_string_equal(out, "mem=1G");
}

static void binary_load_options_are_refused(void **state)
{
	static const u8 device_path[] = {0x02, 0x01, 0x0c, 0x00, 0xd0, 0x41, 0x03, 0x0a};

	(void)state;
	strcpy(out, "old");
	assert_int_equal(
		options_from_load_options(out, sizeof(out), device_path, sizeof(device_path), NULL),
		-EINVAL);
	assert_string_equal(out, "");
}

static void characters_beyond_ascii_become_question_marks(void **state)
{
	static const u16 wide[] = {'a', 0xe4, 'b', 0x4e2d, '='};

	(void)state;
	options_from_load_options(out, sizeof(out), wide, sizeof(wide), NULL);
	assert_string_equal(out, "a?b?=");
}

static void cfg_words_may_stand_on_many_lines(void **state)
{
	(void)state;
	assert_int_equal(CFG("mem=2G\r\n\r\n\tefi=debug  numa=off\n"), 25);
	assert_string_equal(out, "mem=2G efi=debug numa=off");
}

static void cfg_comment_reaches_to_the_end_of_its_line(void **state)
{
	(void)state;
	CFG("# mem=1G\nmem=2G # mem=3G\n#\nefi=debug#x #");
	assert_string_equal(out, "mem=2G efi=debug#x");
}

static void hash_inside_a_word_is_no_comment(void **state)
{
	(void)state;
	CFG("memmap=64M#0x10000000 x=\"a # b\"");
	assert_string_equal(out, "memmap=64M#0x10000000 x=\"a # b\"");
}

static void open_quote_ends_with_its_line(void **state)
{
	(void)state;
	CFG("x=\"a b\nmem=2G # c");
	assert_string_equal(out, "x=\"a b mem=2G");
}

static void cfg_may_have_a_byte_order_mark(void **state)
{
	static const u8 wide[] = {0xff, 0xfe, 'a', 0, '\n', 0, 'b', 0, 'c'};

	(void)state;
	CFG("\xef\xbb\xbfmem=2G");
	assert_string_equal(out, "mem=2G");
	assert_int_equal(cfg((const char *)wide, sizeof(wide)), 3);
	assert_string_equal(out, "a b");
}

static void cfg_that_is_no_text_is_refused(void **state)
{
	(void)state;
	assert_int_equal(CFG("mem=2G\0\1\2"), -EINVAL);
	assert_string_equal(out, "");
	assert_int_equal(CFG(""), 0);
}

static void words_that_do_not_fit_are_left_out_whole(void **state)
{
	char small[12];

	(void)state;
	assert_int_equal(options_from_cfg(small, sizeof(small), "mem=2G efi=debug", 16), -E2BIG);
	assert_string_equal(small, "mem=2G");
	assert_int_equal(options_from_cfg(small, sizeof(small), "mem=2G ab=c", 11), 11);
	assert_string_equal(small, "mem=2G ab=c");
	assert_int_equal(options_from_cfg(small, 1, "a", 1), -E2BIG);
	assert_string_equal(small, "");
}

static void path_splits_at_its_last_backslash(void **state)
{
	u16 path[64];
	char name[16];
	size_t chars = widen(path, "\\EFI\\BOOT\\BOOTX64.EFI") / 2;

	(void)state;
	assert_int_equal(options_split_path(path, chars, name, sizeof(name)), 10);
	assert_string_equal(name, "BOOTX64.EFI");
	assert_int_equal(options_split_path(path, chars, name, 5), 10);
	assert_string_equal(name, "BOOT");
	assert_int_equal(options_split_path(path, 0, name, sizeof(name)), 0);
	assert_string_equal(name, "");
	chars = widen(path, "a.efi") / 2;
	assert_int_equal(options_split_path(path, chars, name, sizeof(name)), 0);
	assert_string_equal(name, "a.efi");
}

static void empty_arguments_of_a_script_are_left_out(void **state)
{
	(void)state;
	load_options("a.efi mem=2G \"\" \"x=1\" \"\"", "a.efi");
	assert_string_equal(out, "mem=2G \"x=1\"");
}

static void last_word_with_a_prefix_is_found(void **state)
{
	char value[8];

	(void)state;
	assert_true(options_find("video=efifb:a x=1 video=efifb:bc y", "video=efifb:", value, 8));
	assert_string_equal(value, "bc");
	assert_true(options_find("mem=2G", "mem=", value, 3));
	assert_string_equal(value, "2G");
	assert_false(options_find("mem=2G", "mem=", value, 2));
	assert_false(options_find("xmem=2G", "mem=", value, 8));
	assert_false(options_find("", "mem=", value, 8));
}

static void words_of_efi_add_up(void **state)
{
	(void)state;
	assert_true(options_efi_has("mem=2G efi=debug,nosoftreserve", "nosoftreserve"));
	assert_true(options_efi_has("efi=nosoftreserve quiet efi=debug", "nosoftreserve"));
	assert_true(options_efi_has("  efi=debug efi=nosoftreserve", "debug"));
	assert_false(options_efi_has("xefi=nosoftreserve efi= ", "nosoftreserve"));
	assert_false(options_efi_has("efi=nosoftreserves", "nosoftreserve"));
	assert_false(options_efi_has("mem=2G", "nosoftreserve"));
}

static void random_bytes_give_terminated_printable_text(void **state)
{
	const char *given = getenv("BAREMM_SEED");
	unsigned int seed = given ? strtoul(given, NULL, 0) : (unsigned int)time(NULL);
	int round;

	(void)state;
	print_message("seed %u (BAREMM_SEED)\n", seed);
	srand(seed);
	for (round = 0; round < 20000; round++) {
		size_t i, bytes = rand() % 64, size = 1 + rand() % 40;
		u8 *data = malloc(bytes + 1);
		char *text = malloc(size);

		for (i = 0; i < bytes; i++)
			data[i] = rand() % 4 ? 32 + rand() % 100 : rand() % 3 ? 0 : rand();
		if (rand() % 2)
			options_from_cfg(text, size, data, bytes);
		else
			options_from_load_options(text, size, data, bytes, "a.efi");
		assert_true(strnlen(text, size) < size);
		for (i = 0; text[i]; i++)
			assert_true(text[i] >= ' ' && text[i] < 0x7f);
		free(text);
		free(data);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(boot_entry_options_are_taken_as_they_are),
		cmocka_unit_test(program_name_that_a_shell_passes_is_left_out),
		cmocka_unit_test(first_word_that_is_no_program_name_stays),
		cmocka_unit_test(name_alone_gives_no_options),
		cmocka_unit_test(load_options_end_at_a_nul_or_with_the_bytes),
		cmocka_unit_test(ascii_load_options_are_understood),
		cmocka_unit_test(binary_load_options_are_refused),
		cmocka_unit_test(characters_beyond_ascii_become_question_marks),
		cmocka_unit_test(cfg_words_may_stand_on_many_lines),
		cmocka_unit_test(cfg_comment_reaches_to_the_end_of_its_line),
		cmocka_unit_test(hash_inside_a_word_is_no_comment),
		cmocka_unit_test(open_quote_ends_with_its_line),
		cmocka_unit_test(cfg_may_have_a_byte_order_mark),
		cmocka_unit_test(cfg_that_is_no_text_is_refused),
		cmocka_unit_test(words_that_do_not_fit_are_left_out_whole),
		cmocka_unit_test(path_splits_at_its_last_backslash),
		cmocka_unit_test(empty_arguments_of_a_script_are_left_out),
		cmocka_unit_test(last_word_with_a_prefix_is_found),
		cmocka_unit_test(words_of_efi_add_up),
		cmocka_unit_test(random_bytes_give_terminated_printable_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
