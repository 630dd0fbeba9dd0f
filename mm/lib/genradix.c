// SPDX-License-Identifier: MIT
/*
 * Arrays that grow. Contract: linux/generic-radix-tree.h.
 *
 * An xarray finds the pages: what is looked up takes no lock, and of two who make the
 * same page one gives his back.
 */
#include <linux/generic-radix-tree.h>

#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/math.h>
#include <linux/mm.h>

void *__genradix_ptr(struct __genradix *radix, size_t offset)
{
	char *page = xa_load(&radix->pages, offset / PAGE_SIZE);

	return page ? page + offset_in_page(offset) : NULL;
}

void *__genradix_ptr_alloc(struct __genradix *radix, size_t offset, gfp_t gfp)
{
	char *page = xa_load(&radix->pages, offset / PAGE_SIZE), *was;

	if (page)
		return page + offset_in_page(offset);
	page = (char *)get_zeroed_page(gfp);
	if (!page)
		return NULL;
	was = xa_cmpxchg(&radix->pages, offset / PAGE_SIZE, NULL, page, gfp);
	if (!was)
		return page + offset_in_page(offset);
	free_page((unsigned long)page);
	return xa_is_err(was) ? NULL : was + offset_in_page(offset);
}

void *__genradix_iter_peek(struct genradix_iter *iter, struct __genradix *radix, size_t obj_size)
{
	unsigned long index = iter->offset / PAGE_SIZE;
	char *page = xa_find(&radix->pages, &index, ULONG_MAX, XA_PRESENT);

	if (!page)
		return NULL;
	if (index != iter->offset / PAGE_SIZE) {
		iter->offset = index * PAGE_SIZE;
		iter->pos = index * (PAGE_SIZE / obj_size);
	}
	return page + offset_in_page(iter->offset);
}

int __genradix_prealloc(struct __genradix *radix, size_t size, gfp_t gfp)
{
	for (size_t offset = 0; offset < size; offset += PAGE_SIZE)
		if (!__genradix_ptr_alloc(radix, offset, gfp))
			return -ENOMEM;
	return 0;
}

void __genradix_free(struct __genradix *radix)
{
	unsigned long index;
	void *page;

	xa_for_each(&radix->pages, index, page) free_page((unsigned long)page);
	xa_destroy(&radix->pages);
}
