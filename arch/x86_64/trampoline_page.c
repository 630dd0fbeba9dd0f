/* SPDX-License-Identifier: MIT */
/*
 * Which page below 1 MB code may run in while paging is off: the one that the firmware gave, or
 * one that is borrowed, whose contents come back.
 */
#include "trampoline.h"

#include <linux/kernel.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <asm/page.h>
#include <baremm/boot_info.h>
#include <baremm/e820.h>

/* What lay where the code and its arguments lie. */
static u8 saved[TRAMPOLINE_SIZE];

static bool overlaps(phys_addr_t page, phys_addr_t start, phys_addr_t end)
{
	return page < end && start < page + PAGE_SIZE;
}

/* The program's; or, where @firmware, boot services'. */
static bool is_owned(const struct boot_info *info, phys_addr_t page, bool firmware)
{
	if (overlaps(page, info->self, info->self + info->self_size))
		return true;
	for (u32 i = 0; i < info->nr_ranges; i++)
		if ((firmware || info->ranges[i].type != BOOT_RANGE_BOOT_SERVICES) &&
		    overlaps(page, info->ranges[i].start, info->ranges[i].end))
			return true;
	return false;
}

phys_addr_t trampoline_page(const struct boot_info *info)
{
	phys_addr_t page = info->trampoline;

	if (!page || (page & ~PAGE_MASK) || page > SZ_1M - PAGE_SIZE || is_owned(info, page, true))
		return 0;
	return page;
}

/* All of the page, and nothing else of it: the firmware's entries may overlap. */
static bool is_memory(const struct boot_info *info, phys_addr_t page)
{
	bool memory = false;

	for (u32 i = 0; i < info->nr_e820; i++) {
		const struct e820_entry *entry = &info->e820[i];

		if (!overlaps(page, entry->addr, entry->addr + entry->size))
			continue;
		if (entry->type != E820_TYPE_RAM)
			return false;
		memory |= entry->addr <= page && page + PAGE_SIZE <= entry->addr + entry->size;
	}
	return memory;
}

/* Boot services are gone by then. */
phys_addr_t trampoline_borrow(const struct boot_info *info)
{
	for (phys_addr_t page = SZ_1M - PAGE_SIZE; page; page -= PAGE_SIZE)
		if (is_memory(info, page) && !is_owned(info, page, false))
			return page;
	return 0;
}

void trampoline_save(phys_addr_t page)
{
	memcpy(saved, (const void *)page, sizeof(saved));
}

void trampoline_restore(phys_addr_t page)
{
	memcpy((void *)page, saved, sizeof(saved));
}
