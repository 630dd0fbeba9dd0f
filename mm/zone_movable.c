// SPDX-License-Identifier: MIT
/*
 * Where ZONE_MOVABLE starts on each node: kernelcore=, movablecore=, movable_node.
 * Contract: mm/internal.h. Rules: Linux's find_zone_movable_pfns_for_nodes().
 *
 * Only memory of the highest populated zone can be movable, so all below that zone
 * is used up as kernelcore first; the rest is shared evenly, in passes, since a node
 * can be smaller than its share. kernelcore=3G on two nodes of 2 GB each:
 *
 *   node 0  |===== DMA, DMA32 =====|      all of it: 0.5 GB more than its share
 *   node 1  |==1==|==2==| Movable  |      half of what is left, then the other half
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/kstrtox.h>
#include <linux/memblock.h>
#include <linux/memory_hotplug.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "internal.h"

unsigned long zone_movable_pfn[MAX_NUMNODES];
bool movable_is_unmirrored;

/* What an option asked for; 0 in both: nothing. A percentage wins. */
struct core_size {
	unsigned long pages;
	unsigned int percent; /* of all memory */
};

static struct core_size kernelcore, movablecore;

/* ---- Options ------------------------------------------------------------------- */

/* "25%", or a size. @core changes only where the value is one of these. */
static int __init parse_core(const char *value, struct core_size *core)
{
	unsigned long long number;
	char *end;

	if (!value)
		return -EINVAL;
	number = simple_strtoull(value, &end, 0);
	if (end != value && *end == '%') {
		if (number > 100 || end[1])
			return -EINVAL;
		*core = (struct core_size){.percent = (unsigned int)number};
		return 0;
	}
	number = memparse(value, &end);
	if (end == value || *end)
		return -EINVAL;
	*core = (struct core_size){.pages = PHYS_PFN(number)};
	return 0;
}

int __init kernelcore_parse_option(char *value)
{
	if (value && !strcmp(value, "mirror")) {
		mirrored_kernelcore = true;
		return 0;
	}
	return parse_core(value, &kernelcore);
}

int __init movablecore_parse_option(char *value)
{
	return parse_core(value, &movablecore);
}

void __init zone_movable_reset(void)
{
	memset(zone_movable_pfn, 0, sizeof(zone_movable_pfn));
	kernelcore = movablecore = (struct core_size){0};
	movable_is_unmirrored = false;
}

/* ---- By the kind of memory ------------------------------------------------------- */

static void __init movable_from(const struct memblock_region *r)
{
	unsigned long start = memblock_region_memory_base_pfn(r);
	unsigned long *movable = &zone_movable_pfn[r->nid];

	*movable = *movable ? min(*movable, start) : start;
}

/* movable_node: from a node's lowest range that may be unplugged. */
static void __init movable_from_hotpluggable(void)
{
	struct memblock_region *r;

	for_each_mem_region (r)
		if (memblock_is_hotpluggable(r))
			movable_from(r);
}

/* kernelcore=mirror: what is not mirrored, but for memory below 4 GB. */
static void __init movable_from_unmirrored(void)
{
	bool low_unmirrored = false;
	struct memblock_region *r;

	movable_is_unmirrored = true;
	for_each_mem_region (r) {
		if (!r->size || memblock_is_mirror(r))
			continue;
		if (memblock_region_memory_base_pfn(r) < PHYS_PFN(SZ_4G))
			low_unmirrored = true;
		else
			movable_from(r);
	}
	if (low_unmirrored)
		pr_warn("This configuration results in unmirrored kernel memory.\n");
}

/* ---- By amount --------------------------------------------------------------------- */

static unsigned long __init core_pages(const struct core_size *core, unsigned long total)
{
	return core->percent ? total * 100 * core->percent / 10000 : core->pages;
}

/* Pages that stay out of ZONE_MOVABLE; 0: no such zone was asked for. */
static unsigned long __init required_kernelcore(unsigned long total)
{
	unsigned long kernel = core_pages(&kernelcore, total);
	unsigned long movable = core_pages(&movablecore, total);

	if (movable) {
		movable = min(total, ALIGN(min(movable, total), MAX_ORDER_NR_PAGES));
		kernel = max(kernel, total - movable);
	}
	return kernel < total ? kernel : 0;
}

/* Moves the node's start up by its @share. Returns what of @required is left. */
static unsigned long __init take_share(int nid, unsigned long share, unsigned long usable_start,
				       unsigned long required)
{
	unsigned long start, end;
	int i;

	for_each_mem_pfn_range (i, nid, &start, &end, NULL) {
		unsigned long below, pages;

		start = max(start, zone_movable_pfn[nid]);
		if (start >= end)
			continue;
		below = start < usable_start ? min(end, usable_start) - start : 0;
		share -= min(below, share);
		required -= min(below, required);
		start = max(start, min(end, usable_start));
		pages = min(end - start, share);
		zone_movable_pfn[nid] = start + pages;
		share -= pages;
		required -= min(pages, required);
		if (end > usable_start && !share)
			break;
	}
	return required;
}

static void __init spread_kernelcore(unsigned long required, const nodemask_t *nodes,
				     unsigned long usable_start)
{
	unsigned long nr_nodes = nodes_weight(*nodes), share;
	int nid;

	do {
		share = required / nr_nodes;
		for_each_node_mask (nid, *nodes) {
			if (required < share)
				share = required / nr_nodes;
			required = take_share(nid, share, usable_start, required);
		}
		nr_nodes--;
	} while (nr_nodes && required > nr_nodes);
}

static void __init movable_by_amount(unsigned long usable_start)
{
	unsigned long total = 0, required, start, end;
	nodemask_t nodes;
	int i, nid;

	nodes_clear(nodes);
	for_each_mem_pfn_range (i, MAX_NUMNODES, &start, &end, &nid) {
		total += end - start;
		node_set(nid, nodes);
	}
	required = required_kernelcore(total);
	if (required)
		spread_kernelcore(required, &nodes, usable_start);
}

/* ---- All of it ----------------------------------------------------------------------- */

/* Largest blocks lie in one zone, and a node's zone has at least a page. */
static void __init round_movable_starts(void)
{
	unsigned long start, end;
	int nid;

	for_each_node (nid) {
		unsigned long *movable = &zone_movable_pfn[nid];

		if (!*movable)
			continue;
		get_pfn_range_for_nid(nid, &start, &end);
		*movable = ALIGN(*movable, MAX_ORDER_NR_PAGES);
		if (*movable >= end)
			*movable = 0;
	}
}

void __init find_zone_movable_pfns(unsigned long usable_start)
{
	if (movable_node_is_enabled())
		movable_from_hotpluggable();
	else if (mirrored_kernelcore)
		movable_from_unmirrored();
	else
		movable_by_amount(usable_start);
	round_movable_starts();
}
