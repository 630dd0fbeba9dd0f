/* SPDX-License-Identifier: MIT */
/*
 * What the files of mm/ share with each other and with nobody else.
 */
#ifndef _MM_INTERNAL_H
#define _MM_INTERNAL_H

#include <linux/bootmem.h>
#include <linux/gfp.h>
#include <linux/memblock.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <linux/page_ext.h>
#include <linux/types.h>
#include <baremm/bringup.h>
#include <baremm/numa.h>

/* ---- memblock ------------------------------------------------------------ */

/* kernelcore=mirror: memblock_mark_mirror() has an effect. */
extern bool mirrored_kernelcore;

/* Back to the state at program start, for hosts that bring up several machines. */
void memblock_reset(void);

/*
 * Region tables (memblock_table.c). These work on any struct memblock_type and
 * touch nothing else, but for a full one, which memblock_double_array() grows.
 */

/* Bytes of the range that lie below PHYS_ADDR_MAX; *@size becomes that. */
static inline phys_addr_t memblock_cap_size(phys_addr_t base, phys_addr_t *size)
{
	return *size = min(*size, PHYS_ADDR_MAX - base);
}

static inline phys_addr_t memblock_region_end(const struct memblock_region *rgn)
{
	return rgn->base + rgn->size;
}

/* Linux 6.9 and later, and tests written for these, leave cnt 0 in an empty table. */
static inline bool memblock_type_empty(const struct memblock_type *type)
{
	return !type->cnt || !type->regions[0].size;
}

/* May two neighbours not stay apart? */
static inline bool memblock_regions_mergeable(const struct memblock_region *low,
					      const struct memblock_region *high)
{
	return memblock_region_end(low) == high->base && low->nid == high->nid &&
	       low->flags == high->flags;
}

/* Index of the region that holds @addr, or -1. */
long memblock_search(const struct memblock_type *type, phys_addr_t addr);

/* Index of the first region that ends above @addr; the table's length where none does. */
unsigned long memblock_first_above(const struct memblock_type *type, phys_addr_t addr);

/* The one region of an empty table. */
void memblock_make_empty(struct memblock_type *type);

/* Gives @type, which is empty, a zeroed array that stays its caller's. NULL: none. */
void memblock_set_regions(struct memblock_type *type, struct memblock_region *regions,
			  unsigned long max);

/* Adds what of the range is not there yet. 0 or -ENOMEM. */
int memblock_add_range(struct memblock_type *type, phys_addr_t base, phys_addr_t size, int nid,
		       enum memblock_flags flags);

/*
 * Splits regions at the edges of the range, so that regions [*start, *end) are
 * just those inside it. Neighbours that are equal are then apart, until
 * memblock_merge_regions() is called for them. 0 or -ENOMEM.
 */
int memblock_isolate_range(struct memblock_type *type, phys_addr_t base, phys_addr_t size,
			   unsigned long *start, unsigned long *end);

/* Joins region i with i + 1 where they may not stay apart, for all i in [start, end). */
void memblock_merge_regions(struct memblock_type *type, unsigned long start, unsigned long end);

/* Takes out regions [start, end). */
void memblock_remove_regions(struct memblock_type *type, unsigned long start, unsigned long end);

/* Takes out the range, splitting regions at its edges. 0 or -ENOMEM. */
int memblock_remove_range(struct memblock_type *type, phys_addr_t base, phys_addr_t size);

/*
 * Moves the array of @type to a new one of twice the size. The new array will
 * not lie in free memory within [@base, @base + @size), which is about to be
 * reserved. -ENOMEM: not permitted yet, not possible any more, or no room.
 */
int memblock_double_array(struct memblock_type *type, phys_addr_t base, phys_addr_t size);

/* May memory be handed out? Says why not, for @what, once memblock_close() was called. */
bool memblock_is_open(const char *what, phys_addr_t size);

/* Bytes that memblock_trim_memory() cut off and left in memory.total_size. */
extern phys_addr_t memblock_trimmed;

/* A line of the log about one step, if memblock=debug. */
#define memblock_dbg(fmt, ...)                       \
	do {                                         \
		if (memblock_debug)                  \
			pr_info(fmt, ##__VA_ARGS__); \
	} while (0)

/* ---- bootmem ---------------------------------------------------------------- */

/* A line of the log about one step, if bootmem_debug. */
#define bdebug_as(name, fmt, ...)                                         \
	do {                                                              \
		if (unlikely(bootmem_debug))                              \
			pr_info("bootmem::%s " fmt, name, ##__VA_ARGS__); \
	} while (0)
#define bdebug(fmt, ...) bdebug_as(__func__, fmt, ##__VA_ARGS__)

/* Handler of bootmem_debug. 0, or -EINVAL for a value. */
int bootmem_debug_parse_option(char *value);

/* Back to the state at program start, for hosts that bring up several machines. */
void bootmem_reset(void);

/* Is there a node with a bitmap? */
bool bootmem_active(void);

/* From here on no bit changes; asks whether it is so, and then says so for @what. */
void bootmem_close(void);
bool bootmem_is_open(const char *what);

int bootmem_nid(const bootmem_data_t *bdata);

/* Pages [map_pfn, map_end) hold the node's bitmap. */
unsigned long bootmem_map_pfn(const bootmem_data_t *bdata);
unsigned long bootmem_map_end(const bootmem_data_t *bdata);

/* init_bootmem_node() for a node that may have no pgdat yet. */
unsigned long init_bootmem_core(bootmem_data_t *bdata, unsigned long mapstart, unsigned long start,
				unsigned long end);

/*
 * Takes (@reserve) or gives back pages [start, end), which must lie in the node. Pages
 * that are taken may be taken again unless @flags has BOOTMEM_EXCLUSIVE, pages that are
 * free may not be given back. 0, -EBUSY (exclusive, and one is taken), -EINVAL (with a
 * message); with an error no bit has changed.
 */
int mark_bootmem_node(bootmem_data_t *bdata, unsigned long start, unsigned long end, int reserve,
		      int flags);

/* One node's try for an allocation, as linux/bootmem.h has it: at @goal, else nowhere below. */
void *alloc_bootmem_core(bootmem_data_t *bdata, unsigned long size, unsigned long align,
			 unsigned long goal, unsigned long limit);

/*
 * early=bootmem: gives each node a bitmap, which takes over what memblock knows to be
 * free, and closes memblock. Panics where there is no room for one.
 */
void bootmem_setup(void);

/* Gives back the hot-pluggable memory that was kept from allocations, if any was. */
void bootmem_open_hotplug(void);

/*
 * @size bytes, zeroed, in whole pages of @nid (NUMA_NO_NODE: of any) as high as possible
 * in [start, end); 0 where there are none.
 */
phys_addr_t bootmem_alloc_high(phys_addr_t size, phys_addr_t start, phys_addr_t end, int nid);

/* ---- Early allocation: from memblock, or with early=bootmem from bootmem ----------- */

/* Handler of early=. 0 or -EINVAL. */
int early_parse_option(char *value);
extern bool early_bootmem;

/* early_alloc_phys() (baremm/bringup.h), cleared; NULL where no node has room. */
void *early_alloc(phys_addr_t size, int nid);

/* The same, not cleared, but for pages whose page structs somebody will ask for. */
phys_addr_t early_alloc_pages(phys_addr_t size, int nid);

/*
 * Are pages [start, end) tables of early_alloc_phys(), or the program? Their section can
 * wait, for nobody asks for their page structs.
 */
bool early_is_table(unsigned long start, unsigned long end);

/* Whole pages, as high as possible in [start, end), of any node; 0 where there are none. */
phys_addr_t early_alloc_range(phys_addr_t size, phys_addr_t start, phys_addr_t end);

/* May memory still be had here? Closed for good when the page allocator gets it. */
extern bool early_open;
void early_close(void);

/* Back to the state at program start, for hosts that bring up several machines. */
void early_reset(void);

struct pfn_run {
	unsigned long start; /* pfn */
	unsigned long end;
};

/*
 * The first pages of [pos, end) that are taken, where [pos, end) is all memory of @nid.
 * Those of bootmem's bitmaps are not: they will be free, too. False: there are none.
 */
bool early_next_used(int nid, unsigned long pos, unsigned long end, struct pfn_run *run);
bool memblock_next_used(unsigned long pos, unsigned long end, struct pfn_run *run);
bool bootmem_next_used(int nid, unsigned long pos, unsigned long end, struct pfn_run *run);

/*
 * Sets up sections, page structs and extents. The first call does it, and ends early
 * allocation; made sections' free pages are then to be given to the page allocator.
 */
void prepare_handover(void);

/* Gives pages [start, end) of @zone, initialised as unused ones, to the page allocator. */
void release_boot_pages(struct zone *zone, unsigned long start, unsigned long end);

/* Gives reserved pages to it. Those that are not, or hold page structs, stay, with a message. */
void release_reserved_pages(unsigned long start, unsigned long end);

/* ---- e820 ------------------------------------------------------------------ */

/* Options mem= and memmap=: kept, and applied to e820_table later. 0 or -errno. */
int e820_parse_mem(char *value);
int e820_parse_memmap(char *value);

/* Applies what was kept; true if there was any. The table then needs an update. */
bool e820_apply_options(void);

/* Back to the state at program start, for hosts that bring up several machines. */
void e820_forget_options(void);

/* ---- Nodes ------------------------------------------------------------------ */

struct numa_memblk {
	u64 start;
	u64 end;
	int nid;
	int order; /* place among the ranges of the source, the first one of those joined */
};

/* Sorted by start. */
struct numa_meminfo {
	int nr_blks;
	struct numa_memblk blk[NR_NODE_MEMBLKS];
};

/*
 * Options numa=off, noacpi and nohmat; numa=fake='s value, NULL where it was not given,
 * and whether nodes were cut by it.
 */
extern bool numa_off;
extern bool numa_no_acpi;
extern bool numa_no_hmat;
extern const char *numa_fake;
extern bool numa_fake_used;

int numa_parse_option(char *value);
int movable_node_parse_option(char *value);
void numa_forget_options(void);

/* The nodes that the source named, and that numa_emulation() may replace. */
extern nodemask_t numa_nodes_parsed;

/*
 * Puts ranges in order: cuts them at @limit, drops those without memory, and joins
 * those of one node that no other node's lie between. -EINVAL: two nodes overlap.
 */
int numa_cleanup_meminfo(struct numa_meminfo *mi, u64 limit);

/*
 * With numa=fake: splits the nodes of @mi into fake ones, and gives these
 * distances and CPUs by what they were split from. What fails is logged, and leaves
 * all as it was.
 */
void numa_emulation(struct numa_meminfo *mi);

/*
 * Distances for nodes 0 to @nr - 1, each a part of the old node @old[]: those that
 * @next_given() returns, in rows, and where that is negative the old nodes'.
 */
void numa_remap_distances(const int *old, int nr, int (*next_given)(void));

/* CPUs of node n are node @map[n]'s from now on; NUMA_NO_NODE: node 0's. */
void numa_map_cpu_nodes(const int map[MAX_NUMNODES]);

/* Proximity domains, numbered in the order in which SRAT names them first. */
int pxm_to_node(u32 pxm);

/* Notes which CPUs the machine's MADT names. */
void madt_init(void);

/* Can the CPU with this APIC id be started? True where no MADT says otherwise. */
bool madt_cpu_enabled(u32 apicid);

/* Are the nodes SRAT's? */
bool srat_is_used(void);

/* The sources of nodes, in the order in which they are asked. */
void acpi_numa_register(void);
void amd_numa_register(void);

/* ---- Nodes and zones ------------------------------------------------------ */

/* Gives node @nid a cleared pgdat, on itself where there is room. Panics where there is none. */
void alloc_node_data(int nid);

/* mminit_loglevel=: 4 and above print what Linux calls MMINIT_TRACE, at once: no dmesg follows. */
extern unsigned int mminit_loglevel;
enum { MMINIT_WARNING, MMINIT_VERIFY, MMINIT_TRACE };

#define mminit_dprintk(prefix, fmt, ...)                                            \
	do {                                                                        \
		if (mminit_loglevel > MMINIT_TRACE)                                 \
			printk(KERN_INFO "mminit::" prefix " " fmt, ##__VA_ARGS__); \
	} while (0)

/* Options kernelcore= and movablecore=. 0 or -EINVAL. */
int kernelcore_parse_option(char *value);
int movablecore_parse_option(char *value);

/*
 * Fills zone_movable_pfn[], as the options ask. @usable_start: the first pfn of the
 * highest populated zone, the only one that movable pages are taken from.
 */
void find_zone_movable_pfns(unsigned long usable_start);

/*
 * kernelcore=mirror decided: past zone_movable_pfn[], mirrored memory is not movable,
 * and ZONE_NORMAL overlaps ZONE_MOVABLE.
 */
extern bool movable_is_unmirrored;

/* No ZONE_MOVABLE, no option. */
void zone_movable_reset(void);

/* Option numa_zonelist_order=: node, zone or default; a letter will do. 0 or -EINVAL. */
int numa_zonelist_order_parse_option(char *value);
void zonelist_reset(void);

/* All lists empty. */
void lruvec_init(struct lruvec *lruvec);

/* Has the machine zones of this kind? All but ZONE_HIGHMEM it has, if empty ones. */
static inline bool zone_is_shown(int idx)
{
	return idx != ZONE_HIGHMEM || have_highmem();
}

/* What a zone's number is among those shown. */
static inline int zone_number(int idx)
{
	return idx > ZONE_HIGHMEM && !have_highmem() ? idx - 1 : idx;
}

/* Pages of page structs that Linux would count for a zone. */
unsigned long calc_memmap_pages(unsigned long spanned, unsigned long present);

/* Linux's vm_total_pages before anything is free: present less memmap and dma_reserve. */
unsigned long usable_pages_estimate(void);

/*
 * A run of whole pages of memory in one zone, from one region of memblock.memory.
 * Walks go up in addresses: the next is found from `region` and `end`.
 */
struct memory_piece {
	unsigned long start; /* pfn */
	unsigned long end;
	struct zone *zone; /* NULL when there is no more */
	unsigned long region;
	bool kept; /* NOMAP or driver-managed: never handed out */
};

/* The first piece of regions @region and above. */
void memory_piece_first(struct memory_piece *piece, unsigned long region);
bool memory_piece_next(struct memory_piece *piece);

#define for_each_memory_piece(piece) \
	for (memory_piece_first(piece, 0); (piece)->zone; memory_piece_next(piece))

/* The highest populated zone of the node with the highest memory. */
struct zone *last_populated_zone(void);

/* ---- Sections ---------------------------------------------------------------- */

/* Takes memory for the table's first level. */
void sparse_init(void);
void sparse_reset(void);

/* Pages that hold what is known of a section's pages: page structs, then page_ext. */
static inline unsigned long section_meta_pages(void)
{
	return SECTION_MEMMAP_PAGES + page_ext_section_pages;
}

/* Frames that making a section may need for page tables: behind these, or in low memory. */
#define SECTION_TABLE_PAGES 4

bool section_has_root(unsigned long nr);
/* @page, cleared here, holds the entries of section @nr and its neighbours from now on. */
void section_set_root(unsigned long nr, void *page);
void section_set_state(unsigned long nr, enum section_state state);

/*
 * Maps the section's page structs to the frames from @memmap_pfn on. The pages at
 * @tables, in the direct map, are for page tables. Returns how many of these were
 * used, the first ones, or -errno.
 */
int section_map_memmap(unsigned long nr, unsigned long memmap_pfn,
		       const phys_addr_t tables[SECTION_TABLE_PAGES]);

/* Those that follow the section_meta_pages() at @memmap_pfn. */
void section_tables_behind_memmap(unsigned long memmap_pfn,
				  phys_addr_t tables[SECTION_TABLE_PAGES]);

/* Allocated pages [page, page + nr) are for page structs, or what goes with them, for good. */
void donate_to_memmap(struct page *page, unsigned long nr);

/*
 * Notes where they are, clears its page_ext, and makes all pageblocks movable. The
 * section has a root.
 */
void section_set_memmap(unsigned long nr, unsigned long memmap_pfn, unsigned long ext_pfn,
			int nr_tables);

/* Page structs of [start, end), just mapped: nobody's yet; or reserved for ever. */
void init_unused_pages(unsigned long start, unsigned long end, const struct zone *zone);
void init_reserved_pages(unsigned long start, unsigned long end, const struct zone *zone);
/* Page structs that are nobody's become reserved ones. */
void set_pages_reserved(unsigned long start, unsigned long end, unsigned long more_flags);

/*
 * The word of a section's pageblock_flags, and the bit in it, that @pfn's block has. The
 * section has a root.
 */
static inline u64 *pageblock_word(unsigned long pfn, unsigned int *shift)
{
	unsigned long nr = pfn_to_section_nr(pfn);
	struct mem_section *ms = &mem_section[nr / SECTIONS_PER_ROOT][nr % SECTIONS_PER_ROOT];
	unsigned long bit = (pfn >> pageblock_order) % PAGEBLOCKS_PER_SECTION * PAGEBLOCK_BITS;

	*shift = bit % 64;
	return &ms->pageblock_flags[bit / 64];
}

/* The section must be made. Changes are made with the zone's lock held. */
static inline enum migratetype get_pfnblock_migratetype(unsigned long pfn)
{
	unsigned int shift;
	u64 *word = pageblock_word(pfn, &shift);

	return (enum migratetype)(READ_ONCE(*word) >> shift & PAGEBLOCK_TYPE_MASK);
}
void set_pfnblock_migratetype(unsigned long pfn, enum migratetype type);

/* Compaction's hint that there is nothing to be found in the pageblock. Any context. */
static inline bool get_pfnblock_skip(unsigned long pfn)
{
	unsigned int shift;
	u64 *word = pageblock_word(pfn, &shift);

	return READ_ONCE(*word) >> shift & PAGEBLOCK_SKIP;
}
void set_pfnblock_skip(unsigned long pfn);

/* Of the pageblock's bits, those of @mask. Others', also of its word, may change meanwhile. */
void set_pfnblock_bits(unsigned long pfn, u64 mask, u64 bits);

/* None of the section's pageblocks has it any more. */
void section_clear_skip(unsigned long nr);

/*
 * Makes one section of @zone's extents and frees its pages. -ENOENT: there is none
 * left; -EAGAIN: the last ones are being made on another CPU; -ENOMEM: it is high
 * memory, and there is no low memory for page tables. Called with no lock held: low
 * memory is allocated then, which makes sections of lower zones if it must.
 */
int zone_grow(struct zone *zone);

/*
 * Makes a section that is on no extent any more, and does not count as free; frees its pages,
 * but for @used that are taken.
 */
void section_make_claimed(struct zone *zone, unsigned long nr, unsigned long used);

/* Its root is the page at @pfn, unless there is one. Returns the pages used, 0 or 1. */
unsigned long section_add_root(unsigned long nr, unsigned long pfn);

/*
 * Makes the section that @bad_pfn lies in, which waits as part of an extent. What making
 * it takes of its own pages is not that one. -ENOENT: it does not wait; -ENOMEM.
 */
int section_make_without(unsigned long bad_pfn);

/* ---- Buddy: the free areas of a zone ----------------------------------------- */

/* How far the zone is from its low mark, for allocations of any type and one page. */
static inline long zone_low_margin(const struct zone *zone)
{
	unsigned long kept = low_wmark_pages(zone) + zone->nr_reserved_highatomic +
			     zone_page_state(zone, NR_FREE_CMA_PAGES);

	return (long)(zone_page_state(zone, NR_FREE_PAGES) - kept);
}

/* What follows each change of the marks, their boost, or what is reserved. */
static inline void zone_update_margin(struct zone *zone)
{
	WRITE_ONCE(zone->low_margin, zone_low_margin(zone));
}

/*
 * Frees a block of pageblocks of @type, merging it with its free buddies, without a
 * look at the page struct's history; counts its pages as free. At the lists' end
 * (@to_tail) blocks that should be used last. With zone->lock held.
 */
void __free_one_page(struct zone *zone, unsigned long pfn, unsigned int order,
		     enum migratetype type, bool to_tail);

/* The same for whatever blocks [start, end) consists of, to the tail. */
void free_pages_range(struct zone *zone, unsigned long start, unsigned long end);

/*
 * Takes a block off the free areas, splitting and stealing as needed, without a look
 * at the watermarks; its pages count as free no more. ALLOC_CMA: CMA areas' pages will
 * do; ALLOC_NOFRAGMENT, or sections that wait: no pageblock of another type is broken
 * up. NULL: none large enough. With zone->lock held.
 */
struct page *__rmqueue(struct zone *zone, unsigned int order, enum migratetype type,
		       unsigned int alloc_flags);

/*
 * A block from @zone itself, deep into its reserves, or NULL; as alloc_pages(), but
 * for tests and for those who must have that zone.
 */
struct page *zone_alloc_pages(struct zone *zone, unsigned int order, gfp_t gfp);

/* One more in page_alloc_stats: any CPU, any context. */
static inline void count_event(unsigned long *count)
{
	__atomic_fetch_add(count, 1, __ATOMIC_RELAXED);
}

/*
 * Takes @flag off @page; false: it had none, and nothing was written. Of several CPUs one gets
 * it, and with it what the flag stands for.
 */
static inline bool page_take_flag(struct page *page, enum pageflags flag)
{
	unsigned long flags = READ_ONCE(page->flags);

	do
		if (!(flags & 1UL << flag))
			return false;
	while (!__atomic_compare_exchange_n(&page->flags, &flags, flags & ~(1UL << flag), false,
					    __ATOMIC_ACQ_REL, __ATOMIC_RELAXED));
	return true;
}

/* Why @page cannot be freed with @order: counted and logged. False where it can. */
bool free_page_is_bad(struct page *page, unsigned int order);

/* What page_alloc_stats counted of frees that were refused, in one line; none if none was. */
void bad_frees_report(void);

/* All of vm_events[] 0, for hosts that bring up several machines. */
void vm_events_reset(void);

/* Option hardened_usercopy=: does check_object_size() look? 0 or -EINVAL. */
int hardened_usercopy_parse_option(char *value);
void usercopy_reset(void);

/* What of the gfp flags for pages the records that they need follow; these may lie anywhere. */
#define GFP_RECLAIM_MASK                                                                         \
	(__GFP_RECLAIM | __GFP_HIGH | __GFP_IO | __GFP_FS | __GFP_NOWARN | __GFP_RETRY_MAYFAIL | \
	 __GFP_NOFAIL | __GFP_NORETRY | __GFP_MEMALLOC | __GFP_NOMEMALLOC | __GFP_ATOMIC)

/* ---- Watermarks ----------------------------------------------------------------- */

/* What an allocation may dig into, and what it may cause. */
enum {
	ALLOC_WMARK_MIN = WMARK_MIN,
	ALLOC_WMARK_LOW = WMARK_LOW,
	ALLOC_WMARK_HIGH = WMARK_HIGH,
	ALLOC_NO_WATERMARKS = 0x04,
	ALLOC_HARDER = 0x10,	  /* atomic: three quarters of the mark will do, and HighAtomic */
	ALLOC_HIGH = 0x20,	  /* __GFP_HIGH: half of it */
	ALLOC_CMA = 0x80,	  /* movable: free pages of CMA areas, too */
	ALLOC_NOFRAGMENT = 0x100, /* nothing of another type's pageblock, but whole ones */
	ALLOC_KSWAPD = 0x800,	  /* may wake kswapd */
};
#define ALLOC_WMARK_MASK (ALLOC_NO_WATERMARKS - 1)

/* Is there a block of @order or above that any caller may have? */
bool zone_has_block(const struct zone *zone, unsigned int order);

/* The same answer, sooner for single pages: flags only ever lower the mark. */
static inline bool zone_watermark_fast(const struct zone *zone, unsigned int order,
				       unsigned long mark, int highest_zoneidx,
				       unsigned int alloc_flags)
{
	long kept = (long)(mark + READ_ONCE(zone->nr_reserved_highatomic) +
			   zone_page_state(zone, NR_FREE_CMA_PAGES));

	if (likely(!order && (long)zone_page_state(zone, NR_FREE_PAGES) >
				     kept + zone->lowmem_reserve[highest_zoneidx]))
		return true;
	/* Who cannot wait is not held up by a boost that is there for kswapd. */
	if (!order && (alloc_flags & (ALLOC_WMARK_MASK | ALLOC_NO_WATERMARKS | ALLOC_HARDER)) ==
			      (ALLOC_WMARK_MIN | ALLOC_HARDER))
		mark = zone->_watermark[WMARK_MIN];
	return zone_watermark_ok(zone, order, mark, highest_zoneidx, alloc_flags);
}

/* What Linux derives from managed pages: all pure functions of their arguments. */
struct zone_marks {
	unsigned long min, low, high;
};
unsigned long calc_min_free_kbytes(unsigned long lowmem_kbytes);
struct zone_marks calc_zone_marks(unsigned long min_free_kbytes, unsigned long managed,
				  unsigned long lowmem_pages);
/* The same for a zone of high memory, which nobody needs in a hurry. */
struct zone_marks calc_highmem_marks(unsigned long min_free_kbytes, unsigned long managed,
				     unsigned long lowmem_pages);
/* @managed: of the node's zones; fills @reserve[from zone][for callers up to zone]. */
void calc_lowmem_reserve(const unsigned long managed[MAX_NR_ZONES],
			 long reserve[MAX_NR_ZONES][MAX_NR_ZONES]);
unsigned long calc_pageset_batch(unsigned long managed);
unsigned long calc_pageset_high(unsigned long low_mark, unsigned long batch, unsigned int cpus);

/* Sets all of these for all zones from what they manage now. */
void init_per_zone_wmark_min(void);
extern unsigned long min_free_kbytes;

/* Options min_free_kbytes=, watermark_scale_factor= and watermark_boost_factor=. 0 or -EINVAL. */
int min_free_kbytes_parse_option(char *value);
int watermark_scale_factor_parse_option(char *value);
int watermark_boost_factor_parse_option(char *value);
void watermark_reset(void);
void fallback_reset(void);

/* ---- Slab ------------------------------------------------------------------------ */

/* No caches, for hosts that bring up several machines. */
void slab_reset(void);

/* ---- Options and state ----------------------------------------------------------- */

/* Handlers of memmap_init= and mminit_loglevel=. 0 or -EINVAL. */
int memmap_init_parse_option(char *value);
int mminit_loglevel_parse_option(char *value);

/* Back to the state at program start, for hosts that bring up several machines. */
void page_alloc_reset(void);

/* memmap_init=eager: no section waits. */
extern bool memmap_init_eager;

/* ---- Bring-up -------------------------------------------------------------------- */

/* Free of all present pages, in hundredths of a percent. */
unsigned long mm_free_share(void);

/* The option bench: -EINVAL with a value. And what bring-up cost, for its log. */
int bench_parse_option(char *value);
void bench_bring_up_done(u64 cycles);
void bench_reset(void);

/* selftest=: off, full, or the names of tests. -EINVAL for a name that no test has. */
int selftest_setup(char *value);
/* selftest_seed=N, not 0: as in the run that printed it. -EINVAL for what is no number. */
int selftest_seed_parse_option(char *value);
void selftest_reset(void);

#endif /* _MM_INTERNAL_H */
