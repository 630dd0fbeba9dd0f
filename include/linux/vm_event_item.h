/* SPDX-License-Identifier: MIT */
/*
 * What the page allocator counts as it works: the lines of Linux's /proc/vmstat that
 * are events.
 */
#ifndef _LINUX_VM_EVENT_ITEM_H
#define _LINUX_VM_EVENT_ITEM_H

/* The names in /proc/vmstat are in vm_event_names[], in this order. */
enum vm_event_item {
	PGMIGRATE_SUCCESS, /* pages moved, and pages that could not be */
	PGMIGRATE_FAIL,
	COMPACTMIGRATE_SCANNED, /* pages looked at as what to move, and as where to */
	COMPACTFREE_SCANNED,
	COMPACTISOLATED, /* pages taken, to be moved or moved to */
	COMPACTSTALL,	 /* allocations that compacted; and how they ended */
	COMPACTFAIL,
	COMPACTSUCCESS,
	NR_VM_EVENT_ITEMS
};

#endif /* _LINUX_VM_EVENT_ITEM_H */
