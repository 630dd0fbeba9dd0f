/* SPDX-License-Identifier: MIT */
/*
 * What is known of a page, for whoever reads the log after something went wrong.
 *
 * Locking: none: the page may change while it is shown.
 * Failure: none; the page struct must be there to be read.
 */
#ifndef _LINUX_MMDEBUG_H
#define _LINUX_MMDEBUG_H

struct page;

/* The page struct, why it is shown (NULL: no word), and who had it if page_owner=on. */
void dump_page(const struct page *page, const char *reason);

#endif /* _LINUX_MMDEBUG_H */
