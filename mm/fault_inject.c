// SPDX-License-Identifier: MIT
/*
 * Fault injection: which attempt fails. Contract: linux/fault-inject.h.
 *
 * An attempt passes these, in this order: the filters of its kind, the counter of
 * fail-nth, probability 0, times used up, space left, the interval, and last the random
 * number.
 */
#include <linux/fault-inject.h>

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/limits.h>
#include <linux/string.h>
#include <baremm/arch.h>
#include <baremm/options.h>
#include <baremm/panic.h>

#include "fault_inject.h"
#include "page_alloc.h"
#include "slab.h"

/* Backtraces that are shown; what follows is counted. */
#define MAX_DUMPS 20

bool fault_inject_armed;

static atomic_long_t nth_left;	 /* 0: fail-nth does not count */
static unsigned long nth_option; /* fail-nth= */
static atomic_long_t faults;
static unsigned long dumps;
static u64 seed, seed_option, state;

/* ---- Random numbers -------------------------------------------------------------- */

void fault_inject_seed(u64 new_seed)
{
	state = seed = new_seed;
}

/* Splitmix64: one atomic addition, so that CPUs need no lock. */
static u64 next_random(void)
{
	u64 x = __atomic_add_fetch(&state, 0x9e3779b97f4a7c15ULL, __ATOMIC_RELAXED);

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
	return x ^ x >> 31;
}

/* ---- Attributes ------------------------------------------------------------------ */

/* The number at *@text, and *@text behind it and its comma, if @more are to follow. */
static bool take_number(const char **text, long long *number, bool more)
{
	char word[24];
	size_t len = 0;

	while ((*text)[len] && (*text)[len] != ',')
		len++;
	if (len >= sizeof(word) || ((*text)[len] == ',') != more)
		return false;
	memcpy(word, *text, len);
	word[len] = '\0';
	*text += len + more;
	return !kstrtoll(word, 0, number);
}

int setup_fault_attr(struct fault_attr *attr, const char *str)
{
	long long number[4];

	for (size_t i = 0; i < ARRAY_SIZE(number); i++) {
		bool more = i + 1 < ARRAY_SIZE(number);
		bool may_be_negative = i == 3;

		if (take_number(&str, &number[i], more) && number[i] <= INT_MAX &&
		    number[i] >= (may_be_negative ? -1 : 0))
			continue;
		pr_warn("FAULT_INJECTION: failed to parse arguments\n");
		return 0;
	}
	attr->interval = (unsigned long)number[0];
	attr->probability = (unsigned long)number[1];
	atomic_set(&attr->space, (int)number[2]);
	atomic_set(&attr->times, (int)number[3]);
	return 1;
}

static void fail_dump(struct fault_attr *attr)
{
	unsigned long nr = __atomic_fetch_add(&dumps, 1, __ATOMIC_RELAXED);

	if (!attr->verbose || nr > MAX_DUMPS)
		return;
	if (nr == MAX_DUMPS) {
		pr_notice("FAULT_INJECTION: more failures are forced, but not shown\n");
		return;
	}
	pr_notice("FAULT_INJECTION: forcing a failure.\n"
		  "name %s, interval %lu, probability %lu, space %d, times %d\n",
		  attr->name, attr->interval, attr->probability, atomic_read(&attr->space),
		  atomic_read(&attr->times));
	if (attr->verbose > 1)
		dump_stack();
}

/* One more fault, if there may be one: the last of `times` goes to one CPU. */
static bool take_time(struct fault_attr *attr)
{
	int times = atomic_read(&attr->times);

	while (times != -1) {
		int seen;

		if (!times)
			return false;
		seen = atomic_cmpxchg(&attr->times, times, times - 1);
		if (seen == times)
			break;
		times = seen;
	}
	return true;
}

/* Counts down. @fails is set where this is the one. False where nothing counts. */
static bool nth_decides(bool *fails)
{
	long left = atomic_long_read(&nth_left);

	while (left) {
		long seen = atomic_long_cmpxchg(&nth_left, left, left - 1);

		if (seen == left) {
			*fails = left == 1;
			return true;
		}
		left = seen;
	}
	return false;
}

/* What is left of the rules once an attempt may fail at all. */
static bool attr_decides(struct fault_attr *attr, long size)
{
	if (!fault_attr_wanted(attr))
		return false;
	if (atomic_read(&attr->space) > size) {
		atomic_sub((int)size, &attr->space);
		return false;
	}
	if (attr->interval > 1 &&
	    (unsigned long)atomic_long_add_return(1, &attr->count) % attr->interval)
		return false;
	return next_random() % 100 < attr->probability && take_time(attr);
}

bool should_fail_ex(struct fault_attr *attr, ssize_t size, int flags)
{
	bool fails;

	if (!nth_decides(&fails))
		fails = attr_decides(attr, size);
	if (!fails)
		return false;
	atomic_long_inc(&attr->faults);
	atomic_long_inc(&faults);
	if (!(flags & FAULT_NOWARN))
		fail_dump(attr);
	return true;
}

bool should_fail(struct fault_attr *attr, long size)
{
	return should_fail_ex(attr, size, 0);
}

unsigned long fault_inject_count(void)
{
	return (unsigned long)atomic_long_read(&faults);
}

/* ---- The n-th ---------------------------------------------------------------------- */

void fault_inject_set_nth(unsigned long nth)
{
	atomic_long_set(&nth_left, (long)nth);
}

unsigned long fault_inject_nth_left(void)
{
	return (unsigned long)atomic_long_read(&nth_left);
}

void fault_inject_restart_nth(void)
{
	if (nth_option)
		fault_inject_set_nth(nth_option);
}

/* ---- On and off -------------------------------------------------------------------- */

void fault_inject_arm(void)
{
	fault_inject_restart_nth();
	fault_inject_armed =
		fault_inject_nth_left() || fail_page_alloc_wanted() || failslab_wanted();
	if (!fault_inject_armed)
		return;
	page_hook_enable(PAGE_HOOK_FAIL_ALLOC);
	slab_set_all_single(SLAB_SINGLE_FAULTS, true);
	fault_inject_seed(seed_option ? seed_option : arch_random() | 1);
	pr_notice("FAULT_INJECTION: armed, fail-nth %lu, seed 0x%llx\n", fault_inject_nth_left(),
		  seed);
}

void fault_inject_disarm(void)
{
	if (fault_inject_armed) {
		pr_notice("FAULT_INJECTION: disarmed after %lu failures\n", fault_inject_count());
		slab_set_all_single(SLAB_SINGLE_FAULTS, false);
	}
	fault_inject_armed = false;
	page_hook_disable(PAGE_HOOK_FAIL_ALLOC);
	atomic_long_set(&nth_left, 0);
}

void __init fault_inject_reset(void)
{
	fault_inject_armed = false;
	nth_option = 0;
	atomic_long_set(&nth_left, 0);
	atomic_long_set(&faults, 0);
	seed = seed_option = state = 0;
	dumps = 0;
	fail_page_alloc_reset();
	failslab_reset();
}

/* ---- Options ------------------------------------------------------------------------ */

int fault_parse_ulong(const char *value, unsigned long *number)
{
	return value ? kstrtoul(value, 0, number) : -EINVAL;
}

int fault_parse_bool(const char *value, bool *on)
{
	return value ? kstrtobool(value, on) : -EINVAL;
}

int fault_parse_attr(struct fault_attr *attr, const char *value)
{
	return value && setup_fault_attr(attr, value) ? 0 : -EINVAL;
}

static int parse_nth(char *value)
{
	return fault_parse_ulong(value, &nth_option);
}

static int parse_seed(char *value)
{
	unsigned long number;
	int err = fault_parse_ulong(value, &number);

	if (!err)
		seed_option = number;
	return err;
}

static const struct boot_option fault_options[] = {
	{"fail_page_alloc", fail_page_alloc_parse},
	{"fail_page_alloc.min-order", fail_page_alloc_parse_min_order},
	{"fail_page_alloc.ignore-gfp-wait", fail_page_alloc_parse_wait},
	{"fail_page_alloc.ignore-gfp-highmem", fail_page_alloc_parse_highmem},
	{"fail_page_alloc.verbose", fail_page_alloc_parse_verbose},
	{"failslab", failslab_parse},
	{"failslab.ignore-gfp-wait", failslab_parse_wait},
	{"failslab.cache-filter", failslab_parse_filter},
	{"failslab.verbose", failslab_parse_verbose},
	{"fail-nth", parse_nth},
	{"fail-seed", parse_seed},
};

void fault_inject_register_options(void)
{
	register_options(fault_options, ARRAY_SIZE(fault_options));
}
