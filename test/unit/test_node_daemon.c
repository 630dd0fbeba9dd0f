/* SPDX-License-Identifier: MIT */
/* Who does what a node is asked for in the background: its CPU, or who polls. */
#include "percpu_machine.h"

#include "daemon_cpus.h"

#include <linux/cpumask.h>

#include "../../mm/node_daemon.h"
#include "../../mm/wait.h"

#define CPUS 3

static struct node_daemon daemon;
static int ran_on[NR_CPUS];
static bool hold; /* the daemon's work does not end */
static bool at_it;

static void do_work(pg_data_t *pgdat)
{
	bool wanted;

	assert_ptr_equal(pgdat, NODE_DATA(0));
	spin_lock(&daemon.lock);
	wanted = node_daemon_take(&daemon);
	spin_unlock(&daemon.lock);
	if (!wanted)
		return;
	__atomic_store_n(&at_it, true, __ATOMIC_RELEASE);
	while (__atomic_load_n(&hold, __ATOMIC_ACQUIRE))
		cpu_relax();
	__atomic_fetch_add(&ran_on[smp_processor_id()], 1, __ATOMIC_RELEASE);
}

static void run(struct work_struct *work)
{
	assert_ptr_equal(work, &daemon.work);
	node_daemon_run(&daemon, NODE_DATA(0), do_work);
}

static void ask(void)
{
	spin_lock(&daemon.lock);
	node_daemon_ask(&daemon);
	spin_unlock(&daemon.lock);
	node_daemon_wake(&daemon);
}

static void poll(void)
{
	node_daemon_poll(&daemon, NODE_DATA(0), do_work);
}

static int runs_on(int cpu)
{
	return __atomic_load_n(&ran_on[cpu], __ATOMIC_ACQUIRE);
}

static void wait_for(const bool *flag)
{
	while (!__atomic_load_n(flag, __ATOMIC_ACQUIRE))
		cpu_relax();
}

static int machine(void **state)
{
	(void)state;
	percpu_machine_make(SZ_64M, 1, CPUS);
	wait_reset();
	memset(ran_on, 0, sizeof(ran_on));
	hold = at_it = false;
	node_daemon_init(&daemon, run);
	return 0;
}

static int two_cpus(void **state)
{
	machine(state);
	start_daemon_cpu(1);
	daemon.cpu = NODE_DATA(0)->kswapd.cpu;
	assert_int_equal(daemon.cpu, 1);
	return 0;
}

static int machine_end(void **state)
{
	(void)state;
	host_cpus_stop();
	percpu_reset();
	slab_machine_end();
	return 0;
}

/* ---- One CPU ------------------------------------------------------------------------------ */

static void on_one_cpu_it_is_done_when_somebody_polls(void **state)
{
	(void)state;
	poll();
	assert_int_equal(runs_on(0), 0);
	ask();
	ask();
	assert_int_equal(runs_on(0), 0);
	poll();
	poll();
	assert_int_equal(runs_on(0), 1);
}

static void a_boot_cpu_that_is_alone_is_no_daemons(void **state)
{
	(void)state;
	node_daemons_place();
	assert_int_equal(NODE_DATA(0)->kswapd.cpu, -1);
	assert_int_equal(NODE_DATA(0)->kcompactd.cpu, -1);
	assert_false(host_log_contains("kswapd0"));
}

/* ---- Two ---------------------------------------------------------------------------------- */

static void a_cpu_that_has_nothing_else_to_do_does_it(void **state)
{
	(void)state;
	for (int i = 1; i <= 100; i++) {
		ask();
		while (runs_on(1) < i)
			cpu_relax();
	}
	assert_int_equal(runs_on(0), 0);
}

static void polls_leave_it_to_the_cpu_that_is_at_it(void **state)
{
	(void)state;
	hold = true;
	ask();
	wait_for(&at_it);
	ask();
	poll();
	assert_int_equal(runs_on(0), 0);
	/* What it is asked for meanwhile it does next. */
	__atomic_store_n(&hold, false, __ATOMIC_RELEASE);
	while (runs_on(1) < 2)
		cpu_relax();
	assert_int_equal(runs_on(0), 0);
}

static void where_that_cpu_is_busy_who_polls_does_it(void **state)
{
	struct busy_work busy;

	(void)state;
	begin_busy_work(&busy, 1);
	ask();
	poll();
	assert_int_equal(runs_on(0), 1);
	end_busy_work(&busy);
	flush_work(&daemon.work);
	assert_int_equal(runs_on(1), 0);
}

static void a_busy_cpu_does_it_next(void **state)
{
	struct busy_work busy;

	(void)state;
	begin_busy_work(&busy, 1);
	ask();
	end_busy_work(&busy);
	flush_work(&daemon.work);
	assert_int_equal(runs_on(1), 1);
}

static void two_cpus_are_not_at_it_at_once(void **state)
{
	struct busy_work busy;

	(void)state;
	begin_busy_work(&busy, 1);
	ask();
	daemon.runs = true;
	poll();
	assert_int_equal(runs_on(0), 0);
	daemon.runs = false;
	end_busy_work(&busy);
	flush_work(&daemon.work);
	assert_int_equal(runs_on(1), 1);
}

/* ---- Work that is given again ------------------------------------------------------------- */

struct again {
	struct work_struct work;
	int left;
};

static void give_again(struct work_struct *work)
{
	struct again *a = container_of(work, struct again, work);

	assert_false(more_work_waits());
	if (!--a->left)
		return;
	assert_true(schedule_work_on(smp_processor_id(), work));
	assert_false(schedule_work_on(smp_processor_id(), work));
	assert_true(more_work_waits());
}

static void work_that_runs_may_be_given_again_to_its_cpu_alone(void **state)
{
	struct again a = {.left = 5};
	struct busy_work busy;

	(void)state;
	INIT_WORK(&a.work, give_again);
	assert_true(schedule_work_on(1, &a.work));
	assert_true(flush_work(&a.work) || !a.left);
	assert_int_equal(a.left, 0);
	begin_busy_work(&busy, 1);
	assert_true(work_is_underway(&busy.work));
	assert_false(schedule_work_on(0, &busy.work));
	end_busy_work(&busy);
	assert_false(work_is_underway(&busy.work));
}

int main(void)
{
#define with(name, setup) cmocka_unit_test_setup_teardown(name, setup, machine_end)
	const struct CMUnitTest tests[] = {
		with(on_one_cpu_it_is_done_when_somebody_polls, machine),
		with(a_boot_cpu_that_is_alone_is_no_daemons, machine),
		with(a_cpu_that_has_nothing_else_to_do_does_it, two_cpus),
		with(polls_leave_it_to_the_cpu_that_is_at_it, two_cpus),
		with(where_that_cpu_is_busy_who_polls_does_it, two_cpus),
		with(a_busy_cpu_does_it_next, two_cpus),
		with(two_cpus_are_not_at_it_at_once, two_cpus),
		with(work_that_runs_may_be_given_again_to_its_cpu_alone, two_cpus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
