/* SPDX-License-Identifier: MIT */
/*
 * movable_node: memory that may be unplugged is kept for movable pages, so that
 * nothing of the boot lies in it.
 */
#ifndef _LINUX_MEMORY_HOTPLUG_H
#define _LINUX_MEMORY_HOTPLUG_H

#include <linux/types.h>

/* Set by the option movable_node. memblock then hands out no hot-pluggable memory. */
extern bool movable_node_enabled;

static inline bool movable_node_is_enabled(void)
{
	return movable_node_enabled;
}

/* What comes with this header on Linux. */
#include <linux/bug.h>
#include <linux/mmzone.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>

#endif /* _LINUX_MEMORY_HOTPLUG_H */
