/* SPDX-License-Identifier: MIT */
/*
 * High memory: RAM past the direct map, and addresses for its pages while they are
 * needed.
 *
 *   physical  0        highstart_pfn                     max_pfn
 *             |- direct map -|---------- high memory ---------|
 *   zones      DMA DMA32 Normal  HighMem, or Movable taken from it
 *
 * How much the direct map holds is the architecture's choice, or less with directmap=.
 * High memory goes to callers that permit it with __GFP_HIGHMEM, and to no others; its
 * page structs lie in itself, mapped by the memmap's page tables, and what must have
 * an address for ever (page tables, entries of sections, slabs) lies below.
 *
 * Handed over: sections with anything reserved get page structs at boot, and their free
 * pages go to the allocator one by one, as Linux's set_highmem_pages_init() does. A
 * section that is free as a whole waits unmade, as all memory does (linux/mmzone.h):
 * it is counted at boot, and its pages follow when the zone grows into it. So the cost
 * is that of the reserved ranges, not of the RAM; memmap_init=eager pays for all at once.
 *
 * Two windows lend addresses, where Linux x86-64 has its fixmap and a hole below it:
 *
 *   PKMAP_BASE      512 pages     kmap(): any CPU, as long as wanted. A mapping that
 *                                 nobody uses stays until all others are used up.
 *   FIX_KMAP_BASE   16 pages for  kmap_local_page(): this CPU's, given back in the
 *                   each CPU      reverse order, like a stack.
 *
 * Owns:       both windows, highstart_pfn, and the count of high pages.
 * Invariants: a page is mapped at most once by kmap(); a CPU's local mappings are
 *             its lowest slots; pages below highstart_pfn are never mapped here.
 * Lifetime:   from arch_init_mem_mapping() on. Tables for the windows are made then,
 *             so that no mapping needs memory.
 * Locking:    kmap() a lock of its own, innermost but for the page tables'; any
 *             context. Local mappings belong to a CPU: no lock, and who takes one
 *             stays on it.
 * Units:      pages.
 * Failure:    NULL, one line in the log and one in kmap_refusals: no slot left. Linux
 *             would have kmap() wait for one, and stop at a local one too many. Giving
 *             back what was not lent, or in another order, is refused in the same way.
 * Weakness:   other CPUs keep translations of what kmap() had mapped, as
 *             arch_unmap() says; who starts CPUs must tell them.
 */
#ifndef _LINUX_HIGHMEM_H
#define _LINUX_HIGHMEM_H

#include <linux/build_bug.h>
#include <linux/cacheflush.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/string.h>
#include <asm/arch.h>
#include <asm/page.h>

/* Slots of kmap_local_page() for each CPU, and of kmap(). */
#define KM_MAX_IDX 16
#define LAST_PKMAP 512

/* Does the direct map hold the page, whatever its zone? */
static inline bool page_is_direct(const struct page *page)
{
	return page_to_pfn(page) < highstart_pfn;
}

/* ---- Mapping ----------------------------------------------------------------- */

/*
 * An address of @page until kunmap_local() on this CPU; that of the direct map where
 * there is one. Mappings are given back newest first.
 */
void *kmap_local_page(struct page *page);
void __kunmap_local(const void *addr);

#define kunmap_local(addr)                                                                   \
	do {                                                                                 \
		BUILD_BUG_ON(__builtin_types_compatible_p(__typeof__(addr), struct page *)); \
		__kunmap_local(addr);                                                        \
	} while (0)

/* Linux's older names; nothing preempts here, so they are the same. */
#define kmap_atomic(page)   kmap_local_page(page)
#define kunmap_atomic(addr) kunmap_local(addr)

/* The same by the page's number. */
#define kmap_local_pfn(pfn)   kmap_local_page(pfn_to_page(pfn))
#define kmap_atomic_pfn(pfn)  kmap_atomic(pfn_to_page(pfn))
#define __kunmap_atomic(addr) __kunmap_local(addr)
#define kunmap_high(page)     ((void)(page))

/* An address of @page for all CPUs, until as many kunmap(). */
void *kmap(struct page *page);
void kunmap(struct page *page);

/* Ends the mappings of kmap() that nobody uses. */
void kmap_flush_unused(void);

/* The page that an address of either window, or of the direct map, leads to; NULL: of none. */
struct page *kmap_to_page(void *addr);
bool is_kmap_addr(const void *addr);

/* Calls refused: no slot, or not lent. */
extern unsigned int kmap_refusals;

/* Recounts slots and page tables; logs each fault, returns their number. */
int kmap_verify(void);

/* ---- Counts -------------------------------------------------------------------- */

extern atomic_long_t _totalhigh_pages;

/* What of totalram_pages() is in zones of high memory. */
static inline unsigned long totalhigh_pages(void)
{
	return (unsigned long)atomic_long_read(&_totalhigh_pages);
}

/* What of nr_free_pages() is. */
unsigned int nr_free_highpages(void);

/* ---- Contents ------------------------------------------------------------------ */

static inline void clear_highpage(struct page *page)
{
	void *to = kmap_local_page(page);

	memset(to, 0, PAGE_SIZE);
	kunmap_local(to);
}

#define clear_highpage_kasan_tagged(page) clear_highpage(page)
#define tag_clear_highpage(page)	  ((void)(page))

static inline void copy_highpage(struct page *to, struct page *from)
{
	void *src = kmap_local_page(from), *dst = kmap_local_page(to);

	memcpy(dst, src, PAGE_SIZE);
	kunmap_local(dst);
	kunmap_local(src);
}

/* Bytes [@offset, @offset + @len) of one page. */
static inline void memcpy_from_page(char *to, struct page *page, size_t offset, size_t len)
{
	char *from = kmap_local_page(page);

	VM_BUG_ON(offset + len > PAGE_SIZE);
	memcpy(to, from + offset, len);
	kunmap_local(from);
}

static inline void memcpy_to_page(struct page *page, size_t offset, const char *from, size_t len)
{
	char *to = kmap_local_page(page);

	VM_BUG_ON(offset + len > PAGE_SIZE);
	memcpy(to + offset, from, len);
	kunmap_local(to);
}

static inline void memset_page(struct page *page, size_t offset, int value, size_t len)
{
	char *to = kmap_local_page(page);

	VM_BUG_ON(offset + len > PAGE_SIZE);
	memset(to + offset, value, len);
	kunmap_local(to);
}

static inline void memzero_page(struct page *page, size_t offset, size_t len)
{
	memset_page(page, offset, 0, len);
}

/* All of a block, at once where the direct map holds it. */
void clear_highpages(struct page *page, unsigned long nr);

/* ---- Deciding what is high -------------------------------------------------------- */

/*
 * For arch_init_mem_mapping(), before it takes memory: what of the first
 * @direct_map_size bytes, as many as the architecture could map, directmap= leaves to
 * the direct map. Sets highstart_pfn, and keeps memblock's allocations below.
 */
void highmem_init(phys_addr_t direct_map_size);

/* The same once the direct map is loaded: makes the windows' tables. */
void kmap_init(void);

static inline void memcpy_page(struct page *dst_page, size_t dst_off, struct page *src_page,
			       size_t src_off, size_t len)
{
	char *dst = kmap_local_page(dst_page), *src = kmap_local_page(src_page);

	memcpy(dst + dst_off, src + src_off, len);
	kunmap_local(src);
	kunmap_local(dst);
}

/* ---- Parts of pages and folios ------------------------------------------------------- */

/* The folio's byte @offset, and the rest of its page. */
static inline void *kmap_local_folio(struct folio *folio, size_t offset)
{
	struct page *page = folio_page(folio, offset / PAGE_SIZE);

	return (char *)kmap_local_page(page) + offset % PAGE_SIZE;
}

/* Bytes [start1, end1) and [start2, end2) of a page become zero. */
static inline void zero_user_segments(struct page *page, unsigned int start1, unsigned int end1,
				      unsigned int start2, unsigned int end2)
{
	char *at = kmap_local_page(page);

	if (end1 > start1)
		memset(at + start1, 0, end1 - start1);
	if (end2 > start2)
		memset(at + start2, 0, end2 - start2);
	kunmap_local(at);
}

static inline void zero_user_segment(struct page *page, unsigned int start, unsigned int end)
{
	zero_user_segments(page, start, end, 0, 0);
}

static inline void zero_user(struct page *page, unsigned int start, unsigned int size)
{
	zero_user_segments(page, start, start + size, 0, 0);
}

/* @length bytes of a folio from @start on, over as many pages as that takes. */
void folio_zero_range(struct folio *folio, size_t start, size_t length);

static inline void folio_zero_segment(struct folio *folio, size_t start, size_t xend)
{
	folio_zero_range(folio, start, xend > start ? xend - start : 0);
}

static inline void folio_zero_segments(struct folio *folio, size_t start1, size_t xend1,
				       size_t start2, size_t xend2)
{
	folio_zero_segment(folio, start1, xend1);
	folio_zero_segment(folio, start2, xend2);
}

/* What comes with this header on Linux. */
#include <linux/fs.h>
#include <linux/hardirq.h>
#include <linux/kmsan.h>
#include <linux/uaccess.h>

#endif /* _LINUX_HIGHMEM_H */
