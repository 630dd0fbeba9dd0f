/* SPDX-License-Identifier: MIT */
/*
 * Which pages nobody used of late: not tracked, so none is known to be idle, or young.
 *
 * Owns:    nothing.
 * Locking: none.
 * Failure: none.
 * Source:  Linux 6.1's page_idle.h, as it is without CONFIG_PAGE_IDLE_FLAG.
 */
#ifndef _LINUX_PAGE_IDLE_H
#define _LINUX_PAGE_IDLE_H

#include <linux/mm_types.h>
#include <linux/page-flags.h>

/* page-flags.h has the others of a folio. */
static inline bool folio_test_clear_young(struct folio *folio)
{
	(void)folio;
	return false;
}

#define page_is_young(page)		folio_test_young(page_folio(page))
#define set_page_young(page)		folio_set_young(page_folio(page))
#define test_and_clear_page_young(page) folio_test_clear_young(page_folio(page))
#define page_is_idle(page)		folio_test_idle(page_folio(page))
#define set_page_idle(page)		folio_set_idle(page_folio(page))
#define clear_page_idle(page)		folio_clear_idle(page_folio(page))

#endif /* _LINUX_PAGE_IDLE_H */
