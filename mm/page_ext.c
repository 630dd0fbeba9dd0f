// SPDX-License-Identifier: MIT
/* Room beside struct page. Contract: linux/page_ext.h. */
#include <linux/page_ext.h>

#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/page_owner.h>
#include <linux/string.h>

unsigned long page_ext_section_pages;

static struct page_ext_operations *const clients[] = {&page_owner_ops};

static size_t ext_size; /* of one page; 0: nobody needs it */
static atomic_long_t sections;

void __init page_ext_prepare(void)
{
	size_t size = sizeof(struct page_ext);

	for (size_t i = 0; i < ARRAY_SIZE(clients); i++) {
		if (!clients[i]->need())
			continue;
		clients[i]->offset = size;
		size += ALIGN(clients[i]->size, sizeof(u64));
	}
	if (size == sizeof(struct page_ext))
		return;
	ext_size = size;
	page_ext_section_pages = PFN_UP(PAGES_PER_SECTION * ext_size);
}

void page_ext_section_made(unsigned long pfn)
{
	if (!ext_size)
		return;
	memset(__va(PFN_PHYS(pfn)), 0, page_ext_section_pages << PAGE_SHIFT);
	atomic_long_inc(&sections);
}

unsigned long page_ext_bytes(void)
{
	return (unsigned long)atomic_long_read(&sections) * page_ext_section_pages << PAGE_SHIFT;
}

void __init page_ext_init(void)
{
	if (ext_size)
		pr_info("allocated %lu bytes of page_ext\n", page_ext_bytes());
}

struct page_ext *lookup_page_ext(const struct page *page)
{
	unsigned long pfn = page_to_pfn(page), nr = pfn_to_section_nr(pfn);
	const struct mem_section *ms = __nr_to_section(nr);
	char *base;

	if (!ext_size || !ms || !section_made(nr))
		return NULL;
	base = __va(PFN_PHYS(ms->ext_pfn));
	return (struct page_ext *)(base + pfn % PAGES_PER_SECTION * ext_size);
}

struct page_ext *page_ext_next(struct page_ext *page_ext)
{
	return (struct page_ext *)((char *)page_ext + ext_size);
}

void __init page_ext_reset(void)
{
	ext_size = 0;
	page_ext_section_pages = 0;
	atomic_long_set(&sections, 0);
}
