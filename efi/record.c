/* SPDX-License-Identifier: MIT */
/*
 * The boot record and all it points to, one block of loader data:
 *
 *	boot_info | raw map | e820 entries | ranges | mirrored | hotplug | options | arena
 *
 * Its parts are sized by the map as it is before the exit, with room to spare;
 * they are filled when boot services are gone and the map is final.
 */
#include "firmware.h"
#include "image.h"
#include "memmap.h"
#include "options_text.h"
#include "smbios.h"

#include <linux/kernel.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <baremm/arch.h>
#include <baremm/arch_boot.h>

#undef pr_fmt
#define pr_fmt(fmt) "efi: " fmt

#define EFI_PAGES(bytes)     DIV_ROUND_UP(bytes, SZ_4K)
#define SPARE_DESCRIPTORS    64
#define ARENA_MIN	     SZ_512K
#define ARENA_PER_DESCRIPTOR 512
/* The program's own ranges beside those of boot services. */
#define OWN_RANGES  (8 + ARCH_BOOT_RANGES_MAX)
#define LOW_MEM_END SZ_1M

/* Where each part of the block starts, and where it ends. */
struct layout {
	u64 descriptors; /* that there is room for */
	u64 map, map_size, e820, ranges, mirrored, hotplug, options, arena, end;
};

static void layout_block(struct layout *l, u64 map_size, u64 stride)
{
	l->map_size = 2 * map_size + SPARE_DESCRIPTORS * stride;
	l->descriptors = l->map_size / stride;
	l->map = ALIGN(sizeof(struct boot_info), 16);
	l->e820 = l->map + ALIGN(l->map_size, 16);
	l->ranges = l->e820 + ALIGN(l->descriptors * sizeof(struct e820_entry), 16);
	l->mirrored = l->ranges + (l->descriptors + OWN_RANGES) * sizeof(struct boot_range);
	l->hotplug = l->mirrored + l->descriptors * sizeof(struct boot_range);
	l->options = l->hotplug + l->descriptors * sizeof(struct boot_range);
	l->arena = ALIGN(l->options + OPTIONS_SIZE, 16);
	l->end = ALIGN(l->arena + ARENA_MIN + l->descriptors * ARENA_PER_DESCRIPTOR, SZ_4K);
}

/* The parts of the record that only record_finish() needs once more. */
static struct {
	struct e820_table e820;
	struct boot_range *ranges;
	u32 max_ranges;
	struct boot_range *mirrored, *hotplug; /* as many as descriptors */
	u32 descriptors;
} parts;

static struct boot_info *fill_block(u8 *block, const struct layout *l)
{
	struct boot_info *info = (void *)block;

	memset(block, 0, l->end);
	info->version = BOOT_INFO_VERSION;
	info->self = (uintptr_t)block;
	info->self_size = l->end;
	info->efi.descs = block + l->map;
	info->efi.size = l->map_size;
	info->options = (char *)block + l->options;
	info->arena.base = block + l->arena;
	info->arena.size = l->end - l->arena;
	parts.e820.entries = (void *)(block + l->e820);
	parts.e820.max_entries = l->descriptors;
	parts.ranges = (void *)(block + l->ranges);
	parts.max_ranges = l->descriptors + OWN_RANGES;
	parts.mirrored = (void *)(block + l->mirrored);
	parts.hotplug = (void *)(block + l->hotplug);
	parts.descriptors = l->descriptors;
	return info;
}

/*
 * A page that other CPUs can start in: they start in real mode, which reaches
 * the first megabyte. Page 0 is none: firmware and null pointers write there.
 */
static phys_addr_t take_trampoline(const struct firmware *fw)
{
	EFI_PHYSICAL_ADDRESS addr = LOW_MEM_END - 1;
	EFI_STATUS status;

	status = fw->bs->AllocatePages(AllocateMaxAddress, EfiLoaderData, 1, &addr);
	if (EFI_ERROR(status) || !addr) {
		pr_notice("no free page below 1 MB\n");
		return 0;
	}
	return addr;
}

EFI_STATUS record_create(const struct firmware *fw, struct boot_info **info)
{
	EFI_PHYSICAL_ADDRESS addr = 0;
	struct boot_efi_map map = {};
	struct layout l;
	UINTN size, stride;
	EFI_STATUS status;

	*info = NULL;
	status = map_probe(fw, &size, &stride);
	if (EFI_ERROR(status))
		return firmware_refuse(fw, status, "the firmware gives no memory map");
	map.desc_size = stride;
	map.size = size;
	if (!efi_map_count(&map))
		return firmware_refuse(
			fw, EFI_INCOMPATIBLE_VERSION,
			"the memory map cannot be read: %llu bytes, descriptor size %llu", map.size,
			map.desc_size);
	layout_block(&l, size, stride);
	status = fw->bs->AllocatePages(AllocateAnyPages, EfiLoaderData, EFI_PAGES(l.end), &addr);
	if (EFI_ERROR(status))
		return firmware_refuse(fw, status, "no memory for the boot record (%llu bytes)",
				       l.end);
	*info = fill_block((void *)(uintptr_t)addr, &l);
	(*info)->trampoline = take_trampoline(fw);
	return EFI_SUCCESS;
}

static void add_range(struct boot_info *info, phys_addr_t start, phys_addr_t end,
		      enum boot_range_type type)
{
	if (start == end)
		return;
	parts.ranges[info->nr_ranges++] = (struct boot_range){start, end, type};
}

/*
 * The image from its headers to its relocations. Stacks and their guard pages lie
 * inside the image's data.
 */
static void add_own_ranges(struct boot_info *info)
{
	struct boot_range stack = image_boot_stack();

	add_range(info, IMAGE_ADDR(__image_base__), IMAGE_ADDR(__text_start), BOOT_RANGE_RODATA);
	add_range(info, IMAGE_ADDR(__text_start), IMAGE_ADDR(__text_end), BOOT_RANGE_TEXT);
	add_range(info, IMAGE_ADDR(__init_text_start), IMAGE_ADDR(__init_text_end),
		  BOOT_RANGE_INIT_TEXT);
	add_range(info, IMAGE_ADDR(__rodata_start), IMAGE_ADDR(__rodata_end), BOOT_RANGE_RODATA);
	add_range(info, IMAGE_ADDR(__data_start), IMAGE_ADDR(__data_end), BOOT_RANGE_DATA);
	add_range(info, stack.start - PAGE_SIZE, stack.start, BOOT_RANGE_GUARD);
	add_range(info, stack.start, stack.end, BOOT_RANGE_STACK);
	add_range(info, IMAGE_ADDR(__init_data_start), IMAGE_ADDR(__init_data_end),
		  BOOT_RANGE_INIT_DATA);
	add_range(info, IMAGE_ADDR(__init_data_end), info->image_base + info->image_size,
		  BOOT_RANGE_RODATA);
	info->nr_ranges += arch_boot_ranges(parts.ranges + info->nr_ranges);
}

static void map_entry(const struct boot_info *info, u32 i, struct lint_range *range)
{
	efi_map_lint_range(&info->efi, i, range);
}

/* The structures about memory that the entry point at @entry leads to; none is no fault. */
static void copy_smbios(struct boot_info *info, phys_addr_t entry)
{
	const u8 *table;
	u64 addr;
	u32 size;
	u8 *copy;

	if (!entry || info->smbios_records ||
	    !efi_map_holds(&info->efi, entry, SMBIOS_ENTRY_SIZE) ||
	    !smbios_entry((const u8 *)entry, &addr, &size) ||
	    !efi_map_holds(&info->efi, addr, size))
		return;
	table = (const u8 *)addr;
	info->smbios_size = (u32)smbios_collect(table, size, NULL, 0);
	copy = info->smbios_size ? boot_arena_alloc(info, info->smbios_size) : NULL;
	if (copy)
		smbios_collect(table, size, copy, info->smbios_size);
	info->smbios_records = copy;
}

void record_finish(struct boot_info *info)
{
	info->efi.no_soft_reserve = options_efi_has(info->options, "nosoftreserve");
	if (efi_map_to_e820(&info->efi, &parts.e820))
		return;
	info->e820 = parts.e820.entries;
	info->nr_e820 = parts.e820.nr_entries;
	info->ranges = parts.ranges;
	add_own_ranges(info);
	info->nr_ranges += efi_map_boot_services(&info->efi, parts.ranges + info->nr_ranges,
						 parts.max_ranges - info->nr_ranges);
	info->map_entry = map_entry;
	info->nr_map_entries = (u32)efi_map_count(&info->efi);
	info->mirrored = parts.mirrored;
	info->nr_mirrored = efi_map_mirrored(&info->efi, parts.mirrored, parts.descriptors);
	info->hotplug = parts.hotplug;
	info->nr_hotplug = efi_map_hotplug(&info->efi, parts.hotplug, parts.descriptors);
	info->efi.bytes = efi_map_bytes(&info->efi);
	copy_smbios(info, info->smbios3);
	copy_smbios(info, info->smbios);
}

void record_release(const struct firmware *fw, struct boot_info *info)
{
	if (info->trampoline)
		fw->bs->FreePages(info->trampoline, 1);
	fw->bs->FreePages(info->self, EFI_PAGES(info->self_size));
}
