/* SPDX-License-Identifier: MIT */
/*
 * Nodes, zones, sections and the memmap.
 *
 *   node 0                                    node 1
 *   |- DMA -|---- DMA32 ----|--- Normal ---|  |------ Normal ------|
 *     sections of 128 MB: |s0|s1|s2| ...        |s9|...
 *
 * Owns:       pg_data_t of each node, their zones, and the table of sections.
 * Invariants: zone_start_pfn <= pfn < zone_end_pfn(zone) for every page of a
 *             zone; managed <= present <= spanned; a section is either made (has
 *             page structs, all 32768 of them initialised) or lies in exactly one
 *             zone's extents, with all the memory it has, or holds none.
 * Lifetime:   from free_area_init() on; limits are constant, counts are not.
 * Locking:    a zone's free areas, extents and counts: zone->lock. A section that
 *             is being made belongs to the CPU that took it off its extent; the
 *             lock is not held meanwhile (nr_growing_pages counts its pages).
 * Units:      pfn and pages; watermarks in pages.
 */
#ifndef _LINUX_MMZONE_H
#define _LINUX_MMZONE_H

#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mm_types.h>
#include <linux/mmzone_types.h>
#include <linux/nodemask.h>
#include <linux/numa.h>
#include <linux/page-flags.h>
#include <linux/pageblock-flags.h>
#include <linux/pfn.h>
#include <linux/seqlock.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <asm/page.h>

/* ---- Sections and the memmap ------------------------------------------- */

#define PAGEBLOCK_BITS	    4 /* a migratetype, and whether compaction skips it */
#define PAGEBLOCK_TYPE_MASK 0x7u
#define PAGEBLOCK_SKIP	    0x8u

#define PFN_SECTION_SHIFT (SECTION_SIZE_BITS - PAGE_SHIFT)
#define PAGES_PER_SECTION (1UL << PFN_SECTION_SHIFT)
#define SECTIONS_SHIFT	  (MAX_PHYSMEM_BITS - SECTION_SIZE_BITS)
#define NR_MEM_SECTIONS	  (1UL << SECTIONS_SHIFT)

#define pfn_to_section_nr(pfn)	((pfn) >> PFN_SECTION_SHIFT)
#define section_nr_to_pfn(sec)	((sec) << PFN_SECTION_SHIFT)
#define SECTION_ALIGN_UP(pfn)	(((pfn) + PAGES_PER_SECTION - 1) & ~(PAGES_PER_SECTION - 1))
#define SECTION_ALIGN_DOWN(pfn) ((pfn) & ~(PAGES_PER_SECTION - 1))

#define PAGEBLOCKS_PER_SECTION (PAGES_PER_SECTION >> pageblock_order)

/*
 * A section that is made, or that could not be. What lies in no root of the table,
 * or is SECTION_UNMADE, waits in a zone's extents, or holds no memory.
 */
enum section_state {
	SECTION_UNMADE,
	SECTION_MAKING, /* has memory for its page structs, not their contents */
	SECTION_MADE,
	SECTION_LOST, /* no memory for its page structs: its memory is not used */
};

static_assert(MIGRATE_TYPES <= PAGEBLOCK_TYPE_MASK + 1);

struct mem_section {
	unsigned int state;	     /* enum section_state */
	unsigned int nr_table_pages; /* page tables that follow page_ext */
	unsigned long memmap_pfn;    /* the frames that hold its page structs */
	unsigned long ext_pfn;	     /* and page_ext; these have an address */
	u64 pageblock_flags[PAGEBLOCKS_PER_SECTION * PAGEBLOCK_BITS / 64];
	u64 pad[1];
};

#define SECTIONS_PER_ROOT (PAGE_SIZE / sizeof(struct mem_section))
static_assert(PAGE_SIZE % sizeof(struct mem_section) == 0);

/* Roots appear when one of their sections is made; NULL until then. */
extern struct mem_section **mem_section;
extern unsigned long nr_section_roots;

static inline struct mem_section *__nr_to_section(unsigned long nr)
{
	unsigned long root = nr / SECTIONS_PER_ROOT;

	if (root >= nr_section_roots || !mem_section[root])
		return NULL;
	return &mem_section[root][nr % SECTIONS_PER_ROOT];
}

/* Can page structs of this section be read? */
static inline bool section_made(unsigned long nr)
{
	const struct mem_section *ms = __nr_to_section(nr);

	return ms && __atomic_load_n(&ms->state, __ATOMIC_ACQUIRE) == SECTION_MADE;
}

/* The first made section at @nr or above, or at or below it; ULONG_MAX where there is none. */
unsigned long next_made_section(unsigned long nr);
unsigned long prev_made_section(unsigned long nr);

/* Pages that hold the page structs of a section. */
#define SECTION_MEMMAP_PAGES ((PAGES_PER_SECTION * sizeof(struct page)) >> PAGE_SHIFT)

/*
 * The memmap is virtually contiguous: conversions are arithmetic, and right for
 * any pfn; what may be dereferenced is another question, see pfn_valid().
 */
#define vmemmap		 ((struct page *)VMEMMAP_START)
#define pfn_to_page(pfn) (vmemmap + (pfn))
#define page_to_pfn(pg)	 ((unsigned long)((pg)-vmemmap))

/*
 * Is there a page frame, and a page struct for it, made yet or not? True for all
 * of a made section, its holes among it (they are PG_reserved), as on Linux. Unlike on
 * Linux, true is not enough to read it: see pfn_to_online_page().
 */
int pfn_valid(unsigned long pfn);

/*
 * The page struct of @pfn if it can be read, as page_zone() and page_to_nid() do, which are
 * right for all that it gives: a hole's page is of the zone of the memory above it, or of
 * the last zone. NULL for a section that is not made, and this makes none.
 */
struct page *pfn_to_online_page(unsigned long pfn);

/*
 * The node of @pfn: page_to_nid() of its page struct where there is one; that of the memory
 * where it is not made; NUMA_NO_NODE where there is neither.
 */
int pfn_to_nid(unsigned long pfn);

/* By memblock's table alone; the first node online where that has none. */
int early_pfn_to_nid(unsigned long pfn);

static inline enum zone_type page_zonenum(const struct page *page)
{
	return (enum zone_type)(data_race(page->flags) >> ZONES_PGSHIFT &
				((1UL << ZONES_SHIFT) - 1));
}

static inline enum zone_type folio_zonenum(const struct folio *folio)
{
	return page_zonenum(&folio->page);
}

static inline int page_to_nid(const struct page *page)
{
	return (int)(data_race(page->flags) >> NODES_PGSHIFT & ((1UL << NODES_SHIFT) - 1));
}

static inline struct zone *page_zone(const struct page *page)
{
	return &NODE_DATA(page_to_nid(page))->node_zones[page_zonenum(page)];
}

static inline phys_addr_t page_to_phys(const struct page *page)
{
	return PFN_PHYS(page_to_pfn(page));
}

#define phys_to_page(phys) pfn_to_page(PHYS_PFN(phys))
#define virt_to_page(addr) pfn_to_page(PHYS_PFN(__pa(addr)))
#define virt_to_pfn(addr)  PHYS_PFN(__pa(addr))

/*
 * The first pfn past the direct map, a multiple of PAGES_PER_SECTION: pages below have an
 * address for ever, others while linux/highmem.h lends them one. Unlike Linux's of that
 * name it is ULONG_MAX where the direct map holds all memory.
 */
extern unsigned long highstart_pfn;

static inline bool have_highmem(void)
{
	return highstart_pfn != ULONG_MAX;
}

/* The direct map's address of a page that was not asked for with __GFP_HIGHMEM. */
#define lowmem_page_address(page) __va(page_to_phys(page))
#define page_to_virt(page)	  lowmem_page_address(page)

/* That of any page; past the direct map kmap()'s, and NULL where there is none. */
void *high_page_address(const struct page *page);

static inline void *page_address(const struct page *page)
{
	return likely(page_to_pfn(page) < highstart_pfn) ? lowmem_page_address(page)
							 : high_page_address(page);
}

/* ---- Zones ---------------------------------------------------------------- */

static inline unsigned long zone_managed_pages(const struct zone *zone)
{
	return (unsigned long)atomic_long_read(&zone->managed_pages);
}

static inline unsigned long zone_cma_pages(const struct zone *zone)
{
	return zone->cma_pages;
}

static inline unsigned long zone_end_pfn(const struct zone *zone)
{
	return zone->zone_start_pfn + zone->spanned_pages;
}

static inline unsigned long pgdat_end_pfn(const pg_data_t *pgdat)
{
	return pgdat->node_start_pfn + pgdat->node_spanned_pages;
}

static inline int zone_to_nid(const struct zone *zone)
{
	return zone->node;
}

static inline bool zone_is_empty(const struct zone *zone)
{
	return zone->spanned_pages == 0;
}

/* Do zone and [start_pfn, start_pfn + nr_pages) have pages in common? */
static inline bool zone_intersects(const struct zone *zone, unsigned long start_pfn,
				   unsigned long nr_pages)
{
	return !zone_is_empty(zone) && start_pfn < zone_end_pfn(zone) &&
	       start_pfn + nr_pages > zone->zone_start_pfn;
}

#define node_end_pfn(nid) pgdat_end_pfn(NODE_DATA(nid))

static inline bool is_zone_movable_page(const struct page *page)
{
	return page_zonenum(page) == ZONE_MOVABLE;
}

static inline bool zone_spans_pfn(const struct zone *zone, unsigned long pfn)
{
	return zone->zone_start_pfn <= pfn && pfn < zone_end_pfn(zone);
}

static inline bool managed_zone(const struct zone *zone)
{
	return zone_managed_pages(zone) != 0;
}

static inline bool populated_zone(const struct zone *zone)
{
	return zone->present_pages != 0;
}

static inline unsigned long zone_page_state(const struct zone *zone, enum zone_stat_item item)
{
	return (unsigned long)atomic_long_read(&zone->vm_stat[item]);
}

/* What of @zone's allocations was where it should be, since boot. Takes the lists' locks. */
unsigned long zone_numa_event_state(const struct zone *zone, enum numa_stat_item item);

#define wmark_pages(z, i)   ((z)->_watermark[i] + (z)->watermark_boost)
#define min_wmark_pages(z)  ((z)->_watermark[WMARK_MIN] + READ_ONCE((z)->watermark_boost))
#define low_wmark_pages(z)  ((z)->_watermark[WMARK_LOW] + READ_ONCE((z)->watermark_boost))
#define high_wmark_pages(z) ((z)->_watermark[WMARK_HIGH] + READ_ONCE((z)->watermark_boost))

#define node_present_pages(nid) (NODE_DATA(nid)->node_present_pages)
#define node_spanned_pages(nid) (NODE_DATA(nid)->node_spanned_pages)
#define node_start_pfn(nid)	(NODE_DATA(nid)->node_start_pfn)

struct pglist_data *first_online_pgdat(void);
struct pglist_data *next_online_pgdat(struct pglist_data *pgdat);
struct zone *next_zone(struct zone *zone);

#define for_each_online_pgdat(pgdat) \
	for (pgdat = first_online_pgdat(); pgdat; pgdat = next_online_pgdat(pgdat))
#define for_each_zone(zone) \
	for (zone = first_online_pgdat()->node_zones; zone; zone = next_zone(zone))
#define for_each_populated_zone(zone)      \
	for_each_zone (zone)               \
		if (!populated_zone(zone)) \
			;                  \
		else

extern const char *const zone_names[MAX_NR_ZONES];

/* The zone that ZONE_MOVABLE's pages are taken from: the highest that is not empty. */
extern enum zone_type movable_zone;

/* True where memory is too small to keep the migratetypes apart. */
extern bool page_group_by_mobility_disabled;

/* May the zone's pages lie past the direct map? Linux's rule: a Movable one is like its source. */
static inline int is_highmem_idx(enum zone_type idx)
{
	return idx == ZONE_HIGHMEM || (idx == ZONE_MOVABLE && movable_zone == ZONE_HIGHMEM);
}

static inline int is_highmem(const struct zone *zone)
{
	return is_highmem_idx((enum zone_type)zone_idx(zone));
}

static inline int PageHighMem(const struct page *page)
{
	return is_highmem_idx(page_zonenum(page));
}

/* The highest zone that memory policies would apply to. */
extern enum zone_type policy_zone;

/* ---- Walking a zonelist ----------------------------------------------------- */

/*
 * The first entry at @z or after it whose zone is at most @highest_zoneidx and,
 * where @nodes is not NULL, whose node is in it; its zone is NULL at the end.
 */
struct zoneref *__next_zones_zonelist(struct zoneref *z, enum zone_type highest_zoneidx,
				      const nodemask_t *nodes);

static inline struct zoneref *next_zones_zonelist(struct zoneref *z, enum zone_type highest_zoneidx,
						  const nodemask_t *nodes)
{
	if (likely(!nodes && z->zone_idx <= (int)highest_zoneidx))
		return z;
	return __next_zones_zonelist(z, highest_zoneidx, nodes);
}

static inline struct zoneref *first_zones_zonelist(const struct zonelist *zonelist,
						   enum zone_type highest_zoneidx,
						   const nodemask_t *nodes)
{
	return next_zones_zonelist(zonelist->_zonerefs, highest_zoneidx, nodes);
}

#define zonelist_zone(zoneref)	   ((zoneref)->zone)
#define zonelist_zone_idx(zoneref) ((zoneref)->zone_idx)
#define zonelist_node_idx(zoneref) ((zoneref)->zone->node)

#define for_each_zone_zonelist_nodemask(zone, z, zlist, highidx, nodemask)                      \
	for (z = first_zones_zonelist(zlist, highidx, nodemask), zone = zonelist_zone(z); zone; \
	     z = next_zones_zonelist(z + 1, highidx, nodemask), zone = zonelist_zone(z))
/* The same from @z on, which first_zones_zonelist() found: a walk whose start is kept. */
#define for_next_zone_zonelist_nodemask(zone, z, highidx, nodemask) \
	for (zone = zonelist_zone(z); zone;                         \
	     z = next_zones_zonelist(z + 1, highidx, nodemask), zone = zonelist_zone(z))
#define for_each_zone_zonelist(zone, z, zlist, highidx) \
	for_each_zone_zonelist_nodemask (zone, z, zlist, highidx, NULL)

/* ---- From ranges to zones ---------------------------------------------------- */

/*
 * Sets up every node's pgdat and zones from memblock.memory. @max_zone_pfns[i] is
 * the first pfn past zone i; one not above the zone before it is empty. Called
 * once, after initmem_init(). Panics where there is no memory for tables.
 * Source: Linux's free_area_init() and sparse_init().
 */
void free_area_init(const unsigned long *max_zone_pfns);

/*
 * The order in which each node's allocations try the zones: nearest node first,
 * in a node the highest zone first. Decides whether pages are grouped by mobility, and
 * gives each CPU its page lists. Once; @pgdat is a node that is plugged in later on Linux, and
 * NULL here.
 */
void build_all_zonelists(pg_data_t *pgdat);

/*
 * Hands all memory that is free now to the page allocator, sets the watermarks,
 * and prints what is available. From its return on alloc_pages() works and
 * memblock is closed.
 */
void mem_init(void);

/* Makes every section that is not made yet, as memmap_init=eager does at boot. */
void memmap_make_all(void);

/* The first pfn of ZONE_MOVABLE on each node; 0 where it has none. */
extern unsigned long zone_movable_pfn[MAX_NUMNODES];

/* Whole machine, in pages. */
extern atomic_long_t _totalram_pages;
extern unsigned long totalreserve_pages;

static inline unsigned long totalram_pages(void)
{
	return (unsigned long)atomic_long_read(&_totalram_pages);
}

/* ---- Checks and dumps ---------------------------------------------------------- */

/*
 * Recounts @zone from its lists, extents and page structs, and compares with its
 * counters. Logs each fault, changes nothing, returns the number of faults. Takes
 * zone->lock; costs in proportion to the free blocks and made sections.
 */
int zone_verify(struct zone *zone);

/*
 * Walks the node's LRU lists: well linked, of pages that belong there, and as many as
 * node and zones count. Logs each fault, changes nothing, returns their number.
 */
int lruvec_verify(pg_data_t *pgdat);

struct seq_file;

/* /proc/zoneinfo, /proc/buddyinfo, /proc/pagetypeinfo. Extents show as order-10 Movable blocks. */
void zoneinfo_show(struct seq_file *m);
void buddyinfo_show(struct seq_file *m);
void pagetypeinfo_show(struct seq_file *m);

/* What the pageblock of @page is kept for. Without zone->lock a guess. */
enum migratetype get_pageblock_migratetype(const struct page *page);

/* ---- Are there enough free pages? -------------------------------------------------------- */

/*
 * Would @zone stay above @mark and what it keeps from requests for @highest_zoneidx if a
 * block of @order were taken, and does it have one? @alloc_flags: 0, or what the allocator
 * permits itself.
 */
bool zone_watermark_ok(const struct zone *zone, unsigned int order, unsigned long mark,
		       int highest_zoneidx, unsigned int alloc_flags);

/* The same if @free pages were free. */
bool __zone_watermark_ok(const struct zone *zone, unsigned int order, unsigned long mark,
			 int highest_zoneidx, unsigned int alloc_flags, long free);

/* The same of no flags; the count of free pages is exact in any case. */
static inline bool zone_watermark_ok_safe(const struct zone *zone, unsigned int order,
					  unsigned long mark, int highest_zoneidx)
{
	return zone_watermark_ok(zone, order, mark, highest_zoneidx, 0);
}

/*
 * Asks for free pages up to the high mark of @zone's node, if they are not there; where
 * they are, but in pieces, kcompactd is asked, unless @gfp may compact.
 */
void wakeup_kswapd(struct zone *zone, gfp_t gfp, unsigned int order,
		   enum zone_type highest_zoneidx);

/* ---- More of sections ------------------------------------------------------------------- */

#define PA_SECTION_SHIFT  SECTION_SIZE_BITS
#define PAGE_SECTION_MASK (~(PAGES_PER_SECTION - 1))

/* Here a section is there as a whole, or waits, and none is unplugged. */
static inline int present_section_nr(unsigned long nr)
{
	return section_made(nr);
}
#define valid_section_nr(nr)	    present_section_nr(nr)
#define online_section_nr(nr)	    present_section_nr(nr)
#define pfn_in_present_section(pfn) present_section_nr(pfn_to_section_nr(pfn))

static inline struct pglist_data *lruvec_pgdat(struct lruvec *lruvec)
{
	return (struct pglist_data *)((char *)lruvec - offsetof(struct pglist_data, __lruvec));
}

static inline bool zone_is_initialized(const struct zone *zone)
{
	return zone->zone_pgdat != NULL;
}

/* Memory of devices has no page structs here. */
static inline bool is_zone_device_page(const struct page *page)
{
	(void)page;
	return false;
}
#define folio_is_zone_device(folio) is_zone_device_page(&(folio)->page)
#define zone_is_zone_device(zone)   ((void)(zone), false)

static inline bool has_managed_dma(void)
{
	for (struct pglist_data *pgdat = first_online_pgdat(); pgdat;
	     pgdat = next_online_pgdat(pgdat))
		if (managed_zone(&pgdat->node_zones[ZONE_DMA]))
			return true;
	return false;
}

/* Types whose blocks may merge with each other's, as any of them may take the others. */
static inline bool migratetype_is_mergeable(enum migratetype type)
{
	return type < MIGRATE_PCPTYPES;
}

static inline void totalram_pages_add(long count)
{
	atomic_long_add(count, &_totalram_pages);
}

static inline void totalram_pages_inc(void)
{
	totalram_pages_add(1);
}

static inline void totalram_pages_dec(void)
{
	totalram_pages_add(-1);
}

/* Nodes without memory are not told apart, as on Linux x86-64. */
static inline int local_memory_node(int node_id)
{
	return node_id;
}

/* What comes with this header on Linux. */
#include <linux/cache.h>
#include <linux/init.h>
#include <linux/memory_hotplug.h>

#endif /* _LINUX_MMZONE_H */
