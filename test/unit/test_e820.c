/* SPDX-License-Identifier: MIT */
/* e820 tables: putting in order, editing, what the boot makes of them, and iomem. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <baremm/arch.h>
#include <baremm/boot_info.h>
#include <baremm/e820.h>
#include <baremm/options.h>
#include <host/machine.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/seq_file.h>
#include <linux/sizes.h>

#include "../../mm/internal.h"

#define RAM	 E820_TYPE_RAM
#define RESERVED E820_TYPE_RESERVED
#define ACPI	 E820_TYPE_ACPI
#define NVS	 E820_TYPE_NVS
#define UNUSABLE E820_TYPE_UNUSABLE
#define PMEM	 E820_TYPE_PMEM
#define PRAM	 E820_TYPE_PRAM
#define SOFT	 E820_TYPE_SOFT_RESERVED

#define KB(n) ((u64)(n) << 10)
#define MB(n) ((u64)(n) << 20)
#define GB(n) ((u64)(n) << 30)

#define MAP(...) ((const struct e820_entry[]){__VA_ARGS__})
#define NR(map)	 (u32)(sizeof(map) / sizeof((map)[0]))
#define E(start, length, what)                                    \
	{                                                         \
		.addr = (start), .size = (length), .type = (what) \
	}

/* Places to try the same thing at: zero, across 4 GB, and up to the last byte. */
static const u64 bases[] = {0, GB(4) - MB(32), 0 - MB(64)};

static int reset(void **state)
{
	(void)state;
	host_machine_exit();
	memblock_reset();
	e820_forget_options();
	host_log_clear();
	return 0;
}

/* A table of its own with room for @max entries, holding @map. */
static struct e820_table *table_of(const struct e820_entry *map, u32 nr, u32 max)
{
	static struct e820_table table;

	host_machine_exit();
	assert_int_equal(e820_table_init(&table, host_machine_init(map, nr, NULL), max), 0);
	for (u32 i = 0; i < nr; i++)
		assert_int_equal(e820_table_add(&table, map[i].addr, map[i].size, map[i].type), 0);
	return &table;
}
#define TABLE(map) table_of(map, NR(map), 64)

static void assert_entries(const struct e820_table *table, const struct e820_entry *want, u32 nr)
{
	for (u32 i = 0; i < table->nr_entries && i < nr; i++) {
		const struct e820_entry *have = &table->entries[i];

		if (have->addr != want[i].addr || have->size != want[i].size ||
		    have->type != want[i].type)
			fail_msg("entry %u is 0x%llx+0x%llx type %u, not 0x%llx+0x%llx type %u", i,
				 have->addr, have->size, have->type, want[i].addr, want[i].size,
				 want[i].type);
	}
	assert_int_equal(table->nr_entries, nr);
	assert_int_equal(e820_verify(table), 0);
}
#define ASSERT_TABLE(table, ...) assert_entries(table, MAP(__VA_ARGS__), NR(MAP(__VA_ARGS__)))

/* The first steps of a boot on @map with @options. */
static struct boot_info *boot(const struct e820_entry *map, u32 nr, const char *options)
{
	struct boot_info *info;

	host_machine_exit();
	info = host_machine_init(map, nr, options);
	mm_register_options();
	parse_options(info->options);
	e820__memory_setup(info);
	e820__finish_early_params();
	return info;
}
#define BOOT(map, options) boot(map, NR(map), options)

/* ---- Putting in order ----------------------------------------------------------- */

static void unsorted_entries_are_sorted_and_counted(void **state)
{
	struct e820_repairs repairs = {0};
	struct e820_table *table = TABLE(MAP(E(GB(4), GB(1), RAM), E(0, KB(640), RAM),
					     E(MB(2), MB(1), ACPI), E(MB(1), MB(1), NVS)));

	(void)state;
	assert_int_equal(e820_table_sanitize(table, &repairs), 0);
	ASSERT_TABLE(table, E(0, KB(640), RAM), E(MB(1), MB(1), NVS), E(MB(2), MB(1), ACPI),
		     E(GB(4), GB(1), RAM));
	assert_int_equal(repairs.unsorted, 2);
	assert_int_equal(repairs.overlapping, 0);
	assert_true(host_log_contains("e820: 2 of 4 entries out of order, sorted\n"));
}

/*
 *   | RAM | RAM || ACPI | ACPI | RAM |
 *   |    RAM    ||     ACPI    | RAM |
 */
static void touching_entries_of_one_type_become_one(void **state)
{
	struct e820_repairs repairs = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bases); i++) {
		u64 b = bases[i];
		struct e820_table *table = TABLE(
			MAP(E(b, MB(1), RAM), E(b + MB(1), MB(2), RAM), E(b + MB(3), MB(1), ACPI),
			    E(b + MB(4), MB(1), ACPI), E(b + MB(5), MB(59), RAM)));

		assert_int_equal(e820_table_sanitize(table, &repairs), 0);
		ASSERT_TABLE(table, E(b, MB(3), RAM), E(b + MB(3), MB(2), ACPI),
			     E(b + MB(5), MB(59), RAM));
	}
	assert_int_equal(repairs.overlapping + repairs.unsorted + repairs.wrapping, 0);
}

/*
 *   |------------ RAM ------------|
 *        |--- ACPI ---|
 *                 |-- NVS --|
 *   |RAM |  ACPI  |  NVS    | RAM |
 */
static void the_stricter_type_wins_an_overlap(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bases); i++) {
		u64 b = bases[i];
		struct e820_repairs repairs = {0};
		struct e820_table *table = TABLE(MAP(E(b, MB(64), RAM), E(b + MB(8), MB(16), ACPI),
						     E(b + MB(16), MB(16), NVS)));

		assert_int_equal(e820_table_sanitize(table, &repairs), 0);
		ASSERT_TABLE(table, E(b, MB(8), RAM), E(b + MB(8), MB(8), ACPI),
			     E(b + MB(16), MB(16), NVS), E(b + MB(32), MB(32), RAM));
		assert_int_equal(repairs.overlapping, 2);
	}
	assert_true(
		host_log_contains("entry 2 [mem 0x0000000001000000-0x0000000001ffffff] ACPI NVS "
				  "overlaps another, stricter type wins\n"));
}

static void soft_reserved_is_the_strictest(void **state)
{
	struct e820_table *table = TABLE(MAP(E(MB(1), MB(4), SOFT), E(0, MB(8), PRAM)));

	(void)state;
	assert_int_equal(e820__update_table(table), 0);
	ASSERT_TABLE(table, E(0, MB(1), PRAM), E(MB(1), MB(4), SOFT), E(MB(5), MB(3), PRAM));
}

static void the_same_entry_many_times_is_one(void **state)
{
	struct e820_table *table =
		TABLE(MAP(E(MB(1), MB(1), RAM), E(MB(1), MB(1), RAM), E(MB(1), MB(1), RAM)));

	(void)state;
	assert_int_equal(e820__update_table(table), 0);
	ASSERT_TABLE(table, E(MB(1), MB(1), RAM));
}

static void empty_entries_are_left_out(void **state)
{
	struct e820_repairs repairs = {0};
	struct e820_table *table =
		TABLE(MAP(E(0, 0, RAM), E(MB(1), MB(1), RAM), E(MB(1) + KB(512), 0, NVS)));

	(void)state;
	assert_int_equal(e820_table_sanitize(table, &repairs), 0);
	ASSERT_TABLE(table, E(MB(1), MB(1), RAM));
	assert_int_equal(repairs.empty, 2);
	assert_true(host_log_contains("is empty, left out"));
}

static void wrapping_entries_are_cut_at_the_end_of_addresses(void **state)
{
	struct e820_repairs repairs = {0};
	struct e820_table *table = TABLE(
		MAP(E(0 - MB(1), GB(1), RESERVED), E(MB(1), MB(1), RAM), E(GB(1), ~0ULL, NVS)));

	(void)state;
	assert_int_equal(e820_table_sanitize(table, &repairs), 0);
	ASSERT_TABLE(table, E(MB(1), MB(1), RAM), E(GB(1), 0 - GB(1), NVS));
	assert_int_equal(repairs.wrapping, 2);
}

static void an_entry_may_reach_the_last_byte(void **state)
{
	struct e820_repairs repairs = {0};
	struct e820_table *table = TABLE(MAP(E(0 - MB(1), MB(1), RESERVED), E(0, ~0ULL, RAM)));

	(void)state;
	assert_int_equal(e820_table_sanitize(table, &repairs), 0);
	ASSERT_TABLE(table, E(0, 0 - MB(1), RAM), E(0 - MB(1), MB(1), RESERVED));
	assert_int_equal(repairs.wrapping, 0);
}

static void unknown_types_are_kept_and_counted(void **state)
{
	struct e820_repairs repairs = {0};
	struct e820_table *table =
		TABLE(MAP(E(0, MB(2), RAM), E(MB(1), MB(1), 99), E(MB(2), MB(1), 0)));

	(void)state;
	assert_int_equal(e820_table_sanitize(table, &repairs), 0);
	ASSERT_TABLE(table, E(0, MB(1), RAM), E(MB(1), MB(1), 99), E(MB(2), MB(1), RESERVED));
	assert_int_equal(repairs.unknown, 2);
}

static void pieces_of_persistent_memory_stay_apart(void **state)
{
	struct e820_table *table =
		TABLE(MAP(E(GB(1), GB(1), PRAM), E(GB(2), GB(1), PRAM), E(GB(3), GB(1), SOFT),
			  E(GB(4), GB(1), SOFT), E(GB(5), GB(1), PMEM), E(GB(6), GB(1), PMEM)));

	(void)state;
	assert_int_equal(e820__update_table(table), 0);
	ASSERT_TABLE(table, E(GB(1), GB(1), PRAM), E(GB(2), GB(1), PRAM), E(GB(3), GB(1), SOFT),
		     E(GB(4), GB(1), SOFT), E(GB(5), GB(2), PMEM));
}

static void an_empty_table_is_in_order(void **state)
{
	struct e820_table *table = table_of(NULL, 0, 1);

	(void)state;
	assert_int_equal(e820__update_table(table), 0);
	assert_int_equal(table->nr_entries, 0);
	assert_int_equal(e820_verify(table), 0);
}

/* ---- Random tables against a model of one type a unit ---------------------------- */

#define UNITS 64
#define UNIT  MB(1)

static const u32 types[] = {RAM, RAM, RAM, RESERVED, ACPI, NVS, UNUSABLE, PMEM, PRAM, SOFT, 77};

static void assert_model(const struct e820_table *table, u64 base, const u32 model[UNITS])
{
	u32 have[UNITS] = {0};

	for (u32 i = 0; i < table->nr_entries; i++) {
		const struct e820_entry *entry = &table->entries[i];
		u64 first = (entry->addr - base) / UNIT, nr = entry->size / UNIT;

		assert_int_equal(entry->size % UNIT, 0);
		for (u64 unit = first; unit < first + nr; unit++)
			have[unit] = entry->type;
	}
	assert_memory_equal(have, model, sizeof(have));
	assert_int_equal(e820_verify(table), 0);
}

static void random_tables_agree_with_the_model(void **state)
{
	(void)state;
	host_test_seed("random_tables_agree_with_the_model");
	for (int round = 0; round < 3000; round++) {
		u64 base = bases[round % ARRAY_SIZE(bases)];
		struct e820_table *table = table_of(NULL, 0, 1 + arch_random() % 30);
		u32 nr = arch_random() % 30, model[UNITS] = {0};

		for (u32 i = 0; i < nr; i++) {
			u32 first = arch_random() % UNITS,
			    size = arch_random() % (UNITS - first + 1);
			u32 type = types[arch_random() % ARRAY_SIZE(types)];

			assert_int_equal(
				e820_table_add(table, base + first * UNIT, size * UNIT, type), 0);
			for (u32 unit = first; unit < first + size; unit++)
				model[unit] = max(model[unit], type);
		}
		assert_int_equal(e820__update_table(table), 0);
		assert_model(table, base, model);
	}
}

static void random_edits_agree_with_the_model(void **state)
{
	(void)state;
	host_test_seed("random_edits_agree_with_the_model");
	for (int round = 0; round < 300; round++) {
		/* An edit cannot name the last byte of all, as on Linux: stay below. */
		u64 base = bases[round % ARRAY_SIZE(bases)] - (round % 3 == 2 ? UNIT : 0);
		struct e820_table *table = table_of(NULL, 0, 1);
		u32 model[UNITS] = {0};

		for (int i = 0; i < 60; i++) {
			u32 first = arch_random() % UNITS,
			    size = arch_random() % (UNITS - first + 1);
			u32 from = types[arch_random() % ARRAY_SIZE(types)];
			u32 to = types[arch_random() % ARRAY_SIZE(types)];
			u64 start = base + first * UNIT, done = 0, changed = 0;
			int kind = arch_random() % 4;

			if (kind == 0)
				e820_table_add(table, start, size * UNIT, to);
			else if (kind == 1)
				done = e820_table_update(table, start, size * UNIT, from, to);
			else
				done = e820_table_remove(table, start, size * UNIT,
							 kind == 2 ? from : 0);
			for (u32 unit = first; unit < first + size; unit++) {
				if (kind == 0) {
					model[unit] = max(model[unit], to);
				} else if (model[unit] && (kind == 3 || model[unit] == from)) {
					model[unit] = kind == 1 ? to : 0;
					changed += UNIT;
				}
			}
			assert_true(done == changed);
			assert_int_equal(e820__update_table(table), 0);
			assert_model(table, base, model);
		}
	}
}

/* What the sanitising pass should make of @addr: the highest type of all that hold it. */
static u32 expected_type(const struct e820_entry *map, u32 nr, u64 addr)
{
	u32 type = 0;

	for (u32 i = 0; i < nr; i++) {
		u64 last = map[i].addr + map[i].size - 1;

		if (last < map[i].addr)
			last = ~0ULL;
		if (map[i].size && map[i].addr <= addr && addr <= last)
			type = max(type, map[i].type ? map[i].type : RESERVED);
	}
	return type;
}

static u32 type_at(const struct e820_table *table, u64 addr)
{
	for (u32 i = 0; i < table->nr_entries; i++)
		if (addr - table->entries[i].addr < table->entries[i].size)
			return table->entries[i].type;
	return 0;
}

/* An address near a power of two, near either end, or anywhere. */
static u64 random_address(void)
{
	u64 near = arch_random() % 5 - 2;

	switch (arch_random() % 4) {
	case 0:
		return near;
	case 1:
		return (1ULL << arch_random() % 64) + near;
	case 2:
		return (arch_random() % 16 << 60) + near;
	default:
		return arch_random();
	}
}

static void garbage_is_put_in_order_byte_by_byte(void **state)
{
	struct e820_entry map[20];

	(void)state;
	host_test_seed("garbage_is_put_in_order_byte_by_byte");
	for (int round = 0; round < 3000; round++) {
		u32 nr = arch_random() % ARRAY_SIZE(map);
		struct e820_table *table;

		for (u32 i = 0; i < nr; i++)
			map[i] = (struct e820_entry)E(random_address(), random_address(),
						      arch_random() % 14);
		table = table_of(NULL, 0, 64);
		for (u32 i = 0; i < nr; i++)
			e820_table_add(table, map[i].addr, map[i].size, map[i].type);
		assert_int_equal(e820__update_table(table), 0);
		assert_int_equal(e820_verify(table), 0);
		for (u32 i = 0; i < nr; i++) {
			const u64 edges[] = {map[i].addr, map[i].addr + map[i].size};

			for (u32 j = 0; j < 6; j++) {
				u64 addr = edges[j % 2] + j / 2 - 1;

				/* All of 2^64 bytes cannot be said: the last is then missing. */
				if (addr == ~0ULL)
					continue;
				assert_int_equal(type_at(table, addr),
						 expected_type(map, nr, addr));
			}
		}
	}
}

/* Ten thousand entries that overlap in chains, backwards, of changing types. */
static void ten_thousand_entries_are_put_in_order(void **state)
{
	enum { N = 10000 };
	struct boot_info *info = host_machine_pc(GB(1), NULL);
	struct e820_table sized, *table = &sized;

	(void)state;
	free(info->arena.base);
	info->arena = (struct boot_arena){.size = E820_ARENA_SIZE(N)};
	info->arena.base = calloc(1, info->arena.size);
	assert_int_equal(e820_table_init(table, info, N), 0);
	for (u64 i = N; i-- > 0;)
		assert_int_equal(e820_table_add(table, MB(i), MB(1) + KB(512), i % 2 ? NVS : RAM),
				 0);
	assert_int_equal(e820__update_table(table), 0);
	/* RAM [i, i + 1.5) loses half a megabyte to each neighbour: NVS there. */
	assert_int_equal(table->nr_entries, N);
	assert_int_equal(e820_verify(table), 0);
	for (u64 i = 2; i < N; i += 2) {
		assert_true(table->entries[i].addr == MB(i) + KB(512));
		assert_true(table->entries[i].size == KB(512));
		assert_int_equal(table->entries[i].type, RAM);
	}
}

static void a_boot_takes_ten_thousand_entries(void **state)
{
	enum { N = 10000 };
	struct e820_entry *map = calloc(N, sizeof(*map));

	(void)state;
	for (u64 i = 0; i < N; i++)
		map[i] = (struct e820_entry)E(MB(2 * ((i * 7919) % N)), MB(1), RAM);
	boot(map, N, "memmap=1G$1G");
	assert_int_equal(e820_verify(e820_table), 0);
	assert_int_equal(e820_table_firmware->nr_entries, N);
	assert_int_equal(e820_table->nr_entries, N - 512 + 1);
	free(map);
}

/* ---- Room ------------------------------------------------------------------------- */

static void a_table_grows_when_it_is_full(void **state)
{
	struct e820_table *table = table_of(NULL, 0, 2);

	(void)state;
	for (u64 i = 0; i < 100; i++)
		assert_int_equal(e820_table_add(table, MB(2 * i), MB(1), RAM), 0);
	assert_int_equal(table->nr_entries, 100);
	assert_int_equal(e820__update_table(table), 0);
	assert_int_equal(table->nr_entries, 100);
	assert_int_equal(e820_verify(table), 0);
}

static void a_table_without_room_stays_as_it_was(void **state)
{
	struct e820_table *table = table_of(NULL, 0, 2);
	struct e820_entry before[2];

	(void)state;
	e820_table_add(table, 0, MB(1), RAM);
	e820_table_add(table, MB(8), MB(1), RAM);
	memcpy(before, table->entries, sizeof(before));
	table->info->arena.used = table->info->arena.size;

	assert_int_equal(e820_table_add(table, MB(2), MB(1), RAM), -ENOMEM);
	assert_int_equal(e820__update_table(table), -ENOMEM);
	assert_int_equal(e820_table_update(table, KB(4), KB(4), RAM, NVS), 0);
	assert_int_equal(e820_table_remove(table, KB(4), KB(4), RAM), 0);
	assert_int_equal(table->nr_entries, 2);
	assert_memory_equal(before, table->entries, sizeof(before));
	assert_true(host_log_contains("e820: no room for 4 entries"));
}

static void setup_without_arena(void *info)
{
	e820__memory_setup(info);
}

static void a_boot_without_arena_ends_in_a_panic_that_says_so(void **state)
{
	struct boot_info *info = host_machine_pc(GB(1), NULL);

	(void)state;
	info->arena.used = info->arena.size;
	assert_string_equal(host_expect_panic(setup_without_arena, info),
			    "e820: the arena has no room for 2 entries");
}

static void the_arena_gives_aligned_zeroed_memory_until_it_is_used_up(void **state)
{
	struct boot_info *info = host_machine_pc(GB(1), NULL);
	char *a = boot_arena_alloc(info, 5), *b = boot_arena_alloc(info, 1);

	(void)state;
	assert_ptr_equal(b, a + 16);
	assert_int_equal(a[0] | b[0], 0);
	assert_null(boot_arena_alloc(info, info->arena.size - 16));
	assert_null(boot_arena_alloc(info, SIZE_MAX));
	assert_non_null(boot_arena_alloc(info, info->arena.size - 32));
	assert_null(boot_arena_alloc(info, 1));
}

/* ---- verify ------------------------------------------------------------------------ */

static void verify_reports_each_fault(void **state)
{
	struct e820_table *table = TABLE(MAP(E(0, MB(1), RAM), E(MB(2), MB(1), RAM)));
	struct e820_entry *second = &table->entries[1];

	(void)state;
	assert_int_equal(e820_verify(table), 0);
	second->addr = MB(1);
	assert_int_equal(e820_verify(table), 1);
	assert_true(host_log_contains("should be one with the one before"));
	second->addr = KB(512);
	assert_int_equal(e820_verify(table), 1);
	assert_true(host_log_contains("overlaps the one before"));
	table->entries[0].addr = MB(8);
	assert_int_equal(e820_verify(table), 1);
	assert_true(host_log_contains("is out of order"));
	*second = (struct e820_entry)E(MB(16), 0, RAM);
	assert_int_equal(e820_verify(table), 1);
	assert_true(host_log_contains("is empty"));
	second->size = ~0ULL;
	assert_int_equal(e820_verify(table), 1);
	assert_true(host_log_contains("passes 2^64"));
	table->nr_entries = table->max_entries + 1;
	assert_int_equal(e820_verify(table), 1);
}

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
	struct seq_buf sb;
	char buf[2000];

	(void)state;
	info->ranges = ranges;
	info->nr_ranges = ARRAY_SIZE(ranges);
	e820__trim_bios_range();
	seq_buf_init(&m, &sb, buf, sizeof(buf));
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

#define test(f) cmocka_unit_test_setup_teardown(f, reset, reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(unsorted_entries_are_sorted_and_counted),
		test(touching_entries_of_one_type_become_one),
		test(the_stricter_type_wins_an_overlap),
		test(soft_reserved_is_the_strictest),
		test(the_same_entry_many_times_is_one),
		test(empty_entries_are_left_out),
		test(wrapping_entries_are_cut_at_the_end_of_addresses),
		test(an_entry_may_reach_the_last_byte),
		test(unknown_types_are_kept_and_counted),
		test(pieces_of_persistent_memory_stay_apart),
		test(an_empty_table_is_in_order),
		test(random_tables_agree_with_the_model),
		test(random_edits_agree_with_the_model),
		test(garbage_is_put_in_order_byte_by_byte),
		test(ten_thousand_entries_are_put_in_order),
		test(a_boot_takes_ten_thousand_entries),
		test(a_table_grows_when_it_is_full),
		test(a_table_without_room_stays_as_it_was),
		test(a_boot_without_arena_ends_in_a_panic_that_says_so),
		test(the_arena_gives_aligned_zeroed_memory_until_it_is_used_up),
		test(verify_reports_each_fault),
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

	return cmocka_run_group_tests_name("e820", tests, NULL, NULL);
}
