/* SPDX-License-Identifier: MIT */
/*
 * The bounce pool: memory below 4 GB that stands for buffers which a device cannot reach.
 *
 *   area 0                    area 1 ...             one area for each CPU, each with a lock
 *   |seg|seg|seg|seg|         |seg|seg|seg|seg|      a segment is 128 slots, 256 KB
 *      |##|.|####|                                   a slot is 2 KB; a mapping takes
 *                                                    slots side by side in one segment
 *
 * Owns:       the pool, and for each mapping in it where the original lies.
 * Invariants: `used` of an area is the number of its slots that mappings have. A mapping
 *             keeps the address bits of its original that the device's min_align_mask has.
 * Lifetime:   reserved by swiotlb_init(), while early allocation is open; never given back.
 * Locking:    a lock for each area, the innermost but for the log's.
 * Units:      bytes, slots.
 * Failure:    DMA_MAPPING_ERROR; what is not mapped is not unmapped or copied, but named in
 *             the log and counted.
 * Source:     Linux 6.1's swiotlb.h. Linux reserves 64 MB wherever there is memory past
 *             4 GB; here there is a pool only if swiotlb= asks for one.
 */
#ifndef _LINUX_SWIOTLB_H
#define _LINUX_SWIOTLB_H

#include <linux/device.h>
#include <linux/dma-direction.h>
#include <linux/types.h>

struct seq_file;

#define IO_TLB_SEGSIZE	    128
#define IO_TLB_SHIFT	    11
#define IO_TLB_SIZE	    (1 << IO_TLB_SHIFT)
#define IO_TLB_DEFAULT_SIZE (64UL << 20)

#define SWIOTLB_VERBOSE (1 << 0) /* the log says where it lies: it does so always */
#define SWIOTLB_FORCE	(1 << 1) /* all mappings go there */
#define SWIOTLB_ANY	(1 << 2) /* it may lie past 4 GB */

/*
 * Reserves the pool that swiotlb= asks for, if there is memory that devices do not reach
 * (@addressing_limited: past 4 GB) or it says force: half of that, and half again, where there
 * is no room, down to 1 MB.
 */
void swiotlb_init(bool addressing_limited, unsigned int flags);

/* Where it lies, in the log. */
void swiotlb_print_info(void);

/* Bytes of the pool; 0: there is none. */
unsigned int swiotlb_max_segment(void);

/* Is there a pool? Do even devices that reach all memory use it? */
bool is_swiotlb_active(struct device *dev);
bool is_swiotlb_force_bounce(struct device *dev);

/* Does the address lie in it? */
bool is_swiotlb_buffer(struct device *dev, phys_addr_t paddr);

/* The most bytes that a mapping may have. */
size_t swiotlb_max_mapping_size(struct device *dev);

/*
 * Takes slots for @alloc_size bytes at a multiple of @alloc_align_mask + 1, and copies
 * @mapping_size bytes from @orig_addr there, whatever @dir: what the device does not write
 * must not be what another one left. The address, or DMA_MAPPING_ERROR.
 */
phys_addr_t swiotlb_tbl_map_single(struct device *dev, phys_addr_t orig_addr, size_t mapping_size,
				   size_t alloc_size, unsigned int alloc_align_mask,
				   enum dma_data_direction dir, unsigned long attrs);

/* Copies back, unless @dir or DMA_ATTR_SKIP_CPU_SYNC says otherwise, and ends the mapping. */
void swiotlb_tbl_unmap_single(struct device *dev, phys_addr_t tlb_addr, size_t mapping_size,
			      enum dma_data_direction dir, unsigned long attrs);

/* The same for a streaming mapping, as a bus address that the device reaches. */
dma_addr_t swiotlb_map(struct device *dev, phys_addr_t phys, size_t size,
		       enum dma_data_direction dir, unsigned long attrs);

/* Copies [@tlb_addr, @tlb_addr + @size), all of one mapping or a part, if @dir says so. */
void swiotlb_sync_single_for_device(struct device *dev, phys_addr_t tlb_addr, size_t size,
				    enum dma_data_direction dir);
void swiotlb_sync_single_for_cpu(struct device *dev, phys_addr_t tlb_addr, size_t size,
				 enum dma_data_direction dir);

/* ---- Counts ------------------------------------------------------------------------- */

struct swiotlb_stats {
	unsigned long mapped;	 /* mappings made */
	unsigned long full;	 /* refused: no slots side by side */
	unsigned long too_large; /* refused: more than a segment */
	unsigned long misused;	 /* addresses or sizes that are no mapping's */
};
extern struct swiotlb_stats swiotlb_stats;

/* Slots: all, in use, and the most that were ever in use. */
unsigned long swiotlb_nslabs(void);
unsigned long swiotlb_used(void);
unsigned long swiotlb_used_hiwater(void);

/* Recounts the areas; logs each fault, returns their number. */
int swiotlb_verify(void);

/* The pool, its counts, and each mapping. */
void swiotlb_show(struct seq_file *m);

/* Pools that are a device's only memory (CONFIG_DMA_RESTRICTED_POOL): there are none. */
static inline struct page *swiotlb_alloc(struct device *dev, size_t size)
{
	(void)dev, (void)size;
	return NULL;
}

static inline bool swiotlb_free(struct device *dev, struct page *page, size_t size)
{
	(void)dev, (void)page, (void)size;
	return false;
}

static inline bool is_swiotlb_for_alloc(struct device *dev)
{
	(void)dev;
	return false;
}

/* What comes with this header on Linux. */
#include <linux/init.h>
#include <linux/limits.h>
#include <linux/spinlock.h>

#endif /* _LINUX_SWIOTLB_H */
