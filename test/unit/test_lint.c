/* SPDX-License-Identifier: MIT */
/*
 * Lint: each rule fires on what it is about, with the evidence, and on nothing else; and
 * what mm_lint() makes of a whole machine.
 */
#include "acpi_machine.h"
#include "slab_machine.h"
#include "whole_machine.h"

#include <baremm/lint.h>
#include <baremm/smbios.h>
#include <stdio.h>

#define RAM(s, e)                                                                          \
	{                                                                                  \
		.start = (s), .size = (e) - (s), .type = E820_TYPE_RAM, .known_type = true \
	}
#define RESERVED(s, e)                                                                          \
	{                                                                                       \
		.start = (s), .size = (e) - (s), .type = E820_TYPE_RESERVED, .known_type = true \
	}

/* A PC that nothing is to be said against: 1 GB, a hole, 1 GB above 4 GB, two domains. */
static struct lint_range map[200];
static struct lint_node_range nodes[8];
static struct arch_mtrrs mtrrs;
static u8 slit[9];
static struct smbios_memory smbios;
static struct lint_facts facts;

static void set_clean(void)
{
	static const struct lint_range clean[] = {RAM(0, 0xa0000), RESERVED(0xf0000, SZ_1M),
						  RAM(SZ_1M, SZ_1G), RESERVED(0xfffc0000, SZ_4G),
						  RAM(SZ_4G, SZ_4G + SZ_1G)};

	host_log_clear();
	memset(map, 0, sizeof(map));
	memcpy(map, clean, sizeof(clean));
	nodes[0] = (struct lint_node_range){0, 0xa0000, 0};
	nodes[1] = (struct lint_node_range){SZ_1M, SZ_1G - SZ_1M, 0};
	nodes[2] = (struct lint_node_range){SZ_4G, SZ_1G, 1};
	memcpy(slit, (u8[]){10, 21, 21, 10}, 4);
	mtrrs = (struct arch_mtrrs){
		.enabled = true,
		.default_type = ARCH_MTRR_WB,
		.nr = 1,
		.var = {{0xc0000000, 0xffffc0000000, ARCH_MTRR_UC}},
	};
	smbios = (struct smbios_memory){
		.installed = SZ_2G,
		.nr_devices = 2,
		.nr_mapped = 2,
		.mapped = {{0, SZ_1G}, {SZ_4G, SZ_4G + SZ_1G}},
	};
	facts = (struct lint_facts){.smbios = &smbios,
				    .map = map,
				    .nr_map = 5,
				    .mtrrs = &mtrrs,
				    .nodes = nodes,
				    .nr_nodes = 3,
				    .slit = slit,
				    .nr_slit = 2};
}

/* Rules sort the map in memory of the machine that they run on. */
static int make_clean(void **state)
{
	(void)state;
	slab_machine_make(SZ_64M, 1);
	set_clean();
	return 0;
}

/* Just @nr findings of @id, whose lines say @evidence. */
static void expect(enum lint_id id, unsigned int nr, const char *severity, const char *evidence)
{
	char line[256];

	assert_int_equal(lint_judge(&facts), nr);
	assert_int_equal(lint_counts[id], nr);
	snprintf(line, sizeof(line), "lint: %s: %s: %s; ", severity, lint_name(id), evidence);
	assert_true(host_log_contains(line));
}

static void nothing_is_found_where_all_is_right(void **state)
{
	(void)state;
	assert_int_equal(lint_judge(&facts), 0);
	facts = (struct lint_facts){.map = NULL};
	assert_int_equal(lint_judge(&facts), 0);
	assert_string_equal(host_log(), "");
}

/* ---- The map ----------------------------------------------------------------------------- */

static void entries_that_share_addresses(void **state)
{
	(void)state;
	map[facts.nr_map++] = (struct lint_range)RESERVED(SZ_1G - SZ_4K, SZ_1G + SZ_4K);
	expect(LINT_MAP_OVERLAP, 1, "error",
	       "[mem 0x0000000000100000-0x000000003fffffff] type 1 and [mem "
	       "0x000000003ffff000-0x0000000040000fff] type 2");
}

static void an_entry_inside_another_does_not_hide_a_third(void **state)
{
	(void)state;
	map[facts.nr_map++] = (struct lint_range)RESERVED(SZ_2M, 2 * SZ_2M);
	map[facts.nr_map++] = (struct lint_range)RESERVED(SZ_512M, SZ_512M + SZ_4K);
	assert_int_equal(lint_judge(&facts), 2);
	assert_int_equal(lint_counts[LINT_MAP_OVERLAP], 2);
}

static void an_entry_past_the_last_address(void **state)
{
	(void)state;
	map[facts.nr_map++] = (struct lint_range){.start = ~0ULL - SZ_1M + 1,
						  .size = SZ_2M,
						  .type = E820_TYPE_RESERVED,
						  .known_type = true};
	expect(LINT_MAP_WRAP, 1, "error", "entry 5 at 0xfffffffffff00000 has 0x200000 bytes");
	/* Up to it is no fault. */
	map[5].size = SZ_1M;
	assert_int_equal(lint_judge(&facts), 0);
}

static void an_entry_without_bytes(void **state)
{
	(void)state;
	map[facts.nr_map++] = (struct lint_range)RESERVED(SZ_2G, SZ_2G);
	expect(LINT_MAP_EMPTY, 1, "note", "entry 5 at 0x80000000 has no bytes");
}

static void a_type_that_means_nothing(void **state)
{
	(void)state;
	map[1].known_type = false;
	expect(LINT_MAP_UNKNOWN_TYPE, 1, "warning",
	       "entry 1, [mem 0x00000000000f0000-0x00000000000fffff], has an unknown type");
}

static void more_entries_from_a_bios_than_loaders_take(void **state)
{
	(void)state;
	for (; facts.nr_map < 129; facts.nr_map++)
		map[facts.nr_map] = (struct lint_range)RESERVED(
			SZ_2G + facts.nr_map * SZ_4K, SZ_2G + facts.nr_map * SZ_4K + SZ_4K);
	assert_int_equal(lint_judge(&facts), 0);
	facts.bios_map = true;
	expect(LINT_MAP_MANY, 1, "note", "129 entries");
}

static void usable_memory_that_ends_within_a_page(void **state)
{
	(void)state;
	map[2].size -= 0x400;
	expect(LINT_MAP_UNALIGNED, 1, "warning",
	       "usable [mem 0x0000000000100000-0x000000003ffffbff] has no whole pages at its ends");
	/* In low memory a BIOS does that by custom. */
	set_clean();
	map[0].size -= 0x400;
	facts.bios_map = true;
	assert_int_equal(lint_judge(&facts), 0);
}

static void no_page_for_other_cpus(void **state)
{
	(void)state;
	map[0].size = SZ_4K;
	expect(LINT_MAP_NO_LOW_MEMORY, 1, "warning", "no usable page below 1 MB but page 0");
	map[0].size = 2 * SZ_4K;
	assert_int_equal(lint_judge(&facts), 0);
}

static void usable_memory_of_runtime_services(void **state)
{
	(void)state;
	map[4].runtime = true;
	expect(LINT_MAP_RUNTIME_RAM, 1, "error",
	       "usable [mem 0x0000000100000000-0x000000013fffffff] is used by runtime services");
}

static void usable_memory_that_cannot_be_cached(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 5; i++)
		map[i].attributes = true;
	/* Where all such bits are clear they say nothing. */
	assert_int_equal(lint_judge(&facts), 0);
	map[0].write_back = map[2].write_back = true;
	expect(LINT_MAP_UNCACHEABLE_RAM, 1, "warning",
	       "usable [mem 0x0000000100000000-0x000000013fffffff] cannot be cached");
}

static void firmware_in_what_may_be_unplugged(void **state)
{
	(void)state;
	map[4].hotplug = true;
	assert_int_equal(lint_judge(&facts), 0);
	map[3].hotplug = true;
	expect(LINT_MAP_HOTPLUG_TAKEN, 1, "warning",
	       "[mem 0x00000000fffc0000-0x00000000ffffffff] type 2 may be unplugged, and is the "
	       "firmware's");
}

static void memory_where_the_cpu_has_none(void **state)
{
	(void)state;
	facts.hole_start = SZ_4G + SZ_512M;
	facts.hole_end = 8ULL * SZ_1G;
	expect(LINT_MAP_CPU_HOLE, 1, "error",
	       "usable [mem 0x0000000120000000-0x000000013fffffff] is in the CPU's hole");
	facts.hole_start = SZ_4G + SZ_1G;
	assert_int_equal(lint_judge(&facts), 0);
}

/* ---- MTRRs ---------------------------------------------------------------------------------- */

static void mtrrs_that_are_off(void **state)
{
	(void)state;
	mtrrs.enabled = false;
	expect(LINT_MTRR_OFF, 1, "error", "the CPU has MTRRs, and the firmware left them off");
}

static void usable_memory_that_no_register_makes_write_back(void **state)
{
	(void)state;
	mtrrs.default_type = ARCH_MTRR_UC;
	mtrrs.nr = 2;
	/* The first gigabyte, and half of the one above 4 GB. */
	mtrrs.var[0] = (struct arch_mtrr){0, 0xffffc0000000, ARCH_MTRR_WB};
	mtrrs.var[1] = (struct arch_mtrr){SZ_4G, 0xffffe0000000, ARCH_MTRR_WB};
	expect(LINT_MTRR_RAM_NOT_WB, 1, "error",
	       "usable [mem 0x0000000120000000-0x000000013fffffff] has type 0, not write-back");
}

static void uncached_wins_where_registers_meet(void **state)
{
	(void)state;
	mtrrs.nr = 3;
	mtrrs.var[1] = (struct arch_mtrr){SZ_512M, 0xfffffff00000, ARCH_MTRR_UC};
	mtrrs.var[2] = (struct arch_mtrr){SZ_512M, 0xffffe0000000, ARCH_MTRR_WB};
	expect(LINT_MTRR_RAM_NOT_WB, 1, "error",
	       "usable [mem 0x0000000020000000-0x00000000200fffff] has type 0, not write-back");
	mtrrs.var[1].type = ARCH_MTRR_WT;
	host_log_clear();
	expect(LINT_MTRR_RAM_NOT_WB, 1, "error",
	       "usable [mem 0x0000000020000000-0x00000000200fffff] has type 4, not write-back");
}

static void low_memory_that_is_not_write_back(void **state)
{
	(void)state;
	mtrrs.fixed = true;
	memset(mtrrs.low, ARCH_MTRR_WB, 0xa0);
	assert_int_equal(lint_judge(&facts), 0);
	memset(mtrrs.low + 0x80, ARCH_MTRR_UC, 0x20);
	expect(LINT_MTRR_LOW_NOT_WB, 1, "warning",
	       "usable [mem 0x0000000000080000-0x000000000009ffff] has type 0, not write-back");
	/* Where they are off the others rule. */
	mtrrs.fixed = false;
	assert_int_equal(lint_judge(&facts), 0);
	mtrrs.nr = 2;
	mtrrs.var[1] = (struct arch_mtrr){0, 0xfffffff00000, ARCH_MTRR_WP};
	expect(LINT_MTRR_RAM_NOT_WB, 1, "error",
	       "usable [mem 0x0000000000000000-0x000000000009ffff] has type 5, not write-back");
}

static void a_mask_with_a_gap(void **state)
{
	(void)state;
	mtrrs.var[0].mask = 0xff7fc0000000;
	expect(LINT_MTRR_MASK, 1, "warning",
	       "register 0, base 0xc0000000, has mask 0xff7fc0000000");
	mtrrs.var[0].mask = 0;
	assert_int_equal(lint_judge(&facts), 1);
}

/* ---- Nodes ------------------------------------------------------------------------------------ */

static void memory_of_two_domains(void **state)
{
	(void)state;
	nodes[facts.nr_nodes++] = (struct lint_node_range){SZ_512M, SZ_512M, 1};
	expect(LINT_SRAT_OVERLAP, 1, "error",
	       "[mem 0x0000000020000000-0x000000003fffffff] is of domains 0 and 1");
	/* Said twice of one domain it is no fault. */
	nodes[3].pxm = 0;
	assert_int_equal(lint_judge(&facts), 0);
}

static void a_domains_memory_without_bytes(void **state)
{
	(void)state;
	nodes[facts.nr_nodes++] = (struct lint_node_range){SZ_2G, 0, 1};
	expect(LINT_SRAT_EMPTY, 1, "note", "memory of domain 1 at 0x80000000 has no bytes");
}

static void usable_memory_of_no_domain(void **state)
{
	(void)state;
	nodes[1].size = SZ_512M;
	nodes[facts.nr_nodes++] = (struct lint_node_range){SZ_512M + SZ_256M, SZ_128M, 1};
	assert_int_equal(lint_judge(&facts), 2);
	assert_int_equal(lint_counts[LINT_SRAT_RAM_LEFT_OUT], 2);
	assert_true(host_log_contains(
		"usable [mem 0x0000000020100000-0x000000002fffffff] is of no domain"));
	assert_true(host_log_contains(
		"usable [mem 0x0000000038000000-0x000000003fffffff] is of no domain"));
	/* Without a table there is nothing to be left out of. */
	facts.nr_nodes = 0;
	assert_int_equal(lint_judge(&facts), 0);
}

static void distances_of_fewer_domains(void **state)
{
	(void)state;
	nodes[2].pxm = 7;
	expect(LINT_SLIT_SMALL, 1, "warning", "it has 2 domains, SRAT has domain 7");
}

static void distances_that_cannot_be(void **state)
{
	(void)state;
	slit[0] = 11;
	expect(LINT_SLIT_DISTANCE, 1, "error", "from 0 to 0 it is 11");
	slit[0] = slit[1] = slit[2] = 10;
	host_log_clear();
	expect(LINT_SLIT_DISTANCE, 2, "error", "from 0 to 1 it is 10");
}

static void distances_that_differ_by_direction(void **state)
{
	(void)state;
	slit[1] = 31;
	expect(LINT_SLIT_ASYMMETRIC, 1, "warning", "from 0 to 1 it is 31, back 21");
}

/* ---- SMBIOS ------------------------------------------------------------------------------------ */

static void structures_that_cannot_be(void **state)
{
	(void)state;
	smbios.broken = 2;
	expect(LINT_SMBIOS_BROKEN, 1, "note", "2 structures about memory are too short");
	smbios.broken = 0;
	smbios.mapped[smbios.nr_mapped++] = (struct smbios_range){SZ_2G, SZ_2G};
	host_log_clear();
	expect(LINT_SMBIOS_BROKEN, 1, "note", "mapped range 2 from 0x80000000 ends at 0x80000000");
}

static void mapped_ranges_that_share_addresses(void **state)
{
	(void)state;
	smbios.mapped[0].end = SZ_1G / 2;
	smbios.mapped[smbios.nr_mapped++] = (struct smbios_range){SZ_256M, SZ_256M + SZ_512M};
	expect(LINT_SMBIOS_OVERLAP, 1, "note",
	       "mapped ranges 0 and 2 share [mem 0x0000000010000000-0x000000001fffffff]");
}

static void devices_and_ranges_of_different_size(void **state)
{
	(void)state;
	smbios.installed = 3ull * SZ_1G;
	expect(LINT_SMBIOS_SIZES, 1, "note",
	       "2 devices have 3145728K, the ranges they are mapped to 2097152K");
	/* Of one device the size is not known: then neither is the sum. */
	smbios.nr_unknown = 1;
	assert_int_equal(lint_judge(&facts), 0);
}

static void usable_memory_outside_of_all_mapped_ranges(void **state)
{
	(void)state;
	smbios.mapped[1] = (struct smbios_range){SZ_2G, SZ_2G + SZ_1G};
	expect(LINT_SMBIOS_RAM_UNMAPPED, 1, "note",
	       "usable [mem 0x0000000100000000-0x000000013fffffff] is in no mapped range");
}

/* ---- Findings ----------------------------------------------------------------------------------- */

static void many_of_a_kind_are_counted_and_a_few_shown(void **state)
{
	(void)state;
	for (; facts.nr_map < 20; facts.nr_map++)
		map[facts.nr_map] = (struct lint_range)RESERVED(SZ_2G, SZ_2G);
	assert_int_equal(lint_judge(&facts), 15);
	assert_int_equal(host_log_count("lint: note: map-empty: "), 4);
	assert_true(host_log_contains("lint: map-empty: 11 more\n"));
}

/* ---- A machine -------------------------------------------------------------------------------------- */

static void bring_up_map(const struct e820_entry *e820, u32 nr, const char *options)
{
	whole_machine(host_machine_init(e820, nr, options));
}

static const struct e820_entry broken[] = {
	{.addr = 0, .size = 0xa0000, .type = E820_TYPE_RAM},
	{.addr = SZ_1M, .size = SZ_512M, .type = E820_TYPE_RAM},
	{.addr = SZ_512M, .size = SZ_2M, .type = E820_TYPE_RESERVED},
	{.addr = SZ_2G, .size = SZ_4K, .type = 77},
};

static void a_machines_map_is_judged_as_it_was_handed_over(void **state)
{
	(void)state;
	bring_up_map(broken, ARRAY_SIZE(broken), NULL);
	assert_true(host_log_contains("lint: error: map-overlap: "));
	assert_true(host_log_contains("lint: warning: map-unknown-type: entry 3, "));
	assert_true(host_log_contains("lint: 2 findings in the memory map of 4 entries\n"));
	mm_reset();
	host_machine_exit();
}

static void lint_can_be_silenced(void **state)
{
	(void)state;
	bring_up_map(broken, ARRAY_SIZE(broken), "lint=off");
	assert_false(host_log_contains("lint: "));
	mm_reset();
	host_machine_exit();
	bring_up_map(broken, 2, "lint=perhaps");
	assert_true(host_log_contains("Malformed option 'lint=perhaps'"));
	assert_true(host_log_contains("lint: 0 findings in the memory map of 2 entries\n"));
	mm_reset();
	host_machine_exit();
}

#define RULE(test) cmocka_unit_test_setup_teardown(test, make_clean, end_machine)

int main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(nothing_is_found_where_all_is_right),
		RULE(entries_that_share_addresses),
		RULE(an_entry_inside_another_does_not_hide_a_third),
		RULE(an_entry_past_the_last_address),
		RULE(an_entry_without_bytes),
		RULE(a_type_that_means_nothing),
		RULE(more_entries_from_a_bios_than_loaders_take),
		RULE(usable_memory_that_ends_within_a_page),
		RULE(no_page_for_other_cpus),
		RULE(usable_memory_of_runtime_services),
		RULE(usable_memory_that_cannot_be_cached),
		RULE(firmware_in_what_may_be_unplugged),
		RULE(memory_where_the_cpu_has_none),
		RULE(mtrrs_that_are_off),
		RULE(low_memory_that_is_not_write_back),
		RULE(usable_memory_that_no_register_makes_write_back),
		RULE(uncached_wins_where_registers_meet),
		RULE(a_mask_with_a_gap),
		RULE(memory_of_two_domains),
		RULE(a_domains_memory_without_bytes),
		RULE(usable_memory_of_no_domain),
		RULE(distances_of_fewer_domains),
		RULE(distances_that_cannot_be),
		RULE(distances_that_differ_by_direction),
		RULE(structures_that_cannot_be),
		RULE(mapped_ranges_that_share_addresses),
		RULE(devices_and_ranges_of_different_size),
		RULE(usable_memory_outside_of_all_mapped_ranges),
		RULE(many_of_a_kind_are_counted_and_a_few_shown),
		cmocka_unit_test(a_machines_map_is_judged_as_it_was_handed_over),
		cmocka_unit_test(lint_can_be_silenced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
