/* SPDX-License-Identifier: MIT */
/* Waits for bits and variables, and what else may be done with a wait queue. */
#include "slab_machine.h"

#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/wait.h>
#include <linux/wait_bit.h>

#include "cpus.h"

#define CPUS   3
#define ROUNDS 500
#define LOCK   5
#define BUSY   40

static unsigned long word, shared[2];
static atomic_t users;
static unsigned long count, copy;
static DECLARE_WAIT_QUEUE_HEAD(queue);
static bool ready;

static int make_cpus(void **state)
{
	nr_cpu_ids = CPUS;
	make_machine(state);
	atomic_set(&__num_online_cpus, CPUS);
	word = count = copy = 0;
	ready = false;
	init_waitqueue_head(&queue);
	return 0;
}

/* ---- One CPU ------------------------------------------------------------------------------ */

static void what_is_clear_is_not_waited_for(void **state)
{
	(void)state;
	word = ~(1UL << BUSY);
	assert_int_equal(wait_on_bit(&word, BUSY, TASK_UNINTERRUPTIBLE), 0);
	assert_int_equal(wait_on_bit_io(&word, BUSY, TASK_KILLABLE), 0);
	assert_int_equal(wait_on_bit_timeout(&word, BUSY, TASK_INTERRUPTIBLE, 1), 0);
	assert_int_equal(wait_on_bit_lock(&word, BUSY, TASK_IDLE), 0);
	assert_true(word == ~0UL);
	clear_and_wake_up_bit(BUSY, &word);
	assert_int_equal(wait_on_bit_lock_io(&word, BUSY, TASK_UNINTERRUPTIBLE), 0);
	assert_true(test_and_clear_wake_up_bit(BUSY, &word));
	assert_false(test_and_clear_wake_up_bit(BUSY, &word));
	wait_var_event(&word, true);
	assert_int_equal(wait_var_event_killable(&word, true), 0);
	assert_int_equal(wait_var_event_interruptible(&word, true), 0);
	assert_true(wait_var_event_timeout(&word, true, 5) >= 1);
}

static int tries;

static int give_up_after_three(struct wait_bit_key *key, int mode)
{
	assert_ptr_equal(key->flags, &word);
	assert_int_equal(key->bit_nr, BUSY);
	assert_int_equal(mode, TASK_INTERRUPTIBLE);
	assert_false(list_empty(&bit_waitqueue(&word, BUSY)->head));
	return ++tries == 3 ? -EINTR : 0;
}

static void waits_end_with_their_time_or_action(void **state)
{
	u64 begin = ktime_get_ns();

	(void)state;
	word = 1UL << BUSY;
	assert_int_equal(wait_on_bit_timeout(&word, BUSY, TASK_UNINTERRUPTIBLE, 2), -EAGAIN);
	assert_true(ktime_get_ns() - begin >= NSEC_PER_SEC / HZ);
	assert_int_equal(wait_var_event_timeout(&word, word == 0, 2), 0);
	tries = 0;
	assert_int_equal(wait_on_bit_action(&word, BUSY, give_up_after_three, TASK_INTERRUPTIBLE),
			 -EINTR);
	assert_int_equal(tries, 3);
	tries = 0;
	assert_int_equal(
		wait_on_bit_lock_action(&word, BUSY, give_up_after_three, TASK_INTERRUPTIBLE),
		-EINTR);
	assert_int_equal(tries, 3);
	assert_true(list_empty(&bit_waitqueue(&word, BUSY)->head));
}

static void wait_for_ever(void *arg)
{
	wait_on_bit(arg, BUSY, TASK_UNINTERRUPTIBLE);
}

static void a_wait_that_nobody_can_end_is_a_panic(void **state)
{
	(void)state;
	word = 1UL << BUSY;
	assert_non_null(strstr(host_expect_panic(wait_for_ever, &word), "deadlock"));
}

/* Only the waiter of that word and bit is told; the one that takes the bit ends it. */
static void waking_finds_its_waiters(void **state)
{
	DEFINE_WAIT_BIT(other_bit, &word, BUSY + 1);
	DEFINE_WAIT_BIT(first, &word, BUSY);
	DEFINE_WAIT_BIT(second, &word, BUSY);
	struct wait_queue_head *wq = bit_waitqueue(&word, BUSY);

	(void)state;
	word = 0;
	prepare_to_wait(wq, &other_bit.wq_entry, TASK_UNINTERRUPTIBLE);
	prepare_to_wait_exclusive(wq, &first.wq_entry, TASK_UNINTERRUPTIBLE);
	prepare_to_wait_exclusive(wq, &second.wq_entry, TASK_UNINTERRUPTIBLE);
	__set_bit(BUSY, &word);
	wake_up_bit(&word, BUSY);
	assert_false(first.wq_entry.flags & WQ_FLAG_WOKEN);
	__clear_bit(BUSY, &word);
	wake_up_bit(&word, BUSY);
	assert_true(first.wq_entry.flags & WQ_FLAG_WOKEN);
	assert_false(second.wq_entry.flags & WQ_FLAG_WOKEN);
	assert_false(other_bit.wq_entry.flags & WQ_FLAG_WOKEN);
	finish_wait(wq, &other_bit.wq_entry);
	finish_wait(wq, &second.wq_entry);
	assert_true(list_empty(&wq->head));
}

static void priority_waiters_come_first(void **state)
{
	struct wait_queue_entry plain, late, first;

	(void)state;
	init_wait_entry(&plain, 0);
	init_wait_entry(&late, WQ_FLAG_EXCLUSIVE);
	init_wait(&first);
	add_wait_queue(&queue, &plain);
	assert_true(wq_has_single_sleeper(&queue));
	add_wait_queue_priority(&queue, &first);
	assert_false(wq_has_single_sleeper(&queue));
	add_wait_queue(&queue, &late);
	assert_ptr_equal(queue.head.next, &first.entry);
	assert_ptr_equal(queue.head.next->next, &late.entry);
	wake_up(&queue);
	assert_true(first.flags & WQ_FLAG_WOKEN);
	assert_false(plain.flags & WQ_FLAG_WOKEN);
	wake_up_poll(&queue, 4);
	assert_true(plain.flags & WQ_FLAG_WOKEN);
	assert_true(list_empty(&queue.head));
}

static void woken_waits_forget_and_do_not_miss(void **state)
{
	DEFINE_WAIT_FUNC(entry, woken_wake_function);

	(void)state;
	add_wait_queue(&queue, &entry);
	wake_up(&queue);
	assert_int_equal(wait_woken(&entry, TASK_UNINTERRUPTIBLE, MAX_SCHEDULE_TIMEOUT),
			 MAX_SCHEDULE_TIMEOUT);
	assert_int_equal(wait_woken(&entry, TASK_UNINTERRUPTIBLE, 1), 0);
	wake_up_all(&queue);
	assert_true(wait_woken(&entry, TASK_UNINTERRUPTIBLE, 1000) > 0);
	remove_wait_queue(&queue, &entry);
	assert_true(list_empty(&queue.head));
}

static void timed_waits_on_a_queue(void **state)
{
	(void)state;
	assert_int_equal(wait_event_hrtimeout(queue, false, NSEC_PER_MSEC), -ETIME);
	assert_int_equal(wait_event_interruptible_hrtimeout(queue, true, 0), 0);
	spin_lock_irq(&queue.lock);
	assert_int_equal(wait_event_lock_irq_timeout(queue, false, queue.lock, 1), 0);
	assert_true(spin_is_locked(&queue.lock));
	assert_true(wait_event_interruptible_lock_irq_timeout(queue, true, queue.lock, 1) >= 1);
	assert_int_equal(wait_event_interruptible_locked_irq(queue, true), 0);
	spin_unlock_irq(&queue.lock);
	assert_int_equal(wait_event_idle_exclusive_timeout(queue, false, 1), 0);
}

/* ---- Several CPUs --------------------------------------------------------------------------- */

/* A bit is a mutex; another of the same word is one of its own. */
static const char *count_under_a_bit(int cpu)
{
	for (int round = 0; round < ROUNDS; round++) {
		unsigned long had;

		if (wait_on_bit_lock(&word, LOCK, TASK_UNINTERRUPTIBLE))
			return "a lock is not got";
		had = count;
		if (copy != had)
			return "somebody else has the bit, too";
		count = had + 1;
		copy = had + 1;
		clear_and_wake_up_bit(LOCK, &word);
		if (cpu == 0 && (wait_on_bit_lock(&word, BUSY, TASK_UNINTERRUPTIBLE) ||
				 !test_and_clear_wake_up_bit(BUSY, &word)))
			return "the other bit is not got";
	}
	return NULL;
}

static void a_bit_lets_one_in(void **state)
{
	(void)state;
	run_on_cpus(0, CPUS, count_under_a_bit);
	assert_int_equal(count, CPUS * ROUNDS);
	assert_int_equal(word, 0);
}

/* CPU 0 waits for the others' references to go, and for what one of them stores last. */
static const char *drop_or_wait(int cpu)
{
	if (cpu) {
		while (!READ_ONCE(ready))
			cpu_relax();
		__atomic_fetch_add(&shared[0], 1, __ATOMIC_RELAXED);
		if (atomic_dec_and_wake_up(&users))
			store_release_wake_up(&shared[1], 1UL);
		return NULL;
	}
	WRITE_ONCE(ready, true);
	wait_var_event(&users, !atomic_read(&users));
	if (shared[0] != CPUS - 1)
		return "not all have been";
	wait_var_event(&shared[1], smp_load_acquire(&shared[1]));
	return NULL;
}

static void variables_are_waited_for(void **state)
{
	(void)state;
	shared[0] = shared[1] = 0;
	atomic_set(&users, CPUS - 1);
	run_on_cpus(0, CPUS, drop_or_wait);
}

/* CPU 1 tells CPU 0 of each step, which takes it with the queue's entry left in place. */
static const char *step_or_wait(int cpu)
{
	DEFINE_WAIT_FUNC(entry, woken_wake_function);

	if (cpu) {
		for (int round = 0; round < ROUNDS; round++) {
			__atomic_fetch_add(&count, 1, __ATOMIC_SEQ_CST);
			wake_up(&queue);
			cpu_relax();
		}
		return NULL;
	}
	add_wait_queue(&queue, &entry);
	while (__atomic_load_n(&count, __ATOMIC_SEQ_CST) < ROUNDS)
		wait_woken(&entry, TASK_UNINTERRUPTIBLE, MAX_SCHEDULE_TIMEOUT);
	remove_wait_queue(&queue, &entry);
	return NULL;
}

static void steps_are_not_missed(void **state)
{
	(void)state;
	run_on_cpus(0, 2, step_or_wait);
}

static int befores, afters;

static const char *set_or_wait(int cpu)
{
	if (cpu) {
		while (!waitqueue_active(&queue))
			cpu_relax();
		WRITE_ONCE(ready, true);
		wake_up(&queue);
		return NULL;
	}
	wait_event_cmd(queue, READ_ONCE(ready), befores++, afters++);
	return befores == afters ? NULL : "not each wait has both";
}

static void commands_stand_around_each_wait(void **state)
{
	(void)state;
	befores = afters = 0;
	run_on_cpus(0, 2, set_or_wait);
	wait_event_cmd(queue, true, befores = -1, afters = -1);
	assert_int_equal(befores, afters);
	assert_true(befores >= 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		slab_test_on(make_cpus, what_is_clear_is_not_waited_for),
		slab_test_on(make_cpus, waits_end_with_their_time_or_action),
		slab_test(a_wait_that_nobody_can_end_is_a_panic),
		slab_test_on(make_cpus, waking_finds_its_waiters),
		slab_test_on(make_cpus, priority_waiters_come_first),
		slab_test_on(make_cpus, woken_waits_forget_and_do_not_miss),
		slab_test_on(make_cpus, timed_waits_on_a_queue),
		slab_test_on(make_cpus, a_bit_lets_one_in),
		slab_test_on(make_cpus, variables_are_waited_for),
		slab_test_on(make_cpus, steps_are_not_missed),
		slab_test_on(make_cpus, commands_stand_around_each_wait),
	};

	return cmocka_run_group_tests_name("wait_bit", tests, NULL, NULL);
}
