/* SPDX-License-Identifier: MIT */
/*
 * The bits of page->flags. The low 32 are states; zone and node lie above, at
 * ZONES_PGSHIFT and NODES_PGSHIFT, and never change once the page struct is made.
 *
 * Locking: PG_buddy, and all flags of free pages, under zone->lock. Flags of a
 *          page in use belong to its owner; those set by others while it is in
 *          use need the atomic forms.
 */
#ifndef _LINUX_PAGE_FLAGS_H
#define _LINUX_PAGE_FLAGS_H

#include <linux/bitmap.h>
#include <linux/mm_types.h>
#include <asm/barrier.h>

enum pageflags {
	PG_locked,
	PG_referenced,
	PG_uptodate,
	PG_dirty,
	PG_lru,
	PG_active,
	PG_waiters,
	PG_head,     /* first page of a compound page */
	PG_slab,     /* belongs to a slab cache */
	PG_reserved, /* never the allocator's: holes, firmware, memmap, page 0 */
	PG_buddy,    /* first page of a free block; priv32 is its order */
	PG_private,  /* its owner has a private value, and what goes with it */
	PG_reclaim,
	PG_isolated,
	PG_movable,	  /* has movable_operations */
	PG_hwpoison,	  /* bad memory: never handed out (again); see memory_failure() */
	PG_memmap,	  /* holds the page structs of a section (reserved, too) */
	PG_table,	  /* a page table */
	PG_dma_block,	  /* first page of a block that a device was given; not of CMA's */
	PG_kmalloc_large, /* head of a kmalloc block above the largest cache */
	PG_writeback,	  /* its contents are being written to where they came from */
	PG_swapbacked,	  /* no file is behind it: its LRU lists are the anonymous ones */
	PG_unevictable,	  /* on no list: reclaim leaves it */
	PG_hugetlb,	  /* head of a huge page of a pool */
	PG_lru_isolated,  /* off its LRU list by one who has a reference, and puts it back */
	PG_error,	  /* reading or writing it failed; its owner's, like those that follow */
	PG_workingset,
	PG_owner_priv_1,
	PG_private_2,
	PG_mappedtodisk,
	PG_arch_1,
	PG_entry, /* has more than fits into its struct: priv32 is a key */
	__NR_PAGEFLAGS,

	/* One flag with two names: never both of them on one page. */
	PG_readahead = PG_reclaim,
	PG_checked = PG_owner_priv_1,
	PG_fscache = PG_private_2,
};
static_assert(__NR_PAGEFLAGS <= 32);

/* By who has the page: others may look at its flags, but not change them. */
static inline void page_set_flags(struct page *page, unsigned long flags)
{
	data_race_write(page->flags, flags);
}

/*
 * The first page of the slab that @page is part of, by the order that each of a slab's pages keeps
 * in its flags: for compound_head(). Locking: none; the caller has an object of the slab.
 */
struct page *slab_head_page(const struct page *page);

/*
 * Tail pages of a compound page point at their head, with bit 0 set. So have all pages of a slab
 * that bit, with what is no address: its two highest bits differ.
 */
static inline struct page *compound_head(const struct page *page)
{
	unsigned long head = READ_ONCE(page->compound_head);

	if (!(head & 1))
		return (struct page *)(unsigned long)page;
	return (long)(head ^ head << 1) < 0 ? slab_head_page(page) : (struct page *)(head - 1);
}

static inline int PageTail(const struct page *page)
{
	return compound_head(page) != page;
}

/*
 * Flags of a page by itself; and those that the pages of a compound page have together, in
 * their head, whichever of them is asked or told. A folio is no tail.
 */
#define PAGE_ITSELF(page) (page)
#define PAGEFLAG_OF(uname, lname, of)                                              \
	static inline int Page##uname(const struct page *page)                     \
	{                                                                          \
		return data_race(of(page)->flags) >> PG_##lname & 1;               \
	}                                                                          \
	static inline void SetPage##uname(struct page *page)                       \
	{                                                                          \
		set_bit(PG_##lname, &of(page)->flags);                             \
	}                                                                          \
	static inline void ClearPage##uname(struct page *page)                     \
	{                                                                          \
		clear_bit(PG_##lname, &of(page)->flags);                           \
	}                                                                          \
	static inline void __SetPage##uname(struct page *page)                     \
	{                                                                          \
		page_set_flags(of(page), of(page)->flags | 1UL << PG_##lname);     \
	}                                                                          \
	static inline void __ClearPage##uname(struct page *page)                   \
	{                                                                          \
		page_set_flags(of(page), of(page)->flags & ~(1UL << PG_##lname));  \
	}                                                                          \
	static inline int TestSetPage##uname(struct page *page)                    \
	{                                                                          \
		return test_and_set_bit(PG_##lname, &of(page)->flags);             \
	}                                                                          \
	static inline int TestClearPage##uname(struct page *page)                  \
	{                                                                          \
		return test_and_clear_bit(PG_##lname, &of(page)->flags);           \
	}                                                                          \
	static inline bool folio_test_##lname(const struct folio *folio)           \
	{                                                                          \
		return data_race(folio->flags) >> PG_##lname & 1;                  \
	}                                                                          \
	static inline void folio_set_##lname(struct folio *folio)                  \
	{                                                                          \
		set_bit(PG_##lname, &folio->flags);                                \
	}                                                                          \
	static inline void folio_clear_##lname(struct folio *folio)                \
	{                                                                          \
		clear_bit(PG_##lname, &folio->flags);                              \
	}                                                                          \
	static inline void __folio_set_##lname(struct folio *folio)                \
	{                                                                          \
		page_set_flags(&folio->page, folio->flags | 1UL << PG_##lname);    \
	}                                                                          \
	static inline void __folio_clear_##lname(struct folio *folio)              \
	{                                                                          \
		page_set_flags(&folio->page, folio->flags & ~(1UL << PG_##lname)); \
	}                                                                          \
	static inline bool folio_test_set_##lname(struct folio *folio)             \
	{                                                                          \
		return test_and_set_bit(PG_##lname, &folio->flags);                \
	}                                                                          \
	static inline bool folio_test_clear_##lname(struct folio *folio)           \
	{                                                                          \
		return test_and_clear_bit(PG_##lname, &folio->flags);              \
	}

#define PAGEFLAG(uname, lname)	    PAGEFLAG_OF(uname, lname, PAGE_ITSELF)
#define PAGEFLAG_HEAD(uname, lname) PAGEFLAG_OF(uname, lname, compound_head)

PAGEFLAG_HEAD(Locked, locked)
PAGEFLAG_HEAD(Referenced, referenced)
PAGEFLAG_HEAD(Dirty, dirty)
PAGEFLAG_HEAD(LRU, lru)
PAGEFLAG_HEAD(Active, active)
PAGEFLAG(Waiters, waiters)
PAGEFLAG(Head, head)
PAGEFLAG(Hugetlb, hugetlb)
PAGEFLAG(Slab, slab)
PAGEFLAG(Reserved, reserved)
PAGEFLAG(Buddy, buddy)
PAGEFLAG(Private, private)
PAGEFLAG_HEAD(Reclaim, reclaim)
PAGEFLAG(Isolated, isolated)
PAGEFLAG(HWPoison, hwpoison)
PAGEFLAG(Memmap, memmap)
PAGEFLAG(Table, table)
PAGEFLAG(DmaBlock, dma_block)
PAGEFLAG(KmallocLarge, kmalloc_large)
PAGEFLAG_HEAD(Writeback, writeback)
PAGEFLAG_HEAD(SwapBacked, swapbacked)
PAGEFLAG_HEAD(Unevictable, unevictable)
PAGEFLAG_HEAD(LRUIsolated, lru_isolated)
PAGEFLAG_HEAD(Error, error)
PAGEFLAG_HEAD(Workingset, workingset)
PAGEFLAG(OwnerPriv1, owner_priv_1)
PAGEFLAG(Checked, checked)
PAGEFLAG(Private2, private_2)
PAGEFLAG_HEAD(MappedToDisk, mappedtodisk)
PAGEFLAG(Entry, entry)
PAGEFLAG_HEAD(Readahead, readahead)
#undef PAGEFLAG_HEAD
#undef PAGEFLAG
#undef PAGEFLAG_OF
#undef PAGE_ITSELF

/* Set and cleared with the page's operations: see linux/migrate.h. */
static inline bool PageMovable(const struct page *page)
{
	return data_race(page->flags) >> PG_movable & 1;
}

/* The same, by Linux's names: has an owner whose operations move it. */
static inline int __PageMovable(const struct page *page)
{
	return PageMovable(page);
}

static inline int PageCompound(const struct page *page)
{
	return PageHead(page) || PageTail(page);
}

/* Is it a huge page of a pool, any part of it? */
static inline int PageHuge(const struct page *page)
{
	return PageHugetlb(compound_head(page));
}

/* The first of them? */
static inline int PageHeadHuge(const struct page *page)
{
	return PageHugetlb(page);
}

/* The folio that @p, which may be a tail, belongs to; its @n-th page. */
#define page_folio(p) \
	_Generic((p), const struct page *                                      \
		 : (const struct folio *)compound_head(p), struct page *       \
		 : (struct folio *)compound_head(p))
#define folio_page(folio, n) (&(folio)->page + (n))

/* Has it several pages? */
static inline bool folio_test_large(const struct folio *folio)
{
	return folio_test_head(folio);
}

/* Is it of a block of several pages: the first, another, any? */
static inline int PageTransHuge(const struct page *page)
{
	return PageHead(page);
}

static inline int PageTransTail(const struct page *page)
{
	return PageTail(page);
}

static inline int PageTransCompound(const struct page *page)
{
	return PageCompound(page);
}

static inline bool folio_test_transhuge(const struct folio *folio)
{
	return folio_test_head(folio);
}

/*
 * Four bits above the states keep the order that the page's block was handed out
 * with, so that a free with another order is found. 0 in all but first pages, and those of slabs.
 */
#define PAGE_ORDER_PGSHIFT 32
#define PAGE_ORDER_MASK	   (0xfUL << PAGE_ORDER_PGSHIFT)

static inline unsigned int page_alloc_order(const struct page *page)
{
	return data_race(page->flags) >> PAGE_ORDER_PGSHIFT & 0xf;
}

/* Eight bits above these say which movable_operations a page with PG_movable has: linux/migrate.h. */
#define PAGE_MOVABLE_OPS_PGSHIFT 36
#define PAGE_MOVABLE_OPS_MASK	 (0xffUL << PAGE_MOVABLE_OPS_PGSHIFT)

/*
 * Above these the mark of a page that somebody else has, as those of a balloon the hypervisor. On
 * Linux, too, it is no flag of enum pageflags.
 */
#define PAGE_OFFLINE_PGSHIFT 44

static inline int PageOffline(const struct page *page)
{
	return data_race(page->flags) >> PAGE_OFFLINE_PGSHIFT & 1;
}

static inline void __SetPageOffline(struct page *page)
{
	set_bit(PAGE_OFFLINE_PGSHIFT, &page->flags);
}

static inline void __ClearPageOffline(struct page *page)
{
	clear_bit(PAGE_OFFLINE_PGSHIFT, &page->flags);
}

/*
 * Who reads all pages, whoever has them, does not find one that is offline or becomes so between
 * the first two; drivers whose pages would then be faults make them so between the others. They
 * wait for each other.
 */
void page_offline_freeze(void);
void page_offline_thaw(void);
void page_offline_begin(void);
void page_offline_end(void);

/*
 * Two bits below zone and node keep the migratetype that the block was handed out as,
 * which chooses the per-CPU list that it goes back to. Of no meaning in free blocks.
 */
#define PAGE_PCPTYPE_PGSHIFT 49
#define PAGE_PCPTYPE_MASK    (0x3UL << PAGE_PCPTYPE_PGSHIFT)

/* None of these is set in a free page: all but PG_entry name its last owner, who has it still. */
#define PAGE_FLAGS_CHECK_AT_FREE                                                         \
	(1UL << PG_locked | 1UL << PG_lru | 1UL << PG_active | 1UL << PG_slab |          \
	 1UL << PG_reserved | 1UL << PG_buddy | 1UL << PG_isolated | 1UL << PG_movable | \
	 1UL << PG_table | 1UL << PG_hugetlb | 1UL << PG_private | 1UL << PG_private_2 | \
	 1UL << PG_entry | 1UL << PG_kmalloc_large)

/* ---- Flags with more to them ------------------------------------------------------------ */

/* Who finds a page up to date sees what was written to it before. */
static inline int PageUptodate(const struct page *page)
{
	return smp_load_acquire(&compound_head(page)->flags) >> PG_uptodate & 1;
}

static inline void SetPageUptodate(struct page *page)
{
	smp_wmb();
	set_bit(PG_uptodate, &compound_head(page)->flags);
}

static inline void __SetPageUptodate(struct page *page)
{
	smp_wmb();
	page = compound_head(page);
	page_set_flags(page, page->flags | 1UL << PG_uptodate);
}

static inline void ClearPageUptodate(struct page *page)
{
	clear_bit(PG_uptodate, &compound_head(page)->flags);
}

static inline bool folio_test_uptodate(const struct folio *folio)
{
	return PageUptodate(&folio->page);
}

static inline void folio_mark_uptodate(struct folio *folio)
{
	SetPageUptodate(&folio->page);
}

static inline void __folio_mark_uptodate(struct folio *folio)
{
	__SetPageUptodate(&folio->page);
}

static inline void folio_clear_uptodate(struct folio *folio)
{
	ClearPageUptodate(&folio->page);
}

/* What Linux has of options that are off, or of processes: swap, mlock(), KSM, idle pages. */
#define PAGEFLAG_OFF(uname, lname)                                       \
	static inline int Page##uname(const struct page *page)           \
	{                                                                \
		(void)page;                                              \
		return false;                                            \
	}                                                                \
	static inline bool folio_test_##lname(const struct folio *folio) \
	{                                                                \
		(void)folio;                                             \
		return false;                                            \
	}                                                                \
	static inline void SetPage##uname(struct page *page)             \
	{                                                                \
		(void)page;                                              \
	}                                                                \
	static inline void folio_set_##lname(struct folio *folio)        \
	{                                                                \
		(void)folio;                                             \
	}                                                                \
	static inline void ClearPage##uname(struct page *page)           \
	{                                                                \
		(void)page;                                              \
	}                                                                \
	static inline void folio_clear_##lname(struct folio *folio)      \
	{                                                                \
		(void)folio;                                             \
	}                                                                \
	static inline int TestSetPage##uname(struct page *page)          \
	{                                                                \
		(void)page;                                              \
		return false;                                            \
	}                                                                \
	static inline int TestClearPage##uname(struct page *page)        \
	{                                                                \
		(void)page;                                              \
		return false;                                            \
	}

PAGEFLAG_OFF(SwapCache, swapcache)
PAGEFLAG_OFF(Mlocked, mlocked)
PAGEFLAG_OFF(Uncached, uncached)
PAGEFLAG_OFF(Young, young)
PAGEFLAG_OFF(Idle, idle)
PAGEFLAG_OFF(Reported, reported)
PAGEFLAG_OFF(DoubleMap, double_map)
PAGEFLAG_OFF(HasHWPoisoned, has_hwpoisoned)
PAGEFLAG_OFF(Anon, anon)
PAGEFLAG_OFF(Ksm, ksm)
#undef PAGEFLAG_OFF

static inline bool folio_has_private(const struct folio *folio)
{
	return folio_test_private(folio) || folio_test_private_2(folio);
}
#define page_has_private(page) folio_has_private(page_folio(page))

/* Flags of all pages, that a page may have when it is handed out, and its owner's own. */
#define PAGEFLAGS_MASK		 ((1UL << __NR_PAGEFLAGS) - 1)
#define PAGE_FLAGS_CHECK_AT_PREP (PAGEFLAGS_MASK & ~(1UL << PG_hwpoison))
#define PAGE_FLAGS_PRIVATE	 (1UL << PG_private | 1UL << PG_private_2)

/* An address in a block's flags, for a page whose flags are asked for by a number. */
static inline unsigned long *folio_flags(struct folio *folio, unsigned int n)
{
	return &folio_page(folio, n)->flags;
}

/*
 * Does @page, free itself or in a larger block, lie in a free area? So until the caller lets go of
 * its zone's lock; without it this is a hint. Linux: is_free_buddy_page().
 */
bool is_free_buddy_page(struct page *page);

/* What comes with this header on Linux. */
#include <linux/bug.h>
#include <linux/mmdebug.h>

#endif /* _LINUX_PAGE_FLAGS_H */
