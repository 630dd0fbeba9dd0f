// SPDX-License-Identifier: MIT
/*
 * kfree(): from an address to the object that begins there, and to where that goes.
 *
 *   address ─► page struct ─► whose it is, number of the object ─► its state ─► stash
 *
 * Two habits of callers have ways that need no look at the page: to free what they allocated
 * last, and to free slab by slab. Where objects come and go at random, to ask each time
 * whether it is so costs more than it saves, most of all since no processor predicts the
 * answer. So it is the slow paths of the caches that see habits, and choose a way. Cache by
 * cache: a CPU has one way at a time. Where it is another than the common one, kfree() finds no
 * page struct that it may look at, and jumps there; so the common way costs nothing more.
 */
#include "internal.h"
#include "kfree.h"
#include "slab_fast.h"

#include <linux/kmemleak.h>

/* Of several CPUs that free one block at once, the one that takes its flag does it. */
static void free_large(struct page *page, unsigned long object)
{
	unsigned long base = (unsigned long)lowmem_page_address(page);
	unsigned int order;

	if (object != base) {
		slab_report_inside_block(base, page_size(page), object);
		return;
	}
	if (!page_take_flag(page, PG_kmalloc_large)) {
		slab_report_no_slab("kfree", object);
		return;
	}
	order = compound_order(page);
	kmemleak_free((void *)object);
	kmalloc_account_large(page, -(1L << order));
	__free_pages(page, order);
}

/* What the stash does not take; it may be anything. */
static noinline void kfree_slow(unsigned long object, unsigned long caller)
{
	struct page *page = slab_page_at(object);
	struct slab *slab = page ? slab_of_page(page) : NULL;

	if (likely(slab))
		slab_free_slow(slab->cache, slab, object, caller);
	else if (ZERO_OR_NULL_PTR(object))
		return;
	else if (page && PageKmallocLarge(compound_head(page)))
		free_large(compound_head(page), object);
	else
		slab_report_no_slab("kfree", object);
}

/* ---- Ways --------------------------------------------------------------------------- */

static noinline void kfree_any(const void *object)
{
	if (!slab_free_by_page((unsigned long)object))
		kfree_slow((unsigned long)object, _RET_IP_);
}

void kfree_rest(const void *object)
{
	kfree_slow((unsigned long)object, _RET_IP_);
}

void kfree_to_window(const void *object)
{
	if (!slab_free_to_open_window(raw_cpu_read(kfree_way.c), (unsigned long)object))
		kfree_any(object);
}

void kfree_last(const void *object)
{
	if (!slab_push_back(raw_cpu_read(kfree_way.c), (unsigned long)object))
		kfree_any(object);
}

DEFINE_PER_CPU(struct kfree_way, kfree_way) = {.free = kfree_rest};

void kfree(const void *object)
{
	unsigned long addr = (unsigned long)object;

	if (likely(slab_span_has(kfree_way.pages, addr)) &&
	    likely(slab_free_to_stash(slab_span_page(kfree_way.pages, addr), addr)))
		return;
	raw_cpu_read(kfree_way.free)(object);
}

void __init kfree_reset(void)
{
	for (unsigned int cpu = 0; cpu < NR_CPUS; cpu++)
		per_cpu(kfree_way, cpu) = (struct kfree_way){.free = kfree_rest};
}
