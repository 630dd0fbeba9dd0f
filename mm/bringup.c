/* SPDX-License-Identifier: MIT */
/*
 * The boot's table of contents: from the boot record to working allocators.
 */
#include <baremm/bringup.h>

#include <linux/compaction.h>
#include <linux/highmem.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/kfence.h>
#include <linux/kmemleak.h>
#include <linux/memblock.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/node.h>
#include <linux/page_ext.h>
#include <linux/page_owner.h>
#include <linux/seq_file.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/stackdepot.h>
#include <linux/string.h>
#include <linux/swiotlb.h>
#include <linux/vmalloc.h>
#include <linux/vmstat.h>
#include <baremm/account.h>
#include <baremm/acpi.h>
#include <baremm/arch.h>
#include <baremm/boot_info.h>
#include <baremm/console.h>
#include <baremm/e820.h>
#include <baremm/lint.h>
#include <baremm/panic.h>

#include "badpage.h"
#include "cma.h"
#include "cpus.h"
#include "dma_direct.h"
#include "fault_inject.h"
#include "filemap.h"
#include "highmem.h"
#include "hugetlb.h"
#include "internal.h"
#include "kfence.h"
#include "low_memory.h"
#include "meminfo.h"
#include "memory_kind.h"
#include "memtest.h"
#include "memtype.h"
#include "mtrr_trim.h"
#include "page_alloc.h"
#include "percpu.h"
#include "ram_probe.h"
#include "slab.h"
#include "vmscan.h"

/* The BIOS area: real-mode tables, EBDA, option ROMs, what SMM scribbles on. */
#define LOW_MEMORY_END SZ_1M

/*
 * Until our own page tables are loaded only the firmware's mapping can be relied
 * on, and that only below 4 GB: some firmware maps no more.
 */
#define FIRMWARE_MAPPED_LIMIT SZ_4G

/* Ranges that bring-up reserves beside those the boot record lists. */
#define MORE_RESERVED 64

/* ---- What memory there is --------------------------------------------------------------- */

static void __init find_memory(struct boot_info *info)
{
	console_stage("memory map");
	e820__memory_setup(info);
	e820__finish_early_params();
	e820__trim_bios_range();
	max_pfn = e820__end_of_ram_pfn();
	if (mtrr_trim_uncached_memory())
		max_pfn = e820__end_of_ram_pfn();
	if (!max_pfn)
		panic("no usable memory: %u ranges from the firmware, %u after mem= and memmap=",
		      info->nr_e820, e820_table->nr_entries);
}

/* ---- What of it is free while the rest is built ----------------------------------------- */

/*
 * While memory is still the firmware's a table that is full cannot be moved into
 * more of it: both start with room for all that the boot record lists.
 */
static void __init size_memblock_tables(struct boot_info *info)
{
	/* Such a range parts the memory that it begins and ends in. */
	unsigned long memory = info->nr_e820 + 1 + 2 * (info->nr_mirrored + info->nr_hotplug);
	/* Soft-reserved ranges are the firmware's too, and never merged. */
	unsigned long reserved =
		info->nr_ranges + info->nr_e820 + 2 * badpage_count() + MORE_RESERVED;

	if (memory > memblock.memory.max)
		memblock_set_regions(
			&memblock.memory,
			boot_arena_alloc(info, memory * sizeof(struct memblock_region)), memory);
	if (reserved > memblock.reserved.max)
		memblock_set_regions(
			&memblock.reserved,
			boot_arena_alloc(info, reserved * sizeof(struct memblock_region)),
			reserved);
}

static phys_addr_t range_size(const struct boot_range *range)
{
	return range->end - range->start;
}

static bool range_is_temporary(const struct boot_range *range)
{
	return range->type == BOOT_RANGE_BOOT_SERVICES;
}

static void __init reserve_own(phys_addr_t base, phys_addr_t size)
{
	memblock_reserve(base, size);
	early_note_table(base, size);
}

static void __init reserve_own_memory(const struct boot_info *info)
{
	for (u32 i = 0; i < info->nr_ranges; i++) {
		const struct boot_range *range = &info->ranges[i];

		if (!range_is_temporary(range))
			reserve_own(range->start, range_size(range));
	}
	reserve_own(info->self, info->self_size);
	memblock_reserve(0, LOW_MEMORY_END);
}

/* The firmware's stack, descriptors and page tables are live until ours are. */
static void __init reserve_boot_services(const struct boot_info *info)
{
	for (u32 i = 0; i < info->nr_ranges; i++) {
		const struct boot_range *range = &info->ranges[i];

		if (range_is_temporary(range))
			memblock_reserve(range->start, range_size(range));
	}
}

/* Firmware may have listed memory twice: what is ours is reserved once more. */
static void __init free_boot_services(const struct boot_info *info)
{
	phys_addr_t freed = 0;

	for (u32 i = 0; i < info->nr_ranges; i++) {
		const struct boot_range *range = &info->ranges[i];

		if (!range_is_temporary(range))
			continue;
		memblock_phys_free(range->start, range_size(range));
		freed += range_size(range);
	}
	reserve_own_memory(info);
	badpage_reserve(true);
	if (freed)
		pr_info("efi: Freeing %lluK of boot services memory\n", freed >> 10);
}

/*
 * Our page tables come from memory that the firmware's tables surely map. With
 * movable_node all lies low, beside what firmware loaded, for nobody knows yet
 * which memory can be unplugged.
 */
static void __init setup_page_tables(struct boot_info *info)
{
	memblock_set_bottom_up(movable_node_is_enabled());
	memblock_set_current_limit(FIRMWARE_MAPPED_LIMIT);
	arch_init_mem_mapping(info);
	memblock_set_current_limit(direct_map_end());
	log_highmem();
	kmap_init();
}

static void __init open_early_memory(struct boot_info *info)
{
	console_stage("early memory");
	size_memblock_tables(info);
	boot_arena_close(info);
	reserve_own_memory(info);
	reserve_boot_services(info);
	badpage_reserve(false);
	e820__memblock_setup();
	mark_mirrored_memory(info);
	mark_hotpluggable_memory(info);
	console_stage("page tables");
	setup_page_tables(info);
	console_stage("ACPI tables");
	acpi_locate_initial_tables(info->rsdp);
	free_boot_services(info);
	acpi_reserve_initial_tables();
	console_stage("memory test");
	ram_probe();
	setup_bios_corruption_check(info);
}

/* ---- Who it belongs to ------------------------------------------------------------------ */

/* The first pfn past each zone; a zone that would start past it is empty. */
static void __init zone_limits(unsigned long *max_zone_pfns)
{
	unsigned long low_end = min(max_pfn, highstart_pfn);

	memset(max_zone_pfns, 0, sizeof(*max_zone_pfns) * MAX_NR_ZONES);
	max_zone_pfns[ZONE_DMA] = min(MAX_DMA_PFN, low_end);
	max_zone_pfns[ZONE_DMA32] = min(MAX_DMA32_PFN, low_end);
	max_zone_pfns[ZONE_NORMAL] = low_end;
	max_zone_pfns[ZONE_HIGHMEM] = max_pfn;
}

static void __init find_nodes_and_zones(void)
{
	unsigned long max_zone_pfns[MAX_NR_ZONES];

	console_stage("nodes and zones");
	madt_init();
	cpus_find();
	acpi_numa_register();
	amd_numa_register();
	initmem_init();
	hmat_init();
	zone_limits(max_zone_pfns);
	free_area_init(max_zone_pfns);
	setup_per_cpu_areas();
	build_all_zonelists(NULL);
}

/* ---- The allocators that stay ----------------------------------------------------------- */

static void __init set_up_allocators(void)
{
	console_stage("page allocator");
	init_mem_debugging_and_hardening();
	page_ext_prepare();
	swiotlb_init(max_pfn > MAX_DMA32_PFN, SWIOTLB_VERBOSE);
	mem_init();
	page_ext_init();
	page_owner_init();
	bad_memory_mark_pages();
	made_sections_first = true;
	console_stage("slab caches");
	kmemleak_init();
	kmem_cache_init();
	kfence_init();
	console_stage("per-CPU memory, vmalloc");
	percpu_init_late();
	vmalloc_init();
	cma_init_reserved_areas();
	pagecache_init();
	hugetlb_add_sizes();
	made_sections_first = false;
	hugetlb_init();
}

/* ---- All of it -------------------------------------------------------------------------- */

static noinline void __init bring_up_allocators(struct boot_info *info)
{
	find_memory(info);
	open_early_memory(info);
	find_nodes_and_zones();
	set_up_allocators();
}

/* A clock that stands while text is formatted, kept and shown. */
static u64 cycles_without_log(void)
{
	return arch_cycles() - log_cycles;
}

enum system_states system_state;

void free_initmem(void)
{
	system_state = SYSTEM_FREEING_INITMEM;
	initmem_free(boot_info);
}

void __ref mm_bring_up(struct boot_info *info)
{
	u64 start = cycles_without_log(), cost;

	boot_info = info;
	bring_up_allocators(info);
	cost = cycles_without_log() - start;
	mm_lint();
	start = cycles_without_log();
	free_initmem();

	bench_bring_up_done(cost + cycles_without_log() - start);
	page_owner_mark();
	fault_inject_arm();
	system_state = SYSTEM_RUNNING;
	mm_report();
}

void __init mm_reset(void)
{
	percpu_reset(); /* first: what lies in areas of a machine that is gone */
	percpu_forget_options();
	usercopy_reset();
	debug_locks_reset();
	initmem_reset();
	cpus_reset();
	memblock_reset();
	e820_forget_options();
	numa_forget_options();
	acpi_reset();
	page_alloc_reset();
	stack_depot_reset();
	fault_inject_reset();
	badpage_reset();
	memtest_reset();
	bios_corruption_reset();
	mtrr_trim_reset();
	slab_options_reset();
	kfence_reset();
	kmemleak_reset();
	lint_reset();
	dma_reset();
	vmalloc_reset();
	selftest_reset();
	bench_reset();
	boot_info = NULL;
	system_state = SYSTEM_BOOTING;
}

int mm_verify_all(void)
{
	pg_data_t *pgdat;
	struct zone *zone;
	int faults;

	kswapd_settle();
	faults = e820_verify(e820_table) + e820_verify(e820_table_firmware);
	faults += memblock_verify() + pgtable_verify() + kmap_verify();
	for_each_populated_zone (zone)
		faults += zone_verify(zone);
	for_each_online_pgdat (pgdat)
		faults += lruvec_verify(pgdat);
	faults += pagecache_verify() + kmem_cache_verify_all() + vmap_verify();
	faults += percpu_verify() + cma_verify() + hugetlb_verify() + dma_verify();
	faults += kfence_verify() + kmemleak_verify() + check_for_bios_corruption();
	if (faults)
		pr_err("mm: verify found %d faults\n", faults);
	return faults;
}

void mm_dump_all(struct seq_file *m)
{
	static const struct {
		const char *name;
		void (*show)(struct seq_file *m);
		unsigned int hook; /* shown only if it is set */
	} dumps[] = {
		{"zoneinfo", zoneinfo_show, 0},
		{"buddyinfo", buddyinfo_show, 0},
		{"pagetypeinfo", pagetypeinfo_show, 0},
		{"meminfo", meminfo_show, 0},
		{"account", account_show, 0},
		{"fragmentation", fragmentation_show, 0},
		{"extfrag_index", extfrag_index_show, 0},
		{"unusable_index", unusable_index_show, 0},
		{"vmstat", vmstat_show, 0},
		{"slabinfo", slabinfo_show, 0},
		{"percpu", percpu_stats_show, 0},
		{"vmallocinfo", vmallocinfo_show, 0},
		{"iomem", iomem_show, 0},
		{"page_owner", page_owner_show, PAGE_HOOK_OWNER},
	};

	for (size_t i = 0; i < ARRAY_SIZE(dumps); i++) {
		if (dumps[i].hook && !(page_hooks & dumps[i].hook))
			continue;
		seq_printf(m, "=== %s\n", dumps[i].name);
		dumps[i].show(m);
	}
	if (__kfence_pool) {
		seq_puts(m, "=== kfence\n");
		kfence_stats_show(m);
	}
	if (slab_has_aliases()) {
		seq_puts(m, "=== slab_aliases\n");
		slab_aliases_show(m);
	}
	if (memtype_is_used()) {
		seq_puts(m, "=== pat_memtype_list\n");
		memtype_show(m);
	}
	if (dma_is_used()) {
		seq_puts(m, "=== dma\n");
		dma_show(m);
	}
}
