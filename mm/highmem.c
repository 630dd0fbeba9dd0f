// SPDX-License-Identifier: MIT
/*
 * Which memory is high, how much of it there is, and its way to the page allocator.
 * Contract: linux/highmem.h.
 */
#include <linux/highmem.h>

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "highmem.h"
#include "internal.h"

/* Free memory that a direct map must have: for page tables, nodes, zonelists and slabs. */
#define LOWMEM_LEAST ((phys_addr_t)SZ_128M)

unsigned long highstart_pfn = ULONG_MAX;
atomic_long_t _totalhigh_pages;

static phys_addr_t directmap_size; /* 0: not given */

/* ---- The limit ---------------------------------------------------------------- */

int __init directmap_parse_option(char *value)
{
	unsigned long long size;
	char *end;

	if (!value)
		return -EINVAL;
	size = memparse(value, &end);
	if (end == value || *end || !size)
		return -EINVAL;
	directmap_size = size;
	return 0;
}

/* The lowest edge of a section below which LOWMEM_LEAST bytes are free. */
static phys_addr_t __init least_direct_map(void)
{
	phys_addr_t start, end, left = LOWMEM_LEAST;
	u64 i;

	for_each_free_mem_range (i, NUMA_NO_NODE, MEMBLOCK_NONE, &start, &end, NULL) {
		if (end - start >= left)
			return PFN_PHYS(SECTION_ALIGN_UP(PFN_UP(start + left)));
		left -= end - start;
	}
	return PHYS_ADDR_MAX;
}

/* directmap= in whole sections, and not less than the boot needs. */
static phys_addr_t __init wanted_size(void)
{
	phys_addr_t least = least_direct_map();
	phys_addr_t size = round_down(directmap_size, PFN_PHYS(PAGES_PER_SECTION));

	if (size >= least)
		return size;
	pr_warn("directmap=%lluK has less than %lluM of free memory, using %lluK\n",
		directmap_size >> 10, LOWMEM_LEAST >> 20, min(least, memblock_end_of_DRAM()) >> 10);
	return least;
}

void __init highmem_init(phys_addr_t direct_map_size)
{
	phys_addr_t size = round_down(direct_map_size, PFN_PHYS(PAGES_PER_SECTION));

	if (directmap_size)
		size = min(size, wanted_size());
	highstart_pfn = ULONG_MAX;
	if (memblock_end_of_DRAM() <= size)
		return;
	highstart_pfn = PHYS_PFN(size);
	memblock_set_current_limit(min(memblock_get_current_limit(), size));
}

void __init log_highmem(void)
{
	unsigned long low = highstart_pfn;

	if (!have_highmem())
		return;
	pr_notice("%luMB HIGHMEM available.\n", (max_pfn - low) >> (20 - PAGE_SHIFT));
	pr_notice("%luMB LOWMEM available.\n", low >> (20 - PAGE_SHIFT));
}

void __init highmem_reset(void)
{
	highstart_pfn = ULONG_MAX;
	directmap_size = 0;
	atomic_long_set(&_totalhigh_pages, 0);
	kmap_reset();
}

/* ---- Counts --------------------------------------------------------------------- */

void adjust_zone_managed(struct zone *zone, long pages)
{
	atomic_long_add(pages, &zone->managed_pages);
	atomic_long_add(pages, &_totalram_pages);
	if (is_highmem(zone))
		atomic_long_add(pages, &_totalhigh_pages);
}

void adjust_managed_page_count(struct page *page, long count)
{
	adjust_zone_managed(page_zone(page), count);
}

unsigned int nr_free_highpages(void)
{
	unsigned long pages = 0;
	struct zone *zone;

	for_each_populated_zone (zone)
		if (is_highmem(zone))
			pages += zone_page_state(zone, NR_FREE_PAGES);
	return (unsigned int)min(pages, (unsigned long)UINT_MAX);
}

/* ---- The hand-over ----------------------------------------------------------------- */

static void __init free_highmem_pages(unsigned long pos, unsigned long end)
{
	for (; pos < end; pos++)
		free_highmem_page(pfn_to_page(pos));
}

/* What of [pos, end), all memory, is not reserved. */
static void __init add_highpages(struct zone *zone, unsigned long pos, unsigned long end)
{
	struct pfn_run used;

	(void)zone;
	for (; memblock_next_used(pos, end, &used); pos = used.end)
		free_highmem_pages(pos, used.start);
	free_highmem_pages(pos, end);
}

void __init set_highmem_pages_init(void)
{
	unsigned long nr;

	if (!have_highmem())
		return;
	for (nr = next_made_section(pfn_to_section_nr(highstart_pfn)); nr != ULONG_MAX;
	     nr = next_made_section(nr + 1))
		section_memory(nr, add_highpages);
}

/* ---- Contents ------------------------------------------------------------------------ */

void clear_highpages(struct page *page, unsigned long nr)
{
	if (page_is_direct(page)) {
		memset(lowmem_page_address(page), 0, nr << PAGE_SHIFT);
		return;
	}
	for (unsigned long i = 0; i < nr; i++)
		clear_highpage(page + i);
}
