/* SPDX-License-Identifier: MIT */
/* What a boot does with its e820 table: the log, edits, options, questions, iomem. */
#include "e820_machine.h"

#include <stdio.h>
#include <string.h>

/* ---- The steps of a boot -------------------------------------------------------------- */

/* 4 GB as a PC's firmware describes it. */
#define PC_MAP                                                                        \
	MAP(E(0, 0xa0000, RAM), E(0x100000, 0x700000, RAM), E(0x800000, 0x8000, NVS), \
	    E(0x808000, 0x7e6af000, RAM), E(0x7eeb7000, 0xc1000, RESERVED),           \
	    E(0x7fb6d000, 0x12000, ACPI), E(0xb0000000, 0x10000000, RESERVED),        \
	    E(0x100000000, 0x80000000, RAM))

static void the_firmware_map_is_printed_in_linux_words(void **state)
{
	(void)state;
	BOOT(PC_MAP, "");
	assert_true(host_log_contains("] BIOS-provided physical RAM map:\n"));
	assert_true(host_log_contains(
		"] BIOS-e820: [mem 0x0000000000000000-0x000000000009ffff] usable\n"));
	assert_true(host_log_contains(
		"] BIOS-e820: [mem 0x0000000000800000-0x0000000000807fff] ACPI NVS\n"));
	assert_true(host_log_contains(
		"] BIOS-e820: [mem 0x000000007eeb7000-0x000000007ef77fff] reserved\n"));
	assert_true(host_log_contains(
		"] BIOS-e820: [mem 0x000000007fb6d000-0x000000007fb7efff] ACPI data\n"));
	assert_int_equal(host_log_count("BIOS-e820: "), 8);
	assert_false(host_log_contains("user"));
}

static void every_type_has_linuxs_name(void **state)
{
	static const struct {
		u32 type;
		const char *log, *iomem;
	} names[] = {
		{RAM, "usable", "System RAM"},
		{RESERVED, "reserved", "Reserved"},
		{ACPI, "ACPI data", "ACPI Tables"},
		{NVS, "ACPI NVS", "ACPI Non-volatile Storage"},
		{UNUSABLE, "unusable", "Unusable memory"},
		{PMEM, "persistent (type 7)", "Persistent Memory"},
		{PRAM, "persistent (type 12)", "Persistent Memory (legacy)"},
		{SOFT, "soft reserved", "Soft Reserved"},
		{6, "type 6", "Unknown E820 type"},
		{4000000000u, "type 4000000000", "Unknown E820 type"},
	};
	char buf[E820_TYPE_NAME_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		assert_string_equal(e820_type_name(names[i].type, buf), names[i].log);
		assert_string_equal(e820_type_to_string(names[i].type), names[i].iomem);
	}
}

static void edits_leave_the_firmware_table_alone(void **state)
{
	(void)state;
	BOOT(PC_MAP, "mem=1G");
	e820__trim_bios_range();
	e820__range_update(MB(16), MB(16), RAM, RESERVED);
	assert_int_equal(e820_table_firmware->nr_entries, 8);
	assert_true(e820_table_firmware->entries[3].size == 0x7e6af000);
	assert_true(e820__mapped_raw_any(GB(4), GB(5), RAM));
	assert_false(e820__mapped_any(GB(4), GB(5), RAM));
}

static void a_map_in_order_needs_no_repair(void **state)
{
	static const struct e820_repairs none;

	(void)state;
	BOOT(PC_MAP, "memmap=64M$1G");
	assert_memory_equal(&e820_repairs, &none, sizeof(none));
}

static void page_zero_and_the_bios_range_are_taken_out(void **state)
{
	(void)state;
	BOOT(MAP(E(0, MB(16), RAM)), "");
	host_log_clear();
	e820__trim_bios_range();
	ASSERT_TABLE(e820_table, E(0, KB(4), RESERVED), E(KB(4), KB(636), RAM),
		     E(MB(1), MB(15), RAM));
	assert_true(host_log_contains(
		"] e820: update [mem 0x00000000-0x00000fff] usable ==> reserved\n"));
	assert_true(host_log_contains("] e820: remove [mem 0x000a0000-0x000fffff] usable\n"));
}

/*
 *   before  |------------- RAM -------------|
 *   update        |--- NVS ---|
 *   remove                 |-- all --|
 */
static void update_and_remove_cut_entries(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bases); i++) {
		u64 b = bases[i];

		BOOT(MAP(E(b, MB(64), RAM)), "");
		assert_true(e820__range_update(b + MB(8), MB(16), RAM, NVS) == MB(16));
		assert_true(e820__range_update(b + MB(8), MB(16), RAM, ACPI) == 0);
		assert_true(e820__range_remove(b + MB(20), MB(8), 0, false) == MB(8));
		e820__update_table(e820_table);
		ASSERT_TABLE(e820_table, E(b, MB(8), RAM), E(b + MB(8), MB(12), NVS),
			     E(b + MB(28), MB(36), RAM));
	}
}

static void an_edit_that_would_wrap_ends_at_the_last_byte(void **state)
{
	(void)state;
	BOOT(MAP(E(0, GB(4), RAM)), "");
	assert_true(e820__range_remove(GB(2), ~0ULL, RAM, true) == GB(2));
	assert_true(
		host_log_contains("] e820: remove [mem 0x80000000-0xfffffffffffffffe] usable\n"));
	ASSERT_TABLE(e820_table, E(0, GB(2), RAM));
}

static void last_pfn_is_the_last_whole_page_of_ram(void **state)
{
	(void)state;
	BOOT(MAP(E(0, MB(1), RAM), E(GB(4), GB(1) + 0x1800, RAM), E(GB(8), GB(1), RESERVED)), "");
	assert_int_equal(e820__end_of_ram_pfn(), 0x140001);
	assert_true(host_log_contains("] last_pfn = 0x140001 max_arch_pfn = 0x400000000\n"));
	assert_int_equal(e820__end_of_low_ram_pfn(), 0x100);
	BOOT(MAP(E(MB(1), GB(8), RAM)), "");
	assert_int_equal(e820__end_of_low_ram_pfn(), 0x100000);
	BOOT(MAP(E(MB(1), GB(8), RESERVED)), "");
	assert_int_equal(e820__end_of_ram_pfn(), 0);
}

static void ram_that_cannot_be_addressed_is_cut_and_counted(void **state)
{
	const u64 limit = PFN_PHYS(MAX_ARCH_PFN);

	(void)state;
	BOOT(MAP(E(0, MB(1), RAM), E(limit - GB(1), GB(3), RAM), E(limit + GB(4), GB(1), NVS)), "");
	assert_int_equal(e820__end_of_ram_pfn(), MAX_ARCH_PFN);
	assert_int_equal(e820_repairs.unreachable, 1);
	assert_true(host_log_contains("] e820: 2097152 KB of RAM from 0x400000000000 on cannot be "
				      "addressed, left out\n"));
	ASSERT_TABLE(e820_table, E(0, MB(1), RAM), E(limit - GB(1), GB(1), RAM),
		     E(limit + GB(4), GB(1), NVS));
}

static void questions_find_the_right_entries(void **state)
{
	(void)state;
	BOOT(MAP(E(0, MB(1), RAM), E(MB(1), MB(1), NVS), E(MB(2), MB(1), RAM),
		 E(GB(4), GB(1), RAM)),
	     "");
	assert_int_equal(e820__get_entry_type(0, MB(1)), RAM);
	assert_int_equal(e820__get_entry_type(MB(1) + 1, MB(2)), NVS);
	assert_int_equal(e820__get_entry_type(KB(512), MB(2)), -EINVAL);
	assert_int_equal(e820__get_entry_type(MB(3), MB(4)), -EINVAL);

	assert_true(e820__mapped_any(KB(512), MB(2), NVS));
	assert_true(e820__mapped_any(KB(512), MB(2), 0));
	assert_false(e820__mapped_any(0, MB(1), NVS));
	assert_false(e820__mapped_any(MB(3), GB(4), 0));

	assert_true(e820__mapped_all(KB(512), MB(1), RAM));
	assert_false(e820__mapped_all(KB(512), MB(3), RAM));
	assert_true(e820__mapped_all(KB(512), MB(3), 0));
	assert_false(e820__mapped_all(KB(512), MB(3) + 1, 0));
	assert_true(e820__mapped_all(GB(4), GB(5), RAM));
}

/*
 * Touching RAM is one range before it is cut to whole pages; RAM of less than a
 * page is none.
 */
static void memblock_gets_whole_pages_of_ram(void **state)
{
	(void)state;
	BOOT(MAP(E(MB(1) + 0x10, 0x1800, RAM), E(MB(1) + 0x1810, MB(1), RAM), E(MB(4), 0xfff, RAM),
		 E(MB(8), MB(1), NVS), E(GB(4), GB(1), RAM)),
	     "");
	e820__memblock_setup();
	assert_int_equal(memblock.memory.cnt, 2);
	assert_true(memblock.memory.regions[0].base == MB(1) + 0x1000);
	assert_true(memblock.memory.regions[0].size == MB(1));
	assert_true(memblock.memory.regions[1].base == GB(4));
	assert_int_equal(memblock_verify(), 0);
}

static void soft_reserved_memory_is_reserved_in_memblock(void **state)
{
	(void)state;
	BOOT(MAP(E(0, GB(1), RAM), E(GB(1), GB(1), SOFT)), "");
	e820__memblock_setup();
	assert_true(memblock_is_region_reserved(GB(1), GB(1)));
	assert_false(memblock_is_memory(GB(1)));
	assert_true(memblock_end_of_DRAM() == GB(1));
}

/* ---- mem= and memmap= ------------------------------------------------------------------ */

static void mem_takes_out_ram_above_and_prints_as_linux(void **state)
{
	(void)state;
	BOOT(PC_MAP, "mem=2G");
	assert_non_null(strstr(strstr(host_log(), "BIOS-e820: [mem 0x0000000100000000-"),
			       "] e820: remove [mem 0x80000000-0xfffffffffffffffe] usable\n"));
	assert_non_null(
		strstr(strstr(host_log(), "e820: remove"), "] user-defined physical RAM map:\n"));
	assert_true(host_log_contains(
		"] user: [mem 0x00000000b0000000-0x00000000bfffffff] reserved\n"));
	assert_false(host_log_contains("user: [mem 0x0000000100000000"));
	assert_int_equal(e820__end_of_ram_pfn(), 0x7eeb7);
}

static void memmap_of_a_size_alone_is_a_limit_too(void **state)
{
	(void)state;
	BOOT(MAP(E(0, GB(4), RAM)), "memmap=1G");
	ASSERT_TABLE(e820_table, E(0, GB(1), RAM));
}

static void each_form_of_memmap_makes_its_type(void **state)
{
	static const struct {
		const char *option;
		u32 type;
	} forms[] = {
		{"memmap=64M$0x40000000", RESERVED}, {"memmap=64M#0x40000000", ACPI},
		{"memmap=64M!0x40000000", PRAM},     {"memmap=64M%0x40000000-1+4", NVS},
		{"memmap=64M%1G+0xefffffff", SOFT},  {"memmap=65536K%1G-1+77", 77},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		e820_forget_options();
		BOOT(MAP(E(0, GB(2), RAM)), forms[i].option);
		ASSERT_TABLE(e820_table, E(0, GB(1), RAM), E(GB(1), MB(64), forms[i].type),
			     E(GB(1) + MB(64), GB(1) - MB(64), RAM));
		assert_true(host_log_contains("user: [mem 0x0000000040000000-0x0000000043ffffff]"));
	}
}

static void memmap_adds_ram_where_there_was_nothing(void **state)
{
	(void)state;
	BOOT(MAP(E(0, GB(1), RAM)), "memmap=1G@8G");
	ASSERT_TABLE(e820_table, E(0, GB(1), RAM), E(GB(8), GB(1), RAM));
}

static void memmap_with_percent_takes_out_one_type_or_all(void **state)
{
	(void)state;
	BOOT(MAP(E(0, GB(1), RAM), E(GB(1), GB(1), NVS)), "memmap=1G%512M-4");
	ASSERT_TABLE(e820_table, E(0, GB(1), RAM), E(GB(1) + MB(512), MB(512), NVS));
	e820_forget_options();
	BOOT(MAP(E(0, GB(1), RAM), E(GB(1), GB(1), NVS)), "memmap=1G%512M");
	ASSERT_TABLE(e820_table, E(0, MB(512), RAM), E(GB(1) + MB(512), MB(512), NVS));
}

static void exactmap_forgets_what_firmware_said(void **state)
{
	(void)state;
	BOOT(PC_MAP, "memmap=exactmap,640K@0,15M@1M memmap=16M#64M");
	ASSERT_TABLE(e820_table, E(0, KB(640), RAM), E(MB(1), MB(15), RAM),
		     E(MB(64), MB(16), ACPI));
	assert_int_equal(e820_table_firmware->nr_entries, 8);
}

static void options_are_applied_in_their_order(void **state)
{
	(void)state;
	BOOT(MAP(E(0, GB(4), RAM)), "mem=1G memmap=1G@2G");
	ASSERT_TABLE(e820_table, E(0, GB(1), RAM), E(GB(2), GB(1), RAM));
	e820_forget_options();
	BOOT(MAP(E(0, GB(4), RAM)), "memmap=1G@2G mem=1G");
	ASSERT_TABLE(e820_table, E(0, GB(1), RAM));
}

static void the_good_items_of_a_list_are_applied(void **state)
{
	(void)state;
	BOOT(MAP(E(0, GB(4), RAM)), "memmap=64M$1G,nonsense,64M$2G");
	assert_true(host_log_contains("] e820: 'nonsense' describes no memory\n"));
	assert_true(e820__mapped_all(GB(1), GB(1) + MB(64), RESERVED));
	assert_true(e820__mapped_all(GB(2), GB(2) + MB(64), RESERVED));
}

static void more_options_than_fit_are_refused_with_a_message(void **state)
{
	unsigned int refused = 0;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		char value[] = "1M$0x40000000";

		refused += e820_parse_memmap(value) != 0;
	}
	assert_true(refused > 0 && refused < 1000);
	assert_true(host_log_contains("e820: no room to keep '1M$0x40000000'"));
}

static void many_options_need_no_more_arena_than_there_is(void **state)
{
	char options[4000] = "";

	(void)state;
	for (int i = 0; i < 200; i++)
		snprintf(options + strlen(options), sizeof(options) - strlen(options),
			 "memmap=1M$%dM ", 64 + 2 * i);
	BOOT(MAP(E(0, GB(4), RAM)), options);
	assert_int_equal(e820_table->nr_entries, 401);
	assert_int_equal(e820_verify(e820_table), 0);
}

/* ---- iomem ---------------------------------------------------------------------------- */

static void iomem_has_the_form_of_proc_iomem(void **state)
{
	static const struct boot_range ranges[] = {
		{0x7e005000, 0x7e006000, BOOT_RANGE_STACK},
		{0x7e003000, 0x7e005000, BOOT_RANGE_DATA},
		{0x7e000000, 0x7e002000, BOOT_RANGE_TEXT},
		{0x7e002000, 0x7e003000, BOOT_RANGE_RODATA},
	};
	struct boot_info *info = BOOT(PC_MAP, "");
	struct seq_file m;
	struct seq_text sb;
	char buf[2000];

	(void)state;
	info->ranges = ranges;
	info->nr_ranges = ARRAY_SIZE(ranges);
	e820__trim_bios_range();
	seq_text_init(&m, &sb, buf, sizeof(buf));
	iomem_show(&m);
	assert_string_equal(buf, "00000000-00000fff : Reserved\n"
				 "00001000-0009ffff : System RAM\n"
				 "00100000-007fffff : System RAM\n"
				 "00800000-00807fff : ACPI Non-volatile Storage\n"
				 "00808000-7eeb6fff : System RAM\n"
				 "  7e000000-7e001fff : Kernel code\n"
				 "  7e002000-7e002fff : Kernel rodata\n"
				 "  7e003000-7e004fff : Kernel data\n"
				 "7eeb7000-7ef77fff : Reserved\n"
				 "7fb6d000-7fb7efff : ACPI Tables\n"
				 "b0000000-bfffffff : Reserved\n"
				 "100000000-17fffffff : System RAM\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(the_firmware_map_is_printed_in_linux_words),
		test(every_type_has_linuxs_name),
		test(edits_leave_the_firmware_table_alone),
		test(a_map_in_order_needs_no_repair),
		test(page_zero_and_the_bios_range_are_taken_out),
		test(update_and_remove_cut_entries),
		test(an_edit_that_would_wrap_ends_at_the_last_byte),
		test(last_pfn_is_the_last_whole_page_of_ram),
		test(ram_that_cannot_be_addressed_is_cut_and_counted),
		test(questions_find_the_right_entries),
		test(memblock_gets_whole_pages_of_ram),
		test(soft_reserved_memory_is_reserved_in_memblock),
		test(mem_takes_out_ram_above_and_prints_as_linux),
		test(memmap_of_a_size_alone_is_a_limit_too),
		test(each_form_of_memmap_makes_its_type),
		test(memmap_adds_ram_where_there_was_nothing),
		test(memmap_with_percent_takes_out_one_type_or_all),
		test(exactmap_forgets_what_firmware_said),
		test(options_are_applied_in_their_order),
		test(the_good_items_of_a_list_are_applied),
		test(more_options_than_fit_are_refused_with_a_message),
		test(many_options_need_no_more_arena_than_there_is),
		test(iomem_has_the_form_of_proc_iomem),
	};

	return cmocka_run_group_tests_name("e820_boot", tests, NULL, NULL);
}
