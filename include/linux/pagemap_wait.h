/* SPDX-License-Identifier: MIT */
/*
 * Waiting for a bit of a page without standing still: an entry of the caller's is called when
 * the bit was cleared.
 *
 * Owns:       nothing; the entry is its user's, who takes it off its queue himself, or in
 *             its function, before it goes.
 * Invariants: several pages share a queue: a function is called for others' bits, too, and
 *             asks wake_page_match() whether it is its own.
 * Lifetime:   from pagecache_init() on.
 * Locking:    functions are called with the queue's lock held: see linux/wait.h.
 * Units:      bit_nr: enum pageflags.
 * Failure:    none.
 * Source:     Linux 6.1's pagemap.h.
 */
#ifndef _LINUX_PAGEMAP_WAIT_H
#define _LINUX_PAGEMAP_WAIT_H

#include <linux/mm_types.h>
#include <linux/wait.h>

/* What a wake-up is for: the function's key. */
struct wait_page_key {
	struct folio *folio;
	int bit_nr;
	int page_match; /* somebody waits for the folio */
};

struct wait_page_queue {
	struct folio *folio;
	int bit_nr;
	struct wait_queue_entry wait;
};

/* Is it the folio that is waited for, and its bit? */
static inline bool wake_page_match(struct wait_page_queue *wait_page, struct wait_page_key *key)
{
	if (wait_page->folio != key->folio)
		return false;
	key->page_match = 1;
	return wait_page->bit_nr == key->bit_nr;
}

/*
 * Puts @waiter, a wait_page_queue's, on the folio's queue: its function is called for each bit
 * that is cleared from now on, so the bit is looked at after this.
 */
void folio_add_wait_queue(struct folio *folio, struct wait_queue_entry *waiter);

#endif /* _LINUX_PAGEMAP_WAIT_H */
