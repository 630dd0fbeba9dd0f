// SPDX-License-Identifier: MIT
/* The machine's memory in numbers. Contract: linux/mm.h. */
#include <linux/mm.h>
#include <linux/sysinfo.h>

#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/vmstat.h>

#include "../internal.h"

/* What of @pages can be given up: all but half, or but as many as the low marks. */
static long share(unsigned long pages, unsigned long low)
{
	return (long)(pages - min(pages / 2, low));
}

long si_mem_available(void)
{
	unsigned long low = 0, cached;
	struct zone *zone;
	long available;

	for_each_zone (zone)
		low += low_wmark_pages(zone);
	cached = global_node_page_state(NR_ACTIVE_FILE) + global_node_page_state(NR_INACTIVE_FILE);
	available = (long)(nr_free_pages() - totalreserve_pages);
	available += share(cached, low);
	available += share(global_node_page_state(NR_SLAB_RECLAIMABLE), low);
	return max(available, 0L);
}

void si_meminfo(struct sysinfo *val)
{
	val->totalram = totalram_pages();
	val->freeram = nr_free_pages();
	val->sharedram = 0; /* no processes, so none that share */
	val->bufferram = 0;
	val->totalhigh = totalhigh_pages();
	val->freehigh = nr_free_highpages();
	val->mem_unit = PAGE_SIZE;
}

void si_meminfo_node(struct sysinfo *val, int nid)
{
	pg_data_t *pgdat = NODE_DATA(nid);

	val->totalram = val->totalhigh = val->freehigh = 0;
	for (int zid = 0; zid < MAX_NR_ZONES; zid++) {
		struct zone *zone = &pgdat->node_zones[zid];

		val->totalram += zone_managed_pages(zone);
		if (!is_highmem(zone))
			continue;
		val->totalhigh += zone_managed_pages(zone);
		val->freehigh += zone_page_state(zone, NR_FREE_PAGES);
	}
	val->sharedram = 0;
	val->freeram = sum_zone_node_page_state(nid, NR_FREE_PAGES);
	val->mem_unit = PAGE_SIZE;
}
