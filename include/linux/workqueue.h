/* SPDX-License-Identifier: MIT */
/*
 * Work for a chosen CPU. A CPU that has nothing to do takes the work given to it, in the
 * order in which it was given, and does each to its end.
 *
 * Owns:       a list of work for each CPU; the struct is the owner's, and must stay until
 *             the work is done.
 * Lifetime:   other CPUs take work from smp_init() on. What is given to the calling CPU
 *             is done where it waits: in flush_work().
 * Locking:    any context; flush_work() with no lock held. Work may take locks, allocate
 *             and wait for work on other CPUs.
 * Failure:    none; a CPU that is offline is given no work. A CPU that does not begin with
 *             what it was given for WORK_SECONDS, or that does not get to a poll for
 *             SMP_CALL_SECONDS (linux/smp.h) while somebody waits for its work, is named, and
 *             ends the run: panic().
 * Source:     Linux's include/linux/workqueue.h: these names and their contracts.
 */
#ifndef _LINUX_WORKQUEUE_H
#define _LINUX_WORKQUEUE_H

#include <linux/compiler.h>
#include <linux/types.h>

struct work_struct;
typedef void (*work_func_t)(struct work_struct *work);

enum work_state { WORK_IDLE, WORK_CLAIMED, WORK_QUEUED, WORK_RUNS };

struct work_struct {
	work_func_t func;
	struct work_struct *next; /* in the order in which they were given */
	unsigned int state;	  /* enum work_state */
	unsigned int cpu;
	u64 since; /* ns: when it was given */
};

#define WORK_SECONDS 300

#define INIT_WORK(w, f) (*(w) = (struct work_struct){.func = (f)})

/*
 * False: it was given to a CPU already, and has not begun, or runs on another one; or @cpu
 * is not online. Work that runs may be given to its CPU again: it comes last then.
 */
bool schedule_work_on(int cpu, struct work_struct *work);

/* Does its CPU do it, or will as the next thing? A guess: it may be given other work. */
bool work_is_underway(const struct work_struct *work);

/* Does work wait for the calling CPU? Long work that can be parted ends then. */
bool more_work_waits(void);

/* Returns when @work is done. True: it was not before. */
bool flush_work(struct work_struct *work);

/* Runs @fn(@arg) on @cpu and returns what that does; -ENXIO where @cpu is not online. */
long work_on_cpu(int cpu, long (*fn)(void *arg), void *arg);

/* Runs @func on all CPUs that are online, and returns when all have; 0 or -ENOMEM. */
int schedule_on_each_cpu(work_func_t func);

/* What a CPU that was started does: takes work until *@stop, for ever where that is NULL. */
void cpu_work_loop(const bool *stop);

/* Nobody has work: for hosts that bring up several machines. */
void workqueue_reset(void);

/* What comes with this header on Linux. */
#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/cpumask.h>
#include <linux/lockdep.h>
#include <linux/rcupdate.h>

#endif /* _LINUX_WORKQUEUE_H */
