/* SPDX-License-Identifier: MIT */
/* CPUs that take work, as the program's do: for those who give nodes' daemons a CPU. */
#ifndef _TEST_DAEMON_CPUS_H
#define _TEST_DAEMON_CPUS_H

#include <baremm/arch.h>
#include <host/machine.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/workqueue.h>

#include "../../mm/node_daemon.h"

/* Starts @cpu; the nodes' daemons get the CPUs that there are now. host_cpus_stop() ends it. */
static inline void start_daemon_cpu(unsigned int cpu)
{
	assert_int_equal(arch_smp_prepare(cpu), 0);
	assert_int_equal(arch_cpu_start(cpu, cpu), 0);
	node_daemons_place();
}

/* Work that keeps a CPU from all other. */
struct busy_work {
	struct work_struct work;
	bool begun, end;
};

static inline void be_busy(struct work_struct *work)
{
	struct busy_work *busy = container_of(work, struct busy_work, work);

	__atomic_store_n(&busy->begun, true, __ATOMIC_RELEASE);
	while (!__atomic_load_n(&busy->end, __ATOMIC_ACQUIRE))
		cpu_relax();
}

/* The same, but it answers what others ask. */
static inline void be_busy_polling(struct work_struct *work)
{
	struct busy_work *busy = container_of(work, struct busy_work, work);

	__atomic_store_n(&busy->begun, true, __ATOMIC_RELEASE);
	while (!__atomic_load_n(&busy->end, __ATOMIC_ACQUIRE))
		cond_resched();
}

static inline void begin_work(struct busy_work *busy, int cpu, work_func_t func)
{
	*busy = (struct busy_work){};
	INIT_WORK(&busy->work, func);
	assert_true(schedule_work_on(cpu, &busy->work));
	while (!__atomic_load_n(&busy->begun, __ATOMIC_ACQUIRE))
		cpu_relax();
}

static inline void begin_busy_work(struct busy_work *busy, int cpu)
{
	begin_work(busy, cpu, be_busy);
}

static inline void end_busy_work(struct busy_work *busy)
{
	__atomic_store_n(&busy->end, true, __ATOMIC_RELEASE);
	flush_work(&busy->work);
}

#endif /* _TEST_DAEMON_CPUS_H */
