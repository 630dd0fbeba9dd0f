/* SPDX-License-Identifier: MIT */
/*
 * One simulated PC, made once, on which each input goes through bring-up from the
 * options to the nodes; what an input changed is put back before the next.
 *
 *   RAM       0 to 640 KB, 1 MB to 128 MB, 4 GB to 4 GB + 128 MB
 *   ACPI      128 MB to 128 MB + FIRMWARE_SIZE, where a fuzzer writes what it likes
 *   reserved  the next FIRMWARE_SIZE, device registers at 0xfed00000, and 64 KB at 8 GB,
 *             which nothing backs
 */
#ifndef _TEST_FUZZ_FUZZ_NODES_H
#define _TEST_FUZZ_FUZZ_NODES_H

#include "fuzz.h"

#include <linux/mmzone.h>
#include <linux/node.h>
#include <linux/nodemask.h>
#include <linux/sizes.h>
#include <linux/topology.h>
#include <baremm/acpi.h>
#include <baremm/arch.h>
#include <baremm/boot_info.h>
#include <baremm/bringup.h>
#include <baremm/console.h>
#include <baremm/numa.h>
#include <baremm/options.h>

#define FIRMWARE_BASE SZ_128M
#define FIRMWARE_SIZE SZ_64K

static const struct e820_entry nodes_map[] = {
	{.addr = 0, .size = 0xa0000, .type = E820_TYPE_RAM},
	{.addr = SZ_1M, .size = SZ_128M - SZ_1M, .type = E820_TYPE_RAM},
	{.addr = FIRMWARE_BASE, .size = FIRMWARE_SIZE, .type = E820_TYPE_ACPI},
	{.addr = FIRMWARE_BASE + FIRMWARE_SIZE, .size = FIRMWARE_SIZE, .type = E820_TYPE_RESERVED},
	{.addr = 0xfed00000, .size = SZ_64K, .type = E820_TYPE_RESERVED},
	{.addr = SZ_4G, .size = SZ_128M, .type = E820_TYPE_RAM},
	{.addr = 2 * SZ_4G, .size = SZ_64K, .type = E820_TYPE_RESERVED},
};

/* The machine as at power-on, with @options. */
static inline struct boot_info *nodes_machine(const char *options)
{
	static struct boot_info *info;
	static char *words;

	if (!info) {
		info = host_machine_init(nodes_map, ARRAY_SIZE(nodes_map), "");
		free((void *)(uintptr_t)info->options);
		arch_init_mem_mapping(info);
		mm_register_options();
	}
	memset(info->arena.base, 0, info->arena.used);
	info->arena.used = 0;
	info->rsdp = 0;
	free(words);
	words = strdup(options);
	info->options = words;
	mm_reset();
	hmat_reset();
	bad_options = 0;
	console_loglevel = 8;
	host_boot_apic_id = host_core_id_bits = 0;
	host_pci_read32 = NULL;
	memset(__va(FIRMWARE_BASE), 0, 2 * FIRMWARE_SIZE);
	return info;
}

/* Bring-up's steps up to memblock. */
static inline void nodes_setup_memory(void *arg)
{
	struct boot_info *info = arg;

	boot_info = info;
	e820__memory_setup(info);
	e820__finish_early_params();
	e820__trim_bios_range();
	max_pfn = e820__end_of_ram_pfn();
	memblock_reserve(0, SZ_1M);
	e820__memblock_setup();
}

/* And from there to the nodes. */
static inline void nodes_find(void *arg)
{
	struct boot_info *info = arg;

	acpi_locate_initial_tables(info->rsdp);
	acpi_reserve_initial_tables();
	madt_init();
	acpi_numa_register();
	amd_numa_register();
	initmem_init();
	hmat_init();
}

static inline void nodes_parse_options(void *arg)
{
	const struct boot_info *info = arg;

	fuzz_check(parse_options(info->options) == bad_options);
	console_loglevel = 8;
}

static inline void check_distances(void)
{
	int from, to;

	for_each_node_mask (from, node_possible_map) {
		fuzz_check(node_distance(from, from) == LOCAL_DISTANCE);
		for_each_node_mask (to, node_possible_map)
			fuzz_check(node_distance(from, to) >= LOCAL_DISTANCE &&
				   node_distance(from, to) <= 255);
	}
}

/* Every byte of the @memory bytes that there were is some node's, none is two nodes'. */
static inline void check_nodes(phys_addr_t memory)
{
	const struct memblock_region *r;
	phys_addr_t sum = 0;
	int nid;

	fuzz_check(memblock_verify() == 0);
	fuzz_check(memblock_phys_mem_size() == memory);
	for_each_mem_region (r) {
		fuzz_check(r->nid >= 0 && r->nid < MAX_NUMNODES);
		fuzz_check(node_isset(r->nid, node_possible_map));
		sum += r->size;
	}
	/* As on Linux, parts of pages that were cut off stay in the total. */
	fuzz_check(sum + memblock_trimmed == memory);
	fuzz_check(!nodes_empty(node_online_map));
	for_each_online_node (nid)
		fuzz_check(NODE_DATA(nid)->node_id == nid &&
			   memblock_is_region_reserved(__pa(NODE_DATA(nid)), sizeof(pg_data_t)));
	for (int cpu = 0; cpu < NR_CPUS; cpu++)
		fuzz_check(node_isset(cpu_to_node(cpu), node_possible_map));
	check_distances();
}

#endif /* _TEST_FUZZ_FUZZ_NODES_H */
