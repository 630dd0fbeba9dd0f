/* SPDX-License-Identifier: MIT */
/*
 * What the page allocator counts as it works: the lines of Linux's /proc/vmstat that
 * are events.
 */
#ifndef _LINUX_VM_EVENT_ITEM_H
#define _LINUX_VM_EVENT_ITEM_H

/* The names in /proc/vmstat are in vm_event_names[], in this order. */
enum vm_event_item {
	ALLOCSTALL_DMA, /* direct reclaims by the highest zone that would do, as enum zone_type */
	ALLOCSTALL_DMA32,
	ALLOCSTALL_NORMAL,
	ALLOCSTALL_HIGHMEM,
	ALLOCSTALL_MOVABLE,
	ALLOCSTALL_DEVICE,
	PGACTIVATE, /* pages moved from one list to the other */
	PGDEACTIVATE,
	PGREFILL,	/* pages of active lists looked at */
	PGSTEAL_KSWAPD, /* pages reclaimed, and pages looked at for that */
	PGSTEAL_DIRECT,
	PGSCAN_KSWAPD,
	PGSCAN_DIRECT,
	PGSCAN_ANON,
	PGSCAN_FILE,
	PGSTEAL_ANON,
	PGSTEAL_FILE,
	SLABS_SCANNED, /* objects that shrinkers looked at */
	KSWAPD_LOW_WMARK_HIT_QUICKLY,
	KSWAPD_HIGH_WMARK_HIT_QUICKLY,
	PAGEOUTRUN,	   /* rounds of kswapd */
	PGROTATED,	   /* pages that were written, and moved to where they are reclaimed next */
	PGMIGRATE_SUCCESS, /* pages moved, and pages that could not be */
	PGMIGRATE_FAIL,
	COMPACTMIGRATE_SCANNED, /* pages looked at as what to move, and as where to */
	COMPACTFREE_SCANNED,
	COMPACTISOLATED, /* pages taken, to be moved or moved to */
	COMPACTSTALL,	 /* allocations that compacted; and how they ended */
	COMPACTFAIL,
	COMPACTSUCCESS,
	KCOMPACTD_WAKE, /* kcompactd's runs, and what it looked at */
	KCOMPACTD_MIGRATE_SCANNED,
	KCOMPACTD_FREE_SCANNED,
	BALLOON_INFLATE, /* pages put into balloons, taken out of them, and moved, as drivers say */
	BALLOON_DEFLATE,
	BALLOON_MIGRATE,
	NR_VM_EVENT_ITEMS
};

#endif /* _LINUX_VM_EVENT_ITEM_H */
