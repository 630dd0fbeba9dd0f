/* SPDX-License-Identifier: MIT */
/*
 * Resources: ranges of memory, ports and the like that something has, and the two trees of
 * those in use: a resource's children lie in it, apart from each other, in order.
 *
 *   iomem_resource ─ [RAM          ] [device window        ]
 *                     └ [program]     └ [bank 0] [bank 1]
 *
 * Owns:       the roots, and the structs of __request_region(). Others are their owner's, as
 *             long as they are in a tree. What firmware's map says is in iomem_resource once
 *             e820__reserve_resources() was called. (The dump in /proc/iomem's form needs no
 *             tree: it is of the map itself.)
 * Locking:    a lock of its own, taken here.
 * Units:      bytes or ports; end is the last one that belongs to it.
 * Failure:    -errno or NULL, or the resource that is in the way; nothing changed.
 * Source:     Linux 6.1's ioport.h: the same names and meaning. request_muxed_region(), which
 *             waits, is like the others here: -EBUSY.
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
#define IORESOURCE_BITS			 0x000000ff
#define IORESOURCE_TYPE_BITS		 0x00001f00
#define IORESOURCE_IO			 0x00000100
#define IORESOURCE_MEM			 0x00000200
#define IORESOURCE_REG			 0x00000300
#define IORESOURCE_IRQ			 0x00000400
#define IORESOURCE_DMA			 0x00000800
#define IORESOURCE_BUS			 0x00001000
#define IORESOURCE_PREFETCH		 0x00002000
#define IORESOURCE_READONLY		 0x00004000
#define IORESOURCE_CACHEABLE		 0x00008000
#define IORESOURCE_RANGELENGTH		 0x00010000
#define IORESOURCE_SHADOWABLE		 0x00020000
#define IORESOURCE_SIZEALIGN		 0x00040000
#define IORESOURCE_STARTALIGN		 0x00080000
#define IORESOURCE_MEM_64		 0x00100000
#define IORESOURCE_WINDOW		 0x00200000
#define IORESOURCE_MUXED		 0x00400000
#define IORESOURCE_EXT_TYPE_BITS	 0x01000000
#define IORESOURCE_SYSRAM		 0x01000000
#define IORESOURCE_SYSRAM_DRIVER_MANAGED 0x02000000
#define IORESOURCE_SYSRAM_MERGEABLE	 0x04000000
#define IORESOURCE_EXCLUSIVE		 0x08000000
#define IORESOURCE_DISABLED		 0x10000000
#define IORESOURCE_UNSET		 0x20000000
#define IORESOURCE_AUTO			 0x40000000
#define IORESOURCE_BUSY			 0x80000000
#define IORESOURCE_SYSTEM_RAM		 (IORESOURCE_MEM | IORESOURCE_SYSRAM)

/* Of ROMs, and of what firmware fixed. */
#define IORESOURCE_ROM_ENABLE (1 << 0)
#define IORESOURCE_ROM_SHADOW (1 << 1)
#define IORESOURCE_PCI_FIXED  (1 << 4)
#define IORESOURCE_PCI_EA_BEI (1 << 5)

/* What plug and play says of interrupts and of DMA channels. */
#define IORESOURCE_IRQ_HIGHEDGE	   (1 << 0)
#define IORESOURCE_IRQ_LOWEDGE	   (1 << 1)
#define IORESOURCE_IRQ_HIGHLEVEL   (1 << 2)
#define IORESOURCE_IRQ_LOWLEVEL	   (1 << 3)
#define IORESOURCE_IRQ_SHAREABLE   (1 << 4)
#define IORESOURCE_IRQ_OPTIONAL	   (1 << 5)
#define IORESOURCE_IRQ_WAKECAPABLE (1 << 6)
#define IORESOURCE_DMA_TYPE_MASK   (3 << 0)
#define IORESOURCE_DMA_8BIT	   (0 << 0)
#define IORESOURCE_DMA_8AND16BIT   (1 << 0)
#define IORESOURCE_DMA_16BIT	   (2 << 0)
#define IORESOURCE_DMA_MASTER	   (1 << 2)
#define IORESOURCE_DMA_BYTE	   (1 << 3)
#define IORESOURCE_DMA_WORD	   (1 << 4)
#define IORESOURCE_DMA_SPEED_MASK  (3 << 6)
#define IORESOURCE_DMA_COMPATIBLE  (0 << 6)
#define IORESOURCE_DMA_TYPEA	   (1 << 6)
#define IORESOURCE_DMA_TYPEB	   (2 << 6)
#define IORESOURCE_DMA_TYPEF	   (3 << 6)

/* What plug and play says of memory. */
#define IORESOURCE_MEM_WRITEABLE    (1 << 0)
#define IORESOURCE_MEM_CACHEABLE    (1 << 1)
#define IORESOURCE_MEM_RANGELENGTH  (1 << 2)
#define IORESOURCE_MEM_TYPE_MASK    (3 << 3)
#define IORESOURCE_MEM_8BIT	    (0 << 3)
#define IORESOURCE_MEM_16BIT	    (1 << 3)
#define IORESOURCE_MEM_8AND16BIT    (2 << 3)
#define IORESOURCE_MEM_32BIT	    (3 << 3)
#define IORESOURCE_MEM_SHADOWABLE   (1 << 5)
#define IORESOURCE_MEM_EXPANSIONROM (1 << 6)
#define IORESOURCE_MEM_NONPOSTED    (1 << 7)
#define IORESOURCE_IO_16BIT_ADDR    (1 << 0)
#define IORESOURCE_IO_FIXED	    (1 << 1)
#define IORESOURCE_IO_SPARSE	    (1 << 2)

/* Of an interrupt that firmware does not name. */
static inline void irqresource_disabled(struct resource *res, u32 irq)
{
	res->start = res->end = irq;
	res->flags |= IORESOURCE_IRQ | IORESOURCE_DISABLED | IORESOURCE_UNSET;
}

/* How memory is mapped that no resource stands for alone. */
enum {
	IORES_MAP_SYSTEM_RAM = 1 << 0,
	IORES_MAP_ENCRYPTED = 1 << 1,
};

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

/* ---- Trees --------------------------------------------------------------------------- */

extern struct resource iomem_resource;
extern struct resource ioport_resource;

/* Both trees are empty: for hosts that bring up several machines. */
void resource_reset(void);

/* The firmware's map, as it was edited, into iomem_resource: a struct of ours each. 0 or -ENOMEM. */
int e820__reserve_resources(void);

/*
 * @new becomes a child of @root: -EBUSY, or what is in the way, where it meets another child
 * or does not lie in @root.
 */
int request_resource(struct resource *root, struct resource *new_res);
struct resource *request_resource_conflict(struct resource *root, struct resource *new_res);

/* Takes it, with its children, out of its tree. -EINVAL: it is in none. */
int release_resource(struct resource *old);

/* The same for what is below it, at each level. */
void release_child_resources(struct resource *root);

/*
 * As deep as it goes: into a child that holds it, around children that it holds. -EBUSY
 * where it and another overlap in part.
 */
int insert_resource(struct resource *parent, struct resource *new_res);
struct resource *insert_resource_conflict(struct resource *parent, struct resource *new_res);

/* The same, and larger where that is what it takes to hold what it overlaps. */
void insert_resource_expand_to_fit(struct resource *root, struct resource *new_res);

/* Takes it alone out: its children become its parent's. -EINVAL: it is in no tree. */
int remove_resource(struct resource *old);

/*
 * Finds @size free bytes of @root from @min to @max, at a multiple of @align (0: any), and
 * requests them as @new; where @alignf is not NULL it moves a place that was found. -EBUSY.
 */
int allocate_resource(struct resource *root, struct resource *new_res, resource_size_t size,
		      resource_size_t min, resource_size_t max, resource_size_t align,
		      resource_size_t (*alignf)(void *data, const struct resource *found,
						resource_size_t size, resource_size_t align),
		      void *alignf_data);

/* The child of @root that begins at @start. */
struct resource *lookup_resource(struct resource *root, resource_size_t start);

/* Another place for @res, with all of its children in it and its neighbours out of it. */
int adjust_resource(struct resource *res, resource_size_t start, resource_size_t size);

/* What IORESOURCE_SIZEALIGN and IORESOURCE_STARTALIGN ask for; 0 for neither. */
resource_size_t resource_alignment(struct resource *res);

/* ---- Regions: who uses what ------------------------------------------------------------- */

/*
 * A new resource of @n from @start, busy; below those that hold it and are not busy. NULL:
 * somebody has it, or no memory. It is given back with the same numbers.
 */
struct resource *__request_region(struct resource *parent, resource_size_t start, resource_size_t n,
				  const char *name, int flags);
void __release_region(struct resource *parent, resource_size_t start, resource_size_t n);

#define request_region(start, n, name) __request_region(&ioport_resource, (start), (n), (name), 0)
#define request_muxed_region(start, n, name) \
	__request_region(&ioport_resource, (start), (n), (name), (int)IORESOURCE_MUXED)
#define request_mem_region(start, n, name) \
	__request_region(&iomem_resource, (start), (n), (name), 0)
#define request_mem_region_muxed(start, n, name) \
	__request_region(&iomem_resource, (start), (n), (name), (int)IORESOURCE_MUXED)
#define request_mem_region_exclusive(start, n, name) \
	__request_region(&iomem_resource, (start), (n), (name), (int)IORESOURCE_EXCLUSIVE)
#define __request_mem_region(start, n, name, excl) \
	__request_region(&iomem_resource, (start), (n), (name), (excl))
#define rename_region(region, newname) (region)->name = (newname)
#define release_region(start, n)       __release_region(&ioport_resource, (start), (n))
#define release_mem_region(start, n)   __release_region(&iomem_resource, (start), (n))

/*
 * Reserves of [@start, @end] what nobody has: a busy resource of @name for each piece between
 * those that are in @root. What is not in @root is left out, with a message.
 */
void reserve_region_with_split(struct resource *root, resource_size_t start, resource_size_t end,
			       const char *name);

/*
 * Takes @size bytes from @start out of the busy resource of memory that they lie in, which is
 * shortened, or parted: its children stay in the lower part. Nothing, where there is none.
 */
void release_mem_region_adjustable(resource_size_t start, resource_size_t size);

/*
 * @res, of __request_region()'s and busy RAM, may be put together with its neighbours of the same
 * name, flags and kind without children, and is. It may be gone then.
 */
void merge_system_ram_resource(struct resource *res);

/*
 * @size bytes of addresses that nothing has, as a busy resource of device-private memory: the
 * highest that the page tables reach and @base has, by sections; or the lowest at a multiple of
 * @align. ERR_PTR: -ERANGE there are none, -ENOMEM. Given back by release_mem_region().
 */
struct resource *request_free_mem_region(struct resource *base, unsigned long size,
					 const char *name);
struct resource *alloc_free_mem_region(struct resource *base, unsigned long size,
				       unsigned long align, const char *name);

struct device;

/* The first of them until the device goes. */
struct resource *devm_request_free_mem_region(struct device *dev, struct resource *base,
					      unsigned long size);

/* The same until the device goes. */
struct resource *__devm_request_region(struct device *dev, struct resource *parent,
				       resource_size_t start, resource_size_t n, const char *name);
void __devm_release_region(struct device *dev, struct resource *parent, resource_size_t start,
			   resource_size_t n);

/* request_resource() until then: -EBUSY, with a message, where something is in the way. */
int devm_request_resource(struct device *dev, struct resource *root, struct resource *new_res);
void devm_release_resource(struct device *dev, struct resource *new_res);

#define devm_request_region(dev, start, n, name) \
	__devm_request_region(dev, &ioport_resource, (start), (n), (name))
#define devm_request_mem_region(dev, start, n, name) \
	__devm_request_region(dev, &iomem_resource, (start), (n), (name))
#define devm_release_region(dev, start, n) \
	__devm_release_region(dev, &ioport_resource, (start), (n))
#define devm_release_mem_region(dev, start, n) \
	__devm_release_region(dev, &iomem_resource, (start), (n))

/* ---- Looking ----------------------------------------------------------------------------- */

enum { REGION_INTERSECTS, REGION_DISJOINT, REGION_MIXED };

/*
 * Is @size bytes at @start RAM, or what @flags and @desc say, as a whole, not at all, or in
 * part? IORES_DESC_NONE: whatever it is of.
 */
int region_intersects(resource_size_t start, size_t size, unsigned long flags, unsigned long desc);

/* Does a busy resource that is exclusive, or exclusive RAM, touch the range, or @addr's page? */
bool resource_is_exclusive(struct resource *root, u64 addr, resource_size_t size);
bool iomem_is_exclusive(u64 addr);

/* Who maps these: does it have only a part of what is not busy? -1 and a message; else 0. */
int iomem_map_sanity_check(resource_size_t addr, unsigned long size);

/* Calls @func for each busy part of [@start, @end] that is so; what it returned, if not 0; -EINVAL: none. */
int walk_iomem_res_desc(unsigned long desc, unsigned long flags, u64 start, u64 end, void *arg,
			int (*func)(struct resource *res, void *arg));
int walk_system_ram_res(u64 start, u64 end, void *arg,
			int (*func)(struct resource *res, void *arg));
int walk_mem_res(u64 start, u64 end, void *arg, int (*func)(struct resource *res, void *arg));
int walk_system_ram_range(unsigned long start_pfn, unsigned long nr_pages, void *arg,
			  int (*func)(unsigned long start_pfn, unsigned long nr_pages, void *arg));

/* Is the page RAM? */
int page_is_ram(unsigned long pfn);

/* Checks that children lie in their parents, in order and apart. Number of faults. */
int resource_verify(struct resource *root);

struct seq_file;

/* A tree in /proc/iomem's form. */
void resource_show(struct seq_file *m, struct resource *root);

/* What comes with this header on Linux. */
#include <linux/bits.h>
#include <linux/compiler.h>

#endif /* _LINUX_IOPORT_H */
