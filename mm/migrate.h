/* SPDX-License-Identifier: MIT */
/*
 * What mm/ itself needs to have pages moved, of either kind: those on an LRU list, which the
 * page cache moves, and those with movable_operations. Contract of the whole: linux/migrate.h.
 */
#ifndef _MM_MIGRATE_H
#define _MM_MIGRATE_H

#include <linux/list.h>
#include <linux/migrate.h>

/*
 * Isolates the block that @page is the first of, and adds it to the end of @pages, for
 * migrate_pages() and putback_movable_pages(). -EBUSY as isolate_lru_page() and
 * isolate_movable_page() have it.
 */
int isolate_migratable_page(struct page *page, isolate_mode_t mode, struct list_head *pages);

#endif /* _MM_MIGRATE_H */
