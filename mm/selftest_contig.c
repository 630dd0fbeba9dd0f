/* SPDX-License-Identifier: MIT */
/*
 * Self-tests of contiguous ranges on the machine's own RAM: a gigabyte in one piece,
 * where there is one, is memory from end to end, and comes back whole.
 */
#include "selftest.h"

#include <linux/cma.h>
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
	drain_all_pages(NULL);
	free = nr_free_pages();
	faults = check_range(page, nr_pages);
	selftest_note("%lu KB in one piece at pfn 0x%lx", pages_to_kb(nr_pages), page_to_pfn(page));
	free_contig_range(page_to_pfn(page), nr_pages);
	drain_all_pages(NULL);
	if (nr_free_pages() != free + nr_pages) {
		selftest_note("%lu pages were freed, %lu came back", nr_pages,
			      nr_free_pages() - free);
		faults++;
	}
	return faults;
}

/* ---- CMA areas ---------------------------------------------------------------------- */

/* All of it, a part of it that is aligned, and a part too large. */
static int check_area(struct cma *cma, void *faults)
{
	unsigned long count = cma_get_size(cma) >> PAGE_SHIFT, free = nr_free_pages();
	struct page *all = cma_alloc(cma, count, 0, false), *part;
	phys_addr_t base = cma_get_base(cma);

	if (!all || page_to_phys(all) != base) {
		selftest_note("area %s: its %lu pages cannot be had", cma_get_name(cma), count);
		++*(int *)faults;
	}
	if (all) {
		*(int *)faults += check_contents(page_address(all), PFN_PHYS(count));
		*(int *)faults += !cma_release(cma, all, count);
	}
	part = cma_alloc(cma, 3, 9, false);
	*(int *)faults += !part || page_to_pfn(part) % 512 || !cma_release(cma, part, 3);
	*(int *)faults += cma_alloc(cma, count + 1, 0, true) != NULL;
	if (nr_free_pages() != free) {
		selftest_note("area %s: %lu pages were free, now %lu", cma_get_name(cma), free,
			      nr_free_pages());
		++*(int *)faults;
	}
	selftest_note("area %s: %lu KB at %pa", cma_get_name(cma), pages_to_kb(count), &base);
	return 0;
}

static int test_cma(void)
{
	int faults = 0;

	cma_for_each_area(check_area, &faults);
	return faults;
}

const struct selftest contig_selftests[] = {
	{"contig", test_contig},
	{"cma", test_cma},
	{NULL, NULL},
};
