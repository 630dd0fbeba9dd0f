// SPDX-License-Identifier: MIT
/* A page in words, in the form of Linux's dump_page(). Contract: linux/mmdebug.h. */
#include <linux/mmdebug.h>

#include <linux/kernel.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/page_owner.h>

#include "page_entry.h"

static void dump_raw(const char *prefix, const struct page *page)
{
	print_hex_dump(KERN_WARNING, prefix, DUMP_PREFIX_NONE, 32, sizeof(unsigned long), page,
		       sizeof(*page), false);
}

void dump_page(const struct page *page, const char *reason)
{
	const struct page *head = compound_head(page);
	const struct page_entry *entry = page_entry(page);
	const void *movable = PageMovable(head) ? page_movable_ops(head) : NULL;
	bool kept = entry && (entry->mapping || PageIsolated(page));

	pr_warn("page:%px refcount:%d mapping:%px index:%#lx pfn:%#lx\n", (const void *)page,
		page_ref_count(head), entry && entry->mapping ? entry->mapping : movable,
		kept ? entry->index : head->index, page_to_pfn(page));
	if (entry)
		pr_warn("private:%#lx\n", entry->private);
	if (PageHead(head))
		pr_warn("head:%px order:%u\n", (const void *)head, compound_order(head));
	pr_warn("flags: %pGp\n", (const void *)&head->flags);
	dump_raw("raw: ", page);
	if (head != page)
		dump_raw("head: ", head);
	if (reason)
		pr_warn("page dumped because: %s\n", reason);
	dump_page_owner(page);
}
