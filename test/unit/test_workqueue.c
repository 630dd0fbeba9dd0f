/* SPDX-License-Identifier: MIT */
/* Work for any CPU, in queues: on CPUs that take it, and on one that is alone. */
#include "work_machine.h"

#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/hardirq.h>
#include <linux/rcupdate.h>
#include <linux/workqueue.h>

#define CPUS 4
#define MANY 60

static atomic_t done, order, at_once, most, told;

static int with_cpus(unsigned int cpus)
{
	atomic_set(&done, 0);
	atomic_set(&order, 0);
	atomic_set(&at_once, 0);
	atomic_set(&most, 0);
	atomic_set(&told, 0);
	return work_machine_make(cpus);
}

static int many_cpus(void **state)
{
	(void)state;
	return with_cpus(CPUS);
}

static int one_alone(void **state)
{
	(void)state;
	return with_cpus(1);
}

struct item {
	struct work_struct work;
	int place;
	unsigned int cpu;
	int again; /* how often it gives itself again */
	struct workqueue_struct *wq;
	struct item *other;
	struct rcu_work rcu;
};
static struct item items[MANY];

static void take_place(struct work_struct *work)
{
	struct item *item = container_of(work, struct item, work);
	int now = atomic_inc_return(&at_once);

	if (now > atomic_read(&most))
		atomic_set(&most, now);
	item->place = atomic_inc_return(&order);
	item->cpu = (unsigned int)smp_processor_id();
	for (int i = 0; i < 200; i++)
		cpu_relax();
	atomic_dec(&at_once);
	atomic_inc(&done);
}

static void make_items(work_func_t func)
{
	for (int i = 0; i < MANY; i++) {
		items[i] = (struct item){};
		INIT_WORK(&items[i].work, func);
	}
}

/* ---- Queues -------------------------------------------------------------------------------- */

static void all_work_of_a_queue_is_done_by_its_end(void **state)
{
	struct workqueue_struct *wq = alloc_workqueue("all-%d", WQ_MEM_RECLAIM, 0, 7);

	(void)state;
	assert_non_null(wq);
	make_items(take_place);
	for (int i = 0; i < MANY; i++)
		assert_true(queue_work(wq, &items[i].work));
	flush_workqueue(wq);
	assert_int_equal(atomic_read(&done), MANY);
	for (int i = 0; i < MANY; i++)
		assert_false(work_pending(&items[i].work));
	assert_true(queue_work_on(1, wq, &items[0].work));
	assert_true(queue_work_node(0, wq, &items[1].work));
	destroy_workqueue(wq);
	assert_int_equal(atomic_read(&done), MANY + 2);
}

/* In the order in which they were given, none beside another. */
static void ordered_work_is_done_one_by_one(void **state)
{
	struct workqueue_struct *wq = alloc_ordered_workqueue("ordered", 0);

	(void)state;
	make_items(take_place);
	for (int i = 0; i < MANY; i++)
		assert_true(queue_work_on(i % CPUS, wq, &items[i].work));
	drain_workqueue(wq);
	for (int i = 0; i < MANY; i++)
		assert_int_equal(items[i].place, i + 1);
	assert_int_equal(atomic_read(&most), 1);
	destroy_workqueue(wq);
	wq = alloc_workqueue("one", WQ_UNBOUND, 1);
	for (int i = 0; i < MANY; i++)
		queue_work(wq, &items[i].work);
	destroy_workqueue(wq);
	assert_int_equal(items[MANY - 1].place, 2 * MANY);
	assert_int_equal(atomic_read(&most), 1);
}

static struct busy_work busy[CPUS];

static void idle_cpus_get_the_work(void **state)
{
	(void)state;
	make_items(take_place);
	begin_busy_work(&busy[1], 1);
	begin_busy_work(&busy[3], 3);
	for (int i = 0; i < 5; i++) {
		assert_true(schedule_work(&items[i].work));
		assert_true(flush_work(&items[i].work) || items[i].place);
		assert_int_equal(items[i].cpu, 2);
	}
	end_busy_work(&busy[1]);
	end_busy_work(&busy[3]);
	flush_scheduled_work();
}

static void work_that_waits_is_given_once(void **state)
{
	(void)state;
	make_items(take_place);
	for (int cpu = 1; cpu < CPUS; cpu++)
		begin_busy_work(&busy[cpu], cpu);
	assert_true(schedule_work(&items[0].work));
	assert_false(schedule_work(&items[0].work));
	assert_true(work_pending(&items[0].work));
	assert_int_equal(work_busy(&items[0].work), WORK_BUSY_PENDING);
	assert_int_equal(work_busy(&busy[1].work), WORK_BUSY_RUNNING);
	for (int cpu = 1; cpu < CPUS; cpu++)
		end_busy_work(&busy[cpu]);
	flush_work(&items[0].work);
	assert_int_equal(atomic_read(&done), 1);
	assert_int_equal(work_busy(&items[0].work), 0);
}

/* ---- The function's own ------------------------------------------------------------------------ */

static void free_itself(struct work_struct *work)
{
	assert_ptr_equal(current_work(), work);
	kfree(container_of(work, struct item, work));
	atomic_inc(&done);
}

static void a_function_may_free_its_work(void **state)
{
	struct workqueue_struct *wq = create_workqueue("freed");

	(void)state;
	for (int i = 0; i < MANY; i++) {
		struct item *item = kzalloc(sizeof(*item), GFP_KERNEL);

		INIT_WORK(&item->work, free_itself);
		assert_true(queue_work(wq, &item->work));
	}
	destroy_workqueue(wq);
	assert_int_equal(atomic_read(&done), MANY);
	assert_null(current_work());
}

static void give_again(struct work_struct *work)
{
	struct item *item = container_of(work, struct item, work);

	assert_false(work_pending(work));
	item->cpu |= 1U << smp_processor_id();
	assert_int_equal(atomic_inc_return(&at_once), 1);
	if (item->again-- > 0)
		assert_true(queue_work(item->wq, work));
	/* What is given while it runs does not begin within it. */
	if (item->other) {
		queue_work(item->wq, &item->other->work);
		flush_work(&item->other->work);
	}
	atomic_dec(&at_once);
	atomic_inc(&done);
}

static void just_count(struct work_struct *work)
{
	(void)work;
	atomic_inc(&order);
}

static void a_function_may_give_its_work_again(void **state)
{
	struct workqueue_struct *wq = alloc_workqueue("again", 0, 0);

	(void)state;
	make_items(just_count);
	INIT_WORK(&items[0].work, give_again);
	items[0].wq = wq;
	items[0].again = 20;
	items[0].other = &items[1];
	assert_true(queue_work(wq, &items[0].work));
	drain_workqueue(wq);
	assert_int_equal(atomic_read(&done), 21);
	assert_int_equal(atomic_read(&order), 21);
	/* While it runs it is its CPU's, so that it runs on one at a time. */
	assert_int_equal(hweight32(items[0].cpu), 1);
	destroy_workqueue(wq);
}

static void again_at_once(struct work_struct *work)
{
	struct item *item = container_of(work, struct item, work);

	if (item->again-- > 0)
		assert_true(schedule_work_on(smp_processor_id(), work));
	atomic_inc(&done);
}

static void a_flush_waits_for_work_that_gives_itself_again(void **state)
{
	(void)state;
	make_items(again_at_once);
	for (int round = 1; round <= 4000; round++) {
		items[0].again = round % 7;
		atomic_set(&done, 0);
		assert_true(schedule_work_on(1 + round % (CPUS - 1), &items[0].work));
		flush_work(&items[0].work);
		assert_int_equal(atomic_read(&done), round % 7 + 1);
		assert_false(work_pending(&items[0].work));
	}
}

static struct workqueue_struct *drained;

static void give_while_drained(struct work_struct *work)
{
	(void)work;
	while (!atomic_read(&told))
		cond_resched();
	assert_true(queue_work(drained, &items[1].work));
}

static void drain_in_work(struct work_struct *work)
{
	(void)work;
	drain_workqueue(drained);
}

static void only_its_own_work_gives_to_a_queue_that_is_drained(void **state)
{
	struct work_struct drain;

	(void)state;
	drained = alloc_workqueue("drained", 0, 0);
	make_items(take_place);
	INIT_WORK(&items[0].work, give_while_drained);
	assert_true(queue_work_on(1, drained, &items[0].work));
	INIT_WORK(&drain, drain_in_work);
	assert_true(schedule_work_on(2, &drain));
	while (!host_log_contains("workqueue: drained is given work while it is drained")) {
		queue_work(drained, &items[2].work);
		cond_resched();
	}
	assert_false(queue_work(drained, &items[3].work));
	atomic_set(&told, 1);
	flush_work(&drain);
	assert_int_not_equal(items[1].place, 0);
	assert_true(queue_work(drained, &items[3].work));
	destroy_workqueue(drained);
	assert_int_not_equal(items[3].place, 0);
}

/* ---- Taking back --------------------------------------------------------------------------------- */

static void work_is_taken_back_before_it_begins(void **state)
{
	struct workqueue_struct *wq = alloc_workqueue("taken", 0, 0);

	(void)state;
	make_items(take_place);
	begin_busy_work(&busy[1], 1);
	for (int i = 0; i < 5; i++)
		assert_true(queue_work_on(1, wq, &items[i].work));
	assert_true(cancel_work(&items[0].work));
	assert_true(cancel_work_sync(&items[4].work));
	assert_true(cancel_work(&items[2].work));
	assert_false(cancel_work(&items[2].work));
	assert_false(cancel_work_sync(&items[30].work));
	assert_true(queue_work_on(1, wq, &items[4].work));
	end_busy_work(&busy[1]);
	destroy_workqueue(wq);
	assert_int_equal(atomic_read(&done), 3);
	assert_int_equal(items[0].place + items[2].place, 0);
	assert_int_equal(items[4].place, 3);
}

static void run_until_told(struct work_struct *work)
{
	struct item *item = container_of(work, struct item, work);

	atomic_inc(&at_once);
	while (!atomic_read(&order))
		cond_resched();
	/* It is being taken back: nobody gives it. */
	item->again = queue_work(item->wq, work);
	atomic_inc(&done);
}

static void tell(struct work_struct *work)
{
	(void)work;
	for (int i = 0; i < 1000; i++)
		cpu_relax();
	atomic_set(&order, 1);
}

static void taking_back_waits_for_what_runs(void **state)
{
	struct work_struct later;

	(void)state;
	make_items(run_until_told);
	items[0].wq = system_wq;
	assert_true(queue_work_on(1, system_wq, &items[0].work));
	while (!atomic_read(&at_once))
		cpu_relax();
	INIT_WORK(&later, tell);
	assert_true(schedule_work_on(2, &later));
	assert_false(cancel_work_sync(&items[0].work));
	assert_int_equal(atomic_read(&done), 1);
	assert_int_equal(items[0].again, 0);
	flush_work(&later);
	flush_scheduled_work();
	assert_int_equal(atomic_read(&done), 1);
}

/* ---- Alone ------------------------------------------------------------------------------------------ */

static DECLARE_COMPLETION(finished);

static void finish_it(struct work_struct *work)
{
	(void)work;
	complete(&finished);
}
static DECLARE_WORK(finishing, finish_it);

static void wait_without_work(void *arg)
{
	wait_for_completion(arg);
}

static void a_cpu_that_is_alone_does_its_work_where_it_waits(void **state)
{
	struct workqueue_struct *wq = create_singlethread_workqueue("alone");

	(void)state;
	make_items(take_place);
	reinit_completion(&finished);
	assert_true(schedule_work(&items[0].work));
	assert_true(schedule_work(&finishing));
	assert_int_equal(atomic_read(&done), 0);
	wait_for_completion(&finished);
	assert_int_equal(atomic_read(&done), 1);
	assert_non_null(strstr(host_expect_panic(wait_without_work, &finished), "deadlock"));
	queue_work(wq, &items[0].work);
	assert_true(flush_work(&items[0].work));
	queue_work(wq, &items[1].work);
	queue_work(wq, &items[2].work);
	flush_workqueue(wq);
	assert_int_equal(atomic_read(&done), 4);
	assert_false(workqueue_congested(WORK_CPU_UNBOUND, wq));
	queue_work(wq, &items[1].work);
	queue_work(wq, &items[2].work);
	assert_true(workqueue_congested(WORK_CPU_UNBOUND, wq));
	destroy_workqueue(wq);
	assert_int_equal(atomic_read(&done), 6);
}

/* Work of the queue within work that waits for it: one that is ordered waits for its turn. */
static void ordered_within(struct work_struct *work)
{
	struct item *item = container_of(work, struct item, work);

	assert_int_equal(atomic_inc_return(&at_once), 1);
	if (item->other) {
		assert_true(schedule_work(&item->other->work));
		assert_true(flush_work(&item->other->work));
		assert_int_equal(item->other->place, 1);
	}
	atomic_dec(&at_once);
	atomic_inc(&done);
}

static void note_only(struct work_struct *work)
{
	container_of(work, struct item, work)->place = atomic_inc_return(&order);
}

static void ordered_work_does_not_begin_within_another(void **state)
{
	struct workqueue_struct *wq = alloc_ordered_workqueue("within", 0);

	(void)state;
	make_items(ordered_within);
	INIT_WORK(&items[2].work, note_only);
	items[0].other = &items[2];
	queue_work(wq, &items[0].work);
	queue_work(wq, &items[1].work);
	destroy_workqueue(wq);
	assert_int_equal(atomic_read(&done), 2);
}

/* ---- Other kinds -------------------------------------------------------------------------------------- */

static struct execute_work executed;

static void work_is_done_at_once_where_it_may_sleep(void **state)
{
	(void)state;
	INIT_WORK(&executed.work, just_count);
	assert_int_equal(execute_in_process_context(just_count, &executed), 0);
	assert_int_equal(atomic_read(&order), 1);
	irq_enter();
	assert_int_equal(execute_in_process_context(just_count, &executed), 1);
	irq_exit();
	flush_scheduled_work();
	assert_int_equal(atomic_read(&order), 2);
}

static void count_rcu(struct work_struct *work)
{
	assert_ptr_equal(to_rcu_work(work), &items[0].rcu);
	atomic_inc(&order);
}

static void work_comes_after_a_grace_period(void **state)
{
	(void)state;
	INIT_RCU_WORK(&items[0].rcu, count_rcu);
	assert_false(flush_rcu_work(&items[0].rcu));
	rcu_read_lock();
	assert_true(queue_rcu_work(system_wq, &items[0].rcu));
	assert_false(queue_rcu_work(system_wq, &items[0].rcu));
	flush_scheduled_work();
	assert_int_equal(atomic_read(&order), 0);
	rcu_read_unlock();
	assert_true(flush_rcu_work(&items[0].rcu));
	assert_int_equal(atomic_read(&order), 1);
}

#define on_many(fn)  cmocka_unit_test_setup_teardown(fn, many_cpus, work_machine_end)
#define on_alone(fn) cmocka_unit_test_setup_teardown(fn, one_alone, work_machine_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_many(all_work_of_a_queue_is_done_by_its_end),
		on_many(ordered_work_is_done_one_by_one),
		on_many(idle_cpus_get_the_work),
		on_many(work_that_waits_is_given_once),
		on_many(a_function_may_free_its_work),
		on_alone(a_function_may_free_its_work),
		on_many(a_function_may_give_its_work_again),
		on_alone(a_function_may_give_its_work_again),
		on_many(a_flush_waits_for_work_that_gives_itself_again),
		on_many(only_its_own_work_gives_to_a_queue_that_is_drained),
		on_many(work_is_taken_back_before_it_begins),
		on_many(taking_back_waits_for_what_runs),
		on_alone(a_cpu_that_is_alone_does_its_work_where_it_waits),
		on_alone(ordered_work_does_not_begin_within_another),
		on_alone(work_is_done_at_once_where_it_may_sleep),
		on_alone(work_comes_after_a_grace_period),
	};

	return cmocka_run_group_tests_name("workqueue", tests, NULL, NULL);
}
