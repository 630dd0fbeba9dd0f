// SPDX-License-Identifier: MIT
/*
 * Wait queues without a scheduler. Contract: linux/wait.h.
 *
 * CPUs that spin are counted: up by the waiter, down by who wakes it, both with the
 * queue's lock held. So the count is never behind, and when it reaches the number of
 * CPUs, no wake-up is under way.
 */
#include <linux/cpumask.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <baremm/arch.h>
#include <baremm/panic.h>

#include "wait.h"
#include "workqueue.h"

static atomic_t nr_waiting_cpus;

unsigned int (*timers_due)(void);

void wait_count_idle(void)
{
	atomic_inc(&nr_waiting_cpus);
}

void wait_count_busy(void)
{
	atomic_dec(&nr_waiting_cpus);
}

/* ---- Queues ------------------------------------------------------------------------ */

/* Who is on a queue from now on is seen there before it looks what for: wq_has_sleeper(). */
static void unlock_queue(struct wait_queue_head *wq, unsigned long flags)
{
	spin_unlock_irqrestore(&wq->lock, flags);
	smp_mb();
}

void add_wait_queue(struct wait_queue_head *wq, struct wait_queue_entry *entry)
{
	unsigned long flags;

	spin_lock_irqsave(&wq->lock, flags);
	entry->flags &= ~(unsigned int)WQ_FLAG_EXCLUSIVE;
	__add_wait_queue(wq, entry);
	unlock_queue(wq, flags);
}

void add_wait_queue_exclusive(struct wait_queue_head *wq, struct wait_queue_entry *entry)
{
	unsigned long flags;

	spin_lock_irqsave(&wq->lock, flags);
	entry->flags |= WQ_FLAG_EXCLUSIVE;
	__add_wait_queue_entry_tail(wq, entry);
	unlock_queue(wq, flags);
}

void add_wait_queue_priority(struct wait_queue_head *wq, struct wait_queue_entry *entry)
{
	unsigned long flags;

	spin_lock_irqsave(&wq->lock, flags);
	entry->flags |= WQ_FLAG_EXCLUSIVE | WQ_FLAG_PRIORITY;
	__add_wait_queue(wq, entry);
	unlock_queue(wq, flags);
}

void remove_wait_queue(struct wait_queue_head *wq, struct wait_queue_entry *entry)
{
	unsigned long flags;

	spin_lock_irqsave(&wq->lock, flags);
	list_del_init(&entry->entry);
	spin_unlock_irqrestore(&wq->lock, flags);
}

/* ---- Waking ------------------------------------------------------------------------- */

void wake_waiter(struct wait_queue_entry *entry, unsigned int flags)
{
	unsigned int now = entry->flags;

	if (now & WQ_FLAG_WAITING)
		atomic_dec(&nr_waiting_cpus);
	now &= ~(unsigned int)WQ_FLAG_WAITING;
	__atomic_store_n(&entry->flags, now | flags | WQ_FLAG_WOKEN, __ATOMIC_RELEASE);
}

int autoremove_wake_function(struct wait_queue_entry *entry, unsigned int mode, int flags,
			     void *key)
{
	(void)mode, (void)flags, (void)key;
	list_del_init(&entry->entry);
	wake_waiter(entry, 0);
	return 1;
}

int woken_wake_function(struct wait_queue_entry *entry, unsigned int mode, int flags, void *key)
{
	(void)mode, (void)flags, (void)key;
	/* The waiter changes its flags without the lock. It is not counted as one that waits. */
	__atomic_fetch_or(&entry->flags, WQ_FLAG_WOKEN, __ATOMIC_RELEASE);
	return 1;
}

int wake_up_entries(struct wait_queue_head *wq, unsigned int mode, int nr_exclusive, void *key)
{
	struct wait_queue_entry *entry, *next;
	int nr_woken = 0;

	list_for_each_entry_safe (entry, next, &wq->head, entry) {
		/* Once woken, the entry may be gone. */
		bool exclusive = data_race(entry->flags) & WQ_FLAG_EXCLUSIVE;
		int woken = entry->func(entry, mode, 0, key);

		if (woken < 0)
			break;
		if (woken && exclusive && ++nr_woken == nr_exclusive)
			break;
	}
	return nr_woken;
}

int __wake_up(struct wait_queue_head *wq, unsigned int mode, int nr_exclusive, void *key)
{
	unsigned long flags;
	int nr_woken;

	spin_lock_irqsave(&wq->lock, flags);
	nr_woken = wake_up_entries(wq, mode, nr_exclusive, key);
	spin_unlock_irqrestore(&wq->lock, flags);
	return nr_woken;
}

/* ---- Waiting -------------------------------------------------------------------------- */

void prepare_to_wait(struct wait_queue_head *wq, struct wait_queue_entry *entry, int state)
{
	unsigned long flags;

	(void)state;
	spin_lock_irqsave(&wq->lock, flags);
	entry->flags &= ~(unsigned int)(WQ_FLAG_WOKEN | WQ_FLAG_EXCLUSIVE);
	if (list_empty(&entry->entry))
		__add_wait_queue(wq, entry);
	unlock_queue(wq, flags);
}

bool prepare_to_wait_exclusive(struct wait_queue_head *wq, struct wait_queue_entry *entry,
			       int state)
{
	unsigned long flags;
	bool first;

	(void)state;
	spin_lock_irqsave(&wq->lock, flags);
	entry->flags = (entry->flags & ~(unsigned int)WQ_FLAG_WOKEN) | WQ_FLAG_EXCLUSIVE;
	first = list_empty(&wq->head);
	if (list_empty(&entry->entry))
		__add_wait_queue_entry_tail(wq, entry);
	unlock_queue(wq, flags);
	return first;
}

void finish_wait(struct wait_queue_head *wq, struct wait_queue_entry *entry)
{
	remove_wait_queue(wq, entry);
}

static bool was_told(const struct wait_queue_entry *entry)
{
	return __atomic_load_n(&entry->flags, __ATOMIC_ACQUIRE) & WQ_FLAG_WOKEN;
}

/*
 * Counts this CPU among those that wait, unless it was told already. The last one does
 * not wait: a host that catches the panic goes on without it.
 */
static bool nobody_is_left(struct wait_queue_head *wq, struct wait_queue_entry *entry)
{
	unsigned long flags;
	bool last = false;

	spin_lock_irqsave(&wq->lock, flags);
	if (!(entry->flags & WQ_FLAG_WOKEN)) {
		last = (unsigned int)atomic_inc_return(&nr_waiting_cpus) >= num_online_cpus();
		if (last) {
			atomic_dec(&nr_waiting_cpus);
			list_del_init(&entry->entry);
		} else {
			entry->flags |= WQ_FLAG_WAITING;
		}
	}
	spin_unlock_irqrestore(&wq->lock, flags);
	return last;
}

/*
 * A timer's function or an RCU callback may tell: while there are any, this CPU is not one that
 * waits. A grace period that does not end, since somebody waits in a section, is no reason.
 */
static void wait_for_functions(const struct wait_queue_entry *entry)
{
	unsigned long period = rcu_lists_begun();
	u64 since = arch_clock_ns();

	while (!was_told(entry) && (timers_run() || rcu_has_callbacks())) {
		wait_poll();
		if (period != rcu_lists_begun()) {
			period = rcu_lists_begun();
			since = arch_clock_ns();
		}
		if (arch_clock_ns() - since > SMP_CALL_SECONDS * 1000000000ULL && !timers_run())
			return;
	}
}

/* No more one of those that wait, unless it was told: so that it may work meanwhile. */
static bool stop_waiting(struct wait_queue_head *wq, struct wait_queue_entry *entry)
{
	unsigned long flags;
	bool waits;

	spin_lock_irqsave(&wq->lock, flags);
	waits = !(entry->flags & WQ_FLAG_WOKEN);
	if (waits) {
		entry->flags &= ~(unsigned int)WQ_FLAG_WAITING;
		atomic_dec(&nr_waiting_cpus);
		list_del_init(&entry->entry);
	}
	spin_unlock_irqrestore(&wq->lock, flags);
	return waits;
}

/* False: it was not, but others want this CPU to work. */
static bool wait_parked(struct wait_queue_head *wq, struct wait_queue_entry *entry)
{
	bool told;

	work_park(true);
	while (!(told = was_told(entry)) && !(work_is_asked_for() && stop_waiting(wq, entry)))
		wait_poll();
	work_park(false);
	return told;
}

void wait_until_told(struct wait_queue_head *wq, struct wait_queue_entry *entry,
		     void (*report)(const struct wait_queue_entry *entry))
{
	wait_for_functions(entry);
	if (nobody_is_left(wq, entry)) {
		/* It may be this CPU's own work that is waited for, or what waits behind another's. */
		if (!report && (work_instead_of_waiting() || work_ask_parked())) {
			wait_poll();
			return;
		}
		if (report)
			report(entry);
		panic("deadlock: CPU %d waits, and so do all %u CPUs: nobody is left to wake one",
		      smp_processor_id(), num_online_cpus());
	}
	if (!report) {
		if (!wait_parked(wq, entry))
			work_instead_of_waiting();
		return;
	}
	while (!was_told(entry))
		wait_poll();
}

/* The entry stays on its queue, so that it is told of what comes between two waits. */
long wait_woken(struct wait_queue_entry *entry, unsigned int mode, long timeout)
{
	unsigned long end = jiffies + (unsigned long)timeout;

	(void)mode;
	while (!was_told(entry) && (timeout == MAX_SCHEDULE_TIMEOUT || time_before(jiffies, end)))
		wait_poll();
	__atomic_fetch_and(&entry->flags, ~(unsigned int)WQ_FLAG_WOKEN, __ATOMIC_ACQ_REL);
	if (timeout == MAX_SCHEDULE_TIMEOUT)
		return timeout;
	return max((long)(end - jiffies), 0L);
}

void wait_poll(void)
{
	cond_resched();
	timers_run();
	rcu_poll();
	cpu_relax();
}

void __init wait_reset(void)
{
	atomic_set(&nr_waiting_cpus, 0);
	smp_reset();
	workqueue_reset();
}
