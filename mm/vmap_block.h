/* SPDX-License-Identifier: MIT */
/*
 * Blocks of addresses for mappings that live shortly: vm_map_ram().
 *
 *   |page|page|guard|page|guard|  free, to be taken from here on ...         |  4 MB
 *    starts     ends  s    e   next
 *
 * Each CPU has a block from which it takes addresses without a search and without a
 * lock that other CPUs want. Addresses of a block are taken once: what is given back
 * stays so until all of it is, and the block goes the way of all areas, with its flush.
 *
 * Owns:       a struct for each block, which its vmap_area points to.
 * Invariants: a block that is no CPU's and has no mapping does not exist.
 * Locking:    a lock for each CPU's blocks, inside vmap_lock, and inside which none is
 *             taken. Mappings are given back on any CPU.
 * Failure:    NULL or false, and nothing changed.
 */
#ifndef _MM_VMAP_BLOCK_H
#define _MM_VMAP_BLOCK_H

#include <linux/types.h>

struct vmap_block;

/* Linux's figures. Mappings of more pages have an area of their own. */
#define VMAP_MAX_ALLOC	 64
#define VMAP_BLOCK_PAGES 1024
#define VMAP_BLOCK_BYTES (VMAP_BLOCK_PAGES * PAGE_SIZE)

/* Addresses for @count pages and a guard page, with nothing mapped; 0: no memory. */
unsigned long vmap_block_alloc(unsigned int count, int node);

/* Unmaps a mapping of just @count pages at @addr. False: there is none in a block. */
bool vmap_block_free(unsigned long addr, unsigned int count);

/* Blocks that CPUs have and no mapping is in become lazy areas. */
void vmap_blocks_release_empty(void);

/*
 * What was given back in blocks that live lies from *@start to *@end, widened to that;
 * who calls it flushes it. True if there was any.
 */
bool vmap_blocks_take_dirty(unsigned long *start, unsigned long *end);

/* Forgets all. */
void vmap_block_reset(void);

/* Checks a block against its page tables. Reports each fault, returns the number. */
int vmap_block_verify(const struct vmap_block *vb);

#endif /* _MM_VMAP_BLOCK_H */
