// SPDX-License-Identifier: MIT
/*
 * Many objects at once. Contract: linux/slab.h.
 *
 *   allocation  the stash ─► the active slab's objects that were not handed out yet, in one
 *               run ─► whole slabs, as long as all of one is wanted ─► the rest from the next
 *               slab, whose list goes by way of the stash
 *   free        a run of objects of one slab: marked, and then put on its list with one
 *               look at its lock; no list at all where these were the last in use
 *
 * In a run the slab stays the same, and an object costs a few instructions.
 */
#include "slab_fast.h"

#include <linux/string.h>
#include <linux/topology.h>

/* ---- What is at hand ----------------------------------------------------------- */

static size_t take_stashed(struct kmem_cache_cpu *c, size_t size, void **p)
{
	size_t nr = 0;

	while (nr < size && (p[nr] = slab_pop(c)))
		nr++;
	return nr;
}

/*
 * Objects @order[0] to @order[@nr - 1], of @bytes from @base on; each is marked as out in
 * @states, unless @marked says that they are.
 */
static __always_inline void take_run(const u16 *order, size_t nr, unsigned long base,
				     unsigned long bytes, u8 *states, bool marked, void **p)
{
	size_t i;

#define TAKE(more)                                                    \
	({                                                            \
		unsigned long index = order[i + (more)];              \
                                                                      \
		if (!marked)                                          \
			data_race_write(states[2 * index], SLAB_OUT); \
		p[i + (more)] = (void *)(base + index * bytes);       \
	})
	for (i = 0; i + 8 <= nr; i += 8) {
		TAKE(0);
		TAKE(1);
		TAKE(2);
		TAKE(3);
		TAKE(4);
		TAKE(5);
		TAKE(6);
		TAKE(7);
	}
	for (; i < nr; i++)
		TAKE(0);
#undef TAKE
}

/* Up to @size objects of the active slab that were not handed out yet. */
static size_t take_fresh(struct kmem_cache *s, struct slab_active *a, size_t size, void **p)
{
	size_t run = min(size, (size_t)(a->fresh_end - a->fresh));

	if (!run)
		return 0; /* there may be no active slab */
	take_run(a->fresh, run, a->base, s->size, slab_states(a->slab), false, p);
	a->fresh += run;
	return run;
}

/* ---- Whole slabs --------------------------------------------------------------------- */

/* All of @slab, which is fresh and on no list, is going to be out; under its node's lock. */
static __always_inline void fill_up(struct kmem_cache_cpu *c, struct slab *slab)
{
	slab_own(c, slab);
	slab->frozen = 0;
	slab->freelist = SLAB_END;
	slab->inuse = slab->objects;
	list_add(&slab->list, &slab->node->full);
}

/* The first slab with free objects, of this CPU or else its node, if it is fresh. */
static struct slab *take_whole_slab(struct kmem_cache_cpu *c, struct kmem_cache_node *n)
{
	bool own = !list_empty(&c->partial);
	struct list_head *list = own ? &c->partial : &n->partial;
	struct slab *slab;

	if (own)
		n = list_first_entry(list, struct slab, list)->node;
	spin_lock(&n->list_lock);
	slab = list_empty(list) ? NULL : list_first_entry(list, struct slab, list);
	if (slab && slab->freelist == SLAB_FRESH) {
		list_del(&slab->list);
		c->nr_partial -= own;
		data_race_write(n->nr_partial, n->nr_partial - !own);
		fill_up(c, slab);
	} else {
		slab = NULL;
	}
	spin_unlock(&n->list_lock);
	return slab;
}

/* A new slab, if it is a fresh one; another is left for this CPU to allocate from. */
static struct slab *new_whole_slab(struct kmem_cache *s, struct kmem_cache_cpu *c, gfp_t flags)
{
	struct slab *slab = slab_new(s, flags, NUMA_NO_NODE);
	struct kmem_cache_node *n;
	bool whole;

	if (!slab)
		return NULL;
	n = slab->node;
	spin_lock(&n->list_lock);
	whole = slab->freelist == SLAB_FRESH;
	if (whole)
		fill_up(c, slab);
	else
		slab_hold_partial(c, slab);
	spin_unlock(&n->list_lock);
	return whole ? slab : NULL;
}

/* All objects of a slab, in the cache's random order; 0 where there is no fresh slab. */
static size_t take_slab(struct kmem_cache *s, struct kmem_cache_cpu *c, gfp_t flags, void **p)
{
	struct kmem_cache_node *n = get_node(s, numa_mem_id());
	struct slab *slab = NULL;
	size_t nr;

	if (!list_empty(&c->partial) || (n && READ_ONCE(n->nr_partial)))
		slab = take_whole_slab(c, n);
	else
		slab = new_whole_slab(s, c, flags);
	if (!slab)
		return 0;
	nr = slab->objects;
	slab_mark_objects(slab, SLAB_OUT);
	if (s->rest)
		slab_mark_rest(slab);
	take_run(slab_random_order(s, c), nr, slab->base, s->size, slab_states(slab), true, p);
	return nr;
}

/* ---- Allocation --------------------------------------------------------------- */

/* As many whole slabs as fit, while there are fresh ones. */
static size_t take_slabs(struct kmem_cache *s, struct kmem_cache_cpu *c, gfp_t flags, size_t size,
			 void **p)
{
	size_t nr = 0, run = 1;

	if (c->freed.slab && size >= s->oo.objects)
		slab_end_frees(s, c);
	for (; run && size - nr >= s->oo.objects; nr += run)
		run = take_slab(s, c, flags, p + nr);
	return nr;
}

static void zero_objects(struct kmem_cache *s, size_t size, void **p)
{
	for (size_t i = 0; i < size; i++)
		memset(p[i], 0, s->object_size);
}

/* Some objects at least, of at most @size; 0 without memory. */
static size_t take_some(struct kmem_cache *s, struct kmem_cache_cpu *c, gfp_t flags, size_t size,
			void **p)
{
	size_t nr = take_stashed(c, size, p);

	if (!nr && slab_nr_back(c)) {
		slab_turn_stash(c);
		nr = take_stashed(c, size, p);
	}
	if (!nr && c->active.head == SLAB_END)
		nr = take_fresh(s, &c->active, size, p);
	if (!nr && c->active.head == SLAB_END)
		nr = take_slabs(s, c, flags, size, p);
	if (nr || (slab_refill(s, c, flags, NUMA_NO_NODE) && c->active.head == SLAB_END))
		return nr ?: take_fresh(s, &c->active, size, p);
	/* A list, which the stash takes with it; or no memory. */
	p[0] = slab_alloc_for(s, flags & ~__GFP_ZERO, NUMA_NO_NODE, s->object_size, _RET_IP_);
	return p[0] != NULL;
}

int kmem_cache_alloc_bulk(struct kmem_cache *s, gfp_t flags, size_t size, void **p)
{
	struct kmem_cache_cpu *c = this_cpu_slab(s);
	size_t nr = 0, run;

	for (; nr < size; nr += run) {
		if (unlikely(s->single))
			run = (p[nr] = slab_alloc_for(s, flags, NUMA_NO_NODE, s->object_size,
						      _RET_IP_)) != NULL;
		else
			run = take_some(s, c, flags, size - nr, p + nr);
		if (unlikely(!run)) {
			kmem_cache_free_bulk(s, nr, p);
			return 0;
		}
	}
	if (unlikely((flags | s->zero_flags) & __GFP_ZERO && !s->ctor))
		zero_objects(s, size, p);
	return (int)size;
}

/* ---- Free -------------------------------------------------------------------------- */

/* Out of line, so that a run that goes on does not compute where it would end. */
static noinline __cold size_t end_run(size_t nr, size_t more)
{
	return nr + more;
}

/* Marks objects of @slab until one is not, or is to be refused. Returns their number. */
static __always_inline size_t mark_run(const struct kmem_cache *s, struct slab *slab, size_t size,
				       void **p)
{
	unsigned long base = slab->base, objects = slab->objects, index;
	u64 inverse = s->inverse;
	u8 shift = s->shift, *states = slab_states(slab);
	size_t nr;

#define MARK(i)                                                                   \
	index = slab_index(inverse, shift, (unsigned long)p[nr + (i)] - base);    \
	if (index >= objects || unlikely(states[2 * index] != SLAB_OUT))          \
		return end_run(nr, i);                                            \
	OPTIMIZER_HIDE_VAR(index); /* cheaper than to keep its entry's address */ \
	data_race_write(states[2 * index], SLAB_BACK)

	for (nr = 0; nr + 4 <= size; nr += 4) {
		MARK(0);
		MARK(1);
		MARK(2);
		MARK(3);
	}
	for (; nr < size; nr++) {
		MARK(0);
	}
#undef MARK
	return nr;
}

/* Makes a chain of marked objects. Returns its head; its tail is the first of them. */
static unsigned int chain_run(struct kmem_cache *s, struct slab *slab, size_t nr, void **p)
{
	unsigned int head = SLAB_END;

	for (size_t i = 0; i < nr; i++) {
		unsigned long offset = (unsigned long)p[i] - slab->base;
		unsigned int index = (unsigned int)slab_index(s->inverse, s->shift, offset);

		slab_set_link(s, slab->next, index, head);
		head = index;
	}
	return head;
}

static void put_run(struct kmem_cache *s, struct slab *slab, size_t nr, void **p)
{
	struct kmem_cache_node *n = slab->node;
	bool discard;

	spin_lock(&n->list_lock);
	if (slab->inuse == nr && slab->listless) {
		discard = slab_put_rest(s, slab);
	} else {
		unsigned long first = slab_object_index(s, slab, (unsigned long)p[0]);

		discard = slab_put_chain(s, slab, chain_run(s, slab, nr, p), (unsigned int)first,
					 (unsigned int)nr);
	}
	spin_unlock(&n->list_lock);
	if (discard)
		slab_discard(s, slab);
}

/* As many of @size objects as lie in the first one's slab; 0: that one needs a closer look. */
static size_t free_run(struct kmem_cache *s, size_t size, void **p)
{
	struct slab *slab = slab_at((unsigned long)p[0]);
	size_t nr;

	if (unlikely(!slab || slab->cache != s || s->single))
		return 0;
	nr = mark_run(s, slab, size, p);
	if (likely(nr))
		put_run(s, slab, nr, p);
	return nr;
}

void kmem_cache_free_bulk(struct kmem_cache *s, size_t size, void **p)
{
	size_t nr = 0, run;

	while (nr < size) {
		run = s ? free_run(s, size - nr, p + nr) : 0;
		nr += run;
		if (run)
			continue;
		if (s)
			slab_free_checked(s, (unsigned long)p[nr], _RET_IP_);
		else
			kfree(p[nr]);
		nr++;
	}
}
