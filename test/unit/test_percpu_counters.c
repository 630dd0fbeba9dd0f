/* SPDX-License-Identifier: MIT */
/* Counters and references that CPUs count for themselves. */
#include "percpu_machine.h"

#include <linux/percpu-refcount.h>
#include <linux/percpu_counter.h>
#include <linux/rcupdate.h>

/* ---- Counters -------------------------------------------------------------------------- */

static void what_cpus_count_is_summed_up(void **state)
{
	struct percpu_counter c;

	(void)state;
	assert_int_equal(percpu_counter_init(&c, 100, GFP_KERNEL), 0);
	assert_true(percpu_counter_initialized(&c));
	for (int cpu = 0; cpu < 4; cpu++) {
		host_set_cpu(cpu);
		percpu_counter_add(&c, cpu + 1);
		percpu_counter_dec(&c);
	}
	/* Less than a batch each: nobody but who sums up knows. */
	assert_int_equal(percpu_counter_read(&c), 100);
	assert_int_equal(percpu_counter_sum(&c), 106);
	percpu_counter_add(&c, percpu_counter_batch);
	assert_int_equal(percpu_counter_read(&c), 100 + 3 + percpu_counter_batch);
	host_set_cpu(2);
	percpu_counter_sync(&c);
	assert_int_equal(percpu_counter_read(&c), 105 + percpu_counter_batch);
	assert_int_equal(percpu_counter_sum(&c), 106 + percpu_counter_batch);
	percpu_counter_set(&c, -5);
	assert_int_equal(percpu_counter_sum(&c), -5);
	assert_int_equal(percpu_counter_sum_positive(&c), 0);
	assert_int_equal(percpu_counter_read_positive(&c), 0);
	percpu_counter_destroy(&c);
	assert_false(percpu_counter_initialized(&c));
}

static void a_local_count_stays_local(void **state)
{
	struct percpu_counter c;

	(void)state;
	assert_int_equal(percpu_counter_init(&c, 0, GFP_KERNEL), 0);
	for (int i = 0; i < 1000; i++)
		percpu_counter_add_local(&c, 1000);
	percpu_counter_sub_local(&c, 1);
	assert_int_equal(percpu_counter_read(&c), 0);
	assert_int_equal(percpu_counter_sum(&c), 999999);
	percpu_counter_destroy(&c);
}

static void comparing_is_exact_near_the_value(void **state)
{
	struct percpu_counter c;

	(void)state;
	assert_int_equal(percpu_counter_init(&c, 0, GFP_KERNEL), 0);
	percpu_counter_add(&c, 10);
	assert_int_equal(percpu_counter_compare(&c, 9), 1);
	assert_int_equal(percpu_counter_compare(&c, 10), 0);
	assert_int_equal(percpu_counter_compare(&c, 11), -1);
	assert_int_equal(percpu_counter_compare(&c, 1 << 20), -1);
	assert_int_equal(percpu_counter_compare(&c, -(1 << 20)), 1);
	percpu_counter_destroy(&c);
}

static void random_counts_agree_with_one_number(void **state)
{
	struct percpu_counter c;
	s64 model = 0;

	(void)state;
	host_test_seed("percpu counters");
	assert_int_equal(percpu_counter_init(&c, 0, GFP_KERNEL), 0);
	for (int step = 0; step < 20000; step++) {
		s64 by = (s64)(arch_random() % 200) - 100;

		host_set_cpu((int)(arch_random() % 4));
		percpu_counter_add_batch(&c, by, (s32)(arch_random() % 300));
		model += by;
		if (step % 64)
			continue;
		assert_int_equal(percpu_counter_sum(&c), model);
		assert_int_equal(__percpu_counter_compare(&c, model, 300), 0);
	}
	percpu_counter_destroy(&c);
}

/* ---- References ------------------------------------------------------------------------- */

static unsigned int released, confirmed;

static void release(struct percpu_ref *ref)
{
	(void)ref;
	released++;
}

static void confirm(struct percpu_ref *ref)
{
	assert_false(percpu_ref_is_zero(ref));
	confirmed++;
}

static void make_ref(struct percpu_ref *ref, unsigned int flags)
{
	released = confirmed = 0;
	assert_int_equal(percpu_ref_init(ref, release, flags, GFP_KERNEL), 0);
}

static void the_last_reference_after_a_kill_releases(void **state)
{
	unsigned long __percpu *counts;
	struct percpu_ref ref;

	(void)state;
	make_ref(&ref, 0);
	for (int cpu = 0; cpu < 4; cpu++) {
		host_set_cpu(cpu);
		percpu_ref_get(&ref);
	}
	assert_true(__ref_is_percpu(&ref, &counts));
	/* All on one CPU, whose own count is below 0 then. */
	percpu_ref_put_many(&ref, 3);
	percpu_ref_kill_and_confirm(&ref, confirm);
	assert_true(percpu_ref_is_dying(&ref));
	assert_false(percpu_ref_tryget_live(&ref));
	assert_true(percpu_ref_tryget(&ref));
	percpu_ref_put(&ref);
	assert_int_equal(confirmed, 0);
	rcu_barrier();
	assert_int_equal(confirmed, 1);
	assert_int_equal(released, 0);
	percpu_ref_put(&ref);
	assert_int_equal(released, 1);
	assert_true(percpu_ref_is_zero(&ref));
	assert_false(percpu_ref_tryget(&ref));
	percpu_ref_exit(&ref);
}

static void a_put_before_the_sum_is_known_releases_nothing(void **state)
{
	struct percpu_ref ref;

	(void)state;
	make_ref(&ref, 0);
	percpu_ref_get_many(&ref, 5);
	rcu_read_lock();
	percpu_ref_kill(&ref);
	percpu_ref_put_many(&ref, 4);
	rcu_poll();
	assert_int_equal(released, 0);
	rcu_read_unlock();
	rcu_barrier();
	assert_int_equal(released, 0);
	percpu_ref_put(&ref);
	assert_int_equal(released, 1);
	percpu_ref_exit(&ref);
}

static void a_reference_comes_back_to_life(void **state)
{
	unsigned long __percpu *counts;
	struct percpu_ref ref;

	(void)state;
	make_ref(&ref, PERCPU_REF_ALLOW_REINIT);
	percpu_ref_get(&ref);
	percpu_ref_kill(&ref);
	percpu_ref_resurrect(&ref);
	assert_false(percpu_ref_is_dying(&ref));
	assert_true(__ref_is_percpu(&ref, &counts));
	percpu_ref_put(&ref);
	assert_int_equal(released, 0);
	percpu_ref_kill(&ref);
	rcu_barrier();
	assert_int_equal(released, 1);
	percpu_ref_reinit(&ref);
	assert_true(percpu_ref_tryget_live(&ref));
	percpu_ref_put(&ref);
	percpu_ref_kill(&ref);
	rcu_barrier();
	assert_int_equal(released, 2);
	percpu_ref_exit(&ref);
}

static void modes_are_switched_while_it_lives(void **state)
{
	unsigned long __percpu *counts;
	struct percpu_ref ref;

	(void)state;
	make_ref(&ref, PERCPU_REF_INIT_ATOMIC);
	assert_false(__ref_is_percpu(&ref, &counts));
	percpu_ref_get(&ref);
	percpu_ref_switch_to_percpu(&ref);
	assert_true(__ref_is_percpu(&ref, &counts));
	percpu_ref_get(&ref);
	percpu_ref_switch_to_atomic_sync(&ref);
	assert_false(__ref_is_percpu(&ref, &counts));
	assert_int_equal(atomic_long_read(&ref.data->count), 3);
	percpu_ref_put_many(&ref, 2);
	percpu_ref_kill(&ref);
	assert_int_equal(released, 1);
	percpu_ref_exit(&ref);
	make_ref(&ref, PERCPU_REF_INIT_DEAD);
	assert_true(percpu_ref_is_zero(&ref));
	percpu_ref_reinit(&ref);
	assert_true(percpu_ref_tryget_live(&ref));
	percpu_ref_exit(&ref);
}

static void killing_twice_is_warned_of(void **state)
{
	struct percpu_ref ref;

	(void)state;
	make_ref(&ref, PERCPU_REF_INIT_ATOMIC);
	percpu_ref_get(&ref);
	percpu_ref_kill(&ref);
	host_log_clear();
	percpu_ref_kill(&ref);
	assert_true(host_log_contains("percpu_ref_kill() of a reference that is dying"));
	assert_int_equal(released, 0);
	percpu_ref_put(&ref);
	assert_int_equal(released, 1);
	percpu_ref_exit(&ref);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test_on(four_cpus, what_cpus_count_is_summed_up),
		test_on(four_cpus, a_local_count_stays_local),
		test_on(four_cpus, comparing_is_exact_near_the_value),
		test_on(four_cpus, random_counts_agree_with_one_number),
		test_on(four_cpus, the_last_reference_after_a_kill_releases),
		test_on(four_cpus, a_put_before_the_sum_is_known_releases_nothing),
		test_on(four_cpus, a_reference_comes_back_to_life),
		test_on(four_cpus, modes_are_switched_while_it_lives),
		test_on(four_cpus, killing_twice_is_warned_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
