/* SPDX-License-Identifier: MIT */
/* From the firmware's descriptors to e820 ranges, and their text. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <linux/errno.h>
#include <baremm/console.h>
#include <baremm/lint.h>
#include "efi_model.h"

#define ROOM  64
#define PAGES 4096ULL
#define WB    EFI_MD_WB

static u8 raw[64 * 1024];
static struct boot_efi_map map;
static struct e820_entry entries[ROOM];
static struct e820_table table;

static int setup(void **state)
{
	(void)state;
	memset(raw, 0xa5, sizeof(raw));
	map = (struct boot_efi_map){.descs = raw, .desc_size = 48, .desc_version = 1};
	table = (struct e820_table){.entries = entries, .max_entries = ROOM};
	return 0;
}

/* Appends a descriptor at the map's stride; padding keeps its rubbish. */
static void add(u32 type, u64 start, u64 pages, u64 attribute)
{
	struct efi_md md = {.type = type,
			    .phys_addr = start,
			    .virt_addr = 0xdead,
			    .num_pages = pages,
			    .attribute = attribute};

	memcpy(raw + map.size, &md, sizeof(md));
	map.size += map.desc_size;
}

static void expect_entry(u32 i, u64 start, u64 end, u32 type)
{
	assert_true(i < table.nr_entries);
	assert_int_equal(entries[i].addr, start);
	assert_int_equal(entries[i].size, end - start);
	assert_int_equal(entries[i].type, type);
}

static void convert(u32 nr, u32 findings)
{
	assert_int_equal(efi_map_to_e820(&map, &table), 0);
	assert_int_equal(table.nr_entries, nr);
	assert_int_equal(map.findings, findings);
}

static void lint_sees_descriptors_as_they_are(void **state)
{
	struct lint_range range;

	(void)state;
	add(EFI_MD_BOOT_DATA, 0x1234, 2, WB | EFI_MD_RUNTIME);
	add(EFI_MD_ACPI_NVS, 0x8000, 0, 0);
	add(EFI_MD_TYPES, 0x9000, ~0ULL, 0);
	add(0x80000000, 0xa000, 1, 0);
	efi_map_lint_range(&map, 0, &range);
	assert_int_equal(range.type, E820_TYPE_RAM);
	assert_int_equal(range.start, 0x1234);
	assert_int_equal(range.size, 2 * PAGES);
	assert_true(range.known_type && range.runtime && range.attributes && range.write_back);
	efi_map_lint_range(&map, 1, &range);
	assert_int_equal(range.type, E820_TYPE_NVS);
	assert_int_equal(range.size, 0);
	assert_false(range.runtime || range.write_back);
	efi_map_lint_range(&map, 2, &range);
	assert_int_equal(range.type, E820_TYPE_RESERVED);
	assert_int_equal(range.size, ~0ULL);
	assert_false(range.known_type);
	/* Numbers of makers and of loaders. */
	efi_map_lint_range(&map, 3, &range);
	assert_true(range.known_type);
}

static void each_type_becomes_what_linux_makes_of_it(void **state)
{
	static const u32 expected[] = {
		[EFI_MD_RESERVED] = E820_TYPE_RESERVED,
		[EFI_MD_LOADER_CODE] = E820_TYPE_RAM,
		[EFI_MD_LOADER_DATA] = E820_TYPE_RAM,
		[EFI_MD_BOOT_CODE] = E820_TYPE_RAM,
		[EFI_MD_BOOT_DATA] = E820_TYPE_RAM,
		[EFI_MD_RUNTIME_CODE] = E820_TYPE_RESERVED,
		[EFI_MD_RUNTIME_DATA] = E820_TYPE_RESERVED,
		[EFI_MD_CONVENTIONAL] = E820_TYPE_RAM,
		[EFI_MD_UNUSABLE] = E820_TYPE_UNUSABLE,
		[EFI_MD_ACPI_RECLAIM] = E820_TYPE_ACPI,
		[EFI_MD_ACPI_NVS] = E820_TYPE_NVS,
		[EFI_MD_MMIO] = E820_TYPE_RESERVED,
		[EFI_MD_MMIO_PORT] = E820_TYPE_RESERVED,
		[EFI_MD_PAL_CODE] = E820_TYPE_RESERVED,
		[EFI_MD_PERSISTENT] = E820_TYPE_PMEM,
		[EFI_MD_UNACCEPTED] = E820_TYPE_RESERVED,
	};
	u32 type;

	(void)state;
	for (type = 0; type < EFI_MD_TYPES; type++)
		add(type, (type + 1) * 0x10000, 1, WB);
	convert(EFI_MD_TYPES, 0);
	for (type = 0; type < EFI_MD_TYPES; type++)
		expect_entry(type, (type + 1) * 0x10000, (type + 1) * 0x10000 + PAGES,
			     expected[type]);
}

static void unknown_type_is_reserved_and_counted(void **state)
{
	(void)state;
	add(EFI_MD_CONVENTIONAL, 0x100000, 16, WB);
	add(EFI_MD_TYPES, 0x200000, 1, WB);
	add(0x80000005, 0x300000, 1, WB);
	convert(3, 2);
	expect_entry(1, 0x200000, 0x201000, E820_TYPE_RESERVED);
	expect_entry(2, 0x300000, 0x301000, E820_TYPE_RESERVED);
}

static void touching_neighbours_of_one_type_merge(void **state)
{
	(void)state;
	add(EFI_MD_LOADER_CODE, 0x100000, 1, WB);
	add(EFI_MD_BOOT_DATA, 0x101000, 2, WB);
	add(EFI_MD_CONVENTIONAL, 0x103000, 1, WB);
	add(EFI_MD_RESERVED, 0x104000, 1, WB);
	add(EFI_MD_CONVENTIONAL, 0x105000, 1, WB);
	add(EFI_MD_CONVENTIONAL, 0x107000, 1, WB);
	convert(4, 0);
	expect_entry(0, 0x100000, 0x104000, E820_TYPE_RAM);
	expect_entry(1, 0x104000, 0x105000, E820_TYPE_RESERVED);
	expect_entry(2, 0x105000, 0x106000, E820_TYPE_RAM);
	expect_entry(3, 0x107000, 0x108000, E820_TYPE_RAM);
}

static void order_of_the_map_is_kept(void **state)
{
	(void)state;
	add(EFI_MD_CONVENTIONAL, 0x900000, 1, WB);
	add(EFI_MD_CONVENTIONAL, 0x100000, 1, WB);
	convert(2, 0);
	expect_entry(0, 0x900000, 0x901000, E820_TYPE_RAM);
	expect_entry(1, 0x100000, 0x101000, E820_TYPE_RAM);
}

static void usable_memory_of_runtime_services_is_reserved(void **state)
{
	(void)state;
	add(EFI_MD_CONVENTIONAL, 0x100000, 1, WB | EFI_MD_RUNTIME);
	add(EFI_MD_BOOT_DATA, 0x101000, 1, WB);
	convert(2, 1);
	expect_entry(0, 0x100000, 0x101000, E820_TYPE_RESERVED);
}

static void usable_memory_that_cannot_be_cached_is_unusable(void **state)
{
	(void)state;
	add(EFI_MD_CONVENTIONAL, 0x100000, 1, EFI_MD_UC | EFI_MD_WC);
	add(EFI_MD_CONVENTIONAL, 0x101000, 1, WB);
	convert(2, 1);
	expect_entry(0, 0x100000, 0x101000, E820_TYPE_UNUSABLE);
}

static void map_without_any_cacheable_memory_stays_usable(void **state)
{
	(void)state;
	add(EFI_MD_CONVENTIONAL, 0x100000, 1, 0);
	add(EFI_MD_RESERVED, 0x200000, 1, WB);
	convert(2, 0);
	expect_entry(0, 0x100000, 0x101000, E820_TYPE_RAM);
}

static void specific_purpose_memory_is_soft_reserved(void **state)
{
	(void)state;
	add(EFI_MD_CONVENTIONAL, 0x100000, 1, WB);
	add(EFI_MD_CONVENTIONAL, 0x101000, 1, WB | EFI_MD_SP);
	convert(2, 0);
	expect_entry(1, 0x101000, 0x102000, E820_TYPE_SOFT_RESERVED);
}

static void specific_purpose_memory_is_memory_where_that_is_asked_for(void **state)
{
	(void)state;
	map.no_soft_reserve = true;
	add(EFI_MD_CONVENTIONAL, 0x100000, 1, WB);
	add(EFI_MD_CONVENTIONAL, 0x101000, 1, WB | EFI_MD_SP);
	convert(1, 0);
	expect_entry(0, 0x100000, 0x102000, E820_TYPE_RAM);
}

static void non_volatile_conventional_memory_is_persistent(void **state)
{
	(void)state;
	add(EFI_MD_CONVENTIONAL, 0x100000, 1, WB);
	add(EFI_MD_CONVENTIONAL, 0x101000, 1, WB | EFI_MD_NV);
	convert(2, 1);
	expect_entry(1, 0x101000, 0x102000, E820_TYPE_PMEM);
}

static void unaccepted_memory_is_reserved_and_summed(void **state)
{
	(void)state;
	add(EFI_MD_CONVENTIONAL, 0x100000, 1, WB);
	add(EFI_MD_UNACCEPTED, 0x200000, 16, WB);
	add(EFI_MD_UNACCEPTED, 0x100000000, 0x100000, WB);
	convert(3, 0);
	assert_int_equal(map.unaccepted, 16 * PAGES + 0x100000000);
	expect_entry(2, 0x100000000, 0x200000000, E820_TYPE_RESERVED);
}

static void empty_descriptor_is_left_out_and_counted(void **state)
{
	(void)state;
	add(EFI_MD_CONVENTIONAL, 0x100000, 1, WB);
	add(EFI_MD_RESERVED, 0x200000, 0, WB);
	convert(1, 1);
}

static void usable_memory_that_wraps_is_left_out(void **state)
{
	(void)state;
	add(EFI_MD_CONVENTIONAL, 0x100000, 1, WB);
	add(EFI_MD_CONVENTIONAL, 0xfffffffffff00000, 0x1000, WB);
	add(EFI_MD_CONVENTIONAL, 0x200000, 1ULL << 52, WB);
	add(EFI_MD_CONVENTIONAL, 0x300000, ~0ULL, WB);
	convert(1, 3);
}

static void other_memory_that_wraps_is_cut_at_the_end(void **state)
{
	(void)state;
	add(EFI_MD_CONVENTIONAL, 0x100000, 1, WB);
	add(EFI_MD_MMIO, 0xfffffffffff00000, ~0ULL, 0);
	add(EFI_MD_MMIO, 0xfffffffffffff000, 1, 0);
	convert(2, 2);
	expect_entry(1, 0xfffffffffff00000, 0xfffffffffffff000, E820_TYPE_RESERVED);
}

static void unaligned_usable_memory_shrinks_to_whole_pages(void **state)
{
	(void)state;
	add(EFI_MD_CONVENTIONAL, 0x100800, 3, WB);
	add(EFI_MD_CONVENTIONAL, 0x200800, 1, WB);
	convert(1, 2);
	expect_entry(0, 0x101000, 0x103000, E820_TYPE_RAM);
}

static void unaligned_other_memory_grows_to_whole_pages(void **state)
{
	(void)state;
	add(EFI_MD_CONVENTIONAL, 0x300000, 1, WB);
	add(EFI_MD_RESERVED, 0x100800, 1, WB);
	convert(2, 1);
	expect_entry(1, 0x100000, 0x102000, E820_TYPE_RESERVED);
}

static void any_stride_that_is_possible_is_stepped_by(void **state)
{
	static const u64 strides[] = {40, 48, 56, 64, 96, 256, 4096};
	size_t i;

	for (i = 0; i < sizeof(strides) / sizeof(strides[0]); i++) {
		setup(state);
		map.desc_size = strides[i];
		add(EFI_MD_CONVENTIONAL, 0x100000, 1, WB);
		add(EFI_MD_ACPI_NVS, 0x101000, 2, WB);
		convert(2, 0);
		expect_entry(1, 0x101000, 0x103000, E820_TYPE_NVS);
	}
}

static void impossible_stride_is_refused(void **state)
{
	static const u64 strides[] = {0, 8, 32, 39, 41, 44, 52};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(strides) / sizeof(strides[0]); i++) {
		map.desc_size = strides[i];
		map.size = 1024;
		assert_int_equal(efi_map_to_e820(&map, &table), -EINVAL);
		assert_int_equal(efi_map_count(&map), 0);
		assert_int_equal(table.nr_entries, 0);
	}
}

static void map_without_usable_memory_is_refused(void **state)
{
	(void)state;
	assert_int_equal(efi_map_to_e820(&map, &table), -ENODATA);
	add(EFI_MD_RESERVED, 0x100000, 1, WB);
	add(EFI_MD_CONVENTIONAL, 0x200000, 0, WB);
	assert_int_equal(efi_map_to_e820(&map, &table), -ENODATA);
	assert_int_equal(table.nr_entries, 0);
}

static void bytes_after_the_last_descriptor_are_ignored_and_counted(void **state)
{
	(void)state;
	add(EFI_MD_CONVENTIONAL, 0x100000, 1, WB);
	map.size += 40;
	convert(1, 1);
}

static void table_without_room_stays_empty(void **state)
{
	(void)state;
	add(EFI_MD_CONVENTIONAL, 0x100000, 1, WB);
	add(EFI_MD_CONVENTIONAL, 0x200000, 1, WB);
	table.max_entries = 1;
	assert_int_equal(efi_map_to_e820(&map, &table), -ENOSPC);
	assert_int_equal(table.nr_entries, 0);
	table.max_entries = 2;
	convert(2, 0);
}

static void descriptors_may_lie_at_any_address(void **state)
{
	(void)state;
	map.descs = raw + 3;
	add(EFI_MD_CONVENTIONAL, 0x100000, 1, WB);
	memmove(raw + 3, raw, 48);
	convert(1, 0);
	expect_entry(0, 0x100000, 0x101000, E820_TYPE_RAM);
}

static void assert_range(const struct boot_range *range, u64 start, u64 end,
			 enum boot_range_type type)
{
	assert_int_equal(range->start, start);
	assert_int_equal(range->end, end);
	assert_int_equal(range->type, type);
}

static void boot_services_ranges_merge_where_they_touch(void **state)
{
	struct boot_range ranges[4];

	(void)state;
	add(EFI_MD_BOOT_CODE, 0x100000, 1, WB);
	add(EFI_MD_BOOT_DATA, 0x101000, 2, WB);
	add(EFI_MD_CONVENTIONAL, 0x103000, 1, WB);
	add(EFI_MD_BOOT_DATA, 0x104000, 1, WB);
	add(EFI_MD_BOOT_DATA, 0x200000, 0, WB);
	add(EFI_MD_BOOT_DATA, 0x300000, ~0ULL, WB);
	assert_int_equal(efi_map_boot_services(&map, ranges, 4), 2);
	assert_range(&ranges[0], 0x100000, 0x103000, BOOT_RANGE_BOOT_SERVICES);
	assert_range(&ranges[1], 0x104000, 0x105000, BOOT_RANGE_BOOT_SERVICES);
	assert_int_equal(efi_map_boot_services(&map, ranges, 1), 1);
}

static void mirrored_ranges_are_found_whatever_their_type(void **state)
{
	const u64 mirror = WB | EFI_MD_MORE_RELIABLE;
	struct boot_range ranges[4];

	(void)state;
	add(EFI_MD_CONVENTIONAL, 0x100000, 16, mirror);
	add(EFI_MD_RUNTIME_DATA, 0x110000, 16, mirror | EFI_MD_RUNTIME);
	add(EFI_MD_CONVENTIONAL, 0x120000, 16, WB);
	add(EFI_MD_CONVENTIONAL, 0x130000, 16, mirror);
	add(EFI_MD_CONVENTIONAL, 0x200000, ~0ULL, mirror);
	assert_int_equal(efi_map_mirrored(&map, ranges, 4), 2);
	assert_range(&ranges[0], 0x100000, 0x120000, BOOT_RANGE_MIRRORED);
	assert_range(&ranges[1], 0x130000, 0x140000, BOOT_RANGE_MIRRORED);
	assert_int_equal(efi_map_mirrored(&map, ranges, 1), 1);
	assert_int_equal(efi_map_bytes(&map), 64 * PAGES);
}

static void only_usable_memory_is_hot_pluggable(void **state)
{
	const u64 hotplug = WB | EFI_MD_HOT_PLUGGABLE;
	struct boot_range ranges[4];

	(void)state;
	add(EFI_MD_CONVENTIONAL, 0x100000, 16, hotplug);
	add(EFI_MD_BOOT_DATA, 0x110000, 16, hotplug);
	add(EFI_MD_RUNTIME_DATA, 0x120000, 16, hotplug | EFI_MD_RUNTIME);
	add(EFI_MD_CONVENTIONAL, 0x130000, 16, WB);
	add(EFI_MD_CONVENTIONAL, 0x140000, 16, hotplug);
	add(EFI_MD_CONVENTIONAL, 0x200000, ~0ULL, hotplug);
	assert_int_equal(efi_map_hotplug(&map, ranges, 4), 2);
	assert_range(&ranges[0], 0x100000, 0x120000, BOOT_RANGE_HOTPLUG);
	assert_range(&ranges[1], 0x140000, 0x150000, BOOT_RANGE_HOTPLUG);
	assert_int_equal(efi_map_hotplug(&map, ranges, 1), 1);
}

static void expect_line(u64 i, u32 type, u64 start, u64 pages, u64 attribute, const char *text)
{
	struct efi_md md = {
		.type = type, .phys_addr = start, .num_pages = pages, .attribute = attribute};
	char line[160];

	assert_int_equal(efi_md_line(line, sizeof(line), i, &md), (int)strlen(text));
	assert_string_equal(line, text);
}

static void lines_are_those_of_linux(void **state)
{
	const u64 cached = EFI_MD_UC | EFI_MD_WC | EFI_MD_WT | EFI_MD_WB;

	(void)state;
	expect_line(0, EFI_MD_CONVENTIONAL, 0, 0xa0, cached,
		    "mem00: [Conventional|   |  |  |  |  |  |  |  |  |   |WB|WT|WC|UC] "
		    "range=[0x0000000000000000-0x000000000009ffff] (0MB)");
	expect_line(128, EFI_MD_RESERVED, 0xb0000000, 0x10000, EFI_MD_UC,
		    "mem128: [Reserved    |   |  |  |  |  |  |  |  |  |   |  |  |  |UC] "
		    "range=[0x00000000b0000000-0x00000000bfffffff] (256MB)");
	expect_line(86, EFI_MD_RUNTIME_DATA, 0x7eeb7000, 0xc1, cached | EFI_MD_RUNTIME,
		    "mem86: [Runtime Data|RUN|  |  |  |  |  |  |  |  |   |WB|WT|WC|UC] "
		    "range=[0x000000007eeb7000-0x000000007ef77fff] (0MB)");
	expect_line(7, EFI_MD_PERSISTENT, 0x100000000, 0x40000, 0x80000000000ff01f,
		    "mem07: [Persistent  |RUN|MR|CC|SP|NV|XP|RP|WP|RO|UCE|WB|WT|WC|UC] "
		    "range=[0x0000000100000000-0x000000013fffffff] (1024MB)");
}

static void every_attribute_has_its_column(void **state)
{
	static const struct {
		u64 bit;
		const char *text;
	} columns[] = {
		{EFI_MD_RUNTIME, "|RUN|  |  |  |  |  |  |  |  |   |  |  |  |  ]"},
		{EFI_MD_MORE_RELIABLE, "|   |MR|  |  |  |  |  |  |  |   |  |  |  |  ]"},
		{EFI_MD_CPU_CRYPTO, "|   |  |CC|  |  |  |  |  |  |   |  |  |  |  ]"},
		{EFI_MD_SP, "|   |  |  |SP|  |  |  |  |  |   |  |  |  |  ]"},
		{EFI_MD_NV, "|   |  |  |  |NV|  |  |  |  |   |  |  |  |  ]"},
		{EFI_MD_XP, "|   |  |  |  |  |XP|  |  |  |   |  |  |  |  ]"},
		{EFI_MD_RP, "|   |  |  |  |  |  |RP|  |  |   |  |  |  |  ]"},
		{EFI_MD_WP, "|   |  |  |  |  |  |  |WP|  |   |  |  |  |  ]"},
		{EFI_MD_RO, "|   |  |  |  |  |  |  |  |RO|   |  |  |  |  ]"},
		{EFI_MD_UCE, "|   |  |  |  |  |  |  |  |  |UCE|  |  |  |  ]"},
		{EFI_MD_WB, "|   |  |  |  |  |  |  |  |  |   |WB|  |  |  ]"},
		{EFI_MD_WT, "|   |  |  |  |  |  |  |  |  |   |  |WT|  |  ]"},
		{EFI_MD_WC, "|   |  |  |  |  |  |  |  |  |   |  |  |WC|  ]"},
		{EFI_MD_UC, "|   |  |  |  |  |  |  |  |  |   |  |  |  |UC]"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		struct efi_md md = {.type = EFI_MD_MMIO, .attribute = columns[i].bit};
		char text[80];

		efi_md_typeattr(text, sizeof(text), &md);
		assert_memory_equal(text, "[MMIO        ", 13);
		assert_string_equal(text + 13, columns[i].text);
	}
}

static char logged[1024];

static void take_log(struct console *con, const char *text, size_t len)
{
	size_t n = strlen(logged);

	(void)con;
	if (len < sizeof(logged) - n)
		memcpy(logged + n, text, len);
}

static void print_logs_a_line_for_each_descriptor(void **state)
{
	struct console con = {.name = "test", .write = take_log};

	(void)state;
	add(EFI_MD_CONVENTIONAL, 0x100000, 256, WB);
	add(EFI_MD_MMIO, 0xfee00000, 1, EFI_MD_UC);
	register_console(&con);
	memset(logged, 0, sizeof(logged));
	efi_map_print(&map);
	unregister_console(&con);
	assert_non_null(strstr(logged, "efi: mem00: [Conventional|"));
	assert_non_null(strstr(logged, "range=[0x0000000000100000-0x00000000001fffff] (1MB)\n"));
	assert_non_null(strstr(logged, "efi: mem01: [MMIO        |"));
}

static void unknown_types_and_attributes_are_numbers(void **state)
{
	struct efi_md md = {.type = 15, .attribute = 1ULL << 40};
	char text[80];

	(void)state;
	efi_md_typeattr(text, sizeof(text), &md);
	assert_string_equal(text, "[type=15|attr=0x0000010000000000]");
}

static void text_that_does_not_fit_is_cut(void **state)
{
	struct efi_md md = {.type = EFI_MD_MMIO};
	char text[80];
	size_t size;

	(void)state;
	for (size = 1; size < sizeof(text); size++) {
		memset(text, 'x', sizeof(text));
		efi_md_typeattr(text, size, &md);
		assert_true(strlen(text) < size);
	}
}

/*
 * The model: what each page of a small machine becomes, the later descriptor
 * winning where they overlap, as it does here in the order of the table.
 */
#define MODEL_PAGES 256

static void random_map(u32 model[MODEL_PAGES])
{
	static const u64 attributes[] = {
		WB, WB, WB, 0, WB | EFI_MD_SP, WB | EFI_MD_RUNTIME, WB | EFI_MD_NV};
	int i, nr = 1 + rand() % 40;
	u32 page;

	memset(model, 0, MODEL_PAGES * sizeof(*model));
	map.desc_size = 40 + 8 * (rand() % 8);
	/* So that the map is not refused, and knows what WB means. */
	add(EFI_MD_CONVENTIONAL, MODEL_PAGES * PAGES, 1, WB);
	for (i = 0; i < nr; i++) {
		u32 type = rand() % 18, start = rand() % MODEL_PAGES;
		u32 pages = rand() % (MODEL_PAGES - start + 1);
		u64 attribute = attributes[rand() % 7];

		add(type, start * PAGES, pages, attribute);
		for (page = start; page < start + pages; page++)
			model[page] = model_type(type, attribute, true);
	}
}

static void random_maps_equal_the_model(void **state)
{
	const char *given = getenv("BAREMM_SEED");
	unsigned int seed = given ? strtoul(given, NULL, 0) : (unsigned int)time(NULL);
	u32 model[MODEL_PAGES], found[MODEL_PAGES], i, round;
	u64 page;

	print_message("seed %u (BAREMM_SEED)\n", seed);
	srand(seed);
	for (round = 0; round < 2000; round++) {
		setup(state);
		random_map(model);
		assert_int_equal(efi_map_to_e820(&map, &table), 0);
		memset(found, 0, sizeof(found));
		for (i = 0; i < table.nr_entries; i++) {
			assert_true(entries[i].size > 0);
			for (page = entries[i].addr / PAGES;
			     page < (entries[i].addr + entries[i].size) / PAGES; page++)
				if (page < MODEL_PAGES)
					found[page] = entries[i].type;
		}
		assert_memory_equal(found, model, sizeof(model));
	}
}

static void random_bytes_do_no_harm(void **state)
{
	u32 i, round;

	for (round = 0; round < 2000; round++) {
		setup(state);
		map.desc_size = 40 + 8 * (rand() % 8);
		map.size = rand() % 2048;
		for (i = 0; i < map.size; i++)
			raw[i] = rand();
		if (efi_map_to_e820(&map, &table))
			assert_int_equal(table.nr_entries, 0);
		for (i = 0; i < table.nr_entries; i++)
			assert_true(entries[i].addr + entries[i].size > entries[i].addr);
	}
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_type_becomes_what_linux_makes_of_it),
		TEST(unknown_type_is_reserved_and_counted),
		TEST(touching_neighbours_of_one_type_merge),
		TEST(order_of_the_map_is_kept),
		TEST(usable_memory_of_runtime_services_is_reserved),
		TEST(usable_memory_that_cannot_be_cached_is_unusable),
		TEST(map_without_any_cacheable_memory_stays_usable),
		TEST(specific_purpose_memory_is_soft_reserved),
		TEST(specific_purpose_memory_is_memory_where_that_is_asked_for),
		TEST(non_volatile_conventional_memory_is_persistent),
		TEST(unaccepted_memory_is_reserved_and_summed),
		TEST(empty_descriptor_is_left_out_and_counted),
		TEST(usable_memory_that_wraps_is_left_out),
		TEST(other_memory_that_wraps_is_cut_at_the_end),
		TEST(unaligned_usable_memory_shrinks_to_whole_pages),
		TEST(unaligned_other_memory_grows_to_whole_pages),
		TEST(any_stride_that_is_possible_is_stepped_by),
		TEST(impossible_stride_is_refused),
		TEST(map_without_usable_memory_is_refused),
		TEST(bytes_after_the_last_descriptor_are_ignored_and_counted),
		TEST(table_without_room_stays_empty),
		TEST(descriptors_may_lie_at_any_address),
		TEST(boot_services_ranges_merge_where_they_touch),
		TEST(mirrored_ranges_are_found_whatever_their_type),
		TEST(only_usable_memory_is_hot_pluggable),
		TEST(lines_are_those_of_linux),
		TEST(every_attribute_has_its_column),
		TEST(print_logs_a_line_for_each_descriptor),
		TEST(unknown_types_and_attributes_are_numbers),
		TEST(text_that_does_not_fit_is_cut),
		TEST(lint_sees_descriptors_as_they_are),
		TEST(random_maps_equal_the_model),
		TEST(random_bytes_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
