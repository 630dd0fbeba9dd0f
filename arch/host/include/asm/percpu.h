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

/*
 * Tests run several CPUs on parts of mm/ that need no setup_per_cpu_areas(): until that has
 * given a CPU its copy, all but CPU 0 have one of the host's.
 */
unsigned long host_per_cpu_offset(unsigned int cpu);
#define per_cpu_offset(cpu) host_per_cpu_offset((unsigned int)(cpu))

extern char __start_percpu_data[] __attribute__((__weak__));
extern char __stop_percpu_data[] __attribute__((__weak__));
#define __per_cpu_start __start_percpu_data
#define __per_cpu_end	__stop_percpu_data

/* The calling thread's; what changes its CPU, or where that CPU's copy is, sets it anew. */
extern __thread unsigned long host_percpu_offset __attribute__((__tls_model__("local-exec")));

static inline unsigned long arch_percpu_offset(void)
{
	return host_percpu_offset;
}

static inline unsigned long arch_this_cpu_addr(unsigned long addr)
{
	return addr + arch_percpu_offset();
}

/*
 * A thread's base of GS is its offset, too, where nobody has to see each access: one
 * instruction reads a variable then, as on the machine.
 */
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define HOST_PERCPU_BY_GS
#define arch_this_cpu_copy(var) (*(__seg_gs __typeof__(var) *)(unsigned long)&(var))
#else
#define arch_this_cpu_copy(var) (*(__typeof__(var) *)arch_this_cpu_addr((unsigned long)&(var)))
#endif

/* Makes @offset the calling thread's. */
void host_set_percpu_offset(unsigned long offset);

static inline void arch_percpu_init(unsigned int cpu)
{
	(void)cpu;
}

/* A thread is the CPU that host_set_cpu() makes it. */
static inline void arch_percpu_enter(unsigned int cpu)
{
	(void)cpu;
	host_set_percpu_offset(per_cpu_offset(smp_processor_id()));
}

#endif /* _ASM_PERCPU_H */
