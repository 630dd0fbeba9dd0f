/* SPDX-License-Identifier: MIT */
/*
 * Huge pages kept in pools: a pool for each size, filled at boot by hugepages= or later
 * by set_max_huge_pages(), from which whole pages are taken and given back.
 *
 * Owns:       the pages of all pools, in use or free; their mark is PG_hugetlb.
 * Invariants: a huge page is a compound page, aligned to its size. Free ones have no
 *             reference and are on their node's free list, those in use have one and are
 *             on the active list; counts by node add up to those of the pool.
 * Lifetime:   sizes and options before bring-up, pages from hugetlb_init() on.
 * Locking:    hugetlb_lock; calls the page allocator without it.
 * Units:      huge pages; order is log2 of base pages.
 * Failure:    NULL, or fewer pages than asked for. A page that is not in use is not freed:
 *             named in the log, counted in page_alloc_stats, and harmless. The page
 *             allocator's own frees refuse huge pages the same way.
 * Source:     Linux 6.1's hugetlb.h: names, options and messages.
 */
#ifndef _LINUX_HUGETLB_H
#define _LINUX_HUGETLB_H

#include <linux/gfp.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/nodemask.h>

#define HUGE_MAX_HSTATE 2
#define HSTATE_NAME_LEN 32

struct hstate {
	int next_nid_to_alloc; /* nodes take turns */
	int next_nid_to_free;
	unsigned int order;
	unsigned long mask;
	unsigned long max_huge_pages; /* as wished */
	unsigned long nr_huge_pages;  /* as there are, in use or free */
	unsigned long free_huge_pages;
	unsigned long resv_huge_pages;	  /* promised: none are, here */
	unsigned long surplus_huge_pages; /* in use beyond what is wished */
	struct list_head hugepage_activelist;
	/* By node, as many as there can be. */
	struct list_head *hugepage_freelists;
	unsigned int *max_huge_pages_node; /* at boot, where nodes were named */
	unsigned int *nr_huge_pages_node;
	unsigned int *free_huge_pages_node;
	unsigned int *surplus_huge_pages_node;
	char name[HSTATE_NAME_LEN];
};

extern struct hstate hstates[HUGE_MAX_HSTATE];
extern int hugetlb_max_hstate;
extern unsigned int default_hstate_idx;
#define default_hstate (hstates[default_hstate_idx])

#define for_each_hstate(h) for ((h) = hstates; (h) < &hstates[hugetlb_max_hstate]; (h)++)

static inline unsigned int huge_page_order(const struct hstate *h)
{
	return h->order;
}

static inline unsigned long huge_page_size(const struct hstate *h)
{
	return PAGE_SIZE << h->order;
}

static inline unsigned int pages_per_huge_page(const struct hstate *h)
{
	return 1U << h->order;
}

static inline unsigned int huge_page_shift(const struct hstate *h)
{
	return h->order + PAGE_SHIFT;
}

static inline unsigned long huge_page_mask(const struct hstate *h)
{
	return h->mask;
}

/* Of 512 bytes. */
static inline unsigned int blocks_per_huge_page(const struct hstate *h)
{
	return (unsigned int)(huge_page_size(h) / 512);
}

static inline bool hugepages_supported(void)
{
	return hugetlb_max_hstate > 0;
}

/* Is it more than the buddy allocator can have in a block? */
static inline bool hstate_is_gigantic(const struct hstate *h)
{
	return h->order > MAX_PAGE_ORDER;
}

static inline int hstate_index(const struct hstate *h)
{
	return (int)(h - hstates);
}

/* The pool of pages of @size bytes; NULL where there is none. */
struct hstate *size_to_hstate(unsigned long size);

/* Adds a pool for pages of @order, unless there is one. */
void hugetlb_add_hstate(unsigned int order);

static inline unsigned int hstate_index_to_shift(unsigned int index)
{
	return huge_page_shift(&hstates[index]);
}

static inline struct hstate *page_hstate(const struct page *page)
{
	return size_to_hstate(page_size(compound_head(page)));
}

static inline struct hstate *folio_hstate(const struct folio *folio)
{
	return page_hstate(&folio->page);
}

/*
 * A free page of the pool, with one reference: from @preferred_nid or the nodes nearest
 * to it, with @nmask only from those in it, with __GFP_THISNODE only from itself.
 */
struct page *alloc_huge_page_nodemask(struct hstate *h, int preferred_nid, const nodemask_t *nmask,
				      gfp_t gfp_mask);

/* Drops the one reference of a huge page: it is free in its pool again. */
void free_huge_page(struct page *page);

/*
 * Makes the pool @count pages large, on @nid or evenly on the nodes of @nodes_allowed
 * (NULL: all with memory). Pages in use stay, as surplus. Gigantic ones are those of the
 * node's area (hugetlb_cma=) first, and go back to it. Returns how many there are.
 */
unsigned long set_max_huge_pages(struct hstate *h, unsigned long count, int nid,
				 const nodemask_t *nodes_allowed);

/* Adds a pool, empty, for each size that the machine has, with small tables of its own. */
void hugetlb_add_sizes(void);

/*
 * Fills the pools and says so in the log. Called once, behind hugetlb_add_sizes(), when the
 * page allocator is complete.
 */
void hugetlb_init(void);

struct seq_file;

/* The lines of /proc/meminfo about huge pages. */
void hugetlb_report_meminfo(struct seq_file *m);

/* What is in the pools, in use or free. */
unsigned long hugetlb_bytes(void);

/* The lines of an allocation's failure about one node. */
void hugetlb_show_meminfo_node(int nid);

/* Compares lists, counts and page structs; logs each fault, returns their number. */
int hugetlb_verify(void);

/* A huge page in use is its owner's, who is not asked to move it: -EBUSY, and nothing to undo. */
static inline int folio_isolate_hugetlb(struct page *page, struct list_head *list)
{
	(void)page;
	(void)list;
	return -EBUSY;
}

static inline void folio_putback_hugetlb(struct page *page)
{
	(void)page;
}

/* What comes with this header on Linux. */
#include <linux/fs.h>
#include <linux/kref.h>
#include <linux/mmdebug.h>
#include <linux/pgtable.h>

#endif /* _LINUX_HUGETLB_H */
