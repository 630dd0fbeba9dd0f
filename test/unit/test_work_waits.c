/* SPDX-License-Identifier: MIT */
/* Work, timers and callbacks that others wait for: nobody waits for ever, nor is left to wait. */
#include "work_machine.h"

#include <linux/completion.h>
#include <linux/hardirq.h>
#include <linux/rcupdate.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

static struct completion told, begun;
static atomic_t count;
static struct delayed_work delayed;

static int make(unsigned int cpus)
{
	init_completion(&told);
	init_completion(&begun);
	atomic_set(&count, 0);
	return work_machine_make(cpus);
}

static int on_four(void **state)
{
	(void)state;
	return make(4);
}

static int on_two(void **state)
{
	(void)state;
	return make(2);
}

static int on_one(void **state)
{
	(void)state;
	return make(1);
}

static void just_count(struct work_struct *work)
{
	(void)work;
	atomic_inc(&count);
}

/* Spins: others may be looked at meanwhile that would take part in a wait. */
static void spin_until(const atomic_t *what, int value)
{
	while (atomic_read(what) != value)
		cpu_relax();
}

static void take_ms(unsigned int ms)
{
	u64 end = arch_clock_ns() + ms * 1000000ULL;

	while (arch_clock_ns() < end)
		cpu_relax();
}

/* ---- Taking back ---------------------------------------------------------------------------- */

static bool given_again, taken_back;

/* Begins anew once it is cancelled, as work does that comes again and again. */
static void give_myself_again(struct work_struct *work)
{
	atomic_set(&count, 1);
	while (READ_ONCE(work->state) != WORK_CANCELING)
		cond_resched();
	given_again = mod_delayed_work(system_wq, &delayed, 1);
	taken_back = cancel_delayed_work(&delayed) || cancel_work(work) ||
		     cancel_work_sync(&(struct work_struct){.func = just_count});
}

static void work_that_is_cancelled_cannot_begin_anew(void **state)
{
	(void)state;
	INIT_DELAYED_WORK(&delayed, give_myself_again);
	assert_true(queue_delayed_work_on(1, system_wq, &delayed, 0));
	spin_until(&count, 1);
	assert_false(cancel_delayed_work_sync(&delayed));
	assert_true(given_again); /* that is, it was pending */
	assert_false(taken_back);
	assert_false(delayed_work_pending(&delayed) || timer_pending(&delayed.timer));
	assert_true(queue_delayed_work(system_wq, &delayed, 1000));
	assert_true(cancel_delayed_work_sync(&delayed));
}

static struct busy_work busy;

static void cancel_busy_work(struct work_struct *work)
{
	(void)work;
	assert_false(cancel_work_sync(&busy.work));
	atomic_inc(&count);
}

static void all_who_cancel_wait_for_the_function(void **state)
{
	struct work_struct other;

	(void)state;
	begin_work(&busy, 1, be_busy_polling);
	INIT_WORK(&other, cancel_busy_work);
	assert_true(schedule_work_on(2, &other));
	while (READ_ONCE(busy.work.state) != WORK_CANCELING)
		cpu_relax();
	take_ms(5);
	assert_int_equal(atomic_read(&count), 0);
	__atomic_store_n(&busy.end, true, __ATOMIC_RELEASE);
	assert_false(cancel_work_sync(&busy.work));
	flush_work(&other);
	assert_int_equal(atomic_read(&count), 1);
	assert_false(work_pending(&busy.work));
}

static void work_that_waits_for_readers_is_cancelled_behind_them(void **state)
{
	struct rcu_work work;

	(void)state;
	INIT_RCU_WORK(&work, just_count);
	assert_true(queue_rcu_work(system_wq, &work));
	cancel_work_sync(&work.work);
	assert_false(work_pending(&work.work));
}

/* ---- Timers ------------------------------------------------------------------------------------ */

static void (*timer_function)(struct timer_list *timer);
static bool irqs_were_off;

/* A timer's function that others can see in the midst of. */
static void take_time(struct timer_list *timer)
{
	WRITE_ONCE(irqs_were_off, irqs_disabled());
	atomic_set(&count, 100);
	take_ms(20);
	timer_function(timer);
}

static void a_flush_waits_for_the_timer_that_gives_the_work(void **state)
{
	(void)state;
	INIT_DELAYED_WORK(&delayed, just_count);
	timer_function = delayed.timer.function;
	delayed.timer.function = take_time;
	assert_true(queue_delayed_work(system_wq, &delayed, 1));
	spin_until(&count, 100);
	flush_delayed_work(&delayed);
	assert_int_equal(atomic_read(&count), 101);
	assert_true(READ_ONCE(irqs_were_off));
}

static void wait_for_end(struct work_struct *work)
{
	(void)work;
	complete(&begun);
	wait_for_completion(&told);
	atomic_inc(&count);
}

static void tell_both(struct timer_list *timer)
{
	(void)timer;
	complete(&begun);
	complete(&told);
}

/* It is called by a CPU that waits, and counts as one that does, while the other begins to. */
static void who_calls_a_timer_is_somebody_left(void **state)
{
	struct work_struct work;
	struct timer_list timer;

	(void)state;
	INIT_WORK(&work, wait_for_end);
	assert_true(schedule_work_on(1, &work));
	wait_for_completion(&begun);
	take_ms(5);
	timer_function = tell_both;
	timer_setup(&timer, take_time, 0);
	mod_timer(&timer, jiffies);
	spin_until(&count, 100);
	assert_false(READ_ONCE(irqs_were_off));
	wait_for_completion(&begun);
	flush_work(&work);
	assert_int_equal(atomic_read(&count), 101);
}

/* ---- Callbacks ------------------------------------------------------------------------------------ */

static void tell_from_callback(struct rcu_head *head)
{
	(void)head;
	complete(&told);
}

static void a_callback_ends_a_wait(void **state)
{
	struct rcu_head head;

	(void)state;
	call_rcu(&head, tell_from_callback);
	wait_for_completion(&told);
	assert_false(rcu_has_callbacks());
}

/* ---- Work behind work that waits --------------------------------------------------------------- */

static void tell_begun(struct work_struct *work)
{
	(void)work;
	atomic_inc(&count);
	complete(&begun);
}

static struct work_struct first, second;

/* The only other CPU waits in the first one. */
static void wait_in_first(void)
{
	INIT_WORK(&first, wait_for_end);
	assert_true(queue_work(system_wq, &first));
	wait_for_completion(&begun);
	take_ms(20);
}

static void work_behind_one_that_waits_is_done_when_all_wait(void **state)
{
	(void)state;
	wait_in_first();
	INIT_WORK(&second, tell_begun);
	assert_true(queue_work_on(1, system_wq, &second));
	wait_for_completion(&begun);
	assert_int_equal(atomic_read(&count), 1);
	complete(&told);
	flush_work(&first);
	assert_int_equal(atomic_read(&count), 2);
}

static void a_flush_has_late_work_done_behind_one_that_waits(void **state)
{
	(void)state;
	wait_in_first();
	INIT_WORK(&second, tell_begun);
	assert_true(queue_work_on(1, system_wq, &second));
	second.since -= (WORK_LATE_SECONDS + 1) * 1000000000ULL;
	assert_true(flush_work(&second));
	assert_int_equal(atomic_read(&count), 1);
	complete(&told);
	flush_work(&first);
	assert_int_equal(atomic_read(&count), 2);
}

/* ---- Order -------------------------------------------------------------------------------------------- */

static void an_ordered_queue_keeps_its_order_with_work_of_others(void **state)
{
	struct workqueue_struct *wq = alloc_ordered_workqueue("ordered", 0);
	struct work_struct work;
	unsigned int cpu;

	(void)state;
	INIT_WORK(&work, just_count);
	assert_true(queue_work(wq, &work));
	flush_workqueue(wq);
	cpu = work.cpu;
	begin_work(&busy, cpu == 1 ? 2 : 1, be_busy_polling);
	assert_true(queue_work(wq, &busy.work));
	assert_int_equal(busy.work.cpu, cpu);
	assert_true(queue_work(wq, &work));
	take_ms(5);
	assert_int_equal(atomic_read(&count), 1);
	__atomic_store_n(&busy.end, true, __ATOMIC_RELEASE);
	destroy_workqueue(wq);
	assert_int_equal(atomic_read(&count), 2);
	flush_scheduled_work();
}

#define on(cpus, fn) cmocka_unit_test_setup_teardown(fn, cpus, work_machine_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		on(on_four, work_that_is_cancelled_cannot_begin_anew),
		on(on_four, all_who_cancel_wait_for_the_function),
		on(on_one, work_that_waits_for_readers_is_cancelled_behind_them),
		on(on_four, a_flush_waits_for_the_timer_that_gives_the_work),
		on(on_two, who_calls_a_timer_is_somebody_left),
		on(on_one, a_callback_ends_a_wait),
		on(on_two, work_behind_one_that_waits_is_done_when_all_wait),
		on(on_two, a_flush_has_late_work_done_behind_one_that_waits),
		on(on_four, an_ordered_queue_keeps_its_order_with_work_of_others),
	};

	return cmocka_run_group_tests_name("work_waits", tests, NULL, NULL);
}
