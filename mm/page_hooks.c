// SPDX-License-Identifier: MIT
/*
 * What is done to pages between one owner and the next, where options ask for it:
 * off the fast paths, which test page_hooks alone. Contract: mm/page_alloc.h.
 */
#include <linux/fault-inject.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/kstrtox.h>
#include <linux/page_ext.h>
#include <linux/page_owner.h>
#include <linux/spinlock.h>

#include "internal.h"
#include "memory_failure.h"
#include "page_alloc.h"
#include "page_poison.h"
#include "slab_debug.h"

unsigned int page_hooks;

static DEFINE_SPINLOCK_RANK(users_lock, LOCK_RANK_LEAF);

/* The lock keeps who leaves last from ending what somebody else has just begun. */
void page_hook_count(enum page_hook hook, long *users, long change)
{
	unsigned long flags;

	spin_lock_irqsave(&users_lock, flags);
	*users += change;
	if (*users)
		page_hook_enable(hook);
	else
		page_hook_disable(hook);
	spin_unlock_irqrestore(&users_lock, flags);
}
bool init_on_alloc;
bool init_on_free;

/* Also with init_on_free: what is written to a free page is not the next owner's. */
void post_alloc_hook(struct page *page, unsigned int order, gfp_t gfp)
{
	if (data_race(page_hooks) & PAGE_HOOK_POISON)
		kernel_unpoison_pages(page, 1UL << order);
	if (want_init_on_alloc(gfp))
		clear_highpages(page, 1UL << order);
	if (data_race(page_hooks) & PAGE_HOOK_OWNER)
		__set_page_owner(page, order, gfp);
}

void split_hook(struct page *page, unsigned int order)
{
	if (data_race(page_hooks) & PAGE_HOOK_OWNER)
		__split_page_owner(page, 1U << order);
}

bool pre_alloc_hook(gfp_t gfp, unsigned int order)
{
	if (data_race(page_hooks) & PAGE_HOOK_HWPOISON)
		memory_failure_work();
	return !should_fail_alloc_page(gfp, order);
}

/* What is bad is not touched. */
bool free_hook(struct page *page, unsigned int order)
{
	if (data_race(page_hooks) & PAGE_HOOK_OWNER)
		__reset_page_owner(page, order);
	if (data_race(page_hooks) & PAGE_HOOK_HWPOISON) {
		memory_failure_work();
		if (free_around_bad_pages(page, order))
			return false;
	}
	if (data_race(page_hooks) & PAGE_HOOK_POISON)
		kernel_poison_pages(page, 1UL << order);
	if (init_on_free)
		clear_highpages(page, 1UL << order);
	return true;
}

void release_hook(unsigned long start, unsigned long end)
{
	struct page *page = pfn_to_page(start);

	if (data_race(page_hooks) & PAGE_HOOK_POISON)
		kernel_poison_pages(page, end - start);
	if (init_on_free)
		clear_highpages(page, end - start);
}

/* ---- Options ---------------------------------------------------------------------- */

int page_hook_parse(const char *value, bool *on, enum page_hook hook)
{
	int err = value ? kstrtobool(value, on) : -EINVAL;

	if (err)
		return err;
	if (*on)
		page_hook_enable(hook);
	else
		page_hook_disable(hook);
	return 0;
}

/* Linux's rule, and its lines. */
void __init init_mem_debugging_and_hardening(void)
{
	if (page_poisoning_enabled() && (init_on_alloc || init_on_free)) {
		pr_info("mem auto-init: CONFIG_PAGE_POISONING is on, will take precedence over "
			"init_on_alloc and init_on_free\n");
		init_on_alloc = init_on_free = false;
		page_hook_disable(PAGE_HOOK_INIT_ON_ALLOC);
		page_hook_disable(PAGE_HOOK_INIT_ON_FREE);
	}
	if ((init_on_alloc || init_on_free) && slab_debug_flags("", 0) & SLAB_POISON)
		pr_info("mem auto-init: SLAB_POISON will take precedence over "
			"init_on_alloc/init_on_free\n");
	pr_info("mem auto-init: stack:off, heap alloc:%s, heap free:%s\n",
		init_on_alloc ? "on" : "off", init_on_free ? "on" : "off");
	if (init_on_free)
		pr_info("mem auto-init: clearing system memory may take some time...\n");
}

int __init init_on_alloc_parse_option(char *value)
{
	return page_hook_parse(value, &init_on_alloc, PAGE_HOOK_INIT_ON_ALLOC);
}

int __init init_on_free_parse_option(char *value)
{
	return page_hook_parse(value, &init_on_free, PAGE_HOOK_INIT_ON_FREE);
}

void __init page_hooks_reset(void)
{
	page_hooks = 0;
	init_on_alloc = init_on_free = false;
	page_poison_reset();
	page_owner_reset();
	page_ext_reset();
}
