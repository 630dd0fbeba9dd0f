/* SPDX-License-Identifier: MIT */
/* MADT: which CPUs there are, and nodes that have nothing but a CPU that is not there. */
#include "acpi_machine.h"

#include <linux/errno.h>

static struct bytes table;
static struct madt_cpu cpus[16];
static int nr_cpus;

static int collect(const struct madt_cpu *cpu, void *arg)
{
	(void)arg;
	assert_true(nr_cpus < 16);
	cpus[nr_cpus++] = *cpu;
	return 0;
}

static int parse(void)
{
	nr_cpus = 0;
	host_log_clear();
	return madt_for_each_cpu(table.at, table.len, collect, NULL);
}

static void cpus_are_read_and_other_entries_passed_over(void **state)
{
	(void)state;
	begin_madt(&table);
	madt_cpu(&table, 1, 2, 1);
	put(&table, 0x0c01, 2); /* an I/O APIC */
	put(&table, 0, 10);
	madt_cpu(&table, 3, 4, 2);
	madt_x2apic(&table, 500, 0x1234, 3);
	assert_int_equal(parse(), 0);
	assert_int_equal(nr_cpus, 3);
	assert_true(cpus[0].apic_id == 2 && cpus[0].uid == 1 && cpus[0].enabled);
	assert_true(cpus[1].apic_id == 4 && !cpus[1].enabled && cpus[1].online_capable);
	assert_true(cpus[2].apic_id == 0x1234 && cpus[2].uid == 500 && cpus[2].enabled);
}

static void ids_that_stand_for_no_cpu_are_passed_over(void **state)
{
	(void)state;
	begin_madt(&table);
	madt_cpu(&table, 1, 0xff, 1);
	madt_x2apic(&table, 1, 0xffffffff, 1);
	assert_int_equal(parse(), 0);
	assert_int_equal(nr_cpus, 0);
}

static void entries_that_cannot_be_stop_with_a_message(void **state)
{
	(void)state;
	begin_madt(&table);
	table.len--;
	assert_int_equal(parse(), -EINVAL);
	begin_madt(&table);
	put(&table, 0, 12); /* length 0 */
	assert_int_equal(parse(), -EINVAL);
	begin_madt(&table);
	madt_cpu(&table, 1, 1, 1);
	table.at[45] = 7;
	assert_int_equal(parse(), -EINVAL);
	begin_madt(&table);
	madt_cpu(&table, 1, 1, 1);
	table.len--;
	assert_int_equal(parse(), -EINVAL);
	assert_in_log("ACPI: APIC: entry of type 0x00 and 8 bytes where 7 are left\n");
}

static int ignore(const struct madt_cpu *cpu, void *arg)
{
	(void)cpu;
	(void)arg;
	return 0;
}

static void any_bytes_can_be_parsed(void **state)
{
	(void)state;
	host_test_seed("any_bytes_can_be_parsed");
	for (int run = 0; run < 5000; run++) {
		size_t len;
		u8 *bytes;

		begin_madt(&table);
		while (table.len < 120)
			put(&table, arch_random() % 17, 1);
		len = arch_random() % 121;
		bytes = malloc(len + !len);
		memcpy(bytes, table.at, len);
		madt_for_each_cpu(bytes, len, ignore, NULL);
		free(bytes);
		host_log_clear();
	}
}

/* Node 1 has no memory, and the CPU with APIC id 1. */
static void up(bool with_madt, u32 flags)
{
	static const struct e820_entry map[] = {
		{.addr = 0, .size = SZ_1G, .type = E820_TYPE_RAM},
		{.addr = SZ_1G, .size = SZ_1M, .type = E820_TYPE_ACPI},
		{.addr = SZ_1G + SZ_1M, .size = SZ_1M, .type = E820_TYPE_RAM},
	};
	struct boot_info *info = acpi_machine(map, ARRAY_SIZE(map), NULL);
	struct firmware fw = {.next = SZ_1G};

	begin_srat(&table, 1);
	srat_cpu(&table, 0, 0, ENABLED);
	srat_cpu(&table, 1, 1, ENABLED);
	srat_memory(&table, 0, 0, SZ_2G, ENABLED);
	end_table(&table);
	place(&fw, &table);
	if (with_madt) {
		begin_madt(&table);
		madt_cpu(&table, 0, 0, 1);
		madt_cpu(&table, 1, 1, flags);
		end_table(&table);
		place(&fw, &table);
	}
	info->rsdp = place_xsdt_and_rsdp(&fw);
	bring_up(info);
	assert_no_ram_is_lost();
}

static void a_node_with_a_cpu_alone_is_online(void **state)
{
	(void)state;
	up(true, 1);
	assert_true(node_online(1));
	assert_true(node_state(1, N_CPU));
	assert_in_log("Built 2 zonelists");
	host_machine_exit();
	up(false, 0);
	assert_true(node_online(1));
}

static void a_node_whose_cpu_is_not_there_stays_offline(void **state)
{
	(void)state;
	up(true, 2);
	assert_in_log("SRAT: PXM 1 -> APIC 0x01 -> Node 1\n");
	assert_in_log("Initmem setup node 1 as memoryless\n");
	assert_false(node_online(1));
	assert_false(node_state(1, N_CPU));
	assert_in_log("Built 1 zonelists");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, machine_down)
	const struct CMUnitTest tests[] = {
		TEST(cpus_are_read_and_other_entries_passed_over),
		TEST(ids_that_stand_for_no_cpu_are_passed_over),
		TEST(entries_that_cannot_be_stop_with_a_message),
		TEST(any_bytes_can_be_parsed),
		TEST(a_node_with_a_cpu_alone_is_online),
		TEST(a_node_whose_cpu_is_not_there_stays_offline),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
