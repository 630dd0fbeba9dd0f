// SPDX-License-Identifier: MIT
/* Mappings and per-CPU memory that go with a device. Contract: linux/io.h, linux/device.h. */
#include <linux/device.h>
#include <linux/io.h>

#include <linux/bitmap.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/percpu.h>

/* Mappings' addresses in the two forms that their calls take. */
static void unmap_io(void *addr)
{
	iounmap((void __iomem *)addr);
}

static void unmap_memory(void *addr)
{
	memunmap(addr);
}

static void free_cpus(void *at)
{
	free_percpu((void __percpu *)at);
}

static void *manage(struct device *dev, void *at, void (*release)(void *at))
{
	if (!at || devm_add_action_or_reset(dev, release, at))
		return NULL;
	return at;
}

void __iomem *devm_ioremap(struct device *dev, resource_size_t offset, resource_size_t size)
{
	return (void __iomem *)manage(dev, (void *)ioremap(offset, size), unmap_io);
}

void __iomem *devm_ioremap_uc(struct device *dev, resource_size_t offset, resource_size_t size)
{
	return (void __iomem *)manage(dev, (void *)ioremap_uc(offset, size), unmap_io);
}

void __iomem *devm_ioremap_wc(struct device *dev, resource_size_t offset, resource_size_t size)
{
	return (void __iomem *)manage(dev, (void *)ioremap_wc(offset, size), unmap_io);
}

void devm_iounmap(struct device *dev, void __iomem *addr)
{
	devm_release_action(dev, unmap_io, (void *)addr);
}

void *devm_memremap(struct device *dev, resource_size_t offset, size_t size, unsigned long flags)
{
	void *addr = memremap(offset, size, flags);

	if (!addr)
		return ERR_PTR(-ENXIO);
	return manage(dev, addr, unmap_memory) ?: ERR_PTR(-ENOMEM);
}

void devm_memunmap(struct device *dev, void *addr)
{
	devm_release_action(dev, unmap_memory, addr);
}

void __percpu *__devm_alloc_percpu(struct device *dev, size_t size, size_t align)
{
	return (void __percpu *)manage(dev, (void *)__alloc_percpu(size, align), free_cpus);
}

void devm_free_percpu(struct device *dev, void __percpu *pdata)
{
	devm_release_action(dev, free_cpus, (void *)pdata);
}

static void free_bitmap(void *at)
{
	bitmap_free(at);
}

unsigned long *devm_bitmap_alloc(struct device *dev, unsigned int nbits, gfp_t flags)
{
	return manage(dev, bitmap_alloc(nbits, flags), free_bitmap);
}

unsigned long *devm_bitmap_zalloc(struct device *dev, unsigned int nbits, gfp_t flags)
{
	return devm_bitmap_alloc(dev, nbits, flags | __GFP_ZERO);
}
