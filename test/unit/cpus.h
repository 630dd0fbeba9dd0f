/* SPDX-License-Identifier: MIT */
/* Several CPUs at once: a thread for each. */
#ifndef _TEST_CPUS_H
#define _TEST_CPUS_H

#include <host/machine.h>
#include <pthread.h>
#include <stdint.h>

#define CPUS_MAX 16

struct cpu_thread {
	pthread_t thread;
	int cpu;
	const char *(*run)(int cpu);
};

static inline void *cpu_thread_run(void *arg)
{
	struct cpu_thread *t = arg;

	host_set_cpu(t->cpu);
	return (void *)t->run(t->cpu);
}

/* @run on the CPUs from @first to before @end; each returns what went wrong, or NULL. */
static inline void run_on_cpus(int first, int end, const char *(*run)(int cpu))
{
	struct cpu_thread t[CPUS_MAX];
	void *fault;

	assert_in_range(end, first, CPUS_MAX);
	for (int cpu = first; cpu < end; cpu++) {
		t[cpu] = (struct cpu_thread){.cpu = cpu, .run = run};
		assert_int_equal(pthread_create(&t[cpu].thread, NULL, cpu_thread_run, &t[cpu]), 0);
	}
	for (int cpu = first; cpu < end; cpu++) {
		pthread_join(t[cpu].thread, &fault);
		if (fault)
			fail_msg("CPU %d: %s", cpu, (char *)fault);
	}
}

#endif /* _TEST_CPUS_H */
