// SPDX-License-Identifier: MIT
/*
 * Nodes: which memory belongs together, taken from the first source that has an
 * answer which holds up. Contract: baremm/numa.h.
 */
#include <baremm/numa.h>

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/topology.h>

#include "internal.h"

struct numa_memblk {
	u64 start;
	u64 end;
	int nid;
};

/* Sorted by start, then end. */
static struct {
	int nr_blks;
	struct numa_memblk blk[NR_NODE_MEMBLKS];
} numa_meminfo;

pg_data_t *node_data[MAX_NUMNODES];
nodemask_t node_states[NR_NODE_STATES];
unsigned int nr_node_ids = 1;
unsigned int nr_online_nodes;

static nodemask_t numa_nodes_parsed; /* named by the source */
static struct numa_source *numa_sources;

static u8 *numa_distance; /* numa_distance_cnt squared, by rows; NULL: the defaults */
static int numa_distance_cnt;

static int cpu_node[NR_CPUS];

/* ---- What sources say ------------------------------------------------------ */

void __init numa_register_source(struct numa_source *source)
{
	struct numa_source **last = &numa_sources;

	while (*last)
		last = &(*last)->next;
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
	numa_meminfo.blk[at] = (struct numa_memblk){start, end, nid};
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

/* ---- Distances --------------------------------------------------------------- */

/* Covers all nodes named so far; sources name them before they set distances. */
static int __init numa_alloc_distance(void)
{
	int cnt = 0, nid;
	phys_addr_t pa;

	for_each_node_mask (nid, numa_nodes_parsed)
		cnt = nid + 1;
	pa = memblock_phys_alloc((phys_addr_t)cnt * (phys_addr_t)cnt, PAGE_SIZE);
	if (!cnt || !pa) {
		pr_warn("Warning: can't allocate distance table!\n");
		return -ENOMEM;
	}
	numa_distance = __va(pa);
	numa_distance_cnt = cnt;
	for (int i = 0; i < cnt * cnt; i++)
		numa_distance[i] = i / cnt == i % cnt ? LOCAL_DISTANCE : REMOTE_DISTANCE;
	return 0;
}

static void __init numa_reset_distance(void)
{
	size_t size = (size_t)numa_distance_cnt * (size_t)numa_distance_cnt;

	if (numa_distance)
		memblock_phys_free(__pa(numa_distance), size);
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
	if ((u8)distance != distance || (from == to) != (distance == LOCAL_DISTANCE) ||
	    distance < LOCAL_DISTANCE) {
		pr_warn("Warning: invalid distance parameter, from=%d to=%d distance=%d\n", from,
			to, distance);
		return -EINVAL;
	}
	numa_distance[from * numa_distance_cnt + to] = (u8)distance;
	return 0;
}

int node_distance(int from, int to)
{
	if (from >= numa_distance_cnt || to >= numa_distance_cnt)
		return from == to ? LOCAL_DISTANCE : REMOTE_DISTANCE;
	return numa_distance[from * numa_distance_cnt + to];
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

/* Cuts off what lies past the last usable byte, and ranges left empty. */
static void __init numa_trim_meminfo(u64 limit)
{
	int out = 0;

	for (int i = 0; i < numa_meminfo.nr_blks; i++) {
		struct numa_memblk blk = numa_meminfo.blk[i];

		blk.end = min(blk.end, limit);
		if (blk.start < blk.end)
			numa_meminfo.blk[out++] = blk;
	}
	numa_meminfo.nr_blks = out;
}

/*
 * Two nodes cannot own one page: -EINVAL. The same node said twice is harmless.
 * The range that reaches furthest so far is the only one that can overlap the next.
 */
static int __init numa_check_overlap(void)
{
	const struct numa_memblk *far = &numa_meminfo.blk[0];

	for (int i = 1; i < numa_meminfo.nr_blks; i++) {
		const struct numa_memblk *blk = &numa_meminfo.blk[i];

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

/* Gives memblock's memory its nodes. -EINVAL: too much is claimed by none. */
static int __init numa_assign_memory(void)
{
	u64 uncovered;

	for (int i = 0; i < numa_meminfo.nr_blks; i++) {
		const struct numa_memblk *blk = &numa_meminfo.blk[i];

		if (memblock_set_node(blk->start, blk->end - blk->start, &memblock.memory,
				      blk->nid) < 0)
			return -ENOMEM;
	}
	uncovered = numa_uncovered_bytes();
	if (uncovered >= SZ_1M) {
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
	phys_addr_t pa = early_alloc_phys(size, SMP_CACHE_BYTES, nid);
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
}

/*
 * A node that some reach of memory is on. As on Linux, one that spans less than
 * NODE_MIN_SIZE is left without, and its memory is set up with the memoryless nodes.
 */
static void __init register_node(int nid)
{
	u64 start = ~0ULL, end = 0;

	for (int i = 0; i < numa_meminfo.nr_blks; i++) {
		const struct numa_memblk *blk = &numa_meminfo.blk[i];

		if (blk->nid == nid) {
			start = min(start, blk->start);
			end = max(end, blk->end);
		}
	}
	if (start >= end || end - start < NODE_MIN_SIZE)
		return;
	alloc_node_data(nid);
	node_set_online(nid);
}

static void __init numa_forget(void)
{
	numa_meminfo.nr_blks = 0;
	nodes_clear(numa_nodes_parsed);
	nodes_clear(node_states[N_CPU]);
	memset(cpu_node, 0, sizeof(cpu_node));
	numa_reset_distance();
	memblock_set_node(0, PHYS_ADDR_MAX, &memblock.memory, MAX_NUMNODES);
}

static int __init numa_try_source(int (*init)(void))
{
	int nid, err;

	numa_forget();
	err = init();
	if (err < 0)
		return err;
	numa_trim_meminfo(PFN_PHYS(max_pfn));
	if (!numa_meminfo.nr_blks)
		return -ENOENT;
	err = numa_check_overlap();
	if (!err)
		err = numa_assign_memory();
	if (err)
		return err;
	node_possible_map = numa_nodes_parsed;
	for_each_node (nid)
		register_node(nid);
	return 0;
}

static int __init dummy_numa_init(void)
{
	pr_info("No NUMA configuration found\n");
	pr_info("Faking a node at [mem %#018llx-%#018llx]\n", 0ULL, PFN_PHYS(max_pfn) - 1);
	return numa_add_memblk(0, 0, PFN_PHYS(max_pfn));
}

/* CPUs that no source placed are where memory is. */
static void __init init_cpu_nodes(void)
{
	int first = first_node(node_online_map);

	for (int cpu = 0; cpu < NR_CPUS; cpu++)
		if (!node_isset(cpu_node[cpu], node_possible_map))
			cpu_node[cpu] = first;
	node_set_state(numa_node_id(), N_CPU);
}

void __init initmem_init(void)
{
	struct numa_source *source;
	int err = -ENOENT;

	for (source = numa_sources; source && err; source = source->next) {
		err = numa_try_source(source->init);
		if (err)
			pr_info("NUMA: %s gives no nodes (error %d)\n", source->name, err);
	}
	if (err)
		err = numa_try_source(dummy_numa_init);
	if (err || nodes_empty(node_online_map))
		panic("NUMA: no node with memory (error %d), max_pfn = 0x%lx", err, max_pfn);
	init_cpu_nodes();
	memblock_dump_all();
}

void numa_reset(void)
{
	numa_sources = NULL;
	numa_distance = NULL; /* the memory went with the machine */
	numa_distance_cnt = 0;
	numa_meminfo.nr_blks = 0;
	nodes_clear(numa_nodes_parsed);
	memset(cpu_node, 0, sizeof(cpu_node));
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
