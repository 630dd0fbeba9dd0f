/* SPDX-License-Identifier: MIT */
/* Page waiters: what the rest of mm/ needs of them. */
#ifndef _MM_PAGE_WAIT_H
#define _MM_PAGE_WAIT_H

/* All queues empty, for hosts that bring up several machines. */
void page_wait_reset(void);

#endif /* _MM_PAGE_WAIT_H */
