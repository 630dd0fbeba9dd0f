// SPDX-License-Identifier: MIT
/*
 * The pools of huge pages: taking pages from them and giving them back, and changing
 * their size. Contract: linux/hugetlb.h.
 *
 *   page allocator --- alloc_fresh_huge_page ---> free list of its node
 *                  <-- release_huge_page -------    |            ^
 *                                                   v            | free_huge_page
 *                                     alloc_huge_page_nodemask --+ active list
 */
#include <linux/hugetlb.h>

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mmzone.h>
#include <linux/seq_file.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/topology.h>

#include "hugetlb.h"
#include "hugetlb_cma.h"
#include "internal.h"
#include "memory_failure.h"
#include "page_entry.h"

struct hstate hstates[HUGE_MAX_HSTATE];
int hugetlb_max_hstate;
unsigned int default_hstate_idx;

static DEFINE_SPINLOCK_RANK(hugetlb_lock, LOCK_RANK_LEAF);

/* ---- Sizes --------------------------------------------------------------------------- */

struct hstate *size_to_hstate(unsigned long size)
{
	struct hstate *h;

	for_each_hstate (h)
		if (huge_page_size(h) == size)
			return h;
	return NULL;
}

/* Numbers may have holes; lists are made for nodes only. */
static bool is_node(int nid)
{
	return (unsigned int)nid < nr_node_ids && node_state(nid, N_POSSIBLE);
}

/* One piece for all of them, which lasts as long as the machine. */
static void __init alloc_node_tables(struct hstate *h)
{
	size_t nr = 0, size;
	unsigned int *counts;
	int nid;

	for_each_node (nid)
		nr = (size_t)nid + 1;
	size = nr * (sizeof(*h->hugepage_freelists) + 4 * sizeof(*counts));
	h->hugepage_freelists = slab_is_available()
					? kzalloc(size, GFP_KERNEL)
					: early_alloc(round_up(size, PAGE_SIZE), NUMA_NO_NODE);
	if (!h->hugepage_freelists)
		panic("HugeTLB: no memory for %zu nodes' pages of %lu KB", nr,
		      huge_page_size(h) / SZ_1K);
	counts = (unsigned int *)(h->hugepage_freelists + nr);
	h->max_huge_pages_node = counts;
	h->nr_huge_pages_node = counts + nr;
	h->free_huge_pages_node = counts + 2 * nr;
	h->surplus_huge_pages_node = counts + 3 * nr;
	for_each_node (nid)
		INIT_LIST_HEAD(&h->hugepage_freelists[nid]);
}

void __init hugetlb_add_hstate(unsigned int order)
{
	struct hstate *h = &hstates[hugetlb_max_hstate];

	if (size_to_hstate(PAGE_SIZE << order))
		return;
	BUG_ON(hugetlb_max_hstate == HUGE_MAX_HSTATE);
	hugetlb_max_hstate++;
	h->order = order;
	h->mask = ~(huge_page_size(h) - 1);
	INIT_LIST_HEAD(&h->hugepage_activelist);
	alloc_node_tables(h);
	snprintf(h->name, HSTATE_NAME_LEN, "hugepages-%lukB", huge_page_size(h) / SZ_1K);
}

const char *huge_page_size_name(const struct hstate *h)
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
	static char name[32];
	unsigned long size = huge_page_size(h);
	size_t unit = 0;

	for (; size >= 1024; size /= 1024) /* a power of two: nothing is left over */
		unit++;
	snprintf(name, sizeof(name), "%lu.00 %s", size, units[unit]);
	return name;
}

int hstate_next_node(int *next, const nodemask_t *mask)
{
	int nid = *next;

	if (nid >= MAX_NUMNODES || !node_isset(nid, *mask))
		nid = next_node(nid, *mask);
	if (nid >= MAX_NUMNODES)
		nid = first_node(*mask);
	*next = nid + 1;
	return nid;
}

/* ---- A page's way ----------------------------------------------------------------------- */

/* With hugetlb_lock held. */
static void enqueue_huge_page(struct hstate *h, struct page *page)
{
	int nid = page_to_nid(page);

	set_page_count(page, 0);
	list_add(&page->lru, &h->hugepage_freelists[nid]);
	h->free_huge_pages++;
	h->free_huge_pages_node[nid]++;
}

/* With hugetlb_lock held. */
static void take_off_free_list(struct hstate *h, struct page *page)
{
	list_del(&page->lru);
	h->free_huge_pages--;
	h->free_huge_pages_node[page_to_nid(page)]--;
}

/* The pool has one page less. With hugetlb_lock held. */
static void count_out(struct hstate *h, int nid)
{
	h->nr_huge_pages--;
	h->nr_huge_pages_node[nid]--;
}

/* A free page of the node: on no list. NULL: it has none. With hugetlb_lock held. */
static struct page *take_free_page(struct hstate *h, int nid)
{
	struct page *page;

	list_for_each_entry (page, &h->hugepage_freelists[nid], lru) {
		if (block_is_bad(page, h->order))
			continue;
		take_off_free_list(h, page);
		return page;
	}
	return NULL;
}

static struct page *dequeue_huge_page_node_exact(struct hstate *h, int nid)
{
	struct page *page = take_free_page(h, nid);

	if (!page)
		return NULL;
	set_page_count(page, 1);
	list_add(&page->lru, &h->hugepage_activelist);
	return page;
}

struct page *alloc_huge_page_nodemask(struct hstate *h, int preferred_nid, const nodemask_t *nmask,
				      gfp_t gfp_mask)
{
	struct page *page = NULL;
	struct zoneref *z;
	struct zone *zone;
	unsigned long flags;

	if (preferred_nid == NUMA_NO_NODE)
		preferred_nid = numa_mem_id();
	if (!is_node(preferred_nid) || gfp_zone_bad(gfp_mask))
		return NULL;
	spin_lock_irqsave(&hugetlb_lock, flags);
	for_each_zone_zonelist_nodemask (zone, z, node_zonelist(preferred_nid, gfp_mask),
					 MAX_NR_ZONES - 1, nmask) {
		page = dequeue_huge_page_node_exact(h, zone->node);
		if (page)
			break;
	}
	spin_unlock_irqrestore(&hugetlb_lock, flags);
	return page;
}

static bool huge_page_in_use(const struct page *page)
{
	if (PageTail(page) || !PageHuge(page)) {
		count_event(&page_alloc_stats.free_tail);
		pr_err("hugetlb: pfn %05lx is no huge page's first\n", page_to_pfn(page));
		return false;
	}
	if (page_ref_count(page) == 1)
		return true;
	count_event(&page_alloc_stats.free_double);
	pr_err("hugetlb: huge page at pfn %05lx is freed with %d references\n", page_to_pfn(page),
	       page_ref_count(page));
	return false;
}

static void release_huge_page(struct hstate *h, struct page *page);

void free_huge_page(struct page *page)
{
	struct hstate *h = page_hstate(page);
	int nid = page_to_nid(page);
	bool surplus, goes;
	unsigned long flags;

	if (!huge_page_in_use(page))
		return;
	page_entries_forget(page, h->order);
	page->priv32 = 0;
	spin_lock_irqsave(&hugetlb_lock, flags);
	list_del(&page->lru);
	surplus = h->surplus_huge_pages_node[nid] > 0;
	goes = surplus || block_is_bad(page, h->order);
	if (surplus) {
		h->surplus_huge_pages--;
		h->surplus_huge_pages_node[nid]--;
	}
	if (goes)
		count_out(h, nid);
	else
		enqueue_huge_page(h, page);
	spin_unlock_irqrestore(&hugetlb_lock, flags);
	if (goes)
		release_huge_page(h, page);
}

/* ---- Pages for the pool -------------------------------------------------------------------- */

void add_huge_page(struct hstate *h, struct page *page)
{
	unsigned long flags;

	prep_compound_page(page, h->order);
	__SetPageHugetlb(page);
	spin_lock_irqsave(&hugetlb_lock, flags);
	h->nr_huge_pages++;
	h->nr_huge_pages_node[page_to_nid(page)]++;
	enqueue_huge_page(h, page);
	spin_unlock_irqrestore(&hugetlb_lock, flags);
}

/*
 * Of the node's own area, else of what is free in one piece. Single references of a
 * contiguous range's pages: the tails of a compound page have none.
 */
static struct page *alloc_gigantic_page(const struct hstate *h, int nid, gfp_t gfp)
{
	unsigned long nr = pages_per_huge_page(h);
	struct page *page = hugetlb_cma_alloc(nid, h->order);

	if (!page)
		page = alloc_contig_pages(nr, gfp, nid, NULL);
	for (unsigned long i = 1; page && i < nr; i++)
		set_page_count(page + i, 0);
	return page;
}

/* One of @nid alone, with one reference; not the pool's yet. */
static struct page *alloc_for_pool(const struct hstate *h, int nid)
{
	gfp_t gfp = GFP_HIGHUSER | __GFP_THISNODE | __GFP_RETRY_MAYFAIL | __GFP_NOWARN;

	return hstate_is_gigantic(h) ? alloc_gigantic_page(h, nid, gfp)
				     : alloc_pages_node(nid, gfp, h->order);
}

bool alloc_fresh_huge_page(struct hstate *h, int nid)
{
	struct page *page = alloc_for_pool(h, nid);

	if (page)
		add_huge_page(h, page);
	return page != NULL;
}

/* No compound page any more: the head's reference, and the tails as they were before. */
static void dissolve_compound(struct page *page, unsigned long nr)
{
	__ClearPageHugetlb(page);
	__ClearPageHead(page);
	page[1].compound_order = 0;
	for (unsigned long i = 1; i < nr; i++)
		data_race_write(page[i].compound_head, 0);
	data_race_write(page->lru.next, NULL);
	page->lru.prev = NULL;
	set_page_count(page, 1);
}

/* Gives a page that is on no list back to its area, or to the page allocator. */
static void release_huge_page(struct hstate *h, struct page *page)
{
	unsigned long nr = pages_per_huge_page(h);

	dissolve_compound(page, nr);
	if (!hstate_is_gigantic(h)) {
		__free_pages(page, h->order);
		return;
	}
	for (unsigned long i = 1; i < nr; i++)
		set_page_count(page + i, 1);
	if (!hugetlb_cma_release(page, h->order))
		free_contig_range(page_to_pfn(page), nr);
}

/* @new, which is a compound page already, takes the place of @old on the free list. */
static bool exchange_free_page(struct page *old, struct page *new)
{
	unsigned long flags;
	bool free;

	spin_lock_irqsave(&hugetlb_lock, flags);
	free = huge_page_is_replaceable(old);
	if (free) {
		set_page_count(new, 0);
		list_replace(&old->lru, &new->lru);
	}
	spin_unlock_irqrestore(&hugetlb_lock, flags);
	return free;
}

int isolate_or_dissolve_huge_page(struct page *page)
{
	struct hstate *h = PageHugetlb(page) ? page_hstate(page) : NULL;
	struct page *new;
	bool done;

	if (!h || page_ref_count(page))
		return -EBUSY;
	new = hstate_is_gigantic(h) ? NULL : alloc_for_pool(h, page_to_nid(page));
	if (!new)
		return -ENOMEM;
	prep_compound_page(new, h->order);
	__SetPageHugetlb(new);
	done = exchange_free_page(page, new);
	release_huge_page(h, done ? page : new);
	return done ? 0 : -EBUSY;
}

void hugetlb_retire(struct page *page)
{
	struct hstate *h = PageHugetlb(page) ? page_hstate(page) : NULL;
	unsigned long flags;
	bool free;

	if (!h || !isolate_or_dissolve_huge_page(page))
		return;
	spin_lock_irqsave(&hugetlb_lock, flags);
	free = PageHugetlb(page) && !page_ref_count(page);
	if (free) {
		take_off_free_list(h, page);
		count_out(h, page_to_nid(page));
	}
	spin_unlock_irqrestore(&hugetlb_lock, flags);
	if (free)
		release_huge_page(h, page);
}

/* ---- The pool's size --------------------------------------------------------------------------- */

/* One page more, from the node whose turn it is, or the next that has one. */
static bool alloc_pool_huge_page(struct hstate *h, const nodemask_t *nodes)
{
	for (unsigned int n = nodes_weight(*nodes); n; n--)
		if (alloc_fresh_huge_page(h, hstate_next_node(&h->next_nid_to_alloc, nodes)))
			return true;
	return false;
}

/* One free page less, the same way. */
static bool free_pool_huge_page(struct hstate *h, const nodemask_t *nodes)
{
	struct page *page = NULL;
	unsigned long flags;

	spin_lock_irqsave(&hugetlb_lock, flags);
	for (unsigned int n = nodes_weight(*nodes); n && !page; n--)
		page = take_free_page(h, hstate_next_node(&h->next_nid_to_free, nodes));
	if (page)
		count_out(h, page_to_nid(page));
	spin_unlock_irqrestore(&hugetlb_lock, flags);
	if (page)
		release_huge_page(h, page);
	return page != NULL;
}

/* Pages that are wanted still: surplus ones are on their way out. */
static unsigned long persistent_huge_pages(const struct hstate *h)
{
	return h->nr_huge_pages - h->surplus_huge_pages;
}

/* One page more, or less, of a node's in use is one that is not wanted back. */
static bool adjust_pool_surplus(struct hstate *h, const nodemask_t *nodes, int delta)
{
	int nid;

	for_each_node_mask (nid, *nodes) {
		unsigned int in_use = h->nr_huge_pages_node[nid] - h->free_huge_pages_node[nid];
		unsigned int surplus = h->surplus_huge_pages_node[nid];

		if (delta < 0 ? !surplus : surplus >= in_use)
			continue;
		h->surplus_huge_pages_node[nid] += (unsigned int)delta;
		h->surplus_huge_pages += (unsigned long)(long)delta;
		return true;
	}
	return false;
}

unsigned long set_max_huge_pages(struct hstate *h, unsigned long count, int nid,
				 const nodemask_t *nodes_allowed)
{
	nodemask_t one = {};
	const nodemask_t *nodes = nodes_allowed ? nodes_allowed : &node_states[N_MEMORY];

	if (nid != NUMA_NO_NODE) {
		if (!is_node(nid))
			return persistent_huge_pages(h);
		/* The other nodes keep theirs. */
		count += persistent_huge_pages(h) -
			 (h->nr_huge_pages_node[nid] - h->surplus_huge_pages_node[nid]);
		node_set(nid, one);
		nodes = &one;
	}
	/* What is in use and was to go may stay. */
	while (count > persistent_huge_pages(h) && adjust_pool_surplus(h, nodes, -1))
		;
	while (count > persistent_huge_pages(h) && alloc_pool_huge_page(h, nodes))
		;
	while (count < persistent_huge_pages(h) && free_pool_huge_page(h, nodes))
		;
	while (count < persistent_huge_pages(h) && adjust_pool_surplus(h, nodes, 1))
		;
	h->max_huge_pages = persistent_huge_pages(h);
	return h->max_huge_pages;
}

/* ---- Counts -------------------------------------------------------------------------------------- */

unsigned long hugetlb_bytes(void)
{
	unsigned long bytes = 0;
	const struct hstate *h;

	for_each_hstate (h)
		bytes += huge_page_size(h) * h->nr_huge_pages;
	return bytes;
}

void hugetlb_report_meminfo(struct seq_file *m)
{
	const struct hstate *h = &default_hstate;

	if (!hugetlb_max_hstate)
		return;
	seq_printf(m,
		   "HugePages_Total:   %5lu\n"
		   "HugePages_Free:    %5lu\n"
		   "HugePages_Rsvd:    %5lu\n"
		   "HugePages_Surp:    %5lu\n"
		   "Hugepagesize:   %8lu kB\n"
		   "Hugetlb:        %8lu kB\n",
		   h->nr_huge_pages, h->free_huge_pages, h->resv_huge_pages, h->surplus_huge_pages,
		   huge_page_size(h) / SZ_1K, hugetlb_bytes() / SZ_1K);
}

void hugetlb_show_meminfo_node(int nid)
{
	struct hstate *h;

	for_each_hstate (h)
		pr_warn("Node %d hugepages_total=%u hugepages_free=%u hugepages_surp=%u "
			"hugepages_size=%lukB\n",
			nid, h->nr_huge_pages_node[nid], h->free_huge_pages_node[nid],
			h->surplus_huge_pages_node[nid], huge_page_size(h) / SZ_1K);
}

static int verify_page(const struct hstate *h, const struct page *page, int refs, int nid)
{
	if (PageHugetlb(page) && compound_order(page) == h->order && page_ref_count(page) == refs &&
	    !(page_to_pfn(page) & (pages_per_huge_page(h) - 1)) &&
	    (nid == NUMA_NO_NODE || page_to_nid(page) == nid))
		return 0;
	pr_err("hugetlb_verify: %s: pfn 0x%lx is not what its list says: order %u, %d references, "
	       "flags %#lx\n",
	       h->name, page_to_pfn(page), compound_order(page), page_ref_count(page), page->flags);
	return 1;
}

static int verify_count(const struct hstate *h, const char *what, unsigned long is,
			unsigned long counted)
{
	if (is == counted)
		return 0;
	pr_err("hugetlb_verify: %s: %lu pages are %s, counted are %lu\n", h->name, is, what,
	       counted);
	return 1;
}

static int verify_hstate(const struct hstate *h)
{
	unsigned long free = 0, nr = 0, in_use = 0;
	struct page *page;
	int nid, faults = 0;

	for_each_node (nid) {
		unsigned long on_node = 0;

		list_for_each_entry (page, &h->hugepage_freelists[nid], lru) {
			faults += verify_page(h, page, 0, nid);
			on_node++;
		}
		faults += verify_count(h, "free on a node", on_node, h->free_huge_pages_node[nid]);
		free += on_node;
		nr += h->nr_huge_pages_node[nid];
	}
	list_for_each_entry (page, &h->hugepage_activelist, lru) {
		faults += verify_page(h, page, 1, NUMA_NO_NODE);
		in_use++;
	}
	faults += verify_count(h, "free", free, h->free_huge_pages);
	faults += verify_count(h, "the pool's", free + in_use, h->nr_huge_pages);
	return faults + verify_count(h, "on nodes", nr, h->nr_huge_pages);
}

int hugetlb_verify(void)
{
	struct hstate *h;
	int faults = 0;

	for_each_hstate (h)
		faults += verify_hstate(h);
	return faults;
}

void __init hugetlb_reset(void)
{
	memset(hstates, 0, sizeof(hstates));
	hugetlb_max_hstate = 0;
	default_hstate_idx = 0;
}
