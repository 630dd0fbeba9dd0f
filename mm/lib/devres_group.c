// SPDX-License-Identifier: MIT
/*
 * Groups of what goes with a device: two marks in its list. Contract: linux/device.h.
 *
 *   newest  f  ]  d  c  [  a  oldest      d and c are in the group
 */
#include <linux/device.h>

#include <linux/container_of.h>
#include <linux/slab.h>

#include "../devres.h"

struct mark {
	struct devres res;
	void *id;	    /* of the one that closes: the one that opens */
	struct mark *close; /* until it is in the list */
	bool closes;
};

static void release_mark(struct device *dev, struct devres *res)
{
	(void)dev;
	kfree(container_of(res, struct mark, res)->close);
}

static struct mark *new_mark(void *id, gfp_t gfp)
{
	struct mark *mark = kzalloc(sizeof(*mark), gfp);

	if (!mark)
		return NULL;
	mark->res.release = release_mark;
	mark->res.at = mark;
	mark->res.is_mark = true;
	mark->id = id ?: mark;
	return mark;
}

void *devres_open_group(struct device *dev, void *id, gfp_t gfp)
{
	struct mark *mark = new_mark(id, gfp);

	if (!mark)
		return NULL;
	mark->close = new_mark(mark, gfp);
	if (!mark->close) {
		kfree(mark);
		return NULL;
	}
	mark->close->closes = true;
	devres_link(dev, &mark->res);
	return mark->id;
}

/* The link to a mark; NULL: there is none. @id NULL: of the last group that is open. */
static struct devres **find_mark(struct device *dev, const void *id, bool closes)
{
	for (struct devres **link = &dev->devres; *link; link = &(*link)->next) {
		struct mark *mark = container_of(*link, struct mark, res);

		if ((*link)->is_mark && mark->closes == closes &&
		    (id ? mark->id == id : mark->close != NULL))
			return link;
	}
	return NULL;
}

static struct mark *find_group(struct device *dev, const void *id)
{
	struct devres **link = find_mark(dev, id, false);

	if (link)
		return container_of(*link, struct mark, res);
	dev_err(dev, "no such group: %px\n", id);
	return NULL;
}

void devres_close_group(struct device *dev, void *id)
{
	struct mark *mark = find_group(dev, id);

	if (!mark || !mark->close)
		return;
	devres_link(dev, &mark->close->res);
	mark->close = NULL;
}

void devres_remove_group(struct device *dev, void *id)
{
	struct mark *mark = find_group(dev, id);
	struct devres **close = mark ? find_mark(dev, mark, true) : NULL;

	if (close)
		devres_release_at(dev, (*close)->at);
	if (mark)
		devres_release_at(dev, mark);
}

/* All of it is out of the list before the first is given back. */
int devres_release_group(struct device *dev, void *id)
{
	struct mark *mark = find_group(dev, id);
	struct devres **first, *res, *next;
	int released = 0;

	if (!mark)
		return 0;
	first = find_mark(dev, mark, true) ?: &dev->devres; /* it may be open still */
	res = *first;
	*first = mark->res.next;
	mark->res.next = NULL;
	for (; res; res = next) {
		next = res->next;
		released += !res->is_mark;
		res->release(dev, res);
		kfree(res);
	}
	return released;
}
