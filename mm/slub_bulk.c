// SPDX-License-Identifier: MIT
/*
 * Many objects at once. Contract: linux/slab.h.
 *
 * A run of objects of one slab costs a few instructions each, as the slab at hand stays
 * the same: allocation takes whole runs of the active slab's list, and frees mostly meet
 * objects in the company in which they were allocated.
 */
#include "slab.h"

#include <linux/string.h>

/* Up to @size objects of the active slab's list. Returns their number. */
static size_t take_run(struct kmem_cache *s, struct slab_window *w, size_t size, void **p)
{
	unsigned int head = w->head, limit = w->limit;
	unsigned long base = w->base, bytes = s->size;
	u16 *next = w->next, key = s->key;
	size_t nr;

	for (nr = 0; nr < size && head < limit; nr++) {
		unsigned int link = next[head] ^ key;

		if (unlikely(link & SLAB_STATE))
			break;
		next[head] = SLAB_OUT;
		p[nr] = (void *)(base + head * bytes);
		head = link;
	}
	w->head = (u16)head;
	return nr;
}

static void zero_objects(struct kmem_cache *s, size_t size, void **p)
{
	for (size_t i = 0; i < size; i++)
		memset(p[i], 0, s->object_size);
}

int kmem_cache_alloc_bulk(struct kmem_cache *s, gfp_t flags, size_t size, void **p)
{
	struct kmem_cache_cpu *c = this_cpu_slab(s);
	size_t nr = 0;

	while (nr < size) {
		/* One by the ordinary way: the slot's, or the first of a new list. */
		p[nr] = slab_alloc(s, flags & ~__GFP_ZERO);
		if (unlikely(!p[nr])) {
			kmem_cache_free_bulk(s, nr, p);
			return 0;
		}
		nr++;
		nr += take_run(s, &c->active, size - nr, p + nr);
	}
	if (unlikely(flags & __GFP_ZERO && !s->ctor))
		zero_objects(s, size, p);
	return (int)size;
}

/* Frees objects of @w's slab until one is not, or is to be refused. Returns their number. */
static size_t free_run(struct kmem_cache *s, struct slab_window *w, size_t size, void **p)
{
	/* Copies, which no store through next[] can change. */
	const struct kmem_cache sizes = {.inverse = s->inverse, .shift = s->shift};
	unsigned long base = w->base, objects = w->objects, index;
	unsigned int head = w->head;
	u16 *next = w->next, key = s->key;
	size_t nr;

	for (nr = 0; nr < size; nr++) {
		index = slab_index(&sizes, (unsigned long)p[nr] - base);
		if (index >= objects || unlikely(next[index] != SLAB_OUT))
			break;
		next[index] = (u16)(head ^ key);
		head = (unsigned int)index;
	}
	w->head = (u16)head;
	return nr;
}

void kmem_cache_free_bulk(struct kmem_cache *s, size_t size, void **p)
{
	size_t nr = 0, run;

	while (nr < size) {
		if (!s) {
			kfree(p[nr++]);
			continue;
		}
		kmem_cache_free(s, p[nr++]);
		run = free_run(s, &this_cpu_slab(s)->freed, size - nr, p + nr);
		this_cpu_slab(s)->freed.nr = (u16)(this_cpu_slab(s)->freed.nr + run);
		nr += run;
	}
}
