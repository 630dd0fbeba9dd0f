/* SPDX-License-Identifier: MIT */
/*
 * Nodes from the northbridges of AMD's families 0Fh and 10h, each of which knows
 * what memory lies at every node's controller. Their registers are read through PCI
 * configuration space, of device 24 on the machines there are:
 *
 *   function 0, 60h       bits 7:4   number of nodes - 1
 *   function 1, 40h + 8i  bits 31:16 base of range i, bits 39:24 of the address;
 *                         bits 9:8 interleaving, bits 1:0 enabled for write and read
 *   function 1, 44h + 8i  bits 31:16 its last 16 MB, bits 9:8 interleaving, 2:0 node
 *
 * Source: BIOS and Kernel Developer's Guides 26094 and 31116, section "Function 1".
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <baremm/arch.h>

#include "internal.h"

#define PCI_VENDOR_AMD	0x1022
#define MAX_DEVICES	32
#define NR_DRAM_RANGES	8
#define NODE_ID_REG	0x60
#define DRAM_BASE_REG	0x40
#define DRAM_LIMIT_REG	0x44
#define DRAM_ENABLED	0x3
#define DRAM_NODE	0x7
#define INTERLEAVING(r) ((r) >> 8 & 3)

/* Families 0Fh, 10h and 11h, as device ids of functions 0; function 1 has one more. */
static const u16 northbridge_ids[] = {0x1100, 0x1200, 0x1300};

static bool __init is_northbridge(unsigned int dev, unsigned int fn)
{
	u32 id = arch_pci_read32(0, dev, fn, 0);

	for (size_t i = 0; i < ARRAY_SIZE(northbridge_ids); i++)
		if (id == ((u32)(northbridge_ids[i] + fn) << 16 | PCI_VENDOR_AMD))
			return true;
	return false;
}

static int __init find_northbridge(void)
{
	for (unsigned int dev = 0; dev < MAX_DEVICES; dev++)
		if (is_northbridge(dev, 0) && is_northbridge(dev, 1))
			return (int)dev;
	return -ENOENT;
}

/* A range's registers can be used: 0; it is to be skipped: 1; -EINVAL: none can. */
static int __init check_range(int i, u32 base, u32 limit, unsigned int nr_nodes)
{
	unsigned int nid = limit & DRAM_NODE;

	if (!(base & DRAM_ENABLED)) {
		if ((unsigned int)i < nr_nodes)
			pr_info("Skipping disabled node %d\n", i);
		return 1;
	}
	if (nid >= nr_nodes) {
		pr_info("Ignoring excess node %d (%x:%x)\n", nid, base, limit);
		return 1;
	}
	if (!limit) {
		pr_info("Skipping node entry %d (base %x)\n", i, base);
		return 1;
	}
	if (INTERLEAVING(base) || INTERLEAVING(limit)) {
		pr_err("Node %d using interleaving mode %x/%x\n", nid, INTERLEAVING(base),
		       INTERLEAVING(limit));
		return -EINVAL;
	}
	if (node_isset(nid, numa_nodes_parsed)) {
		pr_info("Node %d already present, skipping\n", nid);
		return 1;
	}
	return 0;
}

/* *@prev_start is where the range before starts. */
static int __init add_range(int nid, u64 start, u64 end, u64 *prev_start)
{
	if (end == start) {
		pr_err("Empty node %d\n", nid);
		return 0;
	}
	if (end < start) {
		pr_err("Node %d bogus settings %llx-%llx.\n", nid, start, end);
		return 0;
	}
	if (*prev_start > start) {
		pr_err("Node map not sorted %llx,%llx\n", *prev_start, start);
		return -EINVAL;
	}
	*prev_start = start;
	pr_info("Node %d MemBase %016llx Limit %016llx\n", nid, start, end);
	return numa_add_memblk(nid, start, end);
}

/* As on Linux, CPUs are taken to be numbered by node, beginning with the one that boots. */
static void __init place_cpus(void)
{
	unsigned int bits = arch_core_id_bits();
	u32 first = arch_boot_apic_id();
	int nid;

	if (first)
		pr_info("BSP APIC ID: %02x\n", first);
	for_each_node_mask (nid, numa_nodes_parsed)
		for (u32 core = 0; core < 1u << bits; core++)
			set_apicid_to_node(((u32)nid << bits) + first + core, nid);
}

static int __init amd_numa_init(void)
{
	const u64 ram_end = PFN_PHYS(max_pfn);
	int nb = find_northbridge(), err;
	unsigned int nr_nodes;
	u64 prev_start = 0;

	if (nb < 0)
		return nb;
	pr_info("Scanning NUMA topology in Northbridge %d\n", nb);
	nr_nodes = (arch_pci_read32(0, (unsigned int)nb, 0, NODE_ID_REG) >> 4 & 0xf) + 1;
	if (nr_nodes <= 1)
		return -ENOENT;
	pr_info("Number of physical nodes %d\n", nr_nodes);
	for (int i = 0; i < NR_DRAM_RANGES; i++) {
		unsigned int at = 8 * (unsigned int)i;
		u32 base = arch_pci_read32(0, (unsigned int)nb, 1, DRAM_BASE_REG + at);
		u32 limit = arch_pci_read32(0, (unsigned int)nb, 1, DRAM_LIMIT_REG + at);
		u64 start = (u64)(base >> 16) << 24, end = ((u64)(limit >> 16) + 1) << 24;

		err = check_range(i, base, limit, nr_nodes);
		if (!err)
			err = add_range(limit & DRAM_NODE, start, min(end, ram_end), &prev_start);
		if (err < 0)
			return err;
	}
	if (nodes_empty(numa_nodes_parsed))
		return -ENOENT;
	place_cpus();
	return 0;
}

void __init amd_numa_register(void)
{
	static struct numa_source source __initdata = {.name = "AMD northbridge",
						       .init = amd_numa_init};

	numa_register_source(&source);
}
