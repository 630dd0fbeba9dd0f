/* SPDX-License-Identifier: MIT */
/*
 * Page poisoning (page_poison=on): free pages are filled with PAGE_POISON, and looked
 * at when they are handed out: whoever wrote to a page that was not his is found.
 *
 * Invariants: with it on, every free page of a made section is filled, from the moment
 *             it enters the free areas on.
 * Locking:    none held, none taken: the pages belong to the caller; but page_poison_scan(),
 *             which takes zone->lock.
 * Failure:    what was overwritten is reported with a hex dump and a backtrace,
 *             counted in page_alloc_stats.poison_overwritten and as a warning, so that
 *             the run does not pass, and handed out all the same.
 * Source:     Linux 6.1's mm/page_poison.c.
 */
#ifndef _MM_PAGE_POISON_H
#define _MM_PAGE_POISON_H

#include <linux/mm.h>
#include <linux/types.h>

/* Handler of page_poison=. 0 or -EINVAL. */
int page_poison_parse_option(char *value);
void page_poison_reset(void);

/*
 * Looks at all pages in the free areas, now: how many were written to. Each is reported, and
 * filled again. Devices that go on with DMA are found so before anybody has their page.
 */
unsigned long page_poison_scan(void);

#endif /* _MM_PAGE_POISON_H */
