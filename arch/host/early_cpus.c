/* SPDX-License-Identifier: MIT */
/* CPUs before there are allocators: threads. Contract: baremm/arch_early.h. */
#include <baremm/arch_early.h>

#include <baremm/arch.h>
#include <host/machine.h>
#include <linux/kernel.h>
#include "host.h"

#include <pthread.h>

static struct {
	void (*fn)(unsigned int cpu);
	unsigned int nr;
	bool up[NR_CPUS];
	int fault[NR_CPUS];   /* exception + 1 */
	bool halted[NR_CPUS]; /* it does nothing any more */
	bool end;	      /* who is halted ends */
} early;

host_test_words_fn host_test_words;

/* ---- Words -------------------------------------------------------------------------- */

static size_t reachable(u64 *words, size_t nr, enum host_access access)
{
	return host_test_words ? host_test_words(words, nr, access) : nr;
}

size_t arch_test_write(u64 *words, size_t nr, u64 pattern)
{
	nr = reachable(words, nr, HOST_BEFORE_WRITE);
	for (size_t i = 0; i < nr; i++)
		((volatile u64 *)words)[i] = pattern;
	reachable(words, nr, HOST_AFTER_WRITE);
	return nr;
}

size_t arch_test_read(u64 *words, size_t nr, u64 pattern)
{
	size_t i = 0;

	nr = reachable(words, nr, HOST_BEFORE_READ);
	while (i < nr && ((volatile u64 *)words)[i] == pattern)
		i++;
	return i;
}

/* ---- CPUs ----------------------------------------------------------------------------- */

static void *run(void *arg)
{
	(void)arg;
	early.fn((unsigned int)smp_processor_id());
	return NULL;
}

int arch_early_cpus_start(unsigned int nr, const u32 *apicids, void *stacks,
			  void (*fn)(unsigned int cpu))
{
	(void)apicids;
	(void)stacks;
	early.fn = fn;
	early.nr = nr;
	early.end = false;
	for (unsigned int cpu = 1; cpu < nr; cpu++) {
		early.fault[cpu] = 0;
		early.halted[cpu] = false;
		early.up[cpu] = !host_cpu_start_error[cpu];
		if (early.up[cpu])
			host_cpu_start((int)cpu, run, NULL);
	}
	return 0;
}

bool arch_early_cpu_up(unsigned int cpu)
{
	return early.up[cpu];
}

int arch_early_cpu_fault(unsigned int cpu)
{
	return __atomic_load_n(&early.fault[cpu], __ATOMIC_ACQUIRE) - 1;
}

bool host_early_cpu_halted(unsigned int cpu)
{
	return __atomic_load_n(&early.halted[cpu], __ATOMIC_ACQUIRE);
}

void host_early_cpu_halt(int fault)
{
	int cpu = smp_processor_id();

	__atomic_store_n(&early.halted[cpu], true, __ATOMIC_RELEASE);
	__atomic_store_n(&early.fault[cpu], fault + 1, __ATOMIC_RELEASE);
	while (!__atomic_load_n(&early.end, __ATOMIC_ACQUIRE))
		cpu_relax();
	pthread_exit(NULL);
}

/* A thread cannot be stopped from without: only one that is halted can be lost. */
void arch_early_cpu_stop(unsigned int cpu)
{
	while (!host_early_cpu_halted(cpu))
		cpu_relax();
}

void arch_early_cpus_stop(void)
{
	__atomic_store_n(&early.end, true, __ATOMIC_RELEASE);
	for (unsigned int cpu = 1; cpu < early.nr; cpu++)
		if (early.up[cpu])
			host_cpu_join((int)cpu);
	early.nr = 0;
}
