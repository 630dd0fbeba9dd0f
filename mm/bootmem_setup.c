// SPDX-License-Identifier: MIT
/*
 * early=bootmem: bitmaps for all nodes, filled from memblock, and what bring-up asks
 * of them that Linux's callers of bootmem did not.
 *
 * A node's bitmap lies low in the node, above ZONE_DMA where there is room; what is
 * allocated later lies high. So the bitmaps' pages, which will be free in the end, are
 * in nobody's way, and sections that nothing else touches stay free as a whole. Where
 * they are, as in a node of a few megabytes, the bitmap moves: memory is given out as if
 * bitmaps took none.
 *
 *   node   | DMA |bitmap|   free sections, never touched    | tables |
 *
 * High memory (linux/highmem.h) has no bits, as on Linux.
 *
 * Known weakness: which memory is mirrored no bit tells, so that with
 * kernelcore=mirror what is allocated here may lie elsewhere.
 */
#include <linux/bootmem.h>

#include <linux/bitmap.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/string.h>

#include "internal.h"

/* ---- From memblock -------------------------------------------------------------- */

/* Nodes that are hardly any keep their few pages, and the bitmap lies on another. */
static phys_addr_t __init alloc_bootmap(phys_addr_t size, phys_addr_t start, phys_addr_t end,
					int nid)
{
	bool bottom_up = memblock_bottom_up();
	phys_addr_t low = PFN_PHYS(MAX_DMA_PFN), pa = 0;

	memblock_set_bottom_up(true);
	if (end - start >= NODE_MIN_SIZE)
		pa = memblock_alloc_range_nid(size, PAGE_SIZE, max(start, low), end, nid, true);
	if (!pa)
		pa = memblock_alloc_range_nid(size, PAGE_SIZE, low, MEMBLOCK_ALLOC_ACCESSIBLE,
					      NUMA_NO_NODE, true);
	memblock_set_bottom_up(bottom_up);
	return pa ? pa : memblock_phys_alloc_try_nid(size, PAGE_SIZE, nid);
}

static void __init setup_node_bootmem(int nid)
{
	unsigned long start, end, pages;
	phys_addr_t map, size;

	get_pfn_range_for_nid(nid, &start, &end);
	end = min(end, highstart_pfn);
	if (start >= end)
		return;
	pages = bootmem_bootmap_pages(end - start);
	map = alloc_bootmap(PFN_PHYS(pages), PFN_PHYS(start), PFN_PHYS(end), nid);
	if (!map)
		panic("bootmem: no %lu pages for the bitmap of node %d", pages, nid);
	pr_info("Bootmem setup node %d %016llx-%016llx\n", nid, PFN_PHYS(start), PFN_PHYS(end));
	size = init_bootmem_core(&bootmem_node_data[nid], PHYS_PFN(map), start, end);
	pr_info("  bootmap [%016llx - %016llx] pages %lx\n", map, map + size - 1, pages);
	min_low_pfn = min(min_low_pfn, start);
	max_low_pfn = max(max_low_pfn, end);
}

/* Memory that memblock would not allocate from, and what of it it never hands over. */
static bool __init region_is_held(const struct memblock_region *r)
{
	return memblock_is_nomap(r) || memblock_is_driver_managed(r) ||
	       (movable_node_enabled && memblock_is_hotpluggable(r));
}

/* Takes in the bitmap what is reserved of [start, end), memory of the node. */
static void __init carry_reservations(bootmem_data_t *bdata, unsigned long start, unsigned long end)
{
	struct pfn_run run;

	for (; memblock_next_used(start, end, &run); start = run.end)
		mark_bootmem_node(bdata, run.start, run.end, 1, BOOTMEM_DEFAULT);
}

static void __init fill_bootmaps(void)
{
	const struct memblock_region *r;
	int nid;

	for_each_node (nid)
		free_bootmem_with_active_regions(nid, highstart_pfn);
	for_each_mem_region (r) {
		bootmem_data_t *bdata = &bootmem_node_data[r->nid];
		unsigned long start = memblock_region_memory_base_pfn(r);
		unsigned long end = min(memblock_region_memory_end_pfn(r), highstart_pfn);

		if (start >= end)
			continue;
		carry_reservations(bdata, start, end);
		if (region_is_held(r))
			mark_bootmem_node(bdata, start, end, 1, BOOTMEM_DEFAULT);
	}
}

/* To memblock the bitmaps' pages are free, as they will be. */
static void __init forget_bootmaps(void)
{
	const bootmem_data_t *bdata;

	list_for_each_entry (bdata, &bdata_list, list) {
		unsigned long start = bootmem_map_pfn(bdata), end = bootmem_map_end(bdata);

		memblock_phys_free(PFN_PHYS(start), PFN_PHYS(end - start));
	}
}

void __init bootmem_setup(void)
{
	int nid;

	min_low_pfn = ULONG_MAX;
	for_each_node (nid)
		setup_node_bootmem(nid);
	memblock_close();
	fill_bootmaps();
	forget_bootmaps();
}

/* Only allocations had to keep off hot-pluggable memory: nothing else did, so none is in it. */
void __init bootmem_open_hotplug(void)
{
	const struct memblock_region *r;

	if (!bootmem_active() || !movable_node_enabled)
		return;
	for_each_mem_region (r) {
		bootmem_data_t *bdata = &bootmem_node_data[r->nid];
		unsigned long start = memblock_region_memory_base_pfn(r);
		unsigned long end = min(memblock_region_memory_end_pfn(r), highstart_pfn);

		if (!memblock_is_hotpluggable(r) || memblock_is_nomap(r) || start >= end)
			continue;
		mark_bootmem_node(bdata, start, end, 0, BOOTMEM_DEFAULT);
		carry_reservations(bdata, start, end);
	}
}

/* ---- Allocating from the top ------------------------------------------------------- */

/* Past the last clear bit below @idx, whole words at a time; 0 where there is none. */
static unsigned long __init free_end_below(const unsigned long *map, unsigned long idx)
{
	while (idx) {
		if (idx % BITS_PER_LONG == 0 && map[idx / BITS_PER_LONG - 1] == ~0UL)
			idx -= BITS_PER_LONG;
		else if (test_bit(idx - 1, map))
			idx--;
		else
			break;
	}
	return idx;
}

/* The first of the @pages highest free pages in a row in [start, end); 0 for none. */
static unsigned long __init find_high(const bootmem_data_t *bdata, unsigned long pages,
				      unsigned long start, unsigned long end)
{
	unsigned long min_pfn = bdata->node_min_pfn;
	unsigned long idx = min(end, bdata->node_low_pfn);

	start = max3(start, min_pfn, 1UL);
	if (idx <= start)
		return 0;
	idx -= min_pfn;
	while ((idx = free_end_below(bdata->node_bootmem_map, idx)) >= start - min_pfn + pages) {
		unsigned long top = idx;

		while (top - idx < pages && !test_bit(idx - 1, bdata->node_bootmem_map))
			idx--;
		if (top - idx == pages)
			return min_pfn + idx;
	}
	return 0;
}

/* The first of the highest free pages in [start, end) of @nid or of any; 0 for none. */
static unsigned long __init find_highest(unsigned long pages, unsigned long start,
					 unsigned long end, int nid, bootmem_data_t **from)
{
	unsigned long best = 0;
	bootmem_data_t *bdata;

	list_for_each_entry (bdata, &bdata_list, list) {
		unsigned long pfn;

		if (nid != NUMA_NO_NODE && nid != bootmem_nid(bdata))
			continue;
		pfn = find_high(bdata, pages, start, end);
		if (pfn > best) {
			best = pfn;
			*from = bdata;
		}
	}
	return best;
}

/* ---- Bitmaps that are in the way -------------------------------------------------- */

/* Takes the bitmaps' own pages in the bitmaps, or gives them free, but for those in [start, end). */
static void __init mark_bootmaps(bool taken, unsigned long start, unsigned long end)
{
	const bootmem_data_t *bdata;

	list_for_each_entry (bdata, &bdata_list, list) {
		unsigned long map = bootmem_map_pfn(bdata), map_end = bootmem_map_end(bdata);
		phys_addr_t pa = PFN_PHYS(map), size = PFN_PHYS(map_end - map);

		if (map < end && start < map_end)
			continue;
		if (taken)
			reserve_bootmem(pa, size, BOOTMEM_DEFAULT);
		else
			free_bootmem(pa, size);
	}
}

/* To the lowest free pages above ZONE_DMA, else below. */
static bool __init move_bootmap(bootmem_data_t *bdata)
{
	phys_addr_t size = PFN_PHYS(bootmem_map_end(bdata) - bootmem_map_pfn(bdata));
	void *map = __alloc_bootmem_nopanic(size, PAGE_SIZE, PFN_PHYS(MAX_DMA_PFN));

	if (!map)
		return false;
	memcpy(map, bdata->node_bootmem_map, size);
	bdata->node_bootmem_map = map;
	return true;
}

/* Moves the bitmaps in [start, end), free pages but for these. False: there is no room. */
static bool __init make_way(unsigned long start, unsigned long end)
{
	bootmem_data_t *bdata;
	bool moved = true;

	mark_bootmaps(true, start, end);
	reserve_bootmem(PFN_PHYS(start), PFN_PHYS(end - start), BOOTMEM_DEFAULT);
	list_for_each_entry (bdata, &bdata_list, list)
		if (bootmem_map_pfn(bdata) < end && start < bootmem_map_end(bdata))
			moved = moved && move_bootmap(bdata);
	free_bootmem(PFN_PHYS(start), PFN_PHYS(end - start));
	if (!moved)
		mark_bootmaps(true, 0, 0);
	return moved;
}

phys_addr_t __init bootmem_alloc_high(phys_addr_t size, phys_addr_t start, phys_addr_t end, int nid)
{
	unsigned long pages = PFN_UP(size), first = PFN_UP(start), last = PFN_DOWN(end), pfn;
	bootmem_data_t *from = NULL;
	void *region;

	if (!bootmem_is_open(__func__))
		return 0;
	mark_bootmaps(false, 0, 0);
	pfn = find_highest(pages, first, last, nid, &from);
	if (!pfn)
		mark_bootmaps(true, 0, 0);
	else if (!make_way(pfn, pfn + pages))
		pfn = find_highest(pages, first, last, nid, &from);
	if (!pfn)
		return 0;
	region = alloc_bootmem_core(from, size, PAGE_SIZE, PFN_PHYS(pfn), PFN_PHYS(pfn + pages));
	return region ? __pa(region) : 0;
}

/* ---- What is taken ------------------------------------------------------------------ */

/* Where the bitmap that page @pfn is part of ends; 0 where it is of none. */
static unsigned long __init bootmap_end_at(unsigned long pfn)
{
	const bootmem_data_t *bdata;

	list_for_each_entry (bdata, &bdata_list, list)
		if (bootmem_map_pfn(bdata) <= pfn && pfn < bootmem_map_end(bdata))
			return bootmem_map_end(bdata);
	return 0;
}

/* The lowest start of a bitmap in (start, end], or @end. */
static unsigned long __init bootmap_start_above(unsigned long start, unsigned long end)
{
	const bootmem_data_t *bdata;

	list_for_each_entry (bdata, &bdata_list, list)
		if (bootmem_map_pfn(bdata) > start)
			end = min(end, bootmem_map_pfn(bdata));
	return end;
}

bool __init bootmem_next_used(int nid, unsigned long pos, unsigned long end, struct pfn_run *run)
{
	const bootmem_data_t *bdata = &bootmem_node_data[nid];
	const unsigned long *map = bdata->node_bootmem_map;
	unsigned long min_pfn = bdata->node_min_pfn, map_end;

	if (pos >= end)
		return false;
	do {
		pos = min_pfn + find_next_bit(map, end - min_pfn, pos - min_pfn);
		map_end = bootmap_end_at(pos);
		if (map_end)
			pos = min(map_end, end);
	} while (map_end && pos < end);
	if (pos >= end)
		return false;
	run->start = pos;
	run->end = min_pfn + find_next_zero_bit(map, end - min_pfn, pos - min_pfn);
	run->end = bootmap_start_above(pos, run->end);
	return true;
}
