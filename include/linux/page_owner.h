/* SPDX-License-Identifier: MIT */
/*
 * page_owner=on: who was handed each page, from where, and who freed it.
 *
 * Owns:       its part of each page's page_ext (linux/page_ext.h).
 * Invariants: of a block handed out, every page knows its order, flags, time, CPU and
 *             call chain; of a free page, the last owner's are kept, and who freed it.
 * Lifetime:   from page_owner_init() on. Pages taken before are nobody's.
 * Locking:    none; the pages belong to the caller.
 * Failure:    none: where the chain cannot be kept, it is shown as missing.
 * Source:     Linux 6.1's mm/page_owner.c. There are no tasks: pid and tgid are 0, and
 *             the task's name is the CPU's.
 */
#ifndef _LINUX_PAGE_OWNER_H
#define _LINUX_PAGE_OWNER_H

#include <linux/mmzone.h>
#include <linux/types.h>

struct page;
struct page_ext_operations;
struct seq_file;

extern struct page_ext_operations page_owner_ops;

/* Handler of page_owner=. 0 or -EINVAL. */
int page_owner_parse_option(char *value);

/* Begins to track, if the option asks for it, once the page allocator is up. */
void page_owner_init(void);
void page_owner_reset(void);

/* For blocks handed out, and freed; for hooks, which are called only if it is on. */
void __set_page_owner(struct page *page, unsigned int order, gfp_t gfp);
void __reset_page_owner(struct page *page, unsigned int order);

/* The first @nr pages from @page on are owned one by one from now on. */
void __split_page_owner(struct page *page, unsigned int nr);

/* @newpage has @old's owner from now on. Nothing where page_owner is off. */
void copy_page_owner(struct page *newpage, const struct page *old);

/* What is known of the page, to the log. Nothing where page_owner is off. */
void dump_page_owner(const struct page *page);

/*
 * Pageblocks of @zone in which a page was handed out for another type than theirs, by their
 * type; an area's count as movable, as on Linux.
 */
void page_owner_count_mixed(struct zone *zone, unsigned long count[MIGRATE_TYPES]);

/* Linux's /sys/kernel/debug/page_owner: every block handed out. */
void page_owner_show(struct seq_file *m);

/*
 * Blocks handed out since page_owner_mark(), and those from before, each by call chain
 * and the most pages first, in the form of Linux's page_owner_sort.
 */
void page_owner_mark(void);
void page_owner_leaks_show(struct seq_file *m);

/* What comes with this header on Linux. */
#include <linux/jump_label.h>

#endif /* _LINUX_PAGE_OWNER_H */
