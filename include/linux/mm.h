/* SPDX-License-Identifier: MIT */
/*
 * Pages in use: references, compound pages, and counts of the whole machine.
 *
 * Owns:       nothing; a page's owner is whoever allocated it.
 * Invariants: a block handed out has refcount 1 on its first page and 0 on the
 *             others. The tails of a compound page point at their head, and all
 *             references count there.
 * Lifetime:   as linux/gfp.h.
 * Locking:    counts are atomic; the last put_page() frees.
 * Units:      pages.
 * Failure:    frees of what cannot be freed are refused: see linux/gfp.h.
 */
#ifndef _LINUX_MM_H
#define _LINUX_MM_H

#include <linux/atomic.h>
#include <linux/bit_spinlock.h>
#include <linux/bug.h>
#include <linux/gfp.h>
#include <linux/log2.h>
#include <linux/mmzone.h>
#include <linux/page_ref.h>

#define PAGE_ALIGN(addr)	  ALIGN(addr, PAGE_SIZE)
#define PAGE_ALIGNED(addr)	  IS_ALIGNED((unsigned long)(addr), PAGE_SIZE)
#define offset_in_page(p)	  ((unsigned long)(p) & ~PAGE_MASK)
#define PAGE_ALIGN_DOWN(addr)	  ALIGN_DOWN(addr, PAGE_SIZE)
#define nth_page(page, n)	  ((page) + (n))
#define folio_page_idx(folio, p)  ((p) - &(folio)->page)
#define offset_in_folio(folio, p) ((unsigned long)(p) & (folio_size(folio) - 1))
#define lru_to_page(head)	  (list_entry((head)->prev, struct page, lru))

/* The order of the smallest block that holds @size bytes; past MAX_PAGE_ORDER for 0. */
static inline int get_order(unsigned long size)
{
	return size ? order_base_2(PFN_UP(size)) : 64 - PAGE_SHIFT;
}

static inline unsigned long pages_to_kb(unsigned long pages)
{
	return pages << (PAGE_SHIFT - 10);
}

/* ---- Compound pages ------------------------------------------------------ */

static inline unsigned int compound_order(const struct page *page)
{
	if (!PageHead(page))
		return 0;
	return PageSlab(page) ? page_alloc_order(page) : (unsigned int)page[1].compound_order;
}

static inline unsigned long compound_nr(const struct page *page)
{
	return 1UL << compound_order(page);
}

static inline size_t page_size(const struct page *page)
{
	return PAGE_SIZE << compound_order(page);
}

static inline struct page *virt_to_head_page(const void *addr)
{
	return compound_head(virt_to_page(addr));
}

/* Makes one compound page of a block of order 1 or more. */
void prep_compound_page(struct page *page, unsigned int order);

/*
 * Makes single pages, each with its own reference, of an allocated block of
 * @order that is not compound. Their private values stay.
 */
void split_page(struct page *page, unsigned int order);

/* ---- References ------------------------------------------------------------ */

static inline bool get_page_unless_zero(struct page *page)
{
	return page_ref_add_unless_zero(page, 1);
}

static inline int put_page_testzero(struct page *page)
{
	return page_ref_dec_and_test(page);
}

static inline void get_page(struct page *page)
{
	page_ref_inc(compound_head(page));
}

/* Was it a reference to a page of a device's memory? There are no such pages. */
static inline bool put_devmap_managed_page_refs(struct page *page, int refs)
{
	(void)page, (void)refs;
	return false;
}
#define put_devmap_managed_page(page) put_devmap_managed_page_refs(page, 1)

/* Drops a reference; the last one frees the page, a compound page as a whole. */
void put_page(struct page *page);

static inline bool try_get_page(struct page *page)
{
	page = compound_head(page);
	if (WARN_ON_ONCE(page_ref_count(page) <= 0))
		return false;
	page_ref_inc(page);
	return true;
}

/* ---- Folios: see linux/mm_types.h ------------------------------------------------- */

static inline unsigned int folio_order(const struct folio *folio)
{
	return compound_order(&folio->page);
}

static inline long folio_nr_pages(const struct folio *folio)
{
	return (long)compound_nr(&folio->page);
}

static inline size_t folio_size(const struct folio *folio)
{
	return page_size(&folio->page);
}

static inline unsigned int folio_shift(const struct folio *folio)
{
	return PAGE_SHIFT + folio_order(folio);
}

static inline unsigned int page_shift(const struct page *page)
{
	return PAGE_SHIFT + compound_order(page);
}

static inline unsigned long folio_pfn(const struct folio *folio)
{
	return page_to_pfn(&folio->page);
}

static inline struct folio *pfn_folio(unsigned long pfn)
{
	return page_folio(pfn_to_page(pfn));
}

static inline struct folio *virt_to_folio(const void *x)
{
	return page_folio(virt_to_page(x));
}

/* The one behind it in memory. */
static inline struct folio *folio_next(struct folio *folio)
{
	return (struct folio *)folio_page(folio, folio_nr_pages(folio));
}

static inline int folio_nid(const struct folio *folio)
{
	return page_to_nid(&folio->page);
}

static inline struct zone *folio_zone(const struct folio *folio)
{
	return page_zone(&folio->page);
}

static inline pg_data_t *page_pgdat(const struct page *page)
{
	return NODE_DATA(page_to_nid(page));
}

static inline pg_data_t *folio_pgdat(const struct folio *folio)
{
	return page_pgdat(&folio->page);
}

static inline void *folio_address(const struct folio *folio)
{
	return page_address(&folio->page);
}

static inline void folio_get(struct folio *folio)
{
	folio_ref_inc(folio);
}

static inline int folio_put_testzero(struct folio *folio)
{
	return put_page_testzero(&folio->page);
}

/* Drops a reference, or @refs at once; the last one frees. */
static inline void folio_put(struct folio *folio)
{
	put_page(&folio->page);
}

static inline void folio_put_refs(struct folio *folio, int refs)
{
	if (refs > 1)
		folio_ref_sub(folio, refs - 1);
	folio_put(folio);
}

/* The @nr pages' references, compound ones' as a whole; single pages of a list. */
void release_pages(struct page **pages, int nr);
static inline void folios_put(struct folio **folios, unsigned int nr)
{
	release_pages((struct page **)folios, (int)nr);
}
void put_pages_list(struct list_head *pages);

static inline struct folio *lru_to_folio(struct list_head *head)
{
	return list_entry(head->prev, struct folio, lru);
}

/* What Linux counts of processes that map a page: there are none. */
static inline int page_mapcount(const struct page *page)
{
	(void)page;
	return 0;
}
#define folio_mapcount(folio)	       page_mapcount(&(folio)->page)
#define folio_estimated_sharers(folio) page_mapcount(&(folio)->page)
#define total_mapcount(page)	       page_mapcount(page)
#define page_mapped(page)	       (page_mapcount(page) != 0)
/* Whoever used the place of the count for himself is done: here there is none. */
#define page_mapcount_reset(page)     ((void)(page))
#define folio_mapped(folio)	      page_mapped(&(folio)->page)
#define folio_maybe_dma_pinned(folio) page_mapped(&(folio)->page)
#define page_maybe_dma_pinned(page)   page_mapped(page)

/*
 * The references that the locked folio has if nobody uses it: the page cache's, and that of its
 * private data. The caller's own come on top.
 */
int folio_expected_ref_count(struct folio *folio);

/* Users' mappings again, and accesses by hosts of virtual machines. */
#define compound_mapcount(page)		  page_mapcount(page)
#define folio_entire_mapcount(folio)	  page_mapcount(&(folio)->page)
#define arch_make_page_accessible(page)	  0
#define arch_make_folio_accessible(folio) 0

/* Free pages are mapped, and none is a guard, as on Linux without debug_pagealloc=on. */
#define debug_pagealloc_enabled()	 false
#define debug_pagealloc_enabled_static() false
#define debug_guardpage_enabled()	 false
#define debug_guardpage_minorder()	 0u
#define page_is_guard(page)		 ((void)(page), false)

/* May it stay where it is for long? Not where movable pages alone should be. */
static inline bool is_longterm_pinnable_page(const struct page *page)
{
	enum migratetype type = get_pageblock_migratetype(page);

	return type != MIGRATE_CMA && type != MIGRATE_ISOLATE && !is_zone_movable_page(page);
}
#define folio_is_longterm_pinnable(folio) is_longterm_pinnable_page(&(folio)->page)

/*
 * Did the page come out of the reserves? Who got it so is to use it for what frees memory,
 * and gives it back soon. Known until its owner writes to lru, mapping or private data.
 */
#define PAGE_PFMEMALLOC 2UL

static inline bool page_is_pfmemalloc(const struct page *page)
{
	return (unsigned long)page->lru.next & PAGE_PFMEMALLOC;
}

static inline void set_page_pfmemalloc(struct page *page)
{
	page->lru.next = (struct list_head *)PAGE_PFMEMALLOC;
}

static inline void clear_page_pfmemalloc(struct page *page)
{
	page->lru.next = NULL;
}

/* ---- The allocator's share of memory ------------------------------------------ */

/* @count more pages of @page's zone are managed; fewer where it is negative. */
void adjust_managed_page_count(struct page *page, long count);

/* Gives a reserved page to the allocator, which then manages it. */
void free_reserved_page(struct page *page);
#define free_highmem_page(page) free_reserved_page(page)

/* It is reserved from now on. */
static inline void mark_page_reserved(struct page *page)
{
	SetPageReserved(page);
	adjust_managed_page_count(page, -1);
}

/*
 * The same as free_reserved_page() for all pages of [@start, @end), filled with @poison if
 * that is a byte; logs "Freeing @s memory". Returns how many.
 */
unsigned long free_reserved_area(void *start, void *end, int poison, const char *s);

/* ---- Addresses --------------------------------------------------------------- */

#define page_to_pa(page) page_to_phys(page)

static inline bool virt_addr_valid(const void *addr)
{
	return pfn_valid(virt_to_pfn(addr));
}

/*
 * Ends a line of the log that the caller began with what @object points to: an object of a
 * slab cache, an area of vmalloc, or what else.
 */
void mem_dump_obj(void *object);

/* Is it among the addresses of vmalloc() and its like? */
static inline bool is_vmalloc_addr(const void *x)
{
	unsigned long addr = (unsigned long)x;

	return addr - VMALLOC_START <= VMALLOC_END - VMALLOC_START;
}

static inline bool is_ioremap_addr(const void *x)
{
	return is_vmalloc_addr(x);
}

static inline int is_vmalloc_or_module_addr(const void *x)
{
	return is_vmalloc_addr(x);
}

/* The page that is mapped at @addr; NULL or 0 where none is, or no RAM. */
struct page *vmalloc_to_page(const void *addr);
unsigned long vmalloc_to_pfn(const void *addr);

/* ---- Bad memory ----------------------------------------------------------------- */

/*
 * A page that is bad is PG_hwpoison. One that nobody owns is PG_reserved, too, and its
 * zone manages it still, as on Linux; one that is owned stays its owner's, and when he
 * frees it, it goes nowhere, and the rest of its block is free. After a real error, not a
 * simulated one, a page that nobody owns leaves the direct map.
 *
 * Source: Linux 6.1's memory-failure.c: names, results, lines of the log.
 * Of a slab with a bad page nothing that is free is handed out any more: when
 * memory_failure() returns, or, for what was queued, once each CPU has polled.
 *
 * Context: no lock held, and not in an exception, for which memory_failure_queue() is:
 *          memory_failure() follows before the next page is allocated or freed, or at a poll.
 */
enum mf_flags {
	MF_COUNT_INCREASED = 1 << 0, /* the caller has a reference to the page, and gives it up */
	MF_ACTION_REQUIRED = 1 << 1, /* somebody tried to use the contents */
	MF_MUST_KILL = 1 << 2,	     /* the process that did: there is none */
	MF_SW_SIMULATED = 1 << 5,    /* the memory is good: unpoison_memory() will do */
};

/*
 * The page has lost its contents. 0: it is kept out of use, now or when it is freed;
 * -EHWPOISON: it was known; -EBUSY: who has it will not give it back (page tables, what is
 * reserved); -ENXIO: no memory of the allocator's.
 */
int memory_failure(unsigned long pfn, int flags);
void memory_failure_queue(unsigned long pfn, int flags);

/*
 * Acts on what was queued; for points where nothing is allocated or freed for long. The
 * second where no lock is held (linux/sched.h), so that slabs can be dealt with, too.
 */
void memory_failure_work(void);
void memory_failure_poll(void);

/* What @cpu queued: there is one queue for all. */
#define memory_failure_queue_kick(cpu) ((void)(cpu), memory_failure_work())

/*
 * The page has errors that were corrected, and had better not be used any more. Its
 * contents are moved. 0; -EBUSY: its owner cannot be asked, or would not; -EIO, -ENXIO:
 * no memory of the allocator's.
 */
int soft_offline_page(unsigned long pfn, int flags);

/*
 * Undoes memory_failure() with MF_SW_SIMULATED, and soft_offline_page(). -EOPNOTSUPP:
 * there was a real error; -EBUSY: in use by who cannot free it. 0 also where the page
 * is good.
 */
int unpoison_memory(unsigned long pfn);

/* Pages that are PG_hwpoison, what was known to be bad at boot among them. */
extern atomic_long_t num_poisoned_pages;

/* ---- Contents ------------------------------------------------------------------------ */

static inline bool want_init_on_free(void)
{
	return init_on_free;
}

/* Notes that the locked @page, in a mapping, was written to; true if it was clean. */
bool set_page_dirty(struct page *page);

/* The same of a page that is not locked, of which the caller has a reference. */
int set_page_dirty_lock(struct page *page);

static inline bool folio_mark_dirty(struct folio *folio)
{
	return set_page_dirty(&folio->page);
}

/* It will not be written: it is not dirty any more. Locked. */
void folio_cancel_dirty(struct folio *folio);

static inline void cancel_dirty_page(struct page *page)
{
	folio_cancel_dirty(page_folio(page));
}

/* Are the pages alike? Less than, or more than 0, as memcmp(). */
int memcmp_pages(struct page *page1, struct page *page2);

static inline int pages_identical(struct page *page1, struct page *page2)
{
	return !memcmp_pages(page1, page2);
}

/* ---- Ends of files: linux/fs.h ------------------------------------------------------------ */

struct inode;
struct address_space;

/* Drops what is cached from @newsize (bytes) on; the second sets i_size to it before. */
void truncate_pagecache(struct inode *inode, loff_t newsize);
void truncate_setsize(struct inode *inode, loff_t newsize);

/* The same from @lstart to @lend, the last byte: see truncate_inode_pages_range(). */
void truncate_pagecache_range(struct inode *inode, loff_t lstart, loff_t lend);

/* i_size goes up from @from to @to. On Linux users' mappings of the last page have to know. */
static inline void pagecache_isize_extended(struct inode *inode, loff_t from, loff_t to)
{
	(void)inode, (void)from, (void)to;
}

/* Drops a locked page that has lost its contents. 0; -EINVAL without @mapping; -EIO: not its. */
int generic_error_remove_page(struct address_space *mapping, struct page *page);

/*
 * Drops the pages of the range, dirty or not; of pages at its edges, clears that part. Where
 * there are private data invalidate_folio() is told before a folio leaves the mapping, and after
 * its part was cleared. A large folio at an edge is split, so that its pages within the range go;
 * where that cannot be, a clean one goes as a whole, to be read again, and a dirty one stays, with
 * the range cleared.
 */
void truncate_inode_pages_range(struct address_space *mapping, loff_t lstart, loff_t lend);
void truncate_inode_pages(struct address_space *mapping, loff_t lstart);

/* All of a mapping that nobody adds pages to any more: it is exiting from then on. */
void truncate_inode_pages_final(struct address_space *mapping);

/* All pages of @src to @dst, which has as many. */
void folio_copy(struct folio *dst, struct folio *src);

/*
 * Drops a locked page of a mapping, as remove_mapping() does. Its pages, or 0: it is in use,
 * dirty, being written or in no mapping.
 */
long invalidate_inode_page(struct page *page);

/* ---- The whole machine ------------------------------------------------------- */

unsigned long nr_free_pages(void);
unsigned long get_num_physpages(void); /* memory, used or not */

struct sysinfo;

/* The memory's part of @val (linux/sysinfo.h), of all nodes or one; the rest stays as it is. */
void si_meminfo(struct sysinfo *val);
void si_meminfo_node(struct sysinfo *val, int nid);

/*
 * A guess at the pages that could be allocated without anybody running short: what is free
 * above the reserves, and at least half of what is cached. Linux's formula.
 */
long si_mem_available(void);

/*
 * For set-up code, by memblock's table: [*start, *end) from the first to the last page of the
 * node; both 0 where it has none.
 */
void get_pfn_range_for_nid(int nid, unsigned long *start, unsigned long *end);

/* Pages of [@start_pfn, @end_pfn) that are no memory. */
unsigned long absent_pages_in_range(unsigned long start_pfn, unsigned long end_pfn);

/*
 * The largest power of two, in pages, such that no block of that size has memory of two
 * nodes; 0 where there is one node.
 */
unsigned long node_map_pfn_alignment(void);

/* Free pages above the high watermark in zones up to Normal, near this CPU. */
unsigned long nr_free_buffer_pages(void);

/* show_mem() leaves out the nodes that @nodemask has not. */
#define SHOW_MEM_FILTER_NODES 0x0001u

/*
 * Logs where all memory is: totals, each node and zone, free blocks of each order. The
 * second form, of zones up to @max_zone_idx. @nodemask is of use with that flag alone.
 */
void __show_mem(unsigned int flags, const nodemask_t *nodemask, int max_zone_idx);

/* The same without the machine's pages in all. */
void __show_free_areas(unsigned int flags, const nodemask_t *nodemask, int max_zone_idx);

static inline void show_free_areas(unsigned int flags, const nodemask_t *nodemask)
{
	__show_free_areas(flags, nodemask, MAX_NR_ZONES - 1);
}

static inline void show_mem(unsigned int flags, const nodemask_t *nodemask)
{
	__show_mem(flags, nodemask, MAX_NR_ZONES - 1);
}

/*
 * The report of an allocation with @gfp_mask, on the nodes of @nodemask (NULL: all), that
 * failed: @fmt, which says what, then mode and nodes, the call chain and show_mem(). Nothing
 * with __GFP_NOWARN, of GFP_DMA where no node has such memory, and where there were ten in
 * five seconds.
 */
void warn_alloc(gfp_t gfp_mask, const nodemask_t *nodemask, const char *fmt, ...)
	__attribute__((__format__(__printf__, 3, 4)));

/* ---- What a user's mapping may have: nobody has one here, but they are printed -------- */

#define VM_READ		0x00000001
#define VM_WRITE	0x00000002
#define VM_EXEC		0x00000004
#define VM_SHARED	0x00000008
#define VM_MAYREAD	0x00000010
#define VM_MAYWRITE	0x00000020
#define VM_MAYEXEC	0x00000040
#define VM_MAYSHARE	0x00000080
#define VM_GROWSDOWN	0x00000100
#define VM_UFFD_MISSING 0x00000200
#define VM_PFNMAP	0x00000400
#define VM_UFFD_WP	0x00001000
#define VM_LOCKED	0x00002000
#define VM_IO		0x00004000
#define VM_SEQ_READ	0x00008000
#define VM_RAND_READ	0x00010000
#define VM_DONTCOPY	0x00020000
#define VM_DONTEXPAND	0x00040000
#define VM_LOCKONFAULT	0x00080000
#define VM_ACCOUNT	0x00100000
#define VM_NORESERVE	0x00200000
#define VM_HUGETLB	0x00400000
#define VM_SYNC		0x00800000
#define VM_ARCH_1	0x01000000
#define VM_WIPEONFORK	0x02000000
#define VM_DONTDUMP	0x04000000
#define VM_SOFTDIRTY	0x08000000
#define VM_MIXEDMAP	0x10000000
#define VM_HUGEPAGE	0x20000000
#define VM_NOHUGEPAGE	0x40000000
#define VM_MERGEABLE	0x80000000

#define VM_NONE		       0x00000000
#define VM_ACCESS_FLAGS	       (VM_READ | VM_WRITE | VM_EXEC)
#define VM_SPECIAL	       (VM_IO | VM_DONTEXPAND | VM_PFNMAP | VM_MIXEDMAP)
#define offset_in_thp(page, p) ((unsigned long)(p) & (page_size(compound_head(page)) - 1))
#define thp_order(page)	       compound_order(page)
#define thp_nr_pages(page)     ((int)compound_nr(page))
#define thp_size(page)	       page_size(page)
#define lm_alias(x)	       __va(__pa(x))
#define __pa_symbol(x)	       __pa(x)
#define untagged_addr(addr)    (addr)

/* The direct map's address past all low memory, from free_area_init() on. */
extern void *high_memory;

/* Past the last page that has a struct: with nodes nobody sets it. */
#define max_mapnr	     max_pfn
#define set_max_mapnr(limit) ((void)(limit))

/* page_poison=on; fills pages that become free, looks at those that stop being free. */
bool page_poisoning_enabled(void);
#define page_poisoning_enabled_static() page_poisoning_enabled()
void kernel_poison_pages(struct page *page, unsigned long numpages);
void kernel_unpoison_pages(struct page *page, unsigned long numpages);

/* All that shrinkers (linux/shrinker.h) give back, on all nodes. */
void drop_slab(void);

/* ---- What Linux keeps in page->flags with options that are off ------------------------------- */

#define page_kasan_tag(page)		     ((void)(page), (u8)0xff)
#define page_kasan_tag_set(page, tag)	     ((void)(page), (void)(tag))
#define page_kasan_tag_reset(page)	     ((void)(page))
#define page_cpupid_last(page)		     page_to_nid(page)
#define page_cpupid_xchg_last(page, cpupid)  ((void)(cpupid), page_to_nid(page))
#define page_cpupid_reset_last(page)	     ((void)(page))
#define debug_pagealloc_map_pages(page, n)   ((void)(page), (void)(n))
#define debug_pagealloc_unmap_pages(page, n) ((void)(page), (void)(n))

/* The page's place in its mapping, as pagemap.h has it. */
pgoff_t page_index(struct page *page);

/* An address is reckoned, not kept. */
#define set_page_address(page, address) ((void)(page), (void)(address))
#define page_address_init()		((void)0)

/* What comes with this header on Linux. */
#include <linux/ratelimit.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/huge_mm.h>
#include <linux/ioport.h>
#include <linux/kasan.h>
#include <linux/mmdebug.h>
#include <linux/overflow.h>
#include <linux/page_ext.h>
#include <linux/percpu-refcount.h>
#include <linux/pgtable.h>
#include <linux/rbtree.h>
#include <linux/sched.h>
#include <linux/shrinker.h>
#include <linux/sizes.h>
#include <linux/vmstat.h>

#endif /* _LINUX_MM_H */
