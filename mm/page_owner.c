// SPDX-License-Identifier: MIT
/* Who has each page: keeping it. Contract: linux/page_owner.h. */
#include "page_owner.h"

#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/mm.h>
#include <linux/page_ext.h>
#include <linux/smp.h>
#include <linux/stacktrace.h>
#include <baremm/arch.h>

#include "page_alloc.h"

#define STACK_DEPTH 16

static bool wanted; /* page_owner=on */

static bool need_page_owner(void)
{
	return wanted;
}

struct page_ext_operations page_owner_ops = {
	.size = sizeof(struct page_owner),
	.need = need_page_owner,
};

int __init page_owner_parse_option(char *value)
{
	return value ? kstrtobool(value, &wanted) : -EINVAL;
}

void page_owner_init(void)
{
	if (!wanted || !page_ext_section_pages)
		return;
	if (stack_depot_init()) {
		pr_err("page_owner: no memory for stack traces, disabled\n");
		return;
	}
	page_hook_enable(PAGE_HOOK_OWNER);
}

void __init page_owner_reset(void)
{
	wanted = false;
	page_hook_disable(PAGE_HOOK_OWNER);
}

/* ---- Keeping -------------------------------------------------------------------------- */

/* The chain from the hook's caller on. */
static noinline depot_stack_handle_t save_stack(gfp_t gfp)
{
	unsigned long entries[STACK_DEPTH];
	unsigned int nr = stack_trace_save(entries, STACK_DEPTH, 2);

	return stack_depot_save(entries, nr, gfp);
}

void __set_page_owner(struct page *page, unsigned int order, gfp_t gfp)
{
	struct page_ext *page_ext = lookup_page_ext(page);
	struct page_owner now = {.order = (u8)order,
				 .cpu = (u16)smp_processor_id(),
				 .gfp = gfp,
				 .ts = arch_clock_ns()};

	if (!page_ext)
		return;
	now.handle = save_stack(gfp);
	for (unsigned long i = 0; i < 1UL << order; i++, page_ext = page_ext_next(page_ext)) {
		struct page_owner *owner = get_page_owner(page_ext);

		now.free_handle = owner->free_handle;
		now.free_ts = owner->free_ts;
		*owner = now;
		page_ext->flags |= 1UL << PAGE_EXT_OWNER | 1UL << PAGE_EXT_OWNER_ALLOCATED;
	}
}

void __reset_page_owner(struct page *page, unsigned int order)
{
	struct page_ext *page_ext = lookup_page_ext(page);
	depot_stack_handle_t handle;
	u64 ts = arch_clock_ns();

	if (!page_ext)
		return;
	handle = save_stack(GFP_NOWAIT);
	for (unsigned long i = 0; i < 1UL << order; i++, page_ext = page_ext_next(page_ext)) {
		struct page_owner *owner = get_page_owner(page_ext);

		page_ext->flags &= ~(1UL << PAGE_EXT_OWNER_ALLOCATED);
		owner->free_handle = handle;
		owner->free_ts = ts;
	}
}

void __split_page_owner(struct page *page, unsigned int nr)
{
	struct page_ext *page_ext = lookup_page_ext(page);

	for (; page_ext && nr; nr--, page_ext = page_ext_next(page_ext))
		get_page_owner(page_ext)->order = 0;
}

void copy_page_owner(struct page *newpage, const struct page *old)
{
	struct page_ext *to = lookup_page_ext(newpage), *from = lookup_page_ext(old);
	struct page_owner *owner;

	if (!(data_race(page_hooks) & PAGE_HOOK_OWNER) || !to || !from)
		return;
	owner = get_page_owner(to);
	owner->handle = get_page_owner(from)->handle;
	owner->gfp = get_page_owner(from)->gfp;
	owner->cpu = get_page_owner(from)->cpu;
	owner->ts = get_page_owner(from)->ts;
	owner->migrated = true;
}

/* ---- Walking -------------------------------------------------------------------------- */

/* Pages from @page on that are no block of an owner's, or one: how many to go on by. */
static unsigned long walk_page(struct page *page, page_owner_fn fn, void *arg)
{
	struct page_ext *page_ext = lookup_page_ext(page);
	const struct page_owner *owner = get_page_owner(page_ext);

	if (PageBuddy(page))
		return 1UL << page->priv32;
	if (!(page_ext->flags & 1UL << PAGE_EXT_OWNER_ALLOCATED))
		return 1;
	if (page_to_pfn(page) & ((1UL << owner->order) - 1))
		return 1;
	fn(page, owner, arg);
	return 1UL << owner->order;
}

void page_owner_walk(page_owner_fn fn, void *arg)
{
	for (unsigned long nr = next_made_section(0); nr != ULONG_MAX;
	     nr = next_made_section(nr + 1)) {
		unsigned long pfn = section_nr_to_pfn(nr), end = pfn + PAGES_PER_SECTION;

		while (pfn < end)
			pfn += walk_page(pfn_to_page(pfn), fn, arg);
	}
}
