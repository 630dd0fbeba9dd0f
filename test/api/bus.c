// SPDX-License-Identifier: MIT
/* A bus that maps a window of its own: operations of the devices on it. */
#include <linux/device.h>
#include <linux/dma-map-ops.h>
#include <linux/err.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#define WINDOW 0x80000000ULL

static DEFINE_SPINLOCK(lock);
static unsigned long mapped;

static dma_addr_t bus_map_page(struct device *dev, struct page *page, unsigned long offset,
			       size_t size, enum dma_data_direction dir, unsigned long attrs)
{
	phys_addr_t phys = page_to_phys(page) + offset;
	unsigned long flags;

	if (phys + size > WINDOW) {
		dev_warn(dev, "%zu bytes at %pa are not in the window\n", size, &phys);
		return DMA_MAPPING_ERROR;
	}
	if (!dev_is_dma_coherent(dev) && !(attrs & DMA_ATTR_SKIP_CPU_SYNC))
		arch_sync_dma_for_device(phys, size, dir);
	spin_lock_irqsave(&lock, flags);
	mapped++;
	spin_unlock_irqrestore(&lock, flags);
	return WINDOW + phys;
}

static void bus_unmap_page(struct device *dev, dma_addr_t addr, size_t size,
			   enum dma_data_direction dir, unsigned long attrs)
{
	unsigned long flags;

	if (!dev_is_dma_coherent(dev) && !(attrs & DMA_ATTR_SKIP_CPU_SYNC))
		arch_sync_dma_for_cpu(addr - WINDOW, size, dir);
	spin_lock_irqsave(&lock, flags);
	mapped--;
	spin_unlock_irqrestore(&lock, flags);
}

static void bus_unmap_sg(struct device *dev, struct scatterlist *sgl, int nents,
			 enum dma_data_direction dir, unsigned long attrs)
{
	struct scatterlist *sg;
	int i;

	for_each_sg (sgl, sg, nents, i)
		bus_unmap_page(dev, sg_dma_address(sg), sg_dma_len(sg), dir, attrs);
}

static int bus_map_sg(struct device *dev, struct scatterlist *sgl, int nents,
		      enum dma_data_direction dir, unsigned long attrs)
{
	struct scatterlist *sg;
	int i;

	for_each_sg (sgl, sg, nents, i) {
		sg_dma_address(sg) =
			bus_map_page(dev, sg_page(sg), sg->offset, sg->length, dir, attrs);
		if (sg_dma_address(sg) == DMA_MAPPING_ERROR) {
			bus_unmap_sg(dev, sgl, i, dir, attrs | DMA_ATTR_SKIP_CPU_SYNC);
			return -EIO;
		}
		sg_dma_len(sg) = sg->length;
	}
	return nents;
}

static void *bus_alloc(struct device *dev, size_t size, dma_addr_t *handle, gfp_t gfp,
		       unsigned long attrs)
{
	struct page *page = dma_common_alloc_pages(dev, size, handle, DMA_BIDIRECTIONAL, gfp);
	void *vaddr;

	if (!page)
		return NULL;
	if (!PageHighMem(page) && !(attrs & DMA_ATTR_WRITE_COMBINE))
		return page_address(page);
	vaddr = dma_common_contiguous_remap(page, PAGE_ALIGN(size),
					    dma_pgprot(dev, PAGE_KERNEL, attrs),
					    __builtin_return_address(0));
	if (!vaddr)
		dma_common_free_pages(dev, size, page, *handle, DMA_BIDIRECTIONAL);
	return vaddr;
}

static void bus_free(struct device *dev, size_t size, void *vaddr, dma_addr_t handle,
		     unsigned long attrs)
{
	struct page *page = is_vmalloc_addr(vaddr) ? vmalloc_to_page(vaddr) : virt_to_page(vaddr);

	if (attrs & DMA_ATTR_WRITE_COMBINE)
		dma_common_free_remap(vaddr, PAGE_ALIGN(size));
	dma_common_free_pages(dev, size, page, handle, DMA_BIDIRECTIONAL);
}

static const struct dma_map_ops bus_ops = {
	.alloc = bus_alloc,
	.free = bus_free,
	.alloc_pages = dma_common_alloc_pages,
	.free_pages = dma_common_free_pages,
	.get_sgtable = dma_common_get_sgtable,
	.map_page = bus_map_page,
	.unmap_page = bus_unmap_page,
	.map_sg = bus_map_sg,
	.unmap_sg = bus_unmap_sg,
};

int bus_add_device(struct device *dev, bool can_dma);
int bus_add_device(struct device *dev, bool can_dma)
{
	set_dma_ops(dev, can_dma ? &bus_ops : &dma_dummy_ops);
	arch_setup_dma_ops(dev, WINDOW, WINDOW, NULL, true);
	return dma_set_mask_and_coherent(dev, DMA_BIT_MASK(33));
}
