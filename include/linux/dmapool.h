/* SPDX-License-Identifier: MIT */
/*
 * DMA pools: small blocks of coherent memory, such as a device's descriptors, cut from
 * whole pages.
 *
 *   |block|block|..|   |block|block|..|   |    size 1000, boundary 2048: two blocks to
 *   0                  2048                    each boundary, the rest is not used
 *
 * Owns:       the pages of each pool, and which of their blocks are out.
 * Invariants: a block is a multiple of `align` in size and address, and crosses no
 *             multiple of `boundary`. Pages stay the pool's until it is destroyed.
 * Lifetime:   from dma_pool_create() to dma_pool_destroy(); the device outlives it.
 * Locking:    any CPU at any time; the pool's lock is not held while pages are allocated.
 * Units:      bytes; bus addresses.
 * Failure:    NULL, nothing changed. A block that is freed twice, or is none of the
 *             pool's, is named in the log, counted in dma_pool_refusals, and stays what it
 *             was. A pool that is destroyed with blocks out leaves their pages allocated,
 *             and says so.
 * Source:     Linux 6.1's dmapool.h. Where size is a power of two, 6.1 leaves the last
 *             block of each boundary unused; this, as 6.4 and later, does not.
 */
#ifndef _LINUX_DMAPOOL_H
#define _LINUX_DMAPOOL_H

#include <linux/compiler.h>
#include <linux/device.h>
#include <linux/gfp.h>
#include <linux/types.h>

struct dma_pool;
struct seq_file;

/*
 * Blocks of @size bytes, at least 4, in what @dev's coherent mask reaches. @align is a
 * power of two (0: 1), @boundary one that is not below @size, or 0: blocks below a page's
 * size cross no page then. NULL: another value, or no memory.
 */
struct dma_pool *dma_pool_create(const char *name, struct device *dev, size_t size, size_t align,
				 size_t boundary);

/* Gives back the pages. NULL is ignored. Nobody uses the pool meanwhile. */
void dma_pool_destroy(struct dma_pool *pool);

/* The same for a pool that goes with its device, at the latest: see linux/device.h. */
struct dma_pool *dmam_pool_create(const char *name, struct device *dev, size_t size, size_t align,
				  size_t allocation);
void dmam_pool_destroy(struct dma_pool *pool);

/* A block, and its bus address in *@handle. */
void *dma_pool_alloc(struct dma_pool *pool, gfp_t mem_flags, dma_addr_t *handle);
void dma_pool_free(struct dma_pool *pool, void *vaddr, dma_addr_t addr);

static inline void *dma_pool_zalloc(struct dma_pool *pool, gfp_t mem_flags, dma_addr_t *handle)
{
	return dma_pool_alloc(pool, mem_flags | __GFP_ZERO, handle);
}

/* Frees that were refused, and pools that were destroyed with blocks out. */
extern unsigned long dma_pool_refusals;

/* Recounts a pool, and all of them; logs each fault, returns their number. */
int dma_pool_verify(struct dma_pool *pool);
int dma_pool_verify_all(void);

/* All pools, in the format of Linux's device attribute `pools`. */
void dma_pools_show(struct seq_file *m);

/* What comes with this header on Linux. */
#include <linux/scatterlist.h>

#endif /* _LINUX_DMAPOOL_H */
