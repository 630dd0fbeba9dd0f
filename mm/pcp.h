/* SPDX-License-Identifier: MIT */
/*
 * Per-CPU page lists: free blocks at hand for one CPU, in front of a zone's free areas.
 *
 *   page_cpu ─ by gfp flags ──►  struct pcp_list ── hot ───► page ─► page ─► page
 *                  └ by page->flags ─►  zone, type, order └ chunks ─► stack ─► stack ─►
 *
 * Blocks are taken from and freed to the stack `hot`, so that what was freed last, and
 * is in the CPU's cache still, is used first. A stack that is full becomes the first of
 * the chunks, and the first of these is hot again when there is nothing else. What
 * comes back to the zone are whole chunks from the cold end.
 *
 * Owns:       blocks of orders 0 to 3 and of a huge page, with refcount 0, and with the
 *             flags that they are handed out with. They are not part of NR_FREE_PAGES.
 * Invariants: lists of one CPU and zone hold at most zone->pageset_high pages; `hot` has
 *             `size - room` blocks.
 * Lifetime:   from build_all_zonelists() on, and empty until zones have their marks.
 * Locking:    a list's word `hot` is its lock: who swaps PCP_LOCKED in has the list, and
 *             what he writes there next lets it go. A list is its CPU's. Nobody waits
 *             for it but who drains it: an interrupt handler on that CPU, and the CPU
 *             while another one drains its lists, go to the free areas. Outside
 *             zone->lock. Drains must not be called by interrupt handlers.
 * Units:      blocks of the list's order where nothing else is said.
 * Failure:    NULL or false: the free areas are asked then.
 *
 * Source of what is kept where, batch and high: Linux 6.1's mm/page_alloc.c.
 */
#ifndef _MM_PCP_H
#define _MM_PCP_H

#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/percpu-defs.h>
#include <linux/smp.h>

#include "page_alloc.h"

/* Orders that lists are kept for: 0 to 3, and that of a huge page. */
#define PAGE_ALLOC_COSTLY_ORDER 3
enum { PCP_HUGE = PAGE_ALLOC_COSTLY_ORDER + 1, NR_PCP_ORDERS };

struct pcp_list {
	struct page *hot;	 /* linked by pcp_next; PCP_LOCKED: somebody has the list */
	int room;		 /* how many hot may still take */
	int size;		 /* how many it may hold */
	struct zone *zone;	 /* constant, as order and type are */
	unsigned long nr_taken;	 /* since boot, for the zone's NUMA counters */
	struct page *chunks;	 /* linked by pcp_chunk; the first page's priv32: its blocks */
	unsigned int nr_chunked; /* in all chunks */
	u8 order;
	u8 type;
	u16 cpu;
} __aligned(L1_CACHE_BYTES);

struct per_cpu_pages {
	struct pcp_list lists[MIGRATE_PCPTYPES][NR_PCP_ORDERS];
	long granted; /* pages that the lists hold, or may take without asking; atomic */
	unsigned long taken_before; /* blocks, all lists', when they last gave some back */
	unsigned int free_factor;   /* log2 of the batches that they give back next */
};

#define for_each_pcp_list(list, pcp)     \
	for (list = &(pcp)->lists[0][0]; \
	     list < &(pcp)->lists[0][0] + MIGRATE_PCPTYPES * NR_PCP_ORDERS; list++)

/* CPUs that have lists: the first ones. */
extern unsigned int nr_pcp_cpus;

#define PCP_LOCKED ((struct page *)1)

/* Bits of gfp flags that choose a list, or say that a page as it is will not do. */
#define PCP_GFP_MASK                                                                        \
	(___GFP_DMA | ___GFP_HIGHMEM | ___GFP_DMA32 | ___GFP_MOVABLE | ___GFP_RECLAIMABLE | \
	 ___GFP_ZERO)
#define NR_PCP_GFP (PCP_GFP_MASK + 1)
static_assert(NR_PCP_GFP <= 512);

/* Bytes of a section's page structs, a power of two. */
#define SECTION_MEMMAP_BYTES (PAGES_PER_SECTION * sizeof(struct page))

/*
 * A CPU's ways to its lists, of order 0; those of other orders follow. An allocation
 * without __GFP_THISNODE starts at the first zone of its walk, which is the nearest node's
 * where the CPU's own has no such zone. Where there is no list stands one that is always
 * locked, of a zone that has nothing to give.
 */
struct page_cpu {
	struct pcp_list *const *alloc_lists; /* by gfp & PCP_GFP_MASK */
	struct pcp_list *const *free_lists;  /* by page->flags >> PAGE_PCPTYPE_PGSHIFT */
	int nid;			     /* the CPU's node */
	unsigned long known; /* first page struct of a section that is made; 0: none */
};
DECLARE_PER_CPU(struct page_cpu, page_cpu);

/* Is @page surely the struct of a page? Of others only that it is not known. */
static inline bool page_is_known(const struct page *page)
{
	return !(((unsigned long)page ^ raw_cpu_read(page_cpu.known)) &
		 ~(SECTION_MEMMAP_BYTES - sizeof(struct page)));
}

/* It is: free_page_is_bad() has looked. A CPU without lists knows of none. */
static inline void page_set_known(const struct page *page)
{
	if (raw_cpu_read(page_cpu.free_lists))
		raw_cpu_write(page_cpu.known, (unsigned long)page & ~(SECTION_MEMMAP_BYTES - 1));
}

/* The list's place among those of its zone and type; NR_PCP_ORDERS: there is none. */
static inline unsigned int pcp_order_index(unsigned int order)
{
	if (order <= PAGE_ALLOC_COSTLY_ORDER)
		return order;
	return order == HUGETLB_PAGE_ORDER ? PCP_HUGE : NR_PCP_ORDERS;
}

/* What a block's flags are on a list and when it is handed out. */
static inline unsigned long page_block_flags(const struct page *page, unsigned int order,
					     enum migratetype type)
{
	return (page->flags & PAGE_FLAGS_KEPT) | (unsigned long)order << PAGE_ORDER_PGSHIFT |
	       (unsigned long)type << PAGE_PCPTYPE_PGSHIFT;
}

/* The type that a block was handed out as. */
static inline enum migratetype page_pcptype(const struct page *page)
{
	return (enum migratetype)((page->flags & PAGE_PCPTYPE_MASK) >> PAGE_PCPTYPE_PGSHIFT);
}

/* priv32 is the low half, _refcount the high one. */
#define PAGE_WORD_REFCOUNT_1 (1ULL << 32)

/*
 * A block that is somebody's: nothing of the last owner's is left, one reference is there.
 * page_block_head() reads that without a lock.
 */
static inline void page_set_owned(struct page *page)
{
	data_race_write(page->lru.next, NULL);
	page->lru.prev = NULL;
	data_race_write(page->slab_word, PAGE_WORD_REFCOUNT_1);
}

/* The hot stack, or PCP_LOCKED, and it is not ours. */
static __always_inline struct page *pcp_trylock(struct pcp_list *list)
{
	return __atomic_exchange_n(&list->hot, PCP_LOCKED, __ATOMIC_ACQUIRE);
}

static __always_inline void pcp_unlock(struct pcp_list *list, struct page *hot)
{
	__atomic_store_n(&list->hot, hot, __ATOMIC_RELEASE);
}

/* Other CPUs may drain it, or look at it. */
static inline struct page *pcp_lock(struct pcp_list *list)
{
	struct page *hot;

	while ((hot = pcp_trylock(list)) == PCP_LOCKED)
		cpu_relax();
	return hot;
}

/* The first of the hot stack, as its owner gets it; NULL where there is none. */
static __always_inline struct page *pcp_pop(struct pcp_list *list)
{
	struct page *page = pcp_trylock(list);

	if (unlikely((unsigned long)page <= (unsigned long)PCP_LOCKED)) {
		if (!page)
			pcp_unlock(list, NULL);
		return NULL;
	}
	list->room++;
	list->nr_taken++;
	pcp_unlock(list, page->pcp_next);
	page_set_owned(page);
	return page;
}

/*
 * The list of this CPU's that blocks of @zone are in; NULL: there is none for @order, or
 * this CPU has no lists.
 */
struct pcp_list *pcp_list_of(struct zone *zone, enum migratetype type, unsigned int order);

/*
 * A block as its owner gets it: from the list, or where it is empty from the free areas
 * with up to a batch of others, but not with more than @most pages; @alloc_flags are for
 * __rmqueue().
 */
struct page *pcp_take(struct pcp_list *list, long most, unsigned int alloc_flags);

/* The same for up to @nr blocks, into @pages. Returns how many there were. */
unsigned long pcp_take_array(struct pcp_list *list, unsigned long nr, struct page **pages,
			     long most, unsigned int alloc_flags);

/* Frees to the free areas all blocks of a stack, which have their zone's lists' flags. */
void free_page_stack(struct zone *zone, unsigned int order, struct page *page);

/*
 * Gives a block that nobody refers to, and that has the flags it was handed out with, to
 * the list. With @cold it is used last, and goes back first. False: it takes no more.
 */
bool pcp_free(struct pcp_list *list, struct page *page, bool cold);

/* The same to the stack @hot that was locked, when there was no room: lets the list go. */
bool pcp_free_full(struct pcp_list *list, struct page *hot, struct page *page);

/* From here on until it is enabled, @zone's pages pass the lists by, which are empty. */
void zone_pcp_disable(struct zone *zone);
void zone_pcp_enable(struct zone *zone);

/* Do the lists of any CPU hold the block at @page? For those who look for a fault. */
bool pcp_holds(const struct page *page);

/* Pages that the lists of @cpu hold of @zone. */
unsigned long pcp_count(const struct zone *zone, unsigned int cpu);

/* How many blocks were taken from lists of @zone, by CPUs of its node or others. */
unsigned long pcp_nr_taken(const struct zone *zone, bool by_local_cpus);

/* Logs what is wrong with the zone's lists, returns the number of faults. */
int pcp_verify(struct zone *zone);

/* Gives all CPUs below nr_cpu_ids lists for all zones. Panics where there is no memory. */
void setup_per_cpu_pageset(void);

/* Back to the state at program start, for hosts that bring up several machines. */
void pcp_reset(void);

#endif /* _MM_PCP_H */
