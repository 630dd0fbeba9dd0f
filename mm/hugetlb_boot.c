// SPDX-License-Identifier: MIT
/*
 * Huge pages that options ask for: reading hugepages=, hugepagesz= and
 * default_hugepagesz=, reserving gigantic pages while there is memory in such pieces, and
 * filling the pools. Contract: linux/hugetlb.h.
 *
 *   hugepages=N                   N pages of the default size
 *   hugepagesz=S hugepages=N      N pages of size S
 *   hugepages=0:N,1:M             N pages on node 0, M on node 1
 *
 * What a word means hangs on those before it, and on which nodes there are: they are kept
 * as given, and read in their order once the nodes are known. Rules and messages are
 * Linux 6.1's.
 */
#define pr_fmt(fmt) "HugeTLB: " fmt

#include "hugetlb.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/log2.h>
#include <linux/memblock.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <baremm/arch.h>

#include "highmem.h"
#include "hugetlb_cma.h"
#include "internal.h"

/* The size above HUGETLB_PAGE_ORDER's, where the machine has it. */
#define GIGANTIC_PAGE_ORDER (30 - PAGE_SHIFT)

#define HPAGE_SIZE (PAGE_SIZE << HUGETLB_PAGE_ORDER)

/* ---- Words ---------------------------------------------------------------------------- */

enum word_kind { HUGEPAGES, HUGEPAGESZ, DEFAULT_HUGEPAGESZ };

#define MAX_WORDS  16
#define WORD_VALUE 128

static struct word {
	enum word_kind kind;
	char value[WORD_VALUE];
} words[MAX_WORDS];
static unsigned int nr_words;

static int __init keep_word(enum word_kind kind, const char *value)
{
	if (!value || !*value)
		return -EINVAL;
	if (nr_words == MAX_WORDS || strlen(value) >= WORD_VALUE)
		return -ENOSPC;
	words[nr_words].kind = kind;
	memcpy(words[nr_words++].value, value, strlen(value) + 1);
	return 0;
}

int __init hugepages_parse_option(char *value)
{
	return keep_word(HUGEPAGES, value);
}

int __init hugepagesz_parse_option(char *value)
{
	return keep_word(HUGEPAGESZ, value);
}

int __init default_hugepagesz_parse_option(char *value)
{
	return keep_word(DEFAULT_HUGEPAGESZ, value);
}

/* ---- Gigantic pages from memblock -------------------------------------------------------- */

/* In the first bytes of a page that was reserved, until there are page structs. */
struct huge_bootmem_page {
	struct list_head list;
	struct hstate *hstate;
};
static LIST_HEAD(huge_boot_pages);

/* Nodes with memory: N_MEMORY, before free_area_init() says so. */
static nodemask_t memory_nodes;

static void __init find_memory_nodes(void)
{
	unsigned long start, end;
	int i, nid;

	nodes_clear(memory_nodes);
	for_each_mem_pfn_range (i, MAX_NUMNODES, &start, &end, &nid)
		node_set(nid, memory_nodes);
}

/* On @nid alone; NUMA_NO_NODE: on the node whose turn it is, or wherever there is room. */
static bool __init alloc_bootmem_huge_page(struct hstate *h, int nid)
{
	bool exact = nid != NUMA_NO_NODE;
	struct huge_bootmem_page *m;
	phys_addr_t pa;

	if (!exact)
		nid = hstate_next_node(&h->next_nid_to_alloc, &memory_nodes);
	pa = memblock_alloc_range_nid(huge_page_size(h), huge_page_size(h), 0, direct_map_end(),
				      nid, exact);
	if (!pa)
		return false;
	m = __va(pa);
	m->hstate = h;
	list_add_tail(&m->list, &huge_boot_pages);
	return true;
}

/* ---- Filling a pool ----------------------------------------------------------------------- */

static bool said_skip __initbss;

static bool __init alloc_at_boot(struct hstate *h, int nid)
{
	if (hstate_is_gigantic(h))
		return alloc_bootmem_huge_page(h, nid);
	if (nid != NUMA_NO_NODE)
		return alloc_fresh_huge_page(h, nid);
	for (unsigned int n = nodes_weight(memory_nodes); n; n--)
		if (alloc_fresh_huge_page(h,
					  hstate_next_node(&h->next_nid_to_alloc, &memory_nodes)))
			return true;
	return false;
}

static void __init alloc_pages_onenode(struct hstate *h, int nid)
{
	unsigned int want = h->max_huge_pages_node[nid], i;

	for (i = 0; i < want && alloc_at_boot(h, nid); i++)
		;
	if (i == want)
		return;
	pr_warn("allocating %u of page size %s failed node%d.  Only allocated %u hugepages.\n",
		want, huge_page_size_name(h), nid, i);
	h->max_huge_pages -= want - i;
	h->max_huge_pages_node[nid] = i;
}

/* Pages of the areas are to be had later, and are no boot's: said once. */
static bool __init skip_boot_time_allocation(const struct hstate *h)
{
	if (!hstate_is_gigantic(h) || !hugetlb_cma_reserved())
		return false;
	if (!said_skip)
		pr_warn("hugetlb_cma is enabled, skip boot time allocation\n");
	said_skip = true;
	return true;
}

static void __init hugetlb_hstate_alloc_pages(struct hstate *h)
{
	bool node_specific = false;
	unsigned long i;
	int nid;

	if (skip_boot_time_allocation(h))
		return;
	for_each_node_mask (nid, memory_nodes) {
		if (h->max_huge_pages_node[nid]) {
			alloc_pages_onenode(h, nid);
			node_specific = true;
		}
	}
	if (node_specific)
		return;
	for (i = 0; i < h->max_huge_pages && alloc_at_boot(h, NUMA_NO_NODE); i++)
		;
	if (i < h->max_huge_pages) {
		pr_warn("allocating %lu of page size %s failed.  Only allocated %lu hugepages.\n",
			h->max_huge_pages, huge_page_size_name(h), i);
		h->max_huge_pages = i;
	}
}

/* ---- What the words mean --------------------------------------------------------------------- */

/* Where reading stands. */
static struct {
	struct hstate *hstate; /* that hugepagesz= chose last */
	bool valid_size;       /* and that was a size there is */
	bool default_size;     /* default_hugepagesz= was there */
	unsigned long *last;   /* what hugepages= set last */
} parsed;

/* For the default size, as long as no size was named. */
static unsigned long default_hstate_max_huge_pages;
static unsigned int default_hugepages_in_node[MAX_NUMNODES] __initbss;

/* Digits at *@p, which moves past them. False: there are none. */
static bool __init take_number(const char **p, unsigned long *nr)
{
	char *end;

	if (**p < '0' || **p > '9')
		return false;
	*nr = (unsigned long)simple_strtoull(*p, &end, 10);
	*p = end;
	return true;
}

static void __init clear_pages_in_node(void)
{
	unsigned long *total = &default_hstate_max_huge_pages;
	unsigned int *by_node = default_hugepages_in_node;
	int nid;

	if (hugetlb_max_hstate) {
		total = &parsed.hstate->max_huge_pages;
		by_node = parsed.hstate->max_huge_pages_node;
	}
	*total = 0;
	for_each_node (nid)
		by_node[nid] = 0;
}

/* NODE:N[,NODE:N]... or N. False: neither; *@p is where that shows. */
static bool __init read_counts(const char **p, unsigned long *total, unsigned int *by_node)
{
	const char *start = *p;
	unsigned long nr, nid;

	while (**p) {
		const char *from = *p;

		if (!take_number(p, &nr))
			return false;
		if (!**p && from == start) {
			*total = nr;
			return true;
		}
		nid = nr;
		if (**p != ':' || nid >= MAX_NUMNODES || !node_online((int)nid)) {
			*p = from;
			return false;
		}
		++*p;
		if (!take_number(p, &nr))
			return false;
		by_node[nid] = (unsigned int)nr;
		*total += nr;
		if (**p == ',')
			++*p;
		else if (**p)
			return false;
	}
	return true;
}

static void __init read_hugepages(const char *s)
{
	unsigned long *total = &default_hstate_max_huge_pages;
	unsigned int *by_node = default_hugepages_in_node;
	const char *p = s;

	if (!parsed.valid_size) {
		pr_warn("hugepages=%s does not follow a valid hugepagesz, ignoring\n", s);
		parsed.valid_size = true;
		return;
	}
	if (hugetlb_max_hstate) {
		total = &parsed.hstate->max_huge_pages;
		by_node = parsed.hstate->max_huge_pages_node;
	}
	if (total == parsed.last) {
		pr_warn("hugepages= specified twice without interleaving hugepagesz=, ignoring "
			"hugepages=%s\n",
			s);
		return;
	}
	if (!read_counts(&p, total, by_node)) {
		pr_warn("Invalid hugepages parameter %s\n", p);
		clear_pages_in_node();
		return;
	}
	/* The others are the page allocator's, which is not there yet. */
	if (hugetlb_max_hstate && hstate_is_gigantic(parsed.hstate))
		hugetlb_hstate_alloc_pages(parsed.hstate);
	parsed.last = total;
}

/* The pool of the size in @s, new or not; NULL for a size that the machine does not have. */
static struct hstate *__init hstate_of_size(const char *s, bool *is_new)
{
	char *end;
	unsigned long size = (unsigned long)memparse(s, &end);

	if (*end || !arch_hugetlb_valid_size(size))
		return NULL;
	*is_new = !size_to_hstate(size);
	if (*is_new)
		hugetlb_add_hstate((unsigned int)ilog2(size) - PAGE_SHIFT);
	return size_to_hstate(size);
}

static void __init read_hugepagesz(const char *s)
{
	bool is_new;
	struct hstate *h = hstate_of_size(s, &is_new);

	parsed.valid_size = false;
	if (!h) {
		pr_err("unsupported hugepagesz=%s\n", s);
		return;
	}
	/* Named before as the default, whose pages were not asked for yet, it may come again. */
	if (!is_new &&
	    (!parsed.default_size || h != &default_hstate || default_hstate.max_huge_pages)) {
		pr_warn("hugepagesz=%s specified twice, ignoring\n", s);
		return;
	}
	parsed.hstate = h;
	parsed.valid_size = true;
}

/* Pages asked for before any size was named are of the default size. */
static void __init take_default_counts(void)
{
	int nid;

	default_hstate.max_huge_pages = default_hstate_max_huge_pages;
	for_each_node (nid)
		default_hstate.max_huge_pages_node[nid] = default_hugepages_in_node[nid];
	default_hstate_max_huge_pages = 0;
}

static void __init read_default_hugepagesz(const char *s)
{
	struct hstate *h;
	bool is_new;

	parsed.valid_size = false;
	if (parsed.default_size) {
		pr_err("default_hugepagesz previously specified, ignoring %s\n", s);
		return;
	}
	h = hstate_of_size(s, &is_new);
	if (!h) {
		pr_err("unsupported default_hugepagesz=%s\n", s);
		return;
	}
	parsed.hstate = h;
	parsed.valid_size = true;
	parsed.default_size = true;
	default_hstate_idx = (unsigned int)hstate_index(h);
	if (!default_hstate_max_huge_pages)
		return;
	take_default_counts();
	if (hstate_is_gigantic(h))
		hugetlb_hstate_alloc_pages(h);
}

void __init hugetlb_reserve(void)
{
	static void (*const read[])(const char *s) __initconst = {
		[HUGEPAGES] = read_hugepages,
		[HUGEPAGESZ] = read_hugepagesz,
		[DEFAULT_HUGEPAGESZ] = read_default_hugepagesz,
	};

	hugetlb_cma_reserve(GIGANTIC_PAGE_ORDER);
	find_memory_nodes();
	parsed.valid_size = true;
	for (unsigned int i = 0; i < nr_words; i++)
		read[words[i].kind](words[i].value);
}

/* ---- The page allocator is there ------------------------------------------------------------ */

/* Reserved pages become one huge page that is free in its pool. */
static void __init prep_bootmem_huge_page(struct hstate *h, unsigned long pfn)
{
	unsigned long end = pfn + pages_per_huge_page(h);
	struct page *page = pfn_to_page(pfn);
	struct zone *zone = page_zone(page);

	if (page_zone(pfn_to_page(end - 1)) != zone) {
		pr_warn("huge page at pfn %#lx lies in two zones, its memory is freed\n", pfn);
		release_reserved_pages(pfn, end);
		h->max_huge_pages--;
		return;
	}
	init_unused_pages(pfn, end, zone);
	adjust_zone_managed(zone, (long)(end - pfn));
	add_huge_page(h, page);
}

static void __init gather_bootmem_prealloc(void)
{
	struct huge_bootmem_page *m, *next;

	list_for_each_entry_safe (m, next, &huge_boot_pages, list)
		prep_bootmem_huge_page(m->hstate, virt_to_pfn(m));
	INIT_LIST_HEAD(&huge_boot_pages);
}

/* The size that pages without a named size are of, and how many these are. */
static void __init choose_default_hstate(void)
{
	if (parsed.default_size)
		return;
	default_hstate_idx = (unsigned int)hstate_index(size_to_hstate(HPAGE_SIZE));
	if (!default_hstate_max_huge_pages)
		return;
	if (default_hstate.max_huge_pages) {
		pr_warn("Ignoring hugepages=%lu associated with %s page size\n",
			default_hstate.max_huge_pages, huge_page_size_name(&default_hstate));
		pr_warn("Using hugepages=%lu for number of default huge pages\n",
			default_hstate_max_huge_pages);
	}
	take_default_counts();
}

void __init hugetlb_add_sizes(void)
{
	if (arch_hugetlb_valid_size(PAGE_SIZE << GIGANTIC_PAGE_ORDER))
		hugetlb_add_hstate(GIGANTIC_PAGE_ORDER);
	hugetlb_add_hstate(HUGETLB_PAGE_ORDER);
}

void __init hugetlb_init(void)
{
	struct hstate *h;

	choose_default_hstate();
	for_each_hstate (h)
		if (!hstate_is_gigantic(h))
			hugetlb_hstate_alloc_pages(h);
	gather_bootmem_prealloc();
	for_each_hstate (h)
		pr_info("registered %s page size, pre-allocated %lu pages\n",
			huge_page_size_name(h), h->free_huge_pages);
}

void __init hugetlb_boot_reset(void)
{
	nr_words = 0;
	said_skip = false;
	memset(&parsed, 0, sizeof(parsed));
	default_hstate_max_huge_pages = 0;
	memset(default_hugepages_in_node, 0, sizeof(default_hugepages_in_node));
	INIT_LIST_HEAD(&huge_boot_pages);
}
