/* SPDX-License-Identifier: MIT */
/*
 * The LRU lists: which folios reclaim may take, the ones not used of late first.
 *
 *                    accessed twice                       accessed
 *   lru_cache_add ─► inactive ◄───────────────► active ─► (referenced)
 *        tail ◄─ reclaim takes from here; active pages sink to inactive ◄─ tail
 *
 * Owns:       PG_lru, PG_active, PG_referenced and page->lru of the pages on a list, and
 *             the counts of node and zone. The pages are their owner's, who holds a
 *             reference; being on a list is none.
 * Invariants: PG_lru is set just while the page is on a list, or counted among the
 *             unevictable ones. Who isolates a page has a reference to it.
 * Lifetime:   from free_area_init() on. The last put_page() of a page takes it off.
 * Locking:    PG_lru and the lists: the node's lru_lock, taken here.
 * Units:      a folio is on a list as a whole, by its first page, and counted by its pages.
 * Failure:    -errno, nothing changed.
 * Source:     Linux's include/linux/swap.h and mm/swap.c; pages are added at once, not
 *             in batches for each CPU.
 */
#ifndef _LINUX_SWAP_H
#define _LINUX_SWAP_H

#include <linux/mm.h>
#include <linux/mmzone.h>

struct folio_batch;
struct pagevec;

/* Pages that reclaim isolates, and wants, at a time; and those that compaction moves. */
#define SWAP_CLUSTER_MAX    32UL
#define COMPACT_CLUSTER_MAX SWAP_CLUSTER_MAX

/* Is the caller called by kswapd, as a shrinker may be? On this CPU. Linux: current_is_kswapd(). */
int current_is_kswapd(void);

/* Is a file behind it, so that it can be read anew? */
static inline int page_is_file_lru(const struct page *page)
{
	return !PageSwapBacked(page);
}

static inline enum lru_list page_lru_base(const struct page *page)
{
	return page_is_file_lru(page) ? LRU_INACTIVE_FILE : LRU_INACTIVE_ANON;
}

/* The list that its flags say it is on, or belongs on. */
static inline enum lru_list page_lru(const struct page *page)
{
	if (PageUnevictable(page))
		return LRU_UNEVICTABLE;
	return (enum lru_list)(page_lru_base(page) + PageActive(page));
}

/* Puts @page, on no list yet, to the front of the one its flags say. */
void lru_cache_add(struct page *page);

/*
 * The caller used @page: inactive pages become referenced at first, active the second
 * time; active ones referenced.
 */
void mark_page_accessed(struct page *page);

/* To the front of the active list, or of the inactive one. Only if it is on a list. */
void activate_page(struct page *page);
void deactivate_page(struct page *page);

/* To the end of the inactive list, from where reclaim takes: it was just written. */
void rotate_reclaimable_page(struct page *page);

/*
 * Takes @page off its list, and a reference to it, whether the caller has one or not. page->lru
 * is the caller's then, for a list of his own, until the page is put back or moved. -EBUSY: it
 * is on none.
 */
int isolate_lru_page(struct page *page);

/* Puts an isolated page, which is on no list, back, and drops the reference. */
void putback_lru_page(struct page *page);

/* ---- Reclaim ------------------------------------------------------------------------- */

/* With lru_lock held. */
void lruvec_add_page(struct lruvec *lruvec, struct page *page);
void lruvec_add_page_tail(struct lruvec *lruvec, struct page *page);
void lruvec_del_page(struct lruvec *lruvec, struct page *page);
/* Off its list, in the hands of a caller who has a reference, until lru_cache_add(). */
void lruvec_isolate_page(struct lruvec *lruvec, struct page *page);

/*
 * Drops the isolated pages on the list from their mappings, however recently they were used, and
 * frees them, after writing those that are dirty. The others go back to their LRU lists: none is
 * left on this one. Returns how many pages of order 0 were freed. What waits for memory meanwhile,
 * or writing, is as with reclaim for an allocation with GFP_KERNEL.
 */
unsigned long reclaim_pages(struct list_head *page_list);

/*
 * Pages whose mapping is not unevictable any more are back on a list, where reclaim sees them.
 * The caller has a reference to each, and none of them locked.
 */
void check_move_unevictable_folios(struct folio_batch *fbatch);
void check_move_unevictable_pages(struct pagevec *pvec);

static inline struct lruvec *page_lruvec(const struct page *page)
{
	return &NODE_DATA(page_to_nid(page))->__lruvec;
}

static inline void folio_add_lru(struct folio *folio)
{
	lru_cache_add(&folio->page);
}

static inline void folio_mark_accessed(struct folio *folio)
{
	mark_page_accessed(&folio->page);
}

static inline int folio_isolate_lru(struct folio *folio)
{
	return isolate_lru_page(&folio->page);
}

static inline void folio_putback_lru(struct folio *folio)
{
	putback_lru_page(&folio->page);
}

/* ---- What Linux has for CPUs that gather pages before they list them: here none do ---------- */

#define lru_add_drain()		     ((void)0)
#define lru_add_drain_cpu(cpu)	     ((void)(cpu))
#define lru_add_drain_cpu_zone(zone) ((void)(zone))
#define lru_add_drain_all()	     ((void)0)
#define lru_cache_disable()	     ((void)0)
#define lru_cache_enable()	     ((void)0)
#define lru_cache_disabled()	     false

/* ---- Swap space: there is none, as on Linux without CONFIG_SWAP --------------------------------- */

#define total_swap_pages	0L
#define get_nr_swap_pages()	0L
#define total_swapcache_pages() 0UL
#define vm_swap_full()		false

#define free_page_and_swap_cache(page)	     put_page(page)
#define free_pages_and_swap_cache(pages, nr) release_pages((pages), (nr))

/* What comes with this header on Linux. */
#include <linux/fs.h>
#include <linux/memcontrol.h>
#include <linux/node.h>
#include <linux/pagemap.h>
#include <linux/sched.h>

#endif /* _LINUX_SWAP_H */
