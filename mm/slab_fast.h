/* SPDX-License-Identifier: MIT */
/*
 * What nearly every allocation and free does: push and pop objects of the calling CPU's
 * stash. No lock, no atomic operation, no look at another CPU's memory.
 *
 * Owns:       nothing; see struct kmem_cache_cpu in slab.h.
 * Invariants: an object below the top, or back, is free and SLAB_BACK. An entry at the top
 *             or above it, up to the first SLAB_NO_OBJECT, was popped from there, and its
 *             slab is still one: slab_forget_popped() sees to that.
 * Lifetime:   from kmem_cache_init() on; before it the stash of kmalloc's is an empty one.
 * Locking:    none: only the CPU itself pushes and pops.
 * Units:      none.
 * Failure:    NULL or false, and nothing done: the slow way knows what to do, and names
 *             what was wrong.
 */
#ifndef _MM_SLAB_FAST_H
#define _MM_SLAB_FAST_H

#include "slab.h"

static __always_inline void *slab_pop(struct kmem_cache_cpu *c)
{
	unsigned long object = c->top[-1].object;

	if (unlikely(!object))
		return NULL;
	data_race_write(*c->top[-1].state, SLAB_OUT);
	c->top--;
	return (void *)object;
}

/* The next object of the active slab that was not handed out yet. There is one. */
static __always_inline void *slab_take_fresh(struct kmem_cache_cpu *c)
{
	unsigned long index = *c->active.fresh;

	slab_set_state(c->active.slab, index, SLAB_OUT);
	c->active.fresh++;
	return (void *)(c->active.base + index * c->size);
}

/* An object that is at hand. Nothing is zeroed here. */
static __always_inline void *slab_take(struct kmem_cache_cpu *c)
{
	void *object = slab_pop(c);

	if (likely(object))
		return object;
	return likely(c->active.fresh != c->active.fresh_end) ? slab_take_fresh(c) : NULL;
}

/* An object of @s, from its part @c. */
static __always_inline void *slab_alloc(struct kmem_cache *s, struct kmem_cache_cpu *c, gfp_t flags)
{
	void *object = slab_take(c);

	return likely(object) ? object : slab_alloc_slow(s, flags, NUMA_NO_NODE);
}

/* Takes back the object that was popped last. */
static __always_inline bool slab_push_back(struct kmem_cache_cpu *c, unsigned long object)
{
	if (data_race(c->top->object) != object || unlikely(*c->top->state != SLAB_OUT))
		return false;
	data_race_write(*c->top->state, SLAB_BACK);
	c->top++;
	return true;
}

/* Frees @object if it is of the slab that this CPU frees to. A closed window has no objects. */
static __always_inline bool slab_free_to_open_window(struct kmem_cache_cpu *c, unsigned long object)
{
	struct slab_window *w = &c->freed;
	struct slab *slab = w->slab;
	unsigned long index = slab_index(c->inverse, c->shift, object - w->base);

	if (index >= w->objects || unlikely(slab_states(slab)[2 * index] != SLAB_OUT))
		return false;
	OPTIMIZER_HIDE_VAR(index); /* cheaper than to keep its entry's address */
	slab_set_state(slab, index, SLAB_FREED);
	w->nr++;
	return true;
}

static __always_inline bool slab_free_to_window(struct kmem_cache_cpu *c, unsigned long object)
{
	return c->freed.slab && slab_free_to_open_window(c, object);
}

/* Pushes @object. */
static __always_inline void slab_push(struct kmem_cache_cpu *c, unsigned long object, u8 *state)
{
	struct slab_stashed *back = c->back;

	data_race_write(*state, SLAB_BACK);
	WRITE_ONCE(back->object, object);
	back->state = state;
	c->back = back + 1;
}

/* Is @page part of a slab that the calling CPU owns, and by which part of its cache? */
static __always_inline bool slab_page_is_mine(const struct page *page, struct kmem_cache_cpu **c)
{
	u64 owner = READ_ONCE(page->slab_owner) ^ raw_cpu_read(slab_key.cpu);

	*c = (struct kmem_cache_cpu *)owner;
	return owner >> SLAB_OWNER_SHIFT == raw_cpu_read(slab_key.top);
}

static __always_inline struct slab_place slab_place_of(const struct page *page)
{
	return (struct slab_place){
		.base = data_race(page->slab_place.base),
		.reciprocal = data_race(page->slab_place.reciprocal),
	};
}

/* Frees @object, which lies in @page, if it is one that the calling CPU's stash takes. */
static __always_inline bool slab_free_to_stash(struct page *page, unsigned long object)
{
	struct kmem_cache_cpu *c;
	unsigned long index;
	u8 *state;

	if (unlikely(!slab_page_is_mine(page, &c) ||
		     !slab_divide(slab_place_of(page), object, &index)))
		return false;
	state = &slab_states(data_race(page->slab))[2 * index];
	if (unlikely(*state != SLAB_OUT || c->back >= c->limit))
		return false;
	slab_push(c, object, state);
	return true;
}

/* The same of @object that may be anything. */
static __always_inline bool slab_free_by_page(unsigned long object)
{
	return likely(slab_span_has(slab_known, object)) &&
	       slab_free_to_stash(slab_span_page(slab_known, object), object);
}

#endif /* _MM_SLAB_FAST_H */
