/* SPDX-License-Identifier: MIT */
/*
 * How many CPUs there may be. Tables by CPU have nr_cpu_ids entries, and
 * smp_processor_id() (asm/arch.h) is always below it.
 *
 * Lifetime: set before kmem_cache_init(), constant from then on; at most NR_CPUS.
 */
#ifndef _LINUX_SMP_H
#define _LINUX_SMP_H

#include <asm/arch.h>

extern unsigned int nr_cpu_ids;

#endif /* _LINUX_SMP_H */
