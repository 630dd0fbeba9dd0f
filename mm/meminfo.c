// SPDX-License-Identifier: MIT
/*
 * The dump of /proc/meminfo. Contract: meminfo.h.
 */
#include "meminfo.h"

#include <linux/cma.h>
#include <linux/hugetlb.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/percpu.h>
#include <linux/seq_file.h>
#include <linux/vmalloc.h>
#include <linux/vmstat.h>

#include "internal.h"

/* Linux's form: names, padded to 16, and kilobytes. */
static void show_val_kb(struct seq_file *m, const char *name, unsigned long pages)
{
	seq_printf(m, "%-16s%8lu kB\n", name, pages_to_kb(pages));
}

static void show_lru(struct seq_file *m)
{
	unsigned long active_anon = global_node_page_state(NR_ACTIVE_ANON);
	unsigned long inactive_anon = global_node_page_state(NR_INACTIVE_ANON);
	unsigned long active_file = global_node_page_state(NR_ACTIVE_FILE);
	unsigned long inactive_file = global_node_page_state(NR_INACTIVE_FILE);

	show_val_kb(m, "Active:", active_anon + active_file);
	show_val_kb(m, "Inactive:", inactive_anon + inactive_file);
	show_val_kb(m, "Active(anon):", active_anon);
	show_val_kb(m, "Inactive(anon):", inactive_anon);
	show_val_kb(m, "Active(file):", active_file);
	show_val_kb(m, "Inactive(file):", inactive_file);
	show_val_kb(m, "Unevictable:", global_node_page_state(NR_UNEVICTABLE));
}

void meminfo_show(struct seq_file *m)
{
	unsigned long reclaimable = global_node_page_state(NR_SLAB_RECLAIMABLE);
	unsigned long unreclaimable = global_node_page_state(NR_SLAB_UNRECLAIMABLE);

	show_val_kb(m, "MemTotal:", totalram_pages());
	show_val_kb(m, "MemFree:", nr_free_pages());
	show_lru(m);
	show_val_kb(m, "Slab:", reclaimable + unreclaimable);
	show_val_kb(m, "SReclaimable:", reclaimable);
	show_val_kb(m, "SUnreclaim:", unreclaimable);
	show_val_kb(m, "PageTables:", global_node_page_state(NR_PAGETABLE));
	seq_printf(m, "%-16s%8lu kB\n", "VmallocTotal:", VMALLOC_TOTAL >> 10);
	show_val_kb(m, "VmallocUsed:", vmalloc_nr_pages());
	/* Linux has shown 0 since version 4.4, when finding it took too long. */
	show_val_kb(m, "VmallocChunk:", vmalloc_largest_free() >> PAGE_SHIFT);
	show_val_kb(m, "Percpu:", pcpu_nr_pages());
	show_val_kb(m, "CmaTotal:", totalcma_pages);
	show_val_kb(m, "CmaFree:", global_zone_page_state(NR_FREE_CMA_PAGES));
	hugetlb_report_meminfo(m);
}
