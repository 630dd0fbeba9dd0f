/* SPDX-License-Identifier: MIT */
/* Page waiters: what the rest of mm/ needs of them. */
#ifndef _MM_PAGE_WAIT_H
#define _MM_PAGE_WAIT_H

struct page;

/* All queues empty, for hosts that bring up several machines. */
void page_wait_reset(void);

/* Clears @bit of the page, which is set, and wakes who waits for that. */
void clear_page_bit(struct page *page, unsigned int bit);

#endif /* _MM_PAGE_WAIT_H */
