/* SPDX-License-Identifier: MIT */
/* Sets of nodes, and the states a node can be in. */
#ifndef _LINUX_NODEMASK_H
#define _LINUX_NODEMASK_H

#include <linux/bitmap.h>
#include <linux/numa.h>

typedef struct {
	DECLARE_BITMAP(bits, MAX_NUMNODES);
} nodemask_t;

enum node_states {
	N_POSSIBLE,	     /* may come online */
	N_ONLINE,	     /* has a pgdat */
	N_NORMAL_MEMORY,     /* has pages up to ZONE_NORMAL */
	N_HIGH_MEMORY,	     /* has pages up to ZONE_HIGHMEM */
	N_MEMORY,	     /* has pages */
	N_CPU,		     /* has CPUs */
	N_GENERIC_INITIATOR, /* has a device that works on memory */
	NR_NODE_STATES
};

extern nodemask_t node_states[NR_NODE_STATES];
extern unsigned int nr_node_ids; /* highest possible node number + 1 */
extern unsigned int nr_online_nodes;

#define node_possible_map node_states[N_POSSIBLE]
#define node_online_map	  node_states[N_ONLINE]

#define node_set(node, mask)   __set_bit(node, (mask).bits)
#define node_clear(node, mask) __clear_bit(node, (mask).bits)
#define node_isset(node, mask) test_bit(node, (mask).bits)
#define nodes_clear(mask)      bitmap_zero((mask).bits, MAX_NUMNODES)
#define nodes_weight(mask)     bitmap_weight((mask).bits, MAX_NUMNODES)
#define nodes_empty(mask)      bitmap_empty((mask).bits, MAX_NUMNODES)
#define first_node(mask)       ((int)find_first_bit((mask).bits, MAX_NUMNODES))
#define next_node(node, mask)  ((int)find_next_bit((mask).bits, MAX_NUMNODES, (node) + 1))
#define for_each_node_mask(node, mask) \
	for ((node) = first_node(mask); (node) < MAX_NUMNODES; (node) = next_node(node, mask))

static inline int node_state(int node, enum node_states state)
{
	return node_isset(node, node_states[state]);
}

static inline void node_set_state(int node, enum node_states state)
{
	node_set(node, node_states[state]);
}

/* The node has a pgdat. */
void node_set_online(int nid);

#define node_online(node)		 node_state(node, N_ONLINE)
#define num_online_nodes()		 nr_online_nodes
#define for_each_node_state(node, state) for_each_node_mask (node, node_states[state])
#define for_each_node(node)		 for_each_node_state (node, N_POSSIBLE)
#define for_each_online_node(node)	 for_each_node_state (node, N_ONLINE)

#endif /* _LINUX_NODEMASK_H */
