// SPDX-License-Identifier: MIT
/* Work that is given when a time has come. Contract: linux/workqueue.h. */
#include "../workqueue.h"

#include <linux/jiffies.h>
#include <linux/timer.h>

/*
 * It is claimed from the call on: by its timer while that waits, and while its function runs,
 * by the CPU's list after that.
 */
void delayed_work_timer_fn(struct timer_list *timer)
{
	struct delayed_work *dwork = from_timer(dwork, timer, timer);

	work_give_claimed(dwork->cpu, dwork->wq, &dwork->work);
}

static void give_after(int cpu, struct workqueue_struct *wq, struct delayed_work *dwork,
		       unsigned long delay)
{
	dwork->wq = wq;
	dwork->cpu = cpu;
	if (delay)
		mod_timer(&dwork->timer, jiffies + delay);
	else
		work_give_claimed(cpu, wq, &dwork->work);
}

bool queue_delayed_work_on(int cpu, struct workqueue_struct *wq, struct delayed_work *dwork,
			   unsigned long delay)
{
	unsigned long flags;
	bool claimed;

	if (!work_may_be_given(wq))
		return false;
	flags = arch_local_irq_save();
	claimed = work_claim(&dwork->work);
	if (claimed)
		give_after(cpu, wq, dwork, delay);
	arch_local_irq_restore(flags);
	return claimed;
}

bool mod_delayed_work_on(int cpu, struct workqueue_struct *wq, struct delayed_work *dwork,
			 unsigned long delay)
{
	unsigned long flags;
	int waited = work_grab(&dwork->work, &dwork->timer, &flags);

	if (waited >= 0) {
		give_after(cpu, wq, dwork, delay);
		arch_local_irq_restore(flags);
	}
	return waited;
}

bool cancel_delayed_work(struct delayed_work *dwork)
{
	return work_cancel(&dwork->work, &dwork->timer);
}

bool cancel_delayed_work_sync(struct delayed_work *dwork)
{
	return work_cancel_sync(&dwork->work, &dwork->timer);
}

bool flush_delayed_work(struct delayed_work *dwork)
{
	unsigned long flags = arch_local_irq_save();

	/* If its time has come it is given once the timer's function is over. */
	if (del_timer_sync(&dwork->timer))
		work_give_claimed(dwork->cpu, dwork->wq, &dwork->work);
	arch_local_irq_restore(flags);
	return flush_work(&dwork->work);
}
