// SPDX-License-Identifier: MIT
/*
 * A CPU's stash of free objects: how it is filled, emptied and forgotten. What pushes and
 * pops is in slab_fast.h.
 *
 *   stash[0]   [1]      ...    top                        end
 *   | 0, none | object, entry | popped last | ... | room for SLAB_NO_OBJECT |
 *
 * It is filled to the half, and half of it is given back when it is full: so a CPU that
 * allocates and frees at random comes here only once in the square of that number of calls.
 * Its memory is a record, as those of slabs are, near the CPU; it is taken when a cache is
 * first used on the CPU, and without it each call goes the slow way.
 */
#include "slab_fast.h"

#include <linux/gfp.h>
#include <linux/topology.h>

/* Entries that no object is ever in: the first and the last. */
#define SLAB_STASH_ENDS 2

/* As Linux does with partial slabs, a CPU keeps fewer of the large ones. */
static unsigned int stash_size(const struct kmem_cache *s)
{
	if (s->size > KMALLOC_MAX_CACHE_SIZE || s->zero_flags)
		return 0;
	if (s->size >= PAGE_SIZE)
		return 18;
	return s->size >= 1024 ? 34 : 66;
}

static size_t stash_bytes(unsigned int objects)
{
	return (objects + SLAB_STASH_ENDS) * sizeof(struct slab_stashed);
}

/* Makes @c's stash an empty one that nothing fits in. */
static void use_none(struct kmem_cache_cpu *c)
{
	c->none[0] = (struct slab_stashed){0, NULL};
	c->none[1] = (struct slab_stashed){SLAB_NO_OBJECT, NULL};
	c->stash = NULL;
	c->fill = 0;
	c->top = &c->none[1];
	c->limit = NULL;
}

void slab_cpu_init(struct kmem_cache *s, struct kmem_cache_cpu *c)
{
	*c = (struct kmem_cache_cpu){.inverse = s->inverse,
				     .shift = s->shift,
				     .size = (u32)s->size,
				     .active = {.head = SLAB_END}};
	use_none(c);
	INIT_LIST_HEAD(&c->partial);
}

static bool get_stash(struct kmem_cache *s, struct kmem_cache_cpu *c)
{
	unsigned int size = stash_size(s);
	struct slab_stashed *stash;

	if (c->stash || !size)
		return c->stash;
	stash = slab_stash_alloc(stash_bytes(size), GFP_NOWAIT | __GFP_NOWARN, numa_mem_id());
	if (!stash)
		return false;
	/* Other CPUs look through it. */
	memset(stash, 0, stash_bytes(size));
	stash[1].object = SLAB_NO_OBJECT;
	spin_lock(&c->stash_lock);
	c->fill = (u16)(size / 2);
	c->room = (u16)size;
	c->top = stash + 1;
	c->stash = stash;
	spin_unlock(&c->stash_lock);
	return true;
}

/* ---- Fill ----------------------------------------------------------------------- */

/* Those of the active slab's list go to it; a link that leads nowhere ends that. */
void slab_fill_stash(struct kmem_cache *s, struct kmem_cache_cpu *c)
{
	struct slab_active *a = &c->active;
	struct slab_stashed *top;
	unsigned int head = a->head, nr;

	if (!get_stash(s, c) || c->top != c->stash + 1)
		return;
	top = c->top;
	for (nr = 0; nr < c->fill && head < a->slab->objects; nr++) {
		unsigned int link = slab_get_link(s, a->slab->next, head);

		if (unlikely(link & SLAB_STATE))
			break;
		a->states[2 * head] = SLAB_BACK;
		*top++ = (struct slab_stashed){a->base + head * s->size, &a->states[2 * head]};
		head = link;
	}
	a->head = (u16)head;
	top->object = SLAB_NO_OBJECT;
	c->top = top;
	slab_open_stash(c, !c->freed.slab);
}

/* ---- Back to the slabs -------------------------------------------------------------- */

static struct slab *slab_of_stashed(const struct slab_stashed *stashed)
{
	return compound_head(virt_to_page((void *)stashed->object))->slab;
}

/* Gives @nr objects from @stashed on to their slabs; mostly all are one node's. */
static void flush(struct kmem_cache *s, const struct slab_stashed *stashed, unsigned long nr)
{
	struct kmem_cache_node *n = NULL;
	struct page *page, *next;
	LIST_HEAD(empty);

	for (; nr; nr--, stashed++) {
		struct slab *slab = slab_of_stashed(stashed);
		unsigned int index = (unsigned int)(stashed->state - slab_states(slab)) / 2;

		if (slab->node != n) {
			if (n)
				spin_unlock(&n->list_lock);
			n = slab->node;
			spin_lock(&n->list_lock);
		}
		if (slab_put_chain(s, slab, index, index, 1))
			list_add(&slab->page->slab_list, &empty);
	}
	if (n)
		spin_unlock(&n->list_lock);
	list_for_each_entry_safe (page, next, &empty, slab_list)
		slab_discard(s, page->slab);
}

void slab_flush_oldest(struct kmem_cache *s, struct kmem_cache_cpu *c, unsigned long nr)
{
	struct slab_stashed *to = c->stash + 1, *from = to + nr, *top = c->top;

	flush(s, to, nr);
	while (from < top)
		*to++ = *from++;
	to->object = SLAB_NO_OBJECT;
	c->top = to;
}

void slab_drop_stash(struct kmem_cache *s, struct kmem_cache_cpu *c)
{
	struct slab_stashed *stash = c->stash;
	unsigned long nr = slab_nr_stashed(c);

	if (!stash)
		return;
	c->top = stash + 1;
	c->limit = NULL;
	flush(s, c->top, nr);
	spin_lock(&c->stash_lock);
	use_none(c);
	spin_unlock(&c->stash_lock);
	slab_record_free(stash, stash_bytes(stash_size(s)));
}

/* ---- Popped objects of slabs that go --------------------------------------------------- */

/* Another CPU's: what is not its any more is above its top, wherever that is now. */
static void wipe_out(struct kmem_cache_cpu *c, unsigned long start, unsigned long end)
{
	struct slab_stashed *each;

	spin_lock(&c->stash_lock);
	for (each = c->stash; each && each < c->stash + 2 * c->fill + SLAB_STASH_ENDS; each++) {
		unsigned long object = READ_ONCE(each->object);

		if (object >= start && object < end)
			__atomic_compare_exchange_n(&each->object, &object, SLAB_NO_OBJECT, false,
						    __ATOMIC_RELAXED, __ATOMIC_RELAXED);
	}
	spin_unlock(&c->stash_lock);
}

void slab_forget_popped(struct kmem_cache *s, const struct slab *slab)
{
	struct kmem_cache_cpu *mine = this_cpu_slab(s), *c;
	unsigned long start = slab_address(slab), end = start + (PAGE_SIZE << slab_order(slab));

	mine->top->object = SLAB_NO_OBJECT;
	if (likely(!slab->shared && slab->owner == mine))
		return;
	for (c = s->cpu_slab; c < s->cpu_slab + nr_cpu_ids; c++)
		if (c != mine && (slab->shared || c == slab->owner))
			wipe_out(c, start, end);
}
