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

#include <linux/bug.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <baremm/arch.h>
#include <baremm/panic.h>

#include "rcu_list.h"

/* On the stack of who runs them. */
struct run {
	struct rcu_head *next;
	struct run *outer;
};

struct rcu_cpu {
	unsigned long count;
	unsigned int nesting;
	struct run *runs; /* lists of callbacks that the CPU runs, one out of the other */
} __aligned(L1_CACHE_BYTES);

static struct rcu_cpu rcu_cpus[NR_CPUS];

/* Callbacks in the order in which they were queued. */
static DEFINE_SPINLOCK_RANK(rcu_lock, LOCK_RANK_LEAF);
static struct rcu_head *queued, *queued_last; /* for the next grace period */
static struct rcu_head *waiting;	      /* for the one that goes on; NULL: none goes on */
static unsigned long queued_nr;		      /* what is queued is the list of this number */
static unsigned long noted[NR_CPUS];

/* ---- Sections ------------------------------------------------------------------------ */

static void step(struct rcu_cpu *cpu)
{
	/* What the section does stays inside it, for all who see the count. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	__atomic_store_n(&cpu->count, cpu->count + 1, __ATOMIC_RELEASE);
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

int rcu_read_lock_held(void)
{
	return rcu_cpus[smp_processor_id()].nesting != 0;
}

/* ---- Grace periods --------------------------------------------------------------------- */

/* Who sees that a section has ended sees all that it did. */
static unsigned long count_of(unsigned int cpu)
{
	return __atomic_load_n(&rcu_cpus[cpu].count, __ATOMIC_ACQUIRE);
}

/* What a grace period that begins now waits for. */
void rcu_note_sections(unsigned long *counts)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++)
		WRITE_ONCE(counts[cpu], count_of(cpu));
}

/* Is @cpu still in the section that it was in at @count? */
static bool stays(unsigned int cpu, unsigned long count)
{
	return count & 1 && count_of(cpu) == count;
}

bool rcu_sections_passed(const unsigned long *counts)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++)
		if (stays(cpu, counts[cpu]))
			return false;
	return true;
}

/* ---- Their numbers: one that is over began after all before it ------------------------- */

static unsigned long gp_begun, gp_done;

unsigned long rcu_gp_begin(void)
{
	return __atomic_add_fetch(&gp_begun, 1, __ATOMIC_SEQ_CST);
}

unsigned long rcu_gp_begun(void)
{
	return __atomic_load_n(&gp_begun, __ATOMIC_SEQ_CST);
}

void rcu_gp_end(unsigned long gp)
{
	unsigned long done = __atomic_load_n(&gp_done, __ATOMIC_RELAXED);

	while ((long)(gp - done) > 0 &&
	       !__atomic_compare_exchange_n(&gp_done, &done, gp, false, __ATOMIC_SEQ_CST,
					    __ATOMIC_RELAXED))
		;
}

unsigned long rcu_gp_done(void)
{
	return __atomic_load_n(&gp_done, __ATOMIC_SEQ_CST);
}

/* ---- Lists of callbacks, under rcu_lock -------------------------------------------------- */

unsigned long rcu_double_calls;

static bool is_listed(const struct rcu_head *head)
{
	if (rcu_list_has(queued, head) || rcu_list_has(waiting, head))
		return true;
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++)
		for (const struct run *run = rcu_cpus[cpu].runs; run; run = run->outer)
			if (rcu_list_has(run->next, head))
				return true;
	return false;
}

static noinline __cold void report_double_call(const struct rcu_head *head, rcu_callback_t func)
{
	__atomic_fetch_add(&rcu_double_calls, 1, __ATOMIC_RELAXED);
	if ((unsigned long)func < KFREE_RCU_OFFSET_MAX)
		pr_err("kvfree_call_rcu(): Double-freed call. rcu_head %px\n", (const void *)head);
	else
		pr_err("call_rcu(): Double-freed CB %px->%pS()!!!\n", (const void *)head,
		       (void *)(unsigned long)func);
}

void call_rcu(struct rcu_head *head, rcu_callback_t func)
{
	unsigned long flags;
	bool listed;

	spin_lock_irqsave(&rcu_lock, flags);
	listed = rcu_looks_listed(head) && is_listed(head);
	if (likely(!listed))
		rcu_add_last(&queued, &queued_last, head, func);
	spin_unlock_irqrestore(&rcu_lock, flags);
	if (unlikely(listed))
		report_double_call(head, func);
}

/* The next one of @run, which is on no list then; NULL: none. */
static struct rcu_head *take_next(struct run *run)
{
	struct rcu_head *head;
	unsigned long flags;

	spin_lock_irqsave(&rcu_lock, flags);
	head = rcu_take_first(&run->next);
	spin_unlock_irqrestore(&rcu_lock, flags);
	return head;
}

/*
 * @run has the callbacks whose grace period is over; the next period begins, if one is wanted. Each is
 * seen in its next place before it is gone from the last: rcu_barrier() looks without the lock.
 */
static void advance(struct run *run)
{
	struct rcu_cpu *cpu = &rcu_cpus[smp_processor_id()];
	unsigned long flags;

	spin_lock_irqsave(&rcu_lock, flags);
	if (!waiting && queued) {
		WRITE_ONCE(waiting, queued);
		__atomic_store_n(&queued, NULL, __ATOMIC_RELEASE);
		WRITE_ONCE(queued_nr, queued_nr + 1);
		rcu_note_sections(noted);
	}
	if (waiting && rcu_sections_passed(noted)) {
		*run = (struct run){waiting, cpu->runs};
		WRITE_ONCE(cpu->runs, run);
		__atomic_store_n(&waiting, NULL, __ATOMIC_RELEASE);
	}
	spin_unlock_irqrestore(&rcu_lock, flags);
}

static void end_run(const struct run *run)
{
	unsigned long flags;

	spin_lock_irqsave(&rcu_lock, flags);
	__atomic_store_n(&rcu_cpus[smp_processor_id()].runs, run->outer, __ATOMIC_RELEASE);
	spin_unlock_irqrestore(&rcu_lock, flags);
}

static bool rcu_is_idle(void)
{
	return !__atomic_load_n(&queued, __ATOMIC_ACQUIRE) &&
	       !__atomic_load_n(&waiting, __ATOMIC_ACQUIRE);
}

static void call(struct rcu_head *head)
{
	unsigned long offset = (unsigned long)head->func;

	if (offset < KFREE_RCU_OFFSET_MAX)
		kvfree((char *)head - offset);
	else
		head->func(head);
}

void rcu_poll(void)
{
	struct run run = {};
	struct rcu_head *head;

	if (likely(rcu_is_idle()))
		return;
	advance(&run);
	if (!run.next)
		return;
	while ((head = take_next(&run)))
		call(head);
	end_run(&run);
}

unsigned long rcu_lists_begun(void)
{
	return READ_ONCE(queued_nr);
}

/* They are looked for in the order in which they go, so that none is missed. */
bool rcu_has_callbacks(void)
{
	if (!rcu_is_idle())
		return true;
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++)
		if (__atomic_load_n(&rcu_cpus[cpu].runs, __ATOMIC_ACQUIRE))
			return true;
	return false;
}

/* Waits while @holds(@cpu, @count): that is what @cpu has to come to the end of. */
static void wait_for_cpu(unsigned int cpu, unsigned long count,
			 bool (*holds)(unsigned int cpu, unsigned long count), const char *what)
{
	u64 start = arch_clock_ns();

	while (holds(cpu, count)) {
		cond_resched();
		cpu_relax();
		if (arch_clock_ns() - start > SMP_CALL_SECONDS * 1000000000ULL && holds(cpu, count))
			panic("rcu: CPU#%u does not leave its %s for %u s", cpu, what,
			      SMP_CALL_SECONDS);
	}
}

static void wait_for_section(unsigned int cpu, unsigned long count)
{
	wait_for_cpu(cpu, count, stays, "section");
}

/* Each run of callbacks that is waited for has a bound of its own. */
static bool runs_callbacks(unsigned int cpu, unsigned long nothing)
{
	(void)nothing;
	return __atomic_load_n(&rcu_cpus[cpu].runs, __ATOMIC_ACQUIRE);
}

/* CPUs one by one: where one is when it is its turn says where it is after this began. */
void synchronize_rcu(void)
{
	unsigned long gp;

	if (WARN_ON(rcu_read_lock_held()))
		return;
	gp = rcu_gp_begin();
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++)
		wait_for_section(cpu, count_of(cpu));
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	rcu_gp_end(gp);
	rcu_poll();
}

/* The number of the last list that has callbacks, or of one that is over. */
static unsigned long last_list(void)
{
	unsigned long flags, nr;

	spin_lock_irqsave(&rcu_lock, flags);
	nr = queued ? queued_nr : queued_nr - 1;
	spin_unlock_irqrestore(&rcu_lock, flags);
	return nr;
}

/* Is the grace period of list @nr over? The one that waits is the last before what is queued. */
static bool list_is_over(unsigned long nr)
{
	unsigned long flags;
	bool over;

	spin_lock_irqsave(&rcu_lock, flags);
	over = queued_nr - nr > (waiting ? 1 : 0);
	spin_unlock_irqrestore(&rcu_lock, flags);
	return over;
}

/* What is queued later, by callbacks for instance, is not waited for. */
void rcu_barrier(void)
{
	unsigned long last;

	if (WARN_ON(rcu_read_lock_held() || runs_callbacks((unsigned int)smp_processor_id(), 0)))
		return;
	last = last_list();
	while (!list_is_over(last)) {
		cond_resched();
		rcu_poll();
		for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++)
			wait_for_section(cpu, READ_ONCE(noted[cpu]));
	}
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++)
		wait_for_cpu(cpu, 0, runs_callbacks, "callbacks");
}

void __init rcu_reset(void)
{
	memset(rcu_cpus, 0, sizeof(rcu_cpus));
	queued = waiting = NULL;
	queued_nr = 0;
	rcu_double_calls = 0;
}
