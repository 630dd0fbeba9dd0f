/* SPDX-License-Identifier: MIT */
/* Node numbers: 0 to MAX_NUMNODES - 1, dense, given by us and not by firmware. */
#ifndef _LINUX_NUMA_H
#define _LINUX_NUMA_H

#define NODES_SHIFT  10
#define MAX_NUMNODES (1 << NODES_SHIFT)
#define NUMA_NO_NODE (-1)

#define NUMA_NO_MEMBLK (-1)

/* @node where it is online or NUMA_NO_NODE; else the nearest that is online. */
int numa_map_to_online_node(int node);

/* What comes with this header on Linux. */
#include <linux/init.h>
#include <linux/types.h>

#endif /* _LINUX_NUMA_H */
