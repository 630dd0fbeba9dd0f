// SPDX-License-Identifier: MIT
/*
 * The number of CPUs that tables have room for, and that run: the boot CPU's, until
 * others are found and started.
 */
#include <linux/cpumask.h>
#include <linux/smp.h>

unsigned int nr_cpu_ids = 1;
atomic_t __num_online_cpus = ATOMIC_INIT(1);
