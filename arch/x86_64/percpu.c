/* SPDX-License-Identifier: MIT */
/* A CPU's number, and where its per-CPU memory is. Contracts: percpu.h, baremm/arch.h. */
#include "percpu.h"

#include <linux/percpu-defs.h>
#include <baremm/arch.h>

#include "cpu.h"

/* Who only reads them takes them for constants: asm/arch.h, asm/percpu.h. */
DEFINE_PER_CPU(int, cpu_number) __asm__("this_cpu_number");
DEFINE_PER_CPU(unsigned long, cpu_offset) __asm__("this_cpu_off");

void percpu_early_enter(void)
{
	wrmsr(MSR_GS_BASE, 0);
}

void arch_percpu_init(unsigned int cpu)
{
	per_cpu(cpu_number, cpu) = (int)cpu;
	per_cpu(cpu_offset, cpu) = per_cpu_offset(cpu);
}

void arch_percpu_enter(unsigned int cpu)
{
	wrmsr(MSR_GS_BASE, per_cpu_offset(cpu));
}
