/* SPDX-License-Identifier: MIT */
/*
 * Preemption: there is none. A CPU does one thing until it is done, so these only keep
 * the compiler from moving accesses across them.
 */
#ifndef _LINUX_PREEMPT_H
#define _LINUX_PREEMPT_H

#include <linux/compiler.h>

#define preempt_disable() barrier()
#define preempt_enable()  barrier()

#define preempt_enable_no_resched()	    barrier()
#define preempt_disable_notrace()	    barrier()
#define preempt_enable_notrace()	    barrier()
#define preempt_enable_no_resched_notrace() barrier()
#define preempt_count()			    0
#define preemptible()			    0
#define migrate_disable()		    barrier()
#define migrate_enable()		    barrier()

#endif /* _LINUX_PREEMPT_H */
