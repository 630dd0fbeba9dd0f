// SPDX-License-Identifier: MIT
/* The number of CPUs that tables have room for: the boot CPU's, until others are found. */
#include <linux/smp.h>

unsigned int nr_cpu_ids = 1;
