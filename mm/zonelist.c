// SPDX-License-Identifier: MIT
/*
 * Zonelists: in which order the zones are tried for an allocation on a node.
 * Contract: linux/mmzone.h. Rules: Linux's build_all_zonelists().
 *
 *   node 1 of two:  1:Normal 1:DMA32 0:DMA32 0:DMA -      (fallback)
 *                   1:Normal 1:DMA32 -                    (this node)
 *
 * That is node order, Linux's only one since 4.14. numa_zonelist_order= brings the
 * other one back, in which no node's low zones are used before all higher ones are
 * full:
 *
 *   node 1 of two:  1:Normal 1:DMA32 0:DMA32 0:DMA -      (fallback, zone order)
 *   node 0 of two:  1:Normal 0:DMA32 1:DMA32 0:DMA -
 *
 * Zonelists have room for the populated zones of the machine and an end mark, not
 * for MAX_NUMNODES nodes.
 */
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <linux/topology.h>

#include "internal.h"
#include "pcp.h"

bool page_group_by_mobility_disabled;
enum zone_type policy_zone;

static enum {
	ORDER_UNSET, /* node order, and no word of it in the log, as Linux from 4.14 on */
	ORDER_DEFAULT,
	ORDER_NODE,
	ORDER_ZONE,
} zonelist_order;

/* How often a node was the first choice of a distance: ties go round. */
static int *node_load;

struct zoneref *__next_zones_zonelist(struct zoneref *z, enum zone_type highest_zoneidx,
				      const nodemask_t *nodes)
{
	while (z->zone && (z->zone_idx > (int)highest_zoneidx ||
			   (nodes && !node_isset(z->zone->node, *nodes))))
		z++;
	return z;
}

/* ---- Node order or zone order -------------------------------------------------------- */

int __init numa_zonelist_order_parse_option(char *value)
{
	switch (value ? *value : '\0') {
	case 'd':
	case 'D':
		zonelist_order = ORDER_DEFAULT;
		return 0;
	case 'n':
	case 'N':
		zonelist_order = ORDER_NODE;
		return 0;
	case 'z':
	case 'Z':
		zonelist_order = ORDER_ZONE;
		return 0;
	default:
		return -EINVAL;
	}
}

void __init zonelist_reset(void)
{
	zonelist_order = ORDER_UNSET;
}

/* Present pages of one node: in DMA and DMA32, and in all zones. */
struct node_pages {
	unsigned long low, all;
};

static struct node_pages __init count_node_pages(int nid)
{
	const struct zone *zones = NODE_DATA(nid)->node_zones;
	struct node_pages pages = {0, 0};

	for (int i = 0; i < MAX_NR_ZONES; i++) {
		pages.all += zones[i].present_pages;
		pages.low += i < ZONE_NORMAL ? zones[i].present_pages : 0;
	}
	return pages;
}

/*
 * numa_zonelist_order=default, as Linux decided before 3.16: zone order keeps small
 * low zones for those who need them; where they are large, or all that a node has,
 * memory nearby is worth more.
 */
static bool __init default_is_zone_order(void)
{
	struct node_pages sum = {0, 0}, pages;
	unsigned long average;
	int nid;

	for_each_online_node (nid) {
		if (!populated_zone(&NODE_DATA(nid)->node_zones[ZONE_NORMAL]))
			return false;
		pages = count_node_pages(nid);
		sum.low += pages.low;
		sum.all += pages.all;
	}
	if (!sum.low || sum.low > sum.all / 2)
		return false;
	average = sum.all / (nodes_weight(node_states[N_MEMORY]) + 1);
	for_each_online_node (nid) {
		pages = count_node_pages(nid);
		if (pages.low && pages.all > average && pages.low > pages.all * 70 / 100)
			return false;
	}
	return true;
}

/* ---- Which node next --------------------------------------------------------------- */

/*
 * Less is better: distance first, then nodes above the own one, then the least load.
 * Linux's penalty for nodes with CPUs never counts at boot: it builds these lists
 * before the first CPU is entered in its node's mask.
 */
static long node_cost(int from, int to)
{
	long cost = node_distance(from, to) + (to < from);

	return cost * MAX_NUMNODES + node_load[to];
}

/* The best node with memory that is not in @used, or -1; the node itself is first. */
static int __init find_next_best_node(int local, nodemask_t *used)
{
	long least = LONG_MAX;
	int best = -1, nid;

	if (!node_isset(local, *used)) {
		node_set(local, *used);
		return local;
	}
	for_each_node_state (nid, N_MEMORY) {
		long cost;

		if (node_isset(nid, *used))
			continue;
		cost = node_cost(local, nid);
		if (cost < least) {
			least = cost;
			best = nid;
		}
	}
	if (best >= 0)
		node_set(best, *used);
	return best;
}

/* ---- Building ------------------------------------------------------------------------ */

/* Returns where the list goes on. */
static struct zoneref *__init add_zone(struct zoneref *z, struct zone *zone)
{
	int i = zone_idx(zone);

	if (!populated_zone(zone))
		return z;
	*z = (struct zoneref){zone, i};
	if (i > (int)policy_zone && i != ZONE_MOVABLE)
		policy_zone = (enum zone_type)i;
	return z + 1;
}

/* The node's populated zones, highest first. */
static struct zoneref *__init add_node_zones(struct zoneref *z, pg_data_t *pgdat)
{
	for (int i = MAX_NR_ZONES - 1; i >= 0; i--)
		z = add_zone(z, &pgdat->node_zones[i]);
	return z;
}

static struct zoneref *__init alloc_zonerefs(int nid, unsigned int nr)
{
	struct zoneref *refs = early_alloc((nr + 1) * sizeof(*refs), nid);

	if (!refs)
		panic("zonelist: no memory for %u entries of node %d", nr + 1, nid);
	return refs;
}

/* All zones of one kind before the next kind; in each, the nodes by their order. */
static struct zoneref *__init add_zones_by_kind(struct zoneref *z, const int *nodes, int nr)
{
	for (int i = MAX_NR_ZONES - 1; i >= 0; i--)
		for (int j = 0; j < nr; j++)
			z = add_zone(z, &NODE_DATA(nodes[j])->node_zones[i]);
	return z;
}

/*
 * Fills @nodes and returns how many they are. In the order of the walk, so that the
 * load on ties is Linux's.
 */
static int __init order_nodes(int local, int *nodes)
{
	int prev = local, nr = 0, nid;
	nodemask_t used;

	nodes_clear(used);
	pr_info("Fallback order for Node %d: ", local);
	while ((nid = find_next_best_node(local, &used)) >= 0) {
		if (node_distance(local, nid) != node_distance(local, prev))
			node_load[nid]++;
		prev = nid;
		pr_cont("%d ", nid);
		nodes[nr++] = nid;
	}
	pr_cont("\n");
	return nr;
}

static void __init build_zonelists(pg_data_t *pgdat, unsigned int nr_zones, int *nodes)
{
	struct zoneref *z = alloc_zonerefs(pgdat->node_id, nr_zones);
	int nr = order_nodes(pgdat->node_id, nodes);

	pgdat->node_zonelists[ZONELIST_FALLBACK]._zonerefs = z;
	if (zonelist_order == ORDER_ZONE)
		z = add_zones_by_kind(z, nodes, nr);
	for (int i = 0; zonelist_order != ORDER_ZONE && i < nr; i++)
		z = add_node_zones(z, NODE_DATA(nodes[i]));

	z = alloc_zonerefs(pgdat->node_id, MAX_NR_ZONES);
	pgdat->node_zonelists[ZONELIST_NOFALLBACK]._zonerefs = z;
	add_node_zones(z, pgdat);
}

/* One line for each list and zone that a caller could start from. */
static void __init log_zonelist(const pg_data_t *pgdat, int list, int idx)
{
	const struct zonelist *zonelist = &pgdat->node_zonelists[list];
	struct zoneref *z;
	struct zone *zone;

	if (!populated_zone(&pgdat->node_zones[idx]))
		return;
	printk(KERN_INFO "mminit::zonelist %s %d:%s = ",
	       list == ZONELIST_NOFALLBACK ? "thisnode" : "general", pgdat->node_id,
	       zone_names[idx]);
	for_each_zone_zonelist (zone, z, zonelist, (enum zone_type)idx)
		pr_cont("%d:%s ", zone->node, zone->name);
	pr_cont("\n");
}

static void __init log_zonelists(void)
{
	int nid;

	if (mminit_loglevel < MMINIT_VERIFY)
		return;
	for_each_online_node (nid)
		for (int list = 0; list < MAX_ZONELISTS; list++)
			for (int idx = 0; idx < MAX_NR_ZONES; idx++)
				log_zonelist(NODE_DATA(nid), list, idx);
}

static unsigned int __init populated_zones(void)
{
	unsigned int nr = 0;
	int nid;

	for_each_node (nid)
		for (int i = 0; i < MAX_NR_ZONES; i++)
			nr += populated_zone(&NODE_DATA(nid)->node_zones[i]);
	return nr;
}

/* As Linux 6.1, or as it was when there was a choice. */
static void __init log_built(unsigned long pages)
{
	const char *order = "";

	if (zonelist_order == ORDER_ZONE)
		order = " in Zone order";
	else if (zonelist_order == ORDER_NODE)
		order = " in Node order";
	pr_info("Built %u zonelists%s, mobility grouping %s.  Total pages: %lu\n", nr_online_nodes,
		order, page_group_by_mobility_disabled ? "off" : "on", pages);
	pr_info("Policy zone: %s\n", zone_names[policy_zone]);
}

void __init build_all_zonelists(pg_data_t *pgdat)
{
	size_t work_size = 2 * nr_node_ids * sizeof(*node_load);
	unsigned int nr_zones = populated_zones();
	unsigned long pages = usable_pages_estimate();
	int nid;

	(void)pgdat;
	policy_zone = ZONE_DMA;
	if (zonelist_order == ORDER_DEFAULT)
		zonelist_order = default_is_zone_order() ? ORDER_ZONE : ORDER_NODE;
	node_load = early_alloc(work_size, first_node(node_online_map));
	if (!node_load)
		panic("zonelist: no memory for the load of %u nodes", nr_node_ids);
	for_each_node (nid)
		build_zonelists(NODE_DATA(nid), nr_zones, node_load + nr_node_ids);
	early_free(__pa(node_load), work_size);
	log_zonelists();

	/* Without CMA's: no area is there yet, and Debian's kernel does not know the type. */
	page_group_by_mobility_disabled = pages < pageblock_nr_pages * (MIGRATE_TYPES - 1);
	log_built(pages);
	setup_per_cpu_pageset();
}
