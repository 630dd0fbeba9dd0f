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

static void check_poison_mem(struct page *page)
{
	u8 *mem = kmap_local_page(page), *start = memchr_inv(mem, PAGE_POISON, PAGE_SIZE);

	if (unlikely(start))
		report_overwritten(page, start, last_wrong(start, mem + PAGE_SIZE - 1));
	kunmap_local(mem);
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
