/* SPDX-License-Identifier: MIT */
/*
 * What the run came to, in a few lines for people: how much of the machine's RAM
 * is free, and what holds the rest.
 */
#include <baremm/bringup.h>

#include <linux/hugetlb.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/kfence.h>
#include <linux/kmemleak.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/page_ext.h>
#include <baremm/boot_info.h>

#include "compaction.h"
#include "internal.h"
#include "page_poison.h"

struct node_sum {
	unsigned long present, managed, free, untouched;
};

static struct node_sum sum_node(const pg_data_t *pgdat)
{
	struct node_sum sum = {};

	for (int i = 0; i < MAX_NR_ZONES; i++) {
		const struct zone *zone = &pgdat->node_zones[i];

		sum.present += zone->present_pages;
		sum.managed += zone_managed_pages(zone);
		sum.free += zone_page_state(zone, NR_FREE_PAGES);
		sum.untouched += zone->nr_extent_pages;
	}
	return sum;
}

/* Hundredths of a percent, for "%lu.%02lu %%"; 2^50 pages times 10000 still fit. */
static unsigned long share_of(unsigned long part, unsigned long whole)
{
	return whole ? part * 10000 / whole : 0;
}

/* The program itself: its image, with the stacks in it, and the boot record. */
static unsigned long own_kb(const struct boot_info *info)
{
	return (info->image_size - initmem_freed() + info->self_size) >> 10;
}

unsigned long mm_free_share(void)
{
	unsigned long free = 0, present = 0;
	pg_data_t *pgdat;

	drain_all_pages(NULL);
	for_each_online_pgdat (pgdat) {
		struct node_sum sum = sum_node(pgdat);

		free += sum.free;
		present += sum.present;
	}
	return share_of(free, present);
}

void mm_report(void)
{
	pg_data_t *pgdat;
	unsigned long made = 0;

	drain_all_pages(NULL);
	for_each_online_pgdat (pgdat) {
		struct node_sum sum = sum_node(pgdat);
		unsigned long share = share_of(sum.free, sum.present);

		pr_info("baremm: node %d: %luK of %luK free (%lu.%02lu %%), %luK of it untouched\n",
			pgdat->node_id, pages_to_kb(sum.free), pages_to_kb(sum.present),
			share / 100, share % 100, pages_to_kb(sum.untouched));
		made += atomic_long_read(&pgdat->vm_stat[NR_MEMMAP]);
	}
	fragmentation_report();
	page_poison_scan();
	pr_info("baremm: held back: %luK of page structs, %luK of program and boot record\n",
		pages_to_kb(made), own_kb(boot_info));
	if (hugetlb_bytes())
		pr_info("baremm: held back: %luK of huge pages\n", hugetlb_bytes() >> 10);
	if (page_ext_bytes())
		pr_info("baremm: held back: %luK of page_ext\n", page_ext_bytes() >> 10);
	kfence_summary();
	kmemleak_summary();
	bad_frees_report();
	if (atomic_long_read(&num_poisoned_pages))
		pr_info("baremm: HardwareCorrupted: %luK\n",
			pages_to_kb((unsigned long)atomic_long_read(&num_poisoned_pages)));
}
