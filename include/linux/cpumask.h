/* SPDX-License-Identifier: MIT */
/*
 * How many CPUs run. Each that starts counts itself in before it allocates anything.
 *
 * Lifetime: 1 from the start, the boot CPU.
 */
#ifndef _LINUX_CPUMASK_H
#define _LINUX_CPUMASK_H

#include <linux/atomic.h>

extern atomic_t __num_online_cpus;

static inline unsigned int num_online_cpus(void)
{
	return (unsigned int)atomic_read(&__num_online_cpus);
}

#endif /* _LINUX_CPUMASK_H */
