/* SPDX-License-Identifier: MIT */
/*
 * Contiguous memory areas: memory that is reserved in one piece at boot, lent to
 * movable pages, and taken back when its owner asks for a part of it.
 *
 * Owns:       the areas, and for each a bitmap of what its owner has taken.
 * Invariants: an area lies in one zone, its start and size are multiples of
 *             CMA_MIN_ALIGNMENT_BYTES; its pageblocks are MIGRATE_CMA for ever; a bit of
 *             the bitmap stands for 1 << order_per_bit pages.
 * Lifetime:   declared while memblock is open, before bring-up hands over; of use from
 *             cma_init_reserved_areas() on.
 * Locking:    a lock for each bitmap; ranges are emptied one at a time.
 * Units:      bytes at boot, pages later; align is an order.
 * Failure:    -errno with a message, nothing reserved; NULL; false.
 * Source:     Linux 6.1's cma.h, whose contracts these functions keep.
 */
#ifndef _LINUX_CMA_H
#define _LINUX_CMA_H

#include <linux/mmzone.h>
#include <linux/numa.h>
#include <linux/types.h>

#define MAX_CMA_AREAS		20
#define CMA_MAX_NAME		64
#define CMA_MIN_ALIGNMENT_PAGES pageblock_nr_pages
#define CMA_MIN_ALIGNMENT_BYTES (PAGE_SIZE * CMA_MIN_ALIGNMENT_PAGES)

struct cma;

/* Of all areas. */
extern unsigned long totalcma_pages;

phys_addr_t cma_get_base(const struct cma *cma);
unsigned long cma_get_size(const struct cma *cma);
const char *cma_get_name(const struct cma *cma);

/*
 * Reserves @size bytes and makes an area of them: at @base if @fixed, else anywhere from
 * @base on below @limit (0: no limit), on @nid or on any node, preferably above 4 GB.
 * @alignment 0: the least there is. -EINVAL, -EBUSY, -ENOMEM, -ENOSPC (no more areas).
 */
int cma_declare_contiguous_nid(phys_addr_t base, phys_addr_t size, phys_addr_t limit,
			       phys_addr_t alignment, unsigned int order_per_bit, bool fixed,
			       const char *name, struct cma **res_cma, int nid);

static inline int cma_declare_contiguous(phys_addr_t base, phys_addr_t size, phys_addr_t limit,
					 phys_addr_t alignment, unsigned int order_per_bit,
					 bool fixed, const char *name, struct cma **res_cma)
{
	return cma_declare_contiguous_nid(base, size, limit, alignment, order_per_bit, fixed, name,
					  res_cma, NUMA_NO_NODE);
}

/* The same for memory that its caller has reserved. */
int cma_init_reserved_mem(phys_addr_t base, phys_addr_t size, unsigned int order_per_bit,
			  const char *name, struct cma **res_cma);

/* Gives all areas' pages to the page allocator. Called once, when there are slab caches. */
void cma_init_reserved_areas(void);

/* An area that cannot be activated stays reserved, instead of becoming ordinary memory. */
void cma_reserve_pages_on_error(struct cma *cma);

/*
 * @count pages of the area side by side, aligned to 1 << @align pages, each with one
 * reference. NULL, with a message unless @no_warn: no such range, or none that is empty
 * of pages that cannot be moved.
 */
struct page *cma_alloc(struct cma *cma, unsigned long count, unsigned int align, bool no_warn);

/* Are these pages the area's? */
bool cma_pages_valid(struct cma *cma, const struct page *pages, unsigned long count);

/*
 * Gives them back, or the part of them that @count says where a bit stands for one page. False,
 * nothing changed, where they are not the area's. What is the area's, but is not out, or is not
 * one block that was allocated, or part of one, stays as it is: true, with a message.
 */
bool cma_release(struct cma *cma, const struct page *pages, unsigned long count);

/* Calls @it for each area until it returns non-zero, and returns that. */
int cma_for_each_area(int (*it)(struct cma *cma, void *data), void *data);

/* What comes with this header on Linux. */
#include <linux/init.h>

#endif /* _LINUX_CMA_H */
