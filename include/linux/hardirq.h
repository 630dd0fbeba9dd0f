/* SPDX-License-Identifier: MIT */
/*
 * The begin and the end of what interrupts a CPU, for who handles it: linux/preempt.h's answers
 * follow. They nest. Source: Linux's hardirq.h.
 */
#ifndef _LINUX_HARDIRQ_H
#define _LINUX_HARDIRQ_H

#include <linux/irqflags.h>
#include <linux/preempt.h>

#define irq_enter()	preempt_count_add(HARDIRQ_OFFSET)
#define irq_exit()	preempt_count_sub(HARDIRQ_OFFSET)
#define irq_enter_rcu() irq_enter()
#define irq_exit_rcu()	irq_exit()
#define __irq_enter()	irq_enter()
#define __irq_exit()	irq_exit()
#define nmi_enter()	preempt_count_add(NMI_OFFSET + HARDIRQ_OFFSET)
#define nmi_exit()	preempt_count_sub(NMI_OFFSET + HARDIRQ_OFFSET)

/* Returns when no CPU runs a handler: of what other CPUs ask, that is when they have. */
#define synchronize_hardirq(irq) ((void)(irq), true)
#define synchronize_irq(irq)	 ((void)(irq))

/* What comes with this header on Linux. */
#include <linux/lockdep.h>
#include <linux/sched.h>

#endif /* _LINUX_HARDIRQ_H */
