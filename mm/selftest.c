/* SPDX-License-Identifier: MIT */
/*
 * Runs the self-tests that selftest= chose, and prints KTAP.
 *
 *   selftest=off                no tests
 *   selftest=full               every test, on all memory
 *   selftest=pages,slab_sizes   these tests; `full` may be among the words
 */
#include "selftest.h"

#include <linux/errno.h>
#include <linux/fault-inject.h>
#include <linux/kernel.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <baremm/arch.h>
#include <baremm/bringup.h>
#include <baremm/console.h>

#include "internal.h"

#define SELFTEST_OPTION_MAX 256

bool selftest_full;
u64 selftest_seed;

static bool selftest_off;
static char selftest_chosen[SELFTEST_OPTION_MAX]; /* empty: all */

static const struct selftest *const suites[] = {memmap_selftests, contig_selftests, page_selftests,
						compact_selftests, object_selftests};

#define for_each_selftest(test, suite)                              \
	for (size_t suite = 0; suite < ARRAY_SIZE(suites); suite++) \
		for (const struct selftest *test = suites[suite]; test->name; test++)

static bool word_is(const char *word, size_t len, const char *name)
{
	return strlen(name) == len && !strncmp(word, name, len);
}

static bool list_has(const char *list, const char *name)
{
	while (*list) {
		const char *comma = strchr(list, ',');
		size_t len = comma ? (size_t)(comma - list) : strlen(list);

		if (word_is(list, len, name))
			return true;
		list += len + (comma ? 1 : 0);
	}
	return false;
}

static bool selftest_exists(const char *word, size_t len)
{
	for_each_selftest (test, suite) {
		if (word_is(word, len, test->name))
			return true;
	}
	return false;
}

/* Takes one word of the list; -EINVAL for a test that does not exist. */
static int selftest_choose(const char *word, size_t len)
{
	size_t used = strlen(selftest_chosen);

	if (word_is(word, len, "off")) {
		selftest_off = true;
		return 0;
	}
	if (word_is(word, len, "full")) {
		selftest_full = true;
		return 0;
	}
	if (!selftest_exists(word, len))
		return -EINVAL;
	if (used + len + 2 > sizeof(selftest_chosen))
		return -E2BIG;
	snprintf(selftest_chosen + used, sizeof(selftest_chosen) - used, "%s%.*s", used ? "," : "",
		 (int)len, word);
	return 0;
}

void selftest_reset(void)
{
	selftest_off = selftest_full = false;
	selftest_chosen[0] = '\0';
}

int selftest_setup(char *value)
{
	const char *word = value;

	if (!value || !*value)
		return -EINVAL;
	selftest_reset();
	while (*word) {
		const char *comma = strchr(word, ',');
		size_t len = comma ? (size_t)(comma - word) : strlen(word);
		int err = selftest_choose(word, len);

		if (err)
			return err;
		word += len + (comma ? 1 : 0);
	}
	return 0;
}

void selftest_note(const char *fmt, ...)
{
	char line[LOG_LINE_MAX];
	va_list args;
	int len;

	va_start(args, fmt);
	len = vscnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	seq_printf(&seq_console, "# %.*s\n", len, line);
}

u64 selftest_random(u64 *state)
{
	u64 x = *state;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	*state = x;
	return x;
}

static bool selftest_wanted(const struct selftest *test)
{
	return !selftest_chosen[0] || list_has(selftest_chosen, test->name);
}

/* Every structure must be sound after a test, whatever it returned. */
static int selftest_run_one(const struct selftest *test)
{
	int faults, broken;

	fault_inject_restart_nth();
	faults = test->run();
	broken = mm_verify_all();

	if (broken)
		selftest_note("%s: %d faults found by the verify functions", test->name, broken);
	return faults + broken;
}

int mm_selftest(void)
{
	unsigned int planned = 0, nr = 0;
	int failed = 0;

	if (selftest_off)
		return 0;
	for_each_selftest (test, suite)
		planned += selftest_wanted(test);

	selftest_seed = arch_random() | 1;
	seq_printf(&seq_console, "KTAP version 1\n1..%u\n", planned);
	selftest_note("seed 0x%llx", selftest_seed);
	for_each_selftest (test, suite) {
		u64 start;
		bool ok;

		if (!selftest_wanted(test))
			continue;
		start = arch_clock_ns();
		ok = !selftest_run_one(test);
		failed += !ok;
		seq_printf(&seq_console, "%s %u %s # %llu ms\n", ok ? "ok" : "not ok", ++nr,
			   test->name, (arch_clock_ns() - start) / 1000000);
		console_flush_all();
	}
	fault_inject_disarm();
	return failed;
}
