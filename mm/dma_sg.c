// SPDX-License-Identifier: MIT
/*
 * Scatterlists for devices: each piece is mapped as dma_map_page() does it, so there are as
 * many for the device as for the CPU. And memory that comes as a scatterlist. Contract:
 * linux/dma-mapping.h.
 */
#include <linux/dma-mapping.h>

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "dma_direct.h"
#include "internal.h"

/* ---- Mapping --------------------------------------------------------------------------------- */

void dma_unmap_sg_attrs(struct device *dev, struct scatterlist *sgl, int nents,
			enum dma_data_direction dir, unsigned long attrs)
{
	struct scatterlist *sg;
	int i;

	for_each_sg (sgl, sg, nents, i) {
		if (WARN_ON_ONCE(!sg))
			return;
		dma_unmap_page_attrs(dev, sg_dma_address(sg), sg_dma_len(sg), dir, attrs);
	}
}

/* All or none: -EIO; -EINVAL where the list is shorter than @nents. */
static int map_sg(struct device *dev, struct scatterlist *sgl, int nents,
		  enum dma_data_direction dir, unsigned long attrs)
{
	struct scatterlist *sg;
	int i;

	for_each_sg (sgl, sg, nents, i) {
		dma_addr_t dma = DMA_MAPPING_ERROR;

		if (sg)
			dma = dma_map_page_attrs(dev, sg_page(sg), sg->offset, sg->length, dir,
						 attrs);
		if (WARN_ON_ONCE(!sg) || dma == DMA_MAPPING_ERROR) {
			/* Nothing was written to what is given back. */
			dma_unmap_sg_attrs(dev, sgl, i, dir, attrs | DMA_ATTR_SKIP_CPU_SYNC);
			return sg ? -EIO : -EINVAL;
		}
		sg_dma_address(sg) = dma;
		sg_dma_len(sg) = sg->length;
	}
	return nents;
}

unsigned int dma_map_sg_attrs(struct device *dev, struct scatterlist *sgl, int nents,
			      enum dma_data_direction dir, unsigned long attrs)
{
	int mapped = map_sg(dev, sgl, nents, dir, attrs);

	return mapped < 0 ? 0 : (unsigned int)mapped;
}

int dma_map_sgtable(struct device *dev, struct sg_table *sgt, enum dma_data_direction dir,
		    unsigned long attrs)
{
	int mapped = map_sg(dev, sgt->sgl, (int)sgt->orig_nents, dir, attrs);

	if (mapped < 0)
		return mapped;
	sgt->nents = (unsigned int)mapped;
	return 0;
}

void dma_sync_sg_for_cpu(struct device *dev, struct scatterlist *sgl, int nents,
			 enum dma_data_direction dir)
{
	struct scatterlist *sg;
	int i;

	for_each_sg (sgl, sg, nents, i) {
		if (WARN_ON_ONCE(!sg))
			return;
		dma_sync_single_for_cpu(dev, sg_dma_address(sg), sg_dma_len(sg), dir);
	}
}

void dma_sync_sg_for_device(struct device *dev, struct scatterlist *sgl, int nents,
			    enum dma_data_direction dir)
{
	struct scatterlist *sg;
	int i;

	for_each_sg (sgl, sg, nents, i) {
		if (WARN_ON_ONCE(!sg))
			return;
		dma_sync_single_for_device(dev, sg_dma_address(sg), sg_dma_len(sg), dir);
	}
}

/* ---- Memory as a scatterlist -------------------------------------------------------------------- */

int dma_get_sgtable_attrs(struct device *dev, struct sg_table *sgt, void *cpu_addr,
			  dma_addr_t dma_addr, size_t size, unsigned long attrs)
{
	int err = sg_alloc_table(sgt, 1, GFP_KERNEL);

	(void)dev, (void)cpu_addr, (void)attrs;
	if (!err)
		sg_set_page(sgt->sgl, pfn_to_page(PHYS_PFN(dma_addr)),
			    (unsigned int)PAGE_ALIGN(size), 0);
	return err;
}

/* One piece: there is no IOMMU that could make one of several. */
struct sg_table *dma_alloc_noncontiguous(struct device *dev, size_t size,
					 enum dma_data_direction dir, gfp_t gfp,
					 unsigned long attrs)
{
	struct sg_table *sgt = kmalloc(sizeof(*sgt), gfp & ~GFP_ZONEMASK);
	struct page *page;

	(void)attrs;
	if (!sgt)
		return NULL;
	if (sg_alloc_table(sgt, 1, gfp & ~GFP_ZONEMASK)) {
		kfree(sgt);
		return NULL;
	}
	page = dma_alloc_pages(dev, size, &sgt->sgl->dma_address, dir, gfp);
	if (!page) {
		sg_free_table(sgt);
		kfree(sgt);
		return NULL;
	}
	sg_set_page(sgt->sgl, page, (unsigned int)PAGE_ALIGN(size), 0);
	sg_dma_len(sgt->sgl) = sgt->sgl->length;
	return sgt;
}

void dma_free_noncontiguous(struct device *dev, size_t size, struct sg_table *sgt,
			    enum dma_data_direction dir)
{
	dma_free_pages(dev, size, sg_page(sgt->sgl), sgt->sgl->dma_address, dir);
	sg_free_table(sgt);
	kfree(sgt);
}

void *dma_vmap_noncontiguous(struct device *dev, size_t size, struct sg_table *sgt)
{
	(void)dev, (void)size;
	return page_address(sg_page(sgt->sgl));
}

void dma_vunmap_noncontiguous(struct device *dev, void *vaddr)
{
	(void)dev, (void)vaddr;
}
