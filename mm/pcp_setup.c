// SPDX-License-Identifier: MIT
/* The per-CPU page lists of each zone, and each CPU's ways to them. Contract: mm/pcp.h. */
#include "pcp.h"

#include <linux/kernel.h>
#include <linux/topology.h>
#include <baremm/panic.h>

#include "internal.h"
#include "page_alloc.h"

unsigned int nr_pcp_cpus;

/* Where there is no list: always locked, and its zone is below its mark. */
static struct zone no_zone;
static struct pcp_list no_list[NR_PCP_ORDERS] = {
	[0 ... NR_PCP_ORDERS - 1] = {.hot = PCP_LOCKED, .zone = &no_zone},
};
static struct pcp_list *const no_lists[NR_PCP_GFP] = {[0 ... NR_PCP_GFP - 1] = no_list};

/* No page is known, so free_lists is not looked at. */
DEFINE_PER_CPU(struct page_cpu, page_cpu) = {.alloc_lists = no_lists};

static void __init init_pageset(struct zone *zone, struct per_cpu_pages *pcp, unsigned int cpu)
{
	for (unsigned int type = 0; type < MIGRATE_PCPTYPES; type++)
		for (unsigned int i = 0; i < NR_PCP_ORDERS; i++)
			pcp->lists[type][i] = (struct pcp_list){
				.zone = zone,
				.order = (u8)(i == PCP_HUGE ? HUGETLB_PAGE_ORDER : i),
				.type = (u8)type,
				.cpu = (u16)cpu,
			};
}

static void *__init alloc_lists(size_t size, int nid)
{
	void *mem = early_alloc(size, nid);

	if (!mem)
		panic("pcp: no memory for %lu bytes of per-CPU lists on node %d", size, nid);
	return mem;
}

/* All zones of a node in one piece. */
static void __init alloc_pagesets(pg_data_t *pgdat)
{
	struct per_cpu_pages *pcp;
	unsigned int zones = 0;

	for (int i = 0; i < MAX_NR_ZONES; i++)
		zones += populated_zone(&pgdat->node_zones[i]);
	if (!zones)
		return;
	pcp = alloc_lists(zones * nr_pcp_cpus * sizeof(*pcp), pgdat->node_id);
	for (int i = 0; i < MAX_NR_ZONES; i++) {
		struct zone *zone = &pgdat->node_zones[i];

		if (!populated_zone(zone))
			continue;
		zone->per_cpu_pageset = pcp;
		for (unsigned int cpu = 0; cpu < nr_pcp_cpus; cpu++)
			init_pageset(zone, pcp++, cpu);
	}
}

/* Which of a CPU's lists callers with these flags use: by zone's kind and type; or none. */
#define NO_CHOICE (MAX_NR_ZONES * MIGRATE_PCPTYPES)
static u8 choices[NR_PCP_GFP] __initbss;

static void __init choose_lists(void)
{
	for (gfp_t gfp = 0; gfp < NR_PCP_GFP; gfp++)
		choices[gfp] = (u8)(gfp_is_bad(gfp) || (gfp & __GFP_ZERO)
					    ? NO_CHOICE
					    : gfp_zone(gfp) * MIGRATE_PCPTYPES +
						      (unsigned int)gfp_migratetype(gfp));
}

/*
 * The first zone's of the walk: it is the highest that such callers use of its node, and so
 * keeps nothing from them.
 */
static void __init fill_alloc_lists(struct pcp_list **table, unsigned int cpu, int nid)
{
	struct pcp_list *lists[NO_CHOICE + 1], **list = lists;
	struct zonelist *zonelist = node_zonelist(nid, GFP_KERNEL);

	for (enum zone_type kind = 0; kind < MAX_NR_ZONES; kind++) {
		struct zone *zone = zonelist_zone(first_zones_zonelist(zonelist, kind, NULL));

		for (unsigned int type = 0; type < MIGRATE_PCPTYPES; type++)
			*list++ = zone ? zone->per_cpu_pageset[cpu].lists[type] : no_list;
	}
	*list = no_list;
	for (gfp_t gfp = 0; gfp < NR_PCP_GFP; gfp++)
		table[gfp] = lists[choices[gfp]];
}

static void __init init_page_cpu(unsigned int cpu, int nid)
{
	const unsigned int types = 1U << (ZONES_PGSHIFT - PAGE_PCPTYPE_PGSHIFT);
	const size_t nr_free = (size_t)nr_node_ids << (NODES_PGSHIFT - PAGE_PCPTYPE_PGSHIFT);
	struct pcp_list **table = alloc_lists((NR_PCP_GFP + nr_free) * sizeof(*table), nid);
	struct pcp_list **free_lists = table + NR_PCP_GFP;
	struct zone *zone;

	fill_alloc_lists(table, cpu, nid);
	for (size_t i = 0; i < nr_free; i++)
		free_lists[i] = no_list;
	for_each_populated_zone (zone)
		for (unsigned int type = 0; type < MIGRATE_PCPTYPES; type++)
			free_lists[((unsigned int)zone->node << ZONES_SHIFT |
				    (unsigned int)zone_idx(zone)) *
					   types +
				   type] = zone->per_cpu_pageset[cpu].lists[type];
	per_cpu(page_cpu, cpu) =
		(struct page_cpu){.alloc_lists = table, .free_lists = free_lists, .nid = nid};
}

void __init setup_per_cpu_pageset(void)
{
	pg_data_t *pgdat;

	nr_pcp_cpus = min(nr_cpu_ids, NR_CPUS + 0U);
	choose_lists();
	for_each_online_pgdat (pgdat)
		alloc_pagesets(pgdat);
	for (unsigned int cpu = 0; cpu < nr_pcp_cpus; cpu++) {
		int nid = cpu_to_node((int)cpu);

		if (NODE_DATA(nid))
			init_page_cpu(cpu, nid);
	}
}

void pcp_reset(void)
{
	nr_pcp_cpus = 0;
	for (unsigned int cpu = 0; cpu < NR_CPUS; cpu++)
		per_cpu(page_cpu, cpu) = (struct page_cpu){.alloc_lists = no_lists};
}
