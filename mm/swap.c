// SPDX-License-Identifier: MIT
/*
 * Folios on the LRU lists: how they get there, move and leave. Contract: linux/swap.h.
 * What reclaim does with them is vmscan.c's.
 */
#include <linux/swap.h>

#include <linux/errno.h>
#include <linux/list.h>
#include <linux/vmstat.h>

#include "swap.h"

/* ---- Lists and counts, with lru_lock held ------------------------------------------- */

/* All pages of the folio: @sign is 1 or -1. */
static void count_lru(const struct page *page, enum lru_list lru, long sign)
{
	long delta = sign * (long)compound_nr(page);
	struct zone *zone = page_zone(page);

	mod_node_page_state(zone->zone_pgdat, (enum node_stat_item)(NR_LRU_BASE + lru), delta);
	mod_zone_page_state(zone, (enum zone_stat_item)(NR_ZONE_LRU_BASE + lru), delta);
}

void lruvec_add_page(struct lruvec *lruvec, struct page *page)
{
	enum lru_list lru = page_lru(page);

	count_lru(page, lru, 1);
	if (lru != LRU_UNEVICTABLE)
		list_add(&page->lru, &lruvec->lists[lru]);
}

void lruvec_add_page_tail(struct lruvec *lruvec, struct page *page)
{
	enum lru_list lru = page_lru(page);

	count_lru(page, lru, 1);
	if (lru != LRU_UNEVICTABLE)
		list_add_tail(&page->lru, &lruvec->lists[lru]);
}

void lruvec_del_page(struct lruvec *lruvec, struct page *page)
{
	enum lru_list lru = page_lru(page);

	(void)lruvec;
	count_lru(page, lru, -1);
	if (lru != LRU_UNEVICTABLE)
		list_del(&page->lru);
	data_race_write(page->lru.next, NULL);
	page->lru.prev = NULL;
}

/* @page, which is on no list, to the front of its own. */
static void put_on(struct lruvec *lruvec, struct page *page)
{
	SetPageLRU(page);
	ClearPageLRUIsolated(page);
	lruvec_add_page(lruvec, page);
}

/* ---- Adding and using ------------------------------------------------------------------- */

void lru_cache_add(struct page *page)
{
	struct lruvec *lruvec = page_lruvec(page);
	unsigned long flags;

	VM_BUG_ON(PageLRU(page));
	spin_lock_irqsave(&lruvec->lru_lock, flags);
	put_on(lruvec, page);
	spin_unlock_irqrestore(&lruvec->lru_lock, flags);
}

/* A page on a list goes to the front of the active or the inactive one. */
static void move_page(struct page *page, bool active)
{
	struct lruvec *lruvec = page_lruvec(page);
	unsigned long flags;

	page = compound_head(page);
	spin_lock_irqsave(&lruvec->lru_lock, flags);
	if (PageLRU(page) && !PageUnevictable(page) && PageActive(page) != active) {
		lruvec_del_page(lruvec, page);
		if (active)
			SetPageActive(page);
		else
			ClearPageActive(page);
		lruvec_add_page(lruvec, page);
		count_vm_events(active ? PGACTIVATE : PGDEACTIVATE, (long)compound_nr(page));
	}
	spin_unlock_irqrestore(&lruvec->lru_lock, flags);
}

void activate_page(struct page *page)
{
	move_page(page, true);
}

void deactivate_page(struct page *page)
{
	ClearPageReferenced(page);
	move_page(page, false);
}

void mark_page_accessed(struct page *page)
{
	if (!PageReferenced(page)) {
		SetPageReferenced(page);
	} else if (!PageUnevictable(page) && !PageActive(page)) {
		activate_page(page);
		ClearPageReferenced(page);
	}
}

void rotate_reclaimable_page(struct page *page)
{
	struct lruvec *lruvec = page_lruvec(page);
	unsigned long flags;

	spin_lock_irqsave(&lruvec->lru_lock, flags);
	if (PageLRU(page) && !PageUnevictable(page)) {
		lruvec_del_page(lruvec, page);
		ClearPageActive(page);
		lruvec_add_page_tail(lruvec, page);
		count_vm_events(PGROTATED, (long)compound_nr(page));
	}
	spin_unlock_irqrestore(&lruvec->lru_lock, flags);
}

/* ---- Leaving ---------------------------------------------------------------------------- */

/*
 * One of the two marks is set all the time, so that who puts a reference meanwhile
 * knows that it may not be the last.
 */
void lruvec_isolate_page(struct lruvec *lruvec, struct page *page)
{
	SetPageLRUIsolated(page);
	ClearPageLRU(page);
	lruvec_del_page(lruvec, page);
}

int isolate_lru_page(struct page *page)
{
	struct lruvec *lruvec = page_lruvec(page);
	unsigned long flags;
	bool isolated;

	/* First pages alone have the flag. */
	spin_lock_irqsave(&lruvec->lru_lock, flags);
	isolated = data_race(page->flags) >> PG_lru & 1 && get_page_unless_zero(page);
	if (isolated)
		lruvec_isolate_page(lruvec, page);
	spin_unlock_irqrestore(&lruvec->lru_lock, flags);
	return isolated ? 0 : -EBUSY;
}

void putback_lru_page(struct page *page)
{
	page = compound_head(page);
	lru_cache_add(page);
	put_page(page);
}

/* Flags that a page has only while it is on a list, or was just taken off one. */
#define LRU_FLAGS                                                                                 \
	(1UL << PG_active | 1UL << PG_referenced | 1UL << PG_unevictable | 1UL << PG_swapbacked | \
	 1UL << PG_reclaim | 1UL << PG_uptodate | 1UL << PG_waiters | 1UL << PG_lru_isolated)

void put_lru_page(struct page *page)
{
	struct lruvec *lruvec = page_lruvec(page);
	unsigned long flags;

	if (!put_page_testzero(page))
		return;
	/* Nobody can find it any more but who walks the lists, and that only by lru_lock. */
	spin_lock_irqsave(&lruvec->lru_lock, flags);
	if (TestClearPageLRU(page))
		lruvec_del_page(lruvec, page);
	spin_unlock_irqrestore(&lruvec->lru_lock, flags);
	page_set_flags(page, page->flags & ~LRU_FLAGS);
	set_page_count(page, 1);
	__free_pages(page, page_alloc_order(page));
}
