/* SPDX-License-Identifier: MIT */
/*
 * The counts of references to pages and folios.
 *
 * Owns:       page->_refcount.
 * Invariants: a block handed out has 1 on its first page, 0 on the others; all references to
 *             a compound page count at its head. 0: free, or frozen.
 * Lifetime:   as long as there are page structs.
 * Locking:    none: changes are atomic.
 * Units:      references.
 * Failure:    false, nothing changed.
 * Source:     Linux 6.1's page_ref.h.
 */
#ifndef _LINUX_PAGE_REF_H
#define _LINUX_PAGE_REF_H

#include <linux/atomic.h>
#include <linux/mm_types.h>
#include <linux/page-flags.h>

static inline int page_ref_count(const struct page *page)
{
	return atomic_read(&page->_refcount);
}

static inline int page_count(const struct page *page)
{
	return page_ref_count(compound_head(page));
}

static inline void set_page_count(struct page *page, int v)
{
	atomic_set(&page->_refcount, v);
}

static inline void init_page_count(struct page *page)
{
	set_page_count(page, 1);
}

static inline void page_ref_add(struct page *page, int nr)
{
	atomic_add(nr, &page->_refcount);
}

static inline void page_ref_sub(struct page *page, int nr)
{
	atomic_sub(nr, &page->_refcount);
}

static inline void page_ref_inc(struct page *page)
{
	atomic_inc(&page->_refcount);
}

static inline void page_ref_dec(struct page *page)
{
	atomic_dec(&page->_refcount);
}

static inline int page_ref_dec_and_test(struct page *page)
{
	return atomic_dec_and_test(&page->_refcount);
}

/* Takes @nr references if there is one already; false where the page is free. */
static inline bool page_ref_add_unless_zero(struct page *page, int nr)
{
	int old = page_ref_count(page);

	while (old) {
		int seen = atomic_cmpxchg(&page->_refcount, old, old + nr);

		if (seen == old)
			return true;
		old = seen;
	}
	return false;
}

/*
 * Takes all references away if there are just @nr, so that nobody can get one more;
 * unfreezing gives them back.
 */
static inline int page_ref_freeze(struct page *page, int nr)
{
	return atomic_cmpxchg(&page->_refcount, nr, 0) == nr;
}

static inline void page_ref_unfreeze(struct page *page, int nr)
{
	__atomic_store_n(&page->_refcount.counter, nr, __ATOMIC_RELEASE);
}

/* Drops the only reference; false, and nothing has changed, where it is not the only one. */
static inline bool page_ref_drop_last(struct page *page)
{
	int only = 1;

	return __atomic_compare_exchange_n(&page->_refcount.counter, &only, 0, false,
					   __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

static inline int page_ref_sub_and_test(struct page *page, int nr)
{
	return atomic_sub_return(nr, &page->_refcount) == 0;
}

static inline int page_ref_inc_return(struct page *page)
{
	return atomic_inc_return(&page->_refcount);
}

static inline int page_ref_dec_return(struct page *page)
{
	return atomic_sub_return(1, &page->_refcount);
}

static inline int page_ref_sub_return(struct page *page, int nr)
{
	return atomic_sub_return(nr, &page->_refcount);
}

static inline int page_ref_add_return(struct page *page, int nr)
{
	return atomic_add_return(nr, &page->_refcount);
}

/* Unless there are @u references. */
static inline bool page_ref_add_unless(struct page *page, int nr, int u)
{
	int old = page_ref_count(page);

	while (old != u) {
		int seen = atomic_cmpxchg(&page->_refcount, old, old + nr);

		if (seen == old)
			return true;
		old = seen;
	}
	return false;
}

/* ---- The same for folios ------------------------------------------------------------ */

static inline int folio_ref_count(const struct folio *folio)
{
	return page_ref_count(&folio->page);
}

static inline void folio_ref_add(struct folio *folio, int nr)
{
	page_ref_add(&folio->page, nr);
}

static inline void folio_ref_sub(struct folio *folio, int nr)
{
	page_ref_sub(&folio->page, nr);
}

static inline void folio_ref_inc(struct folio *folio)
{
	page_ref_inc(&folio->page);
}

static inline void folio_ref_dec(struct folio *folio)
{
	page_ref_dec(&folio->page);
}

static inline int folio_ref_dec_and_test(struct folio *folio)
{
	return page_ref_dec_and_test(&folio->page);
}

static inline int folio_ref_freeze(struct folio *folio, int count)
{
	return page_ref_freeze(&folio->page, count);
}

static inline void folio_ref_unfreeze(struct folio *folio, int count)
{
	page_ref_unfreeze(&folio->page, count);
}

static inline void folio_set_count(struct folio *folio, int v)
{
	set_page_count(&folio->page, v);
}

static inline int folio_ref_sub_return(struct folio *folio, int nr)
{
	return page_ref_sub_return(&folio->page, nr);
}

static inline int folio_ref_sub_and_test(struct folio *folio, int nr)
{
	return page_ref_sub_and_test(&folio->page, nr);
}

static inline int folio_ref_inc_return(struct folio *folio)
{
	return page_ref_inc_return(&folio->page);
}

static inline int folio_ref_dec_return(struct folio *folio)
{
	return page_ref_dec_return(&folio->page);
}

static inline bool folio_ref_add_unless(struct folio *folio, int nr, int u)
{
	return page_ref_add_unless(&folio->page, nr, u);
}

/* False where it is free. */
static inline bool folio_try_get(struct folio *folio)
{
	return page_ref_add_unless_zero(&folio->page, 1);
}

/* For who found it without a lock: false where it is free, or frozen. */
static inline bool folio_try_get_rcu(struct folio *folio)
{
	return page_ref_add_unless(&folio->page, 1, 0);
}

static inline bool folio_ref_try_add_rcu(struct folio *folio, int count)
{
	return page_ref_add_unless(&folio->page, count, 0);
}

#endif /* _LINUX_PAGE_REF_H */
