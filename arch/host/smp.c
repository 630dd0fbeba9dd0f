/* SPDX-License-Identifier: MIT */
/* CPUs of a host process: threads that take work, as baremm/arch.h has it. */
#include <baremm/arch.h>
#include <host/machine.h>
#include <linux/cpumask.h>
#include <linux/smp.h>
#include <linux/workqueue.h>
#include "host.h"

#include <stdint.h>
#include <stdlib.h>
#include <time.h>

static bool stop;
static struct cpumask started;

int host_cpu_start_error[NR_CPUS];

static void *run_cpu(void *arg)
{
	(void)arg;
	set_this_cpu_online();
	cpu_work_loop(&stop);
	return NULL;
}

int arch_smp_prepare(u32 max_apicid)
{
	(void)max_apicid;
	__atomic_store_n(&stop, false, __ATOMIC_RELEASE);
	return 0;
}

int arch_cpu_start(unsigned int cpu, u32 apicid)
{
	(void)apicid;
	if (host_cpu_start_error[cpu])
		return host_cpu_start_error[cpu];
	host_cpu_start((int)cpu, run_cpu, NULL);
	cpumask_set_cpu(cpu, &started);
	while (!test_bit_acquire(cpu, cpumask_bits(cpu_online_mask)))
		cpu_relax();
	return 0;
}

void arch_smp_done(void)
{
}

void host_cpus_stop(void)
{
	unsigned int cpu;

	__atomic_store_n(&stop, true, __ATOMIC_RELEASE);
	for_each_cpu (cpu, &started)
		host_cpu_join((int)cpu);
	cpumask_clear(&started);
	workqueue_reset();
	smp_reset();
}

/* A thread takes no interrupts: it looks where it waits. */
void arch_send_call_ipi(unsigned int cpu)
{
	(void)cpu;
}

void arch_cpu_idle(void)
{
	nanosleep(&(struct timespec){.tv_nsec = 20000}, NULL);
}

/* A thread cannot be stopped from without: what it does ends with the process. */
unsigned int arch_stop_other_cpus(void)
{
	return 0;
}

void arch_stop_this_cpu(void)
{
	arch_shutdown(false);
}
