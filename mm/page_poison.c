// SPDX-License-Identifier: MIT
/* Page poisoning. Contract: page_poison.h. */
#include "page_poison.h"

#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/mmdebug.h>
#include <linux/poison.h>
#include <linux/string.h>
#include <baremm/panic.h>

#include "internal.h"
#include "page_alloc.h"

/* Pages that are shown; what follows is counted. */
#define MAX_REPORTS 10

static bool poisoning;
static unsigned int reports;

static bool single_bit_flip(u8 a, u8 b)
{
	u8 error = a ^ b;

	return error && !(error & (error - 1));
}

static const u8 *last_wrong(const u8 *start, const u8 *end)
{
	while (end > start && *end == PAGE_POISON)
		end--;
	return end;
}

/* From the first byte that is wrong to the last. */
static void report_overwritten(const struct page *page, const u8 *start, const u8 *end)
{
	count_event(&page_alloc_stats.poison_overwritten);
	__atomic_fetch_add(&warn_count, 1, __ATOMIC_RELAXED);
	if (__atomic_fetch_add(&reports, 1, __ATOMIC_RELAXED) >= MAX_REPORTS)
		return;
	if (start == end && single_bit_flip(*start, PAGE_POISON))
		pr_err("pagealloc: single bit error\n");
	else
		pr_err("pagealloc: memory corruption\n");
	print_hex_dump(KERN_ERR, "", DUMP_PREFIX_ADDRESS, 16, 1, start, (size_t)(end - start + 1),
		       true);
	dump_stack();
	dump_page(page, "pagealloc: corrupted page details");
}

/* False: it was written to. */
static bool check_poison_mem(struct page *page)
{
	u8 *mem = kmap_local_page(page), *start = memchr_inv(mem, PAGE_POISON, PAGE_SIZE);

	if (unlikely(start))
		report_overwritten(page, start, last_wrong(start, mem + PAGE_SIZE - 1));
	kunmap_local(mem);
	return !start;
}

void kernel_poison_pages(struct page *page, unsigned long numpages)
{
	for (unsigned long i = 0; i < numpages; i++)
		memset_page(page + i, 0, PAGE_POISON, PAGE_SIZE);
}

void kernel_unpoison_pages(struct page *page, unsigned long numpages)
{
	for (unsigned long i = 0; i < numpages; i++)
		check_poison_mem(page + i);
}

/* ---- All that is free ----------------------------------------------------------------- */

/* Poisons again what was written to, so that it is reported once. */
static unsigned long scan_list(struct list_head *list, unsigned int order, unsigned long *written)
{
	unsigned long blocks = 0;
	struct page *page;

	list_for_each_entry (page, list, buddy_list) {
		blocks++;
		for (struct page *p = page; p < page + (1UL << order); p++) {
			if (check_poison_mem(p))
				continue;
			kernel_poison_pages(p, 1);
			(*written)++;
		}
	}
	return blocks << order;
}

unsigned long page_poison_scan(void)
{
	unsigned long pages = 0, written = 0, flags;
	struct zone *zone;

	if (!poisoning)
		return 0;
	drain_all_pages(NULL);
	for_each_populated_zone (zone) {
		spin_lock_irqsave(&zone->lock, flags);
		for (unsigned int order = 0; order < NR_PAGE_ORDERS; order++)
			for (unsigned int type = 0; type < MIGRATE_TYPES; type++)
				pages += scan_list(&zone->free_area[order].free_list[type], order,
						   &written);
		spin_unlock_irqrestore(&zone->lock, flags);
	}
	pr_info("pagealloc: %lu free pages looked at, %lu of them written to\n", pages, written);
	return written;
}

/* ---- Option ------------------------------------------------------------------------- */

bool page_poisoning_enabled(void)
{
	return poisoning;
}

int __init page_poison_parse_option(char *value)
{
	return page_hook_parse(value, &poisoning, PAGE_HOOK_POISON);
}

void __init page_poison_reset(void)
{
	poisoning = false;
	reports = 0;
}
