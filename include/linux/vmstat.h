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

#endif /* _LINUX_VMSTAT_H */
