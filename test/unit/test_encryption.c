/* SPDX-License-Identifier: MIT */
/*
 * Machines whose memory is encrypted: who has to know of it, who is refused, and whether the
 * firmware's page tables, made here, encrypt the program.
 */
#include "pgtable_machine.h"

#include "../../arch/x86_64/encryption.h"

/* CPUID of an EPYC: SME and SEV can be; the C-bit is number 47, and SME costs 5 bits. */
#define EPYC_EAX   0x0001000f
#define EPYC_EBX   0x0000016f
#define EPYC_C_BIT (1ULL << 47)
#define SYSCFG_SME (1ULL << 23)
#define SEV	   1
#define SEV_ES	   2
#define SEV_SNP	   4

/* As QEMU shows it to a guest: SEV alone, C-bit 51, one bit less. */
#define GUEST_EAX 0x2
#define GUEST_EBX 0x73

static void plain_machines_have_no_bit_and_no_reason(void **state)
{
	struct encryption_facts facts = {};

	(void)state;
	assert_null(encryption_reason(&facts));
	assert_int_equal(encryption_bit(&facts), 0);
	facts.amd_eax = EPYC_EAX;
	facts.amd_ebx = EPYC_EBX;
	assert_null(encryption_reason(&facts));
	assert_int_equal(encryption_bit(&facts), 0);
	/* Without the leaf's word these registers say nothing. */
	facts = (struct encryption_facts){
		.amd_ebx = EPYC_EBX, .amd_syscfg = SYSCFG_SME, .sev_status = SEV};
	assert_null(encryption_reason(&facts));
	assert_int_equal(encryption_bit(&facts), 0);
	assert_false(encryption_is_guest(&facts));
}

static void sme_has_a_bit_while_it_is_on(void **state)
{
	struct encryption_facts facts = {.amd_eax = EPYC_EAX, .amd_ebx = EPYC_EBX};

	(void)state;
	facts.amd_syscfg = ~SYSCFG_SME;
	assert_int_equal(encryption_bit(&facts), 0);
	facts.amd_syscfg = SYSCFG_SME;
	assert_int_equal(encryption_bit(&facts), EPYC_C_BIT);
	assert_null(encryption_reason(&facts));
	assert_false(encryption_is_guest(&facts));
}

static void a_sev_guest_has_a_bit_and_runs(void **state)
{
	struct encryption_facts facts = {
		.amd_eax = GUEST_EAX, .amd_ebx = GUEST_EBX, .sev_status = SEV};

	(void)state;
	assert_null(encryption_reason(&facts));
	assert_true(encryption_is_guest(&facts));
	assert_int_equal(encryption_bit(&facts), 1ULL << 51);
	facts.sev_status = 0;
	assert_false(encryption_is_guest(&facts));
	assert_int_equal(encryption_bit(&facts), 0);
}

static void what_needs_exceptions_that_nobody_handles_is_refused(void **state)
{
	struct encryption_facts facts = {.amd_eax = GUEST_EAX, .amd_ebx = GUEST_EBX};

	(void)state;
	facts.sev_status = SEV | SEV_ES;
	assert_non_null(strstr(encryption_reason(&facts), "SEV-ES"));
	facts.sev_status = SEV | SEV_ES | SEV_SNP;
	assert_non_null(strstr(encryption_reason(&facts), "SEV-SNP"));
	facts = (struct encryption_facts){};
	memcpy(facts.tdx_name, "IntelTDX    ", 12);
	assert_non_null(strstr(encryption_reason(&facts), "TDX"));
	memcpy(facts.tdx_name, "IntelTDX   x", 12);
	assert_null(encryption_reason(&facts));
}

/* One that would be part of every address, or of none. */
static void an_impossible_bit_is_refused_in_a_guest(void **state)
{
	static const u32 bits[] = {0, 12, 31, 52, 63};
	struct encryption_facts guest = {.amd_eax = GUEST_EAX, .sev_status = SEV};
	struct encryption_facts host = {.amd_eax = EPYC_EAX, .amd_syscfg = SYSCFG_SME};

	(void)state;
	for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++) {
		guest.amd_ebx = host.amd_ebx = bits[i];
		assert_non_null(strstr(encryption_reason(&guest), "impossible bit"));
		assert_int_equal(encryption_bit(&guest), 0);
		assert_int_equal(encryption_bit(&host), 0);
	}
}

static void key_bits_are_no_address(void **state)
{
	struct encryption_facts amd = {.amd_eax = EPYC_EAX, .amd_ebx = EPYC_EBX};
	struct encryption_facts intel = {.tme_activate = 6ULL << 32};

	(void)state;
	assert_int_equal(encryption_phys_bits(48, &amd), 48);
	amd.amd_syscfg = SYSCFG_SME;
	assert_int_equal(encryption_phys_bits(48, &amd), 43);
	amd.amd_eax = 0;
	assert_int_equal(encryption_phys_bits(48, &amd), 48);
	assert_int_equal(encryption_phys_bits(46, &intel), 46);
	intel.tme_activate |= 1;
	assert_int_equal(encryption_phys_bits(46, &intel), 46);
	intel.tme_activate |= 2;
	assert_int_equal(encryption_phys_bits(46, &intel), 40);
}

static void a_guests_addresses_end_below_its_bit(void **state)
{
	struct encryption_facts facts = {
		.amd_eax = GUEST_EAX, .amd_ebx = GUEST_EBX, .sev_status = SEV};

	(void)state;
	assert_int_equal(encryption_phys_bits(52, &facts), 51);
	assert_int_equal(encryption_phys_bits(40, &facts), 40);
}

static void nonsense_leaves_the_address_as_it_is(void **state)
{
	struct encryption_facts facts = {
		.amd_eax = EPYC_EAX, .amd_ebx = 0xfff, .amd_syscfg = SYSCFG_SME};

	(void)state;
	assert_int_equal(encryption_phys_bits(48, &facts), 48);
}

/* ---- The firmware's tables ------------------------------------------------------------ */

/* RAM encrypted, a device below 4 GB not: as OVMF has it in an SEV guest. */
static void make_firmware(u64 bit)
{
	c_bit = bit;
	make_tables(4, 3);
	assert_int_equal(map(0, 0, SZ_2G, ARCH_MAP_WRITE), 0);
	assert_int_equal(map(0xfee00000, 0xfee00000, SZ_4K, ARCH_MAP_WRITE | ARCH_MAP_IO), 0);
}

static void the_firmwares_tables_tell_whether_the_program_is_encrypted(void **state)
{
	(void)state;
	make_firmware(EPYC_C_BIT);
	assert_true(encryption_is_used(&pgt, 0x3e000123));
	assert_false(encryption_is_used(&pgt, 0xfee00000));
	assert_false(encryption_is_used(&pgt, 3UL << 30));
	/* SME may be on, and the firmware not use it. */
	make_firmware(0);
	pgt.enc = EPYC_C_BIT;
	assert_false(encryption_is_used(&pgt, 0x3e000123));
	pgt.enc = 0;
	assert_false(encryption_is_used(&pgt, 0x3e000123));
}

/* Taken for a part of the address it would lead nowhere: ASan would see that. */
static void the_bit_is_no_part_of_where_tables_lie(void **state)
{
	(void)state;
	make_firmware(EPYC_C_BIT);
	assert_true(*pgtable_at(&pgt, pgt.root) & EPYC_C_BIT);
	assert_maps(0x3e000123, 0x3e000123, SZ_1G, ARCH_MAP_WRITE);
	assert_int_equal(protect(0x3e000000, SZ_4K, ARCH_MAP_EXEC), 0);
	assert_true(encryption_is_used(&pgt, 0x3e000123));
	assert_int_equal(plain_entries(pgtable_at(&pgt, pgt.root), 4), 1);
}

int main(void)
{
#define TABLES(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_machines_have_no_bit_and_no_reason),
		cmocka_unit_test(sme_has_a_bit_while_it_is_on),
		cmocka_unit_test(a_sev_guest_has_a_bit_and_runs),
		cmocka_unit_test(what_needs_exceptions_that_nobody_handles_is_refused),
		cmocka_unit_test(an_impossible_bit_is_refused_in_a_guest),
		cmocka_unit_test(key_bits_are_no_address),
		cmocka_unit_test(a_guests_addresses_end_below_its_bit),
		cmocka_unit_test(nonsense_leaves_the_address_as_it_is),
		TABLES(the_firmwares_tables_tell_whether_the_program_is_encrypted),
		TABLES(the_bit_is_no_part_of_where_tables_lie),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
