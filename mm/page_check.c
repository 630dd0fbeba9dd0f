// SPDX-License-Identifier: MIT
/*
 * What is refused at the mouth of the page allocator, and how it is reported. A
 * page that cannot be freed stays exactly as it is.
 */
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/page_owner.h>
#include <baremm/panic.h>

#include "internal.h"
#include "pcp.h"

/* A log that somebody's loop fills is of no use: after these, only counts go on. */
#define MAX_BAD_PAGE_REPORTS 64

/* ---- Frees --------------------------------------------------------------------- */

/* Is the page part of a free block that starts below it? */
static bool inside_free_block(unsigned long pfn)
{
	for (unsigned int order = 0; order < NR_PAGE_ORDERS; order++) {
		const struct page *head = pfn_to_page(ALIGN_DOWN(pfn, 1UL << order));

		if (PageBuddy(head) && head->priv32 >= order)
			return true;
	}
	return false;
}

struct bad_page {
	const char *why;
	unsigned long *count;
};

static struct bad_page diagnose_unreferenced(const struct page *page)
{
	if (inside_free_block(page_to_pfn(page)) || pcp_holds(page))
		return (struct bad_page){"double free", &page_alloc_stats.free_double};
	return (struct bad_page){"not the first page of its block", &page_alloc_stats.free_tail};
}

/*
 * The first thing wrong with freeing @page, which exists, with @order. What the page is
 * comes before what is asked for: a page that is not aligned to @order was allocated
 * with another one, or is not the first of its block.
 */
static struct bad_page diagnose(const struct page *page, unsigned int order)
{
	if (order > MAX_PAGE_ORDER)
		return (struct bad_page){"order over MAX_PAGE_ORDER", &page_alloc_stats.free_order};
	if (PageReserved(page))
		return (struct bad_page){"page is reserved", &page_alloc_stats.free_reserved};
	if (PageBuddy(page))
		return (struct bad_page){"double free", &page_alloc_stats.free_double};
	if (PageTail(page))
		return (struct bad_page){"tail of a compound page", &page_alloc_stats.free_tail};
	if (page->flags & PAGE_FLAGS_CHECK_AT_FREE & ~(1UL << PG_entry))
		return (struct bad_page){"flags of its owner are set",
					 &page_alloc_stats.free_flags};
	if (page_ref_count(page) <= 0)
		return diagnose_unreferenced(page);
	if (page_alloc_order(page) != order)
		return (struct bad_page){"allocated with another order",
					 &page_alloc_stats.free_order};
	return (struct bad_page){NULL, NULL};
}

/* Says whether there is room for one more report, and that it is the last. */
static bool may_report(void)
{
	static unsigned int reports;
	unsigned int nr = __atomic_add_fetch(&reports, 1, __ATOMIC_RELAXED);

	if (nr == MAX_BAD_PAGE_REPORTS + 1)
		pr_err("BUG: more bad pages are counted, but not shown\n");
	return nr <= MAX_BAD_PAGE_REPORTS;
}

static bool report_wild_free(const struct page *page, unsigned int order)
{
	count_event(&page_alloc_stats.free_wild);
	if (may_report())
		pr_err("BUG: Bad page state in free of order %u  page:%px: no such page\n", order,
		       (const void *)page);
	return true;
}

/* True: there is nothing more to be done about this free. */
static noinline bool report_bad_free(struct page *page, unsigned int order)
{
	struct bad_page bad = diagnose(page, order);

	if (!bad.why)
		return false;
	count_event(bad.count);
	if (!may_report())
		return true;
	pr_err("BUG: Bad page state in free of order %u  pfn:%05lx: %s (refcount:%d "
	       "order:%u flags:%#lx)\n",
	       order, page_to_pfn(page), bad.why, page_ref_count(page), page_alloc_order(page),
	       page->flags);
	dump_stack();
	dump_page_owner(page);
	return true;
}

static bool page_exists(const struct page *page)
{
	return (unsigned long)page % sizeof(*page) == 0 &&
	       section_made(pfn_to_section_nr(page_to_pfn(page)));
}

void bad_frees_report(void)
{
	const struct {
		const char *what;
		unsigned long count;
	} refused[] = {
		{"double", page_alloc_stats.free_double},
		{"of another order", page_alloc_stats.free_order},
		{"of reserved pages", page_alloc_stats.free_reserved},
		{"of tail pages", page_alloc_stats.free_tail},
		{"of pages in use", page_alloc_stats.free_flags},
		{"of no page", page_alloc_stats.free_wild},
	};
	char line[256];
	int len = 0;

	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		if (refused[i].count)
			len += scnprintf(line + len, sizeof(line) - (size_t)len, "%s %lu %s",
					 len ? "," : "", refused[i].count, refused[i].what);
	if (len)
		pr_warn("baremm: frees refused:%s\n", line);
}

/*
 * A block's alignment is not looked at: the order in its flags is that of the block,
 * and blocks are aligned to theirs.
 */
bool free_page_is_bad(struct page *page, unsigned int order)
{
	const unsigned long checked = PAGE_FLAGS_CHECK_AT_FREE | PAGE_ORDER_MASK;

	if (unlikely(!page_exists(page)))
		return report_wild_free(page, order);
	if (likely((page->flags & checked) == (unsigned long)order << PAGE_ORDER_PGSHIFT &&
		   page_ref_count(page) > 0 && !PageTail(page)))
		return false;
	return report_bad_free(page, order);
}
