/* SPDX-License-Identifier: MIT */
/* Work for a chosen CPU. Contract: linux/workqueue.h. */
#include <linux/workqueue.h>

#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <baremm/arch.h>
#include <baremm/panic.h>

#include "wait.h"
#include "workqueue.h"

/* What a CPU does: on its stack, within what it does while that waits. Its work may be gone. */
struct running {
	struct work_struct *work;
	work_func_t func;
	struct workqueue_struct *wq;
	unsigned int color;
	struct running *outer;
};

struct cpu_queue {
	spinlock_t lock;
	bool idle;   /* the CPU waits for work, and is counted as one that waits */
	bool takes;  /* it is in cpu_work_loop() */
	bool calls;  /* it is in a timer's function */
	bool parked; /* it waits for something else, and can do work meanwhile */
	bool asked;  /* ... and is to */
	struct work_struct *first, *last;
	struct running *running; /* NULL: no work */
};
static DEFINE_PER_CPU_ALIGNED(struct cpu_queue, cpu_queue) = {
	.lock = __SPIN_LOCK_UNLOCKED_RANK(LOCK_RANK_LEAF),
};

/* ---- Taking ------------------------------------------------------------------------- */

/* With the queue's lock held. Another work may have come by the memory meanwhile. */
static bool runs_in(const struct cpu_queue *q, const struct work_struct *work)
{
	for (const struct running *r = q->running; r; r = r->outer)
		if (r->work == work && r->func == work->func)
			return true;
	return false;
}

/* May it begin within what runs? Not within itself, nor another of its ordered queue. */
static bool may_begin(const struct cpu_queue *q, const struct work_struct *work)
{
	if (work->wq && work->wq->flags & __WQ_ORDERED)
		for (const struct running *r = q->running; r; r = r->outer)
			if (r->wq == work->wq)
				return false;
	return !runs_in(q, work);
}

/* Takes the work behind @before, NULL: the first, off the list. */
static void unlink_work(struct cpu_queue *q, struct work_struct *before, struct work_struct *work)
{
	if (before)
		before->next = work->next;
	else
		__atomic_store_n(&q->first, work->next, __ATOMIC_RELAXED);
	if (q->last == work)
		q->last = before;
}

/* The first that may begin, and what is before it. */
static struct work_struct *first_to_begin(const struct cpu_queue *q, struct work_struct **before)
{
	struct work_struct *work;

	*before = NULL;
	for (work = q->first; work && !may_begin(q, work); work = work->next)
		*before = work;
	return work;
}

/* It is in @r, and can be given again from here on; false: none. */
static bool take_work(struct cpu_queue *q, struct running *r)
{
	struct work_struct *work, *before;
	unsigned long flags;

	if (!READ_ONCE(q->first))
		return false;
	spin_lock_irqsave(&q->lock, flags);
	work = first_to_begin(q, &before);
	if (work) {
		unlink_work(q, before, work);
		*r = (struct running){work, work->func, work->wq, work->color, q->running};
		WRITE_ONCE(q->running, r);
		__atomic_store_n(&work->state, WORK_IDLE, __ATOMIC_RELEASE);
	}
	spin_unlock_irqrestore(&q->lock, flags);
	return work;
}

/* False: it was in another state. */
static bool change_state(struct work_struct *work, u8 from, u8 to)
{
	return __atomic_compare_exchange_n(&work->state, &from, to, false, __ATOMIC_ACQ_REL,
					   __ATOMIC_RELAXED);
}

/* False: there was none that may begin. */
static bool do_one_work(void)
{
	struct cpu_queue *q = this_cpu_ptr(&cpu_queue);
	unsigned long flags;
	struct running r;

	if (!take_work(q, &r))
		return false;
	r.func(r.work);
	spin_lock_irqsave(&q->lock, flags);
	WRITE_ONCE(q->running, r.outer);
	spin_unlock_irqrestore(&q->lock, flags);
	if (r.wq)
		atomic_dec_return_release(&r.wq->nr[r.color]);
	return true;
}

/* ---- Instead of waiting ------------------------------------------------------------------ */

bool work_instead_of_waiting(void)
{
	return do_one_work();
}

void work_park(bool parked)
{
	struct cpu_queue *q = this_cpu_ptr(&cpu_queue);
	unsigned long flags;

	spin_lock_irqsave(&q->lock, flags);
	WRITE_ONCE(q->parked, parked);
	WRITE_ONCE(q->asked, false);
	spin_unlock_irqrestore(&q->lock, flags);
}

bool work_is_asked_for(void)
{
	return READ_ONCE(this_cpu_ptr(&cpu_queue)->asked);
}

/* False: it is not parked, or has no work that may begin. */
static bool ask(struct cpu_queue *q)
{
	struct work_struct *before;
	unsigned long flags;
	bool asked;

	if (!READ_ONCE(q->parked) || !READ_ONCE(q->first))
		return false;
	spin_lock_irqsave(&q->lock, flags);
	asked = q->parked && first_to_begin(q, &before);
	if (asked)
		WRITE_ONCE(q->asked, true);
	spin_unlock_irqrestore(&q->lock, flags);
	return asked;
}

bool work_ask_parked(void)
{
	bool any = false;
	unsigned int cpu;

	for_each_online_cpu (cpu)
		any |= ask(&per_cpu(cpu_queue, cpu));
	return any;
}

/* ---- Idle CPUs ----------------------------------------------------------------------------- */

/* Says that this CPU waits, unless there is work already. */
static bool begin_idle(struct cpu_queue *q)
{
	unsigned long flags;
	bool idle;

	spin_lock_irqsave(&q->lock, flags);
	if (!q->first && !q->idle) {
		q->idle = true;
		wait_count_idle();
	}
	idle = q->idle;
	spin_unlock_irqrestore(&q->lock, flags);
	return idle;
}

/* Calls timers that are due, as a CPU that is busy, for all that others know. Does any wait? */
static bool look_for_timers(struct cpu_queue *q)
{
	unsigned long flags;

	if (!READ_ONCE(timers_due))
		return false;
	spin_lock_irqsave(&q->lock, flags);
	if (q->idle)
		wait_count_busy();
	q->idle = false;
	spin_unlock_irqrestore(&q->lock, flags);
	return timers_run() & TIMERS_WAIT;
}

void cpu_work_loop(const bool *stop)
{
	struct cpu_queue *q = this_cpu_ptr(&cpu_queue);

	WRITE_ONCE(q->takes, true);
	while (!stop || !__atomic_load_n(stop, __ATOMIC_ACQUIRE)) {
		unsigned long flags;

		cond_resched();
		if (look_for_timers(q)) {
			do_one_work();
			continue;
		}
		if (do_one_work() || !begin_idle(q))
			continue;
		/* What comes after the look is an interrupt, and ends the rest. */
		flags = arch_local_irq_save();
		if (!READ_ONCE(q->first) && !smp_is_asked())
			arch_cpu_idle();
		arch_local_irq_restore(flags);
	}
	WRITE_ONCE(q->takes, false);
}

/* ---- Giving ------------------------------------------------------------------------------ */

bool work_claim(struct work_struct *work)
{
	return change_state(work, WORK_IDLE, WORK_CLAIMED);
}

void work_release(struct work_struct *work)
{
	__atomic_store_n(&work->state, WORK_IDLE, __ATOMIC_RELEASE);
}

/* Does it wait for a CPU? Claimed work waits for something else, if at all. */
static bool is_queued(const struct work_struct *work)
{
	return __atomic_load_n(&work->state, __ATOMIC_ACQUIRE) == WORK_QUEUED;
}

/* What a look finds; one alone, as work may begin, or its function give it again, between two. */
struct place {
	bool runs, queued;
	bool busy; /* its CPU does some work */
};

/* On the CPU that it was given to last. */
static struct place look_for(const struct work_struct *work)
{
	struct cpu_queue *q = &per_cpu(cpu_queue, READ_ONCE(work->cpu));
	struct place place;
	unsigned long flags;

	spin_lock_irqsave(&q->lock, flags);
	place = (struct place){runs_in(q, work), is_queued(work), q->running};
	spin_unlock_irqrestore(&q->lock, flags);
	return place;
}

static bool runs(const struct work_struct *work)
{
	return look_for(work).runs;
}

static void put_in_queue(unsigned int cpu, struct work_struct *work)
{
	struct cpu_queue *q = &per_cpu(cpu_queue, cpu);
	unsigned long flags;

	WRITE_ONCE(work->cpu, cpu);
	WRITE_ONCE(work->since, arch_clock_ns());
	work->next = NULL;
	spin_lock_irqsave(&q->lock, flags);
	__atomic_store_n(&work->state, WORK_QUEUED, __ATOMIC_RELEASE);
	if (q->first)
		q->last->next = work;
	else
		__atomic_store_n(&q->first, work, __ATOMIC_RELAXED);
	q->last = work;
	if (q->idle)
		wait_count_busy();
	q->idle = false;
	spin_unlock_irqrestore(&q->lock, flags);
	if (cpu != (unsigned int)smp_processor_id())
		arch_send_call_ipi(cpu);
}

void work_give(unsigned int cpu, struct workqueue_struct *wq, struct work_struct *work)
{
	if (work->cpu != cpu && !(wq && wq->flags & __WQ_ORDERED) && runs(work))
		cpu = work->cpu;
	work->wq = wq;
	if (wq) {
		work->color = (u8)READ_ONCE(wq->color);
		atomic_inc(&wq->nr[work->color]);
	}
	put_in_queue(cpu, work);
}

/* Claimed work. */
static bool give_to(unsigned int cpu, struct work_struct *work)
{
	if (work->cpu != cpu && runs(work)) {
		work_release(work);
		return false;
	}
	work->wq = NULL;
	put_in_queue(cpu, work);
	return true;
}

bool schedule_work_on(int cpu, struct work_struct *work)
{
	unsigned long flags;
	bool given;

	if (cpu < 0 || cpu >= (int)nr_cpu_ids || !cpu_online((unsigned int)cpu))
		return false;
	flags = arch_local_irq_save();
	given = work_claim(work) && give_to((unsigned int)cpu, work);
	arch_local_irq_restore(flags);
	return given;
}

bool work_is_underway(const struct work_struct *work)
{
	struct place place = look_for(work);

	return place.runs || (place.queued && !place.busy);
}

/* It has no work: a guess. */
static bool has_time(const struct cpu_queue *q)
{
	return !READ_ONCE(q->running) && !READ_ONCE(q->first) && !READ_ONCE(q->calls);
}

void work_keep_off(bool off)
{
	WRITE_ONCE(this_cpu_ptr(&cpu_queue)->calls, off);
}

unsigned int work_cpu(void)
{
	static unsigned int last;
	unsigned int cpu = READ_ONCE(last), next = nr_cpu_ids;

	for (unsigned int i = 0; i < nr_cpu_ids; i++) {
		const struct cpu_queue *q;

		cpu = cpu + 1 < nr_cpu_ids ? cpu + 1 : 0;
		q = &per_cpu(cpu_queue, cpu);
		if (!cpu_online(cpu) || !READ_ONCE(q->takes))
			continue;
		if (next == nr_cpu_ids || has_time(q))
			next = cpu;
		if (has_time(q))
			break;
	}
	if (next == nr_cpu_ids)
		return (unsigned int)smp_processor_id();
	WRITE_ONCE(last, next);
	return next;
}

void work_kick_idle(void)
{
	unsigned int cpu = work_cpu();

	if (cpu != (unsigned int)smp_processor_id())
		arch_send_call_ipi(cpu);
}

bool work_is_of(const struct workqueue_struct *wq)
{
	for (const struct running *r = this_cpu_ptr(&cpu_queue)->running; r; r = r->outer)
		if (r->wq == wq)
			return true;
	return false;
}

struct work_struct *current_work(void)
{
	const struct running *r = this_cpu_ptr(&cpu_queue)->running;

	return r ? r->work : NULL;
}

bool more_work_waits(void)
{
	return READ_ONCE(this_cpu_ptr(&cpu_queue)->first);
}

static bool is_late(u64 since, u64 now, unsigned int seconds)
{
	return (s64)(now - since) > seconds * 1000000000LL;
}

/* It may be given again while this looks: `since` may be later than the clock was. */
static void check_start(const struct work_struct *work, u64 now)
{
	u64 since = READ_ONCE(work->since);

	if (!is_queued(work))
		return;
	if (is_late(since, now, WORK_LATE_SECONDS))
		ask(&per_cpu(cpu_queue, READ_ONCE(work->cpu)));
	if (is_late(since, now, WORK_SECONDS))
		panic("workqueue: CPU#%u has not begun %pS in %u s", work->cpu,
		      (void *)(unsigned long)work->func, WORK_SECONDS);
}

/* Work may take as long as it needs, but its CPU looks what others want of it. */
static void check_cpu(const struct work_struct *work, u64 now, u64 *checked)
{
	unsigned int cpu = READ_ONCE(work->cpu);

	if (!is_late(*checked, now, SMP_CALL_SECONDS) || !runs(work))
		return;
	pr_info("workqueue: CPU#%d waits for %pS of CPU#%u\n", smp_processor_id(),
		(void *)(unsigned long)work->func, cpu);
	smp_expect_poll(cpu);
	*checked = arch_clock_ns();
}

void work_wait_once(u64 since)
{
	cond_resched();
	timers_run();
	rcu_poll();
	if (is_late(since, arch_clock_ns(), WORK_LATE_SECONDS))
		work_ask_parked();
	if (!do_one_work())
		cpu_relax();
}

/* Does it run, or, if @given, wait for a CPU? */
static bool is_busy(const struct work_struct *work, bool given)
{
	struct place place = look_for(work);

	return place.runs || (given && place.queued);
}

/* Until it is not. */
static void wait_for_work(const struct work_struct *work, bool given)
{
	u64 checked = arch_clock_ns();

	while (is_busy(work, given)) {
		u64 now = arch_clock_ns();

		cond_resched();
		timers_run();
		rcu_poll();
		if (READ_ONCE(work->cpu) != (unsigned int)smp_processor_id() || !do_one_work())
			cpu_relax();
		check_start(work, now);
		check_cpu(work, now, &checked);
	}
}

bool flush_work(struct work_struct *work)
{
	if (!is_busy(work, true))
		return false;
	wait_for_work(work, true);
	return true;
}

/* ---- Taking back ---------------------------------------------------------------------------- */

/* Off its list, and claimed: false where it was taken, or given to another CPU, meanwhile. */
static bool take_back(struct work_struct *work)
{
	unsigned int cpu = READ_ONCE(work->cpu);
	struct cpu_queue *q = &per_cpu(cpu_queue, cpu);
	struct work_struct *at, *before = NULL;
	struct workqueue_struct *wq = NULL;
	unsigned long flags;

	spin_lock_irqsave(&q->lock, flags);
	for (at = q->first; at && at != work; at = at->next)
		before = at;
	if (at) {
		unlink_work(q, before, work);
		wq = work->wq;
		__atomic_store_n(&work->state, WORK_CLAIMED, __ATOMIC_RELEASE);
	}
	spin_unlock_irqrestore(&q->lock, flags);
	if (wq)
		atomic_dec_return_release(&wq->nr[work->color]);
	return at;
}

/* -EAGAIN: it is on its way from one to the other. An rcu_work's is long. */
static int try_grab(struct work_struct *work, struct timer_list *timer, unsigned long *flags)
{
	*flags = arch_local_irq_save();
	if (work_claim(work))
		return 0;
	if ((timer && del_timer(timer)) || take_back(work))
		return 1;
	arch_local_irq_restore(*flags);
	return READ_ONCE(work->state) == WORK_CANCELING ? -ENOENT : -EAGAIN;
}

int work_grab(struct work_struct *work, struct timer_list *timer, unsigned long *flags)
{
	int waited;

	while ((waited = try_grab(work, timer, flags)) == -EAGAIN)
		cpu_relax();
	return waited;
}

bool work_cancel(struct work_struct *work, struct timer_list *timer)
{
	unsigned long flags;
	int waited = work_grab(work, timer, &flags);

	if (waited < 0)
		return false;
	work_release(work);
	arch_local_irq_restore(flags);
	return waited;
}

/* Who finds another at it, who may be himself, further out, waits for the function alone. */
bool work_cancel_sync(struct work_struct *work, struct timer_list *timer)
{
	u64 since = arch_clock_ns();
	unsigned long flags;
	int waited;

	while ((waited = try_grab(work, timer, &flags)) == -EAGAIN)
		work_wait_once(since);
	if (waited >= 0) {
		WRITE_ONCE(work->state, WORK_CANCELING);
		arch_local_irq_restore(flags);
	}
	wait_for_work(work, false);
	if (waited < 0)
		return false;
	work_release(work);
	return waited;
}

bool cancel_work(struct work_struct *work)
{
	return work_cancel(work, NULL);
}

bool cancel_work_sync(struct work_struct *work)
{
	return work_cancel_sync(work, NULL);
}

unsigned int work_busy(struct work_struct *work)
{
	return (work_pending(work) ? WORK_BUSY_PENDING : 0) | (runs(work) ? WORK_BUSY_RUNNING : 0);
}

/* ---- In one go ---------------------------------------------------------------------------- */

struct work_for_cpu {
	struct work_struct work;
	long (*fn)(void *arg);
	void *arg;
	long ret;
};

static void run_for_cpu(struct work_struct *work)
{
	struct work_for_cpu *w = container_of(work, struct work_for_cpu, work);

	w->ret = w->fn(w->arg);
}

long work_on_cpu(int cpu, long (*fn)(void *arg), void *arg)
{
	struct work_for_cpu w = {.work = {.func = run_for_cpu}, .fn = fn, .arg = arg};

	if (!schedule_work_on(cpu, &w.work))
		return -ENXIO;
	flush_work(&w.work);
	return w.ret;
}

int schedule_on_each_cpu(work_func_t func)
{
	struct work_struct __percpu *works = alloc_percpu(struct work_struct);
	unsigned int cpu;

	if (!works)
		return -ENOMEM;
	for_each_online_cpu (cpu) {
		INIT_WORK(per_cpu_ptr(works, cpu), func);
		schedule_work_on((int)cpu, per_cpu_ptr(works, cpu));
	}
	for_each_online_cpu (cpu)
		flush_work(per_cpu_ptr(works, cpu));
	free_percpu(works);
	return 0;
}

void workqueue_reset(void)
{
	for (unsigned int cpu = 0; cpu < NR_CPUS; cpu++)
		per_cpu(cpu_queue, cpu) = (struct cpu_queue){
			.lock = __SPIN_LOCK_UNLOCKED_RANK(LOCK_RANK_LEAF),
		};
}
