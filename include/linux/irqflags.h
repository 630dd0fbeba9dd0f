/* SPDX-License-Identifier: MIT */
/*
 * The calling CPU's interrupts, off and on.
 *
 *   local_irq_save(flags);  ...  local_irq_restore(flags);     nests
 *
 * Locking: none; any context. @flags is an unsigned long of the caller's.
 * Failure: none.
 * Source:  Linux's irqflags.h, without tracing.
 */
#ifndef _LINUX_IRQFLAGS_H
#define _LINUX_IRQFLAGS_H

#include <linux/cleanup.h>
#include <linux/compiler.h>
#include <asm/arch.h>

#define local_irq_save(flags)	     ((void)((flags) = arch_local_irq_save()))
#define local_irq_restore(flags)     arch_local_irq_restore(flags)
#define local_irq_disable()	     ((void)arch_local_irq_save())
#define local_irq_enable()	     arch_local_irq_enable()
#define raw_local_irq_save(flags)    local_irq_save(flags)
#define raw_local_irq_restore(flags) local_irq_restore(flags)
#define raw_local_irq_disable()	     local_irq_disable()
#define raw_local_irq_enable()	     local_irq_enable()
#define irqs_disabled()		     arch_irqs_disabled()
#define raw_irqs_disabled()	     irqs_disabled()

/* Was @flags taken with interrupts off? */
#define irqs_disabled_flags(flags)                           \
	({                                                   \
		unsigned long __now = arch_local_irq_save(); \
		bool __off;                                  \
		arch_local_irq_restore(flags);               \
		__off = arch_irqs_disabled();                \
		(void)arch_local_irq_save();                 \
		arch_local_irq_restore(__now);               \
		__off;                                       \
	})

/* What local_irq_save() would give, with interrupts as they are. */
#define local_save_flags(flags)           \
	do {                              \
		local_irq_save(flags);    \
		local_irq_restore(flags); \
	} while (0)
#define raw_local_save_flags(flags) local_save_flags(flags)

/* Linux tells tracers and lockdep. */
#define trace_hardirqs_on()	      ((void)0)
#define trace_hardirqs_off()	      ((void)0)
#define trace_hardirqs_on_prepare()   ((void)0)
#define trace_hardirqs_off_finish()   ((void)0)
#define lockdep_hardirqs_on_prepare() ((void)0)
#define lockdep_hardirqs_on(ip)	      ((void)(ip))
#define lockdep_hardirqs_off(ip)      ((void)(ip))
#define lockdep_softirqs_on(ip)	      ((void)(ip))
#define lockdep_softirqs_off(ip)      ((void)(ip))
#define start_critical_timings()      ((void)0)
#define stop_critical_timings()	      ((void)0)

/* Until the end of a block: linux/cleanup.h. */
DEFINE_LOCK_GUARD_0(irq, local_irq_disable(), local_irq_enable())
DEFINE_LOCK_GUARD_0(irqsave, local_irq_save(_T->flags), local_irq_restore(_T->flags),
		    unsigned long flags)

/* What comes with this header on Linux. */
#include <linux/typecheck.h>

#endif /* _LINUX_IRQFLAGS_H */
