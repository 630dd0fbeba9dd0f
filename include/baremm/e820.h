/* SPDX-License-Identifier: MIT */
/*
 * e820: the machine's physical address ranges and what each is, as Linux keeps
 * them: the firmware's table untouched, and a second one that options and the
 * boot itself edit, which memblock is filled from.
 *
 * Owns:       the two tables' arrays, taken from the boot record's arena.
 * Invariants: after e820__update_table() a table is sorted by address, its
 *             entries do not overlap, none is empty, none wraps, and neighbours
 *             that touch differ in type.
 * Lifetime:   from e820__memory_setup() on; the edited table is final once
 *             memblock was filled from it.
 * Locking:    none; boot CPU only.
 * Units:      bytes; addr + size never passes 2^64 in a table.
 * Failure:    -ENOMEM where the arena is used up, with a message; the table is
 *             then as before. Bad entries are repaired or left out, each with a
 *             message, and counted.
 */
#ifndef _BAREMM_E820_H
#define _BAREMM_E820_H

#include <linux/types.h>

struct boot_info;
struct seq_file;

/* Numbers and meaning: ACPI 6.5 section 15, and Linux's own above 7. */
enum e820_type {
	E820_TYPE_RAM = 1,
	E820_TYPE_RESERVED = 2,
	E820_TYPE_ACPI = 3,
	E820_TYPE_NVS = 4,
	E820_TYPE_UNUSABLE = 5,
	E820_TYPE_PMEM = 7,
	E820_TYPE_PRAM = 12,
	E820_TYPE_SOFT_RESERVED = 0xefffffff,
};

struct e820_entry {
	u64 addr;
	u64 size;
	u32 type; /* enum e820_type; an unknown number counts as reserved */
	u32 pad;
};

struct e820_table {
	struct e820_entry *entries;
	u32 nr_entries;
	u32 max_entries;
};

#endif /* _BAREMM_E820_H */
