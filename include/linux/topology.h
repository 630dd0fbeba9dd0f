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

#include <linux/cpumask.h>
#include <linux/numa.h>

#define LOCAL_DISTANCE	10
#define REMOTE_DISTANCE 20
#define DISTANCE_BITS	8

/* Relative cost of an access from node @from to node @to, 10 being local. */
int node_distance(int from, int to);

int cpu_to_node(int cpu);

/* The calling CPU's node, and the node with memory that is nearest to it. */
int numa_node_id(void);
static inline int numa_mem_id(void)
{
	return numa_node_id();
}

#define cpu_to_mem(cpu) cpu_to_node(cpu)

/* The CPUs of a node that there may be. */
const struct cpumask *cpumask_of_node(int node);

/* From here on another node's memory is far. */
#define RECLAIM_DISTANCE	   30
#define PENALTY_FOR_NODE_WITH_CPUS 1

/* 0: nothing of it changed. */
#define arch_update_cpu_topology() 0

#define nr_cpus_node(node) cpumask_weight(cpumask_of_node(node))
#define for_each_node_with_cpus(node) \
	for_each_online_node (node)   \
		if (nr_cpus_node(node))

/* Of how CPUs share cores and packages nothing is known: Linux's words for that. */
#define topology_physical_package_id(cpu) ((void)(cpu), -1)
#define topology_die_id(cpu)		  ((void)(cpu), -1)
#define topology_cluster_id(cpu)	  ((void)(cpu), -1)
#define topology_book_id(cpu)		  ((void)(cpu), -1)
#define topology_drawer_id(cpu)		  ((void)(cpu), -1)
#define topology_ppin(cpu)		  ((void)(cpu), 0ULL)
#define topology_core_id(cpu)		  ((void)(cpu), 0)
#define topology_sibling_cpumask(cpu)	  cpumask_of(cpu)
#define topology_core_cpumask(cpu)	  cpumask_of(cpu)
#define topology_cluster_cpumask(cpu)	  cpumask_of(cpu)
#define topology_book_cpumask(cpu)	  cpumask_of(cpu)
#define topology_drawer_cpumask(cpu)	  cpumask_of(cpu)
#define topology_die_cpumask(cpu)	  cpumask_of(cpu)
#define cpu_smt_mask(cpu)		  cpumask_of(cpu)
#define cpu_cpu_mask(cpu)		  cpumask_of_node(cpu_to_node(cpu))

/* What comes with this header on Linux. */
#include <linux/mmzone.h>
#include <linux/percpu.h>

#endif /* _LINUX_TOPOLOGY_H */
