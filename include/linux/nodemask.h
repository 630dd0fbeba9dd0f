/* SPDX-License-Identifier: MIT */
/*
 * Sets of nodes, and the states a node can be in.
 *
 * Owns:       node_states[], by which nodes are found.
 * Invariants: sets are whole: all MAX_NUMNODES bits count.
 * Lifetime:   node_states[] from initmem_init() on.
 * Locking:    the caller's; states are written by the boot CPU while others are down.
 * Units:      node numbers; MAX_NUMNODES says that there is none.
 * Failure:    as linux/bitmap.h.
 * Source:     Linux 6.1's nodemask.h. Its macros take sets by value, so do these.
 */
#ifndef _LINUX_NODEMASK_H
#define _LINUX_NODEMASK_H

#include <linux/bitmap.h>
#include <linux/numa.h>

typedef struct {
	DECLARE_BITMAP(bits, MAX_NUMNODES);
} nodemask_t;

/* For %*pb and %*pbl; of NULL, nothing. */
#define nodemask_pr_args(maskp) __nodemask_pr_numnodes(maskp), __nodemask_pr_bits(maskp)
static inline int __nodemask_pr_numnodes(const nodemask_t *m)
{
	return m ? MAX_NUMNODES : 0;
}
static inline const unsigned long *__nodemask_pr_bits(const nodemask_t *m)
{
	return m ? m->bits : NULL;
}

/* ---- Sets ---------------------------------------------------------------------------------- */

#define node_set(node, dst)		  __set_bit((unsigned int)(node), (dst).bits)
#define node_clear(node, dst)		  __clear_bit((unsigned int)(node), (dst).bits)
#define node_isset(node, nodemask)	  test_bit((unsigned int)(node), (nodemask).bits)
#define node_test_and_set(node, nodemask) test_and_set_bit((unsigned int)(node), (nodemask).bits)

#define nodes_setall(dst)	   bitmap_fill((dst).bits, MAX_NUMNODES)
#define nodes_clear(dst)	   bitmap_zero((dst).bits, MAX_NUMNODES)
#define nodes_and(dst, src1, src2) bitmap_and((dst).bits, (src1).bits, (src2).bits, MAX_NUMNODES)
#define nodes_or(dst, src1, src2)  bitmap_or((dst).bits, (src1).bits, (src2).bits, MAX_NUMNODES)
#define nodes_xor(dst, src1, src2) bitmap_xor((dst).bits, (src1).bits, (src2).bits, MAX_NUMNODES)
#define nodes_andnot(dst, src1, src2) \
	bitmap_andnot((dst).bits, (src1).bits, (src2).bits, MAX_NUMNODES)
#define nodes_complement(dst, src)     bitmap_complement((dst).bits, (src).bits, MAX_NUMNODES)
#define nodes_equal(src1, src2)	       bitmap_equal((src1).bits, (src2).bits, MAX_NUMNODES)
#define nodes_intersects(src1, src2)   bitmap_intersects((src1).bits, (src2).bits, MAX_NUMNODES)
#define nodes_subset(src1, src2)       bitmap_subset((src1).bits, (src2).bits, MAX_NUMNODES)
#define nodes_empty(src)	       bitmap_empty((src).bits, MAX_NUMNODES)
#define nodes_full(nodemask)	       bitmap_full((nodemask).bits, MAX_NUMNODES)
#define nodes_weight(nodemask)	       ((int)bitmap_weight((nodemask).bits, MAX_NUMNODES))
#define nodes_shift_right(dst, src, n) bitmap_shift_right((dst).bits, (src).bits, n, MAX_NUMNODES)
#define nodes_shift_left(dst, src, n)  bitmap_shift_left((dst).bits, (src).bits, n, MAX_NUMNODES)
#define nodes_addr(src)		       ((src).bits)

#define first_node(src) ((unsigned int)find_first_bit((src).bits, MAX_NUMNODES))
#define next_node(n, src) \
	((unsigned int)find_next_bit((src).bits, MAX_NUMNODES, (unsigned int)((n) + 1)))
#define first_unset_node(mask) ((unsigned int)find_first_zero_bit((mask).bits, MAX_NUMNODES))

/* In a circle; @n itself where it is the only one. */
static inline unsigned int __next_node_in(int node, const nodemask_t *srcp)
{
	unsigned int next = next_node(node, *srcp);

	return next < MAX_NUMNODES ? next : first_node(*srcp);
}
#define next_node_in(n, src) __next_node_in((n), &(src))

static inline void init_nodemask_of_node(nodemask_t *mask, int node)
{
	nodes_clear(*mask);
	node_set(node, *mask);
}

#define nodemask_of_node(node)                      \
	({                                          \
		nodemask_t __of;                    \
		init_nodemask_of_node(&__of, node); \
		__of;                               \
	})

/* clang-format off */
#define NODE_MASK_ALL  ((nodemask_t){ { [0 ... BITS_TO_LONGS(MAX_NUMNODES) - 1] = ~0UL } })
#define NODE_MASK_NONE ((nodemask_t){ { [0 ... BITS_TO_LONGS(MAX_NUMNODES) - 1] = 0UL } })
/* clang-format on */

/* See bitmap_bitremap() and its like in linux/bitmap.h. */
#define node_remap(oldbit, old, new) bitmap_bitremap((oldbit), (old).bits, (new).bits, MAX_NUMNODES)
#define nodes_remap(dst, src, old, new) \
	bitmap_remap((dst).bits, (src).bits, (old).bits, (new).bits, MAX_NUMNODES)
#define nodes_onto(dst, orig, relmap) \
	bitmap_onto((dst).bits, (orig).bits, (relmap).bits, MAX_NUMNODES)
#define nodes_fold(dst, orig, sz) \
	bitmap_fold((dst).bits, (orig).bits, (unsigned int)(sz), MAX_NUMNODES)
#define nodelist_parse(buf, dst) bitmap_parselist((buf), (dst).bits, MAX_NUMNODES)

/* What these are made of on Linux: by pointers, and with a number of nodes. */
#define __node_set(node, dstp)		       set_bit((unsigned int)(node), (dstp)->bits)
#define __node_clear(node, dstp)	       clear_bit((unsigned int)(node), (dstp)->bits)
#define __node_test_and_set(node, p)	       test_and_set_bit((unsigned int)(node), (p)->bits)
#define __nodes_setall(dstp, n)		       bitmap_fill((dstp)->bits, n)
#define __nodes_clear(dstp, n)		       bitmap_zero((dstp)->bits, n)
#define __nodes_and(dstp, a, b, n)	       bitmap_and((dstp)->bits, (a)->bits, (b)->bits, n)
#define __nodes_or(dstp, a, b, n)	       bitmap_or((dstp)->bits, (a)->bits, (b)->bits, n)
#define __nodes_xor(dstp, a, b, n)	       bitmap_xor((dstp)->bits, (a)->bits, (b)->bits, n)
#define __nodes_andnot(dstp, a, b, n)	       bitmap_andnot((dstp)->bits, (a)->bits, (b)->bits, n)
#define __nodes_complement(dstp, srcp, n)      bitmap_complement((dstp)->bits, (srcp)->bits, n)
#define __nodes_equal(a, b, n)		       bitmap_equal((a)->bits, (b)->bits, n)
#define __nodes_intersects(a, b, n)	       bitmap_intersects((a)->bits, (b)->bits, n)
#define __nodes_subset(a, b, n)		       bitmap_subset((a)->bits, (b)->bits, n)
#define __nodes_empty(srcp, n)		       bitmap_empty((srcp)->bits, n)
#define __nodes_full(srcp, n)		       bitmap_full((srcp)->bits, n)
#define __nodes_weight(srcp, n)		       ((int)bitmap_weight((srcp)->bits, n))
#define __nodes_shift_right(dstp, srcp, by, n) bitmap_shift_right((dstp)->bits, (srcp)->bits, by, n)
#define __nodes_shift_left(dstp, srcp, by, n)  bitmap_shift_left((dstp)->bits, (srcp)->bits, by, n)
#define __first_node(srcp)		       first_node(*(srcp))
#define __next_node(node, srcp)		       next_node(node, *(srcp))
#define __first_unset_node(maskp)	       first_unset_node(*(maskp))
#define __nodelist_parse(buf, dstp, n)	       bitmap_parselist((buf), (dstp)->bits, n)
#define __node_remap(bit, oldp, newp, n)       bitmap_bitremap((bit), (oldp)->bits, (newp)->bits, n)
#define __nodes_remap(dstp, srcp, oldp, newp, n) \
	bitmap_remap((dstp)->bits, (srcp)->bits, (oldp)->bits, (newp)->bits, n)
#define __nodes_onto(dstp, origp, relmapp, n) \
	bitmap_onto((dstp)->bits, (origp)->bits, (relmapp)->bits, n)
#define __nodes_fold(dstp, origp, sz, n) \
	bitmap_fold((dstp)->bits, (origp)->bits, (unsigned int)(sz), n)
#define NODE_MASK_LAST_WORD BITMAP_LAST_WORD_MASK(MAX_NUMNODES)

#define for_each_node_mask(node, mask) \
	for ((node) = first_node(mask); (node) < MAX_NUMNODES; (node) = next_node(node, mask))

/* ---- The machine's nodes ------------------------------------------------------------------------ */

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

static inline int node_state(int node, enum node_states state)
{
	return node_isset(node, node_states[state]);
}

static inline void node_set_state(int node, enum node_states state)
{
	node_set(node, node_states[state]);
}

static inline void node_clear_state(int node, enum node_states state)
{
	node_clear(node, node_states[state]);
}

static inline int num_node_state(enum node_states state)
{
	return nodes_weight(node_states[state]);
}

/* The node has a pgdat, or has it no more. */
void node_set_online(int nid);
void node_set_offline(int nid);

#define node_online(node)		 node_state((node), N_ONLINE)
#define node_possible(node)		 node_state((node), N_POSSIBLE)
#define num_online_nodes()		 nr_online_nodes
#define num_possible_nodes()		 num_node_state(N_POSSIBLE)
#define first_online_node		 first_node(node_states[N_ONLINE])
#define first_memory_node		 first_node(node_states[N_MEMORY])
#define for_each_node_state(node, state) for_each_node_mask (node, node_states[state])
#define for_each_node(node)		 for_each_node_state (node, N_POSSIBLE)
#define for_each_online_node(node)	 for_each_node_state (node, N_ONLINE)

static inline unsigned int next_online_node(int nid)
{
	return next_node(nid, node_states[N_ONLINE]);
}

static inline unsigned int next_memory_node(int nid)
{
	return next_node(nid, node_states[N_MEMORY]);
}

/* Any one of @maskp; NUMA_NO_NODE of an empty set. */
int node_random(const nodemask_t *maskp);

/* Sets for a function's own use, of kmalloc()'s: they are too large for a stack. */
#define NODEMASK_ALLOC(type, name, gfp) type *name = kmalloc(sizeof(*name), gfp)
#define NODEMASK_FREE(m)		kfree(m)

struct nodemask_scratch {
	nodemask_t mask1;
	nodemask_t mask2;
};
#define NODEMASK_SCRATCH(x)	 NODEMASK_ALLOC(struct nodemask_scratch, x, GFP_KERNEL | __GFP_NORETRY)
#define NODEMASK_SCRATCH_FREE(x) NODEMASK_FREE(x)

#endif /* _LINUX_NODEMASK_H */
