/* SPDX-License-Identifier: MIT */
/*
 * struct page: what is known of one page frame, in 32 bytes.
 *
 * Owns:       nothing; the memmap owns it (linux/mmzone.h), and whoever owns the
 *             page frame owns the union that fits its state.
 * Invariants: when a block is handed out, its first page's 32 bytes are 0 but for
 *             flags' zone, node and order, and _refcount, which is 1. Of its other
 *             pages only flags' zone and node, and _refcount 0, are certain.
 * Lifetime:   from the time its section is made; then for ever.
 *
 *      byte  0         8         16        24       28       32
 *   free    | flags   | next    | prev    | order  | 0      |  in a free_area
 *           | flags   | next    | chunk   | blocks | 0      |  in a per-CPU list (mm/pcp.h)
 *   head    | flags   | owner's           | private| count  |  with PG_entry: a key
 *   tail    | flags   | head|1  | order   |        | 0      |  order in tail 1
 *   movable | flags   | lru, or - | index | private| count  |  see linux/migrate.h
 *   slab    | flags   | owner   | place   | struct slab *   |  its tails have that, too
 */
#ifndef _LINUX_MM_TYPES_H
#define _LINUX_MM_TYPES_H

#include <linux/build_bug.h>
#include <linux/types.h>

/* Where a slab's objects lie: what a division of an address within it needs. */
struct slab_place {
	u32 base;	/* the lower half of the slab's address */
	u32 reciprocal; /* of an object's size */
};

struct page {
	unsigned long flags; /* linux/page-flags.h; node and zone on top */
	union {
		struct list_head lru; /* free_area, or the owner's list */
		struct list_head buddy_list;
		struct list_head pcp_list;
		struct {
			struct page *pcp_next;	/* below it in a stack of free blocks */
			struct page *pcp_chunk; /* the next stack, in the first block of one */
		};
		struct {
			u64 slab_owner; /* each of a slab's pages; see slab_fast.h in mm/ */
			struct slab_place slab_place;
		};
		struct {
			unsigned long compound_head;  /* tail: head page | 1 */
			unsigned long compound_order; /* in the first tail */
		};
		struct {
			void *mapping; /* its owner's, as is all that is here */
			unsigned long index;
		};
	};
	union {
		struct {
			u32 priv32; /* the order of a free block; else see page_private() */
			atomic_t _refcount;
		};
		struct slab *slab; /* each of a slab's pages; see slab_types.h in mm/ */
		u64 slab_word;	   /* all of it at once */
	};
};

static_assert(sizeof(struct page) == 32);
#define STRUCT_PAGE_MAX_SHIFT 5 /* log2 of its size */

/*
 * A page that is no tail: one by itself, or the head that stands for all of a compound
 * page. Who has a folio need not ask for the head.
 */
struct folio {
	union {
		struct {
			unsigned long flags;
			union {
				struct list_head lru;
				struct {
					void *mapping;
					unsigned long index;
				};
			};
			u32 priv32;
			atomic_t _refcount;
		};
		struct page page;
	};
};

#define FOLIO_MATCH(pg, fl) static_assert(offsetof(struct page, pg) == offsetof(struct folio, fl))
FOLIO_MATCH(flags, flags);
FOLIO_MATCH(lru, lru);
FOLIO_MATCH(mapping, mapping);
FOLIO_MATCH(index, index);
FOLIO_MATCH(priv32, priv32);
FOLIO_MATCH(_refcount, _refcount);
#undef FOLIO_MATCH
static_assert(sizeof(struct folio) == sizeof(struct page));

/* ---- Fragments of pages: see page_frag_alloc() ------------------------------------------ */

#define PAGE_FRAG_CACHE_MAX_SIZE  32768
#define PAGE_FRAG_CACHE_MAX_ORDER 3

struct page_frag {
	struct page *page;
	u32 offset;
	u32 size;
};

/* A block that is handed out in pieces, from its end down. All 0: none yet. */
struct page_frag_cache {
	void *va;		   /* NULL: none */
	u16 offset;		   /* of the piece given last */
	u16 size;		   /* of the block, bytes */
	unsigned int pagecnt_bias; /* references to the block that the cache has still */
	bool pfmemalloc;
};

/* ---- The owner's value ------------------------------------------------------------------- */

/*
 * A page's private value, all 64 bits of it: 0 when the page is handed out, its owner's from then
 * on, and gone when it is freed. Who has the page changes it, one at a time; others may read it.
 * A page of a mapping (linux/pagemap.h) has it, too: there PG_private tells that it is in use.
 * More than 32 bits take memory of their own where the page is in no mapping: entries kept for
 * that, then the allocator's reserves; panic() where not even these are left.
 *
 * Source: Linux's page_private(), set_page_private(), folio_get_private(). There is no field
 * page->private.
 */
unsigned long page_private(const struct page *page);
void set_page_private(struct page *page, unsigned long private);

static inline void *folio_get_private(struct folio *folio)
{
	return (void *)page_private(&folio->page);
}

/* What a fault in a process's memory ends in, for who has pointers to such functions. */
typedef unsigned int vm_fault_t;

/* What comes with this header on Linux. */
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/rbtree.h>
#include <linux/rcupdate.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#endif /* _LINUX_MM_TYPES_H */
