// SPDX-License-Identifier: MIT
/* What is done to all pages of folios, or to many. Contracts: linux/mm.h, linux/highmem.h. */
#include <linux/highmem.h>
#include <linux/list.h>
#include <linux/mm.h>

void folio_zero_range(struct folio *folio, size_t start, size_t length)
{
	while (length) {
		size_t in_page = start % PAGE_SIZE, part = min(length, PAGE_SIZE - in_page);

		zero_user(folio_page(folio, start / PAGE_SIZE), (unsigned int)in_page,
			  (unsigned int)part);
		start += part;
		length -= part;
	}
}

void folio_copy(struct folio *dst, struct folio *src)
{
	for (long i = 0; i < folio_nr_pages(src); i++)
		copy_highpage(folio_page(dst, i), folio_page(src, i));
}

void release_pages(struct page **pages, int nr)
{
	for (int i = 0; i < nr; i++)
		put_page(pages[i]);
}

void put_pages_list(struct list_head *pages)
{
	struct page *page, *next;

	list_for_each_entry_safe (page, next, pages, lru)
		put_page(page);
	INIT_LIST_HEAD(pages);
}
