// SPDX-License-Identifier: MIT
/* Parts of regions: what is left of one, what lies between them. Contract: linux/ioport.h. */
#include <linux/ioport.h>

#include <linux/bug.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mmzone.h>
#include <linux/slab.h>

#include "resource.h"

/* ---- What lies between ------------------------------------------------------------------- */

/* The first child of @root that touches [@start, @end], as far as there is one. Lock held. */
static const struct resource *first_in(const struct resource *root, resource_size_t start,
				       resource_size_t end)
{
	const struct resource *res = root->child;

	while (res && res->end < start)
		res = res->sibling;
	return res && res->start <= end ? res : NULL;
}

/* Requests @res from its start up to the next child, or its end; where to go on. Lock held. */
static resource_size_t request_up_to_next(struct resource *root, struct resource *res, bool *used)
{
	const struct resource *next = first_in(root, res->start, res->end);

	*used = !next || next->start > res->start;
	if (!*used)
		return next->end + 1;
	if (next)
		res->end = next->start - 1;
	WARN_ON(resource_request(root, res));
	return res->end + 1;
}

void reserve_region_with_split(struct resource *root, resource_size_t start, resource_size_t end,
			       const char *name)
{
	struct resource *res = NULL;
	bool used = true;

	if (start < root->start || end > root->end) {
		pr_err("requested range [0x%llx-0x%llx] not in root %pr\n", start, end,
		       (void *)root);
		start = max(start, root->start);
		end = min(end, root->end);
	}
	while (start <= end) {
		if (used)
			res = kmalloc(sizeof(*res), GFP_KERNEL);
		if (!res)
			return;
		*res = (struct resource){.start = start,
					 .end = end,
					 .name = name,
					 .flags = resource_type(root) | IORESOURCE_BUSY};
		spin_lock(&resource_lock);
		start = request_up_to_next(root, res, &used);
		spin_unlock(&resource_lock);
		if (!start)
			break;
	}
	if (!used)
		kfree(res);
}

/* ---- What is left --------------------------------------------------------------------------- */

/* The link to the busy resource of memory that has all of the range. Lock held. */
static struct resource **find_busy(resource_size_t start, resource_size_t end)
{
	struct resource **link = &iomem_resource.child;

	while (*link && (*link)->start < end) {
		struct resource *res = *link;

		if (res->start > start || res->end < end)
			link = &res->sibling;
		else if (!(res->flags & IORESOURCE_MEM))
			return NULL;
		else if (res->flags & IORESOURCE_BUSY)
			return link;
		else
			link = &res->child;
	}
	return NULL;
}

/* Do all children lie in [@start, @end]? */
static bool children_fit(const struct resource *res, resource_size_t start, resource_size_t end)
{
	for (const struct resource *child = res->child; child; child = child->sibling)
		if (child->start < start || child->end > end)
			return false;
	return true;
}

/* Takes the range out of *@link; *@gone is to be freed. @upper: for what may lie above. */
static void cut(struct resource **link, resource_size_t start, resource_size_t end,
		struct resource **upper, struct resource **gone)
{
	struct resource *res = *link;

	if (res->start == start && res->end == end) {
		*link = res->sibling;
		*gone = res;
	} else if (res->start == start) {
		if (!WARN_ON_ONCE(!children_fit(res, end + 1, res->end)))
			res->start = end + 1;
	} else if (!WARN_ON_ONCE(!children_fit(res, res->start, start - 1))) {
		if (res->end != end) {
			**upper = (struct resource){.start = end + 1,
						    .end = res->end,
						    .name = res->name,
						    .flags = res->flags,
						    .desc = res->desc,
						    .parent = res->parent,
						    .sibling = res->sibling};
			res->sibling = *upper;
			*upper = NULL;
		}
		res->end = start - 1;
	}
}

void release_mem_region_adjustable(resource_size_t start, resource_size_t size)
{
	struct resource *upper = kmalloc(sizeof(*upper), GFP_KERNEL | __GFP_NOFAIL), *gone = NULL;
	struct resource **link;

	spin_lock(&resource_lock);
	link = find_busy(start, start + size - 1);
	if (link)
		cut(link, start, start + size - 1, &upper, &gone);
	spin_unlock(&resource_lock);
	kfree(upper);
	kfree(gone);
}

static bool may_merge(const struct resource *lower, const struct resource *upper)
{
	return lower->flags == upper->flags && lower->end + 1 == upper->start &&
	       lower->name == upper->name && lower->desc == upper->desc && !lower->child &&
	       !upper->child;
}

/* @lower has the place of its neighbour, too: that one is to be freed. */
static struct resource *swallow_next(struct resource *lower)
{
	struct resource *upper = lower ? lower->sibling : NULL;

	if (!upper || !may_merge(lower, upper))
		return NULL;
	lower->end = upper->end;
	lower->sibling = upper->sibling;
	return upper;
}

void merge_system_ram_resource(struct resource *res)
{
	const unsigned long flags = IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY;
	struct resource *gone[2], *before;

	if (WARN_ON_ONCE((res->flags & flags) != flags))
		return;
	spin_lock(&resource_lock);
	res->flags |= IORESOURCE_SYSRAM_MERGEABLE;
	gone[0] = swallow_next(res);
	before = res->parent->child == res ? NULL : res->parent->child;
	while (before && before->sibling != res)
		before = before->sibling;
	gone[1] = swallow_next(before);
	spin_unlock(&resource_lock);
	kfree(gone[0]);
	kfree(gone[1]);
}

/* ---- Addresses that nothing has ---------------------------------------------------------------- */

static bool is_free(const struct resource *base, resource_size_t start, resource_size_t size)
{
	bool free;

	spin_lock(&resource_lock);
	free = !first_in(base, start, start + size - 1);
	spin_unlock(&resource_lock);
	return free;
}

/* A busy resource there; NULL: somebody was faster. */
static struct resource *take(struct resource *base, resource_size_t start, resource_size_t size,
			     const char *name, unsigned long desc)
{
	struct resource *res = __request_region(base, start, size, name, 0);

	if (res)
		res->desc = desc;
	return res;
}

struct resource *request_free_mem_region(struct resource *base, unsigned long size,
					 const char *name)
{
	const resource_size_t step = 1ULL << SECTION_SIZE_BITS;
	resource_size_t end = min(base->end, (1ULL << MAX_PHYSMEM_BITS) - 1), start;

	size = ALIGN(size, step);
	if (!size || end < size)
		return ERR_PTR(-ERANGE);
	for (start = ALIGN_DOWN(end - size + 1, step); start >= base->start && start;
	     start -= step) {
		struct resource *res = NULL;

		if (is_free(base, start, size))
			res = take(base, start, size, name, IORES_DESC_DEVICE_PRIVATE_MEMORY);
		if (res)
			return res;
	}
	return ERR_PTR(-ERANGE);
}

struct resource *alloc_free_mem_region(struct resource *base, unsigned long size,
				       unsigned long align, const char *name)
{
	resource_size_t end = min(base->end, (1ULL << MAX_PHYSMEM_BITS) - 1), start;

	size = ALIGN(size, align);
	for (start = ALIGN(base->start, align); size && start <= end && end - start >= size - 1;
	     start += align) {
		struct resource *res = NULL;

		if (is_free(base, start, size))
			res = take(base, start, size, name, IORES_DESC_NONE);
		if (res)
			return res;
	}
	return ERR_PTR(-ERANGE);
}

static void release_free_region(void *data)
{
	struct resource *res = data;

	__release_region(res->parent, res->start, resource_size(res));
}

struct resource *devm_request_free_mem_region(struct device *dev, struct resource *base,
					      unsigned long size)
{
	struct resource *res = request_free_mem_region(base, size, dev_name(dev));
	int err;

	if (IS_ERR(res))
		return res;
	err = devm_add_action_or_reset(dev, release_free_region, res);
	return err ? ERR_PTR(err) : res;
}

/* ---- Looking ------------------------------------------------------------------------------------- */

static bool is_exclusive(const struct resource *res)
{
	const unsigned long ram = IORESOURCE_SYSTEM_RAM | IORESOURCE_EXCLUSIVE;
	const unsigned long used = IORESOURCE_BUSY | IORESOURCE_EXCLUSIVE;

	return (res->flags & ram) == ram || (res->flags & used) == used;
}

bool resource_is_exclusive(struct resource *root, u64 addr, resource_size_t size)
{
	bool found = false;

	spin_lock(&resource_lock);
	for (struct resource *res = root->child; res && !found; res = resource_next(res, root))
		found = res->start < addr + size && res->end >= addr && is_exclusive(res);
	spin_unlock(&resource_lock);
	return found;
}

bool iomem_is_exclusive(u64 addr)
{
	return resource_is_exclusive(&iomem_resource, addr & PAGE_MASK, PAGE_SIZE);
}

int iomem_map_sanity_check(resource_size_t addr, unsigned long size)
{
	resource_size_t end = addr + size - 1;
	struct resource *res;

	spin_lock(&resource_lock);
	for (res = iomem_resource.child; res; res = resource_next(res, &iomem_resource)) {
		bool has_all = PHYS_PFN(res->start) <= PHYS_PFN(addr) &&
			       PHYS_PFN(res->end) >= PHYS_PFN(end);

		if (res->start <= end && res->end >= addr && !has_all &&
		    !(res->flags & IORESOURCE_BUSY))
			break;
	}
	if (res)
		pr_warn("resource sanity check: requesting [mem %pa-%pa], which spans more than "
			"%s %pR\n",
			&addr, &end, res->name, (void *)res);
	spin_unlock(&resource_lock);
	return res ? -1 : 0;
}
