/* SPDX-License-Identifier: MIT */
/*
 * bootmem: the memory of a booting machine as one bit for each page of a node, the
 * allocator that Linux had before memblock. A set bit is a page that is taken, or
 * that is no memory of this node; a clear one is free.
 *
 *   node's pages  |min| memory |  hole  |   memory   |low|
 *   its bitmap     11100000000011111111110000000011000        one bit a page
 *                  ^^^                            ^^
 *                  the bitmap's own pages         reserved
 *
 * Small allocations that follow each other share a page: last_end_off tells where
 * in a page the last one ended.
 *
 *   page n    |####|###|..............|       the next one of 100 bytes goes to the
 *                      ^ last_end_off         dots, if page n + 1 would be next
 *
 * Owns:       bootmem_node_data[], and bdata_list of those that have a bitmap. The
 *             bitmap lies in pages the caller gives; free_all_bootmem_node() hands
 *             them on to the page allocator, after all others.
 * Invariants: bdata_list is sorted by node_min_pfn; hint_idx and last_end_off lie
 *             in the node; the page that last_end_off lies within is taken.
 *             bootmem_verify() checks this.
 * Lifetime:   from init_bootmem_node() of a node to free_all_bootmem_node() of it;
 *             with early=bootmem that is from the end of initmem_init() to
 *             mem_init(). Before and after there is nothing to allocate from.
 * Locking:    none: the boot CPU alone.
 * Units:      pages by pfn; sizes, goals, limits and alignments in bytes. Ranges
 *             are [start, end). What is reserved is widened to whole pages, what is
 *             freed is narrowed to them.
 * Failure:    -errno or NULL and nothing has changed, in any node; what only a
 *             broken caller asks for is refused with a message and counted in
 *             bootmem_refusals. The forms without _nopanic panic for want of memory.
 * Cost:       a byte for 32 KB of memory, and time in proportion to it, to set up
 *             and to search: at 16 TB 512 MB, and 5.6 seconds to the page allocator
 *             under emulation, where memblock takes 0.06. That is the weakness
 *             memblock was made to end.
 * Source:     Linux's mm/bootmem.c as of 2.6.27 to 4.19, whose names, arguments and
 *             log lines these are.
 */
#ifndef _LINUX_BOOTMEM_H
#define _LINUX_BOOTMEM_H

#include <linux/cache.h>
#include <linux/list.h>
#include <linux/memblock.h>
#include <linux/mmzone.h>
#include <linux/pfn.h>
#include <linux/types.h>
#include <asm/page.h>

typedef struct bootmem_data {
	unsigned long node_min_pfn; /* the page of bit 0 */
	unsigned long node_low_pfn; /* past the page of the last bit */
	unsigned long *node_bootmem_map;
	unsigned long last_end_off; /* bytes from node_min_pfn to the last allocation's end */
	unsigned long hint_idx;	    /* searches without a goal of their own start here */
	struct list_head list;	    /* in bdata_list */
} bootmem_data_t;

/* By node number. NODE_DATA(nid)->bdata points here. */
extern bootmem_data_t bootmem_node_data[MAX_NUMNODES];

/* The nodes that have a bitmap, by node_min_pfn. */
extern struct list_head bdata_list;

/* bootmem_debug: a line of the log about each step. */
extern bool bootmem_debug;

/* Calls refused as broken: ranges outside the nodes, double frees, bad alignments. */
extern unsigned int bootmem_refusals;

/* ---- Setting up ------------------------------------------------------------- */

/* Pages that hold the bitmap of @pages pages. */
unsigned long bootmem_bootmap_pages(unsigned long pages);

/*
 * Gives a node that has none a bitmap of pages [startpfn, endpfn), all of them taken,
 * which starts in page @freepfn. The caller frees what is memory and then reserves
 * the bitmap's pages. Returns the bitmap's bytes; 0 for a range that is empty.
 */
unsigned long init_bootmem_node(pg_data_t *pgdat, unsigned long freepfn, unsigned long startpfn,
				unsigned long endpfn);

/* The same for node 0 of a machine that has one node: pages [0, pages), bitmap at @start. */
unsigned long init_bootmem(unsigned long start, unsigned long pages);

/* Frees what of node @nid is in memblock.memory, up to @max_low_pfn. */
void free_bootmem_with_active_regions(int nid, unsigned long max_low_pfn);

/* ---- Taking and giving back ranges --------------------------------------------- */

#define BOOTMEM_DEFAULT	  0
#define BOOTMEM_EXCLUSIVE (1 << 0) /* fails where a page is taken already */

/*
 * Takes every page that the range touches; in the second form, in whichever nodes.
 * Pages that are taken stay so, unless @flags says BOOTMEM_EXCLUSIVE: -EBUSY then.
 * -EINVAL: part of the range is in no bitmap (of this node). 0: done.
 */
int reserve_bootmem_node(pg_data_t *pgdat, unsigned long physaddr, unsigned long size, int flags);
int reserve_bootmem(unsigned long addr, unsigned long size, int flags);

/*
 * Gives back the whole pages of the range. Refused, with a message: ranges that leave
 * the bitmaps, and those that hold a page that is free.
 */
void free_bootmem_node(pg_data_t *pgdat, unsigned long physaddr, unsigned long size);
void free_bootmem(unsigned long physaddr, unsigned long size);

/*
 * Gives whole pages that were still taken at free_all_bootmem() to the page allocator.
 * Pages that are not PG_reserved, or that hold page structs, are left as they are, with a
 * message.
 */
void free_bootmem_late(unsigned long physaddr, unsigned long size);

/* ---- Allocating ------------------------------------------------------------------- */

/*
 * @size zeroed bytes, at a multiple of @align (a power of two; 0: SMP_CACHE_BYTES), as
 * low as possible from the page of @goal on; they may share the page before, if that is
 * where the last allocation ended. The direct map's address; page 0 is never handed out.
 *
 * Order of the attempts: at @goal in the node asked for (not in the forms without a
 * node); at @goal in all nodes, by address; then both again without the goal. In a
 * node the search starts where the last one ended, and starts over below that. A goal
 * past the node's end, or before its start, is no goal for that node. The limit (4 GB
 * in the _low forms, none in the others) is never given up.
 *
 * Where nothing fits the _nopanic forms return NULL, the others panic.
 */
void *__alloc_bootmem(unsigned long size, unsigned long align, unsigned long goal);
void *__alloc_bootmem_nopanic(unsigned long size, unsigned long align, unsigned long goal);
void *__alloc_bootmem_node(pg_data_t *pgdat, unsigned long size, unsigned long align,
			   unsigned long goal);
void *__alloc_bootmem_node_nopanic(pg_data_t *pgdat, unsigned long size, unsigned long align,
				   unsigned long goal);
void *__alloc_bootmem_low(unsigned long size, unsigned long align, unsigned long goal);
void *__alloc_bootmem_low_node(pg_data_t *pgdat, unsigned long size, unsigned long align,
			       unsigned long goal);

/* Above the memory that only old devices need. */
#define BOOTMEM_LOW_LIMIT PFN_PHYS(MAX_DMA_PFN)

#define alloc_bootmem(x)	       __alloc_bootmem(x, SMP_CACHE_BYTES, BOOTMEM_LOW_LIMIT)
#define alloc_bootmem_align(x, align)  __alloc_bootmem(x, align, BOOTMEM_LOW_LIMIT)
#define alloc_bootmem_nopanic(x)       __alloc_bootmem_nopanic(x, SMP_CACHE_BYTES, BOOTMEM_LOW_LIMIT)
#define alloc_bootmem_pages(x)	       __alloc_bootmem(x, PAGE_SIZE, BOOTMEM_LOW_LIMIT)
#define alloc_bootmem_pages_nopanic(x) __alloc_bootmem_nopanic(x, PAGE_SIZE, BOOTMEM_LOW_LIMIT)
#define alloc_bootmem_node(pgdat, x) \
	__alloc_bootmem_node(pgdat, x, SMP_CACHE_BYTES, BOOTMEM_LOW_LIMIT)
#define alloc_bootmem_node_nopanic(pgdat, x) \
	__alloc_bootmem_node_nopanic(pgdat, x, SMP_CACHE_BYTES, BOOTMEM_LOW_LIMIT)
#define alloc_bootmem_pages_node(pgdat, x) \
	__alloc_bootmem_node(pgdat, x, PAGE_SIZE, BOOTMEM_LOW_LIMIT)
#define alloc_bootmem_pages_node_nopanic(pgdat, x) \
	__alloc_bootmem_node_nopanic(pgdat, x, PAGE_SIZE, BOOTMEM_LOW_LIMIT)
#define alloc_bootmem_low(x)		       __alloc_bootmem_low(x, SMP_CACHE_BYTES, 0)
#define alloc_bootmem_low_pages(x)	       __alloc_bootmem_low(x, PAGE_SIZE, 0)
#define alloc_bootmem_low_pages_node(pgdat, x) __alloc_bootmem_low_node(pgdat, x, PAGE_SIZE, 0)

/* ---- Handing over -------------------------------------------------------------------- */

/*
 * Gives every free page of the node (of all nodes) to the page allocator: BITS_PER_LONG
 * pages at once where a word of the bitmap has them all, then the bitmap's own pages.
 * The first call sets up page structs, and ends allocation on all nodes. Sections that
 * are free as a whole wait in their zone's extents (linux/mmzone.h) and count as given.
 * Returns the pages given.
 */
unsigned long free_all_bootmem_node(pg_data_t *pgdat);
unsigned long free_all_bootmem(void);

/* ---- Checking ------------------------------------------------------------------------- */

/* Checks the invariants above. Reports each fault, returns the number of faults. */
int bootmem_verify(void);

#endif /* _LINUX_BOOTMEM_H */
