/* SPDX-License-Identifier: MIT */
/* How bad a machine check is, by its status bits: the cases of Intel's and AMD's manuals. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <linux/kernel.h>
#include "../../arch/x86_64/mce.h"

#define VAL  MCI_STATUS_VAL
#define EN   MCI_STATUS_EN
#define UC   MCI_STATUS_UC
#define S    MCI_STATUS_S
#define AR   MCI_STATUS_AR
#define OVER MCI_STATUS_OVER
#define PCC  MCI_STATUS_PCC
#define ADDR MCI_STATUS_ADDRV
#define MISC MCI_STATUS_MISCV

#define RIPV MCG_STATUS_RIPV
#define EIPV MCG_STATUS_EIPV
#define MCIP MCG_STATUS_MCIP

static const struct mce_cpu intel_ser = {.ser = true}, intel_old = {}, amd = {.amd = true};

struct grade {
	const struct mce_cpu *cpu;
	u64 status, mcgstatus;
	bool exception;
	enum mce_severity severity;
	const char *why;
};

static const struct grade grades[] = {
	{&intel_ser, EN | UC, RIPV | MCIP, true, MCE_NO_SEVERITY, "Invalid"},
	{&amd, EN | UC, RIPV | MCIP, true, MCE_NO_SEVERITY, "Invalid"},
	{&intel_ser, VAL | UC | S, RIPV | MCIP, true, MCE_NO_SEVERITY, "Not enabled"},
	{&intel_ser, VAL | EN | UC | PCC | S | 0xc0, RIPV | MCIP, true, MCE_PANIC_SEVERITY,
	 "Processor context corrupt"},
	{&intel_ser, VAL | EN | UC | S | 0xc0, RIPV, true, MCE_PANIC_SEVERITY,
	 "MCIP not set in MCA handler"},
	{&intel_ser, VAL | EN | UC | S | 0xc0, MCIP, true, MCE_PANIC_SEVERITY,
	 "Neither restart nor error IP"},
	{&intel_ser, VAL | EN | UC | S | 0xc0, EIPV | MCIP, true, MCE_PANIC_SEVERITY,
	 "In kernel and no restart IP"},
	{&intel_ser, VAL | EN | UC | S | 0xc0, RIPV | MCIP, true, MCE_AO_SEVERITY,
	 "Action optional: memory scrubbing error"},
	{&intel_ser, VAL | EN | UC | S | 0xcf, RIPV | MCIP, true, MCE_AO_SEVERITY,
	 "Action optional: memory scrubbing error"},
	{&intel_ser, VAL | EN | UC | S | 0x10c3, RIPV | MCIP, true, MCE_AO_SEVERITY,
	 "Action optional: memory scrubbing error"},
	{&intel_ser, VAL | EN | UC | S | 0x17a, RIPV | MCIP, true, MCE_AO_SEVERITY,
	 "Action optional: last level cache writeback error"},
	{&intel_ser, VAL | EN | UC | S | 0xd0, RIPV | MCIP, true, MCE_SOME_SEVERITY,
	 "Action optional: unknown MCACOD"},
	{&intel_ser, VAL | EN | UC | S | OVER | 0xd0, RIPV | MCIP, true, MCE_SOME_SEVERITY,
	 "Action optional with lost events"},
	{&intel_ser, VAL | EN | UC | 0x90, 0, false, MCE_DEFERRED_SEVERITY,
	 "Uncorrected no action required"},
	{&intel_ser, VAL | EN | UC | AR | 0x90, RIPV | MCIP, true, MCE_PANIC_SEVERITY,
	 "Illegal combination (UCNA with AR=1)"},
	{&intel_ser, VAL | EN | 0x90, 0, false, MCE_KEEP_SEVERITY, "Non signalled machine check"},
	{&intel_ser, VAL | EN | UC | S | AR | OVER | ADDR | 0x134, RIPV | MCIP, true,
	 MCE_PANIC_SEVERITY, "Action required with lost events"},
	{&intel_ser, VAL | EN | UC | S | AR | ADDR | 0x134, RIPV | MCIP, true, MCE_PANIC_SEVERITY,
	 "Data load in unrecoverable area of kernel"},
	{&intel_ser, VAL | EN | UC | S | AR | ADDR | 0x150, RIPV | MCIP, true, MCE_PANIC_SEVERITY,
	 "Instruction fetch error in kernel"},
	{&intel_ser, VAL | EN | UC | S | AR | 0x134, RIPV | MCIP, true, MCE_PANIC_SEVERITY,
	 "Action required: unknown MCACOD"},
	{&intel_old, VAL | EN | 0x90, 0, false, MCE_KEEP_SEVERITY, "Corrected error"},
	{&intel_old, VAL | EN | UC | 0xc0, RIPV | MCIP, true, MCE_PANIC_SEVERITY,
	 "Uncorrected in kernel"},
	{&intel_old, VAL | EN | UC | OVER | 0xc0, RIPV | MCIP, true, MCE_PANIC_SEVERITY,
	 "Overflowed uncorrected"},
	{&amd, VAL | EN | UC | PCC, RIPV | MCIP, true, MCE_PANIC_SEVERITY,
	 "Processor context corrupt"},
	{&amd, VAL | EN | UC | 0xc0, RIPV | MCIP, true, MCE_PANIC_SEVERITY,
	 "Uncorrected in kernel"},
	{&amd, VAL | EN | UC, 0, false, MCE_UC_SEVERITY, "Uncorrected"},
	{&amd, VAL | EN | MCI_STATUS_DEFERRED, 0, false, MCE_DEFERRED_SEVERITY, "Deferred error"},
	{&amd, VAL | EN, 0, false, MCE_KEEP_SEVERITY, "Corrected error"},
};

static void each_error_has_its_grade(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(grades); i++) {
		const struct grade *g = &grades[i];
		struct mce m = {.status = g->status, .mcgstatus = g->mcgstatus};
		const char *why = NULL;

		if (mce_severity(&m, g->cpu, g->exception, &why) != g->severity)
			fail_msg("case %zu: %s is graded as '%s'", i, g->why, why);
		assert_string_equal(why, g->why);
	}
}

/* Whatever the bits are, there is a grade, and none that kills is taken for harmless. */
static void lost_state_is_always_fatal(void **state)
{
	static const struct mce_cpu *const cpus[] = {&intel_ser, &intel_old, &amd};
	const char *why;

	(void)state;
	for (u64 bits = 0; bits < 512; bits++) {
		for (size_t i = 0; i < ARRAY_SIZE(cpus); i++) {
			struct mce m = {.status = VAL | bits << 54, .mcgstatus = RIPV | MCIP};
			enum mce_severity polled = mce_severity(&m, cpus[i], false, &why);

			assert_non_null(why);
			assert_true(mce_severity(&m, cpus[i], true, &why) <= MCE_PANIC_SEVERITY);
			if (m.status & PCC)
				assert_int_equal(polled, MCE_PANIC_SEVERITY);
		}
	}
}

static void an_address_must_be_physical_and_of_a_page(void **state)
{
	static const struct {
		u64 status, misc;
		bool intel, amd;
	} cases[] = {
		{VAL | UC | ADDR | MISC, 2 << 6 | 12, true, true},
		{VAL | UC | ADDR | MISC, 2 << 6 | 6, true, true},
		{VAL | UC | ADDR | MISC, 2 << 6 | 13, false, true},
		{VAL | UC | ADDR | MISC, 1 << 6 | 12, false, true},
		{VAL | UC | ADDR, 2 << 6 | 12, false, true},
		{VAL | UC | MISC, 2 << 6 | 12, false, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct mce m = {.status = cases[i].status, .misc = cases[i].misc, .addr = 0x5000};

		assert_int_equal(mce_usable_address(&m, &intel_ser), cases[i].intel);
		assert_int_equal(mce_usable_address(&m, &amd), cases[i].amd);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_error_has_its_grade),
		cmocka_unit_test(lost_state_is_always_fatal),
		cmocka_unit_test(an_address_must_be_physical_and_of_a_page),
	};

	return cmocka_run_group_tests_name("mce", tests, NULL, NULL);
}
