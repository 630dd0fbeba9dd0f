/* SPDX-License-Identifier: MIT */
/* The live page tables: where they are, how the CPU gets them, and reading them. */
#include "mmu.h"

#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/mm_types.h>
#include <linux/pfn.h>
#include <linux/smp.h>

#include "cpu.h"
#include "la57.h"
#include "mem_encrypt.h"

/* Beyond this many pages, forgetting everything is cheaper: Linux's number. */
#define FLUSH_PAGES_MAX 33

unsigned long page_offset_base;
unsigned long vmalloc_base = VMALLOC_L4;
unsigned long vmalloc_size = VMALLOC_SIZE_L4;
unsigned long vmemmap_base = VMEMMAP_L4;

struct pgtable live_pgtable;

/* Linux leaves the memmap a terabyte, or half a petabyte. */
static_assert(MAX_MEMMAP_PFN_L4 * sizeof(struct page) <= 1UL << 40);
static_assert(MAX_ARCH_PFN_L5 * sizeof(struct page) <= 1UL << 49);

static int layout_levels;

void mmu_set_layout(int levels)
{
	layout_levels = levels;
	vmalloc_base = levels == 5 ? VMALLOC_L5 : VMALLOC_L4;
	vmalloc_size = levels == 5 ? VMALLOC_SIZE_L5 : VMALLOC_SIZE_L4;
	vmemmap_base = levels == 5 ? VMEMMAP_L5 : VMEMMAP_L4;
}

void mmu_early_init(void)
{
	live_pgtable.enc = sme_me_mask;
	live_pgtable.root = entry_phys(&live_pgtable, read_cr3());
	live_pgtable.levels = read_cr4() & CR4_LA57 ? 5 : 4;
	live_pgtable.max_leaf = cpu_info.gb_pages ? 3 : 2;
	mmu_set_layout(live_pgtable.levels);
}

unsigned long mmu_page_offset(void)
{
	return layout_levels == 5 ? PAGE_OFFSET_L5 : PAGE_OFFSET_L4;
}

unsigned long mmu_direct_map_size(void)
{
	return layout_levels == 5 ? DIRECT_MAP_SIZE_L5 : DIRECT_MAP_SIZE_L4;
}

phys_addr_t mmu_memmap_limit(void)
{
	return PFN_PHYS(layout_levels == 5 ? MAX_ARCH_PFN_L5 : MAX_MEMMAP_PFN_L4);
}

/* ---- Registers ------------------------------------------------------------- */

/* Intel SDM 4.10.4.1: changing CR4.PGE forgets everything, global pages too. */
void mmu_flush_all(void)
{
	unsigned long cr4 = read_cr4();

	write_cr4(cr4 ^ CR4_PGE);
	write_cr4(cr4);
}

struct flush_range {
	unsigned long start, end;
};

static void flush_local(void *arg)
{
	const struct flush_range *range = arg;

	if (range->end - range->start > FLUSH_PAGES_MAX * PAGE_SIZE) {
		mmu_flush_all();
		return;
	}
	for (unsigned long va = range->start; va < range->end; va += PAGE_SIZE)
		invlpg(va);
}

void arch_flush_tlb_local(unsigned long va, size_t size)
{
	struct flush_range range = {va, va + size};

	flush_local(&range);
}

void mmu_flush_range(unsigned long va, size_t size)
{
	struct flush_range range = {va, va + size};

	if (num_online_cpus() == 1)
		flush_local(&range);
	else
		on_each_cpu(flush_local, &range, true);
}

/*
 * A changed PAT gives firmware's mappings another meaning, so nothing may be left
 * in the caches from before (Intel SDM 12.12.4), and its tables go right after. The
 * same holds for memory that is encrypted from now on (AMD APM volume 2, 7.10.6).
 */
static void load_pat_and_root(const struct pgtable *pgt)
{
	wbinvd();
	wrmsr(MSR_IA32_CR_PAT, PAT_VALUE);
	wbinvd();
	write_cr3(pgt->root | pgt->enc);
	write_cr4(read_cr4() | CR4_PGE);
	mmu_flush_all();
	write_cr0(read_cr0() | CR0_WP);
}

void mmu_cpu_init(void)
{
	load_pat_and_root(&live_pgtable);
}

/* NX bits are reserved, so faulting, until EFER.NXE is set: that comes first. */
int mmu_load(const struct pgtable *pgt, phys_addr_t trampoline)
{
	unsigned long flags = arch_local_irq_save();
	int err = 0;

	wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_NXE);
	if (pgt->levels != live_pgtable.levels)
		err = la57_enter(pgt, trampoline);
	if (!err) {
		load_pat_and_root(pgt);
		page_offset_base = mmu_page_offset();
		live_pgtable = *pgt;
		live_pgtable.virt_base = page_offset_base;
	}
	arch_local_irq_restore(flags);
	return err;
}

/* ---- Reading, as baremm/arch.h says ---------------------------------------- */

int arch_query(unsigned long va, struct arch_mapping *mapping)
{
	return pgtable_query(&live_pgtable, va, mapping);
}

int arch_walk(unsigned long start, unsigned long end, arch_walk_fn fn, void *arg)
{
	return pgtable_walk(&live_pgtable, start, end, fn, arg);
}
