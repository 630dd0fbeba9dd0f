/* SPDX-License-Identifier: MIT */
/*
 * memblock: the memory of a booting machine, as two tables of physical ranges:
 * `memory`, what exists, and `reserved`, what of it (or beside it) is taken.
 * Memory that is in the first and not in the second is free.
 *
 *   memory    |=========|     |==================|      |=========|
 *   reserved      |###|            |##|     |############|
 *   free      |---|   |-|     |----|  |-----|            |--------|
 *
 * Owns:       the global `memblock`, its tables and their arrays. Arrays start
 *             static with INIT_MEMBLOCK_REGIONS entries; from
 *             memblock_allow_resize() on a full one moves to one of twice the
 *             size, taken from free memory and kept in `reserved`.
 * Invariants: each table is sorted by base; its regions do not overlap, none is
 *             empty, none reaches past PHYS_ADDR_MAX; neighbours that touch
 *             differ in flags or node. total_size is the regions' sum (but see
 *             memblock_trim_memory()). An empty table has cnt 1 and one region
 *             of size 0. memblock_verify() checks all this.
 * Lifetime:   from the first instruction on. Memory is handed out until
 *             memblock_close(), which is called when the rest is given to the
 *             page allocator, or with early=bootmem to the bitmaps of
 *             linux/bootmem.h. The tables are kept for ever (as
 *             with Linux's ARCH_KEEP_MEMBLOCK): lookups and walks go on
 *             working, changes are bookkeeping only, and need room in the
 *             array, since it cannot grow any more.
 * Locking:    none: the boot CPU alone, until other CPUs are up; then read only.
 * Units:      bytes and physical addresses; ranges are [base, base + size). A
 *             size that would wrap is cut at PHYS_ADDR_MAX; size 0 does nothing
 *             and succeeds.
 * Failure:    -ENOMEM for a table that is full and cannot grow, NULL or 0 for an
 *             allocation without room; nothing has changed then, and where a
 *             table was the reason a message names it and the range.
 * Source:     Linux 6.1's memblock, whose names, arguments and results these are.
 */
#ifndef _LINUX_MEMBLOCK_H
#define _LINUX_MEMBLOCK_H

#include <linux/cache.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/numa.h>
#include <linux/pfn.h>
#include <linux/types.h>

#define INIT_MEMBLOCK_REGIONS	       128
#define INIT_MEMBLOCK_MEMORY_REGIONS   INIT_MEMBLOCK_REGIONS
#define INIT_MEMBLOCK_RESERVED_REGIONS INIT_MEMBLOCK_REGIONS

/* What a region is; memory is NONE unless somebody said more of it. */
enum memblock_flags {
	MEMBLOCK_NONE = 0x0,
	MEMBLOCK_HOTPLUG = 0x1,	       /* may be unplugged: not used while movable_node is on */
	MEMBLOCK_MIRROR = 0x2,	       /* mirrored by the hardware: used first */
	MEMBLOCK_NOMAP = 0x4,	       /* not in the direct map: never handed out */
	MEMBLOCK_DRIVER_MANAGED = 0x8, /* added by a driver: never handed out */
	MEMBLOCK_HWPOISON = 0x100,     /* of reserved, and not Linux's: the memory is faulty */
};

struct memblock_region {
	phys_addr_t base;
	phys_addr_t size;
	enum memblock_flags flags;
	int nid; /* MAX_NUMNODES: not known (yet) */
};

struct memblock_type {
	unsigned long cnt; /* regions in use; 1 in an empty table, too */
	unsigned long max; /* regions that the array has room for */
	phys_addr_t total_size;
	struct memblock_region *regions;
	char *name;
};

struct memblock {
	bool bottom_up;		   /* allocate from the lowest free address, not the highest */
	phys_addr_t current_limit; /* what MEMBLOCK_ALLOC_ACCESSIBLE stands for */
	struct memblock_type memory;
	struct memblock_type reserved;
};

extern struct memblock memblock;

/* Upper limits of an allocation: none, and memblock.current_limit. */
#define MEMBLOCK_ALLOC_ANYWHERE	   (~(phys_addr_t)0)
#define MEMBLOCK_ALLOC_ACCESSIBLE  0
#define MEMBLOCK_ALLOC_NOLEAKTRACE 1 /* as ACCESSIBLE: there is no leak tracer */

#define MEMBLOCK_LOW_LIMIT     0
#define ARCH_LOW_ADDRESS_LIMIT 0xffffffffUL /* memblock_alloc_low() stays below */

/* ---- Filling and changing the tables ------------------------------------- */

/*
 * Existing memory. Where a range overlaps what is there already, the old part
 * keeps its node and flags (a message tells if these differ), and the rest is
 * added. memblock_add() leaves the node open. memblock_remove() forgets
 * memory; ranges that are not there are no error. 0 or -ENOMEM.
 */
int memblock_add(phys_addr_t base, phys_addr_t size);
int memblock_add_node(phys_addr_t base, phys_addr_t size, int nid, enum memblock_flags flags);
int memblock_remove(phys_addr_t base, phys_addr_t size);

/*
 * Takes a range, in memory or not, free or not; and gives one back. memblock_free()
 * takes what memblock_alloc() returned (NULL does nothing). 0 or -ENOMEM;
 * a range that memblock_free() could not give back stays reserved, with a message.
 */
int memblock_reserve(phys_addr_t base, phys_addr_t size);
int memblock_phys_free(phys_addr_t base, phys_addr_t size);
void memblock_free(void *ptr, size_t size);

/* Sets or clears a flag on the memory inside a range. 0 or -ENOMEM. */
int memblock_mark_hotplug(phys_addr_t base, phys_addr_t size);
int memblock_clear_hotplug(phys_addr_t base, phys_addr_t size);
/* As Linux 6.1, does nothing unless kernelcore=mirror (mirrored_kernelcore) is on. */
int memblock_mark_mirror(phys_addr_t base, phys_addr_t size);
int memblock_mark_nomap(phys_addr_t base, phys_addr_t size);
int memblock_clear_nomap(phys_addr_t base, phys_addr_t size);

/* Gives the regions of @type (memory or reserved) inside a range to @nid. */
int memblock_set_node(phys_addr_t base, phys_addr_t size, struct memblock_type *type, int nid);

/*
 * Rounds each memory region inwards to @align, a power of two; one that has no
 * aligned part goes. As on Linux the bytes cut off a region that stays are still
 * in memory.total_size, so in memblock_phys_mem_size() and the dump.
 */
void memblock_trim_memory(phys_addr_t align);

/*
 * Keep only the first @limit bytes of memory, holes not counted (0: all);
 * reserved ranges above go, too. The _remove_map form keeps NOMAP regions.
 */
void memblock_enforce_memory_limit(phys_addr_t limit);
void memblock_mem_limit_remove_map(phys_addr_t limit);

/* Keeps only memory in [base, base + size), and NOMAP regions; size 0: nothing happens. */
void memblock_cap_memory_range(phys_addr_t base, phys_addr_t size);

/*
 * From here on full tables may grow. To be called when all that must not be
 * overwritten is reserved.
 */
void memblock_allow_resize(void);

/* ---- Allocating ------------------------------------------------------------ */

/*
 * All search the free memory from the top down (bottom up if memblock.bottom_up)
 * for @size bytes at a multiple of @align (a power of two; 0: SMP_CACHE_BYTES),
 * take the first fit, and reserve exactly that. Page 0 is never handed out:
 * 0 means "none". NOMAP and driver-managed memory is passed over, hot-pluggable
 * memory while movable_node is on. Where memory is mirrored, mirrored memory is
 * taken; if there is none left a warning is printed and any is taken.
 *
 * Order of the attempts: memory of @nid; of any node (not in the exact_nid
 * form); then both again without the lower limit (not in the memblock_phys_
 * and _range forms). The upper limit is never given up.
 *
 * The memblock_phys_ forms return the physical address, or 0; the others the
 * direct map's address, or NULL. Memory is zeroed but for those in _raw and in
 * memblock_phys_. @size 0 returns an address and reserves nothing, as on Linux.
 */
phys_addr_t memblock_alloc_range_nid(phys_addr_t size, phys_addr_t align, phys_addr_t start,
				     phys_addr_t end, int nid, bool exact_nid);
phys_addr_t memblock_phys_alloc_range(phys_addr_t size, phys_addr_t align, phys_addr_t start,
				      phys_addr_t end);
phys_addr_t memblock_phys_alloc_try_nid(phys_addr_t size, phys_addr_t align, int nid);

/* @max_addr is lowered to memblock.current_limit. */
void *memblock_alloc_exact_nid_raw(phys_addr_t size, phys_addr_t align, phys_addr_t min_addr,
				   phys_addr_t max_addr, int nid);
void *memblock_alloc_try_nid_raw(phys_addr_t size, phys_addr_t align, phys_addr_t min_addr,
				 phys_addr_t max_addr, int nid);
void *memblock_alloc_try_nid(phys_addr_t size, phys_addr_t align, phys_addr_t min_addr,
			     phys_addr_t max_addr, int nid);

/* Where an allocation in [start, end) would lie, or 0; reserves nothing. */
phys_addr_t memblock_find_in_range(phys_addr_t start, phys_addr_t end, phys_addr_t size,
				   phys_addr_t align);

static inline phys_addr_t memblock_phys_alloc(phys_addr_t size, phys_addr_t align)
{
	return memblock_phys_alloc_range(size, align, 0, MEMBLOCK_ALLOC_ACCESSIBLE);
}

static inline void *memblock_alloc(phys_addr_t size, phys_addr_t align)
{
	return memblock_alloc_try_nid(size, align, MEMBLOCK_LOW_LIMIT, MEMBLOCK_ALLOC_ACCESSIBLE,
				      NUMA_NO_NODE);
}

static inline void *memblock_alloc_raw(phys_addr_t size, phys_addr_t align)
{
	return memblock_alloc_try_nid_raw(size, align, MEMBLOCK_LOW_LIMIT,
					  MEMBLOCK_ALLOC_ACCESSIBLE, NUMA_NO_NODE);
}

static inline void *memblock_alloc_from(phys_addr_t size, phys_addr_t align, phys_addr_t min_addr)
{
	return memblock_alloc_try_nid(size, align, min_addr, MEMBLOCK_ALLOC_ACCESSIBLE,
				      NUMA_NO_NODE);
}

static inline void *memblock_alloc_low(phys_addr_t size, phys_addr_t align)
{
	return memblock_alloc_try_nid(size, align, MEMBLOCK_LOW_LIMIT, ARCH_LOW_ADDRESS_LIMIT,
				      NUMA_NO_NODE);
}

static inline void *memblock_alloc_node(phys_addr_t size, phys_addr_t align, int nid)
{
	return memblock_alloc_try_nid(size, align, MEMBLOCK_LOW_LIMIT, MEMBLOCK_ALLOC_ACCESSIBLE,
				      nid);
}

/* The direction of the search. */
static inline void memblock_set_bottom_up(bool enable)
{
	memblock.bottom_up = enable;
}

static inline bool memblock_bottom_up(void)
{
	return memblock.bottom_up;
}

/* The upper limit of allocations that name none. */
void memblock_set_current_limit(phys_addr_t limit);
phys_addr_t memblock_get_current_limit(void);

/*
 * Ends allocation: free memory belongs to another allocator now. Later calls
 * that would allocate return NULL or 0 with a message.
 */
void memblock_close(void);

/* Gives all free memory to the page allocator, in the largest blocks. */
void memblock_free_all(void);

/*
 * Gives whole pages that were reserved then to it, later. Pages that are not
 * PG_reserved, or that hold page structs, are left as they are, with a message.
 */
void memblock_free_late(phys_addr_t base, phys_addr_t size);

/* ---- Asking ------------------------------------------------------------------ */

phys_addr_t memblock_phys_mem_size(void);
phys_addr_t memblock_reserved_size(void);
phys_addr_t memblock_start_of_DRAM(void); /* 0 where there is no memory */
phys_addr_t memblock_end_of_DRAM(void);	  /* exclusive */

bool memblock_is_memory(phys_addr_t addr);
bool memblock_is_map_memory(phys_addr_t addr); /* memory without NOMAP */
bool memblock_is_reserved(phys_addr_t addr);
/* Does one memory region hold all of the range? */
bool memblock_is_region_memory(phys_addr_t base, phys_addr_t size);
/* Is any part of the range reserved? */
bool memblock_is_region_reserved(phys_addr_t base, phys_addr_t size);
bool memblock_overlaps_region(struct memblock_type *type, phys_addr_t base, phys_addr_t size);

/*
 * The node of the memory region with page @pfn, and the region's pages
 * [*start_pfn, *end_pfn); NUMA_NO_NODE, and these unchanged, where there is none.
 */
int memblock_search_pfn_nid(unsigned long pfn, unsigned long *start_pfn, unsigned long *end_pfn);

/* Has memblock_mark_mirror() marked any memory? */
bool memblock_has_mirror(void);

static inline bool memblock_is_hotpluggable(const struct memblock_region *m)
{
	return m->flags & MEMBLOCK_HOTPLUG;
}

static inline bool memblock_is_mirror(const struct memblock_region *m)
{
	return m->flags & MEMBLOCK_MIRROR;
}

static inline bool memblock_is_nomap(const struct memblock_region *m)
{
	return m->flags & MEMBLOCK_NOMAP;
}

static inline bool memblock_is_driver_managed(const struct memblock_region *m)
{
	return m->flags & MEMBLOCK_DRIVER_MANAGED;
}

static inline int memblock_get_region_node(const struct memblock_region *r)
{
	return r->nid;
}

static inline void memblock_set_region_node(struct memblock_region *r, int nid)
{
	r->nid = nid;
}

/* Pages of a region: whole pages of memory, any touched page of reserved. */
static inline unsigned long memblock_region_memory_base_pfn(const struct memblock_region *reg)
{
	return PFN_UP(reg->base);
}

static inline unsigned long memblock_region_memory_end_pfn(const struct memblock_region *reg)
{
	return PFN_DOWN(reg->base + reg->size);
}

static inline unsigned long memblock_region_reserved_base_pfn(const struct memblock_region *reg)
{
	return PFN_DOWN(reg->base);
}

static inline unsigned long memblock_region_reserved_end_pfn(const struct memblock_region *reg)
{
	return PFN_UP(reg->base + reg->size);
}

/* ---- Walking -------------------------------------------------------------------- */

/*
 * The next range that is in @type_a and not in @type_b (NULL: just in @type_a),
 * up in addresses, down in the _rev form. *idx tells where the walk stands: set
 * it to 0 (_rev: ULLONG_MAX) before the first call; it is ULLONG_MAX when there
 * is no more. Regions of memblock.memory are taken only if they are of @nid
 * (NUMA_NO_NODE: any), and if @flags permits them. A range lies in one region of
 * @type_a and is never empty. Outputs may be NULL. The tables may not change
 * between the calls. A whole walk costs the sum of the two tables' lengths.
 */
void __next_mem_range(u64 *idx, int nid, enum memblock_flags flags, struct memblock_type *type_a,
		      struct memblock_type *type_b, phys_addr_t *out_start, phys_addr_t *out_end,
		      int *out_nid);
void __next_mem_range_rev(u64 *idx, int nid, enum memblock_flags flags,
			  struct memblock_type *type_a, struct memblock_type *type_b,
			  phys_addr_t *out_start, phys_addr_t *out_end, int *out_nid);

/* u64 i; walks as above. */
#define __for_each_mem_range(i, type_a, type_b, nid, flags, p_start, p_end, p_nid)           \
	for (i = 0, __next_mem_range(&i, nid, flags, type_a, type_b, p_start, p_end, p_nid); \
	     i != (u64)ULLONG_MAX;                                                           \
	     __next_mem_range(&i, nid, flags, type_a, type_b, p_start, p_end, p_nid))
#define __for_each_mem_range_rev(i, type_a, type_b, nid, flags, p_start, p_end, p_nid)   \
	for (i = (u64)ULLONG_MAX,                                                        \
	    __next_mem_range_rev(&i, nid, flags, type_a, type_b, p_start, p_end, p_nid); \
	     i != (u64)ULLONG_MAX;                                                       \
	     __next_mem_range_rev(&i, nid, flags, type_a, type_b, p_start, p_end, p_nid))

/* Memory that is mapped, hot-pluggable and driver-managed memory among it. */
#define for_each_mem_range(i, p_start, p_end)                          \
	__for_each_mem_range (i, &memblock.memory, NULL, NUMA_NO_NODE, \
			      MEMBLOCK_HOTPLUG | MEMBLOCK_DRIVER_MANAGED, p_start, p_end, NULL)
#define for_each_mem_range_rev(i, p_start, p_end)                                             \
	__for_each_mem_range_rev (i, &memblock.memory, NULL, NUMA_NO_NODE,                    \
				  MEMBLOCK_HOTPLUG | MEMBLOCK_DRIVER_MANAGED, p_start, p_end, \
				  NULL)

/* Reserved ranges, in memory or not. */
#define for_each_reserved_mem_range(i, p_start, p_end)                                           \
	__for_each_mem_range (i, &memblock.reserved, NULL, NUMA_NO_NODE, MEMBLOCK_NONE, p_start, \
			      p_end, NULL)

/* Free memory: what an allocation with these arguments could be taken from. */
#define for_each_free_mem_range(i, nid, flags, p_start, p_end, p_nid)                              \
	__for_each_mem_range (i, &memblock.memory, &memblock.reserved, nid, flags, p_start, p_end, \
			      p_nid)
#define for_each_free_mem_range_reverse(i, nid, flags, p_start, p_end, p_nid)                   \
	__for_each_mem_range_rev (i, &memblock.memory, &memblock.reserved, nid, flags, p_start, \
				  p_end, p_nid)

/*
 * The next memory region of @nid (MAX_NUMNODES: any) that holds a whole page, as
 * pages [*out_start_pfn, *out_end_pfn). *idx is -1 before the first call and
 * when there is no more. Outputs may be NULL.
 */
void __next_mem_pfn_range(int *idx, int nid, unsigned long *out_start_pfn,
			  unsigned long *out_end_pfn, int *out_nid);

/* int i; */
#define for_each_mem_pfn_range(i, nid, p_start, p_end, p_nid)                      \
	for (i = -1, __next_mem_pfn_range(&i, nid, p_start, p_end, p_nid); i >= 0; \
	     __next_mem_pfn_range(&i, nid, p_start, p_end, p_nid))

/*
 * The next free range of whole pages in @zone, [*out_spfn, *out_epfn), in order. *idx is 0
 * before the first call, and U64_MAX with an empty range when there is no more.
 */
struct zone;
void __next_mem_pfn_range_in_zone(u64 *idx, struct zone *zone, unsigned long *out_spfn,
				  unsigned long *out_epfn);

/* u64 i; the second form from where @i has come to. */
#define for_each_free_mem_pfn_range_in_zone(i, zone, p_start, p_end)                              \
	for (i = 0, __next_mem_pfn_range_in_zone(&i, zone, p_start, p_end); i != (u64)ULLONG_MAX; \
	     __next_mem_pfn_range_in_zone(&i, zone, p_start, p_end))
#define for_each_free_mem_pfn_range_in_zone_from(i, zone, p_start, p_end) \
	for (; i != (u64)ULLONG_MAX; __next_mem_pfn_range_in_zone(&i, zone, p_start, p_end))

/* The table's entries themselves; an empty table has one, of size 0. */
#define for_each_memblock_type(i, memblock_type, rgn)                             \
	for (i = 0, rgn = &(memblock_type)->regions[0]; i < (memblock_type)->cnt; \
	     i++, rgn = &(memblock_type)->regions[i])
#define for_each_mem_region(region)            \
	for (region = memblock.memory.regions; \
	     region < memblock.memory.regions + memblock.memory.cnt; region++)
#define for_each_reserved_mem_region(region)     \
	for (region = memblock.reserved.regions; \
	     region < memblock.reserved.regions + memblock.reserved.cnt; region++)

/* ---- Hash tables as large as the machine ------------------------------------------------- */

#define HASH_EARLY 0x00000001 /* out of memblock; else out of pages */
#define HASH_SMALL 0x00000002 /* *_hash_shift is the least, and it may be less than a page */
#define HASH_ZERO  0x00000004 /* zeroed */

/*
 * A table of a power of two buckets of @bucketsize bytes: @numentries, or for 0 one per
 * 2^@scale bytes of memory (less above 64 GB, without @high_limit), from @low_limit to
 * @high_limit buckets (0: a sixteenth of memory). Where there are several nodes it lies in
 * vmalloc's area, on the CPU's own node as far as that has room, then on those next to it:
 * nothing spreads it. With little memory it is smaller; panic() without any. Logs its size;
 * *_hash_shift and *_hash_mask (NULL: not wanted) are the log2 and the number less 1.
 */
void *alloc_large_system_hash(const char *tablename, unsigned long bucketsize,
			      unsigned long numentries, int scale, int flags,
			      unsigned int *_hash_shift, unsigned int *_hash_mask,
			      unsigned long low_limit, unsigned long high_limit);

/* ---- Looking on ------------------------------------------------------------------ */

/* memblock=debug: every change and allocation is logged, with its caller. */
extern bool memblock_debug;

/* Takes the value of the option memblock=. 0, or -EINVAL where it has no "debug". */
int memblock_parse_option(char *value);

/* Logs both tables, always; memblock_dump_all() only with memblock=debug, as on Linux. */
void __memblock_dump_all(void);

static inline void memblock_dump_all(void)
{
	if (memblock_debug)
		__memblock_dump_all();
}

/*
 * Checks the invariants above. Logs each fault, changes nothing, and returns the
 * number of faults.
 */
int memblock_verify(void);

/*
 * The first page of low memory (0, but with early=bootmem), and the pfns past the last one of low
 * memory, and of what firmware says that memory may be plugged in at. From free_area_init() on.
 * Past all memory: max_pfn (linux/pfn.h).
 */
extern unsigned long min_low_pfn;
extern unsigned long max_low_pfn;
extern unsigned long max_possible_pfn;

/* What comes with this header on Linux. */
#include <linux/mm.h>

#endif /* _LINUX_MEMBLOCK_H */
