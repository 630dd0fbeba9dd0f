// SPDX-License-Identifier: MIT
/*
 * Waiting for a bit of a page's flags: the lock, or the end of writing it. Contract:
 * linux/pagemap.h.
 *
 * Pages have no queues of their own. Those who wait stand in one of 256, chosen by
 * the page's address, and each entry says which page and bit it is for:
 *
 *   table[hash(page)] ──► page A, locked ──► page B, writeback ──► page A, locked
 *
 * PG_waiters says that somebody may wait for the page: it is set before a waiter
 * looks at the bit for the last time, and who clears the bit sees it in the same
 * atomic step. So either the waiter finds the bit clear, or it is woken.
 */
#include <linux/pagemap.h>

#include <linux/mmzone.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include "filemap.h"
#include "page_wait.h"
#include "wait.h"

/* As Linux: 256 queues, however much memory there is. */
#define PAGE_WAIT_TABLE_BITS 8
#define PAGE_WAIT_TABLE_SIZE (1 << PAGE_WAIT_TABLE_BITS)

/* How often others may take the lock before one who waits, until it is handed over. */
#define PAGE_LOCK_UNFAIRNESS 5

static struct page_wait_queue {
	struct wait_queue_head wq;
	u8 pad[L1_CACHE_BYTES - sizeof(struct wait_queue_head)];
} page_wait_table[PAGE_WAIT_TABLE_SIZE] __aligned(L1_CACHE_BYTES);

void __init page_wait_reset(void)
{
	for (int i = 0; i < PAGE_WAIT_TABLE_SIZE; i++)
		init_waitqueue_head(&page_wait_table[i].wq);
	wait_reset();
}

/* Multiplicative hashing: the golden ratio spreads neighbours over the table. */
struct wait_queue_head *page_waitqueue(const struct page *page)
{
	u64 hash = (unsigned long)page / sizeof(*page) * 0x61c8864680b583ebULL;

	return &page_wait_table[hash >> (64 - PAGE_WAIT_TABLE_BITS)].wq;
}

/* ---- Waking ------------------------------------------------------------------------- */

/*
 * One who wants the bit itself is woken alone, and only if nobody took the bit yet.
 * With WQ_FLAG_CUSTOM it gets the bit before it wakes.
 */
static int wake_page_function(struct wait_queue_entry *entry, unsigned int mode, int flags,
			      void *key)
{
	struct wait_page_queue *waiter = container_of(entry, struct wait_page_queue, wait);
	unsigned long *page_flags = &waiter->folio->page.flags;
	unsigned long bit = (unsigned long)waiter->bit_nr;
	unsigned int done = 0;
	bool exclusive = entry->flags & WQ_FLAG_EXCLUSIVE;

	(void)mode, (void)flags;
	if (!wake_page_match(waiter, key))
		return 0;
	if (exclusive && test_bit(bit, page_flags))
		return -1;
	if (exclusive && (entry->flags & WQ_FLAG_CUSTOM)) {
		if (test_and_set_bit(bit, page_flags))
			return -1;
		done = WQ_FLAG_DONE;
	}
	list_del_init(&entry->entry);
	wake_waiter(entry, done);
	return exclusive;
}

/* A page whose queue holds nobody for it any more does not say so. */
static noinline void wake_page_bit(struct page *page, unsigned int bit)
{
	struct wait_queue_head *wq = page_waitqueue(page);
	struct wait_page_key wake = {(struct folio *)page, (int)bit, 0};
	unsigned long flags;

	spin_lock_irqsave(&wq->lock, flags);
	__wake_up_locked_key(wq, TASK_NORMAL, &wake);
	if (!wake.page_match)
		ClearPageWaiters(page);
	spin_unlock_irqrestore(&wq->lock, flags);
}

void clear_page_bit(struct page *page, unsigned int bit)
{
	unsigned long old = __atomic_fetch_and(&page->flags, ~(1UL << bit), __ATOMIC_SEQ_CST);

	BUG_ON(!(old >> bit & 1));
	if (unlikely(old >> PG_waiters & 1))
		wake_page_bit(page, bit);
}

/* ---- Waiting -------------------------------------------------------------------------- */

static void report_waiter(const struct wait_queue_entry *entry)
{
	const struct wait_page_queue *waiter = container_of(entry, struct wait_page_queue, wait);
	const struct page *page = &waiter->folio->page;

	pr_err("page_wait: waiting for %s of page:%px pfn:0x%lx flags:%#lx refcount:%d\n",
	       waiter->bit_nr == PG_locked ? "the lock" : "a bit", (const void *)page,
	       page_to_pfn(page), page->flags, page_ref_count(page));
}

/* The bit as its waiter wants it: its own, or clear. */
static bool try_page_bit(struct wait_page_queue *waiter)
{
	unsigned long bit = (unsigned long)waiter->bit_nr;

	if (waiter->wait.flags & WQ_FLAG_EXCLUSIVE)
		return !test_and_set_bit(bit, &waiter->folio->page.flags);
	return !test_bit(bit, &waiter->folio->page.flags);
}

/* True where the bit is as it should be; else the waiter is on the queue. */
static bool queue_or_get(struct wait_queue_head *wq, struct wait_page_queue *waiter)
{
	unsigned long flags;
	bool got;

	spin_lock_irqsave(&wq->lock, flags);
	SetPageWaiters(&waiter->folio->page);
	got = try_page_bit(waiter);
	if (!got)
		__add_wait_queue_entry_tail(wq, &waiter->wait);
	spin_unlock_irqrestore(&wq->lock, flags);
	return got;
}

/* Returns when @bit is clear; with WQ_FLAG_EXCLUSIVE, when this CPU has set it. */
static void wait_on_bit_common(struct page *page, unsigned int bit, unsigned int behavior)
{
	struct wait_queue_head *wq = page_waitqueue(page);
	struct wait_page_queue waiter = {.folio = (struct folio *)page, .bit_nr = (int)bit};

	for (int unfair = PAGE_LOCK_UNFAIRNESS;; unfair--) {
		init_waitqueue_func_entry(&waiter.wait, wake_page_function);
		waiter.wait.flags = behavior;
		if (behavior && unfair <= 0)
			waiter.wait.flags |= WQ_FLAG_CUSTOM;
		if (queue_or_get(wq, &waiter))
			return;
		wait_until_told(wq, &waiter.wait, report_waiter);
		if (!behavior || (waiter.wait.flags & WQ_FLAG_DONE) || try_page_bit(&waiter))
			return;
	}
}

void wait_on_page_bit(struct page *page, int bit)
{
	page = compound_head(page);
	if (test_bit((unsigned long)bit, &page->flags))
		wait_on_bit_common(page, (unsigned int)bit, 0);
}

/* ---- The lock ---------------------------------------------------------------------------- */

bool trylock_page(struct page *page)
{
	return !TestSetPageLocked(compound_head(page));
}

void lock_page(struct page *page)
{
	if (!trylock_page(page))
		wait_on_bit_common(compound_head(page), PG_locked, WQ_FLAG_EXCLUSIVE);
}

void unlock_page(struct page *page)
{
	clear_page_bit(compound_head(page), PG_locked);
}

void wait_on_page_locked(struct page *page)
{
	wait_on_page_bit(page, PG_locked);
}

/* ---- Writeback ----------------------------------------------------------------------------- */

void wait_on_page_writeback(struct page *page)
{
	wait_on_page_bit(page, PG_writeback);
}

void folio_writeback_done(struct folio *folio)
{
	clear_page_bit(&folio->page, PG_writeback);
}
