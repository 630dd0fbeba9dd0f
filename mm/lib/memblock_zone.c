// SPDX-License-Identifier: MIT
/*
 * What set-up code asks of memblock's tables in pages: free ranges of a zone, holes, and
 * where nodes meet. Contracts: linux/memblock.h, linux/mm.h.
 */
#include <linux/memblock.h>

#include <linux/bitops.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/pfn.h>

void __init __next_mem_pfn_range_in_zone(u64 *idx, struct zone *zone, unsigned long *out_spfn,
					 unsigned long *out_epfn)
{
	phys_addr_t from, to;
	unsigned long start, end;

	for (;;) {
		__next_mem_range(idx, zone_to_nid(zone), MEMBLOCK_NONE, &memblock.memory,
				 &memblock.reserved, &from, &to, NULL);
		if (*idx == (u64)ULLONG_MAX)
			break;
		start = max((unsigned long)PFN_UP(from), zone->zone_start_pfn);
		end = min((unsigned long)PFN_DOWN(to), zone_end_pfn(zone));
		if (start >= end)
			continue;
		if (out_spfn)
			*out_spfn = start;
		if (out_epfn)
			*out_epfn = end;
		return;
	}
	if (out_spfn)
		*out_spfn = ULONG_MAX;
	if (out_epfn)
		*out_epfn = 0;
}

unsigned long __init absent_pages_in_range(unsigned long start_pfn, unsigned long end_pfn)
{
	unsigned long absent = end_pfn - start_pfn, start, end;
	int i;

	for_each_mem_pfn_range (i, MAX_NUMNODES, &start, &end, NULL) {
		start = clamp(start, start_pfn, end_pfn);
		end = clamp(end, start_pfn, end_pfn);
		absent -= end - start;
	}
	return absent;
}

/*
 * Where a node ends at pfn 0x1800 and the next begins at 0x2000, blocks of 0x2000 pages
 * hold one of them; of 0x4000, both.
 */
unsigned long __init node_map_pfn_alignment(void)
{
	unsigned long least = 0, last_end = 0, start, end;
	int i, nid, last_nid = NUMA_NO_NODE;

	for_each_mem_pfn_range (i, MAX_NUMNODES, &start, &end, &nid) {
		if (last_end && nid != last_nid) {
			unsigned long align = 1UL << __ffs(start);

			while (ALIGN_DOWN(start, align << 1) >= last_end)
				align <<= 1;
			least = least ? min(least, align) : align;
		}
		last_nid = nid;
		last_end = end;
	}
	return least;
}
