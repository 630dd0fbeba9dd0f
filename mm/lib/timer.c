// SPDX-License-Identifier: MIT
/* Timers that CPUs look for where they wait. Contract: linux/timer.h. */
#include <linux/timer.h>

#include <linux/bug.h>
#include <linux/preempt.h>
#include <linux/smp.h>
#include <linux/spinlock.h>

#include "../wait.h"
#include "../workqueue.h"

static DEFINE_SPINLOCK_RANK(timer_lock, LOCK_RANK_LEAF);
static struct rb_root_cached waiting = RB_ROOT_CACHED;
static struct timer_list *running; /* its function is called now: it may be gone */
static unsigned int timers;	   /* TIMERS_*: as of the last time without the lock */

static unsigned int run_due(void);

/* ---- Under the lock ------------------------------------------------------------------------ */

static bool is_sooner(struct rb_node *a, const struct rb_node *b)
{
	return time_before(rb_entry(a, struct timer_list, entry)->expires,
			   rb_entry(b, struct timer_list, entry)->expires);
}

static void put(struct timer_list *timer, unsigned long expires)
{
	timer->expires = expires;
	WRITE_ONCE(timer->waits, true);
	rb_add_cached(&timer->entry, &waiting, is_sooner);
	WRITE_ONCE(timers_due, run_due);
}

static int take(struct timer_list *timer)
{
	if (!timer->waits)
		return 0;
	rb_erase_cached(&timer->entry, &waiting);
	WRITE_ONCE(timer->waits, false);
	return 1;
}

static struct timer_list *first_waiting(void)
{
	struct rb_node *node = rb_first_cached(&waiting);

	return node ? rb_entry(node, struct timer_list, entry) : NULL;
}

/* Who finds that there is none sees what the last function did. */
static void unlock_timers(unsigned long flags)
{
	unsigned int now = (first_waiting() ? TIMERS_WAIT : 0) | (running ? TIMERS_RUN : 0);

	__atomic_store_n(&timers, now, __ATOMIC_RELEASE);
	spin_unlock_irqrestore(&timer_lock, flags);
}

/* ---- Setting ---------------------------------------------------------------------------------- */

enum when { ALWAYS, WAITING, SOONER };

static int change_timer(struct timer_list *timer, unsigned long expires, enum when when)
{
	unsigned long flags;
	bool set;
	int waited;

	spin_lock_irqsave(&timer_lock, flags);
	waited = timer->waits;
	set = timer->function && (when != WAITING || waited) &&
	      (when != SOONER || !waited || time_before(expires, timer->expires));
	if (set) {
		take(timer);
		put(timer, expires);
	}
	unlock_timers(flags);
	/* A CPU that sleeps since before would not see it. */
	if (set)
		work_kick_idle();
	return waited;
}

int mod_timer(struct timer_list *timer, unsigned long expires)
{
	return change_timer(timer, expires, ALWAYS);
}

int mod_timer_pending(struct timer_list *timer, unsigned long expires)
{
	return change_timer(timer, expires, WAITING);
}

int timer_reduce(struct timer_list *timer, unsigned long expires)
{
	return change_timer(timer, expires, SOONER);
}

void add_timer(struct timer_list *timer)
{
	if (WARN_ON(timer_pending(timer)))
		return;
	mod_timer(timer, timer->expires);
}

/* ---- Taking back --------------------------------------------------------------------------------- */

/* -1: its function runs, and @try. @last: it has no function from now on. */
static int take_back(struct timer_list *timer, bool try, bool last)
{
	unsigned long flags;
	int waited = -1;

	spin_lock_irqsave(&timer_lock, flags);
	if (!try || running != timer)
		waited = take(timer);
	if (last)
		timer->function = NULL;
	unlock_timers(flags);
	return waited;
}

int timer_delete(struct timer_list *timer)
{
	return take_back(timer, false, false);
}

int try_to_del_timer_sync(struct timer_list *timer)
{
	return take_back(timer, true, false);
}

static int take_back_wait(struct timer_list *timer, bool last)
{
	int waited;

	while ((waited = take_back(timer, true, last)) < 0) {
		smp_call_poll();
		cpu_relax();
	}
	return waited;
}

int timer_delete_sync(struct timer_list *timer)
{
	return take_back_wait(timer, false);
}

int timer_shutdown(struct timer_list *timer)
{
	return take_back(timer, false, true);
}

int timer_shutdown_sync(struct timer_list *timer)
{
	return take_back_wait(timer, true);
}

/* ---- Calling ---------------------------------------------------------------------------------------- */

/* With the lock held, which is given back meanwhile; TIMER_IRQSAFE: interrupts stay off. */
static void call_timer(struct timer_list *timer, unsigned long *flags)
{
	void (*function)(struct timer_list * timer) = timer->function;
	unsigned long off = arch_local_irq_save();

	take(timer);
	running = timer;
	unlock_timers(timer->flags & TIMER_IRQSAFE ? off : *flags);
	preempt_count_add(SOFTIRQ_OFFSET);
	work_keep_off(true);
	function(timer);
	work_keep_off(false);
	preempt_count_sub(SOFTIRQ_OFFSET);
	spin_lock_irqsave(&timer_lock, off);
	running = NULL;
}

/* Those that were due when it began, so that one that sets itself again does not keep the CPU. */
static unsigned int run_due(void)
{
	unsigned int any = __atomic_load_n(&timers, __ATOMIC_ACQUIRE);
	unsigned long flags, now = jiffies;
	struct timer_list *first;

	if (!any || in_interrupt())
		return any;
	spin_lock_irqsave(&timer_lock, flags);
	while (!running && (first = first_waiting()) && time_after_eq(now, first->expires))
		call_timer(first, &flags);
	unlock_timers(flags);
	return READ_ONCE(timers);
}

bool run_timers(void)
{
	return run_due() & TIMERS_WAIT;
}

/* ---- Whole seconds -------------------------------------------------------------------------------------- */

/* Up, or down where that is nearer and @up is not asked for, but to what is to come still. */
static unsigned long whole_second(unsigned long j, bool up)
{
	unsigned long rest = j % HZ, rounded = j - rest + HZ;

	if (!rest || (rest < HZ / 4 && !up))
		rounded = j - rest;
	return time_after(rounded, jiffies) ? rounded : j;
}

unsigned long round_jiffies(unsigned long j)
{
	return whole_second(j, false);
}

unsigned long round_jiffies_relative(unsigned long j)
{
	unsigned long now = jiffies;

	return whole_second(j + now, false) - now;
}

unsigned long round_jiffies_up(unsigned long j)
{
	return whole_second(j, true);
}

unsigned long round_jiffies_up_relative(unsigned long j)
{
	unsigned long now = jiffies;

	return whole_second(j + now, true) - now;
}
