/* SPDX-License-Identifier: MIT */
/* The local APICs' driver: modes, messages between CPUs, and what is refused. */
#include "apic_machine.h"

static const u32 small_ids[CPUS] = {0, 2, 4, 254};
static const u32 large_ids[CPUS] = {0, 255, 256, 0x12345678};
static const u64 all_xapic[CPUS] = {XAPIC, XAPIC, XAPIC, XAPIC};
static const u64 all_x2apic[CPUS] = {X2APIC, X2APIC, X2APIC, X2APIC};

static int end_machine(void **state)
{
	(void)state;
	host_set_cpu(0);
	host_clock = NULL;
	return 0;
}

static void assert_modes(const u64 *modes)
{
	for (unsigned int cpu = 0; cpu < CPUS; cpu++)
		assert_int_equal(bus.apics[cpu].base, modes[cpu] | (cpu ? 0 : BASE_BSP));
}

/* The last message, and whom it comes to: a bit for each CPU. */
static void assert_sent(u32 dest, u32 command, unsigned int cpus)
{
	const struct message *last = &bus.sent[bus.nr_sent - 1];
	unsigned int mask = 0;

	assert_int_not_equal(bus.nr_sent, 0);
	assert_int_equal(last->command, command);
	if (!(command & APIC_DEST_ALL_OTHERS))
		assert_int_equal(last->dest, dest);
	for (int cpu = 0; cpu < CPUS; cpu++)
		mask |= (unsigned int)comes_to(last, cpu) << cpu;
	assert_int_equal(mask, cpus);
}

/* ---- Modes --------------------------------------------------------------------------- */

static void xapic_stays_where_ids_have_room_in_it(void **state)
{
	(void)state;
	apic_machine(small_ids, all_xapic);
	apic_machine_up();
	assert_modes(all_xapic);
	for (unsigned int cpu = 0; cpu < CPUS; cpu++)
		assert_int_equal(bus.apics[cpu].base_writes, 0);
	assert_true(host_log_contains("APIC: xAPIC, id 0x0, version 0x14\n"));
}

static void x2apic_that_firmware_left_stays_and_needs_no_memory(void **state)
{
	(void)state;
	apic_machine(small_ids, all_x2apic);
	bus.map_error = -ENOMEM;
	apic_machine_up();
	assert_modes(all_x2apic);
	for (unsigned int cpu = 0; cpu < CPUS; cpu++)
		assert_int_equal(bus.apics[cpu].base_writes, 0);
	assert_true(host_log_contains("APIC: x2APIC, id 0x0, version 0x14\n"));
}

static void large_ids_raise_all_cpus(void **state)
{
	(void)state;
	apic_machine(large_ids, all_xapic);
	apic_machine_up();
	assert_modes(all_x2apic);
}

/* The highest id that xAPIC can name is 254: 255 is all CPUs. */
static void id_255_is_a_large_one(void **state)
{
	static const u32 ids[CPUS] = {0, 1, 2, 255};

	(void)state;
	apic_machine(ids, all_xapic);
	apic_machine_up();
	assert_modes(all_x2apic);
}

static void cpu_in_xapic_follows_the_boot_cpu_into_x2apic(void **state)
{
	static const u64 found[CPUS] = {X2APIC, XAPIC, OFF, X2APIC};

	(void)state;
	apic_machine(small_ids, found);
	apic_machine_up();
	assert_modes(all_x2apic);
}

static void cpu_in_x2apic_stays_there_beside_a_boot_cpu_in_xapic(void **state)
{
	static const u64 found[CPUS] = {XAPIC, XAPIC, X2APIC, OFF};
	static const u64 then[CPUS] = {XAPIC, XAPIC, X2APIC, XAPIC};

	(void)state;
	apic_machine(small_ids, found);
	apic_machine_up();
	assert_modes(then);
	assert_int_equal(bus.apics[2].base_writes, 0);
}

static void what_was_found_is_known_of_each_cpu(void **state)
{
	static const u64 found[CPUS] = {X2APIC, XAPIC, OFF, 0x80000000 | APIC_BASE_ENABLE};

	(void)state;
	apic_machine(small_ids, found);
	apic_machine_up();
	for (int cpu = 0; cpu < CPUS; cpu++) {
		host_set_cpu(cpu);
		assert_int_equal(apic_found(), found[cpu]);
	}
}

/* One mapping is for all CPUs. */
static void registers_that_are_elsewhere_are_moved(void **state)
{
	static const u64 found[CPUS] = {0x80000000 | APIC_BASE_ENABLE, XAPIC, OFF, X2APIC};
	static const u64 then[CPUS] = {0x80000000 | APIC_BASE_ENABLE, 0x80000000 | APIC_BASE_ENABLE,
				       0x80000000 | APIC_BASE_ENABLE, X2APIC};

	(void)state;
	apic_machine(small_ids, found);
	apic_machine_up();
	assert_int_equal(bus.mapped, 0x80000000);
	assert_modes(then);
}

static void each_cpu_is_switched_on_and_takes_all_interrupts(void **state)
{
	static const u64 *const modes[] = {all_xapic, all_x2apic};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		apic_machine(small_ids, modes[i]);
		for (unsigned int cpu = 0; cpu < CPUS; cpu++)
			bus.apics[cpu].regs[R_TPR] = 0xff;
		apic_machine_up();
		for (unsigned int cpu = 0; cpu < CPUS; cpu++) {
			assert_int_equal(bus.apics[cpu].regs[R_SPIV], 0x1ff);
			assert_int_equal(bus.apics[cpu].regs[R_TPR], 0);
		}
	}
}

/* Entries that an old CPU does not have are exceptions. */
static void local_sources_that_there_are_are_masked(void **state)
{
	static const struct {
		unsigned int lvts;
		unsigned int masked; /* a bit for each register from R_CMCI on */
	} rows[] = {{4, 0x1c8}, {5, 0x1e8}, {6, 0x1f8}, {7, 0x1f9}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		apic_machine(small_ids, i % 2 ? all_xapic : all_x2apic);
		bus.lvts = rows[i].lvts;
		for (unsigned int reg = R_CMCI; reg < R_LVT_END; reg++)
			bus.apics[1].regs[reg] = 0x400 + reg;
		apic_machine_up();
		for (unsigned int reg = R_CMCI; reg < R_LVT_END; reg++)
			assert_int_equal(bus.apics[1].regs[reg],
					 0x400 + reg +
						 ((rows[i].masked >> (reg - R_CMCI) & 1) << 16));
	}
}

/* ---- Messages ------------------------------------------------------------------------- */

static void xapic_message_waits_until_the_last_one_has_left(void **state)
{
	(void)state;
	apic_machine(small_ids, all_xapic);
	apic_machine_up();
	bus.busy_reads = 3;
	for (unsigned int i = 1; i < CPUS; i++) {
		assert_int_equal(apic_send(small_ids[i], APIC_DM_FIXED | CALL_FUNCTION_VECTOR), 0);
		assert_sent(small_ids[i], APIC_DM_FIXED | CALL_FUNCTION_VECTOR, 1U << i);
		assert_int_equal(bus.busy, 0);
	}
}

static void xapic_message_that_does_not_leave_is_given_up(void **state)
{
	(void)state;
	apic_machine(small_ids, all_xapic);
	apic_machine_up();
	bus.busy_reads = ALL_ONES;
	assert_int_equal(apic_send(2, APIC_DM_NMI), -ETIMEDOUT);
	assert_int_equal(bus.nr_sent, 1);
	assert_int_equal(apic_send_all_others(APIC_DM_NMI), -ETIMEDOUT);
	assert_int_equal(bus.nr_sent, 1);
	assert_in_range(bus.now, 200000000, 300000000);
}

/* One write of 64 bits, after all that was written before, and nothing to wait for. */
static void x2apic_message_is_one_write(void **state)
{
	(void)state;
	apic_machine(large_ids, all_x2apic);
	apic_machine_up();
	bus.busy_reads = ALL_ONES;
	for (unsigned int i = 1; i < CPUS; i++) {
		assert_int_equal(apic_send(large_ids[i], APIC_DM_FIXED | CALL_FUNCTION_VECTOR), 0);
		assert_sent(large_ids[i], APIC_DM_FIXED | CALL_FUNCTION_VECTOR, 1U << i);
		assert_int_equal(bus.nr_sent, i);
		assert_true(bus.sent[i - 1].fenced);
	}
	assert_int_equal(bus.icr_reads, 0);
}

static void init_and_startup_reach_the_cpu_in_either_mode(void **state)
{
	static const u32 commands[] = {APIC_DM_INIT, APIC_DM_INIT_END, APIC_DM_STARTUP | 0x9e};
	static const u64 *const modes[] = {all_xapic, all_x2apic};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		apic_machine(small_ids, modes[i]);
		apic_machine_up();
		for (size_t c = 0; c < ARRAY_SIZE(commands); c++) {
			assert_int_equal(apic_send(254, commands[c]), 0);
			assert_sent(254, commands[c], 1U << 3);
		}
	}
}

static void cpu_can_interrupt_itself(void **state)
{
	static const u64 *const modes[] = {all_xapic, all_x2apic};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		apic_machine(small_ids, modes[i]);
		apic_machine_up();
		host_set_cpu(2);
		assert_int_equal(apic_id(), 4);
		assert_int_equal(apic_send(apic_id(), APIC_DM_FIXED | CALL_FUNCTION_VECTOR), 0);
		assert_sent(4, APIC_DM_FIXED | CALL_FUNCTION_VECTOR, 1U << 2);
	}
}

static void all_others_are_all_but_the_sender(void **state)
{
	static const u64 mixed[CPUS] = {XAPIC, XAPIC, X2APIC, XAPIC};
	static const u64 *const modes[] = {all_xapic, all_x2apic, mixed};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++)
		for (int cpu = 0; cpu < CPUS; cpu++) {
			apic_machine(small_ids, modes[i]);
			apic_machine_up();
			host_set_cpu(cpu);
			assert_int_equal(apic_send_all_others(APIC_DM_NMI), 0);
			assert_sent(0, APIC_DM_NMI | APIC_DEST_ALL_OTHERS, 0xfU & ~(1U << cpu));
		}
}

static void end_of_interrupt_is_the_calling_cpus(void **state)
{
	static const u64 *const modes[] = {all_xapic, all_x2apic};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		apic_machine(small_ids, modes[i]);
		apic_machine_up();
		host_set_cpu(1);
		apic_eoi();
		for (unsigned int cpu = 0; cpu < CPUS; cpu++)
			assert_int_equal(bus.apics[cpu].eois, cpu == 1);
	}
}

static void own_id_has_32_bits_in_x2apic(void **state)
{
	(void)state;
	apic_machine(large_ids, all_x2apic);
	apic_machine_up();
	for (int cpu = 0; cpu < CPUS; cpu++) {
		host_set_cpu(cpu);
		assert_int_equal(apic_id(), large_ids[cpu]);
	}
}

/* ---- Refused ---------------------------------------------------------------------------- */

static void large_ids_without_x2apic_are_told_and_refused(void **state)
{
	(void)state;
	apic_machine(large_ids, all_xapic);
	bus.has_x2apic = false;
	assert_int_equal(apic_init(&made, apic_machine_max_id()), 0);
	assert_true(host_log_contains(
		"APIC: id 0x12345678 needs x2APIC, which the CPU does not have\n"));
	for (unsigned int i = 1; i < CPUS; i++)
		assert_int_equal(apic_send(large_ids[i], APIC_DM_INIT), -ERANGE);
	assert_int_equal(bus.nr_sent, 0);
	assert_int_equal(apic_send(254, APIC_DM_INIT), 0);
}

static void machine_without_a_local_apic_is_told(void **state)
{
	(void)state;
	apic_machine(small_ids, all_xapic);
	bus.has_apic = false;
	assert_int_equal(apic_init(&made, 0), -ENODEV);
	assert_false(apic_is_up());
	assert_true(host_log_contains("APIC: the CPU has no local APIC\n"));
}

static void registers_that_cannot_be_mapped_are_told(void **state)
{
	(void)state;
	apic_machine(small_ids, all_xapic);
	bus.map_error = -ENOMEM;
	assert_int_equal(apic_init(&made, 0), -ENOMEM);
	assert_false(apic_is_up());
	assert_true(host_log_contains("APIC: cannot map the registers at 0x00000000fee00000: "
				      "error -12\n"));
	assert_modes(all_xapic);
}

/* ---- Before we are up ------------------------------------------------------------------- */

static void firmwares_cpus_are_stopped_in_the_mode_it_left(void **state)
{
	static const u64 *const modes[] = {all_xapic, all_x2apic};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		apic_machine(small_ids, modes[i]);
		bus.busy_reads = 5;
		apic_stop_others(&made);
		assert_int_equal(bus.nr_sent, 1);
		assert_sent(0, APIC_DM_INIT | APIC_DEST_ALL_OTHERS, 0xe);
		assert_int_equal(bus.icr_reads, i ? 0 : 6);
		assert_modes(modes[i]);
	}
}

static void nothing_is_sent_where_firmware_left_no_way(void **state)
{
	static const u64 all_off[CPUS] = {OFF, OFF, OFF, OFF};

	(void)state;
	apic_machine(small_ids, all_off);
	apic_stop_others(&made);
	apic_machine(small_ids, all_xapic);
	bus.map_error = -ENOENT;
	apic_stop_others(&made);
	assert_int_equal(bus.nr_sent, 0);
}

static void firmwares_cpus_that_cannot_be_stopped_are_not_waited_for(void **state)
{
	(void)state;
	apic_machine(small_ids, all_xapic);
	bus.busy_reads = ALL_ONES;
	apic_stop_others(&made);
	assert_int_equal(bus.nr_sent, 1);
}

#define TEST(name) cmocka_unit_test_teardown(name, end_machine)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(xapic_stays_where_ids_have_room_in_it),
		TEST(x2apic_that_firmware_left_stays_and_needs_no_memory),
		TEST(large_ids_raise_all_cpus),
		TEST(id_255_is_a_large_one),
		TEST(cpu_in_xapic_follows_the_boot_cpu_into_x2apic),
		TEST(cpu_in_x2apic_stays_there_beside_a_boot_cpu_in_xapic),
		TEST(what_was_found_is_known_of_each_cpu),
		TEST(registers_that_are_elsewhere_are_moved),
		TEST(each_cpu_is_switched_on_and_takes_all_interrupts),
		TEST(local_sources_that_there_are_are_masked),
		TEST(xapic_message_waits_until_the_last_one_has_left),
		TEST(xapic_message_that_does_not_leave_is_given_up),
		TEST(x2apic_message_is_one_write),
		TEST(init_and_startup_reach_the_cpu_in_either_mode),
		TEST(cpu_can_interrupt_itself),
		TEST(all_others_are_all_but_the_sender),
		TEST(end_of_interrupt_is_the_calling_cpus),
		TEST(own_id_has_32_bits_in_x2apic),
		TEST(large_ids_without_x2apic_are_told_and_refused),
		TEST(machine_without_a_local_apic_is_told),
		TEST(registers_that_cannot_be_mapped_are_told),
		TEST(firmwares_cpus_are_stopped_in_the_mode_it_left),
		TEST(nothing_is_sent_where_firmware_left_no_way),
		TEST(firmwares_cpus_that_cannot_be_stopped_are_not_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
