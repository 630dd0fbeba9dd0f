// SPDX-License-Identifier: MIT
/*
 * Looking at per-CPU page lists: what they hold, how often they were of use, and whether
 * they are sound. Contract: mm/pcp.h.
 */
#include "pcp.h"

#include <linux/kernel.h>
#include <linux/topology.h>

#include "internal.h"
#include "page_alloc.h"

/* ---- Looking at them -------------------------------------------------------------- */

/* Calls @fn for each block of a list that is locked; 0, or what @fn returned and why it ended. */
static int for_each_block(const struct pcp_list *list, struct page *hot,
			  int (*fn)(const struct pcp_list *list, const struct page *page,
				    void *arg),
			  void *arg)
{
	struct page *stack = hot ? hot : list->chunks;
	int ret = 0;

	while (stack && !ret) {
		for (struct page *page = stack; page && !ret; page = page->pcp_next)
			ret = fn(list, page, arg);
		stack = stack == hot ? list->chunks : stack->pcp_chunk;
	}
	return ret;
}

static int is_block(const struct pcp_list *list, const struct page *page, void *arg)
{
	const struct page *wanted = arg;

	return wanted >= page && wanted < page + (1UL << list->order);
}

static bool cpu_holds(struct per_cpu_pages *pcp, const struct page *page)
{
	bool found = false;
	struct pcp_list *list;

	for_each_pcp_list(list, pcp)
	{
		struct page *hot = pcp_lock(list);

		found |= for_each_block(list, hot, is_block, (void *)(unsigned long)page) != 0;
		pcp_unlock(list, hot);
	}
	return found;
}

bool pcp_holds(const struct page *page)
{
	const struct zone *zone = page_zone(page);

	for (unsigned int cpu = 0; zone->per_cpu_pageset && cpu < nr_pcp_cpus; cpu++)
		if (cpu_holds(&zone->per_cpu_pageset[cpu], page))
			return true;
	return false;
}

unsigned long pcp_count(const struct zone *zone, unsigned int cpu)
{
	unsigned long pages = 0;
	struct pcp_list *list;

	if (!zone->per_cpu_pageset || cpu >= nr_pcp_cpus)
		return 0;
	for_each_pcp_list(list, &zone->per_cpu_pageset[cpu])
	{
		struct page *hot = pcp_lock(list);

		pages += ((unsigned long)(list->size - list->room) + list->nr_chunked)
			 << list->order;
		pcp_unlock(list, hot);
	}
	return pages;
}

unsigned long pcp_nr_taken(const struct zone *zone, bool by_local_cpus)
{
	unsigned long nr = 0;

	for (unsigned int cpu = 0; zone->per_cpu_pageset && cpu < nr_pcp_cpus; cpu++) {
		struct pcp_list *list;

		if ((cpu_to_node((int)cpu) == zone->node) != by_local_cpus)
			continue;
		for_each_pcp_list(list, &zone->per_cpu_pageset[cpu])
		{
			struct page *hot = pcp_lock(list);

			nr += list->nr_taken;
			pcp_unlock(list, hot);
		}
	}
	return nr;
}

/* ---- Verifying -------------------------------------------------------------------- */

struct pcp_verify {
	unsigned int cpu;
	unsigned long nr;
	unsigned long most; /* blocks that could be there */
	int faults;
};

#define fault(v, list, fmt, ...)                                                               \
	do {                                                                                   \
		pr_err("zone_verify: node %d zone %s: list of cpu %u, type %u, order %u: " fmt \
		       "\n",                                                                   \
		       (list)->zone->node, (list)->zone->name, (v)->cpu, (list)->type,         \
		       (list)->order, ##__VA_ARGS__);                                          \
		(v)->faults++;                                                                 \
	} while (0)

static int verify_block(const struct pcp_list *list, const struct page *page, void *arg)
{
	struct pcp_verify *v = arg;

	if ((unsigned long)page % sizeof(*page) ||
	    !section_made(pfn_to_section_nr(page_to_pfn(page)))) {
		fault(v, list, "leads to %px, which is no page", (const void *)page);
		return 1;
	}
	if (v->nr++ > v->most) {
		fault(v, list, "does not end");
		return 1;
	}
	if (page_zone(page) != list->zone ||
	    page->flags != page_block_flags(page, list->order, list->type))
		fault(v, list, "pfn 0x%lx has flags %#lx", page_to_pfn(page), page->flags);
	if (page_ref_count(page))
		fault(v, list, "pfn 0x%lx has refcount %d", page_to_pfn(page),
		      page_ref_count(page));
	if (page_to_pfn(page) & ((1UL << list->order) - 1))
		fault(v, list, "pfn 0x%lx is not aligned", page_to_pfn(page));
	return 0;
}

static void verify_list(struct pcp_verify *v, struct pcp_list *list)
{
	struct page *hot = pcp_lock(list);

	v->nr = 0;
	if (!for_each_block(list, hot, verify_block, v) &&
	    v->nr != (unsigned int)(list->size - list->room) + list->nr_chunked)
		fault(v, list, "counts %d and %u blocks, holds %lu", list->size - list->room,
		      list->nr_chunked, v->nr);
	pcp_unlock(list, hot);
}

int pcp_verify(struct zone *zone)
{
	struct pcp_verify v = {.most = zone->spanned_pages};

	for (; zone->per_cpu_pageset && v.cpu < nr_pcp_cpus; v.cpu++) {
		struct pcp_list *list;

		for_each_pcp_list(list, &zone->per_cpu_pageset[v.cpu]) verify_list(&v, list);
	}
	return v.faults;
}
