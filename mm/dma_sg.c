// SPDX-License-Identifier: MIT
/*
 * Scatterlists for devices: each piece is mapped as dma_map_page() does it, so there are as
 * many for the device as for the CPU, unless its own operations map them. And memory that comes as a scatterlist. Contract:
 * linux/dma-mapping.h.
 */
#include <linux/dma-map-ops.h>

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "dma_direct.h"
#include "internal.h"

/* ---- Mapping --------------------------------------------------------------------------------- */

void dma_unmap_sg_attrs(struct device *dev, struct scatterlist *sgl, int nents,
			enum dma_data_direction dir, unsigned long attrs)
{
	const struct dma_map_ops *ops = get_dma_ops(dev);
	struct scatterlist *sg;
	int i;

	if (ops) {
		if (ops->unmap_sg)
			ops->unmap_sg(dev, sgl, nents, dir, attrs);
		return;
	}
	for_each_sg (sgl, sg, nents, i) {
		if (WARN_ON_ONCE(!sg))
			return;
		dma_unmap_page_attrs(dev, sg_dma_address(sg), sg_dma_len(sg), dir, attrs);
	}
}

/* By the device's operations, whose errors are few. */
static int map_sg_by_ops(struct device *dev, struct scatterlist *sgl, int nents,
			 enum dma_data_direction dir, unsigned long attrs)
{
	int mapped = get_dma_ops(dev)->map_sg(dev, sgl, nents, dir, attrs);

	if (mapped > 0)
		return mapped;
	if (WARN_ON_ONCE(mapped != -EINVAL && mapped != -ENOMEM && mapped != -EIO &&
			 mapped != -EREMOTEIO))
		return -EIO;
	return mapped;
}

/* All or none: -EIO; -EINVAL where the list is shorter than @nents. */
static int map_sg(struct device *dev, struct scatterlist *sgl, int nents,
		  enum dma_data_direction dir, unsigned long attrs)
{
	struct scatterlist *sg;
	int i;

	if (get_dma_ops(dev) && dev->dma_mask && valid_dma_direction(dir))
		return map_sg_by_ops(dev, sgl, nents, dir, attrs);
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
	const struct dma_map_ops *ops = get_dma_ops(dev);
	struct scatterlist *sg;
	int i;

	if (ops) {
		if (ops->sync_sg_for_cpu)
			ops->sync_sg_for_cpu(dev, sgl, nents, dir);
		return;
	}
	for_each_sg (sgl, sg, nents, i) {
		if (WARN_ON_ONCE(!sg))
			return;
		dma_sync_single_for_cpu(dev, sg_dma_address(sg), sg_dma_len(sg), dir);
	}
}

void dma_sync_sg_for_device(struct device *dev, struct scatterlist *sgl, int nents,
			    enum dma_data_direction dir)
{
	const struct dma_map_ops *ops = get_dma_ops(dev);
	struct scatterlist *sg;
	int i;

	if (ops) {
		if (ops->sync_sg_for_device)
			ops->sync_sg_for_device(dev, sgl, nents, dir);
		return;
	}
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
	const struct dma_map_ops *ops = get_dma_ops(dev);
	int err;

	if (ops)
		return ops->get_sgtable
			       ? ops->get_sgtable(dev, sgt, cpu_addr, dma_addr, size, attrs)
			       : -ENXIO;
	err = sg_alloc_table(sgt, 1, GFP_KERNEL);
	if (!err)
		sg_set_page(sgt->sgl, pfn_to_page(PHYS_PFN(dma_addr)),
			    (unsigned int)PAGE_ALIGN(size), 0);
	return err;
}

/* One piece: without operations of the device there is nothing that could make one of several. */
static struct sg_table *alloc_single(struct device *dev, size_t size, enum dma_data_direction dir,
				     gfp_t gfp)
{
	struct sg_table *sgt = kmalloc(sizeof(*sgt), gfp & ~GFP_ZONEMASK);
	struct page *page;

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

static bool has_noncontiguous(struct device *dev)
{
	const struct dma_map_ops *ops = get_dma_ops(dev);

	return ops && ops->alloc_noncontiguous;
}

struct sg_table *dma_alloc_noncontiguous(struct device *dev, size_t size,
					 enum dma_data_direction dir, gfp_t gfp,
					 unsigned long attrs)
{
	struct sg_table *sgt;

	if (!has_noncontiguous(dev))
		return alloc_single(dev, size, dir, gfp);
	if (WARN_ON_ONCE(attrs & ~DMA_ATTR_ALLOC_SINGLE_PAGES) || WARN_ON_ONCE(gfp & __GFP_COMP))
		return NULL;
	sgt = get_dma_ops(dev)->alloc_noncontiguous(dev, size, dir, gfp, attrs);
	if (sgt)
		sgt->nents = 1;
	return sgt;
}

void dma_free_noncontiguous(struct device *dev, size_t size, struct sg_table *sgt,
			    enum dma_data_direction dir)
{
	const struct dma_map_ops *ops = get_dma_ops(dev);

	if (ops && ops->free_noncontiguous) {
		ops->free_noncontiguous(dev, size, sgt, dir);
		return;
	}
	dma_free_pages(dev, size, sg_page(sgt->sgl), sgt->sgl->dma_address, dir);
	sg_free_table(sgt);
	kfree(sgt);
}

void *dma_vmap_noncontiguous(struct device *dev, size_t size, struct sg_table *sgt)
{
	if (has_noncontiguous(dev))
		return vmap(sgt_handle(sgt)->pages, (unsigned int)(PAGE_ALIGN(size) >> PAGE_SHIFT),
			    VM_MAP, PAGE_KERNEL);
	return page_address(sg_page(sgt->sgl));
}

void dma_vunmap_noncontiguous(struct device *dev, void *vaddr)
{
	if (has_noncontiguous(dev))
		vunmap(vaddr);
}
