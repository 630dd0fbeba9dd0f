/* SPDX-License-Identifier: MIT */
/* The machine's two e820 tables, from the firmware's map to memblock. */
#include <baremm/e820.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/pfn.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <baremm/boot_info.h>
#include <baremm/panic.h>

#include "internal.h"

/* Room for what options and the boot add to the firmware's entries. */
#define EXTRA_ENTRIES 64

static struct e820_table edited, firmware;

struct e820_table *e820_table = &edited;
struct e820_table *e820_table_firmware = &firmware;
struct e820_repairs e820_repairs;
void (*e820_other_changes)(void);

static void fill_tables(struct boot_info *info)
{
	if (e820_table_init(&edited, info, 2 * info->nr_e820 + EXTRA_ENTRIES))
		panic("e820: the arena has no room for %u entries", info->nr_e820);
	if (info->nr_e820)
		memcpy(edited.entries, info->e820, info->nr_e820 * sizeof(*info->e820));
	edited.nr_entries = info->nr_e820;
	e820_table_sanitize(&edited, &e820_repairs);

	if (e820_table_init(&firmware, info, edited.nr_entries))
		panic("e820: the arena has no room for a second table");
	if (edited.nr_entries)
		memcpy(firmware.entries, edited.entries,
		       edited.nr_entries * sizeof(*edited.entries));
	firmware.nr_entries = edited.nr_entries;
}

void __init e820__memory_setup(struct boot_info *info)
{
	e820_repairs = (struct e820_repairs){0};
	fill_tables(info);
	pr_info("BIOS-provided physical RAM map:\n");
	e820_print_table(&firmware, "BIOS-e820");
}

void __init e820__finish_early_params(void)
{
	if (!e820_apply_options())
		return;
	if (e820__update_table(&edited))
		panic("e820: no room for the map that options describe");
	pr_info("user-defined physical RAM map:\n");
	e820_print_table(&edited, "user");
}

int __init e820__range_add(u64 start, u64 size, enum e820_type type)
{
	return e820_table_add(&edited, start, size, type);
}

u64 __init e820__range_update(u64 start, u64 size, enum e820_type old_type, enum e820_type new_type)
{
	char old_buf[E820_TYPE_NAME_MAX], new_buf[E820_TYPE_NAME_MAX];
	u64 last = start + min(size, ULLONG_MAX - start) - 1;

	pr_info("e820: update [mem 0x%08llx-0x%08llx] %s ==> %s\n", start, last,
		e820_type_name(old_type, old_buf), e820_type_name(new_type, new_buf));
	return e820_table_update(&edited, start, size, old_type, new_type);
}

u64 __init e820__range_remove(u64 start, u64 size, enum e820_type old_type, bool check_type)
{
	char buf[E820_TYPE_NAME_MAX];
	u64 last = start + min(size, ULLONG_MAX - start) - 1;

	pr_info("e820: remove [mem 0x%08llx-0x%08llx] %s\n", start, last,
		check_type ? e820_type_name(old_type, buf) : "");
	return e820_table_remove(&edited, start, size, check_type ? old_type : 0);
}

void __init e820__trim_bios_range(void)
{
	e820__range_update(0, PAGE_SIZE, E820_TYPE_RAM, E820_TYPE_RESERVED);
	e820__range_remove(BIOS_BEGIN, BIOS_END - BIOS_BEGIN, E820_TYPE_RAM, true);
	if (e820_other_changes)
		e820_other_changes();
	e820__update_table(&edited);
}

/* ---- Where RAM ends --------------------------------------------------------------- */

/* RAM that nothing can address goes, and is counted. */
static void cut_unreachable_ram(void)
{
	u64 limit = PFN_PHYS(MAX_MEMMAP_PFN);
	u64 removed = e820_table_remove(&edited, limit, ULLONG_MAX - limit, E820_TYPE_RAM);

	if (!removed)
		return;
	e820_repairs.unreachable++;
	pr_warn("e820: %llu KB of RAM from 0x%llx on cannot be addressed, left out\n",
		removed >> 10, limit);
	e820__update_table(&edited);
}

/* The end of the last whole page of RAM below @limit_pfn. */
static unsigned long find_end_of_ram(unsigned long limit_pfn)
{
	unsigned long last_pfn = 0;

	for (u32 i = 0; i < edited.nr_entries; i++) {
		const struct e820_entry *entry = &edited.entries[i];

		if (entry->type == E820_TYPE_RAM && PHYS_PFN(entry->addr) < limit_pfn)
			last_pfn =
				max(last_pfn, min(PHYS_PFN(entry->addr + entry->size), limit_pfn));
	}
	return last_pfn;
}

static unsigned long end_of_ram(unsigned long limit_pfn)
{
	unsigned long last_pfn = find_end_of_ram(limit_pfn);

	pr_info("last_pfn = 0x%lx max_arch_pfn = 0x%lx\n", last_pfn, MAX_ARCH_PFN);
	return last_pfn;
}

/* Linux, which has no high memory here, stops at MAX_ARCH_PFN, and so does its line. */
unsigned long __init e820__end_of_ram_pfn(void)
{
	cut_unreachable_ram();
	end_of_ram(MAX_ARCH_PFN);
	return find_end_of_ram(MAX_MEMMAP_PFN);
}

unsigned long e820__end_of_low_ram_pfn(void)
{
	return end_of_ram(PHYS_PFN(SZ_4G));
}

/* ---- Questions --------------------------------------------------------------------- */

static u64 entry_last(const struct e820_entry *entry)
{
	return entry->addr + entry->size - 1;
}

int e820__get_entry_type(u64 start, u64 end)
{
	for (u32 i = 0; i < edited.nr_entries; i++) {
		const struct e820_entry *entry = &edited.entries[i];

		if (start >= entry->addr && end - 1 <= entry_last(entry))
			return (int)entry->type;
	}
	return -EINVAL;
}

static bool mapped_any(const struct e820_table *table, u64 start, u64 end, u32 type)
{
	for (u32 i = 0; i < table->nr_entries; i++) {
		const struct e820_entry *entry = &table->entries[i];

		if (type && entry->type != type)
			continue;
		if (entry->addr < end && entry_last(entry) >= start)
			return true;
	}
	return false;
}

bool e820__mapped_any(u64 start, u64 end, enum e820_type type)
{
	return mapped_any(&edited, start, end, type);
}

bool e820__mapped_raw_any(u64 start, u64 end, enum e820_type type)
{
	return mapped_any(&firmware, start, end, type);
}

bool e820__mapped_all(u64 start, u64 end, enum e820_type type)
{
	for (u32 i = 0; i < edited.nr_entries && start < end; i++) {
		const struct e820_entry *entry = &edited.entries[i];

		if ((type && entry->type != type) || entry_last(entry) < start)
			continue;
		if (entry->addr > start)
			return false;
		if (entry_last(entry) >= end - 1)
			return true;
		start = entry_last(entry) + 1;
	}
	return start >= end;
}

/* ---- memblock ------------------------------------------------------------------------ */

void __init e820__memblock_setup(void)
{
	/* All that must not be overwritten is reserved, so tables may grow. */
	memblock_allow_resize();

	for (u32 i = 0; i < edited.nr_entries; i++) {
		const struct e820_entry *entry = &edited.entries[i];
		int err = 0;

		if (entry->type == E820_TYPE_SOFT_RESERVED)
			err = memblock_reserve(entry->addr, entry->size);
		else if (entry->type == E820_TYPE_RAM)
			err = memblock_add(entry->addr, entry->size);
		if (err)
			panic("e820: memblock refuses [mem 0x%016llx-0x%016llx]: %d", entry->addr,
			      entry_last(entry), err);
	}
	memblock_trim_memory(PAGE_SIZE);
	memblock_dump_all();
}
