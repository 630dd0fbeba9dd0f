// SPDX-License-Identifier: MIT
/*
 * memblock's two tables: filling them, flags and nodes, limits, questions, and
 * how their arrays grow. Allocation is in memblock_alloc.c.
 */
#include <linux/memblock.h>
#include <linux/errno.h>
#include <linux/memory_hotplug.h>
#include <linux/string.h>
#include "internal.h"

static struct memblock_region memory_init_regions[INIT_MEMBLOCK_MEMORY_REGIONS];
static struct memblock_region reserved_init_regions[INIT_MEMBLOCK_RESERVED_REGIONS];

static char memory_name[] = "memory";
static char reserved_name[] = "reserved";

#define MEMBLOCK_INIT                                               \
	{                                                           \
		.current_limit = MEMBLOCK_ALLOC_ANYWHERE,           \
		.memory = {.cnt = 1,                                \
			   .max = INIT_MEMBLOCK_MEMORY_REGIONS,     \
			   .regions = memory_init_regions,          \
			   .name = memory_name},                    \
		.reserved = {.cnt = 1,                              \
			     .max = INIT_MEMBLOCK_RESERVED_REGIONS, \
			     .regions = reserved_init_regions,      \
			     .name = reserved_name},                \
	}

struct memblock memblock = MEMBLOCK_INIT;
bool memblock_debug;
bool mirrored_kernelcore;
/* Weak: a program that is not a kernel may bring its own. */
__weak bool movable_node_enabled;
phys_addr_t memblock_trimmed;

static bool can_resize;
static bool closed;
static bool has_mirror;

/* The arrays that memblock_double_array() took from memory: NULL, or the current ones. */
static struct memblock_region *grown_memory, *grown_reserved;

void __init memblock_reset(void)
{
	memblock = (struct memblock)MEMBLOCK_INIT;
	memset(memory_init_regions, 0, sizeof(memory_init_regions));
	memset(reserved_init_regions, 0, sizeof(reserved_init_regions));
	memblock_make_empty(&memblock.memory);
	memblock_make_empty(&memblock.reserved);
	memblock_debug = mirrored_kernelcore = movable_node_enabled = false;
	can_resize = closed = has_mirror = false;
	grown_memory = grown_reserved = NULL;
	memblock_trimmed = 0;
}

int __init memblock_parse_option(char *value)
{
	if (!value || !strstr(value, "debug"))
		return -EINVAL;
	memblock_debug = true;
	return 0;
}

void memblock_allow_resize(void)
{
	can_resize = true;
}

void memblock_close(void)
{
	closed = true;
}

bool memblock_is_open(const char *what, phys_addr_t size)
{
	if (!closed)
		return true;
	pr_err("memblock: %s: %pa bytes asked for, but memory belongs to another allocator now\n",
	       what, &size);
	return false;
}

void memblock_set_regions(struct memblock_type *type, struct memblock_region *regions,
			  unsigned long max)
{
	if (!regions)
		return;
	type->regions = regions;
	type->max = max;
	memblock_make_empty(type);
}

/* ---- Growing ---------------------------------------------------------------- */

/*
 * A place for a new array: above [base, base + size) first, then below, never in
 * it: that range is free still, and its owner is about to reserve it.
 */
static phys_addr_t find_array(phys_addr_t base, phys_addr_t size, phys_addr_t bytes)
{
	phys_addr_t limit = memblock.current_limit, addr;

	addr = memblock_find_in_range(base + size, limit, bytes, PAGE_SIZE);
	if (!addr && size)
		addr = memblock_find_in_range(0, min(base, limit), bytes, PAGE_SIZE);
	return addr;
}

static size_t array_bytes(unsigned long max)
{
	return ALIGN(max * sizeof(struct memblock_region), PAGE_SIZE);
}

/* Moves @type to the zeroed array of twice the size at @addr; returns the old one. */
static struct memblock_region *move_array(struct memblock_type *type, phys_addr_t addr)
{
	struct memblock_region *old = type->regions, *new = phys_to_virt(addr);

	memcpy(new, old, type->max * sizeof(*old));
	memset(new + type->max, 0, type->max * sizeof(*old));
	type->regions = new;
	type->max *= 2;
	return old;
}

int memblock_double_array(struct memblock_type *type, phys_addr_t base, phys_addr_t size)
{
	bool reserved = type == &memblock.reserved;
	struct memblock_region **grown = reserved ? &grown_reserved : &grown_memory, *old;
	size_t old_bytes = array_bytes(type->max), bytes = array_bytes(type->max * 2);
	phys_addr_t addr, last;

	if (!can_resize || closed || (!reserved && type != &memblock.memory))
		return -ENOMEM;
	/* Memory that is being added cannot be found yet. */
	addr = reserved ? find_array(base, size, bytes) : find_array(0, 0, bytes);
	if (!addr) {
		pr_err("memblock: Failed to double %s array from %lu to %lu entries !\n",
		       type->name, type->max, type->max * 2);
		return -ENOMEM;
	}
	/* The reserved table has room for its new array only in its new array. */
	if (!reserved && memblock_reserve(addr, bytes))
		return -ENOMEM;
	old = move_array(type, addr);
	if (reserved)
		memblock_reserve(addr, bytes);
	last = addr + bytes - 1;
	memblock_dbg("memblock: %s is doubled to %lu at [%pa-%pa]\n", type->name, type->max, &addr,
		     &last);
	/* The first arrays are static, and a test may have set its own. */
	if (old == *grown)
		memblock_free(old, old_bytes);
	*grown = type->regions;
	return 0;
}

/* ---- Adding and removing ------------------------------------------------------ */

static int add_memory(phys_addr_t base, phys_addr_t size, int nid, enum memblock_flags flags)
{
	if (memblock_type_empty(&memblock.memory))
		memblock_trimmed = 0;
	return memblock_add_range(&memblock.memory, base, size, nid, flags);
}

int memblock_add_node(phys_addr_t base, phys_addr_t size, int nid, enum memblock_flags flags)
{
	phys_addr_t last = base + size - 1;

	memblock_dbg("%s: [%pa-%pa] nid=%d flags=%x %pS\n", __func__, &base, &last, nid, flags,
		     (void *)_RET_IP_);
	return add_memory(base, size, nid, flags);
}

int memblock_add(phys_addr_t base, phys_addr_t size)
{
	phys_addr_t last = base + size - 1;

	memblock_dbg("%s: [%pa-%pa] %pS\n", __func__, &base, &last, (void *)_RET_IP_);
	return add_memory(base, size, MAX_NUMNODES, MEMBLOCK_NONE);
}

int memblock_remove(phys_addr_t base, phys_addr_t size)
{
	phys_addr_t last = base + size - 1;

	memblock_dbg("%s: [%pa-%pa] %pS\n", __func__, &base, &last, (void *)_RET_IP_);
	return memblock_remove_range(&memblock.memory, base, size);
}

int memblock_reserve(phys_addr_t base, phys_addr_t size)
{
	phys_addr_t last = base + size - 1;

	memblock_dbg("%s: [%pa-%pa] %pS\n", __func__, &base, &last, (void *)_RET_IP_);
	return memblock_add_range(&memblock.reserved, base, size, MAX_NUMNODES, MEMBLOCK_NONE);
}

int memblock_phys_free(phys_addr_t base, phys_addr_t size)
{
	phys_addr_t last = base + size - 1;

	memblock_dbg("%s: [%pa-%pa] %pS\n", __func__, &base, &last, (void *)_RET_IP_);
	return memblock_remove_range(&memblock.reserved, base, size);
}

void memblock_free(void *ptr, size_t size)
{
	if (ptr)
		memblock_phys_free(__pa(ptr), size);
}

/* ---- Flags and nodes ------------------------------------------------------------ */

/* Sets and clears flags of the memory inside a range. */
static int change_flags(phys_addr_t base, phys_addr_t size, enum memblock_flags set,
			enum memblock_flags clear)
{
	struct memblock_type *type = &memblock.memory;
	unsigned long start, end, i;
	int ret = memblock_isolate_range(type, base, size, &start, &end);

	if (ret)
		return ret;
	for (i = start; i < end; i++)
		type->regions[i].flags = (type->regions[i].flags & ~clear) | set;
	memblock_merge_regions(type, start ? start - 1 : 0, end);
	return 0;
}

int memblock_mark_hotplug(phys_addr_t base, phys_addr_t size)
{
	return change_flags(base, size, MEMBLOCK_HOTPLUG, MEMBLOCK_NONE);
}

int memblock_clear_hotplug(phys_addr_t base, phys_addr_t size)
{
	return change_flags(base, size, MEMBLOCK_NONE, MEMBLOCK_HOTPLUG);
}

int memblock_mark_mirror(phys_addr_t base, phys_addr_t size)
{
	if (!mirrored_kernelcore)
		return 0;
	has_mirror = true;
	return change_flags(base, size, MEMBLOCK_MIRROR, MEMBLOCK_NONE);
}

int memblock_mark_nomap(phys_addr_t base, phys_addr_t size)
{
	return change_flags(base, size, MEMBLOCK_NOMAP, MEMBLOCK_NONE);
}

int memblock_clear_nomap(phys_addr_t base, phys_addr_t size)
{
	return change_flags(base, size, MEMBLOCK_NONE, MEMBLOCK_NOMAP);
}

int memblock_set_node(phys_addr_t base, phys_addr_t size, struct memblock_type *type, int nid)
{
	unsigned long start, end, i;
	int ret = memblock_isolate_range(type, base, size, &start, &end);

	if (ret)
		return ret;
	for (i = start; i < end; i++)
		memblock_set_region_node(&type->regions[i], nid);
	memblock_merge_regions(type, start ? start - 1 : 0, end);
	return 0;
}

bool memblock_has_mirror(void)
{
	return has_mirror;
}

/* ---- Limits ------------------------------------------------------------------------ */

void memblock_set_current_limit(phys_addr_t limit)
{
	memblock.current_limit = limit;
}

phys_addr_t memblock_get_current_limit(void)
{
	return memblock.current_limit;
}

void memblock_trim_memory(phys_addr_t align)
{
	struct memblock_type *type = &memblock.memory;
	phys_addr_t lost = 0;
	unsigned long i = 0;

	while (i < type->cnt && !memblock_type_empty(type)) {
		struct memblock_region *rgn = &type->regions[i];
		phys_addr_t start = round_up(rgn->base, align);
		phys_addr_t end = round_down(memblock_region_end(rgn), align);

		/* At the very top rounding up wraps to 0. */
		if (start < rgn->base || start >= end) {
			lost += rgn->size;
			memblock_remove_regions(type, i, i + 1);
			continue;
		}
		lost += rgn->size - (end - start);
		memblock_trimmed += rgn->size - (end - start);
		rgn->base = start;
		rgn->size = end - start;
		i++;
	}
	if (lost)
		pr_info("memblock: %llu bytes of memory are no part of %llu aligned ones\n", lost,
			align);
}

/* The address below which lie @limit bytes of memory; PHYS_ADDR_MAX where there is less. */
static phys_addr_t address_of_limit(phys_addr_t limit)
{
	const struct memblock_region *rgn;

	for_each_mem_region (rgn) {
		if (limit <= rgn->size)
			return rgn->base + limit;
		limit -= rgn->size;
	}
	return PHYS_ADDR_MAX;
}

void memblock_enforce_memory_limit(phys_addr_t limit)
{
	phys_addr_t max_addr = limit ? address_of_limit(limit) : PHYS_ADDR_MAX;

	if (max_addr == PHYS_ADDR_MAX)
		return;
	memblock_remove_range(&memblock.memory, max_addr, PHYS_ADDR_MAX);
	memblock_remove_range(&memblock.reserved, max_addr, PHYS_ADDR_MAX);
}

/* Takes out of @type what is not NOMAP in regions [start, end). */
static void remove_mapped(struct memblock_type *type, unsigned long start, unsigned long end)
{
	while (end-- > start)
		if (!memblock_is_nomap(&type->regions[end]))
			memblock_remove_regions(type, end, end + 1);
}

void memblock_cap_memory_range(phys_addr_t base, phys_addr_t size)
{
	struct memblock_type *type = &memblock.memory;
	phys_addr_t range_end = base + memblock_cap_size(base, &size);
	unsigned long start, end;

	if (!size)
		return;
	if (memblock_type_empty(type)) {
		pr_warn("%s: No memory registered yet\n", __func__);
		return;
	}
	if (memblock_isolate_range(type, base, size, &start, &end))
		return;
	remove_mapped(type, end, type->cnt);
	remove_mapped(type, 0, start);
	memblock_merge_regions(type, 0, type->cnt);
	memblock_remove_range(&memblock.reserved, 0, base);
	memblock_remove_range(&memblock.reserved, range_end, PHYS_ADDR_MAX);
}

void memblock_mem_limit_remove_map(phys_addr_t limit)
{
	phys_addr_t max_addr = limit ? address_of_limit(limit) : PHYS_ADDR_MAX;

	if (max_addr != PHYS_ADDR_MAX)
		memblock_cap_memory_range(0, max_addr);
}

/* ---- Questions ---------------------------------------------------------------------- */

phys_addr_t memblock_phys_mem_size(void)
{
	return memblock.memory.total_size;
}

phys_addr_t memblock_reserved_size(void)
{
	return memblock.reserved.total_size;
}

phys_addr_t memblock_start_of_DRAM(void)
{
	return memblock.memory.regions[0].base;
}

phys_addr_t memblock_end_of_DRAM(void)
{
	return memblock_region_end(&memblock.memory.regions[memblock.memory.cnt - 1]);
}

bool memblock_is_memory(phys_addr_t addr)
{
	return memblock_search(&memblock.memory, addr) >= 0;
}

bool memblock_is_map_memory(phys_addr_t addr)
{
	long i = memblock_search(&memblock.memory, addr);

	return i >= 0 && !memblock_is_nomap(&memblock.memory.regions[i]);
}

bool memblock_is_reserved(phys_addr_t addr)
{
	return memblock_search(&memblock.reserved, addr) >= 0;
}

bool memblock_is_region_memory(phys_addr_t base, phys_addr_t size)
{
	phys_addr_t end = base + memblock_cap_size(base, &size);
	long i = memblock_search(&memblock.memory, base);

	return i >= 0 && memblock_region_end(&memblock.memory.regions[i]) >= end;
}

bool memblock_is_region_reserved(phys_addr_t base, phys_addr_t size)
{
	return memblock_overlaps_region(&memblock.reserved, base, size);
}

int memblock_search_pfn_nid(unsigned long pfn, unsigned long *start_pfn, unsigned long *end_pfn)
{
	long i = pfn > PFN_DOWN(PHYS_ADDR_MAX) ? -1
					       : memblock_search(&memblock.memory, PFN_PHYS(pfn));
	const struct memblock_region *rgn;

	if (i < 0)
		return NUMA_NO_NODE;
	rgn = &memblock.memory.regions[i];
	*start_pfn = PFN_DOWN(rgn->base);
	*end_pfn = PFN_DOWN(memblock_region_end(rgn));
	return rgn->nid;
}
