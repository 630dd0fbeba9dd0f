/* SPDX-License-Identifier: MIT */
/*
 * How pages that are mapped may be reached: read-only, executable, cached, or not at all.
 *
 *   set_memory_ro((unsigned long)table, 1);	who writes to it faults
 *   ...
 *   set_memory_rw((unsigned long)table, 1);	before it is freed
 *
 * Owns:       nothing. Whoever changes a page has it allocated, and makes it again what it was
 *             before he frees it.
 * Invariants: what is asked for is changed, and nothing else of the same pages. The direct map's
 *             address of the same memory goes along, but in what is executable. Nothing is
 *             writable and executable at once. Larger pages are split where a part is changed, and
 *             stay so.
 * Lifetime:   from vmalloc_init() on.
 * Locking:    one call at a time, which waits; no lock held, and not in interrupts. Of those whose
 *             name ends in noflush: any context, one call for a page at a time.
 * Units:      @addr is a virtual address, of a page's first byte; @numpages of PAGE_SIZE.
 * Failure:    -EFAULT: not mapped, and not of the direct map; -EINVAL: writable and executable, or
 *             for cache types not of the direct map; -EBUSY: somebody has it as another cache type;
 *             all of these with nothing changed. -ENOMEM: no page for a table, and the first
 *             pages may be changed.
 * Source:     Linux 6.1's set_memory.h, and of x86 its asm/set_memory.h. What is about processes'
 *             page tables there (set_memory_global()) is not here.
 */
#ifndef _LINUX_SET_MEMORY_H
#define _LINUX_SET_MEMORY_H

#include <linux/mm.h>
#include <linux/pgtable.h>

int set_memory_ro(unsigned long addr, int numpages);
int set_memory_rw(unsigned long addr, int numpages);
int set_memory_x(unsigned long addr, int numpages);
int set_memory_nx(unsigned long addr, int numpages);

/*
 * Not mapped any more: who touches it faults. The second form leaves the direct map's address
 * of the same memory as it is.
 */
int set_memory_np(unsigned long addr, int numpages);
int set_memory_np_noalias(unsigned long addr, int numpages);

/* In pages of PAGE_SIZE alone; nothing else changes. */
int set_memory_4k(unsigned long addr, int numpages);

/*
 * The cache type of the direct map's pages: uncached (uncached-minus), write-combining, and
 * write-back as they were. Each page has one owner of its type at a time. Caches are written
 * back before they are passed by.
 */
int set_memory_uc(unsigned long addr, int numpages);
int set_memory_wc(unsigned long addr, int numpages);
int set_memory_wb(unsigned long addr, int numpages);

/* The same of any mapping, and without a look at who has the memory as which type. */
int _set_memory_uc(unsigned long addr, int numpages);
int _set_memory_wc(unsigned long addr, int numpages);
int _set_memory_wt(unsigned long addr, int numpages);
int _set_memory_wb(unsigned long addr, int numpages);

/* All of @prot at once. */
int __set_memory_prot(unsigned long addr, int numpages, pgprot_t prot);

/* By page structs, from @page on, in the direct map. */
int set_pages_uc(struct page *page, int numpages);
int set_pages_wb(struct page *page, int numpages);
int set_pages_ro(struct page *page, int numpages);
int set_pages_rw(struct page *page, int numpages);

/* Of @numpages pages anywhere; high memory's are left out. -EINVAL whatever fails; all or none. */
int set_pages_array_uc(struct page **pages, int numpages);
int set_pages_array_wc(struct page **pages, int numpages);
int set_pages_array_wb(struct page **pages, int numpages);

/*
 * Takes @page out of the direct map, and puts it back, mapped and writable. CPUs may use what they
 * remember until flush_tlb_kernel_range().
 */
int set_direct_map_invalid_noflush(struct page *page);
int set_direct_map_default_noflush(struct page *page);

/* Is it in the direct map now? */
bool kernel_page_present(struct page *page);

/* For pgtable_verify(): has the page's owner taken it out of the direct map by any of these? */
bool is_direct_map_absent(unsigned long pfn);

/* Can the direct map be changed page by page? */
static inline bool can_set_direct_map(void)
{
	return true;
}
#define can_set_direct_map can_set_direct_map

/* A page with errors leaves the direct map, so that no CPU reads ahead of need; and comes back. */
int set_mce_nospec(unsigned long pfn);
int clear_mce_nospec(unsigned long pfn);

#endif /* _LINUX_SET_MEMORY_H */
