/* SPDX-License-Identifier: MIT */
/*
 * The program's own page tables, built from nothing while the firmware's are
 * live, then loaded:
 *
 *                     identity (va = pa)        direct map (va = PAGE_OFFSET + pa)
 *   memory            RW NX                     RW NX
 *   image: text       R  X                      R  NX
 *   image: rodata     R  NX                     R  NX
 *   image: data       RW NX                     RW NX
 *   image: init       as text and data, until   as text and data, then
 *                     it is freed: not mapped   RW NX
 *   stacks, record    RW NX                     RW NX
 *   guard pages       not mapped                RW NX
 *   ACPI data, NVS    R  NX                     not mapped
 *   framebuffer       RW NX write-combining     not mapped
 *   trampoline page   RW NX                     RW NX
 *   page 0            not mapped                only where it is memory
 *   high memory       not mapped                not mapped
 *
 * High memory is what lies past the direct map (linux/highmem.h); what of it is the
 * program's own, or ACPI's, is in the identity map like all that is.
 *
 * Where memory is encrypted all of it is but the framebuffer, and ACPI's where the firmware's
 * tables leave it out (mem_encrypt.h).
 *
 * The trampoline page is R X, its alias R NX, while the CPU goes through it to
 * five levels.
 *
 * Memory goes first, in the largest pages; the exceptions then split what they
 * must. So the cost follows the number of large pages and of exceptions.
 */
#include <baremm/arch.h>

#include <linux/errno.h>
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/pfn.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <baremm/boot_info.h>
#include <baremm/bringup.h>
#include <baremm/console.h>
#include <baremm/panic.h>

#include "consoles.h"
#include "cpu.h"
#include "la57.h"
#include "mmu.h"
#include "trampoline.h"

unsigned long fb_mapping;
const struct boot_info *mmu_boot_info;

/* Pages for tables are taken from memblock this many at a time. */
#define POOL_CHUNK 32UL

/* The tables being built, the pages that wait for them, and how many were taken. */
static struct pgtable building;
static struct pgtable_pool pool;
static unsigned long nr_table_pages;
static unsigned long fb_building; /* fb_mapping, once they are live */

static int __init refuse_run(unsigned long start, unsigned long end, phys_addr_t phys,
			     size_t page_size, unsigned int prot, void *arg)
{
	(void)phys;
	(void)page_size;
	if (prot & ARCH_MAP_IO)
		panic("x86/mm: the firmware encrypts the program, but not %s at [mem "
		      "%#018lx-%#018lx]",
		      (const char *)arg, start, end - 1);
	return 0;
}

/*
 * What our tables map encrypted would be garbage had it been written through tables that did
 * not, or be read so.
 */
static void __init check_encrypted(const char *what, phys_addr_t start, phys_addr_t end)
{
	char name[24];

	if (!live_pgtable.enc)
		return;
	strscpy(name, what, sizeof(name));
	arch_walk(start, end, refuse_run, name);
}

/* In one piece where there is one: memblock's cost is for each call. */
static void __init add_table_pages(unsigned long nr)
{
	phys_addr_t pages = memblock_phys_alloc(nr << PAGE_SHIFT, PAGE_SIZE);

	if (pages) {
		check_encrypted("free memory", pages, pages + (nr << PAGE_SHIFT));
		early_note_table(pages, nr << PAGE_SHIFT);
		nr_table_pages += nr;
		while (nr--)
			pgtable_pool_add(&building, &pool, pages + (nr << PAGE_SHIFT));
	} else if (nr > 1) {
		add_table_pages(nr / 2);
		add_table_pages(nr - nr / 2);
	} else {
		panic("x86/mm: no free memory below %pa for page tables after %lu pages",
		      &memblock.current_limit, nr_table_pages);
	}
}

static void __init free_run(phys_addr_t start, phys_addr_t end)
{
	if (start == end)
		return;
	early_free(start, end - start);
	nr_table_pages -= (end - start) >> PAGE_SHIFT;
}

/* Gives back what was not needed: pages come as they were added, the lowest first. */
static void __init free_table_pages(void)
{
	phys_addr_t start = 0, end = 0, page;

	while ((page = pgtable_pool_take(&building, &pool))) {
		if (page != end) {
			free_run(start, end);
			start = page;
		}
		end = page + PAGE_SIZE;
	}
	free_run(start, end);
}

/* Gives back the table at @page and all below it. */
static void __init free_tables(phys_addr_t page, int level)
{
	const u64 *table = pgtable_at(&building, page);

	for (unsigned int i = 0; level > 1 && i < PTRS_PER_TABLE; i++)
		if ((table[i] & _PAGE_PRESENT) && !entry_is_leaf(table[i], level))
			free_tables(entry_phys(&building, table[i]), level - 1);
	early_free(page, PAGE_SIZE);
	nr_table_pages--;
}

/* @call is tried until the pool holds the tables that it needs. */
#define WITH_TABLES(call)                                                        \
	({                                                                       \
		int __err;                                                       \
                                                                                 \
		while ((__err = (call)) == -ENOMEM)                              \
			add_table_pages(max(pool.needed - pool.nr, POOL_CHUNK)); \
		__err;                                                           \
	})

static void __init map(unsigned long va, phys_addr_t pa, size_t size, unsigned int prot)
{
	int err = WITH_TABLES(pgtable_map(&building, va, pa, size, prot, &pool));

	if (err)
		panic("x86/mm: mapping [mem %#018llx-%#018llx] at %#lx: error %d", pa,
		      pa + size - 1, va, err);
}

static void __init protect(unsigned long va, size_t size, unsigned int prot)
{
	int err = WITH_TABLES(pgtable_protect(&building, va, size, prot, &pool));

	if (err)
		panic("x86/mm: protecting %#lx, %zu bytes: error %d", va, size, err);
}

static void __init unmap(unsigned long va, size_t size)
{
	int err = WITH_TABLES(pgtable_unmap(&building, va, size, &pool));

	if (err)
		panic("x86/mm: unmapping %#lx, %zu bytes: error %d", va, size, err);
}

struct run {
	unsigned long start, end;
};

static int __init note_run(unsigned long start, unsigned long end, phys_addr_t phys,
			   size_t page_size, unsigned int prot, void *arg)
{
	(void)phys;
	(void)page_size;
	(void)prot;
	*(struct run *)arg = (struct run){start, end};
	return 1;
}

/* Identity-maps what of [start, end) is not mapped yet. */
static void __init map_holes(phys_addr_t start, phys_addr_t end, unsigned int prot)
{
	while (start < end) {
		struct run mapped = {end, end};

		pgtable_walk(&building, start, end, note_run, &mapped);
		if (mapped.start > start)
			map(start, start, mapped.start - start, prot);
		start = mapped.end;
	}
}

static void __init map_memory(void)
{
	unsigned long start, end;
	int i;

	for_each_mem_pfn_range (i, NUMA_NO_NODE, &start, &end, NULL) {
		phys_addr_t pa = PFN_PHYS(start);
		size_t size;

		end = min(end, highstart_pfn);
		if (start >= end)
			continue;
		size = PFN_PHYS(end - start);
		map(pa, pa, size, ARCH_MAP_WRITE);
		map(mmu_page_offset() + pa, pa, size, ARCH_MAP_WRITE);
	}
}

static unsigned int __init range_prot(enum boot_range_type type)
{
	switch (type) {
	case BOOT_RANGE_TEXT:
	case BOOT_RANGE_INIT_TEXT:
		return ARCH_MAP_EXEC;
	case BOOT_RANGE_RODATA:
		return ARCH_MAP_READ;
	default:
		return ARCH_MAP_WRITE;
	}
}

/* The program's own range, listed by firmware or not; its alias is never executable. */
static void __init map_own_range(const struct boot_range *range)
{
	size_t size = range->end - range->start;
	unsigned int prot = range_prot(range->type);

	if (range->type == BOOT_RANGE_BOOT_SERVICES || !size)
		return;
	if (range->type == BOOT_RANGE_GUARD) {
		unmap(range->start, size);
		return;
	}
	map_holes(range->start, range->end, prot);
	protect(range->start, size, prot);
	protect(mmu_page_offset() + range->start, size, prot & ARCH_MAP_WRITE);
}

/* Data before guards: a guard page may lie inside the image's data. */
static void __init map_own_ranges(const struct boot_info *info)
{
	check_encrypted("the boot record", info->self, info->self + info->self_size);
	check_encrypted("its image", info->image_base, info->image_base + info->image_size);
	map_holes(round_down(info->self, PAGE_SIZE),
		  round_up(info->self + info->self_size, PAGE_SIZE), ARCH_MAP_WRITE);
	for (u32 i = 0; i < info->nr_ranges; i++)
		if (info->ranges[i].type != BOOT_RANGE_GUARD)
			map_own_range(&info->ranges[i]);
	for (u32 i = 0; i < info->nr_ranges; i++)
		if (info->ranges[i].type == BOOT_RANGE_GUARD)
			map_own_range(&info->ranges[i]);
}

/* ARCH_MAP_IO where the firmware maps the page at @pa as not encrypted. */
static unsigned int __init firmware_io(phys_addr_t pa)
{
	struct arch_mapping map;

	return arch_query(pa, &map) ? 0 : map.prot & ARCH_MAP_IO;
}

/* Firmware's own entries: options may have hidden them from the edited table. */
static void __init map_acpi(const struct boot_info *info)
{
	for (u32 i = 0; i < info->nr_e820; i++) {
		const struct e820_entry *entry = &info->e820[i];
		u64 start = round_down(entry->addr, PAGE_SIZE);
		u64 end = round_up(entry->addr + entry->size, PAGE_SIZE);

		if (entry->type != E820_TYPE_ACPI && entry->type != E820_TYPE_NVS)
			continue;
		if (start >= end || end > IDENTITY_END || !pgtable_canonical(&building, end)) {
			pr_warn("x86/mm: ACPI range [mem %#018llx-%#018llx] left out\n",
				entry->addr, entry->addr + entry->size - 1);
			continue;
		}
		map_holes(start, end, ARCH_MAP_READ | firmware_io(start));
	}
}

/* At its own address, unless that cannot be or something else lies there. */
static void __init map_framebuffer(const struct boot_framebuffer *fb)
{
	phys_addr_t start = round_down(fb->base, PAGE_SIZE);
	size_t size = round_up(fb->base + fb->size, PAGE_SIZE) - start;
	unsigned int prot = ARCH_MAP_WRITE | ARCH_MAP_WC | ARCH_MAP_IO;
	unsigned long va = start;
	int err;

	if (fb->format == BOOT_FB_NONE || !fb->size)
		return;
	err = WITH_TABLES(pgtable_map(&building, va, start, size, prot, &pool));
	if (err) {
		va = FB_WINDOW + (start & (level_size(3) - 1));
		err = WITH_TABLES(pgtable_map(&building, va, start, size, prot, &pool));
	}
	if (err) {
		pr_warn("x86/mm: framebuffer [mem %#018llx-%#018llx] cannot be mapped (%d)\n",
			start, start + size - 1, err);
		return;
	}
	fb_building = va + (fb->base - start);
}

/* Uncached, at their own addresses, where no RAM is. */
static void map_serial_ports(void)
{
	phys_addr_t start, end;

	for (unsigned int n = 0; serial_mmio_pages(n, &start, &end); n++)
		map_holes(start, end, ARCH_MAP_WRITE | ARCH_MAP_UC | ARCH_MAP_IO);
}

/*
 * The page must be reached at its own address whatever mem= and memmap= say of
 * it. While @executable neither mapping can write to it.
 */
static void __init map_trampoline(phys_addr_t page, bool executable)
{
	if (!page)
		return;
	map_holes(page, page + PAGE_SIZE, ARCH_MAP_WRITE);
	if (executable) {
		protect(page, PAGE_SIZE, ARCH_MAP_EXEC);
		protect(mmu_page_offset() + page, PAGE_SIZE, ARCH_MAP_READ);
	}
}

/* Again as all memory is, once the CPU has left it. */
static void __init seal_trampoline(phys_addr_t page)
{
	int err = arch_protect(page, PAGE_SIZE, ARCH_MAP_WRITE);

	if (!err)
		err = arch_protect(mmu_page_offset() + page, PAGE_SIZE, ARCH_MAP_WRITE);
	if (err)
		panic("x86/mm: protecting the trampoline page %#llx: error %d", page, err);
}

/* RAM that can have no page structs would be of use to nobody. */
static void __init drop_unreachable_memory(void)
{
	phys_addr_t limit = mmu_memmap_limit(), end = memblock_end_of_DRAM();

	if (end <= limit)
		return;
	pr_warn("x86/mm: RAM past the memmap, [mem %#018llx-%#018llx], is left out\n", limit,
		end - 1);
	memblock_remove(limit, end - limit);
}

static void __init print_summary(void)
{
	pr_info("x86/PAT: Configuration [0-7]: WB  WC  UC- UC  WB  WP  UC- WT  \n");
	if (building.max_leaf == 3)
		pr_info("Using GB pages for direct mapping\n");
	pr_info("x86/mm: %d-level page tables in %lu pages, direct map at %#lx\n", building.levels,
		nr_table_pages, mmu_page_offset());
	if (fb_mapping)
		pr_info("x86/mm: framebuffer mapped write-combining at %#lx\n", fb_mapping);
}

static void __init build(const struct boot_info *info, int levels)
{
	mmu_set_layout(levels);
	drop_unreachable_memory();
	highmem_init(mmu_direct_map_size());
	building = live_pgtable;
	building.levels = levels;
	add_table_pages(POOL_CHUNK);
	building.root = pgtable_pool_take(&building, &pool);
	memset(pgtable_at(&building, building.root), 0, PAGE_SIZE);

	map_memory();
	map_own_ranges(info);
	map_acpi(info);
	map_framebuffer(&info->fb);
	map_serial_ports();
	map_trampoline(trampoline_page(info), levels != live_pgtable.levels);
	unmap(0, PAGE_SIZE);
	free_table_pages();
}

/* The firmware's four levels give way to five. False: they did not, and are back. */
static bool __init load_five_levels(phys_addr_t trampoline)
{
	/* Should this be the last line: a CPU that stops in there can say nothing. */
	pr_info("x86/mm: switching to five-level paging in page %#llx (no5lvl: stay at four)\n",
		trampoline);
	console_flush_all();
	if (mmu_load(&building, trampoline)) {
		pr_err("x86/mm: CR4.LA57 does not stay set (CR4 %#lx): back to four levels\n",
		       read_cr4());
		free_tables(building.root, building.levels);
		return false;
	}
	seal_trampoline(trampoline);
	return true;
}

static void __init build_and_load(const struct boot_info *info)
{
	int levels = la57_choose_levels(info);

	build(info, levels);
	if (levels == live_pgtable.levels) {
		mmu_load(&building, 0);
	} else if (!load_five_levels(trampoline_page(info))) {
		build(info, live_pgtable.levels);
		mmu_load(&building, 0);
	}
}

void __init arch_init_mem_mapping(struct boot_info *info)
{
	int faults;

	/* Firmware can hide it: IA32_MISC_ENABLE bit 34 (Intel SDM volume 4, table 2-2). */
	if (!cpu_info.nx)
		panic("x86/mm: the CPU shows no execute-disable bit (NX, XD); "
		      "switch it on in the firmware's setup");
	mmu_boot_info = info;
	build_and_load(info);
	fb_mapping = fb_building;
	console_late_init();
	print_summary();

	faults = pgtable_verify();
	if (faults)
		panic("x86/mm: the page tables break %d rules", faults);
}

int arch_release_range(phys_addr_t start, phys_addr_t end)
{
	size_t size = end - start;
	int err = arch_protect(mmu_page_offset() + start, size, ARCH_MAP_WRITE);

	return err ? err : arch_unmap(start, size);
}

bool arch_hugetlb_valid_size(unsigned long size)
{
	return size == SZ_2M || (size == SZ_1G && cpu_info.gb_pages);
}
