/* SPDX-License-Identifier: MIT */
/*
 * The string functions, beside the C library's. mm/lib/string.c is compiled here
 * under other names, since a host process has its own.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include <baremm/arch.h>
#include <host/machine.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#define memcpy	    our_memcpy
#define memmove	    our_memmove
#define memset	    our_memset
#define memcmp	    our_memcmp
#define memchr	    our_memchr
#define strlen	    our_strlen
#define strnlen	    our_strnlen
#define strcmp	    our_strcmp
#define strncmp	    our_strncmp
#define strchr	    our_strchr
#define strrchr	    our_strrchr
#define strstr	    our_strstr
#define strcpy	    our_strcpy
#define strncpy	    our_strncpy
#define strcat	    our_strcat
#define strncat	    our_strncat
#define strspn	    our_strspn
#define strcspn	    our_strcspn
#define strpbrk	    our_strpbrk
#define strsep	    our_strsep
#define strcasecmp  our_strcasecmp
#define strncasecmp our_strncasecmp
#define strchrnul   our_strchrnul
#define bcmp	    our_bcmp
#include "../../mm/lib/string.c" /* NOLINT(bugprone-suspicious-include): under other names */
#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef memchr
#undef strlen
#undef strnlen
#undef strcmp
#undef strncmp
#undef strchr
#undef strrchr
#undef strstr
#undef strcpy
#undef strncpy
#undef strcat
#undef strncat
#undef strspn
#undef strcspn
#undef strpbrk
#undef strsep
#undef strcasecmp
#undef strncasecmp
#undef strchrnul
#undef bcmp

#define AREA 400

static void fill_random(u8 *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (u8)arch_random();
}

static int sign(int x)
{
	return (x > 0) - (x < 0);
}

/* Every length and alignment of both sides, with what lies around untouched. */
static void memcpy_copies_any_length_at_any_alignment(void **state)
{
	u8 src[AREA], dest[AREA], want[AREA];

	(void)state;
	for (size_t n = 0; n <= 200; n++) {
		for (size_t offset = 0; offset < 64; offset++) {
			size_t from = offset % 8, to = 8 + offset / 8;

			fill_random(src, AREA);
			fill_random(dest, AREA);
			memcpy(want, dest, AREA);
			memcpy(want + to, src + from, n);
			assert_ptr_equal(our_memcpy(dest + to, src + from, n), dest + to);
			assert_memory_equal(dest, want, AREA);
		}
	}
}

static void memmove_copies_between_overlapping_places(void **state)
{
	u8 area[AREA], want[AREA];

	(void)state;
	for (size_t n = 0; n <= 130; n++) {
		for (size_t to = 100; to <= 200; to++) {
			fill_random(area, AREA);
			memcpy(want, area, AREA);
			memmove(want + to, want + 150, n);
			assert_ptr_equal(our_memmove(area + to, area + 150, n), area + to);
			assert_memory_equal(area, want, AREA);
		}
	}
}

static void memset_fills_any_length_at_any_alignment(void **state)
{
	u8 area[AREA], want[AREA];

	(void)state;
	for (size_t n = 0; n <= 200; n++) {
		for (size_t at = 8; at < 17; at++) {
			fill_random(area, AREA);
			memcpy(want, area, AREA);
			memset(want + at, (int)n + 0x1c0, n);
			assert_ptr_equal(our_memset(area + at, (int)n + 0x1c0, n), area + at);
			assert_memory_equal(area, want, AREA);
		}
	}
}

static void memcmp_orders_by_the_first_byte_that_differs(void **state)
{
	u8 a[64], b[64];

	(void)state;
	for (size_t n = 0; n <= 64; n++) {
		for (size_t at = 0; at < 64; at++) {
			fill_random(a, 64);
			memcpy(b, a, 64);
			b[at] ^= 0x80;
			assert_int_equal(sign(our_memcmp(a, b, n)), sign(memcmp(a, b, n)));
		}
	}
}

static void memchr_finds_the_first_or_nothing(void **state)
{
	static const u8 text[] = "abcabc";

	(void)state;
	assert_ptr_equal(our_memchr(text, 'b', 6), text + 1);
	assert_ptr_equal(our_memchr(text, 'c' + 256, 6), text + 2);
	assert_null(our_memchr(text, 'c', 2));
	assert_null(our_memchr(text, 'x', 6));
}

static void lengths_stop_at_the_end_or_the_limit(void **state)
{
	(void)state;
	assert_int_equal(our_strlen(""), 0);
	assert_int_equal(our_strlen("four"), 4);
	assert_int_equal(our_strnlen("four", 10), 4);
	assert_int_equal(our_strnlen("four", 2), 2);
	assert_int_equal(our_strnlen("four", 0), 0);
}

static void comparisons_agree_with_the_c_library(void **state)
{
	static const char *const words[] = {"", "a", "ab", "abc", "abd", "b", "\xff", "ab\x80"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(words); j++) {
			assert_int_equal(sign(our_strcmp(words[i], words[j])),
					 sign(strcmp(words[i], words[j])));
			for (size_t n = 0; n < 5; n++)
				assert_int_equal(sign(our_strncmp(words[i], words[j], n)),
						 sign(strncmp(words[i], words[j], n)));
		}
	}
}

static void searches_agree_with_the_c_library(void **state)
{
	static const char text[] = "one two one two";

	(void)state;
	for (int c = 0; c < 128; c++) {
		assert_ptr_equal(our_strchr(text, c), strchr(text, c));
		assert_ptr_equal(our_strrchr(text, c), strrchr(text, c));
	}
	assert_ptr_equal(our_strstr(text, "two"), text + 4);
	assert_ptr_equal(our_strstr(text, "e two"), text + 2);
	assert_ptr_equal(our_strstr(text, ""), text);
	assert_null(our_strstr(text, "three"));
	assert_null(our_strstr(text, "one two one two one"));
}

static void memchr_inv_finds_the_first_other_byte(void **state)
{
	u8 area[64];

	(void)state;
	for (size_t n = 0; n <= 64; n++) {
		memset(area, 0xbb, sizeof(area));
		assert_null(memchr_inv(area, 0xbb, n));
		for (size_t at = 0; at < 64; at++) {
			area[at] = 0xba;
			assert_ptr_equal(memchr_inv(area, 0xbb, n), at < n ? area + at : NULL);
			area[at] = 0xbb;
		}
	}
}

static void strscpy_cuts_terminates_and_says_so(void **state)
{
	char buf[5] = "####";

	(void)state;
	assert_int_equal(strscpy(buf, "abc", sizeof(buf)), 3);
	assert_string_equal(buf, "abc");
	assert_int_equal(strscpy(buf, "abcd", sizeof(buf)), 4);
	assert_int_equal(strscpy(buf, "abcde", sizeof(buf)), -E2BIG);
	assert_string_equal(buf, "abcd");
	assert_int_equal(strscpy(buf, "x", 0), -E2BIG);
	assert_string_equal(buf, "abcd");
	assert_int_equal(strscpy(buf, "x", 1), -E2BIG);
	assert_string_equal(buf, "");
}

static void skip_spaces_stops_at_a_word(void **state)
{
	(void)state;
	assert_string_equal(skip_spaces(" \t\n a b"), "a b");
	assert_string_equal(skip_spaces("  "), "");
}

/* Text of few letters, so that much is found; @n bytes with the terminator. */
static void random_text(char *text, size_t n)
{
	size_t len = arch_random() % n;

	for (size_t i = 0; i < n; i++)
		text[i] = "abAB-"[arch_random() % 5];
	text[len] = '\0';
}

static void random_copies_and_searches_of_text_agree_with_the_c_library(void **state)
{
	char a[24], b[24], ours[80], libc[80], *o, *l;

	(void)state;
	host_test_seed("random_copies_and_searches_of_text_agree_with_the_c_library");
	for (int round = 0; round < 20000; round++) {
		size_t n = arch_random() % 24;

		random_text(a, sizeof(a));
		random_text(b, sizeof(b));
		memset(ours, '#', sizeof(ours));
		memset(libc, '#', sizeof(libc));
		our_strcpy(ours, a);
		strcpy(libc, a);
		our_strcat(ours, b);
		strcat(libc, b);
		our_strncat(ours, b, n);
		strncat(libc, b, n);
		assert_memory_equal(ours, libc, sizeof(ours));
		our_strncpy(ours, b, n);
		strncpy(libc, b, n);
		assert_memory_equal(ours, libc, sizeof(ours));
		b[arch_random() % 4] = '\0';
		assert_int_equal(our_strspn(a, b), strspn(a, b));
		assert_int_equal(our_strcspn(a, b), strcspn(a, b));
		assert_ptr_equal(our_strpbrk(a, b), strpbrk(a, b));
		assert_ptr_equal(our_strchrnul(a, b[0]), a + strcspn(a, (char[2]){b[0], 0}));
		assert_int_equal(sign(our_strcasecmp(a, b)), sign(strcasecmp(a, b)));
		assert_int_equal(sign(our_strncasecmp(a, b, n)), sign(strncasecmp(a, b, n)));
		strcpy(ours, a);
		strcpy(libc, a);
		for (o = ours, l = libc; l;) {
			char *word = strsep(&l, b);

			assert_string_equal(our_strsep(&o, b), word);
			assert_int_equal(o ? o - ours : -1, l ? l - libc : -1);
		}
		assert_null(o);
	}
}

static void the_case_of_latin_1_does_not_count(void **state)
{
	(void)state;
	/* A and O with an accent; the signs of multiplication and division are no pair. */
	assert_int_equal(our_strcasecmp("\xc0 x\xd3", "\xe0 X\xf3"), 0);
	assert_int_equal(our_strncasecmp("\xc0z", "\xe0y", 1), 0);
	assert_true(our_strcasecmp("\xd7", "\xf7") < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_case_of_latin_1_does_not_count),
		cmocka_unit_test(random_copies_and_searches_of_text_agree_with_the_c_library),
		cmocka_unit_test(memcpy_copies_any_length_at_any_alignment),
		cmocka_unit_test(memmove_copies_between_overlapping_places),
		cmocka_unit_test(memset_fills_any_length_at_any_alignment),
		cmocka_unit_test(memcmp_orders_by_the_first_byte_that_differs),
		cmocka_unit_test(memchr_finds_the_first_or_nothing),
		cmocka_unit_test(lengths_stop_at_the_end_or_the_limit),
		cmocka_unit_test(comparisons_agree_with_the_c_library),
		cmocka_unit_test(searches_agree_with_the_c_library),
		cmocka_unit_test(memchr_inv_finds_the_first_other_byte),
		cmocka_unit_test(strscpy_cuts_terminates_and_says_so),
		cmocka_unit_test(skip_spaces_stops_at_a_word),
	};

	return cmocka_run_group_tests_name("string", tests, NULL, NULL);
}
