/* SPDX-License-Identifier: MIT */
/*
 * Memory that devices bring along: memremap() of linux/io.h, and what a page of such memory
 * would be. Page structs are RAM's alone, so no page is one, and devices' memory is given none.
 *
 * Owns:    nothing.
 * Locking: none; any context but where linux/io.h says otherwise.
 * Failure: as linux/io.h says; ERR_PTR(-ENXIO) of who asks for page structs.
 * Source:  Linux 6.1's memremap.h, as it is without CONFIG_ZONE_DEVICE.
 */
#ifndef _LINUX_MEMREMAP_H
#define _LINUX_MEMREMAP_H

#include <linux/bug.h>
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/mmzone.h>
#include <linux/percpu-refcount.h>
#include <linux/range.h>

struct device;
struct vm_fault;
struct dev_pagemap;

/* Kinds of such memory. 0 is none. */
enum memory_type {
	MEMORY_DEVICE_PRIVATE = 1, /* CPUs do not reach it */
	MEMORY_DEVICE_COHERENT,
	MEMORY_DEVICE_FS_DAX,
	MEMORY_DEVICE_GENERIC,
	MEMORY_DEVICE_PCI_P2PDMA,
};

/* Page structs that lie in the device's memory itself: pfns and pages. */
struct vmem_altmap {
	unsigned long base_pfn;
	const unsigned long end_pfn;
	const unsigned long reserve; /* for the driver, from base_pfn on */
	unsigned long free;	     /* set aside for page structs */
	unsigned long align;
	unsigned long alloc;
};

/* What is asked of whose memory it is. */
struct dev_pagemap_ops {
	void (*page_free)(struct page *page);
	vm_fault_t (*migrate_to_ram)(struct vm_fault *vmf);
	int (*memory_failure)(struct dev_pagemap *pgmap, unsigned long pfn, unsigned long nr_pages,
			      int mf_flags);
};

#define PGMAP_ALTMAP_VALID (1 << 0) /* in dev_pagemap.flags */

/* What a driver fills in before it asks for page structs. */
struct dev_pagemap {
	struct vmem_altmap altmap;
	struct percpu_ref ref;
	struct completion done;
	enum memory_type type;
	unsigned int flags;
	unsigned long vmemmap_shift; /* log2 of the pages that share a compound page's structs */
	const struct dev_pagemap_ops *ops;
	void *owner;
	int nr_range;
	union {
		struct range range; /* addresses, the last one inclusive; nr_range is 1 */
		DECLARE_FLEX_ARRAY(struct range, ranges);
	};
};

static inline bool pgmap_has_memory_failure(struct dev_pagemap *pgmap)
{
	return pgmap->ops && pgmap->ops->memory_failure;
}

static inline struct vmem_altmap *pgmap_altmap(struct dev_pagemap *pgmap)
{
	return pgmap->flags & PGMAP_ALTMAP_VALID ? &pgmap->altmap : NULL;
}

static inline unsigned long pgmap_vmemmap_nr(struct dev_pagemap *pgmap)
{
	return 1UL << pgmap->vmemmap_shift;
}

/* As Linux without ZONE_DEVICE: refused with a warning, and devm_memremap() is what is left. */
static inline void *devm_memremap_pages(struct device *dev, struct dev_pagemap *pgmap)
{
	(void)dev, (void)pgmap;
	WARN_ON_ONCE(1);
	return ERR_PTR(-ENXIO);
}

static inline void devm_memunmap_pages(struct device *dev, struct dev_pagemap *pgmap)
{
	(void)dev, (void)pgmap;
}

/* The map of the device that @pfn belongs to: none has one. */
static inline struct dev_pagemap *get_dev_pagemap(unsigned long pfn, struct dev_pagemap *pgmap)
{
	(void)pfn, (void)pgmap;
	return NULL;
}

static inline void put_dev_pagemap(struct dev_pagemap *pgmap)
{
	if (pgmap)
		percpu_ref_put(&pgmap->ref);
}

static inline bool pgmap_pfn_valid(struct dev_pagemap *pgmap, unsigned long pfn)
{
	(void)pgmap, (void)pfn;
	return false;
}

static inline unsigned long vmem_altmap_offset(struct vmem_altmap *altmap)
{
	(void)altmap;
	return 0;
}

static inline void vmem_altmap_free(struct vmem_altmap *altmap, unsigned long nr_pfns)
{
	(void)altmap, (void)nr_pfns;
}

static inline bool is_device_private_page(const struct page *page)
{
	(void)page;
	return false;
}

static inline bool folio_is_device_private(const struct folio *folio)
{
	return is_device_private_page(&folio->page);
}

static inline bool is_device_coherent_page(const struct page *page)
{
	(void)page;
	return false;
}

static inline bool folio_is_device_coherent(const struct folio *folio)
{
	return is_device_coherent_page(&folio->page);
}

static inline bool is_pci_p2pdma_page(const struct page *page)
{
	(void)page;
	return false;
}

/* What a range's start and size must be aligned to, in bytes: single pages can be mapped. */
static inline unsigned long memremap_compat_align(void)
{
	return PAGE_SIZE;
}

#endif /* _LINUX_MEMREMAP_H */
