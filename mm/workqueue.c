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

struct cpu_queue {
	spinlock_t lock;
	bool idle; /* the CPU waits for work, and is counted as one that waits */
	struct work_struct *first, *last;
	struct work_struct *running; /* what the CPU does just now; NULL: none of these */
};
static DEFINE_PER_CPU_ALIGNED(struct cpu_queue, cpu_queue) = {
	.lock = __SPIN_LOCK_UNLOCKED_RANK(LOCK_RANK_LEAF),
};

/* ---- Taking ------------------------------------------------------------------------- */

static struct work_struct *take_work(struct cpu_queue *q)
{
	struct work_struct *work;
	unsigned long flags;

	if (!READ_ONCE(q->first))
		return NULL;
	spin_lock_irqsave(&q->lock, flags);
	work = q->first;
	if (work) {
		__atomic_store_n(&q->first, work->next, __ATOMIC_RELAXED);
		/* From here on it may be given again: `next` was read. */
		__atomic_store_n(&work->state, WORK_RUNS, __ATOMIC_RELEASE);
	}
	spin_unlock_irqrestore(&q->lock, flags);
	return work;
}

/* False: it was in another state. */
static bool change_state(struct work_struct *work, unsigned int from, unsigned int to)
{
	return __atomic_compare_exchange_n(&work->state, &from, to, false, __ATOMIC_ACQ_REL,
					   __ATOMIC_RELAXED);
}

/* False: there was none. */
static bool do_one_work(void)
{
	struct cpu_queue *q = this_cpu_ptr(&cpu_queue);
	struct work_struct *work = take_work(q), *interrupted = q->running;

	if (!work)
		return false;
	WRITE_ONCE(q->running, work);
	work->func(work);
	WRITE_ONCE(q->running, interrupted);
	/* From here on it is its owner's, unless it was given to this CPU again meanwhile. */
	change_state(work, WORK_RUNS, WORK_IDLE);
	return true;
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

void cpu_work_loop(const bool *stop)
{
	struct cpu_queue *q = this_cpu_ptr(&cpu_queue);

	while (!stop || !__atomic_load_n(stop, __ATOMIC_ACQUIRE)) {
		unsigned long flags;

		cond_resched();
		if (do_one_work() || !begin_idle(q))
			continue;
		/* What comes after the look is an interrupt, and ends the rest. */
		flags = arch_local_irq_save();
		if (!READ_ONCE(q->first) && !smp_is_asked())
			arch_cpu_idle();
		arch_local_irq_restore(flags);
	}
}

/* ---- Giving ------------------------------------------------------------------------------ */

/* Makes @work its caller's, who queues it. */
static bool claim_work(struct work_struct *work, unsigned int cpu)
{
	return change_state(work, WORK_IDLE, WORK_CLAIMED) ||
	       (READ_ONCE(work->cpu) == cpu && change_state(work, WORK_RUNS, WORK_CLAIMED));
}

bool schedule_work_on(int cpu, struct work_struct *work)
{
	struct cpu_queue *q;
	unsigned long flags;

	if (cpu < 0 || cpu >= (int)nr_cpu_ids || !cpu_online((unsigned int)cpu))
		return false;
	if (!claim_work(work, (unsigned int)cpu))
		return false;
	q = &per_cpu(cpu_queue, cpu);
	WRITE_ONCE(work->cpu, (unsigned int)cpu);
	WRITE_ONCE(work->since, arch_clock_ns());
	work->next = NULL;
	__atomic_store_n(&work->state, WORK_QUEUED, __ATOMIC_RELEASE);
	spin_lock_irqsave(&q->lock, flags);
	if (q->first)
		q->last->next = work;
	else
		__atomic_store_n(&q->first, work, __ATOMIC_RELAXED);
	q->last = work;
	if (q->idle)
		wait_count_busy();
	q->idle = false;
	spin_unlock_irqrestore(&q->lock, flags);
	if (cpu != smp_processor_id())
		arch_send_call_ipi((unsigned int)cpu);
	return true;
}

bool work_is_underway(const struct work_struct *work)
{
	switch (__atomic_load_n(&work->state, __ATOMIC_ACQUIRE)) {
	case WORK_RUNS:
		return true;
	case WORK_QUEUED:
		return !READ_ONCE(per_cpu(cpu_queue, READ_ONCE(work->cpu)).running);
	default:
		return false;
	}
}

bool more_work_waits(void)
{
	return READ_ONCE(this_cpu_ptr(&cpu_queue)->first);
}

/* It may be given again while this looks: `since` may be later than the clock was. */
static void check_start(const struct work_struct *work, u64 now)
{
	if (__atomic_load_n(&work->state, __ATOMIC_ACQUIRE) == WORK_QUEUED &&
	    (s64)(now - READ_ONCE(work->since)) > WORK_SECONDS * 1000000000LL)
		panic("workqueue: CPU#%u has not begun %pS in %u s", work->cpu,
		      (void *)(unsigned long)work->func, WORK_SECONDS);
}

/* Work may take as long as it needs, but its CPU looks what others want of it. */
static void check_cpu(const struct work_struct *work, u64 now, u64 *checked)
{
	unsigned int cpu = READ_ONCE(work->cpu);

	if (__atomic_load_n(&work->state, __ATOMIC_ACQUIRE) != WORK_RUNS ||
	    (s64)(now - *checked) <= SMP_CALL_SECONDS * 1000000000LL)
		return;
	pr_info("workqueue: CPU#%d waits for %pS of CPU#%u\n", smp_processor_id(),
		(void *)(unsigned long)work->func, cpu);
	smp_expect_poll(cpu);
	*checked = arch_clock_ns();
}

bool flush_work(struct work_struct *work)
{
	u64 checked;

	if (__atomic_load_n(&work->state, __ATOMIC_ACQUIRE) == WORK_IDLE)
		return false;
	checked = arch_clock_ns();
	while (__atomic_load_n(&work->state, __ATOMIC_ACQUIRE) != WORK_IDLE) {
		u64 now = arch_clock_ns();

		cond_resched();
		if (READ_ONCE(work->cpu) != (unsigned int)smp_processor_id() || !do_one_work())
			cpu_relax();
		check_start(work, now);
		check_cpu(work, now, &checked);
	}
	return true;
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
