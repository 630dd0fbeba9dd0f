/* SPDX-License-Identifier: MIT */
/*
 * The CPUs of the machine: their numbers, and how they are started.
 *
 * Owns:       nr_cpu_ids, the APIC id of each CPU, the options nosmp, maxcpus=, nr_cpus=.
 * Invariants: CPU 0 is the boot CPU; the others follow in the order of the MADT.
 * Lifetime:   numbers from cpus_find() on; before there is CPU 0 alone.
 * Locking:    none; the boot CPU, while others are down.
 * Failure:    a CPU that cannot be started is named and left out.
 * Source:     Linux's arch/x86/kernel/{apic/apic.c,smpboot.c} and kernel/smp.c: which CPUs
 *             count, their order, and the lines of the log.
 */
#ifndef _MM_CPUS_H
#define _MM_CPUS_H

#include <linux/types.h>

/* Numbers the CPUs that the MADT lists as usable. A machine without one keeps nr_cpu_ids. */
void cpus_find(void);

/* For CPUs below nr_cpu_ids, where the MADT named them: else false. */
bool cpu_apicid(unsigned int cpu, u32 *apicid);

/* Options of these names. 0 or -EINVAL. */
int nosmp_parse_option(char *value);
int maxcpus_parse_option(char *value);
int nr_cpus_parse_option(char *value);

/* Back to the state at program start, for hosts that bring up several machines. */
void cpus_reset(void);

#endif /* _MM_CPUS_H */
