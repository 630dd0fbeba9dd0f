// SPDX-License-Identifier: MIT
/*
 * How fragmented a zone is: what its free blocks come to for each order. Contract:
 * linux/compaction.h. Sections not made yet count as the order-10 blocks that they are.
 *
 * With F free pages in B blocks, none of the 2^n pages that are asked for, the index
 * is 1 - (1 + F / 2^n) / B: 10,000 single pages give 0.997 at order 9, two of them
 * and nothing else 0.499.
 */
#include <linux/compaction.h>

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/mmzone.h>
#include <linux/seq_file.h>

#include "compaction.h"
#include "internal.h"
#include "zone_extents.h"

/* Linux's default. */
#define EXTFRAG_THRESHOLD     500
#define EXTFRAG_THRESHOLD_MAX 1000

unsigned int sysctl_extfrag_threshold = EXTFRAG_THRESHOLD;

struct contig_page_info {
	unsigned long free_pages;
	unsigned long free_blocks_total;
	unsigned long free_blocks_suitable; /* blocks of the order asked for, split or not */
};

static unsigned long zone_free_blocks(const struct zone *zone, unsigned int order)
{
	return READ_ONCE(zone->free_area[order].nr_free) + zone_waiting_blocks(zone, order);
}

static struct contig_page_info contig_page_info(const struct zone *zone, unsigned int suitable)
{
	struct contig_page_info info = {};

	for (unsigned int order = 0; order < NR_PAGE_ORDERS; order++) {
		unsigned long blocks = zone_free_blocks(zone, order);

		info.free_blocks_total += blocks;
		info.free_pages += blocks << order;
		if (order >= suitable)
			info.free_blocks_suitable += blocks << (order - suitable);
	}
	return info;
}

static int __fragmentation_index(unsigned int order, const struct contig_page_info *info)
{
	if (order > MAX_PAGE_ORDER || !info->free_blocks_total)
		return 0;
	if (info->free_blocks_suitable)
		return -1000;
	return (int)(1000 -
		     (1000 + info->free_pages * 1000 / (1UL << order)) / info->free_blocks_total);
}

static int unusable_free_index(unsigned int order, const struct contig_page_info *info)
{
	if (!info->free_pages)
		return 1000;
	return (int)((info->free_pages - (info->free_blocks_suitable << order)) * 1000 /
		     info->free_pages);
}

int fragmentation_index(struct zone *zone, unsigned int order)
{
	struct contig_page_info info = contig_page_info(zone, order);

	return __fragmentation_index(order, &info);
}

unsigned int extfrag_for_order(struct zone *zone, unsigned int order)
{
	struct contig_page_info info = contig_page_info(zone, order);

	if (!info.free_pages)
		return 0;
	return (unsigned int)((info.free_pages - (info.free_blocks_suitable << order)) * 100 /
			      info.free_pages);
}

/* ---- Dumps ----------------------------------------------------------------------- */

void extfrag_index_show(struct seq_file *m)
{
	struct zone *zone;

	for_each_populated_zone (zone) {
		seq_printf(m, "Node %d, zone %8s ", zone->node, zone->name);
		for (unsigned int order = 0; order < NR_PAGE_ORDERS; order++) {
			int index = fragmentation_index(zone, order);

			seq_printf(m, "%2d.%03d ", index / 1000, index % 1000);
		}
		seq_putc(m, '\n');
	}
}

void unusable_index_show(struct seq_file *m)
{
	struct zone *zone;

	for_each_populated_zone (zone) {
		seq_printf(m, "Node %d, zone %8s ", zone->node, zone->name);
		for (unsigned int order = 0; order < NR_PAGE_ORDERS; order++) {
			struct contig_page_info info = contig_page_info(zone, order);
			int index = unusable_free_index(order, &info);

			seq_printf(m, "%d.%03d ", index / 1000, index % 1000);
		}
		seq_putc(m, '\n');
	}
}

static void show_blocks(struct seq_file *m, const struct zone *zone, const char *what, bool usable)
{
	seq_printf(m, "  %-8s", what);
	for (unsigned int order = 0; order < NR_PAGE_ORDERS; order++)
		seq_printf(m, " %10lu",
			   usable ? contig_page_info(zone, order).free_blocks_suitable
				  : zone_free_blocks(zone, order));
	seq_putc(m, '\n');
}

static void show_index(struct seq_file *m, struct zone *zone)
{
	seq_printf(m, "  %-8s", "index");
	for (unsigned int order = 0; order < NR_PAGE_ORDERS; order++) {
		int index = fragmentation_index(zone, order);

		seq_printf(m, "     %2d.%03d", index / 1000, index % 1000);
	}
	seq_putc(m, '\n');
}

void fragmentation_show(struct seq_file *m)
{
	struct zone *zone;

	for_each_populated_zone (zone) {
		seq_printf(m, "Node %d, zone %s\n  %-8s", zone->node, zone->name, "order");
		for (unsigned int order = 0; order < NR_PAGE_ORDERS; order++)
			seq_printf(m, " %10u", order);
		seq_putc(m, '\n');
		show_blocks(m, zone, "free", false);
		show_blocks(m, zone, "usable", true);
		show_index(m, zone);
	}
}

void fragmentation_report(void)
{
	struct zone *zone;

	for_each_populated_zone (zone) {
		struct contig_page_info info = contig_page_info(zone, pageblock_order);

		pr_info("baremm: node %d zone %s: %lu free blocks, %lu of order %d usable, "
			"fragmentation index %d\n",
			zone->node, zone->name, info.free_blocks_total, info.free_blocks_suitable,
			pageblock_order, __fragmentation_index(pageblock_order, &info));
	}
}

/* ---- Option ------------------------------------------------------------------------ */

int __init extfrag_threshold_parse_option(char *value)
{
	unsigned int threshold;
	int err = value ? kstrtouint(value, 0, &threshold) : -EINVAL;

	if (err || threshold > EXTFRAG_THRESHOLD_MAX)
		return -EINVAL;
	sysctl_extfrag_threshold = threshold;
	return 0;
}

void __init compaction_reset(void)
{
	sysctl_extfrag_threshold = EXTFRAG_THRESHOLD;
}
