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

/* All or the part of a mapping from its offset on; what is past its end is not copied. */
static void bounce(struct device *dev, const struct io_tlb_mapping *mapping, size_t size,
		   bool to_pool)
{
	const struct io_tlb_slot *slot = &mapping->slot;
	size_t offset = mapping->offset;
	char *vaddr = (char *)io_tlb_default_mem.vaddr + (mapping->first << IO_TLB_SHIFT);

	if (size > slot->size - offset) {
		count_event(&swiotlb_stats.misused);
		dev_err(dev,
			"Buffer overflow detected. Allocation size: %u. Mapping size: %zu+%zu.\n",
			slot->size, size, offset);
		size = slot->size - offset;
	}
	copy_buffer(slot->orig_addr + offset, vaddr + slot->offset + offset, size, to_pool);
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
	struct io_tlb_mapping mapping = {0};
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
	mapping.slot = request.mapping;
	mapping.first = (unsigned long)first;
	bounce(dev, &mapping, mapping_size, true);
	return slot_addr(mapping.first) + mapping.slot.offset;
}

/* The mapping that holds @tlb_addr, ended if @end. False, with a message: none does. */
static bool find_mapping(struct device *dev, phys_addr_t tlb_addr, size_t size, bool end,
			 struct io_tlb_mapping *mapping)
{
	if (swiotlb_find_mapping(tlb_addr, end, mapping))
		return true;
	count_event(&swiotlb_stats.misused);
	dev_err(dev, "swiotlb: %s of %zu bytes at %#llx, which no mapping has\n",
		end ? "unmap" : "sync", size, tlb_addr);
	return false;
}

void swiotlb_tbl_unmap_single(struct device *dev, phys_addr_t tlb_addr, size_t mapping_size,
			      enum dma_data_direction dir, unsigned long attrs)
{
	struct io_tlb_mapping mapping;

	if (!find_mapping(dev, tlb_addr, mapping_size, true, &mapping))
		return;
	if (mapping.offset || mapping_size != mapping.slot.size) {
		count_event(&swiotlb_stats.misused);
		dev_err(dev,
			"swiotlb: unmap of %zu bytes at %#llx, %zu bytes into a mapping of %u\n",
			mapping_size, tlb_addr, mapping.offset, mapping.slot.size);
		if (mapping.offset)
			return;
		mapping_size = min_t(size_t, mapping_size, mapping.slot.size);
	}
	if (!(attrs & DMA_ATTR_SKIP_CPU_SYNC) && dir != DMA_TO_DEVICE)
		bounce(dev, &mapping, mapping_size, false);
	swiotlb_release_slots(&mapping);
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
	struct io_tlb_mapping mapping;

	if (find_mapping(dev, tlb_addr, size, false, &mapping))
		bounce(dev, &mapping, size, to_pool);
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
