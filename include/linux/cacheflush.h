/* SPDX-License-Identifier: MIT */
/*
 * Caches that have to be told: on none of the machines here, where caches keep themselves in
 * step with memory and with each other under all addresses.
 *
 * Source: Linux's Documentation/core-api/cachetlb.rst; these are what it has for x86.
 */
#ifndef _LINUX_CACHEFLUSH_H
#define _LINUX_CACHEFLUSH_H

#include <linux/types.h>

struct page;
struct folio;

static inline void flush_dcache_page(struct page *page)
{
	(void)page;
}

static inline void flush_dcache_folio(struct folio *folio)
{
	(void)folio;
}

static inline void flush_kernel_vmap_range(void *vaddr, int size)
{
	(void)vaddr, (void)size;
}

static inline void invalidate_kernel_vmap_range(void *vaddr, int size)
{
	(void)vaddr, (void)size;
}

static inline void flush_icache_range(unsigned long start, unsigned long end)
{
	(void)start, (void)end;
}

static inline void flush_cache_vmap(unsigned long start, unsigned long end)
{
	(void)start, (void)end;
}

static inline void flush_cache_vunmap(unsigned long start, unsigned long end)
{
	(void)start, (void)end;
}

#define flush_cache_all()		  ((void)0)
#define flush_dcache_mmap_lock(mapping)	  ((void)(mapping))
#define flush_dcache_mmap_unlock(mapping) ((void)(mapping))

#endif /* _LINUX_CACHEFLUSH_H */
