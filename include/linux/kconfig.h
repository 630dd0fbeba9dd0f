/* SPDX-License-Identifier: MIT */
/*
 * What programs for Linux ask of its configuration, and the answers that hold here.
 *
 * Owns:       IS_ENABLED() and its like, and each CONFIG_ name that tells of memory or of the
 *             machine and is true here. A name that is not here is not set: what it stands for
 *             is not there, or nobody outside of Linux's own mm/ asks for it.
 * Invariants: none of them chooses anything: mm/ is the same for all.
 * Lifetime:   while something is compiled. compiler.h includes it, because Linux's build gives
 *             it to each file.
 * Locking:    none: constants.
 * Units:      CONFIG_HZ: ticks a second; CONFIG_NODES_SHIFT: bits.
 * Failure:    none.
 * Source:     Linux's kconfig.h, and the meaning that its Kconfig files give each name.
 */
#ifndef _LINUX_KCONFIG_H
#define _LINUX_KCONFIG_H

/*
 * 1 where @option is set to y or to m, to y, to m, else 0; for #if and for if. An option is set by
 * a macro of its name that is 1, to m by one whose name ends in _MODULE. IS_REACHABLE(): set to y,
 * or to m in what is a module itself, which nothing is here.
 */
#define IS_BUILTIN(option)   KCONFIG_IS_ONE(option)
#define IS_MODULE(option)    KCONFIG_IS_ONE(option##_MODULE)
#define IS_REACHABLE(option) KCONFIG_IS_ONE(option)
#define IS_ENABLED(option)   (KCONFIG_IS_ONE(option) || KCONFIG_IS_ONE(option##_MODULE))

/*
 * KCONFIG_COMMA_1 is the only name of its kind: it makes two arguments of one, and so moves the 1
 * into second place. Anything else stays one argument, and 0 comes second.
 */
#define KCONFIG_COMMA_1			   0,
#define KCONFIG_IS_ONE(value)		   KCONFIG_EXPANDED(value)
#define KCONFIG_EXPANDED(value)		   KCONFIG_CHOICE(KCONFIG_COMMA_##value)
#define KCONFIG_CHOICE(...)		   KCONFIG_SECOND(__VA_ARGS__ 1, 0, 0)
#define KCONFIG_SECOND(first, second, ...) second

/* ---- The machine ------------------------------------------------------------------------------ */

#define CONFIG_64BIT		     1
#define CONFIG_ARCH_DMA_ADDR_T_64BIT 1
#define CONFIG_HAS_DMA		     1
#define CONFIG_HAS_IOMEM	     1
#define CONFIG_HZ		     1000
#define CONFIG_MMU		     1
#define CONFIG_PHYS_ADDR_T_64BIT     1
#define CONFIG_SMP		     1

/* ---- Its memory ------------------------------------------------------------------------------- */

#define CONFIG_HIGHMEM		 1
#define CONFIG_NODES_SHIFT	 10
#define CONFIG_NUMA		 1
#define CONFIG_SPARSEMEM	 1
#define CONFIG_SPARSEMEM_VMEMMAP 1
#define CONFIG_ZONE_DMA		 1
#define CONFIG_ZONE_DMA32	 1

/* ---- What hands it out ------------------------------------------------------------------------ */

#define CONFIG_BALLOON_COMPACTION 1
#define CONFIG_CMA		  1
#define CONFIG_COMPACTION	  1
#define CONFIG_CONTIG_ALLOC	  1
#define CONFIG_DMA_CMA		  1
#define CONFIG_DMA_PERNUMA_CMA	  1
#define CONFIG_GENERIC_ALLOCATOR  1
#define CONFIG_HUGETLB_PAGE	  1
#define CONFIG_MEMORY_BALLOON	  1
#define CONFIG_MEMORY_FAILURE	  1
#define CONFIG_MEMORY_ISOLATION	  1
#define CONFIG_MIGRATION	  1
#define CONFIG_NEED_SG_DMA_LENGTH 1
#define CONFIG_SLUB		  1
#define CONFIG_SLUB_DEBUG	  1
#define CONFIG_SWIOTLB		  1
#define CONFIG_VM_EVENT_COUNTERS  1
#define CONFIG_XARRAY_MULTI	  1

/* Folios of the page cache are; there are no processes that map them. */
#define CONFIG_TRANSPARENT_HUGEPAGE 1

/* ---- What watches who has it ------------------------------------------------------------------ */

#define CONFIG_BUG		      1
#define CONFIG_DEBUG_KMEMLEAK	      1
#define CONFIG_FAILSLAB		      1
#define CONFIG_FAIL_PAGE_ALLOC	      1
#define CONFIG_FAULT_INJECTION	      1
#define CONFIG_KFENCE		      1
#define CONFIG_PAGE_EXTENSION	      1
#define CONFIG_PAGE_OWNER	      1
#define CONFIG_PAGE_POISONING	      1
#define CONFIG_PRINTK		      1
#define CONFIG_SHUFFLE_PAGE_ALLOCATOR 1
#define CONFIG_STACKDEPOT	      1
#define CONFIG_STACKTRACE	      1

#endif /* _LINUX_KCONFIG_H */
