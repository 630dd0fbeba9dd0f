// SPDX-License-Identifier: MIT
/*
 * Many single pages at once: taken from a CPU's list with one look at the zone and one
 * lock, and freed with neighbours put together first. Contract: linux/gfp.h.
 * Source: Linux 6.1's __alloc_pages_bulk().
 */
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/topology.h>

#include "internal.h"
#include "page_alloc.h"
#include "pcp.h"

/* Pages that are put on a list at once. */
#define LIST_BATCH 32

/* ---- Allocating ------------------------------------------------------------------- */

/* Where the pages come from: a CPU's list of a zone, down to its mark. */
struct source {
	struct pcp_list *list;
	unsigned int alloc_flags;
	long most;
};

/*
 * The first zone of the walk that stays above its low mark without @nr pages. Zones of
 * nodes farther away are left to __alloc_pages().
 */
static bool find_source(struct source *source, gfp_t gfp, int nid, const nodemask_t *nodemask,
			unsigned long nr)
{
	enum zone_type highest = gfp_zone(gfp);
	enum migratetype type = gfp_migratetype(gfp);
	struct zoneref *z = first_zones_zonelist(node_zonelist(nid, gfp), highest, nodemask);
	int node = z->zone ? zonelist_node_idx(z) : NUMA_NO_NODE;
	struct zone *zone;

	source->alloc_flags = ALLOC_WMARK_LOW | cma_alloc_flag(type);
	for_next_zone_zonelist_nodemask(zone, z, highest, nodemask)
	{
		unsigned long mark = low_wmark_pages(zone) + nr;

		if (zone->node != node)
			break;
		source->list = pcp_list_of(zone, type, 0);
		source->most = (long)nr;
		if (source->list &&
		    zone_watermark_fast(zone, 0, mark, (int)highest, source->alloc_flags))
			return true;
	}
	return false;
}

static bool is_usual(gfp_t gfp, int nid)
{
	return !data_race(page_hooks) && !(gfp & __GFP_ZERO) && !gfp_is_bad(gfp) &&
	       (unsigned int)nid < MAX_NUMNODES && NODE_DATA(nid);
}

/* Up to @nr pages into @pages, all of it empty. */
static unsigned long fill(gfp_t gfp, int nid, const nodemask_t *nodemask, unsigned long nr,
			  struct page **pages)
{
	struct source source;
	unsigned long taken = 0;

	if (is_usual(gfp, nid) && find_source(&source, gfp, nid, nodemask, nr))
		taken = pcp_take_array(source.list, nr, pages, source.most, source.alloc_flags);
	if (taken)
		return taken;
	pages[0] = __alloc_pages(gfp, 0, nid, nodemask);
	return pages[0] != NULL;
}

/* The length of the empty part that @pages begins with. */
static unsigned long nr_empty(struct page *const *pages, unsigned long nr)
{
	unsigned long i = 0;

	while (i < nr && !pages[i])
		i++;
	return i;
}

static unsigned long fill_array(gfp_t gfp, int nid, const nodemask_t *nodemask, unsigned long nr,
				struct page **array)
{
	unsigned long i = 0;

	while (i < nr) {
		unsigned long end = i + nr_empty(array + i, nr - i);

		while (i < end) {
			unsigned long taken = fill(gfp, nid, nodemask, end - i, array + i);

			if (!taken)
				return i;
			i += taken;
		}
		i += i < nr; /* past a place that is taken */
	}
	return i;
}

static unsigned long fill_list(gfp_t gfp, int nid, const nodemask_t *nodemask, unsigned long nr,
			       struct list_head *list)
{
	struct page *pages[LIST_BATCH];
	unsigned long done = 0, taken;

	for (; done < nr; done += taken) {
		taken = fill(gfp, nid, nodemask, min(nr - done, LIST_BATCH + 0UL), pages);
		if (!taken)
			break;
		for (unsigned long i = 0; i < taken; i++)
			list_add(&pages[i]->lru, list);
	}
	return done;
}

unsigned long __alloc_pages_bulk(gfp_t gfp, int preferred_nid, const nodemask_t *nodemask,
				 int nr_pages, struct list_head *page_list,
				 struct page **page_array)
{
	if (nr_pages <= 0)
		return 0;
	if (page_array)
		return fill_array(gfp, preferred_nid, nodemask, (unsigned long)nr_pages,
				  page_array);
	if (!page_list)
		return 0;
	return fill_list(gfp, preferred_nid, nodemask, (unsigned long)nr_pages, page_list);
}

unsigned long alloc_pages_bulk_list(gfp_t gfp, unsigned long nr_pages, struct list_head *list)
{
	return __alloc_pages_bulk(gfp, numa_mem_id(), NULL, (int)nr_pages, list, NULL);
}

unsigned long alloc_pages_bulk_array(gfp_t gfp, unsigned long nr_pages, struct page **page_array)
{
	return __alloc_pages_bulk(gfp, numa_mem_id(), NULL, (int)nr_pages, NULL, page_array);
}

unsigned long alloc_pages_bulk_array_node(gfp_t gfp, int nid, unsigned long nr_pages,
					  struct page **page_array)
{
	if (nid == NUMA_NO_NODE)
		nid = numa_mem_id();
	return __alloc_pages_bulk(gfp, nid, NULL, (int)nr_pages, NULL, page_array);
}

/* ---- Freeing ---------------------------------------------------------------------- */

int free_pages_bulk(struct zone *zone, int count, struct list_head *list, int order)
{
	struct page *stack = NULL;
	int freed = 0;

	while (freed < count && !list_empty(list)) {
		struct page *page = list_first_entry(list, struct page, lru);

		list_del(&page->lru);
		freed++;
		if (data_race(page_hooks) || page_zone(page) != zone ||
		    (page->flags & (PAGE_ORDER_MASK | 0xffffffff)) !=
			    (unsigned long)order << PAGE_ORDER_PGSHIFT ||
		    !page_ref_drop_last(page)) {
			__free_pages(page, (unsigned int)order);
			continue;
		}
		data_race_write(page->pcp_next, stack);
		stack = page;
	}
	free_page_stack(zone, (unsigned int)order, stack);
	return freed;
}
