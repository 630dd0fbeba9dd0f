// SPDX-License-Identifier: MIT
/*
 * Self-tests of sparse arrays, of numbers for things, and of pools of special memory: on pages
 * wherever the machine has them.
 */
#include "selftest.h"

#include <linux/errno.h>
#include <linux/genalloc.h>
#include <linux/gfp.h>
#include <linux/idr.h>
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

/* ---- Numbers --------------------------------------------------------------------- */

#define NUMBERS 1024

/* Pages that know their numbers, until there are NUMBERS of them; @nr are there. How many are. */
static int number_pages(struct idr *idr, struct ida *ida, int nr)
{
	for (; nr < NUMBERS; nr++) {
		struct page *page = alloc_page(GFP_HIGHUSER | __GFP_NOWARN);
		int id = page ? idr_alloc(idr, page, 0, 0, GFP_KERNEL | __GFP_NOWARN) : -ENOMEM;

		if (id >= 0 && ida_alloc_min(ida, (unsigned int)id, GFP_KERNEL) != id) {
			idr_remove(idr, (unsigned long)id);
			id = -ENOMEM;
		}
		if (id < 0) {
			if (page)
				__free_page(page);
			break;
		}
		set_page_private(page, (unsigned long)id);
	}
	return nr;
}

/* Gives back the pages with the multiples of @step as their numbers. How many that were. */
static int drop_pages(struct idr *idr, struct ida *ida, int step)
{
	int dropped = 0;

	for (int id = 0; id < NUMBERS; id += step) {
		struct page *page = idr_remove(idr, (unsigned long)id);

		if (!page)
			continue;
		ida_free(ida, (unsigned int)id);
		set_page_private(page, 0);
		__free_page(page);
		dropped++;
	}
	return dropped;
}

/* @nr pages are found by the numbers that they know, the lowest there are. */
static int check_numbers(struct idr *idr, struct ida *ida, int nr)
{
	int faults = idr_verify(idr) + ida_verify(ida), found = 0, id;
	struct page *page;

	idr_for_each_entry(idr, page, id)
	{
		found++;
		if (id < nr && page_private(page) == (unsigned long)id)
			continue;
		selftest_note("page %lu of %d has the number %d", page_private(page), nr, id);
		faults++;
	}
	if (found != nr)
		selftest_note("%d pages found by number, of %d", found, nr);
	return faults + (found != nr);
}

static int test_idr(void)
{
	DEFINE_IDR(idr);
	DEFINE_IDA(ida);
	int nr = number_pages(&idr, &ida, 0), faults = check_numbers(&idr, &ida, nr);

	if (nr == NUMBERS) {
		nr = number_pages(&idr, &ida, nr - drop_pages(&idr, &ida, 3));
		faults += nr == NUMBERS ? check_numbers(&idr, &ida, nr) : 0;
	}
	if (nr < NUMBERS)
		faults += selftest_no_memory("numbered pages");
	drop_pages(&idr, &ida, 1);
	if (!idr_is_empty(&idr) || !ida_is_empty(&ida)) {
		selftest_note("a number is left");
		faults++;
	}
	idr_destroy(&idr);
	ida_destroy(&ida);
	return faults;
}

/* ---- Pools of special memory -------------------------------------------------------- */

#define SPECIAL_ORDER 6
#define SPECIAL_BYTES (PAGE_SIZE << SPECIAL_ORDER)
#define UNIT_ORDER    6

/* At the start of an area, which has @size bytes. */
struct area {
	struct area *next;
	size_t size;
};

/* Areas of all sizes until there is no room, then all of them back. */
static int use_special(struct gen_pool *pool)
{
	struct area *head = NULL, *area;
	u64 random = selftest_seed;
	size_t size = SPECIAL_BYTES / 4;
	int faults = 0;

	for (; size > sizeof(*area); size = selftest_random(&random) % size) {
		while ((area = (struct area *)gen_pool_alloc(pool, size))) {
			*area = (struct area){head, size};
			head = area;
			pattern_fill(area + 1, size - sizeof(*area), selftest_seed);
			faults += gen_pool_virt_to_phys(pool, (unsigned long)area) !=
				  virt_to_phys(area);
		}
	}
	faults += gen_pool_verify(pool);
	while (head) {
		area = head;
		head = area->next;
		size = area->size;
		faults += pattern_check(area + 1, size - sizeof(*area), selftest_seed);
		gen_pool_free(pool, (unsigned long)area, size);
	}
	return faults + gen_pool_verify(pool) + (gen_pool_avail(pool) != SPECIAL_BYTES);
}

static int test_genalloc(void)
{
	struct page *block = alloc_pages(GFP_KERNEL | __GFP_NOWARN, SPECIAL_ORDER);
	struct gen_pool *pool = gen_pool_create(UNIT_ORDER, NUMA_NO_NODE);
	int faults;

	if (block && pool &&
	    !gen_pool_add_virt(pool, (unsigned long)page_address(block), page_to_phys(block),
			       SPECIAL_BYTES, page_to_nid(block))) {
		faults = use_special(pool);
		if (faults)
			selftest_note("%d faults in areas of a pool of special memory", faults);
	} else {
		faults = selftest_no_memory("a pool of special memory");
	}
	if (pool)
		gen_pool_destroy(pool);
	if (block)
		__free_pages(block, SPECIAL_ORDER);
	return faults;
}

const struct selftest array_selftests[] = {
	{"xarray", test_xarray},
	{"idr", test_idr},
	{"genalloc", test_genalloc},
	{NULL, NULL},
};
