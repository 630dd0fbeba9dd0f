// SPDX-License-Identifier: MIT
/* Who uses what of a tree of resources, and what lies where. Contract: linux/ioport.h. */
#include <linux/ioport.h>

#include <linux/device.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/pfn.h>
#include <linux/slab.h>
#include <baremm/e820.h>

#include "resource.h"

/* ---- Requests -------------------------------------------------------------------------- */

/* Down through what holds @res and is not busy. With the lock held. */
static struct resource *request_below(struct resource *parent, struct resource *res)
{
	for (;;) {
		struct resource *conflict = resource_request(parent, res);

		if (!conflict || conflict == parent || (conflict->flags & IORESOURCE_BUSY) ||
		    conflict->start > res->start || conflict->end < res->end)
			return conflict;
		parent = conflict;
	}
}

struct resource *__request_region(struct resource *parent, resource_size_t start, resource_size_t n,
				  const char *name, int flags)
{
	struct resource *res = kzalloc(sizeof(*res), GFP_KERNEL), *conflict;

	if (!res)
		return NULL;
	res->name = name;
	res->start = start;
	res->end = start + n - 1;
	res->flags = resource_type(parent) | resource_ext_type(parent) | IORESOURCE_BUSY |
		     (unsigned long)flags;
	res->desc = parent->desc;
	spin_lock(&resource_lock);
	conflict = request_below(parent, res);
	spin_unlock(&resource_lock);
	if (!conflict)
		return res;
	kfree(res);
	return NULL;
}

/* The busy resource of just this place. With the lock held. */
static struct resource *find_region(struct resource *parent, resource_size_t start,
				    resource_size_t end)
{
	struct resource *res = parent->child;

	while (res && (res->start > start || res->end < end || !(res->flags & IORESOURCE_BUSY))) {
		bool around = res->start <= start && res->end >= end;

		res = around ? res->child : res->sibling;
	}
	return res && res->start == start && res->end == end ? res : NULL;
}

static bool unlink_region(struct resource *res)
{
	struct resource **link = &res->parent->child;

	if (res->child)
		return false;
	while (*link != res)
		link = &(*link)->sibling;
	*link = res->sibling;
	return true;
}

void __release_region(struct resource *parent, resource_size_t start, resource_size_t n)
{
	resource_size_t end = start + n - 1;
	struct resource *res;
	bool taken;

	spin_lock(&resource_lock);
	res = find_region(parent, start, end);
	taken = res && unlink_region(res);
	spin_unlock(&resource_lock);
	if (taken)
		kfree(res);
	else
		pr_warn("Trying to free nonexistent resource <%016llx-%016llx>\n",
			(unsigned long long)start, (unsigned long long)end);
}

/* ---- Until the device goes ------------------------------------------------------------- */

/* Its parent is where it was put, whatever tree that is of. */
static void release_device_region(void *data)
{
	struct resource *res = data;

	__release_region(res->parent, res->start, resource_size(res));
}

struct resource *__devm_request_region(struct device *dev, struct resource *parent,
				       resource_size_t start, resource_size_t n, const char *name)
{
	struct resource *res = __request_region(parent, start, n, name, 0);

	if (!res)
		return NULL;
	return devm_add_action_or_reset(dev, release_device_region, res) ? NULL : res;
}

void __devm_release_region(struct device *dev, struct resource *parent, resource_size_t start,
			   resource_size_t n)
{
	struct resource *res;

	spin_lock(&resource_lock);
	res = find_region(parent, start, start + n - 1);
	spin_unlock(&resource_lock);
	devm_release_action(dev, release_device_region, res);
}

static void release_device_resource(void *data)
{
	release_resource(data);
}

int devm_request_resource(struct device *dev, struct resource *root, struct resource *new_res)
{
	struct resource *conflict = request_resource_conflict(root, new_res);

	if (conflict) {
		dev_err(dev, "resource collision: %pR conflicts with %s %pR\n", (void *)new_res,
			conflict->name, (void *)conflict);
		return -EBUSY;
	}
	return devm_add_action_or_reset(dev, release_device_resource, new_res);
}

void devm_release_resource(struct device *dev, struct resource *new_res)
{
	devm_release_action(dev, release_device_resource, new_res);
}

/* ---- What lies where ----------------------------------------------------------------------- */

static bool is_of(const struct resource *res, unsigned long flags, unsigned long desc)
{
	return (res->flags & flags) == flags && (desc == IORES_DESC_NONE || res->desc == desc);
}

/* Children of the root alone, as Linux looks: what is below a range is of the same kind. */
int region_intersects(resource_size_t start, size_t size, unsigned long flags, unsigned long desc)
{
	resource_size_t end = start + size - 1;
	bool some = false, other = false;

	spin_lock(&resource_lock);
	for (const struct resource *res = iomem_resource.child; res; res = res->sibling) {
		if (res->start > end || res->end < start)
			continue;
		if (is_of(res, flags, desc))
			some = true;
		else
			other = true;
	}
	spin_unlock(&resource_lock);
	if (!some)
		return REGION_DISJOINT;
	return other ? REGION_MIXED : REGION_INTERSECTS;
}

/* The first one at @start or above, below @end, that is so: cut to that. False: none. */
static bool next_of(resource_size_t start, resource_size_t end, unsigned long flags,
		    unsigned long desc, struct resource *found)
{
	struct resource *res;

	spin_lock(&resource_lock);
	for (res = iomem_resource.child; res; res = resource_next(res, &iomem_resource))
		if (res->start <= end && res->end >= start && is_of(res, flags, desc))
			break;
	if (res)
		*found = (struct resource){.start = max(start, res->start),
					   .end = min(end, res->end),
					   .flags = res->flags,
					   .desc = res->desc,
					   .parent = res->parent,
					   .name = res->name};
	spin_unlock(&resource_lock);
	return res != NULL;
}

int walk_iomem_res_desc(unsigned long desc, unsigned long flags, u64 start, u64 end, void *arg,
			int (*func)(struct resource *res, void *arg))
{
	struct resource res;
	int ret = -EINVAL;

	while (start < end && next_of(start, end, flags, desc, &res)) {
		ret = func(&res, arg);
		if (ret || res.end == end)
			break;
		start = res.end + 1;
	}
	return ret;
}

int walk_system_ram_res(u64 start, u64 end, void *arg, int (*func)(struct resource *res, void *arg))
{
	return walk_iomem_res_desc(IORES_DESC_NONE, IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY, start,
				   end, arg, func);
}

int walk_mem_res(u64 start, u64 end, void *arg, int (*func)(struct resource *res, void *arg))
{
	return walk_iomem_res_desc(IORES_DESC_NONE, IORESOURCE_MEM | IORESOURCE_BUSY, start, end,
				   arg, func);
}

/* Whole pages of it alone. */
int walk_system_ram_range(unsigned long start_pfn, unsigned long nr_pages, void *arg,
			  int (*func)(unsigned long start_pfn, unsigned long nr_pages, void *arg))
{
	u64 start = PFN_PHYS(start_pfn), end = PFN_PHYS(start_pfn + nr_pages) - 1;
	struct resource res;
	int ret = -EINVAL;

	while (start < end && next_of(start, end, IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY,
				      IORES_DESC_NONE, &res)) {
		unsigned long first = PFN_UP(res.start), past = PFN_DOWN(res.end + 1);

		if (past > first)
			ret = func(first, past - first, arg);
		if (ret > 0 || (ret && past > first) || res.end >= end)
			break;
		start = res.end + 1;
	}
	return ret;
}

static int is_there(unsigned long pfn, unsigned long nr_pages, void *arg)
{
	(void)pfn, (void)nr_pages, (void)arg;
	return 1;
}

int page_is_ram(unsigned long pfn)
{
	return walk_system_ram_range(pfn, 1, NULL, is_there) == 1;
}

/* ---- The firmware's map ------------------------------------------------------------------------ */

static unsigned long entry_flags(enum e820_type type)
{
	switch (type) {
	case E820_TYPE_RAM:
		return IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY;
	case E820_TYPE_ACPI:
	case E820_TYPE_NVS:
	case E820_TYPE_UNUSABLE:
		return IORESOURCE_MEM | IORESOURCE_BUSY;
	default:
		return IORESOURCE_MEM;
	}
}

static unsigned long entry_desc(enum e820_type type)
{
	switch (type) {
	case E820_TYPE_ACPI:
		return IORES_DESC_ACPI_TABLES;
	case E820_TYPE_NVS:
		return IORES_DESC_ACPI_NV_STORAGE;
	case E820_TYPE_PMEM:
		return IORES_DESC_PERSISTENT_MEMORY;
	case E820_TYPE_PRAM:
		return IORES_DESC_PERSISTENT_MEMORY_LEGACY;
	case E820_TYPE_RESERVED:
		return IORES_DESC_RESERVED;
	case E820_TYPE_SOFT_RESERVED:
		return IORES_DESC_SOFT_RESERVED;
	default:
		return IORES_DESC_NONE;
	}
}

int e820__reserve_resources(void)
{
	struct resource *all, *conflict;
	u32 nr = e820_table->nr_entries;

	if (!nr)
		return 0;
	all = kcalloc(nr, sizeof(*all), GFP_KERNEL);
	if (!all)
		return -ENOMEM;
	for (u32 i = 0; i < nr; i++) {
		const struct e820_entry *entry = &e820_table->entries[i];

		all[i] = (struct resource){
			.start = entry->addr,
			.end = entry->addr + entry->size - 1,
			.name = e820_type_to_string(entry->type),
			.flags = entry_flags(entry->type),
			.desc = entry_desc(entry->type),
		};
		conflict = insert_resource_conflict(&iomem_resource, &all[i]);
		if (conflict)
			pr_warn("resource: %s [mem %#010llx-%#010llx] meets %s, left out\n",
				all[i].name, all[i].start, all[i].end, conflict->name ?: "?");
	}
	/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the tree has them, and an empty array is none. */
	return 0;
}
