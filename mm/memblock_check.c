// SPDX-License-Identifier: MIT
/*
 * Looking at memblock's tables: the dump that Linux prints, and the check of
 * every invariant that linux/memblock.h states.
 */
#include <linux/memblock.h>
#include "internal.h"

#define KNOWN_FLAGS (MEMBLOCK_HOTPLUG | MEMBLOCK_MIRROR | MEMBLOCK_NOMAP | MEMBLOCK_DRIVER_MANAGED)

static enum memblock_flags known_flags(const struct memblock_type *type)
{
	return type == &memblock.reserved ? KNOWN_FLAGS | MEMBLOCK_HWPOISON : KNOWN_FLAGS;
}

static void dump_table(const struct memblock_type *type)
{
	unsigned long i;

	pr_info(" %s.cnt  = 0x%lx\n", type->name, type->cnt);
	for (i = 0; i < type->cnt; i++) {
		const struct memblock_region *rgn = &type->regions[i];
		phys_addr_t last = memblock_region_end(rgn) - 1;
		char node[32] = "";

		if (rgn->nid != MAX_NUMNODES)
			snprintf(node, sizeof(node), " on node %d", rgn->nid);
		pr_info(" %s[0x%lx]\t[%pa-%pa], %pa bytes%s flags: 0x%x\n", type->name, i,
			&rgn->base, &last, &rgn->size, node, rgn->flags);
	}
}

void __memblock_dump_all(void)
{
	pr_info("MEMBLOCK configuration:\n");
	pr_info(" memory size = %pa reserved size = %pa\n", &memblock.memory.total_size,
		&memblock.reserved.total_size);
	dump_table(&memblock.memory);
	dump_table(&memblock.reserved);
}

/* One fault of region @i, named by table and address. */
static int report(const struct memblock_type *type, unsigned long i, const char *fault)
{
	const struct memblock_region *rgn = &type->regions[i];

	pr_err("memblock: verify: %s[0x%lx] base %pa size %pa node %d flags 0x%x: %s\n", type->name,
	       i, &rgn->base, &rgn->size, rgn->nid, rgn->flags, fault);
	return 1;
}

static int verify_region(const struct memblock_type *type, unsigned long i)
{
	const struct memblock_region *rgn = &type->regions[i];
	int faults = 0;

	if (!rgn->size)
		faults += report(type, i, "is empty");
	if (rgn->size > PHYS_ADDR_MAX - rgn->base)
		faults += report(type, i, "wraps");
	if (rgn->flags & ~known_flags(type))
		faults += report(type, i, "has unknown flags");
	if (rgn->nid < NUMA_NO_NODE || rgn->nid > MAX_NUMNODES)
		faults += report(type, i, "has no possible node");
	return faults;
}

static int verify_neighbours(const struct memblock_type *type, unsigned long i)
{
	const struct memblock_region *low = &type->regions[i], *high = low + 1;

	if (high->base < low->base)
		return report(type, i + 1, "lies below the one before");
	if (high->base - low->base < low->size)
		return report(type, i + 1, "overlaps the one before");
	if (memblock_regions_mergeable(low, high))
		return report(type, i + 1, "should be merged with the one before");
	return 0;
}

/* @trimmed: what total_size still counts of regions that were cut. */
static int verify_table(const struct memblock_type *type, phys_addr_t trimmed)
{
	bool empty = type->cnt == 1 && !type->regions[0].size;
	phys_addr_t sum = empty ? 0 : trimmed;
	unsigned long i;
	int faults = 0;

	if (type->cnt < 1 || type->cnt > type->max) {
		pr_err("memblock: verify: %s has %lu regions, not 1 to %lu\n", type->name,
		       type->cnt, type->max);
		return 1;
	}
	for (i = 0; i < type->cnt && !empty; i++) {
		faults += verify_region(type, i);
		if (i + 1 < type->cnt)
			faults += verify_neighbours(type, i);
		sum += type->regions[i].size;
	}
	if (sum != type->total_size) {
		pr_err("memblock: verify: %s regions sum up to %pa, total_size is %pa\n",
		       type->name, &sum, &type->total_size);
		faults++;
	}
	return faults;
}

int memblock_verify(void)
{
	return verify_table(&memblock.memory, memblock_trimmed) +
	       verify_table(&memblock.reserved, 0);
}
