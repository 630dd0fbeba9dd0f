/* SPDX-License-Identifier: MIT */
/*
 * Machines for the tests of the slab allocator: RAM from 0 on, on one node or
 * halved between two, brought up to kmem_cache_init().
 */
#ifndef _TEST_SLAB_MACHINE_H
#define _TEST_SLAB_MACHINE_H

#include "zones_machine.h"

#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/stackdepot.h>
#include <linux/string.h>

#include "../../mm/slab.h"

#define GFP_QUIET (GFP_KERNEL | __GFP_NOWARN)

static u64 slab_machine_ram;

static int slab_machine_two_nodes(void)
{
	numa_add_memblk(0, 0, slab_machine_ram / 2);
	return numa_add_memblk(1, slab_machine_ram / 2, slab_machine_ram);
}

static inline void slab_machine_make(u64 size, int nodes)
{
	static struct numa_source two_nodes = {.name = "test", .init = slab_machine_two_nodes};
	const struct ram ram[] = {{0, 0xa0000, 0}, {SZ_1M, size, 0}, {0, 0, 0}};

	slab_machine_ram = size;
	machine_ram(ram);
	if (nodes == 2)
		numa_register_source(&two_nodes);
	machine_zones();
	mem_init();
	kmem_cache_init();
}

static inline void slab_machine_end(void)
{
	host_set_cpu(0);
	nr_cpu_ids = 1;
	page_hooks_reset();
	slab_options_reset();
	stack_depot_reset();
	host_machine_exit();
}

/* Setup and teardown of a test: 64 MB on one node or two; at the end all is sound. */
static inline int make_machine(void **state)
{
	(void)state;
	slab_machine_make(SZ_64M, 1);
	return 0;
}

static inline int make_two_nodes(void **state)
{
	(void)state;
	slab_machine_make(SZ_64M, 2);
	return 0;
}

static inline int end_machine(void **state)
{
	(void)state;
	assert_int_equal(kmem_cache_verify_all(), 0);
	slab_machine_end();
	return 0;
}

static inline struct kmem_cache *make_cache(const char *name, unsigned int size)
{
	struct kmem_cache *s = kmem_cache_create(name, size, 0, 0, NULL);

	assert_non_null(s);
	return s;
}

/* Allocates @nr objects; empty() frees them. */
static inline void fill(struct kmem_cache *s, void **objects, unsigned int nr)
{
	for (unsigned int i = 0; i < nr; i++)
		assert_non_null(objects[i] = kmem_cache_alloc(s, GFP_KERNEL));
}

static inline void empty(struct kmem_cache *s, void **objects, unsigned int nr)
{
	for (unsigned int i = 0; i < nr; i++)
		kmem_cache_free(s, objects[i]);
}

#define slab_test(f)		 cmocka_unit_test_setup_teardown(f, make_machine, end_machine)
#define slab_test_on(machine, f) cmocka_unit_test_setup_teardown(f, machine, end_machine)

#endif /* _TEST_SLAB_MACHINE_H */
