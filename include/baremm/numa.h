/* SPDX-License-Identifier: MIT */
/*
 * The machine's nodes: who says which memory and which CPUs belong together.
 *
 *   source 1 (ACPI, ...) -+
 *   source 2 ------------ +--> numa_add_memblk() --> numa_meminfo --> memblock, NODE_DATA
 *   dummy: one node ------+    numa_set_distance() -> node_distance()
 *
 * Owns:       numa_meminfo, the list of the nodes' memory ranges; the distances;
 *             each CPU's node; node_data[].
 * Invariants: numa_meminfo is sorted by address; no two ranges of different nodes
 *             overlap once initmem_init() has accepted it.
 * Lifetime:   sources register before initmem_init(), which tries them in that
 *             order; the first whose result holds up is taken, and the dummy node
 *             always does. Constant from then on.
 * Locking:    none; boot CPU only.
 * Units:      bytes. Ranges are rounded down to pages at both ends.
 * Failure:    -errno; a source that failed leaves nothing behind.
 * Source:     Linux's arch/x86/mm/numa.c.
 */
#ifndef _BAREMM_NUMA_H
#define _BAREMM_NUMA_H

#include <linux/numa.h>
#include <linux/types.h>

/* Ranges of all nodes together. */
#define NR_NODE_MEMBLKS (MAX_NUMNODES * 2)

/* Smaller nodes get no pgdat of their own, as on Linux. */
#define NODE_MIN_SIZE (4 * 1024 * 1024)

struct numa_source {
	const char *name;
	/* Calls numa_add_memblk() and the like. 0, or -errno: ask the next; -ENOENT quietly. */
	int (*init)(void);
	struct numa_source *next; /* the list's */
};

/* @source stays where it is for ever. A second time does nothing. */
void numa_register_source(struct numa_source *source);

/*
 * For sources. Node numbers are dense, counted from 0 by the source. An empty range
 * is ignored. -EINVAL: node out of range, or a range that ends before it starts;
 * -ENOSPC: more than NR_NODE_MEMBLKS.
 */
int numa_add_memblk(int nid, u64 start, u64 end);

/* A node that may have CPUs but no memory. */
int numa_add_node(int nid);

/*
 * Row and column are nodes; @distance as in ACPI's SLIT, but parts of one node may be
 * LOCAL_DISTANCE apart. -EINVAL, -ENOMEM: ignored.
 */
int numa_set_distance(int from, int to, int distance);

/* CPU @cpu is on node @nid. */
int numa_set_cpu_node(int cpu, int nid);

/* The CPU with this APIC id is on node @nid. -EINVAL: the id is MAX_LOCAL_APIC or more. */
#define MAX_LOCAL_APIC 32768
int set_apicid_to_node(u32 apicid, int nid);

/* For CPUs that are brought up: NUMA_NO_NODE where no source named it. */
int apicid_to_node(u32 apicid);

/*
 * Finds the nodes, gives every memory range of memblock its node, and allocates
 * each node's pgdat on the node itself. Needs max_pfn.
 */
void initmem_init(void);

/* The source whose nodes these are; NULL for the dummy node. */
const struct numa_source *numa_chosen_source(void);

/* Back to the state at program start, for hosts that bring up several machines. */
void numa_reset(void);

#endif /* _BAREMM_NUMA_H */
