/* SPDX-License-Identifier: MIT */
/*
 * Self-tests of contiguous ranges on the machine's own RAM: a gigabyte in one piece,
 * where there is one, is memory from end to end, and comes back whole.
 */
#include "selftest.h"

#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sizes.h>

#include "internal.h"

/* The largest range that can be had, a gigabyte at most. */
static struct page *take_largest(unsigned long *nr_pages)
{
	for (unsigned long nr = PHYS_PFN(SZ_1G); nr; nr /= 2) {
		struct page *page = alloc_contig_pages(nr, GFP_KERNEL, NUMA_NO_NODE, NULL);

		if (!page)
			continue;
		*nr_pages = nr;
		return page;
	}
	return NULL;
}

/* Of each 2 MB what selftest=full does not limit: 64 KB. */
#define STRIDE SZ_2M
#define SAMPLE SZ_64K

/* All of it is written before any of it is read back. */
static int check_contents(char *start, size_t size)
{
	size_t sample = selftest_full ? STRIDE : SAMPLE;
	int faults = 0;

	for (size_t at = 0; at < size; at += STRIDE)
		pattern_fill(start + at, min(sample, size - at), selftest_seed);
	for (size_t at = 0; at < size; at += STRIDE)
		faults += pattern_check(start + at, min(sample, size - at), selftest_seed);
	return faults;
}

static int check_range(struct page *page, unsigned long nr_pages)
{
	int faults = 0;

	if (page_to_pfn(page) % nr_pages) {
		selftest_note("pfn 0x%lx is not aligned to 0x%lx pages", page_to_pfn(page),
			      nr_pages);
		faults++;
	}
	if (check_contents(page_address(page), PFN_PHYS(nr_pages))) {
		selftest_note("%lu MB at pfn 0x%lx lost what was written to them",
			      nr_pages >> (20 - PAGE_SHIFT), page_to_pfn(page));
		faults++;
	}
	for (unsigned long i = 0; i < nr_pages; i++)
		faults += page_ref_count(page + i) != 1;
	return faults;
}

static int test_contig(void)
{
	unsigned long nr_pages, free;
	struct page *page = take_largest(&nr_pages);
	int faults;

	if (!page)
		return selftest_no_memory("a single page");
	free = nr_free_pages();
	faults = check_range(page, nr_pages);
	selftest_note("%lu KB in one piece at pfn 0x%lx", pages_to_kb(nr_pages), page_to_pfn(page));
	free_contig_range(page_to_pfn(page), nr_pages);
	if (nr_free_pages() != free + nr_pages) {
		selftest_note("%lu pages were freed, %lu came back", nr_pages,
			      nr_free_pages() - free);
		faults++;
	}
	return faults;
}

const struct selftest contig_selftests[] = {
	{"contig", test_contig},
	{NULL, NULL},
};
