/* SPDX-License-Identifier: MIT */
/* e820 tables: putting in order, against a model, and their room. */
#include "e820_machine.h"

#include <stdlib.h>
#include <string.h>

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

/* A record of three pages whose second half is its arena, with @used bytes of it taken. */
static u64 size_when_closed(struct boot_info *info, phys_addr_t base, size_t used)
{
	static char block[3 * PAGE_SIZE] __aligned(PAGE_SIZE);

	info->self = (uintptr_t)block;
	info->self_size = sizeof(block);
	info->arena = (struct boot_arena){
		.base = block + base, .size = sizeof(block) - base, .used = used};
	boot_arena_close(info);
	return info->self_size;
}

static void a_closed_arena_gives_whole_unused_pages_back(void **state)
{
	struct boot_info *info = host_machine_pc(GB(1), NULL);
	u64 size = info->self_size;
	struct boot_arena arena = info->arena;

	(void)state;
	/* One that is no part of the record has nothing to give. */
	boot_arena_close(info);
	assert_int_equal(info->self_size, size);
	assert_int_equal(info->arena.size, arena.size);
	assert_int_equal(size_when_closed(info, 512, 0), PAGE_SIZE);
	assert_int_equal(info->arena.size, PAGE_SIZE - 512);
	assert_non_null(boot_arena_alloc(info, PAGE_SIZE - 512));
	assert_null(boot_arena_alloc(info, 1));
	assert_int_equal(size_when_closed(info, 512, PAGE_SIZE - 512), PAGE_SIZE);
	assert_int_equal(size_when_closed(info, 512, PAGE_SIZE - 511), 2 * PAGE_SIZE);
	assert_int_equal(size_when_closed(info, 512, 3 * PAGE_SIZE - 512), 3 * PAGE_SIZE);
	info->arena = arena;
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
		test(a_closed_arena_gives_whole_unused_pages_back),
		test(verify_reports_each_fault),
	};

	return cmocka_run_group_tests_name("e820", tests, NULL, NULL);
}
