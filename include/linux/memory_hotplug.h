/* SPDX-License-Identifier: MIT */
/*
 * movable_node: memory that may be unplugged is kept for movable pages, so that
 * nothing of the boot lies in it.
 */
#ifndef _LINUX_MEMORY_HOTPLUG_H
#define _LINUX_MEMORY_HOTPLUG_H

#include <linux/errno.h>
#include <linux/types.h>

/* Set by the option movable_node. memblock then hands out no hot-pluggable memory. */
extern bool movable_node_enabled;

static inline bool movable_node_is_enabled(void)
{
	return movable_node_enabled;
}

/* ---- Memory that comes and goes: none does, as on a Linux without CONFIG_MEMORY_HOTPLUG ------ */

struct memory_group;
struct zone;

/* A zone's span only grows while the boot CPU is alone. */
static inline unsigned int zone_span_seqbegin(struct zone *zone)
{
	(void)zone;
	return 0;
}

static inline int zone_span_seqretry(struct zone *zone, unsigned int iv)
{
	(void)zone, (void)iv;
	return 0;
}
#define zone_span_writelock(zone)	  ((void)(zone))
#define zone_span_writeunlock(zone)	  ((void)(zone))
#define zone_seqlock_init(zone)		  ((void)(zone))
#define get_online_mems()		  ((void)0)
#define put_online_mems()		  ((void)0)
#define mem_hotplug_begin()		  ((void)0)
#define mem_hotplug_done()		  ((void)0)
#define pgdat_kswapd_lock(pgdat)	  ((void)(pgdat))
#define pgdat_kswapd_unlock(pgdat)	  ((void)(pgdat))
#define pgdat_kswapd_lock_init(pgdat)	  ((void)(pgdat))
#define pgdat_resize_lock(pgdat, flags)	  ((void)(pgdat), (void)(flags))
#define pgdat_resize_unlock(pgdat, flags) ((void)(pgdat), (void)(flags))
#define pgdat_resize_init(pgdat)	  ((void)(pgdat))
#define try_offline_node(nid)		  ((void)(nid))
#define __remove_memory(start, size)	  ((void)(start), (void)(size))

static inline int try_online_node(int nid)
{
	(void)nid;
	return 0;
}

static inline int offline_pages(unsigned long start_pfn, unsigned long nr_pages, struct zone *zone,
				struct memory_group *group)
{
	(void)start_pfn, (void)nr_pages, (void)zone, (void)group;
	return -EINVAL;
}

static inline int remove_memory(u64 start, u64 size)
{
	(void)start, (void)size;
	return -EBUSY;
}

/* What comes with this header on Linux. */
#include <linux/bug.h>
#include <linux/mmzone.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>

#endif /* _LINUX_MEMORY_HOTPLUG_H */
