// SPDX-License-Identifier: MIT
/*
 * Which allocator serves bring-up once the nodes are known: memblock, or with
 * early=bootmem the bitmaps of bootmem. Whoever needs memory that early asks here.
 *
 * Both give whole pages from the top down, so that they give the same ones, and the
 * page allocator gets the same pages whichever was used. That wastes a few kilobytes a
 * node. What bootmem gives is noted in memblock.reserved, too: it tells which sections
 * are in use, and answers questions later.
 *
 * What is allocated here is written through the direct map, but for page structs of
 * high memory, which lie there. Bootmem has no bits for it: memblock's tables tell.
 */
#include <linux/bootmem.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "highmem.h"
#include "internal.h"

bool early_bootmem;
bool early_open = true;

/* Tables, and the program; what there is no room for counts as somebody's pages. */
#define MAX_TABLE_RANGES 256
static struct memblock_region table_ranges[MAX_TABLE_RANGES] __initbss;
static struct memblock_type tables __initdata = {
	.max = MAX_TABLE_RANGES, .regions = table_ranges, .name = (char[]){"tables"}};

int __init early_parse_option(char *value)
{
	if (value && !strcmp(value, "bootmem"))
		early_bootmem = true;
	else if (value && !strcmp(value, "memblock"))
		early_bootmem = false;
	else
		return -EINVAL;
	return 0;
}

void __init early_close(void)
{
	early_open = false;
	memblock_close();
	bootmem_close();
}

void __init early_reset(void)
{
	early_bootmem = false;
	early_open = true;
	tables.cnt = 0;
	bootmem_reset();
}

/* ---- Tables ---------------------------------------------------------------------------- */

void __init early_note_table(phys_addr_t pa, phys_addr_t size)
{
	phys_addr_t start = round_down(pa, PAGE_SIZE), end = PAGE_ALIGN(pa + size);

	if (size && tables.cnt + 1 < tables.max)
		memblock_add_range(&tables, start, end - start, MAX_NUMNODES, MEMBLOCK_NONE);
}

/* With no room for the second part of a range cut in two, no table is known any more. */
static void __init forget_table(phys_addr_t pa, phys_addr_t size)
{
	if (tables.cnt + 2 > tables.max)
		tables.cnt = 0;
	else if (tables.cnt)
		memblock_remove_range(&tables, pa, size);
}

bool __init early_is_table(unsigned long start, unsigned long end)
{
	phys_addr_t pos = PFN_PHYS(start);
	long i = tables.cnt ? memblock_search(&tables, pos) : -1;

	return i >= 0 && memblock_region_end(&tables.regions[i]) >= PFN_PHYS(end);
}

/* ---- Either allocator ---------------------------------------------------------------- */

/* Whole pages of high memory, the highest in [start, end). */
static phys_addr_t __init alloc_high(phys_addr_t size, phys_addr_t start, phys_addr_t end)
{
	phys_addr_t low, high;
	u64 i;

	for_each_free_mem_range_reverse (i, NUMA_NO_NODE, MEMBLOCK_NONE, &low, &high, NULL) {
		low = max(PAGE_ALIGN(low), start);
		high = min(round_down(high, PAGE_SIZE), end);
		if (high <= start)
			break;
		if (low < high && high - low >= size)
			return memblock_reserve(high - size, size) ? 0 : high - size;
	}
	return 0;
}

/* Whole pages in [start, end) of @nid, or unless @exact_nid of any node. */
static phys_addr_t __init alloc_in(phys_addr_t size, phys_addr_t start, phys_addr_t end, int nid,
				   bool exact_nid)
{
	phys_addr_t pa;

	size = PAGE_ALIGN(size);
	if (!bootmem_active())
		return memblock_alloc_range_nid(size, PAGE_SIZE, start, end, nid, exact_nid);
	pa = bootmem_alloc_high(size, start, end, nid);
	if (!pa && !exact_nid)
		pa = bootmem_alloc_high(size, start, end, NUMA_NO_NODE);
	if (pa)
		memblock_reserve(pa, size);
	return pa;
}

void __init early_free(phys_addr_t pa, phys_addr_t size)
{
	size = PAGE_ALIGN(size);
	if (bootmem_active())
		free_bootmem(pa, size);
	memblock_phys_free(pa, size);
	forget_table(pa, size);
}

bool memblock_next_used(unsigned long pos, unsigned long end, struct pfn_run *run)
{
	const struct memblock_type *type = &memblock.reserved;
	unsigned long i = memblock_first_above(type, PFN_PHYS(pos));

	if (pos >= end || i == type->cnt ||
	    memblock_region_reserved_base_pfn(&type->regions[i]) >= end)
		return false;
	run->start = max(pos, memblock_region_reserved_base_pfn(&type->regions[i]));
	run->end = min(end, memblock_region_reserved_end_pfn(&type->regions[i]));
	return true;
}

bool __init early_next_used(int nid, unsigned long pos, unsigned long end, struct pfn_run *run)
{
	if (bootmem_active() && pos < highstart_pfn) {
		if (bootmem_next_used(nid, pos, min(end, highstart_pfn), run))
			return true;
		pos = highstart_pfn;
	}
	return memblock_next_used(pos, end, run);
}

/* ---- Where ------------------------------------------------------------------------------ */

/* How many used sections are tried before a free one is broken into. */
#define USED_SECTION_TRIES 8

/* @size bytes of @nid beside reserved memory, above ZONE_DMA; 0 where there is no room. */
static phys_addr_t __init alloc_in_used_section(phys_addr_t size, int nid)
{
	const struct memblock_type *type = &memblock.reserved;
	unsigned long tried = ULONG_MAX;
	int tries = 0;

	for (unsigned long i = type->cnt; i-- > 0 && tries < USED_SECTION_TRIES;) {
		phys_addr_t last = type->regions[i].base + type->regions[i].size - 1;
		unsigned long nr = pfn_to_section_nr(PHYS_PFN(last)), start, end;
		phys_addr_t low = max(PFN_PHYS(section_nr_to_pfn(nr)), PFN_PHYS(MAX_DMA_PFN)), pa;

		if (nr == tried || section_is_high(nr) || !type->regions[i].size ||
		    memblock_search_pfn_nid(PHYS_PFN(last), &start, &end) != nid)
			continue;
		tried = nr;
		tries++;
		pa = alloc_in(size, low, PFN_PHYS(section_nr_to_pfn(nr + 1)), nid, true);
		if (pa)
			return pa;
	}
	return 0;
}

phys_addr_t __init early_alloc_range(phys_addr_t size, phys_addr_t start, phys_addr_t end)
{
	if (have_highmem() && start >= PFN_PHYS(highstart_pfn))
		return alloc_high(PAGE_ALIGN(size), start, end);
	return alloc_in(size, start, end, NUMA_NO_NODE, true);
}

phys_addr_t __init early_alloc_pages(phys_addr_t size, int nid)
{
	phys_addr_t pa = alloc_in_used_section(size, nid);

	return pa ? pa : alloc_in(size, 0, memblock_get_current_limit(), nid, false);
}

phys_addr_t __init early_alloc_phys(phys_addr_t size, int nid)
{
	phys_addr_t pa = early_alloc_pages(size, nid);

	if (pa)
		early_note_table(pa, size);
	return pa;
}

void *__init early_alloc(phys_addr_t size, int nid)
{
	phys_addr_t pa = early_alloc_phys(size, nid);

	return pa ? memset(__va(pa), 0, size) : NULL;
}
