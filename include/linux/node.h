/* SPDX-License-Identifier: MIT */
/*
 * How fast a node's memory is, as firmware's HMAT says.
 *
 * Owns:       nothing; the table is mm/hmat_nodes.c's.
 * Lifetime:   from hmat_init() on, which bring-up calls when the nodes are known.
 * Locking:    none; written by the boot CPU, constant from then on.
 * Units:      nanoseconds and MB/s; 0 where firmware gave no value.
 * Failure:    -ENOENT where nothing is known of the node, or pair of nodes.
 */
#ifndef _LINUX_NODE_H
#define _LINUX_NODE_H

#include <linux/types.h>

struct node_hmem_attrs {
	unsigned int read_bandwidth;
	unsigned int write_bandwidth;
	unsigned int read_latency;
	unsigned int write_latency;
};

/*
 * Access class 0: from the initiators that are local or, where firmware names none,
 * best, whatever they are; class 1: from those of them that are CPUs.
 */
#define NR_NODE_ACCESS_CLASSES 2

/* Linux keeps these in sysfs only; asking is ours. */
int node_get_perf_attrs(int nid, unsigned int access, struct node_hmem_attrs *attrs);

/*
 * What firmware claims for accesses from @initiator to @target's memory. That is kept where
 * hmat_keep_pairs was set before hmat_init().
 */
int node_get_pair_attrs(int initiator, int target, struct node_hmem_attrs *attrs);
extern bool hmat_keep_pairs;

/* Reads HMAT, if there is one and numa=nohmat does not forbid it. */
void hmat_init(void);

/* Forgets all values, for hosts that bring up several machines. */
void hmat_reset(void);

/* What comes with this header on Linux. */
#include <linux/cpumask.h>
#include <linux/device.h>
#include <linux/list.h>

#endif /* _LINUX_NODE_H */
