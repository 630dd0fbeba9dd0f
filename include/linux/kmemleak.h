/* SPDX-License-Identifier: MIT */
/*
 * kmemleak: finds blocks of memory that nothing points to any more.
 *
 *   roots (data, stacks, per-CPU memory) ─► block ─► block ─► ...
 *                                           block      nobody's: reported
 *
 * A scan looks at every aligned word of the roots, of the page structs, and of each block
 * that was reached. A word that is an address anywhere in a block counts as a reference to
 * it. A block with fewer references than it must have is reported, with its callers, once
 * its contents stay as they are from one scan to the next.
 *
 * Owns:       a record of each block that allocators or callers named, in pages of its
 *             own; never the blocks.
 * Invariants: records never overlap. Nothing that kmemleak keeps is scanned.
 * Lifetime:   with kmemleak=on from kmemleak_init() on; without it, and after an error, no
 *             call has an effect, at the price of one comparison. While it is on CPUs
 *             hold no slabs: all allocations and frees of objects pass mm/slub_single.c.
 * Locking:    kmemleak_lock, innermost but for the log's. A scan holds it to its end, so
 *             nothing is allocated or freed meanwhile; it is for the boot CPU, with
 *             others waiting for work.
 * Units:      bytes. @min_count: the references that a block must have; 0: never a leak;
 *             -1: and never scanned, either.
 * Failure:    without memory for a record it says so, forgets all, and is off.
 * Source:     Linux 6.1's Documentation/dev-tools/kmemleak.rst: names, meaning, and form
 *             of reports. Not so here: blocks need not be some seconds old, as a scan is
 *             made when somebody asks for one.
 */
#ifndef _LINUX_KMEMLEAK_H
#define _LINUX_KMEMLEAK_H

#include <linux/compiler.h>
#include <linux/slab.h>
#include <linux/types.h>

struct seq_file;
struct vm_struct;

extern bool kmemleak_enabled;

/* Option kmemleak=: on or off. 0 or -EINVAL. */
int kmemleak_parse_option(char *value);

/* Starts to watch if the option asks for it. Once there are pages, before caches. */
void kmemleak_init(void);

/* ---- For allocators and their callers -------------------------------------------- */

void __kmemleak_alloc(const void *ptr, size_t size, int min_count, gfp_t gfp);
void __kmemleak_free(const void *ptr);

/* A block of @size bytes at @ptr; NULL and errors are fine. */
static __always_inline void kmemleak_alloc(const void *ptr, size_t size, int min_count, gfp_t gfp)
{
	if (unlikely(kmemleak_enabled) && ptr)
		__kmemleak_alloc(ptr, size, min_count, gfp);
}

/* The block that begins at @ptr goes. What is none is ignored. */
static __always_inline void kmemleak_free(const void *ptr)
{
	if (unlikely(kmemleak_enabled) && ptr)
		__kmemleak_free(ptr);
}

/* The same for objects of a cache with @flags. */
static __always_inline void kmemleak_alloc_recursive(const void *ptr, size_t size, int min_count,
						     slab_flags_t flags, gfp_t gfp)
{
	if (!(flags & SLAB_NOLEAKTRACE))
		kmemleak_alloc(ptr, size, min_count, gfp);
}

static __always_inline void kmemleak_free_recursive(const void *ptr, slab_flags_t flags)
{
	if (!(flags & SLAB_NOLEAKTRACE))
		kmemleak_free(ptr);
}

/* Per-CPU memory is scanned, and never reported. */
void kmemleak_alloc_percpu(const void __percpu *ptr, size_t size, gfp_t gfp);
void kmemleak_free_percpu(const void __percpu *ptr);

/*
 * The pages of @area: its own record points to them, so that there are to be two
 * references; one to that record will do for one of them.
 */
void __kmemleak_vmalloc(const struct vm_struct *area, size_t size, gfp_t gfp);
static __always_inline void kmemleak_vmalloc(const struct vm_struct *area, size_t size, gfp_t gfp)
{
	if (unlikely(kmemleak_enabled))
		__kmemleak_vmalloc(area, size, gfp);
}

/* A part of a block goes, and what is left of it are blocks of their own. */
void kmemleak_free_part(const void *ptr, size_t size);

/* The callers of a block are those of now. */
void kmemleak_update_trace(const void *ptr);

/* The block is no leak, though nothing points to it; and what is in it points to nothing. */
void kmemleak_not_leak(const void *ptr);
void kmemleak_ignore(const void *ptr);

/* Of the block that @ptr lies in only [ptr, ptr + size), and what else is named so, is scanned. */
void __kmemleak_scan_area(const void *ptr, size_t size, gfp_t gfp);
static __always_inline void kmemleak_scan_area(const void *ptr, size_t size, gfp_t gfp)
{
	if (unlikely(kmemleak_enabled) && ptr)
		__kmemleak_scan_area(ptr, size, gfp);
}
void kmemleak_no_scan(const void *ptr);

/* Memory of the early allocator, at physical addresses: scanned, and never reported. */
void kmemleak_alloc_phys(phys_addr_t phys, size_t size, gfp_t gfp);
void kmemleak_free_part_phys(phys_addr_t phys, size_t size);
void kmemleak_ignore_phys(phys_addr_t phys);

/* No more than a word that is not to be taken for a reference. */
static inline void kmemleak_erase(void **ptr)
{
	*ptr = NULL;
}

/* ---- Scans -------------------------------------------------------------------------- */

/*
 * One scan. Reports blocks that were not reported before, and that have not changed since
 * the last scan, to the log; returns how many.
 */
unsigned int kmemleak_scan(void);

/* Two of them, which is what finds those of now. */
unsigned int kmemleak_scan_now(void);

/* The reported blocks that are still nobody's, as Linux's debugfs file shows them. */
void kmemleak_show(struct seq_file *m);

/* Those are not shown any more, and count as in use. */
void kmemleak_clear(void);

struct kmemleak_stats {
	unsigned long blocks;  /* that there are records of */
	unsigned long pages;   /* of records */
	unsigned long leaks;   /* reported since kmemleak_init() */
	unsigned long overlap; /* records refused, as there was a block already */
};
extern struct kmemleak_stats kmemleak_stats;

/* Trees, lists and counters against each other. Returns the faults, each reported. */
int kmemleak_verify(void);

/* A line for the report, where it is on. */
void kmemleak_summary(void);

/* No records, and off: for hosts that bring up several machines. */
void kmemleak_reset(void);

/* What comes with this header on Linux. */
#include <linux/vmalloc.h>

#endif /* _LINUX_KMEMLEAK_H */
