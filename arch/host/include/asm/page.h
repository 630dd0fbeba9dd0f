/* SPDX-License-Identifier: MIT */
/*
 * Pages, sections and address translation on a host process: simulated RAM is
 * one sparse mapping, and physical address 0 lies at host_ram_base. Until a
 * machine is made (host_machine_init() in host/machine.h) there is none.
 */
#ifndef _ASM_PAGE_H
#define _ASM_PAGE_H

#include <linux/types.h>

#define PAGE_SHIFT 12
#define PAGE_SIZE  (1UL << PAGE_SHIFT)
#define PAGE_MASK  (~(PAGE_SIZE - 1))

#define SECTION_SIZE_BITS  27
#define MAX_PHYSMEM_BITS   52
#define HUGETLB_PAGE_ORDER 9

#define MAX_DMA_PFN   (1UL << (24 - PAGE_SHIFT))
#define MAX_DMA32_PFN (1UL << (32 - PAGE_SHIFT))
#define MAX_ARCH_PFN  (1UL << (46 - PAGE_SHIFT))

#define MAX_MEMMAP_PFN MAX_ARCH_PFN

extern unsigned long host_ram_base;
extern unsigned long host_vmemmap_base;
extern unsigned long host_map_base;

#define PAGE_OFFSET   host_ram_base
#define VMEMMAP_START host_vmemmap_base
#define VMALLOC_START host_map_base
#define VMALLOC_END   (PERCPU_BASE - 1)

/* Addresses that arch_map() maps. ThreadSanitizer leaves a process little more than one TB. */
#ifdef __SANITIZE_THREAD__
#define HOST_MAP_SIZE (1UL << 38)
#else
#define HOST_MAP_SIZE (1UL << 40)
#endif

/* The last 6 MB of them. */
#define PKMAP_BASE    (host_map_base + HOST_MAP_SIZE - (6UL << 20))
#define FIX_KMAP_BASE (PKMAP_BASE + (2UL << 20))

/* Below these. */
#define PERCPU_SIZE (4UL << 30)
#define PERCPU_BASE (PKMAP_BASE - PERCPU_SIZE)

static inline void *phys_to_virt(phys_addr_t pa)
{
	return (void *)(pa + host_ram_base);
}

static inline phys_addr_t virt_to_phys(const volatile void *va)
{
	return (unsigned long)va - host_ram_base;
}

#define __va(pa) phys_to_virt((phys_addr_t)(pa))
#define __pa(va) virt_to_phys((const volatile void *)(unsigned long)(va))

#endif /* _ASM_PAGE_H */
