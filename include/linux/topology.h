/* SPDX-License-Identifier: MIT */
/*
 * Which node a CPU is on, and how far nodes are from each other.
 *
 * Owns:       nothing; the tables are mm/numa.c's.
 * Lifetime:   from initmem_init() on. Before, every CPU is on node 0 and distances
 *             are the defaults.
 * Locking:    read by anybody; written by the boot CPU while others are down.
 */
#ifndef _LINUX_TOPOLOGY_H
#define _LINUX_TOPOLOGY_H

#include <linux/numa.h>

#define LOCAL_DISTANCE	10
#define REMOTE_DISTANCE 20

/* Relative cost of an access from node @from to node @to, 10 being local. */
int node_distance(int from, int to);

int cpu_to_node(int cpu);

/* The calling CPU's node, and the node with memory that is nearest to it. */
int numa_node_id(void);
static inline int numa_mem_id(void)
{
	return numa_node_id();
}

#endif /* _LINUX_TOPOLOGY_H */
