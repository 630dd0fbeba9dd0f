/* SPDX-License-Identifier: MIT */
/*
 * SRAT: bytes to entries, entries to nodes, and whole machines with the tables that
 * QEMU makes for them. Expected numbers are those of Linux 6.1 on the same machines.
 */
#include "acpi_machine.h"

#include <linux/errno.h>

static struct bytes table;

/* ---- Bytes to entries ---------------------------------------------------------- */

static struct srat_entry entries[64];
static int nr_entries;

static int collect(const struct srat_entry *entry, void *arg)
{
	(void)arg;
	assert_true(nr_entries < 64);
	entries[nr_entries++] = *entry;
	return 0;
}

static int parse(void)
{
	nr_entries = 0;
	host_log_clear();
	return srat_for_each(table.at, table.len, collect, NULL);
}

static void entries_are_read(void **state)
{
	(void)state;
	begin_srat(&table, 2);
	srat_cpu(&table, 0x12345678, 0xab, ENABLED);
	srat_x2apic(&table, 7, 0x12345, ENABLED);
	srat_memory(&table, 3, 0x100000000, 0x180000000, ENABLED | HOT_PLUGGABLE);
	srat_memory(&table, 4, 0x180000000, 0x1c0000000, NON_VOLATILE);
	assert_int_equal(parse(), 0);
	assert_int_equal(nr_entries, 4);
	assert_int_equal(entries[0].type, SRAT_CPU);
	assert_int_equal(entries[0].pxm, 0x12345678);
	assert_int_equal(entries[0].apic_id, 0xab);
	assert_int_equal(entries[1].apic_id, 0x12345);
	assert_int_equal(entries[1].pxm, 7);
	assert_int_equal(entries[2].base, 0x100000000);
	assert_int_equal(entries[2].size, 0x80000000);
	assert_true(entries[2].enabled && entries[2].hotplug && !entries[2].nonvolatile);
	assert_true(!entries[3].enabled && !entries[3].hotplug && entries[3].nonvolatile);
}

/* The upper bits were reserved then, and some firmware left rubbish in them. */
static void revision_1_has_domains_of_8_bits(void **state)
{
	(void)state;
	begin_srat(&table, 1);
	srat_cpu(&table, 0x12345678, 1, ENABLED);
	srat_memory(&table, 0x12345679, 0, 0x1000, ENABLED);
	srat_x2apic(&table, 0x123, 1, ENABLED);
	assert_int_equal(parse(), 0);
	assert_int_equal(entries[0].pxm, 0x78);
	assert_int_equal(entries[1].pxm, 0x79);
	assert_int_equal(entries[2].pxm, 0x123);
}

static void a_length_of_zero_stops_with_a_message(void **state)
{
	(void)state;
	begin_srat(&table, 1);
	srat_cpu(&table, 0, 0, ENABLED);
	put(&table, 1, 1);
	put(&table, 0, 39);
	assert_int_equal(parse(), -EINVAL);
	assert_int_equal(nr_entries, 1);
	assert_in_log("ACPI: [SRAT:0x01] Invalid zero length\n");
}

static void an_entry_past_the_end_stops_with_a_message(void **state)
{
	(void)state;
	begin_srat(&table, 1);
	srat_memory(&table, 0, 0, 0x1000, ENABLED);
	table.len -= 1;
	assert_int_equal(parse(), -EINVAL);
	assert_in_log("ACPI: SRAT: entry of type 0x01 and 40 bytes reaches past the end, 39 bytes "
		      "are left\n");
	table.len = 49; /* one byte of an entry */
	assert_int_equal(parse(), -EINVAL);
	assert_int_equal(nr_entries, 0);
}

static void an_entry_shorter_than_its_type_stops_with_a_message(void **state)
{
	(void)state;
	begin_srat(&table, 1);
	srat_memory(&table, 0, 0, 0x1000, ENABLED);
	table.at[49] = 32;
	assert_int_equal(parse(), -EINVAL);
	assert_in_log("ACPI: SRAT: Unexpected header length: 32, type 0x01 has 40\n");
}

static void unknown_types_are_skipped_with_a_message(void **state)
{
	(void)state;
	begin_srat(&table, 3);
	put(&table, 0x99, 1);
	put(&table, 5, 4);
	srat_cpu(&table, 1, 2, ENABLED);
	assert_int_equal(parse(), 0);
	assert_int_equal(nr_entries, 1);
	assert_in_log("ACPI: Found unsupported SRAT entry (type = 0x99)\n");
}

static void a_table_without_room_for_its_header_is_refused(void **state)
{
	(void)state;
	begin_srat(&table, 1);
	table.len = 47;
	assert_int_equal(parse(), -EINVAL);
	table.len = 48;
	assert_int_equal(parse(), 0);
}

static int stop(const struct srat_entry *entry, void *arg)
{
	(void)entry;
	++*(int *)arg;
	return 42;
}

static void the_caller_can_stop(void **state)
{
	int calls = 0;

	(void)state;
	begin_srat(&table, 1);
	srat_cpu(&table, 0, 0, ENABLED);
	srat_cpu(&table, 0, 1, ENABLED);
	assert_int_equal(srat_for_each(table.at, table.len, stop, &calls), 42);
	assert_int_equal(calls, 1);
}

static int ignore(const struct srat_entry *entry, void *arg)
{
	(void)entry;
	(void)arg;
	return 0;
}

/* Each table is a block of its own: a byte read past its end is seen. */
static void any_bytes_can_be_parsed(void **state)
{
	(void)state;
	host_test_seed("any_bytes_can_be_parsed");
	for (int run = 0; run < 20000; run++) {
		size_t len = arch_random() % 200;
		u8 *bytes = malloc(len + 1);

		begin_srat(&table, (u8)(arch_random() % 4));
		srat_cpu(&table, 0, 0, ENABLED);
		srat_memory(&table, 1, 0, 1 << 20, ENABLED);
		srat_x2apic(&table, 1, 300, ENABLED);
		while (table.len < 200)
			put(&table, arch_random() % 48, 1);
		for (u64 i = arch_random() % 8; i > 0; i--)
			table.at[48 + arch_random() % 150] = (u8)arch_random();
		/* cppcheck-suppress memleakOnRealloc */
		bytes = realloc(bytes, len ? len : 1);
		memcpy(bytes, table.at, len);
		srat_for_each(bytes, len, ignore, NULL);
		free(bytes);
		host_log_clear();
	}
}

/* ---- Machines ------------------------------------------------------------------------ */

#define FW_BASE 0x7fb6d000ULL

/* The map that QEMU's firmware gives, with RAM from 4 GB up to @high_end. */
static struct boot_info *qemu_machine(u64 high_end, const char *options)
{
	const struct e820_entry map[] = {
		{.addr = 0, .size = 0xa0000, .type = E820_TYPE_RAM},
		{.addr = 0x100000, .size = 0x700000, .type = E820_TYPE_RAM},
		{.addr = 0x800000, .size = 0x8000, .type = E820_TYPE_NVS},
		{.addr = 0x808000, .size = 0x3000, .type = E820_TYPE_RAM},
		{.addr = 0x80b000, .size = 0x1000, .type = E820_TYPE_NVS},
		{.addr = 0x80c000, .size = 0x4000, .type = E820_TYPE_RAM},
		{.addr = 0x810000, .size = 0xf0000, .type = E820_TYPE_NVS},
		{.addr = 0x900000, .size = 0x7e58b000, .type = E820_TYPE_RAM},
		{.addr = 0x7ee8b000, .size = 0xc1000, .type = E820_TYPE_RESERVED},
		{.addr = 0x7ef4c000, .size = 0x9a1000, .type = E820_TYPE_RAM},
		{.addr = 0x7f8ed000, .size = 0x280000, .type = E820_TYPE_RESERVED},
		{.addr = 0x7fb6d000, .size = 0x12000, .type = E820_TYPE_ACPI},
		{.addr = 0x7fb7f000, .size = 0x80000, .type = E820_TYPE_NVS},
		{.addr = 0x7fbff000, .size = 0x341000, .type = E820_TYPE_RAM},
		{.addr = 0x7ff40000, .size = 0x20000, .type = E820_TYPE_RESERVED},
		{.addr = 0x7ff60000, .size = 0xa0000, .type = E820_TYPE_NVS},
		{.addr = SZ_4G, .size = high_end - SZ_4G, .type = E820_TYPE_RAM},
	};

	return acpi_machine(map, high_end > SZ_4G ? ARRAY_SIZE(map) : ARRAY_SIZE(map) - 1, options);
}

/* Brings the machine up with `table` as its SRAT and, where there is one, @slit. */
static void up(struct boot_info *info, const struct bytes *slit)
{
	struct firmware fw = {.next = FW_BASE};

	end_table(&table);
	place(&fw, &table);
	if (slit)
		place(&fw, slit);
	info->rsdp = place_xsdt_and_rsdp(&fw);
	bring_up(info);
	assert_no_ram_is_lost();
	assert_int_equal(mm_verify_all(), 0);
}

static void memory_may_be_plugged_in_past_the_last_of_it(void **state)
{
	struct boot_info *info = qemu_machine(0x180000000, NULL);

	(void)state;
	begin_srat(&table, 1);
	srat_cpu(&table, 0, 0, ENABLED);
	srat_memory(&table, 0, 0, 0x180000000, ENABLED);
	srat_memory(&table, 0, 0x180000000, 0x400000000, ENABLED | HOT_PLUGGABLE);
	up(info, NULL);
	assert_int_equal(max_pfn, PHYS_PFN(0x180000000));
	assert_int_equal(max_low_pfn, max_pfn);
	assert_int_equal(max_possible_pfn, PHYS_PFN(0x400000000));
	assert_ptr_equal(high_memory, (char *)__va(0x180000000 - 1) + 1);
	assert_int_equal(system_state, SYSTEM_RUNNING);
}

static void two_nodes_around_the_hole(void **state)
{
	static const u8 distances[] = {10, 21, 21, 10};
	struct boot_info *info = qemu_machine(0x180000000, NULL);
	struct bytes slit;

	(void)state;
	begin_srat(&table, 1);
	srat_cpu(&table, 0, 0, ENABLED);
	srat_cpu(&table, 0, 1, ENABLED);
	srat_cpu(&table, 1, 2, ENABLED);
	srat_cpu(&table, 1, 3, ENABLED);
	srat_memory(&table, 0, 0, 0xa0000, ENABLED);
	srat_memory(&table, 0, 0x100000, 0x40000000, ENABLED);
	srat_memory(&table, 1, 0x40000000, 0x80000000, ENABLED);
	srat_memory(&table, 1, 0x100000000, 0x180000000, ENABLED);
	make_slit(&slit, distances, 2);
	up(info, &slit);
	assert_in_log("SRAT: PXM 0 -> APIC 0x00 -> Node 0\n");
	assert_in_log("SRAT: PXM 1 -> APIC 0x03 -> Node 1\n");
	assert_in_log("ACPI: SRAT: Node 0 PXM 0 [mem 0x00000000-0x0009ffff]\n");
	assert_in_log("ACPI: SRAT: Node 1 PXM 1 [mem 0x100000000-0x17fffffff]\n");
	assert_in_log("NUMA: Initialized distance table, cnt=2\n");
	assert_in_log("NUMA: Node 0 [mem 0x00000000-0x0009ffff] + [mem 0x00100000-0x3fffffff] -> "
		      "[mem 0x00000000-0x3fffffff]\n");
	assert_in_log("NUMA: Node 1 [mem 0x40000000-0x7fffffff] + [mem 0x100000000-0x17fffffff] -> "
		      "[mem 0x40000000-0x17fffffff]\n");
	assert_in_log("  node   0: [mem 0x0000000000900000-0x000000003fffffff]\n");
	assert_in_log("  node   1: [mem 0x0000000040000000-0x000000007ee8afff]\n");
	assert_in_log("Initmem setup node 1 [mem 0x0000000040000000-0x000000017fffffff]\n");
	assert_in_log("On node 1, zone Normal: 192 pages in unavailable ranges\n");
	assert_in_log("Fallback order for Node 1: 1 0 \n");
	assert_int_equal(node_distance(1, 0), 21);
	assert_int_equal(zone_of(0, ZONE_DMA32)->present_pages, 258048);
	assert_int_equal(zone_of(1, ZONE_DMA32)->spanned_pages, 786432);
	assert_int_equal(zone_of(1, ZONE_DMA32)->present_pages, 260973);
	assert_int_equal(apicid_to_node(2), 1);
	assert_int_equal(apicid_to_node(4), NUMA_NO_NODE);
}

static void four_nodes_with_distances(void **state)
{
	static const u8 distances[] = {10, 16, 21, 31, 16, 10, 31, 21,
				       21, 31, 10, 16, 31, 21, 16, 10};
	struct boot_info *info = qemu_machine(0x280000000, NULL);
	struct bytes slit;

	(void)state;
	begin_srat(&table, 1);
	for (u8 i = 0; i < 4; i++)
		srat_cpu(&table, i, i, ENABLED);
	srat_memory(&table, 0, 0, 0xa0000, ENABLED);
	srat_memory(&table, 0, 0x100000, 0x80000000, ENABLED);
	for (u64 i = 0; i < 3; i++)
		srat_memory(&table, (u32)i + 1, SZ_4G + (i << 31), SZ_4G + ((i + 1) << 31),
			    ENABLED);
	make_slit(&slit, distances, 4);
	host_boot_apic_id = 3;
	up(info, &slit);
	assert_in_log("NUMA: Initialized distance table, cnt=4\n");
	assert_in_log("Fallback order for Node 0: 0 1 2 3 \n");
	assert_in_log("Fallback order for Node 1: 1 0 3 2 \n");
	assert_in_log("Fallback order for Node 2: 2 3 0 1 \n");
	assert_in_log("Fallback order for Node 3: 3 2 1 0 \n");
	assert_in_log("Built 4 zonelists, mobility grouping on.");
	assert_int_equal(cpu_to_node(0), 3);
}

static void a_node_without_memory_between_two_with(void **state)
{
	struct boot_info *info = qemu_machine(0x140000000, NULL);

	(void)state;
	begin_srat(&table, 1);
	for (u8 i = 0; i < 3; i++)
		srat_cpu(&table, i, i, ENABLED);
	srat_memory(&table, 0, 0, 0xa0000, ENABLED);
	srat_memory(&table, 0, 0x100000, 0x40000000, ENABLED);
	srat_memory(&table, 2, 0x40000000, 0x80000000, ENABLED);
	srat_memory(&table, 2, 0x100000000, 0x140000000, ENABLED);
	up(info, NULL);
	assert_in_log("Initializing node 1 as memoryless\n");
	assert_in_log("Initmem setup node 1 as memoryless\n");
	assert_in_log("Initmem setup node 2 [mem 0x0000000040000000-0x000000013fffffff]\n");
	assert_in_log("Fallback order for Node 1: 1 2 0 \n");
	assert_in_log("Built 3 zonelists");
}

static void a_window_for_memory_to_come_is_no_memory(void **state)
{
	struct boot_info *info = qemu_machine(0, NULL);

	(void)state;
	begin_srat(&table, 1);
	srat_cpu(&table, 0, 0, ENABLED);
	srat_cpu(&table, 1, 1, ENABLED);
	srat_memory(&table, 0, 0, 0xa0000, ENABLED);
	srat_memory(&table, 0, 0x100000, 0x40000000, ENABLED);
	srat_memory(&table, 1, 0x40000000, 0x80000000, ENABLED);
	srat_memory(&table, 1, 0x100000000, 0x580000000, ENABLED | HOT_PLUGGABLE);
	up(info, NULL);
	assert_in_log("ACPI: SRAT: Node 1 PXM 1 [mem 0x100000000-0x57fffffff] hotplug\n");
	assert_not_in_log("NUMA: Node 1");
	assert_in_log("  Normal   empty\n");
	assert_in_log("Initmem setup node 1 [mem 0x0000000040000000-0x000000007ff3ffff]\n");
	assert_in_log("Built 2 zonelists");
}

static void numa_off_makes_one_node(void **state)
{
	struct boot_info *info = qemu_machine(0x180000000, "numa=off");

	(void)state;
	begin_srat(&table, 1);
	srat_cpu(&table, 0, 0, ENABLED);
	srat_cpu(&table, 1, 1, ENABLED);
	srat_memory(&table, 0, 0, 0x80000000, ENABLED);
	srat_memory(&table, 1, 0x100000000, 0x180000000, ENABLED);
	up(info, NULL);
	assert_in_log("ACPI: SRAT 0x");
	assert_in_log("NUMA turned off\n");
	assert_in_log("Faking a node at [mem 0x0000000000000000-0x000000017fffffff]\n");
	assert_not_in_log("PXM");
	assert_int_equal(num_online_nodes(), 1);
}

static void numa_noacpi_makes_one_node(void **state)
{
	struct boot_info *info = qemu_machine(0x180000000, "numa=noacpi");

	(void)state;
	begin_srat(&table, 1);
	srat_memory(&table, 0, 0, 0x80000000, ENABLED);
	srat_memory(&table, 1, 0x100000000, 0x180000000, ENABLED);
	up(info, NULL);
	assert_in_log("No NUMA configuration found\n");
	assert_not_in_log("PXM");
}

static void domains_are_numbered_as_they_are_met(void **state)
{
	struct boot_info *info = qemu_machine(0x1c0000000, NULL);

	(void)state;
	begin_srat(&table, 1);
	srat_memory(&table, 7, 0x180000000, 0x1c0000000, ENABLED); /* no CPU: comes last */
	srat_cpu(&table, 5, 0, ENABLED);
	srat_cpu(&table, 8, 9, 0); /* disabled */
	srat_cpu(&table, 2, 1, ENABLED);
	srat_memory(&table, 2, 0, 0x80000000, ENABLED);
	srat_memory(&table, 5, 0x100000000, 0x180000000, ENABLED);
	up(info, NULL);
	assert_in_log("SRAT: PXM 5 -> APIC 0x00 -> Node 0\n");
	assert_in_log("SRAT: PXM 2 -> APIC 0x01 -> Node 1\n");
	assert_in_log("ACPI: SRAT: Node 2 PXM 7 [mem 0x180000000-0x1bfffffff]\n");
	assert_in_log("ACPI: SRAT: Node 1 PXM 2 [mem 0x00000000-0x7fffffff]\n");
	assert_int_equal(apicid_to_node(9), NUMA_NO_NODE);
	assert_int_equal(num_online_nodes(), 3);
}

/* Slices of a GB to each node in turn, as some firmware interleaves. */
static void nodes_may_interleave(void **state)
{
	struct boot_info *info = qemu_machine(0x200000000, NULL);

	(void)state;
	begin_srat(&table, 1);
	srat_memory(&table, 0, 0, 0x80000000, ENABLED);
	for (u64 i = 0; i < 4; i++)
		srat_memory(&table, i % 2 ? 0 : 1, SZ_4G + (i << 30), SZ_4G + ((i + 1) << 30),
			    ENABLED);
	up(info, NULL);
	assert_not_in_log("NUMA: Node");
	assert_in_log("Initmem setup node 0 [mem 0x0000000000001000-0x00000001ffffffff]\n");
	assert_in_log("Initmem setup node 1 [mem 0x0000000100000000-0x00000001bfffffff]\n");
	assert_int_equal(zone_of(1, ZONE_NORMAL)->spanned_pages, 0xc0000);
	assert_int_equal(zone_of(1, ZONE_NORMAL)->present_pages, 0x80000);
}

static void an_initiator_without_cpu_or_memory_is_a_node_that_is_online(void **state)
{
	struct boot_info *info = qemu_machine(0x180000000, NULL);

	(void)state;
	begin_srat(&table, 3);
	srat_cpu(&table, 0, 0, ENABLED);
	put(&table, 5, 1);
	put(&table, 32, 1);
	put(&table, 0, 2);
	put(&table, 6, 4);
	put(&table, 0, 8);
	put(&table, 0, 8);
	put(&table, ENABLED, 4);
	put(&table, 0, 4);
	srat_memory(&table, 0, 0, 0x180000000, ENABLED);
	up(info, NULL);
	assert_int_equal(pxm_to_node(6), 1);
	assert_true(node_isset(1, node_possible_map));
	assert_true(node_online(1));
	assert_true(node_state(1, N_GENERIC_INITIATOR));
	assert_in_log("Initmem setup node 1 as memoryless\n");
	assert_in_log("Built 2 zonelists");
}

static void borders_inside_a_page_lose_no_page(void **state)
{
	struct boot_info *info = qemu_machine(0x180000000, NULL);

	(void)state;
	begin_srat(&table, 1);
	srat_memory(&table, 0, 0, 0x120000123, ENABLED);
	srat_memory(&table, 1, 0x120000123, 0x180000000, ENABLED);
	up(info, NULL);
	assert_in_log("Initmem setup node 1 [mem 0x0000000120000000-0x000000017fffffff]\n");
}

/* ---- Tables that Linux does not use either ----------------------------------------- */

static void expect_one_node(const char *why)
{
	up(qemu_machine(0x180000000, NULL), NULL);
	assert_in_log(why);
	assert_in_log("No NUMA configuration found\n");
	assert_int_equal(num_online_nodes(), 1);
	assert_int_equal(apicid_to_node(0), NUMA_NO_NODE);
}

static void overlapping_nodes_make_one_node(void **state)
{
	(void)state;
	begin_srat(&table, 1);
	srat_cpu(&table, 0, 0, ENABLED);
	srat_memory(&table, 0, 0, 0x80000000, ENABLED);
	srat_memory(&table, 1, 0x40000000, 0x180000000, ENABLED);
	expect_one_node("node 0 [mem 0x00000000-0x7fffffff] overlaps with node 1 [mem "
			"0x40000000-0x17fffffff]\n");
}

static void ram_that_no_node_claims_makes_one_node(void **state)
{
	(void)state;
	begin_srat(&table, 1);
	srat_memory(&table, 0, 0, 0x80000000, ENABLED);
	srat_memory(&table, 1, 0x120000000, 0x180000000, ENABLED);
	expect_one_node("NUMA: nodes only cover ");
}

static void a_length_of_zero_makes_one_node(void **state)
{
	(void)state;
	begin_srat(&table, 1);
	srat_memory(&table, 0, 0, 0x180000000, ENABLED);
	put(&table, 0, 16);
	expect_one_node("ACPI: [SRAT:0x00] Invalid zero length\n");
	assert_in_log("ACPI: SRAT: SRAT not used.\n");
}

static void a_table_without_memory_makes_one_node(void **state)
{
	(void)state;
	begin_srat(&table, 1);
	srat_cpu(&table, 0, 0, ENABLED);
	srat_memory(&table, 0, 0, 0x180000000, 0);
	expect_one_node("ACPI: SRAT: SRAT not used.\n");
}

static void windows_without_ram_make_one_node(void **state)
{
	(void)state;
	begin_srat(&table, 1);
	srat_memory(&table, 0, 1ULL << 44, 1ULL << 45, ENABLED);
	expect_one_node("NUMA: nodes only cover 0MB of your ");
}

static void domains_that_are_too_large_make_one_node(void **state)
{
	(void)state;
	begin_srat(&table, 2);
	srat_memory(&table, 0x1000000, 0, 0x180000000, ENABLED);
	expect_one_node("SRAT: Too many proximity domains 1000000\n");
}

static void a_range_that_wraps_is_ignored(void **state)
{
	(void)state;
	begin_srat(&table, 1);
	srat_memory(&table, 0, 0, 0x180000000, ENABLED);
	srat_memory(&table, 1, ~0ULL << 20, 0x1000, ENABLED);
	up(qemu_machine(0x180000000, NULL), NULL);
	assert_in_log("Warning: invalid memblk node 1 ");
	assert_int_equal(num_online_nodes(), 1);
	assert_not_in_log("No NUMA configuration found\n");
}

static void a_wrong_checksum_makes_one_node(void **state)
{
	struct boot_info *info = qemu_machine(0x180000000, NULL);
	struct firmware fw = {.next = FW_BASE};

	(void)state;
	begin_srat(&table, 1);
	srat_memory(&table, 0, 0, 0x180000000, ENABLED);
	end_table(&table);
	ram_at(place(&fw, &table))[60]++;
	info->rsdp = place_xsdt_and_rsdp(&fw);
	bring_up(info);
	assert_in_log("No NUMA configuration found\n");
	assert_no_ram_is_lost();
}

/* ---- movable_node --------------------------------------------------------------------- */

static void movable_node_keeps_the_boot_out_of_what_can_be_unplugged(void **state)
{
	struct boot_info *info = qemu_machine(0x180000000, "movable_node");
	phys_addr_t start, end;
	u64 i;

	(void)state;
	begin_srat(&table, 1);
	srat_cpu(&table, 0, 0, ENABLED);
	srat_cpu(&table, 1, 1, ENABLED);
	srat_memory(&table, 0, 0, 0x80000000, ENABLED | HOT_PLUGGABLE);
	srat_memory(&table, 1, 0x100000000, 0x180000000, ENABLED | HOT_PLUGGABLE);
	up(info, NULL);
	for_each_reserved_mem_range (i, &start, &end)
		assert_false(end > SZ_4G);
	assert_true(memblock_is_map_memory(SZ_4G));
}

/* ---- Any tables ----------------------------------------------------------------------- */

static void damaged_tables_lose_no_ram(void **state)
{
	static const u8 distances[] = {10, 21, 21, 10};
	struct bytes slit;

	(void)state;
	host_test_seed("damaged_tables_lose_no_ram");
	for (int run = 0; run < 1000; run++) {
		struct boot_info *info = qemu_machine(0x180000000, NULL);

		begin_srat(&table, (u8)(1 + arch_random() % 3));
		srat_cpu(&table, 0, 0, ENABLED);
		srat_x2apic(&table, 1, 2, ENABLED);
		srat_memory(&table, 0, 0, 0x40000000, ENABLED);
		srat_memory(&table, 1, 0x40000000, 0x80000000, ENABLED | HOT_PLUGGABLE);
		srat_memory(&table, 1, 0x100000000, 0x180000000, ENABLED);
		make_slit(&slit, distances, 2);
		for (u64 i = 1 + arch_random() % 3; i > 0; i--)
			table.at[48 + arch_random() % (table.len - 48)] = (u8)arch_random();
		if (arch_random() % 4 == 0)
			slit.at[36 + arch_random() % 12] = (u8)arch_random();
		end_table(&slit);
		up(info, &slit);
		host_machine_exit();
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, machine_down)
	const struct CMUnitTest tests[] = {
		TEST(entries_are_read),
		TEST(revision_1_has_domains_of_8_bits),
		TEST(a_length_of_zero_stops_with_a_message),
		TEST(an_entry_past_the_end_stops_with_a_message),
		TEST(an_entry_shorter_than_its_type_stops_with_a_message),
		TEST(unknown_types_are_skipped_with_a_message),
		TEST(a_table_without_room_for_its_header_is_refused),
		TEST(the_caller_can_stop),
		TEST(any_bytes_can_be_parsed),
		TEST(two_nodes_around_the_hole),
		TEST(memory_may_be_plugged_in_past_the_last_of_it),
		TEST(four_nodes_with_distances),
		TEST(a_node_without_memory_between_two_with),
		TEST(a_window_for_memory_to_come_is_no_memory),
		TEST(numa_off_makes_one_node),
		TEST(numa_noacpi_makes_one_node),
		TEST(domains_are_numbered_as_they_are_met),
		TEST(nodes_may_interleave),
		TEST(an_initiator_without_cpu_or_memory_is_a_node_that_is_online),
		TEST(borders_inside_a_page_lose_no_page),
		TEST(overlapping_nodes_make_one_node),
		TEST(ram_that_no_node_claims_makes_one_node),
		TEST(a_length_of_zero_makes_one_node),
		TEST(a_table_without_memory_makes_one_node),
		TEST(windows_without_ram_make_one_node),
		TEST(domains_that_are_too_large_make_one_node),
		TEST(a_range_that_wraps_is_ignored),
		TEST(a_wrong_checksum_makes_one_node),
		TEST(movable_node_keeps_the_boot_out_of_what_can_be_unplugged),
		TEST(damaged_tables_lose_no_ram),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
