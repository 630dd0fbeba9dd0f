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

/* As work_grab(): also from the timer. */
static bool grab(struct delayed_work *dwork)
{
	for (;;) {
		if (work_claim(&dwork->work))
			return false;
		if (del_timer(&dwork->timer) || work_take_back(&dwork->work))
			return true;
		cpu_relax();
	}
}

bool queue_delayed_work_on(int cpu, struct workqueue_struct *wq, struct delayed_work *dwork,
			   unsigned long delay)
{
	if (!work_may_be_given(wq) || !work_claim(&dwork->work))
		return false;
	give_after(cpu, wq, dwork, delay);
	return true;
}

bool mod_delayed_work_on(int cpu, struct workqueue_struct *wq, struct delayed_work *dwork,
			 unsigned long delay)
{
	bool waited = grab(dwork);

	give_after(cpu, wq, dwork, delay);
	return waited;
}

bool cancel_delayed_work(struct delayed_work *dwork)
{
	bool waited = grab(dwork);

	work_release(&dwork->work);
	return waited;
}

bool cancel_delayed_work_sync(struct delayed_work *dwork)
{
	bool waited = grab(dwork);

	work_wait(&dwork->work);
	work_release(&dwork->work);
	return waited;
}

bool flush_delayed_work(struct delayed_work *dwork)
{
	if (del_timer(&dwork->timer))
		work_give_claimed(dwork->cpu, dwork->wq, &dwork->work);
	return flush_work(&dwork->work);
}
