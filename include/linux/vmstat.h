/* SPDX-License-Identifier: MIT */
/*
 * Counting events of the whole machine, and reading and changing the counts of zones
 * and nodes.
 *
 * Owns:       the counters of events; the others are their zone's or node's.
 * Lifetime:   always; 0 at program start.
 * Locking:    none; any CPU, any context.
 * Units:      as linux/vm_event_item.h says of each.
 * Failure:    none.
 */
#ifndef _LINUX_VMSTAT_H
#define _LINUX_VMSTAT_H

#include <linux/atomic.h>
#include <linux/mmzone.h>
#include <linux/vm_event_item.h>

extern atomic_long_t vm_events[NR_VM_EVENT_ITEMS];
extern const char *const vm_event_names[NR_VM_EVENT_ITEMS];

static inline void count_vm_events(enum vm_event_item item, long delta)
{
	atomic_long_add(delta, &vm_events[item]);
}

static inline void count_vm_event(enum vm_event_item item)
{
	atomic_long_inc(&vm_events[item]);
}

static inline unsigned long vm_event(enum vm_event_item item)
{
	return (unsigned long)atomic_long_read(&vm_events[item]);
}

/* An event that is counted by zone: ALLOCSTALL. */
#define count_zid_vm_event(item, zid) count_vm_event((enum vm_event_item)(item##_DMA + (zid)))
static_assert(ALLOCSTALL_DEVICE - ALLOCSTALL_DMA == ZONE_DEVICE);

/* Copies all counters to @ret. */
void all_vm_events(unsigned long *ret);

/* ---- Zones and nodes --------------------------------------------------------------- */

static inline void mod_zone_page_state(struct zone *zone, enum zone_stat_item item, long delta)
{
	atomic_long_add(delta, &zone->vm_stat[item]);
}

static inline void mod_node_page_state(struct pglist_data *pgdat, enum node_stat_item item,
				       long delta)
{
	if (vmstat_item_in_bytes(item))
		delta >>= PAGE_SHIFT;
	atomic_long_add(delta, &pgdat->vm_stat[item]);
}

/* A count that other CPUs change may be seen below 0 for a moment: that is 0. */
static inline unsigned long node_page_state(const struct pglist_data *pgdat,
					    enum node_stat_item item)
{
	long pages = atomic_long_read(&pgdat->vm_stat[item]);

	return pages < 0 ? 0 : (unsigned long)pages;
}

/* All nodes, all zones. */
unsigned long global_node_page_state(enum node_stat_item item);
unsigned long global_zone_page_state(enum zone_stat_item item);

/* Names as in /proc/vmstat and /proc/zoneinfo; NULL for what Linux does not show. */
extern const char *const zone_stat_names[NR_VM_ZONE_STAT_ITEMS];
extern const char *const numa_stat_names[NR_VM_NUMA_EVENT_ITEMS];
extern const char *const node_stat_names[NR_VM_NODE_STAT_ITEMS];

struct seq_file;

/* /proc/vmstat, as far as it is counted, one a line; and its events alone. */
void vmstat_show(struct seq_file *m);
void vm_events_show(struct seq_file *m);

/* ---- Linux's other names: a count is one word here, which any CPU changes at once ----------- */

#define __count_vm_event(item)	       count_vm_event(item)
#define __count_vm_events(item, delta) count_vm_events(item, delta)
#define __count_zid_vm_events(item, zid, delta) \
	count_vm_events((enum vm_event_item)(item##_DMA + (zid)), delta)
#define __mod_zone_page_state(zone, item, delta)  mod_zone_page_state(zone, item, delta)
#define __mod_node_page_state(pgdat, item, delta) mod_node_page_state(pgdat, item, delta)
#define inc_node_state(pgdat, item)		  mod_node_page_state(pgdat, item, 1)
#define dec_node_state(pgdat, item)		  mod_node_page_state(pgdat, item, -1)
#define __inc_node_state(pgdat, item)		  inc_node_state(pgdat, item)
#define __dec_node_state(pgdat, item)		  dec_node_state(pgdat, item)
#define inc_zone_state(zone, item)		  mod_zone_page_state(zone, item, 1)
#define dec_zone_state(zone, item)		  mod_zone_page_state(zone, item, -1)
#define __inc_zone_state(zone, item)		  inc_zone_state(zone, item)
#define __dec_zone_state(zone, item)		  dec_zone_state(zone, item)
#define inc_zone_page_state(page, item)		  mod_zone_page_state(page_zone(page), item, 1)
#define dec_zone_page_state(page, item)		  mod_zone_page_state(page_zone(page), item, -1)
#define __inc_zone_page_state(page, item)	  inc_zone_page_state(page, item)
#define __dec_zone_page_state(page, item)	  dec_zone_page_state(page, item)
#define inc_node_page_state(page, item)		  inc_node_state(page_zone(page)->zone_pgdat, item)
#define dec_node_page_state(page, item)		  dec_node_state(page_zone(page)->zone_pgdat, item)
#define __inc_node_page_state(page, item)	  inc_node_page_state(page, item)
#define __dec_node_page_state(page, item)	  dec_node_page_state(page, item)
#define mod_lruvec_state(lruvec, item, delta)	  mod_node_page_state(lruvec_pgdat(lruvec), item, delta)
#define __mod_lruvec_state(lruvec, item, delta)	  mod_lruvec_state(lruvec, item, delta)
#define mod_lruvec_page_state(page, item, delta) \
	mod_node_page_state(page_zone(page)->zone_pgdat, item, delta)
#define __mod_lruvec_page_state(page, item, delta) mod_lruvec_page_state(page, item, delta)
#define inc_lruvec_page_state(page, item)	   mod_lruvec_page_state(page, item, 1)
#define dec_lruvec_page_state(page, item)	   mod_lruvec_page_state(page, item, -1)
#define zone_page_state_snapshot(zone, item)	   zone_page_state(zone, item)
#define node_page_state_pages(pgdat, item)	   node_page_state(pgdat, item)
#define global_node_page_state_pages(item)	   global_node_page_state(item)

#define zone_stat_mod_folio(folio, item, nr) \
	mod_zone_page_state(page_zone(&(folio)->page), item, nr)
#define zone_stat_add_folio(folio, item) \
	zone_stat_mod_folio(folio, item, (long)compound_nr(&(folio)->page))
#define zone_stat_sub_folio(folio, item) \
	zone_stat_mod_folio(folio, item, -(long)compound_nr(&(folio)->page))
#define node_stat_mod_folio(folio, item, nr) mod_lruvec_page_state(&(folio)->page, item, nr)
#define node_stat_add_folio(folio, item) \
	node_stat_mod_folio(folio, item, (long)compound_nr(&(folio)->page))
#define node_stat_sub_folio(folio, item) \
	node_stat_mod_folio(folio, item, -(long)compound_nr(&(folio)->page))
#define lruvec_stat_mod_folio(folio, item, nr) node_stat_mod_folio(folio, item, nr)
#define lruvec_stat_add_folio(folio, item)     node_stat_add_folio(folio, item)
#define lruvec_stat_sub_folio(folio, item)     node_stat_sub_folio(folio, item)

#define __zone_stat_mod_folio(folio, item, nr)	 zone_stat_mod_folio(folio, item, nr)
#define __zone_stat_add_folio(folio, item)	 zone_stat_add_folio(folio, item)
#define __zone_stat_sub_folio(folio, item)	 zone_stat_sub_folio(folio, item)
#define __node_stat_mod_folio(folio, item, nr)	 node_stat_mod_folio(folio, item, nr)
#define __node_stat_add_folio(folio, item)	 node_stat_add_folio(folio, item)
#define __node_stat_sub_folio(folio, item)	 node_stat_sub_folio(folio, item)
#define __lruvec_stat_mod_folio(folio, item, nr) lruvec_stat_mod_folio(folio, item, nr)
#define __lruvec_stat_add_folio(folio, item)	 lruvec_stat_add_folio(folio, item)
#define __lruvec_stat_sub_folio(folio, item)	 lruvec_stat_sub_folio(folio, item)
#define __inc_lruvec_page_state(page, item)	 inc_lruvec_page_state(page, item)
#define __dec_lruvec_page_state(page, item)	 dec_lruvec_page_state(page, item)
#define zone_page_state_add(x, zone, item)	 mod_zone_page_state(zone, item, x)
#define quiet_vmstat()				 ((void)0)

/* In pages, whatever the item. */
static inline void node_page_state_add(long x, struct pglist_data *pgdat, enum node_stat_item item)
{
	atomic_long_add(x, &pgdat->vm_stat[item]);
}

/*
 * NR_FREE_PAGES by @pages more, and NR_FREE_CMA_PAGES where they are of @type CMA;
 * isolated pages count in neither. With zone->lock held.
 */
static inline void __mod_zone_freepage_state(struct zone *zone, long pages, enum migratetype type)
{
	atomic_long_t *free = &zone->vm_stat[NR_FREE_PAGES];
	atomic_long_t *free_cma = &zone->vm_stat[NR_FREE_CMA_PAGES];

	if (is_migrate_isolate(type))
		return;
	atomic_long_set(free, atomic_long_read(free) + pages);
	if (is_migrate_cma(type))
		atomic_long_set(free_cma, atomic_long_read(free_cma) + pages);
	else
		WRITE_ONCE(zone->low_margin, zone->low_margin + pages);
}

/* Where allocations found their pages: zone_numa_event_state() (linux/mmzone.h) reads them. */
static inline void zone_numa_event_add(long x, struct zone *zone, enum numa_stat_item item)
{
	atomic_long_add(x, &zone->vm_numa_event[item]);
}
#define __count_numa_event(zone, item)	       zone_numa_event_add(1, zone, item)
#define __count_numa_events(zone, item, delta) zone_numa_event_add(delta, zone, item)

/* All zones', and those of a node. */
unsigned long global_numa_event_state(enum numa_stat_item item);
unsigned long sum_zone_numa_event_state(int node, enum numa_stat_item item);

#define ENABLE_NUMA_STAT  1
#define DISABLE_NUMA_STAT 0

/* Nobody balances nodes, nor counts flushes of TLBs; counts are never kept apart by CPU. */
#define count_vm_numa_event(x)	   ((void)0)
#define count_vm_numa_events(x, y) ((void)(y))
#define count_vm_tlb_event(x)	   ((void)0)
#define count_vm_tlb_events(x, y)  ((void)(y))
#define fold_vm_numa_events()	   ((void)0)
#define cpu_vm_stats_fold(cpu)	   ((void)(cpu))
#define vm_events_fold_cpu(cpu)	   ((void)(cpu))

/* The zones of a node together. */
static inline unsigned long sum_zone_node_page_state(int node, enum zone_stat_item item)
{
	unsigned long count = 0;

	for (int zid = 0; zid < MAX_NR_ZONES; zid++)
		count += zone_page_state(&NODE_DATA(node)->node_zones[zid], item);
	return count;
}

static inline const char *zone_stat_name(enum zone_stat_item item)
{
	return zone_stat_names[item];
}

static inline const char *numa_stat_name(enum numa_stat_item item)
{
	return numa_stat_names[item];
}

static inline const char *node_stat_name(enum node_stat_item item)
{
	return node_stat_names[item];
}

static inline const char *vm_event_name(enum vm_event_item item)
{
	return vm_event_names[item];
}

/* What of /proc/vmstat is behind "nr_" for a list. */
static inline const char *lru_list_name(enum lru_list lru)
{
	return node_stat_name((enum node_stat_item)(NR_LRU_BASE + lru)) + 3;
}

/* What comes with this header on Linux. */
#include <linux/mmdebug.h>
#include <linux/percpu.h>
#include <linux/static_key.h>

#endif /* _LINUX_VMSTAT_H */
