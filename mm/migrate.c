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
 *
 * The list of who isolated it goes through page->lru, where its owner has page->index: that
 * is kept elsewhere meanwhile (page_entry.h), and put back before the owner is asked.
 */
#include "migrate.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/page_owner.h>
#include <linux/pagemap.h>
#include <linux/swap.h>
#include <linux/vmstat.h>
#include <baremm/panic.h>

#include "internal.h"
#include "memory_failure.h"
#include "page_entry.h"

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

/* All that pages have or had, by the numbers in the flags of these. */
#define NR_MOVABLE_OPS ((PAGE_MOVABLE_OPS_MASK >> PAGE_MOVABLE_OPS_PGSHIFT) + 1)
static const struct movable_operations *movable_ops[NR_MOVABLE_OPS];

/* The number of @ops, from now on if they have none yet. */
static unsigned long movable_ops_number(const struct movable_operations *ops)
{
	for (unsigned long nr = 0; nr < NR_MOVABLE_OPS; nr++) {
		const struct movable_operations *has =
			__atomic_load_n(&movable_ops[nr], __ATOMIC_ACQUIRE);

		if (has == ops ||
		    (!has && (__atomic_compare_exchange_n(&movable_ops[nr], &has, ops, false,
							  __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE) ||
			      has == ops)))
			return nr;
	}
	panic("__SetPageMovable: all %lu numbers of movable_operations are taken, raise "
	      "PAGE_MOVABLE_OPS_MASK",
	      NR_MOVABLE_OPS);
}

const struct movable_operations *page_movable_ops(const struct page *page)
{
	unsigned long flags = data_race(page->flags);

	VM_BUG_ON(!(flags & 1UL << PG_movable));
	return __atomic_load_n(
		&movable_ops[(flags & PAGE_MOVABLE_OPS_MASK) >> PAGE_MOVABLE_OPS_PGSHIFT],
		__ATOMIC_ACQUIRE);
}

void __SetPageMovable(struct page *page, const struct movable_operations *ops)
{
	unsigned long number = movable_ops_number(ops) << PAGE_MOVABLE_OPS_PGSHIFT, was, flags;

	VM_BUG_ON(!PageLocked(page));
	VM_BUG_ON(PageTail(page) || page_ref_count(page) <= 0);
	was = READ_ONCE(page->flags);
	do
		flags = (was & ~PAGE_MOVABLE_OPS_MASK) | number | 1UL << PG_movable;
	while (!__atomic_compare_exchange_n(&page->flags, &was, flags, false, __ATOMIC_RELEASE,
					    __ATOMIC_RELAXED));
}

void __ClearPageMovable(struct page *page)
{
	VM_BUG_ON(!PageLocked(page));
	__atomic_fetch_and(&page->flags, ~(PAGE_MOVABLE_OPS_MASK | 1UL << PG_movable),
			   __ATOMIC_RELEASE);
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

/* Nobody has it isolated any more. */
static void end_isolation(struct page *page)
{
	ClearPageIsolated(page);
	page_entry_unisolate(page);
}

/* The owner of the locked page has it again. */
static void give_back(struct page *page)
{
	if (PageMovable(page))
		page_movable_ops(page)->putback_page(page);
	end_isolation(page);
}

/* The owner of the locked page says yes; and page->index is kept. */
static bool isolate_from_owner(struct page *page, isolate_mode_t mode)
{
	if (!page_movable_ops(page)->isolate_page(page, mode))
		return false;
	SetPageIsolated(page);
	if (!page_entry_isolate(page))
		return true;
	give_back(page);
	return false;
}

int isolate_movable_page(struct page *page, isolate_mode_t mode)
{
	int err = -EBUSY;

	if (!trylock_movable_page(page))
		return -EBUSY;
	if (isolate_from_owner(page, mode)) {
		get_page(page);
		err = 0;
	}
	unlock_page(page);
	return err;
}

/* The lock is held for a few instructions at a time by whoever does not isolate. */
static void lock_isolated_page(struct page *page)
{
	while (!trylock_page(page))
		cpu_relax();
}

/* ---- Pages that are isolated, of either kind ---------------------------------------- */

/* One that came off an LRU list, the anonymous ones or those of files, counts as isolated. */
static void count_isolated(const struct page *page, bool file, long change)
{
	mod_node_page_state(page_zone(page)->zone_pgdat, file ? NR_ISOLATED_FILE : NR_ISOLATED_ANON,
			    change * (1L << page_alloc_order(page)));
}

int isolate_migratable_page(struct page *page, isolate_mode_t mode, struct list_head *pages)
{
	bool lru = !PageTail(page) && PageLRU(page);
	int err = lru ? isolate_lru_page(page) : isolate_movable_page(page, mode);

	if (err)
		return err;
	list_add_tail(&page->lru, pages);
	if (lru)
		count_isolated(page, page_is_file_lru(page), 1);
	return 0;
}

/* On no list any more. */
static void putback_page(struct page *page)
{
	if (!isolated_from_owner(page)) {
		count_isolated(page, page_is_file_lru(page), -1);
		putback_lru_page(page);
		return;
	}
	lock_isolated_page(page);
	page_entry_restore(page);
	give_back(page);
	unlock_page(page);
	put_page(page);
}

void putback_movable_pages(struct list_head *l)
{
	struct page *page, *next;

	list_for_each_entry_safe (page, next, l, lru) {
		list_del(&page->lru);
		putback_page(page);
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
		page_entry_restore(page);
		err = page_movable_ops(page)->migrate_page(newpage, page, mode);
	}
	if (!err)
		end_isolation(page);
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
	int reason;
};

static void drop_new_page(const struct migration *m, struct page *newpage)
{
	if (m->put_new_page)
		m->put_new_page(newpage, m->private);
	else
		put_page(newpage);
}

/*
 * The page that is moved to is its owner's or the cache's from now on, or was not used: also where
 * an owner let go of the old one meanwhile. One of the cache's may have left it since.
 */
static void finish_new_page(const struct migration *m, struct page *newpage, bool lru, bool used)
{
	if (!used || (!lru && page_ref_count(newpage) == 1))
		drop_new_page(m, newpage);
	else if (lru)
		putback_lru_page(newpage);
	else
		put_page(newpage);
}

/* To a new one. -ENOMEM: nowhere to move it; -EBUSY: what is in it is lost. */
static int move_page(const struct migration *m, struct page *page, bool lru)
{
	struct page *newpage;
	int err;

	if (block_is_bad(page, page_alloc_order(page)))
		return -EBUSY;
	newpage = m->get_new_page(page, m->private);
	if (!newpage)
		return -ENOMEM;
	err = lock_and_move(newpage, page, m->mode);
	if (!err && page_ref_count(newpage) > 1)
		copy_page_owner(newpage, page);
	finish_new_page(m, newpage, lru, !err);
	return err;
}

/* @page, which is on no list. 0, and it is done with; else see move_page(). */
static int migrate_one(const struct migration *m, struct page *page)
{
	bool lru = !isolated_from_owner(page), file = page_is_file_lru(page);
	bool gone = page_ref_count(page) == 1; /* its owner let go of it meanwhile */
	int err = gone ? 0 : move_page(m, page, lru);

	if (err)
		return err;
	if (lru && m->reason != MR_DEMOTION)
		count_isolated(page, file, -1);
	if (gone && !lru)
		end_isolation(page);
	if (m->reason != MR_MEMORY_FAILURE)
		put_page(page);
	return 0;
}

/* ---- Many ------------------------------------------------------------------------ */

struct migrate_counts {
	unsigned int succeeded_pages;
	unsigned int failed;
	unsigned int failed_pages;
	unsigned int retry; /* -EAGAIN in this pass */
	unsigned int retry_pages;
};

/* One of @from again; -ENOMEM: no other need be tried. */
static int migrate_listed(const struct migration *m, struct page *page, struct list_head *failed,
			  struct migrate_counts *n)
{
	unsigned int nr_pages = 1U << page_alloc_order(page);
	struct list_head *before = page->lru.prev;
	int err;

	list_del(&page->lru);
	err = migrate_one(m, page);
	if (!err) {
		n->succeeded_pages += nr_pages;
	} else if (err == -EAGAIN) {
		list_add(&page->lru, before);
		n->retry++;
		n->retry_pages += nr_pages;
	} else {
		list_add_tail(&page->lru, failed);
		n->failed++;
		n->failed_pages += nr_pages;
	}
	/* Where there is no block there may still be pages, for others. */
	return err == -ENOMEM && nr_pages == 1 ? err : 0;
}

static int migrate_pass(const struct migration *m, struct list_head *from, struct list_head *failed,
			struct migrate_counts *n)
{
	struct page *page, *next;
	int err = 0;

	n->retry = n->retry_pages = 0;
	list_for_each_entry_safe (page, next, from, lru) {
		err = migrate_listed(m, page, failed, n);
		if (err)
			break;
	}
	return err;
}

int migrate_pages(struct list_head *from, new_page_t get_new_page, free_page_t put_new_page,
		  unsigned long private, enum migrate_mode mode, int reason,
		  unsigned int *ret_succeeded)
{
	const struct migration m = {get_new_page, put_new_page, private, mode, reason};
	struct migrate_counts n = {.retry = 1};
	LIST_HEAD(failed);
	int err = 0;

	for (int pass = 0; pass < MIGRATE_PASSES && n.retry && !err; pass++)
		err = migrate_pass(&m, from, &failed, &n);
	list_splice(&failed, from);
	count_vm_events(PGMIGRATE_SUCCESS, n.succeeded_pages);
	count_vm_events(PGMIGRATE_FAIL, n.failed_pages + n.retry_pages);
	if (ret_succeeded)
		*ret_succeeded = n.succeeded_pages;
	return err ? err : (int)(n.failed + n.retry);
}

struct page *alloc_migration_target(struct page *page, unsigned long private)
{
	const struct migration_target_control *mtc = (const void *)private;
	int nid = mtc->nid == NUMA_NO_NODE ? page_to_nid(page) : mtc->nid;

	return __alloc_pages(mtc->gfp_mask | (PageHead(page) ? __GFP_COMP : 0),
			     page_alloc_order(page), nid, mtc->nmask);
}
