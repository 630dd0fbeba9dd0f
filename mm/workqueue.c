/* SPDX-License-Identifier: MIT */
/* Work for a chosen CPU. Contract: linux/workqueue.h. */
#include <linux/workqueue.h>

#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
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
	bool idle;  /* the CPU waits for work, and is counted as one that waits */
	bool takes; /* it is in cpu_work_loop() */
	bool calls; /* it calls timers */
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

/* The first that may begin is in @r, and can be given again from here on; false: none. */
static bool take_work(struct cpu_queue *q, struct running *r)
{
	struct work_struct *work, *before = NULL;
	unsigned long flags;

	if (!READ_ONCE(q->first))
		return false;
	spin_lock_irqsave(&q->lock, flags);
	for (work = q->first; work && !may_begin(q, work); work = work->next)
		before = work;
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

bool work_instead_of_waiting(void)
{
	return do_one_work();
}

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
	bool any;

	if (!READ_ONCE(timers_due))
		return false;
	spin_lock_irqsave(&q->lock, flags);
	if (q->idle)
		wait_count_busy();
	q->idle = false;
	spin_unlock_irqrestore(&q->lock, flags);
	WRITE_ONCE(q->calls, true);
	any = timers_run();
	WRITE_ONCE(q->calls, false);
	return any;
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
	if (work->cpu != cpu && runs(work))
		cpu = work->cpu;
	work->wq = wq;
	if (wq) {
		work->color = (u8)READ_ONCE(wq->color);
		atomic_inc(&wq->nr[work->color]);
	}
	put_in_queue(cpu, work);
}

bool schedule_work_on(int cpu, struct work_struct *work)
{
	if (cpu < 0 || cpu >= (int)nr_cpu_ids || !cpu_online((unsigned int)cpu))
		return false;
	if (!work_claim(work))
		return false;
	if (work->cpu != (unsigned int)cpu && runs(work)) {
		work_release(work);
		return false;
	}
	work->wq = NULL;
	put_in_queue((unsigned int)cpu, work);
	return true;
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

/* It may be given again while this looks: `since` may be later than the clock was. */
static void check_start(const struct work_struct *work, u64 now)
{
	if (is_queued(work) && (s64)(now - READ_ONCE(work->since)) > WORK_SECONDS * 1000000000LL)
		panic("workqueue: CPU#%u has not begun %pS in %u s", work->cpu,
		      (void *)(unsigned long)work->func, WORK_SECONDS);
}

/* Work may take as long as it needs, but its CPU looks what others want of it. */
static void check_cpu(const struct work_struct *work, u64 now, u64 *checked)
{
	unsigned int cpu = READ_ONCE(work->cpu);

	if ((s64)(now - *checked) <= SMP_CALL_SECONDS * 1000000000LL || !runs(work))
		return;
	pr_info("workqueue: CPU#%d waits for %pS of CPU#%u\n", smp_processor_id(),
		(void *)(unsigned long)work->func, cpu);
	smp_expect_poll(cpu);
	*checked = arch_clock_ns();
}

void work_wait_once(void)
{
	cond_resched();
	timers_run();
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
		if (READ_ONCE(work->cpu) != (unsigned int)smp_processor_id() || !do_one_work())
			cpu_relax();
		check_start(work, now);
		check_cpu(work, now, &checked);
	}
}

void work_wait(const struct work_struct *work)
{
	wait_for_work(work, false);
}

bool flush_work(struct work_struct *work)
{
	if (!is_busy(work, true))
		return false;
	wait_for_work(work, true);
	return true;
}

/* ---- Taking back ---------------------------------------------------------------------------- */

/* Off its list: false where it was taken, or given to another CPU, meanwhile. */
bool work_take_back(struct work_struct *work)
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

bool work_grab(struct work_struct *work)
{
	for (;;) {
		if (work_claim(work))
			return false;
		if (work_take_back(work))
			return true;
		cpu_relax();
	}
}

bool cancel_work(struct work_struct *work)
{
	bool waited = work_grab(work);

	work_release(work);
	return waited;
}

/* It is claimed meanwhile, so that nobody gives it again, its function neither. */
bool cancel_work_sync(struct work_struct *work)
{
	bool waited = work_grab(work);

	wait_for_work(work, false);
	work_release(work);
	return waited;
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
