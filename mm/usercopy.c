// SPDX-License-Identifier: MIT
/*
 * What of an object may be copied to and from users. Contract: linux/slab.h.
 *
 *   object: | ... | useroffset ── usersize bytes ── | ... |
 *
 * Form: the message of Linux's usercopy_abort().
 */
#include "kfence.h"

#include <baremm/panic.h>

static bool refuse(const char *kind, const char *name, bool to_user, unsigned long offset,
		   unsigned long n)
{
	__atomic_fetch_add(&slab_stats.bad_usercopy, 1, __ATOMIC_RELAXED);
	pr_emerg("usercopy: Kernel memory %s attempt detected %s %s%s%s (offset %lu, size %lu)!\n",
		 to_user ? "exposure" : "overwrite", to_user ? "from" : "to", kind,
		 name ? " object" : "", name ?: "", offset, n);
	return false;
}

static bool check_slab_object(const struct slab *slab, unsigned long addr, unsigned long n,
			      bool to_user)
{
	const struct kmem_cache *s = slab->cache;
	unsigned long in_slab = addr - slab_address(slab);
	bool in_object = in_slab / s->size < slab->objects;
	/* Wraps in a left red zone. */
	unsigned long offset = in_slab % s->size - s->red_left_pad;
	char name[64];

	if (slab_is_kfence(slab)) {
		offset = addr - (unsigned long)kfence_object_start((void *)addr);
		in_object = offset + n <= kfence_ksize((void *)addr);
	}
	if (in_object && offset >= s->useroffset && offset - s->useroffset <= s->usersize &&
	    n <= s->useroffset - offset + s->usersize)
		return true;
	snprintf(name, sizeof(name), " '%s'", s->name);
	return refuse("SLUB", name, to_user, offset, n);
}

bool __check_heap_object(const void *ptr, unsigned long n, bool to_user)
{
	unsigned long addr = (unsigned long)ptr;
	struct page *page = slab_page_at(addr);
	unsigned long offset;

	if (!n || !page)
		return true;
	if (PageSlab(page))
		return check_slab_object(page->slab, addr, n, to_user);
	page = compound_head(page);
	if (!PageKmallocLarge(page))
		return true;
	offset = addr - (unsigned long)lowmem_page_address(page);
	return n <= page_size(page) - offset || refuse("page alloc", NULL, to_user, offset, n);
}

void check_object_size(const void *ptr, unsigned long n, bool to_user)
{
	if (!__check_heap_object(ptr, n, to_user))
		panic("usercopy: %lu bytes at %p", n, ptr);
}
