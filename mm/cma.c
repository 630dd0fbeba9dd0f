// SPDX-License-Identifier: MIT
/*
 * CMA areas: declaring them while memory is reserved by range, and giving their pages
 * to the page allocator. Contract: linux/cma.h.
 *
 * An area's sections have no room for their page structs, being reserved as a whole, so
 * that these lie elsewhere: it stays in one piece, however long.
 */
#define pr_fmt(fmt) "cma: " fmt

#include <linux/cma.h>

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "cma.h"
#include "highmem.h"
#include "internal.h"

struct cma cma_areas[MAX_CMA_AREAS];
unsigned int cma_area_count;
unsigned long totalcma_pages;
unsigned long cma_misused;

phys_addr_t cma_get_base(const struct cma *cma)
{
	return PFN_PHYS(cma->base_pfn);
}

unsigned long cma_get_size(const struct cma *cma)
{
	return cma->count << PAGE_SHIFT;
}

const char *cma_get_name(const struct cma *cma)
{
	return cma->name;
}

int cma_for_each_area(int (*it)(struct cma *cma, void *data), void *data)
{
	for (unsigned int i = 0; i < cma_area_count; i++) {
		int ret = it(&cma_areas[i], data);

		if (ret)
			return ret;
	}
	return 0;
}

/* ---- Declaring ---------------------------------------------------------------------- */

int __init cma_init_reserved_mem(phys_addr_t base, phys_addr_t size, unsigned int order_per_bit,
				 const char *name, struct cma **res_cma)
{
	struct cma *cma;

	if (cma_area_count == ARRAY_SIZE(cma_areas)) {
		pr_err("Not enough slots for CMA reserved regions!\n");
		return -ENOSPC;
	}
	if (!size || !memblock_is_region_reserved(base, size) ||
	    !IS_ALIGNED(base | size, CMA_MIN_ALIGNMENT_BYTES) ||
	    !IS_ALIGNED(size >> PAGE_SHIFT, 1UL << order_per_bit))
		return -EINVAL;
	cma = &cma_areas[cma_area_count];
	*cma = (struct cma){.base_pfn = PFN_DOWN(base),
			    .count = size >> PAGE_SHIFT,
			    .order_per_bit = order_per_bit};
	spin_lock_init_rank(&cma->lock, LOCK_RANK_LEAF);
	if (name)
		snprintf(cma->name, sizeof(cma->name), "%s", name);
	else
		snprintf(cma->name, sizeof(cma->name), "cma%u", cma_area_count);
	cma_area_count++;
	totalcma_pages += cma->count;
	*res_cma = cma;
	return 0;
}

/* What is asked for, once it is in order. */
struct request {
	phys_addr_t base, size, limit, alignment;
	bool fixed;
	int nid;
};

static int __init check_request(struct request *r, unsigned int order_per_bit)
{
	phys_addr_t memblock_end = memblock_end_of_DRAM();

	if (!r->size || (r->alignment && !is_power_of_2(r->alignment)))
		return -EINVAL;
	r->alignment = max(r->alignment, (phys_addr_t)CMA_MIN_ALIGNMENT_BYTES);
	if (r->fixed && r->base & (r->alignment - 1)) {
		pr_err("Region at %pa must be aligned to %pa bytes\n", &r->base, &r->alignment);
		return -EINVAL;
	}
	r->base = ALIGN(r->base, r->alignment);
	r->size = ALIGN(r->size, r->alignment);
	r->limit &= ~(r->alignment - 1);
	if (!r->base)
		r->fixed = false;
	if (!IS_ALIGNED(r->size >> PAGE_SHIFT, 1UL << order_per_bit))
		return -EINVAL;
	if (r->fixed && r->base < direct_map_end() && r->base + r->size > direct_map_end()) {
		phys_addr_t edge = direct_map_end();

		pr_err("Region at %pa defined on low/high memory boundary (%pa)\n", &r->base,
		       &edge);
		return -EINVAL;
	}
	if (!r->limit || r->limit > memblock_end)
		r->limit = memblock_end;
	if (r->size > r->limit || r->base > r->limit - r->size) {
		pr_err("Size (%pa) of region at %pa exceeds limit (%pa)\n", &r->size, &r->base,
		       &r->limit);
		return -EINVAL;
	}
	return 0;
}

/*
 * Where there is enough memory, from 4 GB upward: the area then lies low in its node, so
 * that compaction moves pages out of it and not into it, and off the small zones.
 */
static phys_addr_t __init alloc_above_4g(const struct request *r)
{
	phys_addr_t addr;

	if (memblock_bottom_up() || memblock_end_of_DRAM() < SZ_4G + r->size)
		return 0;
	memblock_set_bottom_up(true);
	addr = memblock_alloc_range_nid(r->size, r->alignment, max(r->base, (phys_addr_t)SZ_4G),
					r->limit, r->nid, true);
	memblock_set_bottom_up(false);
	return addr;
}

/* All of it in one zone: past the direct map, or else below its end. */
static phys_addr_t __init alloc_area(struct request *r)
{
	phys_addr_t edge = direct_map_end(), addr = 0;

	if (r->base < edge && r->limit > edge) {
		addr = memblock_alloc_range_nid(r->size, r->alignment, edge, r->limit, r->nid,
						true);
		r->limit = edge;
	}
	if (!addr)
		addr = alloc_above_4g(r);
	if (!addr)
		addr = memblock_alloc_range_nid(r->size, r->alignment, r->base, r->limit, r->nid,
						true);
	return addr;
}

static int __init reserve_request(struct request *r)
{
	if (!r->fixed) {
		r->base = alloc_area(r);
		return r->base ? 0 : -ENOMEM;
	}
	if (memblock_is_region_reserved(r->base, r->size) ||
	    !memblock_is_region_memory(r->base, r->size))
		return -EBUSY;
	return memblock_reserve(r->base, r->size) ? -EBUSY : 0;
}

int __init cma_declare_contiguous_nid(phys_addr_t base, phys_addr_t size, phys_addr_t limit,
				      phys_addr_t alignment, unsigned int order_per_bit, bool fixed,
				      const char *name, struct cma **res_cma, int nid)
{
	struct request r = {base, size, limit, alignment, fixed, nid};
	int err;

	if (cma_area_count == ARRAY_SIZE(cma_areas)) {
		pr_err("Not enough slots for CMA reserved regions!\n");
		return -ENOSPC;
	}
	err = check_request(&r, order_per_bit);
	if (!err)
		err = reserve_request(&r);
	if (!err) {
		err = cma_init_reserved_mem(r.base, r.size, order_per_bit, name, res_cma);
		if (err)
			memblock_phys_free(r.base, r.size);
	}
	if (err) {
		pr_err("Failed to reserve %ld MiB\n", (long)(r.size / SZ_1M));
		return err;
	}
	pr_info("Reserved %ld MiB at %pa\n", (long)(r.size / SZ_1M), &r.base);
	return 0;
}

/* ---- Activating --------------------------------------------------------------------- */

/* Ranges that reach into two zones cannot be emptied. */
static bool __init in_one_zone(const struct cma *cma)
{
	const struct page *first = pfn_to_online_page(cma->base_pfn);

	for (unsigned long i = 0; i < cma->count; i++) {
		const struct page *page = pfn_to_online_page(cma->base_pfn + i);

		if (!page || page_zone(page) != page_zone(first) || !PageReserved(page) ||
		    PageMemmap(page))
			return false;
	}
	return true;
}

/* Reserved pages become @zone's free ones, of a CMA area where @type says so. */
static void __init init_cma_reserved_pageblock(struct zone *zone, unsigned long pfn)
{
	init_unused_pages(pfn, pfn + pageblock_nr_pages, zone);
	set_pfnblock_migratetype(pfn, MIGRATE_CMA);
	zone->cma_pages += pageblock_nr_pages;
	release_boot_pages(zone, pfn, pfn + pageblock_nr_pages);
}

/* Without an owner the pages are ordinary memory, unless he would rather they are nobody's. */
static void __init give_up_area(struct cma *cma)
{
	unsigned long end = cma->base_pfn + cma->count;

	if (!cma->reserve_pages_on_error)
		release_reserved_pages(cma->base_pfn, end);
	totalcma_pages -= cma->count;
	cma->count = 0;
	pr_err("CMA area %s could not be activated\n", cma->name);
}

static void __init cma_activate_area(struct cma *cma)
{
	unsigned long end = cma->base_pfn + cma->count;
	size_t longs = BITS_TO_LONGS(cma_bitmap_maxno(cma));

	if (in_one_zone(cma))
		cma->bitmap = kvcalloc(3 * longs, sizeof(long), GFP_KERNEL);
	if (!cma->bitmap) {
		give_up_area(cma);
		return;
	}
	cma->starts = cma->bitmap + longs;
	cma->ends = cma->starts + longs;
	for (unsigned long pfn = cma->base_pfn; pfn < end; pfn += pageblock_nr_pages)
		init_cma_reserved_pageblock(page_zone(pfn_to_page(pfn)), pfn);
}

void __init cma_init_reserved_areas(void)
{
	for (unsigned int i = 0; i < cma_area_count; i++)
		cma_activate_area(&cma_areas[i]);
	if (cma_area_count) /* zones manage more now */
		init_per_zone_wmark_min();
}

void __init cma_reserve_pages_on_error(struct cma *cma)
{
	cma->reserve_pages_on_error = true;
}

/* ---- Checking ------------------------------------------------------------------------ */

/* Blocks that are out lie apart, and all of each is taken. */
static int verify_blocks(const struct cma *cma)
{
	unsigned long bits = cma->bitmap ? cma_bitmap_maxno(cma) : 0, start, end, behind = 0;
	int faults = 0;

	for_each_set_bit (start, cma->starts, bits) {
		end = find_next_bit(cma->ends, bits, start);
		if (start < behind || end == bits ||
		    find_next_zero_bit(cma->bitmap, end, start) < end) {
			pr_err("cma_verify: %s: the block at bit %lu goes to %lu\n", cma->name,
			       start, end);
			faults++;
		}
		behind = end + 1;
	}
	return faults;
}

static int verify_area(const struct cma *cma)
{
	int faults = verify_blocks(cma);

	for (unsigned long i = 0; cma->bitmap && i < cma->count; i++) {
		unsigned long pfn = cma->base_pfn + i;
		bool first = IS_ALIGNED(i, 1UL << cma->order_per_bit); /* the rest may be free */
		bool taken = first && test_bit(i >> cma->order_per_bit, cma->bitmap);
		enum migratetype type = get_pfnblock_migratetype(pfn);

		if (i % pageblock_nr_pages == 0 && type != MIGRATE_CMA && type != MIGRATE_ISOLATE) {
			pr_err("cma_verify: %s: pageblock at pfn 0x%lx has type %d\n", cma->name,
			       pfn, (int)type);
			faults++;
		}
		if (taken && PageBuddy(pfn_to_page(pfn))) {
			pr_err("cma_verify: %s: pfn 0x%lx is taken and free\n", cma->name, pfn);
			faults++;
		}
	}
	return faults;
}

int cma_verify(void)
{
	int faults = 0;

	for (unsigned int i = 0; i < cma_area_count; i++)
		faults += verify_area(&cma_areas[i]);
	return faults;
}

void __init cma_reset(void)
{
	memset(cma_areas, 0, sizeof(cma_areas));
	cma_area_count = 0;
	totalcma_pages = 0;
	cma_misused = 0;
}
