/* SPDX-License-Identifier: MIT */
/* The firmware's memory map as text, in the form of Linux 6.1's efi=debug. */
#include "memmap.h"

#include <linux/kernel.h>

#undef pr_fmt
#define pr_fmt(fmt) "efi: " fmt

/* The longest is 12 characters, the width of the column. */
static const char *const type_names[] = {
	[EFI_MD_RESERVED] = "Reserved",		[EFI_MD_LOADER_CODE] = "Loader Code",
	[EFI_MD_LOADER_DATA] = "Loader Data",	[EFI_MD_BOOT_CODE] = "Boot Code",
	[EFI_MD_BOOT_DATA] = "Boot Data",	[EFI_MD_RUNTIME_CODE] = "Runtime Code",
	[EFI_MD_RUNTIME_DATA] = "Runtime Data", [EFI_MD_CONVENTIONAL] = "Conventional",
	[EFI_MD_UNUSABLE] = "Unusable",		[EFI_MD_ACPI_RECLAIM] = "ACPI Reclaim",
	[EFI_MD_ACPI_NVS] = "ACPI Mem NVS",	[EFI_MD_MMIO] = "MMIO",
	[EFI_MD_MMIO_PORT] = "MMIO Port",	[EFI_MD_PAL_CODE] = "PAL Code",
	[EFI_MD_PERSISTENT] = "Persistent",
};

/* The columns from left to right: each as wide as its name. */
static const struct {
	u64 bit;
	const char *name;
	int width;
} columns[] = {
	{EFI_MD_RUNTIME, "RUN", 3},   {EFI_MD_MORE_RELIABLE, "MR", 2},
	{EFI_MD_CPU_CRYPTO, "CC", 2}, {EFI_MD_SP, "SP", 2},
	{EFI_MD_NV, "NV", 2},	      {EFI_MD_XP, "XP", 2},
	{EFI_MD_RP, "RP", 2},	      {EFI_MD_WP, "WP", 2},
	{EFI_MD_RO, "RO", 2},	      {EFI_MD_UCE, "UCE", 3},
	{EFI_MD_WB, "WB", 2},	      {EFI_MD_WT, "WT", 2},
	{EFI_MD_WC, "WC", 2},	      {EFI_MD_UC, "UC", 2},
};

static u64 known_attributes(void)
{
	u64 mask = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(columns); i++)
		mask |= columns[i].bit;
	return mask;
}

int efi_md_typeattr(char *buf, size_t size, const struct efi_md *md)
{
	int len;
	size_t i;

	if (md->type < ARRAY_SIZE(type_names))
		len = scnprintf(buf, size, "[%-12s", type_names[md->type]);
	else
		len = scnprintf(buf, size, "[type=%u", md->type);
	if (md->attribute & ~known_attributes())
		return len + scnprintf(buf + len, size - len, "|attr=0x%016llx]", md->attribute);
	for (i = 0; i < ARRAY_SIZE(columns); i++)
		len += scnprintf(buf + len, size - len, "|%*s", columns[i].width,
				 md->attribute & columns[i].bit ? columns[i].name : "");
	return len + scnprintf(buf + len, size - len, "]");
}

int efi_md_line(char *buf, size_t size, u64 i, const struct efi_md *md)
{
	char typeattr[80];

	efi_md_typeattr(typeattr, sizeof(typeattr), md);
	return scnprintf(buf, size, "mem%02llu: %s range=[0x%016llx-0x%016llx] (%lluMB)", i,
			 typeattr, md->phys_addr,
			 md->phys_addr + (md->num_pages << EFI_MD_PAGE_SHIFT) - 1,
			 md->num_pages >> (20 - EFI_MD_PAGE_SHIFT));
}

void efi_map_print(const struct boot_efi_map *map)
{
	u64 i, nr = efi_map_count(map);

	for (i = 0; i < nr; i++) {
		struct efi_md md = efi_map_get(map, i);
		char line[160];

		efi_md_line(line, sizeof(line), i, &md);
		pr_info("%s\n", line);
	}
}
