// SPDX-License-Identifier: MIT
/* Queues of work that is waited for together. Contract: linux/workqueue.h. */
#include "../workqueue.h"

#include <linux/bug.h>
#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/topology.h>

#define STATIC_QUEUE(what)                                   \
	{                                                    \
		.name = (what), .max_active = WQ_DFL_ACTIVE, \
		.flush = __MUTEX_INITIALIZER(shared.flush),  \
	}
static struct workqueue_struct shared = STATIC_QUEUE("events");

struct workqueue_struct *system_wq = &shared;
struct workqueue_struct *system_highpri_wq = &shared;
struct workqueue_struct *system_long_wq = &shared;
struct workqueue_struct *system_unbound_wq = &shared;
struct workqueue_struct *system_freezable_wq = &shared;
struct workqueue_struct *system_power_efficient_wq = &shared;
struct workqueue_struct *system_freezable_power_efficient_wq = &shared;

struct workqueue_struct *alloc_workqueue(const char *fmt, unsigned int flags, int max_active, ...)
{
	struct workqueue_struct *wq = kzalloc(sizeof(*wq), GFP_KERNEL);
	va_list args;

	if (!wq)
		return NULL;
	va_start(args, max_active);
	vsnprintf(wq->name, sizeof(wq->name), fmt, args);
	va_end(args);
	if (flags & WQ_UNBOUND && max_active == 1)
		flags |= __WQ_ORDERED;
	wq->flags = flags;
	wq->max_active = max_active ? max_active : WQ_DFL_ACTIVE;
	mutex_init(&wq->flush);
	return wq;
}

void destroy_workqueue(struct workqueue_struct *wq)
{
	drain_workqueue(wq);
	kfree(wq);
}

/* ---- Giving ------------------------------------------------------------------------------- */

/* All of an ordered queue's work is done by the CPU that its first was given to. */
static unsigned int ordered_cpu(struct workqueue_struct *wq)
{
	static DEFINE_SPINLOCK_RANK(lock, LOCK_RANK_LEAF);
	unsigned long flags;

	spin_lock_irqsave(&lock, flags);
	if (!wq->placed)
		wq->cpu = work_cpu();
	wq->placed = true;
	spin_unlock_irqrestore(&lock, flags);
	return wq->cpu;
}

bool work_may_be_given(const struct workqueue_struct *wq)
{
	return !WARN(atomic_read(&wq->drainers) && !work_is_of(wq),
		     "workqueue: %s is given work while it is drained\n", wq->name);
}

void work_give_claimed(int cpu, struct workqueue_struct *wq, struct work_struct *work)
{
	unsigned int on = (unsigned int)cpu;

	if (wq->flags & __WQ_ORDERED)
		on = ordered_cpu(wq);
	else if (on >= nr_cpu_ids || !cpu_online(on))
		on = work_cpu();
	work_give(on, wq, work);
}

bool queue_work_on(int cpu, struct workqueue_struct *wq, struct work_struct *work)
{
	unsigned long flags;
	bool claimed;

	if (!work_may_be_given(wq))
		return false;
	flags = arch_local_irq_save();
	claimed = work_claim(work);
	if (claimed)
		work_give_claimed(cpu, wq, work);
	arch_local_irq_restore(flags);
	return claimed;
}

bool queue_work_node(int node, struct workqueue_struct *wq, struct work_struct *work)
{
	unsigned int cpu;

	for_each_online_cpu (cpu)
		if (cpu_to_node((int)cpu) == node)
			return queue_work_on((int)cpu, wq, work);
	return queue_work(wq, work);
}

/* ---- Waiting -------------------------------------------------------------------------------- */

static bool counts_none(const struct workqueue_struct *wq, unsigned int color)
{
	return !atomic_read_acquire(&wq->nr[color]);
}

/* Who finds another at it, who may be himself, further out, waits until there is nothing at all. */
void flush_workqueue(struct workqueue_struct *wq)
{
	u64 since = arch_clock_ns();
	unsigned int color;

	while (!mutex_trylock(&wq->flush)) {
		if (counts_none(wq, 0) && counts_none(wq, 1))
			return;
		work_wait_once(since);
	}
	color = wq->color;
	/* What came just when the last flush began may be counted there. */
	while (!counts_none(wq, !color))
		work_wait_once(since);
	WRITE_ONCE(wq->color, !color);
	while (!counts_none(wq, color))
		work_wait_once(since);
	mutex_unlock(&wq->flush);
}

void drain_workqueue(struct workqueue_struct *wq)
{
	atomic_inc_return(&wq->drainers);
	do
		flush_workqueue(wq);
	while (!counts_none(wq, 0) || !counts_none(wq, 1));
	atomic_dec(&wq->drainers);
}

bool workqueue_congested(int cpu, struct workqueue_struct *wq)
{
	(void)cpu;
	return atomic_read(&wq->nr[0]) + atomic_read(&wq->nr[1]) > READ_ONCE(wq->max_active);
}

void workqueue_set_max_active(struct workqueue_struct *wq, int max_active)
{
	if (WARN_ON(wq->flags & __WQ_ORDERED_EXPLICIT))
		return;
	WRITE_ONCE(wq->max_active, max_active);
}

/* ---- Work of other kinds ---------------------------------------------------------------------- */

int execute_in_process_context(work_func_t fn, struct execute_work *ew)
{
	if (!in_interrupt()) {
		fn(&ew->work);
		return 0;
	}
	INIT_WORK(&ew->work, fn);
	schedule_work(&ew->work);
	return 1;
}

static void give_rcu_work(struct rcu_head *rcu)
{
	struct rcu_work *rwork = container_of(rcu, struct rcu_work, rcu);

	work_give_claimed(WORK_CPU_UNBOUND, rwork->wq, &rwork->work);
}

bool queue_rcu_work(struct workqueue_struct *wq, struct rcu_work *rwork)
{
	if (!work_claim(&rwork->work))
		return false;
	rwork->wq = wq;
	call_rcu(&rwork->rcu, give_rcu_work);
	return true;
}

bool flush_rcu_work(struct rcu_work *rwork)
{
	if (!work_pending(&rwork->work))
		return flush_work(&rwork->work);
	rcu_barrier();
	flush_work(&rwork->work);
	return true;
}
