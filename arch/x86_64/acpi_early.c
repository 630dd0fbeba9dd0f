/* SPDX-License-Identifier: MIT */
/* ACPI tables, before mm/ has a list of them. Contract: acpi_early.h. */
#include "acpi_early.h"

#include <linux/string.h>
#include <baremm/acpi.h>
#include <baremm/boot_info.h>

/* Root entries beyond this are not looked at. */
#define ROOT_ENTRIES_MAX 1024

/* A whole table at @addr, or NULL. */
static const u8 *reach_table(early_reach_fn reach, phys_addr_t addr, size_t *length)
{
	const u8 *header = addr ? reach(addr, sizeof(struct acpi_table_header)) : NULL;
	const u8 *table;

	if (!header)
		return NULL;
	*length = acpi_u32(header, 4);
	if (*length < sizeof(struct acpi_table_header) || *length > ACPI_TABLE_MAX_SIZE)
		return NULL;
	table = reach(addr, *length);
	return table && !acpi_checksum(table, *length) ? table : NULL;
}

/* XSDT or RSDT, and the size of its entries. */
static const u8 *reach_root(early_reach_fn reach, phys_addr_t rsdp, size_t *length,
			    unsigned int *entry)
{
	const u8 *root = rsdp ? reach(rsdp, RSDP_V1_SIZE) : NULL;

	if (!root || memcmp(root, "RSD PTR ", 8) || acpi_checksum(root, RSDP_V1_SIZE))
		return NULL;
	*entry = 4;
	if (root[RSDP_REVISION] < 2)
		return reach_table(reach, acpi_u32(root, RSDP_RSDT), length);
	root = reach(rsdp, RSDP_V2_SIZE);
	if (!root)
		return NULL;
	if (!acpi_u64(root, RSDP_XSDT))
		return reach_table(reach, acpi_u32(root, RSDP_RSDT), length);
	*entry = 8;
	return reach_table(reach, acpi_u64(root, RSDP_XSDT), length);
}

const void *early_acpi_find(early_reach_fn reach, phys_addr_t rsdp, const char *signature,
			    size_t *length)
{
	size_t root_length, at = sizeof(struct acpi_table_header);
	unsigned int entry;
	const u8 *root = reach_root(reach, rsdp, &root_length, &entry);

	for (int i = 0; root && i < ROOT_ENTRIES_MAX && at + entry <= root_length; i++) {
		const u8 *table = reach_table(
			reach, entry == 8 ? acpi_u64(root, at) : acpi_u32(root, at), length);

		if (table && !memcmp(table, signature, 4))
			return table;
		at += entry;
	}
	return NULL;
}

bool early_is_memory(const struct boot_info *info, u64 start, u64 end)
{
	for (u32 i = 0; i < info->nr_e820; i++) {
		const struct e820_entry *entry = &info->e820[i];

		if (entry->type != E820_TYPE_RESERVED && entry->addr < end &&
		    start < entry->addr + entry->size)
			return true;
	}
	return false;
}
