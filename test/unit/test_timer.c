/* SPDX-License-Identifier: MIT */
/* Timers and delayed work, by a clock that the test moves. */
#include "percpu_machine.h"
#include "daemon_cpus.h"

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

#include "../../mm/wait.h"

static u64 now_ns;

/* Each look is twenty microseconds. */
static u64 slow_clock(void)
{
	return __atomic_add_fetch(&now_ns, 20000, __ATOMIC_RELAXED);
}

static void pass(unsigned long nr_jiffies)
{
	__atomic_add_fetch(&now_ns, nr_jiffies * (NSEC_PER_SEC / HZ), __ATOMIC_RELAXED);
}

static int with_cpus(unsigned int cpus)
{
	nr_cpu_ids = cpus;
	percpu_machine_make(SZ_64M, 1, cpus);
	wait_reset();
	now_ns = 0;
	host_clock = slow_clock;
	if (cpus > 1)
		smp_init();
	return 0;
}

static int one_alone(void **state)
{
	(void)state;
	return with_cpus(1);
}

static int many_cpus(void **state)
{
	(void)state;
	return with_cpus(3);
}

static int machine_end(void **state)
{
	(void)state;
	assert_false(run_timers());
	host_cpus_stop();
	host_clock = NULL;
	percpu_reset();
	slab_machine_end();
	return 0;
}

struct ticker {
	struct timer_list timer;
	struct delayed_work work;
	int calls, cpu;
	unsigned long again; /* jiffies until the next time */
	int order;
};
static struct ticker tickers[8];
static int calls;

static void tick(struct timer_list *timer)
{
	struct ticker *t = from_timer(t, timer, timer);

	assert_true(in_interrupt());
	assert_false(timer_pending(timer));
	t->calls++;
	t->order = ++calls;
	if (t->again)
		mod_timer(timer, jiffies + t->again);
}

static void make_tickers(void)
{
	calls = 0;
	for (int i = 0; i < 8; i++) {
		tickers[i] = (struct ticker){};
		timer_setup(&tickers[i].timer, tick, 0);
	}
}

/* ---- Timers -------------------------------------------------------------------------------------- */

static void timers_are_called_in_the_order_of_their_times(void **state)
{
	const unsigned long at[] = {50, 10, 30, 20, 40};

	(void)state;
	make_tickers();
	assert_false(run_timers());
	for (int i = 0; i < 5; i++)
		assert_int_equal(mod_timer(&tickers[i].timer, jiffies + at[i]), 0);
	assert_true(run_timers());
	assert_int_equal(calls, 0);
	pass(35);
	assert_true(run_timers());
	assert_int_equal(calls, 3);
	pass(20);
	assert_false(run_timers());
	for (int i = 0; i < 5; i++)
		assert_int_equal(tickers[i].order, (int)at[i] / 10);
}

static void a_timer_is_moved_and_taken_back(void **state)
{
	struct timer_list *timer = &tickers[0].timer;

	(void)state;
	make_tickers();
	assert_int_equal(mod_timer_pending(timer, jiffies + 5), 0);
	assert_false(timer_pending(timer));
	assert_int_equal(timer_reduce(timer, jiffies + 50), 0);
	assert_int_equal(timer_reduce(timer, jiffies + 90), 1);
	assert_int_equal(mod_timer_pending(timer, jiffies + 60), 1);
	pass(55);
	run_timers();
	assert_int_equal(calls, 0);
	assert_int_equal(timer_reduce(timer, jiffies), 1);
	run_timers();
	assert_int_equal(calls, 1);
	timer->expires = jiffies + 10;
	add_timer(timer);
	assert_true(timer_pending(timer));
	assert_int_equal(del_timer(timer), 1);
	assert_int_equal(del_timer_sync(timer), 0);
	assert_int_equal(try_to_del_timer_sync(timer), 0);
	mod_timer(timer, jiffies + 1);
	assert_int_equal(timer_shutdown_sync(timer), 1);
	mod_timer(timer, jiffies + 1);
	assert_false(timer_pending(timer));
	assert_int_equal(timer_shutdown(&tickers[1].timer), 0);
	pass(100);
	assert_false(run_timers());
	assert_int_equal(calls, 1);
}

static void a_timer_may_set_itself_again(void **state)
{
	(void)state;
	make_tickers();
	tickers[0].again = 10;
	mod_timer(&tickers[0].timer, jiffies);
	/* One that is late is called once for it. */
	for (int i = 1; i <= 5; i++) {
		pass(25);
		assert_true(run_timers());
		assert_int_equal(tickers[0].calls, i);
	}
	del_timer_sync(&tickers[0].timer);
}

static void whole_seconds_are_to_come(void **state)
{
	(void)state;
	now_ns = 0;
	assert_int_equal(round_jiffies(10 * HZ + 1) % HZ, 0);
	assert_int_equal(round_jiffies(10 * HZ + 1), 10 * HZ);
	assert_int_equal(round_jiffies(10 * HZ + HZ / 2), 11 * HZ);
	assert_int_equal(round_jiffies_up(10 * HZ + 1), 11 * HZ);
	assert_int_equal((jiffies + round_jiffies_relative(5 * HZ)) % HZ, 0);
	assert_int_equal((jiffies + round_jiffies_up_relative(5 * HZ)) % HZ, 0);
	pass(10 * HZ + 1);
	assert_int_equal(round_jiffies(10 * HZ + 2), 10 * HZ + 2);
}

static DECLARE_COMPLETION(rung);
static DECLARE_WAIT_QUEUE_HEAD(bell);

static void ring(struct timer_list *timer)
{
	(void)timer;
	complete(&rung);
	wake_up_all(&bell);
}
static DEFINE_TIMER(bell_timer, ring);

static void wait_for_the_bell(void *arg)
{
	(void)arg;
	wait_for_completion(&rung);
}

/* Nobody but the timer can tell this CPU, and without one nobody can. */
static void who_waits_is_told_by_a_timer(void **state)
{
	(void)state;
	reinit_completion(&rung);
	mod_timer(&bell_timer, jiffies + 5);
	wait_for_completion(&rung);
	assert_false(timer_pending(&bell_timer));
	mod_timer(&bell_timer, jiffies + 5);
	assert_true(wait_for_completion_timeout(&rung, 1000) > 0);
	mod_timer(&bell_timer, jiffies + 5);
	msleep(100);
	assert_false(timer_pending(&bell_timer));
	assert_true(try_wait_for_completion(&rung));
	assert_non_null(strstr(host_expect_panic(wait_for_the_bell, NULL), "deadlock"));
}

/* ---- Delayed work ------------------------------------------------------------------------------------ */

static void count_work(struct work_struct *work)
{
	struct ticker *t = container_of(to_delayed_work(work), struct ticker, work);

	assert_false(in_interrupt());
	WRITE_ONCE(t->calls, t->calls + 1);
	t->cpu = smp_processor_id();
	if (READ_ONCE(t->again))
		schedule_delayed_work(&t->work, READ_ONCE(t->again));
}

static void work_is_given_when_its_time_has_come(void **state)
{
	struct ticker *t = &tickers[0];

	(void)state;
	make_tickers();
	INIT_DELAYED_WORK(&t->work, count_work);
	assert_true(schedule_delayed_work(&t->work, 20));
	assert_false(schedule_delayed_work(&t->work, 0));
	assert_true(delayed_work_pending(&t->work));
	flush_scheduled_work();
	assert_false(flush_work(&t->work.work));
	assert_int_equal(t->calls, 0);
	pass(25);
	run_timers();
	assert_int_equal(t->calls, 0);
	flush_scheduled_work();
	assert_int_equal(t->calls, 1);
	assert_false(delayed_work_pending(&t->work));
	assert_true(schedule_delayed_work(&t->work, 0));
	assert_true(flush_delayed_work(&t->work));
	assert_int_equal(t->calls, 2);
	assert_true(schedule_delayed_work(&t->work, 1000));
	assert_true(flush_delayed_work(&t->work));
	assert_int_equal(t->calls, 3);
	assert_false(flush_delayed_work(&t->work));
}

static void delays_begin_anew_and_are_taken_back(void **state)
{
	struct workqueue_struct *wq = alloc_ordered_workqueue("delays", 0);
	struct ticker *t = &tickers[0];

	(void)state;
	make_tickers();
	INIT_DEFERRABLE_WORK(&t->work, count_work);
	assert_false(mod_delayed_work(wq, &t->work, 10));
	pass(8);
	assert_true(mod_delayed_work(wq, &t->work, 10));
	pass(8);
	run_timers();
	flush_workqueue(wq);
	assert_int_equal(t->calls, 0);
	assert_true(mod_delayed_work(wq, &t->work, 0));
	assert_true(mod_delayed_work(wq, &t->work, 10));
	flush_workqueue(wq);
	assert_int_equal(t->calls, 0);
	assert_true(cancel_delayed_work(&t->work));
	assert_false(cancel_delayed_work(&t->work));
	assert_true(queue_delayed_work(wq, &t->work, 0));
	assert_true(cancel_delayed_work_sync(&t->work));
	pass(100);
	run_timers();
	destroy_workqueue(wq);
	assert_int_equal(t->calls, 0);
}

static void idle_cpus_look_for_timers(void **state)
{
	struct ticker *t = &tickers[0];

	(void)state;
	make_tickers();
	INIT_DELAYED_WORK(&t->work, count_work);
	t->again = 3;
	assert_true(schedule_delayed_work_on(2, &t->work, 3));
	while (READ_ONCE(t->calls) < 50)
		cpu_relax();
	WRITE_ONCE(t->again, 0);
	cancel_delayed_work_sync(&t->work);
	assert_int_not_equal(t->cpu, 0);
	assert_false(delayed_work_pending(&t->work));
}

static bool in_function, may_end;

static void run_on(struct timer_list *timer)
{
	(void)timer;
	__atomic_store_n(&in_function, true, __ATOMIC_RELEASE);
	while (!__atomic_load_n(&may_end, __ATOMIC_ACQUIRE))
		cpu_relax();
	__atomic_store_n(&in_function, false, __ATOMIC_RELEASE);
}

static void end_soon(struct work_struct *work)
{
	(void)work;
	for (int i = 0; i < 10000; i++)
		cpu_relax();
	__atomic_store_n(&may_end, true, __ATOMIC_RELEASE);
}
static DECLARE_WORK(ending, end_soon);

static void taking_back_waits_for_the_function(void **state)
{
	struct timer_list timer;

	(void)state;
	in_function = may_end = false;
	timer_setup_on_stack(&timer, run_on, 0);
	mod_timer(&timer, jiffies);
	while (!__atomic_load_n(&in_function, __ATOMIC_ACQUIRE))
		cpu_relax();
	assert_int_equal(try_to_del_timer_sync(&timer), -1);
	assert_int_equal(del_timer(&timer), 0);
	schedule_work(&ending);
	assert_int_equal(del_timer_sync(&timer), 0);
	assert_false(in_function);
	flush_work(&ending);
	destroy_timer_on_stack(&timer);
}

#define on_many(fn)  cmocka_unit_test_setup_teardown(fn, many_cpus, machine_end)
#define on_alone(fn) cmocka_unit_test_setup_teardown(fn, one_alone, machine_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_alone(timers_are_called_in_the_order_of_their_times),
		on_alone(a_timer_is_moved_and_taken_back),
		on_alone(a_timer_may_set_itself_again),
		on_alone(whole_seconds_are_to_come),
		on_alone(who_waits_is_told_by_a_timer),
		on_alone(work_is_given_when_its_time_has_come),
		on_alone(delays_begin_anew_and_are_taken_back),
		on_many(idle_cpus_look_for_timers),
		on_many(taking_back_waits_for_the_function),
	};

	return cmocka_run_group_tests_name("timer", tests, NULL, NULL);
}
