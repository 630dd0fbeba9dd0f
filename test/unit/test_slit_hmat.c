/* SPDX-License-Identifier: MIT */
/*
 * SLIT: which tables are believed, and what the distances then are. HMAT: values in
 * both revisions' units, and which of them becomes a node's.
 */
#include "acpi_machine.h"

#include <linux/errno.h>
#include <linux/node.h>

static struct bytes table;

/* ---- SLIT -------------------------------------------------------------------------- */

static int parse_slit(void)
{
	const u8 *distances;

	host_log_clear();
	return slit_parse(table.at, table.len, &distances);
}

static void a_slit_that_keeps_the_rules_is_read(void **state)
{
	static const u8 good[] = {10, 21, 255, 11, 10, 16, 12, 30, 10}; /* not symmetrical */
	const u8 *distances;

	(void)state;
	make_slit(&table, good, 3);
	assert_int_equal(slit_parse(table.at, table.len, &distances), 3);
	assert_memory_equal(distances, good, 9);
}

static void a_slit_that_breaks_a_rule_is_not_used(void **state)
{
	static const u8 bad[][4] = {{10, 21, 21, 11},
				    {10, 10, 21, 10},
				    {10, 21, 9, 10},
				    {0, 21, 21, 10},
				    {10, 0, 0, 10}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		make_slit(&table, bad[i], 2);
		assert_int_equal(parse_slit(), -EINVAL);
		assert_in_log("ACPI: SLIT table looks invalid. Not used.\n");
	}
}

static void a_slit_that_is_cut_short_is_not_used(void **state)
{
	static const u8 good[] = {10, 21, 21, 10};

	(void)state;
	make_slit(&table, good, 2);
	table.len -= 1;
	assert_int_equal(parse_slit(), -EINVAL);
	assert_in_log("ACPI: SLIT table of 47 bytes is too short for 2 localities. Not used.\n");
	table.len = 43;
	assert_int_equal(parse_slit(), -EINVAL);
}

/* 2^32 squared is 0 in 64 bits, and 0 bytes are always there. */
static void absurd_numbers_of_localities_are_refused(void **state)
{
	static const u64 counts[] = {3, 4096, 1ULL << 32, 1ULL << 33, ~0ULL};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		begin_table(&table, "SLIT", 1);
		put(&table, counts[i], 8);
		put(&table, 0x0a15150a, 4);
		assert_int_equal(parse_slit(), -EINVAL);
	}
}

/* ---- HMAT -------------------------------------------------------------------------- */

static void hmat_proximity(u16 flags, u32 initiator, u32 target)
{
	put(&table, HMAT_PROXIMITY, 4);
	put(&table, 40, 4);
	put(&table, flags, 4);
	put(&table, initiator, 4);
	put(&table, target, 4);
	put(&table, 0, 8);
	put(&table, 0, 8);
	put(&table, 0, 4);
}

static u32 last_value;

static int first_value(const struct hmat_entry *entry, void *arg)
{
	(void)arg;
	last_value = entry->type == HMAT_LOCALITY ? hmat_value(entry, 0, 0) : 0;
	return 0;
}

static u32 value_of(u8 revision, u8 type, u64 base, u16 value)
{
	begin_hmat(&table, revision);
	hmat_locality(&table, 0, type, base, &value, 1);
	assert_int_equal(hmat_for_each(table.at, table.len, first_value, NULL), 0);
	return last_value;
}

static void values_are_converted_as_on_linux(void **state)
{
	(void)state;
	assert_int_equal(value_of(1, HMAT_READ_LATENCY, 10, 80), 80);
	assert_int_equal(value_of(1, HMAT_READ_LATENCY, 1, 81), 9);
	assert_int_equal(value_of(1, HMAT_READ_LATENCY, 1, 9), 0);
	assert_int_equal(value_of(1, HMAT_READ_BANDWIDTH, 100, 1000), 10000);
	assert_int_equal(value_of(2, HMAT_READ_LATENCY, 1000, 80), 80);
	assert_int_equal(value_of(2, HMAT_WRITE_LATENCY, 1, 1), 1);
	assert_int_equal(value_of(2, HMAT_READ_BANDWIDTH, 1000, 80), 80000);
	assert_int_equal(value_of(2, HMAT_READ_LATENCY, 1000, 0), 0);
	assert_int_equal(value_of(2, HMAT_READ_LATENCY, 1000, 0xffff), 0);
	assert_int_equal(value_of(2, HMAT_READ_LATENCY, 1ULL << 32, 2), 0);
	assert_int_equal(value_of(2, HMAT_READ_BANDWIDTH, 0xffffffff, 1), 0xffffffff);
}

static int count(const struct hmat_entry *entry, void *arg)
{
	(void)entry;
	++*(int *)arg;
	return 0;
}

static int parse_hmat(void)
{
	int entries = 0, err = hmat_for_each(table.at, table.len, count, &entries);

	return err ? err : entries;
}

static void the_log_is_linuxs(void **state)
{
	static const u16 values[] = {80, 120, 120, 80};

	(void)state;
	host_log_clear();
	begin_hmat(&table, 2);
	hmat_proximity(1, 0, 1);
	hmat_locality(&table, 0, HMAT_READ_LATENCY, 1000, values, 2);
	assert_int_equal(parse_hmat(), 2);
	assert_in_log("acpi/hmat: HMAT: Memory Flags:0001 Processor Domain:0 Memory Domain:1\n");
	assert_in_log("acpi/hmat: HMAT: Locality: Flags:00 Type:Read Latency Initiator Domains:2 "
		      "Target Domains:2 Base:1000\n");
	assert_in_log("acpi/hmat:   Initiator-Target[1-0]:120 nsec\n");
}

static void structures_that_cannot_be_are_refused(void **state)
{
	static const u16 value = 80;
	size_t good;

	(void)state;
	begin_hmat(&table, 3);
	assert_int_equal(parse_hmat(), -EINVAL);
	begin_hmat(&table, 2);
	table.len -= 1;
	assert_int_equal(parse_hmat(), -EINVAL);
	begin_hmat(&table, 2);
	put(&table, HMAT_CACHE, 4);
	put(&table, 0, 4); /* length 0 */
	assert_int_equal(parse_hmat(), -EINVAL);
	begin_hmat(&table, 2);
	put(&table, HMAT_CACHE, 4);
	put(&table, 33, 4); /* more than there is */
	put(&table, 0, 24);
	assert_int_equal(parse_hmat(), -EINVAL);
	begin_hmat(&table, 2);
	hmat_locality(&table, 0, HMAT_READ_LATENCY, 1, &value, 1);
	good = table.len;
	table.at[40 + 12] = 2; /* initiators for which there are no values */
	assert_int_equal(parse_hmat(), -EINVAL);
	memset(&table.at[40 + 12], 0xff, 8); /* the product would wrap */
	assert_int_equal(parse_hmat(), -EINVAL);
	table.len = good - 1;
	assert_int_equal(parse_hmat(), -EINVAL);
}

static void unknown_structures_are_skipped(void **state)
{
	static const u16 value = 80;

	(void)state;
	begin_hmat(&table, 2);
	put(&table, 9, 4);
	put(&table, 12, 4);
	put(&table, 0, 4);
	hmat_locality(&table, 0, HMAT_READ_LATENCY, 1, &value, 1);
	assert_int_equal(parse_hmat(), 1);
}

static void any_bytes_can_be_parsed(void **state)
{
	static const u16 values[] = {1, 2, 3, 4};

	(void)state;
	host_test_seed("any_bytes_can_be_parsed");
	for (int run = 0; run < 5000; run++) {
		size_t len;
		u8 *bytes;

		begin_hmat(&table, (u8)(1 + arch_random() % 2));
		hmat_proximity(1, 0, 0);
		hmat_locality(&table, 0, (u8)(arch_random() % 8), arch_random() % 5000, values, 2);
		for (u64 i = arch_random() % 5; i > 0; i--)
			table.at[arch_random() % table.len] = (u8)arch_random();
		len = arch_random() % 2 ? table.len : arch_random() % (table.len + 1);
		bytes = malloc(len + !len);
		memcpy(bytes, table.at, len);
		hmat_for_each(bytes, len, first_value, NULL);
		slit_parse(bytes, len, &(const u8 *){NULL});
		free(bytes);
		host_log_clear();
	}
}

/* ---- Machines --------------------------------------------------------------------- */

/* 2 GB on node 0, 1 GB on node 1, CPUs on node 0 and, with @cpus 2, on node 1. */
static void up(const struct bytes *slit, const struct bytes *hmat, int cpus, const char *options)
{
	static const struct e820_entry map[] = {
		{.addr = 0, .size = 0xa0000, .type = E820_TYPE_RAM},
		{.addr = SZ_1M, .size = SZ_2G - SZ_1M - SZ_1M, .type = E820_TYPE_RAM},
		{.addr = SZ_2G - SZ_1M, .size = SZ_1M, .type = E820_TYPE_ACPI},
		{.addr = SZ_4G, .size = SZ_1G, .type = E820_TYPE_RAM},
	};
	struct boot_info *info = acpi_machine(map, ARRAY_SIZE(map), options);
	struct firmware fw = {.next = SZ_2G - SZ_1M};
	struct bytes srat;

	begin_srat(&srat, 1);
	srat_cpu(&srat, 0, 0, ENABLED);
	if (cpus == 2)
		srat_cpu(&srat, 1, 1, ENABLED);
	srat_memory(&srat, 0, 0, SZ_2G, ENABLED);
	srat_memory(&srat, 1, SZ_4G, SZ_4G + SZ_1G, ENABLED);
	end_table(&srat);
	place(&fw, &srat);
	if (slit)
		place(&fw, slit);
	if (hmat)
		place(&fw, hmat);
	info->rsdp = place_xsdt_and_rsdp(&fw);
	bring_up(info);
}

static void a_slit_that_is_not_used_leaves_the_defaults(void **state)
{
	static const u8 bad[] = {10, 21, 21, 11};

	(void)state;
	make_slit(&table, bad, 2);
	up(&table, NULL, 2, NULL);
	assert_int_equal(node_distance(0, 0), LOCAL_DISTANCE);
	assert_int_equal(node_distance(0, 1), REMOTE_DISTANCE);
	assert_not_in_log("Initialized distance table");
	assert_in_log("Built 2 zonelists");
}

static void localities_without_a_node_are_left_out(void **state)
{
	static const u8 three[] = {10, 17, 40, 17, 10, 40, 40, 40, 10};

	(void)state;
	make_slit(&table, three, 3);
	up(&table, NULL, 2, NULL);
	assert_in_log("NUMA: Initialized distance table, cnt=2\n");
	assert_int_equal(node_distance(1, 0), 17);
}

/* Rows are initiators. */
static const u16 latencies[] = {80, 140, 150, 90};
static const u16 bandwidths[] = {400, 100, 100, 300};

static void local_initiators_decide(void **state)
{
	struct node_hmem_attrs attrs;

	(void)state;
	begin_hmat(&table, 2);
	hmat_proximity(1, 0, 1); /* node 1's memory is attached to node 0 */
	hmat_locality(&table, 0, HMAT_ACCESS_LATENCY, 1000, latencies, 2);
	hmat_locality(&table, 0, HMAT_READ_BANDWIDTH, 100, bandwidths, 2);
	end_table(&table);
	up(NULL, &table, 2, NULL);
	assert_int_equal(node_get_perf_attrs(1, 0, &attrs), 0);
	assert_int_equal(attrs.read_latency, 140);
	assert_int_equal(attrs.write_latency, 140);
	assert_int_equal(attrs.read_bandwidth, 10000);
	assert_int_equal(attrs.write_bandwidth, 0);
}

static void without_a_local_initiator_the_best_decides(void **state)
{
	struct node_hmem_attrs attrs;

	(void)state;
	begin_hmat(&table, 2);
	hmat_locality(&table, 0, HMAT_READ_LATENCY, 1000, latencies, 2);
	hmat_locality(&table, 0, HMAT_ACCESS_BANDWIDTH, 100, bandwidths, 2);
	end_table(&table);
	up(NULL, &table, 2, NULL);
	assert_int_equal(node_get_perf_attrs(0, 0, &attrs), 0);
	assert_int_equal(attrs.read_latency, 80);
	assert_int_equal(attrs.read_bandwidth, 40000);
	assert_int_equal(node_get_perf_attrs(1, 0, &attrs), 0);
	assert_int_equal(attrs.read_latency, 90);
	assert_int_equal(attrs.write_latency, 0);
	assert_int_equal(attrs.write_bandwidth, 30000);
	assert_int_equal(node_get_perf_attrs(1, 2, &attrs), -ENOENT);
	assert_int_equal(node_get_perf_attrs(2, 0, &attrs), -ENOENT);
}

static void class_1_counts_cpus_only(void **state)
{
	struct node_hmem_attrs attrs;

	(void)state;
	begin_hmat(&table, 2);
	hmat_locality(&table, 0, HMAT_READ_LATENCY, 1000, latencies, 2);
	end_table(&table);
	up(NULL, &table, 1, NULL); /* node 1 has no CPU */
	assert_int_equal(node_get_perf_attrs(1, 0, &attrs), 0);
	assert_int_equal(attrs.read_latency, 90);
	assert_int_equal(node_get_perf_attrs(1, 1, &attrs), 0);
	assert_int_equal(attrs.read_latency, 140);
}

static void caches_are_not_the_memorys_speed(void **state)
{
	struct node_hmem_attrs attrs;

	(void)state;
	begin_hmat(&table, 2);
	hmat_locality(&table, 1, HMAT_READ_LATENCY, 1000, latencies, 2);
	end_table(&table);
	up(NULL, &table, 2, NULL);
	assert_int_equal(node_get_perf_attrs(0, 0, &attrs), 0);
	assert_int_equal(attrs.read_latency, 0);
}

static void a_bad_hmat_or_numa_nohmat_leaves_no_values(void **state)
{
	struct node_hmem_attrs attrs;

	(void)state;
	begin_hmat(&table, 2);
	hmat_locality(&table, 0, HMAT_READ_LATENCY, 1000, latencies, 2);
	hmat_proximity(1, 0, 5); /* no such domain */
	end_table(&table);
	up(NULL, &table, 2, NULL);
	assert_in_log("acpi/hmat: HMAT: Memory Domain 5 missing from SRAT\n");
	assert_in_log("acpi/hmat: HMAT: Ignoring: Invalid table\n");
	assert_int_equal(node_get_perf_attrs(0, 0, &attrs), -ENOENT);
	host_machine_exit();
	begin_hmat(&table, 2);
	hmat_locality(&table, 0, HMAT_READ_LATENCY, 1000, latencies, 2);
	end_table(&table);
	up(NULL, &table, 2, "numa=nohmat");
	assert_not_in_log("acpi/hmat");
	assert_int_equal(node_get_perf_attrs(0, 0, &attrs), -ENOENT);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, machine_down)
	const struct CMUnitTest tests[] = {
		TEST(a_slit_that_keeps_the_rules_is_read),
		TEST(a_slit_that_breaks_a_rule_is_not_used),
		TEST(a_slit_that_is_cut_short_is_not_used),
		TEST(absurd_numbers_of_localities_are_refused),
		TEST(values_are_converted_as_on_linux),
		TEST(the_log_is_linuxs),
		TEST(structures_that_cannot_be_are_refused),
		TEST(unknown_structures_are_skipped),
		TEST(any_bytes_can_be_parsed),
		TEST(a_slit_that_is_not_used_leaves_the_defaults),
		TEST(localities_without_a_node_are_left_out),
		TEST(local_initiators_decide),
		TEST(without_a_local_initiator_the_best_decides),
		TEST(class_1_counts_cpus_only),
		TEST(caches_are_not_the_memorys_speed),
		TEST(a_bad_hmat_or_numa_nohmat_leaves_no_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
