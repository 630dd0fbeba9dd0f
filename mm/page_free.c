// SPDX-License-Identifier: MIT
/*
 * Freeing pages: from a caller's last reference to the CPU's lists, or the zone's free
 * areas. Contract: linux/gfp.h, linux/mm.h.
 */
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mmzone.h>

#include "internal.h"
#include "page_alloc.h"
#include "page_entry.h"
#include "pcp.h"
#include "swap.h"

static void destroy_compound_page(struct page *page, unsigned int order)
{
	__ClearPageHead(page);
	data_race_write(page[1].compound_order, 0);
	for (unsigned long i = 1; i < 1UL << order; i++)
		data_race_write(page[i].compound_head, 0);
}

static __always_inline void free_to_zone(struct zone *zone, struct page *page, unsigned int order)
{
	unsigned long pfn = page_to_pfn(page), flags;

	page_set_flags(page, page->flags & PAGE_FLAGS_KEPT);
	spin_lock_irqsave(&zone->lock, flags);
	__free_one_page(zone, pfn, order, get_pfnblock_migratetype(pfn), false);
	spin_unlock_irqrestore(&zone->lock, flags);
}

static noinline void free_to_buddy(struct page *page, unsigned int order)
{
	free_to_zone(page_zone(page), page, order);
}

/* Blocks that there are no lists for. */
static noinline void free_uncached(struct page *page, unsigned int order, struct zone *zone)
{
	free_to_zone(zone, page, order);
}

/* The list that a block of @order comes to by its pageblock. NULL: the free areas get it. */
static struct pcp_list *list_by_pageblock(const struct page *page, unsigned int order)
{
	enum migratetype type = get_pfnblock_migratetype(page_to_pfn(page));

	if (unlikely(is_migrate_isolate(type)))
		return NULL;
	/* As on Linux: what is kept for some callers is lent to movable pages. */
	return pcp_list_of(page_zone(page), type < MIGRATE_PCPTYPES ? type : MIGRATE_MOVABLE,
			   order);
}

bool free_pages_prepare(struct page *page, unsigned int order)
{
	if (PageHead(page))
		destroy_compound_page(page, order);
	if (unlikely(PageEntry(page)))
		page_entries_forget(page, order);
	return likely(!data_race(page_hooks)) || free_hook(page, order);
}

/* Nobody holds a reference any more. */
static void free_block_hot_cold(struct page *page, unsigned int order, bool cold)
{
	struct pcp_list *list = list_by_pageblock(page, order);

	if (!free_pages_prepare(page, order))
		return;
	if (list)
		page_set_flags(page, page_block_flags(page, order, list->type));
	if (!list || !pcp_free(list, page, cold))
		free_to_buddy(page, order);
}

void free_block(struct page *page, unsigned int order)
{
	free_block_hot_cold(page, order, false);
}

/*
 * Somebody else still holds a reference to the first page of a block that is not
 * compound. As on Linux the rest is freed now, and the page with its last reference: the
 * caller still has his, so that nobody can drop that before the page is a single one.
 */
static void free_rest_of_block(struct page *page, unsigned int order)
{
	if (unlikely(data_race(page_hooks)))
		split_hook(page, order);
	page_set_flags(page, page->flags & ~PAGE_ORDER_MASK);
	page_entries_split(page, order);
	while (order-- > 0)
		free_block(page + (1UL << order), order);
}

/* Whatever the order, the page's state, and what @page is. */
static noinline void free_pages_checked(struct page *page, unsigned int order, bool cold)
{
	if (unlikely(free_page_is_bad(page, order)))
		return;
	page_set_known(page);
	if (page_ref_drop_last(page)) {
		free_block_hot_cold(page, order, cold);
		return;
	}
	if (order && !PageHead(page)) {
		free_rest_of_block(page, order);
		order = 0;
	}
	if (put_page_testzero(page))
		free_block_hot_cold(page, order, cold);
}

/* Its list is locked: another CPU drains it, or this one was interrupted using it. */
static noinline void free_locked_out(struct page *page)
{
	free_to_buddy(page, page_alloc_order(page));
}

static noinline void free_to_full_list(struct pcp_list *list, struct page *hot, struct page *page)
{
	list->room++;
	if (!pcp_free_full(list, hot, page))
		free_to_buddy(page, page_alloc_order(page));
}

/* To the hot end of @list. */
static __always_inline void free_to_list(struct pcp_list *list, struct page *page)
{
	struct page *hot = pcp_trylock(list);

	if (unlikely(hot == PCP_LOCKED)) {
		free_locked_out(page);
		return;
	}
	if (unlikely(--list->room < 0)) {
		free_to_full_list(list, hot, page);
		return;
	}
	data_race_write(page->pcp_next, hot);
	pcp_unlock(list, page);
}

/* A block without a mark whose only reference is dropped here: nobody has it any more. */
static __always_inline bool drop_plain_block(struct page *page, unsigned int order)
{
	return likely(page_is_known(page)) && likely(!data_race(page_hooks)) &&
	       likely((page->flags & (PAGE_ORDER_MASK | 0xffffffff)) ==
		      (unsigned long)order << PAGE_ORDER_PGSHIFT) &&
	       likely(page_ref_drop_last(page));
}

static noinline void free_pages_of_order(struct page *page, unsigned int order)
{
	unsigned int i = pcp_order_index(order);
	struct pcp_list *list;

	if (unlikely(!drop_plain_block(page, order))) {
		free_pages_checked(page, order, false);
		return;
	}
	list = raw_cpu_read(page_cpu.free_lists)[page->flags >> PAGE_PCPTYPE_PGSHIFT];
	if (i < NR_PCP_ORDERS)
		free_to_list(list + i, page);
	else
		free_uncached(page, order, list->zone);
}

/*
 * A single page goes to the list that its flags name. What is not in order goes the long
 * way, as blocks of other orders do.
 */
void __free_pages(struct page *page, unsigned int order)
{
	if (unlikely(!page_is_known(page)) || unlikely(order | data_race(page_hooks)) ||
	    unlikely(page->flags & (PAGE_ORDER_MASK | 0xffffffff)) ||
	    unlikely(!page_ref_drop_last(page)))
		free_pages_of_order(page, order);
	else
		free_to_list(raw_cpu_read(page_cpu.free_lists)[page->flags >> PAGE_PCPTYPE_PGSHIFT],
			     page);
}

void free_hot_cold_page(struct page *page, bool cold)
{
	if (cold)
		free_pages_checked(page, 0, true);
	else
		__free_pages(page, 0);
}

void free_hot_cold_page_list(struct list_head *list, bool cold)
{
	struct page *page, *next;

	list_for_each_entry_safe (page, next, list, lru)
		free_hot_cold_page(page, cold);
	INIT_LIST_HEAD(list);
}

void free_pages(unsigned long addr, unsigned int order)
{
	if (addr)
		__free_pages(virt_to_page(addr), order);
}

/*
 * Drops a reference that is not the last, whatever its owner's marks on the page. What
 * others use the counter's place for, or never had references, is left alone.
 */
static bool put_shared_page(struct page *page)
{
	int old = page_ref_count(page);

	if (data_race(page->flags) & (1UL << PG_slab | 1UL << PG_reserved | 1UL << PG_buddy))
		return false;
	while (old > 1) {
		int seen = atomic_cmpxchg(&page->_refcount, old, old - 1);

		if (seen == old)
			return true;
		old = seen;
	}
	return false;
}

void put_page(struct page *page)
{
	unsigned int order;

	page = compound_head(page);
	if (put_shared_page(page))
		return;
	if (unlikely(data_race(page->flags) & PAGE_FLAGS_LRU)) {
		put_lru_page(page);
		return;
	}
	order = page_alloc_order(page);
	if (unlikely(free_page_is_bad(page, order)))
		return;
	if (put_page_testzero(page))
		free_block(page, order);
}
