/* SPDX-License-Identifier: MIT */
/* The state that the firmware left, as the log tells it. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <linux/kernel.h>
#include <host/machine.h>
#include "../../arch/x86_64/handoff.h"

/* As OVMF leaves a virtual CPU. */
static const struct arch_handoff plain = {
	.cr0 = 0x80010033,
	.cr3 = 0x3fc01000,
	.cr4 = 0x668,
	.efer = 0xd00,
	.rflags = 0x46,
	.dr6 = 0xffff0ff0,
	.dr7 = X86_DR7_DEFAULT,
	.cs = 0x38,
	.ss = 0x30,
	.pat = X86_PAT_RESET,
	.apic_base = 0xfee00900,
	.mtrr_cap = 0x508,
	.mtrr_def_type = 0xc06,
	.mc_banks = 10,
	.has_mtrr = true,
};

static int clear_log(void **state)
{
	(void)state;
	host_log_clear();
	return 0;
}

static void usual_state_is_shown_and_nothing_was_changed(void **state)
{
	(void)state;
	handoff_print(&plain);
	assert_true(host_log_contains("CR0 80010033 CR3 3fc01000 CR4 00000668 EFER d00"));
	assert_true(host_log_contains("CS 38 SS 30"));
	assert_true(host_log_contains("PAT 0007040600070406"));
	assert_true(host_log_contains("(xAPIC), MTRRs on (8 variable), default write-back, "
				      "0 of 10 machine-check banks"));
	assert_false(host_log_contains("switched off"));
	assert_false(host_log_contains("page attribute table of its own"));
}

/* Each bit alone, with the name that it has in the manuals. */
static void what_was_switched_off_is_named(void **state)
{
	static const struct {
		u64 cr4;
		const char *text;
	} bits[] = {
		{X86_CR4_PCIDE, "switched off: PCIDE\n"}, {X86_CR4_SMEP, "switched off: SMEP\n"},
		{X86_CR4_SMAP, "switched off: SMAP\n"},	  {X86_CR4_PKE, "switched off: PKE\n"},
		{X86_CR4_CET, "switched off: CET\n"},	  {X86_CR4_PKS, "switched off: PKS\n"},
		{X86_CR4_LASS, "switched off: LASS\n"},	  {X86_CR4_FRED, "switched off: FRED\n"},
	};
	u64 all = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bits); i++) {
		struct arch_handoff odd = plain;

		odd.cr4 |= bits[i].cr4;
		all |= bits[i].cr4;
		handoff_print(&odd);
		assert_true(host_log_contains(bits[i].text));
	}
	assert_int_equal(all, X86_CR4_UNWANTED);
}

static void breakpoints_caches_and_interrupts_are_named(void **state)
{
	struct arch_handoff odd = plain;

	(void)state;
	odd.dr7 |= 0x2;
	odd.cr0 |= 1ULL << 30;
	odd.rflags |= X86_FLAGS_IF;
	handoff_print(&odd);
	assert_true(host_log_contains("switched off: breakpoints cache-disable interrupts\n"));
}

static void apic_mtrrs_and_pat_are_told_apart(void **state)
{
	struct arch_handoff odd = plain;

	(void)state;
	odd.apic_base |= X86_APIC_X2;
	odd.mtrr_def_type = 0;
	odd.pat = 0;
	odd.mc_errors = 2;
	handoff_print(&odd);
	assert_true(
		host_log_contains("(x2APIC), MTRRs off (8 variable), default uncachable, 2 of 10"));
	assert_true(host_log_contains("page attribute table of its own"));
	assert_true(host_log_contains("MTRRs are off"));
	odd = (struct arch_handoff){.pat = X86_PAT_RESET};
	host_log_clear();
	handoff_print(&odd);
	assert_true(host_log_contains("(off), MTRRs absent"));
	assert_false(host_log_contains("MTRRs are off"));
}

#define test(f) cmocka_unit_test_setup(f, clear_log)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		test(usual_state_is_shown_and_nothing_was_changed),
		test(what_was_switched_off_is_named),
		test(breakpoints_caches_and_interrupts_are_named),
		test(apic_mtrrs_and_pat_are_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
