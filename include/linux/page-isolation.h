/* SPDX-License-Identifier: MIT */
/*
 * Pageblocks whose free pages nobody may have: linux/mmzone.h, alloc_contig_range().
 * Source: Linux 6.1's page-isolation.h, less what makes them.
 */
#ifndef _LINUX_PAGE_ISOLATION_H
#define _LINUX_PAGE_ISOLATION_H

#include <linux/mmzone.h>

#define is_migrate_isolate_page(page) is_migrate_isolate(get_pageblock_migratetype(page))

#endif /* _LINUX_PAGE_ISOLATION_H */
