/* SPDX-License-Identifier: MIT */
/*
 * LRU lists for who moves folios between them himself: with lru_lock held. Contract and calls by
 * page: linux/swap.h. Source: Linux 6.1's mm_inline.h.
 */
#ifndef _LINUX_MM_INLINE_H
#define _LINUX_MM_INLINE_H

#include <linux/mm.h>
#include <linux/swap.h>

static inline int folio_is_file_lru(struct folio *folio)
{
	return page_is_file_lru(&folio->page);
}

static inline enum lru_list folio_lru_list(struct folio *folio)
{
	return page_lru(&folio->page);
}

static inline void lruvec_add_folio(struct lruvec *lruvec, struct folio *folio)
{
	lruvec_add_page(lruvec, &folio->page);
}

static inline void lruvec_add_folio_tail(struct lruvec *lruvec, struct folio *folio)
{
	lruvec_add_page_tail(lruvec, &folio->page);
}

static inline void lruvec_del_folio(struct lruvec *lruvec, struct folio *folio)
{
	lruvec_del_page(lruvec, &folio->page);
}

static inline void add_page_to_lru_list(struct page *page, struct lruvec *lruvec)
{
	lruvec_add_page(lruvec, page);
}

static inline void del_page_from_lru_list(struct page *page, struct lruvec *lruvec)
{
	lruvec_del_page(lruvec, page);
}

/* Lists by generation: there are none. */
static inline bool lru_gen_enabled(void)
{
	return false;
}

static inline bool lru_gen_in_fault(void)
{
	return false;
}

/* What comes with this header on Linux. */
#include <linux/string.h>

#endif /* _LINUX_MM_INLINE_H */
