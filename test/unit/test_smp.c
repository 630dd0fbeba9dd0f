/* SPDX-License-Identifier: MIT */
/* CPUs that ask each other: calls, work, what only a CPU itself may do, and no answer. */
#include "percpu_machine.h"
#include "daemon_cpus.h"

#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/workqueue.h>
#include <baremm/panic.h>

#include "../../mm/wait.h"

#define CPUS 4

static atomic_t runs[CPUS]; /* of a function, by the CPU that it ran on */
static atomic_t order;

static int machine(void **state)
{
	(void)state;
	nr_cpu_ids = CPUS;
	percpu_machine_make(SZ_64M, 1, CPUS);
	wait_reset();
	memset(runs, 0, sizeof(runs));
	smp_init();
	assert_int_equal(num_online_cpus(), CPUS);
	return 0;
}

static int machine_end(void **state)
{
	(void)state;
	host_cpus_stop();
	host_clock = NULL;
	percpu_reset();
	slab_machine_end();
	return 0;
}

static void count(void *info)
{
	assert_ptr_equal(info, runs);
	atomic_inc(&runs[smp_processor_id()]);
}

static void assert_runs(int cpu0, int cpu1, int cpu2, int cpu3)
{
	assert_int_equal(atomic_read(&runs[0]), cpu0);
	assert_int_equal(atomic_read(&runs[1]), cpu1);
	assert_int_equal(atomic_read(&runs[2]), cpu2);
	assert_int_equal(atomic_read(&runs[3]), cpu3);
}

/* ---- Calls -------------------------------------------------------------------------- */

static void a_call_runs_on_the_cpu_it_is_for(void **state)
{
	(void)state;
	assert_int_equal(smp_call_function_single(2, count, runs, 1), 0);
	assert_runs(0, 0, 1, 0);
	assert_int_equal(smp_call_function_single(0, count, runs, 1), 0);
	assert_runs(1, 0, 1, 0);
	assert_int_equal(smp_call_function_single(CPUS, count, runs, 1), -ENXIO);
	assert_int_equal(smp_call_function_single(-1, count, runs, 1), -ENXIO);
}

static void a_call_to_many_leaves_out_the_caller_and_who_is_offline(void **state)
{
	struct cpumask mask = {};

	(void)state;
	for (unsigned int cpu = 0; cpu < CPUS; cpu++)
		cpumask_set_cpu(cpu, &mask);
	cpumask_clear_cpu(1, &mask);
	smp_call_function_many(&mask, count, runs, true);
	assert_runs(0, 0, 1, 1);
	smp_call_function(count, runs, 1);
	assert_runs(0, 1, 2, 2);
	on_each_cpu(count, runs, 1);
	assert_runs(1, 2, 3, 3);
}

static void a_call_to_any_is_to_the_nearest(void **state)
{
	struct cpumask mask = {};

	(void)state;
	assert_int_equal(smp_call_function_any(&mask, count, runs, 1), -ENXIO);
	__cpumask_set_cpu(2, &mask);
	__cpumask_set_cpu(3, &mask);
	set_cpu_online(2, false);
	assert_int_equal(smp_call_function_any(&mask, count, runs, 1), 0);
	set_cpu_online(2, true);
	assert_runs(0, 0, 0, 1);
	__cpumask_set_cpu(0, &mask);
	assert_int_equal(smp_call_function_any(&mask, count, runs, 1), 0);
	assert_runs(1, 0, 0, 1);
}

static bool is_odd(int cpu, void *info)
{
	assert_ptr_equal(info, runs);
	return cpu & 1;
}

static void a_call_to_a_mask_may_be_to_the_caller_too(void **state)
{
	struct cpumask mask = {};

	(void)state;
	on_each_cpu_mask(&mask, count, runs, true);
	assert_runs(0, 0, 0, 0);
	__cpumask_set_cpu(0, &mask);
	__cpumask_set_cpu(3, &mask);
	on_each_cpu_mask(&mask, count, runs, true);
	assert_runs(1, 0, 0, 1);
	on_each_cpu_cond_mask(is_odd, count, runs, true, &mask);
	assert_runs(1, 0, 0, 2);
	on_each_cpu_cond(is_odd, count, runs, true);
	assert_runs(1, 1, 0, 3);
}

static void the_next_call_waits_for_one_that_nobody_waited_for(void **state)
{
	(void)state;
	for (int i = 0; i < 200; i++)
		smp_call_function(count, runs, 0);
	on_each_cpu(count, runs, 1);
	assert_runs(1, 201, 201, 201);
}

static void call_others(struct work_struct *work)
{
	(void)work;
	for (int i = 0; i < 100; i++)
		smp_call_function(count, runs, 1);
}

static void all_may_call_all_at_once(void **state)
{
	(void)state;
	assert_int_equal(schedule_on_each_cpu(call_others), 0);
	assert_runs(300, 300, 300, 300);
}

static DEFINE_SPINLOCK(lock);

static void hold_and_call(struct work_struct *work)
{
	(void)work;
	for (int i = 0; i < 200; i++) {
		spin_lock(&lock);
		smp_call_function(count, runs, 1);
		spin_unlock(&lock);
	}
}

static void who_waits_for_a_lock_answers_calls(void **state)
{
	(void)state;
	assert_int_equal(schedule_on_each_cpu(hold_and_call), 0);
	assert_runs(600, 600, 600, 600);
}

/* ---- Work ---------------------------------------------------------------------------- */

static long where(void *arg)
{
	return 100 * *(int *)arg + smp_processor_id();
}

static void work_runs_on_a_chosen_cpu(void **state)
{
	int arg = 7;

	(void)state;
	for (int cpu = 0; cpu < CPUS; cpu++)
		assert_int_equal(work_on_cpu(cpu, where, &arg), 700 + cpu);
	assert_int_equal(work_on_cpu(CPUS, where, &arg), -ENXIO);
}

struct ordered {
	struct work_struct work;
	int place;
};

static void note_place(struct work_struct *work)
{
	container_of(work, struct ordered, work)->place = atomic_inc_return(&order);
}

static void work_is_done_in_the_order_in_which_it_was_given(void **state)
{
	struct ordered all[50];

	(void)state;
	atomic_set(&order, 0);
	for (int i = 0; i < 50; i++) {
		INIT_WORK(&all[i].work, note_place);
		assert_true(schedule_work_on(1, &all[i].work));
	}
	assert_true(flush_work(&all[49].work) || all[49].place);
	for (int i = 0; i < 50; i++)
		assert_int_equal(all[i].place, i + 1);
	assert_false(flush_work(&all[0].work));
}

static void work_that_waits_is_not_given_twice(void **state)
{
	struct ordered one;

	(void)state;
	INIT_WORK(&one.work, note_place);
	assert_true(schedule_work_on(0, &one.work));
	assert_false(schedule_work_on(0, &one.work));
	assert_true(flush_work(&one.work));
	assert_true(schedule_work_on(0, &one.work));
	assert_true(flush_work(&one.work));
}

/* ---- What only the CPU itself may do ----------------------------------------------------- */

static void every_cpu_runs_what_only_itself_may_do(void **state)
{
	(void)state;
	for (int i = 0; i < 50; i++)
		run_on_each_cpu(count, runs);
	assert_runs(50, 50, 50, 50);
}

static void ask_all(struct work_struct *work)
{
	(void)work;
	for (int i = 0; i < 50; i++)
		run_on_each_cpu(count, runs);
}

static void all_may_ask_all_at_once(void **state)
{
	(void)state;
	assert_int_equal(schedule_on_each_cpu(ask_all), 0);
	assert_runs(200, 200, 200, 200);
}

static struct kmem_cache *cache;

static long take_and_give_back(void *arg)
{
	void *objects[40];

	(void)arg;
	for (int i = 0; i < 40; i++)
		objects[i] = kmem_cache_alloc(cache, GFP_KERNEL);
	for (int i = 0; i < 40; i++)
		kmem_cache_free(cache, objects[i]);
	return 0;
}

static void a_cache_that_all_cpus_used_can_be_destroyed(void **state)
{
	(void)state;
	for (int round = 0; round < 20; round++) {
		cache = kmem_cache_create("smp_test", 72, 0, SLAB_NO_MERGE, NULL);
		for (int cpu = 0; cpu < CPUS; cpu++)
			work_on_cpu(cpu, take_and_give_back, NULL);
		if (round & 1)
			assert_int_equal(kmem_cache_shrink(cache), 0);
		kmem_cache_destroy(cache);
		assert_false(host_log_contains("smp_test"));
	}
	assert_int_equal(kmem_cache_verify_all(), 0);
}

/* ---- No answer ---------------------------------------------------------------------------- */

/* Runs while nobody but the one that must not answer has anything to do. */
static u64 fast_clock(void)
{
	static u64 now;

	return __atomic_add_fetch(&now, 100 * 1000 * 1000, __ATOMIC_RELAXED);
}

/* CPU 9 is online, and no thread is. */
static int absent_cpu(void **state)
{
	machine(state);
	nr_cpu_ids = 10;
	set_cpu_online(9, true);
	return 0;
}

static int absent_cpu_end(void **state)
{
	machine_end(state);
	wait_reset();
	return 0;
}

static void call_absent(void *arg)
{
	(void)arg;
	host_clock = fast_clock;
	smp_call_function_single(9, count, runs, 1);
}

static void a_cpu_that_does_not_answer_a_call_is_named(void **state)
{
	(void)state;
	assert_string_equal(host_expect_panic(call_absent, NULL), "smp: CPU#9 does not answer");
	assert_true(host_log_contains("smp: CPU#9 has not run count"));
}

static void give_absent(void *arg)
{
	host_clock = fast_clock;
	work_on_cpu(9, where, arg);
}

static void a_cpu_that_does_not_begin_its_work_is_named(void **state)
{
	(void)state;
	assert_non_null(host_expect_panic(give_absent, NULL));
	assert_true(host_log_contains("workqueue: CPU#9 has not begun run_for_cpu"));
}

static void flush_absent(void *arg)
{
	host_clock = fast_clock;
	flush_work(arg);
}

static void a_cpu_that_never_comes_out_of_its_work_is_named(void **state)
{
	struct busy_work busy;

	(void)state;
	begin_busy_work(&busy, 2);
	assert_string_equal(host_expect_panic(flush_absent, &busy.work),
			    "smp: CPU#2 does not answer");
	assert_true(host_log_contains("workqueue: CPU#0 waits for be_busy"));
	host_clock = NULL;
	end_busy_work(&busy);
}

/* Work of an hour is none of a CPU that hangs: it polls. */
static void work_that_polls_may_take_long(void **state)
{
	struct busy_work busy;

	(void)state;
	begin_work(&busy, 2, be_busy_polling);
	for (int i = 0; i < 3; i++)
		smp_expect_poll(2);
	end_busy_work(&busy);
}

static void wait_for_readers(void *arg)
{
	(void)arg;
	host_clock = fast_clock;
	synchronize_rcu();
}

static long read_for_ever(void *arg)
{
	(void)arg;
	rcu_read_lock();
	return 0;
}

static void a_cpu_that_stays_in_a_section_is_named(void **state)
{
	(void)state;
	assert_int_equal(work_on_cpu(2, read_for_ever, NULL), 0);
	assert_string_equal(host_expect_panic(wait_for_readers, NULL),
			    "rcu: CPU#2 does not leave its section for 60 s");
}

static struct busy_work callbacks;

static void be_busy_after(struct rcu_head *head)
{
	(void)head;
	be_busy(&callbacks.work);
}

static void poll_rcu(struct work_struct *work)
{
	(void)work;
	rcu_poll();
}

static void wait_for_callbacks(void *arg)
{
	(void)arg;
	host_clock = fast_clock;
	rcu_barrier();
}

static void a_cpu_that_stays_in_its_callbacks_is_named(void **state)
{
	static struct rcu_head head;
	struct work_struct work;

	(void)state;
	callbacks = (struct busy_work){};
	call_rcu(&head, be_busy_after);
	INIT_WORK(&work, poll_rcu);
	assert_true(schedule_work_on(2, &work));
	while (!__atomic_load_n(&callbacks.begun, __ATOMIC_ACQUIRE))
		cpu_relax();
	assert_string_equal(host_expect_panic(wait_for_callbacks, NULL),
			    "rcu: CPU#2 does not leave its callbacks for 60 s");
	host_clock = NULL;
	__atomic_store_n(&callbacks.end, true, __ATOMIC_RELEASE);
	flush_work(&work);
}

static void wait_in_callback(struct rcu_head *head)
{
	(void)head;
	rcu_barrier();
}

static void waiting_for_callbacks_in_one_is_warned_of(void **state)
{
	struct rcu_head head;
	unsigned int warned = warn_count;

	(void)state;
	call_rcu(&head, wait_in_callback);
	rcu_barrier();
	assert_int_equal(warn_count, warned + 1);
	warn_count = warned;
}

#define test(fn)	cmocka_unit_test_setup_teardown(fn, machine, machine_end)
#define test_absent(fn) cmocka_unit_test_setup_teardown(fn, absent_cpu, absent_cpu_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_call_runs_on_the_cpu_it_is_for),
		test(a_call_to_many_leaves_out_the_caller_and_who_is_offline),
		test(a_call_to_any_is_to_the_nearest),
		test(a_call_to_a_mask_may_be_to_the_caller_too),
		test(the_next_call_waits_for_one_that_nobody_waited_for),
		test(all_may_call_all_at_once),
		test(who_waits_for_a_lock_answers_calls),
		test(work_runs_on_a_chosen_cpu),
		test(work_is_done_in_the_order_in_which_it_was_given),
		test(work_that_waits_is_not_given_twice),
		test(every_cpu_runs_what_only_itself_may_do),
		test(all_may_ask_all_at_once),
		test(a_cache_that_all_cpus_used_can_be_destroyed),
		test_absent(a_cpu_that_does_not_answer_a_call_is_named),
		test_absent(a_cpu_that_does_not_begin_its_work_is_named),
		test_absent(a_cpu_that_never_comes_out_of_its_work_is_named),
		test(work_that_polls_may_take_long),
		test_absent(a_cpu_that_stays_in_a_section_is_named),
		test_absent(a_cpu_that_stays_in_its_callbacks_is_named),
		test(waiting_for_callbacks_in_one_is_warned_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
