/* SPDX-License-Identifier: MIT */
/*
 * Locks for what belongs to the calling CPU: they keep off what else runs on that CPU, and nobody
 * else. There is no preemption, so the plain form keeps off nothing but a move by the compiler, and
 * the others interrupts.
 *
 *   static DEFINE_PER_CPU(struct pool, pools) = {.lock = INIT_LOCAL_LOCK(lock)};
 *   local_lock_irqsave(&pools.lock, flags);
 *   ...this_cpu_ptr(&pools)...
 *   local_unlock_irqrestore(&pools.lock, flags);
 *
 * Locking: the address is that of a per-CPU variable; the calling CPU's is meant. Not nested in
 *          itself. The plain form not in an interrupt.
 * Failure: none.
 * Source:  Linux 6.1's local_lock.h, as it is without PREEMPT_RT and lockdep.
 */
#ifndef _LINUX_LOCAL_LOCK_H
#define _LINUX_LOCAL_LOCK_H

#include <linux/irqflags.h>
#include <linux/percpu-defs.h>
#include <linux/preempt.h>

typedef struct {
} local_lock_t;

/* clang-format off */
#define INIT_LOCAL_LOCK(lockname) {}
/* clang-format on */
#define local_lock_init(lock) ((void)(lock))

/* @lock is a per-CPU variable's address, and the rest is done. */
#define __local_lock_do(lock, action)    \
	do {                             \
		__verify_pcpu_ptr(lock); \
		action;                  \
	} while (0)

#define local_lock(lock)		     __local_lock_do(lock, preempt_disable())
#define local_unlock(lock)		     __local_lock_do(lock, preempt_enable())
#define local_lock_irq(lock)		     __local_lock_do(lock, local_irq_disable())
#define local_unlock_irq(lock)		     __local_lock_do(lock, local_irq_enable())
#define local_lock_irqsave(lock, flags)	     __local_lock_do(lock, local_irq_save(flags))
#define local_unlock_irqrestore(lock, flags) __local_lock_do(lock, local_irq_restore(flags))

#endif /* _LINUX_LOCAL_LOCK_H */
