/* SPDX-License-Identifier: MIT */
/* Machines whose memory is encrypted page by page, told from those where nobody has to know. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "../../arch/x86_64/encryption.h"

/* CPUID of an EPYC: SME and SEV can be; the C-bit is number 47. */
#define EPYC_EAX 0x0001000f
#define EPYC_EBX 0x0000016f
#define C_BIT	 (1ULL << 47)

static void plain_machines_have_no_reason(void **state)
{
	struct encryption_facts facts = {.cr3 = 0x3fc01000};

	(void)state;
	assert_null(encryption_reason(&facts));
	facts.amd_eax = EPYC_EAX;
	facts.amd_ebx = EPYC_EBX;
	assert_null(encryption_reason(&facts));
}

/* Without SME the bit is one of an address, and the leaf's other bits say nothing. */
static void sme_needs_the_bit_in_cr3(void **state)
{
	struct encryption_facts facts = {.cr3 = C_BIT | 0x1000, .amd_ebx = EPYC_EBX};

	(void)state;
	assert_null(encryption_reason(&facts));
	facts.amd_eax = EPYC_EAX;
	assert_non_null(strstr(encryption_reason(&facts), "SME"));
	facts.amd_ebx = 51;
	assert_null(encryption_reason(&facts));
}

static void sev_needs_the_status_of_the_guest(void **state)
{
	struct encryption_facts facts = {.amd_eax = EPYC_EAX, .amd_ebx = EPYC_EBX, .sev_status = 1};

	(void)state;
	assert_non_null(strstr(encryption_reason(&facts), "SEV"));
	facts.sev_status = 6;
	assert_null(encryption_reason(&facts));
	facts = (struct encryption_facts){.sev_status = 1};
	assert_null(encryption_reason(&facts));
}

static void tdx_is_known_by_its_name(void **state)
{
	struct encryption_facts facts = {};

	(void)state;
	memcpy(facts.tdx_name, "IntelTDX    ", 12);
	assert_non_null(strstr(encryption_reason(&facts), "TDX"));
	memcpy(facts.tdx_name, "IntelTDX   x", 12);
	assert_null(encryption_reason(&facts));
}

static void key_bits_are_no_address(void **state)
{
	/* An EPYC gives up 5 bits while SME is on. */
	struct address_facts amd = {.amd_eax = EPYC_EAX, .amd_ebx = EPYC_EBX};
	struct address_facts intel = {.tme_activate = 6ULL << 32};

	(void)state;
	assert_int_equal(encryption_phys_bits(48, &amd), 48);
	amd.amd_syscfg = 1ULL << 23;
	assert_int_equal(encryption_phys_bits(48, &amd), 43);
	amd.amd_eax = 0;
	assert_int_equal(encryption_phys_bits(48, &amd), 48);
	assert_int_equal(encryption_phys_bits(46, &intel), 46);
	intel.tme_activate |= 1;
	assert_int_equal(encryption_phys_bits(46, &intel), 46);
	intel.tme_activate |= 2;
	assert_int_equal(encryption_phys_bits(46, &intel), 40);
}

static void nonsense_leaves_the_address_as_it_is(void **state)
{
	struct address_facts facts = {
		.amd_eax = EPYC_EAX, .amd_ebx = 0xfff, .amd_syscfg = 1ULL << 23};

	(void)state;
	assert_int_equal(encryption_phys_bits(48, &facts), 48);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_machines_have_no_reason),
		cmocka_unit_test(sme_needs_the_bit_in_cr3),
		cmocka_unit_test(sev_needs_the_status_of_the_guest),
		cmocka_unit_test(tdx_is_known_by_its_name),
		cmocka_unit_test(key_bits_are_no_address),
		cmocka_unit_test(nonsense_leaves_the_address_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
