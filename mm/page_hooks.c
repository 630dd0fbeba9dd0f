// SPDX-License-Identifier: MIT
/*
 * What is done to pages between one owner and the next, where options ask for it:
 * off the fast paths, which test page_hooks alone. Contract: mm/page_alloc.h.
 */
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/kstrtox.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "internal.h"
#include "page_alloc.h"

unsigned int page_hooks;
bool init_on_alloc;
bool init_on_free;

static void clear_pages(struct page *page, unsigned int order)
{
	memset(page_address(page), 0, PAGE_SIZE << order);
}

/* Also with init_on_free: what nobody ever had was never freed. */
void post_alloc_hook(struct page *page, unsigned int order, gfp_t gfp)
{
	if (want_init_on_alloc(gfp))
		clear_pages(page, order);
}

void free_hook(struct page *page, unsigned int order)
{
	if (init_on_free)
		clear_pages(page, order);
}

/* ---- Options ---------------------------------------------------------------------- */

static int hook_parse(char *value, bool *on, enum page_hook hook)
{
	int err = value ? kstrtobool(value, on) : -EINVAL;

	if (err)
		return err;
	page_hooks = *on ? page_hooks | hook : page_hooks & ~(unsigned int)hook;
	return 0;
}

int init_on_alloc_parse_option(char *value)
{
	return hook_parse(value, &init_on_alloc, PAGE_HOOK_INIT_ON_ALLOC);
}

int init_on_free_parse_option(char *value)
{
	return hook_parse(value, &init_on_free, PAGE_HOOK_INIT_ON_FREE);
}

void page_hooks_reset(void)
{
	page_hooks = 0;
	init_on_alloc = init_on_free = false;
}
