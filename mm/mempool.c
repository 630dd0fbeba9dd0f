// SPDX-License-Identifier: MIT
/* Memory pools. Contract, and what differs from Linux: linux/mempool.h. */
#include <linux/mempool.h>

#include <linux/bug.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "internal.h"
#include "slab.h"

/* ---- The pool's own elements ------------------------------------------------------- */

static void add_element(mempool_t *pool, void *element)
{
	pool->elements[pool->curr_nr++] = element;
}

static void *remove_element(mempool_t *pool)
{
	return pool->elements[--pool->curr_nr];
}

unsigned long mempool_refusals;

/* What its allocator would refuse, that is to be told, and nobody may get it from the pool. */
static bool is_element(const mempool_t *pool, const void *element)
{
	if (pool->free == mempool_free_slab)
		return slab_holds(pool->pool_data, element);
	return pool->free != mempool_kfree || slab_holds(NULL, element);
}

static void *take_newest(mempool_t *pool)
{
	void *element = NULL;
	unsigned long flags;

	spin_lock_irqsave(&pool->lock, flags);
	if (pool->curr_nr)
		element = remove_element(pool);
	spin_unlock_irqrestore(&pool->lock, flags);
	return element;
}

/*
 * One of the pool's, or NULL. Who frees an element once more when the pool is full gives it back
 * to its allocator, though the pool has it: then it is nobody's to hand out.
 */
static void *take_element(mempool_t *pool)
{
	void *element;

	while ((element = take_newest(pool)) && !is_element(pool, element)) {
		count_event(&mempool_refusals);
		pr_err("mempool %px: element %px was freed while it was in the pool, not used\n",
		       (const void *)pool, element);
	}
	return element;
}

/* Under the lock. */
static bool has_element(const mempool_t *pool, const void *element)
{
	for (int i = 0; i < pool->curr_nr; i++)
		if (pool->elements[i] == element)
			return true;
	return false;
}

/* False where the pool has all it keeps, or it is no element. */
static bool keep_element(mempool_t *pool, void *element)
{
	unsigned long flags;
	bool room, there;

	if (!is_element(pool, element))
		return false;
	spin_lock_irqsave(&pool->lock, flags);
	room = pool->curr_nr < pool->min_nr;
	there = room && has_element(pool, element);
	if (room && !there)
		add_element(pool, element);
	spin_unlock_irqrestore(&pool->lock, flags);
	if (unlikely(there)) {
		count_event(&mempool_refusals);
		pr_err("mempool %px: element %px was freed to it already, not freed again\n",
		       (const void *)pool, element);
	}
	return room;
}

/* ---- Life ---------------------------------------------------------------------------- */

void mempool_exit(mempool_t *pool)
{
	while (pool->curr_nr)
		pool->free(remove_element(pool), pool->pool_data);
	kfree(pool->elements);
	pool->elements = NULL;
}

int mempool_init_node(mempool_t *pool, int min_nr, mempool_alloc_t *alloc_fn,
		      mempool_free_t *free_fn, void *pool_data, gfp_t gfp_mask, int node_id)
{
	*pool = (mempool_t){
		.min_nr = min_nr,
		.pool_data = pool_data,
		.alloc = alloc_fn,
		.free = free_fn,
	};
	spin_lock_init_rank(&pool->lock, LOCK_RANK_LEAF);
	if (WARN_ON(min_nr < 0))
		return -EINVAL;
	/* Room for one at the least: a pool of none still is one. */
	pool->elements =
		kmalloc_array_node((size_t)max(1, min_nr), sizeof(void *), gfp_mask, node_id);
	if (!pool->elements)
		return -ENOMEM;
	while (pool->curr_nr < min_nr) {
		void *element = alloc_fn(gfp_mask, pool_data);

		if (!element) {
			mempool_exit(pool);
			return -ENOMEM;
		}
		add_element(pool, element);
	}
	return 0;
}

int mempool_init(mempool_t *pool, int min_nr, mempool_alloc_t *alloc_fn, mempool_free_t *free_fn,
		 void *pool_data)
{
	return mempool_init_node(pool, min_nr, alloc_fn, free_fn, pool_data, GFP_KERNEL,
				 NUMA_NO_NODE);
}

mempool_t *mempool_create_node(int min_nr, mempool_alloc_t *alloc_fn, mempool_free_t *free_fn,
			       void *pool_data, gfp_t gfp_mask, int nid)
{
	mempool_t *pool = kmalloc_node(sizeof(*pool), gfp_mask, nid);

	if (!pool)
		return NULL;
	if (!mempool_init_node(pool, min_nr, alloc_fn, free_fn, pool_data, gfp_mask, nid))
		return pool;
	kfree(pool);
	return NULL;
}

mempool_t *mempool_create(int min_nr, mempool_alloc_t *alloc_fn, mempool_free_t *free_fn,
			  void *pool_data)
{
	return mempool_create_node(min_nr, alloc_fn, free_fn, pool_data, GFP_KERNEL, NUMA_NO_NODE);
}

void mempool_destroy(mempool_t *pool)
{
	if (!pool)
		return;
	if (!slab_holds(NULL, pool)) {
		count_event(&mempool_refusals);
		pr_err("mempool_destroy: %px is no pool, or is one no more\n", (void *)pool);
		return;
	}
	mempool_exit(pool);
	kfree(pool);
}

/* ---- Another size ---------------------------------------------------------------------- */

/* Gives back what is over @min_nr. The array stays: it is large enough. */
static void shrink_pool(mempool_t *pool, int min_nr)
{
	void *element;

	WRITE_ONCE(pool->min_nr, min_nr);
	while (READ_ONCE(pool->curr_nr) > min_nr) {
		element = take_newest(pool);
		if (element)
			pool->free(element, pool->pool_data);
	}
}

static int grow_array(mempool_t *pool, int min_nr)
{
	void **elements = kmalloc_array((size_t)min_nr, sizeof(void *), GFP_KERNEL), **old;
	unsigned long flags;

	if (!elements)
		return -ENOMEM;
	spin_lock_irqsave(&pool->lock, flags);
	old = pool->elements;
	memcpy(elements, old, (size_t)pool->curr_nr * sizeof(void *));
	pool->elements = elements;
	pool->min_nr = min_nr;
	spin_unlock_irqrestore(&pool->lock, flags);
	kfree(old);
	return 0;
}

int mempool_resize(mempool_t *pool, int new_min_nr)
{
	int err;

	if (WARN_ON(new_min_nr <= 0))
		return -EINVAL;
	if (new_min_nr <= pool->min_nr) {
		shrink_pool(pool, new_min_nr);
		return 0;
	}
	err = grow_array(pool, new_min_nr);
	while (!err && !mempool_is_saturated(pool)) {
		void *element = pool->alloc(GFP_KERNEL, pool->pool_data);

		if (!element)
			break;
		if (!keep_element(pool, element))
			pool->free(element, pool->pool_data);
	}
	return err;
}

/* ---- Use ---------------------------------------------------------------------------------- */

void *mempool_alloc(mempool_t *pool, gfp_t gfp_mask)
{
	gfp_t gfp, easy;
	void *element;

	/* The pool is the reserve, so the page allocator's is left alone. */
	gfp_mask |= __GFP_NOMEMALLOC | __GFP_NORETRY | __GFP_NOWARN;
	easy = gfp_mask & ~(__GFP_DIRECT_RECLAIM | __GFP_IO);

	for (gfp = easy;; gfp = gfp_mask) {
		element = pool->alloc(gfp, pool->pool_data);
		if (likely(element))
			return element;
		element = take_element(pool);
		if (element || !(gfp_mask & __GFP_DIRECT_RECLAIM))
			return element;
		if (gfp != gfp_mask)
			continue;
		if (num_online_cpus() == 1) {
			pr_err("mempool: all %d elements are out, and no other CPU could free "
			       "one\n",
			       pool->min_nr);
			return NULL;
		}
		/* It may also be memory that others free, so this does not only wait for them. */
		cond_resched();
		cpu_relax();
	}
}

void mempool_free(void *element, mempool_t *pool)
{
	if (!element)
		return;
	/* Mostly the pool is full, and that is seen without the lock. */
	if (likely(mempool_is_saturated(pool)) || !keep_element(pool, element))
		pool->free(element, pool->pool_data);
}

/* ---- Where elements come from ------------------------------------------------------------------ */

void *mempool_alloc_slab(gfp_t gfp_mask, void *pool_data)
{
	return kmem_cache_alloc(pool_data, gfp_mask);
}

void mempool_free_slab(void *element, void *pool_data)
{
	kmem_cache_free(pool_data, element);
}

void *mempool_kmalloc(gfp_t gfp_mask, void *pool_data)
{
	return kmalloc((size_t)pool_data, gfp_mask);
}

void mempool_kfree(void *element, void *pool_data)
{
	(void)pool_data;
	kfree(element);
}

void *mempool_alloc_pages(gfp_t gfp_mask, void *pool_data)
{
	return alloc_pages(gfp_mask, (unsigned int)(unsigned long)pool_data);
}

void mempool_free_pages(void *element, void *pool_data)
{
	__free_pages(element, (unsigned int)(unsigned long)pool_data);
}
