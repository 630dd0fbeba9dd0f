/* SPDX-License-Identifier: MIT */
/* Pages and objects that are used after they were freed, past their end, and that never are. */
#include "lkdtm_heap.h"

#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#undef pr_fmt
#define pr_fmt(fmt) "lkdtm: " fmt

#define LEAKED_BLOCKS 3
#define LEAKED_ORDER  2

#define OBJECT_BYTES 1020
#define OBJECT_ROOM  1024 /* what the size class has */
#define OBJECT_TRIES 64

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

/* ---- Objects ---------------------------------------------------------------------- */

/* What the compiler must not see through. */
static u8 *hidden(const void *p)
{
	unsigned long addr = (unsigned long)p;

	__asm__ __volatile__("" : "+r"(addr));
	return (u8 *)addr;
}

/*
 * An object that begins (or ends) at the edge of a page, as guarded ones do; else the
 * last one tried.
 */
static u8 *object_at_edge(bool begins)
{
	u8 *object = NULL;

	for (int i = 0; i < OBJECT_TRIES; i++) {
		kfree(object);
		object = kmalloc(OBJECT_BYTES, GFP_KERNEL);
		if (!object || (begins ? offset_in_page(object) == 0
				       : offset_in_page(object + OBJECT_ROOM) == 0))
			break;
	}
	if (!object)
		pr_info("Unable to allocate an object\n");
	return object;
}

void lkdtm_slab_linear_overflow(void)
{
	u8 *object = object_at_edge(false);

	if (!object)
		return;
	pr_info("Attempting slab linear overflow ...\n");
	*(volatile u32 *)(void *)hidden(object + OBJECT_ROOM) = 0x12345678;
	kfree(object);
	pr_info("Wrote past an object of %d bytes\n", OBJECT_BYTES);
}

void lkdtm_slab_linear_underflow(void)
{
	u8 *object = object_at_edge(true);

	if (!object)
		return;
	pr_info("Attempting read before an object\n");
	pr_info("Read %#x\n", *(volatile u8 *)hidden(object - 1));
	/* Where nothing catches it at once: the byte behind what was asked for. */
	*(volatile u8 *)hidden(object + OBJECT_BYTES) = 0xac;
	kfree(object);
	pr_info("Wrote behind an object of %d bytes\n", OBJECT_BYTES);
}

void lkdtm_read_after_free(void)
{
	int *object = kmalloc(OBJECT_ROOM, GFP_KERNEL);
	const size_t middle = OBJECT_ROOM / sizeof(*object) / 2;

	if (!object)
		return;
	object[middle] = 0x12345678;
	kfree(object);
	pr_info("Attempting bad read from freed memory\n");
	pr_info("Memory holds %#x\n", *(volatile int *)(void *)hidden(&object[middle]));
}

void lkdtm_write_after_free(void)
{
	int *object = kmalloc(OBJECT_ROOM, GFP_KERNEL);

	if (!object)
		return;
	kfree(object);
	pr_info("Attempting bad write to the freed memory\n");
	*(volatile int *)(void *)hidden(object + OBJECT_ROOM / sizeof(*object) / 2) = 0x0abcdef0;
}

void lkdtm_slab_free_double(void)
{
	u8 *object = kmalloc(OBJECT_BYTES, GFP_KERNEL);

	pr_info("Attempting double slab free ...\n");
	kfree(object);
	kfree(hidden(object)); /* NOLINT(clang-analyzer-unix.Malloc): on purpose */
	pr_info("Freed an object twice\n");
}

void lkdtm_vmalloc_linear_overflow(void)
{
	char *one = vzalloc(PAGE_SIZE), *two = vzalloc(PAGE_SIZE);

	if (!one || !two) {
		pr_info("Unable to allocate areas\n");
		return;
	}
	pr_info("Attempting vmalloc linear overflow ...\n");
	memset(one, 0xaa, PAGE_SIZE);
	*(volatile char *)hidden(one + PAGE_SIZE) = (char)0xaa;
	vfree(two);
	vfree(one);
}
