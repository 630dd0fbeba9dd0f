/* SPDX-License-Identifier: MIT */
/* Registers of CPUs that are to be alike: what is reported where they are not. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <host/machine.h>
#include <stdio.h>
#include <string.h>

#include "../../arch/x86_64/cpu_state.h"

#define CPUS 6

static struct cpu_state states[CPUS];
static bool missing[CPUS];

static const struct cpu_state *state_of(unsigned int cpu)
{
	return missing[cpu] ? NULL : &states[cpu];
}

static int setup(void **state)
{
	(void)state;
	memset(missing, 0, sizeof(missing));
	for (unsigned int cpu = 0; cpu < CPUS; cpu++)
		for (unsigned int reg = 0; reg < NR_STATE_REGS; reg++)
			states[cpu].regs[reg] = 0x1000 + reg;
	host_log_clear();
	return 0;
}

static void cpus_that_are_alike_are_not_mentioned(void **state)
{
	(void)state;
	assert_int_equal(cpu_states_compare(state_of, CPUS), 0);
	assert_string_equal(host_log(), "");
}

static void each_register_is_told_by_its_name_value_and_cpu(void **state)
{
	static const struct {
		unsigned int reg;
		const char *name;
	} rows[] = {{STATE_CR0, "CR0"},
		    {STATE_CR4, "CR4"},
		    {STATE_EFER, "EFER"},
		    {STATE_FIRMWARE_PAT, "the firmware's PAT"},
		    {STATE_PAT, "PAT"},
		    {STATE_FIRMWARE_APIC, "the firmware's APIC base"},
		    {STATE_MTRR_CAP, "MTRRcap"},
		    {STATE_MTRR_DEF_TYPE, "MTRRdefType"},
		    {STATE_MTRR_FIXED, "MTRRfix64K_00000"},
		    {STATE_MTRR_FIXED + NR_FIXED_MTRRS - 1, "MTRRfix4K_F8000"},
		    {STATE_MTRR_VAR, "MTRRphysBase0"},
		    {STATE_MTRR_VAR + 2 * 9 + 1, "MTRRphysMask9"},
		    {NR_STATE_REGS - 1, "MTRRphysMask31"}};
	char line[120];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		setup(state);
		states[4].regs[rows[i].reg] = 0xbad;
		assert_int_equal(cpu_states_compare(state_of, CPUS), 1);
		snprintf(line, sizeof(line), "x86/cpu: CPU4: %s is 0xbad, CPU0 has 0x%x\n",
			 rows[i].name, 0x1000 + rows[i].reg);
		if (!host_log_contains(line))
			fail_msg("not in the log: %s%s", line, host_log());
	}
}

static void cpus_side_by_side_with_one_value_share_a_line(void **state)
{
	(void)state;
	for (unsigned int cpu = 1; cpu < CPUS; cpu++)
		states[cpu].regs[STATE_PAT] = cpu < 4 ? 1 : 2;
	assert_int_equal(cpu_states_compare(state_of, CPUS), 2);
	assert_true(host_log_contains("x86/cpu: CPU1-3: PAT is 0x1, CPU0 has 0x1004\n"));
	assert_true(host_log_contains("x86/cpu: CPU4-5: PAT is 0x2, CPU0 has 0x1004\n"));
	host_log_clear();
	missing[2] = true;
	assert_int_equal(cpu_states_compare(state_of, CPUS), 3);
	assert_true(host_log_contains("x86/cpu: CPU1: PAT is 0x1, CPU0 has 0x1004\n"));
	assert_true(host_log_contains("x86/cpu: CPU3: PAT is 0x1, CPU0 has 0x1004\n"));
}

static void mtrrs_differ_only_where_both_have_as_many(void **state)
{
	(void)state;
	assert_false(cpu_state_mtrrs_differ(&states[1], &states[0]));
	states[1].regs[STATE_PAT]++;
	assert_false(cpu_state_mtrrs_differ(&states[1], &states[0]));
	states[1].regs[NR_STATE_REGS - 1]++;
	assert_true(cpu_state_mtrrs_differ(&states[1], &states[0]));
	states[1].regs[STATE_MTRR_CAP]++;
	assert_false(cpu_state_mtrrs_differ(&states[1], &states[0]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(cpus_that_are_alike_are_not_mentioned, setup),
		cmocka_unit_test(each_register_is_told_by_its_name_value_and_cpu),
		cmocka_unit_test_setup(cpus_side_by_side_with_one_value_share_a_line, setup),
		cmocka_unit_test_setup(mtrrs_differ_only_where_both_have_as_many, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
