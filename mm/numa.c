// SPDX-License-Identifier: MIT
/*
 * Nodes: which memory belongs together, taken from the first source that has an
 * answer which holds up. Contract: baremm/numa.h.
 */
#include <baremm/numa.h>

#include <linux/dma-map-ops.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/sizes.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/topology.h>
#include <baremm/acpi.h>
#include <baremm/arch.h>
#include <baremm/boot_info.h>

#include "cma.h"
#include "cpus.h"
#include "hugetlb.h"
#include "internal.h"
#include "memory_kind.h"
#include "memtest.h"

static struct numa_meminfo numa_meminfo __initbss;

pg_data_t *node_data[MAX_NUMNODES];
nodemask_t node_states[NR_NODE_STATES];
unsigned int nr_node_ids = 1;
unsigned int nr_online_nodes;

nodemask_t numa_nodes_parsed; /* named by the source */
static struct numa_source *numa_sources;
static const struct numa_source *chosen_source; /* NULL: the dummy */

static u8 *numa_distance; /* numa_distance_cnt squared, by rows; NULL: the defaults */
static int numa_distance_cnt;

static int cpu_node[NR_CPUS];
static s16 apicid_node[MAX_LOCAL_APIC] __initbss; /* node + 1; 0: none */
static u32 nr_apicids __initbss;		  /* they are below this */

/* ---- What sources say ------------------------------------------------------ */

void __init numa_register_source(struct numa_source *source)
{
	struct numa_source **last = &numa_sources;

	for (; *last; last = &(*last)->next)
		if (*last == source)
			return;
	source->next = NULL;
	*last = source;
}

int __init numa_add_node(int nid)
{
	if (nid < 0 || nid >= MAX_NUMNODES) {
		pr_err("NUMA: node %d is out of range, at most %d nodes\n", nid, MAX_NUMNODES);
		return -EINVAL;
	}
	node_set(nid, numa_nodes_parsed);
	return 0;
}

int __init numa_add_memblk(int nid, u64 start, u64 end)
{
	int at = numa_meminfo.nr_blks;

	/* A page that two nodes share is the upper one's, for all of it has to be somebody's. */
	start = round_down(start, PAGE_SIZE);
	end = round_down(end, PAGE_SIZE);
	if (start == end)
		return 0;
	if (start > end || nid < 0 || nid >= MAX_NUMNODES) {
		pr_warn("Warning: invalid memblk node %d [mem %#010llx-%#010llx]\n", nid, start,
			end - 1);
		return -EINVAL;
	}
	if (at >= NR_NODE_MEMBLKS) {
		pr_err("too many memblk ranges (%d) adding node %d [mem %#010llx-%#010llx]\n", at,
		       nid, start, end - 1);
		return -ENOSPC;
	}
	for (; at > 0 && numa_meminfo.blk[at - 1].start > start; at--)
		numa_meminfo.blk[at] = numa_meminfo.blk[at - 1];
	numa_meminfo.blk[at] = (struct numa_memblk){start, end, nid, numa_meminfo.nr_blks};
	numa_meminfo.nr_blks++;
	node_set(nid, numa_nodes_parsed);
	return 0;
}

int __init numa_set_cpu_node(int cpu, int nid)
{
	if (cpu < 0 || cpu >= NR_CPUS || nid < 0 || nid >= MAX_NUMNODES)
		return -EINVAL;
	cpu_node[cpu] = nid;
	node_set_state(nid, N_CPU);
	node_set(nid, numa_nodes_parsed);
	return 0;
}

int __init set_apicid_to_node(u32 apicid, int nid)
{
	if (apicid >= MAX_LOCAL_APIC || nid < 0 || nid >= MAX_NUMNODES)
		return -EINVAL;
	apicid_node[apicid] = (s16)(nid + 1);
	nr_apicids = max(nr_apicids, apicid + 1);
	return 0;
}

static void __init forget_apicids(void)
{
	memset(apicid_node, 0, nr_apicids * sizeof(*apicid_node));
	nr_apicids = 0;
}

int __init apicid_to_node(u32 apicid)
{
	return apicid < MAX_LOCAL_APIC ? apicid_node[apicid] - 1 : NUMA_NO_NODE;
}

/* ---- Distances --------------------------------------------------------------- */

/* Covers all nodes named so far; sources name them before they set distances. */
static int __init numa_alloc_distance(void)
{
	int cnt = 0, nid;
	phys_addr_t pa;

	for_each_node_mask (nid, numa_nodes_parsed)
		cnt = nid + 1;
	pa = early_alloc_phys((phys_addr_t)cnt * (phys_addr_t)cnt, NUMA_NO_NODE);
	if (!cnt || !pa) {
		pr_warn("Warning: can't allocate distance table!\n");
		return -ENOMEM;
	}
	numa_distance = __va(pa);
	numa_distance_cnt = cnt;
	for (int i = 0; i < cnt * cnt; i++)
		numa_distance[i] = i / cnt == i % cnt ? LOCAL_DISTANCE : REMOTE_DISTANCE;
	printk(KERN_DEBUG "NUMA: Initialized distance table, cnt=%d\n", cnt);
	return 0;
}

static void __init numa_reset_distance(void)
{
	size_t size = (size_t)numa_distance_cnt * (size_t)numa_distance_cnt;

	if (numa_distance)
		early_free(__pa(numa_distance), size);
	numa_distance = NULL;
	numa_distance_cnt = 0;
}

int __init numa_set_distance(int from, int to, int distance)
{
	if (!numa_distance && numa_alloc_distance() < 0)
		return -ENOMEM;
	if (from < 0 || to < 0 || from >= numa_distance_cnt || to >= numa_distance_cnt) {
		pr_warn("Warning: node ids are out of bound, from=%d to=%d distance=%d\n", from, to,
			distance);
		return -EINVAL;
	}
	if ((u8)distance != distance || distance < LOCAL_DISTANCE ||
	    (from == to && distance != LOCAL_DISTANCE)) {
		pr_warn("Warning: invalid distance parameter, from=%d to=%d distance=%d\n", from,
			to, distance);
		return -EINVAL;
	}
	numa_distance[from * numa_distance_cnt + to] = (u8)distance;
	return 0;
}

/* The new table is made before the old one, which it is made from, goes. */
void __init numa_remap_distances(const int *old, int nr, int (*next_given)(void))
{
	u8 *table = numa_distance;
	int cnt = numa_distance_cnt, err = 0;

	numa_distance = NULL;
	numa_distance_cnt = 0;
	for (int i = 0; i < nr && err != -ENOMEM; i++) {
		for (int j = 0; j < nr && err != -ENOMEM; j++) {
			int distance = next_given();

			if (distance < 0 && old[i] < cnt && old[j] < cnt)
				distance = table[old[i] * cnt + old[j]];
			else if (distance < 0)
				distance = old[i] == old[j] ? LOCAL_DISTANCE : REMOTE_DISTANCE;
			err = numa_set_distance(i, j, distance);
		}
	}
	if (table)
		early_free(__pa(table), (phys_addr_t)cnt * (phys_addr_t)cnt);
}

int node_distance(int from, int to)
{
	if (from >= numa_distance_cnt || to >= numa_distance_cnt)
		return from == to ? LOCAL_DISTANCE : REMOTE_DISTANCE;
	return numa_distance[from * numa_distance_cnt + to];
}

int numa_map_to_online_node(int node)
{
	int nearest = node, nid;

	if (node == NUMA_NO_NODE || node_online(node))
		return node;
	for_each_online_node (nid)
		if (nearest == node || node_distance(node, nid) < node_distance(node, nearest))
			nearest = nid;
	return nearest;
}

int cpu_to_node(int cpu)
{
	return cpu_node[cpu];
}

int numa_node_id(void)
{
	return cpu_node[smp_processor_id()];
}

/* ---- From a source's answer to nodes ------------------------------------------- */

/* Cuts off what lies past the last usable byte, and drops what then has no memory. */
static void __init trim_meminfo(struct numa_meminfo *mi, u64 limit)
{
	int out = 0;

	for (int i = 0; i < mi->nr_blks; i++) {
		struct numa_memblk blk = mi->blk[i];

		blk.end = min(blk.end, limit);
		if (blk.start < blk.end &&
		    memblock_overlaps_region(&memblock.memory, blk.start, blk.end - blk.start))
			mi->blk[out++] = blk;
	}
	mi->nr_blks = out;
}

/*
 * Two nodes cannot own one page: -EINVAL. The same node said twice is harmless.
 * The range that reaches furthest so far is the only one that can overlap the next.
 */
static int __init check_overlap(const struct numa_meminfo *mi)
{
	const struct numa_memblk *far = &mi->blk[0];

	for (int i = 1; i < mi->nr_blks; i++) {
		const struct numa_memblk *blk = &mi->blk[i];

		if (blk->start < far->end && blk->nid != far->nid) {
			pr_err("node %d [mem %#010llx-%#010llx] overlaps with node %d [mem "
			       "%#010llx-%#010llx]\n",
			       far->nid, far->start, far->end - 1, blk->nid, blk->start,
			       blk->end - 1);
			return -EINVAL;
		}
		if (blk->start < far->end)
			pr_warn("Warning: node %d [mem %#010llx-%#010llx] overlaps with itself "
				"[mem %#010llx-%#010llx]\n",
				far->nid, far->start, far->end - 1, blk->start, blk->end - 1);
		if (blk->end > far->end)
			far = blk;
	}
	return 0;
}

/*
 * Joins the ranges of a node that no other node's range lies between, with the
 * hole between them: memory that firmware forgot there is the node's, too.
 *
 *   node 0  |----|    |----|                  |--|
 *   node 1                    |------|
 *   joined  |--------------|  |------|        |--|
 */
static void __init join_meminfo(struct numa_meminfo *mi)
{
	int out = 0;

	for (int i = 1; i < mi->nr_blks; i++) {
		struct numa_memblk *last = &mi->blk[out];
		const struct numa_memblk blk = mi->blk[i];

		if (blk.nid != last->nid) {
			mi->blk[++out] = blk;
			continue;
		}
		printk(KERN_INFO "NUMA: Node %d [mem %#010llx-%#010llx] + [mem %#010llx-%#010llx] "
				 "-> [mem %#010llx-%#010llx]\n",
		       last->nid, last->start, last->end - 1, blk.start, blk.end - 1, last->start,
		       max(last->end, blk.end) - 1);
		last->end = max(last->end, blk.end);
		last->order = min(last->order, blk.order);
	}
	mi->nr_blks = min(mi->nr_blks, out + 1);
}

int __init numa_cleanup_meminfo(struct numa_meminfo *mi, u64 limit)
{
	trim_meminfo(mi, limit);
	if (check_overlap(mi))
		return -EINVAL;
	join_meminfo(mi);
	return 0;
}

static bool __init region_uncovered(const struct memblock_region *r)
{
	return r->size && (r->nid < 0 || r->nid >= MAX_NUMNODES);
}

/* Bytes of memory that no range of the source covers. */
static u64 __init numa_uncovered_bytes(void)
{
	u64 uncovered = 0;
	struct memblock_region *r;

	for_each_mem_region (r)
		if (region_uncovered(r))
			uncovered += r->size;
	return uncovered;
}

/*
 * Memory that no node claims, too little of it to doubt the source: it goes to the
 * node below it, the lowest to the first node. Each turn leaves one range less.
 */
static int __init numa_adopt_uncovered(void)
{
	int nid = numa_meminfo.blk[0].nid;

	for (unsigned long i = 0; i < memblock.memory.cnt;) {
		const struct memblock_region r = memblock.memory.regions[i];

		if (!region_uncovered(&r)) {
			nid = r.nid;
			i++;
			continue;
		}
		pr_warn("NUMA: no node claims [mem %#018llx-%#018llx], using node %d\n", r.base,
			r.base + r.size - 1, nid);
		if (memblock_set_node(r.base, r.size, &memblock.memory, nid) < 0)
			return -ENOMEM;
		i = i ? i - 1 : 0; /* it may have merged with the one below */
	}
	return 0;
}

/* Gives the ranges of one of memblock's tables their nodes. */
static int __init set_region_nodes(struct memblock_type *type)
{
	for (int i = 0; i < numa_meminfo.nr_blks; i++) {
		const struct numa_memblk *blk = &numa_meminfo.blk[i];

		if (memblock_set_node(blk->start, blk->end - blk->start, type, blk->nid) < 0)
			return -ENOMEM;
	}
	return 0;
}

/* What is reserved by now stays for ever: a node that holds some cannot be unplugged. */
static void __init keep_reserved_nodes_plugged(void)
{
	const struct memblock_region *r;
	nodemask_t nodes = {};

	for_each_reserved_mem_region (r)
		if (r->size && r->nid >= 0 && r->nid < MAX_NUMNODES)
			node_set(r->nid, nodes);
	for (int i = 0; i < numa_meminfo.nr_blks; i++) {
		const struct numa_memblk *blk = &numa_meminfo.blk[i];

		if (node_isset(blk->nid, nodes))
			memblock_clear_hotplug(blk->start, blk->end - blk->start);
	}
	mark_hotpluggable_memory(boot_info);
	report_hotpluggable_memory(boot_info);
}

/* Gives memblock's memory its nodes. -EINVAL: too much is claimed by none. */
static int __init numa_assign_memory(void)
{
	u64 uncovered;

	if (set_region_nodes(&memblock.memory) || set_region_nodes(&memblock.reserved))
		return -ENOMEM;
	keep_reserved_nodes_plugged();
	uncovered = numa_uncovered_bytes();
	if (uncovered >= SZ_1M || !numa_meminfo.nr_blks) {
		pr_err("NUMA: nodes only cover %lluMB of your %lluMB e820 RAM. Not used.\n",
		       (memblock_phys_mem_size() - uncovered) >> 20,
		       memblock_phys_mem_size() >> 20);
		return -EINVAL;
	}
	return uncovered ? numa_adopt_uncovered() : 0;
}

/* On its own node where there is room, else anywhere. */
void __init alloc_node_data(int nid)
{
	size_t size = PAGE_ALIGN(sizeof(pg_data_t));
	phys_addr_t pa = early_alloc_phys(size, nid);
	unsigned long start, end;
	int on;

	if (!pa)
		panic("Cannot find %zu bytes in any node (initial node: %d)", size, nid);
	pr_info("NODE_DATA(%d) allocated [mem %#010llx-%#010llx]\n", nid, pa, pa + size - 1);
	on = memblock_search_pfn_nid(PHYS_PFN(pa), &start, &end);
	if (on != nid)
		pr_info("    NODE_DATA(%d) on node %d\n", nid, on);
	node_data[nid] = __va(pa);
	memset(node_data[nid], 0, sizeof(pg_data_t));
	node_data[nid]->node_id = nid;
	node_data[nid]->bdata = &bootmem_node_data[nid];
}

/*
 * A node that some reach of memory is on. As on Linux, one that spans less than
 * NODE_MIN_SIZE is left without, and its memory is set up with the memoryless nodes.
 */
static void __init find_node(int nid)
{
	u64 start = ~0ULL, end = 0;

	for (int i = 0; i < numa_meminfo.nr_blks; i++) {
		const struct numa_memblk *blk = &numa_meminfo.blk[i];

		if (blk->nid == nid) {
			start = min(start, blk->start);
			end = max(end, blk->end);
		}
	}
	if (start < end && end - start >= NODE_MIN_SIZE)
		node_set_online(nid);
}

static void __init numa_forget(void)
{
	numa_meminfo.nr_blks = 0;
	nodes_clear(numa_nodes_parsed);
	nodes_clear(node_states[N_CPU]);
	nodes_clear(node_states[N_GENERIC_INITIATOR]);
	for (int cpu = 0; cpu < NR_CPUS; cpu++)
		cpu_node[cpu] = NUMA_NO_NODE;
	forget_apicids();
	numa_reset_distance();
	memblock_set_node(0, PHYS_ADDR_MAX, &memblock.memory, MAX_NUMNODES);
	memblock_set_node(0, PHYS_ADDR_MAX, &memblock.reserved, MAX_NUMNODES);
	memblock_clear_hotplug(0, PHYS_ADDR_MAX);
	mark_hotpluggable_memory(boot_info);
}

static int __init numa_try_source(int (*init)(void))
{
	int nid, err;

	numa_forget();
	err = init();
	if (err < 0)
		return err;
	memblock_set_bottom_up(false); /* movable_node: what can be unplugged is known now */
	err = numa_cleanup_meminfo(&numa_meminfo, PFN_PHYS(max_pfn));
	if (err)
		return err;
	numa_emulation(&numa_meminfo);
	err = numa_assign_memory();
	if (err)
		return err;
	node_possible_map = numa_nodes_parsed;
	for_each_node (nid)
		find_node(nid);
	return 0;
}

static int __init dummy_numa_init(void)
{
	pr_info("%s\n", numa_off ? "NUMA turned off" : "No NUMA configuration found");
	pr_info("Faking a node at [mem %#018llx-%#018llx]\n", 0ULL, PFN_PHYS(max_pfn) - 1);
	return numa_add_memblk(0, 0, PFN_PHYS(max_pfn));
}

void __init numa_map_cpu_nodes(const int map[MAX_NUMNODES])
{
	for (u32 apicid = 0; apicid < nr_apicids; apicid++) {
		int nid = apicid_to_node(apicid);

		if (nid != NUMA_NO_NODE)
			set_apicid_to_node(apicid, map[nid] == NUMA_NO_NODE ? 0 : map[nid]);
	}
	for (int cpu = 0; cpu < NR_CPUS; cpu++)
		if (cpu_node[cpu] != NUMA_NO_NODE)
			cpu_node[cpu] = map[cpu_node[cpu]] == NUMA_NO_NODE ? 0 : map[cpu_node[cpu]];
}

/*
 * CPUs that no source placed go round the nodes with memory; numbers that no CPU has are on
 * one. A node has CPUs if one of them can be started: those that may be plugged in do not
 * make a node.
 */
static void __init init_cpu_nodes(void)
{
	int next = first_node(node_online_map);
	u32 apicid;

	if (cpu_node[0] == NUMA_NO_NODE)
		cpu_node[0] = apicid_to_node(arch_boot_apic_id());
	for (unsigned int cpu = 1; cpu < nr_cpu_ids; cpu++)
		if (cpu_node[cpu] == NUMA_NO_NODE && cpu_apicid(cpu, &apicid))
			cpu_node[cpu] = apicid_to_node(apicid);
	for (apicid = 0; apicid < nr_apicids; apicid++)
		if (apicid_node[apicid] && madt_cpu_enabled(apicid))
			node_set_state(apicid_to_node(apicid), N_CPU);
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++) {
		if (cpu_node[cpu] != NUMA_NO_NODE && node_isset(cpu_node[cpu], node_possible_map))
			continue;
		cpu_node[cpu] = next;
		next = next_node(next, node_online_map);
		if (next >= MAX_NUMNODES)
			next = first_node(node_online_map);
	}
	for (unsigned int cpu = nr_cpu_ids; cpu < NR_CPUS; cpu++)
		cpu_node[cpu] = next;
	node_set_state(cpu_node[0], N_CPU);
}

/* Tells why a source was not taken, unless it just had nothing to say. */
static int __init ask_source(const struct numa_source *source)
{
	int err = numa_try_source(source->init);

	if (!err)
		chosen_source = source;
	else if (err != -ENOENT)
		pr_info("NUMA: %s gives no nodes (error %d)\n", source->name, err);
	return err;
}

const struct numa_source *numa_chosen_source(void)
{
	return chosen_source;
}

void __init initmem_init(void)
{
	const struct numa_source *source;
	int err = -ENOENT, nid;

	chosen_source = NULL;
	for (source = numa_sources; source && err && !numa_off; source = source->next)
		err = ask_source(source);
	if (err)
		err = numa_try_source(dummy_numa_init);
	if (err || nodes_empty(node_online_map))
		panic("NUMA: no node spans the %u MB that it takes: memory ends at 0x%llx (error "
		      "%d)",
		      NODE_MIN_SIZE >> 20, PFN_PHYS(max_pfn), err);
	init_cpu_nodes();
	early_memtest(0, PHYS_ADDR_MAX);
	for_each_online_node (nid)
		alloc_node_data(nid);
	memblock_dump_all();
	/* In one piece: as long as all memory is memblock's. */
	dma_contiguous_reserve(PFN_PHYS(max_pfn));
	hugetlb_reserve();
	if (early_bootmem)
		bootmem_setup();
}

void __init numa_reset(void)
{
	max_possible_pfn = 0;
	numa_sources = NULL;
	chosen_source = NULL;
	numa_forget_options();
	acpi_reset();
	madt_init();	      /* without tables: every CPU there may be */
	numa_distance = NULL; /* the memory went with the machine */
	numa_distance_cnt = 0;
	numa_meminfo.nr_blks = 0;
	nodes_clear(numa_nodes_parsed);
	memset(cpu_node, 0, sizeof(cpu_node));
	forget_apicids();
	memset(node_data, 0, sizeof(node_data));
	memset(node_states, 0, sizeof(node_states));
	nr_node_ids = 1;
	nr_online_nodes = 0;
}

/* ---- Walking nodes and zones ------------------------------------------------------ */

void node_set_online(int nid)
{
	if (!node_online(nid))
		nr_online_nodes++;
	node_set_state(nid, N_ONLINE);
}

struct pglist_data *first_online_pgdat(void)
{
	int nid = first_node(node_online_map);

	return nid < MAX_NUMNODES ? NODE_DATA(nid) : NULL;
}

struct pglist_data *next_online_pgdat(struct pglist_data *pgdat)
{
	int nid = next_node(pgdat->node_id, node_online_map);

	return nid < MAX_NUMNODES ? NODE_DATA(nid) : NULL;
}

struct zone *next_zone(struct zone *zone)
{
	struct pglist_data *pgdat = zone->zone_pgdat;

	if (zone < pgdat->node_zones + MAX_NR_ZONES - 1)
		return zone + 1;
	pgdat = next_online_pgdat(pgdat);
	return pgdat ? pgdat->node_zones : NULL;
}
