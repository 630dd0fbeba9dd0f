/* SPDX-License-Identifier: MIT */
/*
 * Reading the firmware's tables before our own page tables: what they point at is read only
 * where the memory map names it and the firmware's page tables reach it.
 */
#include "acpi_early.h"

#include <linux/kernel.h>
#include <baremm/arch.h>
#include <baremm/boot_info.h>

static const struct boot_info *firmware; /* for reach() */

/* Does the firmware's map name every byte of [start, end)? It is not sorted yet. */
static bool described(u64 start, u64 end)
{
	bool progress = true;

	while (progress && start < end) {
		progress = false;
		for (u32 i = 0; i < firmware->nr_e820 && start < end; i++) {
			const struct e820_entry *entry = &firmware->e820[i];

			if (entry->addr > start || entry->addr + entry->size <= start)
				continue;
			start = entry->addr + entry->size;
			progress = true;
		}
	}
	return start >= end;
}

static const void *reach(phys_addr_t addr, size_t size)
{
	phys_addr_t end = addr + size;
	struct arch_mapping map;

	if (addr < PAGE_SIZE || end < addr || !described(addr, end))
		return NULL;
	for (phys_addr_t page = round_down(addr, PAGE_SIZE); page < end; page += PAGE_SIZE)
		if (arch_query(page, &map) || map.phys != page)
			return NULL;
	return (const void *)(unsigned long)addr;
}

const void *early_acpi_table(const struct boot_info *info, const char *signature, size_t *length)
{
	firmware = info;
	return early_acpi_find(reach, info->rsdp, signature, length);
}
