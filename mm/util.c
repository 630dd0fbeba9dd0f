// SPDX-License-Identifier: MIT
/* Helpers on top of kmalloc(). Contracts: linux/slab.h, linux/string.h. */
#include <linux/bug.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "slab.h"

/* ---- Other sizes of a block -------------------------------------------------------- */

/*
 * Linux's contract (mm/slab_common.c): a block that is large enough stays where
 * it is, also when it shrinks.
 */
void *krealloc(const void *p, size_t new_size, gfp_t flags)
{
	size_t old_size = ksize(p);
	void *moved;

	if (new_size == 0) {
		kfree(p);
		return ZERO_SIZE_PTR;
	}
	if (ZERO_OR_NULL_PTR(p))
		return kmalloc(new_size, flags);
	if (old_size >= new_size) {
		slab_resized(p, new_size);
		return (void *)(unsigned long)p;
	}

	/* Without a size it is no object, which ksize() has told. */
	moved = old_size ? kmalloc(new_size, flags) : NULL;
	if (moved) {
		memcpy(moved, p, old_size);
		kfree(p);
	}
	return moved;
}

void *krealloc_array(void *p, size_t n, size_t size, gfp_t flags)
{
	size_t bytes;

	return __builtin_mul_overflow(n, size, &bytes) ? NULL : krealloc(p, bytes, flags);
}

void kfree_sensitive(const void *p)
{
	size_t size = ksize(p);

	if (size)
		memzero_explicit((void *)(unsigned long)p, size);
	kfree(p);
}

/* ---- Blocks that may be large ------------------------------------------------------ */

void *kvmalloc_node(size_t size, gfp_t flags, int node)
{
	gfp_t kmalloc_flags = flags;
	void *p;

	/* Larger blocks are tried for without effort: there is another way. */
	if (size > PAGE_SIZE) {
		kmalloc_flags |= __GFP_NOWARN;
		if (!(kmalloc_flags & __GFP_RETRY_MAYFAIL))
			kmalloc_flags |= __GFP_NORETRY;
		kmalloc_flags &= ~__GFP_NOFAIL;
	}
	p = kmalloc_node(size, kmalloc_flags, node);
	if (p || size <= PAGE_SIZE || !(flags & __GFP_DIRECT_RECLAIM))
		return p;
	if (size > INT_MAX) {
		WARN_ON_ONCE(!(flags & __GFP_NOWARN));
		return NULL;
	}
	return __vmalloc_node_range(size, 1, VMALLOC_START, VMALLOC_END + 1, flags, PAGE_KERNEL,
				    VM_ALLOW_HUGE_VMAP, node, __builtin_return_address(0));
}

void *kvrealloc(const void *p, size_t old_size, size_t new_size, gfp_t flags)
{
	void *moved;

	if (old_size >= new_size) {
		slab_resized(p, new_size);
		return (void *)(unsigned long)p;
	}
	moved = kvmalloc(new_size, flags);
	if (moved && p) {
		memcpy(moved, p, old_size);
		kvfree(p);
	}
	return moved;
}

void kvfree(const void *p)
{
	if (is_vmalloc_addr(p))
		vfree(p);
	else
		kfree(p);
}

void kvfree_sensitive(const void *p, size_t size)
{
	if (!ZERO_OR_NULL_PTR(p))
		memzero_explicit((void *)(unsigned long)p, size);
	kvfree(p);
}

/* ---- Copies -------------------------------------------------------------------------- */

void *kmemdup(const void *src, size_t len, gfp_t gfp)
{
	void *copy = kmalloc(len, gfp);

	return copy ? memcpy(copy, src, len) : NULL;
}

char *kmemdup_nul(const char *s, size_t len, gfp_t gfp)
{
	char *copy = s ? kmalloc(len + 1, gfp) : NULL;

	if (!copy)
		return NULL;
	memcpy(copy, s, len);
	copy[len] = '\0';
	return copy;
}

char *kstrdup(const char *s, gfp_t gfp)
{
	return s ? kmemdup_nul(s, strlen(s), gfp) : NULL;
}

char *kstrndup(const char *s, size_t max, gfp_t gfp)
{
	return s ? kmemdup_nul(s, strnlen(s, max), gfp) : NULL;
}
