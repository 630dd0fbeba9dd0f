/* SPDX-License-Identifier: MIT */
/*
 * Self-tests of contiguous ranges on the machine's own RAM: a gigabyte in one piece,
 * where there is one, is memory from end to end, and comes back whole.
 */
#include "selftest.h"

#include <linux/cma.h>
#include <linux/gfp.h>
#include <linux/hugetlb.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "hugetlb_cma.h"
#include "internal.h"

/* With the pages that were on per-CPU lists. */
static unsigned long free_after_drain(void)
{
	drain_all_pages(NULL);
	return nr_free_pages();
}

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
	free = free_after_drain();
	faults = check_range(page, nr_pages);
	selftest_note("%lu KB in one piece at pfn 0x%lx", pages_to_kb(nr_pages), page_to_pfn(page));
	free_contig_range(page_to_pfn(page), nr_pages);
	if (free_after_drain() != free + nr_pages) {
		selftest_note("%lu pages were freed, %lu came back", nr_pages,
			      nr_free_pages() - free);
		faults++;
	}
	return faults;
}

/* ---- CMA areas ---------------------------------------------------------------------- */

static int check_part(struct cma *cma, unsigned long count, unsigned int align)
{
	struct page *page = cma_alloc(cma, count, align, true);
	int faults;

	if (!page)
		return selftest_no_memory("pages of a CMA area");
	faults = check_contents(page_address(page), PFN_PHYS(count));
	if (!cma_pages_valid(cma, page, count) || page_to_pfn(page) & ((1UL << align) - 1)) {
		selftest_note("area %s: pfn 0x%lx for %lu pages, aligned to order %u",
			      cma_get_name(cma), page_to_pfn(page), count, align);
		faults++;
	}
	return faults + !cma_release(cma, page, count);
}

/* All of it, a part of it that is aligned, and a part too large. */
static int check_area(struct cma *cma, void *arg)
{
	unsigned long count = cma_get_size(cma) >> PAGE_SHIFT, free = free_after_drain();
	phys_addr_t base = cma_get_base(cma);
	int *faults = arg;

	*faults += check_part(cma, count, 0) + check_part(cma, 3, 9);
	*faults += cma_alloc(cma, count + 1, 0, true) != NULL;
	if (free_after_drain() != free) {
		selftest_note("area %s: %lu pages were free, now %lu", cma_get_name(cma), free,
			      nr_free_pages());
		++*faults;
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

/* ---- Huge pages ----------------------------------------------------------------------- */

/* Pages that are held at once. */
#define HUGE_PAGES_MAX 512

static int check_huge_page(const struct hstate *h, struct page *page)
{
	if (page_size(page) != huge_page_size(h) || page_to_phys(page) & ~h->mask ||
	    page_count(page) != 1) {
		selftest_note("%s: pfn 0x%lx has %zu bytes and %d references", h->name,
			      page_to_pfn(page), page_size(page), page_count(page));
		return 1;
	}
	return check_contents(page_address(page), page_size(page));
}

/* Every free page of the pool, or the first ones, are whole, and come back. */
static int check_pool(struct hstate *h)
{
	unsigned long free = h->free_huge_pages, want = min(free, HUGE_PAGES_MAX + 0UL), nr = 0;
	struct page **pages = kcalloc(HUGE_PAGES_MAX, sizeof(*pages), GFP_KERNEL);
	int faults = 0;

	if (!pages)
		return selftest_no_memory("the test's own table");
	while (nr < want &&
	       (pages[nr] = alloc_huge_page_nodemask(h, NUMA_NO_NODE, NULL, GFP_HIGHUSER)))
		faults += check_huge_page(h, pages[nr++]);
	if (nr < want || h->free_huge_pages != free - nr) {
		selftest_note("%s: %lu of %lu pages taken, %lu left", h->name, nr, free,
			      h->free_huge_pages);
		faults++;
	}
	while (nr)
		free_huge_page(pages[--nr]);
	if (free)
		selftest_note("%s: %lu free", h->name, free);
	kfree(pages);
	return faults + (h->free_huge_pages != free);
}

/* The pool's next page comes from the node's area, is whole, and goes back. */
static int check_page_of_area(struct hstate *h, int nid)
{
	unsigned long had = h->nr_huge_pages_node[nid], free = free_after_drain();
	struct page *page;
	int faults;

	set_max_huge_pages(h, had + 1, nid, NULL);
	page = alloc_huge_page_nodemask(h, nid, NULL, GFP_HIGHUSER | __GFP_THISNODE);
	if (!page)
		return selftest_no_memory("a page of the node's area");
	faults = check_huge_page(h, page);
	if (!cma_pages_valid(hugetlb_cma_area(nid), page, pages_per_huge_page(h))) {
		selftest_note("%s: pfn 0x%lx is not node %d's area's", h->name, page_to_pfn(page),
			      nid);
		faults++;
	}
	free_huge_page(page);
	set_max_huge_pages(h, had, nid, NULL);
	selftest_note("%s: one from the area of node %d, and back", h->name, nid);
	return faults + (free_after_drain() != free);
}

static int check_areas(struct hstate *h)
{
	int nid, faults = 0;

	for_each_online_node (nid)
		if (hugetlb_cma_area(nid) && hstate_is_gigantic(h))
			faults += check_page_of_area(h, nid);
	return faults;
}

static int test_hugetlb(void)
{
	struct hstate *h;
	int faults = 0;

	for_each_hstate (h)
		faults += check_pool(h) + check_areas(h);
	return faults;
}

const struct selftest contig_selftests[] = {
	{"contig", test_contig},
	{"cma", test_cma},
	{"hugetlb", test_hugetlb},
	{NULL, NULL},
};
