/* SPDX-License-Identifier: MIT */
/* Formatted output, beside the C library's where both know a conversion. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include <baremm/arch.h>
#include <host/machine.h>
#include <linux/kernel.h>
#include <linux/seq_file.h>

/* The names that ours have in host builds. */
int mm_vsnprintf(char *buf, size_t size, const char *fmt, va_list args);
int mm_snprintf(char *buf, size_t size, const char *fmt, ...);

#define check(want, fmt, ...)                                                      \
	do {                                                                       \
		char __buf[200];                                                   \
		int __len = mm_snprintf(__buf, sizeof(__buf), fmt, ##__VA_ARGS__); \
		assert_string_equal(__buf, want);                                  \
		assert_int_equal(__len, strlen(want));                             \
	} while (0)

static void text_without_conversions_is_copied(void **state)
{
	(void)state;
	check("plain 100% text", "plain 100%% text");
	check("", "%s", "");
}

static void integers_of_all_lengths_are_printed(void **state)
{
	(void)state;
	check("-1 4294967295", "%d %u", -1, -1);
	check("-1 255", "%hhd %hhu", -1, -1);
	check("-1 65535", "%hd %hu", -1, -1);
	check("-1 18446744073709551615", "%ld %lu", -1L, -1L);
	check("-9223372036854775808", "%lld", -0x7fffffffffffffffLL - 1);
	check("18446744073709551615 -5 5", "%zu %zd %td", (size_t)-1, (ssize_t)-5, (ptrdiff_t)5);
	check("ffffffffffffffff", "%jx", (intmax_t)-1);
	check("beef BEEF 137", "%x %X %o", 0xbeef, 0xbeef, 0137);
}

static void the_alternate_form_gives_zero_its_prefix_as_linux_does(void **state)
{
	(void)state;
	check("0x0", "%#x", 0);
	check("0x0000000000000000", "%#018llx", 0ULL);
	check("0x00001000", "%#010llx", 0x1000ULL);
	check("0XFF 017", "%#X %#o", 255, 15);
}

static void strings_take_width_and_precision(void **state)
{
	char open_end[3] = {'a', 'b', 'c'};

	(void)state;
	check("[  abc]", "[%5s]", "abc");
	check("[abc  ]", "[%-5s]", "abc");
	check("[ab]", "[%.2s]", "abc");
	check("[   ab]", "[%*.*s]", 5, 2, "abc");
	check("[ab   ]", "[%*.*s]", -5, 2, "abc");
	check("abc", "%.*s", 3, open_end);
	check("(null)", "%s", (char *)NULL);
	check("[    x][y   ]", "[%5c][%-4c]", 'x', 'y');
}

/* Programs for Linux count on these. */
static void linux_ways_that_c_does_not_have(void **state)
{
	(void)state;
	check("[]", "[%.*s]", -1, "abc");
	check("[    ]", "[%4.*s]", -5, "abc");
	check("[abc][ab ][a  ]", "[%.s][%-3.2s][%-3.*s]", "abc", "abc", 1, "abc");
	check("0|0|0|00", "%.0d|%.*u|%.x|%.2d", 0, 0, 0, 0, 0);
	check("00012|  012|012  ", "%05.3d|%5.3d|%-05.3d", 12, 12, 12);
	check("0x0000000c", "%#010.3x", 12);
	check("0010 010 0", "%#.3o %#o %#o", 8, 8, 0);
}

static void pointers_are_sixteen_digits(void **state)
{
	phys_addr_t pa = 0x12345000;

	(void)state;
	check("00000000deadbeef", "%p", (void *)0xdeadbeef);
	check("00000000deadbeef|", "%px|", (void *)0xdeadbeef);
	check("0000000000000000", "%p", NULL);
	check("0x0000000012345000", "%pa", &pa);
	check("0x0000000012345000-0x0000000012345000", "%pap-%pap", &pa, &pa);
}

static void code_addresses_have_names(void **state)
{
	void (*fn)(void **) = code_addresses_have_names;
	char *addr = (char *)(uintptr_t)fn;
	char buf[200];

	(void)state;
	check("code_addresses_have_names", "%ps", addr + 4);
	mm_snprintf(buf, sizeof(buf), "%pS", addr + 4);
	assert_non_null(strstr(buf, "code_addresses_have_names+0x4/0x"));
	mm_snprintf(buf, sizeof(buf), "%pB", addr + 1);
	assert_non_null(strstr(buf, "code_addresses_have_names+0x1/0x"));
	check("0x10", "%pS", (void *)0x10);
}

static void unknown_conversions_stand_as_they_are(void **state)
{
	(void)state;
	check("%k 1", "%k %d", 1);
	check("100%", "100%");
	check("%5.2y", "%5.2y");
}

static void output_is_cut_and_its_length_still_counted(void **state)
{
	char buf[8] = "#######";

	(void)state;
	assert_int_equal(mm_snprintf(buf, 4, "%d", 123456), 6);
	assert_string_equal(buf, "123");
	assert_int_equal(buf[4], '#');
	assert_int_equal(mm_snprintf(NULL, 0, "%d", 123456), 6);
	assert_int_equal(scnprintf(buf, 4, "%d", 123456), 3);
	assert_int_equal(scnprintf(buf, 0, "%d", 123456), 0);
	assert_int_equal(mm_snprintf(buf, 1, "x"), 1);
	assert_string_equal(buf, "");
}

static u64 below(u64 n)
{
	return arch_random() % n;
}

/*
 * A conversion of one integer. Left out is where Linux differs from C: "#x", which it prefixes
 * to 0, too, and "#o", zeros and 0 where there is a precision.
 */
static void random_format(char *fmt, size_t size, char *length)
{
	static const char *const lengths[] = {"hh", "h", "", "l", "ll", "z", "j", "t"};
	static const char conversions[] = "diuxXo";
	char conversion = conversions[below(sizeof(conversions) - 1)];
	char flags[6] = "", width[12] = "", precision[12] = "";
	size_t nr_flags = 0;

	if (below(2))
		snprintf(precision, sizeof(precision), ".%d", (int)below(24) + 1);
	for (const char *f = *precision ? "-+ " : "-+ #0"; *f; f++)
		if (below(3) == 0 && !(*f == '#' && (conversion == 'x' || conversion == 'X')))
			flags[nr_flags++] = *f;
	flags[nr_flags] = '\0';
	if (below(2))
		snprintf(width, sizeof(width), "%d", (int)below(30) + 1);
	strcpy(length, lengths[below(ARRAY_SIZE(lengths))]);
	snprintf(fmt, size, "<%%%s%s%s%s%c>", flags, width, precision, length, conversion);
}

/* Small numbers, powers of two and their neighbours, and any others. */
static u64 random_value(void)
{
	switch (below(4)) {
	case 0:
		return below(3);
	case 1:
		return (1ULL << below(64)) - below(3);
	case 2:
		return 0 - below(1000);
	default:
		return arch_random();
	}
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"
static void random_integers_agree_with_the_c_library(void **state)
{
	char fmt[64], length[4], ours[128], libc[128];

	(void)state;
	host_test_seed("random_integers_agree_with_the_c_library");
	for (int i = 0; i < 200000; i++) {
		u64 value = random_value();
		int our_len, libc_len;

		random_format(fmt, sizeof(fmt), length);
		if (length[0] == 'h' || length[0] == '\0') {
			our_len = mm_snprintf(ours, sizeof(ours), fmt, (int)value);
			libc_len = snprintf(libc, sizeof(libc), fmt, (int)value);
		} else {
			our_len = mm_snprintf(ours, sizeof(ours), fmt, value);
			libc_len = snprintf(libc, sizeof(libc), fmt, value);
		}
		if (our_len != libc_len || strcmp(ours, libc) != 0)
			fail_msg("%s of 0x%llx: '%s', C says '%s'", fmt, value, ours, libc);
	}
}

static void random_strings_agree_with_the_c_library(void **state)
{
	static const char text[] = "the quick brown fox";
	char ours[128], libc[128];

	(void)state;
	host_test_seed("random_strings_agree_with_the_c_library");
	for (int i = 0; i < 20000; i++) {
		const char *fmt = below(2) ? "<%*.*s>" : "<%-*.*s>";
		int width = (int)below(60) - 30, precision = (int)below(25);
		size_t size = below(sizeof(ours));
		int our_len, libc_len;

		memset(ours, 'x', sizeof(ours));
		memset(libc, 'x', sizeof(libc));
		our_len = mm_snprintf(ours, size, fmt, width, precision, text);
		libc_len = snprintf(libc, size, fmt, width, precision, text);
		assert_int_equal(our_len, libc_len);
		assert_memory_equal(ours, libc, sizeof(ours));
	}
}
#pragma GCC diagnostic pop

static void a_buffer_takes_what_a_dump_writes(void **state)
{
	struct seq_file m;
	struct seq_text sb;
	char buf[16];

	(void)state;
	seq_text_init(&m, &sb, buf, sizeof(buf));
	seq_printf(&m, "%d ", 12);
	seq_puts(&m, "pages");
	seq_putc(&m, '\n');
	assert_string_equal(buf, "12 pages\n");
	assert_int_equal(sb.len, 9);
	assert_int_equal(sb.dropped, 0);
}

static void a_full_buffer_counts_what_it_drops(void **state)
{
	struct seq_file m;
	struct seq_text sb;
	char buf[8];

	(void)state;
	seq_text_init(&m, &sb, buf, sizeof(buf));
	seq_puts(&m, "0123456789");
	seq_putc(&m, 'x');
	assert_string_equal(buf, "0123456");
	assert_int_equal(sb.dropped, 4);
	seq_text_init(&m, &sb, NULL, 0);
	seq_puts(&m, "abc");
	assert_int_equal(sb.dropped, 3);
}

static void a_line_too_long_for_a_dump_says_so(void **state)
{
	struct seq_file m;
	struct seq_text sb;
	char buf[2 * LOG_LINE_MAX];

	(void)state;
	seq_text_init(&m, &sb, buf, sizeof(buf));
	seq_printf(&m, "%*d\n", LOG_LINE_MAX, 1);
	assert_string_equal(buf + LOG_LINE_MAX - 1, "...\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_without_conversions_is_copied),
		cmocka_unit_test(integers_of_all_lengths_are_printed),
		cmocka_unit_test(the_alternate_form_gives_zero_its_prefix_as_linux_does),
		cmocka_unit_test(strings_take_width_and_precision),
		cmocka_unit_test(linux_ways_that_c_does_not_have),
		cmocka_unit_test(pointers_are_sixteen_digits),
		cmocka_unit_test(code_addresses_have_names),
		cmocka_unit_test(unknown_conversions_stand_as_they_are),
		cmocka_unit_test(output_is_cut_and_its_length_still_counted),
		cmocka_unit_test(random_integers_agree_with_the_c_library),
		cmocka_unit_test(random_strings_agree_with_the_c_library),
		cmocka_unit_test(a_buffer_takes_what_a_dump_writes),
		cmocka_unit_test(a_full_buffer_counts_what_it_drops),
		cmocka_unit_test(a_line_too_long_for_a_dump_says_so),
	};

	return cmocka_run_group_tests_name("vsnprintf", tests, NULL, NULL);
}
