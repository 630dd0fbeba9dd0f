/* SPDX-License-Identifier: MIT */
/* A machine whose CPUs take work, with per-CPU memory and slabs: for tests of work and waits. */
#ifndef _TEST_WORK_MACHINE_H
#define _TEST_WORK_MACHINE_H

#include "percpu_machine.h"
#include "daemon_cpus.h"

#include "../../mm/wait.h"

static inline int work_machine_make(unsigned int cpus)
{
	nr_cpu_ids = cpus;
	percpu_machine_make(SZ_64M, 1, cpus);
	wait_reset();
	if (cpus > 1)
		smp_init();
	host_log_clear();
	return 0;
}

static inline int work_machine_end(void **state)
{
	(void)state;
	host_cpus_stop();
	assert_int_equal(kmem_cache_verify_all(), 0);
	percpu_reset();
	slab_machine_end();
	return 0;
}

#endif /* _TEST_WORK_MACHINE_H */
