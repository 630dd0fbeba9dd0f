// SPDX-License-Identifier: MIT
/* Many objects at once. Contract: linux/slab.h. */
#include "slab.h"

int kmem_cache_alloc_bulk(struct kmem_cache *s, gfp_t flags, size_t size, void **p)
{
	size_t nr;

	for (nr = 0; nr < size; nr++) {
		p[nr] = kmem_cache_alloc(s, flags);
		if (unlikely(!p[nr])) {
			kmem_cache_free_bulk(s, nr, p);
			return 0;
		}
	}
	return (int)size;
}

void kmem_cache_free_bulk(struct kmem_cache *s, size_t size, void **p)
{
	for (size_t i = 0; i < size; i++) {
		if (s)
			kmem_cache_free(s, p[i]);
		else
			kfree(p[i]);
	}
}
