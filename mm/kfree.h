/* SPDX-License-Identifier: MIT */
/*
 * Which way kfree() goes.
 *
 * Owns:       kfree_way, each CPU's.
 * Invariants: whichever way it is, an object is freed, and what is none refused, with the
 *             same result; only what it costs differs. Ways other than the common one lead
 *             to a cache that lives for ever.
 * Lifetime:   from kfree_reset() on.
 * Locking:    none: a CPU's way is touched by that CPU alone.
 * Units:      none.
 * Failure:    none.
 */
#ifndef _MM_KFREE_H
#define _MM_KFREE_H

#include "slab.h"

#include <linux/percpu-defs.h>

struct kfree_way {
	struct slab_span pages; /* slab_known; none where the way is not the common one */
	void (*free)(const void *object);
	struct kmem_cache_cpu *c; /* for ways that look there first */
};
DECLARE_PER_CPU(struct kfree_way, kfree_way);

/*
 * The ways: what is left of the common one, where the stash took nothing; first to the window of
 * the way's cache; as its last one.
 */
void kfree_rest(const void *object);
void kfree_to_window(const void *object);
void kfree_last(const void *object);

/* From now on this CPU goes @way, if @c is of a cache that lives for ever. */
static inline void kfree_go(void (*way)(const void *), const struct kmem_cache *s,
			    struct kmem_cache_cpu *c)
{
	if (s->refcount < 0)
		*this_cpu_ptr(&kfree_way) = (struct kfree_way){.free = way, .c = c};
}

/* What led to a way by @c is so no more. */
static inline void kfree_leave(const struct kmem_cache_cpu *c)
{
	if (raw_cpu_read(kfree_way.c) == c)
		*this_cpu_ptr(&kfree_way) =
			(struct kfree_way){.pages = *this_cpu_ptr(&slab_known), .free = kfree_rest};
}

/* slab_known is another. */
static inline void kfree_learn(void)
{
	if (raw_cpu_read(kfree_way.free) == kfree_rest)
		this_cpu_ptr(&kfree_way)->pages = *this_cpu_ptr(&slab_known);
}

void kfree_reset(void);

#endif /* _MM_KFREE_H */
