/* SPDX-License-Identifier: MIT */
/*
 * e820: the machine's physical address ranges and what each is, as Linux keeps
 * them: the firmware's table untouched, and a second one that options and the
 * boot itself edit, which memblock is filled from.
 *
 * Owns:       the two tables' arrays, taken from the boot record's arena.
 * Invariants: after e820__update_table() a table is sorted by address, its
 *             entries do not overlap, none is empty, none wraps, and neighbours
 *             that touch differ in type, unless they are of a type that is never
 *             merged (PRAM, soft reserved: the pieces may be distinct devices).
 * Lifetime:   from e820__memory_setup() on; the edited table is final once
 *             memblock was filled from it.
 * Locking:    none; boot CPU only.
 * Units:      bytes; addr + size never passes 2^64 in a table.
 * Failure:    -ENOMEM where the arena is used up, with a message; the table is
 *             then as before. Bad entries are repaired or left out, each with a
 *             message, and counted.
 * Source:     Linux 6.1's e820, whose names, results and messages these are.
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

/* A PC keeps display memory and option ROMs here, whatever its map says. */
#define BIOS_BEGIN 0x000a0000
#define BIOS_END   0x00100000

struct e820_entry {
	u64 addr;
	u64 size;
	u32 type; /* enum e820_type; an unknown number counts as reserved */
	u32 pad;
};

/*
 * A table, and the room that sorting it takes. All arrays grow together, from
 * @info's arena.
 */
struct e820_table {
	struct e820_entry *entries;
	u32 nr_entries;
	u32 max_entries;
	struct boot_info *info;
	struct e820_entry *spare;    /* the next entries[] */
	struct e820_change *changes; /* where an entry starts or ends */
	u32 *active;		     /* entries that hold the current address */
};

/* Bytes of arena that a firmware map of @nr entries needs, some options among them. */
#define E820_ARENA_SIZE(nr) (32 * 1024 + (nr)*400UL)

/* What firmware's map needed. Zero on a machine whose map is in order. */
struct e820_repairs {
	u32 unsorted;	 /* entries that stood before one of lower address */
	u32 empty;	 /* left out */
	u32 wrapping;	 /* cut at 2^64 */
	u32 overlapping; /* the stricter type, the higher number, won */
	u32 unknown;	 /* types that are treated as reserved */
	u32 unreachable; /* RAM above what the architecture can address, cut */
};
extern struct e820_repairs e820_repairs;

extern struct e820_table *e820_table;	       /* edited */
extern struct e820_table *e820_table_firmware; /* what firmware said, put in order */

/* ---- The steps of a boot, in order ------------------------------------------ */

/* Fills both tables from @info->e820, and logs them. panic() where the arena is too small. */
void e820__memory_setup(struct boot_info *info);

/* Applies mem= and memmap=, and logs the table if there was any. */
void e820__finish_early_params(void);

/*
 * Page 0 becomes reserved; RAM from BIOS_BEGIN to BIOS_END is taken out. Then come
 * the e820_other_changes().
 */
void e820__trim_bios_range(void);

/*
 * What else is known of the machine by then and changes e820_table, such as MTRRs
 * that leave RAM uncached. NULL: nothing is.
 */
extern void (*e820_other_changes)(void);

/*
 * The pfn after the last RAM in the table (in the second form, of that below
 * 4 GB). RAM past MAX_MEMMAP_PFN is taken out first, with a message.
 */
unsigned long e820__end_of_ram_pfn(void);
unsigned long e820__end_of_low_ram_pfn(void);

/*
 * RAM to memblock.memory, in whole pages; soft-reserved ranges to
 * memblock.reserved. Memblock's tables may grow from here on, into any memory that
 * is not reserved: reserve first what must not be overwritten.
 */
void e820__memblock_setup(void);

/* ---- The edited table ---------------------------------------------------------- */

/* Appends; call e820__update_table(e820_table) when all is appended. 0 or -ENOMEM. */
int e820__range_add(u64 start, u64 size, enum e820_type type);

/* What is @old_type in the range becomes @new_type. Returns the bytes changed. */
u64 e820__range_update(u64 start, u64 size, enum e820_type old_type, enum e820_type new_type);

/* Takes out the range, or with @check_type only what is @old_type there. Bytes removed. */
u64 e820__range_remove(u64 start, u64 size, enum e820_type old_type, bool check_type);

/* The type of the entry that holds all of [start, end), or -EINVAL. */
int e820__get_entry_type(u64 start, u64 end);

/* Is any (all) of [start, end) of @type? Type 0 stands for any type. */
bool e820__mapped_any(u64 start, u64 end, enum e820_type type);
bool e820__mapped_all(u64 start, u64 end, enum e820_type type);
/* The same of the firmware's table. */
bool e820__mapped_raw_any(u64 start, u64 end, enum e820_type type);

/* ---- Any table ------------------------------------------------------------------ */

/* An empty table with room for @max entries. 0 or -ENOMEM. */
int e820_table_init(struct e820_table *table, struct boot_info *info, u32 max);

/*
 * Puts a table in order: O(n log n). Where ranges overlap the higher type number
 * wins. Repairs are counted in @repairs and logged, if it is not NULL. 0 or -ENOMEM.
 */
int e820_table_sanitize(struct e820_table *table, struct e820_repairs *repairs);
int e820__update_table(struct e820_table *table);

int e820_table_add(struct e820_table *table, u64 start, u64 size, u32 type);
u64 e820_table_update(struct e820_table *table, u64 start, u64 size, u32 old_type, u32 new_type);
/* @type 0: whatever is there. */
u64 e820_table_remove(struct e820_table *table, u64 start, u64 size, u32 type);

/* Logs every entry: "who: [mem 0x…-0x…] usable". */
void e820_print_table(const struct e820_table *table, const char *who);

/* Linux's words for a type in the log and in iomem; @buf is for those without. */
#define E820_TYPE_NAME_MAX 32
const char *e820_type_name(u32 type, char buf[E820_TYPE_NAME_MAX]);
const char *e820_type_to_string(u32 type);

/* Checks the invariants. Logs each fault and returns their number. */
int e820_verify(const struct e820_table *table);

/* ---- iomem ------------------------------------------------------------------------ */

/* The edited table and the program's own ranges in the form of /proc/iomem. */
void iomem_show(struct seq_file *m);

#endif /* _BAREMM_E820_H */
