// SPDX-License-Identifier: MIT
/*
 * Caches in which no CPU holds a slab: each object comes from its slab's own list, and
 * goes back to it, under the node's lock. Slower, and each call passes here.
 */
#include "slab_bad.h"
#include "slab_debug.h"

#include <linux/fault-inject.h>
#include <linux/kfence.h>
#include <linux/kmemleak.h>
#include <linux/string.h>
#include <linux/topology.h>

/* An object of @n's first slab with free objects; 0 where there is none. */
static unsigned long take_from_first(struct kmem_cache *s, struct kmem_cache_node *n,
				     unsigned long caller)
{
	struct slab *slab = list_first_entry(&n->partial, struct slab, list);
	unsigned int index = slab->freelist;
	bool good = true;

	/* Looked at while it still is on the list, where its link stands. */
	if (slab_has_debug(s) && index < slab->objects)
		good = slab_debug_alloc(s, slab, index, caller);
	index = slab_take_first(s, slab);
	if (slab->freelist == SLAB_END) {
		slab_remove_partial(n, slab);
		list_add(&slab->list, &n->full);
	}
	return good && index != SLAB_END ? slab_object(s, slab, index) : 0;
}

static unsigned long take_from_node(struct kmem_cache *s, struct kmem_cache_node *n,
				    unsigned long caller)
{
	unsigned long object = 0;

	while (!object && !list_empty(&n->partial))
		object = take_from_first(s, n, caller);
	return object;
}

static unsigned long take_locked(struct kmem_cache *s, int nid, unsigned long caller)
{
	struct kmem_cache_node *n = get_node(s, nid);
	unsigned long object;

	if (!n)
		return 0;
	spin_lock(&n->list_lock);
	object = take_from_node(s, n, caller);
	spin_unlock(&n->list_lock);
	return object;
}

/* From a new slab; 0 without memory. */
static unsigned long take_from_new(struct kmem_cache *s, gfp_t flags, int node,
				   unsigned long caller)
{
	struct slab *slab = slab_new(s, flags, node);
	struct kmem_cache_node *n;
	unsigned long object;

	if (!slab)
		return 0;
	n = slab->node;
	spin_lock(&n->list_lock);
	list_add(&slab->list, &n->partial);
	n->nr_partial++;
	object = take_from_node(s, n, caller);
	spin_unlock(&n->list_lock);
	return object;
}

static unsigned long take_from_any(struct kmem_cache *s, unsigned long caller)
{
	unsigned long object = 0;
	int nid;

	for (nid = 0; nid < (int)nr_node_ids && !object; nid++)
		object = take_locked(s, nid, caller);
	return object;
}

static void *alloc_ordinary(struct kmem_cache *s, gfp_t flags, int node, size_t size,
			    unsigned long caller)
{
	unsigned long object;

	if (node < 0 || node >= (int)nr_node_ids || !get_node(s, node))
		node = NUMA_NO_NODE;
	object = take_locked(s, node == NUMA_NO_NODE ? numa_mem_id() : node, caller);
	if (!object)
		object = take_from_new(s, flags, node, caller);
	if (!object && !(flags & __GFP_THISNODE))
		object = take_from_any(s, caller);
	if (!object)
		slab_out_of_memory(s, flags, node);
	else if ((flags | s->zero_flags) & __GFP_ZERO && !s->ctor)
		memset((void *)object, 0, s->object_size);
	if (object && slab_keeps_size(s))
		slab_set_asked(s, object, (unsigned int)size);
	return (void *)object;
}

void *slab_alloc_single(struct kmem_cache *s, gfp_t flags, int node, size_t size,
			unsigned long caller)
{
	void *object;

	if (should_failslab(s, flags))
		return NULL;
	object = kfence_alloc_node(s, size, flags, node);
	if (object) {
		kmemleak_alloc_recursive(object, size, 1, s->flags, flags);
	} else {
		object = alloc_ordinary(s, flags, node, size, caller);
		kmemleak_alloc_recursive(object, s->object_size, 1, s->flags, flags);
	}
	return object;
}

/* Puts object @index back. True where @slab, on no list now, is to be given back. */
static bool put_locked(struct kmem_cache *s, struct kmem_cache_node *n, struct slab *slab,
		       unsigned int index)
{
	bool was_full = slab->freelist == SLAB_END;

	if (was_full)
		list_del_init(&slab->list);
	slab_set_link(s, slab->next, index, slab->freelist);
	slab->freelist = (u16)index;
	if (slab_has_debug(s))
		slab_debug_link(s, slab, index);
	slab->inuse--;
	if (unlikely(slab->bad))
		return slab_rest_bad(slab);
	if (was_full)
		slab_add_partial(n, slab);
	if (slab->inuse || n->nr_partial <= s->min_partial)
		return false;
	slab_remove_partial(n, slab);
	return true;
}

/* Is the object to be put back? It is cleared or marked then. */
static bool may_be_freed(struct kmem_cache *s, struct slab *slab, unsigned int index,
			 unsigned long caller)
{
	if (!slab_object_is_out(slab, index)) {
		slab_report_double_free(s, slab, slab_object(s, slab, index));
		return false;
	}
	if (slab_has_debug(s) && !slab_debug_free(s, slab, index, caller))
		return false;
	if (s->clear_on_free)
		memset((void *)slab_object(s, slab, index), 0, slab_usable_size(s));
	return true;
}

void slab_free_single(struct kmem_cache *s, struct slab *slab, unsigned long object,
		      unsigned long caller)
{
	struct kmem_cache_node *n = slab->node;
	unsigned int index = (unsigned int)slab_object_index(s, slab, object);
	bool discard = false;

	spin_lock(&n->list_lock);
	if (may_be_freed(s, slab, index, caller))
		discard = put_locked(s, n, slab, index);
	spin_unlock(&n->list_lock);
	if (discard)
		slab_discard(s, slab);
}

/* ---- Which caches ----------------------------------------------------------------- */

static unsigned int all_single; /* reasons */

bool slab_is_single(const struct kmem_cache *s)
{
	return all_single || s->clear_on_free || slab_has_debug(s);
}

void __init slab_single_reset(void)
{
	all_single = kmemleak_enabled ? SLAB_SINGLE_KMEMLEAK : 0;
}

void slab_set_all_single(enum slab_single_reason reason, bool on)
{
	struct kmem_cache *s;

	all_single = on ? all_single | reason : all_single & ~(unsigned int)reason;
	list_for_each_entry (s, &slab_caches, list) {
		slab_flush_all(s);
		s->single = slab_is_single(s);
	}
}
