// SPDX-License-Identifier: MIT
/*
 * What of an object may be copied to and from users. Contract: linux/slab.h.
 *
 *   object: | ... | useroffset ── usersize bytes ── | ... |
 *
 * Form: the message of Linux's usercopy_abort().
 */
#include "kfence.h"

#include <linux/errno.h>
#include <linux/kstrtox.h>
#include <linux/mm.h>
#include <baremm/panic.h>

#include "internal.h"
#include "vmap.h"

static bool refuse(const char *kind, const char *name, bool to_user, unsigned long offset,
		   unsigned long n)
{
	__atomic_fetch_add(&slab_stats.bad_usercopy, 1, __ATOMIC_RELAXED);
	pr_emerg("usercopy: Kernel memory %s attempt detected %s %s%s (offset %lu, size %lu)!\n",
		 to_user ? "exposure" : "overwrite", to_user ? "from" : "to", kind, name ?: "",
		 offset, n);
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
	return refuse("SLUB object", name, to_user, offset, n);
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

/* Bytes that cannot be anybody's. */
static bool check_bogus_address(unsigned long addr, unsigned long n, bool to_user)
{
	if (addr + n - 1 < addr)
		return refuse("wrapped address", NULL, to_user, 0, addr + n);
	return !ZERO_OR_NULL_PTR((void *)addr) || refuse("null address", NULL, to_user, addr, n);
}

/* Where vmalloc's areas lie: all in one, without its guard page. */
static bool check_vmalloc(unsigned long addr, unsigned long n, bool to_user)
{
	const struct vmap_area *va;
	unsigned long offset = 0, size = 0;

	spin_lock(&vmap_lock);
	va = find_vmap_area(addr);
	if (va) {
		offset = addr - va->va_start;
		size = va_usable_end(va) - va->va_start;
	}
	spin_unlock(&vmap_lock);
	if (!va)
		return refuse("vmalloc", " 'no area'", to_user, 0, n);
	return (offset < size && n <= size - offset) || refuse("vmalloc", NULL, to_user, offset, n);
}

static bool bypass_usercopy_checks;

void check_object_size(const void *ptr, unsigned long n, bool to_user)
{
	unsigned long addr = (unsigned long)ptr;

	if (bypass_usercopy_checks || !n)
		return;
	if (!check_bogus_address(addr, n, to_user) ||
	    (is_vmalloc_addr(ptr) && !check_vmalloc(addr, n, to_user)) ||
	    !__check_heap_object(ptr, n, to_user))
		panic("usercopy: %lu bytes at %px", n, ptr);
}

int __init hardened_usercopy_parse_option(char *value)
{
	bool on;
	int err = value ? kstrtobool(value, &on) : -EINVAL;

	if (!err)
		bypass_usercopy_checks = !on;
	return err;
}

void __init usercopy_reset(void)
{
	bypass_usercopy_checks = false;
}
