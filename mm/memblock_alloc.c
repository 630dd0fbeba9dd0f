// SPDX-License-Identifier: MIT
/*
 * Allocating from memblock: the first fit from the top (or the bottom), and the
 * order in which a caller's wishes are given up where there is none.
 */
#include <linux/memblock.h>
#include <linux/log2.h>
#include <linux/string.h>
#include <asm/page.h>
#include "internal.h"

/*
 *   free     |-------------------|
 *   start..end    <---------->
 *   fit           |..|######|.|      cand = (end - size) rounded down
 */
static phys_addr_t find_top_down(phys_addr_t start, phys_addr_t end, phys_addr_t size,
				 phys_addr_t align, int nid, enum memblock_flags flags)
{
	phys_addr_t low, high, cand;
	u64 i;

	for_each_free_mem_range_reverse (i, nid, flags, &low, &high, NULL) {
		low = clamp(low, start, end);
		high = clamp(high, start, end);
		if (high == start)
			break;
		if (high < size)
			continue;
		cand = round_down(high - size, align);
		if (cand >= low)
			return cand;
	}
	return 0;
}

static phys_addr_t find_bottom_up(phys_addr_t start, phys_addr_t end, phys_addr_t size,
				  phys_addr_t align, int nid, enum memblock_flags flags)
{
	phys_addr_t low, high, cand;
	u64 i;

	for_each_free_mem_range (i, nid, flags, &low, &high, NULL) {
		low = clamp(low, start, end);
		high = clamp(high, start, end);
		if (low == end)
			break;
		/* At the very top rounding up may wrap to 0, which means "none", too. */
		cand = round_up(low, align);
		if (cand < high && high - cand >= size)
			return cand;
	}
	return 0;
}

static phys_addr_t find_in_range_node(phys_addr_t size, phys_addr_t align, phys_addr_t start,
				      phys_addr_t end, int nid, enum memblock_flags flags)
{
	if (end == MEMBLOCK_ALLOC_ACCESSIBLE || end == MEMBLOCK_ALLOC_NOLEAKTRACE)
		end = memblock.current_limit;
	start = max(start, (phys_addr_t)PAGE_SIZE);
	end = max(start, end);
	if (memblock_bottom_up())
		return find_bottom_up(start, end, size, align, nid, flags);
	return find_top_down(start, end, size, align, nid, flags);
}

static enum memblock_flags first_choice(void)
{
	return memblock_has_mirror() ? MEMBLOCK_MIRROR : MEMBLOCK_NONE;
}

/* Gives up the wish for mirrored memory, if @flags holds it. */
static bool do_without_mirror(enum memblock_flags *flags, phys_addr_t size)
{
	if (!(*flags & MEMBLOCK_MIRROR))
		return false;
	pr_warn("Could not allocate %pap bytes of mirrored memory\n", &size);
	*flags &= ~MEMBLOCK_MIRROR;
	return true;
}

static bool align_ok(phys_addr_t *align)
{
	if (!*align)
		*align = SMP_CACHE_BYTES;
	if (is_power_of_2(*align))
		return true;
	pr_err("memblock: alignment %pa is not a power of two, nothing allocated\n", align);
	return false;
}

phys_addr_t memblock_find_in_range(phys_addr_t start, phys_addr_t end, phys_addr_t size,
				   phys_addr_t align)
{
	enum memblock_flags flags = first_choice();
	phys_addr_t found;

	if (!memblock_is_open(__func__, size) || !align_ok(&align))
		return 0;
	do {
		found = find_in_range_node(size, align, start, end, NUMA_NO_NODE, flags);
	} while (!found && do_without_mirror(&flags, size));
	return found;
}

phys_addr_t memblock_alloc_range_nid(phys_addr_t size, phys_addr_t align, phys_addr_t start,
				     phys_addr_t end, int nid, bool exact_nid)
{
	enum memblock_flags flags = first_choice();
	phys_addr_t found;

	if (!memblock_is_open(__func__, size) || !align_ok(&align))
		return 0;
	do {
		found = find_in_range_node(size, align, start, end, nid, flags);
		if (found && !memblock_reserve(found, size))
			return found;
		if (nid == NUMA_NO_NODE || exact_nid)
			continue;
		found = find_in_range_node(size, align, start, end, NUMA_NO_NODE, flags);
		if (found && !memblock_reserve(found, size))
			return found;
	} while (do_without_mirror(&flags, size));
	return 0;
}

phys_addr_t memblock_phys_alloc_range(phys_addr_t size, phys_addr_t align, phys_addr_t start,
				      phys_addr_t end)
{
	memblock_dbg("%s: %llu bytes align=0x%llx from=%pa max_addr=%pa %pS\n", __func__, size,
		     align, &start, &end, (void *)_RET_IP_);
	return memblock_alloc_range_nid(size, align, start, end, NUMA_NO_NODE, false);
}

phys_addr_t memblock_phys_alloc_try_nid(phys_addr_t size, phys_addr_t align, int nid)
{
	return memblock_alloc_range_nid(size, align, 0, MEMBLOCK_ALLOC_ACCESSIBLE, nid, false);
}

/* The allocation as an address of the direct map; gives up @min_addr before it fails. */
static void *alloc_virt(phys_addr_t size, phys_addr_t align, phys_addr_t min_addr,
			phys_addr_t max_addr, int nid, bool exact_nid)
{
	phys_addr_t found;

	max_addr = min(max_addr, memblock.current_limit);
	found = memblock_alloc_range_nid(size, align, min_addr, max_addr, nid, exact_nid);
	if (!found && min_addr)
		found = memblock_alloc_range_nid(size, align, 0, max_addr, nid, exact_nid);
	return found ? phys_to_virt(found) : NULL;
}

#define log_request(size, align, min_addr, max_addr, nid)                                        \
	memblock_dbg("%s: %llu bytes align=0x%llx nid=%d from=%pa max_addr=%pa %pS\n", __func__, \
		     size, align, nid, &min_addr, &max_addr, (void *)_RET_IP_)

void *memblock_alloc_exact_nid_raw(phys_addr_t size, phys_addr_t align, phys_addr_t min_addr,
				   phys_addr_t max_addr, int nid)
{
	log_request(size, align, min_addr, max_addr, nid);
	return alloc_virt(size, align, min_addr, max_addr, nid, true);
}

void *memblock_alloc_try_nid_raw(phys_addr_t size, phys_addr_t align, phys_addr_t min_addr,
				 phys_addr_t max_addr, int nid)
{
	log_request(size, align, min_addr, max_addr, nid);
	return alloc_virt(size, align, min_addr, max_addr, nid, false);
}

void *memblock_alloc_try_nid(phys_addr_t size, phys_addr_t align, phys_addr_t min_addr,
			     phys_addr_t max_addr, int nid)
{
	void *ptr;

	log_request(size, align, min_addr, max_addr, nid);
	ptr = alloc_virt(size, align, min_addr, max_addr, nid, false);
	if (ptr)
		memset(ptr, 0, size);
	return ptr;
}
