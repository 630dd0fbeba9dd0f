/* SPDX-License-Identifier: MIT */
/*
 * Reading firmware's memory: the one way in which ACPI tables are reached. RAM is
 * in the direct map and ACPI data in the identity map already; the rest is mapped
 * there when it is first asked for, read only, and stays mapped.
 */
#include "acpi.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <baremm/arch.h>
#include <baremm/e820.h>

/* Does firmware's map name every byte of [start, end)? It is sorted. */
static bool described(u64 start, u64 end)
{
	for (u32 i = 0; i < e820_table_firmware->nr_entries && start < end; i++) {
		const struct e820_entry *entry = &e820_table_firmware->entries[i];

		if (entry->addr <= start && entry->addr + entry->size > start)
			start = entry->addr + entry->size;
	}
	return start >= end;
}

static bool is_mapped(unsigned long va, phys_addr_t pa)
{
	struct arch_mapping found;

	return !arch_query(va, &found) && found.phys == pa;
}

static bool all_mapped(unsigned long va, phys_addr_t start, phys_addr_t end)
{
	for (phys_addr_t pa = start; pa < end; pa += PAGE_SIZE)
		if (!is_mapped(va + (pa - start), pa))
			return false;
	return true;
}

static bool map_identity(phys_addr_t start, phys_addr_t end)
{
	for (phys_addr_t pa = start; pa < end; pa += PAGE_SIZE) {
		if (is_mapped(pa, pa))
			continue;
		if (arch_map(pa, pa, PAGE_SIZE, ARCH_MAP_READ)) {
			pr_warn("ACPI: cannot map %pa for reading\n", &pa);
			return false;
		}
	}
	return true;
}

const void *acpi_map_memory(phys_addr_t pa, size_t size)
{
	const phys_addr_t limit = PFN_PHYS(MAX_ARCH_PFN);
	phys_addr_t start = round_down(pa, PAGE_SIZE), end;

	/* Page 0 is never mapped. */
	if (pa < PAGE_SIZE || !size || pa >= limit || size > limit - pa || !e820_table_firmware ||
	    !described(pa, pa + size))
		return NULL;
	end = round_up(pa + size, PAGE_SIZE);
	if (all_mapped((unsigned long)__va(start), start, end))
		return __va(pa);
	return map_identity(start, end) ? (const void *)(unsigned long)pa : NULL;
}
