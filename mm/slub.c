// SPDX-License-Identifier: MIT
/*
 * Where objects come from when this CPU's stash has none.
 *
 *   c->active ─► its slab's own list ─► c->partial, with c->freed
 *   ─► node's partial list ─► other nodes' ─► new slab
 *
 * A slab in use by a CPU is frozen: others free into it, but only its CPU moves
 * it. The order of the steps is Linux's (mm/slub.c, ___slab_alloc). The way back is in
 * slub_free.c.
 */
#include "kfree.h"
#include "slab_fast.h"

#include <linux/string.h>
#include <linux/topology.h>

void slab_node_init(struct kmem_cache_node *n)
{
	memset(n, 0, sizeof(*n));
	spin_lock_init_rank(&n->list_lock, LOCK_RANK_SLAB_LIST);
	INIT_LIST_HEAD(&n->partial);
	INIT_LIST_HEAD(&n->full);
}

void slab_add_partial(struct kmem_cache_node *n, struct slab *slab)
{
	list_add_tail(&slab->list, &n->partial);
	data_race_write(n->nr_partial, n->nr_partial + 1);
}

void slab_remove_partial(struct kmem_cache_node *n, struct slab *slab)
{
	list_del_init(&slab->list);
	data_race_write(n->nr_partial, n->nr_partial - 1);
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
	unsigned int index, link = SLAB_STATE;

	if (slab->freelist == SLAB_FRESH)
		slab_link_objects(s, slab);
	index = slab->freelist;
	if (index < slab->objects)
		link = slab_get_link(s, slab->next, index);
	if (unlikely(link & SLAB_STATE)) {
		/* Nobody knows what else was on it: all of it counts as used. */
		slab->freelist = SLAB_END;
		slab->inuse = slab->objects;
		slab_lose_list(s, slab, SLAB_END, index);
		return SLAB_END;
	}
	slab_set_state(slab, index, SLAB_OUT);
	slab->freelist = (u16)link;
	slab->inuse++;
	return index;
}

/* ---- From the nodes to a CPU -------------------------------------------------- */

/* This CPU has no slab to allocate from. */
static void forget_active(struct kmem_cache_cpu *c)
{
	c->active = (struct slab_active){.head = SLAB_END};
}

/*
 * Makes the frozen @slab this CPU's, with all that is on its own free list; @head is
 * SLAB_FRESH where that is all of it.
 */
static void set_active(struct kmem_cache *s, struct kmem_cache_cpu *c, struct slab *slab,
		       unsigned int head)
{
	struct slab_active *a = &c->active;

	slab_own(c, slab);
	a->base = slab->base;
	a->slab = slab;
	a->fresh = a->fresh_end = NULL;
	a->head = (u16)head;
	if (head == SLAB_FRESH) {
		a->head = SLAB_END;
		a->fresh = slab_random_order(s, c);
		a->fresh_end = a->fresh + slab->objects;
	}
}

/* The same under the node's lock. False, and the slab let go of, where it is full. */
static __always_inline bool take_list(struct kmem_cache *s, struct kmem_cache_cpu *c,
				      struct slab *slab)
{
	unsigned int head = slab->freelist;

	if (head == SLAB_END) {
		slab->frozen = 0;
		list_add(&slab->list, &slab->node->full);
		return false;
	}
	slab->freelist = SLAB_END;
	slab->inuse = slab->objects;
	set_active(s, c, slab, head);
	return true;
}

static bool activate_slab(struct kmem_cache *s, struct kmem_cache_cpu *c, struct slab *slab)
{
	struct kmem_cache_node *n = slab->node;
	bool active;

	spin_lock(&n->list_lock);
	active = take_list(s, c, slab);
	spin_unlock(&n->list_lock);
	return active;
}

static struct slab *take_cpu_partial(struct kmem_cache_cpu *c)
{
	struct slab *slab = list_first_entry(&c->partial, struct slab, list);

	list_del_init(&slab->list);
	c->nr_partial--;
	return slab;
}

/* Under the node's lock: its first slab becomes active, and some go to c->partial. */
static bool take_partial(struct kmem_cache *s, struct kmem_cache_cpu *c, struct kmem_cache_node *n)
{
	struct slab *slab, *next;
	unsigned int taken = 0;
	bool active = false;

	list_for_each_entry_safe (slab, next, &n->partial, list) {
		slab_remove_partial(n, slab);
		if (!active) {
			slab->frozen = 1;
			active = take_list(s, c, slab);
			continue;
		}
		slab_hold_partial(c, slab);
		if (++taken > s->cpu_partial_slabs / 2)
			break;
	}
	return active;
}

/*
 * The active slab has been used up. What others freed to it is taken; else it is full, and
 * the same look at the lock gives the next, if this CPU or the slab's node has one.
 */
static bool next_active(struct kmem_cache *s, struct kmem_cache_cpu *c, int node)
{
	struct slab *old = c->active.slab;
	struct kmem_cache_node *n = old->node;
	bool active;

	spin_lock(&n->list_lock);
	active = take_list(s, c, old);
	if (!active) {
		forget_active(c);
		if (list_empty(&c->partial))
			active = n->nr_partial && n == get_node(s, numa_mem_id()) &&
				 take_partial(s, c, n);
		else if (node == NUMA_NO_NODE &&
			 list_first_entry(&c->partial, struct slab, list)->node == n)
			active = take_list(s, c, take_cpu_partial(c));
	}
	spin_unlock(&n->list_lock);
	return active;
}

/* From @nid's list, if that has more than @at_least slabs. */
static bool get_partial_node(struct kmem_cache *s, struct kmem_cache_cpu *c, int nid,
			     unsigned long at_least)
{
	struct kmem_cache_node *n = get_node(s, nid);
	bool active;

	if (!n || READ_ONCE(n->nr_partial) <= at_least)
		return false;
	spin_lock(&n->list_lock);
	active = take_partial(s, c, n);
	spin_unlock(&n->list_lock);
	return active;
}

/* From any node that has more than @at_least slabs with free objects. */
static bool get_any_partial(struct kmem_cache *s, struct kmem_cache_cpu *c, unsigned long at_least)
{
	bool active = false;
	int nid;

	for (nid = 0; nid < (int)nr_node_ids && !active; nid++)
		active = get_partial_node(s, c, nid, at_least);
	return active;
}

/* The active slab has nothing to give. */
static void leave_active(struct kmem_cache *s, struct kmem_cache_cpu *c)
{
	if (c->active.slab)
		slab_deactivate(s, c);
}

/* Nobody else knows it yet, so its list is taken without a lock. */
static bool get_new(struct kmem_cache *s, struct kmem_cache_cpu *c, gfp_t flags, int node)
{
	struct slab *slab = slab_new(s, flags, node);
	unsigned int head;

	if (!slab)
		return false;
	/* Reclaim for its pages may have used the cache. */
	leave_active(s, c);
	head = slab->freelist;
	slab->frozen = 1;
	slab->freelist = SLAB_END;
	slab->inuse = slab->objects;
	set_active(s, c, slab, head);
	return true;
}

/* Makes a slab with free objects active, best of @node. */
static bool get_slab(struct kmem_cache *s, struct kmem_cache_cpu *c, gfp_t flags, int node)
{
	if (get_partial_node(s, c, node == NUMA_NO_NODE ? numa_mem_id() : node, 0))
		return true;
	if (node == NUMA_NO_NODE && nr_node_ids > 1 && !(flags & __GFP_THISNODE) &&
	    get_any_partial(s, c, s->min_partial))
		return true;
	if (get_new(s, c, flags, node))
		return true;
	if (flags & __GFP_THISNODE)
		return false;
	/* Better an object from afar than none. */
	leave_active(s, c);
	return get_any_partial(s, c, 0);
}

/* ---- Refill ------------------------------------------------------------------------- */

static bool node_match(const struct kmem_cache_cpu *c, int node)
{
	return node == NUMA_NO_NODE || slab_nid(c->active.slab) == node;
}

/* The next of this CPU's partial slabs that serves @node; others go to their nodes. */
static struct slab *next_cpu_partial(struct kmem_cache *s, struct kmem_cache_cpu *c, int node)
{
	struct slab *slab;

	while (!list_empty(&c->partial)) {
		slab = take_cpu_partial(c);
		if (node == NUMA_NO_NODE || slab_nid(slab) == node)
			return slab;
		slab_unfreeze(s, slab);
	}
	return NULL;
}

/* c->active has an object that may be handed out. A broken list is given up. */
static __always_inline bool active_is_sound(struct kmem_cache *s, struct kmem_cache_cpu *c)
{
	struct slab_active *a = &c->active;
	unsigned int head = a->head;

	if (head == SLAB_END)
		return a->fresh < a->fresh_end;
	if (head < a->slab->objects && !(slab_get_link(s, a->slab->next, head) & SLAB_STATE))
		return true;
	a->head = SLAB_END;
	slab_lose_list(s, a->slab, SLAB_END, head);
	return a->fresh < a->fresh_end;
}

bool slab_refill(struct kmem_cache *s, struct kmem_cache_cpu *c, gfp_t flags, int node)
{
	struct slab *slab;

	if (c->active.slab && !node_match(c, node))
		slab_deactivate(s, c);
	if (c->active.slab && active_is_sound(s, c))
		return true;
	if (c->freed.slab)
		slab_end_frees(s, c);
	if (c->active.slab && next_active(s, c, node) && active_is_sound(s, c))
		return true;
	leave_active(s, c);
	while ((slab = next_cpu_partial(s, c, node))) {
		if (activate_slab(s, c, slab) && active_is_sound(s, c))
			return true;
		leave_active(s, c);
	}
	return get_slab(s, c, flags, node) && active_is_sound(s, c);
}

/* ---- Allocation ------------------------------------------------------------------------ */

/* The first object of c->active, which has one. */
static __always_inline unsigned long take_active(struct kmem_cache *s, struct kmem_cache_cpu *c)
{
	struct slab_active *a = &c->active;
	unsigned int index;

	if (a->head == SLAB_END) {
		index = *a->fresh++;
	} else {
		index = a->head;
		a->head = (u16)slab_get_link(s, a->slab->next, index);
	}
	slab_set_state(a->slab, index, SLAB_OUT);
	return a->base + index * s->size;
}

static void *zero_object(struct kmem_cache *s, unsigned long object, gfp_t flags)
{
	if (unlikely(s->ctor && (flags & __GFP_ZERO))) {
		slab_report_bad_flags(s->name, __GFP_ZERO);
		return (void *)object;
	}
	return memset((void *)object, 0, s->object_size);
}

/*
 * From the stash. Where that is empty, what came back takes its place, and where this was
 * little, more joins it; 0 without memory.
 */
static __always_inline unsigned long take_any(struct kmem_cache *s, struct kmem_cache_cpu *c,
					      gfp_t flags)
{
	unsigned long object = (unsigned long)slab_pop(c);

	if (object)
		return object;
	if (slab_nr_back(c)) {
		if (slab_freed_last(c))
			kfree_go(kfree_last, s, c);
		else
			kfree_leave(c);
		slab_turn_stash(c);
	}
	if (slab_nr_stashed(c) > c->fill / 2 || !slab_refill(s, c, flags, NUMA_NO_NODE))
		return (unsigned long)slab_pop(c);
	object = take_active(s, c);
	if (c->active.head != SLAB_END || !slab_has_stash(c))
		slab_fill_stash(s, c);
	return object;
}

/* An object, of @node where the machine has lists for that. NULL without memory. */
static __always_inline void *alloc_object(struct kmem_cache *s, gfp_t flags, int node, size_t size,
					  unsigned long caller)
{
	struct kmem_cache_cpu *c = this_cpu_slab(s);
	unsigned long object;

	if (unlikely(s->single))
		return slab_alloc_single(s, flags, node, size, caller);
	if (node < 0 || node >= (int)nr_node_ids || !get_node(s, node))
		object = take_any(s, c, flags);
	else
		object = slab_refill(s, c, flags, node) ? take_active(s, c) : 0;
	if (unlikely(!object))
		slab_out_of_memory(s, flags, node);
	else if (unlikely((flags | s->zero_flags) & __GFP_ZERO))
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
	return slab_alloc(s, this_cpu_slab(s), flags);
}

void *kmem_cache_alloc_node(struct kmem_cache *s, gfp_t flags, int node)
{
	if (node != NUMA_NO_NODE || flags & __GFP_ZERO)
		return slab_alloc_slow(s, flags, node);
	return slab_alloc(s, this_cpu_slab(s), flags);
}
