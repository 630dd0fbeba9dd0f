/* SPDX-License-Identifier: MIT */
/*
 * From the firmware's descriptors to e820 ranges.
 *
 * Source: Linux 6.1's setup_e820() in its EFI stub for what becomes what, the
 * order and the merging; its efi_clean_memmap() for what cannot be true. What
 * Linux takes on trust and real firmware gets wrong is stricter here: runtime
 * memory that is called conventional, and RAM that cannot be cached.
 */
#include "memmap.h"

#include <linux/errno.h>
#include <baremm/lint.h>
#include <linux/kernel.h>
#include <linux/string.h>

#undef pr_fmt
#define pr_fmt(fmt) "efi: " fmt

#define PAGE_BYTES (1ULL << EFI_MD_PAGE_SHIFT)
/* The end of the last page that a range can have and still not wrap. */
#define ADDR_END (0ULL - PAGE_BYTES)

u64 efi_map_count(const struct boot_efi_map *map)
{
	if (map->desc_size < EFI_MD_MIN_STRIDE || map->desc_size % 8)
		return 0;
	return map->size / map->desc_size;
}

struct efi_md efi_map_get(const struct boot_efi_map *map, u64 i)
{
	struct efi_md md;

	memcpy(&md, (const u8 *)map->descs + i * map->desc_size, sizeof(md));
	return md;
}

/* Is it RAM that an OS may use after ExitBootServices, as far as its type says? */
static bool md_type_is_ram(u32 type)
{
	return (type >= EFI_MD_LOADER_CODE && type <= EFI_MD_BOOT_DATA) ||
	       type == EFI_MD_CONVENTIONAL;
}

int efi_map_check(const struct boot_efi_map *map)
{
	u64 i, nr = efi_map_count(map);

	if (map->desc_size < EFI_MD_MIN_STRIDE || map->desc_size % 8) {
		pr_err("memory map refused: descriptor size %llu is below %d or no multiple of 8 "
		       "(%llu bytes, version %u)\n",
		       map->desc_size, EFI_MD_MIN_STRIDE, map->size, map->desc_version);
		return -EINVAL;
	}
	for (i = 0; i < nr; i++) {
		struct efi_md md = efi_map_get(map, i);

		if (md_type_is_ram(md.type) && md.num_pages)
			return 0;
	}
	pr_err("memory map refused: %llu descriptors (%llu bytes, size %llu, version %u) and no "
	       "usable memory among them\n",
	       nr, map->size, map->desc_size, map->desc_version);
	return -ENODATA;
}

/* What state a conversion has beside the table it fills. */
struct conversion {
	struct boot_efi_map *map;
	struct e820_table *table;
	bool wb_known; /* some RAM says that it can be cached */
};

/*
 * Some firmware leaves all cacheability bits clear. Then a clear WB bit says
 * nothing, and may not cost the machine its memory.
 */
static bool map_knows_wb(const struct boot_efi_map *map)
{
	u64 i, nr = efi_map_count(map);

	for (i = 0; i < nr; i++) {
		struct efi_md md = efi_map_get(map, i);

		if (md_type_is_ram(md.type) && (md.attribute & EFI_MD_WB))
			return true;
	}
	return false;
}

/* Says what is wrong with descriptor @i and what is done about it; counts it. */
static void finding(struct boot_efi_map *map, u64 i, const struct efi_md *md, const char *what)
{
	map->findings++;
	pr_warn("mem%02llu: type %u, start 0x%llx, 0x%llx pages, attribute 0x%llx: %s\n", i,
		md->type, md->phys_addr, md->num_pages, md->attribute, what);
}

/* RAM by its type, which its attributes may take out of ordinary use. */
static u32 ram_to_e820(struct conversion *c, u64 i, const struct efi_md *md)
{
	if (md->attribute & EFI_MD_RUNTIME) {
		finding(c->map, i, md, "usable type, but used by runtime services; reserved");
		return E820_TYPE_RESERVED;
	}
	if (md->attribute & EFI_MD_NV) {
		finding(c->map, i, md, "usable type, but not volatile; kept as persistent");
		return E820_TYPE_PMEM;
	}
	if (md->attribute & EFI_MD_SP && !c->map->no_soft_reserve)
		return E820_TYPE_SOFT_RESERVED;
	if (c->wb_known && !(md->attribute & EFI_MD_WB)) {
		finding(c->map, i, md, "usable type, but not cacheable; unusable");
		return E820_TYPE_UNUSABLE;
	}
	return E820_TYPE_RAM;
}

static u32 md_to_e820(struct conversion *c, u64 i, const struct efi_md *md)
{
	switch (md->type) {
	case EFI_MD_LOADER_CODE:
	case EFI_MD_LOADER_DATA:
	case EFI_MD_BOOT_CODE:
	case EFI_MD_BOOT_DATA:
	case EFI_MD_CONVENTIONAL:
		return ram_to_e820(c, i, md);
	case EFI_MD_UNUSABLE:
		return E820_TYPE_UNUSABLE;
	case EFI_MD_ACPI_RECLAIM:
		return E820_TYPE_ACPI;
	case EFI_MD_ACPI_NVS:
		return E820_TYPE_NVS;
	case EFI_MD_PERSISTENT:
		return E820_TYPE_PMEM;
	case EFI_MD_RESERVED:
	case EFI_MD_RUNTIME_CODE:
	case EFI_MD_RUNTIME_DATA:
	case EFI_MD_MMIO:
	case EFI_MD_MMIO_PORT:
	case EFI_MD_PAL_CODE:
	case EFI_MD_UNACCEPTED:
		return E820_TYPE_RESERVED;
	default:
		finding(c->map, i, md, "unknown type; reserved");
		return E820_TYPE_RESERVED;
	}
}

/*
 * The bytes of a descriptor, [*start, *end), whole pages and no wrap. Memory
 * that could be used shrinks to what is surely there, anything else grows to
 * what may be there:
 *
 *	page     |-------|-------|-------|
 *	entry        |---------------|
 *	usable           |-------|
 *	other    |-----------------------|
 *
 * False where nothing is left of it.
 */
static bool md_bounds(struct conversion *c, u64 i, const struct efi_md *md, u64 *start, u64 *end)
{
	bool ram = md_type_is_ram(md->type);
	u64 rest = md->phys_addr % PAGE_BYTES;

	if (!md->num_pages) {
		finding(c->map, i, md, "no pages; left out");
		return false;
	}
	*start = md->phys_addr - rest;
	if (*start >= ADDR_END || md->num_pages > (ADDR_END - *start) >> EFI_MD_PAGE_SHIFT) {
		if (ram || *start >= ADDR_END) {
			finding(c->map, i, md, "ends past the address space; left out");
			return false;
		}
		finding(c->map, i, md, "ends past the address space; cut there");
		*end = ADDR_END;
		return true;
	}
	*end = *start + (md->num_pages << EFI_MD_PAGE_SHIFT);
	if (!rest)
		return true;
	if (ram) {
		*start += PAGE_BYTES;
		finding(c->map, i, md, "not page aligned; cut to whole pages");
		return *start < *end;
	}
	finding(c->map, i, md, "not page aligned; widened to whole pages");
	if (*end < ADDR_END)
		*end += PAGE_BYTES;
	return true;
}

/* Appends, or lengthens the last entry where it touches and has the same type. */
static int table_add(struct e820_table *table, u64 start, u64 end, u32 type)
{
	struct e820_entry *last = table->entries + table->nr_entries;

	if (table->nr_entries && last[-1].type == type && last[-1].addr + last[-1].size == start) {
		last[-1].size += end - start;
		return 0;
	}
	if (table->nr_entries == table->max_entries)
		return -ENOSPC;
	*last = (struct e820_entry){.addr = start, .size = end - start, .type = type};
	table->nr_entries++;
	return 0;
}

static int convert_one(struct conversion *c, u64 i)
{
	struct efi_md md = efi_map_get(c->map, i);
	u64 start, end;

	if (!md_bounds(c, i, &md, &start, &end))
		return 0;
	if (md.type == EFI_MD_UNACCEPTED)
		c->map->unaccepted += end - start;
	return table_add(c->table, start, end, md_to_e820(c, i, &md));
}

int efi_map_to_e820(struct boot_efi_map *map, struct e820_table *table)
{
	struct conversion c = {.map = map, .table = table, .wb_known = map_knows_wb(map)};
	u64 i, nr = efi_map_count(map);
	int err = efi_map_check(map);

	table->nr_entries = 0;
	map->findings = 0;
	map->unaccepted = 0;
	if (err)
		return err;
	if (!c.wb_known)
		pr_warn("memory map: no memory says that it can be cached; the attribute is "
			"ignored\n");
	if (map->size % map->desc_size) {
		map->findings++;
		pr_warn("memory map: %llu bytes after the last of %llu descriptors ignored\n",
			map->size % map->desc_size, nr);
	}
	for (i = 0; i < nr; i++) {
		err = convert_one(&c, i);
		if (err) {
			pr_err("memory map: e820 table full (%u) at descriptor %llu of %llu\n",
			       table->max_entries, i, nr);
			table->nr_entries = 0;
			return err;
		}
	}
	return 0;
}

/* Where a descriptor's pages start and end. False where it has none, or they would wrap. */
static bool md_extent(const struct efi_md *md, u64 *start, u64 *end)
{
	*start = ALIGN_DOWN(md->phys_addr, PAGE_BYTES);
	*end = *start + (md->num_pages << EFI_MD_PAGE_SHIFT);
	return md->num_pages <= (ADDR_END - *start) >> EFI_MD_PAGE_SHIFT && *end > *start;
}

/*
 * A range of @type for each run of descriptors that are @wanted. The conversion has
 * reported and counted what is wrong with them.
 */
static u32 collect_ranges(const struct boot_efi_map *map, bool (*wanted)(const struct efi_md *md),
			  enum boot_range_type type, struct boot_range *ranges, u32 max)
{
	u64 i, nr = efi_map_count(map), lost = 0, start, end;
	u32 n = 0;

	for (i = 0; i < nr; i++) {
		struct efi_md md = efi_map_get(map, i);

		if (!wanted(&md) || !md_extent(&md, &start, &end))
			continue;
		if (n && ranges[n - 1].end == start) {
			ranges[n - 1].end = end;
		} else if (n < max) {
			ranges[n++] = (struct boot_range){start, end, type};
		} else {
			lost++;
		}
	}
	if (lost)
		pr_err("memory map: %llu %s ranges left out, room for %u\n", lost,
		       type == BOOT_RANGE_MIRRORED  ? "mirrored"
		       : type == BOOT_RANGE_HOTPLUG ? "hot-pluggable"
						    : "boot services",
		       max);
	return n;
}

static bool md_is_boot_services(const struct efi_md *md)
{
	return md->type == EFI_MD_BOOT_CODE || md->type == EFI_MD_BOOT_DATA;
}

u32 efi_map_boot_services(const struct boot_efi_map *map, struct boot_range *ranges, u32 max)
{
	return collect_ranges(map, md_is_boot_services, BOOT_RANGE_BOOT_SERVICES, ranges, max);
}

static bool md_is_mirrored(const struct efi_md *md)
{
	return md->attribute & EFI_MD_MORE_RELIABLE;
}

u32 efi_map_mirrored(const struct boot_efi_map *map, struct boot_range *ranges, u32 max)
{
	return collect_ranges(map, md_is_mirrored, BOOT_RANGE_MIRRORED, ranges, max);
}

static bool md_is_hotplug(const struct efi_md *md)
{
	return md_type_is_ram(md->type) && md->attribute & EFI_MD_HOT_PLUGGABLE;
}

u32 efi_map_hotplug(const struct boot_efi_map *map, struct boot_range *ranges, u32 max)
{
	return collect_ranges(map, md_is_hotplug, BOOT_RANGE_HOTPLUG, ranges, max);
}

u64 efi_map_bytes(const struct boot_efi_map *map)
{
	u64 i, nr = efi_map_count(map), bytes = 0, start, end;

	for (i = 0; i < nr; i++) {
		struct efi_md md = efi_map_get(map, i);

		if (md_extent(&md, &start, &end))
			bytes += end - start;
	}
	return bytes;
}

bool efi_map_holds(const struct boot_efi_map *map, u64 start, u64 size)
{
	u64 nr = efi_map_count(map);

	for (u64 i = 0; i < nr; i++) {
		struct efi_md md = efi_map_get(map, i);
		u64 end;

		if (md.type == EFI_MD_MMIO || md.type == EFI_MD_MMIO_PORT ||
		    md.type == EFI_MD_UNACCEPTED || start < md.phys_addr)
			continue;
		if (!__builtin_mul_overflow(md.num_pages, PAGE_BYTES, &end) &&
		    start - md.phys_addr <= end && size <= end - (start - md.phys_addr))
			return true;
	}
	return false;
}

/* ---- For lint ----------------------------------------------------------------------- */

static u32 md_lint_type(const struct efi_md *md)
{
	switch (md->type) {
	case EFI_MD_ACPI_RECLAIM:
		return E820_TYPE_ACPI;
	case EFI_MD_ACPI_NVS:
		return E820_TYPE_NVS;
	case EFI_MD_UNUSABLE:
		return E820_TYPE_UNUSABLE;
	case EFI_MD_PERSISTENT:
		return E820_TYPE_PMEM;
	default:
		return md_type_is_ram(md->type) ? E820_TYPE_RAM : E820_TYPE_RESERVED;
	}
}

/* UEFI leaves numbers from 0x70000000 on to makers and loaders. */
#define MD_TYPE_OEM 0x70000000U

void efi_map_lint_range(const struct boot_efi_map *map, u64 i, struct lint_range *range)
{
	struct efi_md md = efi_map_get(map, i);

	*range = (struct lint_range){
		.start = md.phys_addr,
		.size = md.num_pages > ~0ULL >> EFI_MD_PAGE_SHIFT
				? ~0ULL
				: md.num_pages << EFI_MD_PAGE_SHIFT,
		.type = md_lint_type(&md),
		.known_type = md.type < EFI_MD_TYPES || md.type >= MD_TYPE_OEM,
		.runtime = md.attribute & EFI_MD_RUNTIME,
		.hotplug = md.attribute & EFI_MD_HOT_PLUGGABLE,
		.attributes = true,
		.write_back = md.attribute & EFI_MD_WB,
	};
}
