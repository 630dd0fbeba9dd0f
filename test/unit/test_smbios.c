/* SPDX-License-Identifier: MIT */
/* SMBIOS: from a firmware's table to what it claims of memory, and what is no table. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include <baremm/acpi.h>
#include <baremm/arch.h>
#include <baremm/smbios.h>
#include <host/machine.h>
#include <linux/sizes.h>

#include "efi/smbios.h"

#define DEVICE 17
#define MAPPED 19
#define TB     (1ULL << 40)

static u8 table[4096], records[4096];
static size_t table_size;
static struct smbios_memory memory;

static void put(size_t at, u64 value, size_t size)
{
	memcpy(table + at, &value, size);
}

/* A structure without strings: an empty one ends it. Returns where it begins. */
static size_t add(u8 type, u8 length)
{
	size_t at = table_size;

	memset(table + at, 0, length + 2u);
	table[at] = type;
	table[at + 1] = length;
	put(at + 2, at, 2);
	table_size += length + 2u;
	return at;
}

static void add_device(u16 size, u32 extended)
{
	size_t at = add(DEVICE, 0x28);

	put(at + 0x0c, size, 2);
	put(at + 0x1c, extended, 4);
}

static void add_mapped(u64 start_kb, u64 last_kb)
{
	size_t at = add(MAPPED, 0x1f);

	put(at + 4, start_kb, 4);
	put(at + 8, last_kb, 4);
}

static int setup(void **state)
{
	(void)state;
	table_size = 0;
	memset(table, 0, sizeof(table));
	memset(records, 0x5a, sizeof(records));
	return 0;
}

/* What is read of the table, by way of the copy. */
static void read_all(void)
{
	size_t size = smbios_collect(table, table_size, NULL, 0);

	assert_true(size <= sizeof(records));
	assert_int_equal(smbios_collect(table, table_size, records, size), size);
	smbios_read_memory(records, size, &memory);
}

static void devices_of_each_way_to_say_a_size_are_summed(void **state)
{
	(void)state;
	add_device(512, 0);		 /* MB */
	add_device(0x8000 | 640, 0);	 /* KB */
	add_device(0x7fff, 0x80008000u); /* MB elsewhere, its highest bit means nothing */
	add_device(0, 0);		 /* an empty socket */
	add_device(0xffff, 0);		 /* not known */
	read_all();
	assert_int_equal(memory.installed, SZ_512M + 640 * SZ_1K + 0x8000ull * SZ_1M);
	assert_int_equal(memory.nr_devices, 4);
	assert_int_equal(memory.nr_unknown, 1);
	assert_int_equal(memory.broken, 0);
}

static void ranges_are_in_kilobytes_or_in_bytes(void **state)
{
	size_t at;

	(void)state;
	add_mapped(0, SZ_1G / SZ_1K - 1);
	add_mapped(0xffffffff, 0);
	at = table_size - 0x1f - 2;
	put(at + 0x0f, 8 * TB, 8);
	put(at + 0x17, 9 * TB - 1, 8);
	read_all();
	assert_int_equal(memory.nr_mapped, 2);
	assert_int_equal(memory.mapped[0].start, 0);
	assert_int_equal(memory.mapped[0].end, SZ_1G);
	assert_int_equal(memory.mapped[1].start, 8 * TB);
	assert_int_equal(memory.mapped[1].end, 9 * TB);
}

static void other_structures_and_strings_are_passed_over(void **state)
{
	(void)state;
	add(0, 0x18);
	/* Strings in place of the empty one. */
	table_size -= 2;
	memcpy(table + table_size, "maker\0board\0", 13);
	table_size += 13;
	add_device(64, 0);
	add(127, 4);
	add_device(64, 0); /* behind the end */
	read_all();
	assert_int_equal(memory.installed, 64 * SZ_1M);
	assert_int_equal(records[0], DEVICE);
	assert_int_equal(records[0x28], 0x5a);
}

static void a_table_that_is_cut_short_gives_what_is_whole(void **state)
{
	(void)state;
	add_device(64, 0);
	add_device(64, 0);
	for (size_t size = 0; size <= table_size; size++) {
		size_t used = smbios_collect(table, size, records, sizeof(records));

		assert_int_equal(used, size < 0x28 ? 0 : size < 0x28 + 2 + 0x28 ? 0x28 : 2 * 0x28);
	}
	/* No more is written than there is room for, and whole structures only. */
	memset(records, 0x5a, sizeof(records));
	assert_int_equal(smbios_collect(table, table_size, records, 0x30), 2 * 0x28);
	assert_int_equal(records[0x28], 0x5a);
}

static void short_structures_are_counted(void **state)
{
	(void)state;
	add(DEVICE, 0x0c);
	add(MAPPED, 0x0e);
	put(add(MAPPED, 0x0f) + 4, 0xffffffff, 4);
	read_all();
	assert_int_equal(memory.broken, 3);
	assert_int_equal(memory.nr_devices + memory.nr_mapped, 0);
	/* Bytes that are no structures at all. */
	memset(records, 0, 64);
	smbios_read_memory(records, 64, &memory);
	assert_int_equal(memory.broken, 1);
}

static void more_ranges_than_there_is_room_for_are_counted(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < SMBIOS_MAX_MAPPED + 3; i++)
		add_mapped(i * SZ_1K, i * SZ_1K + 3);
	read_all();
	assert_int_equal(memory.nr_mapped, SMBIOS_MAX_MAPPED);
	assert_int_equal(memory.dropped, 3);
}

/* ---- Entry points -------------------------------------------------------------------- */

static void seal(u8 *bytes, size_t size, size_t sum_at)
{
	bytes[sum_at] = 0;
	bytes[sum_at] = (u8)-acpi_checksum(bytes, size);
}

static void both_kinds_of_entry_points_are_read(void **state)
{
	u8 entry[SMBIOS_ENTRY_SIZE] = "_SM3_";
	u64 addr;
	u32 size;

	(void)state;
	entry[6] = 0x18;
	memcpy(entry + 0x0c, &(u32){0x12345}, 4);
	memcpy(entry + 0x10, &(u64){0x123456789abcULL}, 8);
	seal(entry, 0x18, 5);
	assert_true(smbios_entry(entry, &addr, &size));
	assert_int_equal(addr, 0x123456789abcULL);
	assert_int_equal(size, 0x12345);
	entry[0x0c]++;
	assert_false(smbios_entry(entry, &addr, &size));

	memset(entry, 0, sizeof(entry));
	memcpy(entry, "_SM_", 4);
	memcpy(entry + 0x10, "_DMI_", 5);
	memcpy(entry + 0x16, &(u16){0x1234}, 2);
	memcpy(entry + 0x18, &(u32){0xabcd0000}, 4);
	seal(entry + 0x10, 0x0f, 5);
	assert_true(smbios_entry(entry, &addr, &size));
	assert_int_equal(addr, 0xabcd0000);
	assert_int_equal(size, 0x1234);
	entry[0x10] = 'x';
	assert_false(smbios_entry(entry, &addr, &size));
}

static void random_bytes_do_no_harm(void **state)
{
	(void)state;
	host_test_seed("smbios");
	for (unsigned int round = 0; round < 3000; round++) {
		u64 random = arch_random();
		u8 entry[SMBIOS_ENTRY_SIZE];
		u64 addr;
		u32 size;

		table_size = random % 600;
		for (size_t i = 0; i < table_size; i++)
			table[i] = (u8)((arch_random() >> 40) & (random >> 32 & 1 ? 0x1f : 0xff));
		read_all();
		smbios_read_memory(table, table_size, &memory);
		memcpy(entry, table, sizeof(entry));
		memcpy(entry, "_SM3_", 5);
		smbios_entry(entry, &addr, &size);
	}
}

#define TEST(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(devices_of_each_way_to_say_a_size_are_summed),
		TEST(ranges_are_in_kilobytes_or_in_bytes),
		TEST(other_structures_and_strings_are_passed_over),
		TEST(a_table_that_is_cut_short_gives_what_is_whole),
		TEST(short_structures_are_counted),
		TEST(more_ranges_than_there_is_room_for_are_counted),
		TEST(both_kinds_of_entry_points_are_read),
		TEST(random_bytes_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
