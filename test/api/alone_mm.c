// SPDX-License-Identifier: MIT
/* A buffer of pages by number, by one who includes nothing but the pages. */
#include <linux/mm.h>

struct buffer {
	struct rb_node node;
	struct xarray pages;
	struct percpu_ref users;
	struct shrinker shrinker;
	struct completion gone;
	struct rw_semaphore lock;
	struct address_space *mapping;
	struct resource window;
	struct kref refs;
};

struct page *buffer_page(struct buffer *b, pgoff_t index);
struct page *buffer_page(struct buffer *b, pgoff_t index)
{
	struct page *page = xa_load(&b->pages, index);
	int err;

	if (page || resource_size(&b->window) < SZ_4K)
		return page;
	page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	if (!page)
		return ERR_PTR(-ENOMEM);
	VM_BUG_ON_PAGE(page_count(page) != 1, page);
	err = xa_err(xa_store(&b->pages, index, page, GFP_KERNEL));
	if (err) {
		__free_page(page);
		return ERR_PTR(err);
	}
	kref_get(&b->refs);
	down_write(&b->lock);
	rb_erase(&b->node, &(struct rb_root){NULL});
	up_write(&b->lock);
	return page;
}

void *buffer_copy(const void *from, size_t n, size_t size);
void *buffer_copy(const void *from, size_t n, size_t size)
{
	void *to = kvmalloc(size_mul(n, size), GFP_KERNEL);

	if (to)
		memcpy(to, from, n * size);
	return to;
}
