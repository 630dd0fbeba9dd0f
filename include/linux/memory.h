/* SPDX-License-Identifier: MIT */
/*
 * Blocks of memory that come and go: none do. Who asks to be told of it is never called.
 *
 * Owns:       nothing.
 * Locking:    none.
 * Failure:    none.
 * Source:     Linux 6.1's memory.h, as it is without CONFIG_MEMORY_HOTPLUG.
 */
#ifndef _LINUX_MEMORY_H
#define _LINUX_MEMORY_H

#include <linux/compiler.h>
#include <linux/mmzone.h>
#include <linux/mutex.h>
#include <linux/node.h>
#include <linux/notifier.h>

#define MIN_MEMORY_BLOCK_SIZE (1UL << SECTION_SIZE_BITS) /* bytes */

/* What would be told. */
#define MEM_ONLINE	   (1 << 0)
#define MEM_GOING_OFFLINE  (1 << 1)
#define MEM_OFFLINE	   (1 << 2)
#define MEM_GOING_ONLINE   (1 << 3)
#define MEM_CANCEL_ONLINE  (1 << 4)
#define MEM_CANCEL_OFFLINE (1 << 5)

/* And of what: pages, and the node that has its first ones, or its last. */
struct memory_notify {
	unsigned long start_pfn;
	unsigned long nr_pages;
	int status_change_nid_normal;
	int status_change_nid;
};

/* Priorities of those that are told. */
#define SLAB_CALLBACK_PRI 1
#define IPC_CALLBACK_PRI  10

static inline int register_memory_notifier(struct notifier_block *nb)
{
	(void)nb;
	return 0;
}

static inline void unregister_memory_notifier(struct notifier_block *nb)
{
	(void)nb;
}

static inline int memory_notify(unsigned long val, void *v)
{
	(void)val, (void)v;
	return 0;
}

static inline int hotplug_memory_notifier(notifier_fn_t fn, int pri)
{
	(void)fn, (void)pri;
	return 0;
}
#define register_hotmemory_notifier(nb)	  ((void)(nb), 0)
#define unregister_hotmemory_notifier(nb) ((void)(nb))
#define memory_dev_init()		  ((void)0)

#endif /* _LINUX_MEMORY_H */
