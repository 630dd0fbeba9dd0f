// SPDX-License-Identifier: MIT
/*
 * Zonelists: in which order the zones are tried for an allocation on a node.
 * Contract: linux/mmzone.h. Rules: Linux's build_all_zonelists().
 *
 *   node 1 of two:  1:Normal 1:DMA32 0:DMA32 0:DMA -      (fallback)
 *                   1:Normal 1:DMA32 -                    (this node)
 *
 * Zonelists have room for the populated zones of the machine and an end mark, not
 * for MAX_NUMNODES nodes.
 */
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <linux/topology.h>

#include "internal.h"

bool page_group_by_mobility_disabled;
enum zone_type policy_zone;

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

/* The node's populated zones, highest first. Returns where the list goes on. */
static struct zoneref *__init add_node_zones(struct zoneref *z, pg_data_t *pgdat)
{
	for (int i = MAX_NR_ZONES - 1; i >= 0; i--) {
		struct zone *zone = &pgdat->node_zones[i];

		if (!populated_zone(zone))
			continue;
		*z++ = (struct zoneref){zone, i};
		if (i > (int)policy_zone && i != ZONE_MOVABLE)
			policy_zone = (enum zone_type)i;
	}
	return z;
}

static struct zoneref *__init alloc_zonerefs(int nid, unsigned int nr)
{
	struct zoneref *refs = early_alloc((nr + 1) * sizeof(*refs), nid);

	if (!refs)
		panic("zonelist: no memory for %u entries of node %d", nr + 1, nid);
	return refs;
}

/* In the order of the walk, so that the load on ties is Linux's. */
static void __init build_zonelists(pg_data_t *pgdat, unsigned int nr_zones)
{
	struct zoneref *z = alloc_zonerefs(pgdat->node_id, nr_zones);
	int local = pgdat->node_id, prev = local, nid;
	nodemask_t used;

	pgdat->node_zonelists[ZONELIST_FALLBACK]._zonerefs = z;
	nodes_clear(used);
	pr_info("Fallback order for Node %d: ", local);
	while ((nid = find_next_best_node(local, &used)) >= 0) {
		if (node_distance(local, nid) != node_distance(local, prev))
			node_load[nid]++;
		prev = nid;
		pr_cont("%d ", nid);
		z = add_node_zones(z, NODE_DATA(nid));
	}
	pr_cont("\n");

	z = alloc_zonerefs(local, MAX_NR_ZONES);
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

void __init build_all_zonelists(void)
{
	size_t load_size = nr_node_ids * sizeof(*node_load);
	unsigned int nr_zones = populated_zones();
	unsigned long pages = usable_pages_estimate();
	int nid;

	policy_zone = ZONE_DMA;
	node_load = early_alloc(load_size, first_node(node_online_map));
	if (!node_load)
		panic("zonelist: no memory for the load of %u nodes", nr_node_ids);
	for_each_node (nid)
		build_zonelists(NODE_DATA(nid), nr_zones);
	early_free(__pa(node_load), load_size);
	log_zonelists();

	page_group_by_mobility_disabled = pages < pageblock_nr_pages * MIGRATE_TYPES;
	pr_info("Built %u zonelists, mobility grouping %s.  Total pages: %lu\n", nr_online_nodes,
		page_group_by_mobility_disabled ? "off" : "on", pages);
	pr_info("Policy zone: %s\n", zone_names[policy_zone]);
}
