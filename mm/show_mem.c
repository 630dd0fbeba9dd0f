// SPDX-License-Identifier: MIT
/*
 * The report of an allocation that failed: what was asked for, and where all memory
 * is, in the words of Linux 6.1's warn_alloc() and show_mem().
 */
#include "show_mem.h"

#include <linux/cma.h>
#include <linux/hugetlb.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/preempt.h>
#include <linux/smp.h>
#include <linux/vmstat.h>
#include <baremm/arch.h>

#include "internal.h"
#include "pcp.h"
#include "zone_extents.h"

/* Linux's default: ten in five seconds. */
#define ALLOC_WARN_BURST    10
#define ALLOC_WARN_INTERVAL 5000000000ULL /* ns */

/* A line that is put together from parts. */
struct line {
	char text[LOG_LINE_MAX];
	size_t len;
};

static __printf(2, 3) void line_add(struct line *line, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	line->len += (size_t)vscnprintf(line->text + line->len, sizeof(line->text) - line->len, fmt,
					args);
	va_end(args);
}

/* Pages on the lists of all CPUs. */
static unsigned long zone_free_pcp(const struct zone *zone)
{
	unsigned long pages = 0;

	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++)
		pages += pcp_count(zone, cpu);
	return pages;
}

static unsigned long global_free_pcp(void)
{
	unsigned long pages = 0;
	struct zone *zone;

	for_each_populated_zone (zone)
		pages += zone_free_pcp(zone);
	return pages;
}

/* ---- All nodes ---------------------------------------------------------------------- */

static void show_totals(void)
{
	pr_warn("active_anon:%lu inactive_anon:%lu isolated_anon:%lu\n"
		" active_file:%lu inactive_file:%lu isolated_file:%lu\n"
		" unevictable:%lu dirty:%lu writeback:%lu\n"
		" slab_reclaimable:%lu slab_unreclaimable:%lu\n"
		" mapped:%lu shmem:%lu pagetables:%lu\n"
		" sec_pagetables:%lu bounce:%lu\n"
		" kernel_misc_reclaimable:%lu\n"
		" free:%lu free_pcp:%lu free_cma:%lu\n",
		global_node_page_state(NR_ACTIVE_ANON), global_node_page_state(NR_INACTIVE_ANON),
		global_node_page_state(NR_ISOLATED_ANON), global_node_page_state(NR_ACTIVE_FILE),
		global_node_page_state(NR_INACTIVE_FILE), global_node_page_state(NR_ISOLATED_FILE),
		global_node_page_state(NR_UNEVICTABLE), global_node_page_state(NR_FILE_DIRTY),
		global_node_page_state(NR_WRITEBACK), global_node_page_state(NR_SLAB_RECLAIMABLE),
		global_node_page_state(NR_SLAB_UNRECLAIMABLE), 0UL, 0UL,
		global_node_page_state(NR_PAGETABLE), 0UL, global_zone_page_state(NR_BOUNCE), 0UL,
		global_zone_page_state(NR_FREE_PAGES), global_free_pcp(),
		global_zone_page_state(NR_FREE_CMA_PAGES));
}

static unsigned long node_kb(const pg_data_t *pgdat, enum node_stat_item item)
{
	return pages_to_kb(node_page_state(pgdat, item));
}

static void show_node_state(const pg_data_t *pgdat)
{
	pr_warn("Node %d active_anon:%lukB inactive_anon:%lukB active_file:%lukB "
		"inactive_file:%lukB unevictable:%lukB isolated(anon):%lukB isolated(file):%lukB "
		"mapped:%lukB dirty:%lukB writeback:%lukB shmem:%lukB writeback_tmp:%lukB "
		"kernel_stack:%lukB pagetables:%lukB sec_pagetables:%lukB all_unreclaimable? %s\n",
		pgdat->node_id, node_kb(pgdat, NR_ACTIVE_ANON), node_kb(pgdat, NR_INACTIVE_ANON),
		node_kb(pgdat, NR_ACTIVE_FILE), node_kb(pgdat, NR_INACTIVE_FILE),
		node_kb(pgdat, NR_UNEVICTABLE), node_kb(pgdat, NR_ISOLATED_ANON),
		node_kb(pgdat, NR_ISOLATED_FILE), 0UL, node_kb(pgdat, NR_FILE_DIRTY),
		node_kb(pgdat, NR_WRITEBACK), 0UL, 0UL, 0UL, node_kb(pgdat, NR_PAGETABLE), 0UL,
		pgdat->kswapd_failures >= MAX_RECLAIM_RETRIES ? "yes" : "no");
}

/* ---- Zones ------------------------------------------------------------------------------ */

static unsigned long zone_kb(const struct zone *zone, enum zone_stat_item item)
{
	return pages_to_kb(zone_page_state(zone, item));
}

static void show_zone_state(const struct zone *zone)
{
	struct line line = {.len = 0};

	pr_warn("Node %d %s free:%lukB boost:%lukB min:%lukB low:%lukB high:%lukB "
		"reserved_highatomic:%luKB active_anon:%lukB inactive_anon:%lukB "
		"active_file:%lukB inactive_file:%lukB unevictable:%lukB writepending:%lukB "
		"present:%lukB managed:%lukB mlocked:%lukB bounce:%lukB free_pcp:%lukB "
		"local_pcp:%lukB free_cma:%lukB\n",
		zone->node, zone->name, zone_kb(zone, NR_FREE_PAGES),
		pages_to_kb(zone->watermark_boost), pages_to_kb(min_wmark_pages(zone)),
		pages_to_kb(low_wmark_pages(zone)), pages_to_kb(high_wmark_pages(zone)),
		pages_to_kb(zone->nr_reserved_highatomic), zone_kb(zone, NR_ZONE_ACTIVE_ANON),
		zone_kb(zone, NR_ZONE_INACTIVE_ANON), zone_kb(zone, NR_ZONE_ACTIVE_FILE),
		zone_kb(zone, NR_ZONE_INACTIVE_FILE), zone_kb(zone, NR_ZONE_UNEVICTABLE),
		zone_kb(zone, NR_ZONE_WRITE_PENDING), pages_to_kb(zone->present_pages),
		pages_to_kb(zone_managed_pages(zone)), zone_kb(zone, NR_MLOCK),
		zone_kb(zone, NR_BOUNCE), pages_to_kb(zone_free_pcp(zone)),
		pages_to_kb(pcp_count(zone, (unsigned int)smp_processor_id())),
		zone_kb(zone, NR_FREE_CMA_PAGES));
	line_add(&line, "lowmem_reserve[]:");
	for (int i = 0; i < MAX_NR_ZONES; i++)
		if (zone_is_shown(i))
			line_add(&line, " %ld", zone->lowmem_reserve[i]);
	pr_warn("%s\n", line.text);
}

/* The letters of the types that have free blocks in @area: "(UM)". */
static void add_types(struct line *line, const struct free_area *area, bool extents)
{
	static const char letters[MIGRATE_TYPES] = {
		[MIGRATE_UNMOVABLE] = 'U',  [MIGRATE_MOVABLE] = 'M', [MIGRATE_RECLAIMABLE] = 'E',
		[MIGRATE_HIGHATOMIC] = 'H', [MIGRATE_CMA] = 'C',     [MIGRATE_ISOLATE] = 'I',
	};

	line_add(line, "(");
	for (int type = 0; type < MIGRATE_TYPES; type++)
		if (!list_empty(&area->free_list[type]) || (extents && type == MIGRATE_MOVABLE))
			line_add(line, "%c", letters[type]);
	line_add(line, ") ");
}

/* Sections not made show as blocks, as large as can be. */
static void show_free_blocks(struct zone *zone)
{
	struct line line = {.len = 0};
	unsigned long pages = 0, flags;

	line_add(&line, "Node %d %s: ", zone->node, zone->name);
	spin_lock_irqsave(&zone->lock, flags);
	for (unsigned int order = 0; order < NR_PAGE_ORDERS; order++) {
		const struct free_area *area = &zone->free_area[order];
		unsigned long unmade = zone_waiting_blocks(zone, order);
		unsigned long blocks = area->nr_free + unmade;

		line_add(&line, "%lu*%lukB ", blocks, pages_to_kb(1UL << order));
		if (blocks)
			add_types(&line, area, unmade);
		pages += blocks << order;
	}
	spin_unlock_irqrestore(&zone->lock, flags);
	pr_warn("%s= %lukB\n", line.text, pages_to_kb(pages));
}

/* ---- All of it ----------------------------------------------------------------------------- */

/* Zones that the allocation could have used; Linux leaves the others out, too. */
static bool zone_shown(const struct zone *zone, const nodemask_t *nodes, int max_zone_idx)
{
	return populated_zone(zone) && zone_idx(zone) <= max_zone_idx &&
	       (!nodes || node_isset(zone->node, *nodes));
}

static bool node_shown(const pg_data_t *pgdat, const nodemask_t *nodes, int max_zone_idx)
{
	for (int i = 0; i <= max_zone_idx; i++)
		if (zone_shown(&pgdat->node_zones[i], nodes, max_zone_idx))
			return true;
	return false;
}

static void show_machine(void)
{
	unsigned long total = 0, reserved = 0, highmem = 0;
	struct zone *zone;

	for_each_populated_zone (zone) {
		total += zone->present_pages;
		reserved += zone->present_pages - zone_managed_pages(zone);
		if (is_highmem_idx((enum zone_type)zone_idx(zone)))
			highmem += zone->present_pages;
	}
	pr_warn("%lu pages RAM\n%lu pages HighMem/MovableOnly\n%lu pages reserved\n"
		"%lu pages cma reserved\n%ld pages hwpoisoned\n",
		total, highmem, reserved, totalcma_pages, atomic_long_read(&num_poisoned_pages));
}

void __show_free_areas(unsigned int flags, const nodemask_t *nodemask, int max_zone_idx)
{
	const nodemask_t *nodes = flags & SHOW_MEM_FILTER_NODES ? nodemask : NULL;
	pg_data_t *pgdat;
	struct zone *zone;

	show_totals();
	for_each_online_pgdat (pgdat)
		if (node_shown(pgdat, nodes, max_zone_idx))
			show_node_state(pgdat);
	for_each_zone (zone)
		if (zone_shown(zone, nodes, max_zone_idx))
			show_zone_state(zone);
	for_each_zone (zone)
		if (zone_shown(zone, nodes, max_zone_idx))
			show_free_blocks(zone);
	for_each_online_pgdat (pgdat)
		if (node_shown(pgdat, nodes, max_zone_idx))
			hugetlb_show_meminfo_node(pgdat->node_id);
	/* As a Linux without swap says it. */
	pr_warn("%lu total pagecache pages\n0 pages in swap cache\nFree swap  = 0kB\n"
		"Total swap = 0kB\n",
		global_node_page_state(NR_FILE_PAGES));
}

void __show_mem(unsigned int flags, const nodemask_t *nodemask, int max_zone_idx)
{
	pr_warn("Mem-Info:\n");
	__show_free_areas(flags, nodemask, max_zone_idx);
	show_machine();
}

/* ---- An allocation that failed ---------------------------------------------------------------- */

/* At most ALLOC_WARN_BURST in an interval; what was left out is said with the next. */
static bool warn_alloc_permitted(unsigned int *left_out)
{
	static u64 interval_start;
	static unsigned int in_interval, missed;
	u64 now = arch_clock_ns();

	if (now - interval_start > ALLOC_WARN_INTERVAL || !interval_start) {
		interval_start = now | 1;
		in_interval = 0;
	}
	if (in_interval++ >= ALLOC_WARN_BURST) {
		missed++;
		return false;
	}
	*left_out = missed;
	missed = 0;
	return true;
}

/* What both forms log: @what says what failed. */
static void report(gfp_t gfp, const nodemask_t *nodes, const struct va_format *what)
{
	bool nodes_bind = in_task() && (gfp & __GFP_DIRECT_RECLAIM);

	pr_warn("baremm: %pV, mode:%#x(%pGg), nodemask=%*pbl\n", (const void *)what, gfp,
		(const void *)&gfp, nodemask_pr_args(nodes));
	arch_backtrace(0);
	__show_mem(nodes_bind ? SHOW_MEM_FILTER_NODES : 0, nodes, (int)gfp_zone(gfp));
}

void report_alloc_failure(gfp_t gfp, const nodemask_t *nodes, const char *fmt, ...)
{
	struct va_format what = {.fmt = fmt};
	va_list args;

	va_start(args, fmt);
	what.va = &args;
	report(gfp, nodes, &what);
	va_end(args);
}

void warn_alloc(gfp_t gfp, const nodemask_t *nodes, const char *fmt, ...)
{
	struct va_format what = {.fmt = fmt};
	unsigned int left_out;
	va_list args;

	if ((gfp & __GFP_NOWARN) || ((gfp & __GFP_DMA) && !has_managed_dma()) ||
	    !warn_alloc_permitted(&left_out))
		return;
	if (left_out)
		pr_warn("warn_alloc: %u callbacks suppressed\n", left_out);
	va_start(args, fmt);
	what.va = &args;
	report(gfp, nodes, &what);
	va_end(args);
}
