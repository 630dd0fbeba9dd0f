/* SPDX-License-Identifier: MIT */
/*
 * What memtest= tests next: free memory, cut into pieces, each node's for its own CPUs.
 *
 *   free memory   |=========================|   |====|    |==================|
 *   node          0                                       1
 *   share         0                                       1
 *   window        |--|--|--|--|--|--|--|--| . . . . . .   |--|--|--|--|--|--|
 *                 ^ cursor   pieces                       ^ cursor
 *
 * A window is as much as there is room for pieces of. It is written as a whole, and then read;
 * so all that is tested has time to lose what was written, and most machines need one.
 *
 * Owns:       the shares and their pieces.
 * Invariants: pieces are free memory, whole words, and of one share; a share's are side by
 *             side in the table, by address. What is past the direct map is a share of its own,
 *             for the boot CPU: it has no address that other CPUs know.
 * Lifetime:   while memblock hands out memory. Constant while others than the boot CPU test,
 *             but for what they say of a piece.
 * Locking:    the boot CPU; others take pieces by counting up memtest_share.next.
 * Units:      bytes and physical addresses.
 * Failure:    none.
 */
#ifndef _MM_MEMTEST_PLAN_H
#define _MM_MEMTEST_PLAN_H

#include <linux/numa.h>
#include <linux/types.h>

#define MEMTEST_WORD   sizeof(u64)
#define MEMTEST_PIECES 1024

struct memtest_piece {
	phys_addr_t start, end;
	phys_addr_t stop;   /* who read it came no further; 0: it was not stopped */
	unsigned int round; /* of the testers that did all of it last */
};

struct memtest_share {
	int nid; /* NUMA_NO_NODE: whosoever */
	bool high;
	phys_addr_t cursor;	 /* this pass is done with what is below */
	phys_addr_t next_cursor; /* once the window is */
	unsigned int first, end; /* pieces in the window */
	unsigned int next;	 /* that is to be taken */
	unsigned int nr_testers; /* on the node; without one, those at this distance serve it: */
	int nearest;
};

struct memtest_plan {
	phys_addr_t start, end; /* only between these */
	phys_addr_t size;	/* of the free memory there */
	phys_addr_t piece_size;
	unsigned int nr_shares;
	struct memtest_share shares[MAX_NUMNODES + 1];
	struct memtest_piece pieces[MEMTEST_PIECES];
};

/* What is free in [start, end), for @nr_testers CPUs. */
void memtest_plan_make(struct memtest_plan *plan, phys_addr_t start, phys_addr_t end,
		       unsigned int nr_testers);

/* From the start again. */
void memtest_plan_rewind(struct memtest_plan *plan);

/* The next window; @say is told of each range in it. False: there is no more. */
bool memtest_plan_window(struct memtest_plan *plan, void (*say)(phys_addr_t, phys_addr_t));

/*
 * The window was tested, in @round. A share of which a piece was not read to its end goes on
 * from there. Returns how many bytes this pass is done with because of it.
 */
phys_addr_t memtest_plan_advance(struct memtest_plan *plan, unsigned int round);

#endif /* _MM_MEMTEST_PLAN_H */
