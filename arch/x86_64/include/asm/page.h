/* SPDX-License-Identifier: MIT */
/* Pages, sections and address translation on x86-64. */
#ifndef _ASM_PAGE_H
#define _ASM_PAGE_H

#include <linux/types.h>

#define PAGE_SHIFT 12
#define PAGE_SIZE  (1UL << PAGE_SHIFT)
#define PAGE_MASK  (~(PAGE_SIZE - 1))

#define SECTION_SIZE_BITS  27 /* 128 MB */
#define MAX_PHYSMEM_BITS   52
#define HUGETLB_PAGE_ORDER 9 /* 2 MB */

#define MAX_DMA_PFN   (1UL << (24 - PAGE_SHIFT)) /* ISA's 24 address lines */
#define MAX_DMA32_PFN (1UL << (32 - PAGE_SHIFT))

/*
 * Where the virtual layout of Linux x86-64 puts things; the values differ with
 * four and five levels of page tables (Linux Documentation/x86/x86_64/mm.rst).
 * page_offset_base is 0, the identity, until the direct map is loaded.
 */
extern unsigned long page_offset_base;
extern unsigned long vmalloc_base;
extern unsigned long vmalloc_size;
extern unsigned long vmemmap_base;
extern unsigned long max_arch_pfn;

/* Linux's hole above the memmap, with four levels and with five. */
#define PERCPU_BASE 0xfffffc0000000000UL
#define PERCPU_SIZE (1UL << 41)

#define PAGE_OFFSET   page_offset_base
#define VMEMMAP_START vmemmap_base
#define VMALLOC_START vmalloc_base
#define VMALLOC_END   (vmalloc_base + vmalloc_size - 1)
#define MAX_ARCH_PFN  max_arch_pfn

/* The end of what Linux keeps for modules, and 2 MB of the hole between that and its fixmap. */
#define PKMAP_BASE    0xfffffffffd000000UL
#define FIX_KMAP_BASE 0xfffffffffd200000UL

/* max_arch_pfn with four and with five levels of page tables. */
#define MAX_ARCH_PFN_L4 (1UL << (46 - PAGE_SHIFT))
#define MAX_ARCH_PFN_L5 (1UL << (52 - PAGE_SHIFT))

/* With four levels page structs reach twice as far as the direct map. */
#define MAX_MEMMAP_PFN_L4 (1UL << (47 - PAGE_SHIFT))
#define MAX_MEMMAP_PFN	  (max_arch_pfn == MAX_ARCH_PFN_L4 ? MAX_MEMMAP_PFN_L4 : MAX_ARCH_PFN_L5)

/* Addresses below this are identity-mapped (the lower half). */
#define IDENTITY_END 0x0100000000000000UL

static inline void *phys_to_virt(phys_addr_t pa)
{
	return (void *)(pa + page_offset_base);
}

static inline phys_addr_t virt_to_phys(const volatile void *va)
{
	unsigned long addr = (unsigned long)va;

	return addr < IDENTITY_END ? addr : addr - page_offset_base;
}

#define __va(pa) phys_to_virt((phys_addr_t)(pa))
#define __pa(va) virt_to_phys((const volatile void *)(unsigned long)(va))

#endif /* _ASM_PAGE_H */
