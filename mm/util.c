// SPDX-License-Identifier: MIT
/* Helpers on top of kmalloc(). */
#include <linux/slab.h>
#include <linux/string.h>

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
	if (!ZERO_OR_NULL_PTR(p) && old_size >= new_size)
		return (void *)(unsigned long)p;

	moved = kmalloc(new_size, flags);
	if (moved && !ZERO_OR_NULL_PTR(p)) {
		memcpy(moved, p, old_size);
		kfree(p);
	}
	return moved;
}
