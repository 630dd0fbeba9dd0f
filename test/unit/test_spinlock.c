/* SPDX-License-Identifier: MIT */
/* debug_locks=1: what locks' users do wrong is found, and named. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <host/machine.h>
#include <linux/errno.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <baremm/panic.h>
#include <string.h>

static spinlock_t outer, inner, other;

static int setup(void **state)
{
	char on[] = "1";

	(void)state;
	debug_locks_reset();
	host_log_clear();
	warn_count = 0;
	nr_cpu_ids = 2;
	spin_lock_init_rank(&outer, LOCK_RANK_SLAB_LIST);
	spin_lock_init_rank(&inner, LOCK_RANK_ZONE);
	spin_lock_init(&other);
	assert_int_equal(debug_locks_parse_option(on), 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	host_set_cpu(0);
	host_clock = NULL;
	nr_cpu_ids = 1;
	debug_locks_reset();
	return 0;
}

static void only_yes_and_no_are_understood(void **state)
{
	char off[] = "0", word[] = "2";

	(void)state;
	assert_int_equal(debug_locks_parse_option(NULL), -EINVAL);
	assert_int_equal(debug_locks_parse_option(word), -EINVAL);
	assert_int_equal(spin_watch, SPIN_WATCH_DEBUG);
	assert_int_equal(debug_locks_parse_option(off), 0);
	assert_int_equal(spin_watch, 0);
}

static void locks_in_their_order_are_not_mentioned(void **state)
{
	(void)state;
	for (int i = 0; i < 50; i++) {
		spin_lock(&other);
		spin_lock(&outer);
		assert_true(spin_trylock(&inner));
		spin_unlock(&outer);
		spin_unlock(&inner);
		spin_unlock(&other);
	}
	assert_string_equal(host_log(), "");
}

static void take_twice(void *arg)
{
	spin_lock(&outer);
	spin_lock(&other);
	spin_lock(arg);
}

static void a_lock_that_its_owner_takes_again_is_named(void **state)
{
	const char *why;

	(void)state;
	why = host_expect_panic(take_twice, &outer);
	assert_non_null(why);
	assert_non_null(strstr(why, "spinlock: CPU#0 takes the lock at "));
	assert_non_null(strstr(why, ", which it holds since take_twice+"));
}

static void the_wrong_order_is_warned_of(void **state)
{
	(void)state;
	spin_lock(&inner);
	spin_lock(&outer);
	assert_int_equal(warn_count, 1);
	assert_true(host_log_contains(", of rank 11, is taken inside of that at "));
	assert_true(host_log_contains(", of rank 12, held since the_wrong_order_is_warned_of+"));
	spin_unlock(&outer);
	spin_unlock(&inner);
}

static void each_rank_is_wrong_inside_of_itself_and_of_those_behind_it(void **state)
{
	(void)state;
	for (enum lock_rank held = LOCK_UNRANKED; held < NR_LOCK_RANKS; held++)
		for (enum lock_rank taken = LOCK_UNRANKED; taken < NR_LOCK_RANKS; taken++) {
			spin_lock_init_rank(&outer, held);
			spin_lock_init_rank(&inner, taken);
			for (int times = 0; times < 2; times++) {
				warn_count = 0;
				spin_lock(&outer);
				assert_true(spin_trylock(&inner));
				spin_unlock(&inner);
				assert_int_equal(warn_count, 0);
				spin_lock(&inner);
				spin_unlock(&inner);
				spin_unlock(&outer);
				assert_int_equal(warn_count, !times && taken && held >= taken);
			}
		}
}

static void give_back(void *lock)
{
	host_set_cpu(1);
	spin_unlock(lock);
}

static void a_lock_of_another_cpu_is_not_to_be_given_back(void **state)
{
	const char *why;

	(void)state;
	spin_lock(&outer);
	why = host_expect_panic(give_back, &outer);
	assert_non_null(why);
	assert_non_null(strstr(why, "spinlock: CPU#1 gives back the lock at "));
	assert_true(spin_is_locked(&outer));
}

static u64 fast_clock(void)
{
	static u64 now;

	return now += 1000000000;
}

static void wait_for(void *lock)
{
	host_set_cpu(1);
	spin_lock(lock);
}

static void who_makes_others_wait_is_named(void **state)
{
	const char *why;

	(void)state;
	spin_lock(&inner);
	host_clock = fast_clock;
	why = host_expect_panic(wait_for, &inner);
	assert_non_null(why);
	assert_non_null(strstr(why, "spinlock: CPU#1 waits for the lock at "));
	assert_non_null(strstr(why, ", which CPU#0 holds since who_makes_others_wait_is_named+"));
}

static void wait_for_as_cpu_2(void *lock)
{
	host_set_cpu(2);
	spin_lock(lock);
}

static void take_as_cpu_0(void *lock)
{
	host_clock = NULL;
	host_set_cpu(0);
	spin_lock(lock);
}

/* CPU 1, which has `inner`, stays in its wait for `outer` for ever: the clock says so at once. */
static void cpus_that_wait_for_each_other_are_named(void **state)
{
	const char *why;

	(void)state;
	spin_lock(&outer);
	host_set_cpu(1);
	spin_lock(&inner);
	host_clock = fast_clock;
	assert_non_null(host_expect_panic(wait_for, &outer));
	why = host_expect_panic(take_as_cpu_0, &inner);
	assert_non_null(why);
	assert_non_null(strstr(why, "spinlock: deadlock: CPU#0 waits for the lock at "));
	assert_true(host_log_contains("spinlock: CPU#1 holds the lock at "));
	assert_true(host_log_contains("spinlock: CPU#0 holds the lock at "));
	assert_true(host_log_contains(" since cpus_that_wait_for_each_other_are_named+"));
}

/* What CPU 2 waits for is free by then. */
static void who_waits_for_a_cpu_that_will_go_on_is_in_no_circle(void **state)
{
	const char *why;

	(void)state;
	nr_cpu_ids = 3;
	spin_lock(&outer);
	host_set_cpu(2);
	spin_lock(&inner);
	host_clock = fast_clock;
	assert_non_null(host_expect_panic(wait_for_as_cpu_2, &outer));
	host_set_cpu(0);
	spin_unlock(&outer);
	why = host_expect_panic(wait_for, &inner);
	assert_non_null(why);
	assert_null(strstr(why, "spinlock: deadlock"));
	assert_non_null(strstr(why, ", which CPU#2 holds since "));
}

static void without_the_option_a_wait_still_ends(void **state)
{
	const char *why;

	(void)state;
	debug_locks_reset();
	spin_lock(&inner);
	host_clock = fast_clock;
	why = host_expect_panic(wait_for, &inner);
	assert_non_null(why);
	assert_non_null(strstr(why, "for 60 s (debug_locks=1 tells who has it)"));
}

static void locks_are_counted_by_who_takes_them_while_somebody_asks(void **state)
{
	u64 before = spin_counts()->taken;

	(void)state;
	debug_locks_reset();
	spin_lock(&outer);
	spin_watch_set(SPIN_WATCH_COUNT, true);
	assert_false(spin_trylock(&outer));
	spin_unlock(&outer);
	assert_int_equal(spin_counts()->taken - before, 0);
	spin_lock(&outer);
	assert_true(spin_trylock(&inner));
	host_set_cpu(1);
	assert_int_equal(spin_counts()->taken, before);
	host_set_cpu(0);
	spin_watch_set(SPIN_WATCH_COUNT, false);
	spin_unlock(&outer);
	spin_lock(&outer);
	assert_int_equal(spin_counts()->taken - before, 2);
	spin_unlock(&inner);
	assert_true(spin_is_locked(&outer));
	assert_false(spin_is_locked(&inner));
}

/* Tickets come round; what is watched must not. */
static void a_lock_is_taken_any_number_of_times_watched_or_not(void **state)
{
	(void)state;
	for (int watched = 1; watched >= 0; watched--) {
		for (int i = 0; i < 70000; i++) {
			spin_lock(&outer);
			assert_false(spin_trylock(&outer));
			spin_unlock(&outer);
			assert_true(spin_trylock(&outer));
			spin_unlock(&outer);
		}
		assert_false(spin_is_locked(&outer));
		debug_locks_reset();
	}
	assert_string_equal(host_log(), "");
}

#define test(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(only_yes_and_no_are_understood),
		test(locks_in_their_order_are_not_mentioned),
		test(a_lock_that_its_owner_takes_again_is_named),
		test(the_wrong_order_is_warned_of),
		test(each_rank_is_wrong_inside_of_itself_and_of_those_behind_it),
		test(a_lock_of_another_cpu_is_not_to_be_given_back),
		test(who_makes_others_wait_is_named),
		test(cpus_that_wait_for_each_other_are_named),
		test(who_waits_for_a_cpu_that_will_go_on_is_in_no_circle),
		test(without_the_option_a_wait_still_ends),
		test(locks_are_counted_by_who_takes_them_while_somebody_asks),
		test(a_lock_is_taken_any_number_of_times_watched_or_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
