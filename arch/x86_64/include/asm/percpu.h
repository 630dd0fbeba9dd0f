/* SPDX-License-Identifier: MIT */
/* The part of the arch contract (baremm/arch.h) on per-CPU variables, on x86-64. */
#ifndef _ASM_PERCPU_H
#define _ASM_PERCPU_H

#include <asm/arch.h>

#define PER_CPU_BASE_SECTION ".data..percpu"

extern unsigned long __per_cpu_offset[NR_CPUS];

/* image.lds: at the start of a page. */
extern char __per_cpu_start[], __per_cpu_end[];

/* The base of GS is the calling CPU's offset; here it keeps what that is. */
extern const unsigned long this_cpu_off;

static inline unsigned long arch_percpu_offset(void)
{
	unsigned long offset;

	__asm__("movq %%gs:%1, %0" : "=r"(offset) : "m"(this_cpu_off));
	return offset;
}

static inline unsigned long arch_this_cpu_addr(unsigned long addr)
{
	__asm__("addq %%gs:%1, %0" : "+r"(addr) : "m"(this_cpu_off));
	return addr;
}

/* The calling CPU's copy of a variable, or of a part of one: a single instruction. */
#define arch_this_cpu_copy(var) (*(__seg_gs __typeof__(var) *)(unsigned long)&(var))

/* percpu.c */
void arch_percpu_init(unsigned int cpu);
void arch_percpu_enter(unsigned int cpu);

#endif /* _ASM_PERCPU_H */
