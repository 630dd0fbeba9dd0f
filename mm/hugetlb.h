/* SPDX-License-Identifier: MIT */
/*
 * What the files of the huge pages' pools share: the pools (hugetlb.c) and how they are
 * filled at boot (hugetlb_boot.c). Contract: linux/hugetlb.h.
 */
#ifndef _MM_HUGETLB_H
#define _MM_HUGETLB_H

#include <linux/hugetlb.h>

/* The nodes of @mask take turns: the next one, from *@next on, which moves past it. */
int hstate_next_node(int *next, const nodemask_t *mask);

/* A page for @h's pool, on @nid alone; in the pool and free. False: none to be had. */
bool alloc_fresh_huge_page(struct hstate *h, int nid);

/* Makes a free page of @h's pool of base pages that are nobody's. */
void add_huge_page(struct hstate *h, struct page *page);

/* Is it the first page of a huge one that is free, and that another one can stand in for? */
static inline bool huge_page_is_replaceable(const struct page *page)
{
	return PageHugetlb(page) && !page_ref_count(page) && compound_order(page) <= MAX_PAGE_ORDER;
}

/*
 * Puts another page of its node into the pool for @page, which is free, and gives that back
 * to the page allocator. -EBUSY: it is no huge page's first, or in use; -ENOMEM: it is
 * gigantic, or there is no other one.
 */
int isolate_or_dissolve_huge_page(struct page *page);

/*
 * @page, a huge page's first, has a bad page in it: where it is free it leaves the pool, for
 * another one if there is one. Nobody gets it any more; one that is in use goes when it is freed.
 */
void hugetlb_retire(struct page *page);

/* "2.00 MiB": Linux's string_get_size(). Not shared by CPUs. */
const char *huge_page_size_name(const struct hstate *h);

/*
 * Reserves the areas of hugetlb_cma=, or gigantic pages that options ask for: nodes are
 * known, memblock is open. What is wrong with the options is said here.
 */
void hugetlb_reserve(void);

/* Handlers of hugepages=, hugepagesz= and default_hugepagesz=. -EINVAL, -ENOSPC. */
int hugepages_parse_option(char *value);
int hugepagesz_parse_option(char *value);
int default_hugepagesz_parse_option(char *value);

/* Back to the state at program start, for hosts that bring up several machines. */
void hugetlb_reset(void);
void hugetlb_boot_reset(void);

#endif /* _MM_HUGETLB_H */
