// SPDX-License-Identifier: MIT
/*
 * The dump of /proc/meminfo. Contract: meminfo.h.
 */
#include "meminfo.h"

#include <linux/cma.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/seq_file.h>

#include "internal.h"

/* Linux's form: names, padded to 16, and kilobytes. */
static void show_val_kb(struct seq_file *m, const char *name, unsigned long pages)
{
	seq_printf(m, "%-16s%8lu kB\n", name, pages_to_kb(pages));
}

static unsigned long zones_sum(enum zone_stat_item item)
{
	unsigned long pages = 0;
	struct zone *zone;

	for_each_zone (zone)
		pages += zone_page_state(zone, item);
	return pages;
}

static unsigned long nodes_sum(enum node_stat_item item)
{
	unsigned long pages = 0;
	pg_data_t *pgdat;

	for_each_online_pgdat (pgdat)
		pages += (unsigned long)atomic_long_read(&pgdat->vm_stat[item]);
	return pages;
}

static void show_lru(struct seq_file *m)
{
	unsigned long active_anon = nodes_sum(NR_ACTIVE_ANON);
	unsigned long inactive_anon = nodes_sum(NR_INACTIVE_ANON);
	unsigned long active_file = nodes_sum(NR_ACTIVE_FILE);
	unsigned long inactive_file = nodes_sum(NR_INACTIVE_FILE);

	show_val_kb(m, "Active:", active_anon + active_file);
	show_val_kb(m, "Inactive:", inactive_anon + inactive_file);
	show_val_kb(m, "Active(anon):", active_anon);
	show_val_kb(m, "Inactive(anon):", inactive_anon);
	show_val_kb(m, "Active(file):", active_file);
	show_val_kb(m, "Inactive(file):", inactive_file);
	show_val_kb(m, "Unevictable:", nodes_sum(NR_UNEVICTABLE));
}

void meminfo_show(struct seq_file *m)
{
	unsigned long reclaimable = nodes_sum(NR_SLAB_RECLAIMABLE);
	unsigned long unreclaimable = nodes_sum(NR_SLAB_UNRECLAIMABLE);

	show_val_kb(m, "MemTotal:", totalram_pages());
	show_val_kb(m, "MemFree:", nr_free_pages());
	show_lru(m);
	show_val_kb(m, "Slab:", reclaimable + unreclaimable);
	show_val_kb(m, "SReclaimable:", reclaimable);
	show_val_kb(m, "SUnreclaim:", unreclaimable);
	show_val_kb(m, "PageTables:", nodes_sum(NR_PAGETABLE));
	show_val_kb(m, "CmaTotal:", totalcma_pages);
	show_val_kb(m, "CmaFree:", zones_sum(NR_FREE_CMA_PAGES));
}
