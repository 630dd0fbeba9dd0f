/* SPDX-License-Identifier: MIT */
/*
 * Resources: ranges of memory, ports and the like that something has. Only what describes
 * one is here; /proc/iomem's text comes from the maps that the program has anyway.
 * Source: Linux 6.1's ioport.h.
 */
#ifndef _LINUX_IOPORT_H
#define _LINUX_IOPORT_H

#include <linux/minmax.h>
#include <linux/types.h>

struct resource {
	resource_size_t start;
	resource_size_t end; /* the last one that belongs to it */
	const char *name;
	unsigned long flags;
	unsigned long desc;
	struct resource *parent, *sibling, *child;
};

/* The type, and what is said of it. */
#define IORESOURCE_BITS		 0x000000ff
#define IORESOURCE_TYPE_BITS	 0x00001f00
#define IORESOURCE_IO		 0x00000100
#define IORESOURCE_MEM		 0x00000200
#define IORESOURCE_REG		 0x00000300
#define IORESOURCE_IRQ		 0x00000400
#define IORESOURCE_DMA		 0x00000800
#define IORESOURCE_BUS		 0x00001000
#define IORESOURCE_PREFETCH	 0x00002000
#define IORESOURCE_READONLY	 0x00004000
#define IORESOURCE_CACHEABLE	 0x00008000
#define IORESOURCE_RANGELENGTH	 0x00010000
#define IORESOURCE_SHADOWABLE	 0x00020000
#define IORESOURCE_SIZEALIGN	 0x00040000
#define IORESOURCE_STARTALIGN	 0x00080000
#define IORESOURCE_MEM_64	 0x00100000
#define IORESOURCE_WINDOW	 0x00200000
#define IORESOURCE_MUXED	 0x00400000
#define IORESOURCE_EXT_TYPE_BITS 0x01000000
#define IORESOURCE_SYSRAM	 0x01000000
#define IORESOURCE_EXCLUSIVE	 0x08000000
#define IORESOURCE_DISABLED	 0x10000000
#define IORESOURCE_UNSET	 0x20000000
#define IORESOURCE_AUTO		 0x40000000
#define IORESOURCE_BUSY		 0x80000000
#define IORESOURCE_SYSTEM_RAM	 (IORESOURCE_MEM | IORESOURCE_SYSRAM)

/* What a memory resource is of. */
enum {
	IORES_DESC_NONE,
	IORES_DESC_CRASH_KERNEL,
	IORES_DESC_ACPI_TABLES,
	IORES_DESC_ACPI_NV_STORAGE,
	IORES_DESC_PERSISTENT_MEMORY,
	IORES_DESC_PERSISTENT_MEMORY_LEGACY,
	IORES_DESC_DEVICE_PRIVATE_MEMORY,
	IORES_DESC_RESERVED,
	IORES_DESC_SOFT_RESERVED,
	IORES_DESC_CXL,
};

/* clang-format off */
#define DEFINE_RES_NAMED(_start, _size, _name, _flags) \
	{ .start = (_start), .end = (_start) + (_size) - 1, .name = (_name), \
	  .flags = (_flags), .desc = IORES_DESC_NONE }
/* clang-format on */
#define DEFINE_RES_IO_NAMED(_start, _size, _name) \
	DEFINE_RES_NAMED(_start, _size, _name, IORESOURCE_IO)
#define DEFINE_RES_IO(_start, _size) DEFINE_RES_IO_NAMED(_start, _size, NULL)
#define DEFINE_RES_MEM_NAMED(_start, _size, _name) \
	DEFINE_RES_NAMED(_start, _size, _name, IORESOURCE_MEM)
#define DEFINE_RES_MEM(_start, _size) DEFINE_RES_MEM_NAMED(_start, _size, NULL)
#define DEFINE_RES_REG_NAMED(_start, _size, _name) \
	DEFINE_RES_NAMED(_start, _size, _name, IORESOURCE_REG)
#define DEFINE_RES_REG(_start, _size)	  DEFINE_RES_REG_NAMED(_start, _size, NULL)
#define DEFINE_RES_IRQ_NAMED(_irq, _name) DEFINE_RES_NAMED(_irq, 1, _name, IORESOURCE_IRQ)
#define DEFINE_RES_IRQ(_irq)		  DEFINE_RES_IRQ_NAMED(_irq, NULL)
#define DEFINE_RES_DMA_NAMED(_dma, _name) DEFINE_RES_NAMED(_dma, 1, _name, IORESOURCE_DMA)
#define DEFINE_RES_DMA(_dma)		  DEFINE_RES_DMA_NAMED(_dma, NULL)

static inline resource_size_t resource_size(const struct resource *res)
{
	return res->end - res->start + 1;
}

static inline void resource_set_size(struct resource *res, resource_size_t size)
{
	res->end = res->start + size - 1;
}

static inline void resource_set_range(struct resource *res, resource_size_t start,
				      resource_size_t size)
{
	res->start = start;
	resource_set_size(res, size);
}

static inline unsigned long resource_type(const struct resource *res)
{
	return res->flags & IORESOURCE_TYPE_BITS;
}

static inline unsigned long resource_ext_type(const struct resource *res)
{
	return res->flags & IORESOURCE_EXT_TYPE_BITS;
}

/* Is @r2 all in @r1? Not where the types differ, or one has no address yet. */
static inline bool resource_contains(const struct resource *r1, const struct resource *r2)
{
	if (resource_type(r1) != resource_type(r2) || (r1->flags | r2->flags) & IORESOURCE_UNSET)
		return false;
	return r1->start <= r2->start && r1->end >= r2->end;
}

static inline bool resource_overlaps(const struct resource *r1, const struct resource *r2)
{
	return r1->start <= r2->end && r1->end >= r2->start;
}

/* *@r is what both have; false: nothing, and *@r is as it was. */
static inline bool resource_intersection(const struct resource *r1, const struct resource *r2,
					 struct resource *r)
{
	if (!resource_overlaps(r1, r2))
		return false;
	r->start = max(r1->start, r2->start);
	r->end = min(r1->end, r2->end);
	return true;
}

/* The same of what either has. */
static inline bool resource_union(const struct resource *r1, const struct resource *r2,
				  struct resource *r)
{
	if (!resource_overlaps(r1, r2))
		return false;
	r->start = min(r1->start, r2->start);
	r->end = max(r1->end, r2->end);
	return true;
}

#endif /* _LINUX_IOPORT_H */
