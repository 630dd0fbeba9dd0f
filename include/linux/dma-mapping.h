/* SPDX-License-Identifier: MIT */
/*
 * Memory that devices reach: allocated for them, or lent to them for one transfer.
 *
 *   dma_alloc_coherent()   memory below the device's coherent mask, for as long as wanted
 *   dma_map_single()       a buffer for one transfer. Where the device cannot reach it, a
 *                          copy in the bounce pool (linux/swiotlb.h) stands for it:
 *
 *     buffer above the mask   ──map, sync_for_device──►   slots below 4 GB  ◄─►  device
 *                             ◄──unmap, sync_for_cpu──
 *
 * Owns:       nothing but counts; allocations are pages, bounced buffers swiotlb's.
 * Invariants: a bus address is the physical address. Caches follow DMA, as on every PC,
 *             so that nothing is flushed, and all attributes but DMA_ATTR_SKIP_CPU_SYNC,
 *             DMA_ATTR_NO_KERNEL_MAPPING and DMA_ATTR_NO_WARN change nothing.
 * Lifetime:   from mem_init() on.
 * Locking:    any context from which pages may be allocated.
 * Units:      bytes; bus addresses.
 * Failure:    NULL, or DMA_MAPPING_ERROR, with a line in the log unless __GFP_NOWARN or
 *             DMA_ATTR_NO_WARN. What a caller must not do (no mask, nothing to map, an
 *             address that is no memory or was not given out) is named in the log,
 *             counted, and has no other effect.
 * Source:     Linux 6.1's dma-mapping.h and kernel/dma/direct.c. What maps such memory for
 *             processes (dma_mmap_*) has nobody to do it for.
 */
#ifndef _LINUX_DMA_MAPPING_H
#define _LINUX_DMA_MAPPING_H

#include <linux/device.h>
#include <linux/dma-direction.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/scatterlist.h>
#include <linux/types.h>

#define DMA_ATTR_WEAK_ORDERING	    (1UL << 1)
#define DMA_ATTR_WRITE_COMBINE	    (1UL << 2)
#define DMA_ATTR_NO_KERNEL_MAPPING  (1UL << 4) /* the page's struct, not its address */
#define DMA_ATTR_SKIP_CPU_SYNC	    (1UL << 5) /* no copy: its caller calls dma_sync_*() */
#define DMA_ATTR_FORCE_CONTIGUOUS   (1UL << 6) /* always so here */
#define DMA_ATTR_ALLOC_SINGLE_PAGES (1UL << 7)
#define DMA_ATTR_NO_WARN	    (1UL << 8)
#define DMA_ATTR_PRIVILEGED	    (1UL << 9)

/* No address: all ones. */
#define DMA_MAPPING_ERROR (~(dma_addr_t)0)

#define DMA_BIT_MASK(n) ((n) == 64 ? ~0ULL : (1ULL << (n)) - 1)

/* ---- Masks ------------------------------------------------------------------------- */

/* Could a device with this mask be given memory here? */
int dma_supported(struct device *dev, u64 mask);

/* 0, or -EIO and nothing changed: not supported, or no dma_mask to set. */
int dma_set_mask(struct device *dev, u64 mask);
int dma_set_coherent_mask(struct device *dev, u64 mask);

static inline int dma_set_mask_and_coherent(struct device *dev, u64 mask)
{
	int err = dma_set_mask(dev, mask);

	/* As on Linux: what is good for the one is good for the other. */
	return err ? err : dma_set_coherent_mask(dev, mask);
}

/* The same for a device whose dma_mask points nowhere yet. */
static inline int dma_coerce_mask_and_coherent(struct device *dev, u64 mask)
{
	dev->dma_mask = &dev->coherent_dma_mask;
	return dma_set_mask_and_coherent(dev, mask);
}

static inline u64 dma_get_mask(const struct device *dev)
{
	return dev->dma_mask && *dev->dma_mask ? *dev->dma_mask : DMA_BIT_MASK(32);
}

/* The mask that reaches all memory there is. */
u64 dma_get_required_mask(struct device *dev);

/* Is there memory that the device does not reach? */
bool dma_addressing_limited(struct device *dev);

/* The most bytes that one mapping may have; SIZE_MAX: no limit. */
size_t dma_max_mapping_size(struct device *dev);

/* The same for mappings that are to be cheap. */
size_t dma_opt_mapping_size(struct device *dev);

/* Pieces that end and begin at multiples of this + 1 may become one; 0: nothing merges them. */
unsigned long dma_get_merge_boundary(struct device *dev);

/* Caches follow DMA: buffers may share lines. */
static inline int dma_get_cache_alignment(void)
{
	return 1;
}

/* Neither is memory of devices mapped for others, nor any for processes. */
static inline bool dma_pci_p2pdma_supported(struct device *dev)
{
	(void)dev;
	return 0;
}

static inline bool dma_can_mmap(struct device *dev)
{
	(void)dev;
	return false;
}

/* Might dma_sync_*() copy for this address? */
bool dma_need_sync(struct device *dev, dma_addr_t dma_addr);

/* ---- What a device asks of pieces ---------------------------------------------------- */

static inline unsigned int dma_get_max_seg_size(const struct device *dev)
{
	return dev->dma_parms && dev->dma_parms->max_segment_size ? dev->dma_parms->max_segment_size
								  : 65536;
}

static inline int dma_set_max_seg_size(struct device *dev, unsigned int size)
{
	if (!dev->dma_parms)
		return -EIO;
	dev->dma_parms->max_segment_size = size;
	return 0;
}

static inline unsigned long dma_get_seg_boundary(const struct device *dev)
{
	return dev->dma_parms && dev->dma_parms->segment_boundary_mask
		       ? dev->dma_parms->segment_boundary_mask
		       : ULONG_MAX;
}

static inline int dma_set_seg_boundary(struct device *dev, unsigned long mask)
{
	if (!dev->dma_parms)
		return -EIO;
	dev->dma_parms->segment_boundary_mask = mask;
	return 0;
}

/* In pages of 1 << @page_shift bytes; of a mask without bound, as many as there can be. */
static inline unsigned long dma_get_seg_boundary_nr_pages(struct device *dev,
							  unsigned int page_shift)
{
	return dev ? (dma_get_seg_boundary(dev) >> page_shift) + 1 : (U32_MAX >> page_shift) + 1UL;
}

static inline unsigned int dma_get_min_align_mask(const struct device *dev)
{
	return dev->dma_parms ? dev->dma_parms->min_align_mask : 0;
}

static inline int dma_set_min_align_mask(struct device *dev, unsigned int min_align_mask)
{
	if (!dev->dma_parms)
		return -EIO;
	dev->dma_parms->min_align_mask = min_align_mask;
	return 0;
}

/* ---- Memory for devices ---------------------------------------------------------------- */

/*
 * @size bytes in whole pages, zeroed, aligned to the power of two that holds them (in a CMA
 * area to 1 MB at the most), below the coherent mask: from an area that cma= or cma_pernuma=
 * reserved or from the page allocator, there up to MAX_PAGE_ORDER in one piece, and from
 * a lower zone where what came lies too high. Zone flags of @gfp do not count.
 */
void *dma_alloc_attrs(struct device *dev, size_t size, dma_addr_t *dma_handle, gfp_t gfp,
		      unsigned long attrs);
void dma_free_attrs(struct device *dev, size_t size, void *cpu_addr, dma_addr_t dma_handle,
		    unsigned long attrs);

static inline void *dma_alloc_coherent(struct device *dev, size_t size, dma_addr_t *dma_handle,
				       gfp_t gfp)
{
	return dma_alloc_attrs(dev, size, dma_handle, gfp,
			       gfp & __GFP_NOWARN ? DMA_ATTR_NO_WARN : 0);
}

static inline void dma_free_coherent(struct device *dev, size_t size, void *cpu_addr,
				     dma_addr_t dma_handle)
{
	dma_free_attrs(dev, size, cpu_addr, dma_handle, 0);
}

static inline void *dma_alloc_wc(struct device *dev, size_t size, dma_addr_t *dma_handle, gfp_t gfp)
{
	return dma_alloc_attrs(dev, size, dma_handle, gfp,
			       DMA_ATTR_WRITE_COMBINE |
				       (gfp & __GFP_NOWARN ? DMA_ATTR_NO_WARN : 0));
}

static inline void dma_free_wc(struct device *dev, size_t size, void *cpu_addr,
			       dma_addr_t dma_handle)
{
	dma_free_attrs(dev, size, cpu_addr, dma_handle, DMA_ATTR_WRITE_COMBINE);
}

/* The same by the first page's struct, for memory that is mapped and synced as any other. */
struct page *dma_alloc_pages(struct device *dev, size_t size, dma_addr_t *dma_handle,
			     enum dma_data_direction dir, gfp_t gfp);
void dma_free_pages(struct device *dev, size_t size, struct page *page, dma_addr_t dma_handle,
		    enum dma_data_direction dir);

static inline void *dma_alloc_noncoherent(struct device *dev, size_t size, dma_addr_t *dma_handle,
					  enum dma_data_direction dir, gfp_t gfp)
{
	struct page *page = dma_alloc_pages(dev, size, dma_handle, dir, gfp);

	return page ? page_address(page) : NULL;
}

static inline void dma_free_noncoherent(struct device *dev, size_t size, void *vaddr,
					dma_addr_t dma_handle, enum dma_data_direction dir)
{
	dma_free_pages(dev, size, virt_to_page(vaddr), dma_handle, dir);
}

/* As dma_alloc_coherent(), until devres_release_all() at the latest. */
void *dmam_alloc_attrs(struct device *dev, size_t size, dma_addr_t *dma_handle, gfp_t gfp,
		       unsigned long attrs);
void dmam_free_coherent(struct device *dev, size_t size, void *vaddr, dma_addr_t dma_handle);

static inline void *dmam_alloc_coherent(struct device *dev, size_t size, dma_addr_t *dma_handle,
					gfp_t gfp)
{
	return dmam_alloc_attrs(dev, size, dma_handle, gfp,
				gfp & __GFP_NOWARN ? DMA_ATTR_NO_WARN : 0);
}

/* Memory that is to be contiguous for the device alone: as pieces, and with an address. */
struct sg_table *dma_alloc_noncontiguous(struct device *dev, size_t size,
					 enum dma_data_direction dir, gfp_t gfp,
					 unsigned long attrs);
void dma_free_noncontiguous(struct device *dev, size_t size, struct sg_table *sgt,
			    enum dma_data_direction dir);
void *dma_vmap_noncontiguous(struct device *dev, size_t size, struct sg_table *sgt);
void dma_vunmap_noncontiguous(struct device *dev, void *vaddr);

/* What dma_alloc_attrs() gave, as a table of the caller's to free. 0 or -ENOMEM. */
int dma_get_sgtable_attrs(struct device *dev, struct sg_table *sgt, void *cpu_addr,
			  dma_addr_t dma_addr, size_t size, unsigned long attrs);
#define dma_get_sgtable(d, t, v, h, s) dma_get_sgtable_attrs(d, t, v, h, s, 0)

/* ---- One transfer ------------------------------------------------------------------------ */

/*
 * Lends the device @size bytes from @offset in @page on, which may go on in the pages
 * behind it. Its address, for dma_mapping_error() to look at first. Until the buffer is
 * unmapped it is the device's; the same @size and @dir unmap it.
 */
dma_addr_t dma_map_page_attrs(struct device *dev, struct page *page, size_t offset, size_t size,
			      enum dma_data_direction dir, unsigned long attrs);
void dma_unmap_page_attrs(struct device *dev, dma_addr_t addr, size_t size,
			  enum dma_data_direction dir, unsigned long attrs);

/* The same for an address of the direct map. */
dma_addr_t dma_map_single_attrs(struct device *dev, void *ptr, size_t size,
				enum dma_data_direction dir, unsigned long attrs);

/* For physical addresses that are no RAM, such as another device's. */
dma_addr_t dma_map_resource(struct device *dev, phys_addr_t phys_addr, size_t size,
			    enum dma_data_direction dir, unsigned long attrs);

void dma_unmap_resource(struct device *dev, dma_addr_t addr, size_t size,
			enum dma_data_direction dir, unsigned long attrs);

/* What Linux has without DMA_API_DEBUG. */
static inline void debug_dma_mapping_error(struct device *dev, dma_addr_t dma_addr)
{
	(void)dev;
	(void)dma_addr;
}

static inline void debug_dma_map_single(struct device *dev, const void *addr, unsigned long len)
{
	(void)dev;
	(void)addr;
	(void)len;
}

static inline int dma_mapping_error(struct device *dev, dma_addr_t dma_addr)
{
	(void)dev;
	return unlikely(dma_addr == DMA_MAPPING_ERROR) ? -ENOMEM : 0;
}

/* Part or all of a mapped buffer changes hands, without its end. */
void dma_sync_single_for_cpu(struct device *dev, dma_addr_t addr, size_t size,
			     enum dma_data_direction dir);
void dma_sync_single_for_device(struct device *dev, dma_addr_t addr, size_t size,
				enum dma_data_direction dir);

static inline void dma_sync_single_range_for_cpu(struct device *dev, dma_addr_t addr,
						 unsigned long offset, size_t size,
						 enum dma_data_direction dir)
{
	dma_sync_single_for_cpu(dev, addr + offset, size, dir);
}

static inline void dma_sync_single_range_for_device(struct device *dev, dma_addr_t addr,
						    unsigned long offset, size_t size,
						    enum dma_data_direction dir)
{
	dma_sync_single_for_device(dev, addr + offset, size, dir);
}

/* ---- A transfer in pieces ---------------------------------------------------------------------- */

/*
 * Lends all of @nents pieces, or none: their number for the device, 0 for none. The same
 * @nents unmaps and syncs them.
 */
unsigned int dma_map_sg_attrs(struct device *dev, struct scatterlist *sgl, int nents,
			      enum dma_data_direction dir, unsigned long attrs);
void dma_unmap_sg_attrs(struct device *dev, struct scatterlist *sgl, int nents,
			enum dma_data_direction dir, unsigned long attrs);
void dma_sync_sg_for_cpu(struct device *dev, struct scatterlist *sgl, int nents,
			 enum dma_data_direction dir);
void dma_sync_sg_for_device(struct device *dev, struct scatterlist *sgl, int nents,
			    enum dma_data_direction dir);
#define dma_map_sg(dev, sgl, nents, dir)   dma_map_sg_attrs(dev, sgl, nents, dir, 0)
#define dma_unmap_sg(dev, sgl, nents, dir) dma_unmap_sg_attrs(dev, sgl, nents, dir, 0)

/* The same for a table, whose nents are set. 0 or -EIO. */
int dma_map_sgtable(struct device *dev, struct sg_table *sgt, enum dma_data_direction dir,
		    unsigned long attrs);

static inline void dma_unmap_sgtable(struct device *dev, struct sg_table *sgt,
				     enum dma_data_direction dir, unsigned long attrs)
{
	dma_unmap_sg_attrs(dev, sgt->sgl, (int)sgt->orig_nents, dir, attrs);
}

static inline void dma_sync_sgtable_for_cpu(struct device *dev, struct sg_table *sgt,
					    enum dma_data_direction dir)
{
	dma_sync_sg_for_cpu(dev, sgt->sgl, (int)sgt->orig_nents, dir);
}

static inline void dma_sync_sgtable_for_device(struct device *dev, struct sg_table *sgt,
					       enum dma_data_direction dir)
{
	dma_sync_sg_for_device(dev, sgt->sgl, (int)sgt->orig_nents, dir);
}

/* What a driver keeps to unmap by. */
#define DEFINE_DMA_UNMAP_ADDR(ADDR_NAME)	dma_addr_t ADDR_NAME
#define DEFINE_DMA_UNMAP_LEN(LEN_NAME)		__u32 LEN_NAME
#define dma_unmap_addr(PTR, ADDR_NAME)		((PTR)->ADDR_NAME)
#define dma_unmap_addr_set(PTR, ADDR_NAME, VAL) (((PTR)->ADDR_NAME) = (VAL))
#define dma_unmap_len(PTR, LEN_NAME)		((PTR)->LEN_NAME)
#define dma_unmap_len_set(PTR, LEN_NAME, VAL)	(((PTR)->LEN_NAME) = (VAL))

#define dma_map_page(dev, page, offset, size, dir) \
	dma_map_page_attrs(dev, page, offset, size, dir, 0)
#define dma_unmap_page(dev, addr, size, dir)   dma_unmap_page_attrs(dev, addr, size, dir, 0)
#define dma_map_single(dev, ptr, size, dir)    dma_map_single_attrs(dev, ptr, size, dir, 0)
#define dma_unmap_single(dev, addr, size, dir) dma_unmap_page_attrs(dev, addr, size, dir, 0)
#define dma_unmap_single_attrs(dev, addr, size, dir, attrs) \
	dma_unmap_page_attrs(dev, addr, size, dir, attrs)

/* What comes with this header on Linux. */
#include <linux/cache.h>
#include <linux/err.h>
#include <linux/sizes.h>

#endif /* _LINUX_DMA_MAPPING_H */
