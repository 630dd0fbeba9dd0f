/* SPDX-License-Identifier: MIT */
/*
 * Counting events of the whole machine.
 *
 * Owns:       the counters.
 * Lifetime:   always; 0 at program start.
 * Locking:    none; any CPU, any context.
 * Units:      as linux/vm_event_item.h says of each.
 * Failure:    none.
 */
#ifndef _LINUX_VMSTAT_H
#define _LINUX_VMSTAT_H

#include <linux/atomic.h>
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

/* Copies all counters to @ret. */
void all_vm_events(unsigned long *ret);

struct seq_file;

/* The events of /proc/vmstat, one a line. */
void vm_events_show(struct seq_file *m);

#endif /* _LINUX_VMSTAT_H */
