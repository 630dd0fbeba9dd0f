/* SPDX-License-Identifier: MIT */
/* The part of the arch contract (baremm/arch.h) on per-CPU variables, on x86-64. */
#ifndef _ASM_PERCPU_H
#define _ASM_PERCPU_H

#include <asm/arch.h>

#define PER_CPU_BASE_SECTION ".data..percpu"

extern unsigned long __per_cpu_offset[NR_CPUS];

/* image.lds: at the start of a page. */
extern char __per_cpu_start[], __per_cpu_end[];

static inline unsigned long arch_percpu_offset(void)
{
	return __per_cpu_offset[smp_processor_id()];
}

#endif /* _ASM_PERCPU_H */
