/* SPDX-License-Identifier: MIT */
/*
 * What nodes and zones are made of. What holds of them, and under which locks, is described
 * in linux/mmzone.h, which is the header to include.
 */
#ifndef _LINUX_MMZONE_TYPES_H
#define _LINUX_MMZONE_TYPES_H

#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mm_types.h>
#include <linux/nodemask.h>
#include <linux/numa.h>
#include <linux/page-flags.h>
#include <linux/pfn.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <asm/page.h>

/* The largest block is 1 << MAX_PAGE_ORDER pages. MAX_ORDER is 6.1's exclusive form. */
#define MAX_PAGE_ORDER	   10
#define NR_PAGE_ORDERS	   (MAX_PAGE_ORDER + 1)
#define MAX_ORDER	   NR_PAGE_ORDERS
#define MAX_ORDER_NR_PAGES (1 << MAX_PAGE_ORDER)

/* Blocks above this order are nothing that an ordinary caller is held up for. */
#define PAGE_ALLOC_COSTLY_ORDER 3

#define pageblock_order	   HUGETLB_PAGE_ORDER
#define pageblock_nr_pages (1UL << pageblock_order)
static_assert(pageblock_order <= MAX_PAGE_ORDER);

enum migratetype {
	MIGRATE_UNMOVABLE,
	MIGRATE_MOVABLE,
	MIGRATE_RECLAIMABLE,
	MIGRATE_PCPTYPES, /* the types that per-CPU lists hold */
	MIGRATE_HIGHATOMIC = MIGRATE_PCPTYPES,
	MIGRATE_CMA,	 /* of a CMA area: movable pages alone, until the area wants them back */
	MIGRATE_ISOLATE, /* nobody may have its free pages, and they do not count as free */
	MIGRATE_TYPES
};

#define is_migrate_cma(type)	 unlikely((type) == MIGRATE_CMA)
#define is_migrate_isolate(type) ((type) == MIGRATE_ISOLATE)

#define is_migrate_cma_page(page) (get_pageblock_migratetype(page) == MIGRATE_CMA)

#define for_each_migratetype_order(order, type)          \
	for (order = 0; order < NR_PAGE_ORDERS; order++) \
		for (type = 0; type < MIGRATE_TYPES; type++)

static inline bool is_migrate_movable(int mt)
{
	return is_migrate_cma(mt) || mt == MIGRATE_MOVABLE;
}

extern const char *const migratetype_names[MIGRATE_TYPES];

/*
 * ZONE_HIGHMEM is what the direct map does not hold (highstart_pfn). Where there is no
 * such memory no zone of this kind is shown or counted, as on Linux x86-64.
 */
enum zone_type {
	ZONE_DMA,
	ZONE_DMA32,
	ZONE_NORMAL,
	ZONE_HIGHMEM,
	ZONE_MOVABLE,
	ZONE_DEVICE,
	__MAX_NR_ZONES
};
#define MAX_NR_ZONES __MAX_NR_ZONES

#define ZONES_SHIFT   3
#define ZONES_PGSHIFT 51
#define NODES_PGSHIFT (ZONES_PGSHIFT + ZONES_SHIFT)
static_assert(NODES_PGSHIFT + NODES_SHIFT <= 64);
static_assert(MAX_NR_ZONES <= 1 << ZONES_SHIFT);
static_assert(PAGE_PCPTYPE_PGSHIFT + 2 == ZONES_PGSHIFT);
static_assert(MIGRATE_PCPTYPES <= 3);

struct free_area {
	struct list_head free_list[MIGRATE_TYPES];
	unsigned long nr_free; /* blocks in all lists */
};

/*
 * Sections [start, end) of a zone that are free and not made yet; or one section that holds
 * boot's tables, the program, or a hole, and is otherwise free.
 */
struct zone_extent {
	unsigned long start; /* section numbers */
	unsigned long end;
	unsigned long used; /* its pages that are not free */
};

enum zone_stat_item {
	NR_FREE_PAGES,
	NR_ZONE_LRU_BASE,
	NR_ZONE_INACTIVE_ANON = NR_ZONE_LRU_BASE,
	NR_ZONE_ACTIVE_ANON,
	NR_ZONE_INACTIVE_FILE,
	NR_ZONE_ACTIVE_FILE,
	NR_ZONE_UNEVICTABLE,
	NR_ZONE_WRITE_PENDING,
	NR_MLOCK,
	NR_BOUNCE,
	NR_ZSPAGES,
	NR_FREE_CMA_PAGES,
	NR_VM_ZONE_STAT_ITEMS
};

enum numa_stat_item {
	NUMA_HIT,
	NUMA_MISS,
	NUMA_FOREIGN,
	NUMA_INTERLEAVE_HIT,
	NUMA_LOCAL,
	NUMA_OTHER,
	NR_VM_NUMA_EVENT_ITEMS
};

/* Pages that reclaim may take, by what they are and whether they were used of late. */
enum lru_list {
	LRU_INACTIVE_ANON,
	LRU_ACTIVE_ANON,
	LRU_INACTIVE_FILE,
	LRU_ACTIVE_FILE,
	LRU_UNEVICTABLE,
	NR_LRU_LISTS
};
#define for_each_lru(lru)	    for (lru = 0; lru < NR_LRU_LISTS; lru++)
#define for_each_evictable_lru(lru) for (lru = 0; lru <= LRU_ACTIVE_FILE; lru++)

/* What a list's number is made of; lists of either kind, and runs of either kind. */
#define LRU_BASE       0
#define LRU_ACTIVE     1
#define LRU_FILE       2
#define ANON_AND_FILE  2
#define ASYNC_AND_SYNC 2
static_assert(LRU_ACTIVE_FILE == LRU_BASE + LRU_FILE + LRU_ACTIVE);

static inline bool is_active_lru(enum lru_list lru)
{
	return lru == LRU_ACTIVE_ANON || lru == LRU_ACTIVE_FILE;
}

static inline bool is_file_lru(enum lru_list lru)
{
	return lru == LRU_INACTIVE_FILE || lru == LRU_ACTIVE_FILE;
}

/* What isolation of a page may do; no owner must heed it. The first and the last change nothing. */
typedef unsigned int isolate_mode_t;
#define ISOLATE_UNMAPPED      ((isolate_mode_t)0x2) /* no process has any page mapped */
#define ISOLATE_ASYNC_MIGRATE ((isolate_mode_t)0x4)
#define ISOLATE_UNEVICTABLE   ((isolate_mode_t)0x8) /* none is locked into memory */

/* When page structs are made: at boot always. */
enum meminit_context { MEMINIT_EARLY, MEMINIT_HOTPLUG };

enum node_stat_item {
	NR_LRU_BASE, /* in the order of enum lru_list; pages */
	NR_INACTIVE_ANON = NR_LRU_BASE,
	NR_ACTIVE_ANON,
	NR_INACTIVE_FILE,
	NR_ACTIVE_FILE,
	NR_UNEVICTABLE,
	NR_SLAB_RECLAIMABLE_B, /* read in pages; changed in bytes by mod_node_page_state() */
	NR_SLAB_UNRECLAIMABLE_B,
	NR_ISOLATED_ANON, /* off their lists, in the hands of reclaim or compaction */
	NR_ISOLATED_FILE,
	WORKINGSET_NODES, /* nobody remembers what was reclaimed: 0, and so are the next */
	WORKINGSET_REFAULT_BASE,
	WORKINGSET_REFAULT_ANON = WORKINGSET_REFAULT_BASE,
	WORKINGSET_REFAULT_FILE,
	WORKINGSET_ACTIVATE_BASE,
	WORKINGSET_ACTIVATE_ANON = WORKINGSET_ACTIVATE_BASE,
	WORKINGSET_ACTIVATE_FILE,
	WORKINGSET_RESTORE_BASE,
	WORKINGSET_RESTORE_ANON = WORKINGSET_RESTORE_BASE,
	WORKINGSET_RESTORE_FILE,
	WORKINGSET_NODERECLAIM,
	NR_ANON_MAPPED, /* processes': 0 */
	NR_FILE_MAPPED,
	NR_FILE_PAGES, /* in page caches */
	NR_FILE_DIRTY,
	NR_WRITEBACK,
	NR_WRITEBACK_TEMP, /* FUSE's, shared memory's, huge pages of processes: 0 */
	NR_SHMEM,
	NR_SHMEM_THPS,
	NR_SHMEM_PMDMAPPED,
	NR_FILE_THPS,
	NR_FILE_PMDMAPPED,
	NR_ANON_THPS,
	NR_VMSCAN_WRITE, /* events: written by reclaim */
	NR_VMSCAN_IMMEDIATE,
	NR_DIRTIED, /* events: dirtied; written by anybody */
	NR_WRITTEN,
	NR_THROTTLED_WRITTEN,
	NR_KERNEL_MISC_RECLAIMABLE, /* its users' */
	NR_FOLL_PIN_ACQUIRED,	    /* processes', threads': 0 */
	NR_FOLL_PIN_RELEASED,
	NR_KERNEL_STACK_KB,
	NR_PAGETABLE,
	NR_SECONDARY_PAGETABLE,
	NR_MEMMAP, /* no item of 6.1 */
	NR_VM_NODE_STAT_ITEMS,
	NR_SLAB_RECLAIMABLE = NR_SLAB_RECLAIMABLE_B,
	NR_SLAB_UNRECLAIMABLE = NR_SLAB_UNRECLAIMABLE_B,
};

/* Those that mod_node_page_state() is told in bytes, whole pages of them. */
static __always_inline bool vmstat_item_in_bytes(int idx)
{
	return idx == NR_SLAB_RECLAIMABLE_B || idx == NR_SLAB_UNRECLAIMABLE_B;
}

/* Those that /proc shows in transparent huge pages. */
static __always_inline bool vmstat_item_print_in_thp(enum node_stat_item item)
{
	(void)item;
	return false;
}

enum zone_flags {
	ZONE_PCP_DISABLED,   /* per-CPU lists take nothing of it: zone_pcp_disable() */
	ZONE_RECLAIM_ACTIVE, /* kswapd reclaims it: per-CPU lists take less of it */
};

enum zone_watermarks { WMARK_MIN, WMARK_LOW, WMARK_HIGH, NR_WMARK };

struct pglist_data;
struct per_cpu_pages; /* mm/pcp.h */

struct zone {
	/* What the allocator reads first. */
	unsigned long _watermark[NR_WMARK];
	unsigned long watermark_boost;
	unsigned long nr_reserved_highatomic; /* pages of its pageblocks, free or not */
	unsigned long flags;		      /* bits of enum zone_flags */
	long low_margin; /* free pages of any type above the low mark: zone_update_margin() */
	long lowmem_reserve[MAX_NR_ZONES]; /* pages kept from callers who could go higher */
	int node;
	struct pglist_data *zone_pgdat;
	unsigned long zone_start_pfn;

	atomic_long_t managed_pages; /* handed to the buddy allocator, extents among them */
	unsigned long spanned_pages; /* from first to last, holes among them */
	unsigned long present_pages; /* spanned less holes */
	unsigned long present_early_pages;
	unsigned long cma_pages;	     /* of present_pages, those in CMA areas */
	unsigned long nr_isolate_pageblocks; /* under zone->lock */
	const char *name;

	spinlock_t lock;
	struct free_area free_area[NR_PAGE_ORDERS];
	unsigned long nr_taken[2]; /* blocks from these, by CPUs of this node and of others */

	/* Compaction: see linux/compaction.h. */
	spinlock_t compact_lock;		     /* never waited for: who compacts holds it */
	unsigned long compact_cached_free_pfn;	     /* where the scanners go on; outside: anew */
	unsigned long compact_cached_migrate_pfn[2]; /* of asynchronous runs, and of others */
	unsigned int compact_considered;	     /* tries since the last failure */
	unsigned int compact_defer_shift;	     /* 1 << it of them are left out */
	int compact_order_failed;		     /* the lowest order that failed */
	bool compact_blockskip_flush;		     /* hints are of no use any more */

	/* Sections not made, by address; extents[0 .. nr_extents). See mm/zone_extents.h. */
	struct zone_extent *extents;
	unsigned int nr_extents;
	unsigned int max_extents;
	unsigned long nr_extent_pages;	/* their pages: part of NR_FREE_PAGES */
	unsigned long nr_growing_pages; /* of sections being made: part of NR_FREE_PAGES, too */
	bool growth_stuck; /* the last try to make one found no low memory for page tables */

	/* Free blocks at hand for each CPU: see mm/pcp.h. Not part of NR_FREE_PAGES. */
	struct per_cpu_pages *per_cpu_pageset; /* by CPU; NULL until there are any */
	int pageset_high;		       /* most pages of a CPU, and pages moved at once */
	int pageset_batch;

	atomic_long_t vm_stat[NR_VM_ZONE_STAT_ITEMS];
	/* What is not NUMA_HIT, less what is counted so anyway: see zone_numa_event_state(). */
	atomic_long_t vm_numa_event[NR_VM_NUMA_EVENT_ITEMS];
};

struct zoneref {
	struct zone *zone;
	int zone_idx; /* zone_idx(zone) */
};

/* Zones in the order in which an allocation tries them; ends with zone NULL. */
#define MAX_ZONES_PER_ZONELIST (MAX_NUMNODES * MAX_NR_ZONES)
struct zonelist {
	struct zoneref *_zonerefs;
};

enum {
	ZONELIST_FALLBACK,   /* all nodes, nearest first */
	ZONELIST_NOFALLBACK, /* __GFP_THISNODE */
	MAX_ZONELISTS
};

/*
 * A node's LRU lists. As on Linux since 5.18 pages that cannot be evicted are counted,
 * but on no list: the head of LRU_UNEVICTABLE is poison.
 */
struct lruvec {
	struct list_head lists[NR_LRU_LISTS];
	spinlock_t lru_lock;
	unsigned long anon_cost; /* of reclaiming either kind, of late */
	unsigned long file_cost;
};

/* Reclaim begins with 1 / 2^12 of each list, and takes twice as much each time. */
#define DEF_PRIORITY 12

/* Rounds without a page reclaimed after which a node counts as unreclaimable. */
#define MAX_RECLAIM_RETRIES 16

/* A node's work in the background: see mm/node_daemon.h. */
struct node_daemon {
	spinlock_t lock;
	bool wanted; /* there is something to do */
	bool runs;   /* a CPU does it */
	int cpu;     /* that is asked to; -1: none, it is done at defined points */
	struct work_struct work;
};

typedef struct pglist_data {
	struct zone node_zones[MAX_NR_ZONES];
	struct zonelist node_zonelists[MAX_ZONELISTS];
	int nr_zones; /* highest populated zone + 1 */
	int node_id;
	unsigned long node_start_pfn;
	unsigned long node_present_pages; /* less holes */
	unsigned long node_spanned_pages;
	unsigned long totalreserve_pages;
	unsigned long min_unmapped_pages;
	unsigned long min_slab_pages;
	struct node_daemon kswapd;  /* its lock: the next three */
	unsigned long kswapd_boost; /* pages, for marks that were boosted */
	int kswapd_order;	    /* what the reclaiming thread was last asked for */
	enum zone_type kswapd_highest_zoneidx;
	int kswapd_priority;	      /* at which it goes on */
	int kswapd_failures;	      /* its rounds without a page, one after the other */
	struct node_daemon kcompactd; /* its lock: the next two */
	int kcompactd_max_order;      /* what it is asked for; 0: nothing */
	enum zone_type kcompactd_highest_zoneidx;
	struct lruvec __lruvec;
	atomic_long_t vm_stat[NR_VM_NODE_STAT_ITEMS];
	struct bootmem_data *bdata; /* in bootmem_node_data[] */
} pg_data_t;

/* By node number; NULL for nodes that do not exist. */
extern pg_data_t *node_data[MAX_NUMNODES];
#define NODE_DATA(nid) (node_data[nid])

#define zone_idx(zone) ((int)((zone) - (zone)->zone_pgdat->node_zones))

#endif /* _LINUX_MMZONE_TYPES_H */
