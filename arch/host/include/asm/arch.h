/* SPDX-License-Identifier: MIT */
/* The inline part of the arch contract (baremm/arch.h) on a host process. */
#ifndef _ASM_ARCH_H
#define _ASM_ARCH_H

#include <linux/types.h>

#define NR_CPUS	       64
#define L1_CACHE_BYTES 64

/*
 * Simulated CPUs are threads, often more than the host has CPUs: who waits lets
 * the others run, for one of them holds what is waited for.
 */
int sched_yield(void);
static inline void cpu_relax(void)
{
	sched_yield();
}

/* The simulated CPU that the calling thread is; host_set_cpu() sets it. */
extern __thread int host_cpu __attribute__((__tls_model__("local-exec")));
static inline int smp_processor_id(void)
{
	return host_cpu;
}

/* A simulated CPU takes no interrupts, but knows whether it would. */
extern __thread unsigned long host_irqs_off __attribute__((__tls_model__("local-exec")));
static inline unsigned long arch_local_irq_save(void)
{
	unsigned long flags = host_irqs_off;

	host_irqs_off = 1;
	return flags;
}

static inline void arch_local_irq_restore(unsigned long flags)
{
	host_irqs_off = flags;
}

static inline bool arch_irqs_disabled(void)
{
	return host_irqs_off;
}

static inline void arch_inc_release(u16 *word)
{
	__atomic_store_n(word, (u16)(*word + 1), __ATOMIC_RELEASE);
}

#define arch_rare_call(fn, ptr, b) fn(ptr, b, _THIS_IP_)

static inline void arch_local_irq_enable(void)
{
	host_irqs_off = 0;
}

static inline u64 arch_cycles(void)
{
	return __builtin_ia32_rdtsc();
}

#endif /* _ASM_ARCH_H */
