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

#endif /* _LINUX_PREEMPT_H */
