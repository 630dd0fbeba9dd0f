// SPDX-License-Identifier: MIT
/*
 * Caches in which no CPU holds a slab: each object comes from its slab's own list, and
 * goes back to it, under the node's lock. Slower, and each call passes here.
 */
#include "slab.h"

#include <linux/string.h>
#include <linux/topology.h>

/* The first object of @n's first slab with free objects; 0 where there is none. */
static unsigned long take_from_node(struct kmem_cache *s, struct kmem_cache_node *n)
{
	struct slab *slab;
	unsigned int index;

	if (list_empty(&n->partial))
		return 0;
	slab = list_first_entry(&n->partial, struct page, slab_list)->slab;
	index = slab_take_first(s, slab);
	if (slab->freelist == SLAB_END) {
		slab_remove_partial(n, slab);
		list_add(&slab->page->slab_list, &n->full);
	}
	return index == SLAB_END ? take_from_node(s, n) : slab_object(s, slab, index);
}

static unsigned long take_locked(struct kmem_cache *s, int nid)
{
	struct kmem_cache_node *n = get_node(s, nid);
	unsigned long object;

	if (!n)
		return 0;
	spin_lock(&n->list_lock);
	object = take_from_node(s, n);
	spin_unlock(&n->list_lock);
	return object;
}

/* From a new slab; 0 without memory. */
static unsigned long take_from_new(struct kmem_cache *s, gfp_t flags, int node)
{
	struct slab *slab = slab_new(s, flags, node);
	struct kmem_cache_node *n;
	unsigned long object;

	if (!slab)
		return 0;
	n = get_node(s, slab_nid(slab));
	spin_lock(&n->list_lock);
	list_add(&slab->page->slab_list, &n->partial);
	n->nr_partial++;
	object = take_from_node(s, n);
	spin_unlock(&n->list_lock);
	return object;
}

static unsigned long take_from_any(struct kmem_cache *s)
{
	unsigned long object = 0;
	int nid;

	for (nid = 0; nid < (int)nr_node_ids && !object; nid++)
		object = take_locked(s, nid);
	return object;
}

void *slab_alloc_single(struct kmem_cache *s, gfp_t flags, int node)
{
	unsigned long object;

	if (node < 0 || node >= (int)nr_node_ids || !get_node(s, node))
		node = NUMA_NO_NODE;
	object = take_locked(s, node == NUMA_NO_NODE ? numa_mem_id() : node);
	if (!object)
		object = take_from_new(s, flags, node);
	if (!object && !(flags & __GFP_THISNODE))
		object = take_from_any(s);
	if (!object)
		return NULL;
	if ((flags | s->zero_flags) & __GFP_ZERO && !s->ctor)
		memset((void *)object, 0, s->object_size);
	return (void *)object;
}

/* Puts object @index back. True where @slab, on no list now, is to be given back. */
static bool put_locked(struct kmem_cache *s, struct kmem_cache_node *n, struct slab *slab,
		       unsigned int index)
{
	if (slab->freelist == SLAB_END) {
		list_del_init(&slab->page->slab_list);
		slab_add_partial(n, slab);
	}
	slab_set_link(s, slab->next, index, slab->freelist);
	slab->freelist = (u16)index;
	if (--slab->inuse || n->nr_partial <= s->min_partial)
		return false;
	slab_remove_partial(n, slab);
	return true;
}

void slab_free_single(struct kmem_cache *s, struct slab *slab, unsigned long object)
{
	struct kmem_cache_node *n = get_node(s, slab_nid(slab));
	unsigned int index = (unsigned int)slab_index(s, object - slab_address(slab));
	bool out, discard = false;

	spin_lock(&n->list_lock);
	out = slab_object_is_out(slab, index);
	if (out) {
		if (s->clear_on_free)
			memset((void *)object, 0, s->object_size);
		discard = put_locked(s, n, slab, index);
	}
	spin_unlock(&n->list_lock);

	if (!out)
		slab_report_double_free(s, object);
	else if (discard)
		slab_discard(s, slab);
}
