/* SPDX-License-Identifier: MIT */
/*
 * What the files of CMA share: the areas (cma.c), taking parts of them (cma_alloc.c),
 * and those that options ask for (dma_contiguous.c). Contract: linux/cma.h.
 */
#ifndef _MM_CMA_H
#define _MM_CMA_H

#include <linux/cma.h>
#include <linux/spinlock.h>

struct cma {
	unsigned long base_pfn;
	unsigned long count;	    /* pages; 0: it could not be activated */
	unsigned long *bitmap;	    /* of what is taken; NULL until it is activated */
	unsigned long *starts;	    /* first bits of blocks that are out, */
	unsigned long *ends;	    /* and their last ones */
	unsigned int order_per_bit; /* pages that a bit stands for, as an order */
	spinlock_t lock;	    /* of the bitmaps */
	bool reserve_pages_on_error;
	char name[CMA_MAX_NAME];
};

extern struct cma cma_areas[MAX_CMA_AREAS];
extern unsigned int cma_area_count;

/* Releases that were refused. */
extern unsigned long cma_misused;

static inline unsigned long cma_bitmap_maxno(const struct cma *cma)
{
	return cma->count >> cma->order_per_bit;
}

enum cma_released { CMA_NOT_ITS_OWN, CMA_REFUSED, CMA_RELEASED };

/* As cma_release(), but for blocks as they were allocated alone, and without a message. */
enum cma_released cma_release_block(struct cma *cma, const struct page *pages, unsigned long count);

/* Counts what is taken and compares with the zones' types; logs faults, returns their number. */
int cma_verify(void);

/* What cma_pernuma= reserved on each node; NULL: it has none. Others: linux/dma-map-ops.h. */
extern struct cma *dma_contiguous_pernuma_area[MAX_NUMNODES];
struct cma *dma_contiguous_node_area(int nid); /* the same; NULL for any other number, too */

/* Handlers of cma= and cma_pernuma=. 0 or -EINVAL. */
int cma_parse_option(char *value);
int cma_pernuma_parse_option(char *value);

/* Back to the state at program start, for hosts that bring up several machines. */
void cma_reset(void);
void dma_contiguous_reset(void);

#endif /* _MM_CMA_H */
