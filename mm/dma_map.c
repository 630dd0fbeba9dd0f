// SPDX-License-Identifier: MIT
/*
 * Streaming mappings: a buffer is lent to a device as it lies, or bounced where the
 * device cannot reach it. Contract: linux/dma-mapping.h.
 */
#include <linux/dma-map-ops.h>

#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/swiotlb.h>

#include "dma_direct.h"
#include "internal.h"

void dma_overflow(struct device *dev, const char *what, dma_addr_t addr, size_t size,
		  unsigned long attrs)
{
	count_event(&dma_stats.overflow);
	if (!(attrs & DMA_ATTR_NO_WARN))
		dev_err(dev, "%s %#llx+%zu overflow (mask %llx, bus limit %llx).\n", what, addr,
			size, dev->dma_mask ? *dev->dma_mask : 0, dev->bus_dma_limit);
}

static dma_addr_t refuse(struct device *dev, const char *why, u64 addr, size_t size)
{
	count_event(&dma_stats.misused);
	dev_err(dev, "dma: %s (%zu bytes at %#llx)\n", why, size, addr);
	return DMA_MAPPING_ERROR;
}

static bool is_memory(phys_addr_t phys, size_t size)
{
	phys_addr_t last = phys + size - 1;

	return last >= phys && pfn_valid(PHYS_PFN(phys)) && pfn_valid(PHYS_PFN(last));
}

/* By the device's operations, if it has some. */
static dma_addr_t map_phys(struct device *dev, phys_addr_t phys, size_t size,
			   enum dma_data_direction dir, unsigned long attrs)
{
	if (!valid_dma_direction(dir))
		return refuse(dev, "a mapping needs a direction", phys, size);
	if (!dev->dma_mask || !*dev->dma_mask)
		return refuse(dev, "a device that has no mask cannot map", phys, size);
	if (dev->dma_ops)
		return dev->dma_ops->map_page(dev, pfn_to_page(PHYS_PFN(phys)),
					      offset_in_page(phys), size, dir, attrs);
	if (!size || !is_memory(phys, size))
		return refuse(dev, "only memory can be mapped", phys, size);
	if (is_swiotlb_force_bounce(dev))
		return swiotlb_map(dev, phys, size, dir, attrs);
	if (likely(dma_capable(dev, phys, size)))
		return phys;
	if (is_swiotlb_active(dev))
		return swiotlb_map(dev, phys, size, dir, attrs);
	dma_overflow(dev, "DMA addr", phys, size, attrs);
	return DMA_MAPPING_ERROR;
}

dma_addr_t dma_map_page_attrs(struct device *dev, struct page *page, size_t offset, size_t size,
			      enum dma_data_direction dir, unsigned long attrs)
{
	return map_phys(dev, page_to_phys(page) + offset, size, dir, attrs);
}

dma_addr_t dma_map_single_attrs(struct device *dev, void *ptr, size_t size,
				enum dma_data_direction dir, unsigned long attrs)
{
	return map_phys(dev, virt_to_phys(ptr), size, dir, attrs);
}

dma_addr_t dma_map_resource(struct device *dev, phys_addr_t phys_addr, size_t size,
			    enum dma_data_direction dir, unsigned long attrs)
{
	if (!valid_dma_direction(dir) || !size || pfn_valid(PHYS_PFN(phys_addr)))
		return refuse(dev, "what is mapped as a resource must not be memory", phys_addr,
			      size);
	if (dev->dma_ops)
		return dev->dma_ops->map_resource
			       ? dev->dma_ops->map_resource(dev, phys_addr, size, dir, attrs)
			       : DMA_MAPPING_ERROR;
	if (dma_capable(dev, phys_addr, size))
		return phys_addr;
	dma_overflow(dev, "DMA addr", phys_addr, size, attrs);
	return DMA_MAPPING_ERROR;
}

void dma_unmap_resource(struct device *dev, dma_addr_t addr, size_t size,
			enum dma_data_direction dir, unsigned long attrs)
{
	if (!valid_dma_direction(dir))
		refuse(dev, "this cannot be unmapped", addr, size);
	else if (dev->dma_ops && dev->dma_ops->unmap_resource)
		dev->dma_ops->unmap_resource(dev, addr, size, dir, attrs);
}

/* A device's own operation; true: it has operations, and nothing else is to be done. */
#define done_by_ops(dev, op, ...)                                 \
	({                                                        \
		const struct dma_map_ops *__ops = (dev)->dma_ops; \
                                                                  \
		if (__ops && __ops->op)                           \
			__ops->op(dev, __VA_ARGS__);              \
		__ops != NULL;                                    \
	})

void dma_unmap_page_attrs(struct device *dev, dma_addr_t addr, size_t size,
			  enum dma_data_direction dir, unsigned long attrs)
{
	if (!valid_dma_direction(dir) || addr == DMA_MAPPING_ERROR)
		refuse(dev, "this cannot be unmapped", addr, size);
	else if (!done_by_ops(dev, unmap_page, addr, size, dir, attrs) &&
		 unlikely(is_swiotlb_buffer(dev, addr)))
		swiotlb_tbl_unmap_single(dev, addr, size, dir, attrs);
}

void dma_sync_single_for_cpu(struct device *dev, dma_addr_t addr, size_t size,
			     enum dma_data_direction dir)
{
	if (!valid_dma_direction(dir) || addr == DMA_MAPPING_ERROR)
		refuse(dev, "this cannot be synced", addr, size);
	else if (!done_by_ops(dev, sync_single_for_cpu, addr, size, dir) &&
		 unlikely(is_swiotlb_buffer(dev, addr)))
		swiotlb_sync_single_for_cpu(dev, addr, size, dir);
}

void dma_sync_single_for_device(struct device *dev, dma_addr_t addr, size_t size,
				enum dma_data_direction dir)
{
	if (!valid_dma_direction(dir) || addr == DMA_MAPPING_ERROR)
		refuse(dev, "this cannot be synced", addr, size);
	else if (!done_by_ops(dev, sync_single_for_device, addr, size, dir) &&
		 unlikely(is_swiotlb_buffer(dev, addr)))
		swiotlb_sync_single_for_device(dev, addr, size, dir);
}

bool dma_need_sync(struct device *dev, dma_addr_t dma_addr)
{
	const struct dma_map_ops *ops = get_dma_ops(dev);

	return ops ? ops->sync_single_for_cpu || ops->sync_single_for_device
		   : is_swiotlb_buffer(dev, dma_addr);
}

size_t dma_max_mapping_size(struct device *dev)
{
	const struct dma_map_ops *ops = get_dma_ops(dev);

	if (ops)
		return ops->max_mapping_size ? ops->max_mapping_size(dev) : SIZE_MAX;
	if (is_swiotlb_active(dev) && (is_swiotlb_force_bounce(dev) || dma_addressing_limited(dev)))
		return swiotlb_max_mapping_size(dev);
	return SIZE_MAX;
}

size_t dma_opt_mapping_size(struct device *dev)
{
	const struct dma_map_ops *ops = get_dma_ops(dev);
	size_t max = dma_max_mapping_size(dev);

	return ops && ops->opt_mapping_size ? min(ops->opt_mapping_size(), max) : max;
}

unsigned long dma_get_merge_boundary(struct device *dev)
{
	const struct dma_map_ops *ops = get_dma_ops(dev);

	return ops && ops->get_merge_boundary ? ops->get_merge_boundary(dev) : 0;
}
