// SPDX-License-Identifier: MIT
/*
 * Taking pages from their owners, and having these move them. Contract:
 * linux/migrate.h.
 *
 * A page's references while it is isolated: its owner's and the isolation's. When it
 * is moved the owner's goes to the new page, and the isolation's is dropped, which
 * frees the page:
 *
 *                  isolated   moved   done
 *   page              2         1      0
 *   new page          1         2      1     1 from get_new_page, which is dropped
 */
#include <linux/migrate.h>

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/page_owner.h>
#include <linux/pagemap.h>
#include <linux/swap.h>
#include <linux/vmstat.h>

#include "internal.h"
#include "memory_failure.h"

/* How often a page is tried that may be had in a moment. */
#define MIGRATE_PASSES 10

/* Its owner's reference, and the isolation's. */
#define MOVABLE_PAGE_REFS 2

/* Isolated from an owner with operations, and not from an LRU list. */
static bool isolated_from_owner(const struct page *page)
{
	return PageIsolated(page);
}

/* ---- Movable pages and their owners ---------------------------------------------- */

static const struct movable_operations *page_movable_ops(const struct page *page)
{
	return page->mapping;
}

void __SetPageMovable(struct page *page, const struct movable_operations *ops)
{
	VM_BUG_ON(!PageLocked(page));
	VM_BUG_ON(PageTail(page) || page_ref_count(page) <= 0);
	page->mapping = (void *)(unsigned long)ops;
	set_bit(PG_movable, &page->flags);
}

void __ClearPageMovable(struct page *page)
{
	VM_BUG_ON(!PageLocked(page));
	clear_bit(PG_movable, &page->flags);
	page->mapping = NULL;
}

/*
 * Locks @page if it is movable, and neither locked nor isolated. That is asked and
 * done in one step, since without a reference of ours the page may become anything
 * at any time; once it is locked its owner cannot let it go.
 */
static bool trylock_movable_page(struct page *page)
{
	const unsigned long asked = 1UL << PG_movable | 1UL << PG_locked | 1UL << PG_isolated;
	unsigned long flags = READ_ONCE(page->flags);

	while ((flags & asked) == 1UL << PG_movable)
		if (__atomic_compare_exchange_n(&page->flags, &flags, flags | 1UL << PG_locked,
						false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
			return true;
	return false;
}

int isolate_movable_page(struct page *page, isolate_mode_t mode)
{
	int err = -EBUSY;

	if (!trylock_movable_page(page))
		return -EBUSY;
	if (page_movable_ops(page)->isolate_page(page, mode)) {
		get_page(page);
		SetPageIsolated(page);
		err = 0;
	}
	unlock_page(page);
	return err;
}

int isolate_migratable_page(struct page *page, isolate_mode_t mode)
{
	if (PageLRU(page))
		return isolate_lru_page(page);
	return isolate_movable_page(page, mode);
}

/* The lock is held for a few instructions at a time by whoever does not isolate. */
static void lock_isolated_page(struct page *page)
{
	while (!trylock_page(page))
		cpu_relax();
}

void putback_movable_page(struct page *page)
{
	if (!isolated_from_owner(page)) {
		putback_lru_page(page);
		return;
	}
	lock_isolated_page(page);
	if (PageMovable(page))
		page_movable_ops(page)->putback_page(page);
	ClearPageIsolated(page);
	unlock_page(page);
	put_page(page);
}

void putback_movable_pages(struct page **pages, unsigned int nr)
{
	for (unsigned int i = 0; i < nr; i++) {
		if (pages[i])
			putback_movable_page(pages[i]);
		pages[i] = NULL;
	}
}

/* ---- One page -------------------------------------------------------------------- */

/*
 * A page that came off an LRU list. Those that are in no mapping nobody can move, nor private
 * data of which nobody says how. What is dirty is so in its new place, and is not written first.
 */
static int move_lru_page(struct page *newpage, struct page *page, enum migrate_mode mode)
{
	struct folio *dst = page_folio(newpage), *src = page_folio(page);
	struct address_space *mapping = folio_mapping(src);

	if (!mapping)
		return -EBUSY;
	if (folio_test_writeback(src))
		return -EAGAIN;
	if (mapping->a_ops && mapping->a_ops->migrate_folio)
		return mapping->a_ops->migrate_folio(mapping, dst, src, mode);
	if (folio_test_private(src) && !filemap_release_folio(src, GFP_KERNEL))
		return mode == MIGRATE_SYNC ? -EAGAIN : -EBUSY;
	return migrate_folio(mapping, dst, src, mode);
}

/* Both are locked. 0: @page is nobody's but ours. */
static int move_to_new_page(struct page *newpage, struct page *page, enum migrate_mode mode)
{
	int err = 0;

	if (!isolated_from_owner(page))
		return move_lru_page(newpage, page, mode);
	if (PageMovable(page)) {
		if (page_ref_count(page) != MOVABLE_PAGE_REFS)
			return -EAGAIN;
		err = page_movable_ops(page)->migrate_page(newpage, page, mode);
	}
	if (!err)
		ClearPageIsolated(page);
	return err;
}

static int lock_and_move(struct page *newpage, struct page *page, enum migrate_mode mode)
{
	int err = -EAGAIN;

	if (!trylock_page(page))
		return -EAGAIN;
	if (trylock_page(newpage)) {
		err = move_to_new_page(newpage, page, mode);
		unlock_page(newpage);
	}
	unlock_page(page);
	return err;
}

struct migration {
	new_page_t *get_new_page;
	free_page_t *put_new_page;
	unsigned long private;
	enum migrate_mode mode;
	enum migrate_reason reason;
};

static void drop_new_page(const struct migration *m, struct page *newpage)
{
	if (m->put_new_page)
		m->put_new_page(newpage, m->private);
	else
		put_page(newpage);
}

/* A page of which ours is the last reference. */
static void free_isolated_page(struct page *page)
{
	if (!isolated_from_owner(page)) {
		putback_lru_page(page);
		return;
	}
	ClearPageIsolated(page);
	put_page(page);
}

/* The page that is moved to is its owner's or the cache's from now on, or not used at all. */
static void finish_new_page(const struct migration *m, struct page *newpage, bool lru)
{
	if (page_ref_count(newpage) == 1)
		drop_new_page(m, newpage);
	else if (lru)
		putback_lru_page(newpage);
	else
		put_page(newpage);
}

/* 0, and the page is done with; -ENOMEM: nowhere to move it; -EBUSY: what is in it is lost. */
static int migrate_one(const struct migration *m, struct page *page)
{
	bool lru = !isolated_from_owner(page);
	struct page *newpage;
	int err;

	/* Its owner let go of it meanwhile. */
	if (page_ref_count(page) == 1) {
		free_isolated_page(page);
		return 0;
	}
	if (block_is_bad(page, page_alloc_order(page)))
		return -EBUSY;
	newpage = m->get_new_page(page, m->private);
	if (!newpage)
		return -ENOMEM;
	err = lock_and_move(newpage, page, m->mode);
	if (!err && page_ref_count(newpage) > 1)
		copy_page_owner(newpage, page);
	finish_new_page(m, newpage, lru);
	if (!err && m->reason != MR_MEMORY_FAILURE)
		put_page(page);
	return err;
}

/* ---- Many ------------------------------------------------------------------------ */

/* Pages whose passes are made together: a bit for each that will not be tried again. */
#define MIGRATE_CHUNK 64

struct migrate_counts {
	unsigned int succeeded_pages;
	unsigned int failed; /* in all chunks done */
	unsigned int failed_pages;
	unsigned int retry; /* -EAGAIN in this pass */
	unsigned int retry_pages;
};

static void count_failed(struct migrate_counts *n, unsigned int nr_pages)
{
	n->failed++;
	n->failed_pages += nr_pages;
}

static int migrate_pass(const struct migration *m, struct page **pages, unsigned int nr,
			unsigned long *gave_up, struct migrate_counts *n)
{
	n->retry = n->retry_pages = 0;
	for (unsigned int i = 0; i < nr; i++) {
		unsigned int nr_pages;
		int err;

		if (!pages[i] || test_bit(i, gave_up))
			continue;
		nr_pages = 1U << page_alloc_order(pages[i]);
		err = migrate_one(m, pages[i]);
		if (!err) {
			pages[i] = NULL;
			n->succeeded_pages += nr_pages;
		} else if (err == -EAGAIN) {
			n->retry++;
			n->retry_pages += nr_pages;
		} else {
			__set_bit(i, gave_up);
			count_failed(n, nr_pages);
		}
		/* Where there is no block there may still be pages, for others. */
		if (err == -ENOMEM && nr_pages == 1)
			return err;
	}
	return 0;
}

static int migrate_chunk(const struct migration *m, struct page **pages, unsigned int nr,
			 struct migrate_counts *n)
{
	unsigned long gave_up = 0;
	int err = 0;

	n->retry = 1;
	n->retry_pages = 0;
	for (int pass = 0; pass < MIGRATE_PASSES && n->retry && !err; pass++)
		err = migrate_pass(m, pages, nr, &gave_up, n);
	n->failed += n->retry;
	n->failed_pages += n->retry_pages;
	return err;
}

int migrate_pages(struct page **pages, unsigned int nr, new_page_t get_new_page,
		  free_page_t put_new_page, unsigned long private, enum migrate_mode mode,
		  enum migrate_reason reason, unsigned int *ret_succeeded)
{
	const struct migration m = {get_new_page, put_new_page, private, mode, reason};
	struct migrate_counts n = {};
	int err = 0;

	for (unsigned int i = 0; i < nr && !err; i += MIGRATE_CHUNK)
		err = migrate_chunk(&m, pages + i, min(nr - i, MIGRATE_CHUNK + 0U), &n);
	count_vm_events(PGMIGRATE_SUCCESS, n.succeeded_pages);
	count_vm_events(PGMIGRATE_FAIL, n.failed_pages);
	if (ret_succeeded)
		*ret_succeeded = n.succeeded_pages;
	return err ? err : (int)n.failed;
}

struct page *alloc_migration_target(struct page *page, unsigned long private)
{
	const struct migration_target_control *mtc = (const void *)private;
	int nid = mtc->nid == NUMA_NO_NODE ? page_to_nid(page) : mtc->nid;

	return __alloc_pages(mtc->gfp_mask | (PageHead(page) ? __GFP_COMP : 0),
			     page_alloc_order(page), nid, mtc->nmask);
}
