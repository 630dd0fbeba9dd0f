// SPDX-License-Identifier: MIT
/*
 * What a device can reach, and memory allocated for it there. Contract:
 * linux/dma-mapping.h. Rules: Linux 6.1's kernel/dma/direct.c.
 *
 *   mask below 16 MB     ZONE_DMA
 *   mask below 4 GB      ZONE_DMA32; ZONE_DMA if what came lies past the mask
 *   wider                any zone; then ZONE_DMA32, then ZONE_DMA
 */
#include "dma_direct.h"

#include <linux/bitmap.h>
#include <linux/cma.h>
#include <linux/dma-map-ops.h>
#include <linux/dmapool.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/swiotlb.h>

#include "cma.h"
#include "internal.h"
#include "swiotlb.h"

struct dma_stats dma_stats;

/* ---- Masks ------------------------------------------------------------------------- */

/* The last address that @mask and the bridges before the device leave it. */
static u64 address_limit(const struct device *dev, u64 mask)
{
	return dev->bus_dma_limit ? min(mask, dev->bus_dma_limit) : mask;
}

static u64 last_address(void)
{
	return PFN_PHYS(max_pfn) - 1;
}

int dma_supported(struct device *dev, u64 mask)
{
	const struct dma_map_ops *ops = get_dma_ops(dev);
	u64 lowest = PFN_PHYS(MAX_DMA_PFN) - 1;

	if (ops)
		return ops->dma_supported ? ops->dma_supported(dev, mask) : 1;
	/* There is always ZONE_DMA, unless memory ends before it does. */
	return mask >= min(lowest, PFN_PHYS(max_pfn - 1));
}

int dma_set_mask(struct device *dev, u64 mask)
{
	if (!dev->dma_mask || !dma_supported(dev, mask))
		return -EIO;
	*dev->dma_mask = mask;
	return 0;
}

int dma_set_coherent_mask(struct device *dev, u64 mask)
{
	if (!dma_supported(dev, mask))
		return -EIO;
	dev->coherent_dma_mask = mask;
	return 0;
}

u64 dma_get_required_mask(struct device *dev)
{
	const struct dma_map_ops *ops = get_dma_ops(dev);

	if (ops)
		return ops->get_required_mask ? ops->get_required_mask(dev) : DMA_BIT_MASK(32);
	return DMA_BIT_MASK(fls64(last_address()));
}

bool dma_addressing_limited(struct device *dev)
{
	return address_limit(dev, dma_get_mask(dev)) < dma_get_required_mask(dev);
}

static bool below(u64 addr, u64 size, u64 limit)
{
	u64 last = addr + size - 1;

	return last >= addr && last <= limit;
}

bool dma_capable(struct device *dev, dma_addr_t addr, size_t size)
{
	return dev->dma_mask && below(addr, size, address_limit(dev, *dev->dma_mask));
}

/* ---- Pages --------------------------------------------------------------------------- */

static bool coherent_ok(struct device *dev, struct page *page, size_t size)
{
	return below(page_to_phys(page), size, address_limit(dev, dev->coherent_dma_mask)) &&
	       !PageHighMem(page);
}

static gfp_t optimal_zone(u64 limit)
{
	if (limit <= PFN_PHYS(MAX_DMA_PFN) - 1)
		return GFP_DMA;
	return limit <= PFN_PHYS(MAX_DMA32_PFN) - 1 ? GFP_DMA32 : 0;
}

/* False: it is out no more, or was allocated with another size. */
static bool free_block(struct device *dev, struct page *page, size_t size)
{
	struct cma *const areas[] = {dev->cma_area, dma_contiguous_node_area(page_to_nid(page)),
				     dma_contiguous_default_area};

	for (size_t i = 0; i < ARRAY_SIZE(areas); i++) {
		enum cma_released result = cma_release_block(areas[i], page, size >> PAGE_SHIFT);

		if (result != CMA_NOT_ITS_OWN)
			return result == CMA_RELEASED;
	}
	if (!page_ref_count(page) || page_alloc_order(page) != (unsigned int)get_order(size) ||
	    !page_take_flag(page, PG_dma_block))
		return false;
	__free_pages(page, get_order(size));
	return true;
}

/* What a block takes: one that is not a CMA area's, all of its order. */
static unsigned long block_pages(const struct page *page, size_t size)
{
	return PageDmaBlock(page) ? 1UL << get_order(size) : size >> PAGE_SHIFT;
}

/* From an area of contiguous memory, if the device reaches what it gives. */
static struct page *alloc_contiguous(struct device *dev, size_t size, gfp_t gfp)
{
	struct page *page = dma_alloc_contiguous(dev, size, gfp);

	if (page && !coherent_ok(dev, page, size)) {
		free_block(dev, page, size);
		page = NULL;
	}
	return page;
}

/* From the next lower zone as long as what comes lies too high. */
static struct page *alloc_from_zones(struct device *dev, size_t size, gfp_t gfp)
{
	unsigned int order = get_order(size);

	if (order > MAX_PAGE_ORDER)
		return NULL;
	for (;;) {
		struct page *page = alloc_pages_node(dev_to_node(dev), gfp, order);

		if (!page)
			return NULL;
		if (coherent_ok(dev, page, size)) {
			SetPageDmaBlock(page);
			return page;
		}
		__free_pages(page, order);
		if (gfp & GFP_DMA)
			return NULL;
		gfp = gfp & GFP_DMA32 ? (gfp & ~GFP_DMA32) | GFP_DMA : gfp | GFP_DMA32;
	}
}

/* Whole pages, zeroed. NULL with a message. */
static struct page *alloc_block(struct device *dev, size_t size, gfp_t gfp)
{
	u64 limit = address_limit(dev, dev->coherent_dma_mask);
	struct page *page;

	if (!dev->coherent_dma_mask || !size || size > SIZE_MAX - PAGE_SIZE) {
		count_event(&dma_stats.misused);
		dev_err(dev, "dma: %zu bytes asked for, with the coherent mask %#llx\n", size,
			dev->coherent_dma_mask);
		return NULL;
	}
	size = PAGE_ALIGN(size);
	gfp = (gfp & ~(GFP_ZONEMASK | __GFP_ZERO)) | optimal_zone(limit);
	page = alloc_contiguous(dev, size, gfp);
	if (!page)
		page = alloc_from_zones(dev, size, gfp);
	if (!page) {
		count_event(&dma_stats.failed);
		if (!(gfp & __GFP_NOWARN))
			dev_warn(dev, "dma: no %zu bytes below %#llx in one piece\n", size, limit);
		return NULL;
	}
	memset(page_address(page), 0, size);
	__atomic_fetch_add(&dma_stats.coherent_pages, block_pages(page, size), __ATOMIC_RELAXED);
	return page;
}

/* False, with a message: @page is not where @dma_handle says. */
static bool release_block(struct device *dev, size_t size, struct page *page, dma_addr_t dma_handle)
{
	unsigned long pages = 0;
	bool freed = false;

	size = PAGE_ALIGN(size);
	if (size && pfn_to_online_page(page_to_pfn(page)) && page_to_phys(page) == dma_handle) {
		pages = block_pages(page, size);
		freed = free_block(dev, page, size);
	}
	if (!freed) {
		count_event(&dma_stats.misused);
		dev_err(dev, "dma: free of %zu bytes at %#llx, which were not allocated so\n", size,
			dma_handle);
		return false;
	}
	__atomic_fetch_sub(&dma_stats.coherent_pages, pages, __ATOMIC_RELAXED);
	return true;
}

/* ---- The calls -------------------------------------------------------------------------- */

struct page *dma_alloc_pages(struct device *dev, size_t size, dma_addr_t *dma_handle,
			     enum dma_data_direction dir, gfp_t gfp)
{
	const struct dma_map_ops *ops = get_dma_ops(dev);
	struct page *page;

	if (ops)
		return ops->alloc_pages && !WARN_ON_ONCE(!dev->coherent_dma_mask) &&
				       !WARN_ON_ONCE(gfp & (GFP_ZONEMASK | __GFP_COMP))
			       ? ops->alloc_pages(dev, PAGE_ALIGN(size), dma_handle, dir, gfp)
			       : NULL;
	page = alloc_block(dev, size, gfp);
	if (page)
		*dma_handle = page_to_phys(page);
	return page;
}

void dma_free_pages(struct device *dev, size_t size, struct page *page, dma_addr_t dma_handle,
		    enum dma_data_direction dir)
{
	const struct dma_map_ops *ops = get_dma_ops(dev);

	if (!ops)
		release_block(dev, size, page, dma_handle);
	else if (ops->free_pages)
		ops->free_pages(dev, PAGE_ALIGN(size), page, dma_handle, dir);
}

void *dma_alloc_attrs(struct device *dev, size_t size, dma_addr_t *dma_handle, gfp_t gfp,
		      unsigned long attrs)
{
	const struct dma_map_ops *ops = get_dma_ops(dev);
	struct page *page;

	if (ops) {
		WARN_ON_ONCE(!dev->coherent_dma_mask);
		return ops->alloc
			       ? ops->alloc(dev, size, dma_handle,
					    gfp & ~(__GFP_DMA | __GFP_DMA32 | __GFP_HIGHMEM), attrs)
			       : NULL;
	}
	if (attrs & DMA_ATTR_NO_WARN)
		gfp |= __GFP_NOWARN;
	page = alloc_block(dev, size, gfp);
	if (!page)
		return NULL;
	*dma_handle = page_to_phys(page);
	return attrs & DMA_ATTR_NO_KERNEL_MAPPING ? (void *)page : page_address(page);
}

void dma_free_attrs(struct device *dev, size_t size, void *cpu_addr, dma_addr_t dma_handle,
		    unsigned long attrs)
{
	const struct dma_map_ops *ops = get_dma_ops(dev);
	struct page *page = cpu_addr;

	if (!cpu_addr)
		return;
	if (ops) {
		if (ops->free)
			ops->free(dev, size, cpu_addr, dma_handle, attrs);
		return;
	}
	if (!(attrs & DMA_ATTR_NO_KERNEL_MAPPING)) {
		/* Both must name one place; the handle is then good for the page's struct. */
		if (virt_to_phys(cpu_addr) != dma_handle) {
			count_event(&dma_stats.misused);
			dev_err(dev, "dma: free of %px, which is not at %#llx\n", cpu_addr,
				dma_handle);
			return;
		}
		page = pfn_to_page(PHYS_PFN(dma_handle));
	}
	release_block(dev, size, page, dma_handle);
}

/* ---- Verify and dump ---------------------------------------------------------------------- */

bool dma_is_used(void)
{
	return dma_stats.coherent_pages || dma_stats.misused || dma_stats.overflow ||
	       swiotlb_nslabs() || dma_pools_pages();
}

void dma_show(struct seq_file *m)
{
	seq_printf(m, "coherent %lu kB, failed %lu, overflow %lu, misused %lu\n",
		   pages_to_kb(dma_stats.coherent_pages), dma_stats.failed, dma_stats.overflow,
		   dma_stats.misused);
	dma_pools_show(m);
	swiotlb_show(m);
}

int dma_verify(void)
{
	int faults = dma_pool_verify_all() + swiotlb_verify();

	if (dma_stats.coherent_pages >= dma_pools_pages())
		return faults;
	pr_err("dma: %lu pages are allocated for devices, but their pools have %lu\n",
	       dma_stats.coherent_pages, dma_pools_pages());
	return faults + 1;
}

void __init dma_reset(void)
{
	memset(&dma_stats, 0, sizeof(dma_stats));
	dma_pools_reset();
	swiotlb_reset();
}
