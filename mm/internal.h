/* SPDX-License-Identifier: MIT */
/*
 * What the files of mm/ share with each other and with nobody else.
 */
#ifndef _MM_INTERNAL_H
#define _MM_INTERNAL_H

#include <linux/memblock.h>
#include <linux/types.h>

/* ---- memblock ------------------------------------------------------------ */

/* kernelcore=mirror: memblock_mark_mirror() has an effect. */
extern bool mirrored_kernelcore;

/* Back to the state at program start, for hosts that bring up several machines. */
void memblock_reset(void);

/*
 * Region tables (memblock_table.c). These work on any struct memblock_type and
 * touch nothing else, but for a full one, which memblock_double_array() grows.
 */

/* Bytes of the range that lie below PHYS_ADDR_MAX; *@size becomes that. */
static inline phys_addr_t memblock_cap_size(phys_addr_t base, phys_addr_t *size)
{
	return *size = min(*size, PHYS_ADDR_MAX - base);
}

static inline phys_addr_t memblock_region_end(const struct memblock_region *rgn)
{
	return rgn->base + rgn->size;
}

static inline bool memblock_type_empty(const struct memblock_type *type)
{
	return type->regions[0].size == 0;
}

/* May two neighbours not stay apart? */
static inline bool memblock_regions_mergeable(const struct memblock_region *low,
					      const struct memblock_region *high)
{
	return memblock_region_end(low) == high->base && low->nid == high->nid &&
	       low->flags == high->flags;
}

/* Index of the region that holds @addr, or -1. */
long memblock_search(const struct memblock_type *type, phys_addr_t addr);

/* The one region of an empty table. */
void memblock_make_empty(struct memblock_type *type);

/* Adds what of the range is not there yet. 0 or -ENOMEM. */
int memblock_add_range(struct memblock_type *type, phys_addr_t base, phys_addr_t size, int nid,
		       enum memblock_flags flags);

/*
 * Splits regions at the edges of the range, so that regions [*start, *end) are
 * just those inside it. Neighbours that are equal are then apart, until
 * memblock_merge_regions() is called for them. 0 or -ENOMEM.
 */
int memblock_isolate_range(struct memblock_type *type, phys_addr_t base, phys_addr_t size,
			   unsigned long *start, unsigned long *end);

/* Joins region i with i + 1 where they may not stay apart, for all i in [start, end). */
void memblock_merge_regions(struct memblock_type *type, unsigned long start, unsigned long end);

/* Takes out regions [start, end). */
void memblock_remove_regions(struct memblock_type *type, unsigned long start, unsigned long end);

/* Takes out the range, splitting regions at its edges. 0 or -ENOMEM. */
int memblock_remove_range(struct memblock_type *type, phys_addr_t base, phys_addr_t size);

/*
 * Moves the array of @type to a new one of twice the size. The new array will
 * not lie in free memory within [@base, @base + @size), which is about to be
 * reserved. -ENOMEM: not permitted yet, not possible any more, or no room.
 */
int memblock_double_array(struct memblock_type *type, phys_addr_t base, phys_addr_t size);

/* May memory be handed out? Says why not, for @what, once memblock_close() was called. */
bool memblock_is_open(const char *what, phys_addr_t size);

/* Bytes that memblock_trim_memory() cut off and left in memory.total_size. */
extern phys_addr_t memblock_trimmed;

/* A line of the log about one step, if memblock=debug. */
#define memblock_dbg(fmt, ...)                       \
	do {                                         \
		if (memblock_debug)                  \
			pr_info(fmt, ##__VA_ARGS__); \
	} while (0)

/* ---- e820 ------------------------------------------------------------------ */

/* Options mem= and memmap=: kept, and applied to e820_table later. 0 or -errno. */
int e820_parse_mem(char *value);
int e820_parse_memmap(char *value);

/* Applies what was kept; true if there was any. The table then needs an update. */
bool e820_apply_options(void);

/* Back to the state at program start, for hosts that bring up several machines. */
void e820_forget_options(void);

#endif /* _MM_INTERNAL_H */
