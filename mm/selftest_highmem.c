/* SPDX-License-Identifier: MIT */
/*
 * Self-tests of high memory: pages without an address, and the addresses that they are
 * lent. Where the direct map holds all memory, that none are lent.
 */
#include "selftest.h"

#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <baremm/arch.h>

/* More than kmap_local_page() has slots for, and few enough for kmap(). */
#define TEST_PAGES 64

/* Unmapped, then mapped both ways: what one writes the other reads. */
static int check_both_windows(struct page *page)
{
	u64 seed = page_to_pfn(page), *local, *pooled;
	int faults = 0;

	kmap_flush_unused();
	faults += !page_is_direct(page) && page_address(page);
	local = kmap_local_page(page);
	pooled = kmap(page);
	if (!local || !pooled)
		return 1;
	pattern_fill(local, PAGE_SIZE, seed);
	faults += page_is_direct(page) ? local != pooled : local == pooled;
	faults += page_address(page) != pooled || kmap_to_page(local) != page ||
		  kmap_to_page(pooled) != page;
	for (size_t i = 0; i < PAGE_SIZE / sizeof(*local); i++)
		faults += local[i] != pooled[i];
	kunmap(page);
	kunmap_local(local);
	faults += is_kmap_addr(local) == page_is_direct(page);
	if (faults)
		selftest_note("pfn 0x%lx: %d faults at %px and %px", page_to_pfn(page), faults,
			      (void *)local, (void *)pooled);
	return faults;
}

/* What the program, ACPI or a screen needs is in the identity map; a free page is nobody's. */
static int check_unmapped(const struct page *page)
{
	struct arch_mapping map;

	if (page_is_direct(page))
		return 0;
	if (arch_query((unsigned long)lowmem_page_address(page), &map) == -ENOENT &&
	    arch_query(page_to_phys(page), &map) == -ENOENT)
		return 0;
	selftest_note("pfn 0x%lx is past the direct map, but mapped", page_to_pfn(page));
	return 1;
}

/* All of @pages at once, through kmap(): each keeps what was written to it alone. */
static int check_distinct(struct page **pages, int nr)
{
	int faults = 0;

	for (int i = 0; i < nr; i++) {
		u64 *word = kmap(pages[i]);

		*word = page_to_pfn(pages[i]);
	}
	for (int i = 0; i < nr; i++)
		faults += *(u64 *)page_address(pages[i]) != page_to_pfn(pages[i]);
	for (int i = 0; i < nr; i++)
		kunmap(pages[i]);
	if (faults)
		selftest_note("%d of %d pages do not hold what was written to them", faults, nr);
	return faults;
}

/* As many local mappings as there may be, given back in reverse order. */
static int check_nesting(struct page **pages)
{
	u64 *word[KM_MAX_IDX];
	int faults = 0;

	for (int i = 0; i < KM_MAX_IDX; i++) {
		word[i] = kmap_local_page(pages[i]);
		*word[i] = (u64)i;
	}
	for (int i = KM_MAX_IDX; i-- > 0;) {
		faults += *word[i] != (u64)i;
		kunmap_local(word[i]);
	}
	if (faults)
		selftest_note("%d of %d nested mappings are wrong", faults, KM_MAX_IDX);
	return faults;
}

/* A node with free memory past the direct map; where none has, any will do. */
static int high_node(void)
{
	struct zone *zone;

	for_each_populated_zone (zone)
		if (is_highmem(zone) && zone_page_state(zone, NR_FREE_PAGES) > TEST_PAGES)
			return zone->node;
	return NUMA_NO_NODE;
}

static int test_kmap(void)
{
	struct page *pages[TEST_PAGES];
	int nr, faults = 0, high = 0;

	for (nr = 0; nr < TEST_PAGES; nr++) {
		pages[nr] = alloc_pages_node(high_node(), GFP_HIGHUSER_MOVABLE, 0);
		if (!pages[nr])
			break;
		high += !page_is_direct(pages[nr]);
		faults += check_unmapped(pages[nr]) + check_both_windows(pages[nr]);
	}
	if (nr == TEST_PAGES)
		faults += check_distinct(pages, nr) + check_nesting(pages);
	else
		faults += selftest_no_memory("pages to map");
	selftest_note("%d of %d pages past the direct map, %luK of %luK free memory are", high, nr,
		      pages_to_kb(nr_free_highpages()), pages_to_kb(nr_free_pages()));
	faults += nr == TEST_PAGES && have_highmem() && !high;
	while (nr)
		__free_page(pages[--nr]);
	return faults;
}

/* Who does not permit high memory never gets it, and who asks for zeroes gets them there, too. */
static int test_highmem(void)
{
	static const gfp_t low[] = {GFP_KERNEL, GFP_ATOMIC, GFP_USER, GFP_KERNEL | GFP_DMA32,
				    GFP_KERNEL | __GFP_MOVABLE};
	int faults = 0;

	for (unsigned int order = 0; order < NR_PAGE_ORDERS; order++) {
		struct page *page;

		for (size_t i = 0; i < ARRAY_SIZE(low); i++) {
			page = alloc_pages(low[i] | __GFP_NOWARN, order);
			faults += page && (!page_is_direct(page) || PageHighMem(page));
			if (page)
				__free_pages(page, order);
		}
		page = alloc_pages(GFP_HIGHUSER | __GFP_NOWARN, order);
		if (!page)
			continue;
		page_pattern_fill(page, PAGE_SIZE << order, 1);
		__free_pages(page, order);
		page = alloc_pages(GFP_HIGHUSER | __GFP_ZERO, order);
		if (!page) {
			faults += selftest_no_memory("a block that was just freed");
			continue;
		}
		faults += !page_is_zero(page, PAGE_SIZE << order);
		__free_pages(page, order);
	}
	if (faults)
		selftest_note("%d blocks lie too high, or are not zero", faults);
	return faults;
}

const struct selftest highmem_selftests[] = {
	{"kmap", test_kmap},
	{"highmem", test_highmem},
	{NULL, NULL},
};
