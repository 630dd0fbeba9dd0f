/* SPDX-License-Identifier: MIT */
/*
 * numa=fake=: where nodes are cut, and what distances and CPUs they get. Expected
 * cuts are those that Linux 6.1 logged on the same machines.
 */
#include "acpi_machine.h"

static const struct e820_entry one_gb[] = {
	{.addr = 0, .size = 0x9fc00, .type = E820_TYPE_RAM},
	{.addr = SZ_1M, .size = 0x3ffdf000 - SZ_1M, .type = E820_TYPE_RAM},
};

/* 4 GB as QEMU's UEFI firmware lists them, but for its small holes below 9 MB. */
static const struct e820_entry four_gb[] = {
	{.addr = 0, .size = 0xa0000, .type = E820_TYPE_RAM},
	{.addr = 0x100000, .size = 0x700000, .type = E820_TYPE_RAM},
	{.addr = 0x808000, .size = 0x3000, .type = E820_TYPE_RAM},
	{.addr = 0x80c000, .size = 0x4000, .type = E820_TYPE_RAM},
	{.addr = 0x900000, .size = 0x7e5b7000, .type = E820_TYPE_RAM},
	{.addr = 0x7ef78000, .size = 0x975000, .type = E820_TYPE_RAM},
	{.addr = 0x7fb6d000, .size = 0x12000, .type = E820_TYPE_ACPI},
	{.addr = 0x7fbff000, .size = 0x359000, .type = E820_TYPE_RAM},
	{.addr = SZ_4G, .size = SZ_2G, .type = E820_TYPE_RAM},
};

static void up(const struct e820_entry *map, u32 nr, const char *options)
{
	bring_up(acpi_machine(map, nr, options));
	assert_no_ram_is_lost();
	assert_int_equal(mm_verify_all(), 0);
}

static void three_nodes_of_one_gb(void **state)
{
	(void)state;
	up(one_gb, 2, "numa=fake=3");
	assert_in_log("No NUMA configuration found\n");
	assert_in_log("Faking a node at [mem 0x0000000000000000-0x000000003ffdefff]\n");
	assert_in_log("Faking node 0 at [mem 0x0000000000000000-0x0000000015ffffff] (352MB)\n");
	assert_in_log("Faking node 1 at [mem 0x0000000016000000-0x0000000029ffffff] (320MB)\n");
	assert_in_log("Faking node 2 at [mem 0x000000002a000000-0x000000003ffdefff] (351MB)\n");
	assert_in_log("Fallback order for Node 1: 1 2 0 \n");
	assert_in_log("Built 3 zonelists");
}

static void nodes_of_256_mb(void **state)
{
	(void)state;
	up(one_gb, 2, "numa=fake=256M");
	assert_in_log("Faking node 0 at [mem 0x0000000000000000-0x0000000011ffffff] (288MB)\n");
	assert_in_log("Faking node 1 at [mem 0x0000000012000000-0x0000000021ffffff] (256MB)\n");
	assert_in_log("Faking node 2 at [mem 0x0000000022000000-0x000000003ffdefff] (479MB)\n");
	assert_int_equal(num_online_nodes(), 3);
}

/* What is left below 4 GB after 2 GB of RAM is no node: node 1 takes the hole. */
static void four_nodes_around_the_hole(void **state)
{
	(void)state;
	up(four_gb, ARRAY_SIZE(four_gb), "numa=fake=4 mminit_loglevel=4");
	assert_in_log("Faking node 0 at [mem 0x0000000000000000-0x000000003fffffff] (1024MB)\n");
	assert_in_log("Faking node 1 at [mem 0x0000000040000000-0x00000000ffffffff] (3072MB)\n");
	assert_in_log("Faking node 2 at [mem 0x0000000100000000-0x000000013fffffff] (1024MB)\n");
	assert_in_log("Faking node 3 at [mem 0x0000000140000000-0x000000017fffffff] (1024MB)\n");
	assert_in_log("NUMA: Initialized distance table, cnt=4\n");
	assert_in_log("Initmem setup node 1 [mem 0x0000000040000000-0x000000007ff57fff]\n");
	assert_in_log("On node 2, zone Normal: 168 pages in unavailable ranges\n");
	assert_in_log("Fallback order for Node 2: 2 3 0 1 \n");
	assert_int_equal(node_distance(0, 3), LOCAL_DISTANCE);
}

static void parts_of_equal_length(void **state)
{
	(void)state;
	up(one_gb, 2, "numa=fake=2U");
	assert_in_log("Faking node 0 at [mem 0x0000000000000000-0x000000001fffffff] (512MB)\n");
	assert_in_log("Faking node 1 at [mem 0x0000000020000000-0x000000003ffdefff] (511MB)\n");
	assert_int_equal(num_online_nodes(), 2);
}

static void distances_can_be_given(void **state)
{
	(void)state;
	up(one_gb, 2, "numa=fake=2:10,30,31,10");
	assert_int_equal(node_distance(0, 1), 30);
	assert_int_equal(node_distance(1, 0), 31);
	host_machine_exit();
	up(one_gb, 2, "numa=fake=2:11,30,rubbish"); /* what is wrong or missing is the default */
	assert_in_log("Warning: invalid distance parameter, from=0 to=0 distance=11\n");
	assert_int_equal(node_distance(0, 0), LOCAL_DISTANCE);
	assert_int_equal(node_distance(0, 1), 30);
	assert_int_equal(node_distance(1, 0), LOCAL_DISTANCE);
}

/* ---- On top of real nodes --------------------------------------------------------- */

/* 0 to 2 GB and 4 to 6 GB, with a CPU each, 21 apart. */
static void up_on_two_nodes(const char *options)
{
	static const u8 distances[] = {10, 21, 21, 10};
	struct boot_info *info = acpi_machine(four_gb, ARRAY_SIZE(four_gb), options);
	struct firmware fw = {.next = 0x7fb6d000};
	struct bytes table;

	begin_srat(&table, 1);
	srat_cpu(&table, 0, 0, ENABLED);
	srat_cpu(&table, 1, 1, ENABLED);
	srat_memory(&table, 0, 0, SZ_2G, ENABLED);
	srat_memory(&table, 1, SZ_4G, SZ_4G + SZ_2G, ENABLED);
	end_table(&table);
	place(&fw, &table);
	make_slit(&table, distances, 2);
	place(&fw, &table);
	info->rsdp = place_xsdt_and_rsdp(&fw);
	bring_up(info);
	assert_no_ram_is_lost();
	assert_int_equal(mm_verify_all(), 0);
}

static void fake_nodes_come_from_the_real_ones_in_turn(void **state)
{
	(void)state;
	up_on_two_nodes("numa=fake=4");
	assert_in_log("Faking node 0 at [mem 0x0000000000000000-0x000000003fffffff] (1024MB)\n");
	assert_in_log("Faking node 1 at [mem 0x0000000100000000-0x000000013fffffff] (1024MB)\n");
	assert_in_log("Faking node 2 at [mem 0x0000000040000000-0x000000007fffffff] (1024MB)\n");
	assert_in_log("Faking node 3 at [mem 0x0000000140000000-0x000000017fffffff] (1024MB)\n");
	assert_int_equal(node_distance(0, 2), 10);
	assert_int_equal(node_distance(0, 1), 21);
	assert_int_equal(node_distance(3, 2), 21);
	assert_int_equal(node_distance(3, 1), 10);
	assert_int_equal(apicid_to_node(0), 0);
	assert_int_equal(apicid_to_node(1), 1);
	assert_int_equal(num_online_nodes(), 4);
}

/* As Linux 6.1 logged it: node 0's upper range is cut first, for the SRAT names it first. */
static void ranges_are_cut_as_firmware_orders_them(void **state)
{
	struct boot_info *info = acpi_machine(four_gb, ARRAY_SIZE(four_gb), "numa=fake=2U");
	struct firmware fw = {.next = 0x7fb6d000};
	struct bytes table;

	(void)state;
	begin_srat(&table, 1);
	srat_memory(&table, 0, SZ_4G, SZ_4G + SZ_1G, ENABLED);
	srat_memory(&table, 1, SZ_4G + SZ_1G, SZ_4G + SZ_2G, ENABLED);
	srat_memory(&table, 1, SZ_1G, SZ_2G, ENABLED);
	srat_memory(&table, 0, 0, SZ_1G, ENABLED);
	end_table(&table);
	place(&fw, &table);
	info->rsdp = place_xsdt_and_rsdp(&fw);
	bring_up(info);
	assert_in_log("Faking node 0 at [mem 0x0000000100000000-0x000000011fffffff] (512MB)\n");
	assert_in_log("Faking node 1 at [mem 0x0000000120000000-0x000000013fffffff] (512MB)\n");
	assert_in_log("Faking node 2 at [mem 0x0000000000000000-0x000000001fffffff] (512MB)\n");
	assert_in_log("Faking node 3 at [mem 0x0000000020000000-0x000000003fffffff] (512MB)\n");
	assert_in_log("Faking node 4 at [mem 0x0000000140000000-0x000000015fffffff] (512MB)\n");
	assert_in_log("Faking node 6 at [mem 0x0000000040000000-0x000000005fffffff] (512MB)\n");
	assert_no_ram_is_lost();
	assert_int_equal(mm_verify_all(), 0);
}

/* The parts leave out 1 GB as their nodes did; Linux does not cut what comes instead. */
static void the_dummy_node_after_them_is_whole(void **state)
{
	struct boot_info *info = acpi_machine(four_gb, ARRAY_SIZE(four_gb), "numa=fake=4");
	struct firmware fw = {.next = 0x7fb6d000};
	struct bytes table;

	(void)state;
	begin_srat(&table, 1);
	srat_memory(&table, 0, 0, SZ_2G, ENABLED);
	srat_memory(&table, 1, SZ_4G, SZ_4G + SZ_1G, ENABLED);
	end_table(&table);
	place(&fw, &table);
	info->rsdp = place_xsdt_and_rsdp(&fw);
	bring_up(info);
	assert_in_log("Faking node 1 at ");
	assert_in_log(" e820 RAM. Not used.\n");
	assert_in_log("Faking a node at [mem 0x0000000000000000-0x000000017fffffff]\n");
	assert_in_log("Built 1 zonelists");
	assert_no_ram_is_lost();
	assert_int_equal(mm_verify_all(), 0);
}

static void each_real_node_is_cut_uniformly(void **state)
{
	(void)state;
	up_on_two_nodes("numa=fake=2U");
	assert_in_log("Faking node 1 at [mem 0x0000000040000000-0x000000007fffffff] (1024MB)\n");
	assert_in_log("Faking node 2 at [mem 0x0000000100000000-0x000000013fffffff] (1024MB)\n");
	assert_int_equal(node_distance(0, 1), 10);
	assert_int_equal(node_distance(1, 2), 21);
	assert_int_equal(apicid_to_node(1), 2);
	assert_int_equal(num_online_nodes(), 4);
}

/* ---- Wishes that cannot be met ------------------------------------------------------ */

static void what_cannot_be_done_leaves_the_real_nodes(void **state)
{
	static const char *const options[] = {"numa=fake=0",	 "numa=fake=",	 "numa=fake=x",
					      "numa=fake=0M",	 "numa=fake=0U", "numa=fake=999U",
					      "numa=fake=5000U", "numa=fake=200"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		up_on_two_nodes(options[i]);
		assert_in_log(" cannot be done, ignored\n");
		assert_int_equal(num_online_nodes(), 2);
		assert_int_equal(node_distance(0, 1), 21);
		assert_int_equal(apicid_to_node(1), 1);
		host_machine_exit();
	}
}

static void small_sizes_are_raised(void **state)
{
	(void)state;
	up(one_gb, 2, "numa=fake=1M");
	assert_in_log("Fake node size 1MB too small, increasing to 32MB\n");
	assert_int_equal(num_online_nodes(), 30); /* the first has two, the last the rest */
}

static void bad_values_are_malformed(void **state)
{
	char bad[] = "on", long_text[300];

	(void)state;
	acpi_machine(one_gb, 2, NULL);
	memset(long_text, '1', sizeof(long_text));
	memcpy(long_text, "fake=", 5);
	long_text[sizeof(long_text) - 1] = '\0';
	assert_int_not_equal(numa_parse_option(bad), 0);
	assert_int_not_equal(numa_parse_option(NULL), 0);
	assert_int_not_equal(numa_parse_option(long_text), 0);
	assert_int_not_equal(movable_node_parse_option(bad), 0);
	assert_null(numa_fake);
	assert_int_equal(movable_node_parse_option(NULL), 0);
	assert_true(movable_node_is_enabled());
}

static void any_split_loses_no_ram(void **state)
{
	(void)state;
	host_test_seed("any_split_loses_no_ram");
	for (int run = 0; run < 200; run++) {
		static const char *const units[] = {"", "M", "U"};
		char options[40];

		scnprintf(options, sizeof(options), "numa=fake=%llu%s", arch_random() % 1100,
			  units[arch_random() % 3]);
		if (arch_random() % 2)
			up_on_two_nodes(options);
		else
			up(four_gb, ARRAY_SIZE(four_gb), options);
		host_machine_exit();
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, machine_down)
	const struct CMUnitTest tests[] = {
		TEST(three_nodes_of_one_gb),
		TEST(nodes_of_256_mb),
		TEST(four_nodes_around_the_hole),
		TEST(parts_of_equal_length),
		TEST(distances_can_be_given),
		TEST(fake_nodes_come_from_the_real_ones_in_turn),
		TEST(ranges_are_cut_as_firmware_orders_them),
		TEST(the_dummy_node_after_them_is_whole),
		TEST(each_real_node_is_cut_uniformly),
		TEST(what_cannot_be_done_leaves_the_real_nodes),
		TEST(small_sizes_are_raised),
		TEST(bad_values_are_malformed),
		TEST(any_split_loses_no_ram),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
