// SPDX-License-Identifier: MIT
/* Pools of special memory. Contract: linux/genalloc.h. */
#include <linux/genalloc.h>

#include <linux/bitmap.h>
#include <linux/bug.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "../slab.h"

static size_t chunk_size(const struct gen_pool_chunk *chunk)
{
	return chunk->end_addr - chunk->start_addr + 1;
}

static unsigned long chunk_bits(const struct gen_pool *pool, const struct gen_pool_chunk *chunk)
{
	return chunk_size(chunk) >> pool->min_alloc_order;
}

/* ---- Pools ---------------------------------------------------------------------------------- */

struct gen_pool *gen_pool_create(int min_alloc_order, int nid)
{
	struct gen_pool *pool = kmalloc_node(sizeof(*pool), GFP_KERNEL, nid);

	if (!pool)
		return NULL;
	*pool = (struct gen_pool){.min_alloc_order = min_alloc_order, .algo = gen_pool_first_fit};
	spin_lock_init(&pool->lock);
	INIT_LIST_HEAD(&pool->chunks);
	return pool;
}

int gen_pool_add_owner(struct gen_pool *pool, unsigned long virt, phys_addr_t phys, size_t size,
		       int nid, void *owner)
{
	unsigned long nbits = size >> pool->min_alloc_order;
	struct gen_pool_chunk *chunk;

	chunk = kvzalloc_node(sizeof(*chunk) + BITS_TO_LONGS(nbits) * sizeof(long), GFP_KERNEL,
			      nid);
	if (!chunk)
		return -ENOMEM;
	chunk->phys_addr = phys;
	chunk->start_addr = virt;
	chunk->end_addr = virt + size - 1;
	chunk->owner = owner;
	chunk->avail = nbits << pool->min_alloc_order;
	spin_lock(&pool->lock);
	list_add_tail(&chunk->next_chunk, &pool->chunks);
	spin_unlock(&pool->lock);
	return 0;
}

void gen_pool_destroy(struct gen_pool *pool)
{
	struct gen_pool_chunk *chunk, *next;

	if (WARN(!slab_holds(NULL, pool), "gen_pool_destroy: %px is no pool, or is one no more\n",
		 (void *)pool)) {
		__atomic_fetch_add(&gen_pool_refusals, 1, __ATOMIC_RELAXED);
		return;
	}
	if (WARN(gen_pool_avail(pool) != gen_pool_size(pool),
		 "gen_pool_destroy %s: %zu of %zu bytes are out, the pool stays\n",
		 pool->name ?: "-", gen_pool_size(pool) - gen_pool_avail(pool),
		 gen_pool_size(pool))) {
		__atomic_fetch_add(&gen_pool_refusals, 1, __ATOMIC_RELAXED);
		return;
	}
	list_for_each_entry_safe (chunk, next, &pool->chunks, next_chunk) {
		list_del(&chunk->next_chunk);
		kvfree(chunk);
	}
	kfree_const(pool->name);
	kfree(pool);
}

void gen_pool_set_algo(struct gen_pool *pool, genpool_algo_t algo, void *data)
{
	spin_lock(&pool->lock);
	pool->algo = algo ? algo : gen_pool_first_fit;
	pool->data = data;
	spin_unlock(&pool->lock);
}

/* ---- Areas ------------------------------------------------------------------------------------ */

static unsigned int bits_for(const struct gen_pool *pool, size_t size)
{
	return (unsigned int)DIV_ROUND_UP(size, 1UL << pool->min_alloc_order);
}

/* An area of @chunk; 0: no room. */
static unsigned long take(struct gen_pool *pool, struct gen_pool_chunk *chunk, unsigned int nr,
			  genpool_algo_t algo, void *data)
{
	unsigned long end = chunk_bits(pool, chunk),
		      bytes = (unsigned long)nr << pool->min_alloc_order;
	unsigned long at;

	if (bytes > chunk->avail)
		return 0;
	at = algo(chunk->bits, end, 0, nr, data, pool, chunk->start_addr);
	if (at >= end || at + nr > end)
		return 0;
	bitmap_set(chunk->bits, (unsigned int)at, nr);
	chunk->avail -= bytes;
	return chunk->start_addr + (at << pool->min_alloc_order);
}

unsigned long gen_pool_alloc_algo_owner(struct gen_pool *pool, size_t size, genpool_algo_t algo,
					void *data, void **owner)
{
	struct gen_pool_chunk *chunk;
	unsigned long addr = 0;

	if (owner)
		*owner = NULL;
	if (!size)
		return 0;
	spin_lock(&pool->lock);
	list_for_each_entry (chunk, &pool->chunks, next_chunk) {
		addr = take(pool, chunk, bits_for(pool, size), algo, data);
		if (addr)
			break;
	}
	if (addr && owner)
		*owner = chunk->owner;
	spin_unlock(&pool->lock);
	return addr;
}

void *gen_pool_dma_alloc_algo(struct gen_pool *pool, size_t size, dma_addr_t *dma,
			      genpool_algo_t algo, void *data)
{
	unsigned long addr = pool ? gen_pool_alloc_algo(pool, size, algo, data) : 0;

	if (addr && dma)
		*dma = gen_pool_virt_to_phys(pool, addr);
	return (void *)addr;
}

void *gen_pool_dma_alloc(struct gen_pool *pool, size_t size, dma_addr_t *dma)
{
	return gen_pool_dma_alloc_algo(pool, size, dma, pool->algo, pool->data);
}

void *gen_pool_dma_alloc_align(struct gen_pool *pool, size_t size, dma_addr_t *dma, int align)
{
	struct genpool_data_align data = {.align = align};

	return gen_pool_dma_alloc_algo(pool, size, dma, gen_pool_first_fit_align, &data);
}

void *gen_pool_dma_zalloc_algo(struct gen_pool *pool, size_t size, dma_addr_t *dma,
			       genpool_algo_t algo, void *data)
{
	void *area = gen_pool_dma_alloc_algo(pool, size, dma, algo, data);

	return area ? memset(area, 0, size) : NULL;
}

void *gen_pool_dma_zalloc(struct gen_pool *pool, size_t size, dma_addr_t *dma)
{
	return gen_pool_dma_zalloc_algo(pool, size, dma, pool->algo, pool->data);
}

void *gen_pool_dma_zalloc_align(struct gen_pool *pool, size_t size, dma_addr_t *dma, int align)
{
	struct genpool_data_align data = {.align = align};

	return gen_pool_dma_zalloc_algo(pool, size, dma, gen_pool_first_fit_align, &data);
}

static struct gen_pool_chunk *chunk_of(struct gen_pool *pool, unsigned long start, size_t size)
{
	struct gen_pool_chunk *chunk;

	list_for_each_entry (chunk, &pool->chunks, next_chunk)
		if (start >= chunk->start_addr && start <= chunk->end_addr &&
		    size - 1 <= chunk->end_addr - start)
			return chunk;
	return NULL;
}

unsigned long gen_pool_refusals;

/* All @nr units from @offset bytes on, where one begins. */
static bool is_out(const struct gen_pool *pool, const struct gen_pool_chunk *chunk,
		   unsigned long offset, unsigned int nr)
{
	unsigned long at = offset >> pool->min_alloc_order;

	return at << pool->min_alloc_order == offset &&
	       find_next_zero_bit(chunk->bits, at + nr, at) >= at + nr;
}

void gen_pool_free_owner(struct gen_pool *pool, unsigned long addr, size_t size, void **owner)
{
	unsigned int nr = bits_for(pool, size), at;
	struct gen_pool_chunk *chunk;
	bool freed = false;

	spin_lock(&pool->lock);
	chunk = chunk_of(pool, addr, size);
	if (size && chunk && is_out(pool, chunk, addr - chunk->start_addr, nr)) {
		at = (unsigned int)((addr - chunk->start_addr) >> pool->min_alloc_order);
		bitmap_clear(chunk->bits, at, nr);
		chunk->avail += (unsigned long)nr << pool->min_alloc_order;
		freed = true;
	}
	if (owner)
		*owner = freed ? chunk->owner : NULL;
	spin_unlock(&pool->lock);
	if (WARN(!freed, "gen_pool_free %s: %zu bytes at 0x%lx are not out\n", pool->name ?: "-",
		 size, addr))
		__atomic_fetch_add(&gen_pool_refusals, 1, __ATOMIC_RELAXED);
}

/* ---- Questions ---------------------------------------------------------------------------------- */

phys_addr_t gen_pool_virt_to_phys(struct gen_pool *pool, unsigned long addr)
{
	const struct gen_pool_chunk *chunk;
	phys_addr_t phys;

	spin_lock(&pool->lock);
	chunk = chunk_of(pool, addr, 1);
	phys = chunk ? chunk->phys_addr + (addr - chunk->start_addr) : (phys_addr_t)-1;
	spin_unlock(&pool->lock);
	return phys;
}

bool gen_pool_has_addr(struct gen_pool *pool, unsigned long start, size_t size)
{
	bool found;

	spin_lock(&pool->lock);
	found = chunk_of(pool, start, size);
	spin_unlock(&pool->lock);
	return found;
}

void gen_pool_for_each_chunk(struct gen_pool *pool,
			     void (*func)(struct gen_pool *pool, struct gen_pool_chunk *chunk,
					  void *data),
			     void *data)
{
	struct gen_pool_chunk *chunk, *next;

	/* Chunks only come, at the end; @func may ask the pool. */
	list_for_each_entry_safe (chunk, next, &pool->chunks, next_chunk)
		func(pool, chunk, data);
}

static void add_avail(struct gen_pool *pool, struct gen_pool_chunk *chunk, void *sum)
{
	(void)pool;
	*(size_t *)sum += chunk->avail;
}

static void add_size(struct gen_pool *pool, struct gen_pool_chunk *chunk, void *sum)
{
	(void)pool;
	*(size_t *)sum += chunk_size(chunk);
}

size_t gen_pool_avail(struct gen_pool *pool)
{
	size_t sum = 0;

	gen_pool_for_each_chunk(pool, add_avail, &sum);
	return sum;
}

size_t gen_pool_size(struct gen_pool *pool)
{
	size_t sum = 0;

	gen_pool_for_each_chunk(pool, add_size, &sum);
	return sum;
}

static void verify_chunk(struct gen_pool *pool, struct gen_pool_chunk *chunk, void *faults)
{
	unsigned long bits = chunk_bits(pool, chunk);
	unsigned long free = bits - bitmap_weight(chunk->bits, (unsigned int)bits);

	if (free << pool->min_alloc_order == chunk->avail)
		return;
	pr_err("gen_pool_verify: chunk %px at 0x%lx has %lu bytes free, and counts %lu\n",
	       (void *)chunk, chunk->start_addr, free << pool->min_alloc_order, chunk->avail);
	(*(int *)faults)++;
}

int gen_pool_verify(struct gen_pool *pool)
{
	int faults = 0;

	gen_pool_for_each_chunk(pool, verify_chunk, &faults);
	return faults;
}

static void show_chunk(struct gen_pool *pool, struct gen_pool_chunk *chunk, void *data)
{
	(void)pool;
	seq_printf(data, "  0x%lx-0x%lx avail %lu\n", chunk->start_addr, chunk->end_addr,
		   chunk->avail);
}

void gen_pool_show(struct seq_file *m, struct gen_pool *pool)
{
	seq_printf(m, "gen_pool: %s unit %lu size %zu avail %zu\n", pool->name ?: "-",
		   1UL << pool->min_alloc_order, gen_pool_size(pool), gen_pool_avail(pool));
	gen_pool_for_each_chunk(pool, show_chunk, m);
}

/* ---- Ways to choose ------------------------------------------------------------------------------- */

unsigned long gen_pool_first_fit(unsigned long *map, unsigned long size, unsigned long start,
				 unsigned int nr, void *data, struct gen_pool *pool,
				 unsigned long start_addr)
{
	(void)data, (void)pool, (void)start_addr;
	return bitmap_find_next_zero_area(map, size, start, nr, 0);
}

unsigned long gen_pool_first_fit_align(unsigned long *map, unsigned long size, unsigned long start,
				       unsigned int nr, void *data, struct gen_pool *pool,
				       unsigned long start_addr)
{
	const struct genpool_data_align *align = data;
	int order = pool->min_alloc_order;
	unsigned long mask = (unsigned long)((align->align + (1 << order) - 1) >> order) - 1;

	/* Addresses are what is aligned, not numbers of bits. */
	return bitmap_find_next_zero_area_off(map, size, start, nr, mask,
					      (start_addr >> order) & mask);
}

unsigned long gen_pool_fixed_alloc(unsigned long *map, unsigned long size, unsigned long start,
				   unsigned int nr, void *data, struct gen_pool *pool,
				   unsigned long start_addr)
{
	const struct genpool_data_fixed *fixed = data;
	unsigned long at = fixed->offset >> pool->min_alloc_order;

	(void)start, (void)start_addr;
	if (WARN_ON(fixed->offset & ((1UL << pool->min_alloc_order) - 1)))
		return size;
	return bitmap_find_next_zero_area(map, size, at, nr, 0) == at ? at : size;
}

unsigned long gen_pool_first_fit_order_align(unsigned long *map, unsigned long size,
					     unsigned long start, unsigned int nr, void *data,
					     struct gen_pool *pool, unsigned long start_addr)
{
	(void)data, (void)pool, (void)start_addr;
	return bitmap_find_next_zero_area(map, size, start, nr, roundup_pow_of_two(nr) - 1);
}

unsigned long gen_pool_best_fit(unsigned long *map, unsigned long size, unsigned long start,
				unsigned int nr, void *data, struct gen_pool *pool,
				unsigned long start_addr)
{
	unsigned long best = size, smallest = ULONG_MAX, at = start;

	(void)data, (void)pool, (void)start_addr;
	while ((at = bitmap_find_next_zero_area(map, size, at, nr, 0)) < size) {
		unsigned long end = find_next_bit(map, size, at + nr);

		if (end - at < smallest) {
			smallest = end - at;
			best = at;
		}
		at = end;
	}
	return best;
}
