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
};
static DEFINE_PER_CPU_ALIGNED(struct cpu_queue, cpu_queue);

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
		WRITE_ONCE(work->state, WORK_RUNS);
	}
	spin_unlock_irqrestore(&q->lock, flags);
	return work;
}

/* False: there was none. */
static bool do_one_work(void)
{
	struct work_struct *work = take_work(this_cpu_ptr(&cpu_queue));

	if (!work)
		return false;
	work->func(work);
	/* From here on it is its owner's. */
	__atomic_store_n(&work->state, WORK_IDLE, __ATOMIC_RELEASE);
	return true;
}

/* Says that this CPU waits, unless there is work already. */
static bool begin_idle(struct cpu_queue *q)
{
	unsigned long flags;

	spin_lock_irqsave(&q->lock, flags);
	if (!q->first && !q->idle) {
		q->idle = true;
		wait_count_idle();
	}
	spin_unlock_irqrestore(&q->lock, flags);
	return q->idle;
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

bool schedule_work_on(int cpu, struct work_struct *work)
{
	struct cpu_queue *q;
	unsigned long flags;

	if (cpu < 0 || cpu >= (int)nr_cpu_ids || !cpu_online((unsigned int)cpu))
		return false;
	if (__atomic_load_n(&work->state, __ATOMIC_ACQUIRE) != WORK_IDLE)
		return false;
	q = &per_cpu(cpu_queue, cpu);
	work->state = WORK_QUEUED;
	work->cpu = (unsigned int)cpu;
	work->since = arch_clock_ns();
	work->next = NULL;
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

static void check_start(const struct work_struct *work)
{
	if (READ_ONCE(work->state) == WORK_QUEUED &&
	    arch_clock_ns() - work->since > WORK_SECONDS * 1000000000ULL)
		panic("workqueue: CPU#%u has not begun %pS in %u s", work->cpu,
		      (void *)(unsigned long)work->func, WORK_SECONDS);
}

bool flush_work(struct work_struct *work)
{
	if (__atomic_load_n(&work->state, __ATOMIC_ACQUIRE) == WORK_IDLE)
		return false;
	while (__atomic_load_n(&work->state, __ATOMIC_ACQUIRE) != WORK_IDLE) {
		cond_resched();
		if (work->cpu != (unsigned int)smp_processor_id() || !do_one_work())
			cpu_relax();
		check_start(work);
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
		per_cpu(cpu_queue, cpu) = (struct cpu_queue){};
}
