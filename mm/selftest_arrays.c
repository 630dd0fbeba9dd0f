// SPDX-License-Identifier: MIT
/* Self-test of sparse arrays: pages by their numbers, wherever the machine has them. */
#include "selftest.h"

#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/xarray.h>

#define PAGES_MAX 4096

/* Pages under their numbers, every third marked; how many. */
static unsigned long fill(struct xarray *xa)
{
	unsigned long nr;

	for (nr = 0; nr < PAGES_MAX; nr++) {
		struct page *page = alloc_page(GFP_HIGHUSER | __GFP_NOWARN);

		if (!page)
			break;
		if (xa_insert(xa, page_to_pfn(page), page, GFP_KERNEL | __GFP_NOWARN)) {
			__free_page(page);
			break;
		}
		if (nr % 3 == 0)
			xa_set_mark(xa, page_to_pfn(page), XA_MARK_1);
	}
	return nr;
}

static int check(struct xarray *xa, unsigned long nr)
{
	unsigned long index, pages = 0, marked = 0;
	struct page *page;
	int faults = xa_verify(xa, "selftest");

	xa_for_each(xa, index, page)
	{
		pages++;
		if (page_to_pfn(page) == index && xa_load(xa, index) == page)
			continue;
		selftest_note("page of pfn 0x%lx found at 0x%lx", page_to_pfn(page), index);
		faults++;
	}
	xa_for_each_marked(xa, index, page, XA_MARK_1) marked++;
	if (pages == nr && marked == DIV_ROUND_UP(nr, 3))
		return faults;
	selftest_note("%lu of %lu pages found, %lu of %lu marked", pages, nr, marked,
		      DIV_ROUND_UP(nr, 3));
	return faults + 1;
}

static int test_xarray(void)
{
	DEFINE_XARRAY(xa);
	unsigned long nr = fill(&xa), index;
	int faults = check(&xa, nr);
	struct page *page;

	xa_for_each(&xa, index, page)
	{
		xa_erase(&xa, index);
		__free_page(page);
	}
	if (!xa_empty(&xa)) {
		selftest_note("an array without entries has nodes");
		faults++;
	}
	xa_destroy(&xa);
	return nr ? faults : faults + selftest_no_memory("a sparse array");
}

const struct selftest array_selftests[] = {
	{"xarray", test_xarray},
	{NULL, NULL},
};
