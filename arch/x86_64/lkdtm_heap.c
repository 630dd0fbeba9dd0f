/* SPDX-License-Identifier: MIT */
/* Pages that are used after they were freed, and pages that never are. */
#include "lkdtm_heap.h"

#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>

#undef pr_fmt
#define pr_fmt(fmt) "lkdtm: " fmt

#define LEAKED_BLOCKS 3
#define LEAKED_ORDER  2

/* The page that is freed last is handed out next. */
void lkdtm_write_buddy_after_free(void)
{
	unsigned long page = __get_free_page(GFP_KERNEL);

	if (!page) {
		pr_info("Unable to allocate free page\n");
		return;
	}
	pr_info("Writing to the buddy page before free\n");
	memset((void *)page, 0x3, PAGE_SIZE);
	free_page(page);
	pr_info("Attempting bad write to the buddy page after free\n");
	memset((void *)page, 0x78, PAGE_SIZE);
	page = __get_free_page(GFP_KERNEL);
	free_page(page);
}

void lkdtm_read_buddy_after_free(void)
{
	unsigned long page = __get_free_page(GFP_KERNEL);
	volatile u32 *word = (volatile u32 *)page;
	const u32 written = 0x12345678;
	u32 saw;

	if (!page) {
		pr_info("Unable to allocate free page\n");
		return;
	}
	*word = written;
	pr_info("Value in memory before free: %x\n", *word);
	free_page(page);
	pr_info("Attempting to read from freed memory\n");
	saw = *word;
	if (saw != written)
		pr_info("Memory correctly poisoned (%x)\n", saw);
	else
		pr_err("FAIL: Buddy page was not poisoned!\n");
}

/* A page that is handed out is freed in the right way after all. */
void lkdtm_free_pages_wrongly(void)
{
	struct page *page = alloc_page(GFP_KERNEL);
	struct page *compound = alloc_pages(GFP_KERNEL | __GFP_COMP, 2);

	if (!page || !compound) {
		pr_info("Unable to allocate pages\n");
		return;
	}
	pr_info("Attempting frees with another order and of a tail page\n");
	__free_pages(page, 1);
	__free_pages(compound, 3);
	__free_pages(compound + 1, 0);
	__free_pages(compound, 2);
	pr_info("Attempting double free of a page and of a part of a free block\n");
	__free_page(page);
	__free_page(page);
	__free_page(compound + 3);
	pr_info("Attempting free of page 0, which is reserved\n");
	__free_page(pfn_to_page(0));
}

void lkdtm_leak_pages(void)
{
	for (int i = 0; i < LEAKED_BLOCKS; i++)
		pr_info("Leaking order %d block at %px\n", LEAKED_ORDER,
			(void *)__get_free_pages(GFP_KERNEL, LEAKED_ORDER));
}
