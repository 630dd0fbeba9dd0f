/* SPDX-License-Identifier: MIT */
/*
 * Per-CPU memory: an allocation is one area in every CPU's memory.
 *
 *   chunk        | CPU 0's unit  | CPU 1's unit  | CPU 2's unit  |
 *                  ..[A]...[B]..   ..[A]...[B]..   ..[A]...[B]..
 *
 * What alloc_percpu() returns is no address: per_cpu_ptr() and this_cpu_ptr()
 * (linux/percpu-defs.h) make one of it.
 *
 * Owns:       the chunks. Each unit lies on its CPU's node, where that has memory.
 * Invariants: areas of a chunk never overlap; all units of a chunk are alike, and every
 *             chunk's units are as far apart as the first chunk's.
 * Lifetime:   static variables from the start; alloc_percpu() from setup_per_cpu_areas()
 *             on, out of the first chunk alone until kmem_cache_init().
 * Locking:    any context that may allocate pages with the same gfp flags.
 * Units:      bytes; areas are multiples of 4.
 * Failure:    NULL, with a message unless __GFP_NOWARN is given. A free of what is no
 *             allocation is reported, counted, and changes nothing.
 */
#ifndef _LINUX_PERCPU_H
#define _LINUX_PERCPU_H

#include <linux/cleanup.h>
#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/percpu-defs.h>
#include <linux/types.h>

/* The smallest area, and what any chunk has room for. */
#define PCPU_MIN_ALLOC_SHIFT 2
#define PCPU_MIN_ALLOC_SIZE  (1 << PCPU_MIN_ALLOC_SHIFT)
#define PCPU_MIN_UNIT_SIZE   (32UL << 10)

/* What the first chunk has beside static variables, at the least. */
#define PERCPU_DYNAMIC_RESERVE (28 << 10)

/*
 * @size bytes for each CPU, zeroed, aligned to @align: a power of two up to a page.
 * @size is at most PCPU_MIN_UNIT_SIZE. Of @gfp counts what it permits for new chunks.
 */
void __percpu *__alloc_percpu_gfp(size_t size, size_t align, gfp_t gfp) __alloc_size(1);
void __percpu *__alloc_percpu(size_t size, size_t align) __alloc_size(1);

/* Linux keeps memory for the variables of modules; here are none, so it is the same. */
void __percpu *__alloc_reserved_percpu(size_t size, size_t align) __alloc_size(1);

#define alloc_percpu_gfp(type, gfp) \
	((__typeof__(type) __percpu *)__alloc_percpu_gfp(sizeof(type), __alignof__(type), gfp))
#define alloc_percpu(type) \
	((__typeof__(type) __percpu *)__alloc_percpu(sizeof(type), __alignof__(type)))

/* NULL is fine. */
void free_percpu(void __percpu *ptr);

/* Bytes that the allocation at @ptr takes on each CPU; 0 where there is none. */
size_t pcpu_alloc_size(void __percpu *ptr);

/* Where what per_cpu_ptr() returned lies; 0 where no CPU's memory does. */
phys_addr_t per_cpu_ptr_to_phys(void *addr);

/* Is it in some CPU's static variables? *@can_addr: where CPU 0 has the same. */
bool is_kernel_percpu_address(unsigned long addr);
bool __is_kernel_percpu_address(unsigned long addr, unsigned long *can_addr);

/* Pages that hold per-CPU memory now. */
unsigned long pcpu_nr_pages(void);

/* For a variable, at the end of its block: linux/cleanup.h. */
DEFINE_FREE(free_percpu, void __percpu *, free_percpu(_T))

/* What comes with this header on Linux. */
#include <linux/init.h>
#include <linux/mmdebug.h>

#endif /* _LINUX_PERCPU_H */
