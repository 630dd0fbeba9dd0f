/* SPDX-License-Identifier: MIT */
/*
 * Of Linux's header of this name, which is about the memory of processes, what is called around
 * mappings of the kernel's own pages. No fault is handled by bringing a page in, so that there is
 * nothing to keep off: the compiler moves no access across. They nest.
 *
 * Locking: none; any context.
 * Source:  Linux 6.1's uaccess.h.
 */
#ifndef _LINUX_UACCESS_H
#define _LINUX_UACCESS_H

#include <linux/compiler.h>

#define pagefault_disable() barrier()
#define pagefault_enable()  barrier()

/* What comes with this header on Linux. */
#include <linux/instrumented.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/thread_info.h>

#endif /* _LINUX_UACCESS_H */
