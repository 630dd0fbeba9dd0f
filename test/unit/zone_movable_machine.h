/* SPDX-License-Identifier: MIT */
/* Machines for the tests of ZONE_MOVABLE: RAM in shares of nodes, and an option. */
#ifndef _TEST_ZONE_MOVABLE_MACHINE_H
#define _TEST_ZONE_MOVABLE_MACHINE_H

#include "zones_machine.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <baremm/bringup.h>
#include <baremm/options.h>

#define RAM_END         \
	{               \
		0, 0, 0 \
	}
#define NO_NODES               \
	{                      \
		0, 0, 0, false \
	}

struct share {
	u64 start;
	u64 end;
	int nid;
	bool hotplug; /* Linux takes the mark off the node that it was loaded to */
};

static const struct share no_nodes[] = {NO_NODES};

/* 2 GB below the hole, 4 GB above it. */
static const struct ram pc_ram[] = {
	{0x1000, 0xa0000, 0}, {SZ_1M, SZ_2G, 0}, {SZ_4G, 2 * SZ_4G, 0}, RAM_END};

static const struct share *shares;

static int say_shares(void)
{
	for (const struct share *s = shares; s->end; s++) {
		assert_int_equal(numa_add_memblk(s->nid, s->start, s->end), 0);
		if (s->hotplug)
			assert_int_equal(memblock_mark_hotplug(s->start, s->end - s->start), 0);
	}
	return 0;
}

static struct numa_source share_source = {.name = "test", .init = say_shares};

static inline void machine_start(const struct ram *ram, const struct share *nodes,
				 const char *option)
{
	machine_ram(ram);
	shares = nodes;
	if (nodes->end)
		numa_register_source(&share_source);
	mm_register_options();
	bad_options = 0;
	assert_int_equal(parse_options(option), 0);
}

#endif /* _TEST_ZONE_MOVABLE_MACHINE_H */
