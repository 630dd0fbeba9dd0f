/* SPDX-License-Identifier: MIT */
/*
 * CPUs that come and go: none does. Those that run since smp_init() do so to the end, and what keeps
 * them from going has nothing to do, as on Linux without CONFIG_HOTPLUG_CPU.
 *
 * Locking: any context.
 * Failure: none.
 * Source:  Linux 6.1's cpu.h.
 */
#ifndef _LINUX_CPU_H_
#define _LINUX_CPU_H_

#include <linux/cpumask.h>
#include <linux/types.h>

static inline void cpus_read_lock(void)
{
}

static inline void cpus_read_unlock(void)
{
}

static inline int cpus_read_trylock(void)
{
	return true;
}

static inline void cpus_write_lock(void)
{
}

static inline void cpus_write_unlock(void)
{
}

#define cpu_hotplug_disable()	   ((void)0)
#define cpu_hotplug_enable()	   ((void)0)
#define cpu_maps_update_begin()	   ((void)0)
#define cpu_maps_update_done()	   ((void)0)
#define lockdep_assert_cpus_held() ((void)0)
#define lockdep_is_cpus_held()	   1
#define cpu_is_hotpluggable(cpu)   ((void)(cpu), false)

#endif /* _LINUX_CPU_H_ */
