// SPDX-License-Identifier: MIT
/* Grace periods of a domain whose readers may wait. Contract: linux/srcu.h. */
#include <linux/srcu.h>

#include <linux/bug.h>
#include <linux/rcupdate.h>

#include "../rcu_list.h"

int init_srcu_struct(struct srcu_struct *ssp)
{
	mutex_init(&ssp->writers);
	init_waitqueue_head(&ssp->wait);
	ssp->readers[0] = ssp->readers[1] = 0;
	ssp->half = 0;
	ssp->waiting = ssp->running = NULL;
	return 0;
}

int srcu_read_lock(struct srcu_struct *ssp)
{
	unsigned long flags;
	int half;

	spin_lock_irqsave(&ssp->wait.lock, flags);
	half = ssp->half;
	ssp->readers[half]++;
	spin_unlock_irqrestore(&ssp->wait.lock, flags);
	return half;
}

/* Under the lock: the writer who sees nobody left may free it all. */
void srcu_read_unlock(struct srcu_struct *ssp, int idx)
{
	unsigned long flags;

	if (WARN_ON_ONCE(idx & ~1))
		return;
	spin_lock_irqsave(&ssp->wait.lock, flags);
	if (!WARN_ON_ONCE(!ssp->readers[idx]) && !--ssp->readers[idx])
		wake_up_locked(&ssp->wait);
	spin_unlock_irqrestore(&ssp->wait.lock, flags);
}

static unsigned long readers_in(struct srcu_struct *ssp, int half)
{
	unsigned long flags, nr;

	spin_lock_irqsave(&ssp->wait.lock, flags);
	nr = ssp->readers[half];
	spin_unlock_irqrestore(&ssp->wait.lock, flags);
	return nr;
}

int srcu_read_lock_held(const struct srcu_struct *ssp)
{
	struct srcu_struct *s = (struct srcu_struct *)(uintptr_t)ssp; /* its lock is taken */

	return readers_in(s, 0) || readers_in(s, 1);
}

void cleanup_srcu_struct(struct srcu_struct *ssp)
{
	WARN_ON(srcu_read_lock_held(ssp) || ssp->waiting);
	mutex_destroy(&ssp->writers);
}

void call_srcu(struct srcu_struct *ssp, struct rcu_head *head, rcu_callback_t func)
{
	unsigned long flags;
	bool listed;

	spin_lock_irqsave(&ssp->wait.lock, flags);
	listed = rcu_looks_listed(head) &&
		 (rcu_list_has(ssp->waiting, head) || rcu_list_has(ssp->running, head));
	if (!listed)
		rcu_add_last(&ssp->waiting, &ssp->last, head, func);
	spin_unlock_irqrestore(&ssp->wait.lock, flags);
	if (WARN(listed, "call_srcu(): Leaked duplicate callback %px->%pS()\n", (void *)head,
		 (void *)(unsigned long)func))
		__atomic_fetch_add(&rcu_double_calls, 1, __ATOMIC_RELAXED);
}

static struct rcu_head *take_running(struct srcu_struct *ssp)
{
	struct rcu_head *head;
	unsigned long flags;

	spin_lock_irqsave(&ssp->wait.lock, flags);
	head = rcu_take_first(&ssp->running);
	spin_unlock_irqrestore(&ssp->wait.lock, flags);
	return head;
}

/*
 * The other half is empty: the last one to wait for it saw to that. Callbacks queued until now
 * are run before the next writer's turn, who then knows that they have.
 */
void synchronize_srcu(struct srcu_struct *ssp)
{
	struct rcu_head *head;
	unsigned long flags;
	int half;

	mutex_lock(&ssp->writers);
	spin_lock_irqsave(&ssp->wait.lock, flags);
	half = ssp->half;
	ssp->half = !half;
	ssp->running = ssp->waiting;
	ssp->waiting = NULL;
	spin_unlock_irqrestore(&ssp->wait.lock, flags);
	wait_event(ssp->wait, !readers_in(ssp, half));
	/* In the order that they were queued in. */
	while ((head = take_running(ssp)))
		head->func(head);
	mutex_unlock(&ssp->writers);
}
