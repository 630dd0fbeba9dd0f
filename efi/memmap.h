/* SPDX-License-Identifier: MIT */
/*
 * The firmware's memory map as data: from its descriptors to e820 ranges, and to
 * the text that Linux prints of it. Pure functions: they call no firmware, know
 * no UEFI header, and run in the host tests too.
 *
 * Owns:       the layout of a descriptor (UEFI 2.10 section 7.2.3).
 * Invariants: descriptors are read at the stride that the map gives, never past
 *             map->size, and at any alignment; they are never changed.
 * Lifetime:   any time.
 * Locking:    none; no state.
 * Units:      bytes, but for num_pages (4 KB each, whatever the machine's page).
 * Failure:    a map that cannot be read at all gives -errno and a message. A
 *             descriptor that cannot be true is repaired or left out, each with a
 *             message that names it, and counted in map->findings.
 */
#ifndef _EFI_MEMMAP_H
#define _EFI_MEMMAP_H

#include <linux/types.h>
#include <baremm/boot_info.h>

enum efi_md_type {
	EFI_MD_RESERVED,
	EFI_MD_LOADER_CODE,
	EFI_MD_LOADER_DATA,
	EFI_MD_BOOT_CODE,
	EFI_MD_BOOT_DATA,
	EFI_MD_RUNTIME_CODE,
	EFI_MD_RUNTIME_DATA,
	EFI_MD_CONVENTIONAL,
	EFI_MD_UNUSABLE,
	EFI_MD_ACPI_RECLAIM,
	EFI_MD_ACPI_NVS,
	EFI_MD_MMIO,
	EFI_MD_MMIO_PORT,
	EFI_MD_PAL_CODE,
	EFI_MD_PERSISTENT,
	EFI_MD_UNACCEPTED,
	EFI_MD_TYPES, /* numbers from here on are unknown */
};

/* What the memory is capable of, not how it is mapped now. */
#define EFI_MD_UC	     (1ULL << 0)
#define EFI_MD_WC	     (1ULL << 1)
#define EFI_MD_WT	     (1ULL << 2)
#define EFI_MD_WB	     (1ULL << 3)
#define EFI_MD_UCE	     (1ULL << 4)
#define EFI_MD_WP	     (1ULL << 12)
#define EFI_MD_RP	     (1ULL << 13)
#define EFI_MD_XP	     (1ULL << 14)
#define EFI_MD_NV	     (1ULL << 15)
#define EFI_MD_MORE_RELIABLE (1ULL << 16)
#define EFI_MD_RO	     (1ULL << 17)
#define EFI_MD_SP	     (1ULL << 18) /* for a specific purpose */
#define EFI_MD_CPU_CRYPTO    (1ULL << 19)
#define EFI_MD_HOT_PLUGGABLE (1ULL << 20)
#define EFI_MD_RUNTIME	     (1ULL << 63)

struct efi_md {
	u32 type; /* enum efi_md_type, or a number unknown to us */
	u32 pad;
	u64 phys_addr;
	u64 virt_addr;
	u64 num_pages;
	u64 attribute;
};

#define EFI_MD_PAGE_SHIFT 12
#define EFI_MD_MIN_STRIDE 40

/* The number of whole descriptors in @map; 0 where the stride is impossible. */
u64 efi_map_count(const struct boot_efi_map *map);

/* Descriptor @i of @map, i < efi_map_count(), wherever it is aligned. */
struct efi_md efi_map_get(const struct boot_efi_map *map, u64 i);

/*
 * Can the map be read at all? 0; -EINVAL where the stride is below 40 or no
 * multiple of 8; -ENODATA where it holds no descriptor or no memory that could
 * be used. Logs why.
 */
int efi_map_check(const struct boot_efi_map *map);

/*
 * Fills @table, which has room for max_entries, with the e820 ranges of @map in
 * the map's order, neighbours of one type merged where they touch (as Linux's
 * EFI stub does), and sets map->findings and map->unaccepted. 0; -EINVAL or
 * -ENODATA as efi_map_check(); -ENOSPC where the room does not suffice (@table
 * is empty then).
 *
 * Cost: one step a descriptor.
 */
int efi_map_to_e820(struct boot_efi_map *map, struct e820_table *table);

/*
 * Appends a range of BOOT_RANGE_BOOT_SERVICES to @ranges for each run of boot
 * services' code and data in @map. Returns how many; those past @max are left
 * out with a message.
 */
u32 efi_map_boot_services(const struct boot_efi_map *map, struct boot_range *ranges, u32 max);

/* The same for memory that is mirrored (UEFI: EFI_MEMORY_MORE_RELIABLE), BOOT_RANGE_MIRRORED. */
u32 efi_map_mirrored(const struct boot_efi_map *map, struct boot_range *ranges, u32 max);

/* The same for memory that may be unplugged and can be used until then, BOOT_RANGE_HOTPLUG. */
u32 efi_map_hotplug(const struct boot_efi_map *map, struct boot_range *ranges, u32 max);

/* The bytes of all descriptors, of whatever type. */
u64 efi_map_bytes(const struct boot_efi_map *map);

/* Does memory of one descriptor, and no device's, hold [start, start + size)? */
bool efi_map_holds(const struct boot_efi_map *map, u64 start, u64 size);

/* Descriptor @i as lint judges it (baremm/lint.h): nothing repaired, nothing merged. */
struct lint_range;
void efi_map_lint_range(const struct boot_efi_map *map, u64 i, struct lint_range *range);

/* "[Conventional|   |...|UC]", as Linux's efi_md_typeattr_format(). */
int efi_md_typeattr(char *buf, size_t size, const struct efi_md *md);

/* The line of descriptor @i without "efi: ": "mem00: [...] range=[...] (0MB)". */
int efi_md_line(char *buf, size_t size, u64 i, const struct efi_md *md);

/* Logs all descriptors as Linux does with efi=debug. */
void efi_map_print(const struct boot_efi_map *map);

#endif /* _EFI_MEMMAP_H */
