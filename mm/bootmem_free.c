// SPDX-License-Identifier: MIT
/*
 * From bootmem's bitmaps to the page allocator: a word of free pages as one block.
 * Contract: linux/bootmem.h.
 *
 *   bits     1 1 1 0 0 | 0 0 0 ... 0 0 0 | 0 0 1 0 0 ...
 *   freed as       0 0 |     order 6     | 0 0   0 0       orders, page by page
 *
 * Words are those of aligned pages, wherever the bitmap starts.
 */
#include <linux/bootmem.h>

#include <linux/bitmap.h>
#include <linux/kernel.h>
#include <linux/mm.h>

#include "internal.h"

static_assert(BITS_PER_LONG <= MAX_ORDER_NR_PAGES);

/*
 * A set bit for each free page of [pfn, stop), which lie in one aligned word; bit 0 is
 * page @pfn. The bits may stand in two words of the bitmap.
 */
static unsigned long __init free_bits(const bootmem_data_t *bdata, unsigned long pfn,
				      unsigned long stop)
{
	const unsigned long *map = bdata->node_bootmem_map;
	unsigned long idx = pfn - bdata->node_min_pfn, last = stop - bdata->node_min_pfn - 1;
	unsigned int shift = idx % BITS_PER_LONG;
	unsigned long bits = ~map[BIT_WORD(idx)] >> shift;

	if (BIT_WORD(last) != BIT_WORD(idx))
		bits |= ~map[BIT_WORD(last)] << (BITS_PER_LONG - shift);
	return bits & GENMASK(stop - pfn - 1, 0);
}

static void __init release_one(unsigned long pfn)
{
	release_boot_pages(page_zone(pfn_to_page(pfn)), pfn, pfn + 1);
}

/* Zones only meet at the edges of words, unless mirrored memory parts them. */
static bool __init word_in_one_zone(unsigned long pfn, unsigned long stop)
{
	return !movable_is_unmirrored &&
	       page_zone(pfn_to_page(pfn)) == page_zone(pfn_to_page(stop - 1));
}

/* Gives the free ones of pages [pfn, stop), all in one aligned word; returns how many. */
static unsigned long __init release_word(const bootmem_data_t *bdata, unsigned long pfn,
					 unsigned long stop)
{
	unsigned long bits = free_bits(bdata, pfn, stop), count = 0;

	if (bits == ~0UL && word_in_one_zone(pfn, stop)) {
		release_boot_pages(page_zone(pfn_to_page(pfn)), pfn, stop);
		return BITS_PER_LONG;
	}
	for (; bits; bits &= bits - 1, count++)
		release_one(pfn + __ffs(bits));
	return count;
}

/* Those of [start, end), all free, that have page structs. */
static unsigned long __init release_bootmap(unsigned long start, unsigned long end)
{
	unsigned long count = 0;

	for (; start < end; start++)
		if (section_made(pfn_to_section_nr(start))) {
			release_one(start);
			count++;
		}
	return count;
}

/* The free pages that the node's made sections have, but for its bitmap. */
static unsigned long __init release_words(const bootmem_data_t *bdata)
{
	unsigned long pfn = bdata->node_min_pfn, low = bdata->node_low_pfn, count = 0;

	while (pfn < low) {
		unsigned long nr = pfn_to_section_nr(pfn);
		unsigned long stop = round_down(pfn, BITS_PER_LONG) + BITS_PER_LONG;

		if (!section_made(nr)) {
			nr = next_made_section(nr);
			pfn = nr == ULONG_MAX ? low : section_nr_to_pfn(nr);
			continue;
		}
		stop = min(stop, low);
		count += release_word(bdata, pfn, stop);
		pfn = stop;
	}
	return count;
}

/* Pages of the node that wait in its zones' extents. */
static unsigned long __init waiting_pages(int nid)
{
	unsigned long pages = 0;

	for (int i = 0; i < MAX_NR_ZONES; i++)
		pages += NODE_DATA(nid)->node_zones[i].nr_extent_pages;
	return pages;
}

static unsigned long __init free_all_bootmem_core(bootmem_data_t *bdata)
{
	unsigned long start, end, count;

	if (!bdata->node_bootmem_map)
		return 0;
	prepare_handover();
	bdebug("nid=%d start=%lx end=%lx\n", bootmem_nid(bdata), bdata->node_min_pfn,
	       bdata->node_low_pfn);
	start = bootmem_map_pfn(bdata);
	end = bootmem_map_end(bdata);
	count = waiting_pages(bootmem_nid(bdata)) + release_words(bdata);
	count += release_bootmap(start, end);
	bdata->node_bootmem_map = NULL;
	list_del(&bdata->list);
	bdebug("nid=%d released=%lx\n", bootmem_nid(bdata), count);
	return count;
}

unsigned long __init free_all_bootmem_node(pg_data_t *pgdat)
{
	return free_all_bootmem_core(pgdat->bdata);
}

unsigned long __init free_all_bootmem(void)
{
	bootmem_data_t *bdata, *next;
	unsigned long count = 0;

	list_for_each_entry_safe (bdata, next, &bdata_list, list)
		count += free_all_bootmem_core(bdata);
	return count;
}

void __init free_bootmem_late(unsigned long physaddr, unsigned long size)
{
	release_reserved_pages(PFN_UP(physaddr), PFN_DOWN(physaddr + size));
}
