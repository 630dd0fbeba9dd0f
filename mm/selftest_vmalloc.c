// SPDX-License-Identifier: MIT
/*
 * Self-tests of vmalloc on the machine's own RAM: large areas, scattered pages, devices'
 * ranges, and that addresses, pages and page tables come back.
 */
#include "selftest.h"
#include "vmap.h"

#include <linux/errno.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/vmalloc.h>
#include <linux/vmstat.h>
#include <baremm/arch.h>
#include <baremm/boot_info.h>
#include <baremm/e820.h>

#include "internal.h"

/* Of each area, and held at once, unless all memory is to be used. */
#define AREA_BYTES  SZ_4M
#define AREAS	    64
#define AREA_ROUNDS 512

static void *areas[AREAS];
static size_t area_bytes[AREAS];

static bool is_mapped(const void *addr)
{
	struct arch_mapping mapping;

	return !arch_query((unsigned long)addr, &mapping);
}

/* From its first byte to its last, and no further. */
static int check_area(const void *area, size_t size, u64 seed)
{
	const char *end = (const char *)area + get_vm_area_size(find_vm_area(area));

	if (!pattern_check(area, size, seed) && is_mapped(end - 1) && !is_mapped(end))
		return 0;
	selftest_note("area %px of %zu bytes lost contents, or its guard page", area, size);
	return 1;
}

static void *make_area(size_t size, u64 choice)
{
	return choice & 1 ? vmalloc_huge(size, GFP_KERNEL | __GFP_NOWARN)
			  : __vmalloc(size, GFP_KERNEL | __GFP_NOWARN);
}

/* Largest that a quarter of free memory has; with selftest=full three quarters. */
static size_t large_bytes(void)
{
	size_t quarter = nr_free_pages() / 4 * PAGE_SIZE;

	return selftest_full ? 3 * quarter : min_t(size_t, quarter, SZ_64M);
}

static int test_large_area(void)
{
	size_t size = large_bytes();
	int faults = 0;

	for (u64 choice = 0; choice < 2; choice++) {
		void *area = make_area(size, choice);

		if (!area)
			return faults + selftest_no_memory("a large area");
		pattern_fill(area, size, selftest_seed);
		faults += check_area(area, size, selftest_seed);
		vfree(area);
		if (is_mapped(area)) {
			selftest_note("%px is mapped after vfree()", area);
			faults++;
		}
	}
	vm_unmap_aliases();
	return faults;
}

/* Areas of all sizes are made and given back in disorder; each keeps its contents. */
static int test_areas(void)
{
	size_t limit = nr_free_pages() / 2 * PAGE_SIZE, held = 0;
	u64 random = selftest_seed, seed = random;
	int faults = 0, refused = 0;

	for (unsigned int round = 0; round < AREA_ROUNDS + AREAS; round++) {
		unsigned int i = round < AREA_ROUNDS ? selftest_random(&random) % AREAS
						     : round - AREA_ROUNDS;
		u64 choice = selftest_random(&random);

		if (areas[i]) {
			faults += check_area(areas[i], area_bytes[i], seed);
			vfree(areas[i]);
			areas[i] = NULL;
			held -= ALIGN(area_bytes[i], SZ_2M);
		} else if (round < AREA_ROUNDS) {
			area_bytes[i] = 1 + choice % (choice >> 32 & 7 ? SZ_64K : AREA_BYTES);
			if (held + ALIGN(area_bytes[i], SZ_2M) > limit)
				continue;
			areas[i] = make_area(area_bytes[i], choice >> 40);
			refused += !areas[i];
			if (!areas[i])
				continue;
			held += ALIGN(area_bytes[i], SZ_2M);
			pattern_fill(areas[i], area_bytes[i], seed);
		}
	}
	vm_unmap_aliases();
	return refused ? faults + selftest_no_memory("areas") : faults;
}

/* ---- Mappings of pages --------------------------------------------------------------------- */

#define MAP_PAGES 80 /* some mappings are of more pages than a block has room for */

static struct page *map_pages[MAP_PAGES];

/* What is written through a mapping is in its pages, and nothing behind them is mapped. */
static int check_map_ram(unsigned int count)
{
	u64 *mapping = vm_map_ram(map_pages, count, NUMA_NO_NODE);
	const size_t step = PAGE_SIZE / sizeof(*mapping);
	int faults = 0;

	if (!mapping)
		return selftest_no_memory("a mapping");
	for (unsigned int i = 0; i < count; i++)
		mapping[i * step] = selftest_seed + i;
	for (unsigned int i = 0; i < count; i++)
		faults += *(u64 *)page_address(map_pages[i]) != selftest_seed + i;
	faults += is_mapped(mapping + count * step);
	vm_unmap_ram(mapping, count);
	faults += is_mapped(mapping);
	if (faults)
		selftest_note("vm_map_ram of %u pages at %px: %d faults", count, mapping, faults);
	return faults;
}

static int test_map_ram(void)
{
	unsigned int nr = 0;
	int faults = 0;

	while (nr < MAP_PAGES && (map_pages[nr] = alloc_page(GFP_KERNEL | __GFP_NOWARN)))
		nr++;
	if (nr < MAP_PAGES)
		faults = selftest_no_memory("pages to map");
	for (unsigned int count = 1; count <= nr; count++)
		faults += check_map_ram(count);
	while (nr)
		__free_page(map_pages[--nr]);
	vm_unmap_aliases();
	return faults;
}

/* ---- Page tables --------------------------------------------------------------------------- */

static unsigned long table_pages(void)
{
	return global_node_page_state(NR_PAGETABLE);
}

/* Empty page tables go back with the areas that they were for. */
static int test_area_tables(void)
{
	unsigned long before, with, after;
	void *area;

	vm_unmap_aliases();
	before = table_pages();
	area = __vmalloc(SZ_8M, GFP_KERNEL | __GFP_NOWARN);
	if (!area)
		return selftest_no_memory("an area");
	with = table_pages();
	vfree(area);
	vm_unmap_aliases();
	after = table_pages();
	if (after == before && with >= before)
		return 0;
	selftest_note("%lu page tables, %lu with an area, %lu after it", before, with, after);
	return 1;
}

/* ---- Devices' ranges ---------------------------------------------------------------------- */

/* Where there is no memory, and nobody has anything mapped; it is mapped, and not touched. */
#define HOLE_BYTES (2 * (PAGE_SIZE << HUGETLB_PAGE_ORDER))

static bool is_hole(u64 start, u64 end)
{
	const struct boot_framebuffer *fb = &boot_info->fb;

	return !memblock_overlaps_region(&memblock.memory, start, end - start) &&
	       !e820__mapped_raw_any(start, end, E820_TYPE_ACPI) &&
	       !e820__mapped_raw_any(start, end, E820_TYPE_NVS) &&
	       (start >= fb->base + fb->size || end <= fb->base);
}

/* The first @size bytes of the kind, aligned to that, before the last memory; 0: none. */
static u64 find_hole(u64 size)
{
	for (unsigned long i = 0; i + 1 < memblock.memory.cnt; i++) {
		const struct memblock_region *r = &memblock.memory.regions[i];
		u64 start = ALIGN(r->base + r->size, size);

		if (start + size <= r[1].base && is_hole(start, start + size))
			return start;
	}
	return 0;
}

static int check_mapping(const char *what, const void __iomem *p, u64 phys, unsigned int prot)
{
	struct arch_mapping mapping;

	if (!p || arch_query((unsigned long)p, &mapping)) {
		selftest_note("%s of 0x%llx maps nothing", what, phys);
		return 1;
	}
	if (mapping.phys == phys && mapping.prot == prot)
		return 0;
	selftest_note("%s of 0x%llx maps 0x%llx, protection 0x%x, not 0x%x", what, phys,
		      mapping.phys, mapping.prot, prot);
	return 1;
}

/*
 * The page tables say what was asked for, and of large ranges as vmalloc_huge() has it, or as
 * nohugeiomap does.
 */
static int check_large(u64 hole)
{
	struct arch_mapping huge, device;
	void *area = vmalloc_huge(HOLE_BYTES, GFP_KERNEL | __GFP_NOWARN);
	void __iomem *p = ioremap(hole, HOLE_BYTES);
	int faults = check_mapping("ioremap", p, hole, ARCH_MAP_WRITE | ARCH_MAP_UC_MINUS);

	if (!faults && area && !arch_query((unsigned long)area, &huge) &&
	    !arch_query((unsigned long)p, &device) &&
	    (nohugeiomap ? device.page_size > PAGE_SIZE
			 : device.page_size < huge.page_size && find_vm_area(area)->page_order)) {
		selftest_note("0x%llx is mapped in pages of %zu bytes", hole, device.page_size);
		faults++;
	}
	iounmap(p);
	vfree(area);
	return faults;
}

static int test_ioremap(void)
{
	static const struct {
		const char *name;
		void __iomem *(*map)(phys_addr_t phys, size_t size);
		unsigned int cache;
	} calls[] = {
		{"ioremap", ioremap, ARCH_MAP_UC_MINUS}, {"ioremap_uc", ioremap_uc, ARCH_MAP_UC},
		{"ioremap_wc", ioremap_wc, ARCH_MAP_WC}, {"ioremap_wt", ioremap_wt, ARCH_MAP_WT},
		{"ioremap_cache", ioremap_cache, 0},
	};
	u64 hole = find_hole(PAGE_SIZE), large = find_hole(HOLE_BYTES);
	int faults = 0;

	for (size_t i = 0; hole && i < ARRAY_SIZE(calls); i++) {
		void __iomem *p = calls[i].map(hole, PAGE_SIZE);

		if (!p && selftest_faults_injected())
			continue;
		faults += check_mapping(calls[i].name, p, hole, ARCH_MAP_WRITE | calls[i].cache);
		iounmap(p);
	}
	if (large && !selftest_faults_injected())
		faults += check_large(large);
	if (!hole)
		selftest_note("there is no hole in memory for a device to be in");
	vm_unmap_aliases();
	return faults;
}

const struct selftest vmalloc_selftests[] = {
	{"vmalloc_large", test_large_area},
	{"vmalloc_areas", test_areas},
	{"vmalloc_tables", test_area_tables},
	{"vm_map_ram", test_map_ram},
	{"ioremap", test_ioremap},
	{NULL, NULL},
};
