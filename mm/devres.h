/* SPDX-License-Identifier: MIT */
/*
 * What goes with a device: a list of what is given back when the device is, the last first.
 * Contract of who fills it: linux/device.h, linux/dma-mapping.h.
 *
 * Locking: none: a device is set up and taken down by one CPU.
 */
#ifndef _MM_DEVRES_H
#define _MM_DEVRES_H

#include <linux/device.h>
#include <linux/types.h>

struct devres {
	struct devres *next;
	void (*release)(struct device *dev, struct devres *res);
	void *at; /* a block, a pool, or an action's data */
	size_t size;
	dma_addr_t dma;
	unsigned long attrs; /* or the action's function */
	bool is_mark;	     /* of a group: nothing that is given back */
};

void devres_link(struct device *dev, struct devres *res);

/* Gives back what lies at @at; false, with a message: nothing that is managed does. */
bool devres_release_at(struct device *dev, const void *at);

#endif /* _MM_DEVRES_H */
