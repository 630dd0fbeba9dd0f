/* SPDX-License-Identifier: MIT */
/*
 * A machine of three small zones, brought up once. What an input does to the page
 * allocator is taken back by copying: zones, page structs and pageblock types.
 */
#ifndef _TEST_FUZZ_FUZZ_ZONES_H
#define _TEST_FUZZ_FUZZ_ZONES_H

#include "fuzz.h"

#include "../unit/zones_machine.h"

/* ZONE_DMA has 16 MB, ZONE_DMA32 4 MB, ZONE_NORMAL 8 MB. */
static const struct ram zones_ram[] = {
	{0x1000, 0xa0000, 0}, {SZ_1M, SZ_16M + SZ_4M, 0}, {SZ_4G, SZ_4G + SZ_8M, 0}, {0, 0, 0}};

static struct {
	pg_data_t pgdat;
	struct page *pages[ARRAY_SIZE(zones_ram)]; /* copies, by range */
	u8 types[ARRAY_SIZE(zones_ram)][64];	   /* of pageblocks */
} zones_saved;

static inline unsigned long zones_start_pfn(int range)
{
	return ALIGN_DOWN(PHYS_PFN(zones_ram[range].start), pageblock_nr_pages);
}

static inline size_t zones_pages_size(int range)
{
	return (PHYS_PFN(zones_ram[range].end) - PHYS_PFN(zones_ram[range].start)) *
	       sizeof(struct page);
}

static inline unsigned long zones_nr_blocks(int range)
{
	return (PHYS_PFN(zones_ram[range].end) - zones_start_pfn(range)) >> pageblock_order;
}

/* What a fuzzer takes before the page allocator has the rest. */
#ifndef ZONES_EARLY
#define ZONES_EARLY() ((void)0)
#endif

static inline void zones_make(void)
{
	machine_ram(zones_ram);
	machine_zones();
	ZONES_EARLY();
	mem_init();
	memmap_make_all();
	drain_all_pages(NULL);
	memcpy(&zones_saved.pgdat, NODE_DATA(0), sizeof(pg_data_t));
	for (int i = 0; zones_ram[i].end; i++) {
		size_t size = zones_pages_size(i);

		zones_saved.pages[i] = malloc(size);
		memcpy(zones_saved.pages[i], pfn_to_page(PHYS_PFN(zones_ram[i].start)), size);
		fuzz_check(zones_nr_blocks(i) <= ARRAY_SIZE(zones_saved.types[i]));
		for (unsigned long b = 0; b < zones_nr_blocks(i); b++)
			zones_saved.types[i][b] = (u8)get_pfnblock_migratetype(
				zones_start_pfn(i) + (b << pageblock_order));
	}
}

/* The machine as it came up: made at the first call. */
static inline void zones_restore(void)
{
	host_set_cpu(0);
	host_srandom(1);
	memset(&page_alloc_stats, 0, sizeof(page_alloc_stats));
	if (!zones_saved.pages[0]) {
		zones_make();
		return;
	}
	/* The lists of CPUs are not copied: they were empty, too. */
	drain_all_pages(NULL);
	memcpy(NODE_DATA(0), &zones_saved.pgdat, sizeof(pg_data_t));
	for (int i = 0; zones_ram[i].end; i++) {
		memcpy(pfn_to_page(PHYS_PFN(zones_ram[i].start)), zones_saved.pages[i],
		       zones_pages_size(i));
		for (unsigned long b = 0; b < zones_nr_blocks(i); b++)
			set_pfnblock_migratetype(zones_start_pfn(i) + (b << pageblock_order),
						 zones_saved.types[i][b]);
		section_clear_skip(pfn_to_section_nr(zones_start_pfn(i)));
	}
}

#endif /* _TEST_FUZZ_FUZZ_ZONES_H */
