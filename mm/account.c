// SPDX-License-Identifier: MIT
/* Every byte accounted for. Contract: baremm/account.h. */
#include <baremm/account.h>

#include <linux/hugetlb.h>
#include <linux/kernel.h>
#include <linux/kfence.h>
#include <linux/kmemleak.h>
#include <linux/memblock.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/page_ext.h>
#include <linux/percpu.h>
#include <linux/pfn.h>
#include <linux/seq_file.h>
#include <linux/sizes.h>
#include <linux/stackdepot.h>
#include <linux/vmalloc.h>
#include <linux/vmstat.h>
#include <baremm/boot_info.h>
#include <baremm/e820.h>
#include <baremm/smbios.h>

#include "internal.h"
#include "section_free.h"

/* What a firmware's map has beside usable memory; the last is for all other types. */
static const struct {
	u32 type;
	const char *name;
} kept_types[] = {
	{E820_TYPE_ACPI, "  ACPI data"},
	{E820_TYPE_NVS, "  ACPI non-volatile storage"},
	{E820_TYPE_UNUSABLE, "  unusable"},
	{E820_TYPE_PMEM, "  persistent memory"},
	{E820_TYPE_SOFT_RESERVED, "  for a specific purpose"},
	{E820_TYPE_RESERVED, "  reserved"},
};
#define NR_KEPT ARRAY_SIZE(kept_types)

/* Holes of what SMBIOS maps that are shown one by one. */
#define HOLES_SHOWN 8

/* All of it in bytes. */
struct account {
	bool claimed; /* SMBIOS says where memory is */
	u64 installed, mapped;
	u64 mapped_usable;
	u64 mapped_kept[NR_KEPT]; /* of other types, in the order of kept_types[] */
	u64 usable;		  /* all that the firmware's map calls so */
	u64 edited;		  /* what options and rules left of it */
	u64 whole;		  /* of that, whole pages */
	u64 memblock, present, managed;
	u64 free; /* in the zones' free areas, waiting sections among them */
};

static u64 pages_to_bytes(unsigned long pages)
{
	return (u64)pages << PAGE_SHIFT;
}

/* ---- From the claim to memblock ----------------------------------------------------- */

/* The bytes of @entry that SMBIOS maps. */
static u64 mapped_part(const struct smbios_memory *claim, const struct e820_entry *entry)
{
	u64 bytes = 0;

	for (unsigned int i = 0; i < claim->nr_mapped; i++) {
		u64 low = max(claim->mapped[i].start, entry->addr);
		u64 high = min(claim->mapped[i].end, entry->addr + entry->size);

		if (low < high)
			bytes += high - low;
	}
	return bytes;
}

static size_t kept_index(u32 type)
{
	size_t i = 0;

	while (i < NR_KEPT - 1 && kept_types[i].type != type)
		i++;
	return i;
}

static u64 all_kept(const struct account *a)
{
	u64 bytes = 0;

	for (size_t i = 0; i < NR_KEPT; i++)
		bytes += a->mapped_kept[i];
	return bytes;
}

static void count_claim(struct account *a)
{
	struct smbios_memory claim;

	if (!boot_info->smbios_records)
		return;
	smbios_read_memory(boot_info->smbios_records, boot_info->smbios_size, &claim);
	a->claimed = claim.nr_mapped && !claim.dropped;
	a->installed = claim.installed;
	for (unsigned int i = 0; i < claim.nr_mapped; i++)
		a->mapped += claim.mapped[i].end - claim.mapped[i].start;
	for (u32 i = 0; i < e820_table_firmware->nr_entries; i++) {
		const struct e820_entry *entry = &e820_table_firmware->entries[i];

		if (entry->type == E820_TYPE_RAM)
			a->mapped_usable += mapped_part(&claim, entry);
		else
			a->mapped_kept[kept_index(entry->type)] += mapped_part(&claim, entry);
	}
}

static u64 usable_bytes(const struct e820_table *table, bool whole_pages)
{
	u64 bytes = 0;

	for (u32 i = 0; i < table->nr_entries; i++) {
		const struct e820_entry *entry = &table->entries[i];
		u64 start = entry->addr, end = entry->addr + entry->size;

		if (whole_pages) {
			start = PFN_PHYS(PFN_UP(start));
			end = PFN_PHYS(PFN_DOWN(end));
		}
		if (entry->type == E820_TYPE_RAM && start < end)
			bytes += end - start;
	}
	return bytes;
}

/* ---- From memblock to free pages -------------------------------------------------------- */

static void count_zones(struct account *a)
{
	struct zone *zone;

	for_each_populated_zone (zone) {
		a->present += pages_to_bytes(zone->present_pages);
		a->managed += pages_to_bytes(zone_managed_pages(zone));
		a->free += pages_to_bytes(zone_page_state(zone, NR_FREE_PAGES));
	}
}

static void count_all(struct account *a)
{
	unsigned long start, end;
	int i;

	*a = (struct account){.claimed = false};
	drain_all_pages(NULL);
	count_claim(a);
	a->usable = usable_bytes(e820_table_firmware, false);
	a->edited = usable_bytes(e820_table, false);
	a->whole = usable_bytes(e820_table, true);
	for_each_mem_pfn_range (i, NUMA_NO_NODE, &start, &end, NULL)
		a->memblock += pages_to_bytes(end - start);
	count_zones(a);
}

/* What of [start, end) is memory. */
static u64 in_memory(phys_addr_t start, phys_addr_t end)
{
	unsigned long from, to;
	u64 bytes = 0;
	int i;

	for_each_mem_pfn_range (i, NUMA_NO_NODE, &from, &to, NULL) {
		phys_addr_t low = max(start, PFN_PHYS(from)), high = min(end, PFN_PHYS(to));

		if (low < high)
			bytes += high - low;
	}
	return bytes;
}

/* The image, less what was freed of it, and the boot record. */
static u64 own_bytes(void)
{
	const struct boot_info *info = boot_info;

	return in_memory(info->self, info->self + info->self_size) +
	       in_memory(info->image_base, info->image_base + info->image_size) - initmem_freed();
}

/* ---- The table ----------------------------------------------------------------------------- */

static void row(struct seq_file *m, const char *name, s64 bytes)
{
	seq_printf(m, "%-46s %18lld\n", name, bytes);
}

/* What is @whole less @parts, under @name; and what its sum comes to. */
/* What of [start, end) no entry of the firmware's map has; the table is sorted. */
static void show_holes_in(struct seq_file *m, u64 start, u64 end, unsigned int *shown)
{
	for (u32 i = 0; i <= e820_table_firmware->nr_entries && start < end; i++) {
		const struct e820_entry *entry = &e820_table_firmware->entries[i];
		bool last = i == e820_table_firmware->nr_entries;
		u64 next = last ? end : min(end, entry->addr);

		if (next > start && ++*shown <= HOLES_SHOWN)
			seq_printf(m, "    [mem %#018llx-%#018llx]\n", start, next - 1);
		if (!last)
			start = max(start, entry->addr + entry->size);
	}
}

static void show_holes(struct seq_file *m)
{
	struct smbios_memory claim;
	unsigned int shown = 0;

	smbios_read_memory(boot_info->smbios_records, boot_info->smbios_size, &claim);
	for (unsigned int i = 0; i < claim.nr_mapped; i++)
		show_holes_in(m, claim.mapped[i].start, claim.mapped[i].end, &shown);
	if (shown > HOLES_SHOWN)
		seq_printf(m, "    and %u more\n", shown - HOLES_SHOWN);
}

static void show_claim(struct seq_file *m, const struct account *a)
{
	if (!a->claimed) {
		seq_puts(m, "SMBIOS does not say where memory is\n");
		return;
	}
	row(m, "SMBIOS: in devices", (s64)a->installed);
	row(m, "  in devices, and not mapped", (s64)(a->mapped - a->installed));
	row(m, "SMBIOS: mapped", (s64)a->mapped);
	for (size_t i = 0; i < NR_KEPT; i++)
		if (a->mapped_kept[i])
			row(m, kept_types[i].name, -(s64)a->mapped_kept[i]);
	row(m, "  in no entry of the map", -(s64)(a->mapped - a->mapped_usable - all_kept(a)));
	show_holes(m);
	row(m, "  usable, and not mapped", (s64)(a->usable - a->mapped_usable));
}

static void show_map(struct seq_file *m, const struct account *a)
{
	row(m, "firmware's map: usable", (s64)a->usable);
	row(m, "  taken by rules and options", (s64)(a->edited - a->usable));
	row(m, "  parts of pages", (s64)(a->whole - a->edited));
	row(m, "  of no node, or past what can be mapped", (s64)(a->memblock - a->whole));
	row(m, "memblock, and present pages", (s64)a->memblock);
}

/* Parts of a sum, the last of which is what the others leave. */
struct part {
	const char *name;
	u64 bytes;
};

static int show_parts(struct seq_file *m, u64 sum, const struct part *parts, size_t nr,
		      const char *rest)
{
	for (size_t i = 0; i < nr; i++) {
		if (m && parts[i].bytes)
			row(m, parts[i].name, -(s64)parts[i].bytes);
		sum -= parts[i].bytes;
	}
	if (m)
		row(m, rest, -(s64)sum);
	if ((s64)sum >= 0)
		return 0;
	pr_err("account: the parts named are %lld bytes more than their sum\n", -(s64)sum);
	return 1;
}

static int show_reserved(struct seq_file *m, const struct account *a)
{
	const struct part parts[] = {
		{"  page structs", pages_to_bytes(global_node_page_state(NR_MEMMAP))},
		{"  the program and its boot record", own_bytes()},
		{"  the first megabyte", in_memory(0, SZ_1M)},
	};

	return show_parts(m, a->present - a->managed, parts, ARRAY_SIZE(parts),
			  "  early page tables and allocations");
}

static int show_used(struct seq_file *m, const struct account *a)
{
	const struct part parts[] = {
		{"  page tables", pages_to_bytes(global_node_page_state(NR_PAGETABLE))},
		{"  slab", pages_to_bytes(global_node_page_state(NR_SLAB_RECLAIMABLE) +
					  global_node_page_state(NR_SLAB_UNRECLAIMABLE))},
		{"  vmalloc", pages_to_bytes(vmalloc_nr_pages())},
		{"  KFENCE's pool", __kfence_pool ? KFENCE_POOL_SIZE : 0},
		{"  kmemleak's records", pages_to_bytes(kmemleak_stats.pages)},
		{"  stack traces", pages_to_bytes(stack_depot_stats.pages)},
	};

	return show_parts(m, a->managed - a->free, parts, ARRAY_SIZE(parts),
			  "  other pages in use");
}

void account_show(struct seq_file *m)
{
	struct account a;

	count_all(&a);
	show_claim(m, &a);
	show_map(m, &a);
	show_reserved(m, &a);
	row(m, "managed by zones", (s64)a.managed);
	show_used(m, &a);
	row(m, "free", (s64)a.free);
	seq_puts(m, account_verify() ? "sums do not close\n" : "all sums close\n");
}

/* ---- Checks ------------------------------------------------------------------------------------ */

struct page_counts {
	u64 reserved, used;
};

/* Pages of [start, end), which are one section's, by what their page structs say. */
static void count_pages(unsigned long start, unsigned long end, struct page_counts *counts)
{
	while (start < end) {
		struct page *page = pfn_to_online_page(start);
		unsigned long nr = 1;

		if (!page) {
			counts->reserved +=
				pages_to_bytes(end - start - count_free_pages(start, end));
			return;
		}
		if (PageBuddy(page))
			nr = min(1UL << page->priv32, end - start);
		else if (PageReserved(page))
			counts->reserved += PAGE_SIZE;
		else
			counts->used += PAGE_SIZE;
		start += nr;
	}
}

/* Of sections that wait memblock tells what is taken. */
static void count_all_pages(struct page_counts *counts)
{
	unsigned long start, end;
	int i;

	*counts = (struct page_counts){0, 0};
	for_each_mem_pfn_range (i, NUMA_NO_NODE, &start, &end, NULL) {
		while (start < end) {
			unsigned long next =
				min(end, section_nr_to_pfn(pfn_to_section_nr(start) + 1));

			count_pages(start, next, counts);
			start = next;
		}
	}
}

static int check_equal(const char *what, u64 a, u64 b)
{
	if (a == b)
		return 0;
	pr_err("account: %s: %llu bytes and %llu\n", what, a, b);
	return 1;
}

int account_verify(void)
{
	struct page_counts pages;
	struct account a;
	int faults;

	count_all(&a);
	faults = check_equal("memblock's memory and present pages", a.memblock, a.present);
	if (a.claimed && a.mapped_usable + all_kept(&a) > a.mapped)
		faults += check_equal("mapped by SMBIOS, and in the map there", a.mapped,
				      a.mapped_usable + all_kept(&a));
	faults += show_reserved(NULL, &a) + show_used(NULL, &a);
	if (atomic_long_read(&num_poisoned_pages))
		return faults;
	count_all_pages(&pages);
	faults += check_equal("present less managed, and reserved pages", a.present - a.managed,
			      pages.reserved);
	faults +=
		check_equal("managed less free, and pages in use", a.managed - a.free, pages.used);
	return faults;
}
