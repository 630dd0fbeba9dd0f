/* SPDX-License-Identifier: MIT */
/*
 * The other names of a cache that serves for several: of those who asked for one like it.
 *
 * Owns:       s->aliases, a list of names, the oldest first.
 * Invariants: each was given with a kmem_cache_create() that the cache served. One stays
 *             until the cache goes, as on Linux: whoever destroys a cache does not say by
 *             which name he had it. refcount says how many still have it.
 * Lifetime:   from kmem_cache_init() on.
 * Locking:    slab_mutex is held.
 * Units:      none.
 * Failure:    -ENOMEM, and no name.
 */
#ifndef _MM_SLAB_ALIAS_H
#define _MM_SLAB_ALIAS_H

#include "slab.h"

/* @s serves under @name, too. One that it has already is none more. */
int slab_add_alias(struct kmem_cache *s, const char *name);

void slab_free_aliases(struct kmem_cache *s);

#endif /* _MM_SLAB_ALIAS_H */
