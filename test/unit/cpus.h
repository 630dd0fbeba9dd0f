/* SPDX-License-Identifier: MIT */
/* Several CPUs at once: a thread for each. */
#ifndef _TEST_CPUS_H
#define _TEST_CPUS_H

#include <host/machine.h>
#include <linux/smp.h>
#include <stdint.h>

struct cpu_run {
	const char *(*run)(int cpu);
};

static inline void *cpu_thread_run(void *arg)
{
	const struct cpu_run *each = arg;

	return (void *)(uintptr_t)each->run(smp_processor_id());
}

/* @run on the CPUs from @first to before @end; each returns what went wrong, or NULL. */
static inline void run_on_cpus(int first, int end, const char *(*run)(int cpu))
{
	struct cpu_run each = {run};

	for (int cpu = first; cpu < end; cpu++)
		host_cpu_start(cpu, cpu_thread_run, &each);
	for (int cpu = first; cpu < end; cpu++) {
		const char *fault = host_cpu_join(cpu);

		if (fault)
			fail_msg("CPU %d: %s", cpu, fault);
	}
}

#endif /* _TEST_CPUS_H */
