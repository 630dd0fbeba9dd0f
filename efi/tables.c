/* SPDX-License-Identifier: MIT */
/*
 * Who the firmware is, and the tables that it hands to an OS: ACPI, SMBIOS and
 * the memory attributes. Only their addresses are taken; reading them is up to
 * those who need them. Nobody reads the memory attributes, which firmware is known
 * to leave empty or corrupt: they are about runtime services, whose memory is
 * mapped nowhere here.
 */
#include "firmware.h"

#include <linux/kernel.h>
#include <linux/string.h>

#undef pr_fmt
#define pr_fmt(fmt) "efi: " fmt

/* More configuration tables than this are a broken count. */
#define MAX_TABLES 1024

enum {
	TABLE_ACPI20,
	TABLE_ACPI,
	TABLE_SMBIOS,
	TABLE_SMBIOS3,
	TABLE_MEMATTR,
	TABLE_OTHER, /* those only named in the log */
};

static const struct {
	EFI_GUID guid;
	const char *name; /* as Linux names it */
} known_tables[] = {
	[TABLE_ACPI20] = {ACPI_20_TABLE_GUID, "ACPI 2.0"},
	[TABLE_ACPI] = {ACPI_TABLE_GUID, "ACPI"},
	[TABLE_SMBIOS] = {SMBIOS_TABLE_GUID, "SMBIOS"},
	[TABLE_SMBIOS3] = {SMBIOS3_TABLE_GUID, "SMBIOS 3.0"},
	[TABLE_MEMATTR] =
		{{0xdcfa911d, 0x26eb, 0x469f, {0xa2, 0x20, 0x38, 0xb7, 0xdc, 0x46, 0x12, 0x20}},
		 "MEMATTR"},
	{{0xb122a263, 0x3661, 0x4f68, {0x99, 0x29, 0x78, 0xf8, 0xb0, 0xd6, 0x21, 0x80}}, "ESRT"},
	{{0xeb66918a, 0x7eef, 0x402a, {0x84, 0x2e, 0x93, 0x1d, 0x21, 0xc3, 0x8a, 0xe9}}, "RTPROP"},
	{{0xc451ed2b, 0x9694, 0x45d3, {0xba, 0xba, 0xed, 0x9f, 0x89, 0x88, 0xa3, 0x89}}, "MOKvar"},
};

static int table_index(const EFI_GUID *guid)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(known_tables); i++)
		if (!memcmp(guid, &known_tables[i].guid, sizeof(*guid)))
			return i;
	return -1;
}

static void table_take(struct boot_info *info, int index, phys_addr_t addr)
{
	switch (index) {
	case TABLE_ACPI20:
		info->rsdp = addr;
		break;
	case TABLE_ACPI:
		if (!info->rsdp)
			info->rsdp = addr;
		break;
	case TABLE_SMBIOS:
		info->smbios = addr;
		break;
	case TABLE_SMBIOS3:
		info->smbios3 = addr;
		break;
	case TABLE_MEMATTR:
		info->efi.memattr = addr;
		break;
	default:
		break;
	}
}

/* "SMBIOS=0x7f918000 ACPI=0x7fb7e000 ...", in the firmware's order. */
static void take_tables(const EFI_SYSTEM_TABLE *st, struct boot_info *info)
{
	char line[512];
	size_t len = 0;
	UINTN i;

	line[0] = '\0';
	for (i = 0; i < min_t(UINTN, st->NumberOfTableEntries, MAX_TABLES); i++) {
		const EFI_CONFIGURATION_TABLE *table = &st->ConfigurationTable[i];
		int index = table_index(&table->VendorGuid);

		if (index < 0 || !table->VendorTable)
			continue;
		table_take(info, index, (uintptr_t)table->VendorTable);
		len += scnprintf(line + len, sizeof(line) - len, "%s=0x%llx ",
				 known_tables[index].name, (u64)(uintptr_t)table->VendorTable);
	}
	pr_info("%s\n", line);
	if (st->NumberOfTableEntries > MAX_TABLES)
		pr_warn("%llu configuration tables cannot be true; those after %d not read\n",
			(u64)st->NumberOfTableEntries, MAX_TABLES);
	if (!info->rsdp)
		pr_notice("the firmware has no ACPI table\n");
}

static void take_vendor(const EFI_SYSTEM_TABLE *st, struct boot_efi_map *efi)
{
	const CHAR16 *vendor = st->FirmwareVendor;
	size_t i;

	for (i = 0; vendor && vendor[i] && i < sizeof(efi->vendor) - 1; i++)
		efi->vendor[i] = vendor[i] >= ' ' && vendor[i] < 0x7f ? vendor[i] : '?';
	efi->vendor[i] = '\0';
	if (!i)
		strscpy(efi->vendor, "unknown", sizeof(efi->vendor));
}

void tables_find(const struct firmware *fw, struct boot_info *info)
{
	struct boot_efi_map *efi = &info->efi;

	efi->system_table = (uintptr_t)fw->st;
	efi->revision = fw->st->Hdr.Revision;
	take_vendor(fw->st, efi);
	pr_info("EFI v%u.%.02u by %s\n", efi->revision >> 16, efi->revision & 0xffff, efi->vendor);
	if (fw->st->ConfigurationTable)
		take_tables(fw->st, info);
	else
		pr_warn("the firmware has no configuration tables\n");
}
