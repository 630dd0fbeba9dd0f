/* SPDX-License-Identifier: MIT */
/* Grace periods: who holds them up, and when what waits is done. */
#include "slab_machine.h"

#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <pthread.h>

static unsigned int done;
static struct rcu_head heads[8];

static void count_done(struct rcu_head *head)
{
	assert_ptr_equal(head, &heads[done]);
	done++;
}

static int make_two_cpus(void **state)
{
	nr_cpu_ids = 2;
	done = 0;
	return make_machine(state);
}

static void callbacks_run_in_order_when_nobody_reads(void **state)
{
	(void)state;
	for (int i = 0; i < 8; i++)
		call_rcu(&heads[i], count_done);
	assert_int_equal(done, 0);
	rcu_poll();
	assert_int_equal(done, 8);
}

/* While it is queued, while its grace period goes on, and while others of its list run. */
static void a_second_call_is_told_and_runs_once(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++)
		call_rcu(&heads[i], count_done);
	call_rcu(&heads[0], count_done);
	call_rcu(&heads[2], count_done);
	call_rcu(&heads[1], count_done);
	assert_int_equal(rcu_double_calls, 3);
	assert_true(host_log_contains("call_rcu(): Double-freed CB "));
	rcu_read_lock();
	rcu_poll();
	call_rcu(&heads[1], count_done);
	call_rcu(&heads[3], count_done);
	assert_int_equal(rcu_double_calls, 4);
	rcu_read_unlock();
	rcu_barrier();
	assert_int_equal(done, 4);
}

static void call_the_next(struct rcu_head *head)
{
	assert_ptr_equal(head, &heads[0]);
	done++;
	call_rcu(&heads[1], count_done);
	call_rcu(&heads[0], count_done);
}

static void a_callback_may_queue_itself_and_no_other_of_its_list(void **state)
{
	(void)state;
	call_rcu(&heads[0], call_the_next);
	call_rcu(&heads[1], count_done);
	rcu_poll();
	assert_int_equal(rcu_double_calls, 1);
	assert_int_equal(done, 2);
	done = 0;
	rcu_barrier();
	assert_int_equal(done, 1);
}

static void call_again(struct rcu_head *head)
{
	done++;
	call_rcu(head, call_again);
}

/* As on Linux: what is queued while it waits is not waited for. */
static void rcu_barrier_ends_though_a_callback_queues_itself_each_time(void **state)
{
	(void)state;
	rcu_barrier();
	call_rcu(&heads[0], call_again);
	for (unsigned int i = 1; i <= 3; i++) {
		rcu_barrier();
		assert_int_equal(done, i);
	}
	rcu_poll();
	rcu_barrier();
	assert_int_equal(done, 5);
}

struct object {
	u64 contents[3];
	struct rcu_head rcu;
};

static void an_object_that_is_given_twice_is_freed_once(void **state)
{
	struct object *a = kmalloc(sizeof(*a), GFP_KERNEL), *b = kmalloc(sizeof(*b), GFP_KERNEL);

	(void)state;
	memset(a, 0xff, sizeof(*a));
	kfree_rcu(a, rcu);
	kfree_rcu(b, rcu);
	kfree_rcu(a, rcu);
	kvfree_rcu(b, rcu);
	assert_int_equal(rcu_double_calls, 2);
	assert_true(host_log_contains("kvfree_call_rcu(): Double-freed call. rcu_head "));
	rcu_barrier();
	assert_int_equal(slab_stats.double_free, 0);
	assert_int_equal(ksize(a) + ksize(b), 0);
	assert_int_equal(slab_stats.double_free, 2);
}

static void a_reader_holds_up_what_was_queued_while_it_reads(void **state)
{
	(void)state;
	rcu_read_lock();
	rcu_read_lock();
	call_rcu(&heads[0], count_done);
	rcu_poll();
	rcu_read_unlock();
	assert_true(rcu_read_lock_held());
	rcu_poll();
	assert_int_equal(done, 0);
	rcu_read_unlock();
	rcu_poll();
	assert_int_equal(done, 1);
}

static void a_reader_of_another_cpu_holds_it_up_until_its_section_ends(void **state)
{
	(void)state;
	host_set_cpu(1);
	rcu_read_lock();
	host_set_cpu(0);
	call_rcu(&heads[0], count_done);
	rcu_poll();
	assert_int_equal(done, 0);
	/* It left and came again: what it sees now it found after the change. */
	host_set_cpu(1);
	rcu_read_unlock();
	rcu_read_lock();
	host_set_cpu(0);
	rcu_poll();
	assert_int_equal(done, 1);
	/* But what is queued now waits for that section. */
	call_rcu(&heads[1], count_done);
	rcu_poll();
	assert_int_equal(done, 1);
	host_set_cpu(1);
	rcu_read_unlock();
	host_set_cpu(0);
	rcu_barrier();
	assert_int_equal(done, 2);
}

struct node {
	u64 value;
	struct rcu_head rcu;
};

static void kfree_rcu_frees_after_a_grace_period(void **state)
{
	struct node *node = kmalloc(sizeof(*node), GFP_KERNEL);

	(void)state;
	rcu_read_lock();
	kfree_rcu(node, rcu);
	rcu_poll();
	node->value = 5;
	rcu_read_unlock();
	rcu_barrier();
	kfree(node);
	assert_int_equal(slab_stats.double_free, 1);
}

static void waiting_inside_a_section_is_warned_of(void **state)
{
	unsigned int before = warn_count;

	(void)state;
	rcu_read_lock();
	synchronize_rcu();
	rcu_barrier();
	rcu_read_unlock();
	rcu_read_unlock();
	assert_int_equal(warn_count, before + 3);
}

static struct node *published;
static bool stop;

/* A reader that finds a freed node has failed. */
static void *read_nodes(void *arg)
{
	host_set_cpu(1);
	while (!READ_ONCE(stop)) {
		rcu_read_lock();
		if (rcu_dereference(published)->value != 42)
			arg = NULL;
		rcu_read_unlock();
	}
	return arg;
}

static void readers_never_see_what_was_freed(void **state)
{
	struct node nodes[2] = {{.value = 42}, {.value = 42}};
	pthread_t thread;
	void *fine;

	(void)state;
	stop = false;
	rcu_assign_pointer(published, &nodes[0]);
	assert_int_equal(pthread_create(&thread, NULL, read_nodes, nodes), 0);
	for (int i = 0; i < 2000; i++) {
		nodes[(i + 1) % 2].value = 42;
		rcu_assign_pointer(published, &nodes[(i + 1) % 2]);
		synchronize_rcu();
		WRITE_ONCE(nodes[i % 2].value, 0xdead);
	}
	WRITE_ONCE(stop, true);
	pthread_join(thread, &fine);
	assert_non_null(fine);
}

static void a_cookie_is_over_when_a_whole_grace_period_is(void **state)
{
	struct rcu_gp_oldstate full;
	unsigned long before, during;

	(void)state;
	assert_true(poll_state_synchronize_rcu(get_completed_synchronize_rcu()));
	before = get_state_synchronize_rcu();
	host_set_cpu(1);
	rcu_read_lock();
	host_set_cpu(0);
	/* It begins now, with the reader in it. */
	during = start_poll_synchronize_rcu();
	assert_true(same_state_synchronize_rcu(before, during));
	assert_false(poll_state_synchronize_rcu(during));
	/* One that is asked for from here on is another. */
	get_state_synchronize_rcu_full(&full);
	assert_false(same_state_synchronize_rcu(full.rgos_norm, during));
	host_set_cpu(1);
	rcu_read_unlock();
	rcu_read_lock();
	host_set_cpu(0);
	assert_true(poll_state_synchronize_rcu(during));
	assert_true(poll_state_synchronize_rcu(before));
	assert_false(poll_state_synchronize_rcu_full(&full));
	host_set_cpu(1);
	rcu_read_unlock();
	host_set_cpu(0);
	cond_synchronize_rcu_full(&full);
	assert_true(poll_state_synchronize_rcu_full(&full));
}

static void waiting_ends_what_is_polled_for_too(void **state)
{
	unsigned long cookie = get_state_synchronize_rcu();

	(void)state;
	synchronize_rcu();
	/* A reader that came after it holds up nothing. */
	rcu_read_lock();
	assert_true(poll_state_synchronize_rcu(cookie));
	assert_false(poll_state_synchronize_rcu(get_state_synchronize_rcu()));
	rcu_read_unlock();
}

static void a_reader_that_lets_others_go_on_ends_its_section(void **state)
{
	(void)state;
	rcu_read_lock();
	call_rcu(&heads[0], count_done);
	rcu_poll();
	assert_int_equal(done, 0);
	cond_resched_rcu();
	assert_true(rcu_read_lock_held());
	rcu_poll();
	assert_int_equal(done, 1);
	rcu_read_unlock();
	assert_false(rcu_read_lock_held());
}

#define rcu_test(f) cmocka_unit_test_setup_teardown(f, make_two_cpus, end_machine)

int main(void)
{
	const struct CMUnitTest tests[] = {
		rcu_test(callbacks_run_in_order_when_nobody_reads),
		rcu_test(a_second_call_is_told_and_runs_once),
		rcu_test(a_callback_may_queue_itself_and_no_other_of_its_list),
		rcu_test(rcu_barrier_ends_though_a_callback_queues_itself_each_time),
		rcu_test(an_object_that_is_given_twice_is_freed_once),
		rcu_test(a_reader_holds_up_what_was_queued_while_it_reads),
		rcu_test(a_reader_of_another_cpu_holds_it_up_until_its_section_ends),
		rcu_test(kfree_rcu_frees_after_a_grace_period),
		rcu_test(waiting_inside_a_section_is_warned_of),
		rcu_test(readers_never_see_what_was_freed),
		rcu_test(a_cookie_is_over_when_a_whole_grace_period_is),
		rcu_test(waiting_ends_what_is_polled_for_too),
		rcu_test(a_reader_that_lets_others_go_on_ends_its_section),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
