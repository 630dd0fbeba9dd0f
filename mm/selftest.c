/* SPDX-License-Identifier: MIT */
/*
 * Runs the self-tests that selftest= chose, and prints KTAP.
 *
 *   selftest=off                no tests
 *   selftest=full               every test, on all memory
 *   selftest=pages,slab_sizes   these tests; `full` may be among the words
 *   selftest_seed=N             the random numbers of the run that printed that seed
 */
#include "selftest.h"

#include <linux/errno.h>
#include <linux/fault-inject.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <baremm/arch.h>
#include <baremm/bringup.h>
#include <baremm/console.h>

#include "internal.h"
#include "vmscan.h"

#define SELFTEST_OPTION_MAX 256

bool selftest_full;
u64 selftest_seed;

static u64 selftest_seed_chosen; /* 0: a new one each time */
static bool selftest_off;
static char selftest_chosen[SELFTEST_OPTION_MAX]; /* empty: all */

static const struct selftest *const suites[] = {
	memmap_selftests,  highmem_selftests, contig_selftests, page_selftests,	  compact_selftests,
	reclaim_selftests, dma_selftests,     object_selftests, array_selftests,  percpu_selftests,
	vmalloc_selftests, smp_selftests,     leak_selftests,	badpage_selftests};

#define for_each_selftest(test, suite)                              \
	for (size_t suite = 0; suite < ARRAY_SIZE(suites); suite++) \
		for (const struct selftest *test = suites[suite]; test->name; test++)

const struct selftest *selftest_get(unsigned int i)
{
	for_each_selftest (test, suite) {
		if (!i--)
			return test;
	}
	return NULL;
}

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

int selftest_seed_parse_option(char *value)
{
	unsigned long long seed;

	if (!value || kstrtoull(value, 0, &seed) || !seed)
		return -EINVAL;
	selftest_seed_chosen = seed;
	return 0;
}

static void choose_none(void)
{
	selftest_off = selftest_full = false;
	selftest_chosen[0] = '\0';
}

void selftest_reset(void)
{
	choose_none();
	selftest_seed_chosen = 0;
}

int selftest_setup(char *value)
{
	const char *word = value;

	if (!value || !*value)
		return -EINVAL;
	choose_none();
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

static unsigned long faults_before;  /* fault_inject_count() when the test began */
static const char *selftest_no_room; /* what it found no memory for; NULL: for all it did */

bool selftest_faults_injected(void)
{
	return fault_inject_count() != faults_before;
}

int selftest_no_memory(const char *what)
{
	if (selftest_faults_injected()) {
		selftest_no_room = what;
		return 0;
	}
	selftest_note("no memory for %s", what);
	return 1;
}

/* Every structure must be sound after a test, whatever it returned. */
static int selftest_run_one(const struct selftest *test)
{
	int faults, broken;

	selftest_no_room = NULL;
	faults_before = fault_inject_count();
	fault_inject_restart_nth();
	faults = test->run();
	broken = mm_verify_all();
	if (broken)
		selftest_note("%s: %d faults found by the verify functions", test->name, broken);
	return faults + broken;
}

/* One line of KTAP: how the test ended. */
static void selftest_print_result(const struct selftest *test, unsigned int nr, bool ok, u64 ms)
{
	seq_printf(&seq_console, "%s %u %s # ", ok ? "ok" : "not ok", nr, test->name);
	if (ok && selftest_no_room)
		seq_printf(&seq_console, "SKIP no memory for %s\n", selftest_no_room);
	else
		seq_printf(&seq_console, "%llu ms\n", ms);
	console_flush_all();
}

static int run_wanted(void)
{
	unsigned int planned = 0, nr = 0;
	int failed = 0;

	for_each_selftest (test, suite)
		planned += selftest_wanted(test);

	selftest_seed = selftest_seed_chosen ?: arch_random() | 1;
	seq_printf(&seq_console, "KTAP version 1\n1..%u\n", planned);
	selftest_note("seed 0x%llx", selftest_seed);
	for_each_selftest (test, suite) {
		u64 start;
		bool ok;

		if (!selftest_wanted(test))
			continue;
		console_stage(test->name);
		start = arch_clock_ns();
		ok = !selftest_run_one(test);
		failed += !ok;
		selftest_print_result(test, ++nr, ok, (arch_clock_ns() - start) / 1000000);
		kswapd_poll();
	}
	return failed;
}

int mm_selftest(void)
{
	int failed = selftest_off ? 0 : run_wanted();

	fault_inject_disarm();
	return failed;
}
