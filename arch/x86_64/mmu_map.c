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
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/vmstat.h>
#include <baremm/bringup.h>

#include "cpu.h"

/* ---- Pages for tables ------------------------------------------------------ */

/* Before slab, that is as long as the early allocators are there. */
static noinline phys_addr_t __ref early_table_alloc(void)
{
	return early_alloc_phys(PAGE_SIZE, NUMA_NO_NODE);
}

static noinline void __ref early_table_free(phys_addr_t phys)
{
	early_free(phys, PAGE_SIZE);
}

/* One page from whichever allocator is up, counted as a table; 0 where there is none. */
static phys_addr_t table_page_alloc(void)
{
	struct page *page;

	if (!slab_is_available())
		return early_table_alloc();
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
		early_table_free(phys);
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

/* ---- Changes --------------------------------------------------------------- */

struct change {
	enum { CHANGE_MAP, CHANGE_MAP_PAGES, CHANGE_UNMAP, CHANGE_PROTECT } what;
	unsigned long va;
	size_t size;
	unsigned int prot;
	phys_addr_t pa;		   /* CHANGE_MAP */
	struct page *const *pages; /* CHANGE_MAP_PAGES */
};

static int apply(const struct change *c, struct pgtable_pool *pool)
{
	switch (c->what) {
	case CHANGE_MAP:
		return pgtable_map(&live_pgtable, c->va, c->pa, c->size, c->prot, pool);
	case CHANGE_MAP_PAGES:
		return pgtable_map_pages(&live_pgtable, c->va, c->pages, c->size >> PAGE_SHIFT,
					 c->prot, pool);
	case CHANGE_UNMAP:
		return pgtable_unmap(&live_pgtable, c->va, c->size, pool);
	default:
		return pgtable_protect(&live_pgtable, c->va, c->size, c->prot, pool);
	}
}

/*
 * Addresses whose empty tables went a moment ago, while CPUs may have these in their
 * caches still: who put a new table there would have CPUs that look into the old one.
 */
static unsigned long pruned_start, pruned_end;

/* Takes mmu_lock where tables may be put into [start, end). */
static unsigned long lock_tables(unsigned long start, unsigned long end)
{
	unsigned long flags;

	for (;;) {
		spin_lock_irqsave(&mmu_lock, flags);
		if (start >= pruned_end || end <= pruned_start)
			return flags;
		spin_unlock_irqrestore(&mmu_lock, flags);
		cpu_relax();
	}
}

/* With the tables that it takes. */
static noinline int change_with_tables(const struct change *c, struct pgtable_pool *pool)
{
	unsigned long flags;
	int err;

	do {
		err = pool_fill(pool);
		if (err)
			break;
		flags = lock_tables(c->va, c->va + c->size);
		err = apply(c, pool);
		spin_unlock_irqrestore(&mmu_lock, flags);
	} while (err == -ENOMEM);
	pool_drain(pool);
	return err;
}

/* Most changes find the tables there. */
static __always_inline int change_tables(const struct change *c)
{
	struct pgtable_pool pool = {};
	unsigned long flags;
	int err;

	spin_lock_irqsave(&mmu_lock, flags);
	err = apply(c, &pool);
	spin_unlock_irqrestore(&mmu_lock, flags);
	return unlikely(err == -ENOMEM) ? change_with_tables(c, &pool) : err;
}

/* ---- The contract of baremm/arch.h ----------------------------------------- */

int arch_map(unsigned long va, phys_addr_t pa, size_t size, unsigned int prot)
{
	const struct change c = {
		.what = CHANGE_MAP, .va = va, .pa = pa, .size = size, .prot = prot};

	/* In an entry, address bits that the CPU does not have are reserved ones. */
	if (size && (pa + size - 1) >> cpu_info.phys_bits)
		return -EINVAL;
	return change_tables(&c);
}

static noinline int map_many_pages(unsigned long va, struct page *const *pages, size_t nr,
				   unsigned int prot)
{
	const struct change c = {.what = CHANGE_MAP_PAGES,
				 .va = va,
				 .pages = pages,
				 .size = nr << PAGE_SHIFT,
				 .prot = prot};

	return nr > ~0UL >> PAGE_SHIFT ? -EINVAL : change_tables(&c);
}

int arch_map_pages(unsigned long va, struct page *const *pages, size_t nr, unsigned int prot)
{
	unsigned long flags;
	bool done;

	spin_lock_irqsave(&mmu_lock, flags);
	done = pgtable_map_few(&live_pgtable, va, pages, nr, prot);
	spin_unlock_irqrestore(&mmu_lock, flags);
	return likely(done) ? 0 : map_many_pages(va, pages, nr, prot);
}

static noinline int unmap_many(unsigned long va, size_t size)
{
	const struct change c = {.what = CHANGE_UNMAP, .va = va, .size = size};

	return change_tables(&c);
}

int arch_unmap_noflush(unsigned long va, size_t size)
{
	unsigned long flags;
	bool done;

	spin_lock_irqsave(&mmu_lock, flags);
	done = pgtable_unmap_few(&live_pgtable, va, size);
	spin_unlock_irqrestore(&mmu_lock, flags);
	return likely(done) ? 0 : unmap_many(va, size);
}

int arch_unmap(unsigned long va, size_t size)
{
	int err = arch_unmap_noflush(va, size);

	if (!err)
		mmu_flush_range(va, size);
	return err;
}

int arch_protect(unsigned long va, size_t size, unsigned int prot)
{
	const struct change c = {.what = CHANGE_PROTECT, .va = va, .size = size, .prot = prot};
	int err = change_tables(&c);

	if (!err)
		mmu_flush_range(va, size);
	return err;
}

/* A line goes from all CPUs' caches, whatever the types under which they have it (Intel SDM, CLFLUSH). */
void arch_flush_cache(unsigned long va, size_t size)
{
	u32 regs[4];
	unsigned long line;

	cpuid(1, 0, regs);
	line = (regs[1] >> 8 & 0xff) * 8;
	__asm__ __volatile__("mfence" : : : "memory");
	for (unsigned long at = va & ~(line - 1); at < va + size; at += line)
		__asm__ __volatile__("clflush (%0)" : : "r"(at) : "memory");
	__asm__ __volatile__("mfence" : : : "memory");
}

void flush_tlb_kernel_range(unsigned long start, unsigned long end)
{
	mmu_flush_range(start, end - start);
}

/* The flush is without the lock: CPUs that wait for that could not answer. */
void arch_free_tables(unsigned long start, unsigned long end)
{
	struct pgtable_pool pool = {};
	unsigned long flags;

	/* One at a time. */
	flags = lock_tables(0, ~0UL);
	pgtable_prune(&live_pgtable, start, end, &pool);
	pruned_start = start;
	pruned_end = end;
	spin_unlock_irqrestore(&mmu_lock, flags);

	flush_tlb_kernel_range(start, end);

	spin_lock_irqsave(&mmu_lock, flags);
	pruned_start = pruned_end = 0;
	spin_unlock_irqrestore(&mmu_lock, flags);
	pool_drain(&pool);
}
