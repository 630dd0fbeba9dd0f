/* SPDX-License-Identifier: MIT */
/*
 * Page protections with Linux's names, for vmap() and its like. What they are made of
 * is no interface: here it is the ARCH_MAP_* of the arch contract.
 */
#ifndef _LINUX_PGTABLE_H
#define _LINUX_PGTABLE_H

#include <linux/types.h>
#include <baremm/arch.h>

typedef struct {
	unsigned int pgprot;
} pgprot_t;

#define __pgprot(x)   ((pgprot_t){(x)})
#define pgprot_val(x) ((x).pgprot)

#define PAGE_KERNEL	    __pgprot(ARCH_MAP_WRITE)
#define PAGE_KERNEL_RO	    __pgprot(ARCH_MAP_READ)
#define PAGE_KERNEL_ROX	    __pgprot(ARCH_MAP_EXEC)
#define PAGE_KERNEL_NOCACHE __pgprot(ARCH_MAP_WRITE | ARCH_MAP_UC)
#define PAGE_KERNEL_IO	    PAGE_KERNEL

/* The same with another cache type. */
static inline pgprot_t pgprot_cache(pgprot_t prot, unsigned int type)
{
	return __pgprot((pgprot_val(prot) & ~(unsigned int)ARCH_MAP_CACHE) | type);
}

#define pgprot_noncached(prot)	  pgprot_cache(prot, ARCH_MAP_UC)
#define pgprot_writecombine(prot) pgprot_cache(prot, ARCH_MAP_WC)
#define pgprot_writethrough(prot) pgprot_cache(prot, ARCH_MAP_WT)

/* Not executable; a device's; and what of it says whether memory is encrypted: arch/ knows that. */
#define pgprot_nx(prot)	       __pgprot(pgprot_val(prot) & ~(unsigned int)ARCH_MAP_EXEC)
#define pgprot_device(prot)    pgprot_noncached(prot)
#define pgprot_mhp(prot)       (prot)
#define pgprot_encrypted(prot) (prot)

/* What comes with this header on Linux. */
#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/mm_types.h>
#include <linux/pfn.h>

#endif /* _LINUX_PGTABLE_H */
