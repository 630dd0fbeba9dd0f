// SPDX-License-Identifier: MIT
/*
 * Region tables: sorted arrays of ranges that do not overlap, and the three
 * things done to them: add a range, split at a range's edges, take regions out.
 *
 * Places are found by binary search, and regions are merged only around the
 * place that changed: a range added at the end costs O(log n), one in the
 * middle what it takes to move the regions above it.
 */
#include <linux/memblock.h>
#include <linux/errno.h>
#include <linux/string.h>
#include "internal.h"

unsigned long memblock_first_above(const struct memblock_type *type, phys_addr_t addr)
{
	unsigned long low = 0, high = type->cnt;

	/* Boots add memory in the order of addresses. */
	if (high && memblock_region_end(&type->regions[high - 1]) <= addr)
		return high;
	while (low < high) {
		unsigned long mid = low + (high - low) / 2;

		if (memblock_region_end(&type->regions[mid]) > addr)
			high = mid;
		else
			low = mid + 1;
	}
	return low;
}

long memblock_search(const struct memblock_type *type, phys_addr_t addr)
{
	unsigned long i = memblock_first_above(type, addr);

	return i < type->cnt && type->regions[i].base <= addr ? (long)i : -1;
}

bool memblock_overlaps_region(struct memblock_type *type, phys_addr_t base, phys_addr_t size)
{
	phys_addr_t end = base + memblock_cap_size(base, &size);
	unsigned long i = memblock_first_above(type, base);

	return i < type->cnt && type->regions[i].base < end;
}

void memblock_make_empty(struct memblock_type *type)
{
	type->cnt = 1;
	type->total_size = 0;
	type->regions[0] = (struct memblock_region){.nid = MAX_NUMNODES};
}

/* The caller has seen to it that there is room, and that order is kept. */
static void insert_region(struct memblock_type *type, unsigned long i, phys_addr_t base,
			  phys_addr_t size, int nid, enum memblock_flags flags)
{
	struct memblock_region *rgn = &type->regions[i];

	memmove(rgn + 1, rgn, (type->cnt - i) * sizeof(*rgn));
	*rgn = (struct memblock_region){.base = base, .size = size, .flags = flags, .nid = nid};
	type->cnt++;
	type->total_size += size;
}

void memblock_merge_regions(struct memblock_type *type, unsigned long start, unsigned long end)
{
	struct memblock_region *rgns = type->regions;
	unsigned long last = min(end, type->cnt - 1), kept = start, i;

	if (start >= last)
		return;
	for (i = start + 1; i <= last; i++) {
		if (memblock_regions_mergeable(&rgns[kept], &rgns[i]))
			rgns[kept].size += rgns[i].size;
		else
			rgns[++kept] = rgns[i];
	}
	memmove(&rgns[kept + 1], &rgns[last + 1], (type->cnt - last - 1) * sizeof(*rgns));
	type->cnt -= last - kept;
}

void memblock_remove_regions(struct memblock_type *type, unsigned long start, unsigned long end)
{
	struct memblock_region *rgns = type->regions;
	unsigned long i;

	if (end - start == type->cnt) {
		memblock_make_empty(type);
		return;
	}
	for (i = start; i < end; i++)
		type->total_size -= rgns[i].size;
	memmove(&rgns[start], &rgns[end], (type->cnt - end) * sizeof(*rgns));
	type->cnt -= end - start;
}

static int table_full(const struct memblock_type *type, const char *doing, phys_addr_t base,
		      phys_addr_t size)
{
	phys_addr_t last = base + size - 1;

	pr_err("memblock: %s table full (%lu) %s [mem %pa-%pa], raise INIT_MEMBLOCK_REGIONS\n",
	       type->name, type->max, doing, &base, &last);
	return -ENOMEM;
}

/*
 * How many regions it takes to fill what [base, end) has of holes:
 *
 *   regions        |=====|        |====|
 *   range      |------------------------------|     3
 */
static unsigned long count_holes(const struct memblock_type *type, phys_addr_t base,
				 phys_addr_t end)
{
	unsigned long i, holes = 0;

	for (i = memblock_first_above(type, base); i < type->cnt; i++) {
		const struct memblock_region *rgn = &type->regions[i];

		if (rgn->base >= end)
			break;
		if (base < rgn->base)
			holes++;
		base = memblock_region_end(rgn);
	}
	return base < end ? holes + 1 : holes;
}

/* Says so where a part that is there already is not what the caller thinks. */
static void check_old_part(const struct memblock_type *type, const struct memblock_region *rgn,
			   int nid, enum memblock_flags flags)
{
	phys_addr_t last = memblock_region_end(rgn) - 1;

	if (rgn->flags == flags && (nid == rgn->nid || nid == MAX_NUMNODES))
		return;
	pr_warn("memblock: %s [mem %pa-%pa] stays on node %d with flags 0x%x, not node %d, 0x%x\n",
		type->name, &rgn->base, &last, rgn->nid, rgn->flags, nid, flags);
}

/* Fills the holes of [base, end), for which there is room, and merges around them. */
static void fill_holes(struct memblock_type *type, phys_addr_t base, phys_addr_t end, int nid,
		       enum memblock_flags flags)
{
	unsigned long first = memblock_first_above(type, base), i;

	for (i = first; i < type->cnt && type->regions[i].base < end; i++) {
		phys_addr_t hole_end = type->regions[i].base;

		if (base < hole_end)
			insert_region(type, i++, base, hole_end - base, nid, flags);
		check_old_part(type, &type->regions[i], nid, flags);
		base = memblock_region_end(&type->regions[i]);
	}
	if (base < end)
		insert_region(type, i++, base, end - base, nid, flags);
	memblock_merge_regions(type, first ? first - 1 : 0, i);
}

int memblock_add_range(struct memblock_type *type, phys_addr_t base, phys_addr_t size, int nid,
		       enum memblock_flags flags)
{
	phys_addr_t end = base + memblock_cap_size(base, &size);

	if (!size)
		return 0;
	if (memblock_type_empty(type)) {
		type->regions[0] = (struct memblock_region){
			.base = base, .size = size, .flags = flags, .nid = nid};
		type->cnt = 1;
		type->total_size = size;
		return 0;
	}
	/* A new array is a reserved range itself, so count again. */
	while (type->cnt + count_holes(type, base, end) > type->max)
		if (memblock_double_array(type, base, size))
			return table_full(type, "adding", base, size);
	fill_holes(type, base, end, nid, flags);
	return 0;
}

/* Does a region go on across @addr? */
static bool cuts_region(const struct memblock_type *type, phys_addr_t addr)
{
	long i = memblock_search(type, addr);

	return i >= 0 && type->regions[i].base < addr;
}

static void split_at(struct memblock_type *type, phys_addr_t addr)
{
	long i = memblock_search(type, addr);
	struct memblock_region *rgn;
	phys_addr_t above;

	if (i < 0 || type->regions[i].base == addr)
		return;
	rgn = &type->regions[i];
	above = memblock_region_end(rgn) - addr;
	rgn->size -= above;
	type->total_size -= above;
	insert_region(type, (unsigned long)i + 1, addr, above, rgn->nid, rgn->flags);
}

/*
 *   before   |=================|     |=========|
 *   range             |------------------|
 *   after    |=======||========|     |===||====|
 *                     ^ *start            ^ *end
 */
int memblock_isolate_range(struct memblock_type *type, phys_addr_t base, phys_addr_t size,
			   unsigned long *start, unsigned long *end)
{
	phys_addr_t range_end = base + memblock_cap_size(base, &size);

	*start = *end = 0;
	if (!size)
		return 0;
	/* As Linux does: have room for the worst case, needed now or not, if it can be had. */
	while (type->cnt + 2 > type->max && !memblock_double_array(type, base, size))
		;
	if (type->cnt + cuts_region(type, base) + cuts_region(type, range_end) > type->max)
		return table_full(type, "splitting", base, size);
	split_at(type, base);
	split_at(type, range_end);
	*start = memblock_first_above(type, base);
	*end = memblock_first_above(type, range_end);
	return 0;
}

int memblock_remove_range(struct memblock_type *type, phys_addr_t base, phys_addr_t size)
{
	unsigned long start, end;
	int ret = memblock_isolate_range(type, base, size, &start, &end);

	if (!ret && start < end)
		memblock_remove_regions(type, start, end);
	return ret;
}
