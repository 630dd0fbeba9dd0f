// SPDX-License-Identifier: MIT
/* Mappings and per-CPU memory that go with a device. Contract: linux/io.h, linux/device.h. */
#include <linux/device.h>
#include <linux/io.h>

#include <linux/bitmap.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/ioport.h>
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

/* Both stay or neither: the region goes where it cannot be mapped. */
static void __iomem *map_resource(struct device *dev, const struct resource *res,
				  void __iomem *(*map)(struct device *dev, resource_size_t offset,
						       resource_size_t size))
{
	const char *name = dev_name(dev);
	resource_size_t size;
	void __iomem *addr;

	if (!res || resource_type(res) != IORESOURCE_MEM) {
		dev_err(dev, "invalid resource %pR\n", (const void *)res);
		return IOMEM_ERR_PTR(-EINVAL);
	}
	if (res->name)
		name = devm_kasprintf(dev, GFP_KERNEL, "%s %s", name, res->name);
	if (!name)
		return IOMEM_ERR_PTR(-ENOMEM);
	size = resource_size(res);
	if (!devm_request_mem_region(dev, res->start, size, name)) {
		dev_err(dev, "can't request region for resource %pR\n", (const void *)res);
		return IOMEM_ERR_PTR(-EBUSY);
	}
	addr = map(dev, res->start, size);
	if (addr)
		return addr;
	dev_err(dev, "ioremap failed for resource %pR\n", (const void *)res);
	devm_release_mem_region(dev, res->start, size);
	return IOMEM_ERR_PTR(-ENOMEM);
}

void __iomem *devm_ioremap_resource(struct device *dev, const struct resource *res)
{
	return map_resource(dev, res, devm_ioremap);
}

void __iomem *devm_ioremap_resource_wc(struct device *dev, const struct resource *res)
{
	return map_resource(dev, res, devm_ioremap_wc);
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

/* ---- Cache types ------------------------------------------------------------------------------- */

struct wc_range {
	resource_size_t start, size;
};

static void release_wc(struct device *dev, void *res)
{
	const struct wc_range *range = res;

	(void)dev;
	arch_io_free_memtype_wc(range->start, range->size);
}

int devm_arch_io_reserve_memtype_wc(struct device *dev, resource_size_t start, resource_size_t size)
{
	struct wc_range *range = devres_alloc(release_wc, sizeof(*range), GFP_KERNEL);
	int err;

	if (!range)
		return -ENOMEM;
	err = arch_io_reserve_memtype_wc(start, size);
	if (err) {
		devres_free(range);
		return err;
	}
	*range = (struct wc_range){start, size};
	devres_add(dev, range);
	return 0;
}
