// SPDX-License-Identifier: MIT
/* What drivers themselves add to a device's list of what goes with it. Contract: linux/device.h. */
#include <linux/device.h>

#include <linux/container_of.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/slab.h>
#include <linux/string_helpers.h>

#include "../devres.h"

struct own {
	struct devres res; /* first: what is freed where the list's owner releases it */
	dr_release_t release;
	u8 data[] __attribute__((aligned(ARCH_KMALLOC_MINALIGN)));
};

static struct own *own_of(void *data)
{
	return container_of((u8(*)[])data, struct own, data);
}

static void release_own(struct device *dev, struct devres *res)
{
	container_of(res, struct own, res)->release(dev, res->at);
}

void *__devres_alloc_node(dr_release_t release, size_t size, gfp_t gfp, int nid, const char *name)
{
	size_t bytes;
	struct own *own;

	(void)name;
	if (__builtin_add_overflow(size, sizeof(*own), &bytes))
		return NULL;
	own = kmalloc_node(bytes, gfp | __GFP_ZERO, nid);
	if (!own)
		return NULL;
	own->release = release;
	own->res.release = release_own;
	own->res.at = own->data;
	return own->data;
}

void devres_free(void *res)
{
	if (res)
		kfree(own_of(res));
}

void devres_add(struct device *dev, void *res)
{
	devres_link(dev, &own_of(res)->res);
}

/* The link to the first from @link on that is of the kind and matches; NULL: none. */
static struct devres **find_link(struct device *dev, struct devres **link, dr_release_t release,
				 dr_match_t match, void *match_data)
{
	for (; *link; link = &(*link)->next)
		if ((*link)->release == release_own &&
		    container_of(*link, struct own, res)->release == release &&
		    (!match || match(dev, (*link)->at, match_data)))
			return link;
	return NULL;
}

void *devres_find(struct device *dev, dr_release_t release, dr_match_t match, void *match_data)
{
	struct devres **link = find_link(dev, &dev->devres, release, match, match_data);

	return link ? (*link)->at : NULL;
}

void *devres_get(struct device *dev, void *new_res, dr_match_t match, void *match_data)
{
	void *found = devres_find(dev, own_of(new_res)->release, match, match_data);

	if (!found) {
		devres_add(dev, new_res);
		return new_res;
	}
	devres_free(new_res);
	return found;
}

void *devres_remove(struct device *dev, dr_release_t release, dr_match_t match, void *match_data)
{
	struct devres **link = find_link(dev, &dev->devres, release, match, match_data);
	struct devres *res;

	if (!link)
		return NULL;
	res = *link;
	*link = res->next;
	return res->at;
}

int devres_destroy(struct device *dev, dr_release_t release, dr_match_t match, void *match_data)
{
	void *res = devres_remove(dev, release, match, match_data);

	devres_free(res);
	return res ? 0 : -ENOENT;
}

int devres_release(struct device *dev, dr_release_t release, dr_match_t match, void *match_data)
{
	void *res = devres_remove(dev, release, match, match_data);

	if (!res)
		return -ENOENT;
	release(dev, res);
	devres_free(res);
	return 0;
}

void devres_for_each_res(struct device *dev, dr_release_t release, dr_match_t match,
			 void *match_data, void (*fn)(struct device *dev, void *res, void *data),
			 void *data)
{
	struct devres **link = &dev->devres;

	while ((link = find_link(dev, link, release, match, match_data))) {
		struct devres *res = *link;

		fn(dev, res->at, data);
		if (*link == res)
			link = &res->next;
	}
}

/* ---- Names ------------------------------------------------------------------------------- */

struct names {
	char **text;
	size_t n;
};

static void free_names(struct device *dev, void *data)
{
	const struct names *names = data;

	(void)dev;
	kfree_strarray(names->text, names->n);
}

char **devm_kasprintf_strarray(struct device *dev, const char *prefix, size_t n)
{
	struct names *names = devres_alloc(free_names, sizeof(*names), GFP_KERNEL);

	if (!names)
		return ERR_PTR(-ENOMEM);
	*names = (struct names){kasprintf_strarray(GFP_KERNEL, prefix, n), n};
	if (!names->text) {
		devres_free(names);
		return ERR_PTR(-ENOMEM);
	}
	devres_add(dev, names);
	return names->text;
}
