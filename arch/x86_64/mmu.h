/* SPDX-License-Identifier: MIT */
/*
 * The live page tables: the ones that CR3 points at.
 *
 * Owns:       live_pgtable, and the order in which the CPU is switched over.
 * Invariants: live_pgtable.root is what CR3 holds. Until mmu_load() these are
 *             the firmware's tables, which are read and never changed.
 * Lifetime:   from mmu_early_init() on.
 * Locking:    mmu_lock guards changes; reading needs none, and exceptions read.
 * Units:      bytes.
 * Failure:    -errno as in <baremm/arch.h>.
 */
#ifndef _ARCH_X86_64_MMU_H
#define _ARCH_X86_64_MMU_H

#include <linux/spinlock.h>

#include "pgtable.h"

struct boot_info;

/* Linux's layout, by number of levels: see Documentation/x86/x86_64/mm.rst. */
#define PAGE_OFFSET_L4	   0xffff888000000000UL
#define VMALLOC_L4	   0xffffc90000000000UL
#define VMALLOC_SIZE_L4	   (32UL << 40)
#define VMEMMAP_L4	   0xffffea0000000000UL
#define PAGE_OFFSET_L5	   0xff11000000000000UL
#define VMALLOC_L5	   0xffa0000000000000UL
#define VMALLOC_SIZE_L5	   (12800UL << 40)
#define VMEMMAP_L5	   0xffd4000000000000UL
#define DIRECT_MAP_SIZE_L4 (1UL << 46) /* 64 TB */
#define DIRECT_MAP_SIZE_L5 (1UL << 52) /* 4 PB, all that a physical address can name */

/* A framebuffer that cannot lie at its identity address goes here. */
#define FB_WINDOW 0xffffff0000000000UL

/* Entries 0 to 7: WB WC UC- UC WB WP UC- WT, Linux's choice. */
#define PAT_VALUE 0x0407050600070106ULL

extern struct pgtable live_pgtable;
extern spinlock_t mmu_lock;

/* Where the framebuffer is mapped write-combining; 0 where it is not. */
extern unsigned long fb_mapping;

/* Takes the firmware's tables as the live ones, and sets up the virtual layout. */
void mmu_early_init(void);

/*
 * Takes Linux's layout for that many levels: where the direct map will be and how
 * much it can hold, vmalloc_base, vmemmap_base.
 */
void mmu_set_layout(int levels);
unsigned long mmu_page_offset(void);
unsigned long mmu_direct_map_size(void);

/* The end of the memory that page structs in the layout's memmap can describe. */
phys_addr_t mmu_memmap_limit(void);

/*
 * Sets NXE, WP and the PAT, and makes @pgt, whose virt_base is 0, the live tables.
 * Where these have five levels and the firmware's four, goes through the page at
 * @trampoline, which @pgt maps executable. -EIO: CR4.LA57 cannot be set, and the
 * firmware's tables are live as before.
 */
int mmu_load(const struct pgtable *pgt, phys_addr_t trampoline);

/* On a CPU that was started, on the live tables with NXE set: WP and the PAT. */
void mmu_cpu_init(void);

/*
 * All CPUs forget their translations of [va, va + size), also with spinlocks held; the
 * calling one forgets all that it has.
 */
void mmu_flush_range(unsigned long va, size_t size);
void mmu_flush_all(void);

/* The record whose ranges the tables were built from; NULL before. */
extern const struct boot_info *mmu_boot_info;

#endif /* _ARCH_X86_64_MMU_H */
