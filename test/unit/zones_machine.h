/* SPDX-License-Identifier: MIT */
/*
 * Machines for the tests of nodes, zones and pages: RAM by ranges, straight into
 * memblock, and from there to the page allocator as bring-up does it.
 */
#ifndef _TEST_ZONES_MACHINE_H
#define _TEST_ZONES_MACHINE_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <host/machine.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/sizes.h>
#include <linux/topology.h>
#include <baremm/arch.h>
#include <baremm/numa.h>

#include "../../mm/internal.h"
#include "../../mm/page_alloc.h"
#include "../../mm/pcp.h"

/* RAM, or with @nid a node's share of the address space. */
struct ram {
	u64 start;
	u64 end;
	int nid;
};

#define MAX_RAM 32

/* What the direct map of the next machines has room for; the rest is high memory. */
static u64 machine_direct_map __maybe_unused = ~0ULL;

/* The machine with RAM in @ram, ended by an empty range; nothing is set up on it yet. */
static inline void machine_ram(const struct ram *ram)
{
	struct e820_entry map[MAX_RAM];
	u32 nr = 0;

	for (; ram[nr].end; nr++)
		map[nr] = (struct e820_entry){.addr = ram[nr].start,
					      .size = ram[nr].end - ram[nr].start,
					      .type = E820_TYPE_RAM};
	host_log_clear();
	host_machine_init(map, nr, NULL);
	host_direct_map_size = machine_direct_map;
	memblock_reset();
	page_alloc_reset();
	for (u32 i = 0; i < nr; i++)
		assert_int_equal(memblock_add(ram[i].start, ram[i].end - ram[i].start), 0);
	max_pfn = PHYS_PFN(ram[nr - 1].end);
	memblock_allow_resize();
	arch_init_mem_mapping(NULL);
}

/* Nodes and zones, as bring-up does it. */
static inline void machine_zones(void)
{
	unsigned long low_end = min(max_pfn, highstart_pfn);
	unsigned long max_zone_pfns[MAX_NR_ZONES] = {
		[ZONE_DMA] = min(MAX_DMA_PFN, low_end),
		[ZONE_DMA32] = min(MAX_DMA32_PFN, low_end),
		[ZONE_NORMAL] = low_end,
		[ZONE_HIGHMEM] = max_pfn,
	};

	initmem_init();
	free_area_init(max_zone_pfns);
	build_all_zonelists(NULL);
}

static inline void machine_up(const struct ram *ram)
{
	machine_ram(ram);
	machine_zones();
	mem_init();
}

static inline int verify_all(void)
{
	int faults = memblock_verify();
	struct zone *zone;

	for_each_zone (zone)
		faults += zone_verify(zone);
	return faults;
}

static inline int machine_down(void **state)
{
	(void)state;
	host_machine_exit();
	return 0;
}

/* Free pages, those that CPUs keep at hand among them. */
static inline unsigned long all_free_pages(void)
{
	unsigned long pages = nr_free_pages();
	struct zone *zone;

	for_each_zone (zone)
		for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++)
			pages += pcp_count(zone, cpu);
	return pages;
}

/* For tests of the free areas: frees reach them at once. */
static inline void no_pages_at_hand(void)
{
	struct zone *zone;

	for_each_zone (zone)
		zone_pcp_disable(zone);
}

static inline struct zone *zone_of(int nid, enum zone_type type)
{
	return &NODE_DATA(nid)->node_zones[type];
}

/* All pages that @gfp may have, largest blocks first, and their number; and back. */
static inline unsigned long take_all_pages(struct list_head *taken, gfp_t gfp)
{
	unsigned long pages = 0;

	for (unsigned int order = NR_PAGE_ORDERS; order-- > 0;) {
		struct page *page;

		while ((page = alloc_pages(gfp | __GFP_NOWARN, order))) {
			page->priv32 = order;
			list_add(&page->lru, taken);
			pages += 1UL << order;
		}
	}
	return pages;
}

static inline void give_back_pages(struct list_head *taken)
{
	struct page *page, *next;

	list_for_each_entry_safe (page, next, taken, lru) {
		unsigned int order = page->priv32;

		page->priv32 = 0;
		__free_pages(page, order);
	}
	INIT_LIST_HEAD(taken);
}

#endif /* _TEST_ZONES_MACHINE_H */
