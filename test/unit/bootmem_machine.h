/* SPDX-License-Identifier: MIT */
/* Machines of zones_machine.h with nodes, for the tests of bootmem. */
#ifndef _TEST_BOOTMEM_MACHINE_H
#define _TEST_BOOTMEM_MACHINE_H

#include "zones_machine.h"

#include <linux/bootmem.h>

/* The address space of each node, ended by an empty range. */
static const struct ram *machine_nodes;

static inline int say_nodes(void)
{
	for (const struct ram *r = machine_nodes; r->end; r++)
		numa_add_memblk(r->nid, r->start, r->end);
	return 0;
}

/* RAM, and @nodes (NULL: one); reservations may follow. */
static inline void machine_with_nodes(const struct ram *ram, const struct ram *nodes, bool bootmem)
{
	static struct numa_source source = {.name = "test", .init = say_nodes};

	machine_ram(ram);
	early_bootmem = bootmem;
	machine_nodes = nodes;
	if (nodes)
		numa_register_source(&source);
}

static inline bool bit_of(const bootmem_data_t *bdata, unsigned long pfn)
{
	return test_bit(pfn - bdata->node_min_pfn, bdata->node_bootmem_map);
}

#endif /* _TEST_BOOTMEM_MACHINE_H */
