/* SPDX-License-Identifier: MIT */
/*
 * Changing the live page tables: map, unmap, protect.
 *
 * A change that needs tables learns how many, gets them without the lock held,
 * and tries again: arch_map_memmap() takes mmu_lock under zone->lock, so no page
 * may be allocated under mmu_lock.
 */
#include "mmu.h"

#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/vmstat.h>

/* ---- Pages for tables ------------------------------------------------------ */

/* One page from whichever allocator is up, counted as a table; 0 where there is none. */
static phys_addr_t table_page_alloc(void)
{
	struct page *page;

	if (!slab_is_available())
		return memblock_phys_alloc(PAGE_SIZE, PAGE_SIZE);
	page = alloc_page(GFP_NOWAIT);
	if (!page)
		return 0;
	__SetPageTable(page);
	mod_node_page_state(NODE_DATA(page_to_nid(page)), NR_PAGETABLE, 1);
	return page_to_phys(page);
}

static void table_page_free(phys_addr_t phys)
{
	struct page *page;

	if (!slab_is_available()) {
		memblock_phys_free(phys, PAGE_SIZE);
		return;
	}
	page = phys_to_page(phys);
	mod_node_page_state(NODE_DATA(page_to_nid(page)), NR_PAGETABLE, -1);
	__ClearPageTable(page);
	__free_page(page);
}

/* Fills @pool up to what it needs. -ENOMEM: it is empty again. */
static int pool_fill(struct pgtable_pool *pool)
{
	while (pool->nr < pool->needed) {
		phys_addr_t page = table_page_alloc();

		if (!page)
			return -ENOMEM;
		pgtable_pool_add(&live_pgtable, pool, page);
	}
	return 0;
}

/* Another CPU may have made the tables meanwhile: then some are left over. */
static void pool_drain(struct pgtable_pool *pool)
{
	phys_addr_t page;

	while ((page = pgtable_pool_take(&live_pgtable, pool)))
		table_page_free(page);
}

/* ---- The contract of baremm/arch.h ----------------------------------------- */

int arch_map(unsigned long va, phys_addr_t pa, size_t size, unsigned int prot)
{
	struct pgtable_pool pool = {};
	unsigned long flags;
	int err;

	do {
		spin_lock_irqsave(&mmu_lock, flags);
		err = pgtable_map(&live_pgtable, va, pa, size, prot, &pool);
		spin_unlock_irqrestore(&mmu_lock, flags);
	} while (err == -ENOMEM && !pool_fill(&pool));
	pool_drain(&pool);
	return err;
}

int arch_map_pages(unsigned long va, struct page *const *pages, size_t nr, unsigned int prot)
{
	struct pgtable_pool pool = {};
	unsigned long flags;
	int err;

	do {
		spin_lock_irqsave(&mmu_lock, flags);
		err = pgtable_map_pages(&live_pgtable, va, pages, nr, prot, &pool);
		spin_unlock_irqrestore(&mmu_lock, flags);
	} while (unlikely(err == -ENOMEM) && !pool_fill(&pool));
	pool_drain(&pool);
	return err;
}

static int unmap(unsigned long va, size_t size, bool flush)
{
	struct pgtable_pool pool = {};
	unsigned long flags;
	int err;

	do {
		spin_lock_irqsave(&mmu_lock, flags);
		err = pgtable_unmap(&live_pgtable, va, size, &pool);
		if (!err && flush)
			mmu_flush_range(va, size);
		spin_unlock_irqrestore(&mmu_lock, flags);
	} while (unlikely(err == -ENOMEM) && !pool_fill(&pool));
	pool_drain(&pool);
	return err;
}

int arch_unmap(unsigned long va, size_t size)
{
	return unmap(va, size, true);
}

int arch_unmap_noflush(unsigned long va, size_t size)
{
	return unmap(va, size, false);
}

void flush_tlb_kernel_range(unsigned long start, unsigned long end)
{
	mmu_flush_range(start, end - start);
}

/*
 * The flush is under the lock: who maps something in a part that lost its table must
 * not meet the old table in a CPU's caches.
 */
void arch_free_tables(unsigned long start, unsigned long end)
{
	struct pgtable_pool pool = {};
	unsigned long flags;

	spin_lock_irqsave(&mmu_lock, flags);
	pgtable_prune(&live_pgtable, start, end, &pool);
	mmu_flush_range(start, end - start);
	spin_unlock_irqrestore(&mmu_lock, flags);
	pool_drain(&pool);
}

int arch_protect(unsigned long va, size_t size, unsigned int prot)
{
	struct pgtable_pool pool = {};
	unsigned long flags;
	int err;

	do {
		spin_lock_irqsave(&mmu_lock, flags);
		err = pgtable_protect(&live_pgtable, va, size, prot, &pool);
		if (!err)
			mmu_flush_range(va, size);
		spin_unlock_irqrestore(&mmu_lock, flags);
	} while (err == -ENOMEM && !pool_fill(&pool));
	pool_drain(&pool);
	return err;
}
