// SPDX-License-Identifier: MIT
/*
 * Slabs: blocks of pages cut into objects, taken from the page allocator and
 * given back to it.
 *
 *   | object | object | free: link | object | ... | rest, less than one object |
 *   ^ naturally aligned                           ^ objects * size
 *
 * A new slab's free list runs through its objects in a random order, so that an
 * overrun does not hit an object that its author can predict. The order is one
 * permutation for each cache, drawn once, and a starting point in it for each slab.
 */
#include "slab.h"

#include <baremm/arch.h>
#include <linux/rcupdate.h>
#include <linux/string.h>

/* What of a caller's flags the pages follow; their zone is the cache's. */
#define SLAB_PAGE_FLAGS                                                                         \
	(__GFP_RECLAIM | __GFP_IO | __GFP_FS | __GFP_HIGH | __GFP_ATOMIC | __GFP_MEMALLOC |     \
	 __GFP_NOMEMALLOC | __GFP_NOWARN | __GFP_NORETRY | __GFP_RETRY_MAYFAIL | __GFP_NOFAIL | \
	 __GFP_THISNODE | __GFP_HARDWALL)
#define SLAB_BAD_FLAGS (__GFP_HIGHMEM | __GFP_MOVABLE | __GFP_DMA32)

/* xorshift64*: quick, and its seed is the machine's randomness. */
static u32 slab_random(struct kmem_cache *s, u32 below)
{
	u64 x = s->random_state;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	s->random_state = x;
	return (u32)((x * 0x2545f4914f6cdd1dULL >> 32) * below >> 32);
}

void slab_init_random_seq(struct kmem_cache *s)
{
	unsigned int count = s->oo.objects;
	unsigned int i, j;

	if (count < 2 || s->random_seq)
		return;
	s->random_seq = kmalloc_array(count, sizeof(*s->random_seq), GFP_NOWAIT | __GFP_NOWARN);
	if (!s->random_seq) {
		pr_warn("slab: no memory for the random order of %u objects of %s\n", count,
			s->name);
		return;
	}
	for (i = 0; i < count; i++) {
		j = slab_random(s, i + 1);
		s->random_seq[i] = s->random_seq[j];
		s->random_seq[j] = (u16)i;
	}
}

/* Objects of a slab in the order of its free list; fewer than oo's fit in small slabs. */
struct slab_sequence {
	const u16 *seq;
	unsigned int length;
	unsigned int pos;
	unsigned int objects;
};

static unsigned int next_in_sequence(struct slab_sequence *q)
{
	unsigned int index;

	do {
		index = q->seq ? q->seq[q->pos] : q->pos;
		if (++q->pos == q->length)
			q->pos = 0;
	} while (index >= q->objects);
	return index;
}

/* Links all objects of @page to its free list, and constructs them. */
static void init_freelist(struct kmem_cache *s, struct page *page, unsigned int objects)
{
	unsigned long base = slab_address(page);
	struct slab_sequence q = {s->random_seq, s->oo.objects, 0, objects};
	unsigned int index, next, i;

	if (q.seq)
		q.pos = slab_random(s, q.length);
	else
		q.length = objects;

	index = next_in_sequence(&q);
	page->slab.freelist = (u16)index;
	for (i = 1; i <= objects; i++) {
		next = i < objects ? next_in_sequence(&q) : SLAB_END_OF_LIST;
		if (s->ctor)
			s->ctor((void *)slab_object(s, base, index));
		slab_set_link(s, slab_object(s, base, index), slab_object(s, base, next));
		index = next;
	}
}

static enum node_stat_item slab_stat_item(const struct kmem_cache *s)
{
	return s->flags & SLAB_RECLAIM_ACCOUNT ? NR_SLAB_RECLAIMABLE : NR_SLAB_UNRECLAIMABLE;
}

/* Counts a slab in (sign 1) or out (sign -1). */
static void account_slab(struct kmem_cache *s, struct page *page, int sign)
{
	int nid = page_to_nid(page);
	struct kmem_cache_node *n = get_node(s, nid);
	long pages = sign * (1L << slab_order(page));

	atomic_long_add(pages, &NODE_DATA(nid)->vm_stat[slab_stat_item(s)]);
	/* The very first slab of a node holds the struct that counts it. */
	if (!n)
		return;
	atomic_long_add(pages, &n->nr_pages);
	atomic_long_add(sign, &n->nr_slabs);
	atomic_long_add(sign * (long)page->slab.objects, &n->total_objects);
}

/* The first try is for the better order, without effort; the second for what suffices. */
static struct page *alloc_slab_pages(struct kmem_cache *s, gfp_t flags, int node)
{
	gfp_t easy = (flags | __GFP_NOWARN | __GFP_NORETRY) & ~__GFP_NOFAIL;
	struct page *page = NULL;

	if (s->oo.order > s->min.order)
		page = alloc_pages_node(node, easy, s->oo.order);
	if (!page)
		page = alloc_pages_node(node, flags, s->min.order);
	return page;
}

struct page *slab_page_new(struct kmem_cache *s, gfp_t flags, int node)
{
	struct page *page;
	unsigned int objects;

	rcu_poll();
	if (unlikely(flags & SLAB_BAD_FLAGS))
		slab_report_bad_flags(s->name, flags & SLAB_BAD_FLAGS);

	page = alloc_slab_pages(s, (flags & SLAB_PAGE_FLAGS) | s->allocflags, node);
	if (!page)
		return NULL;
	if (slab_state != DOWN && !get_node(s, page_to_nid(page))) {
		pr_err("slab: %s got a page of node %d, which had no memory for slabs at start\n",
		       s->name, page_to_nid(page));
		__free_pages(page, slab_order(page));
		return NULL;
	}

	objects = slab_order(page) == s->oo.order ? s->oo.objects : s->min.objects;
	__SetPageSlab(page);
	INIT_LIST_HEAD(&page->slab_list);
	page->slab = (struct slab_counters){.objects = (u16)objects, .cache_id = s->id};
	init_freelist(s, page, objects);
	account_slab(s, page, 1);
	return page;
}

static void free_slab(struct kmem_cache *s, struct page *page)
{
	unsigned int order = slab_order(page);

	account_slab(s, page, -1);
	__ClearPageSlab(page);
	page->slab_list = (struct list_head){NULL, NULL};
	page->private = 0;
	atomic_set(&page->_refcount, 1);
	__free_pages(page, order);
}

static void free_slab_rcu(struct rcu_head *head)
{
	struct page *page = container_of(head, struct page, rcu_head);

	free_slab(slab_page_cache(page), page);
}

void slab_page_discard(struct kmem_cache *s, struct page *page)
{
	if (s->flags & SLAB_TYPESAFE_BY_RCU)
		call_rcu(&page->rcu_head, free_slab_rcu);
	else
		free_slab(s, page);
}
