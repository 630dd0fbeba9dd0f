/* SPDX-License-Identifier: MIT */
/* What is measured on several CPUs and nodes: bench=scaling, numa_bench=on. */
#include "acpi_machine.h"

#include <linux/cpumask.h>
#include <linux/node.h>
#include <linux/smp.h>
#include <baremm/bench.h>

static struct bytes table;

/* Two nodes of 128 MB, with one and two CPUs, 17 apart. */
static struct boot_info *machine(const char *options)
{
	static const struct e820_entry map[] = {
		{.addr = 0, .size = 0xa0000, .type = E820_TYPE_RAM},
		{.addr = SZ_1M, .size = SZ_128M - SZ_2M, .type = E820_TYPE_RAM},
		{.addr = SZ_128M - SZ_1M, .size = SZ_1M, .type = E820_TYPE_ACPI},
		{.addr = SZ_128M, .size = SZ_128M, .type = E820_TYPE_RAM},
	};
	static const u8 distances[] = {10, 17, 17, 10};
	static const u16 latencies[] = {80, 140, 150, 90};
	struct firmware fw = {.next = SZ_128M - SZ_1M};
	struct boot_info *info = acpi_machine(map, ARRAY_SIZE(map), options);

	begin_srat(&table, 1);
	for (u8 id = 0; id < 3; id++)
		srat_cpu(&table, id != 0, id, ENABLED);
	srat_memory(&table, 0, 0, SZ_128M, ENABLED);
	srat_memory(&table, 1, SZ_128M, SZ_256M, ENABLED);
	end_table(&table);
	place(&fw, &table);
	begin_madt(&table);
	for (u8 id = 0; id < 3; id++)
		madt_cpu(&table, id, id, 1);
	end_table(&table);
	place(&fw, &table);
	make_slit(&table, distances, 2);
	place(&fw, &table);
	begin_hmat(&table, 2);
	hmat_locality(&table, 0, HMAT_READ_LATENCY, 1000, latencies, 2);
	end_table(&table);
	place(&fw, &table);
	info->rsdp = place_xsdt_and_rsdp(&fw);
	return info;
}

static int down(void **state)
{
	(void)state;
	host_cpus_stop();
	mm_reset();
	assert_false(hmat_keep_pairs);
	host_machine_exit();
	return 0;
}

/* ---- bench=scaling ------------------------------------------------------------------- */

static void on_as_many_cpus_as_there_are_lists_of_their_own_take_no_lock(void **state)
{
	struct boot_info *info = machine("bench=scaling");

	(void)state;
	bring_up(info);
	smp_init();
	assert_int_equal(num_online_cpus(), 3);
	mm_bench(info);
	assert_in_log("bench page_pair_order0_cpus1 ");
	assert_in_log("bench page_pair_order0_cpus2 ");
	assert_not_in_log("_cpus4");
	assert_not_in_log("bench bringup");
	assert_in_log("bench page_pair_order0_cpus2_locks 0.00\n");
	assert_in_log("bench page_batch32_order0_cpus2_locks 0.00\n");
	assert_in_log("bench page_pair_order3_cpus2_locks 0.00\n");
	assert_in_log("bench kmalloc_batch32_64_cpus2_locks 0.00\n");
	assert_in_log("bench cache_batch32_128_cpus2_locks 0.00\n");
	assert_in_log("bench page_pair_order10_cpus1_locks 2.00\n");
	assert_in_log("bench page_pair_order10_cpus1_spins 0.00\n");
	assert_int_equal(mm_verify_all(), 0);
}

static void an_operation_that_gets_no_memory_is_named(void **state)
{
	struct boot_info *info = machine("bench=scaling fail_page_alloc=1,100,0,-1 "
					 "fail_page_alloc.min-order=10 fail_page_alloc.verbose=0 "
					 "fail_page_alloc.ignore-gfp-wait=0");

	(void)state;
	bring_up(info);
	mm_bench(info);
	assert_in_log("bench: page_pair_order10 on 1 CPUs: no memory for ");
	assert_not_in_log("bench page_pair_order10_cpus1");
	assert_in_log("bench page_pair_order0_cpus1 ");
}

/* ---- numa_bench=on ------------------------------------------------------------------- */

static u64 now;

/* A look at it each 256 loads, or 32 KB. */
static u64 steady_clock(void)
{
	return now += 25600;
}

static void each_nodes_memory_is_measured_beside_what_is_claimed(void **state)
{
	struct boot_info *info = machine("numa_bench=on");

	(void)state;
	bring_up(info);
	host_clock = steady_clock;
	mm_bench(info);
	host_clock = NULL;
	assert_in_log("numa_bench: preparing up to 64 MB of each of 2 nodes\n");
	assert_in_log("numa_bench: 64 MB of node 1's memory are read\n");
	assert_in_log(
		"numa_bench: node 0: CPU#0 measured latency, 1 CPUs bandwidth (1 of 1 nodes)\n");
	assert_in_log("numa_bench: node                    0                    1\n");
	assert_in_log("numa_bench:    0      100.0 (10) [80]     100.0 (17) [140]\n");
	assert_in_log("numa_bench:    0             1280 [-]             1280 [-]\n");
	assert_not_in_log("numa_bench:    1");
	assert_true(now < 1000000000);
	assert_int_equal(mm_verify_all(), 0);
}

static void each_node_with_cpus_measures(void **state)
{
	struct boot_info *info = machine("numa_bench=on");

	(void)state;
	bring_up(info);
	smp_init();
	mm_bench(info);
	assert_in_log("numa_bench:    0 ");
	assert_in_log("numa_bench:    1 ");
	assert_in_log(
		"numa_bench: node 1: CPU#1 measured latency, 2 CPUs bandwidth (2 of 2 nodes)\n");
	assert_int_equal(mm_verify_all(), 0);
}

static void without_the_option_nothing_is_measured(void **state)
{
	struct boot_info *info = machine("numa_bench=off numa_bench=yes");

	(void)state;
	bring_up(info);
	mm_bench(info);
	assert_not_in_log("numa_bench: ");
	assert_in_log("Malformed option 'numa_bench=yes'");
}

#define test(fn) cmocka_unit_test_teardown(fn, down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(on_as_many_cpus_as_there_are_lists_of_their_own_take_no_lock),
		test(an_operation_that_gets_no_memory_is_named),
		test(each_nodes_memory_is_measured_beside_what_is_claimed),
		test(each_node_with_cpus_measures),
		test(without_the_option_nothing_is_measured),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
