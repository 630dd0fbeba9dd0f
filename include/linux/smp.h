/* SPDX-License-Identifier: MIT */
/*
 * CPUs: how many there may be, starting them, and functions that run on others.
 *
 *   caller   sets func and info, asks CPUs ──────────── waits until all have answered
 *   others        ... ─ interrupt, or a look at smp_call_poll() ─ func(info), answers ─ ...
 *
 * Owns:       nr_cpu_ids: tables by CPU have so many entries, and smp_processor_id()
 *             (asm/arch.h) is always below it. For each CPU the call that it makes.
 * Invariants: a CPU makes one call at a time. CPUs are cooperative: nothing but the
 *             functions called here comes between two instructions of a CPU.
 * Lifetime:   nr_cpu_ids is set before setup_per_cpu_areas(), constant from then on, at
 *             most NR_CPUS. Other CPUs run from smp_init() on.
 * Locking:    any context but a function that is being called. With spinlocks held too:
 *             who waits for a lock answers calls. A function must not allocate or free
 *             memory, make calls, or take any lock but the log's.
 * Failure:    a CPU that is offline is not called. One that does not answer for
 *             SMP_CALL_SECONDS is named, and ends the run: panic().
 * Source:     Linux's include/linux/smp.h, whose names and contracts these keep.
 */
#ifndef _LINUX_SMP_H
#define _LINUX_SMP_H

#include <linux/compiler.h>
#include <linux/types.h>
#include <asm/arch.h>

struct cpumask;

extern unsigned int nr_cpu_ids;

/* A machine under load answers late: a bound for what will never come. */
#define SMP_CALL_SECONDS 60

/* Starts the other CPUs. Each takes work (linux/workqueue.h) from then on. */
void smp_init(void);

typedef void (*smp_call_func_t)(void *info);

/*
 * Runs @func(@info) on @cpu, with interrupts off. @wait: returns when it has. Else @info is
 * in use until this CPU's next call returns. 0, or -ENXIO where @cpu is not online.
 */
int smp_call_function_single(int cpu, smp_call_func_t func, void *info, int wait);

/* On all CPUs of @mask that are online, but this one. */
void smp_call_function_many(const struct cpumask *mask, smp_call_func_t func, void *info,
			    bool wait);

/* On all that are online, but this one; on this one, too. */
void smp_call_function(smp_call_func_t func, void *info, int wait);
void on_each_cpu(smp_call_func_t func, void *info, int wait);

/* On one of @mask: this CPU, else one of its node, else any; -ENXIO where none is online. */
int smp_call_function_any(const struct cpumask *mask, smp_call_func_t func, void *info, int wait);

/* On all of @mask that are online, this one too if it is there: those for which @cond_func is. */
typedef bool (*smp_cond_func_t)(int cpu, void *info);
void on_each_cpu_mask(const struct cpumask *mask, smp_call_func_t func, void *info, bool wait);
void on_each_cpu_cond_mask(smp_cond_func_t cond_func, smp_call_func_t func, void *info, bool wait,
			   const struct cpumask *mask);
#define on_each_cpu_cond(cond_func, func, info, wait) \
	on_each_cpu_cond_mask(cond_func, func, info, wait, cpu_online_mask)

/* Runs what other CPUs ask of this one: the interrupt, and loops that wait. */
void smp_call_poll(void);

/* Returns once @cpu, which is online, has come to a cond_resched(), or waits for something. */
void smp_expect_poll(unsigned int cpu);

/* Does another CPU wait for this one to look? */
bool smp_is_asked(void);

/*
 * This CPU's next cond_resched() calls memory_failure_poll(), and so does one that has nothing
 * to do. Any context, exceptions among them.
 */
void smp_poll_soon(void);

/* The calling CPU runs from now on. */
void set_this_cpu_online(void);

/* One CPU is online, and nobody calls: for hosts that bring up several machines. */
void smp_reset(void);

/* Nothing moves the caller to another CPU. */
#define get_cpu()	       smp_processor_id()
#define put_cpu()	       ((void)0)
#define raw_smp_processor_id() smp_processor_id()

/* ---- Calls that somebody else keeps ----------------------------------------------------------- */

/* A function for another CPU, which its owner may wait for. */
struct __call_single_data {
	smp_call_func_t func;
	void *info;
};
typedef struct __call_single_data call_single_data_t;

/* clang-format off */
#define CSD_INIT(_func, _info)	    (call_single_data_t){.func = (_func), .info = (_info)}
/* clang-format on */
#define INIT_CSD(csd, _func, _info) (*(csd) = CSD_INIT((_func), (_info)))

/* Runs it on @cpu; done on return: -ENXIO where that is not online. */
static inline int smp_call_function_single_async(int cpu, call_single_data_t *csd)
{
	return smp_call_function_single(cpu, csd->func, csd->info, 1);
}

/* Returns when every CPU has seen what the caller wrote. */
static inline void __smp_nothing(void *info)
{
	(void)info;
}

static inline void kick_all_cpus_sync(void)
{
	smp_call_function(__smp_nothing, NULL, 1);
}
#define wake_up_all_idle_cpus() kick_all_cpus_sync()
#define get_boot_cpu_id()	0
#define __smp_processor_id()	smp_processor_id()

/* What comes with this header on Linux. */
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/list.h>
#include <linux/preempt.h>

#endif /* _LINUX_SMP_H */
