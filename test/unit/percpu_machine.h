/* SPDX-License-Identifier: MIT */
/* Machines for the tests of per-CPU memory: RAM from 0 on, CPUs spread over its nodes. */
#ifndef _TEST_PERCPU_MACHINE_H
#define _TEST_PERCPU_MACHINE_H

#include "slab_machine.h"

#include <linux/percpu.h>
#include <linux/topology.h>

#include "../../mm/percpu.h"

/* Up to where per-CPU memory is there and slab is not. */
static inline void percpu_machine_early(u64 size, int nodes, unsigned int cpus)
{
	static struct numa_source two_nodes = {.name = "test", .init = slab_machine_two_nodes};
	const struct ram ram[] = {{0, 0xa0000, 0}, {SZ_1M, size, 0}, {0, 0, 0}};

	nr_cpu_ids = cpus;
	slab_machine_ram = size;
	machine_ram(ram);
	if (nodes == 2)
		numa_register_source(&two_nodes);
	machine_zones();
	setup_per_cpu_areas();
}

static inline void percpu_machine_late(void)
{
	mem_init();
	kmem_cache_init();
	percpu_init_late();
}

static inline void percpu_machine_make(u64 size, int nodes, unsigned int cpus)
{
	percpu_machine_early(size, nodes, cpus);
	percpu_machine_late();
}

static inline int percpu_machine_end(void **state)
{
	int faults = percpu_verify() + kmem_cache_verify_all() + verify_all() + pgtable_verify();

	(void)state;
	percpu_reset();
	slab_machine_end();
	return faults;
}

/* Setup of a test. */
static inline int one_cpu(void **state)
{
	(void)state;
	percpu_machine_make(SZ_64M, 1, 1);
	return 0;
}

static inline int four_cpus(void **state)
{
	(void)state;
	percpu_machine_make(SZ_64M, 1, 4);
	return 0;
}

static inline int four_cpus_two_nodes(void **state)
{
	(void)state;
	percpu_machine_make(SZ_128M, 2, 4);
	return 0;
}

/* Areas: their bytes on each CPU, zero or marked by a value that grows with the CPU. */
static inline void *addr_of(void __percpu *ptr, unsigned int cpu)
{
	return per_cpu_ptr(ptr, cpu);
}

static inline bool is_zero(void __percpu *ptr, size_t size)
{
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++)
		for (size_t i = 0; i < size; i++)
			if (((char *)addr_of(ptr, cpu))[i])
				return false;
	return true;
}

static inline void mark(void __percpu *ptr, size_t size, u8 value)
{
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++)
		memset(addr_of(ptr, cpu), value + (int)cpu, size);
}

static inline void check_mark(void __percpu *ptr, size_t size, u8 value)
{
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++)
		for (size_t i = 0; i < size; i++)
			assert_int_equal(((u8 *)addr_of(ptr, cpu))[i], (u8)(value + cpu));
}

#define test_on(machine, f) cmocka_unit_test_setup_teardown(f, machine, percpu_machine_end)

#endif /* _TEST_PERCPU_MACHINE_H */
