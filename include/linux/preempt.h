/* SPDX-License-Identifier: MIT */
/*
 * Preemption: there is none. A CPU does one thing until it is done, so what switches it off only
 * keeps the compiler from moving accesses across. And what the CPU is doing: its interrupts do
 * nothing but what other CPUs ask of it (linux/smp.h), and machine checks.
 *
 *   preempt_count()  | NMIs, machine checks |  interrupts  | softirqs: none | 0 |
 *                     23                 20  19         16
 *
 * Locking: none; any context.
 * Source:  Linux 6.1's preempt.h, as it is without CONFIG_PREEMPT_COUNT.
 */
#ifndef _LINUX_PREEMPT_H
#define _LINUX_PREEMPT_H

#include <linux/cleanup.h>
#include <linux/compiler.h>

#define preempt_disable() barrier()
#define preempt_enable()  barrier()

#define preempt_enable_no_resched()	    barrier()
#define preempt_disable_notrace()	    barrier()
#define preempt_enable_notrace()	    barrier()
#define preempt_enable_no_resched_notrace() barrier()
#define preemptible()			    0
#define preempt_count_inc()		    preempt_disable()
#define preempt_count_dec()		    preempt_enable()
#define preempt_check_resched()		    barrier()
#define preempt_disable_nested()	    ((void)0)
#define preempt_enable_nested()		    ((void)0)
#define migrate_disable()		    barrier()
#define migrate_enable()		    barrier()

#define PREEMPT_BITS  8
#define SOFTIRQ_BITS  8
#define HARDIRQ_BITS  4
#define NMI_BITS      4
#define PREEMPT_SHIFT 0
#define SOFTIRQ_SHIFT (PREEMPT_SHIFT + PREEMPT_BITS)
#define HARDIRQ_SHIFT (SOFTIRQ_SHIFT + SOFTIRQ_BITS)
#define NMI_SHIFT     (HARDIRQ_SHIFT + HARDIRQ_BITS)

#define PREEMPT_OFFSET (1UL << PREEMPT_SHIFT)
#define SOFTIRQ_OFFSET (1UL << SOFTIRQ_SHIFT)
#define HARDIRQ_OFFSET (1UL << HARDIRQ_SHIFT)
#define NMI_OFFSET     (1UL << NMI_SHIFT)
#define PREEMPT_MASK   (((1UL << PREEMPT_BITS) - 1) << PREEMPT_SHIFT)
#define SOFTIRQ_MASK   (((1UL << SOFTIRQ_BITS) - 1) << SOFTIRQ_SHIFT)
#define HARDIRQ_MASK   (((1UL << HARDIRQ_BITS) - 1) << HARDIRQ_SHIFT)
#define NMI_MASK       (((1UL << NMI_BITS) - 1) << NMI_SHIFT)

/* The calling CPU's. @offset more, and less: for what begins and ends such a context. */
int preempt_count(void);
void preempt_count_add(unsigned int offset);
void preempt_count_sub(unsigned int offset);

#define nmi_count()	     (preempt_count() & NMI_MASK)
#define hardirq_count()	     (preempt_count() & HARDIRQ_MASK)
#define softirq_count()	     (preempt_count() & SOFTIRQ_MASK)
#define irq_count()	     (preempt_count() & (NMI_MASK | HARDIRQ_MASK | SOFTIRQ_MASK))
#define in_nmi()	     nmi_count()
#define in_hardirq()	     hardirq_count()
#define in_irq()	     hardirq_count()
#define in_softirq()	     softirq_count()
#define in_serving_softirq() (softirq_count() & SOFTIRQ_OFFSET)
#define in_interrupt()	     irq_count()
#define in_task()	     (!irq_count())

/* May it not wait? That a spinlock is held nobody counts, as on Linux without preemption. */
#define in_atomic()		(preempt_count() != 0)
#define in_atomic_preempt_off() in_atomic()

/* Until the end of a block: linux/cleanup.h. */
DEFINE_LOCK_GUARD_0(preempt, preempt_disable(), preempt_enable())
DEFINE_LOCK_GUARD_0(preempt_notrace, preempt_disable_notrace(), preempt_enable_notrace())
DEFINE_LOCK_GUARD_0(migrate, migrate_disable(), migrate_enable())

/* What comes with this header on Linux. */
#include <linux/list.h>

#endif /* _LINUX_PREEMPT_H */
