/* SPDX-License-Identifier: MIT */
/* Machines for the tests of guarded objects: those of per-CPU memory, with a pool of 16. */
#ifndef _TEST_KFENCE_MACHINE_H
#define _TEST_KFENCE_MACHINE_H

#include "percpu_machine.h"
#include "kfence_faults.h"
#include "logged.h"

#include "../../mm/kfence.h"

#define NR_OBJECTS 16

static inline void kfence_machine_make(int nodes, unsigned int cpus, unsigned long interval)
{
	kfence_sample_interval = interval;
	kfence_num_objects = NR_OBJECTS;
	percpu_machine_make(SZ_64M, nodes, cpus);
	/* What the caches themselves take comes from elsewhere. */
	kfence_init();
}

static inline int kfence_machine_end(void **state)
{
	int faults = kfence_verify();

	kfence_reset();
	return faults + percpu_machine_end(state);
}

static inline long number_of(const void *object)
{
	return kfence_addr_to_metadata((unsigned long)object) - kfence_metadata;
}

static inline unsigned long bugs(void)
{
	return kfence_counter(KFENCE_COUNTER_BUGS);
}

#endif /* _TEST_KFENCE_MACHINE_H */
