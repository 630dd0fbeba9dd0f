// SPDX-License-Identifier: MIT
/*
 * Where objects go that this CPU's stash does not take.
 *
 *   c->freed where it is of that slab; else the slab's own list. When the stash is full,
 *   half of it goes to the slabs' lists, and a slab that was full becomes c->freed
 *
 *   a slab that was full, or that a CPU is done with: c->partial; else the node's partial
 *   list; an empty one goes back to the page allocator if its node has enough
 *
 * The order of the steps is Linux's (mm/slub.c, __slab_free).
 */
#include "kfence.h"
#include "kfree.h"
#include "slab_bad.h"
#include "slab_fast.h"

DEFINE_PER_CPU(struct slab_span, slab_known);

/* The span grows by a section beside it; one elsewhere takes its place. */
bool slab_check_section(unsigned long addr)
{
	struct slab_span *known = this_cpu_ptr(&slab_known);
	unsigned long phys = addr - PAGE_OFFSET, bytes = 1UL << SECTION_SIZE_BITS;
	unsigned long start = ALIGN_DOWN(phys, bytes) + PAGE_OFFSET;

	if (phys >> MAX_PHYSMEM_BITS || !pfn_to_online_page(phys >> PAGE_SHIFT))
		return false;
	if (known->bytes && start + bytes == known->start)
		known->bytes += bytes;
	else if (known->bytes && known->start + known->bytes == start)
		start = known->start, known->bytes += bytes;
	else
		known->bytes = bytes;
	known->start = start;
	known->page_0 = (unsigned long)pfn_to_page((start - PAGE_OFFSET) >> PAGE_SHIFT) -
			(start >> PAGE_SHIFT) * sizeof(struct page);
	kfree_learn();
	return true;
}

/* ---- Objects to a slab, a slab to a list; all under the node's lock ----------------- */

/*
 * Finds a place for @slab, which is on no list: with this CPU if it has room, else with the
 * node. True where it is empty and the node has enough: it is to be given back then.
 */
static __always_inline bool place_slab(struct kmem_cache *s, struct slab *slab)
{
	struct kmem_cache_node *n = slab->node;
	struct kmem_cache_cpu *c = this_cpu_slab(s);

	if (unlikely(slab->bad))
		return slab_rest_bad(slab);
	slab->frozen = 0;
	if (slab->freelist == SLAB_END) {
		list_add(&slab->list, &n->full);
	} else if (c->nr_partial < s->cpu_partial_slabs) {
		slab_hold_partial(c, slab);
	} else if (slab->inuse == 0 && n->nr_partial >= s->min_partial) {
		return true;
	} else {
		slab_add_partial(n, slab);
	}
	return false;
}

/* @slab has more free objects than it had; it was full if @was_full. */
static bool after_put(struct kmem_cache *s, struct slab *slab, bool was_full)
{
	struct kmem_cache_node *n = slab->node;

	if (slab->frozen)
		return false;
	if (was_full) {
		list_del(&slab->list);
		return place_slab(s, slab);
	}
	if (slab->inuse || n->nr_partial <= s->min_partial)
		return false;
	slab_remove_partial(n, slab);
	return true;
}

/* Part of inuse so far. */
static void add_chain(struct kmem_cache *s, struct slab *slab, unsigned int head, unsigned int tail,
		      unsigned int nr)
{
	slab_set_link(s, slab->next, tail, slab->freelist);
	slab->freelist = (u16)head;
	data_race_write(slab->inuse, (u16)(slab->inuse - nr));
}

bool slab_put_chain(struct kmem_cache *s, struct slab *slab, unsigned int head, unsigned int tail,
		    unsigned int nr)
{
	bool was_full = slab->freelist == SLAB_END;

	add_chain(s, slab, head, tail, nr);
	return after_put(s, slab, was_full);
}

bool slab_put_rest(struct kmem_cache *s, struct slab *slab)
{
	bool was_full = slab->freelist == SLAB_END;

	if (!was_full)
		slab_mark_objects(slab, SLAB_BACK);
	slab->freelist = SLAB_FRESH;
	slab->inuse = 0;
	return after_put(s, slab, was_full);
}

#include <linux/kmemleak.h>

/* ---- From a CPU to the nodes ------------------------------------------------ */

/* Ends a CPU's hold on @slab, under its node's lock. True where it is to be given back. */
static bool unfreeze_locked(struct kmem_cache *s, struct slab *slab)
{
	struct kmem_cache_node *n = slab->node;

	if (unlikely(slab->bad))
		return slab_rest_bad(slab);
	slab->frozen = 0;
	if (slab->inuse == 0 && n->nr_partial >= s->min_partial)
		return true;
	if (slab->freelist != SLAB_END)
		slab_add_partial(n, slab);
	else
		list_add(&slab->list, &n->full);
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

/*
 * The length of the list of @slab from @head on, and its last object. What a broken
 * link leads to is cut off. Were it longer than what can be free, it would run in a
 * circle, and none of it can be trusted: 0.
 */
static unsigned int measure_list(struct kmem_cache *s, struct slab *slab, unsigned int head,
				 unsigned int *tail)
{
	/* What others free meanwhile is not on it: the list never has more than this. */
	unsigned int limit = data_race(slab->inuse), link, count = 0;

	for (*tail = SLAB_END; head != SLAB_END; head = link) {
		link = head < slab->objects ? slab_get_link(s, slab->next, head) : SLAB_OUT;
		if (unlikely((link & SLAB_STATE) || count == limit)) {
			count = count == limit ? 0 : count;
			slab_lose_list(s, slab, *tail, head);
			slab->lost = (u16)(slab->lost - count);
			break;
		}
		count++;
		*tail = head;
	}
	return count;
}

/* What was not handed out yet joins the list. */
static void link_fresh(struct kmem_cache *s, struct slab_active *a)
{
	for (; a->fresh < a->fresh_end; a->fresh++) {
		slab_set_link(s, a->slab->next, *a->fresh, a->head);
		a->head = *a->fresh;
	}
}

void slab_deactivate(struct kmem_cache *s, struct kmem_cache_cpu *c)
{
	struct slab *slab = c->active.slab;
	struct kmem_cache_node *n = slab->node;
	unsigned int head, tail, count;

	link_fresh(s, &c->active);
	head = c->active.head;
	c->active = (struct slab_active){.head = SLAB_END};
	count = measure_list(s, slab, head, &tail);
	if (count) {
		spin_lock(&n->list_lock);
		slab_put_chain(s, slab, head, tail, count);
		spin_unlock(&n->list_lock);
	}
	slab_unfreeze(s, slab);
}

/* Mostly all are one node's, whose lock is taken once. */
static void unfreeze_partials(struct kmem_cache *s, struct kmem_cache_cpu *c)
{
	struct kmem_cache_node *n = NULL;
	struct slab *slab, *next;
	LIST_HEAD(empty);

	list_for_each_entry_safe (slab, next, &c->partial, list) {
		if (slab->node != n) {
			if (n)
				spin_unlock(&n->list_lock);
			n = slab->node;
			spin_lock(&n->list_lock);
		}
		if (unfreeze_locked(s, slab))
			list_add(&slab->list, &empty);
	}
	if (n)
		spin_unlock(&n->list_lock);
	INIT_LIST_HEAD(&c->partial);
	c->nr_partial = 0;
	list_for_each_entry_safe (slab, next, &empty, list)
		slab_discard(s, slab);
}

/* Makes a chain of what was freed to c->freed, at least one. Returns its head. */
static unsigned int chain_freed(struct kmem_cache *s, const struct slab_window *w,
				unsigned int *tail)
{
	const u8 *states = slab_states(w->slab);
	u16 *next = w->slab->next;
	unsigned int head = SLAB_END, i = 0;

	while (data_race(states[2UL * i]) != SLAB_FREED)
		i++;
	for (*tail = i; i < w->objects; i++) {
		if (data_race(states[2UL * i]) != SLAB_FREED)
			continue;
		slab_set_link(s, next, i, head);
		head = i;
	}
	return head;
}

/*
 * Tells a window's slab what was freed, and finds a place for it, under the node's lock.
 * True where it is to be given back.
 */
static __always_inline bool put_freed(struct kmem_cache *s, const struct slab_window *w)
{
	struct slab *slab = w->slab;
	unsigned int head, tail;

	if (slab->inuse == w->nr && slab->listless) {
		slab_put_rest(s, slab);
	} else {
		head = chain_freed(s, w, &tail);
		slab_put_chain(s, slab, head, tail, (unsigned int)w->nr);
	}
	return place_slab(s, slab);
}

void slab_close_window(struct kmem_cache *s, struct kmem_cache_cpu *c)
{
	struct slab *slab = c->freed.slab;
	bool discard;

	spin_lock(&slab->node->list_lock);
	discard = put_freed(s, &c->freed);
	spin_unlock(&slab->node->list_lock);
	if (discard)
		slab_discard(s, slab);
	c->freed = (struct slab_window){.base = 0};
	kfree_leave(c);
	slab_open_stash(c, true);
}

/* So many objects of c->freed, or half of it, make it likely that their whole company comes. */
#define COMPANY 8UL

/* After so many slabs with fewer objects in a row it is not. */
#define SHORT_RUNS 3

static bool is_company(const struct kmem_cache_cpu *c)
{
	return c->freed.nr - c->fresh_freed >= min(c->freed.objects / 2, COMPANY);
}

void slab_end_frees(struct kmem_cache *s, struct kmem_cache_cpu *c)
{
	if (!is_company(c))
		c->room = max_t(u16, c->room, COMPANY);
	slab_close_window(s, c);
}

void slab_flush_cpu(struct kmem_cache *s, struct kmem_cache_cpu *c)
{
	slab_drop_stash(s, c);
	if (c->active.slab)
		slab_deactivate(s, c);
	if (c->freed.slab)
		slab_close_window(s, c);
	slab_open_stash(c, false);
	unfreeze_partials(s, c);
}

/* ---- Free ------------------------------------------------------------------------ */

/* The slab that this CPU frees to is going to be another: what does that say? */
static void judge_run(struct kmem_cache_cpu *c)
{
	if (is_company(c))
		c->room = c->short_runs = 0;
	else if (c->short_runs < SHORT_RUNS)
		c->short_runs++;
}

/*
 * Takes @slab off whichever list it is on, under its node's lock. False: it is this CPU's own
 * no more. It was full, and another CPU freed to it and holds it since.
 */
static bool take_off_list(struct kmem_cache_cpu *c, struct slab *slab)
{
	if (slab_owner(slab) != slab_owner_of(c))
		return false;
	if (!slab->frozen && slab->freelist != SLAB_END) {
		slab_remove_partial(slab->node, slab);
	} else {
		c->nr_partial -= slab->frozen;
		list_del_init(&slab->list);
	}
	slab->frozen = 1;
	return true;
}

/* What of the active slab was not handed out yet counts as freed. Returns how much that is. */
static u16 free_fresh(struct slab_active *a)
{
	const u16 *fresh = a->fresh, *end = a->fresh_end;
	struct slab *slab = a->slab;

	while (fresh < end)
		slab_set_state(slab, *fresh++, SLAB_FREED);
	return (u16)(end - a->fresh);
}

/*
 * From now on this CPU frees to @slab, its own, first of all object @index. It allocates from
 * there no more: a slab all of whose objects come back is worth more whole. False, and nothing
 * is freed, where it is its own no more.
 */
static bool open_window(struct kmem_cache *s, struct kmem_cache_cpu *c, struct slab *slab,
			unsigned int index)
{
	struct slab *last = c->freed.slab;
	struct kmem_cache_node *n = slab->node;
	bool active = slab == c->active.slab, own, discard = false;

	if (last)
		judge_run(c);
	if (last && last->node != n) {
		slab_close_window(s, c);
		last = NULL;
	}
	spin_lock(&n->list_lock);
	own = active || take_off_list(c, slab);
	if (own && last)
		discard = put_freed(s, &c->freed);
	spin_unlock(&n->list_lock);
	if (!own)
		return false;
	if (discard)
		slab_discard(s, last);
	slab_set_state(slab, index, SLAB_FREED);
	c->fresh_freed = 0;
	if (active) {
		c->fresh_freed = free_fresh(&c->active);
		c->active = (struct slab_active){.head = SLAB_END};
	}
	c->freed = (struct slab_window){
		.base = slab_address(slab),
		.objects = slab->objects,
		.nr = c->fresh_freed + 1UL,
		.slab = slab,
	};
	kfree_go(kfree_to_window, s, c);
	slab_open_stash(c, false);
	return true;
}

/* An object of the slab that the CPU allocates from joins its list. */
static void free_to_active(struct kmem_cache *s, struct slab_active *a, unsigned int index)
{
	slab_set_link(s, a->slab->next, index, a->head);
	a->head = (u16)index;
}

/*
 * The stash has no room. It may hold more where objects come without their company; else
 * all that came back is handed out next, or the stash grows, or half of what came back goes.
 */
static void make_room(struct kmem_cache *s, struct kmem_cache_cpu *c)
{
	if (slab_nr_back(c) == c->capacity && !slab_nr_stashed(c))
		slab_turn_stash(c);
	else if (slab_nr_back(c) == c->capacity && !slab_grow_stash(s, c))
		slab_flush_oldest(s, c, c->capacity / 2);
	c->room = (u16)min_t(unsigned int, c->capacity, c->room + COMPANY);
	slab_open_stash(c, true);
}

/*
 * Do objects come back slab by slab, with no allocation in between? A few short runs are no
 * reason to think that they do not.
 */
static bool frees_in_company(const struct kmem_cache_cpu *c, bool frees_alone)
{
	if (c->freed.slab)
		return frees_alone && (is_company(c) || c->short_runs < SHORT_RUNS);
	return slab_nr_back(c) >= c->room && (frees_alone || !c->room);
}

/*
 * @slab is this CPU's own. While its objects come one after the other they go to a window,
 * and the stash has no room; else to the stash. False: to neither.
 */
static bool free_to_own(struct kmem_cache *s, struct kmem_cache_cpu *c, struct slab *slab,
			unsigned long object, unsigned int index)
{
	bool frees_alone = c->at_hand == slab_at_hand(c);

	c->at_hand = slab_at_hand(c);
	if (slab == c->freed.slab && frees_alone) {
		kfree_go(kfree_to_window, s, c);
		slab_set_state(slab, index, SLAB_FREED);
		c->freed.nr++;
		return true;
	}
	if (frees_in_company(c, frees_alone)) {
		if (slab == c->active.slab && c->active.head != SLAB_END)
			free_to_active(s, &c->active, index);
		else if (!open_window(s, c, slab, index))
			return false;
		c->at_hand = slab_at_hand(c);
		return true;
	}
	if (c->freed.slab)
		slab_close_window(s, c);
	if (!slab_has_stash(c))
		return false;
	if (slab_nr_back(c) >= c->room)
		make_room(s, c);
	slab_push(c, object, &slab_states(slab)[2 * index]);
	return true;
}

/* To the slab's own list, from any CPU. */
static void free_to_slab(struct kmem_cache *s, struct slab *slab, unsigned long object,
			 unsigned int index)
{
	struct kmem_cache_node *n = slab->node;
	bool was_out, discard = false;

	spin_lock(&n->list_lock);
	was_out = slab_object_is_out(slab, index);
	if (likely(was_out))
		discard = slab_put_chain(s, slab, index, index, 1);
	spin_unlock(&n->list_lock);
	if (unlikely(!was_out))
		slab_report_double_free(s, slab, object);
	else if (discard)
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
	struct kmem_cache_cpu *c = this_cpu_slab(s);

	kmemleak_free_recursive((void *)object, s->flags);
	if (unlikely(index >= slab->objects))
		free_no_object(s, slab, object);
	else if (unlikely(s->single))
		slab_free_single(s, slab, object, caller);
	else if (slab_owner(slab) != slab_owner_of(c) ||
		 !slab_object_is_out(slab, (unsigned int)index) ||
		 !free_to_own(s, c, slab, object, (unsigned int)index))
		free_to_slab(s, slab, object, (unsigned int)index);
}

noinline void slab_free_checked(struct kmem_cache *s, unsigned long object, unsigned long caller)
{
	struct page *page;
	struct slab *slab;

	if (!object)
		return;
	page = slab_page_at(object);
	slab = page ? slab_of_page(page) : NULL;
	if (!slab)
		slab_report_no_slab("kmem_cache_free", object);
	else if (slab->cache != s)
		slab_report_wrong_cache(s, slab->cache, object);
	else if (!slab_free_to_stash(page, object))
		slab_free_slow(s, slab, object, caller);
}

void kmem_cache_free(struct kmem_cache *s, void *object)
{
	struct kmem_cache_cpu *c = this_cpu_slab(s);
	unsigned long addr = (unsigned long)object;

	if (!slab_free_to_window(c, addr) && !slab_push_back(c, addr))
		slab_free_checked(s, addr, _RET_IP_);
}
