// SPDX-License-Identifier: MIT
/*
 * The bitmaps of bootmem: setting them up, taking and giving back ranges of pages.
 * Contract: linux/bootmem.h. Allocating is in bootmem_alloc.c.
 */
#include <linux/bootmem.h>

#include <linux/bitmap.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "internal.h"

bootmem_data_t bootmem_node_data[MAX_NUMNODES] __initbss;
LIST_HEAD(bdata_list);
bool bootmem_debug;
unsigned int bootmem_refusals;

/* The page allocator has set up page structs: no bit may change any more. */
static bool closed;

int __init bootmem_debug_parse_option(char *value)
{
	if (value)
		return -EINVAL;
	bootmem_debug = true;
	return 0;
}

void __init bootmem_reset(void)
{
	memset(bootmem_node_data, 0, sizeof(bootmem_node_data));
	INIT_LIST_HEAD(&bdata_list);
	min_low_pfn = 0;
	bootmem_debug = closed = false;
	bootmem_refusals = 0;
}

bool __init bootmem_active(void)
{
	return !list_empty(&bdata_list);
}

void __init bootmem_close(void)
{
	closed = true;
}

bool __init bootmem_is_open(const char *what)
{
	if (bootmem_active() && !closed)
		return true;
	bootmem_refusals++;
	pr_err("bootmem: %s: %s\n", what,
	       closed ? "memory belongs to the page allocator now" : "no node has a bitmap yet");
	return false;
}

int __init bootmem_nid(const bootmem_data_t *bdata)
{
	return (int)(bdata - bootmem_node_data);
}

/* ---- Setting up --------------------------------------------------------------- */

static unsigned long __init bootmap_bytes(unsigned long pages)
{
	return BITS_TO_LONGS(pages) * sizeof(unsigned long);
}

unsigned long __init bootmem_bootmap_pages(unsigned long pages)
{
	return PFN_UP(bootmap_bytes(pages));
}

unsigned long __init bootmem_map_pfn(const bootmem_data_t *bdata)
{
	return virt_to_pfn(bdata->node_bootmem_map);
}

unsigned long __init bootmem_map_end(const bootmem_data_t *bdata)
{
	return bootmem_map_pfn(bdata) +
	       bootmem_bootmap_pages(bdata->node_low_pfn - bdata->node_min_pfn);
}

static void __init link_bootmem(bootmem_data_t *bdata)
{
	bootmem_data_t *above;

	list_for_each_entry (above, &bdata_list, list)
		if (above->node_min_pfn > bdata->node_min_pfn)
			break;
	list_add_tail(&bdata->list, &above->list);
}

unsigned long __init init_bootmem_core(bootmem_data_t *bdata, unsigned long mapstart,
				       unsigned long start, unsigned long end)
{
	unsigned long mapsize;

	if (start >= end || bdata->node_bootmem_map || closed) {
		bootmem_refusals++;
		pr_err("bootmem: node %d gets no bitmap of pages %#lx-%#lx: %s\n",
		       bootmem_nid(bdata), start, end,
		       start >= end ? "there are none" : "it has had one");
		return 0;
	}
	mapsize = bootmap_bytes(end - start);
	bdata->node_bootmem_map = __va(PFN_PHYS(mapstart));
	bdata->node_min_pfn = start;
	bdata->node_low_pfn = end;
	link_bootmem(bdata);
	memset(bdata->node_bootmem_map, 0xff, mapsize);
	bdebug("nid=%d start=%lx map=%lx end=%lx mapsize=%lx\n", bootmem_nid(bdata), start,
	       mapstart, end, mapsize);
	return mapsize;
}

unsigned long __init init_bootmem_node(pg_data_t *pgdat, unsigned long freepfn,
				       unsigned long startpfn, unsigned long endpfn)
{
	return init_bootmem_core(pgdat->bdata, freepfn, startpfn, endpfn);
}

unsigned long __init init_bootmem(unsigned long start, unsigned long pages)
{
	max_low_pfn = pages;
	min_low_pfn = start;
	return init_bootmem_core(NODE_DATA(0)->bdata, start, 0, pages);
}

void __init free_bootmem_with_active_regions(int nid, unsigned long limit_pfn)
{
	unsigned long start, end;
	int i;

	for_each_mem_pfn_range (i, nid, &start, &end, NULL) {
		end = min(end, limit_pfn);
		if (start < end)
			mark_bootmem_node(&bootmem_node_data[nid], start, end, 0, BOOTMEM_DEFAULT);
	}
}

/* ---- Ranges of one node --------------------------------------------------------- */

/* As bitmap_set() and bitmap_clear(), whose 32 bits do not count the pages of 16 TB. */
static void __init mark_bits(unsigned long *map, unsigned long start, unsigned long end, bool set)
{
	while (start < end) {
		unsigned long next = min(round_down(start, BITS_PER_LONG) + BITS_PER_LONG, end);
		unsigned long mask = GENMASK((next - 1) % BITS_PER_LONG, start % BITS_PER_LONG);

		if (set)
			map[BIT_WORD(start)] |= mask;
		else
			map[BIT_WORD(start)] &= ~mask;
		start = next;
	}
}

static int __init refuse(const bootmem_data_t *bdata, const char *what, unsigned long start,
			 unsigned long end, const char *why)
{
	bootmem_refusals++;
	pr_err("bootmem: cannot %s pages %#lx-%#lx of node %d: %s\n", what, start, end,
	       bdata ? bootmem_nid(bdata) : NUMA_NO_NODE, why);
	return -EINVAL;
}

/* May the pages be marked? 0, or what mark_bootmem_node() returns. */
static int __init check_marks(bootmem_data_t *bdata, unsigned long start, unsigned long end,
			      int reserve, int flags)
{
	const unsigned long *map = bdata->node_bootmem_map;
	unsigned long first = start - bdata->node_min_pfn, last = end - bdata->node_min_pfn;

	if (!map || start > end || start < bdata->node_min_pfn || end > bdata->node_low_pfn)
		return refuse(bdata, reserve ? "reserve" : "free", start, end, "not in its bitmap");
	if (!reserve && find_next_zero_bit(map, last, first) < last)
		return refuse(bdata, "free", start, end, "some are free already");
	if (reserve && (flags & BOOTMEM_EXCLUSIVE) && find_next_bit(map, last, first) < last)
		return -EBUSY;
	return 0;
}

/* What check_marks() found nothing against. 0. */
static int __init set_marks(bootmem_data_t *bdata, unsigned long start, unsigned long end,
			    int reserve, int flags)
{
	unsigned long first = start - bdata->node_min_pfn, last = end - bdata->node_min_pfn;
	unsigned long packed = PFN_DOWN(bdata->last_end_off);

	bdebug_as("mark_bootmem_node", "nid=%d start=%lx end=%lx reserve=%d flags=%x\n",
		  bootmem_nid(bdata), start, end, reserve, flags);
	mark_bits(bdata->node_bootmem_map, first, last, reserve);
	if (reserve)
		return 0;
	bdata->hint_idx = min(bdata->hint_idx, first);
	/* Nobody may add to a page that is gone. */
	if (first <= packed && packed < last)
		bdata->last_end_off = 0;
	return 0;
}

int __init mark_bootmem_node(bootmem_data_t *bdata, unsigned long start, unsigned long end,
			     int reserve, int flags)
{
	return check_marks(bdata, start, end, reserve, flags)
		       ?: set_marks(bdata, start, end, reserve, flags);
}

/* ---- Ranges wherever they are ------------------------------------------------------ */

/*
 * The node in whose bitmap page @pfn counts, NULL for none, and where that may change.
 * Nodes may lie in each other's holes: memblock knows whose the memory is.
 */
static bootmem_data_t *__init owner(unsigned long pfn, unsigned long *stop)
{
	const struct memblock_type *type = &memblock.memory;
	unsigned long i = memblock_first_above(type, PFN_PHYS(pfn));
	const struct memblock_region *r = i < type->cnt ? &type->regions[i] : NULL;
	bootmem_data_t *bdata;

	if (r && r->base <= PFN_PHYS(pfn) && r->nid >= 0 && r->nid < MAX_NUMNODES &&
	    bootmem_node_data[r->nid].node_bootmem_map) {
		*stop = max(memblock_region_memory_end_pfn(r), pfn + 1);
		return &bootmem_node_data[r->nid];
	}
	*stop = r && r->base > PFN_PHYS(pfn) ? PFN_UP(r->base) : pfn + 1;
	list_for_each_entry (bdata, &bdata_list, list)
		if (bdata->node_min_pfn <= pfn && pfn < bdata->node_low_pfn) {
			*stop = min(*stop, bdata->node_low_pfn);
			return bdata;
		}
	return NULL;
}

typedef int (*mark_fn)(bootmem_data_t *bdata, unsigned long start, unsigned long end, int reserve,
		       int flags);

static int __init mark_pieces(mark_fn mark, unsigned long start, unsigned long end, int reserve,
			      int flags)
{
	int err = 0;

	while (start < end && !err) {
		unsigned long stop;
		bootmem_data_t *bdata = owner(start, &stop);

		if (!bdata)
			return refuse(NULL, reserve ? "reserve" : "free", start, end,
				      "not in any bitmap");
		stop = min(stop, end);
		err = mark(bdata, start, stop, reserve, flags);
		start = stop;
	}
	return err;
}

static int __init mark_bootmem(unsigned long start, unsigned long end, int reserve, int flags)
{
	return mark_pieces(check_marks, start, end, reserve, flags)
		       ?: mark_pieces(set_marks, start, end, reserve, flags);
}

int __init reserve_bootmem_node(pg_data_t *pgdat, unsigned long physaddr, unsigned long size,
				int flags)
{
	if (!bootmem_is_open(__func__))
		return -EINVAL;
	return mark_bootmem_node(pgdat->bdata, PFN_DOWN(physaddr), PFN_UP(physaddr + size), 1,
				 flags);
}

int __init reserve_bootmem(unsigned long addr, unsigned long size, int flags)
{
	if (!bootmem_is_open(__func__))
		return -EINVAL;
	return mark_bootmem(PFN_DOWN(addr), PFN_UP(addr + size), 1, flags);
}

void __init free_bootmem_node(pg_data_t *pgdat, unsigned long physaddr, unsigned long size)
{
	unsigned long start = PFN_UP(physaddr), end = PFN_DOWN(physaddr + size);

	if (bootmem_is_open(__func__) && start < end)
		mark_bootmem_node(pgdat->bdata, start, end, 0, BOOTMEM_DEFAULT);
}

void __init free_bootmem(unsigned long physaddr, unsigned long size)
{
	if (bootmem_is_open(__func__))
		mark_bootmem(PFN_UP(physaddr), PFN_DOWN(physaddr + size), 0, BOOTMEM_DEFAULT);
}

/* ---- Checking ------------------------------------------------------------------------- */

static int __init node_fault(const bootmem_data_t *bdata, const char *what, unsigned long value)
{
	pr_err("bootmem: node %d pages %#lx-%#lx: %s (%#lx)\n", bootmem_nid(bdata),
	       bdata->node_min_pfn, bdata->node_low_pfn, what, value);
	return 1;
}

static int __init verify_node(const bootmem_data_t *bdata)
{
	unsigned long pages = bdata->node_low_pfn - bdata->node_min_pfn;
	unsigned long packed = PFN_DOWN(bdata->last_end_off);
	int faults = 0;

	if (!bdata->node_bootmem_map || bdata->node_min_pfn >= bdata->node_low_pfn)
		return node_fault(bdata, "no bitmap", 0);
	if (bdata->hint_idx > pages)
		faults += node_fault(bdata, "hint_idx past the end", bdata->hint_idx);
	if (bdata->last_end_off > PFN_PHYS(pages))
		faults += node_fault(bdata, "last_end_off past the end", bdata->last_end_off);
	else if (offset_in_page(bdata->last_end_off) && !test_bit(packed, bdata->node_bootmem_map))
		faults += node_fault(bdata, "last_end_off in a free page", bdata->last_end_off);
	for (unsigned long pfn = bootmem_map_pfn(bdata); pfn < bootmem_map_end(bdata); pfn++) {
		unsigned long stop;
		const bootmem_data_t *on = owner(pfn, &stop);

		if (on && !test_bit(pfn - on->node_min_pfn, on->node_bootmem_map))
			faults += node_fault(bdata, "page of its bitmap is free", pfn);
	}
	return faults;
}

int __init bootmem_verify(void)
{
	const bootmem_data_t *bdata;
	unsigned long last = 0;
	int faults = 0;

	list_for_each_entry (bdata, &bdata_list, list) {
		if (bdata->node_min_pfn < last)
			faults += node_fault(bdata, "list not sorted, before it is page", last);
		last = bdata->node_min_pfn;
		faults += verify_node(bdata);
	}
	return faults;
}
