// SPDX-License-Identifier: MIT
/*
 * Where objects come from when neither this CPU's slot nor its active slab has one.
 *
 *   c->slot ─► c->active ─► its slab's own list ─► c->freed ─► c->partial
 *   ─► node's partial list ─► other nodes' ─► new slab
 *
 * A slab in use by a CPU is frozen: others free into it, but only its CPU moves
 * it. The order of the steps is Linux's (mm/slub.c, ___slab_alloc). The way back is in
 * slub_free.c.
 */
#include "slab.h"

#include <linux/string.h>
#include <linux/topology.h>

unsigned long slab_known_section = ~0UL;

/* Nothing is ever written through it: that a slot is empty is seen first. */
static u16 no_entry;

/*
 * Sections stay made once they are, so one that was found good stays so: that is
 * what makes a free of any address harmless at the price of one comparison.
 */
bool slab_check_section(unsigned long addr)
{
	unsigned long phys = addr - PAGE_OFFSET;

	if (phys >> MAX_PHYSMEM_BITS || !pfn_to_online_page(phys >> PAGE_SHIFT))
		return false;
	WRITE_ONCE(slab_known_section, phys >> SECTION_SIZE_BITS);
	return true;
}

void slab_cpu_init(struct kmem_cache *s, struct kmem_cache_cpu *c)
{
	*c = (struct kmem_cache_cpu){
		.slot = s->slot_empty, .slot_next = &no_entry, .active = {.head = SLAB_END}};
	INIT_LIST_HEAD(&c->partial);
}

void slab_node_init(struct kmem_cache_node *n)
{
	memset(n, 0, sizeof(*n));
	spin_lock_init(&n->list_lock);
	INIT_LIST_HEAD(&n->partial);
	INIT_LIST_HEAD(&n->full);
}

void slab_add_partial(struct kmem_cache_node *n, struct slab *slab)
{
	list_add_tail(&slab->page->slab_list, &n->partial);
	n->nr_partial++;
}

void slab_remove_partial(struct kmem_cache_node *n, struct slab *slab)
{
	list_del_init(&slab->page->slab_list);
	n->nr_partial--;
}

/* ---- Broken lists ----------------------------------------------------------------- */

void slab_lose_list(struct kmem_cache *s, struct slab *slab, unsigned int from, unsigned int link)
{
	unsigned int linked = 0, i;

	slab_report_bad_freelist(s, slab, from, link);
	for (i = 0; i < slab->objects; i++)
		linked += !(slab->next[i] & SLAB_STATE);
	slab->lost = (u16)(linked - (unsigned int)(slab->objects - slab->inuse));
}

unsigned int slab_take_first(struct kmem_cache *s, struct slab *slab)
{
	unsigned int index = slab->freelist, link = SLAB_OUT;

	if (index < slab->objects)
		link = slab_get_link(s, slab->next, index);
	if (unlikely(link & SLAB_STATE)) {
		/* Nobody knows what else was on it: all of it counts as used. */
		slab->freelist = SLAB_END;
		slab->inuse = slab->objects;
		slab_lose_list(s, slab, SLAB_END, index);
		return SLAB_END;
	}
	slab->next[index] = SLAB_OUT;
	slab->freelist = (u16)link;
	slab->inuse++;
	return index;
}

/* ---- From the nodes to a CPU -------------------------------------------------- */

static void set_active(struct kmem_cache *s, struct kmem_cache_cpu *c, struct slab *slab,
		       unsigned int head)
{
	c->active = (struct slab_window){
		.base = slab_address(slab),
		.next = slab->next,
		.slab = slab,
		.head = (u16)head,
		.objects = slab->objects,
		/* What is to be zeroed goes the slow way. */
		.limit = s->zero_flags ? 0 : slab->objects,
	};
}

/* This CPU has no slab to allocate from. Its slot is empty, and so is its list. */
static void forget_active(struct kmem_cache *s, struct kmem_cache_cpu *c)
{
	WRITE_ONCE(c->slot, s->slot_empty);
	c->active = (struct slab_window){.head = SLAB_END};
}

/*
 * Makes the frozen @slab this CPU's, with all that is on its own free list.
 * False, and the slab let go of, where that is empty: it is full then.
 */
static bool activate_slab(struct kmem_cache *s, struct kmem_cache_cpu *c, struct slab *slab)
{
	struct kmem_cache_node *n = slab->node;
	unsigned int index;

	spin_lock(&n->list_lock);
	index = slab->freelist;
	if (index == SLAB_END) {
		slab->frozen = 0;
		list_add(&slab->page->slab_list, &n->full);
	} else {
		slab->freelist = SLAB_END;
		slab->inuse = slab->objects;
	}
	spin_unlock(&n->list_lock);

	if (index == SLAB_END) {
		if (c->active.slab == slab)
			forget_active(s, c);
		return false;
	}
	WRITE_ONCE(c->slot, s->slot_empty);
	set_active(s, c, slab, index);
	return true;
}

/* Makes the slab that this CPU frees to the one that it allocates from. */
static bool activate_freed(struct kmem_cache *s, struct kmem_cache_cpu *c, int node)
{
	struct slab *slab = c->freed.slab;
	unsigned int head = c->freed.head;

	if (!slab || (node != NUMA_NO_NODE && slab_nid(slab) != node))
		return false;
	c->freed = (struct slab_window){.base = 0};
	WRITE_ONCE(c->slot, s->slot_empty);
	set_active(s, c, slab, head);
	return true;
}

/* Takes slabs from @nid's list: one to return, and some for c->partial. All frozen. */
static struct slab *get_partial_node(struct kmem_cache *s, struct kmem_cache_cpu *c, int nid,
				     unsigned long at_least)
{
	struct kmem_cache_node *n = get_node(s, nid);
	struct page *page, *next;
	struct slab *first = NULL;
	unsigned int taken = 0;

	if (!n || READ_ONCE(n->nr_partial) <= at_least)
		return NULL;
	spin_lock(&n->list_lock);
	list_for_each_entry_safe (page, next, &n->partial, slab_list) {
		slab_remove_partial(n, page->slab);
		page->slab->frozen = 1;
		if (!first) {
			first = page->slab;
			continue;
		}
		list_add(&page->slab_list, &c->partial);
		c->nr_partial++;
		if (++taken > s->cpu_partial_slabs / 2)
			break;
	}
	spin_unlock(&n->list_lock);
	return first;
}

/* From any node that has more than @at_least slabs with free objects. */
static struct slab *get_any_partial(struct kmem_cache *s, struct kmem_cache_cpu *c,
				    unsigned long at_least)
{
	struct slab *slab = NULL;
	int nid;

	for (nid = 0; nid < (int)nr_node_ids && !slab; nid++)
		slab = get_partial_node(s, c, nid, at_least);
	return slab;
}

static struct slab *new_frozen_slab(struct kmem_cache *s, gfp_t flags, int node)
{
	struct slab *slab = slab_new(s, flags, node);

	if (slab)
		slab->frozen = 1;
	return slab;
}

/* A frozen slab with free objects, best of @node. */
static struct slab *get_slab(struct kmem_cache *s, struct kmem_cache_cpu *c, gfp_t flags, int node)
{
	struct slab *slab;

	slab = get_partial_node(s, c, node == NUMA_NO_NODE ? numa_mem_id() : node, 0);
	if (!slab && node == NUMA_NO_NODE && !(flags & __GFP_THISNODE))
		slab = get_any_partial(s, c, s->min_partial);
	if (!slab)
		slab = new_frozen_slab(s, flags, node);
	/* Better an object from afar than none. */
	if (!slab && !(flags & __GFP_THISNODE))
		slab = get_any_partial(s, c, 0);
	return slab;
}

/* ---- Refill ------------------------------------------------------------------------- */

static bool node_match(const struct kmem_cache_cpu *c, int node)
{
	return node == NUMA_NO_NODE || slab_nid(c->active.slab) == node;
}

/* The next of this CPU's partial slabs that serves @node; others go to their nodes. */
static struct slab *next_cpu_partial(struct kmem_cache *s, struct kmem_cache_cpu *c, int node)
{
	struct page *page;

	while (!list_empty(&c->partial)) {
		page = list_first_entry(&c->partial, struct page, slab_list);
		list_del_init(&page->slab_list);
		c->nr_partial--;
		if (node == NUMA_NO_NODE || page_to_nid(page) == node)
			return page->slab;
		slab_unfreeze(s, page->slab);
	}
	return NULL;
}

/* The first of c->active's list is one that may be handed out. A broken list is given up. */
static __always_inline bool active_is_sound(struct kmem_cache *s, struct kmem_cache_cpu *c)
{
	struct slab_window *w = &c->active;
	unsigned int head = w->head;

	if (head == SLAB_END)
		return false;
	if (head < w->slab->objects && !(slab_get_link(s, w->next, head) & SLAB_STATE))
		return true;
	w->head = SLAB_END;
	slab_lose_list(s, w->slab, SLAB_END, head);
	return false;
}

static bool refill(struct kmem_cache *s, struct kmem_cache_cpu *c, gfp_t flags, int node)
{
	struct slab *slab;

	if (c->active.slab && !node_match(c, node))
		slab_deactivate(s, c);
	if (c->active.slab && (active_is_sound(s, c) ||
			       (activate_slab(s, c, c->active.slab) && active_is_sound(s, c))))
		return true;
	if (activate_freed(s, c, node) && active_is_sound(s, c))
		return true;
	while ((slab = next_cpu_partial(s, c, node)))
		if (activate_slab(s, c, slab) && active_is_sound(s, c))
			return true;

	slab = get_slab(s, c, flags, node);
	/* Reclaim for a new slab's pages may have used the cache. */
	if (slab && c->active.slab)
		slab_deactivate(s, c);
	return slab && activate_slab(s, c, slab);
}

/* ---- Allocation ------------------------------------------------------------------------ */

/* The slot's object, if it is back; else the first of the active slab, which there is. */
static unsigned long take_object(struct kmem_cache *s, struct kmem_cache_cpu *c)
{
	struct slab_window *w = &c->active;
	unsigned long object = READ_ONCE(c->slot);
	unsigned int index = w->head;

	if (object & 1) {
		object = ~object;
	} else {
		c->slot_next = &w->next[index];
		w->head = (u16)slab_get_link(s, w->next, index);
		object = w->base + index * s->size;
	}
	*c->slot_next = SLAB_OUT;
	/* What every object's owner is to find zeroed comes back the slow way, too. */
	WRITE_ONCE(c->slot, s->zero_flags ? s->slot_empty : object);
	return object;
}

static void *zero_object(struct kmem_cache *s, unsigned long object, gfp_t flags)
{
	if (unlikely(s->ctor && (flags & __GFP_ZERO))) {
		slab_report_bad_flags(s->name, __GFP_ZERO);
		return (void *)object;
	}
	return memset((void *)object, 0, s->object_size);
}

/* An object, of @node where the machine has lists for that. NULL without memory. */
static __always_inline void *alloc_object(struct kmem_cache *s, gfp_t flags, int node, size_t size,
					  unsigned long caller)
{
	struct kmem_cache_cpu *c = this_cpu_slab(s);
	unsigned long object;

	if (unlikely(s->single))
		return slab_alloc_single(s, flags, node, size, caller);
	if (node != NUMA_NO_NODE && (node < 0 || node >= (int)nr_node_ids || !get_node(s, node)))
		node = NUMA_NO_NODE;
	if (!(READ_ONCE(c->slot) & 1) || !node_match(c, node))
		if (!refill(s, c, flags, node))
			return NULL;
	object = take_object(s, c);
	if (unlikely((flags | s->zero_flags) & __GFP_ZERO))
		return zero_object(s, object, flags);
	return (void *)object;
}

noinline void *slab_alloc_slow(struct kmem_cache *s, gfp_t flags, int node)
{
	return alloc_object(s, flags, node, s->object_size, _RET_IP_);
}

void *slab_alloc_for(struct kmem_cache *s, gfp_t flags, int node, size_t size, unsigned long caller)
{
	return alloc_object(s, flags, node, size, caller);
}

void *kmem_cache_alloc(struct kmem_cache *s, gfp_t flags)
{
	if (unlikely(flags & __GFP_ZERO))
		return slab_alloc_slow(s, flags, NUMA_NO_NODE);
	return slab_alloc(s, flags);
}

void *kmem_cache_alloc_node(struct kmem_cache *s, gfp_t flags, int node)
{
	if (node != NUMA_NO_NODE || flags & __GFP_ZERO)
		return slab_alloc_slow(s, flags, node);
	return slab_alloc(s, flags);
}
