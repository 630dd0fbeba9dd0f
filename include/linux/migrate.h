/* SPDX-License-Identifier: MIT */
/*
 * Moving pages: owners who can be asked to give up a page for another one.
 *
 *   owner              mm                                        page           new page
 *   alloc, lock,
 *   __SetPageMovable,
 *   unlock                                                       movable
 *                      isolate_movable_page: lock, isolate_page  + isolated
 *                      list_add(&page->lru, pages)
 *                      migrate_pages(pages): lock both,
 *                      migrate_page
 *                        owner: copy, __SetPageMovable(new),
 *                        get_page(new), __ClearPageMovable(page),
 *                        put_page(page)                          nobody's       movable
 *                      or putback_movable_pages(pages): lock,
 *                      putback_page                              movable        freed
 *
 * Owns:       PG_movable, PG_isolated, which operations a page has (a number in its flags),
 *             and the isolation's reference. The owner has private, page->lru or
 *             page->index, which lie in one place, and one reference. page->lru is who
 *             isolated the page's from isolate_page on, and the operations find page->index
 *             as it was before. A movable page is a whole block as it was handed out, of
 *             any order, compound or not; it goes by its first page.
 * Invariants: a page is movable only as long as its owner holds its reference; who
 *             holds its lock and finds it movable may call the owner. While a third
 *             one holds a reference it is not moved.
 * Lifetime:   from mem_init() on.
 * Locking:    the operations are called with the page locked, no other lock of mm/'s
 *             held, and must not wait for memory. An owner who lets a page go locks it,
 *             calls __ClearPageMovable, unlocks it, and drops its reference: who has
 *             isolated it then finds nobody to ask, and lets go, too. No one here
 *             waits for a page's lock: whoever holds it may be who called. Lists of pages
 *             are their caller's.
 * Units:      blocks; events, and what migrate_pages() moved, are counted in pages of order 0.
 * Failure:    -errno, and the page is still its owner's.
 * Source:     Linux 6.1's migrate.h and page_migration.rst. On Linux page->index can be
 *             read also while the page is on a list.
 */
#ifndef _LINUX_MIGRATE_H
#define _LINUX_MIGRATE_H

#include <linux/gfp.h>
#include <linux/list.h>
#include <linux/migrate_mode.h>
#include <linux/mm_types.h>
#include <linux/mmzone.h>

struct address_space;

/*
 * A page was moved, or there is nothing to move any more; and Linux's mark of one that is only
 * unmapped yet, which no operation here says or is told.
 */
#define MIGRATEPAGE_SUCCESS 0
#define MIGRATEPAGE_UNMAP   1

/*
 *   isolate_page: @page is about to be moved: until one of the others is called the
 *                 owner uses neither its contents nor page->lru, index and private, which is
 *                 on no list of his any more; or he says false
 *   migrate_page: makes @dst what @src is, whose page->lru stays as it is, and lets go of @src
 *                 (see above). Both are first pages, of blocks of one order, compound or not.
 *                 0; -EAGAIN: it may work in a moment; any other error: not this time
 *   putback_page: it was not moved, and is the owner's as before
 */
struct movable_operations {
	bool (*isolate_page)(struct page *page, isolate_mode_t mode);
	int (*migrate_page)(struct page *dst, struct page *src, enum migrate_mode mode);
	void (*putback_page)(struct page *page);
};

/*
 * Page locked, the first of its block, its reference its owner's. Of different operations
 * there may be 256 in the life of the program; panic() at one more.
 */
void __SetPageMovable(struct page *page, const struct movable_operations *ops);
void __ClearPageMovable(struct page *page);

static inline bool folio_test_movable(const struct folio *folio)
{
	return PageMovable(&folio->page);
}

static inline bool __folio_test_movable(const struct folio *folio)
{
	return __PageMovable(&folio->page);
}

/* Those of @page, which is movable. */
const struct movable_operations *page_movable_ops(const struct page *page);

/*
 * Takes @page from its owner for a while, with a reference; page->lru is the caller's. -EBUSY: it
 * has no owner who can be asked, as have all pages of a block but the first, is locked or
 * isolated already, the owner says no, or there is no memory to remember it.
 */
int isolate_movable_page(struct page *page, isolate_mode_t mode);

/*
 * Gives the isolated pages on the list back, those that were isolated by isolate_lru_page()
 * (linux/swap.h) to their LRU lists. The list is not initialised anew, but empty.
 *
 * Here and in migrate_pages() a page of LRU lists counts no more as isolated: who isolated it
 * has counted it, as NR_ISOLATED_ANON + page_is_file_lru(page) of its node.
 */
void putback_movable_pages(struct list_head *l);

/*
 * Where pages go: a page with one reference, of @page's order and compound as it is, or
 * NULL; and what was not needed after all.
 */
typedef struct page *new_page_t(struct page *page, unsigned long private);
typedef void free_page_t(struct page *page, unsigned long private);

/*
 * Moves the isolated pages on the list @from, linked by page->lru, to what @get_new_page gives.
 * Those that are moved, or were let go by their owners, are on it no more; the others are
 * isolated still, and the caller puts them back: in their order, behind those that were given
 * up. Pages of which the owner says -EAGAIN are tried ten times; bad ones, whose contents
 * nobody can read, not at all. A page that is tried just now is on no list.
 * @put_new_page NULL: put_page(). @reason, of enum migrate_reason, MR_MEMORY_FAILURE: the
 * caller keeps the isolation's reference to pages that left the list; MR_DEMOTION: they still
 * count as isolated. *@ret_succeeded, unless NULL: how many were, in pages of order 0. Returns
 * how many blocks are left, or -ENOMEM if @get_new_page had not even a single page.
 */
int migrate_pages(struct list_head *from, new_page_t get_new_page, free_page_t put_new_page,
		  unsigned long private, enum migrate_mode mode, int reason,
		  unsigned int *ret_succeeded);

/*
 * What a_ops->migrate_folio() is made of. @src is locked, isolated from its LRU list with a
 * reference, and not being written; @dst is locked, in no mapping and on no list. The first form
 * moves the place in @mapping, the cache's reference, and whether it is dirty: -EAGAIN if there
 * are references but these, private data's and @extra_count. The next two copy flags, and
 * contents before that; @src is without private data then.
 */
int folio_migrate_mapping(struct address_space *mapping, struct folio *newfolio,
			  struct folio *folio, int extra_count);
void folio_migrate_flags(struct folio *newfolio, struct folio *folio);
void folio_migrate_copy(struct folio *newfolio, struct folio *folio);

/*
 * All of that, for folios without private data, or with those of who detaches them before;
 * with MIGRATE_SYNC_NO_COPY without the contents. filemap_migrate_folio() (linux/pagemap.h)
 * attaches them to @dst.
 */
int migrate_folio(struct address_space *mapping, struct folio *dst, struct folio *src,
		  enum migrate_mode mode);
int migrate_folio_extra(struct address_space *mapping, struct folio *dst, struct folio *src,
			enum migrate_mode mode, int extra_count);

/* Where alloc_migration_target(), a new_page_t, takes pages from: @private points to one. */
struct migration_target_control {
	int nid; /* NUMA_NO_NODE: the page's own */
	const nodemask_t *nmask;
	gfp_t gfp_mask;
};
struct page *alloc_migration_target(struct page *page, unsigned long private);

/* What comes with this header on Linux. */
#include <linux/hugetlb.h>
#include <linux/mm.h>

#endif /* _LINUX_MIGRATE_H */
