// SPDX-License-Identifier: MIT
/*
 * Pages that a driver has given away, and that can be moved. Contracts: linux/balloon_compaction.h,
 * linux/page-flags.h.
 */
#include <linux/balloon_compaction.h>

#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/rwsem.h>
#include <linux/vmstat.h>

/* ---- Pages that are offline ------------------------------------------------------------ */

static DECLARE_RWSEM(offline_lock);

void page_offline_freeze(void)
{
	down_read(&offline_lock);
}

void page_offline_thaw(void)
{
	up_read(&offline_lock);
}

void page_offline_begin(void)
{
	down_write(&offline_lock);
}

void page_offline_end(void)
{
	up_write(&offline_lock);
}

/* ---- Into the balloon, and out of it --------------------------------------------------- */

struct page *balloon_page_alloc(void)
{
	return alloc_page(balloon_mapping_gfp_mask() | __GFP_NOMEMALLOC | __GFP_NORETRY |
			  __GFP_NOWARN);
}

/* With pages_lock. The page is its caller's alone: nobody has a reason to lock it. */
static void enqueue(struct balloon_dev_info *balloon, struct page *page)
{
	BUG_ON(!trylock_page(page));
	balloon_page_insert(balloon, page);
	unlock_page(page);
	count_vm_event(BALLOON_INFLATE);
}

void balloon_page_enqueue(struct balloon_dev_info *b_dev_info, struct page *page)
{
	unsigned long flags;

	spin_lock_irqsave(&b_dev_info->pages_lock, flags);
	enqueue(b_dev_info, page);
	spin_unlock_irqrestore(&b_dev_info->pages_lock, flags);
}

size_t balloon_page_list_enqueue(struct balloon_dev_info *b_dev_info, struct list_head *pages)
{
	unsigned long flags;
	struct page *page;
	size_t nr = 0;

	spin_lock_irqsave(&b_dev_info->pages_lock, flags);
	for (; (page = balloon_page_pop(pages)); nr++)
		enqueue(b_dev_info, page);
	spin_unlock_irqrestore(&b_dev_info->pages_lock, flags);
	return nr;
}

/* The other order of locks: one that somebody has locked is passed over. */
static bool try_dequeue(struct page *page)
{
	if (!trylock_page(page))
		return false;
	list_del(&page->lru);
	balloon_page_finalize(page);
	unlock_page(page);
	count_vm_event(BALLOON_DEFLATE);
	return true;
}

size_t balloon_page_list_dequeue(struct balloon_dev_info *b_dev_info, struct list_head *pages,
				 size_t n_req_pages)
{
	struct page *page, *next;
	unsigned long flags;
	size_t nr = 0;

	spin_lock_irqsave(&b_dev_info->pages_lock, flags);
	list_for_each_entry_safe (page, next, &b_dev_info->pages, lru) {
		if (nr == n_req_pages)
			break;
		if (try_dequeue(page)) {
			balloon_page_push(pages, page);
			nr++;
		}
	}
	spin_unlock_irqrestore(&b_dev_info->pages_lock, flags);
	return nr;
}

/* Who asks an empty balloon for pages has lost count, and may ask for ever. */
static void check_has_pages(struct balloon_dev_info *balloon)
{
	unsigned long flags;

	spin_lock_irqsave(&balloon->pages_lock, flags);
	BUG_ON(list_empty(&balloon->pages) && !balloon->isolated_pages);
	spin_unlock_irqrestore(&balloon->pages_lock, flags);
}

struct page *balloon_page_dequeue(struct balloon_dev_info *b_dev_info)
{
	LIST_HEAD(pages);

	if (!balloon_page_list_dequeue(b_dev_info, &pages, 1))
		check_has_pages(b_dev_info);
	return balloon_page_pop(&pages);
}

/* ---- As movable pages -------------------------------------------------------------------- */

static bool balloon_page_isolate(struct page *page, isolate_mode_t mode)
{
	struct balloon_dev_info *balloon = balloon_page_device(page);
	unsigned long flags;

	(void)mode;
	spin_lock_irqsave(&balloon->pages_lock, flags);
	list_del(&page->lru);
	balloon->isolated_pages++;
	spin_unlock_irqrestore(&balloon->pages_lock, flags);
	return true;
}

static void balloon_page_putback(struct page *page)
{
	struct balloon_dev_info *balloon = balloon_page_device(page);
	unsigned long flags;

	spin_lock_irqsave(&balloon->pages_lock, flags);
	list_add(&page->lru, &balloon->pages);
	balloon->isolated_pages--;
	spin_unlock_irqrestore(&balloon->pages_lock, flags);
}

/* The outside must copy, if the contents are of use to it at all. */
static int balloon_page_migrate(struct page *newpage, struct page *page, enum migrate_mode mode)
{
	struct balloon_dev_info *balloon = balloon_page_device(page);

	if (mode == MIGRATE_SYNC_NO_COPY)
		return -EINVAL;
	return balloon->migratepage(balloon, newpage, page, mode);
}

const struct movable_operations balloon_mops = {
	.isolate_page = balloon_page_isolate,
	.migrate_page = balloon_page_migrate,
	.putback_page = balloon_page_putback,
};
