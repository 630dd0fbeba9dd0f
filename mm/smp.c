/* SPDX-License-Identifier: MIT */
/*
 * Calls to other CPUs. Contracts: linux/smp.h, linux/sched.h.
 *
 * There are two ways to ask: calls, which are answered wherever interrupts are on, and
 * those that wait for a place at which the CPU can take locks. Both work alike.
 */
#include <linux/smp.h>

#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/hardirq.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/percpu-defs.h>
#include <linux/sched.h>
#include <baremm/arch.h>
#include <baremm/panic.h>

unsigned int nr_cpu_ids = 1;

/* What a CPU asks of others. */
struct smp_call {
	smp_call_func_t func;
	void *info;
	struct cpumask waiting; /* for these */
};

/* Who asks something of this CPU. */
struct smp_requests {
	bool any; /* some bit may be set */
	struct cpumask from;
};

/* One way to ask, for one CPU. */
struct smp_channel {
	struct smp_call call;
	struct smp_requests requests;
};
static DEFINE_PER_CPU_ALIGNED(struct smp_channel, calls);
static DEFINE_PER_CPU_ALIGNED(struct smp_channel, polls);
static DEFINE_PER_CPU(unsigned int, contexts); /* preempt_count() */

/* ---- Online ------------------------------------------------------------------------- */

void set_this_cpu_online(void)
{
	unsigned int cpu = (unsigned int)smp_processor_id();

	/* Who sees that sees all that was done before. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	set_cpu_active(cpu, true);
	set_cpu_online(cpu, true);
}

void smp_reset(void)
{
	cpu_masks_reset();
	for (unsigned int cpu = 0; cpu < NR_CPUS; cpu++) {
		per_cpu(calls, cpu) = (struct smp_channel){};
		per_cpu(contexts, cpu) = 0;
		per_cpu(polls, cpu) = (struct smp_channel){};
	}
}

/* ---- What a CPU is doing ----------------------------------------------------------------- */

int preempt_count(void)
{
	return raw_cpu_read(contexts);
}

/* An interrupt between the read and the write leaves it as it was. */
void preempt_count_add(unsigned int offset)
{
	raw_cpu_add(contexts, offset);
	barrier();
}

void preempt_count_sub(unsigned int offset)
{
	barrier();
	raw_cpu_sub(contexts, offset);
}

/* ---- Answering ------------------------------------------------------------------------ */

/* Takes the calling CPU out of @mask, after all that it did. */
static void clear_cpu(struct cpumask *mask)
{
	unsigned int cpu = (unsigned int)smp_processor_id();

	__atomic_fetch_and(&mask->bits[BIT_WORD(cpu)], ~BIT_MASK(cpu), __ATOMIC_SEQ_CST);
}

static void answer(struct smp_call *call)
{
	call->func(call->info);
	clear_cpu(&call->waiting);
}

/* @channel is the address of `calls` or `polls`. */
static void answer_all(struct smp_channel __percpu *channel)
{
	struct smp_requests *mine = &this_cpu_ptr(channel)->requests;

	/* Before the bits are looked at: who sets one sets it after that. */
	__atomic_store_n(&mine->any, false, __ATOMIC_SEQ_CST);
	for (unsigned int i = 0; i < ARRAY_SIZE(mine->from.bits); i++) {
		unsigned long bits = __atomic_exchange_n(&mine->from.bits[i], 0, __ATOMIC_SEQ_CST);

		for (; bits; bits &= bits - 1)
			answer(&per_cpu_ptr(channel, i * BITS_PER_LONG + __ffs(bits))->call);
	}
}

static bool is_asked(const struct smp_channel __percpu *channel)
{
	return unlikely(__atomic_load_n(&this_cpu_ptr(channel)->requests.any, __ATOMIC_RELAXED));
}

void smp_call_poll(void)
{
	unsigned long flags;

	if (!is_asked(&calls))
		return;
	flags = arch_local_irq_save();
	irq_enter();
	answer_all(&calls);
	irq_exit();
	arch_local_irq_restore(flags);
}

bool smp_is_asked(void)
{
	return is_asked(&calls) || is_asked(&polls);
}

/* Bits of @mask may go while this looks. */
static bool all_answered(const struct cpumask *mask)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(mask->bits); i++)
		if (__atomic_load_n(&mask->bits[i], __ATOMIC_ACQUIRE))
			return false;
	return true;
}

void smp_poll_soon(void)
{
	__atomic_store_n(&this_cpu_ptr(&polls)->requests.any, true, __ATOMIC_SEQ_CST);
}

/* That may ask other CPUs, which this one cannot while it waits for them. */
static noinline void poll_failures(void)
{
	if (all_answered(&this_cpu_ptr(&polls)->call.waiting))
		memory_failure_poll();
	else
		smp_poll_soon();
}

int cond_resched(void)
{
	smp_call_poll();
	if (is_asked(&polls)) {
		answer_all(&polls);
		poll_failures();
	}
	return 0;
}

/* ---- Asking ----------------------------------------------------------------------------- */

static void __noreturn nobody_answers(const struct smp_call *call)
{
	unsigned int cpu, last = 0;

	for_each_cpu (cpu, &call->waiting) {
		pr_emerg("smp: CPU#%u has not run %pS for CPU#%d in %u s\n", cpu,
			 (void *)(unsigned long)call->func, smp_processor_id(), SMP_CALL_SECONDS);
		last = cpu;
	}
	panic("smp: CPU#%u does not answer", last);
}

/* Answers meanwhile with @poll: two CPUs may wait for each other. */
static void wait_for_answers(const struct smp_call *call, void (*poll)(void))
{
	u64 end = 0;

	while (!all_answered(&call->waiting)) {
		u64 now = arch_clock_ns();

		if (!end)
			end = now + SMP_CALL_SECONDS * 1000000000ULL;
		else if (now > end)
			nobody_answers(call);
		poll();
		cpu_relax();
	}
}

static void ask(struct smp_channel __percpu *channel, const struct cpumask *mask,
		smp_call_func_t func, void *info)
{
	unsigned int me = (unsigned int)smp_processor_id(), cpu;
	struct smp_call *call = &this_cpu_ptr(channel)->call;
	struct cpumask asked = {};

	for_each_cpu (cpu, mask)
		if (cpu != me && cpu_online(cpu))
			__cpumask_set_cpu(cpu, &asked);
	call->func = func;
	call->info = info;
	call->waiting = asked;
	for_each_cpu (cpu, &asked) {
		struct smp_requests *theirs = &per_cpu_ptr(channel, cpu)->requests;

		__atomic_fetch_or(&theirs->from.bits[BIT_WORD(me)], BIT_MASK(me), __ATOMIC_SEQ_CST);
		__atomic_store_n(&theirs->any, true, __ATOMIC_SEQ_CST);
		arch_send_call_ipi(cpu);
	}
}

static void wait_for_last_call(void)
{
	wait_for_answers(&this_cpu_ptr(&calls)->call, smp_call_poll);
}

void smp_call_function_many(const struct cpumask *mask, smp_call_func_t func, void *info, bool wait)
{
	wait_for_last_call();
	ask(&calls, mask, func, info);
	if (wait)
		wait_for_last_call();
}

static void call_here(smp_call_func_t func, void *info)
{
	unsigned long flags = arch_local_irq_save();

	func(info);
	arch_local_irq_restore(flags);
}

int smp_call_function_single(int cpu, smp_call_func_t func, void *info, int wait)
{
	struct cpumask mask = {};

	if (cpu < 0 || cpu >= (int)nr_cpu_ids || !cpu_online((unsigned int)cpu))
		return -ENXIO;
	if (cpu == smp_processor_id()) {
		call_here(func, info);
		return 0;
	}
	__cpumask_set_cpu((unsigned int)cpu, &mask);
	smp_call_function_many(&mask, func, info, wait);
	return 0;
}

void smp_call_function(smp_call_func_t func, void *info, int wait)
{
	if (num_online_cpus() > 1)
		smp_call_function_many(cpu_online_mask, func, info, wait);
}

void on_each_cpu(smp_call_func_t func, void *info, int wait)
{
	smp_call_function(func, info, false);
	call_here(func, info);
	if (wait)
		wait_for_last_call();
}

/* ---- Asking for what takes locks ------------------------------------------------------------ */

static void poll_all(void)
{
	cond_resched();
}

void run_on_each_cpu(void (*func)(void *arg), void *arg)
{
	if (num_online_cpus() > 1)
		ask(&polls, cpu_online_mask, func, arg);
	func(arg);
	if (num_online_cpus() > 1)
		wait_for_answers(&this_cpu_ptr(&polls)->call, poll_all);
}

static void nothing_to_do(void *arg)
{
	(void)arg;
}

void smp_expect_poll(unsigned int cpu)
{
	struct cpumask mask = {};

	__cpumask_set_cpu(cpu, &mask);
	ask(&polls, &mask, nothing_to_do, NULL);
	wait_for_answers(&this_cpu_ptr(&polls)->call, poll_all);
}
