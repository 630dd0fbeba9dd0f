// SPDX-License-Identifier: MIT
/*
 * Where objects come from when this CPU's slot is empty, and where they go when
 * they were not the last that it was given.
 *
 *   alloc: c->slot ─► c->freelist ─► c->page's own list ─► c->freed ─► c->partial
 *          ─► node's partial list ─► other nodes' ─► new slab
 *   free:  c->slot; c->freelist where the slab is c->page; c->freed where it is
 *          that; else the slab's own list, and a slab that was full becomes
 *          c->freed, whose last slab goes to c->partial; an empty one goes back to
 *          the page allocator if its node has enough
 *
 * A slab in use by a CPU is frozen: others free into it, but only its CPU moves
 * it. The order of the steps is Linux's (mm/slub.c, ___slab_alloc, __slab_free).
 */
#include "slab.h"

#include <linux/string.h>
#include <linux/topology.h>

unsigned long slab_known_section = ~0UL;

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
	*c = (struct kmem_cache_cpu){.freelist = 1, .slot = s->slot_empty};
	INIT_LIST_HEAD(&c->partial);
}

void slab_node_init(struct kmem_cache_node *n)
{
	memset(n, 0, sizeof(*n));
	spin_lock_init(&n->list_lock);
	INIT_LIST_HEAD(&n->partial);
}

void slab_add_partial(struct kmem_cache_node *n, struct page *page)
{
	list_add_tail(&page->slab_list, &n->partial);
	n->nr_partial++;
}

void slab_remove_partial(struct kmem_cache_node *n, struct page *page)
{
	list_del_init(&page->slab_list);
	n->nr_partial--;
}

/* ---- From a CPU to the nodes ------------------------------------------------ */

/*
 * Ends a CPU's hold on @page. Full slabs go on no list; an empty one is given
 * back if its node has enough slabs with free objects.
 */
static void unfreeze_slab(struct kmem_cache *s, struct page *page)
{
	struct kmem_cache_node *n = get_node(s, page_to_nid(page));
	bool discard = false;

	spin_lock(&n->list_lock);
	page->slab.frozen = 0;
	if (page->slab.inuse == 0 && n->nr_partial >= s->min_partial)
		discard = true;
	else if (page->slab.freelist != SLAB_END_OF_LIST)
		slab_add_partial(n, page);
	spin_unlock(&n->list_lock);
	if (discard)
		slab_page_discard(s, page);
}

/*
 * The length of the CPU's free list that starts at @object, and its last object. An
 * object with a broken link is not counted. The list's objects are part of inuse; were there more, it would run
 * in a circle, and none of it can be trusted: 0.
 */
static unsigned int freelist_tail(struct kmem_cache *s, struct page *page, unsigned long object,
				  unsigned long *tail)
{
	unsigned int limit = READ_ONCE(page->slab.inuse), count = 0;
	unsigned long base = slab_address(page);

	while (!slab_link_is_end(object)) {
		unsigned long next = slab_get_link(s, object);

		if (++count > limit) {
			slab_report_bad_freelist(s, object, next);
			return 0;
		}
		if (!slab_link_ok(s, base, page->slab.objects, next)) {
			slab_report_bad_freelist(s, object, next);
			return count - 1;
		}
		*tail = object;
		object = next;
	}
	return count;
}

/* The slot's object, if it is back, joins the free list: it is of this slab. */
static void empty_slot(struct kmem_cache *s, struct kmem_cache_cpu *c)
{
	unsigned long slot = READ_ONCE(c->slot);

	WRITE_ONCE(c->slot, s->slot_empty);
	if (!(slot & 1))
		return;
	slab_set_link(s, ~slot, c->freelist);
	c->freelist = ~slot;
}

/* This CPU has no slab from now on. */
static void forget_slab(struct kmem_cache *s, struct kmem_cache_cpu *c)
{
	WRITE_ONCE(c->slot, s->slot_empty);
	c->page = NULL;
	c->base = c->span = 0;
	c->freelist = 1;
}

/* Puts @count objects from @head to @tail, part of inuse so far, on @page's own list. */
static void return_objects(struct kmem_cache *s, struct page *page, unsigned long head,
			   unsigned long tail, unsigned int count)
{
	struct kmem_cache_node *n = get_node(s, page_to_nid(page));
	unsigned long base = slab_address(page);

	spin_lock(&n->list_lock);
	slab_set_link(s, tail, slab_object(s, base, page->slab.freelist));
	page->slab.freelist = (u16)slab_index(s, head - base);
	page->slab.inuse = (u16)(page->slab.inuse - count);
	spin_unlock(&n->list_lock);
}

/* Gives this CPU's free list back to its slab, and the slab to its node. */
static void deactivate_slab(struct kmem_cache *s, struct kmem_cache_cpu *c)
{
	struct page *page = c->page;
	unsigned long tail = 0, head;
	unsigned int count;

	empty_slot(s, c);
	head = c->freelist;
	count = freelist_tail(s, page, head, &tail);
	if (count)
		return_objects(s, page, head, tail, count);
	forget_slab(s, c);
	unfreeze_slab(s, page);
}

static void unfreeze_partials(struct kmem_cache *s, struct kmem_cache_cpu *c)
{
	struct page *page, *next;

	list_for_each_entry_safe (page, next, &c->partial, slab_list) {
		list_del_init(&page->slab_list);
		unfreeze_slab(s, page);
	}
	c->nr_partial = 0;
}

/* Keeps a frozen slab with free objects for this CPU; what it had makes room if it must. */
static void put_cpu_partial(struct kmem_cache *s, struct kmem_cache_cpu *c, struct page *page)
{
	if (c->nr_partial >= s->cpu_partial_slabs)
		unfreeze_partials(s, c);
	list_add(&page->slab_list, &c->partial);
	c->nr_partial++;
}

/* Tells c->freed's slab what was freed, and keeps it as one of the partial slabs. */
static void put_freed(struct kmem_cache *s, struct kmem_cache_cpu *c)
{
	struct slab_freed freed = c->freed;

	if (!freed.page)
		return;
	c->freed = (struct slab_freed){.base = 0};
	return_objects(s, freed.page, freed.list, freed.tail, (unsigned int)freed.nr);
	put_cpu_partial(s, c, freed.page);
}

/* From now on this CPU frees to the frozen slab @page, first of all @object. */
static void set_freed(struct kmem_cache *s, struct kmem_cache_cpu *c, struct page *page,
		      unsigned long object)
{
	unsigned long base = slab_address(page);

	put_freed(s, c);
	slab_set_link(s, object, base + 1);
	c->freed = (struct slab_freed){
		.base = base,
		.span = (unsigned long)page->slab.objects * s->size,
		.list = object,
		.tail = object,
		.page = page,
		.nr = 1,
	};
}

void slab_flush_cpu(struct kmem_cache *s, struct kmem_cache_cpu *c)
{
	if (c->page)
		deactivate_slab(s, c);
	put_freed(s, c);
	unfreeze_partials(s, c);
}

/* ---- From the nodes to a CPU -------------------------------------------------- */

/*
 * Makes the frozen slab @page this CPU's, with all that is on its own free list.
 * False, and the slab let go of, where that is empty: it is full then.
 */
static bool activate_slab(struct kmem_cache *s, struct kmem_cache_cpu *c, struct page *page)
{
	struct kmem_cache_node *n = get_node(s, page_to_nid(page));
	unsigned int index;

	spin_lock(&n->list_lock);
	index = page->slab.freelist;
	if (index == SLAB_END_OF_LIST) {
		page->slab.frozen = 0;
	} else {
		page->slab.freelist = SLAB_END_OF_LIST;
		page->slab.inuse = page->slab.objects;
	}
	spin_unlock(&n->list_lock);

	if (index == SLAB_END_OF_LIST) {
		forget_slab(s, c);
		return false;
	}
	if (c->page != page)
		WRITE_ONCE(c->slot, s->slot_empty);
	c->page = page;
	c->base = slab_address(page);
	c->span = (unsigned long)page->slab.objects * s->size;
	c->freelist = slab_object(s, c->base, index);
	return true;
}

/* Makes the slab that this CPU frees to the one that it allocates from. */
static bool activate_freed(struct kmem_cache *s, struct kmem_cache_cpu *c, int node)
{
	struct slab_freed freed = c->freed;

	if (!freed.page || (node != NUMA_NO_NODE && page_to_nid(freed.page) != node))
		return false;
	c->freed = (struct slab_freed){.base = 0};
	WRITE_ONCE(c->slot, s->slot_empty);
	c->page = freed.page;
	c->base = freed.base;
	c->span = freed.span;
	c->freelist = freed.list;
	return true;
}

/* Takes slabs from @nid's list: one to return, and some for c->partial. All frozen. */
static struct page *get_partial_node(struct kmem_cache *s, struct kmem_cache_cpu *c, int nid,
				     unsigned long at_least)
{
	struct kmem_cache_node *n = get_node(s, nid);
	struct page *page, *next, *first = NULL;
	unsigned int taken = 0;

	if (!n || READ_ONCE(n->nr_partial) <= at_least)
		return NULL;
	spin_lock(&n->list_lock);
	list_for_each_entry_safe (page, next, &n->partial, slab_list) {
		slab_remove_partial(n, page);
		page->slab.frozen = 1;
		if (!first) {
			first = page;
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
static struct page *get_any_partial(struct kmem_cache *s, struct kmem_cache_cpu *c,
				    unsigned long at_least)
{
	struct page *page = NULL;
	int nid;

	for (nid = 0; nid < (int)nr_node_ids && !page; nid++)
		page = get_partial_node(s, c, nid, at_least);
	return page;
}

static struct page *new_slab(struct kmem_cache *s, gfp_t flags, int node)
{
	struct page *page;

	if (unlikely(s->ctor && (flags & __GFP_ZERO)))
		slab_report_bad_flags(s->name, __GFP_ZERO);
	page = slab_page_new(s, flags, node);
	if (page)
		page->slab.frozen = 1;
	return page;
}

/* A frozen slab with free objects, best of @node. */
static struct page *get_slab(struct kmem_cache *s, struct kmem_cache_cpu *c, gfp_t flags, int node)
{
	struct page *page;

	page = get_partial_node(s, c, node == NUMA_NO_NODE ? numa_mem_id() : node, 0);
	if (!page && node == NUMA_NO_NODE && !(flags & __GFP_THISNODE))
		page = get_any_partial(s, c, s->min_partial);
	if (!page)
		page = new_slab(s, flags, node);
	/* Better an object from afar than none. */
	if (!page && !(flags & __GFP_THISNODE))
		page = get_any_partial(s, c, 0);
	return page;
}

static bool node_match(const struct kmem_cache_cpu *c, int node)
{
	return node == NUMA_NO_NODE || page_to_nid(c->page) == node;
}

/* The next of this CPU's partial slabs that serves @node; others go to their nodes. */
static struct page *next_cpu_partial(struct kmem_cache *s, struct kmem_cache_cpu *c, int node)
{
	struct page *page;

	while (!list_empty(&c->partial)) {
		page = list_first_entry(&c->partial, struct page, slab_list);
		list_del_init(&page->slab_list);
		c->nr_partial--;
		if (node == NUMA_NO_NODE || page_to_nid(page) == node)
			return page;
		unfreeze_slab(s, page);
	}
	return NULL;
}

/* Sees to it that c->freelist has an object that serves @node. */
static bool refill(struct kmem_cache *s, struct kmem_cache_cpu *c, gfp_t flags, int node)
{
	struct page *page;

	if (c->page && !node_match(c, node))
		deactivate_slab(s, c);
	if (c->page) {
		if (!slab_link_is_end(c->freelist))
			return true;
		if (c->freelist != c->base + 1)
			slab_report_bad_freelist(s, c->base, c->freelist);
		if (activate_slab(s, c, c->page))
			return true;
	}
	if (activate_freed(s, c, node))
		return true;
	while ((page = next_cpu_partial(s, c, node)))
		if (activate_slab(s, c, page))
			return true;

	page = get_slab(s, c, flags, node);
	return page && activate_slab(s, c, page);
}

/*
 * Takes the first object of c->freelist. One with a broken link is not handed out:
 * somebody wrote to it, or it is out already and the list ran in a circle. 0 then,
 * and the list is given up.
 */
static unsigned long pop_object(struct kmem_cache *s, struct kmem_cache_cpu *c)
{
	unsigned long object = c->freelist;
	unsigned long next = slab_get_link(s, object);

	if (unlikely(!slab_link_ok(s, c->base, c->page->slab.objects, next))) {
		slab_report_bad_freelist(s, object, next);
		c->freelist = c->base + 1;
		return 0;
	}
	c->freelist = next;
	slab_wipe_link(s, object);
	return object;
}

/* An object, of @node where the machine has lists for that. 0 without memory. */
static unsigned long alloc_slow(struct kmem_cache *s, struct kmem_cache_cpu *c, gfp_t flags,
				int node)
{
	unsigned long object;

	if (node != NUMA_NO_NODE && (node < 0 || node >= (int)nr_node_ids || !get_node(s, node)))
		node = NUMA_NO_NODE;
	do {
		if (!refill(s, c, flags, node))
			return 0;
		object = pop_object(s, c);
	} while (!object);
	return object;
}

/*
 * The first object of this CPU's free list. 0 where there is none, or where the
 * link behind it is broken: alloc_slow() sees to either.
 */
static __always_inline unsigned long pop_fast(struct kmem_cache *s, struct kmem_cache_cpu *c)
{
	unsigned long object = c->freelist;
	unsigned long next, offset;

	if (unlikely(slab_link_is_end(object)))
		return 0;
	next = slab_get_link(s, object);
	offset = next - c->base;
	/* The end is base + 1, whose product is recip itself. */
	if (unlikely(offset >= c->span || offset * s->recip > s->recip))
		return 0;
	c->freelist = next;
	slab_wipe_link(s, object);
	return object;
}

/* The slot follows what is handed out, unless every object is to be zeroed first. */
static __always_inline void *hand_out(struct kmem_cache *s, struct kmem_cache_cpu *c,
				      unsigned long object, gfp_t flags)
{
	if (likely(!s->zero_flags))
		WRITE_ONCE(c->slot, object);
	if (unlikely((flags | s->zero_flags) & __GFP_ZERO))
		return memset((void *)object, 0, s->object_size);
	return (void *)object;
}

static noinline void *slab_alloc_slow(struct kmem_cache *s, gfp_t flags, int node)
{
	struct kmem_cache_cpu *c = this_cpu_slab(s);
	unsigned long object = alloc_slow(s, c, flags, node);

	return object ? hand_out(s, c, object, flags) : NULL;
}

static __always_inline void *alloc_general(struct kmem_cache *s, gfp_t flags, int node)
{
	struct kmem_cache_cpu *c = this_cpu_slab(s);
	unsigned long object = READ_ONCE(c->slot);

	if (node == NUMA_NO_NODE || (c->page && node_match(c, node))) {
		if (object & 1)
			return hand_out(s, c, ~object, flags);
		object = pop_fast(s, c);
		if (likely(object))
			return hand_out(s, c, object, flags);
	}
	return slab_alloc_slow(s, flags, node);
}

void *slab_alloc_general(struct kmem_cache *s, gfp_t flags)
{
	return alloc_general(s, flags, NUMA_NO_NODE);
}

void *kmem_cache_alloc(struct kmem_cache *s, gfp_t flags)
{
	return slab_alloc(s, flags);
}

void *kmem_cache_alloc_node(struct kmem_cache *s, gfp_t flags, int node)
{
	return alloc_general(s, flags, node);
}

/* ---- Free ------------------------------------------------------------------------ */

/* What is to be done with a slab when its lock is given back. */
enum after_free { KEEP, FREE_TO, DISCARD };

/* Puts @object on its slab's own list, unless the slab is full and becomes c->freed. */
static enum after_free free_to_slab(struct kmem_cache *s, struct kmem_cache_node *n,
				    struct page *page, unsigned long object)
{
	unsigned long base = slab_address(page);

	if (page->slab.freelist == SLAB_END_OF_LIST && !page->slab.frozen) {
		page->slab.frozen = 1;
		return FREE_TO;
	}
	slab_set_link(s, object, slab_object(s, base, page->slab.freelist));
	page->slab.freelist = (u16)slab_index(s, object - base);
	page->slab.inuse--;
	if (page->slab.frozen || page->slab.inuse || n->nr_partial <= s->min_partial)
		return KEEP;
	slab_remove_partial(n, page);
	return DISCARD;
}

/*
 * What other CPUs' slots know of @object. True where one of them has it back: it is
 * free then. Where it is out, the slot is emptied, as the object is no longer the
 * one that its CPU was given last.
 */
static bool in_other_slot(struct kmem_cache *s, unsigned long object)
{
	unsigned int cpu, me = (unsigned int)smp_processor_id();

	for (cpu = 0; cpu < nr_cpu_ids; cpu++) {
		unsigned long seen = object;

		if (cpu == me ||
		    __atomic_compare_exchange_n(&s->cpu_slab[cpu].slot, &seen, s->slot_empty, false,
						__ATOMIC_RELAXED, __ATOMIC_RELAXED))
			continue;
		if (seen == ~object)
			return true;
	}
	return false;
}

static void slab_free_slow(struct kmem_cache *s, struct page *page, unsigned long object)
{
	struct kmem_cache_node *n = get_node(s, page_to_nid(page));
	unsigned long base = slab_address(page);
	unsigned int objects = page->slab.objects;
	enum after_free after = KEEP;
	bool twice;

	if (!slab_is_object(s, base, objects, object)) {
		slab_report_misaligned(s, base, object);
		return;
	}
	spin_lock(&n->list_lock);
	twice = slab_link_ok(s, base, objects, slab_get_link(s, object)) ||
		(page->slab.frozen && in_other_slot(s, object));
	if (!twice)
		after = free_to_slab(s, n, page, object);
	spin_unlock(&n->list_lock);

	if (twice)
		slab_report_double_free(s, object);
	else if (after == FREE_TO)
		set_freed(s, this_cpu_slab(s), page, object);
	else if (after == DISCARD)
		slab_page_discard(s, page);
}

/* Is @object the one in this CPU's slot? It is dealt with then. */
static __always_inline bool free_to_own_slot(struct kmem_cache *s, unsigned long object)
{
	if (slab_free_to_slot(s, object))
		return true;
	if (likely(READ_ONCE(this_cpu_slab(s)->slot) != ~object))
		return false;
	slab_report_double_free(s, object);
	return true;
}

void slab_free_general(struct kmem_cache *s, struct page *page, unsigned long object)
{
	if (unlikely(free_to_own_slot(s, object)))
		return;
	if (!slab_free_fast(s, object))
		slab_free_slow(s, page, object);
}

/* @object is of neither slab at hand, or is to be refused; it may be anything. */
static noinline void cache_free_slow(struct kmem_cache *s, unsigned long object)
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
		slab_free_general(s, page, object);
}

static noinline void cache_free_general(struct kmem_cache *s, unsigned long object)
{
	if (!slab_free_fast(s, object))
		cache_free_slow(s, object);
}

void kmem_cache_free(struct kmem_cache *s, void *object)
{
	if (unlikely(!slab_free_to_slot(s, (unsigned long)object)))
		cache_free_general(s, (unsigned long)object);
}
