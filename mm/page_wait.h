/* SPDX-License-Identifier: MIT */
/* Page waiters: what the rest of mm/ needs of them. */
#ifndef _MM_PAGE_WAIT_H
#define _MM_PAGE_WAIT_H

struct page;
struct wait_queue_head;

/* All queues empty, for hosts that bring up several machines. */
void page_wait_reset(void);

/* Clears @bit of the page, which is set, and wakes who waits for that. */
void clear_page_bit(struct page *page, unsigned int bit);

/* The queue of those who wait for one of the page's bits; others' are in it, too. */
struct wait_queue_head *page_waitqueue(const struct page *page);

#endif /* _MM_PAGE_WAIT_H */
