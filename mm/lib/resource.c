// SPDX-License-Identifier: MIT
/*
 * Trees of resources. Contract: linux/ioport.h. Who uses what of them is region.c's.
 *
 * A walk goes over links, not over resources: the link that leads to a child is what
 * changes where one is put in or taken out.
 */
#include <linux/ioport.h>

#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/seq_file.h>

#include "resource.h"

struct resource iomem_resource = {
	.name = "PCI mem",
	.end = ~0ULL,
	.flags = IORESOURCE_MEM,
};
struct resource ioport_resource = {
	.name = "PCI IO",
	.end = 0xffff,
	.flags = IORESOURCE_IO,
};

DEFINE_SPINLOCK_RANK(resource_lock, LOCK_RANK_LEAF);

/* The link to the first child that ends at @start or above. */
static struct resource **link_at(struct resource *root, resource_size_t start)
{
	struct resource **link = &root->child;

	while (*link && (*link)->end < start)
		link = &(*link)->sibling;
	return link;
}

static bool is_in(const struct resource *res, resource_size_t start, resource_size_t end)
{
	return start <= end && res->start <= start && res->end >= end;
}

struct resource *resource_request(struct resource *root, struct resource *res)
{
	struct resource **link, *next;

	if (!is_in(root, res->start, res->end))
		return root;
	link = link_at(root, res->start);
	next = *link;
	if (next && next->start <= res->end)
		return next;
	res->sibling = next;
	res->parent = root;
	*link = res;
	return NULL;
}

static int unlink_resource(struct resource *res)
{
	struct resource **link;

	if (!res->parent)
		return -EINVAL;
	for (link = &res->parent->child; *link; link = &(*link)->sibling)
		if (*link == res) {
			*link = res->sibling;
			res->parent = res->sibling = NULL;
			return 0;
		}
	return -EINVAL;
}

struct resource *request_resource_conflict(struct resource *root, struct resource *new_res)
{
	struct resource *conflict;

	spin_lock(&resource_lock);
	conflict = resource_request(root, new_res);
	spin_unlock(&resource_lock);
	return conflict;
}

int request_resource(struct resource *root, struct resource *new_res)
{
	return request_resource_conflict(root, new_res) ? -EBUSY : 0;
}

int release_resource(struct resource *old)
{
	int err;

	spin_lock(&resource_lock);
	err = unlink_resource(old);
	spin_unlock(&resource_lock);
	return err;
}

/* With the lock held. Trees are as deep as firmware and drivers make them: a few levels. */
static void release_children(struct resource *root)
{
	struct resource *child = root->child, *next;

	root->child = NULL;
	for (; child; child = next) {
		next = child->sibling;
		child->parent = child->sibling = NULL;
		release_children(child);
	}
}

void release_child_resources(struct resource *root)
{
	spin_lock(&resource_lock);
	release_children(root);
	spin_unlock(&resource_lock);
}

void resource_reset(void)
{
	release_child_resources(&iomem_resource);
	release_child_resources(&ioport_resource);
}

/* ---- Insertion --------------------------------------------------------------------------- */

/* The deepest resource below @parent that holds @res and is not of the same place. */
static struct resource *deepest(struct resource *parent, const struct resource *res)
{
	for (;;) {
		struct resource *child = *link_at(parent, res->start);

		if (!child || !is_in(child, res->start, res->end) ||
		    (child->start == res->start && child->end == res->end))
			return parent;
		parent = child;
	}
}

/* Puts @res between @parent and those of its children that lie in it. */
static struct resource *insert(struct resource *parent, struct resource *res)
{
	struct resource **first, *last = NULL;

	if (!is_in(parent, res->start, res->end))
		return parent;
	parent = deepest(parent, res);
	first = link_at(parent, res->start);
	for (struct resource *child = *first; child && child->start <= res->end;
	     child = child->sibling) {
		if (!is_in(res, child->start, child->end))
			return child;
		last = child;
	}
	if (!last)
		return resource_request(parent, res);
	res->parent = parent;
	res->sibling = last->sibling;
	res->child = *first;
	last->sibling = NULL;
	*first = res;
	for (struct resource *child = res->child; child; child = child->sibling)
		child->parent = res;
	return NULL;
}

struct resource *insert_resource_conflict(struct resource *parent, struct resource *new_res)
{
	struct resource *conflict;

	spin_lock(&resource_lock);
	conflict = insert(parent, new_res);
	spin_unlock(&resource_lock);
	return conflict;
}

int insert_resource(struct resource *parent, struct resource *new_res)
{
	return insert_resource_conflict(parent, new_res) ? -EBUSY : 0;
}

void insert_resource_expand_to_fit(struct resource *root, struct resource *new_res)
{
	struct resource *conflict;

	if (new_res->parent)
		return;
	spin_lock(&resource_lock);
	while ((conflict = insert(root, new_res))) {
		if (WARN(conflict == root, "resource %s lies outside of %s\n", new_res->name,
			 root->name))
			break;
		new_res->start = min(new_res->start, conflict->start);
		new_res->end = max(new_res->end, conflict->end);
	}
	spin_unlock(&resource_lock);
}

/* With the lock held. */
static int remove(struct resource *old)
{
	struct resource *child = old->child, *last = child, **link;

	if (!old->parent)
		return -EINVAL;
	if (!child)
		return unlink_resource(old);
	for (link = &old->parent->child; *link && *link != old; link = &(*link)->sibling)
		;
	if (!*link)
		return -EINVAL;
	for (; child; child = child->sibling) {
		child->parent = old->parent;
		last = child;
	}
	*link = old->child;
	last->sibling = old->sibling;
	old->parent = old->sibling = old->child = NULL;
	return 0;
}

int remove_resource(struct resource *old)
{
	int err;

	spin_lock(&resource_lock);
	err = remove(old);
	spin_unlock(&resource_lock);
	return err;
}

/* ---- Places -------------------------------------------------------------------------------- */

struct resource *lookup_resource(struct resource *root, resource_size_t start)
{
	struct resource *res;

	spin_lock(&resource_lock);
	for (res = root->child; res && res->start != start; res = res->sibling)
		;
	spin_unlock(&resource_lock);
	return res;
}

/* With the lock held. */
static int adjust(struct resource *res, resource_size_t start, resource_size_t end)
{
	const struct resource *parent = res->parent;

	for (const struct resource *child = res->child; child; child = child->sibling)
		if (child->start < start || child->end > end)
			return -EBUSY;
	if (!parent)
		goto set;
	if (!is_in(parent, start, end))
		return -EBUSY;
	for (const struct resource *other = parent->child; other; other = other->sibling)
		if (other != res && other->start <= end && other->end >= start)
			return -EBUSY;
	/* Not past a neighbour either, for children are in order. */
	if (start > res->end || end < res->start)
		return -EBUSY;
set:
	res->start = start;
	res->end = end;
	return 0;
}

int adjust_resource(struct resource *res, resource_size_t start, resource_size_t size)
{
	int err = -EBUSY;

	spin_lock(&resource_lock);
	if (size && start + size - 1 >= start)
		err = adjust(res, start, start + size - 1);
	spin_unlock(&resource_lock);
	return err;
}

resource_size_t resource_alignment(struct resource *res)
{
	if (res->flags & IORESOURCE_SIZEALIGN)
		return resource_size(res);
	return res->flags & IORESOURCE_STARTALIGN ? res->start : 0;
}

/* What an allocation asks for. */
struct wanted {
	resource_size_t size, min, max, align;
	resource_size_t (*alignf)(void *data, const struct resource *found, resource_size_t size,
				  resource_size_t align);
	void *data;
};

/* A place in the free range [start, end]; false: it has none. */
static bool place_in(const struct wanted *w, resource_size_t start, resource_size_t end,
		     struct resource *res)
{
	struct resource room = {
		.start = max(start, w->min), .end = min(end, w->max), .flags = res->flags};
	resource_size_t low = room.start;

	room.start = ALIGN(room.start, w->align);
	if (room.start < low || room.start > room.end)
		return false;
	if (w->alignf)
		room.start = w->alignf(w->data, &room, w->size, w->align);
	if (room.start < low || room.start > room.end || room.end - room.start < w->size - 1)
		return false;
	res->start = room.start;
	res->end = room.start + w->size - 1;
	return true;
}

/* With the lock held. */
static int find_place(const struct resource *root, const struct wanted *w, struct resource *res)
{
	resource_size_t start = root->start;

	for (const struct resource *child = root->child; child; child = child->sibling) {
		if (child->start > start && place_in(w, start, child->start - 1, res))
			return 0;
		if (child->end == root->end)
			return -EBUSY;
		start = child->end + 1;
	}
	return place_in(w, start, root->end, res) ? 0 : -EBUSY;
}

int allocate_resource(struct resource *root, struct resource *new_res, resource_size_t size,
		      resource_size_t min, resource_size_t max, resource_size_t align,
		      resource_size_t (*alignf)(void *data, const struct resource *found,
						resource_size_t size, resource_size_t align),
		      void *alignf_data)
{
	struct wanted w = {size, min, max, align ?: 1, alignf, alignf_data};
	struct resource was = *new_res;
	int err;

	if (!size)
		return -EBUSY;
	spin_lock(&resource_lock);
	err = find_place(root, &w, new_res);
	if (!err && resource_request(root, new_res))
		err = -EBUSY;
	spin_unlock(&resource_lock);
	if (err)
		*new_res = was;
	return err;
}

/* ---- Walks, checks, dumps -------------------------------------------------------------------- */

struct resource *resource_next(struct resource *res, const struct resource *root)
{
	if (res->child)
		return res->child;
	while (res != root && !res->sibling)
		res = res->parent;
	return res == root ? NULL : res->sibling;
}

int resource_verify(struct resource *root)
{
	int faults = 0;

	spin_lock(&resource_lock);
	for (struct resource *res = root->child; res; res = resource_next(res, root)) {
		const struct resource *next = res->sibling;

		if (is_in(res->parent, res->start, res->end) && (!next || next->start > res->end))
			continue;
		pr_err("resource: %s %pR is not in %s, or meets its neighbour\n", res->name ?: "?",
		       (void *)res, res->parent->name ?: "?");
		faults++;
	}
	spin_unlock(&resource_lock);
	return faults;
}

void resource_show(struct seq_file *m, struct resource *root)
{
	int width = root->end < 0x10000 ? 4 : 8;

	for (struct resource *res = root->child; res; res = resource_next(res, root)) {
		int depth = 0;

		for (const struct resource *up = res->parent; up != root; up = up->parent)
			depth++;
		seq_printf(m, "%*s%0*llx-%0*llx : %s\n", 2 * depth, "", width,
			   (unsigned long long)res->start, width, (unsigned long long)res->end,
			   res->name ?: "<BAD>");
	}
}
