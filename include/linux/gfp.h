/* SPDX-License-Identifier: MIT */
/*
 * Page allocation: what a caller asks for, and the calls.
 *
 * Owns:       the meaning of gfp flags. The pages belong to zones (linux/mmzone.h).
 * Lifetime:   from mem_init() on; before, use memblock.
 * Locking:    any context with no zone->lock held.
 * Units:      order is log2 of pages, 0 to MAX_PAGE_ORDER.
 * Failure:    NULL (or 0 for the address forms), nothing changed, and one line
 *             in the log unless __GFP_NOWARN. Combinations that mean nothing are
 *             refused with a message and counted in page_alloc_stats.
 * Source:     Linux's include/linux/gfp_types.h and gfp.h, whose contracts these
 *             functions keep; bit values are not an interface there, nor here.
 */
#ifndef _LINUX_GFP_H
#define _LINUX_GFP_H

#include <linux/gfp_types.h>
#include <linux/mmzone.h>
#include <linux/types.h>

/* ---- Allocating ------------------------------------------------------------ */

/*
 * A block of 1 << @order pages, aligned to its size: the first page's struct, its
 * refcount 1. Unless __GFP_ZERO or init_on_alloc=1 says otherwise its contents are
 * what the last owner left.
 *   __alloc_pages():     zones of @preferred_nid's zonelist, if @nodemask is not
 *                        NULL only of the nodes in it
 *   alloc_pages_node():  NUMA_NO_NODE stands for the calling CPU's node
 */
struct page *__alloc_pages(gfp_t gfp, unsigned int order, int preferred_nid,
			   const nodemask_t *nodemask);
struct page *alloc_pages_node(int nid, gfp_t gfp, unsigned int order);
struct page *alloc_pages_nearby(gfp_t gfp, unsigned int order); /* without __GFP_THISNODE */

/* A CPU's lists may be of another node's zone, where its own node has none. */
static inline struct page *alloc_pages(gfp_t gfp, unsigned int order)
{
	if (unlikely(gfp & __GFP_THISNODE))
		return alloc_pages_node(NUMA_NO_NODE, gfp, order);
	return alloc_pages_nearby(gfp, order);
}
#define alloc_page(gfp) alloc_pages(gfp, 0)

static inline struct page *__alloc_pages_node(int nid, gfp_t gfp, unsigned int order)
{
	return __alloc_pages(gfp, order, nid, NULL);
}

/* The same as a folio. */
static inline struct folio *__folio_alloc(gfp_t gfp, unsigned int order, int preferred_nid,
					  nodemask_t *nodemask)
{
	struct page *page = __alloc_pages(gfp | __GFP_COMP, order, preferred_nid, nodemask);

	return (struct folio *)page;
}

static inline struct folio *__folio_alloc_node(gfp_t gfp, unsigned int order, int nid)
{
	return __folio_alloc(gfp, order, nid, NULL);
}

static inline struct folio *folio_alloc(gfp_t gfp, unsigned int order)
{
	return (struct folio *)alloc_pages(gfp | __GFP_COMP, order);
}

/*
 * Up to @nr_pages single pages: onto @page_list, through page->lru, or into those of
 * @page_array's places that are NULL. May give fewer, even where there are more. Returns
 * the pages on the list, or the place in the array up to which all are filled; 0 without either.
 */
unsigned long __alloc_pages_bulk(gfp_t gfp, int preferred_nid, const nodemask_t *nodemask,
				 int nr_pages, struct list_head *page_list,
				 struct page **page_array);
unsigned long alloc_pages_bulk_list(gfp_t gfp, unsigned long nr_pages, struct list_head *list);
unsigned long alloc_pages_bulk_array(gfp_t gfp, unsigned long nr_pages, struct page **page_array);
unsigned long alloc_pages_bulk_array_node(gfp_t gfp, int nid, unsigned long nr_pages,
					  struct page **page_array);

/*
 * For a process's memory, by its policy: there is neither here, and the policy is the default
 * one, so @vma, @addr and @hugepage say nothing. They are evaluated, and may be NULL.
 */
#define vma_alloc_folio(gfp, order, vma, addr, hugepage) \
	((void)(vma), (void)(addr), (void)(hugepage), folio_alloc(gfp, order))
#define alloc_page_vma(gfp, vma, addr) ((void)(vma), (void)(addr), alloc_page(gfp))
#define alloc_pages_bulk_array_mempolicy(gfp, nr_pages, page_array) \
	alloc_pages_bulk_array(gfp, nr_pages, page_array)

/* The same by direct-map address, 0 on failure. */
unsigned long __get_free_pages(gfp_t gfp, unsigned int order);
unsigned long get_zeroed_page(gfp_t gfp);
#define __get_free_page(gfp)	    __get_free_pages(gfp, 0)
#define __get_dma_pages(gfp, order) __get_free_pages((gfp) | GFP_DMA, order)

/* Just the pages that @size bytes need, each of order 0. Freed with the same size. */
void *alloc_pages_exact(size_t size, gfp_t gfp) __alloc_size(1);
void *alloc_pages_exact_nid(int nid, size_t size, gfp_t gfp) __alloc_size(2);
void free_pages_exact(void *virt, size_t size);

/* ---- Freeing --------------------------------------------------------------- */

/*
 * Drops a reference; the last one frees the block, with the order it was
 * allocated with. A page that is not an allocated block's first, or another order,
 * is refused: the page is named in the log, page_alloc_stats counts it, and nothing
 * changes. NULL and 0 are ignored in the address forms.
 */
void __free_pages(struct page *page, unsigned int order);
void free_pages(unsigned long addr, unsigned int order);
#define __free_page(page) __free_pages(page, 0)
#define free_page(addr)	  free_pages(addr, 0)

/*
 * As __free_page(): a @cold page is of no use in a cache any more, so it is the last that
 * this CPU hands out again. The list is chained through page->lru, and empty afterwards.
 * Linux has had them up to 4.14.
 */
void free_hot_cold_page(struct page *page, bool cold);
void free_hot_cold_page_list(struct list_head *list, bool cold);

/*
 * Frees the first @count blocks of @list, or all where it has fewer, each @order large,
 * of @zone, and with one reference. They pass per-CPU lists by, and neighbours are put
 * together first: for whoever gives back many. Returns how many it took off the list.
 */
int free_pages_bulk(struct zone *zone, int count, struct list_head *list, int order);

/*
 * Gives back to the free areas what this CPU, or all CPUs, keep at hand of @zone; NULL:
 * of all zones. Until then these pages are not part of NR_FREE_PAGES, and do not merge.
 * Not for interrupt handlers.
 */
void drain_local_pages(struct zone *zone);
void drain_all_pages(struct zone *zone);

/* ---- Contiguous ranges ------------------------------------------------------- */

/*
 * Takes pages [start, end), all of one zone, each with one reference: movable pages
 * are moved out of the way, per-CPU lists drained, sections that wait are made.
 * @migratetype: MIGRATE_CMA for a CMA area's own, else MIGRATE_MOVABLE. 0; -EBUSY: a
 * page is in use and cannot be moved; -EINVAL: not memory of one zone; -ENOMEM.
 */
int alloc_contig_range(unsigned long start, unsigned long end, enum migratetype migratetype,
		       gfp_t gfp);

/*
 * @nr_pages pages side by side, of the zones that @gfp permits on the nodes of @nid's
 * zonelist and @nodemask. Aligned to their number where that is a power of two, and to
 * a multiple of it from the zone's start where not. NULL: none free or movable.
 */
struct page *alloc_contig_pages(unsigned long nr_pages, gfp_t gfp, int nid,
				const nodemask_t *nodemask);

/* Drops the one reference of each page; more than one is reported. */
void free_contig_range(unsigned long pfn, unsigned long nr_pages);

/* ---- What flags mean --------------------------------------------------------- */

/*
 * Linux's table from zone flags to zone. Bit sets of zone flags that exclude each
 * other are in GFP_ZONE_BAD. __GFP_HIGHMEM with __GFP_MOVABLE means ZONE_MOVABLE; alone
 * it means ZONE_HIGHMEM, from which a walk goes on at ZONE_NORMAL where that is empty.
 */
#define GFP_ZONE_SHIFT		   4
#define GFP_ZONE_ENTRY(bits, zone) ((u64)(zone) << (bits)*GFP_ZONE_SHIFT)
#define GFP_ZONE_TABLE                                                                             \
	(GFP_ZONE_ENTRY(0, ZONE_NORMAL) | GFP_ZONE_ENTRY(___GFP_DMA, ZONE_DMA) |                   \
	 GFP_ZONE_ENTRY(___GFP_HIGHMEM, ZONE_HIGHMEM) | GFP_ZONE_ENTRY(___GFP_DMA32, ZONE_DMA32) | \
	 GFP_ZONE_ENTRY(___GFP_MOVABLE, ZONE_NORMAL) |                                             \
	 GFP_ZONE_ENTRY(___GFP_MOVABLE | ___GFP_DMA, ZONE_DMA) |                                   \
	 GFP_ZONE_ENTRY(___GFP_MOVABLE | ___GFP_HIGHMEM, ZONE_MOVABLE) |                           \
	 GFP_ZONE_ENTRY(___GFP_MOVABLE | ___GFP_DMA32, ZONE_DMA32))
#define GFP_ZONE_BAD                                                               \
	(1u << (___GFP_DMA | ___GFP_HIGHMEM) | 1u << (___GFP_DMA | ___GFP_DMA32) | \
	 1u << (___GFP_DMA32 | ___GFP_HIGHMEM) |                                   \
	 1u << (___GFP_DMA | ___GFP_DMA32 | ___GFP_HIGHMEM) |                      \
	 1u << (___GFP_MOVABLE | ___GFP_HIGHMEM | ___GFP_DMA) |                    \
	 1u << (___GFP_MOVABLE | ___GFP_DMA32 | ___GFP_DMA) |                      \
	 1u << (___GFP_MOVABLE | ___GFP_DMA32 | ___GFP_HIGHMEM) |                  \
	 1u << (___GFP_MOVABLE | ___GFP_DMA32 | ___GFP_DMA | ___GFP_HIGHMEM))
static_assert((___GFP_DMA | ___GFP_HIGHMEM | ___GFP_DMA32 | ___GFP_MOVABLE) == 0xf);

static inline bool gfp_zone_bad(gfp_t gfp)
{
	return GFP_ZONE_BAD >> (gfp & GFP_ZONEMASK) & 1;
}

/* The highest zone that @gfp permits. Bad combinations have no meaning. */
static inline enum zone_type gfp_zone(gfp_t gfp)
{
	return (enum zone_type)(GFP_ZONE_TABLE >> (gfp & GFP_ZONEMASK) * GFP_ZONE_SHIFT & 0xf);
}

/* What the pages of @gfp are grouped with. */
static inline int gfp_migratetype(gfp_t gfp)
{
	if (unlikely(page_group_by_mobility_disabled))
		return MIGRATE_UNMOVABLE;
	return (enum migratetype)((gfp & __GFP_MOVABLE ? MIGRATE_MOVABLE : 0) |
				  (gfp & __GFP_RECLAIMABLE ? MIGRATE_RECLAIMABLE : 0));
}

static inline bool gfpflags_allow_blocking(gfp_t gfp)
{
	return gfp & __GFP_DIRECT_RECLAIM;
}

/* May memory be compacted for it? */
static inline bool gfp_compaction_allowed(gfp_t gfp)
{
	return gfp & __GFP_IO;
}

static inline int gfp_zonelist(gfp_t gfp)
{
	return gfp & __GFP_THISNODE ? ZONELIST_NOFALLBACK : ZONELIST_FALLBACK;
}

static inline struct zonelist *node_zonelist(int nid, gfp_t gfp)
{
	return &NODE_DATA(nid)->node_zonelists[gfp & __GFP_THISNODE ? ZONELIST_NOFALLBACK
								    : ZONELIST_FALLBACK];
}

/* init_on_alloc=, init_on_free=: are pages and slab objects zeroed for everybody? */
extern bool init_on_alloc;
extern bool init_on_free;

static inline bool want_init_on_alloc(gfp_t gfp)
{
	return init_on_alloc || (gfp & __GFP_ZERO);
}

/* ---- Fragments of pages ------------------------------------------------------------ */

struct page_frag_cache;

/*
 * @fragsz bytes, at most a page, of @nc's block, at a multiple of -@align_mask (a power of two;
 * ~0: any); a new block of @gfp where there is no room. Each keeps the block until
 * page_frag_free(). NULL without memory. @nc is one CPU's at a time.
 */
void *page_frag_alloc_align(struct page_frag_cache *nc, unsigned int fragsz, gfp_t gfp,
			    unsigned int align_mask);
void page_frag_free(void *addr);

static inline void *page_frag_alloc(struct page_frag_cache *nc, unsigned int fragsz, gfp_t gfp)
{
	return page_frag_alloc_align(nc, fragsz, gfp, ~0U);
}

/* Gives @count references to a cache's block back, the cache's own: its pagecnt_bias. */
void __page_frag_cache_drain(struct page *page, unsigned int count);

/* The same for @nc's block, if it has one: it is empty then. */
void page_frag_cache_drain(struct page_frag_cache *nc);

/* ---- What was refused ---------------------------------------------------------- */

struct page_alloc_stats {
	unsigned long failed;	 /* allocations that found no memory */
	unsigned long bad_gfp;	 /* zone flags that exclude each other, or two mobilities */
	unsigned long bad_order; /* allocations over MAX_PAGE_ORDER */
	unsigned long bad_node;	 /* allocations on a node that does not exist */
	unsigned long free_wild; /* frees: not the struct of a page that exists */
	unsigned long free_double;
	unsigned long free_reserved;
	unsigned long free_tail;
	unsigned long free_order;	  /* not the order it was allocated with */
	unsigned long free_flags;	  /* still in use by its owner's marks */
	unsigned long poison_overwritten; /* pages written to while they were free */
};
extern struct page_alloc_stats page_alloc_stats;

/* May memory of the reserves be handed out for @gfp_mask? */
bool gfp_pfmemalloc_allowed(gfp_t gfp_mask);

/* Where pages come from that only some zones have: all of these zones are there. */
#define OPT_ZONE_DMA	 ZONE_DMA
#define OPT_ZONE_DMA32	 ZONE_DMA32
#define OPT_ZONE_HIGHMEM ZONE_HIGHMEM
#define GFP_ZONES_SHIFT	 GFP_ZONE_SHIFT

/* What an architecture does of its own with each page: nothing. */
#define arch_alloc_page(page, order) ((void)(page), (void)(order))
#define arch_free_page(page, order)  ((void)(page), (void)(order))

/*
 * What all allocations may do at the most. Before devices rest who holds system_transition_mutex
 * (linux/suspend.h) takes __GFP_IO and __GFP_FS from all of them, and gives both back after.
 */
extern gfp_t gfp_allowed_mask;
void pm_restrict_gfp_mask(void);
void pm_restore_gfp_mask(void);

static inline bool pm_suspended_storage(void)
{
	return (gfp_allowed_mask & (__GFP_IO | __GFP_FS)) != (__GFP_IO | __GFP_FS);
}

/* What comes with this header on Linux. */
#include <linux/topology.h>

#endif /* _LINUX_GFP_H */
