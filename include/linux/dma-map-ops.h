/* SPDX-License-Identifier: MIT */
/*
 * Devices whose addresses are not memory's: who knows how they translate gives the device
 * operations, and the calls of linux/dma-mapping.h go there. And what such operations are made of.
 *
 *   set_dma_ops(dev, &my_ops);
 *   dma_map_page(dev, ...)  calls  my_ops.map_page(dev, ...)
 *
 * Owns:       dev->dma_ops: NULL, and memory is mapped as it lies or bounced.
 * Invariants: a device's operations are set before it maps anything, and stay until all of that is
 *             unmapped. An operation that is NULL is not there, as said of each.
 * Lifetime:   from mem_init() on.
 * Locking:    none; operations are called in the context of the call that they serve.
 * Units:      bytes; sizes of allocations in whole pages.
 * Failure:    as linux/dma-mapping.h says of the call.
 * Source:     Linux 6.1's dma-map-ops.h, as of an x86 that keeps caches in step with devices: its
 *             arch hooks are empty. Pools of memory of a device's own are not here
 *             (CONFIG_DMA_DECLARE_COHERENT, CONFIG_DMA_GLOBAL_POOL), nor what devices send to each
 *             other (CONFIG_PCI_P2PDMA).
 */
#ifndef _LINUX_DMA_MAP_OPS_H
#define _LINUX_DMA_MAP_OPS_H

#include <linux/dma-mapping.h>
#include <linux/errno.h>
#include <linux/pgtable.h>

struct cma;
struct bus_type;
struct iommu_ops;
struct vm_area_struct;

/* In dma_map_ops.flags: map_sg takes pages of other devices. */
#define DMA_F_PCI_P2PDMA_SUPPORTED (1 << 0)

struct dma_map_ops {
	unsigned int flags;

	/* dma_alloc_attrs(): NULL without it. */
	void *(*alloc)(struct device *dev, size_t size, dma_addr_t *dma_handle, gfp_t gfp,
		       unsigned long attrs);
	void (*free)(struct device *dev, size_t size, void *vaddr, dma_addr_t dma_handle,
		     unsigned long attrs);
	/* dma_alloc_pages(): the same. */
	struct page *(*alloc_pages)(struct device *dev, size_t size, dma_addr_t *dma_handle,
				    enum dma_data_direction dir, gfp_t gfp);
	void (*free_pages)(struct device *dev, size_t size, struct page *vaddr,
			   dma_addr_t dma_handle, enum dma_data_direction dir);
	/* Gives the table of a struct dma_sgt_handle. Without them: one piece, by alloc_pages(). */
	struct sg_table *(*alloc_noncontiguous)(struct device *dev, size_t size,
						enum dma_data_direction dir, gfp_t gfp,
						unsigned long attrs);
	void (*free_noncontiguous)(struct device *dev, size_t size, struct sg_table *sgt,
				   enum dma_data_direction dir);
	/* Never called: there are no processes. */
	int (*mmap)(struct device *dev, struct vm_area_struct *vma, void *cpu_addr,
		    dma_addr_t dma_addr, size_t size, unsigned long attrs);
	/* Without it -ENXIO. */
	int (*get_sgtable)(struct device *dev, struct sg_table *sgt, void *cpu_addr,
			   dma_addr_t dma_addr, size_t size, unsigned long attrs);
	/* Has to be there. DMA_MAPPING_ERROR where it cannot. */
	dma_addr_t (*map_page)(struct device *dev, struct page *page, unsigned long offset,
			       size_t size, enum dma_data_direction dir, unsigned long attrs);
	void (*unmap_page)(struct device *dev, dma_addr_t dma_handle, size_t size,
			   enum dma_data_direction dir, unsigned long attrs);
	/* Has to be there. The pieces for the device; -EINVAL, -ENOMEM, -EIO or -EREMOTEIO. */
	int (*map_sg)(struct device *dev, struct scatterlist *sg, int nents,
		      enum dma_data_direction dir, unsigned long attrs);
	void (*unmap_sg)(struct device *dev, struct scatterlist *sg, int nents,
			 enum dma_data_direction dir, unsigned long attrs);
	/* Without it DMA_MAPPING_ERROR. */
	dma_addr_t (*map_resource)(struct device *dev, phys_addr_t phys_addr, size_t size,
				   enum dma_data_direction dir, unsigned long attrs);
	void (*unmap_resource)(struct device *dev, dma_addr_t dma_handle, size_t size,
			       enum dma_data_direction dir, unsigned long attrs);
	/* Without them nothing. */
	void (*sync_single_for_cpu)(struct device *dev, dma_addr_t dma_handle, size_t size,
				    enum dma_data_direction dir);
	void (*sync_single_for_device)(struct device *dev, dma_addr_t dma_handle, size_t size,
				       enum dma_data_direction dir);
	void (*sync_sg_for_cpu)(struct device *dev, struct scatterlist *sg, int nents,
				enum dma_data_direction dir);
	void (*sync_sg_for_device)(struct device *dev, struct scatterlist *sg, int nents,
				   enum dma_data_direction dir);
	void (*cache_sync)(struct device *dev, void *vaddr, size_t size,
			   enum dma_data_direction direction);
	/* Without it every mask is. */
	int (*dma_supported)(struct device *dev, u64 mask);
	/* Without it 32 bits. */
	u64 (*get_required_mask)(struct device *dev);
	/* Without them no limit, and 0. */
	size_t (*max_mapping_size)(struct device *dev);
	size_t (*opt_mapping_size)(void);
	unsigned long (*get_merge_boundary)(struct device *dev);
};

static inline const struct dma_map_ops *get_dma_ops(struct device *dev)
{
	return dev->dma_ops;
}

static inline void set_dma_ops(struct device *dev, const struct dma_map_ops *dma_ops)
{
	dev->dma_ops = dma_ops;
}

/* Operations of a device that cannot do DMA: all fail. */
extern const struct dma_map_ops dma_dummy_ops;

/* ---- Contiguous memory (linux/cma.h) --------------------------------------------------------- */

/* The area that cma= reserved, or NULL; and that of @dev: its own cma_area, else the former. */
extern struct cma *dma_contiguous_default_area;

static inline struct cma *dev_get_cma_area(struct device *dev)
{
	return dev && dev->cma_area ? dev->cma_area : dma_contiguous_default_area;
}

/* While memblock is open: what cma= and cma_pernuma= ask for; and an area by the caller's numbers. */
void dma_contiguous_reserve(phys_addr_t addr_limit);
int dma_contiguous_reserve_area(phys_addr_t size, phys_addr_t base, phys_addr_t limit,
				struct cma **res_cma, bool fixed);
#define dma_pernuma_cma_reserve() ((void)0)

/* @count pages of @dev's area, aligned to 1 << @order, at the most to 1 MB. NULL; false: not its. */
struct page *dma_alloc_from_contiguous(struct device *dev, size_t count, unsigned int order,
				       bool no_warn);
bool dma_release_from_contiguous(struct device *dev, struct page *pages, int count);

/*
 * @size bytes, whole pages, of @dev's own area; more than a page also of its node's or the default
 * one. NULL: none, or @gfp may not wait. Freed where it came from, the page allocator too.
 */
struct page *dma_alloc_contiguous(struct device *dev, size_t size, gfp_t gfp);
void dma_free_contiguous(struct device *dev, struct page *page, size_t size);

/* ---- What operations are made of ------------------------------------------------------------- */

/* What alloc_noncontiguous() gives, of which its users see the table alone. */
struct dma_sgt_handle {
	struct sg_table sgt;
	struct page **pages;
};
#define sgt_handle(table) container_of((table), struct dma_sgt_handle, sgt)

/* One piece for @cpu_addr, of vmalloc's addresses or the direct map. 0 or -ENOMEM. */
int dma_common_get_sgtable(struct device *dev, struct sg_table *sgt, void *cpu_addr,
			   dma_addr_t dma_addr, size_t size, unsigned long attrs);

/* Zeroed pages, contiguous ones if there are, mapped by the device's map_page(). NULL: none. */
struct page *dma_common_alloc_pages(struct device *dev, size_t size, dma_addr_t *dma_handle,
				    enum dma_data_direction dir, gfp_t gfp);
void dma_common_free_pages(struct device *dev, size_t size, struct page *page,
			   dma_addr_t dma_handle, enum dma_data_direction dir);

/*
 * @size bytes of pages side by side under new addresses. NULL. The array of the first form stays the
 * caller's as long as that, and dma_common_find_pages() finds it by the address.
 */
void *dma_common_pages_remap(struct page **pages, size_t size, pgprot_t prot, const void *caller);
void *dma_common_contiguous_remap(struct page *page, size_t size, pgprot_t prot,
				  const void *caller);
struct page **dma_common_find_pages(void *cpu_addr);
void dma_common_free_remap(void *cpu_addr, size_t size);

/* Caches follow devices: memory for them is mapped as any. */
#define pgprot_dmacoherent(prot) pgprot_noncached(prot)

static inline bool dev_is_dma_coherent(struct device *dev)
{
	(void)dev;
	return true;
}

static inline pgprot_t dma_pgprot(struct device *dev, pgprot_t prot, unsigned long attrs)
{
	(void)dev, (void)attrs;
	return prot;
}

/* ---- What is not on this architecture -------------------------------------------------------- */

static inline int dma_declare_coherent_memory(struct device *dev, phys_addr_t phys_addr,
					      dma_addr_t device_addr, size_t size)
{
	(void)dev, (void)phys_addr, (void)device_addr, (void)size;
	return -ENOSYS;
}
#define dma_alloc_from_dev_coherent(dev, size, handle, ret)	(0)
#define dma_release_from_dev_coherent(dev, order, vaddr)	(0)
#define dma_mmap_from_dev_coherent(dev, vma, vaddr, order, ret) (0)
#define dma_release_coherent_memory(dev)			((void)(dev))

static inline void *dma_alloc_from_global_coherent(struct device *dev, ssize_t size,
						   dma_addr_t *dma_handle)
{
	(void)dev, (void)size, (void)dma_handle;
	return NULL;
}
#define dma_release_from_global_coherent(order, vaddr)		(0)
#define dma_mmap_from_global_coherent(vma, cpu_addr, size, ret) (0)

#define arch_sync_dma_for_device(paddr, size, dir) ((void)(paddr), (void)(size), (void)(dir))
#define arch_sync_dma_for_cpu(paddr, size, dir)	   ((void)(paddr), (void)(size), (void)(dir))
#define arch_sync_dma_for_cpu_all()		   ((void)0)
#define arch_dma_prep_coherent(page, size)	   ((void)(page), (void)(size))
#define arch_dma_mark_clean(paddr, size)	   ((void)(paddr), (void)(size))
#define arch_dma_map_page_direct(d, a)		   (false)
#define arch_dma_unmap_page_direct(d, a)	   (false)
#define arch_dma_map_sg_direct(d, s, n)		   (false)
#define arch_dma_unmap_sg_direct(d, s, n)	   (false)
#define arch_teardown_dma_ops(dev)		   ((void)(dev))
#define dma_debug_add_bus(bus)			   ((void)(bus))
#define debug_dma_dump_mappings(dev)		   ((void)(dev))

static inline void arch_setup_dma_ops(struct device *dev, u64 dma_base, u64 size,
				      const struct iommu_ops *iommu, bool coherent)
{
	(void)dev, (void)dma_base, (void)size, (void)iommu, (void)coherent;
}

/* How devices could reach each other: they cannot here. */
enum pci_p2pdma_map_type {
	PCI_P2PDMA_MAP_UNKNOWN = 0,
	PCI_P2PDMA_MAP_NOT_SUPPORTED,
	PCI_P2PDMA_MAP_BUS_ADDR,
	PCI_P2PDMA_MAP_THRU_HOST_BRIDGE,
};

struct pci_p2pdma_map_state {
	struct dev_pagemap *pgmap;
	int map;
	u64 bus_off;
};

static inline enum pci_p2pdma_map_type pci_p2pdma_map_segment(struct pci_p2pdma_map_state *state,
							      struct device *dev,
							      struct scatterlist *sg)
{
	(void)state, (void)dev, (void)sg;
	return PCI_P2PDMA_MAP_NOT_SUPPORTED;
}

#endif /* _LINUX_DMA_MAP_OPS_H */
