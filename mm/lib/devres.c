// SPDX-License-Identifier: MIT
/* Memory and actions that go with a device. Contracts: linux/device.h, linux/genalloc.h. */
#include <linux/device.h>

#include <linux/err.h>
#include <linux/errno.h>
#include <linux/genalloc.h>
#include <linux/kernel.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../devres.h"

static void release_object(struct device *dev, struct devres *res)
{
	(void)dev;
	kfree(res->at);
}

static void release_pages(struct device *dev, struct devres *res)
{
	(void)dev;
	free_pages((unsigned long)res->at, (unsigned int)res->size);
}

static void release_gen_pool(struct device *dev, struct devres *res)
{
	(void)dev;
	gen_pool_destroy(res->at);
}

static void release_action(struct device *dev, struct devres *res)
{
	void (*action)(void *data) = (void (*)(void *data))res->attrs;

	(void)dev;
	action(res->at);
}

/* @at is given back by @release with the device; without memory for that, at once. */
static void *manage(struct device *dev, void *at, size_t size,
		    void (*release)(struct device *dev, struct devres *res))
{
	struct devres *res;

	if (!at)
		return NULL;
	res = kzalloc(sizeof(*res), GFP_KERNEL);
	if (!res) {
		release(dev, &(struct devres){.at = at, .size = size});
		return NULL;
	}
	res->at = at;
	res->size = size;
	res->release = release;
	devres_link(dev, res);
	return at;
}

/* ---- Objects and pages ---------------------------------------------------------------------- */

void *devm_kmalloc(struct device *dev, size_t size, gfp_t gfp)
{
	return manage(dev, kmalloc(size, gfp), size, release_object);
}

void *devm_kmalloc_array(struct device *dev, size_t n, size_t size, gfp_t gfp)
{
	size_t bytes;

	return check_mul_overflow(n, size, &bytes) ? NULL : devm_kmalloc(dev, bytes, gfp);
}

void *devm_kmemdup(struct device *dev, const void *src, size_t len, gfp_t gfp)
{
	return manage(dev, kmemdup(src, len, gfp), len, release_object);
}

/* What kmalloc() gave, at @p; NULL, with a message: nothing of that kind. */
static struct devres *find_object(struct device *dev, const void *p)
{
	for (struct devres *res = dev->devres; res; res = res->next)
		if (res->release == release_object && res->at == p)
			return res;
	dev_err(dev, "%px is no memory that goes with the device\n", p);
	return NULL;
}

void *devm_krealloc(struct device *dev, void *ptr, size_t size, gfp_t gfp)
{
	struct devres *res;
	void *at;

	if (!size) {
		devm_kfree(dev, ptr);
		return ZERO_SIZE_PTR;
	}
	if (ZERO_OR_NULL_PTR(ptr))
		return devm_kmalloc(dev, size, gfp);
	res = find_object(dev, ptr);
	at = res ? krealloc(ptr, size, gfp) : NULL;
	if (!at)
		return NULL;
	res->at = at;
	res->size = size;
	return at;
}

/* Always a copy: there is no telling what is constant. */
const char *devm_kstrdup_const(struct device *dev, const char *s, gfp_t gfp)
{
	return devm_kstrdup(dev, s, gfp);
}

char *devm_kstrdup(struct device *dev, const char *s, gfp_t gfp)
{
	return s ? devm_kmemdup(dev, s, strlen(s) + 1, gfp) : NULL;
}

char *devm_kvasprintf(struct device *dev, gfp_t gfp, const char *fmt, va_list args)
{
	return manage(dev, kvasprintf(gfp, fmt, args), 0, release_object);
}

char *devm_kasprintf(struct device *dev, gfp_t gfp, const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	text = devm_kvasprintf(dev, gfp, fmt, args);
	va_end(args);
	return text;
}

void devm_kfree(struct device *dev, const void *p)
{
	if (!ZERO_OR_NULL_PTR(p))
		devres_release_at(dev, p);
}

unsigned long devm_get_free_pages(struct device *dev, gfp_t gfp, unsigned int order)
{
	return (unsigned long)manage(dev, (void *)__get_free_pages(gfp, order), order,
				     release_pages);
}

void devm_free_pages(struct device *dev, unsigned long addr)
{
	devres_release_at(dev, (const void *)addr);
}

/* ---- Pools and actions ---------------------------------------------------------------------- */

static bool is_named(const struct gen_pool *pool, const char *name)
{
	return name && pool->name ? !strcmp(pool->name, name) : name == pool->name;
}

struct gen_pool *gen_pool_get(struct device *dev, const char *name)
{
	for (struct devres *res = dev->devres; res; res = res->next)
		if (res->release == release_gen_pool && is_named(res->at, name))
			return res->at;
	return NULL;
}

struct gen_pool *devm_gen_pool_create(struct device *dev, int min_alloc_order, int nid,
				      const char *name)
{
	struct gen_pool *pool;

	if (gen_pool_get(dev, name))
		return ERR_PTR(-EINVAL);
	pool = gen_pool_create(min_alloc_order, nid);
	if (pool && name) {
		pool->name = kstrdup_const(name, GFP_KERNEL);
		if (!pool->name) {
			gen_pool_destroy(pool);
			pool = NULL;
		}
	}
	return manage(dev, pool, 0, release_gen_pool) ?: ERR_PTR(-ENOMEM);
}

int devm_add_action(struct device *dev, void (*action)(void *data), void *data)
{
	struct devres *res = kzalloc(sizeof(*res), GFP_KERNEL);

	if (!res)
		return -ENOMEM;
	res->at = data;
	res->attrs = (unsigned long)action;
	res->release = release_action;
	devres_link(dev, res);
	return 0;
}

int devm_add_action_or_reset(struct device *dev, void (*action)(void *data), void *data)
{
	int err = devm_add_action(dev, action, data);

	if (err)
		action(data);
	return err;
}

/* Takes the last such action out of the list; NULL, with a message: there is none. */
static struct devres *take_action(struct device *dev, void (*action)(void *data), const void *data)
{
	for (struct devres **link = &dev->devres; *link; link = &(*link)->next) {
		struct devres *res = *link;

		if (res->release != release_action || res->at != data ||
		    res->attrs != (unsigned long)action)
			continue;
		*link = res->next;
		return res;
	}
	dev_err(dev, "no action %ps goes with the device\n", (const void *)(unsigned long)action);
	return NULL;
}

void devm_remove_action(struct device *dev, void (*action)(void *data), void *data)
{
	kfree(take_action(dev, action, data));
}

void devm_release_action(struct device *dev, void (*action)(void *data), void *data)
{
	struct devres *res = take_action(dev, action, data);

	if (res)
		action(data);
	kfree(res);
}
