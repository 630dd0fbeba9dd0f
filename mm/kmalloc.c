// SPDX-License-Identifier: MIT
/*
 * kmalloc(): caches for sizes that nobody named, and pages for the large ones.
 *
 *   size   1..8  ..16 ..32 ..64 ..96 ..128 ..192 ..256 ..512 ... ..8192  above
 *   index  3     4    5    6    1    7     2     8     9         13      pages
 *
 * Each type has a set: normal, reclaimable (GFP flag __GFP_RECLAIMABLE), DMA.
 * Names, sizes and order of creation are Linux's (mm/slab_common.c).
 */
#include "kfence.h"
#include "slab_debug.h"
#include "slab_fast.h"

#include <linux/kmemleak.h>
#include <linux/log2.h>
#include <linux/string.h>

struct kmem_cache *kmalloc_caches[NR_KMALLOC_TYPES][KMALLOC_SHIFT_HIGH + 1];
atomic_long_t kmalloc_large_pages;

/* CPU 0's part of the normal cache for a size, at (size - 1) / 8: one load, and no search. */
#define KMALLOC_STEPS (KMALLOC_MAX_CACHE_SIZE / KMALLOC_MIN_SIZE)
static struct kmem_cache_cpu *kmalloc_by_size[KMALLOC_STEPS];

/* These flags take more than a look at the stash. */
#define KMALLOC_UNCOMMON (__GFP_DMA | __GFP_RECLAIMABLE | __GFP_ZERO)

static const char *const kmalloc_names[NR_KMALLOC_TYPES][KMALLOC_SHIFT_HIGH + 1] = {
#define KMALLOC_NAMES(p)                                                                         \
	{                                                                                        \
		NULL, p "96", p "192", p "8", p "16", p "32", p "64", p "128", p "256", p "512", \
			p "1k", p "2k", p "4k", p "8k"                                           \
	}
	[KMALLOC_NORMAL] = KMALLOC_NAMES("kmalloc-"),
	[KMALLOC_RECLAIM] = KMALLOC_NAMES("kmalloc-rcl-"),
	[KMALLOC_DMA] = KMALLOC_NAMES("dma-kmalloc-"),
};

static const slab_flags_t kmalloc_flags[NR_KMALLOC_TYPES] = {
	[KMALLOC_RECLAIM] = SLAB_RECLAIM_ACCOUNT,
	[KMALLOC_DMA] = SLAB_CACHE_DMA,
};

/* ---- Size classes ---------------------------------------------------------------- */

/* @size is 1 to KMALLOC_MAX_CACHE_SIZE. */
static unsigned int kmalloc_index(size_t size)
{
	if (size > 64 && size <= 96)
		return 1;
	if (size > 128 && size <= 192)
		return 2;
	return (unsigned int)max(order_base_2(size), KMALLOC_SHIFT_LOW);
}

static unsigned int kmalloc_class_size(unsigned int index)
{
	return index == 1 ? 96 : index == 2 ? 192 : 1u << index;
}

static enum kmalloc_cache_type kmalloc_type(gfp_t flags)
{
	if (flags & __GFP_DMA)
		return KMALLOC_DMA;
	return flags & __GFP_RECLAIMABLE ? KMALLOC_RECLAIM : KMALLOC_NORMAL;
}

static void new_kmalloc_cache(enum kmalloc_cache_type type, unsigned int index)
{
	kmalloc_caches[type][index] =
		slab_create_permanent(kmalloc_names[type][index], kmalloc_class_size(index),
				      kmalloc_flags[type] | SLAB_KMALLOC);
}

void __init create_kmalloc_caches(void)
{
	unsigned int type, index, step;

	for (type = 0; type < NR_KMALLOC_TYPES; type++) {
		for (index = KMALLOC_SHIFT_LOW; index <= KMALLOC_SHIFT_HIGH; index++) {
			new_kmalloc_cache(type, index);
			if (index == 6)
				new_kmalloc_cache(type, 1);
			if (index == 7)
				new_kmalloc_cache(type, 2);
		}
	}
	for (step = 0; step < KMALLOC_STEPS; step++)
		kmalloc_by_size[step] =
			kmalloc_caches[KMALLOC_NORMAL][kmalloc_index((step + 1) * KMALLOC_MIN_SIZE)]
				->cpu_slab;
}

void __init kmalloc_reset(void)
{
	memset(kmalloc_caches, 0, sizeof(kmalloc_caches));
	memset(kmalloc_by_size, 0, sizeof(kmalloc_by_size));
	atomic_long_set(&kmalloc_large_pages, 0);
}

/* ---- Large blocks: compound pages ------------------------------------------------- */

void kmalloc_account_large(struct page *page, long pages)
{
	atomic_long_add(pages, &kmalloc_large_pages);
	atomic_long_add(pages, &NODE_DATA(page_to_nid(page))->vm_stat[NR_SLAB_UNRECLAIMABLE]);
}

void *kmalloc_large_node(size_t size, gfp_t flags, int node)
{
	gfp_t bad = flags & SLAB_BAD_FLAGS;
	struct page *page;
	unsigned int order;

	if (size > KMALLOC_MAX_SIZE) {
		if (!(flags & __GFP_NOWARN))
			pr_warn("kmalloc: %zu bytes asked for, the largest block is %lu\n", size,
				KMALLOC_MAX_SIZE);
		return NULL;
	}
	if (bad)
		slab_report_bad_flags("kmalloc", bad);
	if (want_init_on_alloc(flags))
		flags |= __GFP_ZERO;
	order = get_order(size);
	page = alloc_pages_node(node, (flags & ~bad) | __GFP_COMP, order);
	if (!page)
		return NULL;
	__SetPageKmallocLarge(page);
	kmalloc_account_large(page, 1L << order);
	kmemleak_alloc(lowmem_page_address(page), size, 1, flags);
	return lowmem_page_address(page);
}

/* ---- The calls ----------------------------------------------------------------------- */

/* What is not the common case: no size, large, another type, zeroed, a node. */
static noinline void *kmalloc_uncommon(size_t size, gfp_t flags, int node)
{
	struct kmem_cache *s;

	if (size == 0)
		return ZERO_SIZE_PTR;
	if (size > KMALLOC_MAX_CACHE_SIZE)
		return kmalloc_large_node(size, flags, node);
	s = kmalloc_caches[kmalloc_type(flags)][kmalloc_index(size)];
	return slab_alloc_for(s, flags, node, size, _RET_IP_);
}

/* Nothing is at hand. */
static noinline void *kmalloc_slow(size_t size, gfp_t flags)
{
	struct kmem_cache_cpu *first = kmalloc_by_size[(size - 1) / KMALLOC_MIN_SIZE];
	struct kmem_cache *s = container_of(first, struct kmem_cache, cpu_slab[0]);

	return slab_alloc_for(s, flags, NUMA_NO_NODE, size, _RET_IP_);
}

void *kmalloc(size_t size, gfp_t flags)
{
	size_t last = size - 1;
	void *object;

	if (unlikely(last >= KMALLOC_MAX_CACHE_SIZE || flags & KMALLOC_UNCOMMON))
		return kmalloc_uncommon(size, flags, NUMA_NO_NODE);
	object = slab_take(this_cpu_part(kmalloc_by_size[last / KMALLOC_MIN_SIZE]));
	return likely(object) ? object : kmalloc_slow(size, flags);
}

void *kmalloc_node(size_t size, gfp_t flags, int node)
{
	return kmalloc_uncommon(size, flags, node);
}

/*
 * Of the object that begins at @addr, in @slab; 0: none does, or it is free. All of what it
 * says may be used from then on, whatever was asked for.
 */
static size_t object_size(struct slab *slab, unsigned long addr)
{
	unsigned long index;

	if (slab_is_kfence(slab))
		return kfence_object_start((void *)addr) == (void *)addr
			       ? kfence_ksize((void *)addr)
			       : 0;
	index = slab_object_index(slab->cache, slab, addr);
	if (index >= slab->objects || !slab_object_is_out(slab, (unsigned int)index))
		return 0;
	if (unlikely(slab_keeps_size(slab->cache)))
		slab_set_asked(slab->cache, addr, slab->cache->object_size);
	return slab_usable_size(slab->cache);
}

/* The same of a large block that @page is part of. */
static size_t large_size(struct page *page, const void *x)
{
	page = compound_head(page);
	return PageKmallocLarge(page) && lowmem_page_address(page) == x ? page_size(page) : 0;
}

size_t ksize(const void *x)
{
	struct page *page;
	struct slab *slab;
	size_t size = 0;

	if (ZERO_OR_NULL_PTR(x))
		return 0;
	page = slab_page_at((unsigned long)x);
	slab = page ? slab_of_page(page) : NULL;
	if (slab)
		size = object_size(slab, (unsigned long)x);
	else if (page)
		size = large_size(page, x);
	if (likely(size))
		return size;
	if (slab && slab_object_index(slab->cache, slab, (unsigned long)x) < slab->objects)
		slab_report_use_of_free(slab->cache, __func__, (unsigned long)x);
	else
		slab_report_no_slab(__func__, (unsigned long)x);
	return 0;
}

bool slab_holds(const struct kmem_cache *s, const void *x)
{
	unsigned long addr = (unsigned long)x, index;
	struct page *page = slab_page_at(addr);
	struct slab *slab = page ? slab_of_page(page) : NULL;

	if (!slab)
		return !s && page && large_size(page, x);
	if (s && slab->cache != s)
		return false;
	if (slab_is_kfence(slab))
		return kfence_object_start(x) == x && kfence_ksize(x);
	index = slab_object_index(slab->cache, slab, addr);
	return index < slab->objects && slab_object_is_out(slab, (unsigned int)index);
}

void slab_resized(const void *x, size_t size)
{
	struct slab *slab = slab_at((unsigned long)x);

	if (slab && !slab_is_kfence(slab) && slab_keeps_size(slab->cache))
		slab_set_asked(slab->cache, (unsigned long)x, (unsigned int)size);
}

size_t kmalloc_size_roundup(size_t size)
{
	if (size == 0)
		return 0;
	if (size <= KMALLOC_MAX_CACHE_SIZE)
		return kmalloc_class_size(kmalloc_index(size));
	if (size <= KMALLOC_MAX_SIZE)
		return PAGE_SIZE << get_order(size);
	return size;
}
