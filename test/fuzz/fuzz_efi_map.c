// SPDX-License-Identifier: MIT
/*
 * The firmware's memory map: any bytes as descriptors of any stride, through e820 to
 * memblock. A byte of address space is memory in the end just where some descriptor
 * says RAM that can be used, and none says anything stricter.
 *
 *   input   | form | stride | ... descriptors, raw or in 8 bytes each: struct short_md
 */
#include "fuzz.h"

#include <asm/page.h>
#include <baremm/boot_info.h>
#include <linux/errno.h>
#include <linux/memory_hotplug.h>
#include "../../mm/memory_kind.h"
#include "../unit/efi_model.h"

#define PAGE	 4096ULL
#define ADDR_END (0ULL - PAGE)
#define MAX_MDS	 512
#define EDGES	 (2 * MAX_MDS + 8)

enum { FORM_RAW = 1, FORM_ODD_STRIDE = 2, FORM_REST = 4, FORM_FEW_RANGES = 8 };

/* ---- Descriptors from the input ------------------------------------------------------ */

struct short_md {
	u8 type;  /* 240 and above: unknown ones, of 32 bits */
	u8 attr;  /* bits of attrs[] */
	u8 place; /* low 3 bits: places[]; the others: bytes beside a page's start */
	u8 scale; /* page counts are shifted by its low 5 bits; top bit: ends past 2^64 */
	u16 start;
	u16 pages;
};

static const u64 attrs[8] = {EFI_MD_WB, EFI_MD_RUNTIME,	       EFI_MD_NV,
			     EFI_MD_SP, EFI_MD_HOT_PLUGGABLE,  EFI_MD_MORE_RELIABLE,
			     EFI_MD_RO, EFI_MD_UC | 1ULL << 40};

/* Where addresses have something to say: the BIOS area, 4 GB, the limit, the end. */
static const u64 places[8] = {0,
			      0,
			      0,
			      4ULL << 30,
			      MAX_ARCH_PFN *PAGE - (64ULL << 20),
			      0ULL - (256ULL << 20),
			      1ULL << 40,
			      1ULL << 62};

static struct efi_md expand(const struct short_md *from)
{
	struct efi_md md = {.type = from->type % 17, .virt_addr = ~0ULL};
	u64 shift = from->scale & 31;

	if (from->type >= 240)
		md.type = from->type * 0x01010101u;
	for (int i = 0; i < 8; i++)
		if (from->attr & 1 << i)
			md.attribute |= attrs[i];
	md.phys_addr = places[from->place & 7] + (from->start << EFI_MD_PAGE_SHIFT) +
		       (from->place >> 3) * 97;
	md.num_pages = (u64)from->pages << shift;
	if (from->scale & 0x80)
		md.num_pages = ~md.num_pages;
	return md;
}

/* The descriptors at a stride, with rubbish between them. *@bytes long; the caller frees it. */
static u8 *make_descriptors(u8 form, u64 stride, size_t *bytes)
{
	size_t nr = min_t(size_t, fuzz_in.left / sizeof(struct short_md), MAX_MDS);
	size_t rest = form & FORM_REST && stride ? stride - 1 : 0;
	u8 *descs;

	if (form & FORM_RAW) {
		*bytes = min_t(size_t, fuzz_in.left, MAX_MDS * EFI_MD_MIN_STRIDE);
		descs = malloc(*bytes + 1);
		memcpy(descs, fuzz_in.at, *bytes);
		return descs;
	}
	*bytes = nr * stride + (nr ? rest : 0);
	descs = malloc(*bytes + 1);
	memset(descs, 0xa5, *bytes);
	for (size_t i = 0; i < nr; i++) {
		struct short_md from;
		struct efi_md md;

		memcpy(&from, fuzz_in.at + i * sizeof(from), sizeof(from));
		md = expand(&from);
		memcpy(descs + i * stride, &md, min_t(u64, stride, sizeof(md)));
	}
	return descs;
}

/* ---- The model ------------------------------------------------------------------------- */

struct model_range {
	u64 start, end;
	u32 type;
};

static struct model_range model[MAX_MDS];
static size_t nr_model;
static bool model_repaired; /* some descriptor was cut or left out */

/* Whole pages: of RAM those surely there, of all else those that may be. */
static bool model_bounds(const struct efi_md *md, struct model_range *range)
{
	unsigned __int128 start = md->phys_addr, end = start;
	bool ram = model_is_ram(md->type);

	end += (unsigned __int128)md->num_pages * PAGE;
	if (ram) {
		bool fits = start / PAGE * PAGE + (end - start) <= ADDR_END;

		start = (start + PAGE - 1) / PAGE * PAGE;
		end = end / PAGE * PAGE;
		range->start = (u64)start;
		range->end = (u64)end;
		return fits && start < end;
	}
	start = start / PAGE * PAGE;
	end = (end + PAGE - 1) / PAGE * PAGE;
	range->start = (u64)start;
	range->end = end > ADDR_END ? ADDR_END : (u64)end;
	return md->num_pages && start < range->end;
}

static void make_model(const struct boot_efi_map *map)
{
	bool wb_known = false;

	nr_model = 0;
	model_repaired = false;
	for (u64 i = 0; i < efi_map_count(map); i++) {
		struct efi_md md = efi_map_get(map, i);

		wb_known |= model_is_ram(md.type) && (md.attribute & EFI_MD_WB);
	}
	for (u64 i = 0; i < efi_map_count(map); i++) {
		struct efi_md md = efi_map_get(map, i);
		struct model_range *range = &model[nr_model];

		range->type = model_type(md.type, md.attribute, wb_known);
		if (model_bounds(&md, range))
			nr_model++;
		else
			model_repaired = true;
	}
}

/* The strictest type that covers all of [start, end), no edge lying inside it; 0: none. */
static u32 model_at(u64 start, u64 end)
{
	u32 type = 0;

	for (size_t i = 0; i < nr_model; i++)
		if (model[i].start <= start && model[i].end >= end)
			type = max(type, model[i].type);
	return type;
}

static int compare_edges(const void *a, const void *b)
{
	const u64 *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static size_t list_edges(u64 edges[EDGES])
{
	const u64 fixed[] = {0, PAGE, BIOS_BEGIN, BIOS_END, MAX_ARCH_PFN * PAGE, ADDR_END};
	size_t nr = 0;

	for (size_t i = 0; i < ARRAY_SIZE(fixed); i++)
		edges[nr++] = fixed[i];
	for (size_t i = 0; i < nr_model; i++) {
		edges[nr++] = model[i].start;
		edges[nr++] = model[i].end;
	}
	qsort(edges, nr, sizeof(*edges), compare_edges);
	return nr;
}

/* Mirrored memory is a region of its own: a piece may consist of several. */
static u64 memory_in(u64 start, u64 end)
{
	const struct memblock_region *r;
	u64 bytes = 0;

	for_each_mem_region (r) {
		u64 s = max_t(u64, r->base, start), e = min_t(u64, r->base + r->size, end);

		if (s < e)
			bytes += e - s;
	}
	return bytes;
}

static void compare_piece(u64 start, u64 end)
{
	u32 type = model_at(start, end);
	bool memory = type == E820_TYPE_RAM && start >= PAGE && end <= MAX_ARCH_PFN * PAGE &&
		      (start < BIOS_BEGIN || start >= BIOS_END);

	if (memory && memory_in(start, end) != end - start)
		fuzz_fail("memory is lost in [mem 0x%llx-0x%llx]", start, end - 1);
	if (!memory && memory_in(start, end))
		fuzz_fail("type %u became memory in [mem 0x%llx-0x%llx]", type, start, end - 1);
	if (type == E820_TYPE_SOFT_RESERVED)
		fuzz_check(memblock_is_region_reserved(start, end - start));
}

static void compare_with_model(void)
{
	static u64 edges[EDGES];
	size_t nr = list_edges(edges);

	for (size_t i = 1; i < nr; i++)
		if (edges[i - 1] < edges[i])
			compare_piece(edges[i - 1], edges[i]);
}

/* ---- The code under test ------------------------------------------------------------------ */

#define MEMORY_ROOM   (5 * MAX_MDS + 64)
#define RESERVED_ROOM (MAX_MDS + 64)

/* Bring-up gives both tables this room, too, before memory can be had. */
static void reset_memblock(const struct boot_info *info)
{
	static struct memblock_region memory[MEMORY_ROOM], reserved[RESERVED_ROOM];
	u32 nr_memory = info->nr_e820 + 1 + 2 * (info->nr_mirrored + info->nr_hotplug),
	    nr_reserved = info->nr_e820 + 64;

	memblock_reset();
	memset(memory, 0, nr_memory * sizeof(*memory));
	memset(reserved, 0, nr_reserved * sizeof(*reserved));
	memblock_set_regions(&memblock.memory, memory, nr_memory);
	memblock_set_regions(&memblock.reserved, reserved, nr_reserved);
}

/* As bring-up does it for kernelcore=mirror. */
static void mark_mirrored(const struct boot_info *info)
{
	mirrored_kernelcore = true;
	for (u32 i = 0; i < info->nr_mirrored; i++) {
		const struct boot_range *range = &info->mirrored[i];

		fuzz_check(memblock_mark_mirror(range->start, range->end - range->start) == 0);
	}
}

static void run_boot(void *arg)
{
	struct boot_info *info = arg;

	e820__memory_setup(info);
	e820__finish_early_params();
	e820__trim_bios_range();
	max_pfn = e820__end_of_ram_pfn();
	reset_memblock(info);
	e820__memblock_setup();
	mark_mirrored(info);
	movable_node_enabled = true;
	mark_hotpluggable_memory(info);
	report_hotpluggable_memory(info);
}

static void check_boot(struct boot_info *info)
{
	info->arena.size = E820_ARENA_SIZE(info->nr_e820);
	info->arena.base = calloc(1, info->arena.size);
	fuzz_run(run_boot, info);
	fuzz_check(e820_verify(e820_table) == 0);
	fuzz_check(e820_verify(e820_table_firmware) == 0);
	fuzz_check(memblock_verify() == 0);
	compare_with_model();
	fuzz_check(!model_repaired || info->efi.findings);
	free(info->arena.base);
}

/* Whole pages of firmware's ranges of one kind, in room for @max. The caller frees them. */
static struct boot_range *take_ranges(const struct boot_efi_map *map, u32 max, u32 *nr,
				      u32 (*take)(const struct boot_efi_map *map,
						  struct boot_range *ranges, u32 max))
{
	struct boot_range *ranges = malloc(max * sizeof(*ranges) + 1);

	*nr = take(map, ranges, max);
	fuzz_check(*nr <= max);
	for (u32 i = 0; i < *nr; i++)
		fuzz_check(ranges[i].start < ranges[i].end &&
			   (ranges[i].start | ranges[i].end) % PAGE == 0);
	return ranges;
}

static void check_map(struct boot_info *info, u32 max_ranges)
{
	struct boot_efi_map *map = &info->efi;
	u64 nr = efi_map_count(map);
	struct e820_entry *entries = malloc(nr * sizeof(*entries) + 1);
	struct e820_table table = {.entries = entries, .max_entries = (u32)nr};
	struct boot_range *services, *mirrored, *hotplug;
	int err = efi_map_to_e820(map, &table);
	u32 nr_services;

	efi_map_print(map);
	map->bytes = efi_map_bytes(map);
	services = take_ranges(map, max_ranges, &nr_services, efi_map_boot_services);
	mirrored = take_ranges(map, max_ranges, &info->nr_mirrored, efi_map_mirrored);
	info->mirrored = mirrored;
	hotplug = take_ranges(map, max_ranges, &info->nr_hotplug, efi_map_hotplug);
	info->hotplug = hotplug;
	fuzz_check(err != -ENOSPC);
	if (err) {
		fuzz_check(table.nr_entries == 0);
	} else {
		info->e820 = entries;
		info->nr_e820 = table.nr_entries;
		make_model(map);
		check_boot(info);
	}
	free(services);
	free(mirrored);
	free(hotplug);
	free(entries);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct boot_info info = {.version = BOOT_INFO_VERSION};
	u8 form, *descs;
	size_t bytes;

	fuzz_start(data, size);
	form = fuzz_u8();
	info.efi.desc_version = 1;
	info.efi.desc_size = EFI_MD_MIN_STRIDE + 8 * (fuzz_u8() & 15);
	if (form & FORM_ODD_STRIDE)
		info.efi.desc_size = fuzz_u8();
	descs = make_descriptors(form, info.efi.desc_size, &bytes);
	info.efi.descs = descs;
	info.efi.size = bytes;
	check_map(&info, form & FORM_FEW_RANGES ? 2 : (u32)MAX_MDS);
	free(descs);
	return 0;
}

/* ---- Seeds --------------------------------------------------------------------------------- */

static size_t fuzz_seed(unsigned int i, u8 *data)
{
	static const struct short_md plain[] = {
		{7, 1, 0, 0, 0, 0xa0},
		{4, 0x21, 0, 0, 0x100, 0x700},
		{7, 1, 0, 4, 0x800, 0x7000},
		{10, 1, 0, 0, 0xf000, 0x40},
		{9, 1, 0, 0, 0xf040, 0x80},
		{6, 3, 0, 0, 0xf0c0, 0x100},
		{11, 0x11, 3, 0, 0, 0x10000 / 8},
		{7, 1, 3, 12, 0x2000, 0x40},
	};
	static const struct short_md odd[] = {
		{7, 1, 0, 0, 0x200, 0x300},   {2, 1, 0, 0, 0x100, 0x300},
		{0, 1, 8, 0, 0x180, 2},	      {7, 1, 8, 0, 0x800, 9},
		{7, 1, 0, 0, 0x900, 0},	      {7, 9, 0, 0, 0xa00, 4},
		{7, 0x25, 0, 0, 0xb00, 4},    {7, 3, 0, 0, 0xc00, 4},
		{7, 0x10, 0, 0, 0xd00, 4},    {240, 1, 0, 0, 0xe00, 4},
		{7, 1, 5, 0, 0x8000, 0x8000}, {11, 0, 5, 0x80, 0, 1},
		{7, 1, 4, 3, 0x1000, 0x4000}, {7, 1, 0, 31, 0x2000, 0xffff},
	};
	const u8 header[2] = {i / 2 ? FORM_REST | FORM_FEW_RANGES : 0, (u8)(1 + i)};
	size_t size = i % 2 ? sizeof(odd) : sizeof(plain);

	memcpy(data, header, 2);
	memcpy(data + 2, i % 2 ? odd : plain, size);
	return i < 4 ? 2 + size : 0;
}
