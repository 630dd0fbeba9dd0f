/* SPDX-License-Identifier: MIT */
/* Domains whose readers may wait: a writer returns when those who may see the old have gone. */
#include "slab_machine.h"

#include <linux/mutex.h>
#include <linux/srcu.h>

#include "cpus.h"

#define CPUS   4
#define ROUNDS 3000
#define DEAD   0xdeadUL

DEFINE_STATIC_SRCU(domain);

static int make_cpus(void **state)
{
	nr_cpu_ids = CPUS;
	make_machine(state);
	atomic_set(&__num_online_cpus, CPUS);
	return init_srcu_struct(&domain);
}

static int end_cpus(void **state)
{
	cleanup_srcu_struct(&domain);
	return end_machine(state);
}

static void sections_nest_and_end_on_any_cpu(void **state)
{
	int outer, inner;

	(void)state;
	assert_false(srcu_read_lock_held(&domain));
	synchronize_srcu(&domain);
	outer = srcu_read_lock(&domain);
	inner = srcu_read_lock(&domain);
	host_set_cpu(1);
	srcu_read_unlock(&domain, outer);
	assert_true(srcu_read_lock_held(&domain));
	srcu_read_unlock(&domain, inner);
	host_set_cpu(0);
	assert_false(srcu_read_lock_held(&domain));
	synchronize_srcu_expedited(&domain);
	/* An end without a beginning is refused. */
	srcu_read_unlock(&domain, 0);
	srcu_read_unlock(&domain, 1);
	/* And what no beginning returned. */
	srcu_read_unlock(&domain, -1);
	srcu_read_unlock(&domain, 2);
	assert_false(srcu_read_lock_held(&domain));
	assert_int_equal(srcu_read_lock(&domain), domain.half);
	srcu_read_unlock(&domain, domain.half);
}

struct noted {
	struct rcu_head head;
	int order; /* in which it was called, from 1 */
};

static int calls;
static struct noted notes[3];

static void note(struct rcu_head *head)
{
	container_of(head, struct noted, head)->order = ++calls;
	/* Of the next grace period. */
	if (calls == 2)
		call_srcu(&domain, &notes[2].head, note);
}

static void callbacks_run_in_their_order_once_a_writer_has_waited(void **state)
{
	int idx;

	(void)state;
	calls = 0;
	memset(notes, 0, sizeof(notes));
	idx = srcu_read_lock(&domain);
	call_srcu(&domain, &notes[0].head, note);
	call_srcu(&domain, &notes[1].head, note);
	srcu_read_unlock(&domain, idx);
	assert_int_equal(calls, 0);
	synchronize_srcu(&domain);
	assert_int_equal(calls, 2);
	assert_int_equal(notes[0].order, 1);
	assert_int_equal(notes[1].order, 2);
	srcu_barrier(&domain);
	assert_int_equal(notes[2].order, 3);
	srcu_barrier(&domain);
	assert_int_equal(calls, 3);
}

/* The last of these while its list runs. */
static void note_and_call_again(struct rcu_head *head)
{
	note(head);
	call_srcu(&domain, &notes[1].head, note);
}

static void a_second_call_is_told_and_runs_once(void **state)
{
	(void)state;
	calls = 2;
	rcu_double_calls = 0;
	host_log_clear();
	call_srcu(&domain, &notes[0].head, note_and_call_again);
	call_srcu(&domain, &notes[1].head, note);
	call_srcu(&domain, &notes[0].head, note);
	call_srcu(&domain, &notes[1].head, note);
	assert_int_equal(rcu_double_calls, 2);
	assert_true(host_log_contains("call_srcu(): Leaked duplicate callback"));
	synchronize_srcu(&domain);
	assert_int_equal(rcu_double_calls, 3);
	srcu_barrier(&domain);
	assert_int_equal(calls, 4);
	host_log_clear();
}

static void an_end_with_callbacks_that_wait_is_warned_of(void **state)
{
	(void)state;
	calls = 0;
	host_log_clear();
	call_srcu(&domain, &notes[0].head, note);
	cleanup_srcu_struct(&domain);
	assert_true(host_log_contains("WARNING"));
	host_log_clear();
	srcu_barrier(&domain);
	assert_int_equal(calls, 1);
}

static void wait_for_itself(void *ssp)
{
	int idx = srcu_read_lock(ssp);

	synchronize_srcu(ssp);
	srcu_read_unlock(ssp, idx);
}

static void a_reader_that_waits_for_itself_is_named(void **state)
{
	DEFINE_STATIC_SRCU(own);

	(void)state;
	atomic_set(&__num_online_cpus, 1);
	assert_non_null(strstr(host_expect_panic(wait_for_itself, &own), "nobody is left"));
	host_log_clear();
}

/* ---- Several CPUs ------------------------------------------------------------------------- */

static unsigned long values[ROUNDS], *current_value;
static struct rcu_head heads[ROUNDS];
static DEFINE_MUTEX(slow);
static atomic_t readers_left;

static void take_away(struct rcu_head *head)
{
	WRITE_ONCE(values[head - heads], DEAD);
}

static const char *read_or_write(int cpu)
{
	unsigned long last = 0;

	while (cpu && atomic_read(&readers_left)) {
		int idx = srcu_read_lock(&domain);
		const unsigned long *value = srcu_dereference(current_value, &domain);

		/* The section waits, for another reader. */
		mutex_lock(&slow);
		mutex_unlock(&slow);
		if (READ_ONCE(*value) == DEAD)
			return "what a section sees was taken away";
		if (READ_ONCE(*value) < last)
			return "a section sees what was replaced before it began";
		last = READ_ONCE(*value);
		srcu_read_unlock(&domain, idx);
	}
	if (cpu)
		return NULL;
	for (unsigned long i = 1; i < ROUNDS; i++) {
		unsigned long *old = current_value;

		values[i] = i;
		rcu_assign_pointer(current_value, &values[i]);
		/* By turns, so that a grace period has its own and those that were queued. */
		if (i % 2) {
			call_srcu(&domain, &heads[i - 1], take_away);
			continue;
		}
		synchronize_srcu(&domain);
		WRITE_ONCE(*old, DEAD);
	}
	srcu_barrier(&domain);
	atomic_set(&readers_left, 0);
	return NULL;
}

static void nobody_sees_what_was_taken_away(void **state)
{
	(void)state;
	values[0] = 0;
	current_value = &values[0];
	mutex_init(&slow);
	atomic_set(&readers_left, 1);
	run_on_cpus(0, CPUS, read_or_write);
	assert_false(srcu_read_lock_held(&domain));
	assert_int_equal(*current_value, ROUNDS - 1);
	for (unsigned long i = 0; i < ROUNDS - 1; i++)
		assert_int_equal(values[i], DEAD);
}

#define test(name) cmocka_unit_test_setup_teardown(name, make_cpus, end_cpus)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(sections_nest_and_end_on_any_cpu),
		test(callbacks_run_in_their_order_once_a_writer_has_waited),
		test(a_second_call_is_told_and_runs_once),
		test(an_end_with_callbacks_that_wait_is_warned_of),
		test(a_reader_that_waits_for_itself_is_named),
		test(nobody_sees_what_was_taken_away),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
