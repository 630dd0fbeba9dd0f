// SPDX-License-Identifier: MIT
/*
 * From memory ranges to zones: the limits of each zone of each node, how much of
 * it exists, and what Linux says of it in the log. No page struct is touched.
 * Contract: linux/mmzone.h. Rules: Linux's free_area_init().
 */
#include <linux/mmzone.h>

#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/string.h>

#include "internal.h"
#include "compaction.h"
#include "vmscan.h"

const char *const zone_names[MAX_NR_ZONES] = {"DMA",	 "DMA32",   "Normal",
					      "HighMem", "Movable", "Device"};
const char *const migratetype_names[MIGRATE_TYPES] = {"Unmovable",  "Movable", "Reclaimable",
						      "HighAtomic", "CMA",     "Isolate"};

unsigned long max_pfn;
unsigned long min_low_pfn;
unsigned long max_low_pfn;
unsigned long max_possible_pfn;
void *high_memory;
unsigned int mminit_loglevel;

/* What the machine's layout permits each zone, before the nodes are looked at. */
static unsigned long arch_zone_lowest_possible_pfn[MAX_NR_ZONES];
static unsigned long arch_zone_highest_possible_pfn[MAX_NR_ZONES];

enum zone_type movable_zone;

/* Present pages, less what holds their page structs, and less what DMA has lost. */
static unsigned long nr_all_pages;

/* ---- Limits ------------------------------------------------------------------ */

static void __init find_low_memory_end(const unsigned long *max_zone_pfns)
{
	max_low_pfn = 0;
	for (int i = 0; i <= ZONE_NORMAL; i++)
		max_low_pfn = max(max_low_pfn, max_zone_pfns[i]);
	max_possible_pfn = max(max_possible_pfn, max_pfn);
	high_memory = max_low_pfn ? (char *)__va(PFN_PHYS(max_low_pfn) - 1) + 1 : NULL;
}

static void __init find_zone_limits(const unsigned long *max_zone_pfns)
{
	unsigned long start = PHYS_PFN(memblock_start_of_DRAM());

	memset(arch_zone_lowest_possible_pfn, 0, sizeof(arch_zone_lowest_possible_pfn));
	memset(arch_zone_highest_possible_pfn, 0, sizeof(arch_zone_highest_possible_pfn));
	for (int i = 0; i < MAX_NR_ZONES; i++) {
		unsigned long end;

		if (i == ZONE_MOVABLE)
			continue;
		end = max(max_zone_pfns[i], start);
		arch_zone_lowest_possible_pfn[i] = start;
		arch_zone_highest_possible_pfn[i] = end;
		start = end;
	}
}

/* The highest zone that is not empty: kernelcore= would split that one. */
static void __init find_usable_zone_for_movable(void)
{
	movable_zone = ZONE_DMA;
	for (int i = 0; i < ZONE_MOVABLE; i++)
		if (arch_zone_highest_possible_pfn[i] > arch_zone_lowest_possible_pfn[i])
			movable_zone = (enum zone_type)i;
}

void __init get_pfn_range_for_nid(int nid, unsigned long *start, unsigned long *end)
{
	unsigned long s, e;
	int i;

	*start = ULONG_MAX;
	*end = 0;
	for_each_mem_pfn_range (i, nid, &s, &e, NULL) {
		*start = min(*start, s);
		*end = max(*end, e);
	}
	if (*start == ULONG_MAX)
		*start = 0;
}

static bool __init node_has_mirror_above(int nid, unsigned long pfn)
{
	struct memblock_region *r;

	for_each_mem_region (r)
		if (r->nid == nid && memblock_is_mirror(r) &&
		    memblock_region_memory_end_pfn(r) > pfn)
			return true;
	return false;
}

/*
 * Where the node has a ZONE_MOVABLE, it takes the top of zones that reach past its
 * start, and all of zones above.
 *
 *   Normal   |-----------------------|        before
 *   Normal   |---------|                      after
 *   Movable            |-------------|
 *
 * With kernelcore=mirror mirrored memory past that start stays Normal, and the zones
 * overlap. Linux leaves Normal empty, and its mirrored memory unused, where the first
 * of a node's memory above 4 GB is not mirrored; here it is Normal there, too.
 *
 *   mirrored |=======|     |======|
 *   Normal   |--------------------|
 *   Movable          |---------------|
 */
static void __init adjust_zone_for_movable(int nid, int type, unsigned long node_end,
					   unsigned long *start, unsigned long *end)
{
	unsigned long movable = zone_movable_pfn[nid];

	if (!movable)
		return;
	if (type == ZONE_MOVABLE) {
		*start = movable;
		*end = min(node_end, arch_zone_highest_possible_pfn[movable_zone]);
	} else if (*start < movable) {
		if (!movable_is_unmirrored)
			*end = min(*end, movable);
	} else if (!movable_is_unmirrored || !node_has_mirror_above(nid, movable)) {
		*start = *end;
	}
}

/* The node's part of a zone, holes among it; returns its length in pages. */
static unsigned long __init zone_range_in_node(int nid, int type, unsigned long node_start,
					       unsigned long node_end, unsigned long *start)
{
	unsigned long low = arch_zone_lowest_possible_pfn[type];
	unsigned long high = arch_zone_highest_possible_pfn[type];
	unsigned long s = clamp(node_start, low, high), e = clamp(node_end, low, high);

	adjust_zone_for_movable(nid, type, node_end, &s, &e);
	if (e < node_start || s > node_end)
		return 0;
	e = min(e, node_end);
	s = max(s, node_start);
	*start = s;
	return e - s;
}

/* Where zones overlap, a region's mark decides. @end becomes the end of zone @type's part. */
static unsigned long end_in_zone(const struct memblock_region *r, int type, unsigned long start,
				 unsigned long end)
{
	unsigned long movable = zone_movable_pfn[r->nid];

	if (!movable_is_unmirrored || !movable)
		return end;
	if (type == ZONE_MOVABLE && memblock_is_mirror(r))
		return start;
	if (type != ZONE_MOVABLE && !memblock_is_mirror(r))
		return min(end, max(start, movable));
	return end;
}

/* What of [start, end) is memory of the node's zone @type. */
static unsigned long __init present_pages_in_range(int nid, int type, unsigned long start,
						   unsigned long end)
{
	struct memblock_region *r;
	unsigned long present = 0;

	for_each_mem_region (r) {
		unsigned long s = max(memblock_region_memory_base_pfn(r), start);
		unsigned long e = min(memblock_region_memory_end_pfn(r), end);

		if (r->nid == nid && s < e)
			present += end_in_zone(r, type, s, e) - s;
	}
	return present;
}

/* ---- What Linux would spend on page structs ---------------------------------- */

/*
 * With large holes only what is present would get page structs. Numbers in: DMA
 * with 4095 spanned and 3750 present pages counts 3750, 4095 being over 3984.
 */
unsigned long calc_memmap_pages(unsigned long spanned, unsigned long present)
{
	unsigned long pages = spanned > present + (present >> 4) ? present : spanned;

	return PFN_UP(pages * sizeof(struct page));
}

/* Pages below 16 MB that are reserved: Linux's dma_reserve. */
static unsigned long __init find_dma_reserve(void)
{
	unsigned long present = 0, free = 0, s, e;
	phys_addr_t start, end;
	int i;
	u64 u;

	for_each_mem_pfn_range (i, MAX_NUMNODES, &s, &e, NULL) {
		s = min(s, MAX_DMA_PFN);
		present += min(e, MAX_DMA_PFN) - s;
	}
	for_each_free_mem_range (u, NUMA_NO_NODE, MEMBLOCK_NONE, &start, &end, NULL) {
		s = min(PHYS_PFN(PAGE_ALIGN(start)), MAX_DMA_PFN);
		e = min(PHYS_PFN(end), MAX_DMA_PFN);
		if (s < e)
			free += e - s;
	}
	return present - free;
}

static void __init count_usable_pages(const struct zone *zone, unsigned long dma_reserve)
{
	unsigned long pages = zone->present_pages;
	unsigned long memmap = calc_memmap_pages(zone->spanned_pages, zone->present_pages);

	if (is_highmem(zone)) /* Linux has its page structs elsewhere */
		memmap = 0;
	if (pages >= memmap)
		pages -= memmap;
	else if (memmap)
		pr_warn("  %s zone: %lu memmap pages exceed freesize %lu\n", zone->name, memmap,
			pages);
	if (zone_idx(zone) == 0 && pages > dma_reserve)
		pages -= dma_reserve;
	nr_all_pages += pages;
}

unsigned long usable_pages_estimate(void)
{
	return nr_all_pages;
}

/* ---- Nodes and zones ----------------------------------------------------------- */

static void __init zone_init(struct zone *zone, pg_data_t *pgdat, int type)
{
	zone->name = zone_names[type];
	zone->zone_pgdat = pgdat;
	zone->node = pgdat->node_id;
	spin_lock_init_rank(&zone->lock, LOCK_RANK_ZONE);
	spin_lock_init_rank(&zone->compact_lock, LOCK_RANK_COMPACT);
	zone->pageset_batch = 1;
	for (int order = 0; order < NR_PAGE_ORDERS; order++)
		for (int mt = 0; mt < MIGRATE_TYPES; mt++)
			INIT_LIST_HEAD(&zone->free_area[order].free_list[mt]);
}

static void __init zone_set_span(pg_data_t *pgdat, struct zone *zone, unsigned long node_start,
				 unsigned long node_end)
{
	int nid = pgdat->node_id;
	unsigned long start = 0;
	unsigned long spanned =
		zone_range_in_node(nid, zone_idx(zone), node_start, node_end, &start);

	zone->zone_start_pfn = spanned ? start : 0;
	zone->spanned_pages = spanned;
	zone->present_pages = present_pages_in_range(nid, zone_idx(zone), start, start + spanned);
	zone->present_early_pages = zone->present_pages;
	pgdat->node_spanned_pages += spanned;
	pgdat->node_present_pages += zone->present_pages;
}

static void __init log_node_span(int nid, unsigned long start, unsigned long end)
{
	if (start == end)
		pr_info("Initmem setup node %d as memoryless\n", nid);
	else
		pr_info("Initmem setup node %d [mem %#018llx-%#018llx]\n", nid, PFN_PHYS(start),
			PFN_PHYS(end) - 1);
}

static void __init free_area_init_node(int nid, unsigned long dma_reserve)
{
	pg_data_t *pgdat = NODE_DATA(nid);
	unsigned long start, end;

	get_pfn_range_for_nid(nid, &start, &end);
	pgdat->node_start_pfn = start;
	lruvec_init(&pgdat->__lruvec);
	kswapd_init_node(pgdat);
	kcompactd_init_node(pgdat);
	log_node_span(nid, start, end);
	for (int i = 0; i < MAX_NR_ZONES; i++) {
		struct zone *zone = &pgdat->node_zones[i];

		zone_init(zone, pgdat, i);
		zone_set_span(pgdat, zone, start, end);
	}
	for (int i = 0; i < MAX_NR_ZONES; i++) {
		struct zone *zone = &pgdat->node_zones[i];

		count_usable_pages(zone, dma_reserve);
		if (!zone->spanned_pages)
			continue;
		pgdat->nr_zones = i + 1;
		mminit_dprintk("memmap_init", "Initialising map node %d zone %d pfns %lu -> %lu\n",
			       nid, zone_number(i), zone->zone_start_pfn, zone_end_pfn(zone));
	}
}

/* A node that was named, but has no memory, or too little for a node of its own. */
static void __init add_possible_node(int nid)
{
	pr_info("Initializing node %d as memoryless\n", nid);
	alloc_node_data(nid);
}

static void __init set_node_states(int nid)
{
	const pg_data_t *pgdat = NODE_DATA(nid);

	if (pgdat->node_present_pages || node_state(nid, N_CPU) ||
	    node_state(nid, N_GENERIC_INITIATOR))
		node_set_online(nid);
	if (pgdat->node_present_pages)
		node_set_state(nid, N_MEMORY);
	for (int i = 0; i < ZONE_MOVABLE; i++) {
		if (!populated_zone(&pgdat->node_zones[i]))
			continue;
		node_set_state(nid, N_HIGH_MEMORY);
		if (i <= ZONE_NORMAL)
			node_set_state(nid, N_NORMAL_MEMORY);
	}
}

/* ---- The log ------------------------------------------------------------------- */

static void __init log_zone_ranges(void)
{
	pr_info("Zone ranges:\n");
	for (int i = 0; i < MAX_NR_ZONES; i++) {
		unsigned long low = arch_zone_lowest_possible_pfn[i];
		unsigned long high = arch_zone_highest_possible_pfn[i];

		if (i == ZONE_MOVABLE || !zone_is_shown(i))
			continue;
		if (low == high)
			pr_info("  %-8s empty\n", zone_names[i]);
		else
			pr_info("  %-8s [mem %#018llx-%#018llx]\n", zone_names[i], PFN_PHYS(low),
				PFN_PHYS(high) - 1);
	}
}

static void __init log_movable_starts(void)
{
	pr_info("Movable zone start for each node\n");
	for (int nid = 0; nid < MAX_NUMNODES; nid++)
		if (zone_movable_pfn[nid])
			pr_info("  Node %d: %#018llx\n", nid, PFN_PHYS(zone_movable_pfn[nid]));
}

static void __init log_node_ranges(void)
{
	unsigned long start, end;
	int i, nid;

	pr_info("Early memory node ranges\n");
	for_each_mem_pfn_range (i, MAX_NUMNODES, &start, &end, &nid)
		pr_info("  node %3d: [mem %#018llx-%#018llx]\n", nid, PFN_PHYS(start),
			PFN_PHYS(end) - 1);
}

/* How page->flags is divided, in the words of Linux's mminit_verify_pageflags_layout(). */
static void __init log_pageflags_layout(void)
{
	mminit_dprintk("pageflags_layout_widths",
		       "Section 0 Node %d Zone %d Lastcpupid 0 Kasantag 0 Gen 0 Tier 0 Flags %d\n",
		       NODES_SHIFT, ZONES_SHIFT, __NR_PAGEFLAGS);
	mminit_dprintk("pageflags_layout_shifts",
		       "Section %d Node %d Zone %d Lastcpupid 0 Kasantag 0\n", SECTIONS_SHIFT,
		       NODES_SHIFT, ZONES_SHIFT);
	mminit_dprintk("pageflags_layout_pgshifts",
		       "Section 0 Node %d Zone %d Lastcpupid 0 Kasantag 0\n", NODES_PGSHIFT,
		       ZONES_PGSHIFT);
	mminit_dprintk("pageflags_layout_nodezoneid", "Node/Zone ID: %d -> %d\n",
		       NODES_PGSHIFT + NODES_SHIFT, ZONES_PGSHIFT);
	mminit_dprintk("pageflags_layout_usage",
		       "location: %d -> %d layout %d -> %d unused %d -> %d page-flags\n", 64,
		       __NR_PAGEFLAGS, __NR_PAGEFLAGS, __NR_PAGEFLAGS, __NR_PAGEFLAGS, 0);
}

/*
 * Pages of the hole [start, end) that lie in sections with memory, and so have page
 * structs. Sections touch memory only at the hole's edges, in the parts marked x:
 *
 *   memory |xxx|...........|...........|xxxxx| memory
 *     ...section|  section  |  section  | section ...
 */
static unsigned long __init hole_pages_in_sections(unsigned long start, unsigned long end)
{
	unsigned long low = SECTION_ALIGN_UP(start), high = SECTION_ALIGN_DOWN(end);

	if (low > high) /* one section holds all of it */
		return end - start;
	return low - start + (end - high);
}

static void __init log_hole(const struct zone *zone, unsigned long start, unsigned long end)
{
	unsigned long pages = start < end ? hole_pages_in_sections(start, end) : 0;

	if (pages)
		pr_info("On node %d, zone %s: %lu pages in unavailable ranges\n", zone->node,
			zone->name, pages);
}

/* A hole is its next neighbour's; what follows the last range is that range's. */
static void __init log_unavailable_ranges(void)
{
	struct memory_piece piece;
	unsigned long hole = 0;

	for_each_memory_piece (&piece) {
		log_hole(piece.zone, hole, piece.start);
		hole = piece.end;
	}
	if (hole)
		log_hole(last_populated_zone(), hole, SECTION_ALIGN_UP(hole));
}

/* ---- Memory by zone --------------------------------------------------------------- */

/*
 * The part of region @r that starts at @start and lies in one zone. Each page of a
 * node's memory lies in exactly one.
 */
static bool zone_piece(const struct memblock_region *r, unsigned long start,
		       struct memory_piece *piece)
{
	unsigned long end = memblock_region_memory_end_pfn(r);
	pg_data_t *pgdat = NODE_DATA(r->nid);

	for (int i = 0; i < pgdat->nr_zones; i++) {
		struct zone *zone = &pgdat->node_zones[i];

		if (!zone_spans_pfn(zone, start))
			continue;
		piece->end = end_in_zone(r, i, start, min(end, zone_end_pfn(zone)));
		if (piece->end == start)
			continue;
		piece->start = start;
		piece->zone = zone;
		return true;
	}
	return false;
}

void memory_piece_first(struct memory_piece *piece, unsigned long region)
{
	*piece = (struct memory_piece){.region = region};
	memory_piece_next(piece);
}

bool memory_piece_next(struct memory_piece *piece)
{
	for (; piece->region < memblock.memory.cnt; piece->region++) {
		const struct memblock_region *r = &memblock.memory.regions[piece->region];
		unsigned long start = max(memblock_region_memory_base_pfn(r), piece->end);

		piece->kept = memblock_is_nomap(r) || memblock_is_driver_managed(r);
		if (start < memblock_region_memory_end_pfn(r) && zone_piece(r, start, piece))
			return true;
	}
	piece->zone = NULL;
	return false;
}

struct zone *last_populated_zone(void)
{
	struct zone *zone = NULL;
	struct memory_piece piece;
	const pg_data_t *pgdat;
	unsigned long last = memblock.memory.cnt;

	do {
		memory_piece_first(&piece, --last);
	} while (!piece.zone && last);
	if (!piece.zone)
		return NULL;
	pgdat = piece.zone->zone_pgdat;
	for (int i = 0; i < pgdat->nr_zones; i++)
		if (populated_zone(&pgdat->node_zones[i]))
			zone = NODE_DATA(pgdat->node_id)->node_zones + i;
	return zone;
}

/* ---- All of it -------------------------------------------------------------------- */

void __init free_area_init(const unsigned long *max_zone_pfns)
{
	unsigned long dma_reserve = find_dma_reserve();
	int nid;

	nr_all_pages = 0;
	find_low_memory_end(max_zone_pfns);
	find_zone_limits(max_zone_pfns);
	find_usable_zone_for_movable();
	find_zone_movable_pfns(arch_zone_lowest_possible_pfn[movable_zone]);
	log_zone_ranges();
	log_movable_starts();
	log_node_ranges();
	log_pageflags_layout();
	for_each_node (nid) {
		nr_node_ids = (unsigned int)nid + 1;
		if (!NODE_DATA(nid))
			add_possible_node(nid);
		free_area_init_node(nid, dma_reserve);
		set_node_states(nid);
	}
	log_unavailable_ranges();
	sparse_init();
}
