// SPDX-License-Identifier: MIT
/*
 * Mappings in the bounce pool: what is copied when, and which way. Contract:
 * linux/swiotlb.h.
 *
 *   original    ......|abcdefgh....|......        low address bits that min_align_mask has
 *   slots             |..abcdefgh..|  |            are the same in both, so that a device
 *                      ^ offset                    that pairs them does not notice
 */
#include <linux/dma-mapping.h>
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/swiotlb.h>

#include "dma_direct.h"
#include "internal.h"
#include "swiotlb.h"

/* ---- Copying ------------------------------------------------------------------------- */

/* @size bytes between a buffer, of pages that may have no address, and the pool. */
static void copy_buffer(phys_addr_t orig, char *vaddr, size_t size, bool to_pool)
{
	while (size) {
		struct page *page = pfn_to_page(PHYS_PFN(orig));
		size_t offset = orig % PAGE_SIZE, len = min(size, PAGE_SIZE - offset);

		if (to_pool)
			memcpy_from_page(vaddr, page, offset, len);
		else
			memcpy_to_page(page, offset, vaddr, len);
		orig += len;
		vaddr += len;
		size -= len;
	}
}

/* All or the part of a mapping from @offset on; what is past its end is not copied. */
static void bounce(struct device *dev, const struct io_tlb_slot *first, size_t offset, size_t size,
		   bool to_pool)
{
	const struct io_tlb_mem *mem = &io_tlb_default_mem;
	char *vaddr = (char *)mem->vaddr + ((size_t)(first - mem->slots) << IO_TLB_SHIFT);

	if (size > first->size - offset) {
		count_event(&swiotlb_stats.misused);
		dev_err(dev,
			"Buffer overflow detected. Allocation size: %u. Mapping size: %zu+%zu.\n",
			first->size, size, offset);
		size = first->size - offset;
	}
	copy_buffer(first->orig_addr + offset, vaddr + first->offset + offset, size, to_pool);
}

/* ---- Mapping ---------------------------------------------------------------------------- */

size_t swiotlb_max_mapping_size(struct device *dev)
{
	size_t most = (size_t)IO_TLB_SIZE * IO_TLB_SEGSIZE;
	size_t kept = round_up((size_t)dma_get_min_align_mask(dev), (size_t)IO_TLB_SIZE);

	return kept < most ? most - kept : 0;
}

/* Where slots for @alloc_size bytes must lie: see the picture above. */
static void describe_request(struct device *dev, phys_addr_t orig_addr, size_t alloc_size,
			     phys_addr_t alloc_align_mask, struct slot_request *request)
{
	phys_addr_t min_align = dma_get_min_align_mask(dev), slot_mask = IO_TLB_SIZE - 1;
	phys_addr_t kept = min_align & ~slot_mask;

	if (!kept && !alloc_align_mask && alloc_size >= PAGE_SIZE)
		alloc_align_mask = PAGE_SIZE - 1;
	*request = (struct slot_request){
		.nr = nr_slots(alloc_size + (orig_addr & min_align & slot_mask)),
		.mask = kept | (alloc_align_mask & ~slot_mask),
		.bits = orig_addr & kept,
		.boundary_mask = dma_get_seg_boundary(dev),
		.mapping = {.orig_addr = orig_addr,
			    .offset = (u16)(orig_addr & min_align & slot_mask)},
	};
}

static phys_addr_t no_slots(struct device *dev, size_t size, unsigned long *reason,
			    const char *what, unsigned long attrs)
{
	count_event(reason);
	if (!(attrs & DMA_ATTR_NO_WARN))
		dev_warn(dev,
			 "swiotlb buffer %s (sz: %zu bytes), total %lu (slots), used %lu (slots)\n",
			 what, size, swiotlb_nslabs(), swiotlb_used());
	return DMA_MAPPING_ERROR;
}

phys_addr_t swiotlb_tbl_map_single(struct device *dev, phys_addr_t orig_addr, size_t mapping_size,
				   size_t alloc_size, unsigned int alloc_align_mask,
				   enum dma_data_direction dir, unsigned long attrs)
{
	struct slot_request request;
	long first;

	(void)dir;
	if (!is_swiotlb_active(dev)) {
		if (!(attrs & DMA_ATTR_NO_WARN))
			dev_warn(dev,
				 "there is no swiotlb buffer to bounce %zu bytes, swiotlb=N "
				 "reserves one\n",
				 mapping_size);
		return DMA_MAPPING_ERROR;
	}
	if (!mapping_size || mapping_size > alloc_size) {
		count_event(&swiotlb_stats.misused);
		dev_err(dev, "Invalid sizes (mapping: %zu bytes, alloc: %zu bytes)\n", mapping_size,
			alloc_size);
		return DMA_MAPPING_ERROR;
	}
	if (alloc_size > swiotlb_max_mapping_size(dev))
		return no_slots(dev, alloc_size, &swiotlb_stats.too_large,
				"has no segment so large", attrs);
	describe_request(dev, orig_addr, alloc_size, alloc_align_mask, &request);
	request.mapping.size = (u32)mapping_size;
	first = swiotlb_take_slots(&request);
	if (first < 0)
		return no_slots(dev, alloc_size, &swiotlb_stats.full, "is full", attrs);
	count_event(&swiotlb_stats.mapped);
	bounce(dev, &io_tlb_default_mem.slots[first], 0, mapping_size, true);
	return slot_addr((unsigned long)first) + request.mapping.offset;
}

/* The mapping that holds @tlb_addr. NULL, with a message: none does. */
static struct io_tlb_slot *find_mapping(struct device *dev, phys_addr_t tlb_addr, size_t size,
					size_t *offset, const char *what)
{
	struct io_tlb_slot *first = swiotlb_find_mapping(tlb_addr, offset);

	if (first)
		return first;
	count_event(&swiotlb_stats.misused);
	dev_err(dev, "swiotlb: %s of %zu bytes at %#llx, which no mapping has\n", what, size,
		tlb_addr);
	return NULL;
}

void swiotlb_tbl_unmap_single(struct device *dev, phys_addr_t tlb_addr, size_t mapping_size,
			      enum dma_data_direction dir, unsigned long attrs)
{
	size_t offset;
	struct io_tlb_slot *first = find_mapping(dev, tlb_addr, mapping_size, &offset, "unmap");

	if (!first)
		return;
	if (offset || mapping_size != first->size) {
		count_event(&swiotlb_stats.misused);
		dev_err(dev,
			"swiotlb: unmap of %zu bytes at %#llx, %zu bytes into a mapping of %u\n",
			mapping_size, tlb_addr, offset, first->size);
		if (offset)
			return;
		mapping_size = min_t(size_t, mapping_size, first->size);
	}
	if (!(attrs & DMA_ATTR_SKIP_CPU_SYNC) && dir != DMA_TO_DEVICE)
		bounce(dev, first, 0, mapping_size, false);
	if (!swiotlb_release_slots(first))
		count_event(&swiotlb_stats.misused);
}

dma_addr_t swiotlb_map(struct device *dev, phys_addr_t phys, size_t size,
		       enum dma_data_direction dir, unsigned long attrs)
{
	phys_addr_t tlb_addr = swiotlb_tbl_map_single(dev, phys, size, size, 0, dir, attrs);

	if (tlb_addr == DMA_MAPPING_ERROR || dma_capable(dev, tlb_addr, size))
		return tlb_addr;
	swiotlb_tbl_unmap_single(dev, tlb_addr, size, dir, attrs | DMA_ATTR_SKIP_CPU_SYNC);
	dma_overflow(dev, "swiotlb addr", tlb_addr, size, attrs);
	return DMA_MAPPING_ERROR;
}

/* ---- Syncing ---------------------------------------------------------------------------- */

static void sync_part(struct device *dev, phys_addr_t tlb_addr, size_t size, bool to_pool)
{
	size_t offset;
	const struct io_tlb_slot *first = find_mapping(dev, tlb_addr, size, &offset, "sync");

	if (first)
		bounce(dev, first, offset, size, to_pool);
}

void swiotlb_sync_single_for_device(struct device *dev, phys_addr_t tlb_addr, size_t size,
				    enum dma_data_direction dir)
{
	if (dir != DMA_FROM_DEVICE)
		sync_part(dev, tlb_addr, size, true);
}

void swiotlb_sync_single_for_cpu(struct device *dev, phys_addr_t tlb_addr, size_t size,
				 enum dma_data_direction dir)
{
	if (dir != DMA_TO_DEVICE)
		sync_part(dev, tlb_addr, size, false);
}
