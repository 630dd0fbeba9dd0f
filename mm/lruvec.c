// SPDX-License-Identifier: MIT
/*
 * The LRU lists of a node: how they start, empty, and whether they are sound.
 * Contract: linux/mmzone.h; what pages do on them is swap.c's.
 */
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/poison.h>
#include <linux/swap.h>
#include <linux/vmstat.h>

#include "internal.h"

void __init lruvec_init(struct lruvec *lruvec)
{
	int lru;

	*lruvec = (struct lruvec){.anon_cost = 0};
	spin_lock_init_rank(&lruvec->lru_lock, LOCK_RANK_LRUVEC);
	for_each_lru(lru) INIT_LIST_HEAD(&lruvec->lists[lru]);
	list_del(&lruvec->lists[LRU_UNEVICTABLE]);
}

/* ---- Checking ------------------------------------------------------------------------ */

/* What a walk over a node's lists finds. */
struct lru_census {
	const pg_data_t *pgdat;
	int faults;
	long pages[MAX_NR_ZONES][NR_LRU_LISTS];
};

#define lru_fault(c, fmt, ...)                                                                  \
	do {                                                                                    \
		pr_err("lruvec_verify: node %d " fmt "\n", (c)->pgdat->node_id, ##__VA_ARGS__); \
		(c)->faults++;                                                                  \
	} while (0)

static void verify_page(struct lru_census *c, const struct page *page, int lru)
{
	unsigned long pfn = page_to_pfn(page);

	if (page_to_nid(page) != c->pgdat->node_id)
		lru_fault(c, "list %d holds pfn 0x%lx of node %d", lru, pfn, page_to_nid(page));
	else if (!PageLRU(page) || (int)page_lru(page) != lru)
		lru_fault(c, "list %d holds pfn 0x%lx with flags %#lx", lru, pfn, page->flags);
	else if (page_ref_count(page) < 0 || PageTail(page) || PageBuddy(page))
		lru_fault(c, "list %d holds pfn 0x%lx, which is not in use", lru, pfn);
	else
		c->pages[page_zonenum(page)][lru] += (long)compound_nr(page);
}

/* Stops at a link that does not lead back. */
static void verify_list(struct lru_census *c, const struct list_head *head, int lru)
{
	const struct list_head *prev = head, *node;

	for (node = head->next; node != head; prev = node, node = node->next) {
		const struct page *page = list_entry(node, struct page, lru);

		if (!node || (unsigned long)page % sizeof(*page) ||
		    !section_made(pfn_to_section_nr(page_to_pfn(page)))) {
			lru_fault(c, "list %d leads to %px, which is no page", lru,
				  (const void *)node);
			return;
		}
		if (node->prev != prev) {
			lru_fault(c, "list %d is broken at pfn 0x%lx", lru, page_to_pfn(page));
			return;
		}
		verify_page(c, page, lru);
	}
	if (head->prev != prev)
		lru_fault(c, "list %d is broken at its head", lru);
}

/* The counts of zones and node against what the lists hold. */
static void verify_counts(struct lru_census *c, int lru)
{
	long counted = atomic_long_read(&c->pgdat->vm_stat[NR_LRU_BASE + lru]), zones = 0;

	for (int zid = 0; zid < MAX_NR_ZONES; zid++) {
		const struct zone *zone = &c->pgdat->node_zones[zid];
		long in_zone = atomic_long_read(&zone->vm_stat[NR_ZONE_LRU_BASE + lru]);

		if (lru != LRU_UNEVICTABLE && in_zone != c->pages[zid][lru])
			lru_fault(c, "list %d holds %ld pages of zone %s, but counts %ld", lru,
				  c->pages[zid][lru], zone->name, in_zone);
		zones += in_zone;
	}
	if (zones != counted)
		lru_fault(c, "list %d counts %ld pages, its zones %ld", lru, counted, zones);
}

int lruvec_verify(pg_data_t *pgdat)
{
	struct lruvec *lruvec = &pgdat->__lruvec;
	struct lru_census census = {.pgdat = pgdat};
	unsigned long flags;
	int lru;

	spin_lock_irqsave(&lruvec->lru_lock, flags);
	for_each_evictable_lru(lru) verify_list(&census, &lruvec->lists[lru], lru);
	for_each_lru(lru) verify_counts(&census, lru);
	if (lruvec->lists[LRU_UNEVICTABLE].next != LIST_POISON1)
		lru_fault(&census, "has a list of unevictable pages");
	spin_unlock_irqrestore(&lruvec->lru_lock, flags);
	return census.faults;
}
