/* SPDX-License-Identifier: MIT */
/* What page_owner's files share: the record of a page, and walking all of them. */
#ifndef _MM_PAGE_OWNER_H
#define _MM_PAGE_OWNER_H

#include <linux/page_ext.h>
#include <linux/page_owner.h>
#include <linux/stackdepot.h>
#include <linux/types.h>

struct page_owner {
	u8 order;
	bool migrated; /* taken over from another page */
	u16 cpu;
	gfp_t gfp;
	depot_stack_handle_t handle;
	depot_stack_handle_t free_handle;
	u64 ts;	     /* arch_clock_ns() when handed out */
	u64 free_ts; /* and when it was freed last; 0: never */
};

static inline struct page_owner *get_page_owner(struct page_ext *page_ext)
{
	return page_ext_data(page_ext, &page_owner_ops);
}

/* Calls @fn for the first page of every block that is handed out, by address. */
typedef void (*page_owner_fn)(struct page *page, const struct page_owner *owner, void *arg);
void page_owner_walk(page_owner_fn fn, void *arg);

#endif /* _MM_PAGE_OWNER_H */
