/* SPDX-License-Identifier: MIT */
/*
 * SRAT and SLIT as a source of nodes: proximity domains get dense node numbers in
 * the order in which they are first met, those of CPUs before those of memory.
 */
#include <baremm/acpi.h>

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/nodemask.h>
#include <linux/string.h>

#include "acpi.h"
#include "internal.h"

/* As on Linux, larger domain numbers make the table useless. */
#define MAX_PXM_DOMAINS MAX_NUMNODES

static s16 pxm_node[MAX_PXM_DOMAINS]; /* node + 1; 0: none */
static int nr_pxm_nodes;
static u32 nr_ranges;

int __init pxm_to_node(u32 pxm)
{
	return pxm < MAX_PXM_DOMAINS ? pxm_node[pxm] - 1 : NUMA_NO_NODE;
}

/* The domain's node, a new one where it has none yet. */
static int __init map_pxm_to_node(u32 pxm)
{
	if (pxm >= MAX_PXM_DOMAINS) {
		pr_err("SRAT: Too many proximity domains %x\n", pxm);
		return -EINVAL;
	}
	if (!pxm_node[pxm])
		pxm_node[pxm] = (s16)++nr_pxm_nodes;
	return pxm_node[pxm] - 1;
}

/* ---- CPUs ------------------------------------------------------------------------- */

static int __init add_cpu(const struct srat_entry *entry)
{
	int nid = map_pxm_to_node(entry->pxm), digits = entry->type == SRAT_CPU ? 2 : 4;

	if (nid < 0)
		return nid;
	if (set_apicid_to_node(entry->apic_id, nid)) {
		pr_info("SRAT: PXM %u -> APIC 0x%0*x -> Node %u skipped apicid that is too big\n",
			entry->pxm, digits, entry->apic_id, nid);
		return 0;
	}
	pr_info("SRAT: PXM %u -> APIC 0x%0*x -> Node %u\n", entry->pxm, digits, entry->apic_id,
		nid);
	return numa_add_node(nid);
}

/* A device that works on memory: its domain is a node, as on Linux, if without CPUs. */
static int __init add_initiator(const struct srat_entry *entry)
{
	int nid = map_pxm_to_node(entry->pxm);

	pr_debug("ACPI: SRAT Generic Initiator in proximity domain %u\n", entry->pxm);
	if (nid < 0)
		return nid;
	node_set_state(nid, N_GENERIC_INITIATOR);
	return numa_add_node(nid);
}

static int __init take_cpu_entry(const struct srat_entry *entry, void *arg)
{
	(void)arg;
	if (!entry->enabled)
		return 0;
	switch (entry->type) {
	case SRAT_CPU:
	case SRAT_X2APIC_CPU:
		return add_cpu(entry);
	case SRAT_GENERIC_INITIATOR:
		return add_initiator(entry);
	case SRAT_GICC:
	case SRAT_ITS:
	case SRAT_GENERIC_PORT:
		pr_debug("ACPI: SRAT entry of type %d in proximity domain %u, ignored\n",
			 entry->type, entry->pxm);
		return 0;
	default:
		return 0;
	}
}

/* ---- Memory ------------------------------------------------------------------------- */

static int __init take_memory_entry(const struct srat_entry *entry, void *arg)
{
	u64 start = entry->base, end = start + entry->size;
	int nid;

	(void)arg;
	if (entry->type != SRAT_MEMORY || !entry->enabled)
		return 0;
	nid = map_pxm_to_node(entry->pxm);
	if (nid < 0)
		return nid;
	if (end < start) {
		pr_warn("Warning: invalid memblk node %d [mem %#010llx-%#010llx]\n", nid, start,
			end - 1);
	} else if (numa_add_memblk(nid, start, end) < 0) {
		pr_err("ACPI: SRAT: Failed to add memblk to node %u [mem %#010llx-%#010llx]\n", nid,
		       start, end - 1);
		return -ENOSPC;
	}
	numa_add_node(nid);
	pr_info("ACPI: SRAT: Node %u PXM %u [mem %#010llx-%#010llx]%s%s\n", nid, entry->pxm, start,
		end - 1, entry->hotplug ? " hotplug" : "",
		entry->nonvolatile ? " non-volatile" : "");
	if (entry->hotplug && end > start && memblock_mark_hotplug(start, entry->size))
		pr_warn("ACPI: SRAT: Failed to mark hotplug range [mem %#010llx-%#010llx] in "
			"memblock\n",
			start, end - 1);
	if (end > start)
		max_possible_pfn = max(max_possible_pfn, PHYS_PFN(end + PAGE_SIZE - 2));
	nr_ranges++;
	return 0;
}

/* ---- Distances ------------------------------------------------------------------------ */

/* Localities that SRAT does not name are no nodes. */
static void __init take_distances(const u8 *distances, int n)
{
	for (int i = 0; i < n; i++) {
		int from = pxm_to_node((u32)i);

		for (int j = 0; j < n && from != NUMA_NO_NODE; j++) {
			int to = pxm_to_node((u32)j);

			if (to != NUMA_NO_NODE)
				numa_set_distance(from, to, distances[i * n + j]);
		}
	}
}

/* ---- The source ------------------------------------------------------------------------ */

static int __init take_srat(const void *srat, size_t length)
{
	int err = srat_for_each(srat, length, take_cpu_entry, NULL);

	err = err ?: srat_for_each(srat, length, take_memory_entry, NULL);
	if (!err && !nr_ranges)
		err = -ENOENT;
	if (err)
		pr_err("ACPI: SRAT: SRAT not used.\n");
	return err;
}

static int __init acpi_numa_init(void)
{
	const void *srat, *slit;
	const u8 *distances;
	size_t length;
	int err, n;

	memset(pxm_node, 0, sizeof(pxm_node));
	nr_pxm_nodes = 0;
	nr_ranges = 0;
	srat = acpi_find_table("SRAT", &length);
	if (!srat || numa_no_acpi)
		return -ENOENT;
	err = take_srat(srat, length);
	if (err)
		return err;
	slit = acpi_find_table("SLIT", &length);
	n = slit ? slit_parse(slit, length, &distances) : 0;
	if (n > 0)
		take_distances(distances, n);
	return 0;
}

static struct numa_source source __initdata = {.name = "SRAT", .init = acpi_numa_init};

void __init acpi_numa_register(void)
{
	numa_register_source(&source);
}

bool __init srat_is_used(void)
{
	return numa_chosen_source() == &source;
}
