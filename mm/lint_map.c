// SPDX-License-Identifier: MIT
/* Lint of the firmware's memory map. Contract: baremm/lint.h. */
#include "lint.h"

#include <baremm/e820.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/sort.h>

/* What the zero page of Linux's boot protocol has room for, and many a loader. */
#define MANY_ENTRIES 128

static bool is_ram(const struct lint_range *range)
{
	return range->type == E820_TYPE_RAM;
}

static u64 end_of(const struct lint_range *range)
{
	return lint_end(range->start, range->size);
}

/* ---- Entries by themselves ---------------------------------------------------------- */

static void judge_bounds(const struct lint_facts *facts, size_t i)
{
	const struct lint_range *r = &facts->map[i];

	if (!r->size)
		lint_find(LINT_MAP_EMPTY, "entry %zu at 0x%llx has no bytes", i, r->start);
	else if (r->size - 1 > ~0ULL - r->start)
		lint_find(LINT_MAP_WRAP, "entry %zu at 0x%llx has 0x%llx bytes", i, r->start,
			  r->size);
	/* A BIOS keeps a kilobyte or so at the end of low memory. */
	else if (is_ram(r) && !(PAGE_ALIGNED(r->start) && PAGE_ALIGNED(r->start + r->size)) &&
		 !(facts->bios_map && r->start + r->size <= SZ_1M))
		lint_find(LINT_MAP_UNALIGNED,
			  "usable [mem %#018llx-%#018llx] has no whole pages at "
			  "its ends",
			  r->start, r->start + r->size - 1);
}

static void judge_kind(const struct lint_range *r, size_t i, bool caching_known)
{
	u64 last = end_of(r) - 1;

	if (!r->known_type)
		lint_find(LINT_MAP_UNKNOWN_TYPE,
			  "entry %zu, [mem %#018llx-%#018llx], has an "
			  "unknown type",
			  i, r->start, last);
	if (is_ram(r) && r->runtime)
		lint_find(LINT_MAP_RUNTIME_RAM,
			  "usable [mem %#018llx-%#018llx] is used by runtime services", r->start,
			  last);
	if (r->hotplug && (!is_ram(r) || r->runtime))
		lint_find(LINT_MAP_HOTPLUG_TAKEN,
			  "[mem %#018llx-%#018llx] type %u may be unplugged, and is the firmware's",
			  r->start, last, r->type);
	if (is_ram(r) && caching_known && r->attributes && !r->write_back)
		lint_find(LINT_MAP_UNCACHEABLE_RAM,
			  "usable [mem %#018llx-%#018llx] cannot be cached", r->start, last);
}

static void judge_place(const struct lint_facts *facts, const struct lint_range *r)
{
	u64 start = max(r->start, facts->hole_start), end = min(end_of(r), facts->hole_end);

	if (is_ram(r) && start < end)
		lint_find(LINT_MAP_CPU_HOLE, "usable [mem %#018llx-%#018llx] is in the CPU's hole",
			  start, end - 1);
}

/* ---- Entries beside others ------------------------------------------------------------ */

static int by_start(const void *a, const void *b)
{
	const struct lint_range *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

/* Of entries sorted by start, each is held against that which reaches furthest so far. */
static void judge_overlaps(const struct lint_range *sorted, size_t nr)
{
	const struct lint_range *furthest = NULL;

	for (size_t i = 0; i < nr; i++) {
		const struct lint_range *r = &sorted[i];

		if (!r->size)
			continue;
		if (furthest && r->start < end_of(furthest))
			lint_find(LINT_MAP_OVERLAP,
				  "[mem %#018llx-%#018llx] type %u and [mem %#018llx-%#018llx] "
				  "type %u",
				  furthest->start, end_of(furthest) - 1, furthest->type, r->start,
				  end_of(r) - 1, r->type);
		if (!furthest || end_of(r) > end_of(furthest))
			furthest = r;
	}
}

static void judge_together(const struct lint_facts *facts)
{
	struct lint_range *sorted;

	sorted = kvmalloc_array(facts->nr_map, sizeof(*sorted), GFP_KERNEL);
	if (!sorted) {
		pr_err("lint: no memory to sort %zu entries\n", facts->nr_map);
		return;
	}
	for (size_t i = 0; i < facts->nr_map; i++)
		sorted[i] = facts->map[i];
	sort(sorted, facts->nr_map, sizeof(*sorted), by_start, NULL);
	judge_overlaps(sorted, facts->nr_map);
	kvfree(sorted);
}

void lint_map(const struct lint_facts *facts)
{
	bool low = false, caching_known = false;

	/* Some firmware leaves all such bits clear: then they say nothing. */
	for (size_t i = 0; i < facts->nr_map; i++)
		caching_known |= is_ram(&facts->map[i]) && facts->map[i].write_back;
	for (size_t i = 0; i < facts->nr_map; i++) {
		const struct lint_range *r = &facts->map[i];

		judge_bounds(facts, i);
		judge_kind(r, i, caching_known);
		judge_place(facts, r);
		low |= is_ram(r) && r->start < SZ_1M &&
		       end_of(r) >= max_t(u64, r->start, PAGE_SIZE) + PAGE_SIZE;
	}
	if (!facts->nr_map)
		return;
	judge_together(facts);
	if (!low)
		lint_find(LINT_MAP_NO_LOW_MEMORY, "no usable page below 1 MB but page 0");
	if (facts->bios_map && facts->nr_map > MANY_ENTRIES)
		lint_find(LINT_MAP_MANY, "%zu entries", facts->nr_map);
}
