// SPDX-License-Identifier: MIT
/*
 * Where objects go when they are neither what this CPU was given last nor of the slabs
 * that it has at hand.
 *
 *   c->slot; c->freed or c->active where it is of that slab; else the slab's own list. A
 *   slab that was full becomes c->freed, whose last slab goes to c->partial; an empty one
 *   goes back to the page allocator if its node has enough
 *
 * The order of the steps is Linux's (mm/slub.c, __slab_free).
 */
#include "kfence.h"

#include <linux/kmemleak.h>

/* ---- From a CPU to the nodes ------------------------------------------------ */

/*
 * Ends a CPU's hold on @slab, under its node's lock. True where it is empty and its node
 * has enough slabs with free objects: it is on no list then, and to be given back.
 */
static bool unfreeze_locked(struct kmem_cache *s, struct slab *slab)
{
	struct kmem_cache_node *n = slab->node;

	slab->frozen = 0;
	if (slab->inuse == 0 && n->nr_partial >= s->min_partial)
		return true;
	if (slab->freelist != SLAB_END)
		slab_add_partial(n, slab);
	else
		list_add(&slab->page->slab_list, &n->full);
	return false;
}

void slab_unfreeze(struct kmem_cache *s, struct slab *slab)
{
	struct kmem_cache_node *n = slab->node;
	bool discard;

	spin_lock(&n->list_lock);
	discard = unfreeze_locked(s, slab);
	spin_unlock(&n->list_lock);
	if (discard)
		slab_discard(s, slab);
}

/* Puts @count objects from @head to @tail, part of inuse so far, on @slab's own list. */
static void return_objects(struct kmem_cache *s, struct slab *slab, unsigned int head,
			   unsigned int tail, unsigned int count)
{
	struct kmem_cache_node *n = slab->node;

	spin_lock(&n->list_lock);
	slab_set_link(s, slab->next, tail, slab->freelist);
	slab->freelist = (u16)head;
	slab->inuse = (u16)(slab->inuse - count);
	spin_unlock(&n->list_lock);
}

/*
 * The length of the list of @slab from @head on, and its last object. What a broken
 * link leads to is cut off. Were it longer than what can be free, it would run in a
 * circle, and none of it can be trusted: 0.
 */
static unsigned int measure_list(struct kmem_cache *s, struct slab *slab, unsigned int head,
				 unsigned int *tail)
{
	unsigned int link, count = 0;

	for (*tail = SLAB_END; head != SLAB_END; head = link) {
		link = head < slab->objects ? slab_get_link(s, slab->next, head) : SLAB_OUT;
		if (unlikely((link & SLAB_STATE) || count == slab->inuse)) {
			count = count == slab->inuse ? 0 : count;
			slab_lose_list(s, slab, *tail, head);
			slab->lost = (u16)(slab->lost - count);
			break;
		}
		count++;
		*tail = head;
	}
	return count;
}

/* The slot's object, if it is back, joins the list of the active slab, whose it is. */
static void empty_slot(struct kmem_cache *s, struct kmem_cache_cpu *c)
{
	struct slab_window *w = &c->active;
	unsigned long slot = READ_ONCE(c->slot);

	WRITE_ONCE(c->slot, s->slot_empty);
	if (!(slot & 1))
		return;
	*c->slot_next = w->head ^ s->key;
	w->head = (u16)(c->slot_next - w->next);
}

void slab_deactivate(struct kmem_cache *s, struct kmem_cache_cpu *c)
{
	struct slab *slab = c->active.slab;
	unsigned int head, tail, count;

	empty_slot(s, c);
	head = c->active.head;
	c->active = (struct slab_window){.head = SLAB_END};
	count = measure_list(s, slab, head, &tail);
	if (count)
		return_objects(s, slab, head, tail, count);
	slab_unfreeze(s, slab);
}

/* Mostly all are one node's, whose lock is taken once. */
static void unfreeze_partials(struct kmem_cache *s, struct kmem_cache_cpu *c)
{
	struct kmem_cache_node *n = NULL;
	struct page *page, *next;
	LIST_HEAD(empty);

	list_for_each_entry_safe (page, next, &c->partial, slab_list) {
		if (page->slab->node != n) {
			if (n)
				spin_unlock(&n->list_lock);
			n = page->slab->node;
			spin_lock(&n->list_lock);
		}
		if (unfreeze_locked(s, page->slab))
			list_add(&page->slab_list, &empty);
	}
	if (n)
		spin_unlock(&n->list_lock);
	INIT_LIST_HEAD(&c->partial);
	c->nr_partial = 0;
	list_for_each_entry_safe (page, next, &empty, slab_list)
		slab_discard(s, page->slab);
}

/* Keeps a frozen slab with free objects for this CPU; what it had makes room if it must. */
static void put_cpu_partial(struct kmem_cache *s, struct kmem_cache_cpu *c, struct slab *slab)
{
	if (c->nr_partial >= s->cpu_partial_slabs)
		unfreeze_partials(s, c);
	list_add(&slab->page->slab_list, &c->partial);
	c->nr_partial++;
}

/*
 * Tells c->freed's slab what was freed, and keeps it as one of the partial slabs. The
 * caller says what c->freed is then.
 */
static void put_freed(struct kmem_cache *s, struct kmem_cache_cpu *c)
{
	struct slab_window *w = &c->freed;
	struct slab *slab = w->slab;

	if (!slab)
		return;
	return_objects(s, slab, w->head, w->tail, w->nr);
	put_cpu_partial(s, c, slab);
}

/* From now on this CPU frees to the frozen @slab, first of all object @index. */
static void set_freed(struct kmem_cache *s, struct kmem_cache_cpu *c, struct slab *slab,
		      unsigned int index)
{
	put_freed(s, c);
	slab_set_link(s, slab->next, index, SLAB_END);
	c->freed = (struct slab_window){
		.base = slab_address(slab),
		.objects = slab->objects,
		.next = slab->next,
		.slab = slab,
		.head = (u16)index,
		.tail = (u16)index,
		.nr = 1,
	};
}

void slab_flush_cpu(struct kmem_cache *s, struct kmem_cache_cpu *c)
{
	if (c->active.slab)
		slab_deactivate(s, c);
	put_freed(s, c);
	c->freed = (struct slab_window){.base = 0};
	unfreeze_partials(s, c);
}

/* ---- Free ------------------------------------------------------------------------ */

/* What is to be done with a slab when its lock is given back. */
enum after_free { KEEP, FREE_TO, DISCARD };

/* Puts object @index on its slab's own list, unless the slab is full and becomes c->freed. */
static enum after_free free_to_slab(struct kmem_cache *s, struct kmem_cache_node *n,
				    struct slab *slab, unsigned int index)
{
	if (slab->freelist == SLAB_END && !slab->frozen) {
		list_del_init(&slab->page->slab_list);
		slab->frozen = 1;
		return FREE_TO;
	}
	slab_set_link(s, slab->next, index, slab->freelist);
	slab->freelist = (u16)index;
	slab->inuse--;
	if (slab->frozen || slab->inuse || n->nr_partial <= s->min_partial)
		return KEEP;
	slab_remove_partial(n, slab);
	return DISCARD;
}

/* @object is no longer the one that another CPU was given last. */
static void empty_other_slots(struct kmem_cache *s, unsigned long object)
{
	unsigned int cpu, me = (unsigned int)smp_processor_id();

	for (cpu = 0; cpu < nr_cpu_ids; cpu++) {
		unsigned long seen = object;

		if (cpu != me)
			__atomic_compare_exchange_n(&s->cpu_slab[cpu].slot, &seen, s->slot_empty,
						    false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
	}
}

static void free_slow(struct kmem_cache *s, struct slab *slab, unsigned long object,
		      unsigned int index)
{
	struct kmem_cache_node *n = slab->node;
	enum after_free after;

	spin_lock(&n->list_lock);
	if (unlikely(!slab_object_is_out(slab, index))) {
		spin_unlock(&n->list_lock);
		slab_report_double_free(s, slab, object);
		return;
	}
	if (slab->frozen)
		empty_other_slots(s, object);
	after = free_to_slab(s, n, slab, index);
	spin_unlock(&n->list_lock);

	if (after == FREE_TO)
		set_freed(s, this_cpu_slab(s), slab, index);
	else if (after == DISCARD)
		slab_discard(s, slab);
}

/* A guarded object's slab has none of its own. */
static noinline void free_no_object(struct kmem_cache *s, struct slab *slab, unsigned long object)
{
	if (slab_is_kfence(slab))
		__kfence_free((void *)object);
	else
		slab_report_misaligned(s, slab, object);
}

void slab_free_slow(struct kmem_cache *s, struct slab *slab, unsigned long object,
		    unsigned long caller)
{
	unsigned long index = slab_object_index(s, slab, object);

	kmemleak_free_recursive((void *)object, s->flags);
	if (unlikely(index >= slab->objects))
		free_no_object(s, slab, object);
	else if (unlikely(s->single))
		slab_free_single(s, slab, object, caller);
	else
		free_slow(s, slab, object, (unsigned int)index);
}

noinline void slab_free_checked(struct kmem_cache *s, unsigned long object)
{
	struct page *page;

	if (!object)
		return;
	page = slab_head_page(object);
	if (!page || !PageSlab(page))
		slab_report_no_slab("kmem_cache_free", object);
	else if (slab_page_cache(page) != s)
		slab_report_wrong_cache(s, slab_page_cache(page), object);
	else
		slab_free_slow(s, page->slab, object, _RET_IP_);
}

void kmem_cache_free(struct kmem_cache *s, void *object)
{
	unsigned long addr = (unsigned long)object;

	if (!slab_free_to_slot(s, addr) && !slab_free_fast(s, addr))
		slab_free_checked(s, addr);
}
