/* SPDX-License-Identifier: MIT */
/*
 * A device, as far as memory is concerned: what it is called, which addresses it can put
 * on the bus, and which node it is near.
 *
 * Owns:       nothing; a device is its driver's, and may be static. What is not set is
 *             0: no name, no addresses until a mask is set, node 0 until
 *             set_dev_node() (NUMA_NO_NODE: none in particular).
 * Invariants: none: drivers set fields as they like.
 * Lifetime:   its owner's. Pools and mappings of a device end before it.
 * Locking:    none; masks are set before the device is used.
 * Units:      masks are bus addresses, 2^n - 1 for n address lines.
 * Failure:    none.
 * Source:     Linux 6.1's device.h: the fields that its memory API looks at.
 */
#ifndef _LINUX_DEVICE_H
#define _LINUX_DEVICE_H

#include <stdarg.h>
#include <linux/compiler.h>
#include <linux/printk.h>
#include <linux/types.h>

/* What a device asks of the pieces that it is given; without, see linux/dma-mapping.h. */
struct device_dma_parameters {
	unsigned int max_segment_size;	     /* bytes; 0: no limit of its own */
	unsigned int min_align_mask;	     /* address bits that bouncing must keep */
	unsigned long segment_boundary_mask; /* no piece crosses a multiple of this + 1 */
};

struct cma;
struct devres;
struct dma_map_ops;

struct device {
	const char *init_name;
	u64 *dma_mask;	       /* what streaming mappings must lie within; NULL: no DMA */
	u64 coherent_dma_mask; /* the same for dma_alloc_coherent() */
	u64 bus_dma_limit;     /* the last address that a bridge lets through; 0: no limit */
	struct device_dma_parameters *dma_parms;
	const struct dma_map_ops *dma_ops; /* NULL: none of its own; see linux/dma-map-ops.h */
	struct cma *cma_area;		   /* where dma_alloc_coherent() looks first; NULL: none */
	int numa_node;
	struct devres *devres; /* what goes with the device: see devres_release_all() */
	void *driver_data;     /* the driver's */
};

static inline const char *dev_name(const struct device *dev)
{
	return dev && dev->init_name ? dev->init_name : "(no name)";
}

static inline int dev_to_node(const struct device *dev)
{
	return dev->numa_node;
}

static inline void set_dev_node(struct device *dev, int node)
{
	dev->numa_node = node;
}

static inline void *dev_get_drvdata(const struct device *dev)
{
	return dev->driver_data;
}

static inline void dev_set_drvdata(struct device *dev, void *data)
{
	dev->driver_data = data;
}

/* Gives back all that dmam_*() and devm_*() gave, the last first. How many that was. */
int devres_release_all(struct device *dev);

/* ---- Memory that goes with its device: as the names without devm_ ----------------------- */

void *devm_kmalloc(struct device *dev, size_t size, gfp_t gfp) __malloc;
void *devm_kmalloc_array(struct device *dev, size_t n, size_t size, gfp_t gfp) __malloc;
void *devm_kmemdup(struct device *dev, const void *src, size_t len, gfp_t gfp);

/*
 * krealloc() of what another of these calls gave, which keeps its place among what goes with
 * the device. NULL and nothing changed: no memory, or, with a message, of another kind.
 */
void *devm_krealloc(struct device *dev, void *ptr, size_t size, gfp_t gfp);

char *devm_kstrdup(struct device *dev, const char *s, gfp_t gfp) __malloc;
const char *devm_kstrdup_const(struct device *dev, const char *s, gfp_t gfp);
char *devm_kvasprintf(struct device *dev, gfp_t gfp, const char *fmt, va_list args) __printf(3, 0);
char *devm_kasprintf(struct device *dev, gfp_t gfp, const char *fmt, ...) __printf(3, 4);
unsigned long devm_get_free_pages(struct device *dev, gfp_t gfp, unsigned int order);
void devm_free_pages(struct device *dev, unsigned long addr);

void __percpu *__devm_alloc_percpu(struct device *dev, size_t size, size_t align);
void devm_free_percpu(struct device *dev, void __percpu *pdata);
#define devm_alloc_percpu(dev, type) \
	((__typeof__(type) __percpu *)__devm_alloc_percpu(dev, sizeof(type), __alignof__(type)))

/* Before the device goes. What it did not give is said, and nothing is done. */
void devm_kfree(struct device *dev, const void *p);

#define devm_kzalloc(dev, size, gfp)	devm_kmalloc(dev, size, (gfp) | __GFP_ZERO)
#define devm_kcalloc(dev, n, size, gfp) devm_kmalloc_array(dev, n, size, (gfp) | __GFP_ZERO)

/* @action(@data) when the device goes. 0 or -ENOMEM; with _or_reset, it is called then. */
int devm_add_action(struct device *dev, void (*action)(void *data), void *data);
int devm_add_action_or_reset(struct device *dev, void (*action)(void *data), void *data);

/* Takes that back, the last one so; with release, after it was called. */
void devm_remove_action(struct device *dev, void (*action)(void *data), void *data);
void devm_release_action(struct device *dev, void (*action)(void *data), void *data);

struct resource;

/*
 * Requests the region that @res, a memory resource, is of, and maps it, both until the device
 * goes; the second form write-combining. IOMEM_ERR_PTR() (linux/io.h) with a message: -EINVAL,
 * -EBUSY, -ENOMEM.
 */
void __iomem *devm_ioremap_resource(struct device *dev, const struct resource *res);
void __iomem *devm_ioremap_resource_wc(struct device *dev, const struct resource *res);

/* ---- A driver's own kinds of what goes with a device -------------------------------------- */

/* Gives back what the data at @res stand for; the data themselves go after it. */
typedef void (*dr_release_t)(struct device *dev, void *res);

/* Is it the one? NULL for a function: the last of its kind is. */
typedef int (*dr_match_t)(struct device *dev, void *res, void *match_data);

/* @size zeroed bytes that can go with a device; nothing yet does. */
void *__devres_alloc_node(dr_release_t release, size_t size, gfp_t gfp, int nid, const char *name);
#define devres_alloc(release, size, gfp) \
	__devres_alloc_node(release, size, gfp, NUMA_NO_NODE, #release)
#define devres_alloc_node(release, size, gfp, nid) \
	__devres_alloc_node(release, size, gfp, nid, #release)
void devres_free(void *res); /* of what was not added, or is removed */
void devres_add(struct device *dev, void *res);

/*
 * The last that was added with @release and matches; NULL: none. devres_get() takes @new_res
 * of that kind for it, if there is none, and frees it, if there is one.
 */
void *devres_find(struct device *dev, dr_release_t release, dr_match_t match, void *match_data);
void *devres_get(struct device *dev, void *new_res, dr_match_t match, void *match_data);

/* Takes it out; destroy frees the data, too, and release calls @release first: 0 or -ENOENT. */
void *devres_remove(struct device *dev, dr_release_t release, dr_match_t match, void *match_data);
int devres_destroy(struct device *dev, dr_release_t release, dr_match_t match, void *match_data);
int devres_release(struct device *dev, dr_release_t release, dr_match_t match, void *match_data);

/*
 * A group: what is added between open and close. Open gives the group's name, @id or where
 * that is NULL one of its own; NULL: no memory. @id of the others: NULL is the last group
 * that is open still. Remove forgets the group alone; release gives back all that is in it,
 * the last first, and says how many. One that is not there is named in the log.
 */
void *devres_open_group(struct device *dev, void *id, gfp_t gfp) __must_check;
void devres_close_group(struct device *dev, void *id);
void devres_remove_group(struct device *dev, void *id);
int devres_release_group(struct device *dev, void *id);

/* Calls @fn for each that matches, the last first; it may remove the one it is given. */
void devres_for_each_res(struct device *dev, dr_release_t release, dr_match_t match,
			 void *match_data, void (*fn)(struct device *dev, void *res, void *data),
			 void *data);

#define dev_err(dev, fmt, ...)	printk(KERN_ERR "%s: " fmt, dev_name(dev), ##__VA_ARGS__)
#define dev_warn(dev, fmt, ...) printk(KERN_WARNING "%s: " fmt, dev_name(dev), ##__VA_ARGS__)
#define dev_info(dev, fmt, ...) printk(KERN_INFO "%s: " fmt, dev_name(dev), ##__VA_ARGS__)

/* What comes with this header on Linux. */
#include <linux/ratelimit.h>
#include <linux/atomic.h>
#include <linux/gfp.h>
#include <linux/ioport.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/overflow.h>

#endif /* _LINUX_DEVICE_H */
