/* SPDX-License-Identifier: MIT */
/*
 * numa=fake=: nodes that firmware did not describe, cut from those it did (or from
 * the dummy node), to try NUMA on any machine.
 *
 *   numa=fake=4      four nodes with equal memory, taken from the nodes in turn
 *   numa=fake=512M   nodes with that much memory
 *   numa=fake=2U     each node in two parts of equal length
 *   ...:10,20,20,10  distances, by rows
 *
 * Sizes are whole multiples of FAKE_NODE_MIN_SIZE. Source: Linux's
 * arch/x86/mm/numa_emulation.c, whose cuts these are to the byte.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <asm/page.h>

#include "internal.h"

#define FAKE_NODE_MIN_SIZE ((u64)SZ_32M)

/* What is cut so far, and what is left to cut from. */
static struct numa_meminfo fake __initbss, rest __initbss;
static int fake_to_phys[MAX_NUMNODES] __initbss;
static const char *distances; /* what of the option's list is not used yet */

/* Bytes of [start, end) that are no memory, in whole pages. */
static u64 __init hole_size(u64 start, u64 end)
{
	unsigned long start_pfn = PFN_UP(start), end_pfn = PFN_DOWN(end), s, e;
	u64 present = 0;
	int i;

	if (start_pfn >= end_pfn)
		return 0;
	for_each_mem_pfn_range (i, MAX_NUMNODES, &s, &e, NULL) {
		s = max(s, start_pfn);
		e = min(e, end_pfn);
		if (s < e)
			present += e - s;
	}
	return PFN_PHYS(end_pfn - start_pfn - present);
}

static u64 __init memory_size(u64 start, u64 end)
{
	return end - start - hole_size(start, end);
}

static struct numa_memblk *__init find_rest(int phys_nid)
{
	for (int i = 0; i < rest.nr_blks; i++)
		if (rest.blk[i].nid == phys_nid)
			return &rest.blk[i];
	return NULL;
}

/* The first @size bytes of @from become a range of fake node @nid. */
static int __init cut(struct numa_memblk *from, int nid, u64 size)
{
	if (fake.nr_blks == NR_NODE_MEMBLKS) {
		pr_err("NUMA: Too many emulated memblks, failing emulation\n");
		return -EINVAL;
	}
	fake.blk[fake.nr_blks++] = (struct numa_memblk){from->start, from->start + size, nid, 0};
	if (fake_to_phys[nid] == NUMA_NO_NODE)
		fake_to_phys[nid] = from->nid;
	pr_info("Faking node %d at [mem %#018llx-%#018llx] (%lluMB)\n", nid, from->start,
		from->start + size - 1, size >> 20);
	from->start += size;
	if (from->start >= from->end) {
		size_t after = (size_t)(&rest.blk[rest.nr_blks--] - from) - 1;

		memmove(from, from + 1, after * sizeof(*from));
	}
	return 0;
}

/* ---- Where a cut goes --------------------------------------------------------------- */

/* From @start to at least @end, until there is memory of @size, or @limit is reached. */
static u64 __init extend_to_size(u64 start, u64 end, u64 limit, u64 size)
{
	while (memory_size(start, end) < size) {
		end += FAKE_NODE_MIN_SIZE;
		if (end > limit)
			return limit;
	}
	return end;
}

/* A rest below 4 GB that is too little for a node goes to the node below it. */
static u64 __init extend_to_dma32(u64 end)
{
	const u64 dma32_end = PFN_PHYS(MAX_DMA32_PFN);

	if (end < dma32_end && memory_size(end, dma32_end) < FAKE_NODE_MIN_SIZE)
		return dma32_end;
	return end;
}

/* So does a rest of the whole range that is less than @size. */
static u64 __init extend_to_limit(u64 end, u64 limit, u64 size)
{
	return end >= limit || memory_size(end, limit) < size ? limit : end;
}

/* ---- The three ways of cutting --------------------------------------------------------- */

struct fake_plan {
	u64 size;     /* memory of each node, or with `uniform` its length */
	int nr_nodes; /* node numbers start again from 0 after so many */
	int big;      /* so many nodes get FAKE_NODE_MIN_SIZE more: the rest of a division */
	bool uniform;
};

static u64 __init cut_end(const struct fake_plan *plan, u64 start, u64 limit, int nid)
{
	u64 end = start + plan->size;

	if (plan->uniform)
		return extend_to_dma32(end);
	if (nid < plan->big)
		end += FAKE_NODE_MIN_SIZE;
	end = extend_to_size(start, end, limit, plan->size);
	return extend_to_limit(extend_to_dma32(end), limit, plan->size);
}

/*
 * Takes from the nodes of @phys in turn until nothing of them is left. The node number
 * to go on with, or -errno.
 */
static int __init split(const struct fake_plan *plan, nodemask_t phys, int nid)
{
	int i;

	while (!nodes_empty(phys)) {
		for_each_node_mask (i, phys) {
			struct numa_memblk *from = find_rest(i);
			u64 end;

			if (!from) {
				node_clear(i, phys);
				continue;
			}
			end = min(cut_end(plan, from->start, from->end, nid), from->end);
			if (cut(from, nid++ % plan->nr_nodes, end - from->start) < 0)
				return -EINVAL;
		}
	}
	return nid;
}

static int __init split_in_number(u64 end, u64 nr)
{
	struct fake_plan plan = {};
	u64 size;

	if (!nr)
		return -EINVAL;
	if (nr > MAX_NUMNODES) {
		pr_info("numa=fake=%llu too large, reducing to %d\n", nr, MAX_NUMNODES);
		nr = MAX_NUMNODES;
	}
	size = PFN_PHYS(PHYS_PFN(memory_size(0, end)) / nr);
	plan.nr_nodes = (int)nr;
	plan.size = round_down(size, FAKE_NODE_MIN_SIZE);
	plan.big = (int)((size - plan.size) * nr / FAKE_NODE_MIN_SIZE);
	if (!plan.size) {
		pr_err("Not enough memory for each node.  NUMA emulation disabled.\n");
		return -ENOMEM;
	}
	return split(&plan, numa_nodes_parsed, 0);
}

/* No smaller than FAKE_NODE_MIN_SIZE, nor than what makes @min of it. */
static u64 __init usable_size(u64 size, u64 min)
{
	min = ALIGN(max(min, FAKE_NODE_MIN_SIZE), FAKE_NODE_MIN_SIZE);
	if (size < min) {
		pr_err("Fake node size %lluMB too small, increasing to %lluMB\n", size >> 20,
		       min >> 20);
		size = min;
	}
	return round_down(size, FAKE_NODE_MIN_SIZE);
}

static int __init split_in_sizes(u64 end, u64 size)
{
	struct fake_plan plan = {.nr_nodes = MAX_NUMNODES};

	if (!size)
		return -EINVAL;
	plan.size = usable_size(size, PFN_PHYS(PHYS_PFN(end - hole_size(0, end)) / MAX_NUMNODES));
	return split(&plan, numa_nodes_parsed, 0);
}

/* Each node in @nr parts, by length, holes among it. */
static int __init split_uniformly(u64 nr)
{
	int nid = 0;

	if (!nr || nr > MAX_NUMNODES)
		return -EINVAL;
	while (rest.nr_blks) {
		struct fake_plan plan = {.nr_nodes = MAX_NUMNODES, .uniform = true};
		const struct numa_memblk *blk = &rest.blk[0];
		nodemask_t one = {};
		int phys = blk->nid;
		u64 size = PFN_PHYS((PHYS_PFN(blk->end) - PHYS_PFN(blk->start)) / nr);

		plan.size = usable_size(size, size);
		node_set(phys, one);
		nid = split(&plan, one, nid);
		if (nid < 0)
			return nid;
		if ((u64)nid < nr) {
			pr_info("numa_emulation: phys: %d only got %d of %llu nodes, failing\n",
				phys, nid, nr);
			return -EINVAL;
		}
	}
	return nid;
}

/* ---- All of it ----------------------------------------------------------------------- */

static int __init split_as_asked(u64 end)
{
	char *after;
	int ret;

	if (strchr(numa_fake, 'U'))
		ret = split_uniformly(simple_strtoull(numa_fake, &after, 0));
	else if (strchr(numa_fake, 'M') || strchr(numa_fake, 'G'))
		ret = split_in_sizes(end, memparse(numa_fake, &after));
	else
		ret = split_in_number(end, simple_strtoull(numa_fake, &after, 0));
	distances = strchr(numa_fake, ':');
	if (distances)
		distances++;
	return ret;
}

/* The next of the option's distances; -1 when there is none. */
static int __init next_distance(void)
{
	unsigned long long value;
	char *after;

	if (!distances || !*distances)
		return -1;
	value = simple_strtoull(distances, &after, 0);
	if (after == distances) {
		distances = NULL;
		return -1;
	}
	distances = *after == ',' ? after + 1 : NULL;
	return value > 255 ? 256 : (int)value; /* refused as too large, with a message */
}

/* CPUs go to the first part of the node that they were on. */
static void __init map_cpus(void)
{
	static int first_part[MAX_NUMNODES] __initbss;

	for (int nid = 0; nid < MAX_NUMNODES; nid++)
		first_part[nid] = NUMA_NO_NODE;
	for (int nid = MAX_NUMNODES; nid-- > 0;)
		if (fake_to_phys[nid] != NUMA_NO_NODE)
			first_part[fake_to_phys[nid]] = nid;
	numa_map_cpu_nodes(first_part);
}

static void __init commit(struct numa_meminfo *mi)
{
	int nr = 0, first;

	*mi = fake;
	nodes_clear(numa_nodes_parsed);
	for (int i = 0; i < fake.nr_blks; i++) {
		node_set(fake.blk[i].nid, numa_nodes_parsed);
		nr = max(nr, fake.blk[i].nid + 1);
	}
	map_cpus();
	for (first = 0; fake_to_phys[first] == NUMA_NO_NODE;)
		first++;
	for (int nid = 0; nid < nr; nid++) /* numbers that were dropped again */
		if (fake_to_phys[nid] == NUMA_NO_NODE)
			fake_to_phys[nid] = fake_to_phys[first];
	numa_remap_distances(fake_to_phys, nr, next_distance);
}

static bool __init starts_above(const struct numa_memblk *a, const struct numa_memblk *b)
{
	return a->start > b->start;
}

/* A node's range that the firmware names first is cut first. */
static bool __init comes_after(const struct numa_memblk *a, const struct numa_memblk *b)
{
	return a->order > b->order;
}

static void __init sort_meminfo(struct numa_meminfo *mi, bool (*after)(const struct numa_memblk *a,
								       const struct numa_memblk *b))
{
	for (int i = 1; i < mi->nr_blks; i++) {
		const struct numa_memblk blk = mi->blk[i];
		int at = i;

		for (; at > 0 && after(&mi->blk[at - 1], &blk); at--)
			mi->blk[at] = mi->blk[at - 1];
		mi->blk[at] = blk;
	}
}

/*
 * The option is used up by it, as Linux's text of it is: where the source turns out
 * not to cover all memory, the dummy node that takes its place is not cut.
 */
void __init numa_emulation(struct numa_meminfo *mi)
{
	const u64 end = PFN_PHYS(max_pfn);

	if (!numa_fake || numa_fake_used)
		return;
	numa_fake_used = true;
	fake.nr_blks = 0;
	rest = *mi;
	sort_meminfo(&rest, comes_after);
	for (int nid = 0; nid < MAX_NUMNODES; nid++)
		fake_to_phys[nid] = NUMA_NO_NODE;
	if (split_as_asked(end) < 0) {
		pr_warn("NUMA: numa=fake=%s cannot be done, ignored\n", numa_fake);
		return;
	}
	sort_meminfo(&fake, starts_above);
	if (numa_cleanup_meminfo(&fake, end) < 0 || !fake.nr_blks) {
		pr_warn("NUMA: Warning: constructed meminfo invalid, disabling emulation\n");
		return;
	}
	commit(mi);
}
