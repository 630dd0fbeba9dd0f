/* SPDX-License-Identifier: MIT */
/*
 * The lock of a page: PG_locked. Its holder may change what the page is.
 *
 * Locking: taken with zone->lock not held, and not from interrupts.
 */
#ifndef _LINUX_PAGEMAP_H
#define _LINUX_PAGEMAP_H

#include <linux/page-flags.h>

/* False where somebody else has it. */
static inline bool trylock_page(struct page *page)
{
	unsigned long lock = 1UL << PG_locked;

	return !(__atomic_fetch_or(&page->flags, lock, __ATOMIC_ACQUIRE) & lock);
}

static inline void unlock_page(struct page *page)
{
	__atomic_fetch_and(&page->flags, ~(1UL << PG_locked), __ATOMIC_RELEASE);
}

#endif /* _LINUX_PAGEMAP_H */
