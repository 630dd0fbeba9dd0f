/* SPDX-License-Identifier: MIT */
/*
 * CPUs before there are allocators, lent to the memory test: what arch/x86_64 and arch/host
 * offer of them.
 *
 *   arch_early_cpus_start() ── fn(cpu) on each ── arch_early_cpus_stop()
 *
 * A CPU has a stack, the live page tables and handlers for faults then, and nothing else: no
 * per-CPU memory, no number that smp_processor_id() knows, so no lock, no log, no allocation.
 * Afterwards it is where INIT leaves it, and is started as if nothing had been.
 *
 * Owns:       the CPUs other than the one that boots, between start and stop.
 * Lifetime:   from arch_init_mem_mapping() to the end of memblock.
 * Locking:    all but the words' functions: the boot CPU alone.
 * Units:      words of 8 bytes.
 * Failure:    -errno with a message: the boot CPU is alone, and arch_early_cpus_stop() is due
 *             all the same. A CPU that does not come is not up, and cannot come later.
 */
#ifndef _BAREMM_ARCH_EARLY_H
#define _BAREMM_ARCH_EARLY_H

#define ARCH_EARLY_STACK_SIZE 8192

#ifndef __ASSEMBLER__
#include <linux/types.h>

/*
 * Writes @pattern to @nr words, or looks whether it is there, on any CPU. Each word is accessed
 * once. Returns how many words took it or have it, up to the first that has not, or of which the
 * access ended in a machine check or a fault: @nr if there is none.
 */
size_t arch_test_write(u64 *words, size_t nr, u64 pattern);
size_t arch_test_read(u64 *words, size_t nr, u64 pattern);

/*
 * Starts CPUs 1 to @nr - 1, whose ids are in @apicids, all at once, each with
 * ARCH_EARLY_STACK_SIZE bytes of @stacks, and has them call @fn. It waits until they are
 * there, but not for ever. With @nr 1 only the accesses above are prepared for.
 */
int arch_early_cpus_start(unsigned int nr, const u32 *apicids, void *stacks,
			  void (*fn)(unsigned int cpu));

/* Did @cpu come? Asked before @fn may return. */
bool arch_early_cpu_up(unsigned int cpu);

/* The exception that ended what @cpu did, or -1. */
int arch_early_cpu_fault(unsigned int cpu);

/* Ends what @cpu does, whatever it is: it touches no memory any more. */
void arch_early_cpu_stop(unsigned int cpu);

/*
 * The same for all of them, whose @fn has returned or is about to; logs what the hardware told
 * them.
 */
void arch_early_cpus_stop(void);

#endif /* !__ASSEMBLER__ */
#endif /* _BAREMM_ARCH_EARLY_H */
