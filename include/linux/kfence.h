/* SPDX-License-Identifier: MIT */
/*
 * KFENCE: some objects of the slab caches lie in pages of their own between pages that
 * are mapped nowhere, so that who reads or writes past such an object, or uses it after
 * it was freed, is caught at that instruction.
 *
 *   pool:  | guard | guard | object #0 | guard | object #1 | guard | ... | guard |
 *
 *   page of an object, placed left or right at random:
 *          | object | canary ...                |     or     | canary ... | object |
 *
 * Owns:       a pool of pages in the direct map, a record of each of its objects.
 * Invariants: a guard page is mapped nowhere but from a bad access on until its
 *             neighbour is freed; an object's page is mapped while the object is out, and
 *             from a use after free on until it is handed out again. Canary bytes hold
 *             0xaa, exclusive or the low three bits of their address.
 * Lifetime:   from kfence_init() on, which does nothing without kfence.sample_interval=.
 *             Here that counts allocations: each N-th of a CPU is guarded, where Linux has
 *             one in N milliseconds. While it is on no CPU keeps slabs for itself, so
 *             that all allocations and frees pass mm/slub_single.c: what is off costs
 *             nothing.
 * Locking:    kfence_freelist_lock, and inside nothing but the log's; one lock for each
 *             object, outside of arch/'s. Both are innermost to all locks of mm/ but these.
 *             A page is unmapped for the CPU that frees; others may reach it for a while
 *             through what they remember of it, as on Linux.
 * Units:      bytes.
 * Failure:    without memory for the pool: said in the log, and no object is guarded. A
 *             bad access is reported in Linux's form, counted, and goes on: the page it
 *             hit is mapped.
 * Source:     Linux 6.1's Documentation/dev-tools/kfence.rst: names, options, reports. Not
 *             guarded, as there: objects over a page, DMA zones, objects that must be of
 *             another node than the pool (__GFP_THISNODE). Nor, here, objects that are
 *             aligned to more than a page.
 */
#ifndef _LINUX_KFENCE_H
#define _LINUX_KFENCE_H

#include <linux/compiler.h>
#include <linux/numa.h>
#include <linux/types.h>
#include <asm/page.h>

struct kmem_cache;
struct pt_regs;
struct seq_file;

/* Options kfence.sample_interval= and kfence.num_objects=. */
extern unsigned long kfence_sample_interval; /* 0: off */
extern unsigned long kfence_num_objects;
#define KFENCE_NUM_OBJECTS_DEFAULT 255
#define KFENCE_NUM_OBJECTS_MAX	   65535

#define KFENCE_POOL_SIZE ((kfence_num_objects + 1) * 2 * PAGE_SIZE)
extern char *__kfence_pool; /* NULL where there is none */

/* Does @addr lie in the pool? */
static __always_inline bool is_kfence_address(const void *addr)
{
	return unlikely(__kfence_pool &&
			(unsigned long)addr - (unsigned long)__kfence_pool < KFENCE_POOL_SIZE);
}

/* Takes the pool if an option asks for it. Once caches can be made. */
void kfence_init(void);

/*
 * A guarded object of @size bytes for @s if it is this CPU's turn, with zeroes where
 * @flags or the cache want them; else NULL. @node is a wish, unless with __GFP_THISNODE.
 */
void *__kfence_alloc_node(struct kmem_cache *s, size_t size, gfp_t flags, int node);
static __always_inline void *kfence_alloc_node(struct kmem_cache *s, size_t size, gfp_t flags,
					       int node)
{
	return likely(!__kfence_pool) ? NULL : __kfence_alloc_node(s, size, flags, node);
}

static __always_inline void *kfence_alloc(struct kmem_cache *s, size_t size, gfp_t flags)
{
	return kfence_alloc_node(s, size, flags, NUMA_NO_NODE);
}

/* Frees what lies in the pool: an object, or what is none, which is reported. */
void __kfence_free(void *addr);
static __always_inline __must_check bool kfence_free(void *addr)
{
	if (!is_kfence_address(addr))
		return false;
	__kfence_free(addr);
	return true;
}

/*
 * The bytes of the object whose page @addr lies in, and where it begins; else 0, NULL. One that
 * was freed has none.
 */
size_t kfence_ksize(const void *addr);
void *kfence_object_start(const void *addr);

/* Reports the objects of @s that are out. Returns how many. */
unsigned int kfence_report_left(struct kmem_cache *s);

/* @s goes, and no object of it is out. */
void kfence_shutdown_cache(struct kmem_cache *s);

/*
 * A page fault at @addr, by what @regs tell. True: it was an access to the pool, and was
 * reported; the instruction may run again.
 */
bool kfence_handle_page_fault(unsigned long addr, bool is_write, struct pt_regs *regs);

enum kfence_counter_id {
	KFENCE_COUNTER_ALLOCATED,
	KFENCE_COUNTER_ALLOCS,
	KFENCE_COUNTER_FREES,
	KFENCE_COUNTER_BUGS,
	KFENCE_COUNTER_SKIP_INCOMPAT,
	KFENCE_COUNTER_SKIP_CAPACITY,
	KFENCE_COUNTER_COUNT,
};
unsigned long kfence_counter(enum kfence_counter_id id);

/* The counters, and every object with its callers, as Linux's debugfs files have them. */
void kfence_stats_show(struct seq_file *m);
void kfence_objects_show(struct seq_file *m);

/* Records against pages, lists and counters. Returns the faults, each reported. */
int kfence_verify(void);

/* One line for the report, where the pool is on. */
void kfence_summary(void);

/* What comes with this header on Linux. */
#include <linux/atomic.h>
#include <linux/mm.h>
#include <linux/static_key.h>

#endif /* _LINUX_KFENCE_H */
