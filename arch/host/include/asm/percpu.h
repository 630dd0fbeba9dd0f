/* SPDX-License-Identifier: MIT */
/*
 * The part of the arch contract (baremm/arch.h) on per-CPU variables, on a host process.
 *
 * The name of the section is one that C could have: the linker then defines where it
 * starts and ends, and sanitizers leave its variables without red zones. A program may
 * have no such variable, and so no such section.
 */
#ifndef _ASM_PERCPU_H
#define _ASM_PERCPU_H

#include <asm/arch.h>

#define PER_CPU_BASE_SECTION "percpu_data"

extern unsigned long __per_cpu_offset[NR_CPUS];

extern char __start_percpu_data[] __attribute__((__weak__));
extern char __stop_percpu_data[] __attribute__((__weak__));
#define __per_cpu_start __start_percpu_data
#define __per_cpu_end	__stop_percpu_data

static inline unsigned long arch_percpu_offset(void)
{
	return __per_cpu_offset[smp_processor_id()];
}

#endif /* _ASM_PERCPU_H */
