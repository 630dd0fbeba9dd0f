// SPDX-License-Identifier: MIT
/*
 * Dumps of nodes and zones in the formats of /proc/zoneinfo, /proc/buddyinfo and
 * /proc/pagetypeinfo of Linux 6.1. Sections not made yet show as what they will be
 * on the free lists: order-10 blocks and pageblocks, all movable.
 */
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/page_owner.h>
#include <linux/seq_file.h>
#include <linux/vmstat.h>

#include "internal.h"
#include "page_alloc.h"
#include "pcp.h"
#include "zone_extents.h"

const char *const zone_stat_names[NR_VM_ZONE_STAT_ITEMS] = {
	[NR_FREE_PAGES] = "nr_free_pages",
	[NR_ZONE_INACTIVE_ANON] = "nr_zone_inactive_anon",
	[NR_ZONE_ACTIVE_ANON] = "nr_zone_active_anon",
	[NR_ZONE_INACTIVE_FILE] = "nr_zone_inactive_file",
	[NR_ZONE_ACTIVE_FILE] = "nr_zone_active_file",
	[NR_ZONE_UNEVICTABLE] = "nr_zone_unevictable",
	[NR_ZONE_WRITE_PENDING] = "nr_zone_write_pending",
	[NR_MLOCK] = "nr_mlock",
	[NR_BOUNCE] = "nr_bounce",
	[NR_ZSPAGES] = "nr_zspages",
	[NR_FREE_CMA_PAGES] = "nr_free_cma",
};

const char *const numa_stat_names[NR_VM_NUMA_EVENT_ITEMS] = {
	[NUMA_HIT] = "numa_hit",	 [NUMA_MISS] = "numa_miss",
	[NUMA_FOREIGN] = "numa_foreign", [NUMA_INTERLEAVE_HIT] = "numa_interleave",
	[NUMA_LOCAL] = "numa_local",	 [NUMA_OTHER] = "numa_other",
};

/* Linux's per-node items. */
const char *const node_stat_names[NR_VM_NODE_STAT_ITEMS] = {
	[NR_INACTIVE_ANON] = "nr_inactive_anon",
	[NR_ACTIVE_ANON] = "nr_active_anon",
	[NR_INACTIVE_FILE] = "nr_inactive_file",
	[NR_ACTIVE_FILE] = "nr_active_file",
	[NR_UNEVICTABLE] = "nr_unevictable",
	[NR_SLAB_RECLAIMABLE] = "nr_slab_reclaimable",
	[NR_SLAB_UNRECLAIMABLE] = "nr_slab_unreclaimable",
	[NR_ISOLATED_ANON] = "nr_isolated_anon",
	[NR_ISOLATED_FILE] = "nr_isolated_file",
	[WORKINGSET_NODES] = "workingset_nodes",
	[WORKINGSET_REFAULT_ANON] = "workingset_refault_anon",
	[WORKINGSET_REFAULT_FILE] = "workingset_refault_file",
	[WORKINGSET_ACTIVATE_ANON] = "workingset_activate_anon",
	[WORKINGSET_ACTIVATE_FILE] = "workingset_activate_file",
	[WORKINGSET_RESTORE_ANON] = "workingset_restore_anon",
	[WORKINGSET_RESTORE_FILE] = "workingset_restore_file",
	[WORKINGSET_NODERECLAIM] = "workingset_nodereclaim",
	[NR_ANON_MAPPED] = "nr_anon_pages",
	[NR_FILE_MAPPED] = "nr_mapped",
	[NR_FILE_PAGES] = "nr_file_pages",
	[NR_FILE_DIRTY] = "nr_dirty",
	[NR_WRITEBACK] = "nr_writeback",
	[NR_WRITEBACK_TEMP] = "nr_writeback_temp",
	[NR_SHMEM] = "nr_shmem",
	[NR_SHMEM_THPS] = "nr_shmem_hugepages",
	[NR_SHMEM_PMDMAPPED] = "nr_shmem_pmdmapped",
	[NR_FILE_THPS] = "nr_file_hugepages",
	[NR_FILE_PMDMAPPED] = "nr_file_pmdmapped",
	[NR_ANON_THPS] = "nr_anon_transparent_hugepages",
	[NR_VMSCAN_WRITE] = "nr_vmscan_write",
	[NR_VMSCAN_IMMEDIATE] = "nr_vmscan_immediate_reclaim",
	[NR_DIRTIED] = "nr_dirtied",
	[NR_WRITTEN] = "nr_written",
	[NR_THROTTLED_WRITTEN] = "nr_throttled_written",
	[NR_KERNEL_MISC_RECLAIMABLE] = "nr_kernel_misc_reclaimable",
	[NR_FOLL_PIN_ACQUIRED] = "nr_foll_pin_acquired",
	[NR_FOLL_PIN_RELEASED] = "nr_foll_pin_released",
	[NR_KERNEL_STACK_KB] = "nr_kernel_stack",
	[NR_PAGETABLE] = "nr_page_table_pages",
	[NR_SECONDARY_PAGETABLE] = "nr_sec_page_table_pages",
};

/* Linux's threshold of per-CPU deltas: logarithms of CPUs and of the zone's size in 128 MB. */
static int stat_threshold(const struct zone *zone)
{
	unsigned long units = zone_managed_pages(zone) >> (27 - PAGE_SHIFT);

	return min(2 * fls(1) * (1 + fls64(units)), 125);
}

unsigned long zone_numa_event_state(const struct zone *zone, enum numa_stat_item item)
{
	unsigned long counted = (unsigned long)atomic_long_read(&zone->vm_numa_event[item]);

	if (item == NUMA_HIT || item == NUMA_LOCAL)
		counted += READ_ONCE(zone->nr_taken[0]) + pcp_nr_taken(zone, true);
	if (item == NUMA_HIT || item == NUMA_OTHER)
		counted += READ_ONCE(zone->nr_taken[1]) + pcp_nr_taken(zone, false);
	return counted;
}

unsigned long global_numa_event_state(enum numa_stat_item item)
{
	unsigned long sum = 0;
	struct zone *zone;

	for_each_zone (zone)
		sum += zone_numa_event_state(zone, item);
	return sum;
}

unsigned long sum_zone_numa_event_state(int node, enum numa_stat_item item)
{
	unsigned long sum = 0;

	for (int zid = 0; zid < MAX_NR_ZONES; zid++)
		sum += zone_numa_event_state(&NODE_DATA(node)->node_zones[zid], item);
	return sum;
}

/* ---- zoneinfo ---------------------------------------------------------------------- */

static bool first_populated(const struct zone *zone)
{
	const struct zone *z = zone->zone_pgdat->node_zones;

	while (z < zone && !populated_zone(z))
		z++;
	return z == zone;
}

static void show_node_stats(struct seq_file *m, const pg_data_t *pgdat)
{
	seq_puts(m, "\n  per-node stats");
	for (int i = 0; i < NR_VM_NODE_STAT_ITEMS; i++)
		if (node_stat_names[i])
			seq_printf(m, "\n      %-12s %lu", node_stat_names[i],
				   node_page_state(pgdat, (enum node_stat_item)i));
}

static void show_zone_counts(struct seq_file *m, const struct zone *zone)
{
	seq_printf(m,
		   "\n  pages free     %lu"
		   "\n        boost    %lu"
		   "\n        min      %lu"
		   "\n        low      %lu"
		   "\n        high     %lu"
		   "\n        spanned  %lu"
		   "\n        present  %lu"
		   "\n        managed  %lu"
		   "\n        cma      %lu",
		   zone_page_state(zone, NR_FREE_PAGES), zone->watermark_boost,
		   min_wmark_pages(zone), low_wmark_pages(zone), high_wmark_pages(zone),
		   zone->spanned_pages, zone->present_pages, zone_managed_pages(zone),
		   zone_cma_pages(zone));
	seq_printf(m, "\n        protection: (%ld", zone->lowmem_reserve[0]);
	for (int i = 1; i < MAX_NR_ZONES; i++)
		if (zone_is_shown(i))
			seq_printf(m, ", %ld", zone->lowmem_reserve[i]);
	seq_puts(m, ")");
}

static void show_zone_stats(struct seq_file *m, const struct zone *zone)
{
	for (int i = 0; i < NR_VM_ZONE_STAT_ITEMS; i++)
		seq_printf(m, "\n      %-12s %lu", zone_stat_names[i],
			   zone_page_state(zone, (enum zone_stat_item)i));
	for (int i = 0; i < NR_VM_NUMA_EVENT_ITEMS; i++)
		seq_printf(m, "\n      %-12s %lu", numa_stat_names[i],
			   zone_numa_event_state(zone, (enum numa_stat_item)i));
}

static void show_pagesets(struct seq_file *m, const struct zone *zone)
{
	seq_puts(m, "\n  pagesets");
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++)
		seq_printf(m,
			   "\n    cpu: %u"
			   "\n              count: %lu"
			   "\n              high:  %d"
			   "\n              batch: %d"
			   "\n  vm stats threshold: %d",
			   cpu, pcp_count(zone, cpu), zone->pageset_high, zone->pageset_batch,
			   stat_threshold(zone));
	seq_printf(m,
		   "\n  node_unreclaimable:  %d"
		   "\n  start_pfn:           %lu",
		   zone->zone_pgdat->kswapd_failures >= MAX_RECLAIM_RETRIES, zone->zone_start_pfn);
}

void zoneinfo_show(struct seq_file *m)
{
	struct zone *zone;

	for_each_zone (zone) {
		if (!zone_is_shown(zone_idx(zone)))
			continue;
		seq_printf(m, "Node %d, zone %8s", zone->node, zone->name);
		if (first_populated(zone))
			show_node_stats(m, zone->zone_pgdat);
		show_zone_counts(m, zone);
		if (populated_zone(zone)) {
			show_zone_stats(m, zone);
			show_pagesets(m, zone);
		}
		seq_putc(m, '\n');
	}
}

/* ---- buddyinfo --------------------------------------------------------------------- */

void buddyinfo_show(struct seq_file *m)
{
	struct zone *zone;

	for_each_populated_zone (zone) {
		seq_printf(m, "Node %d, zone %8s ", zone->node, zone->name);
		for (unsigned int order = 0; order < NR_PAGE_ORDERS; order++)
			seq_printf(m, "%6lu ",
				   zone->free_area[order].nr_free +
					   zone_waiting_blocks(zone, order));
		seq_putc(m, '\n');
	}
}

/* ---- pagetypeinfo ------------------------------------------------------------------ */

/* A kernel without CMA, as Debian's, has no row for it; neither has a machine without areas. */
static bool type_is_shown(int type)
{
	struct zone *zone;

	if (type != MIGRATE_CMA)
		return true;
	for_each_populated_zone (zone)
		if (zone_cma_pages(zone))
			return true;
	return false;
}

/* As on Linux no list is followed for longer. */
#define MAX_FREE_COUNT 100000UL

static unsigned long count_free_blocks(struct zone *zone, unsigned int order, int type)
{
	unsigned long nr = 0, flags;
	struct list_head *node;

	spin_lock_irqsave(&zone->lock, flags);
	if (type == MIGRATE_MOVABLE)
		nr += zone_waiting_blocks(zone, order);
	list_for_each (node, &zone->free_area[order].free_list[type])
		if (++nr >= MAX_FREE_COUNT)
			break;
	spin_unlock_irqrestore(&zone->lock, flags);
	return nr;
}

static void show_free_row(struct seq_file *m, struct zone *zone, int type)
{
	seq_printf(m, "Node %4d, zone %8s, type %12s ", zone->node, zone->name,
		   migratetype_names[type]);
	for (unsigned int order = 0; order < NR_PAGE_ORDERS; order++) {
		unsigned long nr = count_free_blocks(zone, order, type);

		seq_printf(m, "%s%6lu ", nr >= MAX_FREE_COUNT ? ">" : "", min(nr, MAX_FREE_COUNT));
	}
	seq_putc(m, '\n');
}

static void show_free_counts(struct seq_file *m, pg_data_t *pgdat)
{
	struct zone *zone;

	seq_printf(m, "%-43s ", "Free pages count per migrate type at order");
	for (unsigned int order = 0; order < NR_PAGE_ORDERS; order++)
		seq_printf(m, "%6u ", order);
	seq_putc(m, '\n');
	for_each_populated_zone (zone)
		for (int type = 0; zone->zone_pgdat == pgdat && type < MIGRATE_TYPES; type++)
			if (type_is_shown(type))
				show_free_row(m, zone, type);
}

/* Pageblocks of made sections whose first page is @zone's. */
static void count_section_blocks(const struct zone *zone, unsigned long nr,
				 unsigned long count[MIGRATE_TYPES])
{
	unsigned long pfn = max(section_nr_to_pfn(nr), zone->zone_start_pfn);
	unsigned long end = min(section_nr_to_pfn(nr + 1), zone_end_pfn(zone));

	for (; pfn < end; pfn = ALIGN(pfn + 1, pageblock_nr_pages))
		if (page_zone(pfn_to_page(pfn)) == zone)
			count[get_pfnblock_migratetype(pfn)]++;
}

static void count_blocks(struct zone *zone, unsigned long count[MIGRATE_TYPES])
{
	unsigned long nr = next_made_section(pfn_to_section_nr(zone->zone_start_pfn));

	for (; nr != ULONG_MAX && section_nr_to_pfn(nr) < zone_end_pfn(zone);
	     nr = next_made_section(nr + 1))
		count_section_blocks(zone, nr, count);
	count[MIGRATE_MOVABLE] += waiting_sections(zone) * PAGEBLOCKS_PER_SECTION;
}

/* A row of what @fn counts for each zone of the node. */
static void show_block_counts(struct seq_file *m, pg_data_t *pgdat, const char *title,
			      void (*fn)(struct zone *zone, unsigned long count[MIGRATE_TYPES]))
{
	struct zone *zone;

	seq_printf(m, "\n%-23s", title);
	for (int type = 0; type < MIGRATE_TYPES; type++)
		if (type_is_shown(type))
			seq_printf(m, "%12s ", migratetype_names[type]);
	seq_putc(m, '\n');
	for_each_populated_zone (zone) {
		unsigned long count[MIGRATE_TYPES] = {};

		if (zone->zone_pgdat != pgdat)
			continue;
		fn(zone, count);
		seq_printf(m, "Node %d, zone %8s ", zone->node, zone->name);
		for (int type = 0; type < MIGRATE_TYPES; type++)
			if (type_is_shown(type))
				seq_printf(m, "%12lu ", count[type]);
		seq_putc(m, '\n');
	}
}

/* One node after the other, each with all of it. */
void pagetypeinfo_show(struct seq_file *m)
{
	int nid;

	for_each_node_state (nid, N_MEMORY) {
		pg_data_t *pgdat = NODE_DATA(nid);

		seq_printf(m, "Page block order: %d\n", pageblock_order);
		seq_printf(m, "Pages per block:  %lu\n\n", pageblock_nr_pages);
		show_free_counts(m, pgdat);
		show_block_counts(m, pgdat, "Number of blocks type ", count_blocks);
		if (page_hooks & PAGE_HOOK_OWNER)
			show_block_counts(m, pgdat, "Number of mixed blocks ",
					  page_owner_count_mixed);
	}
}
