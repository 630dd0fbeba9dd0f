// SPDX-License-Identifier: MIT
/*
 * Page allocation: from a caller's gfp flags to a block of a zone, and back.
 * Contract: linux/gfp.h, linux/mm.h.
 *
 * An allocation walks the zonelist of its node and takes the first zone that has a
 * block and stays above its watermark. A first walk stays above the low marks; if
 * no zone can, page_slowpath.c goes on. A zone whose free areas are empty makes a
 * section first.
 */
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/sched/mm.h>
#include <linux/string.h>
#include <linux/topology.h>

#include "buddy.h"
#include "cma.h"
#include "hugetlb.h"
#include "hugetlb_cma.h"
#include "filemap.h"
#include "compaction.h"
#include "highmem.h"
#include "internal.h"
#include "memory_failure.h"
#include "page_alloc.h"
#include "page_entry.h"
#include "pcp.h"
#include "percpu.h"
#include "vmscan.h"
#include "zone_extents.h"

struct page_alloc_stats page_alloc_stats;

/* ---- Making a free block somebody's --------------------------------------------- */

void prep_compound_page(struct page *page, unsigned int order)
{
	unsigned long head = (unsigned long)page | 1;

	__SetPageHead(page);
	for (unsigned long i = 1; i < 1UL << order; i++)
		data_race_write(page[i].compound_head, head);
	data_race_write(page[1].compound_order, order);
}

/* What its owner finds in a block whose page structs are set up. */
static __always_inline void prep_contents(struct page *page, unsigned int order, gfp_t gfp)
{
	if (unlikely(data_race(page_hooks) || (gfp & __GFP_ZERO)))
		post_alloc_hook(page, order, gfp);
	if (order && (gfp & __GFP_COMP))
		prep_compound_page(page, order);
}

/*
 * The same for a block from lists. False: a page of it turned out to be bad when it was on its
 * way from one list to another, where nobody found it. It is kept out, and the rest is free.
 */
static __always_inline bool prep_if_good(struct page *page, unsigned int order, gfp_t gfp)
{
	if (unlikely(data_race(page_hooks) && block_is_bad(page, order))) {
		page_ref_dec(page);
		free_block(page, order);
		return false;
	}
	prep_contents(page, order, gfp);
	return true;
}

void prep_new_page(struct page *page, unsigned int order, gfp_t gfp)
{
	page_set_flags(page, page_block_flags(page, order, gfp_migratetype(gfp)));
	page_set_owned(page);
	prep_contents(page, order, gfp);
}

/* ---- Taking a block from a zone -------------------------------------------------- */

/* No section can be made any more, and none is being made. With zone->lock held. */
static bool zone_is_grown(const struct zone *zone)
{
	return !zone_waiting_pages(zone);
}

/* From the free areas. Where they have none, @grown says whether that is the zone's last word. */
static struct page *rmqueue_buddy(struct zone *zone, unsigned int order, enum migratetype type,
				  unsigned int alloc_flags, bool *grown)
{
	struct page *page = NULL;
	unsigned long flags;

	spin_lock_irqsave(&zone->lock, flags);
	if (unlikely(order && (alloc_flags & ALLOC_HARDER)))
		page = __rmqueue_smallest(zone, order, MIGRATE_HIGHATOMIC);
	if (likely(!page))
		page = __rmqueue(zone, order, type, alloc_flags);
	if (likely(page))
		zone->nr_taken[zone->node != raw_cpu_read(page_cpu.nid)]++;
	else
		*grown = zone_is_grown(zone);
	spin_unlock_irqrestore(&zone->lock, flags);
	if (likely(page)) {
		page_set_flags(page, page_block_flags(page, order, type));
		page_set_owned(page);
	}
	return page;
}

/* It was counted as a hit, but @preferred has another node. */
static void count_numa_miss(struct zone *zone, struct zone *preferred)
{
	atomic_long_dec(&zone->vm_numa_event[NUMA_HIT]);
	atomic_long_inc(&zone->vm_numa_event[NUMA_MISS]);
	atomic_long_inc(&preferred->vm_numa_event[NUMA_FOREIGN]);
}

/* Neither lock nor growth is waited for where there is a block at hand. */
static struct page *rmqueue(struct zone *zone, unsigned int order, enum migratetype type,
			    unsigned int alloc_flags, long most)
{
	struct pcp_list *list = pcp_list_of(zone, type, order);
	int err = 0;

	for (;;) {
		struct page *page = list ? pcp_take(list, most, alloc_flags) : NULL;
		bool last = err == -ENOMEM, grown = false;

		if (likely(page))
			return page;
		page = rmqueue_buddy(zone, order, type, alloc_flags, &grown);
		if (page || last || grown)
			return page;
		err = zone_grow(zone);
		if (err == -EAGAIN)
			cpu_relax();
	}
}

/* Pages that may be taken before @zone is at its mark; 1 where flags let @ac go below. */
static long pages_above_mark(const struct zone *zone, unsigned long mark,
			     const struct alloc_context *ac)
{
	long pages = (long)(zone_page_state(zone, NR_FREE_PAGES) - mark) -
		     zone->lowmem_reserve[ac->highest_zoneidx];

	return max(pages, 1L);
}

/* The walk, once. With ALLOC_NOFRAGMENT it ends where the preferred node does. */
static struct page *walk_zones(unsigned int order, unsigned int alloc_flags,
			       const struct alloc_context *ac)
{
	struct zoneref *z = ac->preferred_zoneref;
	struct zone *zone, *preferred = zonelist_zone(z);

	for_next_zone_zonelist_nodemask(zone, z, ac->highest_zoneidx, ac->nodemask)
	{
		long most = LONG_MAX;
		struct page *page;

		if ((alloc_flags & ALLOC_NOFRAGMENT) && zone->node != preferred->node)
			break;
		if (!(alloc_flags & ALLOC_NO_WATERMARKS)) {
			unsigned long mark = zone->_watermark[alloc_flags & ALLOC_WMARK_MASK] +
					     READ_ONCE(zone->watermark_boost);

			if (!zone_watermark_fast(zone, order, mark, (int)ac->highest_zoneidx,
						 alloc_flags))
				continue;
			most = pages_above_mark(zone, mark, ac);
		}
		page = rmqueue(zone, order, ac->type, alloc_flags, most);
		if (likely(page)) {
			if (unlikely(order && (alloc_flags & ALLOC_HARDER)))
				reserve_highatomic_pageblock(page, order, zone);
			if (unlikely(zone->node != preferred->node))
				count_numa_miss(zone, preferred);
			return page;
		}
	}
	return NULL;
}

/* A mixed pageblock stays so for long: a lower zone comes first, but no other node. */
struct page *get_page_from_freelist(unsigned int order, unsigned int alloc_flags,
				    const struct alloc_context *ac)
{
	struct page *page = walk_zones(order, alloc_flags, ac);

	if (unlikely(!page && (alloc_flags & ALLOC_NOFRAGMENT)))
		page = walk_zones(order, alloc_flags & ~(unsigned int)ALLOC_NOFRAGMENT, ac);
	return page;
}

/*
 * May allocations whose first zone is @zone go to a lower one rather than mix types in a
 * pageblock? Where ZONE_NORMAL has ZONE_DMA32 below it: what is lower still is too small.
 */
static unsigned int alloc_flags_nofragment(const struct zone *zone)
{
	if (!zone || zone_idx(zone) != ZONE_NORMAL)
		return 0;
	if (num_online_nodes() > 1 && !populated_zone(zone - 1))
		return 0;
	return ALLOC_NOFRAGMENT;
}
static_assert(ZONE_NORMAL - ZONE_DMA32 == 1);

bool made_sections_first;

int made_node(int nid)
{
	if (!made_sections_first)
		return nid;
	for (int i = 0; i < MAX_NR_ZONES; i++) {
		const struct zone *zone = &NODE_DATA(nid)->node_zones[i];

		if (zone_page_state(zone, NR_FREE_PAGES) > zone_waiting_pages(zone))
			return nid;
	}
	return NUMA_NO_NODE;
}

/* What boot takes stays: but for ZONE_DMA, zones keep nothing from it for lower ones. */
static int highest_of_boot(const struct zone *zone, const struct alloc_context *ac)
{
	return zone_idx(zone) == ZONE_DMA ? (int)ac->highest_zoneidx : zone_idx(zone);
}

/* Without a section made for it: of the preferred node if it has some, else of the next. */
static noinline struct page *alloc_from_made(unsigned int order, unsigned int alloc_flags,
					     const struct alloc_context *ac)
{
	struct zoneref *z = ac->preferred_zoneref;
	struct page *page = NULL;
	struct zone *zone;
	bool grown;

	for_next_zone_zonelist_nodemask(zone, z, ac->highest_zoneidx, ac->nodemask)
	{
		if (page)
			break;
		if (zone_watermark_fast(zone, order, low_wmark_pages(zone),
					highest_of_boot(zone, ac), alloc_flags))
			page = rmqueue_buddy(zone, order, ac->type, alloc_flags, &grown);
	}
	return page;
}

/* ---- Allocating -------------------------------------------------------------------- */

/* Arguments that no zone can serve: logged, counted. */
static noinline struct page *refuse_alloc(gfp_t gfp, unsigned int order, int nid)
{
	const char *why = "zone or mobility flags exclude each other";

	if (order > MAX_PAGE_ORDER) {
		count_event(&page_alloc_stats.bad_order);
		why = "order over MAX_PAGE_ORDER";
	} else if (gfp_is_bad(gfp)) {
		count_event(&page_alloc_stats.bad_gfp);
	} else {
		count_event(&page_alloc_stats.bad_node);
		why = "no such node";
	}
	if (!(gfp & __GFP_NOWARN))
		pr_warn("page allocation refused: order:%u, mode:%#x, node:%d: %s\n", order, gfp,
			nid, why);
	return NULL;
}

struct page *__alloc_pages(gfp_t gfp, unsigned int order, int preferred_nid,
			   const nodemask_t *nodemask)
{
	struct alloc_context ac;
	struct page *page = NULL;
	unsigned int alloc_flags;

	if (unlikely(order > MAX_PAGE_ORDER || gfp_is_bad(gfp) ||
		     (unsigned int)preferred_nid >= MAX_NUMNODES || !NODE_DATA(preferred_nid)))
		return refuse_alloc(gfp, order, preferred_nid);
	if (unlikely(data_race(page_hooks))) {
		if (!pre_alloc_hook(gfp, order))
			return NULL;
		gfp = current_gfp_context(gfp);
	}
	ac = (struct alloc_context){.nodemask = nodemask,
				    .highest_zoneidx = gfp_zone(gfp),
				    .type = gfp_migratetype(gfp)};
	ac.preferred_zoneref = first_zones_zonelist(node_zonelist(preferred_nid, gfp),
						    ac.highest_zoneidx, nodemask);
	alloc_flags = ALLOC_WMARK_LOW | cma_alloc_flag(ac.type) |
		      alloc_flags_nofragment(zonelist_zone(ac.preferred_zoneref));
	if (unlikely(made_sections_first))
		page = alloc_from_made(order, alloc_flags, &ac);
	if (likely(!page))
		page = get_page_from_freelist(order, alloc_flags, &ac);
	if (unlikely(!page))
		page = alloc_pages_slowpath(gfp, order, &ac);
	if (likely(page) && unlikely(!prep_if_good(page, order, gfp)))
		page = __alloc_pages(gfp, order, preferred_nid, nodemask);
	return page;
}

struct page *alloc_pages_node(int nid, gfp_t gfp, unsigned int order)
{
	return __alloc_pages(gfp, order, nid == NUMA_NO_NODE ? numa_mem_id() : nid, NULL);
}

/*
 * The ways of alloc_pages(), from the shortest on. Each ends with a jump to the next one
 * where it cannot serve, and so saves no registers.
 */
static noinline struct page *alloc_pages_general(gfp_t gfp, unsigned int order)
{
	return __alloc_pages(gfp, order, numa_mem_id(), NULL);
}

static noinline struct page *make_compound(struct page *page, unsigned int order)
{
	prep_compound_page(page, order);
	return page;
}

/* An order that there are no lists for: most often there is a block that needs no splitting. */
static noinline struct page *alloc_pages_uncached(gfp_t gfp, unsigned int order,
						  const struct pcp_list *list)
{
	enum migratetype type = (enum migratetype)list->type;
	struct zone *zone = list->zone;
	unsigned long flags;
	struct page *page;

	spin_lock_irqsave(&zone->lock, flags);
	page = get_page_from_free_area(&zone->free_area[order], type);
	if (likely(page && !zone_page_state(zone, NR_FREE_CMA_PAGES)))
		del_free_block(zone, page, type);
	else
		page = __rmqueue(zone, order, type, cma_alloc_flag(type));
	if (unlikely(!page)) {
		spin_unlock_irqrestore(&zone->lock, flags);
		return alloc_pages_general(gfp, order);
	}
	zone->nr_taken[zone->node != raw_cpu_read(page_cpu.nid)]++;
	spin_unlock_irqrestore(&zone->lock, flags);
	page_set_flags(page, page_block_flags(page, order, type));
	page_set_owned(page);
	return unlikely(gfp & __GFP_COMP) ? make_compound(page, order) : page;
}

/* What is free above the low mark must be in blocks: best one that movable pages left whole. */
static bool has_whole_block(const struct zone *zone)
{
	return !list_empty(&zone->free_area[MAX_PAGE_ORDER].free_list[MIGRATE_MOVABLE]);
}

static noinline struct page *alloc_pages_of_order(gfp_t gfp, unsigned int order)
{
	struct pcp_list *list = raw_cpu_read(page_cpu.alloc_lists)[gfp & PCP_GFP_MASK];
	const struct zone *zone = list->zone;
	unsigned int i = pcp_order_index(order);
	struct page *page;

	if (unlikely(data_race(page_hooks)) || unlikely(order > MAX_PAGE_ORDER) ||
	    unlikely(READ_ONCE(zone->low_margin) < 1L << order) || unlikely(!has_whole_block(zone)))
		return alloc_pages_general(gfp, order);
	if (i == NR_PCP_ORDERS)
		return alloc_pages_uncached(gfp, order, list);
	page = pcp_pop(list + i);
	if (unlikely(!page))
		return alloc_pages_general(gfp, order);
	if (order && (gfp & __GFP_COMP))
		return make_compound(page, order);
	return page;
}

struct page *alloc_pages_nearby(gfp_t gfp, unsigned int order)
{
	struct pcp_list *list = raw_cpu_read(page_cpu.alloc_lists)[gfp & PCP_GFP_MASK];
	struct page *page;

	if (unlikely(order | data_race(page_hooks)) ||
	    unlikely(READ_ONCE(list->zone->low_margin) <= 0))
		return alloc_pages_of_order(gfp, order);
	page = pcp_pop(list);
	if (unlikely(!page))
		return alloc_pages_of_order(gfp, order);
	return page;
}

/* From the free areas, and if they have none once more with what CPUs keep at hand. */
static struct page *rmqueue_zone(struct zone *zone, unsigned int order, enum migratetype type)
{
	bool drained = false;
	int err = 0;

	for (;;) {
		bool last = err == -ENOMEM, grown = false;
		struct page *page = rmqueue_buddy(zone, order, type, cma_alloc_flag(type), &grown);

		if (page || drained)
			return page;
		if (last || grown) {
			drain_all_pages(zone);
			drained = true;
			continue;
		}
		err = zone_grow(zone);
		if (err == -EAGAIN)
			cpu_relax();
	}
}

struct page *zone_alloc_pages(struct zone *zone, unsigned int order, gfp_t gfp)
{
	struct page *page;

	if (order > MAX_PAGE_ORDER || gfp_is_bad(gfp))
		return refuse_alloc(gfp, order, zone->node);
	if (unlikely(data_race(page_hooks)) && !pre_alloc_hook(gfp, order))
		return NULL;
	do {
		page = rmqueue_zone(zone, order, gfp_migratetype(gfp));
	} while (page && !prep_if_good(page, order, gfp));
	return page;
}

unsigned long __get_free_pages(gfp_t gfp, unsigned int order)
{
	struct page *page = alloc_pages(gfp & ~__GFP_HIGHMEM, order);

	return page ? (unsigned long)lowmem_page_address(page) : 0;
}

unsigned long get_zeroed_page(gfp_t gfp)
{
	return __get_free_pages(gfp | __GFP_ZERO, 0);
}

/* ---- Parts of blocks ------------------------------------------------------------------ */

/* References and an order have only first pages. */
struct page *page_block_head(struct page *page)
{
	unsigned long pfn = page_to_pfn(page);

	for (unsigned int order = 0; order < NR_PAGE_ORDERS; order++) {
		struct page *head = pfn_to_page(ALIGN_DOWN(pfn, 1UL << order));

		if (page_ref_count(head) > 0 && page_alloc_order(head) >= order)
			return head;
	}
	return page;
}

static __always_inline void split_block(struct page *page, unsigned int order, bool keep_private)
{
	const unsigned long kept = keep_private ? 1UL << PG_entry : 0;
	enum migratetype type = page_pcptype(page);

	VM_BUG_ON(PageCompound(page));
	VM_BUG_ON(page_alloc_order(page) != order);
	if (unlikely(data_race(page_hooks)))
		split_hook(page, order);
	for (unsigned long i = 0; i < 1UL << order; i++) {
		u32 private = page[i].priv32;

		page_set_flags(page + i,
			       page_block_flags(page + i, 0, type) | (page[i].flags & kept));
		if (i)
			page_set_owned(page + i);
		if (keep_private)
			page[i].priv32 = private;
	}
}

void split_page(struct page *page, unsigned int order)
{
	split_block(page, order, true);
	if (unlikely(PageEntry(page)))
		page_entry_trim(page);
}

void split_new_page(struct page *page, unsigned int order)
{
	split_block(page, order, false);
}

/* The pages of a block past the first @size bytes go back. */
static void *make_alloc_exact(struct page *page, unsigned int order, size_t size)
{
	unsigned long nr = PFN_UP(size);

	if (!page)
		return NULL;
	split_new_page(page, order);
	for (unsigned long i = nr; i < 1UL << order; i++)
		__free_page(page + i);
	return lowmem_page_address(page);
}

void *alloc_pages_exact_nid(int nid, size_t size, gfp_t gfp)
{
	unsigned int order = get_order(size);

	gfp &= ~(__GFP_COMP | __GFP_HIGHMEM);
	return make_alloc_exact(alloc_pages_node(nid, gfp, order), order, size);
}

void *alloc_pages_exact(size_t size, gfp_t gfp)
{
	return alloc_pages_exact_nid(NUMA_NO_NODE, size, gfp);
}

void free_pages_exact(void *virt, size_t size)
{
	unsigned long addr = (unsigned long)virt, end = addr + PAGE_ALIGN(size);

	for (; virt && addr < end; addr += PAGE_SIZE)
		free_page(addr);
}

/* ---- Counts ---------------------------------------------------------------------------- */

unsigned long nr_free_pages(void)
{
	unsigned long pages = 0;
	struct zone *zone;

	for_each_zone (zone)
		pages += zone_page_state(zone, NR_FREE_PAGES);
	return pages;
}

unsigned long get_num_physpages(void)
{
	unsigned long pages = 0;
	pg_data_t *pgdat;

	for_each_online_pgdat (pgdat)
		pages += pgdat->node_present_pages;
	return pages;
}

unsigned long nr_free_buffer_pages(void)
{
	unsigned long pages = 0;
	struct zoneref *z;
	struct zone *zone;

	for_each_zone_zonelist (zone, z, node_zonelist(numa_node_id(), GFP_KERNEL),
				gfp_zone(GFP_USER)) {
		unsigned long size = zone_managed_pages(zone), high = high_wmark_pages(zone);

		if (size > high)
			pages += size - high;
	}
	return pages;
}

/* ---- Options ------------------------------------------------------------------------------ */

int __init memmap_init_parse_option(char *value)
{
	bool eager = value && !strcmp(value, "eager");

	if (!eager && (!value || strcmp(value, "lazy")))
		return -EINVAL;
	memmap_init_eager = eager;
	return 0;
}

int __init mminit_loglevel_parse_option(char *value)
{
	unsigned long long level;
	int err = value ? kstrtoull(value, 0, &level) : -EINVAL;

	if (err || level > 255)
		return -EINVAL;
	mminit_loglevel = (unsigned int)level;
	return 0;
}

void __init page_alloc_reset(void)
{
	percpu_reset();
	numa_reset();
	sparse_reset();
	zone_movable_reset();
	highmem_reset();
	early_reset();
	zonelist_reset();
	pcp_reset();
	watermark_reset();
	fallback_reset();
	cma_reset();
	dma_contiguous_reset();
	hugetlb_reset();
	hugetlb_boot_reset();
	hugetlb_cma_reset();
	memset(&page_alloc_stats, 0, sizeof(page_alloc_stats));
	atomic_long_set(&_totalram_pages, 0);
	totalreserve_pages = 0;
	page_hooks_reset();
	memory_failure_reset();
	vm_events_reset();
	pagecache_reset();
	compaction_reset();
	vmscan_reset();
	slab_reset();
	memmap_init_eager = false;
	made_sections_first = false;
	mminit_loglevel = 0;
}
