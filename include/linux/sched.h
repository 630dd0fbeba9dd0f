/* SPDX-License-Identifier: MIT */
/*
 * Places at which a CPU that is busy does what others ask of it. There is no scheduler:
 * a CPU does one thing until it is done.
 *
 * Context: no spinlock held, and not in a function that is being called (linux/smp.h).
 */
#ifndef _LINUX_SCHED_H
#define _LINUX_SCHED_H

#include <linux/types.h>

/* Long loops call it. Always 0, as nothing else ran but what others asked for. */
int cond_resched(void);

/*
 * Runs @func(@arg) on each CPU that is online at its next cond_resched(), or when it waits or
 * has nothing to do, and returns when all have: for what only the CPU itself may touch.
 * @func may take locks, allocate and free.
 */
void run_on_each_cpu(void (*func)(void *arg), void *arg);

/* What comes with this header on Linux. */
#include <linux/irqflags.h>
#include <linux/mutex.h>
#include <linux/nodemask.h>
#include <linux/percpu.h>
#include <linux/rbtree.h>
#include <linux/rculist.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/seqlock.h>

/* The same within rcu_read_lock(): the section ends, and another begins. */
static inline void cond_resched_rcu(void)
{
	rcu_read_unlock();
	cond_resched();
	rcu_read_lock();
}

#endif /* _LINUX_SCHED_H */
