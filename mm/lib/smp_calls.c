/* SPDX-License-Identifier: MIT */
/* Calls to some CPUs, this one perhaps among them. Contract: linux/smp.h. */
#include <linux/smp.h>

#include <linux/cpumask.h>
#include <linux/topology.h>
#include <baremm/arch.h>

static unsigned int nearest_of(const struct cpumask *mask)
{
	unsigned int me = (unsigned int)smp_processor_id(), cpu, any = nr_cpu_ids;

	if (cpumask_test_cpu(me, mask))
		return me;
	for_each_cpu_and (cpu, mask, cpu_online_mask) {
		if (cpu_to_node((int)cpu) == cpu_to_node((int)me))
			return cpu;
		if (any >= nr_cpu_ids)
			any = cpu;
	}
	return any;
}

int smp_call_function_any(const struct cpumask *mask, smp_call_func_t func, void *info, int wait)
{
	return smp_call_function_single((int)nearest_of(mask), func, info, wait);
}

void on_each_cpu_cond_mask(smp_cond_func_t cond_func, smp_call_func_t func, void *info, bool wait,
			   const struct cpumask *mask)
{
	unsigned int me = (unsigned int)smp_processor_id(), cpu;
	struct cpumask chosen = {};

	for_each_cpu_and (cpu, mask, cpu_online_mask)
		if (!cond_func || cond_func((int)cpu, info))
			__cpumask_set_cpu(cpu, &chosen);
	smp_call_function_many(&chosen, func, info, false);
	if (cpumask_test_cpu(me, &chosen))
		smp_call_function_single((int)me, func, info, true);
	/* An empty call returns when the one before has. */
	if (wait)
		smp_call_function_many(&(const struct cpumask){}, func, info, true);
}

void on_each_cpu_mask(const struct cpumask *mask, smp_call_func_t func, void *info, bool wait)
{
	on_each_cpu_cond_mask(NULL, func, info, wait, mask);
}
