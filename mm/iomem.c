/* SPDX-License-Identifier: MIT */
/* The machine's address ranges in the form of /proc/iomem. */
#include <baremm/e820.h>
#include <linux/kernel.h>
#include <linux/seq_file.h>
#include <baremm/boot_info.h>

/* Linux's names for parts of the program; NULL for what it does not list. */
static const char *part_name(enum boot_range_type type)
{
	switch (type) {
	case BOOT_RANGE_TEXT:
		return "Kernel code";
	case BOOT_RANGE_RODATA:
		return "Kernel rodata";
	case BOOT_RANGE_DATA:
		return "Kernel data";
	default:
		return NULL;
	}
}

/* The part of the program that starts lowest in [from, to], or NULL. */
static const struct boot_range *next_part(const struct boot_info *info, u64 from, u64 to)
{
	const struct boot_range *next = NULL;

	for (u32 i = 0; info && i < info->nr_ranges; i++) {
		const struct boot_range *range = &info->ranges[i];

		if (part_name(range->type) && range->start >= from && range->start <= to &&
		    range->end > range->start && (!next || range->start < next->start))
			next = range;
	}
	return next;
}

void iomem_show(struct seq_file *m)
{
	for (u32 i = 0; i < e820_table->nr_entries; i++) {
		const struct e820_entry *entry = &e820_table->entries[i];
		u64 last = entry->addr + entry->size - 1;
		const struct boot_range *part;

		seq_printf(m, "%08llx-%08llx : %s\n", entry->addr, last,
			   e820_type_to_string(entry->type));
		for (u64 from = entry->addr; (part = next_part(e820_table->info, from, last));
		     from = part->start + 1)
			seq_printf(m, "  %08llx-%08llx : %s\n", part->start,
				   min(part->end - 1, last), part_name(part->type));
	}
}
