/* SPDX-License-Identifier: MIT */
/*
 * What the files of DMA memory share: allocations (dma_direct.c), mappings (dma_map.c,
 * swiotlb_map.c), pools (dmapool.c). Contract: linux/dma-mapping.h.
 */
#ifndef _MM_DMA_DIRECT_H
#define _MM_DMA_DIRECT_H

#include <linux/dma-mapping.h>

struct dma_pool;
struct seq_file;

/* Counted from any CPU. */
struct dma_stats {
	unsigned long coherent_pages; /* allocated for devices, and not freed */
	unsigned long failed;	      /* allocations for which there was no memory so low */
	unsigned long overflow;	      /* mappings past the device's mask, and no bounce pool */
	unsigned long misused;	      /* calls that mean nothing */
};
extern struct dma_stats dma_stats;

/* Does the device reach all of [addr, addr + size)? */
bool dma_capable(struct device *dev, dma_addr_t addr, size_t size);

/* Says that it does not reach @what, and counts it. */
void dma_overflow(struct device *dev, const char *what, dma_addr_t addr, size_t size,
		  unsigned long attrs);

/* Are there counts, pools or a bounce pool to show? Shows them. */
bool dma_is_used(void);
void dma_show(struct seq_file *m);

/* Compares coherent_pages with what the pools have, then pools and bounce pool. */
int dma_verify(void);

/* The device that a pool is for. */
struct device *dma_pool_device(const struct dma_pool *pool);

/* Pages of all DMA pools, but of those whose devices have operations of their own. */
unsigned long dma_pools_pages(void);

/* Back to the state at program start, for hosts that bring up several machines. */
void dma_reset(void);
void dma_pools_reset(void);

#endif /* _MM_DMA_DIRECT_H */
