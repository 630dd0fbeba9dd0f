// SPDX-License-Identifier: MIT
/*
 * DMA pools. Contract: linux/dmapool.h.
 *
 * What is free is kept beside the blocks, in a bitmap for each page: a device that writes
 * to a block it has been told to forget breaks no list. The page of a bus address is found
 * in an index, so that a free costs the same in large pools.
 */
#include <linux/dmapool.h>

#include <linux/align.h>
#include <linux/bitmap.h>
#include <linux/dma-mapping.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/log2.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/xarray.h>

#include "dma_direct.h"
#include "internal.h"

#define POOL_NAME_MAX 32
#define POOL_MIN_SIZE 4

struct dma_pool {
	struct list_head pools; /* of all pools */
	struct list_head pages; /* all of them */
	struct list_head avail; /* pages with free blocks */
	struct xarray index;	/* pages by bus address, in pages */
	spinlock_t lock;	/* of the lists, the counts, and the pages' bitmaps */
	struct device *dev;
	size_t size;		 /* of a block */
	size_t allocation;	 /* of a page: PAGE_SIZE, or one larger block */
	size_t boundary;	 /* at most `allocation` */
	unsigned long nr_blocks; /* of a page */
	unsigned long nr_pages;
	unsigned long nr_out; /* blocks */
	char name[POOL_NAME_MAX];
};

struct dma_page {
	struct list_head pages;
	struct list_head avail; /* empty where no block is free */
	void *vaddr;
	dma_addr_t dma;
	unsigned long in_use;
	unsigned long used[]; /* a bit for each block */
};

static LIST_HEAD(dma_pools);
/* Of the list of all pools; outside of a pool's. */
static DEFINE_SPINLOCK_RANK(pools_lock, LOCK_RANK_POOLS);

unsigned long dma_pool_refusals;

void __init dma_pools_reset(void)
{
	INIT_LIST_HEAD(&dma_pools);
	spin_lock_init_rank(&pools_lock, LOCK_RANK_POOLS);
	dma_pool_refusals = 0;
}

/* ---- Life ---------------------------------------------------------------------------- */

/* Fills in sizes; false where they mean nothing. */
static bool set_sizes(struct dma_pool *pool, size_t size, size_t align, size_t boundary)
{
	align = align ? align : 1;
	if (!size || size > INT_MAX || align > INT_MAX || !is_power_of_2(align))
		return false;
	pool->size = ALIGN(max_t(size_t, size, POOL_MIN_SIZE), align);
	pool->allocation = max_t(size_t, pool->size, PAGE_SIZE);
	if (!boundary)
		boundary = pool->allocation;
	else if (boundary < pool->size || !is_power_of_2(boundary))
		return false;
	pool->boundary = min(boundary, pool->allocation);
	pool->nr_blocks = pool->boundary / pool->size * (pool->allocation / pool->boundary);
	return true;
}

struct dma_pool *dma_pool_create(const char *name, struct device *dev, size_t size, size_t align,
				 size_t boundary)
{
	struct dma_pool sizes = {0}, *pool;
	unsigned long flags;

	if (!dev || !set_sizes(&sizes, size, align, boundary)) {
		pr_err("dma_pool_create %s: no blocks of %zu bytes, aligned to %zu, within %zu\n",
		       name, size, align, boundary);
		return NULL;
	}
	pool = kmalloc_node(sizeof(*pool), GFP_KERNEL, dev_to_node(dev));
	if (!pool)
		return NULL;
	*pool = sizes;
	pool->dev = dev;
	strscpy(pool->name, name, sizeof(pool->name));
	spin_lock_init_rank(&pool->lock, LOCK_RANK_POOL);
	INIT_LIST_HEAD(&pool->pages);
	INIT_LIST_HEAD(&pool->avail);
	xa_init(&pool->index);
	spin_lock_irqsave(&pools_lock, flags);
	list_add_tail(&pool->pools, &dma_pools);
	spin_unlock_irqrestore(&pools_lock, flags);
	return pool;
}

/* Gives back a page; one with blocks out a device may still write to, so that stays. */
static void drop_page(struct dma_pool *pool, struct dma_page *page)
{
	if (page->in_use) {
		count_event(&dma_pool_refusals);
		dev_err(pool->dev,
			"dma_pool_destroy %s, %px busy: %lu blocks are out, its %zu "
			"bytes are lost\n",
			pool->name, page->vaddr, page->in_use, pool->allocation);
	} else {
		dma_free_coherent(pool->dev, pool->allocation, page->vaddr, page->dma);
	}
	list_del(&page->pages);
	kfree(page);
}

/* False: it is on the list no more, and was destroyed. */
static bool unlist_pool(struct dma_pool *pool)
{
	struct dma_pool *each;
	unsigned long flags;
	bool found = false;

	spin_lock_irqsave(&pools_lock, flags);
	list_for_each_entry (each, &dma_pools, pools)
		found |= each == pool;
	if (found)
		list_del(&pool->pools);
	spin_unlock_irqrestore(&pools_lock, flags);
	return found;
}

void dma_pool_destroy(struct dma_pool *pool)
{
	struct dma_page *page, *next;

	if (!pool)
		return;
	if (!unlist_pool(pool)) {
		count_event(&dma_pool_refusals);
		pr_err("dma_pool_destroy: %px is no pool, or is one no more\n", (void *)pool);
		return;
	}
	xa_destroy(&pool->index);
	list_for_each_entry_safe (page, next, &pool->pages, pages)
		drop_page(pool, page);
	kfree(pool);
}

/* ---- Pages and blocks --------------------------------------------------------------------- */

static struct dma_page *make_page(struct dma_pool *pool, gfp_t gfp)
{
	size_t bytes = sizeof(struct dma_page) + BITS_TO_LONGS(pool->nr_blocks) * sizeof(long);
	struct dma_page *page = kzalloc_node(bytes, gfp, dev_to_node(pool->dev));

	if (!page)
		return NULL;
	page->vaddr = dma_alloc_coherent(pool->dev, pool->allocation, &page->dma, gfp);
	if (page->vaddr && !xa_is_err(xa_store(&pool->index, page->dma >> PAGE_SHIFT, page, gfp)))
		return page;
	if (page->vaddr)
		dma_free_coherent(pool->dev, pool->allocation, page->vaddr, page->dma);
	kfree(page);
	return NULL;
}

static size_t block_offset(const struct dma_pool *pool, unsigned long block)
{
	unsigned long per_boundary = pool->boundary / pool->size;

	return block / per_boundary * pool->boundary + block % per_boundary * pool->size;
}

/* The block that begins @offset bytes into a page; nr_blocks: none does. */
static unsigned long block_at(const struct dma_pool *pool, size_t offset)
{
	unsigned long per_boundary = pool->boundary / pool->size;
	unsigned long block =
		offset / pool->boundary * per_boundary + offset % pool->boundary / pool->size;

	return block < pool->nr_blocks && block_offset(pool, block) == offset ? block
									      : pool->nr_blocks;
}

/* Any of a page that has one. */
static unsigned long take_block(struct dma_pool *pool, struct dma_page *page)
{
	unsigned long block = find_first_zero_bit(page->used, pool->nr_blocks);

	__set_bit(block, page->used);
	pool->nr_out++;
	if (++page->in_use == pool->nr_blocks)
		list_del_init(&page->avail);
	return block;
}

static void put_block(struct dma_pool *pool, struct dma_page *page, unsigned long block)
{
	__clear_bit(block, page->used);
	pool->nr_out--;
	if (page->in_use-- == pool->nr_blocks)
		list_add(&page->avail, &pool->avail);
}

void *dma_pool_alloc(struct dma_pool *pool, gfp_t mem_flags, dma_addr_t *handle)
{
	struct dma_page *page = NULL;
	unsigned long flags;
	size_t offset;

	spin_lock_irqsave(&pool->lock, flags);
	if (list_empty(&pool->avail)) {
		spin_unlock_irqrestore(&pool->lock, flags);
		page = make_page(pool, mem_flags & ~__GFP_ZERO);
		if (!page)
			return NULL;
		spin_lock_irqsave(&pool->lock, flags);
		list_add(&page->pages, &pool->pages);
		list_add(&page->avail, &pool->avail);
		pool->nr_pages++;
	}
	page = list_first_entry(&pool->avail, struct dma_page, avail);
	offset = block_offset(pool, take_block(pool, page));
	spin_unlock_irqrestore(&pool->lock, flags);

	*handle = page->dma + offset;
	if (want_init_on_alloc(mem_flags))
		memset((char *)page->vaddr + offset, 0, pool->size);
	return (char *)page->vaddr + offset;
}

static void refuse_free(struct dma_pool *pool, const void *vaddr, dma_addr_t addr, const char *why)
{
	count_event(&dma_pool_refusals);
	dev_err(pool->dev, "dma_pool_free %s, %px/%#llx (%s)\n", pool->name, vaddr, addr, why);
}

void dma_pool_free(struct dma_pool *pool, void *vaddr, dma_addr_t addr)
{
	struct dma_page *page = xa_load(&pool->index, addr >> PAGE_SHIFT);
	size_t offset = addr % PAGE_SIZE;
	unsigned long block, flags;
	bool out;

	block = block_at(pool, offset);
	if (!page || block == pool->nr_blocks) {
		refuse_free(pool, vaddr, addr, "bad dma");
		return;
	}
	if ((char *)page->vaddr + offset != vaddr) {
		refuse_free(pool, vaddr, addr, "bad vaddr");
		return;
	}
	spin_lock_irqsave(&pool->lock, flags);
	out = test_bit(block, page->used);
	if (out && init_on_free)
		memset(vaddr, 0, pool->size);
	if (out)
		put_block(pool, page, block);
	spin_unlock_irqrestore(&pool->lock, flags);
	if (!out)
		refuse_free(pool, vaddr, addr, "already free");
}

/* ---- Verify and dump ---------------------------------------------------------------------- */

static int verify_page(struct dma_pool *pool, const struct dma_page *page)
{
	unsigned int used = bitmap_weight(page->used, (unsigned int)pool->nr_blocks);

	if (used == page->in_use && list_empty(&page->avail) == (used == pool->nr_blocks) &&
	    xa_load(&pool->index, page->dma >> PAGE_SHIFT) == page &&
	    (pool->dev->dma_ops || virt_to_phys(page->vaddr) == page->dma))
		return 0;
	pr_err("dma_pool %s, page %#llx: %lu of %lu blocks out, %u marked, %s\n", pool->name,
	       page->dma, page->in_use, pool->nr_blocks, used,
	       list_empty(&page->avail) ? "not offered" : "offered");
	return 1;
}

int dma_pool_verify(struct dma_pool *pool)
{
	unsigned long pages = 0, out = 0, offered = 0;
	const struct dma_page *page;
	unsigned long flags;
	int faults = 0;

	spin_lock_irqsave(&pool->lock, flags);
	list_for_each_entry (page, &pool->pages, pages) {
		faults += verify_page(pool, page);
		pages++;
		out += page->in_use;
		offered += !list_empty(&page->avail);
	}
	list_for_each_entry (page, &pool->avail, avail)
		offered--;
	if (pages != pool->nr_pages || out != pool->nr_out || offered) {
		pr_err("dma_pool %s: %lu pages and %lu blocks out, %lu and %lu counted, lists "
		       "differ by %ld\n",
		       pool->name, pool->nr_pages, pool->nr_out, pages, out, (long)offered);
		faults++;
	}
	spin_unlock_irqrestore(&pool->lock, flags);
	return faults;
}

int dma_pool_verify_all(void)
{
	struct dma_pool *pool;
	unsigned long flags;
	int faults = 0;

	spin_lock_irqsave(&pools_lock, flags);
	list_for_each_entry (pool, &dma_pools, pools)
		faults += dma_pool_verify(pool);
	spin_unlock_irqrestore(&pools_lock, flags);
	return faults;
}

struct device *dma_pool_device(const struct dma_pool *pool)
{
	return pool->dev;
}

unsigned long dma_pools_pages(void)
{
	const struct dma_pool *pool;
	unsigned long flags, pages = 0;

	spin_lock_irqsave(&pools_lock, flags);
	list_for_each_entry (pool, &dma_pools, pools)
		if (!pool->dev->dma_ops)
			pages += pool->nr_pages * DIV_ROUND_UP(pool->allocation, PAGE_SIZE);
	spin_unlock_irqrestore(&pools_lock, flags);
	return pages;
}

void dma_pools_show(struct seq_file *m)
{
	const struct dma_pool *pool;
	unsigned long flags;

	seq_puts(m, "poolinfo - 0.1\n");
	spin_lock_irqsave(&pools_lock, flags);
	list_for_each_entry (pool, &dma_pools, pools)
		seq_printf(m, "%-16s %4lu %4lu %4zu %2lu\n", pool->name, pool->nr_out,
			   pool->nr_pages * pool->nr_blocks, pool->size, pool->nr_pages);
	spin_unlock_irqrestore(&pools_lock, flags);
}
