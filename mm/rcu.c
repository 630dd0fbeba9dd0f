// SPDX-License-Identifier: MIT
/*
 * Grace periods. Contract: linux/rcupdate.h.
 *
 * Each CPU's count goes up where its outermost section begins and where it ends, so
 * that it is odd inside one. A grace period notes all counts when it begins. A CPU
 * whose count was even then, or is another one now, has been outside since.
 *
 *   count    4    5 (noted)  6   7
 *   CPU      ────[ section ]────[ section ...     passed: 7 is not 5
 */
#include <linux/rcupdate.h>

#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <baremm/arch.h>
#include <baremm/panic.h>

struct rcu_cpu {
	unsigned long count;
	unsigned int nesting;
} __aligned(L1_CACHE_BYTES);

static struct rcu_cpu rcu_cpus[NR_CPUS];

/* Callbacks in the order in which they were queued. */
static DEFINE_SPINLOCK_RANK(rcu_lock, LOCK_RANK_LEAF);
static struct rcu_head *queued, **queued_last; /* for the next grace period */
static struct rcu_head *waiting;	       /* for the one that goes on; NULL: none goes on */
static unsigned long noted[NR_CPUS];
static atomic_long_t running; /* taken from @waiting, not done yet */

/* ---- Sections ------------------------------------------------------------------------ */

static void step(struct rcu_cpu *cpu)
{
	/* What the section does stays inside it, for all who see the count. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	WRITE_ONCE(cpu->count, cpu->count + 1);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

void rcu_read_lock(void)
{
	struct rcu_cpu *cpu = &rcu_cpus[smp_processor_id()];

	if (cpu->nesting++ == 0)
		step(cpu);
}

void rcu_read_unlock(void)
{
	struct rcu_cpu *cpu = &rcu_cpus[smp_processor_id()];

	if (WARN_ON(cpu->nesting == 0))
		return;
	if (--cpu->nesting == 0)
		step(cpu);
}

bool rcu_read_lock_held(void)
{
	return rcu_cpus[smp_processor_id()].nesting != 0;
}

/* ---- Grace periods --------------------------------------------------------------------- */

/* What a grace period that begins now waits for. */
static void note_counts(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++)
		WRITE_ONCE(noted[cpu], READ_ONCE(rcu_cpus[cpu].count));
}

/* Is @cpu still in the section that it was in at @count? */
static bool stays(unsigned int cpu, unsigned long count)
{
	return count & 1 && READ_ONCE(rcu_cpus[cpu].count) == count;
}

static bool all_passed(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++)
		if (stays(cpu, noted[cpu]))
			return false;
	return true;
}

void call_rcu(struct rcu_head *head, rcu_callback_t func)
{
	unsigned long flags;

	head->next = NULL;
	head->func = func;
	spin_lock_irqsave(&rcu_lock, flags);
	if (!queued)
		queued_last = &queued;
	WRITE_ONCE(*queued_last, head);
	queued_last = &head->next;
	spin_unlock_irqrestore(&rcu_lock, flags);
}

/* The callbacks whose grace period is over; the next period begins, if one is wanted. */
static struct rcu_head *advance(void)
{
	struct rcu_head *done = NULL;
	unsigned long flags;

	spin_lock_irqsave(&rcu_lock, flags);
	if (!waiting && queued) {
		WRITE_ONCE(waiting, queued);
		WRITE_ONCE(queued, NULL);
		note_counts();
	}
	if (waiting && all_passed()) {
		done = waiting;
		WRITE_ONCE(waiting, NULL);
		atomic_long_inc(&running);
	}
	spin_unlock_irqrestore(&rcu_lock, flags);
	return done;
}

static bool rcu_is_idle(void)
{
	return !READ_ONCE(queued) && !READ_ONCE(waiting);
}

static void run(struct rcu_head *head)
{
	unsigned long offset = (unsigned long)head->func;

	if (offset < KFREE_RCU_OFFSET_MAX)
		kvfree((char *)head - offset);
	else
		head->func(head);
}

void rcu_poll(void)
{
	struct rcu_head *head, *next;

	if (likely(rcu_is_idle()))
		return;
	head = advance();
	if (!head)
		return;
	for (; head; head = next) {
		next = head->next;
		run(head);
	}
	atomic_long_dec(&running);
}

/* Waits until @cpu has left the section that it was in at @count. */
static void wait_for_cpu(unsigned int cpu, unsigned long count)
{
	u64 start = arch_clock_ns();

	while (stays(cpu, count)) {
		cond_resched();
		cpu_relax();
		if (arch_clock_ns() - start > SMP_CALL_SECONDS * 1000000000ULL && stays(cpu, count))
			panic("rcu: CPU#%u does not leave its section for %u s", cpu,
			      SMP_CALL_SECONDS);
	}
}

/* CPUs one by one: where one is when it is its turn says where it is after this began. */
void synchronize_rcu(void)
{
	if (WARN_ON(rcu_read_lock_held()))
		return;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++)
		wait_for_cpu(cpu, READ_ONCE(rcu_cpus[cpu].count));
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	rcu_poll();
}

void rcu_barrier(void)
{
	if (WARN_ON(rcu_read_lock_held()))
		return;
	while (!rcu_is_idle() || atomic_long_read(&running)) {
		cond_resched();
		rcu_poll();
		for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++)
			wait_for_cpu(cpu, READ_ONCE(noted[cpu]));
	}
}

void __init rcu_reset(void)
{
	memset(rcu_cpus, 0, sizeof(rcu_cpus));
	queued = waiting = NULL;
	atomic_long_set(&running, 0);
}
