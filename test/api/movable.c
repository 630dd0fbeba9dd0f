// SPDX-License-Identifier: MIT
/*
 * A pool whose pages are on a list and can be moved, a driver with a balloon, and a tool that moves
 * pages off a node.
 */
#include <linux/balloon_compaction.h>
#include <linux/highmem.h>
#include <linux/list.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/mm_inline.h>
#include <linux/pagemap.h>
#include <linux/spinlock.h>
#include <linux/swap.h>

struct pool {
	spinlock_t lock;
	struct list_head pages;
	unsigned long isolated;
};

static bool pool_page_isolate(struct page *page, isolate_mode_t mode)
{
	struct pool *pool = (struct pool *)page_private(page);

	if (READ_ONCE(pool->isolated) >= COMPACT_CLUSTER_MAX)
		return false;
	if (mode & ISOLATE_ASYNC_MIGRATE && !spin_trylock(&pool->lock))
		return false;
	if (!(mode & ISOLATE_ASYNC_MIGRATE))
		spin_lock(&pool->lock);
	list_del_init(&page->lru);
	pool->isolated++;
	spin_unlock(&pool->lock);
	return true;
}

static void pool_page_putback(struct page *page)
{
	struct pool *pool = (struct pool *)page_private(page);

	spin_lock(&pool->lock);
	list_add(&page->lru, &pool->pages);
	pool->isolated--;
	spin_unlock(&pool->lock);
}

static int pool_page_migrate(struct page *newpage, struct page *page, enum migrate_mode mode);

static const struct movable_operations pool_mops = {
	.isolate_page = pool_page_isolate,
	.migrate_page = pool_page_migrate,
	.putback_page = pool_page_putback,
};

static int pool_page_migrate(struct page *newpage, struct page *page, enum migrate_mode mode)
{
	struct pool *pool = (struct pool *)page_private(page);

	if (mode == MIGRATE_SYNC_NO_COPY)
		return -EINVAL;
	if (!PageIsolated(page) || page_movable_ops(page) != &pool_mops)
		return -EAGAIN;
	copy_highpage(newpage, page);
	get_page(newpage);
	set_page_private(newpage, (unsigned long)pool);
	__SetPageMovable(newpage, &pool_mops);
	pool_page_putback(newpage);
	set_page_private(page, 0);
	__ClearPageMovable(page);
	put_page(page);
	return MIGRATEPAGE_SUCCESS;
}

int pool_add(struct pool *pool);
int pool_add(struct pool *pool)
{
	struct page *page = alloc_page(GFP_HIGHUSER_MOVABLE);

	if (!page)
		return -ENOMEM;
	lock_page(page);
	set_page_private(page, (unsigned long)pool);
	__SetPageMovable(page, &pool_mops);
	spin_lock(&pool->lock);
	list_add_tail(&page->lru, &pool->pages);
	spin_unlock(&pool->lock);
	unlock_page(page);
	return 0;
}

static struct page *page_of_node(struct page *page, unsigned long private)
{
	return __alloc_pages_node((int)private, GFP_HIGHUSER_MOVABLE | __GFP_THISNODE,
				  compound_order(page));
}

static void page_not_used(struct page *page, unsigned long private)
{
	pr_debug("node %lu got a page for nothing\n", private);
	__free_page(page);
}

/* Folios of files are taken from their LRU lists, others from whoever can be asked. */
int empty_range(unsigned long pfn, unsigned long end, int nid);
int empty_range(unsigned long pfn, unsigned long end, int nid)
{
	unsigned int moved = 0;
	LIST_HEAD(source);
	int left;

	for (; pfn < end; pfn++) {
		struct page *page = pfn_to_online_page(pfn);

		if (!page)
			continue;
		if (PageLRU(page) && !isolate_lru_page(page)) {
			list_add_tail(&page->lru, &source);
			inc_node_page_state(page, NR_ISOLATED_ANON + page_is_file_lru(page));
		} else if (__PageMovable(page) && !isolate_movable_page(page, 0)) {
			list_add_tail(&page->lru, &source);
		}
	}
	left = migrate_pages(&source, page_of_node, page_not_used, (unsigned long)nid, MIGRATE_SYNC,
			     MR_MEMORY_HOTPLUG, &moved);
	if (left)
		putback_movable_pages(&source);
	return left < 0 ? left : (int)moved;
}

unsigned long page_out(struct address_space *mapping, pgoff_t index);
unsigned long page_out(struct address_space *mapping, pgoff_t index)
{
	struct folio *folio = filemap_get_folio(mapping, index), *next;
	LIST_HEAD(folio_list);

	if (!folio)
		return 0;
	if (!folio_isolate_lru(folio))
		list_add(&folio->lru, &folio_list);
	folio_put(folio);
	list_for_each_entry_safe (folio, next, &folio_list, lru) {
		if (folio_is_file_lru(folio))
			continue;
		list_del(&folio->lru);
		folio_putback_lru(folio);
	}
	return reclaim_pages(&folio_list);
}

#ifdef CONFIG_BALLOON_COMPACTION
static int inflated_migratepage(struct balloon_dev_info *info, struct page *newpage,
				struct page *page, enum migrate_mode mode)
{
	unsigned long flags;

	if (mode == MIGRATE_ASYNC && !PageOffline(page))
		return -EAGAIN;
	get_page(newpage);
	spin_lock_irqsave(&info->pages_lock, flags);
	balloon_page_insert(info, newpage);
	info->isolated_pages--;
	__count_vm_event(BALLOON_MIGRATE);
	spin_unlock_irqrestore(&info->pages_lock, flags);
	balloon_page_finalize(page);
	put_page(page);
	return MIGRATEPAGE_SUCCESS;
}
#endif

unsigned long inflate(struct balloon_dev_info *info, unsigned long nr);
unsigned long inflate(struct balloon_dev_info *info, unsigned long nr)
{
	LIST_HEAD(pages);
	struct page *page;

	balloon_devinfo_init(info);
#ifdef CONFIG_BALLOON_COMPACTION
	info->migratepage = inflated_migratepage;
#endif
	while (nr-- && (page = balloon_page_alloc()))
		balloon_page_push(&pages, page);
	page = balloon_page_pop(&pages);
	if (page)
		balloon_page_enqueue(info, page);
	return balloon_page_list_enqueue(info, &pages);
}

void deflate(struct balloon_dev_info *info, size_t nr);
void deflate(struct balloon_dev_info *info, size_t nr)
{
	struct page *page = balloon_page_dequeue(info);
	LIST_HEAD(pages);

	if (page)
		put_page(page);
	balloon_page_list_dequeue(info, &pages, nr);
	put_pages_list(&pages);
}
