// SPDX-License-Identifier: MIT
/*
 * Caches give memory back: empty slabs when asked for it, all of them when a cache
 * ends. Contracts: kmem_cache_shrink() and kmem_cache_destroy() in linux/slab.h.
 */
#include "slab.h"

#include <linux/errno.h>
#include <linux/rcupdate.h>

/* ---- Shrink ---------------------------------------------------------------------------------- */

/* Slabs with up to so many free objects are sorted, the others only follow them. */
#define SHRINK_PROMOTE_MAX 32

/* Empty slabs of @n move to @empty; the rest is sorted, fullest first. */
static void sort_partial(struct kmem_cache_node *n, struct list_head *empty)
{
	struct list_head promote[SHRINK_PROMOTE_MAX];
	struct page *page, *next;
	int i, free;

	for (i = 0; i < SHRINK_PROMOTE_MAX; i++)
		INIT_LIST_HEAD(&promote[i]);

	list_for_each_entry_safe (page, next, &n->partial, slab_list) {
		free = page->slab.objects - page->slab.inuse;
		if (page->slab.inuse == 0) {
			slab_remove_partial(n, page);
			list_add(&page->slab_list, empty);
		} else if (free <= SHRINK_PROMOTE_MAX) {
			list_move(&page->slab_list, &promote[free - 1]);
		}
	}
	for (i = SHRINK_PROMOTE_MAX - 1; i >= 0; i--)
		list_splice(&promote[i], &n->partial);
}

static void shrink_node(struct kmem_cache *s, struct kmem_cache_node *n)
{
	struct page *page, *next;
	LIST_HEAD(empty);

	spin_lock(&n->list_lock);
	sort_partial(n, &empty);
	spin_unlock(&n->list_lock);

	list_for_each_entry_safe (page, next, &empty, slab_list)
		slab_page_discard(s, page);
}

int kmem_cache_shrink(struct kmem_cache *s)
{
	struct kmem_cache_node *n;
	int nid, left = 0;

	slab_flush_cpu(s, this_cpu_slab(s));
	for_each_kmem_cache_node (s, nid, n)
		shrink_node(s, n);
	rcu_poll();
	for_each_kmem_cache_node (s, nid, n)
		left |= atomic_long_read(&n->nr_slabs) != 0;
	return left;
}

/* ---- Destroy ------------------------------------------------------------------------------------- */

/* A free object holds a link. */
static bool is_on_freelist(struct kmem_cache *s, struct page *page, unsigned long object)
{
	return slab_link_ok(s, slab_address(page), page->slab.objects, slab_get_link(s, object));
}

/* Names the objects that are out in slabs with free objects; full slabs are only counted. */
static void report_left_objects(struct kmem_cache *s, struct kmem_cache_node *n)
{
	unsigned long base, object;
	struct page *page;
	unsigned int i;

	list_for_each_entry (page, &n->partial, slab_list) {
		base = slab_address(page);
		pr_err("Slab 0x%lx objects=%u used=%u\n", base, page->slab.objects,
		       page->slab.inuse);
		for (i = 0; i < page->slab.objects; i++) {
			object = slab_object(s, base, i);
			if (!is_on_freelist(s, page, object))
				pr_err("Object 0x%lx @offset=%lu\n", object, object - base);
		}
	}
}

/* 0, or -EBUSY with a report where objects are out. */
static int give_back_slabs(struct kmem_cache *s, unsigned long caller)
{
	struct kmem_cache_node *n;
	unsigned int cpu;
	int nid, err = 0;

	for (cpu = 0; cpu < nr_cpu_ids; cpu++)
		slab_flush_cpu(s, &s->cpu_slab[cpu]);
	for_each_kmem_cache_node (s, nid, n)
		shrink_node(s, n);
	if (s->flags & SLAB_TYPESAFE_BY_RCU)
		rcu_barrier();
	for_each_kmem_cache_node (s, nid, n) {
		if (atomic_long_read(&n->nr_slabs) == 0)
			continue;
		pr_err("kmem_cache_destroy %s: Slab cache still has objects when called from %pS: "
		       "node %d has %ld slabs, %lu of them with free objects\n",
		       s->name, (void *)caller, nid, atomic_long_read(&n->nr_slabs), n->nr_partial);
		report_left_objects(s, n);
		err = -EBUSY;
	}
	return err;
}

void kmem_cache_destroy(struct kmem_cache *s)
{
	if (!s)
		return;
	if (s->refcount < 0) {
		pr_err("kmem_cache_destroy %s: this cache is needed by all others, kept\n",
		       s->name);
		return;
	}
	spin_lock(&slab_mutex);
	if (s->refcount > 1) {
		/* Others share it under names of their own. */
		s->refcount--;
		spin_unlock(&slab_mutex);
		return;
	}
	if (give_back_slabs(s, _RET_IP_)) {
		spin_unlock(&slab_mutex);
		return;
	}
	list_del(&s->list);
	slab_free_node_structs(s);
	slab_cache_table[s->id] = NULL;
	kfree(s->random_seq);
	kfree(s->name);
	spin_unlock(&slab_mutex);
	kmem_cache_free(kmem_cache, s);
}
