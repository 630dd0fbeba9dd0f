/* SPDX-License-Identifier: MIT */
/*
 * Folios as large as huge pages, and how one becomes single pages.
 *
 *   folio, order 2       ┌─ page ─┐   split_folio()   page 0   page 1   page 2   page 3
 *   at index 8 to 11     │ 8 9 10 │11     ─────►        8        9        10       11
 *
 * Owns:       nothing; each of the pages is the mapping's, with its flags, marks and lock.
 * Invariants: all of a folio is split, or nothing of it.
 * Lifetime:   from pagecache_init() on.
 * Locking:    the caller has the folio locked and a reference to it, which are then those of
 *             the page that it named; the mapping's xa_lock and lru_lock are taken here.
 * Units:      orders; sizes in bytes.
 * Failure:    -errno, and the folio is as it was.
 * Source:     Linux 6.1's huge_mm.h, with transparent huge pages but without processes that
 *             map them: there are those of the page cache.
 */
#ifndef _LINUX_HUGE_MM_H
#define _LINUX_HUGE_MM_H

#include <linux/fs.h>
#include <linux/mm_types.h>

/* What an entry of a page table of the second and of the third level maps. */
#define HPAGE_PMD_ORDER HUGETLB_PAGE_ORDER
#define HPAGE_PMD_NR	(1 << HPAGE_PMD_ORDER)
#define HPAGE_PMD_SHIFT (PAGE_SHIFT + HUGETLB_PAGE_ORDER)
#define HPAGE_PMD_SIZE	(1UL << HPAGE_PMD_SHIFT)
#define HPAGE_PMD_MASK	(~(HPAGE_PMD_SIZE - 1))
#define HPAGE_PUD_SHIFT (PAGE_SHIFT + 2 * HUGETLB_PAGE_ORDER)
#define HPAGE_PUD_SIZE	(1UL << HPAGE_PUD_SHIFT)
#define HPAGE_PUD_MASK	(~(HPAGE_PUD_SIZE - 1))

/* Is it as large as one of the second level? */
#define folio_test_pmd_mappable(folio) (folio_order(folio) >= HPAGE_PMD_ORDER)

/* A block with __GFP_COMP is a folio as it is. */
#define prep_transhuge_page(page) ((void)(page))

/* There is none of these. */
#define is_huge_zero_page(page) ((void)(page), false)

/* What is moved stays as large as it is. */
#define thp_migration_supported() true

/*
 * Has the locked folio, of the page cache, no references but the cache's and the caller's?
 * *@pextra_pins, if asked for: how many the cache's are.
 */
bool can_split_folio(struct folio *folio, int *pextra_pins);

/*
 * Makes single pages of the locked folio that @page is one of: @page is then locked, with the
 * caller's reference, the others are not. Those behind the end of the mapping's inode leave the
 * cache. They are where the folio was among the LRU lists, or on @list, isolated, with a reference
 * each, where the caller has isolated the folio. -EBUSY: it is in no mapping, or being written, or
 * release_folio() keeps its private data; -EAGAIN: somebody has a reference; -ENOMEM.
 */
int split_huge_page_to_list(struct page *page, struct list_head *list);

static inline int split_huge_page(struct page *page)
{
	return split_huge_page_to_list(page, NULL);
}

static inline int split_folio_to_list(struct folio *folio, struct list_head *list)
{
	return split_huge_page_to_list((struct page *)folio, list);
}

static inline int split_folio(struct folio *folio)
{
	return split_folio_to_list(folio, NULL);
}

#endif /* _LINUX_HUGE_MM_H */
