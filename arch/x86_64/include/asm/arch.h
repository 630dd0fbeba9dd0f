/* SPDX-License-Identifier: MIT */
/* The inline part of the arch contract (baremm/arch.h) on x86-64. */
#ifndef _ASM_ARCH_H
#define _ASM_ARCH_H

#include <linux/types.h>

#define NR_CPUS	       512
#define L1_CACHE_BYTES 64

static inline void cpu_relax(void)
{
	__asm__ __volatile__("pause");
}

/*
 * The calling CPU's number: a per-CPU variable (arch/x86_64/percpu.c), found by the base
 * of GS. It is constant for code that runs on one CPU, as all does, so that the compiler
 * may keep it across stores and calls.
 */
extern const int this_cpu_number;
static inline int smp_processor_id(void)
{
	int cpu;

	__asm__("movl %%gs:%1, %0" : "=r"(cpu) : "m"(this_cpu_number));
	return cpu;
}

/* Turns interrupts off and returns RFLAGS as they were. */
static inline unsigned long arch_local_irq_save(void)
{
	unsigned long flags;

	__asm__ __volatile__("pushfq; popq %0; cli" : "=r"(flags) : : "memory");
	return flags;
}

static inline void arch_local_irq_restore(unsigned long flags)
{
	if (flags & (1UL << 9))
		__asm__ __volatile__("sti" : : : "memory");
}

/* A store after all that was before, to a word that nobody else writes meanwhile. */
static inline void arch_inc_release(u16 *word)
{
	__asm__ __volatile__("incw %0" : "+m"(*word) : : "memory", "cc");
}

/*
 * All registers are as before, so that it costs the code around it none (entry.S); the
 * address is worked out here, so that none holds it meanwhile.
 */
#define arch_rare_call(fn, ptr, b)                                                   \
	do {                                                                         \
		unsigned long __rare_ptr;                                            \
		if (0)                                                               \
			fn(ptr, b, 0UL);                                             \
		__asm__ __volatile__("leaq %1, %0; pushq %2; pushq %0; pushq %3; "   \
				     "call rare_call"                                \
				     : "=&r"(__rare_ptr)                             \
				     : "m"(*(ptr)), "r"((unsigned long)(b)), "r"(fn) \
				     : "memory", "cc");                              \
	} while (0)

static inline void arch_local_irq_enable(void)
{
	__asm__ __volatile__("sti" : : : "memory");
}

static inline bool arch_irqs_disabled(void)
{
	unsigned long flags;

	__asm__ __volatile__("pushfq; popq %0" : "=r"(flags) : : "memory");
	return !(flags & (1UL << 9));
}

static inline u64 arch_cycles(void)
{
	u32 lo, hi;

	__asm__ __volatile__("rdtsc" : "=a"(lo), "=d"(hi));
	return (u64)hi << 32 | lo;
}

#endif /* _ASM_ARCH_H */
