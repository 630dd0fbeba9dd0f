/* SPDX-License-Identifier: MIT */
/*
 * CMA areas that gigantic pages come from at run time, as hugetlb_cma= asks for them:
 * movable pages use them until then.
 *
 * Owns:       the areas, at most one for each node.
 * Invariants: an area is aligned to a gigantic page, and a whole number of them long.
 * Lifetime:   reserved while memblock is open; of use from cma_init_reserved_areas() on.
 * Locking:    that of CMA.
 * Units:      order is log2 of base pages, of one gigantic page.
 * Failure:    a message and no area; NULL; false.
 * Source:     Linux 6.1's hugetlb_cma_reserve(): option, shares of nodes, messages.
 */
#ifndef _MM_HUGETLB_CMA_H
#define _MM_HUGETLB_CMA_H

#include <linux/cma.h>
#include <linux/mm.h>

/*
 * Handler of hugetlb_cma=SIZE and hugetlb_cma=NODE:SIZE,...: the last one counts. -EINVAL,
 * nothing changed: it is neither, or no node can have that number.
 */
int hugetlb_cma_parse_option(char *value);

/*
 * Reserves the areas: nodes are known, memblock is open. A size for all nodes is split
 * evenly; what a node gets is rounded up to pages of @order. What falls short of one such
 * page is refused.
 */
void hugetlb_cma_reserve(unsigned int order);

/* Is there an area on any node? Then boot reserves no gigantic pages. */
bool hugetlb_cma_reserved(void);

/* The one on @nid; NULL: it has none. */
struct cma *hugetlb_cma_area(int nid);

/* 1 << @order single pages, aligned to that, of the area of @nid. */
struct page *hugetlb_cma_alloc(int nid, unsigned int order);

/* Gives them back to the area. False, nothing changed: they are not of one. */
bool hugetlb_cma_release(struct page *page, unsigned int order);

/* Back to the state at program start, for hosts that bring up several machines. */
void hugetlb_cma_reset(void);

#endif /* _MM_HUGETLB_CMA_H */
