/* SPDX-License-Identifier: MIT */
/* Mutexes, read-write semaphores, semaphores, completions: on one CPU, and on several. */
#include "slab_machine.h"

#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/kref.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>
#include <linux/semaphore.h>
#include <linux/spinlock.h>

#include "cpus.h"

#define CPUS   4
#define ROUNDS 2000

static DEFINE_MUTEX(mutex);
static DECLARE_RWSEM(sem);
static DEFINE_SEMAPHORE(two);
static DECLARE_COMPLETION(began);
static DECLARE_COMPLETION(ended);
static unsigned long count, copy;
static atomic_t inside;

static int make_cpus(void **state)
{
	nr_cpu_ids = CPUS;
	make_machine(state);
	atomic_set(&__num_online_cpus, CPUS);
	mutex_init(&mutex);
	init_rwsem(&sem);
	sema_init(&two, 2);
	init_completion(&began);
	init_completion(&ended);
	count = copy = 0;
	atomic_set(&inside, 0);
	return 0;
}

/* ---- One CPU ---------------------------------------------------------------------------- */

static void take_twice(void *lock)
{
	mutex_lock(lock);
}

static void a_mutex_is_its_takers(void **state)
{
	atomic_t users = ATOMIC_INIT(2);

	(void)state;
	assert_int_equal(mutex_trylock(&mutex), 1);
	assert_int_equal(mutex_trylock(&mutex), 0);
	assert_true(mutex_is_locked(&mutex));
	assert_non_null(strstr(host_expect_panic(take_twice, &mutex), "which it holds"));
	host_log_clear();
	host_set_cpu(1);
	mutex_unlock(&mutex);
	assert_true(host_log_contains("CPU#1 gives back the mutex at"));
	assert_true(host_log_contains("which CPU#0 holds"));
	host_set_cpu(0);
	assert_true(mutex_is_locked(&mutex));
	mutex_unlock(&mutex);
	assert_int_equal(mutex_lock_killable(&mutex), 0);
	mutex_unlock(&mutex);
	assert_int_equal(atomic_dec_and_mutex_lock(&users, &mutex), 0);
	assert_false(mutex_is_locked(&mutex));
	assert_int_equal(atomic_dec_and_mutex_lock(&users, &mutex), 1);
	assert_true(mutex_is_locked(&mutex));
	mutex_unlock(&mutex);
}

static struct kref thing;

static void give_mutex_back(struct kref *kref)
{
	assert_ptr_equal(kref, &thing);
	count++;
	mutex_unlock(&mutex);
}

static void the_last_reference_goes_under_the_mutex(void **state)
{
	(void)state;
	kref_init(&thing);
	kref_get(&thing);
	assert_int_equal(kref_put_mutex(&thing, give_mutex_back, &mutex), 0);
	assert_false(mutex_is_locked(&mutex));
	assert_int_equal(kref_put_mutex(&thing, give_mutex_back, &mutex), 1);
	assert_int_equal(count, 1);
	assert_false(mutex_is_locked(&mutex));
}

static void readers_share_and_a_writer_does_not(void **state)
{
	(void)state;
	down_read(&sem);
	assert_int_equal(down_read_trylock(&sem), 1);
	assert_int_equal(down_write_trylock(&sem), 0);
	up_read(&sem);
	up_read(&sem);
	assert_int_equal(down_write_killable(&sem), 0);
	assert_int_equal(down_read_trylock(&sem), 0);
	downgrade_write(&sem);
	assert_int_equal(down_read_trylock(&sem), 1);
	up_read(&sem);
	up_read(&sem);
	assert_false(rwsem_is_locked(&sem));
	host_log_clear();
	up_read(&sem);
	up_write(&sem);
	assert_int_equal(host_log_count("which nobody"), 2);
	assert_false(rwsem_is_locked(&sem));
}

static void a_semaphore_lets_so_many_in(void **state)
{
	(void)state;
	down(&two);
	assert_int_equal(down_trylock(&two), 0);
	assert_int_equal(down_trylock(&two), 1);
	assert_int_equal(down_timeout(&two, 1), -ETIME);
	up(&two);
	assert_int_equal(down_timeout(&two, 1), 0);
	up(&two);
	up(&two);
}

static void what_is_complete_is_not_waited_for(void **state)
{
	(void)state;
	assert_false(completion_done(&began));
	assert_false(try_wait_for_completion(&began));
	assert_int_equal(wait_for_completion_timeout(&began, 2), 0);
	complete(&began);
	complete(&began);
	assert_true(completion_done(&began));
	wait_for_completion(&began);
	assert_true(wait_for_completion_timeout(&began, 5) >= 1);
	assert_false(try_wait_for_completion(&began));
	complete_all(&began);
	for (int i = 0; i < 5; i++)
		assert_int_equal(wait_for_completion_interruptible(&began), 0);
	assert_true(completion_done(&began));
	reinit_completion(&began);
	assert_false(completion_done(&began));
}

static void raw_and_counted_locks_are_locks(void **state)
{
	static DEFINE_RAW_SPINLOCK(raw);
	atomic_t users = ATOMIC_INIT(2);
	unsigned long flags;

	(void)state;
	raw_spin_lock_irqsave(&raw, flags);
	assert_false(raw_spin_trylock(&raw));
	assert_false(spin_trylock_irqsave(&raw, flags));
	assert_spin_locked(&raw);
	raw_spin_unlock_irqrestore(&raw, flags);
	assert_true(raw_spin_trylock_irqsave(&raw, flags));
	raw_spin_unlock_irqrestore(&raw, flags);
	assert_false(atomic_dec_and_lock(&users, &raw));
	assert_false(spin_is_locked(&raw));
	assert_true(atomic_dec_and_lock(&users, &raw));
	assert_true(spin_is_locked(&raw));
	spin_unlock(&raw);
}

/* ---- Several ------------------------------------------------------------------------------ */

static const char *count_under_mutex(int cpu)
{
	(void)cpu;
	for (int i = 0; i < ROUNDS; i++) {
		mutex_lock(&mutex);
		if (count != copy)
			return "two were inside";
		count++;
		copy++;
		mutex_unlock(&mutex);
	}
	return NULL;
}

static const char *read_or_write(int cpu)
{
	for (int i = 0; i < ROUNDS; i++) {
		bool ok;

		if ((i + cpu) % 4 == 0) {
			down_write(&sem);
			ok = count++ == copy++;
			up_write(&sem);
		} else {
			down_read(&sem);
			ok = count == copy;
			up_read(&sem);
		}
		if (!ok)
			return "a writer was not alone";
	}
	return NULL;
}

static const char *two_at_once(int cpu)
{
	(void)cpu;
	for (int i = 0; i < ROUNDS; i++) {
		int nr;

		down(&two);
		nr = atomic_inc_return(&inside);
		atomic_dec(&inside);
		up(&two);
		if (nr > 2)
			return "three were inside";
	}
	return NULL;
}

/* CPU 0 asks, and waits; the others answer one each. */
static const char *ask_and_answer(int cpu)
{
	if (cpu) {
		wait_for_completion(&began);
		atomic_inc(&inside);
		complete(&ended);
		return NULL;
	}
	complete_all(&began);
	for (int i = 1; i < CPUS; i++)
		wait_for_completion(&ended);
	return atomic_read(&inside) == CPUS - 1 ? NULL : "not all had answered";
}

static void cpus_take_turns_with_a_mutex(void **state)
{
	(void)state;
	run_on_cpus(0, CPUS, count_under_mutex);
	assert_int_equal(count, CPUS * ROUNDS);
	assert_false(mutex_is_locked(&mutex));
}

static void cpus_read_and_write(void **state)
{
	(void)state;
	run_on_cpus(0, CPUS, read_or_write);
	assert_int_equal(count, CPUS * ROUNDS / 4);
	assert_false(rwsem_is_locked(&sem));
}

static void a_semaphore_holds_back_cpus(void **state)
{
	(void)state;
	run_on_cpus(0, CPUS, two_at_once);
	assert_int_equal(atomic_read(&two.count), 2);
}

static void cpus_wait_for_each_other(void **state)
{
	(void)state;
	run_on_cpus(0, CPUS, ask_and_answer);
}

#define cpus_test(f) slab_test_on(make_cpus, f)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cpus_test(a_mutex_is_its_takers),
		cpus_test(the_last_reference_goes_under_the_mutex),
		cpus_test(readers_share_and_a_writer_does_not),
		cpus_test(a_semaphore_lets_so_many_in),
		cpus_test(what_is_complete_is_not_waited_for),
		cpus_test(raw_and_counted_locks_are_locks),
		cpus_test(cpus_take_turns_with_a_mutex),
		cpus_test(cpus_read_and_write),
		cpus_test(a_semaphore_holds_back_cpus),
		cpus_test(cpus_wait_for_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
