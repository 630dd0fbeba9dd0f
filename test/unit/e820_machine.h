/* SPDX-License-Identifier: MIT */
/*
 * Tables of e820 entries, for the tests of them and of what a boot makes of them: macros
 * that write one down, and the boot's first steps on it.
 */
#ifndef _TEST_E820_MACHINE_H
#define _TEST_E820_MACHINE_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

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

static inline int reset(void **state)
{
	(void)state;
	host_machine_exit();
	memblock_reset();
	e820_forget_options();
	host_log_clear();
	return 0;
}

/* A table of its own with room for @max entries, holding @map. */
static inline struct e820_table *table_of(const struct e820_entry *map, u32 nr, u32 max)
{
	static struct e820_table table;

	host_machine_exit();
	assert_int_equal(e820_table_init(&table, host_machine_init(map, nr, NULL), max), 0);
	for (u32 i = 0; i < nr; i++)
		assert_int_equal(e820_table_add(&table, map[i].addr, map[i].size, map[i].type), 0);
	return &table;
}
#define TABLE(map) table_of(map, NR(map), 64)

static inline void assert_entries(const struct e820_table *table, const struct e820_entry *want,
				  u32 nr)
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
static inline struct boot_info *boot(const struct e820_entry *map, u32 nr, const char *options)
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

#define test(f) cmocka_unit_test_setup_teardown(f, reset, reset)

#endif /* _TEST_E820_MACHINE_H */
