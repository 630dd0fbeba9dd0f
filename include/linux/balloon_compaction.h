/* SPDX-License-Identifier: MIT */
/*
 * Pages of a balloon: memory that a driver takes from the machine, gives to somebody outside of
 * it, and takes back. They can be moved, so that they do not stand in the way of compaction.
 *
 *   balloon_page_alloc ─► balloon_page_enqueue ─► pages ─► balloon_page_dequeue ─► put_page
 *                                                 │   ▲
 *                                     isolate_page│   │putback_page, or migratepage:
 *                                                 ▼   │balloon_page_insert() of the new page
 *                                                isolated
 *
 * Owns:       page->lru, private value, operations and PG_offline of the pages in a balloon,
 *             each with one reference. Their contents are for whoever has them outside.
 * Invariants: a page is on the balloon's list, or counts as isolated.
 * Lifetime:   pages from page allocator and slab caches on; a balloon is its driver's.
 * Locking:    page lock, then pages_lock, both taken here where nothing else is said.
 * Units:      pages of order 0.
 * Failure:    NULL, or fewer pages than asked for. panic() where a page is enqueued that
 *             somebody has locked, or dequeued from a balloon that has none.
 * Source:     Linux 6.1's balloon_compaction.h, with compaction of balloons.
 */
#ifndef _LINUX_BALLOON_COMPACTION_H
#define _LINUX_BALLOON_COMPACTION_H

#include <linux/err.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/list.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/page-flags.h>
#include <linux/pagemap.h>
#include <linux/spinlock.h>

struct balloon_dev_info {
	unsigned long isolated_pages; /* on their way, and not on the list */
	spinlock_t pages_lock;	      /* of the list and the count */
	struct list_head pages;
	/*
	 * Moves @page to @newpage, both locked: gets the outside to use @newpage, gets a reference
	 * to it, inserts it, and with pages_lock has isolated_pages go down; balloon_page_finalize()
	 * and put_page() for @page. 0 or -errno, as movable_operations' migrate_page.
	 */
	int (*migratepage)(struct balloon_dev_info *balloon, struct page *newpage,
			   struct page *page, enum migrate_mode mode);
};

static inline void balloon_devinfo_init(struct balloon_dev_info *balloon)
{
	balloon->isolated_pages = 0;
	spin_lock_init(&balloon->pages_lock);
	INIT_LIST_HEAD(&balloon->pages);
	balloon->migratepage = NULL;
}

/* Which pages may be in a balloon. */
static inline gfp_t balloon_mapping_gfp_mask(void)
{
	return GFP_HIGHUSER_MOVABLE;
}

/* A page for a balloon, without effort: NULL where memory is short. */
struct page *balloon_page_alloc(void);

/* The page, which nobody else has, is in the balloon; and all those of a list, how many. */
void balloon_page_enqueue(struct balloon_dev_info *b_dev_info, struct page *page);
size_t balloon_page_list_enqueue(struct balloon_dev_info *b_dev_info, struct list_head *pages);

/*
 * One of the balloon's pages, linked no more; NULL: those left are locked or isolated just now.
 * And up to @n_req_pages of them to the front of @pages; how many.
 */
struct page *balloon_page_dequeue(struct balloon_dev_info *b_dev_info);
size_t balloon_page_list_dequeue(struct balloon_dev_info *b_dev_info, struct list_head *pages,
				 size_t n_req_pages);

/* ---- For migratepage() ------------------------------------------------------------------- */

extern const struct movable_operations balloon_mops;

/* The locked page is the balloon's; with pages_lock held. */
static inline void balloon_page_insert(struct balloon_dev_info *balloon, struct page *page)
{
	__SetPageOffline(page);
	__SetPageMovable(page, &balloon_mops);
	set_page_private(page, (unsigned long)balloon);
	list_add(&page->lru, &balloon->pages);
}

/* The locked page, off the list, is so no more, and can be freed. */
static inline void balloon_page_finalize(struct page *page)
{
	__ClearPageMovable(page);
	set_page_private(page, 0);
	__ClearPageOffline(page);
}

/* Whose page it is. */
static inline struct balloon_dev_info *balloon_page_device(struct page *page)
{
	return (struct balloon_dev_info *)page_private(page);
}

/* ---- Pages that are in no balloon yet, or any more ------------------------------------------ */

static inline void balloon_page_push(struct list_head *pages, struct page *page)
{
	list_add(&page->lru, pages);
}

/* The page pushed last, or NULL. */
static inline struct page *balloon_page_pop(struct list_head *pages)
{
	struct page *page = list_first_entry_or_null(pages, struct page, lru);

	if (page)
		list_del(&page->lru);
	return page;
}

#endif /* _LINUX_BALLOON_COMPACTION_H */
