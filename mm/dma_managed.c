// SPDX-License-Identifier: MIT
/*
 * Memory that goes with its device: what dmam_*() gave is given back when the device is,
 * the last first. Contracts: linux/device.h, linux/dma-mapping.h, linux/dmapool.h.
 */
#include <linux/dma-mapping.h>

#include <linux/dmapool.h>
#include <linux/kernel.h>
#include <linux/slab.h>

#include "devres.h"
#include "dma_direct.h"
#include "internal.h"

static void release_block(struct device *dev, struct devres *res)
{
	dma_free_attrs(dev, res->size, res->at, res->dma, res->attrs);
}

static void release_pool(struct device *dev, struct devres *res)
{
	(void)dev;
	dma_pool_destroy(res->at);
}

void devres_link(struct device *dev, struct devres *res)
{
	res->next = dev->devres;
	dev->devres = res;
}

bool devres_release_at(struct device *dev, const void *at)
{
	for (struct devres **link = &dev->devres; *link; link = &(*link)->next) {
		struct devres *res = *link;

		if (res->at != at)
			continue;
		*link = res->next;
		res->release(dev, res);
		kfree(res);
		return true;
	}
	count_event(&dma_stats.misused);
	dev_err(dev, "dma: %px is nothing that goes with the device\n", at);
	return false;
}

int devres_release_all(struct device *dev)
{
	int released = 0;

	while (dev->devres) {
		released += !dev->devres->is_mark;
		devres_release_at(dev, dev->devres->at);
	}
	return released;
}

void *dmam_alloc_attrs(struct device *dev, size_t size, dma_addr_t *dma_handle, gfp_t gfp,
		       unsigned long attrs)
{
	struct devres *res = kzalloc(sizeof(*res), gfp & ~GFP_ZONEMASK);

	if (!res)
		return NULL;
	res->at = dma_alloc_attrs(dev, size, dma_handle, gfp, attrs);
	if (!res->at) {
		kfree(res);
		return NULL;
	}
	res->release = release_block;
	res->size = size;
	res->dma = *dma_handle;
	res->attrs = attrs;
	devres_link(dev, res);
	return res->at;
}

void dmam_free_coherent(struct device *dev, size_t size, void *vaddr, dma_addr_t dma_handle)
{
	(void)size, (void)dma_handle;
	devres_release_at(dev, vaddr);
}

struct dma_pool *dmam_pool_create(const char *name, struct device *dev, size_t size, size_t align,
				  size_t allocation)
{
	struct devres *res = kzalloc(sizeof(*res), GFP_KERNEL);

	if (!res)
		return NULL;
	res->at = dma_pool_create(name, dev, size, align, allocation);
	if (!res->at) {
		kfree(res);
		return NULL;
	}
	res->release = release_pool;
	res->size = size;
	devres_link(dev, res);
	return res->at;
}

void dmam_pool_destroy(struct dma_pool *pool)
{
	devres_release_at(dma_pool_device(pool), pool);
}
