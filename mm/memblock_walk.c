// SPDX-License-Identifier: MIT
/*
 * Walks over memblock's tables: ranges of one table that are not in another, up
 * and down, and memory as pages.
 *
 * The walk goes through both tables together. Table b is seen as the cnt + 1
 * gaps between its regions, and *idx holds the next region of a in its lower
 * 32 bits, the next gap of b in its upper ones:
 *
 *   a       |====== 0 ======|   |====== 1 ======|
 *   b            |# 0 #|    |## 1 ##|
 *   gaps   - 0 --|     |- 1 |       |---- 2 -----
 *   found   |----|     |----|       |-----------|
 */
#include <linux/memblock.h>
#include <linux/memory_hotplug.h>
#include "internal.h"

static u64 walk_state(u32 region, u32 gap)
{
	return (u64)gap << 32 | region;
}

static phys_addr_t gap_start(const struct memblock_type *type, u32 gap)
{
	return gap ? memblock_region_end(&type->regions[gap - 1]) : 0;
}

static phys_addr_t gap_end(const struct memblock_type *type, u32 gap)
{
	return gap < type->cnt ? type->regions[gap].base : PHYS_ADDR_MAX;
}

/* Does a caller who asks for @nid and permits @flags want this region? */
static bool region_wanted(const struct memblock_type *type, const struct memblock_region *rgn,
			  int nid, enum memblock_flags flags)
{
	if (type != &memblock.memory)
		return true;
	if (nid != NUMA_NO_NODE && nid != MAX_NUMNODES && nid != rgn->nid)
		return false;
	if (movable_node_is_enabled() && memblock_is_hotpluggable(rgn) &&
	    !(flags & MEMBLOCK_HOTPLUG))
		return false;
	if ((flags & MEMBLOCK_MIRROR) && !memblock_is_mirror(rgn))
		return false;
	if (!(flags & MEMBLOCK_NOMAP) && memblock_is_nomap(rgn))
		return false;
	return (flags & MEMBLOCK_DRIVER_MANAGED) || !memblock_is_driver_managed(rgn);
}

static void hand_out(phys_addr_t start, phys_addr_t end, int nid, phys_addr_t *out_start,
		     phys_addr_t *out_end, int *out_nid)
{
	if (out_start)
		*out_start = start;
	if (out_end)
		*out_end = end;
	if (out_nid)
		*out_nid = nid;
}

void __next_mem_range(u64 *idx, int nid, enum memblock_flags flags, struct memblock_type *type_a,
		      struct memblock_type *type_b, phys_addr_t *out_start, phys_addr_t *out_end,
		      int *out_nid)
{
	u32 region = lower_32_bits(*idx), gap = upper_32_bits(*idx);

	for (; region < type_a->cnt; region++) {
		const struct memblock_region *rgn = &type_a->regions[region];
		phys_addr_t rgn_end = memblock_region_end(rgn);

		if (!rgn->size || !region_wanted(type_a, rgn, nid, flags))
			continue;
		if (!type_b) {
			hand_out(rgn->base, rgn_end, rgn->nid, out_start, out_end, out_nid);
			*idx = walk_state(region + 1, 0);
			return;
		}
		/* A gap that reaches past this region is the first to try for the next. */
		for (; gap <= type_b->cnt && gap_start(type_b, gap) < rgn_end; gap++) {
			phys_addr_t start = max(rgn->base, gap_start(type_b, gap));
			phys_addr_t end = min(rgn_end, gap_end(type_b, gap));
			bool more = gap_end(type_b, gap) < rgn_end;

			if (start < end) {
				hand_out(start, end, rgn->nid, out_start, out_end, out_nid);
				*idx = more ? walk_state(region, gap + 1)
					    : walk_state(region + 1, gap);
				return;
			}
			if (!more)
				break;
		}
	}
	*idx = ULLONG_MAX;
}

/*
 * The same from the top. Walk states count what is left: regions of a still to
 * come, and gaps of b. ULLONG_MAX, the start, is more than there are of either;
 * regions - 1 is stored, so that 2^32 - 1 of them means none.
 */
void __next_mem_range_rev(u64 *idx, int nid, enum memblock_flags flags,
			  struct memblock_type *type_a, struct memblock_type *type_b,
			  phys_addr_t *out_start, phys_addr_t *out_end, int *out_nid)
{
	bool fresh = *idx == ULLONG_MAX;
	u32 left = fresh ? (u32)type_a->cnt : lower_32_bits(*idx) + 1;
	u32 gap = !type_b ? 0 : fresh ? (u32)type_b->cnt : upper_32_bits(*idx);

	for (; left; left--) {
		const struct memblock_region *rgn = &type_a->regions[left - 1];
		phys_addr_t rgn_end = memblock_region_end(rgn);

		if (!rgn->size || !region_wanted(type_a, rgn, nid, flags))
			continue;
		if (!type_b) {
			hand_out(rgn->base, rgn_end, rgn->nid, out_start, out_end, out_nid);
			*idx = walk_state(left - 2, 0);
			return;
		}
		/* Gap 0 starts at 0, where every region has ended. */
		for (; gap_end(type_b, gap) > rgn->base; gap--) {
			phys_addr_t start = max(rgn->base, gap_start(type_b, gap));
			phys_addr_t end = min(rgn_end, gap_end(type_b, gap));
			bool more = gap_start(type_b, gap) > rgn->base;

			if (start < end) {
				hand_out(start, end, rgn->nid, out_start, out_end, out_nid);
				*idx = more ? walk_state(left - 1, gap - 1)
					    : walk_state(left - 2, gap);
				return;
			}
			if (!more)
				break;
		}
	}
	*idx = ULLONG_MAX;
}

/* PFN_UP() for any address: a region may begin in the last page of all. */
static unsigned long pfn_at_or_above(phys_addr_t addr)
{
	return PHYS_PFN(addr) + ((addr & (PAGE_SIZE - 1)) != 0);
}

void __next_mem_pfn_range(int *idx, int nid, unsigned long *out_start_pfn,
			  unsigned long *out_end_pfn, int *out_nid)
{
	while (++*idx < (int)memblock.memory.cnt) {
		const struct memblock_region *rgn = &memblock.memory.regions[*idx];
		unsigned long start = pfn_at_or_above(rgn->base);
		unsigned long end = PFN_DOWN(memblock_region_end(rgn));

		if (start >= end)
			continue;
		if (nid != MAX_NUMNODES && nid != NUMA_NO_NODE && nid != rgn->nid)
			continue;
		if (out_start_pfn)
			*out_start_pfn = start;
		if (out_end_pfn)
			*out_end_pfn = end;
		if (out_nid)
			*out_nid = rgn->nid;
		return;
	}
	*idx = -1;
}
