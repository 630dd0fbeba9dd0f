/* SPDX-License-Identifier: MIT */
/* Which CPUs the MADT makes, their numbers and nodes, options, and CPUs that do not start. */
#include "acpi_machine.h"

#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/smp.h>
#include <linux/topology.h>

#include "../../mm/cpus.h"

static struct bytes table;

/* The MADT's CPUs, in its order: APIC ids and flags. */
struct listed {
	u32 apicid;
	u32 flags;
	bool x2apic;
};

static struct boot_info *machine(const struct listed *cpus, size_t nr, const char *options)
{
	static const struct e820_entry map[] = {
		{.addr = 0, .size = SZ_1G, .type = E820_TYPE_RAM},
		{.addr = SZ_1G, .size = SZ_1M, .type = E820_TYPE_ACPI},
		{.addr = SZ_1G + SZ_1M, .size = SZ_1G, .type = E820_TYPE_RAM},
	};
	struct boot_info *info;
	struct firmware fw = {.next = SZ_1G};

	cpus_reset();
	info = acpi_machine(map, ARRAY_SIZE(map), options);
	begin_srat(&table, 1);
	for (u8 id = 0; id < 8; id++)
		srat_cpu(&table, id & 1, id, ENABLED);
	srat_memory(&table, 0, 0, SZ_1G, ENABLED);
	srat_memory(&table, 1, SZ_1G + SZ_1M, SZ_2G + SZ_1M, ENABLED);
	end_table(&table);
	place(&fw, &table);
	begin_madt(&table);
	for (size_t i = 0; i < nr; i++)
		if (cpus[i].x2apic)
			madt_x2apic(&table, (u32)i, cpus[i].apicid, cpus[i].flags);
		else
			madt_cpu(&table, (u8)i, (u8)cpus[i].apicid, cpus[i].flags);
	end_table(&table);
	place(&fw, &table);
	info->rsdp = place_xsdt_and_rsdp(&fw);
	return info;
}

static void up(const struct listed *cpus, size_t nr, const char *options)
{
	bring_up(machine(cpus, nr, options));
}

static int down(void **state)
{
	(void)state;
	host_cpus_stop();
	memset(host_cpu_start_error, 0, NR_CPUS * sizeof(*host_cpu_start_error));
	mm_reset();
	host_machine_exit();
	return 0;
}

static u32 apicid_of(unsigned int cpu)
{
	u32 apicid = ~0U;

	assert_true(cpu_apicid(cpu, &apicid));
	return apicid;
}

/* ---- Numbers ------------------------------------------------------------------------ */

static void the_boot_cpu_is_first_and_others_follow_the_table(void **state)
{
	const struct listed cpus[] = {{4, 1, false}, {2, 1, false}, {0, 1, false}, {6, 1, false}};
	u32 apicid;

	(void)state;
	up(cpus, 4, NULL);
	assert_int_equal(nr_cpu_ids, 4);
	assert_int_equal(apicid_of(0), 0);
	assert_int_equal(apicid_of(1), 4);
	assert_int_equal(apicid_of(2), 2);
	assert_int_equal(apicid_of(3), 6);
	assert_false(cpu_apicid(4, &apicid));
	assert_in_log("smpboot: Allowing 4 CPUs, 0 hotplug CPUs\n");
}

static void what_cannot_be_started_gets_no_number(void **state)
{
	const struct listed cpus[] = {
		{0, 1, false}, {1, 0, false}, {2, 2, false}, {3, 1, false}, {0x7000, 1, true}};

	(void)state;
	up(cpus, 5, NULL);
	assert_int_equal(nr_cpu_ids, 3);
	assert_int_equal(apicid_of(1), 3);
	assert_int_equal(apicid_of(2), 0x7000);
	assert_in_log("smpboot: Allowing 4 CPUs, 1 hotplug CPUs\n");
}

static void a_cpu_that_is_listed_twice_is_one(void **state)
{
	const struct listed cpus[] = {
		{0, 1, false}, {1, 1, false}, {0, 1, true}, {1, 1, true}, {300, 1, true}};

	(void)state;
	up(cpus, 5, NULL);
	assert_int_equal(nr_cpu_ids, 3);
	assert_int_equal(apicid_of(2), 300);
}

static void cpus_are_on_the_nodes_that_srat_says(void **state)
{
	const struct listed cpus[] = {
		{0, 1, false}, {2, 1, false}, {3, 1, false}, {1, 1, false}, {200, 1, false}};

	(void)state;
	up(cpus, 5, NULL);
	assert_int_equal(cpu_to_node(0), 0);
	assert_int_equal(cpu_to_node(1), 0);
	assert_int_equal(cpu_to_node(2), 1);
	assert_int_equal(cpu_to_node(3), 1);
	/* Nobody placed it. */
	assert_true(node_online(cpu_to_node(4)));
}

static void more_cpus_than_tables_have_room_for_are_named(void **state)
{
	struct listed cpus[NR_CPUS + 2];
	char line[100];

	(void)state;
	for (u32 i = 0; i < NR_CPUS + 2; i++)
		cpus[i] = (struct listed){2 * i, 1, true};
	up(cpus, NR_CPUS + 2, NULL);
	assert_int_equal(nr_cpu_ids, NR_CPUS);
	for (u32 i = NR_CPUS; i < NR_CPUS + 2; i++) {
		snprintf(line, sizeof(line),
			 "APIC: NR_CPUS/possible_cpus limit of %d reached. Processor %u/0x%x "
			 "ignored.\n",
			 NR_CPUS, i, 2 * i);
		assert_in_log(line);
	}
}

/* ---- Options -------------------------------------------------------------------------- */

static const struct listed eight[] = {{0, 1, false}, {1, 1, false}, {2, 1, false}, {3, 1, false},
				      {4, 1, false}, {5, 1, false}, {6, 1, false}, {7, 1, false}};

static void options_leave_cpus_out(void **state)
{
	static const struct {
		const char *options;
		unsigned int cpus;
		const char *line;
	} rows[] = {
		{"nosmp", 1, "smpboot: 8 Processors exceeds max_cpus limit of 1\n"},
		{"maxcpus=0", 1, "smpboot: Allowing 1 CPUs, 0 hotplug CPUs\n"},
		{"maxcpus=3", 3, "smpboot: 8 Processors exceeds max_cpus limit of 3\n"},
		{"maxcpus=100", 8, "smpboot: Allowing 8 CPUs, 0 hotplug CPUs\n"},
		{"nr_cpus=6", 6,
		 "APIC: NR_CPUS/possible_cpus limit of 6 reached. Processor 7/0x7 ignored.\n"},
		{"nr_cpus=6 maxcpus=2", 2, "smpboot: 6 Processors exceeds max_cpus limit of 2\n"},
		{"nr_cpus=0", 8, "Malformed option 'nr_cpus=0'"},
		{"nosmp=1", 8, "Malformed option 'nosmp=1'"},
		{"maxcpus=-1", 8, "Malformed option 'maxcpus=-1'"},
		{"maxcpus", 8, "Malformed option 'maxcpus'"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		up(eight, 8, rows[i].options);
		assert_int_equal(nr_cpu_ids, rows[i].cpus);
		assert_in_log(rows[i].line);
		down(state);
	}
}

/* ---- Starting ---------------------------------------------------------------------------- */

static void all_cpus_start_and_are_announced_by_node(void **state)
{
	const struct listed cpus[] = {{0, 1, false}, {2, 1, false}, {1, 1, false}, {3, 1, false}};

	(void)state;
	up(cpus, 4, NULL);
	smp_init();
	assert_int_equal(num_online_cpus(), 4);
	assert_true(cpu_online(3) && !cpu_online(4));
	assert_in_log("smp: Bringing up secondary CPUs ...\n");
	assert_in_log("x86: Booting SMP configuration:\n");
	assert_in_log(".... node  #0, CPUs:      #1\n");
	assert_in_log(".... node  #1, CPUs:   #2 #3\n");
	assert_in_log("smp: Brought up 2 nodes, 4 CPUs\n");
}

/* The last one of each node; CPU 0 goes its own way. */
static void kswapd_has_a_cpu_of_each_node(void **state)
{
	(void)state;
	up(eight, 8, NULL);
	smp_init();
	assert_in_log("kswapd0, kcompactd0: on CPU#6\n");
	assert_in_log("kswapd1, kcompactd1: on CPU#7\n");
	assert_int_equal(NODE_DATA(0)->kswapd.cpu, 6);
	assert_int_equal(NODE_DATA(0)->kcompactd.cpu, 6);
	assert_int_equal(NODE_DATA(1)->kswapd.cpu, 7);
	assert_int_equal(NODE_DATA(1)->kcompactd.cpu, 7);
}

static void a_node_with_the_boot_cpu_alone_has_one_of_another_node(void **state)
{
	(void)state;
	up(eight, 8, NULL);
	for (unsigned int cpu = 2; cpu < 8; cpu += 2)
		host_cpu_start_error[cpu] = -ETIMEDOUT;
	smp_init();
	assert_int_equal(NODE_DATA(0)->kswapd.cpu, 7);
	assert_int_equal(NODE_DATA(1)->kswapd.cpu, 7);
}

static void a_cpu_that_does_not_answer_is_named_and_left_out(void **state)
{
	(void)state;
	up(eight, 8, NULL);
	host_cpu_start_error[3] = -ETIMEDOUT;
	host_cpu_start_error[5] = -ENOMEM;
	smp_init();
	assert_int_equal(num_online_cpus(), 6);
	assert_false(cpu_online(3) || cpu_online(5));
	assert_in_log("smpboot: CPU3 (APIC id 0x3) does not run: error -110, it is left out\n");
	assert_in_log("smpboot: CPU5 (APIC id 0x5) does not run: error -12, it is left out\n");
	assert_in_log("smp: Brought up 2 nodes, 6 CPUs\n");
	assert_int_equal(smp_call_function_single(3, NULL, NULL, 1), -ENXIO);
}

static void one_cpu_brings_up_nobody(void **state)
{
	(void)state;
	up(eight, 8, "nosmp");
	smp_init();
	assert_int_equal(num_online_cpus(), 1);
	assert_not_in_log("x86: Booting SMP configuration");
	assert_in_log("smp: Brought up 1 node, 1 CPU\n");
}

#define test(fn) cmocka_unit_test_teardown(fn, down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(the_boot_cpu_is_first_and_others_follow_the_table),
		test(what_cannot_be_started_gets_no_number),
		test(a_cpu_that_is_listed_twice_is_one),
		test(cpus_are_on_the_nodes_that_srat_says),
		test(more_cpus_than_tables_have_room_for_are_named),
		cmocka_unit_test(options_leave_cpus_out),
		test(all_cpus_start_and_are_announced_by_node),
		test(kswapd_has_a_cpu_of_each_node),
		test(a_node_with_the_boot_cpu_alone_has_one_of_another_node),
		test(a_cpu_that_does_not_answer_is_named_and_left_out),
		test(one_cpu_brings_up_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
