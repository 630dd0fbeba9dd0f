// SPDX-License-Identifier: MIT
/*
 * Caches give memory back: empty slabs when asked for it, all of them when a cache
 * ends. Contracts: kmem_cache_shrink() and kmem_cache_destroy() in linux/slab.h.
 */
#include "slab_alias.h"
#include "slab_debug.h"

#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/kfence.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

/* ---- Shrink ---------------------------------------------------------------------------------- */

/* Slabs with up to so many free objects are sorted, the others only follow them. */
#define SHRINK_PROMOTE_MAX 32

/* Empty slabs of @n move to @empty; the rest is sorted, fullest first. */
static void sort_partial(struct kmem_cache_node *n, struct list_head *empty)
{
	struct list_head promote[SHRINK_PROMOTE_MAX];
	struct slab *slab, *next;
	int i, free;

	for (i = 0; i < SHRINK_PROMOTE_MAX; i++)
		INIT_LIST_HEAD(&promote[i]);

	list_for_each_entry_safe (slab, next, &n->partial, list) {
		free = slab->objects - slab->inuse;
		if (slab->inuse == 0) {
			slab_remove_partial(n, slab);
			list_add(&slab->list, empty);
		} else if (free <= SHRINK_PROMOTE_MAX) {
			list_move(&slab->list, &promote[free - 1]);
		}
	}
	for (i = SHRINK_PROMOTE_MAX - 1; i >= 0; i--)
		list_splice(&promote[i], &n->partial);
}

static void shrink_node(struct kmem_cache *s, struct kmem_cache_node *n)
{
	struct slab *slab, *next;
	LIST_HEAD(empty);

	spin_lock(&n->list_lock);
	/* Reclaim asks all caches, of which most have none. */
	if (!list_empty(&n->partial))
		sort_partial(n, &empty);
	spin_unlock(&n->list_lock);

	list_for_each_entry_safe (slab, next, &empty, list)
		slab_discard(s, slab);
}

static void flush_here(void *s)
{
	slab_flush_cpu(s, this_cpu_slab(s));
}

/* Only a CPU itself may touch what it holds; those that do not run hold nothing that changes. */
void slab_flush_all(struct kmem_cache *s)
{
	for (unsigned int cpu = 0; cpu < nr_cpu_ids; cpu++)
		if (num_online_cpus() == 1 || !cpu_online(cpu))
			slab_flush_cpu(s, &s->cpu_slab[cpu]);
	/* This CPU got some of what those had. */
	run_on_each_cpu(flush_here, s);
}

/* Whatever other CPUs hold of it stays there. */
static int shrink(struct kmem_cache *s)
{
	struct kmem_cache_node *n;
	int nid, left = 0;

	flush_here(s);
	for_each_kmem_cache_node (s, nid, n)
		shrink_node(s, n);
	rcu_poll();
	for_each_kmem_cache_node (s, nid, n)
		left |= atomic_long_read(&n->nr_slabs) != 0;
	return left;
}

int kmem_cache_shrink(struct kmem_cache *s)
{
	slab_flush_all(s);
	return shrink(s);
}

/* For reclaim, with locks held: other CPUs are not asked. */
void kmem_cache_shrink_all(void)
{
	struct kmem_cache *s;

	/* Who makes a cache holds the lock while it allocates, which may reclaim. */
	if (!slab_is_available() || !spin_trylock(&slab_mutex))
		return;
	list_for_each_entry (s, &slab_caches, list)
		shrink(s);
	spin_unlock(&slab_mutex);
}

/* ---- Destroy ------------------------------------------------------------------------------------- */

/* And with slub_debug=U where it comes from. */
static void report_object(struct kmem_cache *s, struct slab *slab, unsigned long object)
{
	pr_err("Object 0x%lx @offset=%lu\n", object, object - slab_address(slab));
	slab_print_tracking(s, object);
}

/* Names the objects of a slab that are out. */
static void report_slab(struct kmem_cache *s, struct slab *slab)
{
	unsigned int i;

	pr_err("Slab 0x%lx objects=%u used=%u\n", slab_address(slab), slab->objects, slab->inuse);
	for (i = 0; i < slab->objects; i++)
		if (slab_object_is_out(slab, i))
			report_object(s, slab, slab_object(s, slab, i));
}

/* Another CPU may free one of them just now. */
static void report_left_objects(struct kmem_cache *s, struct kmem_cache_node *n)
{
	struct slab *slab;

	spin_lock(&n->list_lock);
	list_for_each_entry (slab, &n->partial, list)
		report_slab(s, slab);
	list_for_each_entry (slab, &n->full, list)
		report_slab(s, slab);
	spin_unlock(&n->list_lock);
}

/* The same for guarded objects. */
static bool report_left_guarded(struct kmem_cache *s, unsigned long caller)
{
	unsigned int left = kfence_report_left(s);

	if (left)
		pr_err("kmem_cache_destroy %s: %u guarded objects are out when called from %pS\n",
		       s->name, left, (void *)caller);
	return left;
}

/* 0, or -EBUSY with a report where objects are out. */
static int give_back_slabs(struct kmem_cache *s, unsigned long caller)
{
	struct kmem_cache_node *n;
	int nid, err = 0;

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
	if (report_left_guarded(s, caller))
		err = -EBUSY;
	return err;
}

/* It may have been destroyed already: nothing that it says is believed before this. */
static bool is_cache(const struct kmem_cache *s)
{
	const struct kmem_cache *each;
	bool found = false;

	spin_lock(&slab_mutex);
	list_for_each_entry (each, &slab_caches, list)
		found |= each == s;
	spin_unlock(&slab_mutex);
	return found;
}

void kmem_cache_destroy(struct kmem_cache *s)
{
	if (!s)
		return;
	if (!is_cache(s)) {
		slab_report_no_cache(__func__, s);
		return;
	}
	if (s->refcount < 0) {
		pr_err("kmem_cache_destroy %s: this cache is needed by all others, kept\n",
		       s->name);
		return;
	}
	/* Not under the lock: a CPU that waits for it does not answer. */
	slab_flush_all(s);
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
	kfence_shutdown_cache(s);
	slab_free_node_structs(s);
	slab_free_aliases(s);
	kfree(s->order);
	kfree(s->name);
	spin_unlock(&slab_mutex);
	kmem_cache_free(kmem_cache, s);
}
