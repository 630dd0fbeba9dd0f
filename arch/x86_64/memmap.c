/* SPDX-License-Identifier: MIT */
/*
 * Backing the memmap, section by section, in the live page tables.
 *
 * The caller brings the pages for tables, so that a zone can grow when there is no
 * free page: a section needs one table of the lowest level, and seldom one above.
 */
#include <baremm/arch.h>

#include <linux/errno.h>
#include <linux/spinlock.h>

#include "mmu.h"

DEFINE_SPINLOCK_RANK(mmu_lock, LOCK_RANK_MMU);

int arch_map_memmap(unsigned long va, phys_addr_t pa, size_t size, const phys_addr_t *table_pages,
		    int nr)
{
	struct pgtable_pool pool = {};
	unsigned long flags;
	int err;

	if (!pa)
		return -EINVAL;
	spin_lock_irqsave(&mmu_lock, flags);
	for (int i = nr; i-- > 0;) /* the first of them is used first */
		pgtable_pool_add(&live_pgtable, &pool, table_pages[i]);
	err = pgtable_map(&live_pgtable, va, pa, size, ARCH_MAP_WRITE, &pool);
	spin_unlock_irqrestore(&mmu_lock, flags);
	return err ? err : nr - (int)pool.nr;
}
