/* SPDX-License-Identifier: MIT */
/* What became of bad memory: pages that are marked, and who gets which page. */
#ifndef _TEST_BADPAGE_PAGES_H
#define _TEST_BADPAGE_PAGES_H

#include <linux/gfp.h>
#include <linux/list.h>
#include <linux/mm.h>

static inline unsigned long nr_poisoned(void)
{
	return (unsigned long)atomic_long_read(&num_poisoned_pages);
}

/*
 * Takes all the memory there is, in blocks of @order, and gives it back. False where
 * one of the blocks had a page that is PG_hwpoison.
 */
static inline bool all_pages_handed_out_are_good(unsigned int order)
{
	LIST_HEAD(taken);
	struct page *page, *next;
	bool good = true;

	while ((page = alloc_pages(GFP_HIGHUSER_MOVABLE | __GFP_NOWARN, order))) {
		list_add(&page->lru, &taken);
		for (unsigned long i = 0; i < 1UL << order; i++)
			good &= !PageHWPoison(page + i);
	}
	list_for_each_entry_safe (page, next, &taken, lru) {
		list_del(&page->lru);
		__free_pages(page, order);
	}
	return good;
}

#endif /* _TEST_BADPAGE_PAGES_H */
