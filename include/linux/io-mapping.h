/* SPDX-License-Identifier: MIT */
/*
 * A device's memory, of which parts are looked at for a moment each: a large framebuffer.
 *
 *   base      |##########################|          size bytes of the device
 *   iomem     |##########################|          mapped once, write-combining
 *                    ▲ offset: where io_mapping_map_*() points
 *
 * Owns:       the mapping of all of it, as ioremap_wc()'s; the parts are in it.
 * Invariants: a part is mapped as long as the whole is.
 * Lifetime:   io_mapping_init_wc() to io_mapping_fini(), or io_mapping_create_wc() to
 *             io_mapping_free(); each from vmalloc_init() on.
 * Locking:    making and ending: as ioremap_wc(). Parts: any context, none.
 * Units:      bytes; @offset from @base. A part of io_mapping_map_local_wc() and _atomic_wc()
 *             goes to the end of its page.
 * Failure:    NULL and nothing changed. An offset that is not in the mapping is a BUG().
 * Source:     Linux 6.1's io-mapping.h, Documentation/driver-api/io-mapping.rst, as on x86-64.
 */
#ifndef _LINUX_IO_MAPPING_H
#define _LINUX_IO_MAPPING_H

#include <linux/bug.h>
#include <linux/io.h>
#include <linux/pgtable.h>
#include <linux/preempt.h>
#include <linux/slab.h>
#include <linux/types.h>

struct io_mapping {
	resource_size_t base; /* physical */
	unsigned long size;
	pgprot_t prot;
	void __iomem *iomem; /* all of it */
};

/* ---- The whole ------------------------------------------------------------------------- */

/* @iomap itself, or NULL: ioremap_wc() had none. */
static inline struct io_mapping *io_mapping_init_wc(struct io_mapping *iomap, resource_size_t base,
						    unsigned long size)
{
	iomap->iomem = ioremap_wc(base, size);
	if (!iomap->iomem)
		return NULL;
	iomap->base = base;
	iomap->size = size;
	iomap->prot = pgprot_writecombine(PAGE_KERNEL);
	return iomap;
}

static inline void io_mapping_fini(struct io_mapping *mapping)
{
	iounmap(mapping->iomem);
}

/* The same, the structure from kmalloc(). Sleeps. */
static inline struct io_mapping *io_mapping_create_wc(resource_size_t base, unsigned long size)
{
	struct io_mapping *iomap = kmalloc(sizeof(*iomap), GFP_KERNEL);

	if (iomap && !io_mapping_init_wc(iomap, base, size)) {
		kfree(iomap);
		iomap = NULL;
	}
	return iomap;
}

static inline void io_mapping_free(struct io_mapping *iomap)
{
	io_mapping_fini(iomap);
	kfree(iomap);
}

/* ---- Parts ------------------------------------------------------------------------------- */

/* [@offset, @offset + @size), until io_mapping_unmap(). Never NULL. */
static inline void __iomem *io_mapping_map_wc(struct io_mapping *mapping, unsigned long offset,
					      unsigned long size)
{
	(void)size;
	BUG_ON(offset >= mapping->size);
	return (char __iomem *)mapping->iomem + offset;
}

static inline void io_mapping_unmap(void __iomem *vaddr)
{
	(void)vaddr;
}

/* For who mapped it alone, on this CPU, and gives back the last part first. */
static inline void __iomem *io_mapping_map_local_wc(struct io_mapping *mapping,
						    unsigned long offset)
{
	return io_mapping_map_wc(mapping, offset, PAGE_SIZE);
}

static inline void io_mapping_unmap_local(void __iomem *vaddr)
{
	io_mapping_unmap(vaddr);
}

/* The same, and its user does not sleep before he gives it back. */
static inline void __iomem *io_mapping_map_atomic_wc(struct io_mapping *mapping,
						     unsigned long offset)
{
	preempt_disable();
	return io_mapping_map_wc(mapping, offset, PAGE_SIZE);
}

static inline void io_mapping_unmap_atomic(void __iomem *vaddr)
{
	io_mapping_unmap(vaddr);
	preempt_enable();
}

#endif /* _LINUX_IO_MAPPING_H */
