/* SPDX-License-Identifier: MIT */
/*
 * Nodes from AMD's northbridges, over a simulated configuration space: registers of
 * functions 0 and 1 of one device on bus 0.
 */
#include "acpi_machine.h"

static struct {
	unsigned int dev;
	u32 id; /* of function 0; function 1 has the next device number */
	u32 node_id;
	u32 base[8];
	u32 limit[8];
} nb;

static u32 read_config(unsigned int bus, unsigned int dev, unsigned int fn, unsigned int offset)
{
	if (bus != 0 || dev != nb.dev || fn > 1)
		return ~0U;
	if (offset == 0)
		return nb.id + (fn << 16);
	if (fn == 0)
		return offset == 0x60 ? nb.node_id : 0;
	if (offset >= 0x40 && offset < 0x80)
		return offset & 4 ? nb.limit[(offset - 0x44) / 8] : nb.base[(offset - 0x40) / 8];
	return 0;
}

#define FAMILY_0F 0x11001022
#define FAMILY_10 0x12001022

static void northbridge(u32 id, unsigned int nr_nodes)
{
	memset(&nb, 0, sizeof(nb));
	nb.dev = 24;
	nb.id = id;
	nb.node_id = (nr_nodes - 1) << 4;
}

/* Memory of node @nid, enabled for reading and writing. */
static void dram(int i, u64 start, u64 end, u32 nid)
{
	nb.base[i] = (u32)(start >> 24 << 16) | 3;
	nb.limit[i] = (u32)(((end >> 24) - 1) << 16) | nid;
}

static const struct e820_entry map[] = {
	{.addr = 0, .size = 0xa0000, .type = E820_TYPE_RAM},
	{.addr = SZ_1M, .size = 0xc0000000 - SZ_1M, .type = E820_TYPE_RAM},
	{.addr = SZ_4G, .size = 0x140000000, .type = E820_TYPE_RAM},
};

static void up(const char *options)
{
	struct boot_info *info = acpi_machine(map, ARRAY_SIZE(map), options);

	host_pci_read32 = read_config;
	host_core_id_bits = 1;
	bring_up(info);
	assert_no_ram_is_lost();
	assert_int_equal(mm_verify_all(), 0);
}

/* A board of 2006 with four nodes, as its log shows them. */
static void nodes_are_as_the_registers_say(void **state)
{
	(void)state;
	northbridge(FAMILY_0F, 4);
	dram(0, 0, 0x80000000, 0);
	dram(1, 0x80000000, 0x140000000, 1);
	dram(2, 0x140000000, 0x1c0000000, 2);
	dram(3, 0x1c0000000, 0x240000000, 3);
	up(NULL);
	assert_in_log("Scanning NUMA topology in Northbridge 24\n");
	assert_in_log("Number of physical nodes 4\n");
	assert_in_log("Node 0 MemBase 0000000000000000 Limit 0000000080000000\n");
	assert_in_log("Node 1 MemBase 0000000080000000 Limit 0000000140000000\n");
	assert_in_log("Node 3 MemBase 00000001c0000000 Limit 0000000240000000\n");
	assert_in_log("Initmem setup node 2 [mem 0x0000000140000000-0x00000001bfffffff]\n");
	assert_in_log("Built 4 zonelists");
	assert_not_in_log("No NUMA configuration found");
	assert_int_equal(apicid_to_node(0), 0);
	assert_int_equal(apicid_to_node(1), 0);
	assert_int_equal(apicid_to_node(7), 3);
	assert_int_equal(apicid_to_node(8), NUMA_NO_NODE);
}

static void family_10_is_known_too(void **state)
{
	(void)state;
	northbridge(FAMILY_10, 2);
	nb.dev = 31;
	dram(0, 0, 0x140000000, 0);
	dram(1, 0x140000000, 0x240000000, 1);
	up(NULL);
	assert_in_log("Scanning NUMA topology in Northbridge 31\n");
	assert_int_equal(num_online_nodes(), 2);
}

static void cpus_are_counted_from_the_one_that_boots(void **state)
{
	struct boot_info *info;

	(void)state;
	northbridge(FAMILY_0F, 2);
	dram(0, 0, 0x140000000, 0);
	dram(1, 0x140000000, 0x240000000, 1);
	info = acpi_machine(map, ARRAY_SIZE(map), NULL);
	host_pci_read32 = read_config;
	host_core_id_bits = 2;
	host_boot_apic_id = 16;
	bring_up(info);
	assert_in_log("BSP APIC ID: 10\n");
	assert_int_equal(apicid_to_node(15), NUMA_NO_NODE);
	assert_int_equal(apicid_to_node(19), 0);
	assert_int_equal(apicid_to_node(20), 1);
	assert_int_equal(cpu_to_node(0), 0);
}

static void a_node_past_the_end_of_ram_is_cut(void **state)
{
	(void)state;
	northbridge(FAMILY_0F, 2);
	dram(0, 0, 0x140000000, 0);
	dram(1, 0x140000000, 0x1000000000, 1);
	up(NULL);
	assert_in_log("Node 1 MemBase 0000000140000000 Limit 0000000240000000\n");
}

/* ---- No nodes ------------------------------------------------------------------- */

static void expect_one_node(const char *why)
{
	up(NULL);
	assert_in_log(why);
	assert_in_log("No NUMA configuration found\n");
	assert_int_equal(num_online_nodes(), 1);
}

static void another_chipset_has_no_nodes(void **state)
{
	(void)state;
	northbridge(0x29c08086, 2);
	up(NULL);
	assert_not_in_log("Northbridge");
	assert_in_log("No NUMA configuration found\n");
}

static void one_node_is_no_numa(void **state)
{
	(void)state;
	northbridge(FAMILY_0F, 1);
	dram(0, 0, 0x240000000, 0);
	expect_one_node("Scanning NUMA topology in Northbridge 24\n");
	assert_not_in_log("MemBase");
}

static void interleaved_memory_is_refused(void **state)
{
	(void)state;
	northbridge(FAMILY_0F, 2);
	dram(0, 0, 0x140000000, 0);
	dram(1, 0x140000000, 0x240000000, 1);
	nb.base[1] |= 1 << 8;
	expect_one_node("Node 1 using interleaving mode 1/0\n");
	assert_in_log("NUMA: AMD northbridge gives no nodes (error -22)\n");
}

static void nodes_out_of_order_are_refused(void **state)
{
	(void)state;
	northbridge(FAMILY_0F, 2);
	dram(0, 0x140000000, 0x240000000, 0);
	dram(1, 0, 0x140000000, 1);
	expect_one_node("Node map not sorted 140000000,0\n");
}

static void registers_that_make_no_range_are_skipped(void **state)
{
	(void)state;
	northbridge(FAMILY_0F, 3);
	nb.limit[0] = 2; /* disabled */
	dram(1, 0, 0x240000000, 0);
	dram(2, 0x100000000, 0x140000000, 0); /* node 0 again */
	dram(3, 0x100000000, 0x140000000, 5); /* of three nodes */
	dram(4, 0x240000000, 0x280000000, 1); /* where RAM ends */
	dram(5, 0x280000000, 0x2c0000000, 2); /* past it */
	nb.base[6] = 3;
	up(NULL);
	assert_in_log("Skipping disabled node 0\n");
	assert_in_log("Node 0 already present, skipping\n");
	assert_in_log("Ignoring excess node 5 (1000003:13f0005)\n");
	assert_in_log("Empty node 1\n");
	assert_in_log("Node 2 bogus settings 280000000-240000000.\n");
	assert_in_log("Skipping node entry 6 (base 3)\n");
	assert_int_equal(num_online_nodes(), 1);
	assert_not_in_log("No NUMA configuration found");
}

static void ram_outside_of_all_ranges_makes_one_node(void **state)
{
	(void)state;
	northbridge(FAMILY_0F, 2);
	dram(0, 0, 0x80000000, 0);
	dram(1, 0x140000000, 0x240000000, 1);
	expect_one_node("NUMA: nodes only cover ");
}

static void numa_off_does_not_look(void **state)
{
	(void)state;
	northbridge(FAMILY_0F, 2);
	dram(0, 0, 0x140000000, 0);
	dram(1, 0x140000000, 0x240000000, 1);
	up("numa=off");
	assert_not_in_log("Northbridge");
}

static void srat_goes_before(void **state)
{
	struct e820_entry with_acpi[] = {map[0], map[1], map[2], map[2]};
	struct firmware fw = {.next = 0xc0000000};
	struct boot_info *info;
	struct bytes srat;

	(void)state;
	with_acpi[3] =
		(struct e820_entry){.addr = 0xc0000000, .size = 0x10000, .type = E820_TYPE_ACPI};
	northbridge(FAMILY_0F, 2);
	dram(0, 0, 0x140000000, 0);
	dram(1, 0x140000000, 0x240000000, 1);
	info = acpi_machine(with_acpi, 4, NULL);
	host_pci_read32 = read_config;
	begin_srat(&srat, 1);
	srat_memory(&srat, 0, 0, 0x240000000, ENABLED);
	end_table(&srat);
	place(&fw, &srat);
	info->rsdp = place_xsdt_and_rsdp(&fw);
	bring_up(info);
	assert_not_in_log("Northbridge");
	assert_int_equal(num_online_nodes(), 1);
}

static void any_registers_lose_no_ram(void **state)
{
	(void)state;
	host_test_seed("any_registers_lose_no_ram");
	for (int run = 0; run < 300; run++) {
		northbridge(FAMILY_0F, (unsigned int)(1 + arch_random() % 8));
		dram(0, 0, 0x140000000, 0);
		dram(1, 0x140000000, 0x240000000, 1);
		for (u64 i = arch_random() % 4; i > 0; i--) {
			nb.base[arch_random() % 8] = (u32)arch_random() & 0x3ff0003;
			nb.limit[arch_random() % 8] = (u32)arch_random() & 0x3ff0707;
		}
		up(NULL);
		host_machine_exit();
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, machine_down)
	const struct CMUnitTest tests[] = {
		TEST(nodes_are_as_the_registers_say),
		TEST(family_10_is_known_too),
		TEST(cpus_are_counted_from_the_one_that_boots),
		TEST(a_node_past_the_end_of_ram_is_cut),
		TEST(another_chipset_has_no_nodes),
		TEST(one_node_is_no_numa),
		TEST(interleaved_memory_is_refused),
		TEST(nodes_out_of_order_are_refused),
		TEST(registers_that_make_no_range_are_skipped),
		TEST(ram_outside_of_all_ranges_makes_one_node),
		TEST(numa_off_does_not_look),
		TEST(srat_goes_before),
		TEST(any_registers_lose_no_ram),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
