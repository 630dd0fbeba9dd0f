// SPDX-License-Identifier: MIT
/*
 * Allocating from the bitmaps of bootmem: the first fit at a goal, in which nodes,
 * and what of a caller's wishes is given up. Contract: linux/bootmem.h.
 */
#include <linux/bootmem.h>

#include <linux/bitmap.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "internal.h"

static unsigned long __init pages_of(unsigned long size)
{
	return size / PAGE_SIZE + (size % PAGE_SIZE != 0);
}

/* Alignment is that of the address, not of the place in the node. */
static unsigned long __init align_idx(const bootmem_data_t *bdata, unsigned long idx,
				      unsigned long step)
{
	return ALIGN(bdata->node_min_pfn + idx, step) - bdata->node_min_pfn;
}

static unsigned long __init align_off(const bootmem_data_t *bdata, unsigned long off,
				      unsigned long align)
{
	unsigned long base = PFN_PHYS(bdata->node_min_pfn);

	return ALIGN(base + off, align) - base;
}

/* The lowest multiple of @step in [idx, end) that starts @pages free pages, or ULONG_MAX. */
static unsigned long __init find_run(const bootmem_data_t *bdata, unsigned long idx,
				     unsigned long end, unsigned long pages, unsigned long step)
{
	const unsigned long *map = bdata->node_bootmem_map;

	for (;;) {
		unsigned long taken;

		idx = align_idx(bdata, find_next_zero_bit(map, end, idx), step);
		if (idx >= end || pages > end - idx)
			return ULONG_MAX;
		taken = find_next_bit(map, idx + pages, idx);
		if (taken >= idx + pages)
			return idx;
		idx = taken + 1;
	}
}

/*
 * Takes @size bytes: the pages from @idx on are free and enough. Where the last
 * allocation ended in the page before, they start there, and less pages are taken.
 */
static void *__init take(bootmem_data_t *bdata, unsigned long idx, unsigned long size,
			 unsigned long align)
{
	unsigned long last = bdata->last_end_off, off = PFN_PHYS(idx), end;
	void *region;

	if (offset_in_page(last) && PFN_DOWN(last) + 1 == idx)
		off = align_off(bdata, last, align);
	end = off + size;
	mark_bootmem_node(bdata, bdata->node_min_pfn + idx,
			  bdata->node_min_pfn + max(idx, PFN_UP(end)), 1, BOOTMEM_EXCLUSIVE);
	bdata->last_end_off = end;
	bdata->hint_idx = PFN_UP(end);
	region = __va(PFN_PHYS(bdata->node_min_pfn) + off);
	return memset(region, 0, size);
}

void *__init alloc_bootmem_core(bootmem_data_t *bdata, unsigned long size, unsigned long align,
				unsigned long goal, unsigned long limit)
{
	unsigned long low = max(bdata->node_min_pfn, 1UL), high = bdata->node_low_pfn;
	unsigned long step = max(align >> PAGE_SHIFT, 1UL), pages = pages_of(size);
	unsigned long start, idx = ULONG_MAX;

	bdebug("nid=%d size=%lx [%lu pages] align=%lx goal=%lx limit=%lx\n", bootmem_nid(bdata),
	       size, pages, align, goal, limit);
	if (limit)
		high = min(high, PFN_DOWN(limit));
	start = PFN_DOWN(goal) > low && PFN_DOWN(goal) < high ? PFN_DOWN(goal) : low;
	if (!bdata->node_bootmem_map || start >= high)
		return NULL;
	start -= bdata->node_min_pfn;
	high -= bdata->node_min_pfn;
	if (bdata->hint_idx > start)
		idx = find_run(bdata, bdata->hint_idx, high, pages, step);
	if (idx == ULONG_MAX)
		idx = find_run(bdata, start, high, pages, step);
	return idx == ULONG_MAX ? NULL : take(bdata, idx, size, align);
}

/* ---- Which nodes ------------------------------------------------------------------- */

static void *__init alloc_from_nodes(unsigned long size, unsigned long align, unsigned long goal,
				     unsigned long limit)
{
	bootmem_data_t *bdata;

	list_for_each_entry (bdata, &bdata_list, list) {
		void *region;

		if (goal && bdata->node_low_pfn <= PFN_DOWN(goal))
			continue;
		if (limit && bdata->node_min_pfn >= PFN_DOWN(limit))
			break;
		region = alloc_bootmem_core(bdata, size, align, goal, limit);
		if (region)
			return region;
	}
	return NULL;
}

static bool __init request_ok(unsigned long size, unsigned long *align)
{
	if (!*align)
		*align = SMP_CACHE_BYTES;
	if (!bootmem_is_open("alloc_bootmem"))
		return false;
	if (size && is_power_of_2(*align))
		return true;
	bootmem_refusals++;
	pr_err("bootmem: %lu bytes aligned to %lu cannot be had: %s\n", size, *align,
	       size ? "no power of two" : "no bytes");
	return false;
}

/* From @bdata (NULL: no node is preferred), then from all nodes; the goal is given up last. */
static void *__init alloc_nopanic(bootmem_data_t *bdata, unsigned long size, unsigned long align,
				  unsigned long goal, unsigned long limit)
{
	void *region;

	if (!request_ok(size, &align))
		return NULL;
	for (;;) {
		region = bdata ? alloc_bootmem_core(bdata, size, align, goal, limit) : NULL;
		if (!region)
			region = alloc_from_nodes(size, align, goal, limit);
		if (region || !goal)
			return region;
		goal = 0;
	}
}

static void *__init alloc_or_panic(bootmem_data_t *bdata, unsigned long size, unsigned long align,
				   unsigned long goal, unsigned long limit)
{
	void *region = alloc_nopanic(bdata, size, align, goal, limit);

	if (region)
		return region;
	pr_alert("bootmem alloc of %lu bytes failed!\n", size);
	panic("Out of memory");
}

void *__init __alloc_bootmem_nopanic(unsigned long size, unsigned long align, unsigned long goal)
{
	return alloc_nopanic(NULL, size, align, goal, 0);
}

void *__init __alloc_bootmem(unsigned long size, unsigned long align, unsigned long goal)
{
	return alloc_or_panic(NULL, size, align, goal, 0);
}

void *__init __alloc_bootmem_node_nopanic(pg_data_t *pgdat, unsigned long size, unsigned long align,
					  unsigned long goal)
{
	return alloc_nopanic(pgdat->bdata, size, align, goal, 0);
}

void *__init __alloc_bootmem_node(pg_data_t *pgdat, unsigned long size, unsigned long align,
				  unsigned long goal)
{
	return alloc_or_panic(pgdat->bdata, size, align, goal, 0);
}

void *__init __alloc_bootmem_low(unsigned long size, unsigned long align, unsigned long goal)
{
	return alloc_or_panic(NULL, size, align, goal, ARCH_LOW_ADDRESS_LIMIT);
}

void *__init __alloc_bootmem_low_node(pg_data_t *pgdat, unsigned long size, unsigned long align,
				      unsigned long goal)
{
	return alloc_or_panic(pgdat->bdata, size, align, goal, ARCH_LOW_ADDRESS_LIMIT);
}
