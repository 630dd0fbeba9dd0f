/* SPDX-License-Identifier: MIT */
/* Averages, windows, letters for bytes, patterns, fractions, calls that are chosen. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include <baremm/arch.h>
#include <host/machine.h>
#include <linux/average.h>
#include <linux/base64.h>
#include <linux/cpu.h>
#include <linux/glob.h>
#include <linux/kernel.h>
#include <linux/rational.h>
#include <linux/static_call.h>
#include <linux/win_minmax.h>

DECLARE_EWMA(load, 10, 4)

static void averages_forget(void **state)
{
	struct ewma_load load;

	(void)state;
	ewma_load_init(&load);
	assert_int_equal(ewma_load_read(&load), 0);
	ewma_load_add(&load, 100);
	assert_int_equal(ewma_load_read(&load), 100);
	ewma_load_add(&load, 200);
	assert_int_equal(ewma_load_read(&load), 125);
	ewma_load_add(&load, 125);
	assert_int_equal(ewma_load_read(&load), 125);
	for (int i = 0; i < 100; i++)
		ewma_load_add(&load, 7);
	assert_int_equal(ewma_load_read(&load), 7);
}

/* Three samples are kept: what they say is no worse than the last, and no older than the window. */
static void a_window_has_its_best(void **state)
{
	enum { WINDOW = 64, STEPS = 20000 };
	static u32 value[STEPS];
	struct minmax most, least;

	(void)state;
	host_test_seed("a_window_has_its_best");
	for (u32 t = 0; t < STEPS; t++) {
		/* The clock wraps on the way. */
		u32 now = t - STEPS / 2, best = 0, worst = ~0U;

		value[t] = (u32)arch_random() % 1000;
		for (u32 i = t < WINDOW ? 0 : t - WINDOW; i <= t; i++) {
			best = max(best, value[i]);
			worst = min(worst, value[i]);
		}
		if (!t) {
			minmax_reset(&most, now, value[t]);
			minmax_reset(&least, now, value[t]);
			continue;
		}
		assert_in_range(minmax_running_max(&most, WINDOW, now, value[t]), value[t], best);
		assert_in_range(minmax_running_min(&least, WINDOW, now, value[t]), worst, value[t]);
		assert_true(most.s[0].v >= most.s[1].v && most.s[1].v >= most.s[2].v);
		assert_true(now - most.s[0].t <= WINDOW);
	}
	/* After a while of silence only the last is left. */
	assert_int_equal(minmax_running_max(&most, WINDOW, STEPS, 3), 3);
	assert_int_equal(minmax_get(&most), 3);
}

static void bytes_become_letters_and_back(void **state)
{
	static const struct {
		const char *bytes, *text;
	} known[] = {{"", ""},		 {"f", "Zg"},	       {"fo", "Zm8"},	   {"foo", "Zm9v"},
		     {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"\xff\xef", "/+8"}};
	u8 bytes[100], back[100];
	char text[200];

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(known); i++) {
		int len = (int)strlen(known[i].bytes), chars = (int)strlen(known[i].text);

		assert_int_equal(base64_encode((const u8 *)known[i].bytes, len, text), chars);
		assert_int_equal(BASE64_CHARS(len), chars);
		assert_memory_equal(text, known[i].text, (size_t)chars);
		assert_int_equal(base64_decode(known[i].text, chars, back), len);
		assert_memory_equal(back, known[i].bytes, (size_t)len);
	}
	for (int len = 0; len < 100; len++) {
		for (int i = 0; i < len; i++)
			bytes[i] = (u8)arch_random();
		assert_int_equal(base64_decode(text, base64_encode(bytes, len, text), back), len);
		assert_memory_equal(back, bytes, (size_t)len);
	}
	assert_int_equal(base64_decode("Zg==", 4, back), -1);
	assert_int_equal(base64_decode("Zh", 2, back), -1);
	assert_int_equal(base64_decode("Z", 1, back), -1);
	assert_int_equal(base64_decode("Z g", 3, back), -1);
}

static void names_match_patterns(void **state)
{
	static const struct {
		const char *pattern, *text;
		bool match;
	} cases[] = {
		{"kmalloc-*", "kmalloc-64", true},
		{"kmalloc-*", "kmalloc", false},
		{"*", "", true},
		{"", "", true},
		{"", "a", false},
		{"?", "a", true},
		{"?", "", false},
		{"[a-c]x", "bx", true},
		{"[!a-c]x", "bx", false},
		{"[!a-c]x", "dx", true},
		{"[]a]", "]", true},
		{"[a-]", "-", true},
		{"[", "[", true},
		{"[a", "[a", true},
		{"\\*", "*", true},
		{"\\*", "x", false},
		{"*ab*cd", "xxabyycabcd", true},
		{"*ab*cd", "xxabyycdx", false},
		{"a**b", "ab", true},
		{"*[0-9]", "node12", true},
		{"*a", "aaab", false},
		{"a*b*", "axbx*", true},
	};

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++)
		if (glob_match(cases[i].pattern, cases[i].text) != cases[i].match)
			fail_msg("%s and %s", cases[i].pattern, cases[i].text);
}

/* How far n/d is from p/q, as a fraction over q * d: the numerator. */
static u64 distance(unsigned long n, unsigned long d, unsigned long p, unsigned long q)
{
	s64 apart = (s64)(n * q) - (s64)(p * d);

	return (u64)(apart < 0 ? -apart : apart);
}

/* None of the fractions within the bounds is nearer. */
static void fractions_are_the_nearest(void **state)
{
	(void)state;
	host_test_seed("fractions_are_the_nearest");
	for (int round = 0; round < 2000; round++) {
		unsigned long p = arch_random() % 2000, q = 1 + arch_random() % 2000, n, d;
		unsigned long max_n = 1 + arch_random() % 30, max_d = 1 + arch_random() % 30;

		/* What is past all fractions has none that is near. */
		if (p > max_n * q)
			continue;
		rational_best_approximation(p, q, max_n, max_d, &n, &d);
		assert_in_range(n, 0, max_n);
		assert_in_range(d, 1, max_d);
		for (unsigned long e = 1; e <= max_d; e++)
			for (unsigned long m = 0; m <= max_n; m++)
				if (distance(m, e, p, q) * d < distance(n, d, p, q) * e)
					fail_msg("%lu/%lu, at most %lu/%lu: %lu/%lu, not %lu/%lu",
						 p, q, max_n, max_d, m, e, n, d);
	}
}

static int add_one(int x)
{
	return x + 1;
}

static int add_two(int x)
{
	return x + 2;
}

static int noted;

static void note(int x)
{
	noted = x;
}

DECLARE_STATIC_CALL(add, add_one);
DEFINE_STATIC_CALL(add, add_one);
DEFINE_STATIC_CALL_NULL(tell, note);

static void chosen_functions_are_called(void **state)
{
	(void)state;
	assert_int_equal(static_call(add)(1), 2);
	static_call_update(add, add_two);
	assert_int_equal(static_call(add)(1), 3);
	assert_ptr_equal(static_call_query(add), add_two);
	assert_null(static_call_query(tell));
	static_call_update(tell, note);
	static_call_cond(tell)(5);
	assert_int_equal(noted, 5);
	static_call_update(add, add_one);
}

static void cpus_stay(void **state)
{
	(void)state;
	assert_int_equal(cpus_read_trylock(), 1);
	cpus_read_unlock();
	cpus_read_lock();
	lockdep_assert_cpus_held();
	assert_false(cpu_is_hotpluggable(0));
	cpus_read_unlock();
	cpus_write_lock();
	cpus_write_unlock();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(averages_forget),
		cmocka_unit_test(a_window_has_its_best),
		cmocka_unit_test(bytes_become_letters_and_back),
		cmocka_unit_test(names_match_patterns),
		cmocka_unit_test(fractions_are_the_nearest),
		cmocka_unit_test(chosen_functions_are_called),
		cmocka_unit_test(cpus_stay),
	};

	return cmocka_run_group_tests_name("more_helpers", tests, NULL, NULL);
}
