/* SPDX-License-Identifier: MIT */
/*
 * Pools of memory that is not the page allocator's: a device's, or on a chip.
 *
 *   chunk   virt 0x..00 phys 0x..00   |####____##______|   a bit for each 2^min_alloc_order bytes
 *   chunk   virt ...                  |________|
 *
 * Owns:       its chunks' bitmaps; the memory is its giver's, and is not touched but by the
 *             zalloc forms.
 * Invariants: an area lies in one chunk, at a multiple of 2^min_alloc_order from its start. A
 *             chunk's avail is what its clear bits are.
 * Lifetime:   from gen_pool_create() to gen_pool_destroy(), by when all is freed: where an
 *             area is out the pool stays, with a message.
 * Locking:    any CPU at any time, but gen_pool_destroy(); adding chunks and taking areas
 *             exclude each other by the pool's lock.
 * Units:      bytes.
 * Failure:    0 or NULL: no room; -ENOMEM. Freeing what is not out is refused with a message.
 *             Both are counted in gen_pool_refusals. (Linux's end the run.)
 * Source:     Linux's Documentation/core-api/genalloc.rst and genalloc.h. Not here: pools by
 *             device-tree nodes.
 */
#ifndef _LINUX_GENALLOC_H
#define _LINUX_GENALLOC_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct device;
struct gen_pool;

/*
 * Where in a chunk's bitmap @map of @size bits @nr clear ones are, from bit @start on; @size
 * or more: nowhere. @data is the pool's, or the call's; @start_addr is bit 0's address.
 */
typedef unsigned long (*genpool_algo_t)(unsigned long *map, unsigned long size, unsigned long start,
					unsigned int nr, void *data, struct gen_pool *pool,
					unsigned long start_addr);

extern unsigned long gen_pool_refusals;

struct gen_pool {
	spinlock_t lock;
	struct list_head chunks;
	int min_alloc_order;
	genpool_algo_t algo;
	void *data;
	const char *name;
};

struct gen_pool_chunk {
	struct list_head next_chunk;
	unsigned long avail; /* bytes */
	phys_addr_t phys_addr;
	void *owner;
	unsigned long start_addr;
	unsigned long end_addr; /* the last byte's */
	unsigned long bits[];
};

/* For gen_pool_first_fit_align() and gen_pool_fixed_alloc(). */
struct genpool_data_align {
	int align; /* bytes, a power of two */
};
struct genpool_data_fixed {
	unsigned long offset; /* bytes from the chunk's start */
};

/* ---- Pools ---------------------------------------------------------------------------------- */

struct gen_pool *gen_pool_create(int min_alloc_order, int nid);

/*
 * One that goes with the device, by a name of its own there, or the one without: ERR_PTR(),
 * -EINVAL where there is such a one, or -ENOMEM. gen_pool_get(): the one that was created so.
 */
struct gen_pool *gen_pool_get(struct device *dev, const char *name);
struct gen_pool *devm_gen_pool_create(struct device *dev, int min_alloc_order, int nid,
				      const char *name);
void gen_pool_destroy(struct gen_pool *pool);

/* One more chunk, at @virt, and @phys on a bus (-1: nowhere). 0 or -ENOMEM. */
int gen_pool_add_owner(struct gen_pool *pool, unsigned long virt, phys_addr_t phys, size_t size,
		       int nid, void *owner);

static inline int gen_pool_add_virt(struct gen_pool *pool, unsigned long addr, phys_addr_t phys,
				    size_t size, int nid)
{
	return gen_pool_add_owner(pool, addr, phys, size, nid, NULL);
}

static inline int gen_pool_add(struct gen_pool *pool, unsigned long addr, size_t size, int nid)
{
	return gen_pool_add_virt(pool, addr, (phys_addr_t)-1, size, nid);
}

/* How areas are chosen from now on; NULL: the first that fits. */
void gen_pool_set_algo(struct gen_pool *pool, genpool_algo_t algo, void *data);

/* ---- Areas ------------------------------------------------------------------------------------ */

unsigned long gen_pool_alloc_algo_owner(struct gen_pool *pool, size_t size, genpool_algo_t algo,
					void *data, void **owner);

static inline unsigned long gen_pool_alloc_owner(struct gen_pool *pool, size_t size, void **owner)
{
	return gen_pool_alloc_algo_owner(pool, size, pool->algo, pool->data, owner);
}

static inline unsigned long gen_pool_alloc_algo(struct gen_pool *pool, size_t size,
						genpool_algo_t algo, void *data)
{
	return gen_pool_alloc_algo_owner(pool, size, algo, data, NULL);
}

static inline unsigned long gen_pool_alloc(struct gen_pool *pool, size_t size)
{
	return gen_pool_alloc_algo(pool, size, pool->algo, pool->data);
}

/* The same as a pointer, and its address for a device in *@dma, where not NULL. */
void *gen_pool_dma_alloc_algo(struct gen_pool *pool, size_t size, dma_addr_t *dma,
			      genpool_algo_t algo, void *data);
void *gen_pool_dma_alloc(struct gen_pool *pool, size_t size, dma_addr_t *dma);
void *gen_pool_dma_alloc_align(struct gen_pool *pool, size_t size, dma_addr_t *dma, int align);
void *gen_pool_dma_zalloc_algo(struct gen_pool *pool, size_t size, dma_addr_t *dma,
			       genpool_algo_t algo, void *data);
void *gen_pool_dma_zalloc(struct gen_pool *pool, size_t size, dma_addr_t *dma);
void *gen_pool_dma_zalloc_align(struct gen_pool *pool, size_t size, dma_addr_t *dma, int align);

void gen_pool_free_owner(struct gen_pool *pool, unsigned long addr, size_t size, void **owner);

static inline void gen_pool_free(struct gen_pool *pool, unsigned long addr, size_t size)
{
	gen_pool_free_owner(pool, addr, size, NULL);
}

/* ---- Questions ---------------------------------------------------------------------------------- */

/* -1: the address is none of the pool's. */
phys_addr_t gen_pool_virt_to_phys(struct gen_pool *pool, unsigned long addr);
bool gen_pool_has_addr(struct gen_pool *pool, unsigned long start, size_t size);
size_t gen_pool_avail(struct gen_pool *pool);
size_t gen_pool_size(struct gen_pool *pool);
void gen_pool_for_each_chunk(struct gen_pool *pool,
			     void (*func)(struct gen_pool *pool, struct gen_pool_chunk *chunk,
					  void *data),
			     void *data);

/* Recounts what is free; logs each fault, returns their number. */
int gen_pool_verify(struct gen_pool *pool);

struct seq_file;

/* Its chunks, a line each. */
void gen_pool_show(struct seq_file *m, struct gen_pool *pool);

/* ---- Ways to choose --------------------------------------------------------------------------------- */

unsigned long gen_pool_first_fit(unsigned long *map, unsigned long size, unsigned long start,
				 unsigned int nr, void *data, struct gen_pool *pool,
				 unsigned long start_addr);
/* At a multiple of data's align. */
unsigned long gen_pool_first_fit_align(unsigned long *map, unsigned long size, unsigned long start,
				       unsigned int nr, void *data, struct gen_pool *pool,
				       unsigned long start_addr);
/* At data's offset or nowhere. */
unsigned long gen_pool_fixed_alloc(unsigned long *map, unsigned long size, unsigned long start,
				   unsigned int nr, void *data, struct gen_pool *pool,
				   unsigned long start_addr);
/* At a multiple of the size as a power of two. */
unsigned long gen_pool_first_fit_order_align(unsigned long *map, unsigned long size,
					     unsigned long start, unsigned int nr, void *data,
					     struct gen_pool *pool, unsigned long start_addr);
/* In the smallest hole that is large enough. */
unsigned long gen_pool_best_fit(unsigned long *map, unsigned long size, unsigned long start,
				unsigned int nr, void *data, struct gen_pool *pool,
				unsigned long start_addr);

#endif /* _LINUX_GENALLOC_H */
