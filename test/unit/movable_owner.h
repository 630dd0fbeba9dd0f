/* SPDX-License-Identifier: MIT */
/*
 * An owner of movable pages: a table of handles, each with a page, or a block of them,
 * that holds the handle's pattern, wherever it is moved to. What the owner answers when it is
 * asked to move one can be chosen.
 */
#ifndef _TEST_MOVABLE_OWNER_H
#define _TEST_MOVABLE_OWNER_H

#include "zones_machine.h"

#include <stdlib.h>
#include <string.h>
#include <linux/errno.h>
#include <linux/migrate.h>
#include <linux/pagemap.h>

static struct {
	struct page **page; /* by handle; NULL: none */
	unsigned long nr;
	unsigned long moved, put_back, isolated; /* blocks, */
	unsigned long moved_pages;		 /* and pages */
	bool refuse;				 /* isolate_page says no */
	unsigned int again;			 /* that often migrate_page says -EAGAIN */
	unsigned int again_for;			 /* the next such answers */
	int error;				 /* what migrate_page says, unless it is 0 */
} owner;

static inline u64 owner_pattern(unsigned long handle, size_t word)
{
	return (handle + 1) * 0x9e3779b97f4a7c15ULL + word * 0xd1342543de82ef95ULL;
}

static inline size_t owner_words(const struct page *page)
{
	return (PAGE_SIZE << page_alloc_order(page)) / sizeof(u64);
}

/* The first and the last words: a page that was not copied whole shows. */
static inline void owner_fill(unsigned long handle)
{
	u64 *words = page_address(owner.page[handle]);

	for (size_t i = 0; i < owner_words(owner.page[handle]); i += 73)
		words[i] = owner_pattern(handle, i);
}

static inline void owner_check(unsigned long handle)
{
	const struct page *page = owner.page[handle];
	const u64 *words = page_address(page);

	assert_int_equal(page->index, handle);
	assert_true(PageMovable(page));
	assert_false(PageIsolated(page));
	assert_false(PageLocked(page));
	assert_int_equal(page_ref_count(page), 1);
	for (unsigned long i = 1; i < 1UL << page_alloc_order(page); i++)
		assert_int_equal(PageTail(page + i), PageHead(page));
	for (size_t i = 0; i < owner_words(page); i += 73)
		assert_int_equal(words[i], owner_pattern(handle, i));
}

static inline void owner_check_all(void)
{
	for (unsigned long i = 0; i < owner.nr; i++)
		if (owner.page[i])
			owner_check(i);
}

static inline bool owner_isolate(struct page *page, isolate_mode_t mode)
{
	(void)mode;
	assert_true(PageLocked(page));
	assert_ptr_equal(owner.page[page->index], page);
	owner.isolated += !owner.refuse;
	return !owner.refuse;
}

static inline void owner_take(struct page *page, unsigned long handle);

static inline int owner_migrate(struct page *dst, struct page *src, enum migrate_mode mode)
{
	unsigned long handle = src->index;

	(void)mode;
	assert_true(PageLocked(src) && PageLocked(dst) && PageIsolated(src));
	assert_ptr_equal(owner.page[handle], src);
	if (owner.again_for) {
		owner.again_for--;
		return -EAGAIN;
	}
	owner.again_for = owner.again;
	if (owner.error)
		return owner.error;
	assert_int_equal(page_alloc_order(dst), page_alloc_order(src));
	assert_int_equal(PageHead(dst), PageHead(src));
	assert_false(PageTail(src) || PageTail(dst));
	memcpy(page_address(dst), page_address(src), owner_words(src) * sizeof(u64));
	memset(page_address(src), 0x6b, owner_words(src) * sizeof(u64));
	get_page(dst);
	owner_take(dst, handle);
	__ClearPageMovable(src);
	owner.moved_pages += 1UL << page_alloc_order(src);
	put_page(src);
	owner.moved++;
	return MIGRATEPAGE_SUCCESS;
}

static inline void owner_putback(struct page *page)
{
	assert_true(PageLocked(page) && PageIsolated(page));
	assert_ptr_equal(owner.page[page->index], page);
	owner.put_back++;
}

static const struct movable_operations owner_ops = {owner_isolate, owner_migrate, owner_putback};

/* The locked @page is @handle's from now on. */
static inline void owner_take(struct page *page, unsigned long handle)
{
	__SetPageMovable(page, &owner_ops);
	page->index = handle;
	owner.page[handle] = page;
}

/* Makes @page, just allocated, the page of @handle, which has none. */
static inline void owner_add(struct page *page, unsigned long handle)
{
	assert_true(trylock_page(page));
	owner_take(page, handle);
	unlock_page(page);
	owner_fill(handle);
}

/* The handle's page goes back. */
static inline void owner_drop(unsigned long handle)
{
	struct page *page = owner.page[handle];

	assert_true(trylock_page(page));
	__ClearPageMovable(page);
	unlock_page(page);
	owner.page[handle] = NULL;
	put_page(page);
}

/* An owner of @nr handles, none with a page. */
static inline void owner_init(unsigned long nr)
{
	memset(&owner, 0, sizeof(owner));
	owner.page = calloc(nr, sizeof(*owner.page));
	owner.nr = nr;
}

static inline void owner_exit(void)
{
	for (unsigned long i = 0; i < owner.nr; i++)
		if (owner.page[i])
			owner_drop(i);
	free(owner.page);
	memset(&owner, 0, sizeof(owner));
}

#endif /* _TEST_MOVABLE_OWNER_H */
