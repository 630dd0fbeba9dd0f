// SPDX-License-Identifier: MIT
/*
 * Slabs: blocks of pages cut into objects, taken from the page allocator and
 * given back to it.
 *
 *   | object | object | object | object | ... | rest, less than one object |
 *   ^ naturally aligned                       ^ objects * size
 *
 * A slab's objects are handed out in a random order, so that an overrun does not hit an
 * object that its author can predict. The order is one permutation for each cache, drawn
 * once, and a starting point in it that is drawn whenever a slab without objects in use
 * comes to a CPU. Most slabs have as many objects as the permutation: their CPU takes them
 * from it as they are needed, and no list is made. Others get a list.
 */
#include "slab_debug.h"

#include <baremm/arch.h>
#include <linux/rcupdate.h>
#include <linux/string.h>

/* What of a caller's flags the pages follow; their zone is the cache's. */
#define SLAB_PAGE_FLAGS                                                                         \
	(__GFP_RECLAIM | __GFP_IO | __GFP_FS | __GFP_HIGH | __GFP_ATOMIC | __GFP_MEMALLOC |     \
	 __GFP_NOMEMALLOC | __GFP_NOWARN | __GFP_NORETRY | __GFP_RETRY_MAYFAIL | __GFP_NOFAIL | \
	 __GFP_THISNODE | __GFP_HARDWALL)

/* xorshift64*: quick, and its seed is the machine's randomness. */
static u32 slab_random(u64 *state, u32 below)
{
	u64 x = *state;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	*state = x;
	return (u32)((x * 0x2545f4914f6cdd1dULL >> 32) * below >> 32);
}

/* A permutation of a slab's objects, twice, so that it can be read from any place on. */
struct slab_order {
	unsigned int objects;
	u16 entries[];
};

void slab_init_order(struct kmem_cache *s)
{
	unsigned int count = s->oo.objects, i, j;
	struct slab_order *order;
	u16 *seq;

	if (count < 2 || s->order)
		return;
	order = kmalloc(sizeof(*order) + 2UL * count * sizeof(u16), GFP_NOWAIT | __GFP_NOWARN);
	if (!order) {
		pr_warn("slab: no memory for the random order of %u objects of %s\n", count,
			s->name);
		return;
	}
	order->objects = count;
	seq = order->entries;
	for (i = 0; i < count; i++) {
		j = slab_random(&s->random_state, i + 1);
		seq[i] = seq[j];
		seq[j] = (u16)i;
	}
	memcpy(seq + count, seq, count * sizeof(u16));
	s->order = order;
}

const u16 *slab_random_order(struct kmem_cache *s, struct kmem_cache_cpu *c)
{
	return s->order->entries + slab_random(&c->random_state, s->order->objects);
}

/* The record has whole words. */
void slab_mark_objects(struct slab *slab, u8 state)
{
	const u64 word = state * 0x0101010101010101ULL;
	u64 *entries = (u64 *)slab->next, *end = entries + DIV_ROUND_UP(slab->objects, 8) * 2;

	for (; entries < end; entries += 2) {
		entries[0] = word;
		entries[1] = word;
	}
}

/* Small slabs hold fewer objects than the order has: it skips those that are not there. */
void slab_link_objects(struct kmem_cache *s, struct slab *slab)
{
	unsigned int nr = s->order ? s->order->objects : slab->objects;
	unsigned int first = 0, i, index;

	if (s->order)
		first = slab_random(&this_cpu_slab(s)->random_state, nr);
	slab->freelist = SLAB_END;
	for (i = 0; i < nr; i++) {
		index = s->order ? s->order->entries[first + i] : nr - 1 - i;
		if (index >= slab->objects)
			continue;
		slab_set_link(s, slab->next, index, slab->freelist);
		slab->freelist = (u16)index;
	}
}

/* Makes all objects free, and constructs them. */
static void init_objects(struct kmem_cache *s, struct slab *slab)
{
	if (s->rest)
		slab_mark_rest(slab);
	slab->listless =
		s->order && s->order->objects == slab->objects && !s->single && !s->zero_flags;
	if (likely(slab->listless)) {
		slab->freelist = SLAB_FRESH;
		slab_mark_objects(slab, SLAB_BACK);
	} else {
		slab_link_objects(s, slab);
	}
	if (unlikely(slab_has_debug(s)))
		slab_debug_init(s, slab);
	for (unsigned int i = 0; s->ctor && i < slab->objects; i++)
		s->ctor((void *)slab_object(s, slab, i));
}

static enum node_stat_item slab_stat_item(const struct kmem_cache *s)
{
	return s->flags & SLAB_RECLAIM_ACCOUNT ? NR_SLAB_RECLAIMABLE : NR_SLAB_UNRECLAIMABLE;
}

/* Counts a slab in (sign 1) or out (sign -1). */
static void account_slab(struct kmem_cache *s, struct slab *slab, int sign)
{
	unsigned int order = slab_order(slab);
	struct kmem_cache_node *n = slab->node;

	atomic_long_add(sign * (1L << order),
			&NODE_DATA(slab_nid(slab))->vm_stat[slab_stat_item(s)]);
	/* The very first slab of a node holds the struct that counts it. */
	if (!n)
		return;
	atomic_long_add(sign, &n->nr_slabs);
	if (unlikely(order != s->oo.order))
		atomic_long_add(sign, &n->nr_small);
}

/* alloc_pages() is quicker, where any node will do. */
static struct page *alloc_block(gfp_t flags, int node, unsigned int order)
{
	return node == NUMA_NO_NODE ? alloc_pages(flags, order)
				    : alloc_pages_node(node, flags, order);
}

/* The first try is for the better order, without effort; the second for what suffices. */
static struct page *alloc_slab_pages(struct kmem_cache *s, gfp_t flags, int node)
{
	gfp_t easy = (flags | __GFP_NOWARN | __GFP_NORETRY | __GFP_NOMEMALLOC) &
		     ~(__GFP_NOFAIL | __GFP_RECLAIM);
	struct page *page = NULL;

	if (s->oo.order > s->min.order)
		page = alloc_block(easy, node, s->oo.order);
	if (!page)
		page = alloc_block(flags, node, s->min.order);
	return page;
}

/*
 * All lead to the slab, so that a free need not ask for the first, and tell where that is. Others
 * may look at them meanwhile.
 */
static void claim_pages(struct slab *slab, unsigned int order)
{
	const unsigned long flags = 1UL << PG_slab | (unsigned long)order << PAGE_ORDER_PGSHIFT;
	const struct slab_place place = {(u32)slab->base, slab->cache->reciprocal};
	struct page *page = slab->page, *end = page + (1UL << order);

	if (order)
		__SetPageHead(page);
	for (; page < end; page++) {
		page_set_flags(page, page->flags | flags);
		WRITE_ONCE(page->slab_owner, SLAB_NOBODY);
		page->slab_place = place;
		data_race_write(page->slab, slab);
	}
}

struct page *slab_head_page(const struct page *page)
{
	unsigned long in_slab = page_to_pfn(page) & ((1UL << page_alloc_order(page)) - 1);

	return (struct page *)(unsigned long)(page - in_slab);
}

static void give_pages_back(struct page *head, unsigned int order)
{
	const unsigned long flags = 1UL << PG_slab | PAGE_ORDER_MASK;
	struct page *page = head, *end = page + (1UL << order);

	for (; page < end; page++) {
		WRITE_ONCE(page->slab_owner, 0);
		page_set_flags(page, page->flags & ~flags);
		data_race_write(page->slab_word, 0);
	}
	if (order)
		__ClearPageHead(head);
	page_set_flags(head, head->flags | (unsigned long)order << PAGE_ORDER_PGSHIFT);
	head->slab_place = (struct slab_place){0, 0};
	atomic_set(&head->_refcount, 1);
	__free_pages(head, order);
}

/* @page as a slab, or NULL without memory for what is to be known of it. */
static struct slab *make_slab(struct kmem_cache *s, struct page *page, gfp_t flags)
{
	unsigned int order = page_alloc_order(page);
	unsigned int objects = order == s->oo.order ? s->oo.objects : s->min.objects;
	struct slab *slab =
		slab_record_alloc(slab_record_bytes(objects, s->rest), flags, page_to_nid(page));

	if (!slab)
		return NULL;
	*slab = (struct slab){
		.base = (unsigned long)lowmem_page_address(page),
		.objects = (u16)objects,
		.cache = s,
		.node = get_node(s, page_to_nid(page)),
		.page = page,
	};
	claim_pages(slab, order);
	INIT_LIST_HEAD(&slab->list);
	init_objects(s, slab);
	account_slab(s, slab, 1);
	return slab;
}

struct slab *slab_new(struct kmem_cache *s, gfp_t flags, int node)
{
	struct slab *slab = NULL;
	struct page *page;

	/* Who may not wait may hold a lock that a callback takes. */
	if (gfpflags_allow_blocking(flags))
		rcu_poll();
	if (unlikely(flags & SLAB_BAD_FLAGS))
		slab_report_bad_flags(s->name, flags & SLAB_BAD_FLAGS);
	flags &= SLAB_PAGE_FLAGS;
	page = alloc_slab_pages(s, flags | s->allocflags, node);
	if (!page)
		return NULL;
	if (slab_state != DOWN && !get_node(s, page_to_nid(page)))
		pr_err("slab: %s got a page of node %d, which had no memory for slabs at start\n",
		       s->name, page_to_nid(page));
	else
		slab = make_slab(s, page, flags);
	if (!slab)
		__free_pages(page, page_alloc_order(page));
	return slab;
}

static void free_slab(struct kmem_cache *s, struct slab *slab)
{
	struct page *page = slab->page;

	account_slab(s, slab, -1);
	slab_record_free(slab, slab_record_bytes(slab->objects, s->rest));
	give_pages_back(page, page_alloc_order(page));
}

static void free_slab_rcu(struct rcu_head *head)
{
	struct slab *slab = container_of(head, struct slab, rcu);

	free_slab(slab->cache, slab);
}

void slab_discard(struct kmem_cache *s, struct slab *slab)
{
	slab_forget_popped(s, slab);
	if (s->flags & SLAB_TYPESAFE_BY_RCU)
		call_rcu(&slab->rcu, free_slab_rcu);
	else
		free_slab(s, slab);
}
