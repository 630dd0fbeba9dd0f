/* SPDX-License-Identifier: MIT */
/*
 * Memory pools: a number of elements kept back, so that those who may wait always get
 * one in the end.
 *
 * Owns:       min_nr elements of a pool's own, but for those that are out.
 * Invariants: curr_nr <= min_nr, and elements[0 .. curr_nr) are free. An element that
 *             is freed goes to the pool until that is full again, then to where
 *             elements come from.
 * Lifetime:   from mempool_create() (or mempool_init()) to mempool_destroy()
 *             (mempool_exit()). Nobody has an element out at the end.
 * Locking:    any CPU at any time; pool->lock is held only to count.
 * Units:      elements.
 * Failure:    creation and resizing: NULL or -ENOMEM, nothing changed. mempool_alloc()
 *             without __GFP_DIRECT_RECLAIM: NULL when the pool is empty, too. With it
 *             Linux never fails, but waits until another thread frees an element. So
 *             does this where other CPUs run. Alone, waiting could not end: NULL then,
 *             with a message. An element that the pool has already is told, counted, and
 *             kept once; what is none of its cache's is refused as that refuses it.
 * Source:     Linux 6.1's include/linux/mempool.h: the same names and meaning.
 */
#ifndef _LINUX_MEMPOOL_H
#define _LINUX_MEMPOOL_H

#include <linux/gfp.h>
#include <linux/numa.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct kmem_cache;

typedef void *(mempool_alloc_t)(gfp_t gfp_mask, void *pool_data);
typedef void(mempool_free_t)(void *element, void *pool_data);

typedef struct mempool_s {
	spinlock_t lock;
	int min_nr;  /* elements kept */
	int curr_nr; /* of these, free now */
	void **elements;
	void *pool_data; /* what alloc and free are given */
	mempool_alloc_t *alloc;
	mempool_free_t *free;
} mempool_t;

static inline bool mempool_initialized(mempool_t *pool)
{
	return pool->elements != NULL;
}

static inline bool mempool_is_saturated(mempool_t *pool)
{
	return READ_ONCE(pool->curr_nr) >= pool->min_nr;
}

/* Elements that were freed when the pool had them; pools that were destroyed twice. */
extern unsigned long mempool_refusals;

/* ---- Life ----------------------------------------------------------------------- */

/* A pool in memory of the caller's: 0 or -ENOMEM. mempool_exit() may be called twice. */
int mempool_init_node(mempool_t *pool, int min_nr, mempool_alloc_t *alloc_fn,
		      mempool_free_t *free_fn, void *pool_data, gfp_t gfp_mask, int node_id);
int mempool_init(mempool_t *pool, int min_nr, mempool_alloc_t *alloc_fn, mempool_free_t *free_fn,
		 void *pool_data);
void mempool_exit(mempool_t *pool);

/* A pool on the heap, or NULL. */
mempool_t *mempool_create(int min_nr, mempool_alloc_t *alloc_fn, mempool_free_t *free_fn,
			  void *pool_data);
mempool_t *mempool_create_node(int min_nr, mempool_alloc_t *alloc_fn, mempool_free_t *free_fn,
			       void *pool_data, gfp_t gfp_mask, int nid);
void mempool_destroy(mempool_t *pool);

/*
 * Another number of elements, at least 1. A pool that grows fills as far as memory
 * goes; what lacks comes with the next frees. 0 or -ENOMEM. No other resize meanwhile.
 */
int mempool_resize(mempool_t *pool, int new_min_nr);

/* ---- Use ------------------------------------------------------------------------ */

/* From where elements come, without effort; then from the pool; then with effort. */
void *mempool_alloc(mempool_t *pool, gfp_t gfp_mask) __malloc;

/* @element came from @pool, or is NULL. */
void mempool_free(void *element, mempool_t *pool);

struct seq_file;

/*
 * Are there as many elements as are counted, each there once? Logs each fault, returns their
 * number. And the pool in one line: what it keeps, has, and is made of.
 */
int mempool_verify(mempool_t *pool);
void mempool_show(struct seq_file *m, mempool_t *pool);

/* ---- Where elements come from ------------------------------------------------------ */

/* @pool_data: a struct kmem_cache * */
mempool_alloc_t mempool_alloc_slab;
mempool_free_t mempool_free_slab;

/* @pool_data: bytes */
mempool_alloc_t mempool_kmalloc;
mempool_free_t mempool_kfree;

/* @pool_data: the order; elements are struct page * */
mempool_alloc_t mempool_alloc_pages;
mempool_free_t mempool_free_pages;

static inline int mempool_init_slab_pool(mempool_t *pool, int min_nr, struct kmem_cache *kc)
{
	return mempool_init(pool, min_nr, mempool_alloc_slab, mempool_free_slab, kc);
}

static inline mempool_t *mempool_create_slab_pool(int min_nr, struct kmem_cache *kc)
{
	return mempool_create(min_nr, mempool_alloc_slab, mempool_free_slab, kc);
}

static inline int mempool_init_kmalloc_pool(mempool_t *pool, int min_nr, size_t size)
{
	return mempool_init(pool, min_nr, mempool_kmalloc, mempool_kfree, (void *)size);
}

static inline mempool_t *mempool_create_kmalloc_pool(int min_nr, size_t size)
{
	return mempool_create(min_nr, mempool_kmalloc, mempool_kfree, (void *)size);
}

static inline int mempool_init_page_pool(mempool_t *pool, int min_nr, int order)
{
	return mempool_init(pool, min_nr, mempool_alloc_pages, mempool_free_pages,
			    (void *)(long)order);
}

static inline mempool_t *mempool_create_page_pool(int min_nr, int order)
{
	return mempool_create(min_nr, mempool_alloc_pages, mempool_free_pages, (void *)(long)order);
}

#endif /* _LINUX_MEMPOOL_H */
